//! Sealing: from drafts to signed records, on all cores.
//!
//! An entry id does not depend on the signature, so a batch is chained first, by one thread, and
//! then signed by all. A governance entry observes exactly what lies below it, so it begins a new run.

use rayon::prelude::*;

use super::{Draft, Next, WriteError, Writer};
use crate::facts::Facts;
use crate::governance::{Authority, Unauthorised};
use crate::ids::{
    AuthorKey, Class, Commitment, EntryId, EntryIndex, LedgerId, Salt, Seq, TreeHash, TreeSize,
};
use crate::keys::{Signer, SignerError};
use crate::opening::{Opening, Openings, Part, Place, commit};
use crate::record::{FIRST, LAST, encode_record};
use crate::sshsig;
use crate::statement::{Head, Leaf, STATEMENT_LEN, Statement, entry_id};

/// Fewer entries than this are sealed by the calling thread alone.
const PARALLEL_FROM: usize = 4;

/// A commit whose records stand in the writer's buffer.
pub(super) struct Sealed {
    pub ledger: LedgerId,
    pub authority: Authority,
    pub entries: Vec<SealedEntry>,
}

/// What the writer keeps of a sealed entry.
pub(super) struct SealedEntry {
    pub id: EntryId,
    pub leaf_hash: TreeHash,
    pub seq: Seq,
    pub observed: TreeSize,
    pub length: u32,
    pub label: Option<String>,
}

/// A draft's openings, encoded and committed to.
struct Opened {
    facts: Vec<u8>,
    source: Vec<u8>,
    salts: [Salt; 2],
    commitments: [Commitment; 2],
}

impl Opened {
    fn new(facts: &Facts, draft: &Draft, place: Place, salts: [Salt; 2]) -> Self {
        let facts = facts.encode();
        let source = draft.source.encode();
        let commitments = [
            commit(Part::Facts, place, &salts[0], &facts),
            commit(Part::Source, place, &salts[1], &source),
        ];
        Self {
            facts,
            source,
            salts,
            commitments,
        }
    }

    fn openings(&self) -> Openings<'_> {
        let opening = |salt, bytes| Some(Opening { salt, bytes });
        Openings {
            facts: opening(self.salts[0], &self.facts),
            source: opening(self.salts[1], &self.source),
        }
    }
}

struct Chained {
    statement: [u8; STATEMENT_LEN],
    id: EntryId,
    seq: Seq,
    opened: Opened,
}

impl Writer<'_> {
    /// Seals a batch into the buffer. Changes nothing else of the writer.
    pub(super) fn seal(
        &mut self,
        signer: &dyn Signer,
        drafts: &[Draft],
    ) -> Result<Sealed, WriteError> {
        let key = signer.public();
        let base = self.head();
        let mut authority = self.authority().clone();
        let mut frontier = self.cache.frontier.clone();
        let mut ledger = self.ledger();
        let mut next = self.next_of(&key, drafts)?;
        let mut ids: Vec<EntryId> = Vec::with_capacity(drafts.len());
        let mut entries = Vec::with_capacity(drafts.len());
        self.buffer.clear();
        let mut done = 0;
        while done < drafts.len() {
            // A run ends before the next governance entry.
            let run = 1 + drafts[done + 1..]
                .iter()
                .take_while(|d| is_unruled(d.class))
                .count();
            let run = &drafts[done..done + run];
            let observed = Head {
                size: frontier.size(),
                root: frontier.root(),
            };
            let opened = self.open_alone(run, ledger, key, next.seq)?;
            let mut chained = Vec::with_capacity(run.len());
            for (i, (draft, opened)) in run.iter().zip(opened).enumerate() {
                let index = EntryIndex(base.size.0 + (done + i) as u64);
                let statement_ledger = match draft.class {
                    Class::Genesis => LedgerId([0; 32]),
                    _ => ledger,
                };
                let opened = match opened {
                    Some(opened) => opened,
                    None => {
                        let facts = draft.facts(&ids).ok_or_else(|| WriteError::Draft {
                            draft: done + i + 1,
                            why: "a reference to an entry behind it".into(),
                        })?;
                        let place = Place {
                            ledger: statement_ledger,
                            key,
                            seq: next.seq,
                        };
                        Opened::new(&facts, draft, place, self.two_salts()?)
                    }
                };
                let statement = Statement {
                    class: draft.class,
                    ledger: statement_ledger,
                    key,
                    seq: next.seq,
                    prev: next.prev,
                    observed,
                    recorded_at: draft.recorded_at,
                    facts: opened.commitments[0],
                    source: opened.commitments[1],
                }
                .encode();
                let id = entry_id(&statement);
                if draft.class == Class::Genesis {
                    ledger = LedgerId(id.0);
                }
                authority
                    .apply(index, id, &key, draft.class, draft.governance().as_ref())
                    .map_err(|source| WriteError::Unauthorised {
                        draft: done + i + 1,
                        source,
                    })?;
                chained.push(Chained {
                    statement,
                    id,
                    seq: next.seq,
                    opened,
                });
                ids.push(id);
                next.prev = id;
                next.seq.0 = next.seq.0.saturating_add(1);
            }
            let leaves = sign(signer, &chained)?;
            for ((chained, leaf), draft) in chained.iter().zip(leaves).zip(run) {
                let (leaf, leaf_hash) = leaf;
                let first = if entries.is_empty() { FIRST } else { 0 };
                let last = if entries.len() + 1 == drafts.len() {
                    LAST
                } else {
                    0
                };
                let start = self.buffer.len();
                encode_record(&mut self.buffer, first | last, |out| {
                    out.extend_from_slice(&leaf.0);
                    chained.opened.openings().encode_to(out);
                });
                frontier.push(leaf_hash);
                entries.push(SealedEntry {
                    id: chained.id,
                    leaf_hash,
                    seq: chained.seq,
                    observed: observed.size,
                    length: (self.buffer.len() - start) as u32,
                    label: draft.facts.label.clone(),
                });
            }
            done += run.len();
        }
        Ok(Sealed {
            ledger,
            authority,
            entries,
        })
    }

    /// Encodes and commits, on all cores, the drafts of a run that refer to nothing in the batch.
    fn open_alone(
        &mut self,
        run: &[Draft],
        ledger: LedgerId,
        key: AuthorKey,
        seq: Seq,
    ) -> Result<Vec<Option<Opened>>, WriteError> {
        let mut work = Vec::with_capacity(run.len());
        for (i, draft) in run.iter().enumerate() {
            let salts = match draft.stands_alone() {
                true => Some(self.two_salts()?),
                false => None,
            };
            work.push((draft, Seq(seq.0.saturating_add(i as u64)), salts));
        }
        let open = |(draft, seq, salts): (&Draft, Seq, Option<[Salt; 2]>)| {
            let place = Place {
                ledger: match draft.class {
                    Class::Genesis => LedgerId([0; 32]),
                    _ => ledger,
                },
                key,
                seq,
            };
            let facts = draft.facts(&[])?;
            Some(Opened::new(&facts, draft, place, salts?))
        };
        Ok(if run.len() < PARALLEL_FROM {
            work.into_iter().map(open).collect()
        } else {
            work.into_par_iter().map(open).collect()
        })
    }

    fn two_salts(&mut self) -> Result<[Salt; 2], WriteError> {
        let mut salt = || self.salts.next().map_err(WriteError::Salts);
        Ok([salt()?, salt()?])
    }

    /// Seq and prev of the key's next entry.
    fn next_of(&self, key: &AuthorKey, drafts: &[Draft]) -> Result<Next, WriteError> {
        if let Some(head) = self.cache.state.heads.get(key) {
            return Ok(Next {
                seq: Seq(head.seq.0.saturating_add(1)),
                prev: head.id,
            });
        }
        let genesis = drafts.first().is_some_and(|d| d.class == Class::Genesis);
        match self.authority().author(key) {
            Some(author) => Ok(Next {
                seq: Seq(0),
                prev: author.admitted_by,
            }),
            None if genesis => Ok(Next {
                seq: Seq(0),
                prev: EntryId([0; 32]),
            }),
            None => Err(WriteError::Unauthorised {
                draft: 1,
                source: Unauthorised::UnknownKey,
            }),
        }
    }
}

/// Whether an entry of this class may observe less than all that lies below it.
fn is_unruled(class: Class) -> bool {
    matches!(class, Class::Evidence | Class::Amendment)
}

fn sign(signer: &dyn Signer, chained: &[Chained]) -> Result<Vec<(Leaf, TreeHash)>, SignerError> {
    let one = |entry: &Chained| -> Result<(Leaf, TreeHash), SignerError> {
        let signature = signer.sign(&sshsig::signed_bytes(&entry.statement))?;
        let leaf = Leaf::new(&entry.statement, &signature);
        Ok((leaf, leaf.hash()))
    };
    if chained.len() < PARALLEL_FROM {
        chained.iter().map(one).collect()
    } else {
        chained.par_iter().map(one).collect()
    }
}
