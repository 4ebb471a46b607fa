//! What AIS says in a case. Replay reads no files: it says which ones it wants ([`Wanted`]) and under which
//! thresholds, somebody reads them and works them out ([`Readings`]), and the rules and rows of views are made of
//! both. The state, and so its root, does not depend on readings.
//!
//! ```text
//! Settled::tracks_wanted   files of tracks that stand, gazetteer, shoreline, thresholds of the rules in force
//!   → Readings             by whoever holds the files; what could not be read, and why
//! Settled::view, answers   dark periods, visits and encounters of vessels; findings
//! ```

pub(crate) mod identity;
pub(crate) mod known;
pub(crate) mod thresholds;
pub(crate) mod wanted;
pub(crate) mod words;

use std::collections::BTreeMap;

pub use seaproof_ais::analyse::Named;
use seaproof_ais::analysis::{Analysis, PortRef};
use seaproof_ais::thresholds::Thresholds;
use seaproof_evidence::events::decoding::Decoding;
use seaproof_evidence::{ExhibitHash, ExhibitRef};
use serde::{Deserialize, Serialize};

/// What has to be read before tracks say anything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Files of tracks that stand, in the order of the log, each once.
    pub files: Vec<WantedFile>,
    /// The newest gazetteer of ports that stands and is held.
    pub gazetteer: Option<ExhibitRef>,
    /// The newest shoreline that stands and is held.
    pub shoreline: Option<ExhibitRef>,
    /// The thresholds of the rules in force: one analysis of all files for each.
    pub thresholds: Vec<Thresholds>,
    /// Ports that are spoken of, by UN/LOCODE: where the gazetteer has them is asked for.
    pub locodes: Vec<String>,
    /// Whom the ledger names: by MMSIs and IMO numbers that vessels are said to have, and MMSIs that tracks are declared
    /// to be of. If not all that is heard can be kept, it is to be kept of these first.
    pub named: Named,
}

impl Wanted {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// A file of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedFile {
    /// The file.
    pub exhibit: ExhibitRef,
    /// What its decoder was told when it was recorded, as a mapping of columns; name and value.
    pub options: Vec<(String, String)>,
}

/// What was read, as values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readings {
    /// The files that were read, each whole and under its own digest: [`seaproof_ais::report::LineRef::source`]
    /// is the place in this list.
    pub sources: Vec<ExhibitHash>,
    /// All of them together under each of the thresholds that were wanted.
    pub analyses: Vec<Analysis>,
    /// The gazetteer that was used.
    pub gazetteer: Option<ExhibitHash>,
    /// The shoreline that was used.
    pub shoreline: Option<ExhibitHash>,
    /// Ports of the gazetteer, by the UN/LOCODEs that were wanted. One that it does not have is not here.
    pub ports: BTreeMap<String, Vec<PortRef>>,
    /// What was counted of the files of tracks that were read.
    pub counted: BTreeMap<ExhibitHash, Counted>,
    /// Files that could not be read, tables among them.
    pub not_read: BTreeMap<ExhibitHash, Unread>,
}

/// How many lines of a file had which outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// Lines.
    pub lines: u64,
    /// Lines that a message or row was decoded from.
    pub decoded: u64,
    /// Lines that repeat one before.
    pub duplicate: u64,
    /// Other lines of messages in fragments.
    pub fragment: u64,
    /// Lines that were refused.
    pub refused: u64,
}

impl Counted {
    /// As an entry counts them, if it is this decoder's count.
    pub(crate) fn said(decoding: &Decoding) -> Option<Self> {
        (decoding.decoder.to_string() == "seaproof-ais").then(|| Self {
            lines: decoding.lines,
            decoded: decoding.decoded,
            duplicate: decoding.duplicate,
            fragment: decoding.fragment,
            refused: (decoding.refused.iter())
                .fold(0, |sum, refused| sum.saturating_add(refused.count)),
        })
    }

    /// Where it differs from what an entry says, in words.
    pub(crate) fn differs(&self, said: &Self) -> Option<String> {
        let all = [
            ("lines", self.lines, said.lines),
            ("decoded", self.decoded, said.decoded),
            ("heard before", self.duplicate, said.duplicate),
            ("other fragments", self.fragment, said.fragment),
            ("refused", self.refused, said.refused),
        ];
        let differ: Vec<String> = (all.into_iter())
            .filter(|(_, found, said)| found != said)
            .map(|(what, found, said)| format!("{what} {found}, not {said}"))
            .collect();
        (!differ.is_empty()).then(|| differ.join("; "))
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is not where the ledger is. Whoever handed it over may have withheld it.
    Withheld,
    /// Its bytes are no longer those that were recorded.
    Changed {
        /// The digest that they have now.
        found: ExhibitHash,
    },
    /// It is nothing that this program reads.
    NotReadable {
        /// Why, in words.
        why: String,
    },
    /// Nobody tried.
    NotTried,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Withheld => f.write_str("exhibit withheld: its file is not here"),
            Self::Changed { found } => {
                write!(f, "exhibit changed: its bytes now hash to {found}")
            }
            Self::NotReadable { why } => write!(f, "exhibit not readable: {why}"),
            Self::NotTried => f.write_str("its file was not read for this"),
        }
    }
}
