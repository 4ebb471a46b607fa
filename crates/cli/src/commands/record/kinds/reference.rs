//! Reference data that findings compute with, and the rules of findings.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::super::fields::{Dating, Holding, Line, Saying, USUALLY, list, number, position, text};
use super::super::hand::Kind;
use crate::context::cannot;
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub struct Port {
    /// Its UN/LOCODE, as RUVYP
    #[arg(long)]
    locode: String,
    /// Its name. May be repeated
    #[arg(long, required = true)]
    name: Vec<String>,
    /// Degrees north and east, as 42.75,133.083
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    position: Option<String>,
    /// How far the position may be off, in metres
    #[arg(long, value_name = "METRES")]
    uncertainty: Option<u64>,
    /// What its clocks show, as +10:00 [default: not stated]
    #[arg(long, allow_hyphen_values = true)]
    zone: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Port {
    const NAME: &'static str = "port";
    const EXAMPLE: &'static str = "record port --locode RUVYP --name Vostochny --position 42.75,133.083 --uncertainty 1000 \
        --zone +10:00 --cited \"World Port Index\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "locode", &Some(self.locode.clone()));
        list(line, "names", &self.name);
        if let Some(written) = &self.position {
            line.insert("position".into(), position(written)?);
        }
        number(line, "uncertainty_m", self.uncertainty);
        text(line, "zone", &self.zone);
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct ConversionFactor {
    /// The unit that is converted: bbl, t, kg, m3 or l
    #[arg(long, value_name = "UNIT")]
    from: String,
    /// The unit that it is converted to
    #[arg(long, value_name = "UNIT")]
    to: String,
    /// Of which product: oil, crude, refined or not-stated
    #[arg(long, value_name = "CLASS")]
    product: String,
    /// How many of the second make one of the first, as a fraction: 7.6 is 76/10
    #[arg(long, value_name = "FRACTION")]
    factor: String,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for ConversionFactor {
    const NAME: &'static str = "conversion-factor";
    const EXAMPLE: &'static str = "record conversion-factor --from t --to bbl --product refined --factor 76/10 --cited \"Published figures\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "from", &Some(self.from.clone()));
        text(line, "to", &Some(self.to.clone()));
        text(line, "product", &Some(self.product.clone()));
        text(line, "factor", &Some(self.factor.clone()));
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Gazetteer {
    /// What it tells of: ports or shoreline
    #[arg(long)]
    what: String,
    #[arg(long)]
    title: String,
    /// Who publishes it
    #[arg(long)]
    publisher: Option<String>,
    /// Which edition, as its publisher calls it
    #[arg(long)]
    edition: Option<String>,
    /// The file's format: wpi-csv or geojson
    #[arg(long)]
    format: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// When it was published
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// When it was fetched
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// How many ports or stretches of land it has
    #[arg(long, value_name = "N")]
    rows: Option<u64>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Gazetteer {
    const NAME: &'static str = "gazetteer";
    const EXAMPLE: &'static str = "record gazetteer --as old-ports --what ports --title \"World Port Index\" --publisher NGA --published 1998";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "what", &Some(self.what.clone()));
        text(line, "title", &Some(self.title.clone()));
        text(line, "publisher", &self.publisher);
        text(line, "edition", &self.edition);
        text(line, "format", &self.format);
        text(line, "url", &self.url);
        self.dating
            .put(line, "published", &self.published, "within");
        self.dating.put(line, "captured", &self.captured, "on");
        number(line, "rows", self.rows);
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct RuleSet {
    /// A rule with its default parameters, as cap-share or cap-share@1. May be repeated
    #[arg(long, value_name = "NAME[@VERSION]", required_unless_present = "file")]
    rule: Vec<String>,
    /// A JSON file of {"rules": […]} instead, for rules with parameters
    #[arg(value_name = "FILE", conflicts_with = "rule")]
    file: Option<PathBuf>,
}

impl Kind for RuleSet {
    const NAME: &'static str = "rule-set";
    const EXAMPLE: &'static str =
        "record rule-set --as rules-1 --rule cap-share --rule wordings-differ";

    fn put(&self, line: &mut Line) -> Result<()> {
        let Some(file) = &self.file else {
            let mut rules = Vec::new();
            for written in &self.rule {
                let (rule, version) = written.split_once('@').unwrap_or((written, "1"));
                let version: u16 = version.parse().map_err(|_| {
                    Error::usage(format!(
                        "--rule {written:?}: expected NAME@VERSION, as cap-share@1"
                    ))
                })?;
                rules.push(json!({"rule": rule, "version": version}));
            }
            line.insert("rules".into(), rules.into());
            return Ok(());
        };
        let text = std::fs::read_to_string(file).map_err(|e| cannot("read", file, &e))?;
        let Ok(Value::Object(given)) = serde_json::from_str(&text) else {
            return Err(
                Error::input(format!("{} is no JSON object", file.display())).remedy(
                    "Nothing was recorded. Write {\"rules\": [{\"rule\": …, \"version\": 1}]}.",
                ),
            );
        };
        line.extend(given.into_iter().filter(|(field, _)| field != "kind"));
        Ok(())
    }
}
