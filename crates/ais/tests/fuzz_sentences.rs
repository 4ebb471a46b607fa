//! Sentences mangled in every way: each line has one outcome, the counts add up, two threads agree with one, and
//! nothing panics.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../tests/fuzzing/mod.rs"]
mod fuzzing;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use seaproof_ais::decode::{Options, read, read_parallel};
use seaproof_ais::message::Message;
use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Flag, Outcome, Reception, Sink};
use seaproof_ais::units::{Mmsi, Time};

const SEEDS: &[&str] = &[
    "\\s:rORBCOMM008,c:1418169601,T:2014-12-10 00.00.01*29\\!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\n",
    "\\g:1-2-1604,s:rORBCOMM008,c:1418169601*5D\\!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C\n\\g:2-2-1604*57\\!AIVDM,2,2,1,A,88888888880,2*25\n",
    "\\si:AISD*3F\\\r\n$PGHP,1,2014,9,28,16,0,4,684,219,21,992190921,1,14*22\r\n!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\r\n",
    "!AIVDM,1,1,,B,13aDp<PP000IwSlN?Wm@0?wN2<1T,0*29,d-109,S2105,T56.13,r003669946,1325394060,1325394001\n",
    "!AIVDM,2,2,6,A,3OLc=UCRp,0*4A,b003660465\n!AIVDM,2,1,6,A,8>qc9wiKf>d=Cq5r0mdew:?DLq>1LmhHrsqmBCKnJ50,0*30\n",
    "# a comment\n\n$GPGGA,213950.00,5250.53669,N*7B\n!AIVDM,1,1,,A,H42O55i18tMET00000000000000,2*6D\n",
];

const PIECES: &[&str] = &[
    "!AIVDM,",
    "!",
    "\\",
    "*",
    ",",
    "\n",
    "\r",
    "\0",
    "*00",
    ",0*",
    ",6*",
    "9,",
    "$PGHP,1,",
    "c:",
    "T:",
    "s:",
    "g:1-2-",
    "c:99999999999",
    "c:-1",
    "-",
    "1418169601000",
    "wwwwwwww",
    "0000",
    "\u{feff}",
    "2,1,1,A,",
    ",r1,1418169601",
];

/// Line, time, receiver, payload, of whom, of which kind.
type Heard = (u64, Option<Time>, Option<String>, u64, Mmsi, Kind);

#[derive(Debug, Default, PartialEq, Eq)]
struct Kept {
    outcomes: BTreeMap<u64, Outcome>,
    flags: Vec<(u64, Flag)>,
    heard: Vec<Heard>,
}

impl Sink for Kept {
    fn line(&mut self, line: u64, outcome: Outcome) {
        assert_eq!(self.outcomes.insert(line, outcome), None);
    }

    fn heard(&mut self, heard: &Reception<'_>) {
        self.heard.push((
            heard.at.line,
            heard.time,
            heard.receiver.map(str::to_owned),
            heard.payload,
            heard.mmsi,
            heard.kind,
        ));
    }

    fn payload(&mut self, _: u64, armoured: &[u8], fill_bits: u8) {
        Message::decode(armoured, fill_bits).expect("it was read before");
    }

    fn flag(&mut self, line: u64, flag: Flag) {
        self.flags.push((line, flag));
    }
}

/// Gives every sentence on a line its right checksum, so that mangling gets beyond it.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    for line in bytes.split_inclusive(|c| *c == b'\n') {
        let start = line.iter().position(|c| matches!(c, b'!' | b'$'));
        let star = line.iter().rposition(|c| *c == b'*');
        match (start, star) {
            (Some(start), Some(star)) if start < star && star + 2 < line.len() => {
                let sum = line[start + 1..star].iter().fold(0, |sum, byte| sum ^ byte);
                all.extend(&line[..=star]);
                all.extend(format!("{sum:02X}").bytes());
                all.extend(&line[star + 3..]);
            }
            _ => all.extend(line),
        }
    }
    all
}

#[test]
fn mangled_sentences_have_an_outcome_each() {
    fuzzing::rounds(4_000, |seed| {
        let mut bytes = fuzzing::mangled(SEEDS, PIECES, seed);
        for other in 1..seed % 4 {
            bytes.extend(fuzzing::mangled(SEEDS, PIECES, seed ^ other << 40));
        }
        if seed % 3 > 0 {
            bytes = mended(&bytes);
        }
        let options = Options::default();
        let mut kept = Kept::default();
        let counts = read(&bytes[..], 0, &options, &mut kept).unwrap();
        assert_eq!(
            counts.total,
            counts.decoded + counts.duplicate + counts.fragment + counts.refused_total()
        );
        assert!(kept.outcomes.keys().copied().eq(1..=counts.total));
        if seed % 16 == 0 {
            let mut again = Kept::default();
            let two = NonZeroUsize::new(2).unwrap();
            let counts_again = read_parallel(&bytes[..], 0, &options, two, &mut again).unwrap();
            assert_eq!((counts_again, again), (counts.clone(), kept));
        }
        counts.decoded > 0
    });
}
