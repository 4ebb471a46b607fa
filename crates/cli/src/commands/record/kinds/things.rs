//! Things, and what is said of them.

use clap::Args;
use serde_json::json;

use super::super::fields::{Counting, Dating, Line, Saying, USUALLY, number, text};
use super::super::hand::Kind;
use super::super::told::value;
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Vessel {
    /// Its name in Latin letters. May be repeated for other spellings
    #[arg(long)]
    name: Vec<String>,
    /// Its IMO number
    #[arg(long)]
    imo: Option<String>,
    /// Its flag, as KP
    #[arg(long, value_name = "COUNTRY")]
    flag: Option<String>,
    #[arg(long)]
    mmsi: Option<String>,
    #[arg(long)]
    call_sign: Option<String>,
    /// What type of ship it is, in words
    #[arg(long = "type", value_name = "WORDS")]
    ship_type: Option<String>,
    /// Deadweight in tonnes
    #[arg(long, value_name = "TONNES")]
    deadweight: Option<u64>,
    /// Who owns it
    #[arg(long, value_name = "WORDS")]
    owner: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Vessel {
    const NAME: &'static str = "vessel";
    const EXAMPLE: &'static str =
        "record vessel --as other --name \"Yu Son\" --imo 8691702 --flag KP --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        let names: Vec<_> = self
            .name
            .iter()
            .map(|name| json!({ "latin": name }))
            .collect();
        if !names.is_empty() {
            line.insert("names".into(), names.into());
        }
        text(line, "imo", &self.imo);
        text(line, "flag", &self.flag);
        text(line, "mmsi", &self.mmsi);
        text(line, "call_sign", &self.call_sign);
        text(line, "ship_type", &self.ship_type);
        number(line, "deadweight_t", self.deadweight);
        if let Some(owner) = &self.owner {
            line.insert("owner".into(), json!({ "name": owner }));
        }
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Group {
    /// What its members are: vessels or calls
    #[arg(long, default_value = "vessels")]
    members: String,
    /// What makes a member
    #[arg(long, value_name = "WORDS")]
    criterion: String,
    /// The group that this one is a part of
    #[arg(long, value_name = "ENTRY")]
    within: Option<String>,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Group {
    const NAME: &'static str = "group";
    const EXAMPLE: &'static str = "record group --as march-listed --criterion \"Those said to be listed\" --within march-five";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "members", &Some(self.members.clone()));
        text(line, "criterion", &Some(self.criterion.clone()));
        text(line, "within", &self.within);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Count {
    /// The group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    /// When it held
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Count {
    const NAME: &'static str = "count";
    const EXAMPLE: &'static str = "record count --about march-five --count 5 --says five --basis press-a --quote \"Five tankers\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Membership {
    /// The vessel
    #[arg(long, value_name = "ENTRY")]
    about: String,
    /// The group
    #[arg(long, value_name = "ENTRY")]
    group: String,
    /// How it belongs: may-be, is or is-not
    #[arg(long)]
    degree: String,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Membership {
    const NAME: &'static str = "membership";
    const EXAMPLE: &'static str = "record membership --about yu-son --group march-five --degree may-be --confidence possible \
        --why \"Seen at the same berth a month later\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        text(line, "group", &Some(self.group.clone()));
        text(line, "degree", &Some(self.degree.clone()));
        self.saying.put(line, USUALLY.inferred);
        Ok(())
    }
}

/// What every statement of one property has.
#[derive(Debug, Args)]
struct Property {
    /// The thing
    #[arg(long, value_name = "ENTRY")]
    about: String,
    /// Which property, as flag, product, duty
    #[arg(long)]
    property: String,
    /// Its value: country=KP, product=crude, amount="500 bbl", when=2024-03, name=…, imo=…, company-imo=…, mmsi=…,
    /// call-sign=…, entry=…, or words
    #[arg(long, value_name = "[FORM=]VALUE")]
    value: String,
}

impl Property {
    fn put(&self, line: &mut Line, others: (&str, &str, &[String])) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        text(line, "property", &Some(self.property.clone()));
        line.insert("value".into(), value("--value", &self.value)?);
        let (field, option, written) = others;
        let values = written
            .iter()
            .map(|written| value(option, written))
            .collect::<Result<Vec<_>>>()?;
        if !values.is_empty() {
            line.insert(field.into(), values.into());
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Claim {
    #[command(flatten)]
    property: Property,
    /// A value that this one takes in. May be repeated
    #[arg(long, value_name = "[FORM=]VALUE")]
    broader_than: Vec<String>,
    /// When it held
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Claim {
    const NAME: &'static str = "claim";
    const EXAMPLE: &'static str =
        "record claim --about march-five --property flag --value country=KP --basis press-a:3";

    fn put(&self, line: &mut Line) -> Result<()> {
        let broader = ("broader_than", "--broader-than", &self.broader_than[..]);
        self.property.put(line, broader)?;
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Reading {
    #[command(flatten)]
    property: Property,
    /// How else it could be. May be repeated
    #[arg(long, value_name = "[FORM=]VALUE")]
    alternative: Vec<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Reading {
    const NAME: &'static str = "reading";
    const EXAMPLE: &'static str = "record reading --about rusi-march --property product --value product=refined \
        --alternative product=crude --basis ft --confidence probable --why \"The ships are product tankers\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        let others = ("alternatives", "--alternative", &self.alternative[..]);
        self.property.put(line, others)?;
        self.saying.put(line, USUALLY.inferred);
        Ok(())
    }
}
