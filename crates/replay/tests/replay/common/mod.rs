//! A log in memory for tests: events as JSON with `@label` where they refer to an entry and
//! `@@name` where they name a file; each goes through its envelope and its bytes.

// Each test binary uses a part of it; what cannot happen in a test may panic.
#![allow(dead_code, clippy::unwrap_used)]

pub mod case;

use std::collections::BTreeMap;

use seaproof_evidence::{
    Amendment, AuthorKey, Class, EntryId, EntryIndex, Event, ExhibitHash, ExhibitRef, Facts,
    Relation, Role, Standing, Timestamp,
};
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Content, Recorded, State, View, apply};
use serde_json::{Value, json};

/// Who records in tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    Custodian,
    Ann,
    Bob,
    /// Not admitted.
    Stranger,
    /// Admitted, and called suspect.
    Suspect,
}

impl By {
    pub fn key(self) -> AuthorKey {
        AuthorKey([self as u8 + 1; 32])
    }

    pub fn standing(self) -> Standing {
        Standing {
            role: match self {
                Self::Custodian => Some(Role::Custodian),
                Self::Ann | Self::Bob | Self::Suspect => Some(Role::Investigator),
                Self::Stranger => None,
            },
            authorised: self != Self::Stranger,
            suspect: self == Self::Suspect,
        }
    }
}

#[derive(Clone, Default)]
pub struct Log {
    pub entries: Vec<Recorded>,
    pub names: BTreeMap<String, EntryId>,
}

/// References and files of an envelope while its event is put together.
#[derive(Default)]
struct Envelope {
    refs: Vec<EntryId>,
    exhibits: Vec<ExhibitRef>,
}

impl Log {
    /// A log with its genesis entry.
    pub fn new() -> Self {
        let mut log = Self::default();
        let mut genesis = log.blank(By::Custodian, Class::Genesis);
        genesis.content = Content::Opened(seaproof_evidence::Decoded::OfTheLog);
        log.entries.push(genesis);
        log
    }

    /// An entry without content at the next place.
    pub fn blank(&self, by: By, class: Class) -> Recorded {
        let index = self.entries.len() as u64;
        let mut id = [0xEE; 32];
        id[..8].copy_from_slice(&index.to_be_bytes());
        Recorded {
            index: EntryIndex(index),
            id: EntryId(id),
            author: by.key(),
            standing: by.standing(),
            recorded_at: Timestamp(1_711_500_000_000 + index as i64 * 60_000),
            class,
            label: None,
            amendment: None,
            content: Content::Withheld,
        }
    }

    pub fn id(&self, label: &str) -> EntryId {
        match label.strip_prefix('#') {
            Some(number) => self.entries[number.parse::<usize>().unwrap()].id,
            None => self.names[label],
        }
    }

    fn slots(&self, value: &mut Value, envelope: &mut Envelope) {
        match value {
            Value::String(text) => {
                if let Some(file) = text.strip_prefix("@@") {
                    let mut hash = [0; 32];
                    hash[..file.len().min(32)]
                        .copy_from_slice(&file.as_bytes()[..file.len().min(32)]);
                    let exhibit = ExhibitRef {
                        hash: ExhibitHash(hash),
                        length: file.len() as u64,
                    };
                    *value = json!(place(&mut envelope.exhibits, exhibit));
                } else if let Some(label) = text.strip_prefix('@') {
                    let id = self.id(label);
                    *value = json!(place(&mut envelope.refs, id));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|v| self.slots(v, envelope)),
            Value::Object(fields) => fields.values_mut().for_each(|v| self.slots(v, envelope)),
            _ => {}
        }
    }

    /// Records an event, with a label if it is not empty.
    pub fn record(&mut self, by: By, label: &str, event: Value) -> u64 {
        self.push(by, label, event, None)
    }

    pub fn correct(&mut self, by: By, target: &str, replacement: Value) -> u64 {
        let event = json!({"kind": "corrected", "reason": "a slip", "replacement": replacement});
        self.amend(by, Relation::Corrects, &[target], event)
    }

    pub fn retract(&mut self, by: By, target: &str) -> u64 {
        let event = json!({"kind": "retracted", "reason": "withdrawn"});
        self.amend(by, Relation::Retracts, &[target], event)
    }

    pub fn dispute(&mut self, by: By, target: &str) -> u64 {
        let event = json!({"kind": "disputed", "reason": "not so"});
        self.amend(by, Relation::Disputes, &[target], event)
    }

    fn amend(&mut self, by: By, relation: Relation, targets: &[&str], event: Value) -> u64 {
        let targets = targets.iter().map(|t| self.id(t)).collect();
        self.push(by, "", event, Some(Amendment { relation, targets }))
    }

    fn push(&mut self, by: By, label: &str, mut event: Value, amendment: Option<Amendment>) -> u64 {
        let mut envelope = Envelope::default();
        self.slots(&mut event, &mut envelope);
        let text = event.to_string();
        let event: Event =
            serde_json::from_value(event).unwrap_or_else(|error| panic!("{error}: {text}"));
        let facts = Facts {
            version: 1,
            kind: event.kind().to_owned(),
            kind_version: event.version(),
            label: (!label.is_empty()).then(|| label.to_owned()),
            exhibits: envelope.exhibits,
            refs: envelope.refs,
            amendment,
            event: event.to_bytes(),
        };
        facts.check(event.class()).unwrap();
        let entry = self.blank(by, event.class()).with_facts(Some(&facts));
        assert!(
            matches!(
                entry.content,
                Content::Opened(seaproof_evidence::Decoded::Known(_))
            ),
            "{:?}: {text}",
            entry.content
        );
        let index = entry.index.0;
        self.names.insert(format!("#{index}"), entry.id);
        if !label.is_empty() {
            self.names.insert(label.to_owned(), entry.id);
        }
        self.entries.push(entry);
        index
    }

    pub fn state(&self) -> State {
        self.state_at(self.entries.len())
    }

    /// The state after so many entries.
    pub fn state_at(&self, size: usize) -> State {
        let mut state = State::new();
        for entry in &self.entries[..size] {
            apply(&mut state, entry.clone());
        }
        state
    }

    pub fn view(&self) -> View {
        self.state().settle().view(&Readings::default())
    }
}

fn place<T: PartialEq>(items: &mut Vec<T>, item: T) -> usize {
    match items.iter().position(|i| *i == item) {
        Some(at) => at,
        None => {
            items.push(item);
            items.len() - 1
        }
    }
}

/// Adds mode, origin and bases to an event.
pub fn told(mut event: Value, mode: &str, origin: Value, basis: Value) -> Value {
    event["mode"] = json!(mode);
    event["origin"] = origin;
    event["basis"] = basis;
    event
}

/// A basis in a line of a document.
pub fn line(of: &str, line: &str) -> Value {
    json!({"of": format!("@{of}"), "at": {"line": line}})
}

pub fn when(edtf: &str, sense: &str) -> Value {
    json!({"edtf": edtf, "sense": sense})
}
