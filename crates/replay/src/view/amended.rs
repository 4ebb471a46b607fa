//! What was corrected, disputed, withdrawn, or wrong.

use std::collections::BTreeMap;

use serde::Serialize;

use seaproof_evidence::Event;
use seaproof_evidence::events::amendments::{Corrected, Disputed, Redacted, Retracted};

use crate::settle::{Settled, Status};
use crate::state::{At, Entry};

/// Entries that bear on one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amended {
    /// The entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// Which bear on it.
    pub by: Vec<u64>,
    /// Their reasons, in the same order; null where they cannot be read.
    pub reasons: Vec<Option<String>>,
}

/// An entry and the correction whose words stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// The correction.
    pub by: u64,
    /// Why.
    pub reason: Option<String>,
}

/// An entry that does not stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// The entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// `retracted`, `fallen`, `misplaced`, `left out` or `later`.
    pub how: &'static str,
    /// The retraction, or what is gone that it rests on.
    pub by: Vec<u64>,
    /// The retraction's reason.
    pub reason: Option<String>,
}

/// Something wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeRow {
    /// The entry.
    pub entry: u64,
    /// A stable code.
    pub code: &'static str,
    /// In words.
    pub message: String,
}

impl Settled<'_> {
    /// Why an amendment was made.
    fn reason(&self, at: At) -> Option<String> {
        match &self.state.event(self.state.entry(at))? {
            Event::Corrected(Corrected { reason, .. })
            | Event::Retracted(Retracted { reason })
            | Event::Redacted(Redacted { reason, .. })
            | Event::Disputed(Disputed { reason, .. }) => Some(reason.to_string()),
            _ => None,
        }
    }

    pub(super) fn disputed_rows(&self) -> Vec<Amended> {
        self.amended_rows(&self.disputes)
    }

    pub(super) fn redacted_rows(&self) -> Vec<Amended> {
        self.amended_rows(&self.redactions)
    }

    fn amended_rows(&self, amended: &BTreeMap<At, Vec<At>>) -> Vec<Amended> {
        let row = |(at, by): (&At, &Vec<At>)| Amended {
            entry: self.number(*at),
            id: self.state.name(*at),
            reasons: by.iter().map(|by| self.reason(*by)).collect(),
            by: self.numbers(by.iter().copied()),
        };
        amended.iter().map(row).collect()
    }

    pub(super) fn correction_rows(&self) -> Vec<Correction> {
        let row = |(at, by): (&At, &At)| Correction {
            entry: self.number(*at),
            id: self.state.name(*at),
            by: self.number(*by),
            reason: self.reason(*by),
        };
        self.corrected_by.iter().map(row).collect()
    }

    pub(super) fn withdrawn_rows(&self) -> Vec<Withdrawn> {
        let row = |(position, status): (usize, &Status)| {
            let at = At::new(position);
            let (how, by, reason) = match status {
                Status::Standing | Status::Unauthorised => return None,
                Status::LeftOut => ("left out", Vec::new(), None),
                Status::Later => ("later", Vec::new(), None),
                Status::Retracted { by } => ("retracted", vec![*by], self.reason(*by)),
                Status::Fallen { with } => ("fallen", with.clone(), None),
                Status::Misplaced => ("misplaced", Vec::new(), None),
            };
            Some(Withdrawn {
                entry: self.number(at),
                id: self.state.name(at),
                how,
                by: self.numbers(by),
                reason,
            })
        };
        self.status.iter().enumerate().filter_map(row).collect()
    }

    pub(super) fn entries_where(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<u64> {
        let found = self.state.entries.iter().filter(|entry| wanted(entry));
        found.map(|entry| entry.index.0).collect()
    }

    pub(super) fn notice_rows(&self) -> Vec<NoticeRow> {
        let row = |notice: &crate::state::Notice| NoticeRow {
            entry: notice.entry.0,
            code: notice.problem.code(),
            message: notice.problem.to_string(),
        };
        self.state.notices.iter().map(row).collect()
    }
}
