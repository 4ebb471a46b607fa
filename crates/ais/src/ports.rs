//! A gazetteer of ports: the World Port Index, or any CSV with its columns.

use thiserror::Error;

use crate::analysis::{NearPort, PortRef};
use crate::geodesy::distance;
use crate::space::Points;
use crate::units::{Metres, PER_DEGREE, Place};

/// The largest gazetteer that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// The most rows that are read.
pub const MAX_ROWS: usize = 1_000_000;
/// The longest name of a port, in bytes.
const MAX_NAME: usize = 200;
/// How many refused rows are told one by one.
const MAX_REFUSED: usize = 1_000;

const NAME: &str = "Main Port Name";
const LOCODE: &str = "UN/LOCODE";
const LATITUDE: &str = "Latitude";
const LONGITUDE: &str = "Longitude";
/// The column that only the World Port Index itself has.
const INDEX_NUMBER: &str = "World Port Index Number";

/// Ports by place.
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    ports: Vec<PortRef>,
    /// Places with the lowest of the ports there, as its place among the ports.
    points: Points,
    refused: Vec<RefusedRow>,
    refused_total: u64,
    world_port_index: bool,
}

/// A row that holds no port, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// The line it begins on, from 1 for the heading.
    pub line: u64,
    /// Why.
    pub why: RowFault,
}

/// What is wrong with a row of a gazetteer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RowFault {
    /// It ends before the columns that are needed.
    #[error("too few columns")]
    Columns,
    /// It gives no name.
    #[error("no name")]
    NoName,
    /// Its name is in another encoding, which would have to be guessed.
    #[error("name is not UTF-8")]
    NameEncoding,
    /// Its name is longer than any port's.
    #[error("name longer than 200 bytes")]
    NameLong,
    /// Its latitude is no decimal number of degrees, or none on Earth.
    #[error("latitude is not a decimal number from -90 to 90")]
    Latitude,
    /// Its longitude is no decimal number of degrees, or none on Earth.
    #[error("longitude is not a decimal number from -180 to 180")]
    Longitude,
}

/// Why a file is no gazetteer.
#[derive(Debug, Error)]
pub enum GazetteerError {
    /// It is too large.
    #[error("the gazetteer has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It has too many rows.
    #[error("the gazetteer has more than {MAX_ROWS} rows")]
    TooManyRows,
    /// Its heading lacks a column.
    #[error(
        "the gazetteer's first line has no column \"{column}\"; a heading as in the World Port Index is expected, with \
         \"Main Port Name\", \"UN/LOCODE\", \"Latitude\" and \"Longitude\" among its columns"
    )]
    Column {
        /// Which.
        column: &'static str,
    },
    /// A column that is needed stands in its heading twice.
    #[error(
        "the gazetteer has the column \"{column}\" twice, so that nobody can say which is meant"
    )]
    ColumnTwice {
        /// Which.
        column: &'static str,
    },
    /// It is no CSV.
    #[error("the gazetteer cannot be read as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// No row holds a port.
    #[error("the gazetteer holds no port: of {rows} rows none gives a name and a place")]
    Empty {
        /// Rows after the heading.
        rows: u64,
    },
}

impl Gazetteer {
    /// Reads a CSV file with a heading. Columns are found by their names; what is in other columns is not looked at. A
    /// row that holds no port is counted and told of, and the others are read.
    pub fn read(bytes: &[u8]) -> Result<Self, GazetteerError> {
        if bytes.len() > MAX_BYTES {
            return Err(GazetteerError::TooLarge { bytes: bytes.len() });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        reader.read_byte_record(&mut record)?;
        let column = |column: &'static str| {
            let mut found = record
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.trim_ascii().eq_ignore_ascii_case(column.as_bytes()));
            let (at, _) = found.next().ok_or(GazetteerError::Column { column })?;
            match found.next() {
                Some(_) => Err(GazetteerError::ColumnTwice { column }),
                None => Ok(at),
            }
        };
        let world_port_index = record.iter().any(|cell| {
            cell.trim_ascii()
                .eq_ignore_ascii_case(INDEX_NUMBER.as_bytes())
        });
        let columns = [
            column(NAME)?,
            column(LOCODE)?,
            column(LATITUDE)?,
            column(LONGITUDE)?,
        ];

        let mut found = Self {
            world_port_index,
            ..Self::default()
        };
        let mut row: u32 = 0;
        while reader.read_byte_record(&mut record)? {
            row = row.saturating_add(1);
            if row as usize > MAX_ROWS {
                return Err(GazetteerError::TooManyRows);
            }
            match port(&record, columns, row) {
                Ok(port) => found.ports.push(port),
                Err(why) => {
                    found.refused_total += 1;
                    if found.refused.len() < MAX_REFUSED {
                        let line = record.position().map_or(0, csv::Position::line);
                        found.refused.push(RefusedRow { line, why });
                    }
                }
            }
        }
        if found.ports.is_empty() {
            return Err(GazetteerError::Empty { rows: row.into() });
        }
        // Of several at one place only the lowest row is ever the nearest: with all of them every look would be at all.
        let mut places: Vec<(Place, u32)> = (found.ports.iter().map(|port| port.place))
            .zip(0u32..)
            .collect();
        places.sort_unstable();
        places.dedup_by_key(|(place, _)| *place);
        found.points = Points::numbered(places.into_iter().map(|(place, n)| (n, place)));
        Ok(found)
    }

    /// The ports, by row.
    pub fn ports(&self) -> &[PortRef] {
        &self.ports
    }

    /// Rows that hold no port: the first thousand.
    pub fn refused(&self) -> &[RefusedRow] {
        &self.refused
    }

    /// How many rows hold no port.
    pub fn refused_total(&self) -> u64 {
        self.refused_total
    }

    /// Whether it is laid out as the World Port Index, with that list's own number of each port, and is no other table
    /// with some of its columns.
    pub fn is_world_port_index(&self) -> bool {
        self.world_port_index
    }

    /// The port nearest to a place; of several at the same distance in metres, that of the lowest row.
    pub fn nearest(&self, place: Place) -> Option<NearPort> {
        self.nearest_within(place, Metres(u32::MAX))
            .map(|(port, distance)| NearPort {
                port: port.clone(),
                distance,
            })
    }

    /// The nearest port, if it is no farther than `limit`.
    pub fn nearest_within(&self, place: Place, limit: Metres) -> Option<(&PortRef, Metres)> {
        let mut best: Option<(Metres, &PortRef)> = None;
        // A metre more than asked for: distances are rounded.
        let start = f64::from(limit.0) + 1.0;
        self.points.near(place, start, &mut |n, _| {
            if let Some(port) = self.ports.get(n as usize) {
                let far = distance(place, port.place);
                if far <= limit && best.is_none_or(|(d, p)| (far, port.row) < (d, p.row)) {
                    best = Some((far, port));
                }
            }
            best.map_or(start, |(far, _)| f64::from(far.0) + 1.0)
        });
        best.map(|(far, port)| (port, far))
    }
}

fn port(
    record: &csv::ByteRecord,
    [name, locode, lat, lon]: [usize; 4],
    row: u32,
) -> Result<PortRef, RowFault> {
    let cell = |n: usize| record.get(n).map(<[u8]>::trim_ascii);
    let name = cell(name).ok_or(RowFault::Columns)?;
    let locode = cell(locode).ok_or(RowFault::Columns)?;
    let lat = cell(lat).ok_or(RowFault::Columns)?;
    let lon = cell(lon).ok_or(RowFault::Columns)?;
    if name.is_empty() {
        return Err(RowFault::NoName);
    }
    if name.len() > MAX_NAME {
        return Err(RowFault::NameLong);
    }
    let name = std::str::from_utf8(name).map_err(|_| RowFault::NameEncoding)?;
    let lat = degrees(lat, 90).ok_or(RowFault::Latitude)?;
    let lon = degrees(lon, 180).ok_or(RowFault::Longitude)?;
    let place = Place::new(lat, lon).ok_or(RowFault::Latitude)?;
    Ok(PortRef {
        row,
        name: name.to_owned(),
        locode: unlocode(locode),
        place,
    })
}

/// Two letters of a country and three letters or digits, written with or without a space between; `None` for anything
/// else, a blank above all.
fn unlocode(cell: &[u8]) -> Option<String> {
    let code: Vec<u8> = cell
        .iter()
        .copied()
        .filter(|byte| *byte != b' ')
        .take(6)
        .collect();
    let (country, location) = code.split_at_checked(2)?;
    let fits = location.len() == 3
        && country.iter().all(u8::is_ascii_alphabetic)
        && location.iter().all(u8::is_ascii_alphanumeric);
    let code = String::from_utf8(code).ok()?;
    fits.then(|| code.to_ascii_uppercase())
}

/// A decimal number of degrees in units of a [`Place`], rounded half away from zero; in integers alone.
fn degrees(text: &[u8], limit: i32) -> Option<i32> {
    let (negative, digits) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let mut value: u128 = 0;
    let mut scale: Option<u128> = None;
    let mut any = false;
    for byte in digits {
        match (byte, scale) {
            (b'.', None) => scale = Some(1),
            // Digits beyond the twentieth decimal change nothing that could be told.
            (b'0'..=b'9', Some(n)) if n >= 10u128.pow(20) => any = true,
            (b'0'..=b'9', _) => {
                any = true;
                value = value * 10 + u128::from(byte - b'0');
                scale = scale.map(|n| n * 10);
                if scale.is_none() && value > 360 {
                    return None;
                }
            }
            _ => return None,
        }
    }
    if !any {
        return None;
    }
    let scale = scale.unwrap_or(1);
    let units = (value * u128::from(PER_DEGREE.unsigned_abs()) + scale / 2) / scale;
    let units = i32::try_from(units)
        .ok()
        .filter(|n| *n <= limit * PER_DEGREE)?;
    Some(if negative { -units } else { units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_ports_at_one_place_the_lowest_row_is_looked_at() {
        let mut csv = String::from("Main Port Name,UN/LOCODE,Latitude,Longitude\n");
        for n in 0..300 {
            csv.push_str(&format!("Elsewhere {n},,10,{}\nHere {n},,1,1\n", n % 3));
        }
        let gazetteer = Gazetteer::read(csv.as_bytes()).unwrap();
        assert_eq!(gazetteer.ports().len(), 600);
        let mut looked = 0;
        let here = Place::new(PER_DEGREE, PER_DEGREE).unwrap();
        gazetteer.points.near(here, 1e8, &mut |_, _| {
            looked += 1;
            1e8
        });
        assert_eq!(looked, 4);
        for (lat, lon, row) in [(1, 1, 2), (10, 0, 1), (10, 1, 3), (10, 2, 5)] {
            let place = Place::new(lat * PER_DEGREE, lon * PER_DEGREE).unwrap();
            let near = gazetteer.nearest(place).unwrap();
            assert_eq!((near.port.row, near.distance), (row, Metres(0)));
        }
    }
}
