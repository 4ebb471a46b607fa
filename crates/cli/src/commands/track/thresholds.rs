//! Thresholds from the command line: the field's defaults, changed by a file and by name.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ais::thresholds::Thresholds;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::input::open_exhibit;
use crate::output::clean;

/// The largest file of thresholds that is read.
const BYTES_MAX: u64 = 1 << 20;

#[derive(Debug, Args)]
pub struct ThresholdArgs {
    /// A threshold, as gap-seconds=7200. May be repeated; --list-thresholds names them all
    #[arg(long, value_name = "NAME=NUMBER")]
    set: Vec<String>,
    /// A JSON file of thresholds, as {"gap_seconds": 7200}
    #[arg(long, value_name = "FILE")]
    thresholds: Option<PathBuf>,
}

impl ThresholdArgs {
    /// The thresholds that were asked for: of one in both, that of the command line.
    pub fn read(&self) -> Result<Thresholds> {
        let mut fields = all()?;
        if let Some(file) = &self.thresholds {
            let mut given = BTreeSet::new();
            for (name, value) in read(file)? {
                put(&mut fields, &mut given, &name, &value).map_err(|e| e.at(file.display()))?;
            }
        }
        let mut given = BTreeSet::new();
        for written in &self.set {
            let Some((name, number)) = written.split_once('=') else {
                return Err(Error::usage(format!(
                    "--set {written:?}: expected NAME=NUMBER, as gap-seconds=7200"
                )));
            };
            // What is no number is told as it was written.
            let number = number.trim();
            let value = match number.parse::<u32>() {
                Ok(number) => number.into(),
                Err(_) => Value::from(number),
            };
            put(&mut fields, &mut given, name.trim(), &value)
                .map_err(|e| e.at(format_args!("--set {written:?}")))?;
        }
        let thresholds: Thresholds = serde_json::from_value(Value::Object(fields))
            .map_err(|error| Error::usage(format!("thresholds: {error}")))?;
        match thresholds.impossible() {
            None => Ok(thresholds),
            Some(why) => Err(Error::usage(format!("thresholds: {why}"))
                .remedy("`seaproof track --list-thresholds` names them all with their defaults.")),
        }
    }
}

impl ThresholdArgs {
    /// Those that decide what is a point of a track and of which ship, by name.
    pub fn of_tracks(thresholds: &Thresholds) -> Result<Vec<(String, Value)>> {
        let fields = serde_json::to_value(thresholds)?;
        let fields = fields.as_object().into_iter().flatten();
        let of = ["duplicate_", "split_", "jump_"];
        Ok(fields
            .filter(|(name, _)| of.iter().any(|start| name.starts_with(start)))
            .map(|(name, value)| (name.replace('_', "-"), value.clone()))
            .collect())
    }
}

/// Every threshold with its default, by name.
pub fn all() -> Result<Map<String, Value>> {
    match serde_json::to_value(Thresholds::default())? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Error::usage("thresholds have no names")),
    }
}

/// Sets a threshold that was not given yet.
fn put(
    fields: &mut Map<String, Value>,
    given: &mut BTreeSet<String>,
    name: &str,
    value: &Value,
) -> Result<()> {
    let known = name.replace('-', "_");
    let Some(place) = fields.get_mut(&known) else {
        return Err(unknown(fields, name, &known));
    };
    let written = known.replace('_', "-");
    let limits = Thresholds::limits(&written);
    let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
    let Some(number) = number.filter(|number| limits.contains(number)) else {
        let value = value.as_str().map_or_else(|| value.to_string(), clean);
        return Err(Error::usage(format!(
            "{written} is a whole number from {} to {}, and not {value:.40}",
            limits.start(),
            limits.end()
        )));
    };
    *place = number.into();
    if !given.insert(known) {
        return Err(Error::usage(format!(
            "{written} is given twice: which of the two is meant?"
        )));
    }
    Ok(())
}

fn unknown(fields: &Map<String, Value>, name: &str, known: &str) -> Error {
    let first = known.split('_').next().unwrap_or_default();
    let near: Vec<String> = (fields.keys())
        .filter(|field| !first.is_empty() && field.contains(first))
        .map(|field| field.replace('_', "-"))
        .collect();
    let near = match near.is_empty() {
        true => String::new(),
        false => format!("Near it: {}. ", near.join(", ")),
    };
    Error::usage(format!("there is no threshold {name:?}")).remedy(format!(
        "{near}`seaproof track --list-thresholds` names them all."
    ))
}

/// The fields of a JSON object, with those that stand there twice.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object, as {\"gap_seconds\": 7200}")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        from.deserialize_map(Object)
    }
}

fn read(file: &Path) -> Result<Vec<(String, Value)>> {
    let (_, length) = open_exhibit(file)?;
    if length > BYTES_MAX {
        return Err(Error::usage(format!(
            "{} is no file of thresholds: it has {length} bytes",
            file.display()
        )));
    }
    let text =
        std::fs::read_to_string(file).map_err(|e| crate::context::cannot("read", file, &e))?;
    match serde_json::from_str(&text) {
        Ok(Fields(fields)) => Ok(fields),
        Err(error) => Err(Error::usage(format!("{}: {error}", file.display()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(set: &[&str]) -> ThresholdArgs {
        ThresholdArgs {
            set: set.iter().map(|s| (*s).to_owned()).collect(),
            thresholds: None,
        }
    }

    #[test]
    fn thresholds_are_changed_by_name() {
        let changed = args(&["gap-seconds=7200", "loiter_seconds=60"])
            .read()
            .unwrap();
        assert_eq!((changed.gap_seconds, changed.loiter_seconds), (7200, 60));
        assert_eq!(changed.drift_seconds, Thresholds::default().drift_seconds);
        for wrong in [
            "gap-seconds",
            "gap-seconds=-1",
            "gap-seconds=1.5",
            "gap-seconds=5000000000",
            "gab-seconds=1",
            "gap-seconds=0",
            "encounter-step-seconds=0",
            "gap-coverage-percent=101",
            "drift-angle-degrees=181",
            "port-exit-metres=2999",
            "gap-before-seconds=2592001",
            "=1",
        ] {
            assert!(args(&[wrong]).read().is_err(), "{wrong}");
        }
        for (wrong, told) in [
            (
                "gap-seconds=99999999999999999999",
                "from 1 to 4294967295, and not 99999999999999999999",
            ),
            ("gap-seconds=-1", "from 1 to 4294967295, and not -1"),
            (
                "gap_coverage_percent=101",
                "gap-coverage-percent is a whole number from 0 to 100, and not 101",
            ),
            ("drift-angle-degrees=wide", "from 0 to 180, and not wide"),
        ] {
            let error = args(&[wrong]).read().unwrap_err();
            assert!(error.sentence().contains(told), "{}", error.sentence());
        }
        let twice = args(&["gap-seconds=7200", "jump-metres=1", "gap_seconds=7200"]).read();
        let error = twice.unwrap_err();
        assert!(
            error.sentence().contains("gap-seconds is given twice"),
            "{}",
            error.sentence()
        );
        let error = args(&["gap-second=1"]).read().unwrap_err();
        assert!(
            error.sentence().contains("gap-seconds"),
            "{}",
            error.sentence()
        );
    }
}
