//! One session of writing: key, lock, commit, checkpoint.

use seaproof_ledger::ids::AuthorKey;
use seaproof_ledger::keys::Signer;
use seaproof_ledger::statement::Head;
use seaproof_ledger::writer::{Draft, OsSalts, WriteError, Writer, Written};
use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::keyring::KeyArgs;
use crate::output::count;

/// An entry that was recorded.
pub struct Recorded {
    pub written: Written,
    pub label: Option<String>,
    pub kind: String,
}

/// A ledger that is open for writing with a key.
pub struct Session<'a> {
    pub writer: Writer<'a>,
    pub signer: Box<dyn Signer>,
    begun_at: Head,
    leave_checkpoint: bool,
}

impl<'a> Session<'a> {
    pub fn new(writer: Writer<'a>, signer: Box<dyn Signer>) -> Self {
        Self {
            begun_at: writer.head(),
            leave_checkpoint: false,
            writer,
            signer,
        }
    }

    /// Ends in order: what a custodian wrote is covered by a fresh checkpoint.
    pub fn end(mut self) -> Result<()> {
        let new = self.writer.head() != self.begun_at;
        if new && !self.leave_checkpoint && self.is_custodian() {
            self.writer.checkpoint(&self.signer)?;
        }
        self.writer.close();
        Ok(())
    }

    /// Ends without a fresh checkpoint: what is recorded is covered by the next one.
    pub fn leave_checkpoint(&mut self) {
        self.leave_checkpoint = true;
    }

    /// Records drafts as one commit.
    pub fn append(&mut self, drafts: &[Draft]) -> Result<Vec<Written>, WriteError> {
        self.writer.append(&self.signer, drafts)
    }

    /// Records entries of governance as one commit.
    pub fn govern(&mut self, drafts: &[Draft]) -> Result<Vec<Recorded>> {
        let written = self.append(drafts).map_err(|error| match error {
            WriteError::Unauthorised { source, .. } => {
                Error::new(Kind::Ledger, format!("{source}: nothing was recorded"))
            }
            WriteError::Draft { why, .. } => Error::input(format!("{why}: nothing was recorded")),
            other => other.into(),
        })?;
        let recorded = written.into_iter().zip(drafts);
        Ok(recorded
            .map(|(written, draft)| Recorded {
                written,
                label: None,
                kind: draft.facts.kind.clone(),
            })
            .collect())
    }

    /// The key that signs.
    pub fn key(&self) -> AuthorKey {
        self.signer.public()
    }

    fn is_custodian(&self) -> bool {
        let key = self.key();
        self.writer.authority().custodians().any(|c| *c == key)
    }
}

/// Opens the ledger for writing, does `work`, and, if a custodian wrote something, ends with a
/// fresh checkpoint.
pub fn with_session<T>(
    ctx: &Context,
    key: &KeyArgs,
    work: impl FnOnce(&mut Session<'_>) -> Result<T>,
) -> Result<T> {
    let store = ctx.store()?;
    // Asked for before the lock is taken: a person may take long to type.
    let signer = key.open()?;
    let memory = ctx.memory()?;
    let writer = Writer::open(
        &store,
        &memory,
        Box::new(OsSalts::default()),
        signer.public(),
    )?;
    let mut session = Session::new(writer, signer);
    let done = work(&mut session);
    let begun_at = session.begun_at;
    let recorded = session.writer.head() != begun_at;
    let ended = session.end();
    match (done, ended) {
        (Ok(done), Ok(())) => Ok(done),
        (Err(error), _) => Err(error),
        (Ok(_), Err(error)) if recorded => Err(error.remedy(
            "The entries are recorded, and no checkpoint covers them yet: `seaproof checkpoint --sign` does.",
        )),
        (Ok(_), Err(error)) => Err(error),
    }
}

/// Refuses if the log has grown since it was looked at for what is about to be signed.
pub fn unchanged(session: &Session<'_>, looked_at: Head) -> Result<()> {
    match session.writer.head() == looked_at {
        true => Ok(()),
        false => Err(Error::new(
            Kind::Ledger,
            "somebody recorded entries meanwhile, and what was shown may not be all",
        )
        .remedy("Nothing was recorded. Run it again, and look at it again.")),
    }
}

/// Says what was recorded.
pub fn report(ctx: &mut Context, recorded: &[Recorded]) -> Result<()> {
    if ctx.json {
        let recorded: Vec<_> = recorded
            .iter()
            .map(|entry| {
                json!({
                    "index": entry.written.index.0, "id": entry.written.id.to_string(),
                    "kind": entry.kind, "label": entry.label,
                })
            })
            .collect();
        return ctx.out.json(&json!({ "recorded": recorded }));
    }
    match recorded {
        [only] => {
            let label = only.label.as_deref().map(|l| format!("  {l}"));
            ctx.out.line(format_args!(
                "Recorded {}  {}{}",
                only.written.index,
                only.kind,
                label.unwrap_or_default()
            ))
        }
        [first, .., last] => ctx.out.line(format_args!(
            "Recorded {} in one commit, {} to {}",
            count(recorded.len() as u64, "entry", "entries"),
            first.written.index,
            last.written.index
        )),
        [] => ctx.out.line("Nothing to record"),
    }
}
