//! Which rules of findings are in force: those of the newest rule set that the ledger adopted, or
//! version 1 of all rules with their defaults if it adopted none.

use std::collections::BTreeMap;

use seaproof_evidence::Event;
use seaproof_evidence::events::rules::{ParameterValue, RuleSet};

use crate::findings::no_notification;
use crate::settle::Settled;
use crate::state::At;
use crate::tracks::thresholds;
use crate::view::Word;

/// A rule's parameters by name; each value a list of words, a number being one word.
pub type Parameters = BTreeMap<String, Vec<String>>;

/// Parameters with their defaults.
type Defaults = &'static [(&'static str, &'static [&'static str])];

/// Rules known here: name, version, parameters.
const KNOWN: &[(&str, u16, Defaults)] = &[
    ("listed-in-foreign-port", 1, &[]),
    ("said-listed-in-foreign-port", 1, &[]),
    (
        "accounts-differ",
        1,
        &[(
            "single-valued",
            &[
                "amount",
                "call-sign",
                "count",
                "deadweight",
                "duty",
                "first-arrival",
                "flag",
                "imo",
                "last-departure",
                "mmsi",
                "owner",
                "product",
                "quantity",
                "receiver",
                "ship-type",
                "supplier",
            ],
        )],
    ),
    ("wordings-differ", 1, &[]),
    ("not-independent", 1, &[]),
    ("translation-drift", 1, &[]),
    ("no-notification-found", 1, &[("due-day", &["30"])]),
    ("basis-cannot-show", 1, &[]),
    ("seen-while-said-dark", 1, &[]),
    ("cap-share", 1, &[]),
];

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RuleInForce {
    /// Its name.
    pub rule: String,
    /// Its version.
    pub version: u16,
    /// Its parameters, defaults included.
    pub parameters: Parameters,
    /// Why it does not run here; `None` if it does.
    pub does_not_run: Option<Word>,
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// The rule set; `None` is the built-in one.
    pub(crate) adopted: Option<At>,
    pub(crate) rules: Vec<RuleInForce>,
}

impl Rules {
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        match settled.of_kind("rule-set").last() {
            Some(statement) => {
                let Event::RuleSet(set) = statement.event() else {
                    return Self::built_in();
                };
                Self {
                    adopted: Some(statement.at),
                    rules: adopted(set),
                }
            }
            None => Self::built_in(),
        }
    }

    fn built_in() -> Self {
        Self {
            adopted: None,
            rules: known()
                .map(|(rule, version)| RuleInForce {
                    rule: rule.to_owned(),
                    version,
                    parameters: parameters(rule),
                    does_not_run: None,
                })
                .collect(),
        }
    }

    /// The rule of this name, if it runs.
    pub(crate) fn running(&self, rule: &str) -> Option<&RuleInForce> {
        self.rules
            .iter()
            .find(|r| r.rule == rule && r.does_not_run.is_none())
    }
}

/// How a rule was changed from one rule set to the next, each change in words.
pub(crate) fn changes(settled: &Settled<'_>, rule: &str) -> Vec<String> {
    let mut changes = Vec::new();
    let mut before: Option<Option<RuleInForce>> = None;
    for statement in settled.of_kind("rule-set") {
        let Event::RuleSet(set) = statement.event() else {
            continue;
        };
        let now = adopted(set).into_iter().find(|r| r.rule == rule);
        if let Some(before) = before
            && let Some(words) = change_words(before.as_ref(), now.as_ref())
        {
            let entry = settled.state.entry(statement.at).index;
            changes.push(format!("{entry}: {words}"));
        }
        before = Some(now);
    }
    changes
}

fn change_words(before: Option<&RuleInForce>, now: Option<&RuleInForce>) -> Option<String> {
    let (before, now) = match (before, now) {
        (None, None) => return None,
        (Some(_), None) => return Some("no longer adopted".to_owned()),
        (None, Some(_)) => return Some("adopted anew".to_owned()),
        (Some(before), Some(now)) => (before, now),
    };
    let mut words = Vec::new();
    if before.version != now.version {
        words.push(format!("version {} to {}", before.version, now.version));
    }
    let names: std::collections::BTreeSet<&String> = before
        .parameters
        .keys()
        .chain(now.parameters.keys())
        .collect();
    for name in names {
        let value = |rule: &RuleInForce| {
            rule.parameters
                .get(name)
                .map_or_else(|| "none".to_owned(), |values| values.join(", "))
        };
        if before.parameters.get(name) != now.parameters.get(name) {
            words.push(format!("{name} from {} to {}", value(before), value(now)));
        }
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// Names and versions of the rules known here.
fn known() -> impl Iterator<Item = (&'static str, u16)> {
    let rules = KNOWN.iter().map(|(rule, version, _)| (*rule, *version));
    rules.chain(thresholds::rules())
}

/// A rule's parameters with their defaults.
fn parameters(rule: &str) -> Parameters {
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
    let own = KNOWN.iter().filter(|(name, _, _)| *name == rule);
    let own = own.flat_map(|(_, _, defaults)| *defaults);
    own.map(|(name, values)| ((*name).to_owned(), words(values)))
        .chain(thresholds::defaults(rule))
        .collect()
}

fn adopted(set: &RuleSet) -> Vec<RuleInForce> {
    let of = |rule: &seaproof_evidence::events::rules::Rule| {
        let known = known().any(|known| known == (rule.rule.as_str(), rule.version));
        let mut all = match known {
            true => parameters(rule.rule.as_str()),
            false => Parameters::new(),
        };
        let mut does_not_run: Option<Word> =
            (!known).then(|| "this software does not know this rule in this version".into());
        for parameter in &rule.parameters {
            let value = match &parameter.value {
                ParameterValue::Integer(number) => vec![number.to_string()],
                ParameterValue::Keyword(word) => vec![word.to_string()],
                ParameterValue::Keywords(words) => words.iter().map(ToString::to_string).collect(),
            };
            let before = all.insert(parameter.name.to_string(), value);
            if known && before.is_none() {
                does_not_run = Some("this software does not know one of its parameters".into());
            }
        }
        let due_day = all.get("due-day");
        if due_day.is_some_and(|day| no_notification::due_day(day).is_none()) {
            let why = "its due-day is no day of a month, from 1 to 31";
            does_not_run = does_not_run.or(Some(why.into()));
        }
        if does_not_run.is_none() && known {
            does_not_run = thresholds::refused(rule.rule.as_str(), &all).map(Into::into);
        }
        RuleInForce {
            rule: rule.rule.to_string(),
            version: rule.version,
            parameters: all,
            does_not_run,
        }
    };
    set.rules.iter().map(of).collect()
}
