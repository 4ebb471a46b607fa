//! The statement, the leaf and the entry id (FORMAT.md §3).
//!
//! Bytes first: a [`Leaf`] keeps the bytes it was read from, and everything that is hashed or
//! signed is a slice of them.

use sha2::{Digest, Sha256};

use crate::encoding::EncodingError;
use crate::ids::{
    AuthorKey, Class, Commitment, EntryId, LedgerId, Seq, Timestamp, TreeHash, TreeSize,
};

/// Length of a statement in bytes.
pub const STATEMENT_LEN: usize = 219;
/// Length of a leaf in bytes: a statement and its signature.
pub const LEAF_LEN: usize = STATEMENT_LEN + 64;

/// A tree head: its size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    /// Number of leaves.
    pub size: TreeSize,
    /// Root of exactly these leaves.
    pub root: TreeHash,
}

impl Head {
    /// The head of the empty tree.
    pub fn empty() -> Self {
        Self {
            size: TreeSize(0),
            root: crate::tree::empty_root(),
        }
    }
}

/// What an author signs: commitments and their place, and nothing of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What kind of entry it is.
    pub class: Class,
    /// The ledger; zero in genesis.
    pub ledger: LedgerId,
    /// Who signs.
    pub key: AuthorKey,
    /// How many entries this key signed before.
    pub seq: Seq,
    /// The key's previous entry, or the one that admitted it; zero in genesis.
    pub prev: EntryId,
    /// The tree head that the author had before them.
    pub observed: Head,
    /// The author's own clock.
    pub recorded_at: Timestamp,
    /// Commitment to the facts opening.
    pub facts: Commitment,
    /// Commitment to the source opening.
    pub source: Commitment,
}

/// The statement's fields in order; what bincode would write is their plain concatenation.
#[derive(bincode::Encode, bincode::Decode)]
struct Wire {
    version: u16,
    class: u8,
    ledger: LedgerId,
    key: AuthorKey,
    seq: Seq,
    prev: EntryId,
    observed_size: TreeSize,
    observed_root: TreeHash,
    recorded_at: Timestamp,
    facts: Commitment,
    source: Commitment,
}

impl Statement {
    /// The statement's bytes.
    pub fn encode(&self) -> [u8; STATEMENT_LEN] {
        let bytes = crate::encoding::encode(&Wire {
            version: 1,
            class: self.class as u8,
            ledger: self.ledger,
            key: self.key,
            seq: self.seq,
            prev: self.prev,
            observed_size: self.observed.size,
            observed_root: self.observed.root,
            recorded_at: self.recorded_at,
            facts: self.facts,
            source: self.source,
        });
        match bytes.try_into() {
            Ok(bytes) => bytes,
            Err(_) => unreachable!("the statement's fields are 219 bytes"),
        }
    }

    /// Reads a statement.
    ///
    /// # Errors
    /// Another length or version, an unknown class, or genesis fields that are not genesis'.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let wire: Wire = crate::encoding::decode(bytes, STATEMENT_LEN)?;
        let rule = |text: String| Err(EncodingError::Rule(text));
        if wire.version != 1 {
            return rule(format!("statement version {}, expected 1", wire.version));
        }
        let Some(class) = Class::from_byte(wire.class) else {
            return rule(format!("class {}, expected 0 to 3", wire.class));
        };
        let statement = Self {
            class,
            ledger: wire.ledger,
            key: wire.key,
            seq: wire.seq,
            prev: wire.prev,
            observed: Head {
                size: wire.observed_size,
                root: wire.observed_root,
            },
            recorded_at: wire.recorded_at,
            facts: wire.facts,
            source: wire.source,
        };
        if class == Class::Genesis
            && (statement.ledger.0 != [0; 32]
                || statement.prev.0 != [0; 32]
                || statement.seq.0 != 0
                || statement.observed != Head::empty())
        {
            return rule(
                "a genesis statement has zero ledger, seq and prev, and observes the empty tree"
                    .into(),
            );
        }
        Ok(statement)
    }
}

/// `SHA-256("seaproof/v1/entry\0" ‖ statement)`.
pub fn entry_id(statement: &[u8; STATEMENT_LEN]) -> EntryId {
    let mut hash = Sha256::new();
    hash.update(b"seaproof/v1/entry\0");
    hash.update(statement);
    EntryId(hash.finalize().into())
}

/// A leaf's bytes: statement and signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Leaf(pub [u8; LEAF_LEN]);

impl Leaf {
    /// Puts a leaf together.
    pub fn new(statement: &[u8; STATEMENT_LEN], signature: &[u8; 64]) -> Self {
        let mut bytes = [0; LEAF_LEN];
        bytes[..STATEMENT_LEN].copy_from_slice(statement);
        bytes[STATEMENT_LEN..].copy_from_slice(signature);
        Self(bytes)
    }

    /// The statement's bytes.
    pub fn statement(&self) -> &[u8; STATEMENT_LEN] {
        match self.0.first_chunk() {
            Some(bytes) => bytes,
            None => unreachable!("a leaf begins with a statement"),
        }
    }

    /// The signature's bytes.
    pub fn signature(&self) -> &[u8; 64] {
        match self.0.last_chunk() {
            Some(bytes) => bytes,
            None => unreachable!("a leaf ends with a signature"),
        }
    }

    /// The entry id of the statement.
    pub fn entry_id(&self) -> EntryId {
        entry_id(self.statement())
    }

    /// The leaf's hash in the tree.
    pub fn hash(&self) -> TreeHash {
        crate::tree::leaf_hash(&self.0)
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Leaf({})", self.entry_id().short())
    }
}
