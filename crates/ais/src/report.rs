//! What one transmission says of one MMSI, and where it stands.

use serde::{Deserialize, Serialize};

use crate::units::{Mmsi, Place, TenthKnots, Time};

/// A line of an input. Inputs are numbered by whoever reads them, lines from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineRef {
    /// Which input.
    pub source: u16,
    /// Which line: of the sentence, of a message's last fragment, of a CSV row's start.
    pub line: u64,
    /// How many lines before it the first of its message's fragments stands, at most [`Self::BEFORE_MAX`]; 0: it all
    /// stands on this line. Lines of others may stand between them.
    pub before: u16,
}

impl LineRef {
    /// The fragments of a message are never farther apart.
    pub const BEFORE_MAX: u16 = 1_023;

    /// A line by itself.
    pub const fn new(source: u16, line: u64) -> Self {
        Self {
            source,
            line,
            before: 0,
        }
    }

    /// The first line that belongs to it.
    pub const fn first(&self) -> u64 {
        self.line.saturating_sub(self.before as u64)
    }
}

/// Which kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A message of this type, 1 to 27.
    Message(u8),
    /// A row of CSV, which does not say which message it was, nor of what. Outcomes and counts have this for every row.
    Row,
    /// A row that says it is of a ship's transponder, class A or B.
    ShipRow,
    /// A row that says it is of something else: a base station, an aid to navigation, an aircraft, a distress beacon.
    OtherRow,
}

/// One report of an MMSI. Fields are as transmitted; what was not available is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Report {
    /// Of whom.
    pub mmsi: Mmsi,
    /// When it was received.
    pub time: Time,
    /// Where it stands.
    pub at: LineRef,
    /// Of which kind.
    pub kind: Kind,
    /// Where the transmitter was.
    pub place: Option<Place>,
    /// Speed over ground.
    pub sog: Option<TenthKnots>,
    /// Course over ground in tenths of a degree, 0 to 3,599.
    pub cog: Option<u16>,
    /// True heading in degrees, 0 to 359.
    pub heading: Option<u16>,
    /// Navigational status, 0 to 15; 15 is "not defined".
    pub status: Option<u8>,
    /// Static draught in tenths of a metre, 1 to 255.
    pub draught: Option<u8>,
}
