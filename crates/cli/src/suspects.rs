//! Keys that a revocation calls suspect, in words. What they signed stays as it was and is marked.

use seaproof_ledger::governance::{Governance, RevocationReason};
use seaproof_ledger::ids::{AuthorKey, EntryIndex};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::Reader;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::names::Holders;
use crate::output::{Out, WIDTH, clean, wrap};

/// A key whose entries are shown as suspect from some number on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspectKey {
    /// In hexadecimal digits.
    key: String,
    fingerprint: String,
    /// Its holder's name, as the admitting custodian wrote it.
    name: Option<String>,
    /// Its entries from here on.
    suspect_from: u64,
    /// Where it was revoked.
    revoked_at: Option<u64>,
    /// Why, as the revocation that calls it suspect says.
    reason: String,
}

/// The suspect keys of a ledger at some place; few, and most often none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Suspects(Vec<SuspectKey>);

/// An answer with the keys that it marks.
#[derive(Debug, Serialize)]
pub struct Marked<T> {
    #[serde(flatten)]
    pub answer: T,
    /// Keys that a revocation calls suspect.
    pub suspect_keys: Suspects,
}

impl Suspects {
    /// Those of a reader's authors. Reads the log only if there are any.
    pub fn read(reader: &Reader<'_>) -> Result<Self> {
        let suspect = |key: &AuthorKey| reader.authority().author(key)?.suspect_from;
        let keys = reader.authority().authors();
        let mut found: Vec<(AuthorKey, SuspectKey)> = keys
            .filter_map(|(key, author)| {
                let suspect = SuspectKey {
                    key: key.to_string(),
                    fingerprint: fingerprint(key),
                    name: None,
                    suspect_from: author.suspect_from?.0,
                    revoked_at: author.revoked_at.map(|i| i.0),
                    reason: words(RevocationReason::NotStated).into(),
                };
                Some((*key, suspect))
            })
            .collect();
        if found.is_empty() {
            return Ok(Self::default());
        }
        let mut holders = Holders::default();
        for read in reader.entries() {
            let read = read?;
            holders.heed(&read);
            let facts = read
                .entry
                .facts
                .known()
                .filter(|_| read.standing.authorised);
            if let Some(Ok(Governance::Revoked(revoked))) = facts.map(Governance::of)
                && revoked.suspect_from.map(EntryIndex) == suspect(&revoked.key)
                && let Some((_, known)) = found.iter_mut().find(|(key, _)| *key == revoked.key)
            {
                known.reason = words(revoked.reason).into();
            }
        }
        for (key, known) in &mut found {
            known.name = holders.get(key).map(str::to_owned);
        }
        Ok(Self(found.into_iter().map(|(_, known)| known).collect()))
    }

    /// Why an entry of this key at this place is suspect, if it is.
    pub fn of(&self, key: &AuthorKey, index: EntryIndex) -> Option<&SuspectKey> {
        let key = key.to_string();
        let mut keys = self.0.iter();
        keys.find(|known| known.key == key && known.suspect_from <= index.0)
    }

    /// Says under what is marked as suspect whose keys these are.
    pub fn explain(&self, out: &mut Out) -> Result<()> {
        for (i, known) in self.0.iter().enumerate() {
            if i == 0 {
                out.line("")?;
            }
            let text = format!("Suspect {}", known.words());
            for (i, line) in wrap(&clean(&text), WIDTH - 2).iter().enumerate() {
                let indent = if i == 0 { "" } else { "  " };
                out.line(format_args!("{indent}{line}"))?;
            }
        }
        Ok(())
    }
}

impl SuspectKey {
    /// `since #3: key of Desk (SHA256:…), revoked at #4, compromised`.
    pub fn words(&self) -> String {
        let name = self.name.as_deref().unwrap_or("somebody");
        let revoked = self
            .revoked_at
            .map(|at| format!(", revoked at #{at}"))
            .unwrap_or_default();
        format!(
            "since #{}: the key of {name} ({}){revoked}, {}",
            self.suspect_from, self.fingerprint, self.reason
        )
    }
}

fn words(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::NotStated => "no reason stated",
        RevocationReason::Compromised => "compromised",
        RevocationReason::Lost => "lost",
        RevocationReason::Replaced => "replaced",
        RevocationReason::Left => "its holder left",
    }
}
