//! What can be checked of a record without its neighbours: on all cores.

use rayon::prelude::*;

use crate::entry::{Content, EntryError, parse_content, parse_statement};
use crate::ids::{EntryId, EntryIndex, TreeHash};
use crate::log::{Chunk, LogError, RawRecord};
use crate::signature::{Signed, Verdict, Verifier};
use crate::sshsig;
use crate::statement::Statement;

/// Records that one thread checks at a time: enough for signatures to be checked together.
const SLICE: usize = 256;

/// A record after everything about it that needs no neighbour.
pub(super) struct Checked {
    pub index: EntryIndex,
    pub id: EntryId,
    pub leaf_hash: TreeHash,
    /// Segment and offset of the record.
    pub at: (u64, u64),
    pub crc: Result<(), LogError>,
    pub statement: Result<Statement, EntryError>,
    /// Given when the statement is.
    pub content: Option<Result<Content, EntryError>>,
    /// Given when the statement is.
    pub signature: Option<Verdict>,
}

/// Checks the records of a chunk, in their order.
pub(super) fn check(chunk: &Chunk, verifier: &Verifier) -> Vec<Checked> {
    let slices = chunk.len().div_ceil(SLICE);
    (0..slices)
        .into_par_iter()
        .flat_map_iter(|slice| {
            let range = slice * SLICE..chunk.len().min((slice + 1) * SLICE);
            let records: Vec<RawRecord<'_>> = range.filter_map(|i| chunk.get(i)).collect();
            check_slice(&records, verifier)
        })
        .collect()
}

fn check_slice(records: &[RawRecord<'_>], verifier: &Verifier) -> Vec<Checked> {
    let leaves: Vec<_> = records.iter().map(RawRecord::leaf).collect();
    let mut checked: Vec<Checked> = records
        .iter()
        .zip(&leaves)
        .map(|(record, leaf)| {
            let statement = parse_statement(record);
            let content = statement.as_ref().ok().map(|s| parse_content(record, s));
            Checked {
                index: record.index,
                id: leaf.entry_id(),
                leaf_hash: leaf.hash(),
                at: (record.segment, record.offset),
                crc: record.check_crc(),
                statement,
                content,
                signature: None,
            }
        })
        .collect();
    let messages: Vec<_> = leaves
        .iter()
        .map(|leaf| sshsig::signed_bytes(leaf.statement()))
        .collect();
    let (places, signed): (Vec<usize>, Vec<Signed<'_>>) = checked
        .iter()
        .enumerate()
        .filter_map(|(place, c)| {
            let key = &c.statement.as_ref().ok()?.key;
            Some((
                place,
                Signed {
                    key,
                    message: &messages[place],
                    signature: leaves[place].signature(),
                },
            ))
        })
        .unzip();
    let verdicts = verifier.verify(&signed);
    for (place, verdict) in places.into_iter().zip(verdicts) {
        checked[place].signature = Some(verdict);
    }
    checked
}
