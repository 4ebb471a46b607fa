//! What a verification found of heads, in a form that others can check without the ledger (FORMAT.md §20). Its JSON
//! is the command's.

use base64ct::{Base64, Encoding};

use super::file::{ProofFileError, parse_checkpoint};
use crate::checkpoint::CosignedCheckpoint;
use crate::ids::{LedgerId, TreeHash};

/// The most heads of one report.
pub const HEADS_MAX: usize = 1_024;

/// A head that was presented to a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedHead {
    /// Where it came from, as the report's maker calls it.
    pub from: String,
    /// The signed head.
    pub checkpoint: CosignedCheckpoint,
    /// The root that the log has at this size, and the proof from it to the log's own head. `None` where the log's
    /// own head is smaller.
    pub here: Option<(TreeHash, Vec<TreeHash>)>,
}

/// A ledger's own head and the heads that were held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedHeads {
    /// The ledger.
    pub ledger: LedgerId,
    /// The largest signed head that the log bears out.
    pub own: Option<CosignedCheckpoint>,
    /// Signed heads that were presented.
    pub heads: Vec<ReportedHead>,
}

impl ReportedHeads {
    /// Reads a checkpoint of a report.
    ///
    /// # Errors
    /// It is not well-formed, or of another ledger.
    pub fn checkpoint(ledger: &LedgerId, note: &str) -> Result<CosignedCheckpoint, ProofFileError> {
        // Says more of one that is no ledger's.
        parse_checkpoint(note.as_bytes())?;
        Ok(crate::checkpoint::parse_cosigned(note.as_bytes(), ledger)?)
    }

    /// Reads a hash as it stands in a proof: 32 bytes in strict base64.
    pub fn hash(text: &str) -> Option<TreeHash> {
        crate::text::hash(text)
    }

    /// Writes it so.
    pub fn hash_text(hash: &TreeHash) -> String {
        Base64::encode_string(&hash.0)
    }
}
