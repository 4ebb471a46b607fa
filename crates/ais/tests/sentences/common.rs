//! Reads lines and keeps all that came of them.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use seaproof_ais::decode::{Options, read, read_parallel};
use seaproof_ais::message::Message;
use seaproof_ais::report::Kind;
use seaproof_ais::sink::{
    Counts, Dimensions, Flag, Outcome, RawPosition, Reception, ReportFields, Sink,
};
use seaproof_ais::units::{Mmsi, Time};

use crate::oracle;

/// A reception that owns its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub time: Option<Time>,
    pub mmsi: Mmsi,
    pub kind: Kind,
    pub payload: u64,
    pub receiver: Option<String>,
    pub line: u64,
    pub says: Says,
}

/// What a reception says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Says {
    pub position: RawPosition,
    pub report: ReportFields,
    pub identity: Option<Claimed>,
}

/// An identity that owns its texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    pub imo: Option<u32>,
    pub name: Option<String>,
    pub call_sign: Option<String>,
    pub ship_type: Option<u8>,
    pub dimensions: Option<Dimensions>,
    pub destination: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub outcomes: BTreeMap<u64, Outcome>,
    pub flags: Vec<(u64, Flag)>,
    pub heard: Vec<Heard>,
    pub messages: Vec<(u64, Message)>,
}

impl Sink for Kept {
    fn line(&mut self, line: u64, outcome: Outcome) {
        let before = self.outcomes.insert(line, outcome);
        assert_eq!(before, None, "line {line} has two outcomes");
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        assert!(self.outcomes.contains_key(&heard.at.line));
        self.heard.push(Heard {
            time: heard.time,
            mmsi: heard.mmsi,
            kind: heard.kind,
            payload: heard.payload,
            receiver: heard.receiver.map(str::to_owned),
            line: heard.at.line,
            says: Says {
                position: heard.position,
                report: heard.report,
                identity: heard.identity.map(|identity| Claimed {
                    imo: identity.imo,
                    name: identity.name.map(str::to_owned),
                    call_sign: identity.call_sign.map(str::to_owned),
                    ship_type: identity.ship_type,
                    dimensions: identity.dimensions,
                    destination: identity.destination.map(str::to_owned),
                }),
            },
        });
    }

    fn payload(&mut self, line: u64, armoured: &[u8], fill_bits: u8) {
        let message = Message::decode(armoured, fill_bits).expect("it was read before");
        self.messages.push((line, message));
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.flags.push((line, flag));
    }
}

/// Reads lines by one thread and by two, and checks what must always hold.
pub fn kept(bytes: &[u8]) -> (Counts, Kept) {
    let options = Options::default();
    let mut kept = Kept::default();
    let counts = read(bytes, 3, &options, &mut kept).expect("memory can be read");
    let mut again = Kept::default();
    let two = NonZeroUsize::new(2).expect("not zero");
    let counts_again =
        read_parallel(bytes, 3, &options, two, &mut again).expect("memory can be read");
    assert_eq!(counts, counts_again);
    assert_eq!(kept, again);

    let lines = bytes.split(|c| *c == b'\n').count()
        - usize::from(bytes.ends_with(b"\n") || bytes.is_empty());
    assert_eq!(counts.total, lines as u64);
    assert_eq!(
        counts.total,
        counts.decoded + counts.duplicate + counts.fragment + counts.refused_total()
    );
    assert_eq!(kept.outcomes.len(), lines);
    assert!(kept.outcomes.keys().copied().eq(1..=lines as u64));
    assert_eq!(kept.heard.len() as u64, counts.decoded + counts.duplicate);
    assert_eq!(counts.messages.values().sum::<u64>(), counts.decoded);
    assert_eq!(counts.repeated.values().sum::<u64>(), counts.duplicate);
    // What was heard is what the whole message says, whichever way it was decoded.
    assert_eq!(kept.messages.len(), kept.heard.len());
    for (heard, (line, message)) in kept.heard.iter().zip(&kept.messages) {
        assert_eq!(
            (heard.line, heard.mmsi, heard.kind),
            (*line, message.mmsi, Kind::Message(message.kind))
        );
        assert_eq!(heard.says, oracle::says(message), "{message:?}");
    }
    for (line, outcome) in &kept.outcomes {
        match outcome {
            Outcome::Duplicate { of, kind } => {
                assert!(of < line);
                assert_eq!(kept.outcomes[of], Outcome::Decoded(*kind));
            }
            Outcome::Fragment { of } => {
                assert!(of > line);
                assert!(!matches!(kept.outcomes[of], Outcome::Fragment { .. }));
            }
            _ => {}
        }
    }
    (counts, kept)
}

/// Refusals and flags by code, as text that is easy to pin.
pub fn summary(counts: &Counts) -> String {
    let refused: Vec<_> = counts
        .refused
        .iter()
        .map(|(reason, n)| format!("{reason} {n}"))
        .collect();
    let flagged: Vec<_> = counts
        .flagged
        .iter()
        .map(|(flag, n)| format!("{flag} {n}"))
        .collect();
    format!(
        "{} lines: {} decoded, {} duplicate, {} fragment; refused: {}; flagged: {}; {} untimed",
        counts.total,
        counts.decoded,
        counts.duplicate,
        counts.fragment,
        refused.join(", "),
        flagged.join(", "),
        counts.untimed
    )
}

/// A real file; `None`, with a word on it, where it is not at hand.
pub fn real(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/ais")
        .join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "{}: {error}", path.display());
            println!("skipped: {} is not at hand ({error})", path.display());
            None
        }
    }
}
