//! Which column of a table holds what: by a header that is known, or by a mapping.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::rows;
use super::time::TimeFormat;
use crate::input::{Problem, shown};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What a column may hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in a mapping.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

fields! {
    /// MMSI.
    Mmsi = "mmsi",
    /// Time of reception.
    Time = "time",
    /// Latitude in degrees.
    Lat = "lat",
    /// Longitude in degrees.
    Lon = "lon",
    /// Speed over ground in knots.
    Sog = "sog",
    /// Course over ground in degrees.
    Cog = "cog",
    /// True heading in degrees.
    Heading = "heading",
    /// Navigational status, a number or its words.
    Status = "status",
    /// Draught in metres.
    Draught = "draught",
    /// IMO number, with or without `IMO` before it.
    Imo = "imo",
    /// Name.
    Name = "name",
    /// Call sign.
    CallSign = "call-sign",
    /// Type of ship, a number.
    ShipType = "ship-type",
    /// Length in metres.
    Length = "length",
    /// Beam in metres.
    Beam = "beam",
    /// Destination.
    Destination = "destination",
    /// Who received it.
    Receiver = "receiver",
    /// What transmits it, in words: a ship, a base station, an aid to navigation.
    Mobile = "mobile",
}

const REQUIRED: [Field; 4] = [Field::Mmsi, Field::Time, Field::Lat, Field::Lon];

/// Who made a table, and so what its values mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// MarineCadastre (US Coast Guard, NOAA), before and from 2025.
    MarineCadastre,
    /// The Danish Maritime Authority.
    DanishMaritimeAuthority,
    /// Explained by a mapping.
    Mapped,
}

/// A header that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Whose table.
    pub dialect: Dialect,
    /// How time is written.
    pub time: TimeFormat,
    /// Columns in all.
    pub(super) columns: usize,
    /// What stands between them.
    pub(super) delimiter: u8,
    at: [Option<usize>; Field::ALL.len()],
}

impl Header {
    /// Where a field stands.
    pub(super) fn column(&self, field: Field) -> Option<usize> {
        self.at.get(field as usize).copied().flatten()
    }

    /// A header that is known by its names, whatever their case, order and further columns.
    pub(crate) fn known(line: &[u8]) -> Result<Option<Self>, Problem> {
        let names = names(line, b',');
        let plain: Vec<String> = names.iter().map(|name| folded(name)).collect();
        let has = |name: &str| plain.iter().any(|this| this == name);
        let (dialect, time, table): (_, _, &[(Field, &[&str])]) =
            if has("basedatetime") && has("mmsi") {
                (Dialect::MarineCadastre, TimeFormat::Utc, MARINE_CADASTRE)
            } else if has("timestamp") && has("typeofmobile") && has("mmsi") {
                let time = TimeFormat::DayMonthYear;
                (Dialect::DanishMaritimeAuthority, time, DANISH)
            } else {
                return Ok(None);
            };
        let mut header = Self {
            dialect,
            time,
            columns: names.len(),
            delimiter: b',',
            at: [None; Field::ALL.len()],
        };
        for (field, known_as) in table {
            let found = plain
                .iter()
                .enumerate()
                .filter(|(_, name)| known_as.contains(&name.as_str()));
            header.place(*field, found.map(|(at, _)| at), &names)?;
        }
        let whole = REQUIRED.iter().all(|field| header.column(*field).is_some());
        Ok(whole.then_some(header))
    }

    /// A header that a mapping explains.
    pub(crate) fn mapped(line: &[u8], mapping: &Mapping) -> Result<Self, Problem> {
        let mut told = None;
        for delimiter in [b',', b';', b'\t', b'|'] {
            match Self::mapped_with(line, mapping, delimiter) {
                Ok(header) => return Ok(header),
                Err(problem) => {
                    // What is wrong between the marks that are the header's own, as far as names tell.
                    let found = mapping.found_in(&names(line, delimiter));
                    if told.as_ref().is_none_or(|(most, _)| found > *most) {
                        told = Some((found, problem));
                    }
                }
            }
        }
        Err(told.map_or_else(
            || Problem::HeaderUnknown { found: shown(line) },
            |(_, problem)| problem,
        ))
    }

    fn mapped_with(line: &[u8], mapping: &Mapping, delimiter: u8) -> Result<Self, Problem> {
        let names = names(line, delimiter);
        let mut header = Self {
            dialect: Dialect::Mapped,
            time: mapping.time,
            columns: names.len(),
            delimiter,
            at: [None; Field::ALL.len()],
        };
        for (field, column) in &mapping.columns {
            let by_number = column
                .strip_prefix('#')
                .and_then(|number| number.parse::<usize>().ok());
            let wanted = column.trim().to_lowercase();
            let named = names
                .iter()
                .enumerate()
                .filter(|(_, name)| name.to_lowercase() == wanted);
            header.place(*field, named.map(|(at, _)| at), &names)?;
            let at = header.column(*field).or_else(|| {
                let at = by_number?.checked_sub(1)?;
                (at < names.len()).then_some(at)
            });
            let Some(at) = at else {
                return Err(Problem::ColumnMissing {
                    column: column.clone(),
                    found: shown(line),
                });
            };
            // A name and a number may be of the same column.
            let other = Field::ALL
                .iter()
                .find(|other| *other != field && header.column(**other) == Some(at));
            if let Some(other) = other {
                return Err(Problem::ColumnShared {
                    column: names.get(at).cloned().unwrap_or_default(),
                    first: other.key(),
                    second: field.key(),
                });
            }
            header.set(*field, at);
        }
        Ok(header)
    }

    fn place(
        &mut self,
        field: Field,
        mut found: impl Iterator<Item = usize>,
        names: &[String],
    ) -> Result<(), Problem> {
        let Some(at) = found.next() else {
            return Ok(());
        };
        if let Some(twice) = found.next() {
            return Err(Problem::ColumnTwice {
                column: names.get(twice).cloned().unwrap_or_default(),
            });
        }
        self.set(field, at);
        Ok(())
    }

    fn set(&mut self, field: Field, at: usize) {
        if let Some(slot) = self.at.get_mut(field as usize) {
            *slot = Some(at);
        }
    }

    /// Whether a quoted field may go over line ends. In the tables that are known none does, and a stray quote would
    /// take the rows after it into its field.
    pub(super) fn rows_go_on(&self) -> bool {
        self.dialect == Dialect::Mapped
    }

    /// The mark between whole and fraction.
    pub(super) fn point(&self) -> u8 {
        // Where a semicolon stands between columns, the comma is free for this. A full stop is read too.
        if self.delimiter == b';' { b',' } else { b'.' }
    }
}

const MARINE_CADASTRE: &[(Field, &[&str])] = &[
    (Field::Mmsi, &["mmsi"]),
    (Field::Time, &["basedatetime"]),
    (Field::Lat, &["lat", "latitude"]),
    (Field::Lon, &["lon", "longitude"]),
    (Field::Sog, &["sog"]),
    (Field::Cog, &["cog"]),
    (Field::Heading, &["heading"]),
    (Field::Name, &["vesselname"]),
    (Field::Imo, &["imo"]),
    (Field::CallSign, &["callsign"]),
    (Field::ShipType, &["vesseltype"]),
    (Field::Status, &["status"]),
    (Field::Length, &["length"]),
    (Field::Beam, &["width"]),
    (Field::Draught, &["draft"]),
    (Field::Mobile, &["transceiverclass", "transceiver"]),
];

const DANISH: &[(Field, &[&str])] = &[
    (Field::Mmsi, &["mmsi"]),
    (Field::Time, &["timestamp"]),
    (Field::Lat, &["latitude"]),
    (Field::Lon, &["longitude"]),
    (Field::Status, &["navigationalstatus"]),
    (Field::Sog, &["sog"]),
    (Field::Cog, &["cog"]),
    (Field::Heading, &["heading"]),
    (Field::Imo, &["imo"]),
    (Field::CallSign, &["callsign"]),
    (Field::Name, &["name"]),
    (Field::ShipType, &["shiptype"]),
    (Field::Beam, &["width"]),
    (Field::Length, &["length"]),
    (Field::Draught, &["draught"]),
    (Field::Destination, &["destination"]),
    (Field::Mobile, &["typeofmobile"]),
];

fn names(line: &[u8], delimiter: u8) -> Vec<String> {
    let mut row = rows::Row::default();
    let fields = row.split(line, delimiter);
    (0..fields.columns())
        .map(|at| String::from_utf8_lossy(fields.get(at)).trim().to_owned())
        .collect()
}

/// Letters and digits in lower case.
fn folded(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Which column of a table that is not known holds what, as `mmsi=…,time=…,lat=…,lon=…` and further fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<Field, String>,
    time: TimeFormat,
}

impl Mapping {
    /// How many of its columns stand among these by their names.
    fn found_in(&self, names: &[String]) -> usize {
        let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        (self.columns.values())
            .filter(|column| names.contains(&column.trim().to_lowercase()))
            .count()
    }
}

/// Why a mapping cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A part without `=`.
    #[error("{0:?} is not of the form field=column")]
    NoEquals(String),
    /// A field that there is not.
    #[error("{0:?} is no field. There are {fields}, and time-format", fields = KnownFields)]
    FieldUnknown(String),
    /// A field that stands there twice.
    #[error("{0} stands there twice")]
    Twice(&'static str),
    /// A field without which a row says nothing.
    #[error("{0}=… is missing; mmsi, time, lat and lon must be there")]
    Missing(&'static str),
    /// Two fields of one column, of which at most one is what it holds.
    #[error("{0} and {1} are both said to be in column {2:?}")]
    SameColumn(&'static str, &'static str, String),
    /// A field without a column.
    #[error("{0}= names no column")]
    Empty(&'static str),
    /// A format of time that there is not.
    #[error(
        "{0:?} is no format of time. There are rfc3339 (2024-03-07T14:00:00Z), utc (the same without zone, \
         taken as UTC), dmy (07/03/2024 14:00:00, UTC), unix (seconds) and unix-ms"
    )]
    TimeFormatUnknown(String),
}

struct KnownFields;

impl fmt::Display for KnownFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = Field::ALL.iter().map(|field| field.key()).collect();
        f.write_str(&keys.join(", "))
    }
}

impl FromStr for Mapping {
    type Err = MappingError;

    /// `field=column` with commas between. A column is its name in the header, in any case, or `#` and its
    /// number from 1. `time-format` is `rfc3339` unless it is said.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let mut columns = BTreeMap::new();
        let mut time = None;
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let Some((key, column)) = part.split_once('=') else {
                return Err(MappingError::NoEquals(part.to_owned()));
            };
            let (key, column) = (key.trim(), column.trim());
            if key == "time-format" {
                let format = TimeFormat::NAMES.iter().find(|(name, _)| *name == column);
                let Some((_, format)) = format else {
                    return Err(MappingError::TimeFormatUnknown(column.to_owned()));
                };
                if time.replace(*format).is_some() {
                    return Err(MappingError::Twice("time-format"));
                }
                continue;
            }
            let Some(field) = Field::ALL.iter().find(|field| field.key() == key) else {
                return Err(MappingError::FieldUnknown(key.to_owned()));
            };
            if column.is_empty() {
                return Err(MappingError::Empty(field.key()));
            }
            let other = columns
                .iter()
                .find(|(_, name): &(&Field, &String)| name.eq_ignore_ascii_case(column));
            if let Some((other, _)) = other
                && other != field
            {
                let (first, second) = (other.key(), field.key());
                return Err(MappingError::SameColumn(first, second, column.to_owned()));
            }
            if columns.insert(*field, column.to_owned()).is_some() {
                return Err(MappingError::Twice(field.key()));
            }
        }
        for field in REQUIRED {
            if !columns.contains_key(&field) {
                return Err(MappingError::Missing(field.key()));
            }
        }
        Ok(Self {
            columns,
            time: time.unwrap_or(TimeFormat::Rfc3339),
        })
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (field, column) in &self.columns {
            write!(f, "{}={column},", field.key())?;
        }
        let name = TimeFormat::NAMES
            .iter()
            .find(|(_, format)| *format == self.time);
        write!(f, "time-format={}", name.map_or("", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_reads_and_writes_itself() {
        let text = "mmsi=id,time=when,lat=north,lon=#4,sog=Speed,time-format=unix";
        let mapping: Mapping = text.parse().unwrap();
        assert_eq!(mapping.to_string(), text);
        assert_eq!(mapping.to_string().parse(), Ok(mapping));
    }

    #[test]
    fn a_mapping_that_cannot_be_read_says_why() {
        let error = |text: &str| text.parse::<Mapping>().unwrap_err().to_string();
        assert_eq!(error("mmsi"), "\"mmsi\" is not of the form field=column");
        assert!(
            error("mmsi=a,speed=b").contains("\"speed\" is no field. There are mmsi, time, lat")
        );
        assert_eq!(error("mmsi=a,mmsi=b"), "mmsi stands there twice");
        assert_eq!(
            error("mmsi=a,time=b,lat=c"),
            "lon=… is missing; mmsi, time, lat and lon must be there"
        );
        assert_eq!(error("mmsi="), "mmsi= names no column");
        assert_eq!(
            error("mmsi=a,lat=north,lon=North,time=b"),
            "lat and lon are both said to be in column \"North\""
        );
        assert!(error("time-format=iso").starts_with("\"iso\" is no format of time"));
    }

    #[test]
    fn a_mapping_finds_its_columns_between_any_delimiters() {
        let mapping: Mapping = "mmsi=ID,time=when,lat=#3,lon=east".parse().unwrap();
        for line in [
            "id,When,north,east",
            "id;When;north;east",
            "id\tWhen\tnorth\tEAST",
        ] {
            let header = Header::mapped(line.as_bytes(), &mapping).unwrap();
            assert_eq!(header.column(Field::Lat), Some(2));
            assert_eq!(header.column(Field::Lon), Some(3));
        }
        // Of one column said in two ways, at most one field is what it holds.
        for both in ["lat=north,lon=#3", "lat=#3,lon=North", "lat=#3,lon=#03"] {
            let mapping: Mapping = format!("mmsi=id,time=when,{both}").parse().unwrap();
            let error = Header::mapped(b"id,when,north,east", &mapping).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("lat and lon"), "{both}: {text}");
            assert!(text.contains("\"north\""), "{both}: {text}");
        }
        let missing = Header::mapped(b"id,north,east,x", &mapping);
        assert!(matches!(missing, Err(Problem::ColumnMissing { column, .. }) if column == "when"));
        // The error is that of the marks which stand in the header.
        let mapping: Mapping = "mmsi=ID,time=when,lat=north,lon=east".parse().unwrap();
        let twice = Header::mapped(b"id;when;north;north;east", &mapping);
        assert!(matches!(twice, Err(Problem::ColumnTwice { column }) if column == "north"));
        let missing = Header::mapped(b"id;when;north;x", &mapping);
        assert!(matches!(missing, Err(Problem::ColumnMissing { column, .. }) if column == "east"));
    }
}
