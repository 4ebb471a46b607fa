//! `verify --replay`: derives the state anew from the log alone and compares it with the newest one that was
//! recorded. Uses no index and no cache, and writes nothing.

use seaproof_evidence::{Decoded, Event};
use seaproof_ledger::entry::{Disclosed, Entry};
use seaproof_ledger::ids::{EntryId, EntryIndex, TreeSize};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{Answer, Code, Problem};
use seaproof_replay::{ROOT_VERSION, State, apply};

use super::remade;
use crate::error::Result;
use crate::state::recorded;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Derived {
    /// No state is recorded.
    NoneRecorded,
    /// It is recorded in another version of the state's encoding.
    OtherVersion { by: EntryIndex, version: u16 },
    /// It is of entries that are not here.
    Beyond { by: EntryIndex, entries: u64 },
    /// So many of the entries below it do not show their content.
    Withheld { by: EntryIndex, openings: u64 },
    /// It was derived anew, and is the same.
    Same { by: EntryIndex, entries: u64 },
    /// It was derived anew, and is another.
    Other {
        by: EntryIndex,
        entries: u64,
        recorded: String,
        derived: String,
    },
    /// The log cannot be read.
    Unread(String),
}

struct Newest {
    by: EntryIndex,
    entries: u64,
    root: String,
    version: u16,
}

/// Reads the log twice: for the newest recorded state and recorded tracks, then up to where the state stood.
pub(super) fn derive(store: &FolderStore) -> (Derived, Vec<remade::Remade>) {
    let mut tracks = Vec::new();
    let derived = try_derive(store, &mut tracks)
        .unwrap_or_else(|error| Derived::Unread(error.message().to_owned()));
    (derived, remade::remake(store, &tracks))
}

/// The state that an entry records, as it was recorded.
fn state_of(entry: &Entry) -> Option<Newest> {
    let Disclosed::Present(facts) = &entry.facts else {
        return None;
    };
    if facts.kind != "state-recorded" {
        return None;
    }
    let Decoded::Known(said) = Decoded::of(entry.statement.class, facts) else {
        return None;
    };
    let Event::StateRecorded(state) = said.event() else {
        return None;
    };
    Some(Newest {
        by: entry.index,
        entries: state.entries,
        root: state.root.to_string(),
        version: state.version,
    })
}

fn try_derive(store: &FolderStore, tracks: &mut Vec<remade::Recorded>) -> Result<Derived> {
    let reader = Reader::open(store, None)?;
    let mut recorded_states: Vec<(EntryId, Newest)> = Vec::new();
    let mut all_tracks: Vec<(EntryId, remade::Recorded)> = Vec::new();
    let mut all = State::new();
    for read in reader.entries() {
        let read = read?;
        all_tracks.extend(remade::recorded(&read.entry).map(|track| (read.entry.id, track)));
        if let Some(found) = state_of(&read.entry) {
            recorded_states.push((read.entry.id, found));
        }
        apply(&mut all, recorded(read));
    }
    // One that was retracted, or that its author could not record, says nothing.
    let settled = all.settle();
    let standing = all_tracks.into_iter().filter(|(id, _)| settled.stands(id));
    tracks.extend(standing.map(|(_, track)| track));
    let newest = recorded_states
        .into_iter()
        .rfind(|(id, _)| settled.stands(id))
        .map(|(_, newest)| newest);
    let Some(Newest {
        by,
        entries,
        root,
        version,
    }) = newest
    else {
        return Ok(Derived::NoneRecorded);
    };
    if version != ROOT_VERSION {
        return Ok(Derived::OtherVersion { by, version });
    }
    // A state of more than what came before its own entry was never seen by its author.
    if entries > by.0 {
        return Ok(Derived::Beyond { by, entries });
    }
    // At the head that its author saw: a later revocation calls earlier entries suspect.
    let reader = Reader::open(store, Some(TreeSize(entries)))?;
    let mut state = State::new();
    let mut openings = 0;
    for read in reader.entries() {
        let read = read?;
        openings += u64::from(matches!(read.entry.facts, Disclosed::Absent));
        apply(&mut state, recorded(read));
    }
    let derived = state.settle().root().to_string();
    Ok(match derived == root {
        _ if openings > 0 => Derived::Withheld { by, openings },
        true => Derived::Same { by, entries },
        false => Derived::Other {
            by,
            entries,
            recorded: root,
            derived,
        },
    })
}

impl Derived {
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::Same { .. } => Answer::Pass,
            Self::Other { .. } | Self::Beyond { .. } => Answer::Fail,
            Self::Withheld { .. } => Answer::Withheld,
            Self::NoneRecorded | Self::OtherVersion { .. } | Self::Unread(_) => Answer::NotChecked,
        }
    }

    pub(super) fn problem(&self) -> Option<Problem> {
        let problem = |by: EntryIndex, message: String| {
            let mut problem = Problem::new(Code::StateRoot, message);
            problem.entry = Some(by);
            problem
        };
        match self {
            Self::Other {
                by,
                entries,
                recorded,
                derived,
            } => {
                let mut found = problem(
                    *by,
                    format!("{by} records a state of {entries} entries that they do not give"),
                );
                found.expected = Some(recorded.clone());
                found.actual = Some(derived.clone());
                Some(found)
            }
            Self::Beyond { by, entries } => Some(problem(
                *by,
                format!("{by} records a state of {entries} entries, more than stood before it"),
            )),
            _ => None,
        }
    }

    /// What stands beside the answer.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NoneRecorded => {
                "no state is recorded here to compare with: `seaproof state record`".into()
            }
            Self::OtherVersion { by, version } => format!(
                "the newest recorded state, {by}, is in version {version} of the encoding, which this program does not make"
            ),
            Self::Beyond { by, .. } => format!("{by} records a state of entries it had not seen"),
            Self::Withheld { by, openings } => format!(
                "the state in {by} cannot be derived: {openings} openings below it are not here"
            ),
            Self::Same { by, entries } => {
                format!(
                    "the state of {entries} entries that {by} records was derived anew and is the same"
                )
            }
            Self::Other { by, .. } => {
                format!("the state that {by} records is not what the entries below it give")
            }
            Self::Unread(why) => format!("the log cannot be replayed: {why}"),
        }
    }
}
