//! Tracks by hand, on a flat bit of sea at 0° N 0° E, in metres and seconds.

use seaproof_ais::analyse::analyse;
use seaproof_ais::analysis::{Analysis, AnomalyKind, VesselAnalysis};
use seaproof_ais::collect::{Collector, Settings, Tracks};
use seaproof_ais::ports::Gazetteer;
use seaproof_ais::report::{Kind, LineRef};
use seaproof_ais::shore::Shoreline;
use seaproof_ais::sink::{RawPosition, Reception, ReportFields, Sink};
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Mmsi, Place, TenthKnots, Time};

pub const HOUR: i64 = 3_600;
/// 2024-03-06T00:00:00Z.
pub const START: i64 = 1_709_683_200;

/// What one MMSI says at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub mmsi: u32,
    pub ms: i64,
    pub kind: Kind,
    pub fields: ReportFields,
}

/// Metres north and east of 0° N 0° E.
pub fn at(north: i64, east: i64) -> Place {
    let lat = i32::try_from(north * 6_000_000 / 1_105_743).unwrap();
    let lon = i32::try_from(east * 6_000_000 / 1_113_195).unwrap();
    Place::new(lat, lon).unwrap()
}

/// A position, seconds after the start.
pub fn position(mmsi: u32, seconds: i64, place: Place, tenth_knots: u32) -> Said {
    let fields = ReportFields {
        place: Some(place),
        sog: Some(TenthKnots(tenth_knots)),
        ..ReportFields::default()
    };
    Said {
        mmsi,
        ms: (START + seconds) * 1_000,
        kind: Kind::Message(1),
        fields,
    }
}

/// A static report, with a draught or without.
pub fn static_report(mmsi: u32, seconds: i64, draught: Option<u8>) -> Said {
    let fields = ReportFields {
        draught,
        ..ReportFields::default()
    };
    Said {
        mmsi,
        ms: (START + seconds) * 1_000,
        kind: Kind::Message(5),
        fields,
    }
}

/// A position every so many seconds, on the spot.
pub fn stay(
    mmsi: u32,
    from: i64,
    to: i64,
    every: i64,
    place: Place,
    tenth_knots: u32,
) -> Vec<Said> {
    (from..=to)
        .step_by(usize::try_from(every).unwrap())
        .map(|seconds| position(mmsi, seconds, place, tenth_knots))
        .collect()
}

pub fn collector(thresholds: &Thresholds) -> Collector {
    Collector::new(Settings::new(std::env::temp_dir(), thresholds))
}

/// Collected; the line of each is its place in the slice.
pub fn tracks(said: &[Said], thresholds: &Thresholds) -> Tracks {
    let lines: Vec<(u64, Said)> = (1..).zip(said.iter().copied()).collect();
    numbered(&lines, thresholds)
}

/// Collected, with lines.
pub fn numbered(said: &[(u64, Said)], thresholds: &Thresholds) -> Tracks {
    let mut collector = collector(thresholds);
    for (line, said) in said {
        collector.heard(&Reception {
            at: LineRef::new(0, *line),
            time: Some(Time(said.ms)),
            receiver: None,
            // Spread over all bits, as a hash is.
            payload: line.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            mmsi: Mmsi(said.mmsi),
            kind: said.kind,
            position: RawPosition::default(),
            report: said.fields,
            identity: None,
        });
    }
    collector.finish().unwrap()
}

/// Analysed with ports and a shore.
pub fn all(
    said: &[Said],
    thresholds: &Thresholds,
    ports: Option<&Gazetteer>,
    shore: Option<&Shoreline>,
) -> Analysis {
    analyse(&mut tracks(said, thresholds), thresholds, ports, shore).unwrap()
}

/// Analysed with the defaults and the port at 0° N 0° E.
pub fn usual(said: &[Said]) -> Analysis {
    all(said, &Thresholds::default(), Some(&port()), None)
}

/// The vessel of an analysis.
pub fn of(analysis: &Analysis, mmsi: u32) -> &VesselAnalysis {
    let vessel = analysis
        .vessels
        .iter()
        .find(|vessel| vessel.mmsi == Mmsi(mmsi));
    vessel.unwrap()
}

/// The kinds of anomaly of a vessel.
pub fn kinds(analysis: &Analysis, mmsi: u32) -> Vec<AnomalyKind> {
    let anomalies = &of(analysis, mmsi).anomalies;
    anomalies
        .iter()
        .map(|anomaly| anomaly.what.clone())
        .collect()
}

/// One port, at 0° N 0° E.
pub fn port() -> Gazetteer {
    Gazetteer::read(b"Main Port Name,UN/LOCODE,Latitude,Longitude\nNull,XX NUL,0,0\n").unwrap()
}

/// A coast along the equator, from 10° W to 10° E.
pub fn coast() -> Shoreline {
    Shoreline::read(br#"{"type":"LineString","coordinates":[[-10,0],[10,0]]}"#).unwrap()
}
