//! Thresholds from the command line: the field's defaults, changed by a file and by name.

use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ais::thresholds::Thresholds;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::input::open_exhibit;

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
    /// The thresholds that were asked for.
    pub fn read(&self) -> Result<Thresholds> {
        let mut fields = all()?;
        if let Some(file) = &self.thresholds {
            let given = read(file)?;
            for (name, value) in given {
                put(&mut fields, &name, value).map_err(|e| e.at(file.display()))?;
            }
        }
        for written in &self.set {
            let place = || {
                Error::usage(format!(
                    "--set {written:?}: expected NAME=NUMBER, as gap-seconds=7200"
                ))
            };
            let (name, number) = written.split_once('=').ok_or_else(place)?;
            let number: u32 = number.trim().parse().map_err(|_| place())?;
            put(&mut fields, name.trim(), number.into())
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

fn put(fields: &mut Map<String, Value>, name: &str, value: Value) -> Result<()> {
    let known = name.replace('-', "_");
    let number = value.as_u64().and_then(|n| u32::try_from(n).ok());
    if number.is_none() {
        return Err(Error::usage(format!(
            "{name} is a whole number from 0 to {}, and not {value}",
            u32::MAX
        )));
    }
    match fields.get_mut(&known) {
        Some(place) => {
            *place = value;
            Ok(())
        }
        None => {
            let first = known.split('_').next().unwrap_or_default();
            let near: Vec<String> = (fields.keys())
                .filter(|field| !first.is_empty() && field.contains(first))
                .map(|field| field.replace('_', "-"))
                .collect();
            let near = match near.is_empty() {
                true => String::new(),
                false => format!("Near it: {}. ", near.join(", ")),
            };
            Err(
                Error::usage(format!("there is no threshold {name:?}")).remedy(format!(
                    "{near}`seaproof track --list-thresholds` names them all."
                )),
            )
        }
    }
}

fn read(file: &Path) -> Result<Map<String, Value>> {
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
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(
            Error::usage(format!("{} is no JSON object", file.display()))
                .remedy("Write {\"gap_seconds\": 7200} or the like."),
        ),
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
        let error = args(&["gap-second=1"]).read().unwrap_err();
        assert!(
            error.sentence().contains("gap-seconds"),
            "{}",
            error.sentence()
        );
    }
}
