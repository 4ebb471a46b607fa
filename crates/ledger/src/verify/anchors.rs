//! Anchors that are kept in the ledger: read before the log, so that one of entries that are written meanwhile does no
//! harm, and judged when the log's roots are known.

use super::heads::Heads;
use super::report::{Code, Problem, Report};
use super::times::TOKENS_MAX;
use crate::anchors::{self, ANCHOR_MAX, AnchorError, AnchorKind, AnchorName, FOLDER};
use crate::checkpoint;
use crate::ids::LedgerId;
use crate::store::Store;

/// The most bytes of anchors that are looked at, the largest heads first.
const BYTES_MAX: usize = 16 << 20;
/// What an anchor counts as at least.
const COST_MIN: usize = 4_096;
/// Strays that are named one by one.
const STRAYS_MAX: usize = 100;

/// What is in `anchors/`, before it is known which ledger this is.
#[derive(Default)]
pub(super) struct Kept {
    read: Vec<(AnchorName, Vec<u8>)>,
    problems: Vec<Problem>,
    notices: Vec<String>,
}

impl Kept {
    /// Reads the anchors.
    pub(super) fn read(store: &dyn Store) -> Self {
        let mut kept = Self::default();
        let listing = match anchors::list(store) {
            Ok(listing) => listing,
            Err(error) => {
                let message = format!("the anchors cannot be listed: {error}");
                let problem = Problem::new(Code::Unreadable, message);
                kept.problems.push(problem.in_file(FOLDER, None));
                return kept;
            }
        };
        let strays = listing.strays.iter().take(STRAYS_MAX);
        kept.notices
            .extend(strays.map(|stray| format!("{stray} is not part of the ledger")));
        let unsaid = listing.strays.len().saturating_sub(STRAYS_MAX);
        if unsaid > 0 {
            kept.notices
                .push(format!("nor are {unsaid} more in {FOLDER}/"));
        }
        let mut left = BYTES_MAX;
        for (at, name) in listing.anchors.iter().enumerate() {
            if left == 0 {
                kept.notices.push(format!(
                    "{} anchors of older heads were left aside: there are more than {BYTES_MAX} bytes of them",
                    listing.anchors.len() - at
                ));
                break;
            }
            // What cannot be used costs too.
            let cost = match anchors::read(store, name) {
                Ok(bytes) => {
                    let cost = bytes.len();
                    kept.read.push((*name, bytes));
                    cost
                }
                Err(error) => {
                    kept.problems.push(unread(name, &error));
                    ANCHOR_MAX as usize
                }
            };
            left = left.saturating_sub(cost.max(COST_MIN));
        }
        kept
    }

    /// Hands checkpoints to the heads, says what is wrong with them, and gives out the tokens.
    pub(super) fn present(
        self,
        ledger: &LedgerId,
        heads: &mut Heads,
        report: &mut Report,
    ) -> (Vec<Problem>, Vec<(AnchorName, Vec<u8>)>) {
        report.notices.extend(self.notices);
        let mut problems = self.problems;
        let (mut tokens, notes): (Vec<_>, Vec<_>) = self
            .read
            .into_iter()
            .partition(|(name, _)| name.kind == AnchorKind::Token);
        for (name, bytes) in notes {
            problems.extend(take(&name, &bytes, ledger, heads));
        }
        let more = tokens.len().saturating_sub(TOKENS_MAX);
        if more > 0 {
            tokens.truncate(TOKENS_MAX);
            report.notices.push(format!(
                "{more} timestamps of older heads were left aside: there are more than {TOKENS_MAX}"
            ));
        }
        (problems, tokens)
    }
}

fn take(name: &AnchorName, bytes: &[u8], ledger: &LedgerId, heads: &mut Heads) -> Option<Problem> {
    let malformed = |why: String| {
        let message = format!("{} is not a checkpoint of this ledger: {why}", name.path());
        Some(Problem::new(Code::AnchorMalformed, message).in_file(name.path(), None))
    };
    match checkpoint::parse_cosigned(bytes, ledger) {
        Ok(signed) if signed.head().size == name.size => {
            heads.anchor(signed, name.path());
            None
        }
        Ok(signed) => malformed(format!(
            "it is of {} entries, its name says {}",
            signed.head().size,
            name.size
        )),
        Err(error) => malformed(error.to_string()),
    }
}

fn unread(name: &AnchorName, error: &AnchorError) -> Problem {
    let code = match error {
        AnchorError::Digest { .. } | AnchorError::TooLong => Code::AnchorDigest,
        AnchorError::Io(_) => Code::Unreadable,
    };
    Problem::new(code, format!("{}: {error}", name.path())).in_file(name.path(), None)
}
