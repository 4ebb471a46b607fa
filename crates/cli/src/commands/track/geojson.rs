//! Tracks, gaps, visits and encounters as GeoJSON (RFC 7946): longitude first, lines cut at the antimeridian.

use seaproof_ais::analysis::{AnomalyKind, VesselAnalysis};
use seaproof_ais::collect::CollectError;
use seaproof_ais::track::Point;
use seaproof_ais::units::{PER_DEGREE, Place, Time};
use serde_json::{Value, json};

use super::units::{degrees, time};
use super::{Found, json};
use crate::error::{Error, Result};
use crate::output::Out;

/// Half the way round.
const HALF: i64 = 180 * PER_DEGREE as i64;

/// Positions of one line; longer ones go on in another.
const LINE: usize = 1 << 16;

pub fn write(out: &mut Out, found: &mut Found) -> Result<()> {
    out.line("{\"type\":\"FeatureCollection\",\"features\":[")?;
    let mut features = Features { out, first: true };
    let longest = i64::from(found.analysis.thresholds.gap_seconds).saturating_mul(1000);
    let (tracks, wanted) = (&mut found.tracks, &found.wanted);
    tracks.walk(|vessel| -> Result<(), Stopped> {
        let mmsi = vessel.mmsi();
        if !wanted.is_empty() && !wanted.contains(&mmsi) {
            return Ok(());
        }
        let mut lines: Vec<Line> = Vec::new();
        for point in vessel.by_ref() {
            let Some(place) = point.report.place else {
                continue;
            };
            let index = match lines.iter().position(|line| line.ship == point.ship) {
                Some(index) => index,
                None => {
                    // Strays of a clone are ships of their own: each line ends when too many are open.
                    if lines.len() >= 64 {
                        lines.remove(0).end(mmsi.0, &mut features)?;
                    }
                    lines.push(Line::new(point.ship));
                    lines.len() - 1
                }
            };
            if let Some(line) = lines.get_mut(index) {
                line.push(&point, place, longest, mmsi.0, &mut features)?;
            }
        }
        for mut line in lines {
            line.end(mmsi.0, &mut features)?;
        }
        Ok(())
    })?;
    for vessel in found.vessels() {
        derived(vessel, &mut features)?;
    }
    for encounter in found.encounters() {
        let place = encounter.place;
        features.put("encounter", &point(place), json::encounter(encounter))?;
    }
    out.line("]}")
}

/// Why a walk stopped.
enum Stopped {
    Here(Error),
    There(CollectError),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

impl From<CollectError> for Stopped {
    fn from(error: CollectError) -> Self {
        Self::There(error)
    }
}

impl From<Stopped> for Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Here(error) => error,
            Stopped::There(error) => error.into(),
        }
    }
}

struct Features<'o> {
    out: &'o mut Out,
    first: bool,
}

impl Features<'_> {
    fn put(&mut self, what: &str, geometry: &Value, mut properties: Value) -> Result<()> {
        properties["what"] = what.into();
        let feature = json!({"type": "Feature", "geometry": geometry, "properties": properties});
        if !std::mem::take(&mut self.first) {
            self.out.text(",\n")?;
        }
        self.out.json_text(&feature)
    }
}

/// A ship's track as far as it goes without a gap.
struct Line {
    ship: u32,
    places: Vec<Place>,
    /// How many of the places were received, each counted once: where a line is cut or goes on, it has others.
    received: u64,
    first: (Time, u64),
    last: (Time, u64),
}

impl Line {
    const fn new(ship: u32) -> Self {
        Self {
            ship,
            places: Vec::new(),
            received: 0,
            first: (Time(0), 0),
            last: (Time(0), 0),
        }
    }

    fn push(
        &mut self,
        point: &Point,
        place: Place,
        longest: i64,
        mmsi: u32,
        features: &mut Features<'_>,
    ) -> Result<()> {
        let now = (point.report.time, point.report.at.line);
        if let Some(before) = self.places.last().copied() {
            let full = self.places.len() >= LINE;
            if now.0.since(self.last.0) >= longest {
                self.end(mmsi, features)?;
            } else if let Some((out, back)) = crossing(before, place) {
                self.places.push(out);
                self.end(mmsi, features)?;
                self.begin(back, now);
            } else if full {
                self.end(mmsi, features)?;
                self.begin(before, self.last);
            }
        }
        if self.places.is_empty() {
            self.begin(place, now);
        } else {
            self.places.push(place);
        }
        self.received += 1;
        self.last = now;
        Ok(())
    }

    fn begin(&mut self, place: Place, at: (Time, u64)) {
        self.places.push(place);
        self.first = at;
    }

    fn end(&mut self, mmsi: u32, features: &mut Features<'_>) -> Result<()> {
        let places = std::mem::take(&mut self.places);
        let received = std::mem::take(&mut self.received);
        let geometry = match places[..] {
            [] => return Ok(()),
            [only] => point(only),
            _ => {
                let line: Vec<[f64; 2]> = places.iter().copied().map(lon_lat).collect();
                json!({"type": "LineString", "coordinates": line})
            }
        };
        let properties = json!({
            "mmsi": mmsi, "ship": self.ship, "positions": received,
            "start": time(self.first.0), "end": time(self.last.0),
            "first_line": self.first.1, "last_line": self.last.1,
        });
        features.put("track", &geometry, properties)
    }
}

fn lon_lat(place: Place) -> [f64; 2] {
    [degrees(place.lon), degrees(place.lat)]
}

fn point(place: Place) -> Value {
    json!({"type": "Point", "coordinates": lon_lat(place)})
}

/// Where the short way from one place to the other leaves one side of the antimeridian and where it goes on
/// on the other; `None` if it does not cross it.
fn crossing(from: Place, to: Place) -> Option<(Place, Place)> {
    let east = i64::from(from.lon);
    let turn = i64::from(to.lon) - east;
    if turn.abs() <= HALF {
        return None;
    }
    // Westward over it if the numbers rise, eastward if they fall.
    let (edge, way) = match turn > 0 {
        true => (-HALF, turn - 2 * HALF),
        false => (HALF, turn + 2 * HALF),
    };
    let rise = i64::from(to.lat) - i64::from(from.lat);
    let part = (edge - east)
        .checked_mul(rise)?
        .checked_div(way)
        .unwrap_or(0);
    let lat = i32::try_from(i64::from(from.lat) + part).ok()?;
    let edge = i32::try_from(edge).ok()?;
    Place::new(lat, edge).zip(Place::new(lat, -edge))
}

fn derived(vessel: &VesselAnalysis, features: &mut Features<'_>) -> Result<()> {
    let mmsi = vessel.mmsi.0;
    let of = |mut properties: Value| {
        properties["mmsi"] = mmsi.into();
        properties
    };
    for gap in &vessel.gaps {
        let ends = (gap.from.map(|fix| fix.place), gap.to.map(|fix| fix.place));
        let geometry = match ends {
            (Some(from), Some(to)) => between(from, to),
            (Some(place), None) | (None, Some(place)) => point(place),
            (None, None) => Value::Null,
        };
        features.put("gap", &geometry, of(json::gap(gap)))?;
    }
    for visit in &vessel.port_visits {
        let geometry = point(visit.first.place);
        features.put("port-visit", &geometry, of(json::visit(visit)))?;
    }
    for anomaly in &vessel.anomalies {
        let geometry = match &anomaly.what {
            AnomalyKind::Loitering { place, .. }
            | AnomalyKind::Drift { place, .. }
            | AnomalyKind::SuddenStop { place, .. } => point(*place),
            AnomalyKind::Jump { from, to, .. } => between(*from, *to),
            AnomalyKind::DraughtChange { .. }
            | AnomalyKind::Clone { .. }
            | AnomalyKind::ImplausibleReappearance { .. }
            | AnomalyKind::IdentityChange { .. } => Value::Null,
        };
        features.put("anomaly", &geometry, of(json::anomaly(anomaly)))?;
    }
    Ok(())
}

/// The straight line between two places, which no vessel need have taken.
fn between(from: Place, to: Place) -> Value {
    match crossing(from, to) {
        None => json!({"type": "LineString", "coordinates": [lon_lat(from), lon_lat(to)]}),
        Some((out, back)) => json!({"type": "MultiLineString", "coordinates": [
            [lon_lat(from), lon_lat(out)], [lon_lat(back), lon_lat(to)],
        ]}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: i32, lon: i32) -> Place {
        Place::new(lat * PER_DEGREE, lon * PER_DEGREE).unwrap()
    }

    #[test]
    fn a_line_over_the_antimeridian_is_cut_there() {
        assert_eq!(crossing(at(10, 170), at(20, 179)), None);
        assert_eq!(crossing(at(10, -90), at(20, 90)), None);
        let (out, back) = crossing(at(10, 178), at(20, -177)).unwrap();
        assert_eq!((out, back), (at(14, 180), at(14, -180)));
        let (out, back) = crossing(at(20, -177), at(10, 178)).unwrap();
        assert_eq!((out, back), (at(14, -180), at(14, 180)));
        // From the edge itself.
        assert_eq!(
            crossing(at(0, 180), at(1, -179)),
            Some((at(0, 180), at(0, -180)))
        );
        assert_eq!(
            crossing(at(0, 180), at(1, -180)),
            Some((at(0, 180), at(0, -180)))
        );
    }
}
