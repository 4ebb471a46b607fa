//! Signatures of any authors, judged by the cheapest way for each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::table::{Job, verify_jobs};
use super::{AuthorTable, Item, verify_one};
use crate::ids::AuthorKey;
use crate::keys::{AdmissibleKey, KeyError};

/// Signatures of one author seen before a table is built: it pays from about fifteen further ones.
const WORTH_A_TABLE: usize = 32;
/// The most tables at a time: 64 of 370 KiB are 23 MiB.
const MAX_TABLES: usize = 64;
/// The most keys remembered. Beyond them a key is admitted anew each time, so that a log with a
/// key for every entry does not grow the memory.
const MAX_KEYS: usize = 4_096;

/// A signature to judge.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// Whose it is said to be.
    pub key: &'a AuthorKey,
    /// The bytes that were signed.
    pub message: &'a [u8],
    /// R and s.
    pub signature: &'a [u8; 64],
}

/// What is found about one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Strictly valid under an acceptable key.
    Valid,
    /// The key is acceptable, the signature is not its signature on these bytes.
    WrongSignature,
    /// No signature under this key is accepted.
    UnacceptableKey(KeyError),
}

/// Judges signatures, and remembers keys and tables while it lives.
///
/// May be used from many threads at once, each with its own chunk; the verdicts depend on nothing
/// but the signatures. Memory is bounded (about 25 MiB), however many authors there are.
#[derive(Default)]
pub struct Verifier {
    keys: RwLock<BTreeMap<AuthorKey, Known>>,
    /// Tables given out.
    tables: AtomicUsize,
}

/// What is known of a key: that it is not acceptable, or its author's state.
type Known = Result<Arc<Author>, KeyError>;

struct Author {
    key: AdmissibleKey,
    /// Signatures met before the table was decided on.
    seen: AtomicUsize,
    /// Decided once: a table, or none for good.
    table: OnceLock<Option<AuthorTable>>,
}

impl Verifier {
    /// A verifier that has met no key yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Judges a chunk of signatures: one verdict for each, in the same order. Chunks of some
    /// hundreds are cheapest.
    pub fn verify(&self, chunk: &[Signed<'_>]) -> Vec<Verdict> {
        let mut places = BTreeMap::<&AuthorKey, Vec<usize>>::new();
        for (place, signed) in chunk.iter().enumerate() {
            places.entry(signed.key).or_default().push(place);
        }
        let authors: Vec<(Known, Vec<usize>)> = places
            .into_iter()
            .map(|(key, places)| (self.known(key), places))
            .collect();
        let mut verdicts = vec![Verdict::WrongSignature; chunk.len()];
        // An author's signatures stand together, so that one table after the other is in use.
        let mut jobs = Vec::new();
        let mut job_places = Vec::new();
        for (known, places) in &authors {
            let judge = self.judge(known, places.len());
            for &place in places {
                let Signed {
                    message, signature, ..
                } = chunk[place];
                match judge {
                    Judge::Refused(error) => verdicts[place] = Verdict::UnacceptableKey(error),
                    Judge::Strict(key) => {
                        verdicts[place] = Verdict::of(verify_one(key, message, signature));
                    }
                    Judge::Table(table) => {
                        let item = Item { message, signature };
                        jobs.push(Job { table, item });
                        job_places.push(place);
                    }
                }
            }
        }
        for (place, valid) in job_places.into_iter().zip(verify_jobs(&jobs)) {
            verdicts[place] = Verdict::of(valid);
        }
        verdicts
    }

    fn known(&self, key: &AuthorKey) -> Known {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = keys.get(key) {
            return known.clone();
        }
        drop(keys);
        let admitted = AdmissibleKey::admit(*key);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() < MAX_KEYS {
            let fresh = || admitted.map(|key| Arc::new(Author::new(key, OnceLock::new())));
            keys.entry(*key).or_insert_with(fresh).clone()
        } else {
            // A key that is not remembered must not use up a table either.
            admitted.map(|key| Arc::new(Author::new(key, OnceLock::from(None))))
        }
    }

    /// How `count` further signatures of an author are to be judged.
    fn judge<'a>(&self, known: &'a Known, count: usize) -> Judge<'a> {
        let author = match known {
            Ok(author) => author,
            Err(error) => return Judge::Refused(*error),
        };
        let table = author.table.get().or_else(|| {
            let before = author.seen.fetch_add(count, Ordering::Relaxed);
            (before + count >= WORTH_A_TABLE)
                .then(|| author.table.get_or_init(|| self.build(&author.key)))
        });
        match table {
            Some(Some(table)) => Judge::Table(table),
            Some(None) | None => Judge::Strict(&author.key),
        }
    }

    /// A table, if there may be one more.
    fn build(&self, key: &AdmissibleKey) -> Option<AuthorTable> {
        let one_more = |tables| (tables < MAX_TABLES).then_some(tables + 1);
        self.tables
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .is_ok()
            .then(|| AuthorTable::new(key))
    }
}

impl Author {
    fn new(key: AdmissibleKey, table: OnceLock<Option<AuthorTable>>) -> Self {
        Self {
            key,
            seen: AtomicUsize::new(0),
            table,
        }
    }
}

/// The cheapest way to judge an author's signatures.
#[derive(Clone, Copy)]
enum Judge<'a> {
    Refused(KeyError),
    Strict(&'a AdmissibleKey),
    Table(&'a AuthorTable),
}

impl Verdict {
    /// Whether the signature is valid.
    pub fn is_valid(self) -> bool {
        self == Self::Valid
    }

    fn of(valid: bool) -> Self {
        if valid {
            Self::Valid
        } else {
            Self::WrongSignature
        }
    }
}
