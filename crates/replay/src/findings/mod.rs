//! Findings: rules over the settled state. Each names its rule, version and parameters, every
//! entry it rests on, and what would make it wrong. A pattern to examine, never a violation.
//!
//! A rule fires only if it is in force. Its wording says who says what, and no more than that.

mod accounts_differ;
mod basis_cannot_show;
mod cap_share;
mod listed_in_port;
pub(crate) mod no_notification;
mod not_independent;
mod said_listed;
mod seen_while_dark;
pub(crate) mod tracks;
mod translation_drift;
mod wordings_differ;

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::provenance::ConfidenceLevel;
use serde::{Deserialize, Serialize};

use crate::caps::CapState;
use crate::groups::Groups;
use crate::memberships::Memberships;
use crate::rules::{self, Parameters, RuleInForce, Rules};
use crate::settle::{Settled, Statement};
use crate::sources::{self, Ancestries};
use crate::state::At;
use crate::tracks::known::{LineBehind, Tracks};
use crate::words;

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// Its version.
    pub version: u16,
    /// What it says, in one or two sentences.
    pub statement: String,
    /// Whether it is a question of law, which is not decided here.
    pub of_law: bool,
    /// The rule's parameters, defaults included.
    pub parameters: Parameters,
    /// Where the rule comes from.
    pub adopted: Adopted,
    /// Every entry that it rests on, by ascending number.
    pub entries: Vec<u64>,
    /// Those of them that it compares or counts; the others are what these rest on.
    pub statements: Vec<u64>,
    /// The sources at the bottom of it, and how they are held.
    pub sources: Vec<SourceHeld>,
    /// On what it rests that an absence would have been noticed.
    pub coverage: Option<String>,
    /// How sure it is which vessel is meant.
    pub identity: Option<String>,
    /// The lines of held files that it rests on.
    pub lines: Vec<LineBehind>,
    /// What would make it wrong, and what else to know before using it.
    pub caveats: Vec<String>,
    /// Those of its entries that are by a key that is called suspect.
    pub suspect: Vec<u64>,
    /// Amendments that cannot be read and may bear on it.
    pub subject_to: Vec<u64>,
}

/// Where a rule comes from, and whether it was adopted before the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The rule set's entry; `None`: version 1 of the built-in rules, since the ledger adopts none.
    pub entry: Option<u64>,
    /// In words.
    pub position: String,
    /// How the rule was changed before, each in words; empty if it is as it was first adopted.
    pub changes: Vec<String>,
}

/// A source and how it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceHeld {
    /// Its entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// In words.
    pub held: String,
}

/// What rules are given.
pub(crate) struct Ground<'a> {
    pub(crate) settled: &'a Settled<'a>,
    pub(crate) groups: &'a Groups,
    pub(crate) caps: &'a [CapState<'a>],
    pub(crate) memberships: &'a Memberships,
    pub(crate) tracks: &'a Tracks<'a>,
}

/// What a rule says, before its entries and caveats are gathered.
pub(crate) struct Draft {
    statement: String,
    of_law: bool,
    compared: BTreeSet<At>,
    also: BTreeSet<At>,
    caveats: Vec<String>,
    coverage: Option<String>,
    identity: Option<String>,
    lines: Vec<LineBehind>,
}

impl Draft {
    fn new(statement: String, compared: impl IntoIterator<Item = At>) -> Self {
        Self {
            statement,
            of_law: false,
            compared: compared.into_iter().collect(),
            also: BTreeSet::new(),
            caveats: Vec::new(),
            coverage: None,
            identity: None,
            lines: Vec::new(),
        }
    }

    fn caveat(mut self, caveat: impl Into<String>) -> Self {
        self.caveats.push(caveat.into());
        self
    }
}

/// Where the rules come from, and how this one was changed.
struct Origin {
    rule_set: Option<At>,
    changes: Vec<String>,
}

type RunRule = fn(&Ground<'_>, &Parameters) -> Vec<Draft>;

/// The rules in the order in which their findings are shown.
const RULES: &[(&str, RunRule)] = &[
    ("listed-in-foreign-port", listed_in_port::run),
    ("said-listed-in-foreign-port", said_listed::run),
    ("accounts-differ", accounts_differ::run),
    ("wordings-differ", wordings_differ::run),
    ("basis-cannot-show", basis_cannot_show::run),
    ("seen-while-said-dark", seen_while_dark::run),
    ("not-independent", not_independent::run),
    ("translation-drift", translation_drift::run),
    ("no-notification-found", no_notification::run),
    ("cap-share", cap_share::run),
];

pub(crate) fn findings(ground: &Ground<'_>, rules: &Rules) -> Vec<Finding> {
    let subject_to: Vec<u64> = ground
        .settled
        .unread_amendments()
        .map(|at| ground.number(at))
        .collect();
    let mut found = Vec::new();
    for (name, run) in RULES.iter().chain(tracks::RULES) {
        let Some(rule) = rules.running(name) else {
            continue;
        };
        let drafts = run(ground, &rule.parameters);
        // Reading all rule sets once is enough for all that one rule found.
        let changes = match drafts.is_empty() || rules.adopted.is_none() {
            true => Vec::new(),
            false => rules::changes(ground.settled, name),
        };
        let origin = Origin {
            rule_set: rules.adopted,
            changes,
        };
        for draft in drafts {
            found.push(ground.finish(rule, &origin, draft, &subject_to));
        }
    }
    found
}

impl Ground<'_> {
    fn number(&self, at: At) -> u64 {
        self.settled.state.entry(at).index.0
    }

    fn numbers(&self, all: impl IntoIterator<Item = At>) -> Vec<u64> {
        let numbers: BTreeSet<u64> = all.into_iter().map(|at| self.number(at)).collect();
        numbers.into_iter().collect()
    }

    /// `#5` of an entry.
    fn hash(&self, at: At) -> String {
        self.settled.state.entry(at).index.to_string()
    }

    /// `#5` of an entry whose words are used; after a correction `#5 as corrected by #9`.
    fn quoted(&self, at: At) -> String {
        match self.settled.corrected_by.get(&at) {
            Some(by) => format!("{} as corrected by {}", self.hash(at), self.hash(*by)),
            None => self.hash(at),
        }
    }

    fn name(&self, at: At) -> String {
        self.settled.state.name(at)
    }

    /// The sources of a statement with how each is held: `press-a, held as own notes`.
    fn told_by(&self, statement: &Statement<'_>) -> String {
        let sources: Vec<String> = sources::sources_of(self.settled, statement)
            .into_iter()
            .map(|source| match source {
                Some(at) => format!(
                    "{}, {}",
                    self.name(at),
                    sources::hold_words(self.settled, at)
                ),
                None => "cited without an entry".to_owned(),
            })
            .collect();
        if sources.is_empty() {
            "no basis given".to_owned()
        } else {
            sources.join("; ")
        }
    }

    /// Everything that these statements rest on: what they are about, the wholes of groups, their
    /// bases, and corrections whose words stand.
    fn resting_on(&self, statements: &BTreeSet<At>) -> BTreeSet<At> {
        let mut found = statements.clone();
        let mut open: Vec<At> = statements.iter().copied().collect();
        while let Some(at) = open.pop() {
            let Some(statement) = self.settled.words_of(at) else {
                continue;
            };
            found.insert(statement.words);
            for next in self.settled.directly_below(&statement) {
                if found.insert(next) {
                    open.push(next);
                }
            }
        }
        found
    }

    fn finish(
        &self,
        rule: &RuleInForce,
        origin: &Origin,
        draft: Draft,
        subject_to: &[u64],
    ) -> Finding {
        let named: BTreeSet<At> = draft.compared.union(&draft.also).copied().collect();
        let mut entries = self.resting_on(&named);
        let sources = self.sources(&entries);
        for source in &sources {
            // A source is called held by what attached its files.
            let source = self.settled.words_of(*source);
            let files = source.map(|source| sources::files(self.settled, &source));
            entries.extend(files.into_iter().flatten().map(|file| file.by));
        }
        let suspect = |at: At| self.settled.state.entry(at).standing.suspect;
        let mut caveats = vec!["A pattern to examine, not a violation.".to_owned()];
        caveats.extend(draft.caveats);
        caveats.extend(self.general_caveats(&draft.compared, &entries));
        if !subject_to.is_empty() {
            let hashes: Vec<String> = subject_to.iter().map(|n| format!("#{n}")).collect();
            caveats.push(format!(
                "Subject to {}: an amendment that cannot be read here may bear on it.",
                words::listed(&hashes, "and")
            ));
        }
        Finding {
            rule: rule.rule.clone(),
            version: rule.version,
            statement: draft.statement,
            of_law: draft.of_law,
            parameters: rule.parameters.clone(),
            adopted: self.adopted(origin, &entries),
            statements: self.numbers(draft.compared),
            sources: sources
                .into_iter()
                .map(|at| SourceHeld {
                    entry: self.number(at),
                    id: self.name(at),
                    held: sources::hold_words(self.settled, at),
                })
                .collect(),
            coverage: draft.coverage,
            identity: draft.identity,
            lines: draft.lines,
            caveats,
            suspect: self.numbers(entries.iter().copied().filter(|at| suspect(*at))),
            subject_to: subject_to.to_vec(),
            entries: self.numbers(entries),
        }
    }

    /// The sources among these entries, and all that they go back to.
    fn sources(&self, entries: &BTreeSet<At>) -> BTreeSet<At> {
        let mut ancestries = Ancestries::default();
        entries
            .iter()
            .filter(|at| {
                let words = self.settled.words_of(**at);
                words.is_some_and(|s| s.event().hold().is_some())
            })
            .flat_map(|at| ancestries.of(self.settled, *at).to_vec())
            .map(|(_, at)| at)
            .collect()
    }

    fn adopted(&self, origin: &Origin, entries: &BTreeSet<At>) -> Adopted {
        let Some(rule_set) = origin.rule_set else {
            return Adopted {
                entry: None,
                position: "built-in rules, version 1; the ledger adopts none".to_owned(),
                changes: Vec::new(),
            };
        };
        let later = entries.iter().filter(|at| **at > rule_set).count();
        let hash = self.hash(rule_set);
        let position = if later == entries.len() {
            format!("adopted in {hash}, before the evidence")
        } else if later == 0 {
            format!("adopted in {hash}, after the evidence")
        } else {
            format!("adopted in {hash}, after some of the evidence")
        };
        Adopted {
            entry: Some(self.number(rule_set)),
            position,
            changes: origin.changes.clone(),
        }
    }

    fn general_caveats(&self, compared: &BTreeSet<At>, entries: &BTreeSet<At>) -> Vec<String> {
        let mut caveats = Vec::new();
        let mut add = |at: &BTreeSet<At>, words: &dyn Fn(At) -> Option<String>| {
            caveats.extend(at.iter().filter_map(|at| words(*at)));
        };
        let hashes = |all: &[At]| {
            let all: Vec<String> = all.iter().map(|at| self.hash(*at)).collect();
            words::listed(&all, "and")
        };
        add(entries, &|at| {
            let suspect = self.settled.state.entry(at).standing.suspect;
            suspect.then(|| format!("{}: its author's key is called suspect.", self.hash(at)))
        });
        add(entries, &|at| {
            let by = self.settled.disputes.get(&at)?;
            Some(format!("{} is disputed by {}.", self.hash(at), hashes(by)))
        });
        add(entries, &|at| {
            let by = self.settled.corrected_by.get(&at)?;
            Some(format!(
                "{} in the words of its correction {}.",
                self.hash(at),
                self.hash(*by)
            ))
        });
        add(entries, &|at| {
            let gone = self.settled.weakened.get(&at)?;
            Some(format!(
                "{} rests in part on {}, withdrawn.",
                self.hash(at),
                hashes(gone)
            ))
        });
        let mut levels: BTreeMap<ConfidenceLevel, usize> = BTreeMap::new();
        for at in compared {
            let statement = self.settled.words_of(*at);
            if let Some(provenance) = statement.as_ref().and_then(|s| s.provenance()) {
                *levels.entry(provenance.confidence.level).or_default() += 1;
            }
        }
        let levels: Vec<String> = levels
            .into_iter()
            .map(|(level, n)| format!("{n} {}", confidence_word(level).replace('-', " ")))
            .collect();
        if !levels.is_empty() {
            caveats.push(format!(
                "Recorders' confidence in the statements compared: {}.",
                levels.join(", ")
            ));
        }
        caveats
    }
}

/// A level of confidence in a word, as in JSON.
pub(crate) fn confidence_word(level: ConfidenceLevel) -> &'static str {
    match level {
        ConfidenceLevel::NotAssessed => "not-assessed",
        ConfidenceLevel::Doubtful => "doubtful",
        ConfidenceLevel::Possible => "possible",
        ConfidenceLevel::Probable => "probable",
        ConfidenceLevel::Confirmed => "confirmed",
    }
}
