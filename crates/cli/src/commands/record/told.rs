//! Values, amounts and measures as they are written on the command line.

use clap::Args;
use serde_json::{Value, json};

use super::fields::{Line, text};
use crate::error::{Error, Result};

/// `country=KP`, `amount=500 bbl` and the like, or words; a JSON object stands for itself.
pub fn value(option: &str, written: &str) -> Result<Value> {
    if written.starts_with('{') {
        return serde_json::from_str(written)
            .map_err(|error| Error::usage(format!("{option} {written:?}: {error}")));
    }
    let Some((form, told)) = written.split_once('=') else {
        return Ok(json!({ "words": written }));
    };
    Ok(match form {
        "words" | "country" | "product" | "mmsi" | "call-sign" | "entry" => json!({ form: told }),
        "amount" => json!({ "amount": amount(option, told)? }),
        "when" => json!({ "when": { "edtf": told, "sense": "within" } }),
        "name" => json!({ "name": { "latin": told } }),
        "imo" => json!({ "imo": { "scheme": "ship", "number": told } }),
        "company-imo" => json!({ "imo": { "scheme": "company", "number": told } }),
        _ => {
            return Err(Error::usage(format!(
                "{option} {written:?}: write words=, country=, product=, amount=, when=, name=, imo=, company-imo=, \
                 mmsi=, call-sign= or entry= before the value, or the words alone"
            )));
        }
    })
}

/// `500000 bbl`.
pub fn amount(option: &str, written: &str) -> Result<Value> {
    let parts: Vec<&str> = written.split_whitespace().collect();
    match parts[..] {
        [number, unit] => Ok(json!({ "value": whole(option, number)?, "unit": unit })),
        _ => Err(Error::usage(format!(
            "{option} {written:?}: expected a whole number and a unit, as \"500000 bbl\""
        ))),
    }
}

fn whole(option: &str, digits: &str) -> Result<u64> {
    digits.replace(',', "").parse().map_err(|_| {
        Error::usage(format!(
            "{option}: {digits:?} is no whole number; numbers have no fraction here"
        ))
    })
}

/// How much, in units or as a share of a cap.
#[derive(Debug, Args)]
pub struct Amounting {
    /// How much: "up-to 125000 bbl"; before the number exactly (the default), about, up-to, at-least or more-than
    #[arg(long, value_name = "AMOUNT", conflicts_with = "share")]
    amount: Option<String>,
    /// Which share of --cap: "more-than 1/4"
    #[arg(long, value_name = "SHARE", requires = "cap")]
    share: Option<String>,
    /// The cap that --share is of
    #[arg(long, value_name = "ENTRY", requires = "share")]
    cap: Option<String>,
}

impl Amounting {
    pub fn put(&self, line: &mut Line) -> Result<()> {
        if let Some(written) = &self.amount {
            let (bound, rest) = bound(written);
            let mut told = amount("--amount", rest)?;
            told["bound"] = bound.into();
            line.insert("quantity".into(), json!({ "amount": told }));
        }
        if let Some(written) = &self.share {
            let (bound, share) = bound(written);
            let told = json!({ "bound": bound, "share": share, "cap": self.cap });
            line.insert("quantity".into(), json!({ "share": told }));
        }
        Ok(())
    }
}

/// The word before a number, and the rest.
fn bound(written: &str) -> (&str, &str) {
    match written.trim().split_once(' ') {
        Some((word, rest)) if word.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            (word, rest.trim())
        }
        _ => ("exactly", written.trim()),
    }
}

/// What a listing imposes.
#[derive(Debug, Args)]
pub struct Measuring {
    /// What it imposes: port-ban, asset-freeze, deflag or other, with the source's words after =. May be repeated
    #[arg(long, value_name = "MEASURE[=WORDS]")]
    measure: Vec<String>,
}

impl Measuring {
    pub fn put(&self, line: &mut Line) {
        let measures: Vec<Value> = self
            .measure
            .iter()
            .map(|written| match written.split_once('=') {
                Some((measure, says)) => json!({ "measure": measure, "says": says }),
                None => json!({ "measure": written }),
            })
            .collect();
        if !measures.is_empty() {
            line.insert("measures".into(), measures.into());
        }
    }
}

/// What was moved.
#[derive(Debug, Args)]
pub struct Carrying {
    /// Its class: oil, crude, refined or not-stated
    #[arg(long, value_name = "CLASS")]
    product: Option<String>,
    /// The source's word for it
    #[arg(long, value_name = "WORDS")]
    product_says: Option<String>,
}

impl Carrying {
    pub fn put(&self, line: &mut Line) {
        let mut product = Line::new();
        text(&mut product, "says", &self.product_says);
        text(&mut product, "class", &self.product);
        line.insert("product".into(), product.into());
    }
}

/// Between whom, and of what.
#[derive(Debug, Args)]
pub struct Trading {
    /// Who supplied it: a country, all or not-stated
    #[arg(long, value_name = "PARTY")]
    supplier: Option<String>,
    /// Who received it: a country, all or not-stated
    #[arg(long, value_name = "PARTY")]
    receiver: Option<String>,
    /// Of which class: oil, crude, refined or not-stated
    #[arg(long, value_name = "CLASS")]
    product: Option<String>,
}

impl Trading {
    pub fn put(&self, line: &mut Line) {
        text(line, "supplier", &self.supplier);
        text(line, "receiver", &self.receiver);
        text(line, "product", &self.product);
    }
}
