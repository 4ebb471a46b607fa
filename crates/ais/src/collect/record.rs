//! A timed report in 48 bytes whose order is the order of tracks: MMSI, time, then what was said, then
//! where it stands. What is not visible in a track decides nothing before what is.

use std::cmp::Ordering;

use crate::report::{Kind, LineRef, Report};
use crate::sink::{Reception, ReportFields};
use crate::units::{Mmsi, Place, TenthKnots, Time};

/// Six words, compared one after the other.
///
/// ```text
/// 0, 1  mmsi 30 · time 45 · kind 5 · status 5 · speed 14 · course 12 · heading 9 · draught 8
/// 2     latitude 27 · longitude 28 · payload (high) 9
/// 3     payload (low) 48 · source 16
/// 4     line 37 · lines before it 10 · receiver 17
/// 5     hash of the identity given; 0: none
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record(pub(super) [u64; 6]);

impl Ord for Record {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // Nearly always the first word decides.
        match self.0[0].cmp(&other.0[0]) {
            Ordering::Equal => self.rest().cmp(&other.rest()),
            decided => decided,
        }
    }
}

impl Record {
    /// What decides after the first word: of hashes, which differ from run to run, only what stands at one line may
    /// still depend.
    fn rest(&self) -> [u64; 6] {
        let [_, said, place, from, line, identity] = self.0;
        [said, place >> 9, from & 0xffff, line, identity, from >> 16]
    }
}

impl PartialOrd for Record {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Bytes of a record.
pub(super) const RECORD: usize = 48;

/// Half of the span of times that a record holds, in milliseconds: about 557 years to either side of 1970.
const TIME_BIAS: i64 = 1 << 44;
/// Stands for "no time": such a record holds a number of receptions in its last word.
const UNTIMED: u64 = (1 << 45) - 1;
/// The highest line that a record holds.
pub(super) const LINE_MAX: u64 = (1 << 37) - 1;
/// The highest number of a receiver that a record holds.
pub(super) const RECEIVER_MAX: u32 = (1 << 17) - 1;
/// Kinds of rows, behind the types of messages.
const SHIP_ROW: u64 = 28;
const OTHER_ROW: u64 = 29;
const MMSI_MAX: u32 = (1 << 30) - 1;
const NO_LAT: u64 = (1 << 27) - 1;
const LAT_BIAS: i64 = 54_000_000;
const LON_BIAS: i64 = 108_000_000;

impl Record {
    /// Packs a reception; `None`: it has no time, or one that no record holds.
    pub(super) fn pack(heard: &Reception<'_>, receiver: u32, identity: u64) -> Option<Self> {
        let time = heard.time?.0.checked_add(TIME_BIAS)?;
        let time = u64::try_from(time).ok().filter(|time| *time < UNTIMED)?;
        let said = &heard.report;
        let kind = match heard.kind {
            Kind::Message(message) => u64::from(message.clamp(1, 27)),
            Kind::Row => 0,
            Kind::ShipRow => SHIP_ROW,
            Kind::OtherRow => OTHER_ROW,
        };
        let head = u128::from(heard.mmsi.0.min(MMSI_MAX)) << 98
            | u128::from(time) << 53
            | u128::from(kind) << 48
            | u128::from(said.status.map_or(31, |status| status.min(15))) << 43
            | u128::from(said.sog.map_or(0x3fff, |sog| sog.0.min(0x3ffe))) << 29
            | u128::from(said.cog.map_or(0xfff, |cog| cog.min(3_599))) << 17
            | u128::from(said.heading.map_or(511, |heading| heading.min(359))) << 8
            | u128::from(said.draught.unwrap_or(0));
        let (lat, lon) = match said.place {
            Some(place) => (
                (i64::from(place.lat) + LAT_BIAS).clamp(0, 2 * LAT_BIAS) as u64,
                (i64::from(place.lon) + LON_BIAS).clamp(0, 2 * LON_BIAS) as u64,
            ),
            None => (NO_LAT, 0),
        };
        let payload = heard.payload >> 7;
        Some(Self([
            (head >> 64) as u64,
            head as u64,
            lat << 37 | lon << 9 | payload >> 48,
            payload << 16 | u64::from(heard.at.source),
            heard.at.line.min(LINE_MAX) << 27
                | u64::from(heard.at.before.min(LineRef::BEFORE_MAX)) << 17
                | u64::from(receiver.min(RECEIVER_MAX)),
            identity,
        ]))
    }

    /// Receptions of an MMSI that had no time.
    pub(super) fn untimed(mmsi: Mmsi, receptions: u64) -> Self {
        let head = u128::from(mmsi.0.min(MMSI_MAX)) << 98 | u128::from(UNTIMED) << 53;
        Self([(head >> 64) as u64, head as u64, 0, 0, 0, receptions])
    }

    fn head(&self) -> u128 {
        u128::from(self.0[0]) << 64 | u128::from(self.0[1])
    }

    pub(super) fn mmsi(&self) -> Mmsi {
        Mmsi((self.0[0] >> 34) as u32)
    }

    fn biased(&self) -> u64 {
        (self.head() >> 53) as u64 & UNTIMED
    }

    /// How many receptions without a time it stands for; `None`: it is one with a time.
    pub(super) fn without_time(&self) -> Option<u64> {
        (self.biased() == UNTIMED).then_some(self.0[5])
    }

    pub(super) fn time(&self) -> Time {
        Time(self.biased() as i64 - TIME_BIAS)
    }

    pub(super) fn at(&self) -> LineRef {
        LineRef {
            source: self.0[3] as u16,
            line: self.0[4] >> 27,
            before: (self.0[4] >> 17) as u16 & LineRef::BEFORE_MAX,
        }
    }

    pub(super) fn receiver(&self) -> u32 {
        self.0[4] as u32 & RECEIVER_MAX
    }

    pub(super) fn identity(&self) -> u64 {
        self.0[5]
    }

    /// Whether another of the same MMSI says the same in the same bits.
    pub(super) fn same_transmission(&self, other: &Self) -> bool {
        const SAID: u64 = (1 << 53) - 1;
        self.0[2] == other.0[2]
            && self.0[3] >> 16 == other.0[3] >> 16
            && (self.0[1] ^ other.0[1]) & SAID == 0
            && self.0[0] >> 34 == other.0[0] >> 34
    }

    /// What [`Self::same_transmission`] compares, as a key.
    pub(super) fn transmission(&self) -> [u64; 3] {
        [self.0[1] & ((1 << 53) - 1), self.0[2], self.0[3] >> 16]
    }

    /// What it says, as a report that stands at a line.
    pub(super) fn report(&self, at: LineRef) -> Report {
        let said = self.said();
        Report {
            mmsi: self.mmsi(),
            time: self.time(),
            at,
            kind: match self.0[1] >> 48 & 31 {
                0 => Kind::Row,
                SHIP_ROW => Kind::ShipRow,
                OTHER_ROW => Kind::OtherRow,
                message => Kind::Message(message as u8),
            },
            place: said.place,
            sog: said.sog,
            cog: said.cog,
            heading: said.heading,
            status: said.status,
            draught: said.draught,
        }
    }

    fn said(&self) -> ReportFields {
        let low = self.0[1];
        let field = |shift: u32, bits: u32, none: u64| {
            let value = low >> shift & ((1 << bits) - 1);
            (value != none).then_some(value)
        };
        let lat = self.0[2] >> 37;
        let lon = self.0[2] >> 9 & ((1 << 28) - 1);
        ReportFields {
            place: (lat != NO_LAT).then_some(Place {
                lat: (lat as i64 - LAT_BIAS) as i32,
                lon: (lon as i64 - LON_BIAS) as i32,
            }),
            sog: field(29, 14, 0x3fff).map(|sog| TenthKnots(sog as u32)),
            cog: field(17, 12, 0xfff).map(|cog| cog as u16),
            heading: field(8, 9, 511).map(|heading| heading as u16),
            status: field(43, 5, 31).map(|status| status as u8),
            draught: field(0, 8, 0).map(|draught| draught as u8),
        }
    }

    pub(super) fn to_bytes(self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        for (to, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; RECORD]) -> Self {
        let mut words = [0; 6];
        for (word, from) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            let mut eight = [0; 8];
            eight.copy_from_slice(from);
            *word = u64::from_le_bytes(eight);
        }
        Self(words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sink::RawPosition;

    fn reception() -> impl Strategy<Value = Reception<'static>> {
        let said = (
            proptest::option::of((-54_000_000..=54_000_000, -108_000_000..=108_000_000)),
            proptest::option::of(0u32..=10_220),
            proptest::option::of(0u16..3_600),
            proptest::option::of(0u16..360),
            proptest::option::of(0u8..16),
            proptest::option::of(1u8..=255),
        );
        let key = (
            0u32..1 << 30,
            -TIME_BIAS..TIME_BIAS - 1,
            0u8..30,
            any::<u64>(),
            any::<u16>(),
            1..=LINE_MAX,
            0..=LineRef::BEFORE_MAX,
        );
        (key, said).prop_map(
            |((mmsi, time, kind, payload, source, line, before), said)| Reception {
                at: LineRef {
                    source,
                    line,
                    before,
                },
                time: Some(Time(time)),
                receiver: None,
                payload,
                mmsi: Mmsi(mmsi),
                kind: match kind {
                    0 => Kind::Row,
                    28 => Kind::ShipRow,
                    29 => Kind::OtherRow,
                    kind => Kind::Message(kind),
                },
                position: RawPosition::default(),
                report: ReportFields {
                    place: said.0.and_then(|(lat, lon)| Place::new(lat, lon)),
                    sog: said.1.map(TenthKnots),
                    cog: said.2,
                    heading: said.3,
                    status: said.4,
                    draught: said.5,
                },
                identity: None,
            },
        )
    }

    proptest! {
        #[test]
        fn a_record_gives_back_what_was_packed(heard in reception(), receiver in 0..=RECEIVER_MAX, identity: u64) {
            let record = Record::pack(&heard, receiver, identity).unwrap();
            prop_assert_eq!(Some(record.report(record.at())), heard.report());
            prop_assert_eq!(record.at(), heard.at);
            prop_assert_eq!(record.receiver(), receiver);
            prop_assert_eq!(record.identity(), identity);
            prop_assert_eq!(record.without_time(), None);
            prop_assert_eq!(Record::from_bytes(&record.to_bytes()), record);
        }

        #[test]
        fn records_sort_by_mmsi_and_time(a in reception(), b in reception()) {
            let (x, y) = (Record::pack(&a, 0, 0).unwrap(), Record::pack(&b, 0, 0).unwrap());
            let order = (a.mmsi, a.time).cmp(&(b.mmsi, b.time));
            if order.is_ne() {
                prop_assert_eq!(x.cmp(&y), order);
            }
        }
    }

    #[test]
    fn what_has_no_time_comes_last_and_keeps_its_number() {
        let record = Record::untimed(Mmsi(445_000_000), 7);
        assert_eq!(record.without_time(), Some(7));
        assert_eq!(record.mmsi(), Mmsi(445_000_000));
    }
}
