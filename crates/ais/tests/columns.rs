//! The normalised track as Parquet: the same bytes for the same rows, read back by the same crate and by
//! another implementation.

#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::io::{Cursor, Write};
use std::process::Command;

use parquet::basic::Encoding;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;
use seaproof_ais::columns::Columns;
use seaproof_ais::report::{Kind, LineRef, Report};
use seaproof_ais::track::Point;
use seaproof_ais::units::{Mmsi, Place, TenthKnots, Time};

fn write(points: &[Point]) -> Vec<u8> {
    let mut columns = Columns::new(Vec::new()).unwrap();
    for point in points {
        columns.push(point).unwrap();
    }
    let (rows, bytes) = columns.finish().unwrap();
    assert_eq!(rows, points.len() as u64);
    bytes
}

fn unsigned(field: &Field) -> Option<u64> {
    Some(match field {
        Field::Null => return None,
        Field::ULong(value) => *value,
        Field::UInt(value) => u64::from(*value),
        Field::UShort(value) => u64::from(*value),
        Field::UByte(value) => u64::from(*value),
        other => panic!("{other:?}"),
    })
}

fn signed(field: &Field) -> Option<i64> {
    Some(match field {
        Field::Null => return None,
        Field::Int(value) => i64::from(*value),
        Field::TimestampMillis(value) => *value,
        other => panic!("{other:?}"),
    })
}

fn small<T: TryFrom<u64>>(value: Option<u64>) -> Option<T> {
    value.map(|value| T::try_from(value).ok().unwrap())
}

/// The file of some bytes.
fn open(bytes: &[u8]) -> SerializedFileReader<File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

/// What is in a file, as far as columns tell it.
fn read(bytes: &[u8]) -> Vec<Point> {
    let reader = open(bytes);
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| {
        let row = row.unwrap();
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let number = |i: usize| unsigned(fields[i]);
        let place = signed(fields[4])
            .zip(signed(fields[5]))
            .map(|(lat, lon)| Place {
                lat: i32::try_from(lat).unwrap(),
                lon: i32::try_from(lon).unwrap(),
            });
        Point {
            report: Report {
                at: LineRef::new(0, number(0).unwrap()),
                time: Time(signed(fields[1]).unwrap()),
                mmsi: Mmsi(small(number(2)).unwrap()),
                kind: small(number(3)).map_or(Kind::Row, Kind::Message),
                place,
                sog: small(number(6)).map(TenthKnots),
                cog: small(number(7)),
                heading: small(number(8)),
                status: small(number(9)),
                draught: small(number(10)),
            },
            receptions: small(number(11)).unwrap(),
            ship: small(number(12)).unwrap(),
        }
    })
    .collect()
}

prop_compose! {
    fn point()(
        line in any::<u64>(), time in -4_000_000_000_000i64..9_000_000_000_000, mmsi in any::<u32>(),
        kind in proptest::option::of(1u8..28),
        place in proptest::option::of((-54_000_000i32..=54_000_000, -108_000_000i32..=108_000_000)),
        sog in proptest::option::of(any::<u32>()), cog in proptest::option::of(0u16..3600),
        heading in proptest::option::of(0u16..360), status in proptest::option::of(0u8..16),
        draught in proptest::option::of(1u8..=255), receptions in any::<u32>(), ship in any::<u32>(),
    ) -> Point {
        Point {
            report: Report {
                mmsi: Mmsi(mmsi), time: Time(time), at: LineRef::new(0, line),
                kind: kind.map_or(Kind::Row, Kind::Message),
                place: place.map(|(lat, lon)| Place { lat, lon }),
                sog: sog.map(TenthKnots), cog, heading, status, draught,
            },
            ship,
            receptions,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_back_is_what_was_written(points in proptest::collection::vec(point(), 0..200)) {
        let bytes = write(&points);
        prop_assert_eq!(&bytes, &write(&points));
        prop_assert_eq!(read(&bytes), points);
    }
}

/// A track of so many points, one in two of them without a place.
fn track(length: u32) -> Vec<Point> {
    (0..length)
        .map(|i| Point {
            report: Report {
                mmsi: Mmsi(445_123_000 + i / 1000),
                time: Time(1_711_454_400_000 + i64::from(i) * 10_000),
                at: LineRef::new(0, u64::from(i) + 1),
                kind: if i % 2 == 0 {
                    Kind::Message(1)
                } else {
                    Kind::Message(5)
                },
                place: (i % 2 == 0).then_some(Place {
                    lat: 25_650_000 - i32::try_from(i).unwrap(),
                    lon: 79_849_800,
                }),
                sog: (i % 2 == 0).then_some(TenthKnots(i % 200)),
                cog: (i % 3 == 0).then_some(3_599),
                heading: None,
                status: Some(15),
                draught: (i % 2 == 1).then_some(73),
            },
            ship: 0,
            receptions: 1 + i % 3,
        })
        .collect()
}

#[test]
fn groups_are_bounded_and_nothing_in_the_file_tells_of_the_machine() {
    let points = track(300_000);
    let bytes = write(&points);
    let reader = open(&bytes);
    let metadata = reader.metadata();
    assert_eq!(metadata.num_row_groups(), 3);
    assert_eq!(
        metadata.file_metadata().created_by(),
        Some("seaproof version 1")
    );
    for group in metadata.row_groups() {
        assert!(group.num_rows() <= 1 << 17);
        for column in group.columns() {
            assert!(column.statistics().is_none());
            let packed = column
                .encodings()
                .any(|e| e == Encoding::DELTA_BINARY_PACKED);
            assert!(packed, "{}", column.column_path());
        }
    }
    // Well under the 49 bytes that a row's fields have.
    assert!(bytes.len() < points.len() * 16, "{}", bytes.len());
    assert_eq!(read(&bytes), points);
}

#[test]
fn a_file_without_rows_can_be_read() {
    assert!(read(&write(&[])).is_empty());
}

/// Every row as another implementation reads it, and as we wrote it.
#[test]
fn another_implementation_reads_the_same() {
    let there = Command::new("python3")
        .args(["-c", "import pyarrow.parquet"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!ci, "CI must have Python's pyarrow");
        println!("skipped: there is no python3 with pyarrow");
        return;
    }
    let points = track(140_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("track.parquet");
    std::fs::write(&path, write(&points)).unwrap();
    let script = "
import sys, pyarrow.parquet as pq
t = pq.read_table(sys.argv[1])
print(t.schema.field('time_ms').type, t.schema.field('mmsi').type, t.schema.field('lat').type)
columns = [t.column(c).cast('int64').to_pylist() for c in t.column_names]
print(' '.join(t.column_names))
print(t.num_rows, *[sum(v is None for v in c) for c in columns], *[sum((i + 1) * (v or 0) for i, v in enumerate(c)) for c in columns])
";
    let ran = Command::new("python3")
        .args(["-c", script])
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), 3, "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said[0], "timestamp[ms, tz=UTC] uint32 int32");
    assert_eq!(
        said[1],
        "line time_ms mmsi type lat lon sog cog heading status draught receptions ship"
    );
    let columns: Vec<Vec<Option<i128>>> = (0..13)
        .map(|c| points.iter().map(|p| cell(p, c)).collect())
        .collect();
    let mut expected = vec![points.len().to_string()];
    let missing = |c: &Vec<Option<i128>>| c.iter().filter(|v| v.is_none()).count().to_string();
    expected.extend(columns.iter().map(missing));
    let sum = |c: &Vec<Option<i128>>| {
        (1..)
            .zip(c)
            .map(|(i, v): (i128, _)| i * v.unwrap_or(0))
            .sum::<i128>()
            .to_string()
    };
    expected.extend(columns.iter().map(sum));
    assert_eq!(said[2], expected.join(" "));
}

fn cell(point: &Point, column: usize) -> Option<i128> {
    let r = &point.report;
    match column {
        0 => Some(r.at.line.into()),
        1 => Some(r.time.0.into()),
        2 => Some(r.mmsi.0.into()),
        3 => match r.kind {
            Kind::Message(number) => Some(number.into()),
            Kind::Row | Kind::ShipRow | Kind::OtherRow => None,
        },
        4 => r.place.map(|p| p.lat.into()),
        5 => r.place.map(|p| p.lon.into()),
        6 => r.sog.map(|s| s.0.into()),
        7 => r.cog.map(Into::into),
        8 => r.heading.map(Into::into),
        9 => r.status.map(Into::into),
        10 => r.draught.map(Into::into),
        11 => Some(point.receptions.into()),
        _ => Some(point.ship.into()),
    }
}

/// Writing to what cannot be written to is an error and no panic.
#[test]
fn a_writer_that_fails_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let outcome = Columns::new(Full).and_then(|mut columns| {
        for point in track(10) {
            columns.push(&point)?;
        }
        columns.finish().map(|_| ())
    });
    assert!(outcome.unwrap_err().to_string().contains("full"));
    let mut cursor = Cursor::new(Vec::new());
    Columns::new(&mut cursor).unwrap().finish().unwrap();
    assert!(cursor.into_inner().starts_with(b"PAR1"));
}
