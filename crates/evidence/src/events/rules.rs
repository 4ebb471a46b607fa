//! The rules of findings that a ledger adopts. Governance: always disclosed, so without free text.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{Keyword, List};

/// A parameter's value. Variant order is frozen.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(untagged)]
pub enum ParameterValue {
    /// A whole number; its name says the unit.
    Integer(i64),
    /// One keyword.
    Keyword(Keyword),
    /// Several keywords.
    Keywords(List<Keyword, 256>),
}

/// A named parameter.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name.
    pub name: Keyword,
    /// Its value.
    pub value: ParameterValue,
}

/// A rule as it is adopted.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, as `cap-share`.
    pub rule: Keyword,
    /// Its version, from 1.
    pub version: u16,
    /// Its parameters, by ascending name; what is absent has the version's default.
    #[serde(default)]
    pub parameters: List<Parameter, 64>,
}

/// The rules in force from here on; replaces the rule set before it. Class 1, kind `rule-set`.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The rules: at least one, each once.
    pub rules: List<Rule, 256>,
}
