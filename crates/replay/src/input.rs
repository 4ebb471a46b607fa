//! What replay takes in: one entry of the log, already read and judged by the ledger.
//!
//! Nothing is decoded, hashed or verified here.

use seaproof_evidence::{
    Amendment, AuthorKey, Class, Decoded, EntryId, EntryIndex, Facts, Standing, Timestamp,
};

/// An entry as replay gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its index in the tree.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// Who signed it.
    pub author: AuthorKey,
    /// The author's standing at this place, as the ledger judged it.
    pub standing: Standing,
    /// When, by the author's own clock.
    pub recorded_at: Timestamp,
    /// What the signature covers.
    pub class: Class,
    /// A name for the entry.
    pub label: Option<String>,
    /// How it bears on which entries; class 3 only.
    pub amendment: Option<Amendment>,
    /// What it says.
    pub content: Content,
}

/// What replay can see of an entry's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The opening was there and was read.
    Opened(Decoded),
    /// The opening is not there: withheld or redacted.
    Withheld,
    /// The envelope is of a newer version than this software reads.
    NewerEnvelope,
}

impl Recorded {
    /// Fills label, amendment and content from an envelope; `None` is a withheld opening.
    #[must_use]
    pub fn with_facts(mut self, facts: Option<&Facts>) -> Self {
        match facts {
            Some(facts) => {
                self.label.clone_from(&facts.label);
                self.amendment.clone_from(&facts.amendment);
                self.content = Content::Opened(Decoded::of(self.class, facts));
            }
            None => self.content = Content::Withheld,
        }
        self
    }
}
