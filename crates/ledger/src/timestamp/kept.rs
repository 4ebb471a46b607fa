//! A token that is kept in a ledger, held against the ledger's own head and the caller's roots.

use super::bounds::Dated;
use super::{Authority, Roots, Stamp, TimestampError, Token};
use crate::anchors::AnchorName;
use crate::checkpoint::Checkpoint;
use crate::ids::{EntryIndex, LedgerId, TreeHash};
use crate::statement::Head;

/// What a token is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Worth {
    /// It is over this ledger's head, and signed by a service that leads to the caller's roots.
    Trusted(Authority),
    /// It is sound as far as that can be told, and nobody whom the caller trusts answers for it.
    Untrusted(String),
    /// It is no token.
    Malformed(String),
    /// It is not over this ledger's head of that size.
    Other,
    /// Its signature, or what is signed, is wrong.
    Invalid(String),
    /// The log does not reach the head that it should be over.
    Beyond,
}

impl Worth {
    /// Its name in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Trusted(_) => "trusted",
            Self::Untrusted(_) => "untrusted",
            Self::Malformed(_) => "malformed",
            Self::Other => "other",
            Self::Invalid(_) => "invalid",
            Self::Beyond => "beyond",
        }
    }
}

/// A token that is kept in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptToken {
    /// Its name.
    pub name: AnchorName,
    /// The log's own root at its size; `None` if the log does not reach it, or was not looked at yet.
    pub root: Option<TreeHash>,
    /// The first entry that names it as an exhibit.
    pub recorded_at: Option<EntryIndex>,
    token: Result<Token, String>,
    signed: Result<Authority, TimestampError>,
    over: Option<Result<(), TimestampError>>,
}

impl KeptToken {
    /// Reads a token and verifies its signature; what it is over is for [`meet`](Self::meet).
    pub fn read(name: AnchorName, bytes: &[u8], roots: &Roots) -> Self {
        let (token, signed) = match Token::read(bytes) {
            Ok(token) => {
                let signed = token.verify(roots);
                (Ok(token), signed)
            }
            Err(error) => (Err(error.to_string()), Err(error)),
        };
        Self {
            name,
            root: None,
            recorded_at: None,
            token,
            signed,
            over: None,
        }
    }

    /// Holds it against the ledger's root at its size.
    pub fn meet(&mut self, ledger: &LedgerId, root: TreeHash) {
        let head = Head {
            size: self.name.size,
            root,
        };
        self.root = Some(root);
        if let Ok(token) = &self.token {
            let text = Checkpoint::of_ledger(ledger, head).to_string();
            self.over = Some(token.is_over(text.as_bytes()));
        }
    }

    /// What it says; `None` if it is no token.
    pub fn stamp(&self) -> Option<&Stamp> {
        self.token.as_ref().ok().map(Token::stamp)
    }

    /// What it is worth, judged in the order of FORMAT.md §23.
    pub fn worth(&self) -> Worth {
        if let Err(why) = &self.token {
            return Worth::Malformed(why.clone());
        }
        // What it is over comes first: a signature over something else is nobody's business here.
        match (&self.over, &self.signed) {
            (None, _) => Worth::Beyond,
            (Some(Err(TimestampError::Other)), _) => Worth::Other,
            (Some(Err(error)), _) => Worth::Untrusted(error.to_string()),
            (Some(Ok(())), Err(TimestampError::Invalid(why))) => Worth::Invalid(why.clone()),
            (Some(Ok(())), Err(error)) => Worth::Untrusted(error.to_string()),
            (Some(Ok(())), Ok(authority)) => Worth::Trusted(authority.clone()),
        }
    }

    /// What it tells of entries, if it is trusted.
    pub fn dated(&self) -> Option<Dated> {
        match &self.signed {
            Ok(_) => self.claims(),
            Err(_) => None,
        }
    }

    /// What it tells of entries, whoever signed it, if it is sound as far as that can be told.
    pub fn claims(&self) -> Option<Dated> {
        match (&self.signed, &self.over, &self.token) {
            (Err(TimestampError::Invalid(_)), _, _) => None,
            (_, Some(Ok(())), Ok(token)) => Some(Dated {
                name: self.name,
                earliest: token.stamp().earliest(),
                latest: token.stamp().latest(),
                recorded_at: self.recorded_at,
            }),
            _ => None,
        }
    }
}
