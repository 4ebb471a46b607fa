//! The answers that are asked for first: kept ones where they still hold, otherwise from the log.

use seaproof_index::{Index, Kept};
use seaproof_ledger::reader::Reader;
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::FolderStore;
use seaproof_replay::view::{Answers, FindingsAnswer, QuotaAnswer, VesselsAnswer};
use seaproof_replay::{Finding, Settled, State, View, apply};
use serde::de::DeserializeOwned;

use crate::context::{self, Context, Opened};
use crate::error::Result;
use crate::looking::Looking;
use crate::readings::{self, Presence};
use crate::state::{recorded, replay};
use crate::suspects::{Marked, Suspects};

/// Groups and vessels.
pub fn vessels(
    ctx: &Context,
    store: &FolderStore,
    looking: &Looking,
) -> Result<Marked<VesselsAnswer>> {
    answer(ctx, store, looking, VESSELS, |answers| answers.vessels)
}

/// Caps and figures.
pub fn quota(ctx: &Context, store: &FolderStore, looking: &Looking) -> Result<Marked<QuotaAnswer>> {
    answer(ctx, store, looking, QUOTA, |answers| answers.quota)
}

/// Rules and findings.
pub fn findings(
    ctx: &Context,
    store: &FolderStore,
    looking: &Looking,
) -> Result<Marked<FindingsAnswer>> {
    answer(ctx, store, looking, FINDINGS, |answers| answers.findings)
}

/// What is kept under a name: with the keys that it marks, and the files of tracks that it rests on.
type WithMore<T> = (T, Suspects, Presence);

const VESSELS: &str = "vessels";
const QUOTA: &str = "quota";
const FINDINGS: &str = "findings";

fn answer<T: DeserializeOwned + From<View>>(
    ctx: &Context,
    store: &FolderStore,
    looking: &Looking,
    name: &str,
    part: impl FnOnce(Answers) -> T,
) -> Result<Marked<T>> {
    if !looking.is_plain() {
        let Marked {
            answer,
            suspect_keys,
        } = looking.view(store)?;
        return Ok(Marked {
            answer: T::from(answer),
            suspect_keys,
        });
    }
    let index = context::index(store);
    if let Some(((answer, suspect_keys, _), _)) = stored::<T>(store, index.as_ref(), name)? {
        return Ok(Marked {
            answer,
            suspect_keys,
        });
    }
    let (answers, suspect_keys, kept) = make(store, index.as_ref())?;
    if let Kept::No(why) = kept {
        ctx.note(&format!(
            "worked out from the log; the answer could not be kept for the next time: {why}"
        ));
    }
    Ok(Marked {
        answer: part(answers),
        suspect_keys,
    })
}

/// An answer that was kept and still holds, and the head that it is of.
fn stored<T: DeserializeOwned>(
    store: &FolderStore,
    index: Option<&Index>,
    name: &str,
) -> Result<Option<(WithMore<T>, Head)>> {
    if let Some(kept) = index.and_then(|index| index.stored(name))
        && let Some(opened) = context::reader_at(store, &kept.mark, kept.agreed)?
        && opened.reader.head() == kept.mark.head()
        && let Some(answer) = kept.value::<WithMore<T>>()
        && answer.2.is_still(store)
    {
        return Ok(Some((answer, kept.mark.head())));
    }
    Ok(None)
}

/// The state that is looked at, going on from the one that was kept where that holds, and the log that it is of.
pub fn state<'s>(store: &'s FolderStore, looking: &Looking) -> Result<(State, Reader<'s>)> {
    if looking.at.is_none()
        && let Some(index) = context::index(store)
        && let Some((state, opened, _)) = resumed(store, &index)?
    {
        return Ok((state, opened.reader));
    }
    let reader = looking.reader(store)?;
    Ok((replay(&reader)?, reader))
}

/// The findings of a state, kept ones where these are of the same entries.
pub fn findings_of(
    store: &FolderStore,
    looking: &Looking,
    settled: &Settled<'_>,
    head: Head,
) -> Result<Vec<Finding>> {
    if looking.is_plain() {
        let index = context::index(store);
        let kept = stored::<FindingsAnswer>(store, index.as_ref(), FINDINGS)?;
        if let Some(((answer, ..), of)) = kept
            && of == head
        {
            return Ok(answer.findings);
        }
    }
    let readings = readings::only(store, settled)?;
    Ok(settled.findings(&readings))
}

/// Works the answers out, going on from the state that was kept if there is one, and keeps them.
pub fn make(store: &FolderStore, index: Option<&Index>) -> Result<(Answers, Suspects, Kept)> {
    let resumed = match index {
        Some(index) => resumed(store, index)?,
        None => None,
    };
    let (state, opened, before) = match resumed {
        Some((state, opened, before)) => (state, opened, before),
        None => {
            let opened = context::newest(store)?;
            (replay(&opened.reader)?, opened, 0)
        }
    };
    let settled = state.settle();
    let (readings, presence) = readings::of(store, index, &settled)?;
    let answers = settled.answers(&readings);
    let Opened { reader, agreed } = opened;
    let suspects = Suspects::read(&reader)?;
    let Some(index) = index else {
        let why = Kept::No(context::NO_STATE.into());
        return Ok((answers, suspects, why));
    };
    let Some(mark) = reader.mark() else {
        let why = Kept::No("the ledger has no entries".into());
        return Ok((answers, suspects, why));
    };
    let mut kept = index.keep(
        VESSELS,
        &mark,
        agreed,
        &(&answers.vessels, &suspects, &presence),
    );
    if kept == Kept::Yes {
        kept = index.keep(
            QUOTA,
            &mark,
            agreed,
            &(&answers.quota, &suspects, &presence),
        );
    }
    if kept == Kept::Yes {
        kept = index.keep(
            FINDINGS,
            &mark,
            agreed,
            &(&answers.findings, &suspects, &presence),
        );
    }
    // Large, and of use as long as what came after it is little.
    let new = reader.head().size.0.saturating_sub(before);
    if kept == Kept::Yes && new > before / 16 {
        kept = index.keep_state(&mark, agreed, &state);
    }
    Ok((answers, suspects, kept))
}

/// The state that was kept with what came after it applied, and after how many entries it was kept.
fn resumed<'s>(store: &'s FolderStore, index: &Index) -> Result<Option<(State, Opened<'s>, u64)>> {
    let Some(kept) = index.stored_state() else {
        return Ok(None);
    };
    let Some(opened) = context::reader_at(store, &kept.mark, kept.agreed)? else {
        return Ok(None);
    };
    if opened.reader.reaches_back() {
        return Ok(None);
    }
    let mut state = kept.state;
    for read in opened.reader.entries_after() {
        apply(&mut state, recorded(read?));
    }
    Ok(Some((state, opened, kept.mark.head().size.0)))
}
