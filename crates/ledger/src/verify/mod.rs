//! Verification: reads a store, writes nothing, and says what is proven and where it breaks.
//!
//! It takes the store and not an opened ledger, because it must work on ledgers that will not open. It
//! uses no cache and no index. Its memory does not grow with the number of entries: chunks of the log
//! are checked on all cores while the chunk before is put in order by one.

use crate::ids::AuthorKey;
use crate::memory::Remembered;
use crate::store::Store;
use crate::timestamp::Roots;

mod anchors;
mod chain;
mod check;
mod exhibits;
mod fresh;
mod heads;
mod observed;
mod redactions;
mod report;
mod scan;
mod tiles;
mod times;

pub use fresh::{Cosigned, CosignedHead, Demand};
pub(crate) use redactions::Unfinished;
pub use report::{
    Answer, Clock, Clocks, Code, ExhibitCount, LastEntry, PresentedHead, Problem, Report,
    SigningKey, Verdict,
};
pub(crate) use scan::{entry_problem, errors};
pub use tiles::verify_tiles;

/// The most problems that a report lists; all are counted.
pub const PROBLEMS_MAX: usize = 1_000;
/// The most distinct exhibits that are counted apart.
pub const NAMED_MAX: usize = 262_144;

/// How often a ledger is looked at, at most, that changes meanwhile.
const LOOKS_MAX: usize = 64;

/// A head that the caller kept from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The bytes of a checkpoint of this ledger, with or without cosignatures.
    pub checkpoint: Vec<u8>,
}

/// How far verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Bytes of exhibits hashed since the last call.
    ExhibitBytes(u64),
    /// Entries checked in all.
    Entries(u64),
}

/// What to compare with, and whom to tell.
#[derive(Default)]
pub struct Options<'a> {
    /// Checkpoints that the caller kept.
    pub pins: Vec<Pin>,
    /// What the caller's own signers remember.
    pub memories: Vec<(AuthorKey, Remembered)>,
    /// Which witnesses must have cosigned a head, and not before when, for the log to be fresh.
    pub demand: Option<Demand>,
    /// Whom the caller trusts for timestamps; without it none is.
    pub tsa_roots: Option<&'a Roots>,
    /// Called now and then, from any thread.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
}

impl Options<'_> {
    fn tell(&self, progress: Progress) {
        if let Some(tell) = self.progress {
            tell(progress);
        }
    }
}

/// Verifies a ledger. A broken ledger is a report, never an error.
pub fn verify(store: &dyn Store, options: &Options<'_>) -> Report {
    // A redaction that a look has not read may take an exhibit, or put another segment in the place of one. So where
    // the log has changed, problems are looked at once more; what two looks find alike is so.
    let mut before = None;
    for _ in 1..LOOKS_MAX {
        let (report, changed) = scan::Scan::new(store, options).run();
        if !changed || before.as_ref() == Some(&report.problems) {
            return report;
        }
        before = Some(report.problems);
    }
    scan::Scan::new(store, options).run().0
}

/// Verifies all but the exhibits, and says what is redacted and still here.
pub(crate) fn verify_for_redaction(store: &dyn Store) -> (Report, Vec<Unfinished>) {
    scan::Scan::new(store, &Options::default()).run_for_redaction()
}
