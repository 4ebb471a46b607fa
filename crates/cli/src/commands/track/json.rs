//! What was read and derived as JSON. Shapes are documented in `docs/CLI.md`.

use std::collections::BTreeMap;

use seaproof_ais::analysis::{
    Anomaly, AnomalyKind, Encounter, Fix, Gap, Heard, IdentityClaim, NearPort, PortRef, PortVisit,
    VesselAnalysis,
};
use seaproof_ais::report::Kind;
use seaproof_ais::sink::Counts;
use seaproof_ais::track::ReceiverCount;
use seaproof_ais::units::{Mmsi, Place};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::Found;
use super::units::{degrees, knots, time};

/// All of it. Each vessel and each encounter is made when it is written: there may be as many as memory holds.
pub struct All<'f>(pub &'f Found);

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let found = self.0;
        let files: Vec<Value> = (found.files.iter())
            .map(|file| {
                json!({
                    "name": file.name, "format": file.format, "compression": file.compression,
                    "lines": lines(&file.counts), "flags": flags(&file.counts),
                    "untimed": file.counts.untimed,
                })
            })
            .collect();
        let analysis = &found.analysis;
        // By name, as in all JSON that is printed.
        let mut all = to.serialize_map(None)?;
        all.serialize_entry("basis", super::BASIS)?;
        let encounters = Each(|| found.encounters().map(encounter));
        all.serialize_entry("encounters", &encounters)?;
        all.serialize_entry("encounters_not_compared", &analysis.crowded)?;
        all.serialize_entry("files", &files)?;
        all.serialize_entry("flags", &flags(&found.counts))?;
        all.serialize_entry("lines", &lines(&found.counts))?;
        all.serialize_entry("messages", &messages(&found.counts))?;
        all.serialize_entry("thresholds", &json!(analysis.thresholds))?;
        all.serialize_entry("until", &analysis.until.map(time))?;
        all.serialize_entry("untimed", &found.counts.untimed)?;
        let vessels = Each(|| found.vessels().map(|one| vessel(found, one)));
        all.serialize_entry("vessels", &vessels)?;
        all.serialize_entry("vessels_left_out", &analysis.vessels_left_out)?;
        all.end()
    }
}

/// A list whose items are made one by one.
struct Each<F>(F);

impl<I: Iterator<Item: Serialize>, F: Fn() -> I> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq((self.0)())
    }
}

pub fn lines(counts: &Counts) -> Value {
    let refused: BTreeMap<&str, u64> = (counts.refused.iter())
        .map(|(reason, n)| (reason.code(), *n))
        .collect();
    json!({
        "total": counts.total, "decoded": counts.decoded, "duplicate": counts.duplicate,
        "fragment": counts.fragment, "refused": refused,
    })
}

pub fn flags(counts: &Counts) -> Value {
    let flags: BTreeMap<&str, u64> = (counts.flagged.iter())
        .map(|(flag, n)| (flag.code(), *n))
        .collect();
    json!(flags)
}

/// By type in its order; rows of a table, which do not say their type, as `row`.
fn messages(counts: &Counts) -> Value {
    let mut object = Map::new();
    for (kind, n) in &counts.messages {
        object.insert(kind_name(*kind), (*n).into());
    }
    object.into()
}

pub fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::Message(number) => number.to_string(),
        Kind::Row | Kind::ShipRow | Kind::OtherRow => "row".to_owned(),
    }
}

/// One vessel, by name too. Its lists may be long themselves.
#[derive(Serialize)]
struct Vessel<'f, A: Serialize, G: Serialize, I: Serialize, P: Serialize> {
    anomalies: A,
    claims_left_out: u64,
    first: Option<String>,
    gaps: G,
    identity: I,
    imo: Option<u32>,
    improbable: u64,
    last: Option<String>,
    left_out: u64,
    mmsi: Mmsi,
    names: Vec<&'f str>,
    not_of_ship: u64,
    not_told: u64,
    port_visits: P,
    positions: u64,
    receivers: &'f [ReceiverCount],
    ships: u32,
}

fn vessel<'f>(found: &'f Found, vessel: &'f VesselAnalysis) -> impl Serialize + 'f {
    Vessel {
        anomalies: Each(|| vessel.anomalies.iter().map(anomaly)),
        claims_left_out: vessel.claims_left_out,
        first: vessel.first.map(|heard| time(heard.time)),
        gaps: Each(|| vessel.gaps.iter().map(gap)),
        identity: Each(|| vessel.claims.iter().map(claim)),
        imo: found.imo(vessel),
        improbable: vessel.improbable,
        last: vessel.last.map(|heard| time(heard.time)),
        left_out: vessel.left_out,
        mmsi: vessel.mmsi,
        names: found.names(vessel),
        not_of_ship: vessel.not_of_ship,
        not_told: vessel.not_told,
        port_visits: Each(|| vessel.port_visits.iter().map(visit)),
        positions: found.positions(vessel),
        receivers: &vessel.receivers,
        ships: vessel.ships,
    }
}

fn claim(claim: &IdentityClaim) -> Value {
    json!({
        "field": claim.field, "value": claim.value, "first": heard(claim.first),
        "last": heard(claim.last), "count": claim.count, "plausible": claim.plausible,
    })
}

fn heard(heard: Heard) -> Value {
    json!({"time": time(heard.time), "file": heard.at.source, "line": heard.at.line})
}

fn fix(fix: Fix) -> Value {
    json!({
        "time": time(fix.time), "file": fix.at.source, "line": fix.at.line,
        "lat": degrees(fix.place.lat), "lon": degrees(fix.place.lon),
    })
}

fn place(place: Place) -> Value {
    json!({"lat": degrees(place.lat), "lon": degrees(place.lon)})
}

fn port(port: &PortRef) -> Value {
    json!({
        "name": port.name, "locode": port.locode, "row": port.row,
        "lat": degrees(port.place.lat), "lon": degrees(port.place.lon),
    })
}

fn near(near: &NearPort) -> Value {
    let mut near_port = port(&near.port);
    near_port["distance_metres"] = near.distance.0.into();
    near_port
}

pub fn gap(gap: &Gap) -> Value {
    json!({
        "start": time(gap.start.time),
        "end": gap.end.map(|end| time(end.time)),
        "seconds": gap.until.since(gap.start.time) / 1000,
        "implied_knots": gap.implied.map(knots),
        "open": gap.end.is_none(),
        "until": time(gap.until),
        "until_at": heard(Heard { time: gap.until, at: gap.until_at }),
        "start_at": heard(gap.start),
        "end_at": gap.end.map(heard),
        "from": gap.from.map(fix),
        "to": gap.to.map(fix),
        "positions_before": gap.positions_before,
        "distance_metres": gap.distance.map(|distance| distance.0),
        "shore_metres": gap.shore.map(|distance| distance.0),
        "port": gap.port.as_ref().map(near),
        "coverage": gap.coverage,
    })
}

pub fn visit(visit: &PortVisit) -> Value {
    json!({
        "port": port(&visit.port),
        "start": time(visit.first.time),
        "end": time(visit.last.time),
        "entered": visit.entered,
        "left": visit.left,
        "confidence": visit.confidence,
        "stop": visit.stop.map(|(from, to)| json!({"from": fix(from), "to": fix(to)})),
        "silence": visit.silence.map(|(from, to)| json!({"from": heard(from), "to": heard(to)})),
        "silence_out": (visit.silence_out)
            .map(|(from, to)| json!({"from": heard(from), "to": heard(to)})),
        "ship": visit.ship,
        "first": fix(visit.first),
        "last": fix(visit.last),
    })
}

pub fn anomaly(anomaly: &Anomaly) -> Value {
    let mut told = match &anomaly.what {
        AnomalyKind::Loitering {
            mean,
            place: at,
            shore,
        } => json!({
            "kind": "loitering", "mean_knots": knots(*mean), "place": place(*at),
            "shore_metres": shore.map(|shore| shore.0),
        }),
        AnomalyKind::Drift {
            distance,
            place: at,
        } => json!({
            "kind": "drift", "distance_metres": distance.0, "place": place(*at),
        }),
        AnomalyKind::SuddenStop {
            from,
            to,
            place: at,
        } => json!({
            "kind": "sudden-stop", "from_knots": knots(*from), "to_knots": knots(*to),
            "place": place(*at),
        }),
        AnomalyKind::DraughtChange {
            before,
            after,
            least,
            length,
            port_visit,
            gap,
        } => json!({
            "kind": "draught-change", "before_metres": f64::from(*before) / 10.0,
            "after_metres": f64::from(*after) / 10.0, "port_visit": port_visit, "gap": gap,
            "threshold_metres": f64::from(*least) / 10.0, "length_metres": length,
        }),
        AnomalyKind::Jump {
            from,
            to,
            distance,
            implied,
        } => json!({
            "kind": "jump", "from": place(*from), "to": place(*to),
            "distance_metres": distance.0, "implied_knots": implied.map(knots),
        }),
        AnomalyKind::Clone { apart, changes } => json!({
            "kind": "clone", "apart_metres": apart.0, "changes": changes,
        }),
        AnomalyKind::ImplausibleReappearance {
            distance,
            reachable,
        } => json!({
            "kind": "implausible-reappearance", "distance_metres": distance.0,
            "reachable_metres": reachable.0,
        }),
        AnomalyKind::IdentityChange {
            field,
            before,
            after,
            before_given,
            after_given,
        } => json!({
            "kind": "identity-change", "field": field, "before": before, "after": after,
            "before_first": time(before_given.0), "before_last": time(before_given.1),
            "after_first": time(after_given.0), "after_last": time(after_given.1),
        }),
    };
    told["ship"] = anomaly.ship.into();
    told["start"] = time(anomaly.start).into();
    told["end"] = time(anomaly.end).into();
    let rests: Vec<Value> = anomaly.rests_on.iter().copied().map(heard).collect();
    told["rests_on"] = rests.into();
    told
}

pub fn encounter(encounter: &Encounter) -> Value {
    let fixes = |(first, last): (Fix, Fix)| json!([fix(first), fix(last)]);
    json!({
        "mmsis": [encounter.a, encounter.b],
        "ships": encounter.ships,
        "start": time(encounter.start),
        "end": time(encounter.end),
        "seconds": encounter.end.since(encounter.start) / 1000,
        "closest_metres": encounter.closest.0,
        "place": place(encounter.place),
        "port": encounter.port.as_ref().map(near),
        "rests_on": [fixes(encounter.a_fixes), fixes(encounter.b_fixes)],
    })
}
