//! What held AIS tracks mean in a case, on hand-made readings: each rule where it fires, and beside it where it must
//! not.

use proptest::prelude::*;
use seaproof_ais::analysis::{
    Analysis, Anomaly, AnomalyKind, Coverage, CoverageBasis, Encounter, Fix, Gap, Heard,
    IdentityClaim, IdentityField, NearPort, PortRef, PortVisit, Unplaced, VesselAnalysis,
};
use seaproof_ais::report::LineRef;
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Metres, Mmsi, Place, TenthKnots, Time};
use seaproof_evidence::{EntryIndex, ExhibitHash};
use seaproof_replay::tracks::{Readings, Unread};
use seaproof_replay::{Finding, Lens, View, Without};
use serde_json::{Value, json};

use crate::common::{By, Log, told, when};

const SHIP: u32 = 445_123_000;
const OTHER: u32 = 445_999_000;
/// 2024-03-08T02:00:00Z.
const EIGHTH: i64 = 1_709_863_200_000;
const HOUR: i64 = 3_600_000;

fn file(name: &str) -> ExhibitHash {
    let mut hash = [0; 32];
    hash[..name.len()].copy_from_slice(name.as_bytes());
    ExhibitHash(hash)
}

fn time(hours: i64) -> Time {
    Time(EIGHTH + hours * HOUR)
}

fn heard(hours: i64, line: u64) -> Heard {
    let at = LineRef::new(0, line);
    Heard {
        time: time(hours),
        at,
    }
}

fn fix(hours: i64, line: u64) -> Fix {
    let Heard { time, at } = heard(hours, line);
    let place = Place::new(25_650_000, 79_849_800).unwrap();
    Fix { time, at, place }
}

fn vostochny() -> PortRef {
    PortRef {
        row: 7,
        name: "Vostochnyy".into(),
        locode: Some("RUVYP".into()),
        place: Place::new(25_650_000, 79_849_800).unwrap(),
    }
}

/// A silence from hour 0 to hour 33.
fn gap() -> Gap {
    Gap {
        start: heard(0, 12),
        end: Some(heard(33, 13)),
        until: time(33),
        until_at: heard(33, 13).at,
        from: Some(fix(0, 12)),
        to: Some(fix(33, 13)),
        positions_before: 144,
        distance: Some(Metres(290_040)),
        implied: Some(TenthKnots(47)),
        shore: None,
        port: None,
        coverage: Coverage {
            basis: CoverageBasis::OthersHeard,
            hours: 33,
            hours_heard: 20,
            step_hours: 1,
        },
    }
}

/// Heard from ten hours before to fifty hours after.
fn vessel(mmsi: u32) -> VesselAnalysis {
    VesselAnalysis {
        mmsi: Mmsi(mmsi),
        positions: 200,
        first: Some(heard(-10, 1)),
        last: Some(heard(50, 30)),
        improbable: 0,
        claims: Vec::new(),
        receivers: Vec::new(),
        ships: 1,
        gaps: Vec::new(),
        unplaced: Vec::new(),
        port_visits: Vec::new(),
        anomalies: Vec::new(),
        left_out: 0,
        claims_left_out: 0,
        not_told: 0,
        not_of_ship: 0,
    }
}

fn dark() -> VesselAnalysis {
    VesselAnalysis {
        gaps: vec![gap()],
        ..vessel(SHIP)
    }
}

fn visit(from: i64, to: i64) -> PortVisit {
    PortVisit {
        port: vostochny(),
        ship: 0,
        first: fix(from, 15),
        last: fix(to, 16),
        entered: true,
        left: true,
        stop: None,
        silence: None,
        silence_out: None,
        confidence: 1,
    }
}

fn imo(value: &str, from: i64, to: i64, plausible: bool) -> IdentityClaim {
    IdentityClaim {
        field: IdentityField::Imo,
        value: value.into(),
        first: heard(from, 2),
        last: heard(to, 29),
        count: 5,
        plausible,
    }
}

fn anomaly(what: AnomalyKind) -> Anomaly {
    Anomaly {
        start: time(0),
        end: time(33),
        ship: None,
        what,
        rests_on: vec![heard(0, 12), heard(33, 13)],
    }
}

fn readings(vessels: Vec<VesselAnalysis>) -> Readings {
    Readings {
        sources: vec![file("track")],
        analyses: vec![Analysis {
            until: Some(time(50)),
            vessels,
            ..Analysis::default()
        }],
        ..Readings::default()
    }
}

fn with_ports(mut readings: Readings) -> Readings {
    readings.gazetteer = Some(file("ports"));
    readings.ports.insert("RUVYP".into(), vec![vostochny()]);
    readings
}

fn say(log: &mut Log, label: &str, event: Value) -> u64 {
    let basis = json!([{"cited": "a source"}]);
    log.record(By::Ann, label, told(event, "reported", json!({}), basis))
}

fn held_track(log: &mut Log, label: &str, name: &str) {
    let event = json!({"kind": "ais-track", "mmsi": format!("{SHIP:09}"), "supplied_by": "a provider",
        "receiver": "terrestrial", "hold": {"held": [{"file": format!("@@{name}"), "form": "original"}]}});
    log.record(By::Ann, label, event);
}

/// `ship` with its MMSI, and a track of it that is held.
fn case() -> Log {
    let mut log = Log::new();
    say(
        &mut log,
        "ship",
        json!({"kind": "vessel", "names": [{"latin": "Example"}], "mmsi": "445123000", "imo": "8691702"}),
    );
    held_track(&mut log, "track", "track");
    let gazetteer = json!({"kind": "gazetteer", "what": "ports", "title": "World Port Index",
        "hold": {"held": [{"file": "@@ports", "form": "original"}]}});
    log.record(By::Ann, "ports", gazetteer);
    log
}

fn sighting(log: &mut Log, edtf: &str, zone: &str) -> u64 {
    let mut at = when(edtf, "on");
    at["zone"] = json!(zone);
    say(
        log,
        "seen",
        json!({"kind": "sighting", "about": "@ship", "place": {"locode": "RUVYP"}, "when": at}),
    )
}

fn call(log: &mut Log, edtf: &str) -> u64 {
    let mut at = when(edtf, "on");
    at["zone"] = json!("+10:00");
    say(
        log,
        "call",
        json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"}, "arrival": at}),
    )
}

fn view(log: &Log, readings: &Readings) -> View {
    log.state().settle().view(readings)
}

fn found(log: &Log, readings: &Readings, rule: &str) -> Vec<Finding> {
    let mut findings = view(log, readings).findings;
    findings.retain(|finding| finding.rule == rule);
    findings
}

fn adopt(log: &mut Log, rules: Value) {
    log.record(
        By::Custodian,
        "",
        json!({"kind": "rule-set", "rules": rules}),
    );
}

#[test]
fn what_has_to_be_read_is_what_stands_and_is_held() {
    let mut log = case();
    sighting(&mut log, "2024-03-08", "+00:00");
    let state = log.state();
    let wanted = state.settle().tracks_wanted();
    let files: Vec<_> = wanted.files.iter().map(|f| f.exhibit.hash).collect();
    assert_eq!(files, [file("track")]);
    assert_eq!(wanted.gazetteer.map(|f| f.hash), Some(file("ports")));
    assert_eq!(wanted.shoreline, None);
    assert_eq!(wanted.locodes, ["RUVYP"]);
    assert_eq!(wanted.thresholds, [Thresholds::default()]);

    let own_notes = json!({"kind": "ais-track", "mmsi": "445123000", "supplied_by": "us",
        "hold": {"held": [{"file": "@@notes", "form": "own-notes"}]}});
    log.record(By::Ann, "", own_notes);
    let cited =
        json!({"kind": "ais-track", "mmsi": "445123000", "supplied_by": "them", "hold": "cited"});
    log.record(By::Ann, "", cited);
    assert_eq!(log.state().settle().tracks_wanted(), wanted);

    log.retract(By::Ann, "track");
    assert!(log.state().settle().tracks_wanted().is_empty());
}

#[test]
fn a_silence_is_told_with_what_shows_it_first() {
    let mut log = case();
    let [one] = &found(&log, &readings(vec![dark()]), "dark-period")[..] else {
        panic!("one finding");
    };
    assert_eq!(
        one.statement,
        "Others were heard in the region of its last position (within half a degree to a degree) in 20 of 33 whole hours of the silence. Of ship (MMSI 445123000) nothing \
         was received from 2024-03-08T02:00:00Z (line 12 of track, #2) to 2024-03-09T11:00:00Z (line 13 of track, \
         #2), 33 h; 144 positions in the 12 h before; next heard 290.0 km off, which needs 4.7 knots."
    );
    assert_eq!(
        one.coverage.as_deref(),
        Some(
            "Others were heard in the region of its last position (within half a degree to a degree) in 20 of 33 whole hours of the silence. Read together: track, #2 (a \
             provider, receivers on land, what they cover is not stated). Not considered: ports (#3), not \
             reproducible: its file was not read for this."
        )
    );
    assert_eq!(
        one.identity.as_deref(),
        Some(
            "#1 claims this MMSI for ship. AIS gives no IMO number. An MMSI names a radio, not a hull."
        )
    );
    assert_eq!(one.entries, [1, 2]);
    assert_eq!(one.statements, [2]);
    let lines: Vec<_> = one
        .lines
        .iter()
        .map(|l| (&*l.what, l.entry, l.line))
        .collect();
    assert_eq!(
        lines,
        [("last heard before", 2, 12), ("first heard after", 2, 13)]
    );
    assert_eq!(one.lines[0].exhibit, file("track").to_string());
    assert_eq!(one.parameters["gap-seconds"], ["21600"]);
    assert_eq!(one.caveats[0], "A pattern to examine, not a violation.");
    assert!(one.caveats.iter().any(|c| c.contains("switched off")));

    // Heard throughout.
    assert!(found(&log, &readings(vec![vessel(SHIP)]), "dark-period").is_empty());
    // Nothing was read.
    assert!(found(&log, &Readings::default(), "dark-period").is_empty());
    // Nobody heard nearby: told all the same, and first.
    let mut thin = dark();
    thin.gaps[0].coverage.basis = CoverageBasis::Nobody;
    let found_thin = found(&log, &readings(vec![thin]), "dark-period");
    assert!(found_thin[0].statement.starts_with("Nobody was heard"));
    // Still open.
    let mut open = dark();
    open.gaps[0].end = None;
    open.gaps[0].to = None;
    let open = found(&log, &readings(vec![open]), "dark-period");
    assert!(
        open[0]
            .statement
            .contains("to the end of the data at 2024-03-09T11:00:00Z, at least 33 h"),
        "{}",
        open[0].statement
    );
    log.retract(By::Ann, "track");
    assert!(found(&log, &readings(vec![dark()]), "dark-period").is_empty());
}

#[test]
fn a_silence_beside_one_report_alone_says_that_a_clock_may_have_been_wrong() {
    let log = case();
    let caveats = |vessel: VesselAnalysis| {
        let one = found(&log, &readings(vec![vessel]), "dark-period").remove(0);
        one.caveats.join(" ")
    };
    assert!(!caveats(dark()).contains("clock"));
    let alone = VesselAnalysis {
        first: Some(heard(0, 12)),
        ..dark()
    };
    let words = caveats(alone);
    assert!(
        words.contains(
            "Before the silence there is one report alone: a clock that was wrong looks like this."
        ),
        "{words}"
    );
    assert!(!words.contains("After the silence"), "{words}");
    let alone = VesselAnalysis {
        last: Some(heard(33, 13)),
        improbable: 2,
        ..dark()
    };
    let words = caveats(alone);
    assert!(
        words.contains("After the silence there is one report alone"),
        "{words}"
    );
    assert!(
        words.contains("Of it 2 reports are left out, at times before 1990 or after 2099"),
        "{words}"
    );
}

#[test]
fn another_mmsi_of_the_same_vessel_is_no_other_ship() {
    let mut log = case();
    call(&mut log, "2024-03-08T22:00:00");
    sighting(&mut log, "2024-03-08T12:00:00", "+00:00");
    let claim = json!({"kind": "claim", "about": "@ship", "property": "mmsi", "value": {"mmsi": "445999000"}});
    say(&mut log, "", claim);
    let all = readings(vec![dark(), vessel(OTHER)]);
    for rule in ["dark-period", "seen-while-dark", "port-call-without-ais"] {
        let found = found(&log, &all, rule);
        let one = &found[0];
        assert!(
            one.statement.contains(
                "in 20 of 33 whole hours of the silence; among them it may be the vessel itself, under MMSI 445999000."
            ),
            "{}",
            one.statement
        );
        let caveats = one.caveats.join(" ");
        assert!(
            caveats.contains(
                "also taken to transmit under MMSI 445999000: this silence is of one of them."
            ),
            "{rule}: {caveats}"
        );
    }
    let alone = &found(&case(), &all, "dark-period")[0];
    assert!(!alone.statement.contains("itself"), "{}", alone.statement);
}

#[test]
fn a_sighting_inside_the_silence_and_not_one_that_may_lie_beside_it() {
    for (edtf, zone, fires) in [
        ("2024-03-08T12:00:00", "+00:00", true),
        ("2024-03-08T12:00:00", "+10:00", false),
        ("2024-03-08", "+00:00", false),
        ("2024-03-09T20:00:00", "+10:00", true),
        // Somewhere it was still noon.
        ("2024-03-08T17:00:00", "not-stated", true),
        ("2024-03-09T05:00:00", "not-stated", false),
        ("2024-03-07/2024-03-22", "+10:00", false),
        ("2024-03-09T12:00:00", "+00:00", false),
    ] {
        let mut log = case();
        let seen = sighting(&mut log, edtf, zone);
        let found = found(&log, &readings(vec![dark()]), "seen-while-dark");
        assert_eq!(!found.is_empty(), fires, "{edtf} {zone}");
        if let [one] = &found[..] {
            assert_eq!(one.statements, [2, seen]);
            assert!(
                one.statement
                    .contains("In that time it is said seen at RUVYP on")
            );
        }
    }
    // Of another vessel.
    let mut log = case();
    sighting(&mut log, "2024-03-08T12:00:00", "+00:00");
    let other = VesselAnalysis {
        gaps: vec![gap()],
        ..vessel(OTHER)
    };
    assert!(found(&log, &readings(vec![other]), "seen-while-dark").is_empty());
}

#[test]
fn a_stay_over_the_silence_and_an_image_inside_it_count() {
    let mut log = case();
    let (mut arrival, mut departure) = (when("2024-03-07", "on"), when("2024-03-11", "on"));
    arrival["zone"] = json!("+10:00");
    departure["zone"] = json!("+10:00");
    say(
        &mut log,
        "stay",
        json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"}, "arrival": arrival,
            "departure": departure}),
    );
    assert_eq!(
        found(&log, &readings(vec![dark()]), "seen-while-dark").len(),
        1
    );
    let mut log = case();
    let mut acquired = when("2024-03-08T12:00:00", "on");
    acquired["zone"] = json!("+00:00");
    log.record(
        By::Ann,
        "scene",
        json!({"kind": "image", "acquired": acquired, "hold": "cited"}),
    );
    say(
        &mut log,
        "",
        json!({"kind": "image-interpreted", "image": "@scene", "about": "@ship", "sees": "a tanker"}),
    );
    let found = found(&log, &readings(vec![dark()]), "seen-while-dark");
    assert!(
        found[0]
            .statement
            .contains("is said seen in an image on 8 March 2024 12:00:00 (#5)")
    );
    assert!(found[0].entries.contains(&4));
}

#[test]
fn a_stay_is_told_with_both_its_ends_and_with_what_of_it_lies_in_the_silence() {
    let mut log = case();
    let (mut arrival, mut departure) =
        (when("2024-03-05", "on"), when("2024-03-08T22:00:00", "on"));
    arrival["zone"] = json!("+10:00");
    departure["zone"] = json!("+10:00");
    let stay = json!({"kind": "port-call", "about": "@ship", "place": {"locode": "RUVYP"}, "arrival": arrival,
        "departure": departure});
    say(&mut log, "stay", stay);
    let readings = readings(vec![dark()]);
    let seen = &found(&log, &readings, "seen-while-dark")[0].statement;
    assert!(
        seen.ends_with(
            "it is said to have called at RUVYP, arriving on 5 March 2024 and leaving on 8 March 2024 22:00:00 (#4), \
             of which a part lies in it."
        ),
        "{seen}"
    );
    let silent = &found(&log, &readings, "port-call-without-ais")[0].statement;
    assert!(
        silent.contains(
            "arriving on 5 March 2024 and leaving on 8 March 2024 22:00:00 (#4). AIS does not show it at RUVYP at \
             that time: in a part of it nothing was received from 2024-03-08T02:00:00Z"
        ),
        "{silent}"
    );
}

#[test]
fn members_of_a_group_are_meant_where_all_of_it_is() {
    for (degree, count, fires) in [
        ("is", Value::Null, true),
        ("may-be", Value::Null, false),
        ("is", json!({"low": 1, "high": 1}), false),
    ] {
        let mut log = case();
        log.record(
            By::Ann,
            "group",
            json!({"kind": "group", "members": "vessels", "criterion": "seen"}),
        );
        let member = say(
            &mut log,
            "",
            json!({"kind": "membership", "about": "@ship", "group": "@group", "degree": degree}),
        );
        let mut at = when("2024-03-08T12:00:00", "on");
        at["zone"] = json!("+00:00");
        let seen = json!({"kind": "sighting", "about": "@group", "place": {"locode": "RUVYP"}, "when": at,
            "count": count});
        say(&mut log, "", seen);
        let found = found(&log, &readings(vec![dark()]), "seen-while-dark");
        assert_eq!(!found.is_empty(), fires, "{degree} {count}");
        assert!(found.iter().all(|one| one.entries.contains(&member)));
    }
}

#[test]
fn a_port_call_that_the_track_does_not_show() {
    let rule = "port-call-without-ais";
    let fired = |edtf: &str, readings: &Readings| {
        let mut log = case();
        call(&mut log, edtf);
        found(&log, readings, rule)
    };
    // In a silence, with and without a gazetteer.
    let silent = fired("2024-03-08T22:00:00", &readings(vec![dark()]));
    assert!(
        silent[0].statement.contains(
            "ship (MMSI 445123000) is said to have called at RUVYP on 8 March 2024 22:00:00 (#4). AIS does not \
             show it at RUVYP at that time: nothing was received from 2024-03-08T02:00:00Z"
        ),
        "{}",
        silent[0].statement
    );
    // What AIS shows of the port at another time is said.
    let visited = VesselAnalysis {
        port_visits: vec![visit(40, 45)],
        ..dark()
    };
    let silent = fired("2024-03-08T22:00:00", &with_ports(readings(vec![visited])));
    assert!(
        silent[0].statement.ends_with(
            "33 h. At other times it does: 2024-03-09T18:00:00Z to 2024-03-09T23:00:00Z (MMSI 445123000)."
        ),
        "{}",
        silent[0].statement
    );
    // Heard throughout and elsewhere.
    let through = fired("2024-03-09", &with_ports(readings(vec![vessel(SHIP)])));
    assert!(
        through[0]
            .statement
            .starts_with("In the time told it has no silence as long as the threshold"),
        "{}",
        through[0].statement
    );
    assert!(through[0].entries.contains(&3), "the gazetteer");
    // What is not told may be a visit.
    let stray = VesselAnalysis {
        not_told: 2,
        left_out: 1,
        ..vessel(SHIP)
    };
    let stray = fired("2024-03-09", &with_ports(readings(vec![stray])));
    assert!(
        stray[0].statement.ends_with(
            "shows no visit of any port in the time told; 2 things are not told, as stray positions, tracks that \
             overlap or what is no ship show them, and a visit may be among them; 1 finding is left out since there were so many, and a \
             visit may be among them."
        ),
        "{}",
        stray[0].statement
    );
    // Without a gazetteer, or in one without the port, no visit is known.
    assert!(fired("2024-03-09", &readings(vec![vessel(SHIP)])).is_empty());
    let mut elsewhere = with_ports(readings(vec![vessel(SHIP)]));
    elsewhere.ports.clear();
    assert!(fired("2024-03-09", &elsewhere).is_empty());
    // Not in the time that the track covers.
    let early = with_ports(readings(vec![vessel(SHIP)]));
    assert!(fired("2024-03-01", &early).is_empty());
    assert!(fired("2024-03-07/2024-03-22", &early).is_empty());
    // The track shows the visit.
    let visiting = VesselAnalysis {
        port_visits: vec![visit(20, 30)],
        ..vessel(SHIP)
    };
    assert!(fired("2024-03-09", &with_ports(readings(vec![visiting.clone()]))).is_empty());
    // One later than the call is none.
    let later = VesselAnalysis {
        port_visits: vec![visit(48, 49)],
        ..vessel(SHIP)
    };
    assert_eq!(
        fired("2024-03-09", &with_ports(readings(vec![later]))).len(),
        1
    );
}

#[test]
fn a_draught_that_changes_and_no_visit_beside_it() {
    let rule = "draught-change-without-port-call";
    let changed = |port_visit, gap| VesselAnalysis {
        anomalies: vec![anomaly(AnomalyKind::DraughtChange {
            before: 80,
            after: 113,
            least: 20,
            length: Some(228),
            port_visit,
            gap,
        })],
        ..vessel(SHIP)
    };
    let log = case();
    let with = |vessel| with_ports(readings(vec![vessel]));
    let found_one = found(&log, &with(changed(false, true)), rule);
    assert!(
        found_one[0].statement.starts_with(
            "A silence stands beside it, in which a call may lie. ship (MMSI 445123000) gave a draught of 8.0 m until \
             2024-03-08T02:00:00Z and of 11.3 m from 2024-03-09T11:00:00Z; its track shows no visit of a port within \
             24 h of that. For a length of 228 m, as it was given, changes from 2.0 m on are told."
        ),
        "{}",
        found_one[0].statement
    );
    assert!(found(&log, &with(changed(true, false)), rule).is_empty());
    assert!(found(&log, &readings(vec![changed(false, true)]), rule).is_empty());
}

#[test]
fn where_no_position_was_heard_it_is_said_before_what_the_track_does_not_show() {
    let unplaced = vec![Unplaced {
        start: heard(-5, 3),
        end: heard(45, 27),
    }];
    let nowhere = "no position was received of it from 2024-03-07T21:00:00Z (line 3 of track, #2) to \
                   2024-03-09T23:00:00Z (line 27 of track, #2)";
    let mut log = case();
    call(&mut log, "2024-03-09");
    let draught = AnomalyKind::DraughtChange {
        before: 80,
        after: 113,
        port_visit: false,
        gap: false,
        least: 10,
        length: None,
    };
    let vessel = VesselAnalysis {
        unplaced,
        anomalies: vec![anomaly(draught)],
        ..vessel(SHIP)
    };
    let readings = with_ports(readings(vec![vessel]));
    let call = &found(&log, &readings, "port-call-without-ais")[0];
    let start = format!("In the time told {nowhere}: a visit may lie there. ship");
    assert!(call.statement.starts_with(&start), "{}", call.statement);
    let lines: Vec<_> = call
        .lines
        .iter()
        .map(|line| (&*line.what, line.line))
        .collect();
    assert!(lines.contains(&("no position from", 3)) && lines.contains(&("no position to", 27)));
    let draught = &found(&log, &readings, "draught-change-without-port-call")[0].statement;
    let start = format!("Beside it {nowhere}: a call may lie there. ship");
    assert!(draught.starts_with(&start), "{draught}");
}

#[test]
fn vessels_close_together_of_which_the_case_names_one() {
    let rule = "close-together";
    let encounter = |a: u32, b: u32| Encounter {
        a: Mmsi(a),
        b: Mmsi(b),
        ships: (0, 0),
        start: time(2),
        end: time(5),
        closest: Metres(120),
        place: Place::new(25_650_000, 79_849_800).unwrap(),
        port: None,
        a_fixes: (fix(2, 20), fix(5, 22)),
        b_fixes: (fix(2, 21), fix(5, 23)),
    };
    let mut log = case();
    let mut all = readings(vec![vessel(SHIP), vessel(OTHER), vessel(OTHER + 1)]);
    all.analyses[0].encounters = vec![encounter(SHIP, OTHER)];
    let found_one = found(&log, &all, rule);
    assert!(
        found_one[0].statement.contains(
            "ship (MMSI 445123000) and MMSI 445999000 were close together from 2024-03-08T04:00:00Z to \
             2024-03-08T07:00:00Z, 3 h: 120 m apart at the closest, near 42.7500 N 133.0830 E, how far from a port is \
             not known"
        ),
        "{}",
        found_one[0].statement
    );
    assert_eq!(found_one[0].lines.len(), 4);
    assert!(!found_one[0].statement.contains("Both MMSIs"));
    let mut one_hull = case();
    let claim = json!({"kind": "claim", "about": "@ship", "property": "mmsi", "value": {"mmsi": "445999000"}});
    say(&mut one_hull, "", claim);
    let itself = &found(&one_hull, &all, rule)[0].statement;
    assert!(
        itself.ends_with("Both MMSIs are taken for ship: it may have met nobody."),
        "{itself}"
    );
    // Of two that the case does not name, as long as there are few.
    all.analyses[0].encounters = vec![encounter(OTHER, OTHER + 1)];
    assert_eq!(found(&log, &all, rule).len(), 1);
    let parameters = json!([{"name": "unnamed-most", "value": 1}]);
    adopt(
        &mut log,
        json!([{"rule": rule, "version": 1, "parameters": parameters}]),
    );
    assert!(found(&log, &all, rule).is_empty());
    let passed_over = view(&log, &all).ais.passed_over;
    assert_eq!(
        passed_over.as_deref(),
        Some(
            "2 of 3 MMSI in the tracks are of no vessel of this ledger: no finding is made of them alone"
        )
    );
    all.analyses[0].encounters = vec![encounter(SHIP, OTHER)];
    assert_eq!(found(&log, &all, rule).len(), 1);
}

#[test]
fn whom_the_ledger_names_is_wanted_and_who_is_left_out_is_counted() {
    let mut log = case();
    say(
        &mut log,
        "other",
        json!({"kind": "vessel", "names": [{"latin": "Other"}]}),
    );
    say(
        &mut log,
        "claim",
        json!({"kind": "claim", "about": "@other", "property": "mmsi", "value": {"mmsi": "273000001"}}),
    );
    let named = log.state().settle().tracks_wanted().named;
    let mmsis: Vec<u32> = named.mmsis.iter().map(|mmsi| mmsi.0).collect();
    assert_eq!(mmsis, [273_000_001, SHIP]);
    assert_eq!(named.imos.into_iter().collect::<Vec<_>>(), [8_691_702]);

    let many = (1..40).map(|n| vessel(OTHER + n)).chain([dark()]);
    let mut all = readings(many.collect());
    all.analyses[0].vessels.sort_by_key(|vessel| vessel.mmsi);
    assert_eq!(view(&log, &all).ais.vessels_left_out, 0);
    all.analyses[0].vessels_left_out = 1_000;
    let ais = view(&log, &all).ais;
    assert_eq!(
        (ais.mmsi, ais.vessels_left_out, ais.unclaimed),
        (1_040, 1_000, 39)
    );
    let words = "39 of 1,040 MMSI in the tracks are of no vessel of this ledger: no finding is made of them alone";
    assert_eq!(ais.passed_over.as_deref(), Some(words));
    let answers = log.state().settle().answers(&all);
    assert_eq!(answers.findings.ais.vessels_left_out, 1_000);
    assert_eq!(answers.vessels.ais.vessels_left_out, 1_000);
}

#[test]
fn one_identity_in_two_places() {
    let rule = "one-identity-two-places";
    let log = case();
    let turns = VesselAnalysis {
        anomalies: vec![anomaly(AnomalyKind::Clone {
            apart: Metres(311_000),
            changes: 7,
        })],
        ships: 2,
        ..vessel(SHIP)
    };
    let found_one = found(&log, &readings(vec![turns]), rule);
    assert!(
        found_one[0]
            .statement
            .contains("places up to 311.0 km apart")
    );
    assert!(
        found_one[0]
            .identity
            .as_ref()
            .unwrap()
            .contains("Its positions fall into 2 tracks that overlap")
    );

    let claims = |mmsi, claim| VesselAnalysis {
        claims: vec![claim],
        ..vessel(mmsi)
    };
    let given = |one, two| readings(vec![claims(SHIP, one), claims(OTHER, two)]);
    let number = "8691702";
    let same_time = given(imo(number, 0, 30, true), imo(number, 20, 50, true));
    let found_two = found(&log, &same_time, rule);
    assert!(
        found_two[0].statement.contains(
            "IMO 8691702 was given under 2 MMSIs in stretches that overlap: MMSI 445123000 from 2024-03-08T02:00:00Z to \
             2024-03-09T08:00:00Z and MMSI 445999000 from"
        ),
        "{}",
        found_two[0].statement
    );
    assert!(
        found_two[0]
            .statement
            .ends_with("Where they were then was not compared."),
        "{}",
        found_two[0].statement
    );
    // Two pairs at different times are two findings.
    let pairs = [
        (OTHER + 1, 0),
        (OTHER + 2, 5),
        (OTHER + 3, 200),
        (OTHER + 4, 205),
    ];
    let pairs = pairs.map(|(mmsi, from)| claims(mmsi, imo(number, from, from + 10, true)));
    let found_pairs = found(&log, &readings(pairs.to_vec()), rule);
    assert_eq!(found_pairs.len(), 2);
    for one in &found_pairs {
        assert!(one.statement.contains("under 2 MMSIs"), "{}", one.statement);
    }
    // One after the other: a new radio, or another flag.
    let after = given(imo(number, 0, 10, true), imo(number, 20, 50, true));
    assert!(found(&log, &after, rule).is_empty());
    for (wrong, plausible) in [
        ("0000000", true),
        ("0000012", true),
        ("8691703", true),
        (number, false),
    ] {
        let none = given(imo(wrong, 0, 30, plausible), imo(wrong, 0, 30, plausible));
        assert!(found(&log, &none, rule).is_empty(), "{wrong}");
    }
}

#[test]
fn a_reappearance_farther_off_than_it_can_have_gone() {
    let log = case();
    let far = VesselAnalysis {
        anomalies: vec![anomaly(AnomalyKind::ImplausibleReappearance {
            distance: Metres(2_000_000),
            reachable: Metres(1_222_000),
        })],
        // Another silence ends where this one begins: it says nothing of the way.
        gaps: vec![
            Gap {
                start: heard(-9, 11),
                end: Some(heard(0, 12)),
                until: time(0),
                from: Some(fix(-9, 11)),
                to: Some(fix(0, 12)),
                implied: Some(TenthKnots(11)),
                ..gap()
            },
            gap(),
        ],
        ..dark()
    };
    let found_one = found(
        &log,
        &readings(vec![far.clone()]),
        "implausible-reappearance",
    );
    assert!(
        found_one[0].statement.ends_with(
            "The last position of ship (MMSI 445123000) before is of 2024-03-08T02:00:00Z and the next of \
             2024-03-09T11:00:00Z, 33 h later, 2000.0 km off, which needs 4.7 knots; at 20.0 knots it would have come 1222.0 km."
        ),
        "{}",
        found_one[0].statement
    );
    assert!(found(&log, &readings(vec![dark()]), "implausible-reappearance").is_empty());
    // Static reports divide the silence.
    let mut twice = far;
    twice.gaps = vec![
        gap(),
        Gap {
            start: heard(15, 14),
            ..gap()
        },
    ];
    let found_twice = found(&log, &readings(vec![twice]), "implausible-reappearance");
    assert_eq!(found_twice.len(), 1);
    assert!(
        found_twice[0]
            .statement
            .starts_with("Between the two positions lie 2 silences. Of the first of them: Others"),
        "{}",
        found_twice[0].statement
    );
}

#[test]
fn a_number_identifies_only_if_it_is_one_and_is_claimed() {
    let identified = |claim: Option<IdentityClaim>, mmsi: u32| {
        let vessel = VesselAnalysis {
            claims: claim.into_iter().collect(),
            gaps: vec![gap()],
            ..vessel(mmsi)
        };
        let found = found(&case(), &readings(vec![vessel]), "dark-period");
        found[0].identity.clone().unwrap()
    };
    assert!(
        identified(Some(imo("8691702", 0, 30, true)), OTHER)
            .starts_with("AIS gives IMO 8691702 (line 2 of track, #2), and #1 claims it for ship.")
    );
    for (wrong, plausible) in [("0000000", true), ("8691702", false), ("8691703", true)] {
        let words = identified(Some(imo(wrong, 0, 30, plausible)), OTHER);
        assert!(words.starts_with("By its MMSI alone; no vessel"), "{words}");
    }
    let many = VesselAnalysis {
        claims_left_out: 7,
        ..dark()
    };
    let words = found(&case(), &readings(vec![many]), "dark-period")[0]
        .identity
        .clone()
        .unwrap();
    assert!(
        words.contains("Of what was looked at AIS gives no IMO number; 7 reports with other identities were not."),
        "{words}"
    );
    assert!(
        identified(Some(imo("8660313", 0, 30, true)), SHIP)
            .contains("AIS gives IMO 8660313, which is not the one that is claimed for it.")
    );
}

/// An MMSI that `ship` claims, and that once gives the IMO number which `second` claims.
fn disputed(from: i64, to: i64) -> (Log, Readings) {
    let mut log = case();
    say(
        &mut log,
        "second",
        json!({"kind": "vessel", "names": [{"latin": "Second"}], "imo": "8660313"}),
    );
    call(&mut log, "2024-03-08T22:00:00");
    let vessel = VesselAnalysis {
        claims: vec![imo("8660313", from, to, true)],
        ..dark()
    };
    (log, readings(vec![vessel]))
}

#[test]
fn a_number_that_is_given_takes_no_track_from_the_vessel_that_claims_the_mmsi() {
    // 40 hours after the silence.
    let (log, late) = disputed(73, 73);
    let dark = &found(&log, &late, "dark-period")[0];
    assert!(
        dark.statement.contains("Of ship (MMSI 445123000) nothing"),
        "{}",
        dark.statement
    );
    assert_eq!(
        dark.identity.as_deref(),
        Some(
            "AIS gives IMO 8660313 (line 2 of track, #2), and #4 claims it for second. #1 claims this MMSI for ship, \
             another vessel. What speaks for second is of another time. An MMSI names a radio, not a hull."
        )
    );
    assert_eq!(found(&log, &late, "port-call-without-ais").len(), 1);
    let rows = view(&log, &late).vessels;
    let dark_periods = |name: &str| {
        let of = rows.iter().find(|row| row.told.id == name).unwrap();
        of.ais[0].dark_periods.len()
    };
    assert_eq!((dark_periods("ship"), dark_periods("second")), (1, 0));

    // In the silence's own time: it is one of them.
    let (log, near) = disputed(-3, 40);
    let dark = &found(&log, &near, "dark-period")[0];
    assert!(
        dark.statement
            .contains("Of ship or second (MMSI 445123000) nothing"),
        "{}",
        dark.statement
    );
    let identity = dark.identity.as_deref().unwrap();
    assert!(
        identity.contains("Which of these vessels it is, is not known."),
        "{identity}"
    );
    assert_eq!(found(&log, &near, "port-call-without-ais").len(), 1);
}

#[test]
fn the_gazetteer_is_named_only_where_it_is_used() {
    let near = NearPort {
        port: vostochny(),
        distance: Metres(5_000),
    };
    let of = |vessel: VesselAnalysis, rule: &str| {
        let mut readings = readings(vec![vessel]);
        readings.gazetteer = Some(file("ports"));
        let found = found(&case(), &readings, rule);
        assert_eq!(found.len(), 1, "{rule}");
        found[0].entries.contains(&3)
    };
    let with = |what| VesselAnalysis {
        anomalies: vec![anomaly(what)],
        ..dark()
    };
    let turns = AnomalyKind::Clone {
        apart: Metres(311_000),
        changes: 7,
    };
    let far = AnomalyKind::ImplausibleReappearance {
        distance: Metres(2_000_000),
        reachable: Metres(1_222_000),
    };
    let draught = AnomalyKind::DraughtChange {
        before: 60,
        after: 80,
        least: 10,
        length: None,
        port_visit: false,
        gap: false,
    };
    assert!(!of(with(turns), "one-identity-two-places"));
    assert!(!of(with(far), "implausible-reappearance"));
    assert!(of(with(draught), "draught-change-without-port-call"));
    // Of a silence the nearest port is told, where one is near.
    assert!(!of(dark(), "dark-period"));
    let told = Gap {
        port: Some(near),
        ..gap()
    };
    let near = VesselAnalysis {
        gaps: vec![told],
        ..vessel(SHIP)
    };
    assert!(of(near, "dark-period"));
}

#[test]
fn what_cannot_be_read_is_said_and_not_considered() {
    let mut log = case();
    held_track(&mut log, "half", "half");
    let mut one = readings(vec![dark()]);
    one.not_read.insert(file("half"), Unread::Withheld);
    let coverage = found(&log, &one, "dark-period")[0]
        .coverage
        .clone()
        .unwrap();
    assert!(
        coverage.ends_with(
            "Not considered: ports (#3), not reproducible: its file was not read for this; half (#4), not \
             reproducible: exhibit withheld: its file is not here."
        ),
        "{coverage}"
    );
    let view = view(&log, &one);
    let rows: Vec<_> = view.ais.files.iter().map(|t| (t.entry, t.read)).collect();
    assert_eq!(rows, [(2, true), (4, false), (3, false)]);
    assert_eq!(view.vessels[0].ais[0].dark_periods.len(), 1);
    assert!(view.vessels[0].ais[0].dark_periods[0].seconds == 33 * 3600);
}

#[test]
fn what_is_odd_in_a_track_is_shown_of_its_vessel() {
    let log = case();
    let drift = AnomalyKind::Drift {
        distance: Metres(700),
        place: Place { lat: 0, lon: 0 },
    };
    let vessel = VesselAnalysis {
        anomalies: vec![anomaly(drift.clone())],
        ..vessel(SHIP)
    };
    let view = view(&log, &readings(vec![vessel]));
    let [row] = &view.vessels[0].ais[0].anomalies[..] else {
        panic!("one anomaly");
    };
    assert_eq!(row.what, drift);
    assert_eq!(
        (&*row.start, &*row.end),
        ("2024-03-08T02:00:00Z", "2024-03-09T11:00:00Z")
    );
    let lines: Vec<u64> = row.lines.iter().map(|line| line.line).collect();
    assert_eq!(lines, [12, 13]);
    let json = serde_json::to_value(row).unwrap();
    assert_eq!(json["kind"], "drift");
    assert_eq!(
        &serde_json::from_value::<seaproof_replay::view::AnomalyRow>(json).unwrap(),
        row
    );
}

#[test]
fn what_is_left_out_or_later_feeds_nothing() {
    let log = case();
    let state = log.state();
    let under = |lens: Lens| {
        let settled = state.settle_under(lens);
        let wanted = settled.tracks_wanted();
        let findings = settled.findings(&readings(vec![dark()]));
        let dark = findings.iter().filter(|f| f.rule == "dark-period").count();
        (wanted.files.len(), dark)
    };
    assert_eq!(under(Lens::default()), (1, 1));
    let without = |without: Without| Lens {
        without,
        ..Lens::default()
    };
    let entry = Without {
        entries: [EntryIndex(2)].into(),
        ..Without::default()
    };
    assert_eq!(under(without(entry)), (0, 0));
    let exhibit = Without {
        exhibits: [file("track")].into(),
        ..Without::default()
    };
    assert_eq!(under(without(exhibit)), (0, 0));
    for (date, dark) in [
        ("2024-03-07", 0),
        ("2024-03-08", 1),
        ("2024-03-08T01:00:00Z", 0),
    ] {
        let lens = Lens {
            as_of: Some(date.parse().unwrap()),
            ..Lens::default()
        };
        assert_eq!(under(lens), (1, dark), "{date}");
    }
}

#[test]
fn thresholds_are_those_of_the_rules_in_force() {
    let mut log = case();
    let rule = |name: &str, parameters: Value| json!({"rule": name, "version": 1, "parameters": parameters});
    let hours = |hours: u32| json!([{"name": "gap-seconds", "value": hours * 3600}]);
    adopt(&mut log, json!([rule("dark-period", hours(12))]));
    let wanted = log.state().settle().tracks_wanted();
    assert_eq!(wanted.thresholds.len(), 1);
    assert_eq!(wanted.thresholds[0].gap_seconds, 12 * 3600);
    // What was read under others is not what the rule asks for.
    assert!(found(&log, &readings(vec![dark()]), "dark-period").is_empty());
    let mut under = readings(vec![dark()]);
    under.analyses[0].thresholds = wanted.thresholds[0].clone();
    let one = &found(&log, &under, "dark-period")[0];
    assert_eq!(one.parameters["gap-seconds"], ["43200"]);

    // Rules that do not agree are served one by one.
    let both = json!([
        rule("dark-period", hours(24)),
        rule(
            "close-together",
            json!([{"name": "encounter-metres", "value": 200}])
        ),
        rule("seen-while-dark", hours(6)),
    ]);
    adopt(&mut log, both);
    let wanted = log.state().settle().tracks_wanted();
    let thresholds: Vec<_> = (wanted.thresholds.iter())
        .map(|t| (t.gap_seconds, t.encounter_metres))
        .collect();
    assert_eq!(thresholds, [(24 * 3600, 200), (6 * 3600, 500)]);
    under.analyses[0].thresholds = wanted.thresholds[0].clone();
    let one = &found(&log, &under, "dark-period")[0];
    let changes = one.adopted.changes.join("; ");
    assert!(
        changes.ends_with("gap-seconds from 43200 to 86400"),
        "{changes}"
    );

    // A rule with a parameter out of its limits does not run, and says so.
    for (rule_name, name, value, why) in [
        (
            "dark-period",
            "gap-seconds",
            json!(0),
            "its gap-seconds is no whole number from 60 to 315360000",
        ),
        (
            "dark-period",
            "gap-seconds",
            json!("long"),
            "its gap-seconds is no whole number from 60 to 315360000",
        ),
        (
            "dark-period",
            "encounter-metres",
            json!(100),
            "this software does not know one of its parameters",
        ),
        (
            "port-call-without-ais",
            "port-enter-metres",
            json!(5000),
            "its port-enter-metres is above its port-exit-metres",
        ),
    ] {
        adopt(
            &mut log,
            json!([rule(rule_name, json!([{"name": name, "value": value}]))]),
        );
        let view = view(&log, &under);
        assert_eq!(view.rules[0].does_not_run.as_deref(), Some(why));
        assert!(view.findings.is_empty());
    }
}

#[test]
fn a_rule_can_set_every_threshold_that_decides_what_it_finds() {
    let split = [
        "jump-metres",
        "split-positions",
        "split-slack-seconds",
        "split-tenth-knots",
    ];
    for (name, by_ship) in [
        ("dark-period", false),
        ("seen-while-dark", false),
        ("port-call-without-ais", true),
        ("draught-change-without-port-call", true),
        ("close-together", true),
        ("one-identity-two-places", true),
        ("implausible-reappearance", false),
    ] {
        let mut log = case();
        // What an earlier rule set does not say has its default.
        adopt(
            &mut log,
            json!([{"rule": name, "version": 1, "parameters": []}]),
        );
        let shown = view(&log, &Readings::default());
        assert_eq!(shown.rules[0].does_not_run, None, "{name}");
        assert_eq!(
            shown.rules[0].parameters["duplicate-seconds"],
            ["10"],
            "{name}"
        );
        let also: &[&str] = if by_ship { &split } else { &[] };
        let parameters: Vec<Value> = (["duplicate-seconds"].iter().chain(also))
            .map(|name| json!({"name": name, "value": 7}))
            .collect();
        adopt(
            &mut log,
            json!([{"rule": name, "version": 1, "parameters": parameters}]),
        );
        let shown = view(&log, &Readings::default());
        assert_eq!(shown.rules[0].does_not_run, None, "{name}");
        let under = &log.state().settle().tracks_wanted().thresholds[0];
        let of = |seven: bool, default: u32| if seven { 7 } else { default };
        assert_eq!(under.duplicate_seconds, 7, "{name}");
        assert_eq!(
            [
                under.jump_metres,
                under.split_positions,
                under.split_slack_seconds,
                under.split_tenth_knots
            ],
            [
                of(by_ship, 1_852),
                of(by_ship, 3),
                of(by_ship, 60),
                of(by_ship, 300)
            ],
            "{name}"
        );
    }
}

#[test]
fn the_state_root_does_not_depend_on_readings() {
    let log = case();
    assert_eq!(
        view(&log, &readings(vec![dark()])).state_root,
        view(&log, &Readings::default()).state_root
    );
}

#[test]
fn a_finding_leads_down_to_the_lines() {
    let log = case();
    let state = log.state();
    let settled = state.settle();
    let all = settled.findings(&readings(vec![dark()]));
    let steps = settled.why_found(&all[0]);
    let track = steps.iter().find(|step| step.entry == Some(2)).unwrap();
    let lines: Vec<_> = (track.below.iter())
        .filter_map(|step| step.at.as_ref()?.line)
        .map(|line| line.to_string())
        .collect();
    assert_eq!(lines, ["12", "13"]);
    assert!(
        track
            .below
            .iter()
            .all(|step| step.exhibit == Some(file("track").to_string()))
    );
}

fn any_heard() -> impl Strategy<Value = Heard> {
    (any::<i64>(), 0_u16..3, any::<u64>()).prop_map(|(time, source, line)| Heard {
        time: Time(time),
        at: LineRef::new(source, line),
    })
}

fn any_fix() -> impl Strategy<Value = Fix> {
    let place = (-54_000_000..=54_000_000, -108_000_000..=108_000_000);
    (any_heard(), place).prop_map(|(heard, (lat, lon))| Fix {
        time: heard.time,
        at: heard.at,
        place: Place { lat, lon },
    })
}

prop_compose! {
    fn any_gap()(
        start in any_heard(),
        end in proptest::option::of(any_heard()),
        until in any::<i64>(),
        from in proptest::option::of(any_fix()),
        to in proptest::option::of(any_fix()),
        positions_before: u64,
        distance in proptest::option::of(any::<u32>()),
        implied in proptest::option::of(any::<u32>()),
        hours: u64,
        step_hours: u32,
    ) -> Gap {
        Gap {
            start,
            end,
            until: Time(until),
            until_at: start.at,
            from,
            to,
            positions_before,
            distance: distance.map(Metres),
            implied: implied.map(TenthKnots),
            shore: distance.map(Metres),
            port: None,
            coverage: Coverage { basis: CoverageBasis::Thin, hours, hours_heard: hours, step_hours },
        }
    }
}

fn any_anomaly() -> impl Strategy<Value = AnomalyKind> {
    let metres = || any::<u32>().prop_map(Metres);
    prop_oneof![
        (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(before, after, gap)| {
            AnomalyKind::DraughtChange {
                before,
                after,
                least: before.into(),
                length: gap.then_some(before.into()),
                port_visit: false,
                gap,
            }
        }),
        (metres(), any::<u64>()).prop_map(|(apart, changes)| AnomalyKind::Clone { apart, changes }),
        (metres(), metres()).prop_map(|(distance, reachable)| {
            AnomalyKind::ImplausibleReappearance {
                distance,
                reachable,
            }
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Values of any size say something, the same twice, and break nothing.
    #[test]
    fn readings_of_any_values_are_told(
        gap in any_gap(),
        what in any_anomaly(),
        visit in (any_fix(), any_fix()),
        mmsi: u32,
        number in "[0-9]{0,8}",
    ) {
        let mut log = case();
        sighting(&mut log, "2024-03-08T12:00:00", "+00:00");
        call(&mut log, "2024-03-09");
        let heard = gap.start;
        let one = VesselAnalysis {
            first: Some(heard),
            last: gap.end,
            claims: vec![IdentityClaim { value: number, first: heard, last: heard, ..imo("", 0, 0, true) }],
            gaps: vec![gap],
            port_visits: vec![PortVisit { first: visit.0, last: visit.1, ..self::visit(0, 0) }],
            anomalies: vec![Anomaly { start: heard.time, rests_on: vec![heard], ..anomaly(what) }],
            ..vessel(SHIP)
        };
        let other = VesselAnalysis { mmsi: Mmsi(mmsi), ..one.clone() };
        let readings = with_ports(readings(vec![one, other]));
        let state = log.state();
        let settled = state.settle();
        let told = settled.view(&readings);
        prop_assert!(told.findings.iter().any(|finding| finding.rule == "dark-period"));
        prop_assert_eq!(&told, &settled.view(&readings));
        for finding in &told.findings {
            settled.why_found(finding);
        }
    }
}
