//! A normalised track as a table that other tools read: Parquet, the same bytes for the same rows.
//!
//! The columns are documented in `docs/AIS.md`. Rows are written in groups, so that memory does not grow with
//! the track. Nothing in the file depends on the machine: no clock, no statistics, no compression, and a fixed
//! name of its maker. Integers are packed as differences, which is small for a track by vessel and time.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding};
use parquet::data_type::{Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::report::Kind;
use crate::track::Point;

/// Rows of a group.
const GROUP: usize = 1 << 17;

/// The version of these columns, in the file's metadata as `seaproof.columns`.
pub const COLUMNS_VERSION: &str = "1";

const SCHEMA: &str = "message track {
    required int64 line (integer(64, false));
    required int64 time_ms (timestamp(millis, true));
    required int32 mmsi (integer(32, false));
    optional int32 type (integer(8, false));
    optional int32 lat;
    optional int32 lon;
    optional int32 sog (integer(32, false));
    optional int32 cog (integer(16, false));
    optional int32 heading (integer(16, false));
    optional int32 status (integer(8, false));
    optional int32 draught (integer(8, false));
    required int32 receptions (integer(32, false));
    required int32 ship (integer(32, false));
}";

/// Why columns could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the columns cannot be written: {0}")]
pub struct ColumnsError(#[from] ParquetError);

/// A column in which a value may be missing.
#[derive(Default)]
struct Optional {
    there: Vec<i16>,
    values: Vec<i32>,
}

impl Optional {
    fn push(&mut self, value: Option<i32>) {
        self.there.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// The rows of a group that is being filled.
#[derive(Default)]
struct Group {
    lines: Vec<i64>,
    times: Vec<i64>,
    mmsis: Vec<i32>,
    /// In the order of the schema, from `type` to `draught`.
    optional: [Optional; 8],
    receptions: Vec<i32>,
    ships: Vec<i32>,
}

/// Writes points as rows, in the order in which they come.
pub struct Columns<W: Write + Send> {
    file: SerializedFileWriter<W>,
    group: Group,
    rows: u64,
}

impl<W: Write + Send> Columns<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// As the writer says.
    pub fn new(out: W) -> Result<Self, ColumnsError> {
        let properties = WriterProperties::builder()
            .set_created_by("seaproof version 1".to_owned())
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(Compression::UNCOMPRESSED)
            .set_dictionary_enabled(false)
            .set_encoding(Encoding::DELTA_BINARY_PACKED)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_offset_index_disabled(true)
            .set_bloom_filter_enabled(false)
            .set_max_row_group_row_count(Some(GROUP))
            .set_key_value_metadata(Some(vec![KeyValue::new(
                "seaproof.columns".to_owned(),
                COLUMNS_VERSION.to_owned(),
            )]))
            .build();
        let schema = Arc::new(parse_message_type(SCHEMA)?);
        Ok(Self {
            file: SerializedFileWriter::new(out, schema, Arc::new(properties))?,
            group: Group::default(),
            rows: 0,
        })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// As the writer says.
    pub fn push(&mut self, point: &Point) -> Result<(), ColumnsError> {
        let report = &point.report;
        let group = &mut self.group;
        // Unsigned numbers are stored as the bits that they are.
        group.lines.push(report.at.line.cast_signed());
        group.times.push(report.time.0);
        group.mmsis.push(report.mmsi.0.cast_signed());
        let message = match report.kind {
            Kind::Message(number) => Some(i32::from(number)),
            Kind::Row | Kind::ShipRow | Kind::OtherRow => None,
        };
        let values = [
            message,
            report.place.map(|place| place.lat),
            report.place.map(|place| place.lon),
            report.sog.map(|sog| sog.0.cast_signed()),
            report.cog.map(i32::from),
            report.heading.map(i32::from),
            report.status.map(i32::from),
            report.draught.map(i32::from),
        ];
        for (column, value) in group.optional.iter_mut().zip(values) {
            column.push(value);
        }
        group.receptions.push(point.receptions.cast_signed());
        group.ships.push(point.ship.cast_signed());
        self.rows = self.rows.saturating_add(1);
        if self.group.lines.len() >= GROUP {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ColumnsError> {
        let group = &mut self.group;
        if group.lines.is_empty() {
            return Ok(());
        }
        let mut out = self.file.next_row_group()?;
        wide(&mut out, &mut group.lines)?;
        wide(&mut out, &mut group.times)?;
        narrow(&mut out, &mut group.mmsis, None)?;
        for Optional { there, values } in &mut group.optional {
            narrow(&mut out, values, Some(there))?;
        }
        narrow(&mut out, &mut group.receptions, None)?;
        narrow(&mut out, &mut group.ships, None)?;
        out.close()?;
        Ok(())
    }

    /// Ends the file; returns how many rows it has, and what it was written to.
    ///
    /// # Errors
    /// As the writer says.
    pub fn finish(mut self) -> Result<(u64, W), ColumnsError> {
        self.flush()?;
        Ok((self.rows, self.file.into_inner()?))
    }
}

type Out<'f, W> = SerializedRowGroupWriter<'f, W>;

fn missing() -> ParquetError {
    ParquetError::General("a column is missing".to_owned())
}

/// Writes a column of 64 bits and empties it.
fn wide<W: Write + Send>(out: &mut Out<'_, W>, values: &mut Vec<i64>) -> Result<(), ColumnsError> {
    let mut column = out.next_column()?.ok_or_else(missing)?;
    column
        .typed::<Int64Type>()
        .write_batch(values, None, None)?;
    column.close()?;
    values.clear();
    Ok(())
}

/// Writes a column of 32 bits and empties it; `there` has a 1 for each value that is not missing.
fn narrow<W: Write + Send>(
    out: &mut Out<'_, W>,
    values: &mut Vec<i32>,
    there: Option<&mut Vec<i16>>,
) -> Result<(), ColumnsError> {
    let mut column = out.next_column()?.ok_or_else(missing)?;
    let levels = there.as_ref().map(|there| there.as_slice());
    column
        .typed::<Int32Type>()
        .write_batch(values, levels, None)?;
    column.close()?;
    values.clear();
    if let Some(there) = there {
        there.clear();
    }
    Ok(())
}
