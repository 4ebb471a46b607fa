//! Caps, figures, and the words in which figures are told.

use clap::Args;
use serde_json::{Value, json};

use super::super::fields::{Dating, Line, Placing, Saying, USUALLY, text, who};
use super::super::hand::Kind;
use super::super::told::{Amounting, Trading, amount};
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub struct Cap {
    /// The limit, as "500000 bbl"
    #[arg(long, value_name = "AMOUNT")]
    amount: String,
    #[command(flatten)]
    trading: Trading,
    /// The day on which its periods begin, as 01-01
    #[arg(long, value_name = "MM-DD", default_value = "01-01")]
    begins: String,
    /// How many months a period lasts
    #[arg(long, value_name = "N", default_value_t = 12)]
    months: u8,
    /// The year in which the first period begins
    #[arg(long, value_name = "YEAR")]
    first_year: Option<u16>,
    /// What a supplier has to do besides, in words
    #[arg(long, value_name = "WORDS")]
    duty: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Cap {
    const NAME: &'static str = "cap";
    const EXAMPLE: &'static str = "record cap --as cap-500k --amount \"500000 bbl\" --product refined --supplier all --receiver KP \
        --first-year 2018 --duty \"notice every 30 days\" --cited \"resolution 2397 (2017), paragraph 5\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("amount".into(), amount("--amount", &self.amount)?);
        self.trading.put(line);
        if let Some(supplier) = line.remove("supplier") {
            line.insert("suppliers".into(), supplier);
        }
        let number = |digits: &str| digits.parse::<u8>().ok();
        let begins = self.begins.split_once('-');
        let Some((Some(month), Some(day))) = begins.map(|(m, d)| (number(m), number(d))) else {
            return Err(Error::usage(format!(
                "--begins {:?}: expected a month and a day, as 01-01",
                self.begins
            )));
        };
        let mut period = json!({"month": month, "day": day, "months": self.months});
        if let Some(year) = self.first_year {
            period["first_year"] = year.into();
        }
        line.insert("period".into(), period);
        text(line, "duty", &self.duty);
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Figure {
    /// What it counts, in words
    #[arg(long, value_name = "WORDS")]
    what: String,
    /// The vessel or group that carried it
    #[arg(long, value_name = "ENTRY")]
    about: Option<String>,
    #[command(flatten)]
    trading: Trading,
    /// Over which time
    #[arg(long, value_name = "DATE")]
    period: String,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    placing: Placing,
    /// Who made the number: an entry, words in quotes with a space in them, recorder or not-stated
    #[arg(long, value_name = "WHO")]
    origin: Option<String>,
    /// How they made it: observed, reported, estimated, notified or inferred
    #[arg(long, value_name = "MODE")]
    origin_mode: Option<String>,
    /// A figure whose whole scope this one takes in. May be repeated
    #[arg(long, value_name = "ENTRY")]
    contains: Vec<String>,
    /// A figure that counts nothing of this one, and why. May be repeated
    #[arg(long, value_name = "ENTRY=REASON")]
    disjoint: Vec<String>,
    /// A figure of the same scope by another origin, and why. May be repeated
    #[arg(long, value_name = "ENTRY=REASON")]
    rival: Vec<String>,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Figure {
    const NAME: &'static str = "figure";
    const EXAMPLE: &'static str = "record figure --as us-march --what \"refined products shipped in March\" --supplier RU --receiver KP \
        --product refined --period 2024-03 --origin \"An official\" --origin-mode reported --contains rusi-march";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "what", &Some(self.what.clone()));
        text(line, "about", &self.about);
        self.trading.put(line);
        self.dating
            .put(line, "period", &Some(self.period.clone()), "within");
        self.placing.put_if_given(line)?;
        let mut origin = Line::new();
        if let Some(name) = &self.origin {
            origin.insert("who".into(), who(name));
        }
        text(&mut origin, "mode", &self.origin_mode);
        if !origin.is_empty() {
            line.insert("origin".into(), origin.into());
        }
        let mut relations: Vec<Value> = self
            .contains
            .iter()
            .map(|figure| json!({"relation": "contains", "figure": figure}))
            .collect();
        for (relation, written) in [("disjoint", &self.disjoint), ("rival", &self.rival)] {
            for written in written {
                let (figure, reason) = written.split_once('=').ok_or_else(|| {
                    Error::usage(format!(
                        "--{relation} {written:?}: say why, as ENTRY=REASON"
                    ))
                })?;
                relations.push(json!({"relation": relation, "figure": figure, "reason": reason}));
            }
        }
        if !relations.is_empty() {
            line.insert("relations".into(), relations.into());
        }
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("number").args(["amount", "share"]).required(true))]
pub struct Quantity {
    /// The figure
    #[arg(long, value_name = "ENTRY")]
    figure: String,
    #[command(flatten)]
    amounting: Amounting,
    /// The source's words
    #[arg(long, value_name = "WORDS")]
    says: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Quantity {
    const NAME: &'static str = "quantity";
    const EXAMPLE: &'static str = "record quantity --figure rusi-march --share \"more-than 1/4\" --cap cap-500k \
        --says \"more than a quarter\" --basis press-a:7";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "figure", &Some(self.figure.clone()));
        self.amounting.put(line)?;
        text(line, "says", &self.says);
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("number").args(["amount", "share"]).required(true))]
pub struct Notification {
    /// The figure
    #[arg(long, value_name = "ENTRY")]
    figure: String,
    #[command(flatten)]
    amounting: Amounting,
    /// The filing's own words
    #[arg(long, value_name = "WORDS")]
    says: Option<String>,
    /// The state that filed it
    #[arg(long, value_name = "COUNTRY")]
    state: Option<String>,
    /// When it was filed
    #[arg(long, value_name = "DATE")]
    filed: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Notification {
    const NAME: &'static str = "notification";
    const EXAMPLE: &'static str = "record notification --figure ru-jan --amount \"15279 bbl\" --state RU --cited \"A news agency\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "figure", &Some(self.figure.clone()));
        self.amounting.put(line)?;
        text(line, "says", &self.says);
        text(line, "state", &self.state);
        self.dating.put(line, "filed", &self.filed, "on");
        self.saying.put(line, USUALLY.notified);
        Ok(())
    }
}
