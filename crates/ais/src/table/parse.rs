//! One row to one reception. Values that cannot be what their column holds are not used, and flagged; without
//! an MMSI, a time and readable degrees a row is refused.

use super::header::{Dialect, Field, Header};
use super::number::{in_words, integer, scaled, short};
use super::rows::{Chunk, Edges, End, Fields, PIECE, ROW_MAX, Row, row_end};
use super::words;
use crate::hash;
use crate::report::{Kind, LineRef};
use crate::sink::{Dimensions, Flag, Identity, RawPosition, Reason, Reception, ReportFields};
use crate::units::{Mmsi, PER_DEGREE, Place, TenthKnots};

/// Takes what rows come to.
pub(super) trait Rows {
    /// A row that says something.
    fn read(&mut self, heard: &Reception<'_>, who: Who);
    /// The identity that was read before from what has this hash as it is written.
    fn recall(&self, written: u64) -> Option<u64> {
        let _ = written;
        None
    }
    /// A row that does not.
    fn refused(&mut self, line: u64, reason: Reason);
    /// Something odd about a row; comes before it.
    fn flag(&mut self, line: u64, flag: Flag);
}

/// Whose identity a row gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// One that was read before, by its hash. The reception does not repeat it.
    Recalled(u64),
    /// The reception's, to be known by the hash of how it is written.
    Written(u64),
    /// The reception's.
    Read,
}

/// Reads rows of one table.
#[derive(Debug)]
pub(super) struct Parser<'h> {
    header: &'h Header,
    source: u16,
    row: Row,
    edges: Edges,
    at: Columns,
    /// Runs of columns that say who a ship is.
    who: Vec<(usize, usize)>,
}

/// Where everything stands; what is not there stands beyond all columns.
#[derive(Debug)]
struct Columns {
    mmsi: usize,
    time: usize,
    lat: usize,
    lon: usize,
    sog: usize,
    cog: usize,
    heading: usize,
    status: usize,
    draught: usize,
    imo: usize,
    name: usize,
    call_sign: usize,
    ship_type: usize,
    length: usize,
    beam: usize,
    destination: usize,
    receiver: usize,
    mobile: usize,
}

impl<'h> Parser<'h> {
    pub(super) fn new(header: &'h Header, source: u16) -> Self {
        let at = |field| header.column(field).unwrap_or(usize::MAX);
        Self {
            header,
            source,
            row: Row::default(),
            edges: Edges::default(),
            who: who(header),
            at: Columns {
                mmsi: at(Field::Mmsi),
                time: at(Field::Time),
                lat: at(Field::Lat),
                lon: at(Field::Lon),
                sog: at(Field::Sog),
                cog: at(Field::Cog),
                heading: at(Field::Heading),
                status: at(Field::Status),
                draught: at(Field::Draught),
                imo: at(Field::Imo),
                name: at(Field::Name),
                call_sign: at(Field::CallSign),
                ship_type: at(Field::ShipType),
                length: at(Field::Length),
                beam: at(Field::Beam),
                destination: at(Field::Destination),
                receiver: at(Field::Receiver),
                mobile: at(Field::Mobile),
            },
        }
    }

    /// Reads a chunk's rows. Blank ones are none.
    pub(super) fn chunk(&mut self, chunk: &Chunk, rows: &mut impl Rows) {
        let quotes = memchr::memchr(b'"', &chunk.bytes).is_some();
        let mut line = chunk.line;
        let mut rest = &chunk.bytes[..];
        while !rest.is_empty() {
            let near = &rest[..PIECE.min(rest.len())];
            let whole = match memchr::memrchr(b'\n', near) {
                Some(end) if !quotes => self.piece(&rest[..=end], &mut line, rows),
                _ => self.next(rest, quotes, &mut line, rows),
            };
            rest = &rest[whole..];
        }
        if let Some(line) = chunk.too_long {
            rows.refused(line, Reason::LineTooLong);
        }
    }

    /// Whole rows without quotes; how many bytes they are.
    fn piece(&mut self, piece: &[u8], line: &mut u64, rows: &mut impl Rows) -> usize {
        let mut found = std::mem::take(&mut self.edges);
        found.find(piece, self.header.delimiter);
        for edges in found.rows() {
            if let [start, .., next] = edges {
                let row = &piece[*start as usize..*next as usize - 1];
                let row = row.strip_suffix(b"\r").unwrap_or(row);
                self.row(row, Fields::of(piece, edges), *line, rows);
            }
            *line += 1;
        }
        self.edges = found;
        piece.len()
    }

    /// The next row; how many bytes it is.
    fn next(&mut self, rest: &[u8], quotes: bool, line: &mut u64, rows: &mut impl Rows) -> usize {
        let delimiter = self.header.delimiter;
        let goes_on = quotes && self.header.rows_go_on();
        let end = match row_end(rest, delimiter, goes_on, true) {
            End::At(end) => end.clamp(1, rest.len()),
            End::Open => rest.len(),
        };
        let whole = &rest[..end];
        let row = whole.strip_suffix(b"\n").unwrap_or(whole);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        let further = memchr::memchr_iter(b'\n', row).count() as u64;
        for line in *line + 1..=*line + further {
            rows.flag(line, Flag::RowGoesOn);
        }
        if row.len() > ROW_MAX {
            rows.refused(*line, Reason::LineTooLong);
        } else {
            let mut split = std::mem::take(&mut self.row);
            self.row(row, split.fields(row, delimiter), *line, rows);
            self.row = split;
        }
        *line += further + 1;
        end
    }

    #[inline]
    fn row(&self, row: &[u8], fields: Fields<'_>, line: u64, rows: &mut impl Rows) {
        let blank = match row {
            [first, ..] if *first > b' ' => false,
            _ => row.trim_ascii().is_empty(),
        };
        if blank {
            return;
        }
        let reader = Reader {
            header: self.header,
            at: &self.at,
            who: fields.as_written.then_some(self.who.as_slice()),
            fields,
        };
        if let Err(reason) = reader.read(row, line, self.source, rows) {
            rows.refused(line, reason);
        }
    }
}

/// The columns that say who a ship is, as runs of neighbours.
fn who(header: &Header) -> Vec<(usize, usize)> {
    const WHO: [Field; 7] = [
        Field::Imo,
        Field::Name,
        Field::CallSign,
        Field::ShipType,
        Field::Length,
        Field::Beam,
        Field::Destination,
    ];
    let mut columns: Vec<usize> = WHO
        .iter()
        .filter_map(|field| header.column(*field))
        .collect();
    columns.sort_unstable();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for column in columns {
        match runs.last_mut() {
            Some((_, last)) if column <= *last + 1 => *last = column,
            _ => runs.push((column, column)),
        }
    }
    runs
}

/// What was odd about a row.
#[derive(Debug, Default)]
struct Flags {
    value: bool,
    text: bool,
    improbable: bool,
}

impl Flags {
    fn any(&self) -> bool {
        self.value | self.text | self.improbable
    }

    fn join(&mut self, other: &Self) {
        self.value |= other.value;
        self.text |= other.text;
    }

    fn iter(&self) -> impl Iterator<Item = Flag> {
        [
            (self.value, Flag::ValueUnreadable),
            (self.text, Flag::TextUnreadable),
            (self.improbable, Flag::TimeImprobable),
        ]
        .into_iter()
        .filter_map(|(is, flag)| is.then_some(flag))
    }
}

struct Reader<'a> {
    header: &'a Header,
    at: &'a Columns,
    who: Option<&'a [(usize, usize)]>,
    fields: Fields<'a>,
}

/// 30 bits.
const MMSI_MAX: u32 = (1 << 30) - 1;

impl<'a> Reader<'a> {
    #[inline]
    fn read(&self, row: &[u8], line: u64, source: u16, rows: &mut impl Rows) -> Result<(), Reason> {
        if self.fields.columns() != self.header.columns {
            return Err(Reason::ColumnCount);
        }
        let mut flags = Flags::default();
        let mmsi = self.mmsi().ok_or(Reason::MmsiInvalid)?;
        let time = self.header.time.read(self.fields.get(self.at.time));
        let time = time.ok_or(Reason::TimeInvalid)?;
        let (position, place) = self.place()?;
        let (report, position) = self.moving(place, position, &mut flags);
        let receiver = self.text(self.at.receiver, &mut flags);
        let written = self.written(mmsi);
        let mut identity = Identity::default();
        let mut who = Who::Read;
        if let Some(identity) = written.and_then(|written| rows.recall(written)) {
            who = Who::Recalled(identity);
        } else {
            let mut odd = Flags::default();
            identity = self.identity(&mut odd);
            match written {
                // What is flagged is flagged in every row.
                Some(written) if !odd.any() => who = Who::Written(written),
                _ => flags.join(&odd),
            }
        }
        flags.improbable = !time.is_probable();
        if flags.any() {
            for flag in flags.iter() {
                rows.flag(line, flag);
            }
        }
        let heard = Reception {
            at: LineRef::new(source, line),
            time: Some(time),
            receiver,
            payload: hash::keys().bytes(0, row),
            mmsi,
            kind: self.kind(),
            position,
            report,
            identity: (identity != Identity::default()).then_some(identity),
        };
        rows.read(&heard, who);
        Ok(())
    }

    /// What the row says it is of.
    #[inline]
    fn kind(&self) -> Kind {
        match self.at.mobile {
            usize::MAX => Kind::Row,
            column => words::mobile(self.fields.get(column)),
        }
    }

    #[inline]
    fn mmsi(&self) -> Option<Mmsi> {
        let nine = match self.fields.number(self.at.mmsi) {
            // Digits alone: no field as it was written holds a line end.
            Some((high, low, length @ 1..=9, false)) if self.fields.as_written => {
                in_words(high, low, length, 1, b'\n')
            }
            _ => None,
        };
        let mmsi = match nine {
            Some(mmsi) => u32::try_from(mmsi).ok(),
            None => integer(self.fields.get(self.at.mmsi), 10),
        };
        mmsi.filter(|mmsi| *mmsi <= MMSI_MAX).map(Mmsi)
    }

    /// A hash of how the identity is written.
    fn written(&self, mmsi: Mmsi) -> Option<u64> {
        let keys = hash::keys();
        let start = keys.mix(u64::from(mmsi.0), self.header.dialect as u64);
        let runs = self.who?.iter();
        Some(runs.fold(start, |hash, run| keys.bytes(hash, self.fields.span(*run))))
    }

    /// Times `per`, to the nearest; `Ok(None)` where there is no value.
    #[inline(always)]
    fn number(&self, column: usize, per: u32) -> Result<Option<i64>, ()> {
        if let Some((high, low, length, negative)) = self.fields.number(column)
            && let Some(value) = in_words(high, low, length, per, b'.')
        {
            return Ok(Some(if negative { -value } else { value }));
        }
        let text = self.fields.get(column);
        if let Some(value) = short(text, per, b'.') {
            return Ok(Some(value));
        }
        self.long_number(text, per)
    }

    #[cold]
    fn long_number(&self, text: &[u8], per: u32) -> Result<Option<i64>, ()> {
        if text.is_empty() {
            return Ok(None);
        }
        let value = scaled(text, per, b'.').or_else(|| scaled(text, per, self.header.point()));
        match value {
            Some(value) => Ok(Some(value)),
            None if words::is_none(text) => Ok(None),
            None => Err(()),
        }
    }

    fn place(&self) -> Result<(RawPosition, Option<Place>), Reason> {
        let degrees = |column| {
            let value = self.number(column, PER_DEGREE as u32);
            let value = value.map_err(|()| Reason::ValueInvalid)?;
            let fits = value.map(|value| i32::try_from(value).map_err(|_| Reason::ValueInvalid));
            fits.transpose()
        };
        let not_available =
            |value: Option<i32>, degrees: i32| value.filter(|value| *value != degrees * PER_DEGREE);
        let lat = not_available(degrees(self.at.lat)?, 91);
        let lon = not_available(degrees(self.at.lon)?, 181);
        let place = match (lat, lon) {
            (Some(lat), Some(lon)) => Place::new(lat, lon),
            _ => None,
        };
        let position = RawPosition {
            lat,
            lon,
            ..RawPosition::default()
        };
        Ok((position, place))
    }

    /// A number, and the same if it is in a range; flagged if it is not and does not stand for "not
    /// available".
    #[inline(always)]
    fn within(&self, column: usize, per: u32, range: Within, flags: &mut Flags) -> Number {
        let value = match self.number(column, per) {
            Ok(Some(value)) => value,
            Ok(None) => return Number::default(),
            Err(()) => {
                flags.value = true;
                return Number::default();
            }
        };
        let wraps = self.header.dialect == Dialect::MarineCadastre && range.wraps > 0;
        let value = match value {
            // Stored in too few bits: what is above half came out negative. What is below minus half did not.
            value if wraps && (-range.wraps / 2..0).contains(&value) => value + range.wraps,
            value => value,
        };
        if value == range.none {
            return self.at_none(column, per, range, flags);
        }
        let fits = u16::try_from(value)
            .ok()
            .filter(|value| *value <= range.most);
        flags.value |= fits.is_none();
        Number {
            raw: i32::try_from(value).ok(),
            fits,
        }
    }

    /// A number that is "not available" once it is rounded: only if it is written so.
    fn at_none(&self, column: usize, per: u32, range: Within, flags: &mut Flags) -> Number {
        let text = self.fields.get(column);
        let point = text
            .iter()
            .rev()
            .position(|byte| matches!(byte, b'.' | b','));
        let is_exact = match point {
            None | Some(0) => true,
            Some(1) => per == 10 || text.ends_with(b"0"),
            Some(_) => false,
        };
        if range.none == 0 || is_exact {
            return Number::default();
        }
        self.near_none(text, per, range, flags)
    }

    /// Thousandths of the unit tell, and still pass what went through floats.
    #[cold]
    fn near_none(&self, text: &[u8], per: u32, range: Within, flags: &mut Flags) -> Number {
        let fine = |point| scaled(text, per * 1000, point);
        let Some(written) = fine(b'.').or_else(|| fine(self.header.point())) else {
            return Number::default();
        };
        let whole = if written < 0 {
            written + range.wraps * 1000
        } else {
            written
        };
        let below = range.none * 1000 - whole;
        if below == 0 {
            return Number::default();
        }
        if range.turns && below > 0 {
            return Number {
                raw: Some(0),
                fits: Some(0),
            };
        }
        flags.value = true;
        Number::default()
    }

    fn moving(
        &self,
        place: Option<Place>,
        mut position: RawPosition,
        flags: &mut Flags,
    ) -> (ReportFields, RawPosition) {
        flags.value |= place.is_none() && position.lat.is_some() && position.lon.is_some();
        let sog = self.within(self.at.sog, 10, Within::SPEED, flags);
        let cog = self.within(self.at.cog, 10, Within::COURSE, flags);
        let heading = self.within(self.at.heading, 1, Within::HEADING, flags);
        position.sog = sog.raw;
        position.cog = cog.raw;
        position.heading = heading.raw;
        let draught = self.within(self.at.draught, 10, Within::DRAUGHT, flags);
        let report = ReportFields {
            place,
            sog: sog.fits.map(|sog| TenthKnots(u32::from(sog))),
            cog: cog.fits,
            heading: heading.fits,
            status: self.status(flags),
            draught: draught.fits.and_then(|draught| u8::try_from(draught).ok()),
        };
        (report, position)
    }

    fn status(&self, flags: &mut Flags) -> Option<u8> {
        let text = self.fields.get(self.at.status);
        if let [digit @ b'0'..=b'9'] = text {
            return Some(digit - b'0');
        }
        if words::is_none(text) {
            return None;
        }
        let status = integer(text, 2).and_then(|status| u8::try_from(status).ok());
        let status = status
            .filter(|status| *status <= 15)
            .or_else(|| words::status(text));
        // Words that stand for no one number are none of ours to doubt.
        flags.value |= status.is_none() && text.first().is_some_and(u8::is_ascii_digit);
        status
    }

    fn identity(&self, flags: &mut Flags) -> Identity<'a> {
        let length = self
            .within(self.at.length, 1, Within::SIZE, flags)
            .fits
            .unwrap_or(0);
        let beam = self
            .within(self.at.beam, 1, Within::SIZE, flags)
            .fits
            .unwrap_or(0);
        Identity {
            imo: self.imo(flags),
            name: self.text(self.at.name, flags),
            call_sign: self.text(self.at.call_sign, flags),
            ship_type: self.ship_type(flags),
            dimensions: (length > 0 || beam > 0).then_some(Dimensions { length, beam }),
            destination: self.text(self.at.destination, flags),
        }
    }

    /// With or without `IMO` before it; zero is none.
    fn imo(&self, flags: &mut Flags) -> Option<u32> {
        let text = self.fields.get(self.at.imo);
        if text.is_empty() {
            return None;
        }
        let digits = match text.split_at_checked(3) {
            Some((prefix, digits)) if prefix.eq_ignore_ascii_case(b"IMO") => digits.trim_ascii(),
            _ => text,
        };
        match integer(digits, 10) {
            Some(0) => None,
            // 30 bits transmit it, so that some have more than seven digits.
            Some(imo) => Some(imo),
            None => {
                flags.value |= !words::is_none(digits);
                None
            }
        }
    }

    fn ship_type(&self, flags: &mut Flags) -> Option<u8> {
        let text = self.fields.get(self.at.ship_type);
        if text.is_empty() {
            return None;
        }
        match integer(text, 5) {
            Some(kind) => {
                let kind = u8::try_from(kind);
                flags.value |= kind.is_err();
                kind.ok().filter(|kind| *kind != 0)
            }
            None => words::ship_type(text),
        }
    }

    /// A text; flagged and not used if it is not UTF-8.
    fn text(&self, column: usize, flags: &mut Flags) -> Option<&'a str> {
        let text = self.fields.get(column);
        if text.is_empty() {
            return None;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            flags.text = true;
            return None;
        };
        let text = text.trim_end_matches(['@', ' ']);
        (!words::is_none(text.as_bytes())).then_some(text)
    }
}

/// A number as it stands, and as one that its column can have.
#[derive(Debug, Clone, Copy, Default)]
struct Number {
    raw: Option<i32>,
    fits: Option<u16>,
}

/// What a number may be.
#[derive(Clone, Copy)]
struct Within {
    most: u16,
    /// Stands for "not available".
    none: i64,
    /// What MarineCadastre's negative values lack; 0: they are none.
    wraps: i64,
    /// Whether `none` is a whole turn, which is 0.
    turns: bool,
}

impl Within {
    const SPEED: Self = Self {
        most: 1_022,
        none: 1_023,
        wraps: 1_024,
        turns: false,
    };
    const COURSE: Self = Self {
        most: 3_599,
        none: 3_600,
        wraps: 4_096,
        turns: true,
    };
    const HEADING: Self = Self {
        most: 359,
        none: 511,
        wraps: 0,
        turns: false,
    };
    const DRAUGHT: Self = Self {
        most: 255,
        none: 0,
        wraps: 0,
        turns: false,
    };
    const SIZE: Self = Self {
        most: 1_022,
        none: 0,
        wraps: 0,
        turns: false,
    };
}
