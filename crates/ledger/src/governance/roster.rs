//! `roster`: everything that the governance entries below say of a ledger's keys, in one entry
//! (FORMAT.md §8). It travels with a proof, where the entries that it sums up do not.

use super::{Author, Authority, Unauthorised};
use crate::encoding::{self, EncodingError};
use crate::ids::{AuthorKey, EntryIndex, Role};

/// The most keys that a roster holds, so that its facts stay within their limit.
pub const ROSTER_MAX: usize = 16_384;
/// The most bytes of a roster's event: each key has at most 62.
pub(super) const ROSTER_BYTES_MAX: usize = 8 + ROSTER_MAX * 62;

/// What a roster says of one key. Field order is the encoding's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct RosterKey {
    /// The key.
    pub key: AuthorKey,
    /// The role it was admitted in.
    pub role: Role,
    /// Where it was admitted; #0 for the first key.
    pub admitted_at: EntryIndex,
    /// Where it was revoked.
    pub revoked_at: Option<EntryIndex>,
    /// From where on its entries are suspect.
    pub suspect_from: Option<EntryIndex>,
}

impl RosterKey {
    fn of((key, author): (&AuthorKey, &Author)) -> Self {
        Self {
            key: *key,
            role: author.role,
            admitted_at: author.admitted_at,
            revoked_at: author.revoked_at,
            suspect_from: author.suspect_from,
        }
    }
}

/// `roster`, version 1: every key that ever entered, ascending by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    keys: Vec<RosterKey>,
}

impl Roster {
    /// The keys, ascending by their bytes; at most [`ROSTER_MAX`].
    pub fn keys(&self) -> &[RosterKey] {
        &self.keys
    }

    /// What it says of a key.
    pub fn key(&self, key: &AuthorKey) -> Option<&RosterKey> {
        let at = self
            .keys
            .binary_search_by_key(key, |known| known.key)
            .ok()?;
        self.keys.get(at)
    }

    /// The event's bytes.
    pub fn encode(&self) -> Vec<u8> {
        encoding::encode(&self.keys)
    }

    /// Reads a roster's event.
    ///
    /// # Errors
    /// Not canonical, more than [`ROSTER_MAX`] keys, or keys that do not ascend.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodingError> {
        let keys: Vec<RosterKey> = encoding::decode(bytes, ROSTER_BYTES_MAX)?;
        if keys.len() > ROSTER_MAX {
            return Err(EncodingError::Rule(format!(
                "a roster of {} keys, at most {ROSTER_MAX} are allowed",
                keys.len()
            )));
        }
        if !keys.is_sorted_by(|a, b| a.key < b.key) {
            return Err(EncodingError::Rule(
                "a roster whose keys do not ascend".into(),
            ));
        }
        Ok(Self { keys })
    }
}

impl Authority {
    /// Everything that the entries so far say of the keys: what a roster at the next position must
    /// hold. `None` if there are more than [`ROSTER_MAX`] keys.
    pub fn roster(&self) -> Option<Roster> {
        (self.authors.len() <= ROSTER_MAX).then(|| Roster {
            keys: self.authors.iter().map(RosterKey::of).collect(),
        })
    }

    /// Whether a roster says what the entries so far say.
    pub(super) fn check_roster(&self, roster: &Roster) -> Result<(), Unauthorised> {
        let known = self.authors.iter().map(RosterKey::of);
        match known.clone().eq(roster.keys.iter().copied()) {
            true => Ok(()),
            false => Err(Unauthorised::RosterWrong {
                key: known
                    .clone()
                    .find(|known| roster.key(&known.key) != Some(known))
                    .map(|known| known.key)
                    .or_else(|| {
                        let strange = |k: &&RosterKey| !self.authors.contains_key(&k.key);
                        roster.keys.iter().find(strange).map(|strange| strange.key)
                    }),
            }),
        }
    }
}
