//! From a ledger to the state that replay makes of it.

use seaproof_ledger::entry::Disclosed;
use seaproof_ledger::reader::{ReadEntry, Reader};
use seaproof_ledger::store::FolderStore;
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Content, Recorded, State, View, apply};

use crate::context;
use crate::error::Result;
use crate::names::EntryName;

/// The state after the entry named, or after the newest. Tracks are not read for it.
pub fn view_at(store: &FolderStore, at: Option<&EntryName>) -> Result<View> {
    let reader = match at {
        None => context::reader(store, None)?,
        Some(EntryName::Index(index)) => context::reader(store, Some(index.0))?,
        Some(name) => {
            let index = name.find(&context::reader(store, None)?)?;
            context::reader(store, Some(index.0))?
        }
    };
    view(&reader)
}

/// The state that a reader's entries make. Tracks are not read for it.
pub fn view(reader: &Reader<'_>) -> Result<View> {
    Ok(replay(reader)?.settle().view(&Readings::default()))
}

/// All entries of a reader applied.
pub fn replay(reader: &Reader<'_>) -> Result<State> {
    let mut state = State::new();
    for read in reader.entries() {
        apply(&mut state, recorded(read?));
    }
    Ok(state)
}

/// An entry as replay takes it.
pub fn recorded(read: ReadEntry) -> Recorded {
    let ReadEntry { entry, standing } = read;
    let recorded = Recorded {
        index: entry.index,
        id: entry.id,
        author: entry.statement.key,
        standing,
        recorded_at: entry.statement.recorded_at,
        class: entry.statement.class,
        label: None,
        amendment: None,
        content: Content::NewerEnvelope,
    };
    match &entry.facts {
        Disclosed::Present(facts) => recorded.with_facts(Some(facts)),
        Disclosed::Absent => recorded.with_facts(None),
        Disclosed::Newer => recorded,
    }
}
