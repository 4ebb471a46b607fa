//! Who may do what, decided by the governance entries at lower positions (FORMAT.md §8).
//!
//! Pure bookkeeping: keys in, answers out. The same code judges before recording and when verifying.

use std::collections::BTreeMap;

use crate::encoding::{self, EncodingError};
use crate::entry::Disclosed;
use crate::facts::Facts;
use crate::ids::{AuthorKey, Class, EntryId, EntryIndex, Role};
use crate::keys::{AdmissibleKey, fingerprint};

mod roster;

pub use roster::{ROSTER_MAX, Roster, RosterKey};

/// The most keys that a ledger ever admits, genesis included.
pub const AUTHORS_MAX: usize = 65_536;

/// Kind names that belong to the ledger, with their class.
pub const RESERVED_KINDS: [(&str, Class); 6] = [
    ("genesis", Class::Genesis),
    ("author-admitted", Class::Governance),
    ("author-revoked", Class::Governance),
    ("roster", Class::Governance),
    ("rule-set", Class::Governance),
    ("closed", Class::Governance),
];

/// Why a key was revoked. Variant order is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, bincode::Encode, bincode::Decode)]
pub enum RevocationReason {
    /// Encoded as 0.
    NotStated,
    /// Somebody else may hold the secret key. Encoded as 1.
    Compromised,
    /// The secret key is gone. Encoded as 2.
    Lost,
    /// Its holder uses another key now. Encoded as 3.
    Replaced,
    /// Its holder left. Encoded as 4.
    Left,
}

/// `author-admitted`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct AuthorAdmitted {
    /// The key that is admitted.
    pub key: AuthorKey,
    /// In which role.
    pub role: Role,
}

/// `author-revoked`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct AuthorRevoked {
    /// The key that is revoked.
    pub key: AuthorKey,
    /// Why.
    pub reason: RevocationReason,
    /// From which `#N` on this key's entries are shown as suspect.
    pub suspect_from: Option<u64>,
}

/// A governance event, as far as the ledger reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Governance {
    /// The ledger begins.
    Genesis,
    /// A key comes into force.
    Admitted(AuthorAdmitted),
    /// A key goes out of force.
    Revoked(AuthorRevoked),
    /// What all governance entries below say of the keys.
    Roster(Roster),
    /// Rules for findings are adopted; their content is the vocabulary's.
    RuleSet,
    /// The ledger ends.
    Closed,
    /// A kind or version that this reader does not know.
    Unknown,
}

impl Governance {
    /// What an entry of class 0 or 1 means when its facts are absent, newer or malformed: genesis takes
    /// effect by its statement alone, of anything else nothing is known.
    pub fn undisclosed(class: Class) -> Self {
        match class {
            Class::Genesis => Self::Genesis,
            Class::Governance | Class::Evidence | Class::Amendment => Self::Unknown,
        }
    }

    /// The governance event of an entry of this class; none in classes 2 and 3.
    ///
    /// # Errors
    /// Event bytes that are not canonical. A reader that goes on takes [`Self::undisclosed`].
    pub fn of_entry(class: Class, facts: &Disclosed<Facts>) -> Result<Option<Self>, EncodingError> {
        match (class, facts) {
            (Class::Evidence | Class::Amendment, _) => Ok(None),
            (_, Disclosed::Present(facts)) => Self::of(facts).map(Some),
            (_, Disclosed::Newer | Disclosed::Absent) => Ok(Some(Self::undisclosed(class))),
        }
    }

    /// Reads the governance event out of facts of class 0 or 1.
    ///
    /// # Errors
    /// Event bytes that are not canonical.
    pub fn of(facts: &Facts) -> Result<Self, EncodingError> {
        if facts.kind_version != 1 {
            return Ok(Self::Unknown);
        }
        let empty = |this: Self| match facts.event.len() {
            0 => Ok(this),
            n => Err(EncodingError::Trailing(n)),
        };
        match facts.kind.as_str() {
            "genesis" => empty(Self::Genesis),
            "closed" => empty(Self::Closed),
            "rule-set" => Ok(Self::RuleSet),
            "author-admitted" => encoding::decode(&facts.event, 36).map(Self::Admitted),
            "author-revoked" => encoding::decode(&facts.event, 45).map(Self::Revoked),
            "roster" => Roster::decode(&facts.event).map(Self::Roster),
            _ => Ok(Self::Unknown),
        }
    }
}

/// Where the ledger stands with one key.
#[derive(Debug, Clone, PartialEq, Eq, bincode::Encode, bincode::Decode)]
pub struct Author {
    /// The role it was admitted in.
    pub role: Role,
    /// The entry that admitted it; genesis for the first key.
    pub admitted_by: EntryId,
    /// Where it was admitted.
    pub admitted_at: EntryIndex,
    /// Where it was revoked.
    pub revoked_at: Option<EntryIndex>,
    /// From where on its entries are suspect.
    pub suspect_from: Option<EntryIndex>,
}

impl Author {
    /// Whether the key is in force.
    pub fn in_force(&self) -> bool {
        self.revoked_at.is_none()
    }
}

/// Why the entries below do not allow an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unauthorised {
    /// The key was never admitted.
    #[error("the key was never admitted to this ledger")]
    UnknownKey,
    /// The key was revoked below.
    #[error("the key was revoked at {0}")]
    Revoked(EntryIndex),
    /// The role does not allow it.
    #[error("{} may not sign {what}", role.name())]
    RoleForbids {
        /// The role in force.
        role: Role,
        /// What was attempted.
        what: &'static str,
    },
    /// The key to admit has been in this ledger before.
    #[error("the key was admitted before, at {0}; a key enters a ledger once")]
    AdmittedTwice(EntryIndex),
    /// The key to revoke was never admitted, or is revoked and its suspect-from would not go down.
    #[error("{0}")]
    RevokedUnknown(&'static str),
    /// The key to admit is not acceptable.
    #[error("the key to admit is not acceptable: {0}")]
    Unacceptable(crate::keys::KeyError),
    /// A revocation's suspect-from lies above the revocation itself.
    #[error("suspect-from #{0} lies above the revocation")]
    SuspectAhead(u64),
    /// A roster is not what the entries below it say.
    #[error(
        "the roster is not what the entries below it say{}",
        key.map(|key| format!(" of the key {}", fingerprint(&key))).unwrap_or_default()
    )]
    RosterWrong {
        /// A key of which it says something else.
        key: Option<AuthorKey>,
    },
    /// No key can enter any more.
    #[error("the ledger has {AUTHORS_MAX} keys, no more can enter")]
    Full,
    /// The ledger is closed.
    #[error("the ledger was closed at {0}; nothing may follow")]
    Closed(EntryIndex),
}

/// The authors of a ledger at one position, and whether it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, bincode::Encode, bincode::Decode)]
pub struct Authority {
    authors: BTreeMap<AuthorKey, Author>,
    closed_at: Option<EntryIndex>,
    /// The first governance entry that could not be read.
    unread_at: Option<EntryIndex>,
}

impl Authority {
    /// All keys that ever entered, in the order of their bytes.
    pub fn authors(&self) -> impl Iterator<Item = (&AuthorKey, &Author)> {
        self.authors.iter()
    }

    /// One key.
    pub fn author(&self, key: &AuthorKey) -> Option<&Author> {
        self.authors.get(key)
    }

    /// Where the ledger was closed.
    pub fn closed_at(&self) -> Option<EntryIndex> {
        self.closed_at
    }

    /// The first governance entry from which on authorisation cannot be judged.
    pub fn unread_at(&self) -> Option<EntryIndex> {
        self.unread_at
    }

    /// The keys in force as custodian.
    pub fn custodians(&self) -> impl Iterator<Item = &AuthorKey> {
        self.authors
            .iter()
            .filter(|(_, a)| a.role == Role::Custodian && a.in_force())
            .map(|(key, _)| key)
    }

    /// Notes that the governance entry at `index` cannot be read.
    pub fn cannot_read(&mut self, index: EntryIndex) {
        self.unread_at.get_or_insert(index);
    }

    /// Judges the entry at `index` and, if it is governance and allowed, takes its effect. An entry
    /// that is not allowed has none. `event` is given for classes 0 and 1.
    ///
    /// # Errors
    /// Why it is not allowed.
    pub fn apply(
        &mut self,
        index: EntryIndex,
        id: EntryId,
        key: &AuthorKey,
        class: Class,
        event: Option<&Governance>,
    ) -> Result<(), Unauthorised> {
        self.check(index, key, class, event)?;
        match event {
            Some(Governance::Genesis) => {
                self.admit(*key, Role::Custodian, id, index);
            }
            Some(Governance::Admitted(admitted)) => {
                self.admit(admitted.key, admitted.role, id, index);
            }
            Some(Governance::Revoked(revoked)) => {
                if let Some(author) = self.authors.get_mut(&revoked.key) {
                    author.revoked_at.get_or_insert(index);
                    if let Some(from) = revoked.suspect_from {
                        let lowest = author.suspect_from.map_or(from, |old| old.0.min(from));
                        author.suspect_from = Some(EntryIndex(lowest));
                    }
                }
            }
            Some(Governance::Closed) => self.closed_at = Some(index),
            Some(Governance::Unknown) => self.cannot_read(index),
            Some(Governance::Roster(_) | Governance::RuleSet) | None => {}
        }
        Ok(())
    }

    /// Judges an entry without taking its effect.
    ///
    /// # Errors
    /// Why it is not allowed.
    pub fn check(
        &self,
        index: EntryIndex,
        key: &AuthorKey,
        class: Class,
        event: Option<&Governance>,
    ) -> Result<(), Unauthorised> {
        if let Some(at) = self.closed_at {
            return Err(Unauthorised::Closed(at));
        }
        if class == Class::Genesis {
            // The statement's own rules keep genesis at #0.
            return Ok(());
        }
        let author = self.authors.get(key).ok_or(Unauthorised::UnknownKey)?;
        if let Some(at) = author.revoked_at {
            return Err(Unauthorised::Revoked(at));
        }
        let allowed = match (author.role, class) {
            (Role::Custodian, _) => Ok(()),
            (Role::Investigator, Class::Evidence | Class::Amendment) => Ok(()),
            (_, Class::Governance) => match event {
                Some(Governance::Revoked(revoked)) if revoked.key == *key => Ok(()),
                _ => Err("a governance entry"),
            },
            _ => Err("evidence"),
        };
        if let Err(what) = allowed {
            return Err(Unauthorised::RoleForbids {
                role: author.role,
                what,
            });
        }
        match event {
            Some(Governance::Admitted(admitted)) => self.check_admission(&admitted.key),
            Some(Governance::Revoked(revoked)) => self.check_revocation(index, revoked),
            Some(Governance::Roster(roster)) => self.check_roster(roster),
            _ => Ok(()),
        }
    }

    fn check_admission(&self, key: &AuthorKey) -> Result<(), Unauthorised> {
        if let Some(author) = self.authors.get(key) {
            return Err(Unauthorised::AdmittedTwice(author.admitted_at));
        }
        if self.authors.len() >= AUTHORS_MAX {
            return Err(Unauthorised::Full);
        }
        AdmissibleKey::admit(*key)
            .map(|_| ())
            .map_err(Unauthorised::Unacceptable)
    }

    fn check_revocation(
        &self,
        index: EntryIndex,
        revoked: &AuthorRevoked,
    ) -> Result<(), Unauthorised> {
        let author = self
            .authors
            .get(&revoked.key)
            .ok_or(Unauthorised::RevokedUnknown(
                "the key to revoke was never admitted to this ledger",
            ))?;
        if let Some(from) = revoked.suspect_from
            && from > index.0
        {
            return Err(Unauthorised::SuspectAhead(from));
        }
        let lowers = match (revoked.suspect_from, author.suspect_from) {
            (Some(new), Some(old)) => new < old.0,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !author.in_force() && !lowers {
            return Err(Unauthorised::RevokedUnknown(
                "the key is revoked already; another revocation may only lower its suspect-from",
            ));
        }
        Ok(())
    }

    fn admit(&mut self, key: AuthorKey, role: Role, id: EntryId, index: EntryIndex) {
        self.authors.insert(
            key,
            Author {
                role,
                admitted_by: id,
                admitted_at: index,
                revoked_at: None,
                suspect_from: None,
            },
        );
    }
}
