//! Thresholds of AIS as parameters of rules: which rule has which, between which limits, and with how few
//! analyses all rules in force can be served.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use seaproof_ais::thresholds::Thresholds;

use crate::rules::{Parameters, RuleInForce, Rules};

/// A threshold by the name that it has as a parameter.
struct Threshold {
    name: &'static str,
    of: fn(&mut Thresholds) -> &mut u32,
    limits: RangeInclusive<u32>,
}

/// From a minute to ten years.
const SECONDS: RangeInclusive<u32> = 60..=315_360_000;
/// Up to half the way around the Earth.
const METRES: RangeInclusive<u32> = 1..=20_040_000;
/// Up to the highest speed that is transmitted.
const TENTH_KNOTS: RangeInclusive<u32> = 0..=1_022;
const PERCENT: RangeInclusive<u32> = 0..=100;

macro_rules! threshold {
    ($name:literal, $field:ident, $limits:expr) => {
        Threshold {
            name: $name,
            of: |thresholds| &mut thresholds.$field,
            limits: $limits,
        }
    };
}

const THRESHOLDS: &[Threshold] = &[
    threshold!("clone-tenth-knots", clone_tenth_knots, 1..=10_000),
    threshold!("draught-change-seconds", draught_change_seconds, SECONDS),
    threshold!("draught-large-metres", draught_large_metres, 0..=65_535),
    threshold!(
        "draught-large-tenth-metres",
        draught_large_tenth_metres,
        1..=255
    ),
    threshold!("draught-medium-metres", draught_medium_metres, 0..=65_535),
    threshold!(
        "draught-medium-tenth-metres",
        draught_medium_tenth_metres,
        1..=255
    ),
    threshold!("draught-seconds", draught_seconds, SECONDS),
    threshold!("draught-tenth-metres", draught_tenth_metres, 1..=255),
    threshold!("duplicate-seconds", duplicate_seconds, 0..=86_400),
    threshold!(
        "encounter-bridge-seconds",
        encounter_bridge_seconds,
        SECONDS
    ),
    threshold!("encounter-metres", encounter_metres, METRES),
    threshold!(
        "encounter-port-metres",
        encounter_port_metres,
        0..=20_040_000
    ),
    threshold!("encounter-seconds", encounter_seconds, SECONDS),
    threshold!(
        "encounter-step-seconds",
        encounter_step_seconds,
        60..=86_400
    ),
    threshold!("encounter-tenth-knots", encounter_tenth_knots, TENTH_KNOTS),
    threshold!("gap-before-seconds", gap_before_seconds, SECONDS),
    threshold!("gap-coverage-percent", gap_coverage_percent, PERCENT),
    threshold!("gap-seconds", gap_seconds, SECONDS),
    threshold!("jump-metres", jump_metres, 0..=20_040_000),
    threshold!("port-enter-metres", port_enter_metres, METRES),
    threshold!("port-exit-metres", port_exit_metres, METRES),
    threshold!("port-gap-seconds", port_gap_seconds, SECONDS),
    threshold!("reappear-percent", reappear_percent, 1..=10_000),
    threshold!("reappear-tenth-knots", reappear_tenth_knots, 1..=10_000),
    threshold!("split-positions", split_positions, 1..=1_000),
    threshold!("split-slack-seconds", split_slack_seconds, 0..=86_400),
    threshold!("split-tenth-knots", split_tenth_knots, 1..=10_000),
    threshold!(
        "stop-begin-tenth-knots",
        stop_begin_tenth_knots,
        TENTH_KNOTS
    ),
    threshold!("stop-end-tenth-knots", stop_end_tenth_knots, TENTH_KNOTS),
];

/// Of how many MMSI that no vessel of the ledger claims something is said at most.
pub(crate) const UNNAMED_MOST: &str = "unnamed-most";

/// The rules over tracks, and which thresholds each has for parameters: every one that decides what it finds. Which receptions
/// are one decides a little of everything; which of several ships on one MMSI a position is of, all that is derived ship by ship.
const RULES: &[(&str, &[&str])] = &[
    (
        "dark-period",
        &[
            "duplicate-seconds",
            "gap-before-seconds",
            "gap-coverage-percent",
            "gap-seconds",
        ],
    ),
    (
        "seen-while-dark",
        &[
            "duplicate-seconds",
            "gap-before-seconds",
            "gap-coverage-percent",
            "gap-seconds",
        ],
    ),
    (
        "port-call-without-ais",
        &[
            "duplicate-seconds",
            "gap-before-seconds",
            "gap-coverage-percent",
            "gap-seconds",
            "jump-metres",
            "port-enter-metres",
            "port-exit-metres",
            "port-gap-seconds",
            "split-positions",
            "split-slack-seconds",
            "split-tenth-knots",
            "stop-begin-tenth-knots",
            "stop-end-tenth-knots",
        ],
    ),
    (
        "draught-change-without-port-call",
        &[
            "draught-change-seconds",
            "draught-large-metres",
            "draught-large-tenth-metres",
            "draught-medium-metres",
            "draught-medium-tenth-metres",
            "draught-seconds",
            "draught-tenth-metres",
            "duplicate-seconds",
            "gap-seconds",
            "jump-metres",
            "port-enter-metres",
            "port-exit-metres",
            "port-gap-seconds",
            "split-positions",
            "split-slack-seconds",
            "split-tenth-knots",
            "stop-begin-tenth-knots",
            "stop-end-tenth-knots",
        ],
    ),
    (
        "close-together",
        &[
            "duplicate-seconds",
            "encounter-bridge-seconds",
            "encounter-metres",
            "encounter-port-metres",
            "encounter-seconds",
            "encounter-step-seconds",
            "encounter-tenth-knots",
            "jump-metres",
            "split-positions",
            "split-slack-seconds",
            "split-tenth-knots",
        ],
    ),
    (
        "one-identity-two-places",
        &[
            "clone-tenth-knots",
            "duplicate-seconds",
            "jump-metres",
            "split-positions",
            "split-slack-seconds",
            "split-tenth-knots",
        ],
    ),
    (
        "implausible-reappearance",
        &[
            "duplicate-seconds",
            "gap-coverage-percent",
            "gap-seconds",
            "reappear-percent",
            "reappear-tenth-knots",
        ],
    ),
];

/// Names and versions of the rules over tracks, in the order in which they are shown.
pub(crate) fn rules() -> impl Iterator<Item = (&'static str, u16)> {
    RULES.iter().map(|(rule, _)| (*rule, 1))
}

fn named(name: &str) -> Option<&'static Threshold> {
    THRESHOLDS.iter().find(|threshold| threshold.name == name)
}

fn thresholds_of(rule: &str) -> &'static [&'static str] {
    let found = RULES.iter().find(|(name, _)| *name == rule);
    found.map_or(&[], |(_, names)| names)
}

/// A rule's parameters with their defaults; empty for rules that are not over tracks.
pub(crate) fn defaults(rule: &str) -> Parameters {
    let mut defaults = Thresholds::default();
    let mut parameters = Parameters::new();
    for threshold in thresholds_of(rule).iter().filter_map(|name| named(name)) {
        let value = *(threshold.of)(&mut defaults);
        parameters.insert(threshold.name.to_owned(), vec![value.to_string()]);
    }
    if !parameters.is_empty() {
        parameters.insert(UNNAMED_MOST.to_owned(), vec!["32".to_owned()]);
    }
    parameters
}

/// A parameter that is one number within limits.
fn number(parameters: &Parameters, name: &str, limits: &RangeInclusive<u32>) -> Option<u32> {
    match parameters.get(name)?.as_slice() {
        [one] => one.parse().ok().filter(|number| limits.contains(number)),
        _ => None,
    }
}

/// How many MMSI without a vessel a rule speaks of.
pub(crate) fn unnamed_most(parameters: &Parameters) -> usize {
    let most = number(parameters, UNNAMED_MOST, &(0..=u32::MAX));
    most.and_then(|most| usize::try_from(most).ok())
        .unwrap_or_default()
}

/// Why a rule over tracks cannot run with these parameters.
pub(crate) fn refused(rule: &str, parameters: &Parameters) -> Option<String> {
    for threshold in thresholds_of(rule).iter().filter_map(|name| named(name)) {
        let (name, limits) = (threshold.name, &threshold.limits);
        if number(parameters, name, limits).is_none() {
            return Some(format!(
                "its {name} is no whole number from {} to {}",
                limits.start(),
                limits.end()
            ));
        }
    }
    let most = 0..=1_000_000;
    if parameters.contains_key(UNNAMED_MOST) && number(parameters, UNNAMED_MOST, &most).is_none() {
        return Some(format!(
            "its {UNNAMED_MOST} is no whole number from {} to {}",
            most.start(),
            most.end()
        ));
    }
    let of = |name| number(parameters, name, &(0..=u32::MAX));
    let pairs = [
        ("draught-medium-metres", "draught-large-metres"),
        ("port-enter-metres", "port-exit-metres"),
        ("stop-begin-tenth-knots", "stop-end-tenth-knots"),
    ];
    for (low, high) in pairs {
        if let (Some(a), Some(b)) = (of(low), of(high))
            && a > b
        {
            return Some(format!("its {low} is above its {high}"));
        }
    }
    None
}

/// The thresholds that a rule asks for, by name.
fn asked(rule: &RuleInForce) -> BTreeMap<&'static str, u32> {
    let names = thresholds_of(&rule.rule).iter();
    names
        .filter_map(|name| {
            let threshold = named(name)?;
            let value = number(&rule.parameters, name, &threshold.limits)?;
            Some((threshold.name, value))
        })
        .collect()
}

/// The thresholds under which tracks are looked at. Rules whose parameters agree share one; nearly always
/// there is one for all.
#[derive(Debug)]
pub(crate) struct Plan {
    /// At least one. The first is that of `dark-period`, if it runs, and what vessels are shown under.
    pub(crate) thresholds: Vec<Thresholds>,
    of_rules: BTreeMap<&'static str, usize>,
}

impl Plan {
    pub(crate) fn of(rules: &Rules) -> Self {
        let mut groups: Vec<BTreeMap<&'static str, u32>> = Vec::new();
        let mut of_rules = BTreeMap::new();
        for (name, _) in RULES {
            let Some(rule) = rules.running(name) else {
                continue;
            };
            let asked = asked(rule);
            let agrees = |group: &BTreeMap<&str, u32>| {
                let mut asked = asked.iter();
                asked.all(|(name, value)| group.get(name).is_none_or(|has| has == value))
            };
            let place = match groups.iter().position(agrees) {
                Some(place) => place,
                None => {
                    groups.push(BTreeMap::new());
                    groups.len() - 1
                }
            };
            if let Some(group) = groups.get_mut(place) {
                group.extend(asked);
            }
            of_rules.insert(*name, place);
        }
        if groups.is_empty() {
            groups.push(BTreeMap::new());
        }
        Self {
            thresholds: groups.iter().map(filled).collect(),
            of_rules,
        }
    }

    /// The thresholds that a rule runs under.
    pub(crate) fn of_rule(&self, rule: &str) -> Option<&Thresholds> {
        self.thresholds.get(*self.of_rules.get(rule)?)
    }
}

/// Thresholds with these in the place of the defaults.
fn filled(group: &BTreeMap<&'static str, u32>) -> Thresholds {
    let mut thresholds = Thresholds::default();
    for (name, value) in group {
        if let Some(threshold) = named(name) {
            *(threshold.of)(&mut thresholds) = *value;
        }
    }
    thresholds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_of_a_rule_is_a_threshold_whose_default_it_takes() {
        for (rule, names) in RULES {
            for name in *names {
                let threshold = named(name).unwrap_or_else(|| panic!("{rule}: {name}"));
                let default = *(threshold.of)(&mut Thresholds::default());
                assert!(threshold.limits.contains(&default), "{name}");
                assert_eq!(
                    defaults(rule).get(*name),
                    Some(&vec![default.to_string()]),
                    "{rule}"
                );
            }
            assert_eq!(refused(rule, &defaults(rule)), None);
            assert!(names.is_sorted(), "{rule}");
        }
    }

    #[test]
    fn a_name_stands_for_the_field_of_the_same_name() {
        for threshold in THRESHOLDS {
            let mut changed = Thresholds::default();
            *(threshold.of)(&mut changed) = 4_242_424;
            let fields = serde_json::to_value(&changed).unwrap();
            assert_eq!(fields[threshold.name.replace('-', "_")], 4_242_424);
        }
    }
}
