//! A shoreline as lines on the Earth, and how far a place is from the nearest.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use thiserror::Error;

use crate::geodesy::{between, distance, in_space, turn};
use crate::space::{Points, square_between};
use crate::units::{Metres, PER_DEGREE, Place};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 256 << 20;
/// Into how many pieces of at most a quarter of a degree the lines may fall.
pub const MAX_PIECES: usize = 2_000_000;
/// Longer segments are cut, in units of a [`Place`].
const PIECE: u32 = PER_DEGREE.unsigned_abs() / 4;

/// Lines of a coast. On which side the land lies is not known, so a place on land has a distance too.
#[derive(Debug, Clone)]
pub struct Shoreline {
    pieces: Vec<(Place, Place)>,
    middles: Points,
    /// No point of a piece is farther from its middle.
    reach: f64,
}

/// Why a file is no shoreline.
#[derive(Debug, Error)]
pub enum ShoreError {
    /// It is too large.
    #[error("the shoreline has {bytes} bytes; at most {MAX_BYTES} are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is no GeoJSON.
    #[error("the shoreline is not GeoJSON that can be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It has too many lines.
    #[error(
        "the shoreline falls into more than {MAX_PIECES} pieces of a quarter of a degree: take a coarser one"
    )]
    TooManyPieces,
    /// It has no line.
    #[error(
        "the shoreline holds no line: LineString, MultiLineString, Polygon and MultiPolygon are read, alone or in features"
    )]
    Empty,
}

impl Shoreline {
    /// Reads GeoJSON: a geometry, a feature, or a collection of them. Lines and polygons' rings are taken, points are
    /// not. A segment is straight in latitude and longitude and goes the short way round.
    pub fn read(bytes: &[u8]) -> Result<Self, ShoreError> {
        if bytes.len() > MAX_BYTES {
            return Err(ShoreError::TooLarge { bytes: bytes.len() });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let object: Object = serde_json::from_slice(bytes)?;
        let mut pieces = Vec::new();
        object.cut(&mut pieces)?;
        if pieces.is_empty() {
            return Err(ShoreError::Empty);
        }
        let mut reach = 0.0;
        for (a, b) in &pieces {
            let middle = in_space(between(*a, *b, 1, 2));
            for end in [a, b] {
                let square = square_between(&middle, &in_space(*end));
                if square > reach {
                    reach = square;
                }
            }
        }
        Ok(Self {
            middles: Points::of(pieces.iter().map(|(a, b)| between(*a, *b, 1, 2))),
            // Rounding of the middles, and of lines that are not straight in space.
            reach: reach.sqrt() + 50.0,
            pieces,
        })
    }

    /// Into how many pieces the lines were cut.
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// How far the nearest line is.
    pub fn distance(&self, place: Place) -> Metres {
        let mut best = Metres(u32::MAX);
        let here = in_space(place);
        self.middles.near(place, f64::from(u32::MAX), &mut |n, _| {
            if let Some((a, b)) = self.pieces.get(n as usize) {
                let far = distance(place, foot(&here, *a, *b));
                if far < best {
                    best = far;
                }
            }
            f64::from(best.0) + 1.0 + self.reach
        });
        best
    }
}

/// The place of a piece that is nearest: by a straight line in space, then again on ever shorter parts around it, since
/// a line straight in latitude and longitude is not quite straight in space.
fn foot(here: &[f64; 3], a: Place, b: Place) -> Place {
    const WHOLE: i64 = 1 << 20;
    let (mut low, mut high) = (0, WHOLE);
    for width in [WHOLE / 64, WHOLE / 2_048, 0] {
        let [ax, ay, az] = in_space(between(a, b, low, WHOLE));
        let [bx, by, bz] = in_space(between(a, b, high, WHOLE));
        let [x, y, z] = *here;
        let (dx, dy, dz) = (bx - ax, by - ay, bz - az);
        let square = dx * dx + dy * dy + dz * dz;
        let along = dx * (x - ax) + dy * (y - ay) + dz * (z - az);
        let share = if square > 0.0 { along / square } else { 0.0 };
        let share = if share > 1.0 { 1.0 } else { share };
        let share = if share > 0.0 { share } else { 0.0 };
        let at = low + (share * (high - low) as f64) as i64;
        (low, high) = ((at - width).max(0), (at + width).min(WHOLE));
    }
    between(a, b, low, WHOLE)
}

/// Any object of GeoJSON, as far as it matters here.
#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    features: Vec<Object>,
    #[serde(default)]
    geometry: Option<Box<Object>>,
    #[serde(default)]
    geometries: Vec<Object>,
    #[serde(default)]
    coordinates: Option<Coordinates>,
}

impl Object {
    fn cut(&self, pieces: &mut Vec<(Place, Place)>) -> Result<(), ShoreError> {
        for object in self.features.iter().chain(&self.geometries) {
            object.cut(pieces)?;
        }
        if let Some(geometry) = &self.geometry {
            geometry.cut(pieces)?;
        }
        let lines = matches!(
            self.kind.as_str(),
            "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon"
        );
        let Some(coordinates) = self.coordinates.as_ref().filter(|_| lines) else {
            return Ok(());
        };
        for line in &coordinates.lines {
            for (a, b) in line.iter().zip(line.iter().skip(1)) {
                let span = a.lat.abs_diff(b.lat).max(turn(a.lon, b.lon).unsigned_abs());
                let parts = span.div_ceil(PIECE).max(1);
                if pieces.len().saturating_add(parts as usize) > MAX_PIECES {
                    return Err(ShoreError::TooManyPieces);
                }
                let (parts, mut from) = (i64::from(parts), *a);
                for part in 1..=parts {
                    let to = between(*a, *b, part, parts);
                    pieces.push((from, to));
                    from = to;
                }
            }
        }
        Ok(())
    }
}

/// Coordinates nested to any depth, as the lines they hold. An array of numbers is a position, one of positions a line.
#[derive(Default)]
struct Coordinates {
    position: Option<Place>,
    lines: Vec<Vec<Place>>,
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Array)
    }
}

struct Array;

impl<'de> Visitor<'de> for Array {
    type Value = Coordinates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Coordinates, S::Error> {
        let mut found = Coordinates::default();
        let mut numbers = 0u32;
        let (mut lon, mut lat) = (0.0, 0.0);
        let mut line = Vec::new();
        while let Some(element) = seq.next_element::<Element>()? {
            match element {
                Element::Number(number) => {
                    match numbers {
                        0 => lon = number,
                        1 => lat = number,
                        _ => {}
                    }
                    numbers = numbers.saturating_add(1);
                }
                Element::Nested(nested) => {
                    if let Some(place) = nested.position {
                        line.push(place);
                    }
                    found.lines.extend(nested.lines);
                }
            }
        }
        if numbers > 0 {
            if numbers == 1 || !line.is_empty() || !found.lines.is_empty() {
                return Err(S::Error::custom(
                    "a position is an array of two or three numbers",
                ));
            }
            let place = units(lat, 90).zip(units(lon, 180));
            let place = place.and_then(|(lat, lon)| Place::new(lat, lon));
            found.position = Some(place.ok_or_else(|| {
                S::Error::custom("a position's longitude or latitude is none on Earth")
            })?);
        }
        if !line.is_empty() {
            found.lines.push(line);
        }
        Ok(found)
    }
}

enum Element {
    Number(f64),
    Nested(Coordinates),
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Element;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or an array of coordinates")
            }
            fn visit_f64<E>(self, number: f64) -> Result<Element, E> {
                Ok(Element::Number(number))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Element, E> {
                Ok(Element::Number(number as f64))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Element, E> {
                Ok(Element::Number(number as f64))
            }
            fn visit_seq<S: SeqAccess<'de>>(self, seq: S) -> Result<Element, S::Error> {
                Array.visit_seq(seq).map(Element::Nested)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Degrees in units of a [`Place`], rounded half up. A millionth of a degree beyond the end is taken for the end: files
/// say 180.00000000000014.
fn units(degrees: f64, limit: i32) -> Option<i32> {
    let most = f64::from(limit) + 1e-6;
    let units = (degrees * f64::from(PER_DEGREE) + 0.5).floor() as i32;
    let limit = limit * PER_DEGREE;
    (degrees >= -most && degrees <= most).then(|| units.clamp(-limit, limit))
}
