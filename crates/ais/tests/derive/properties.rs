//! What holds for any track: the order of lines does not matter, thresholds do what they say, nothing panics.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use seaproof_ais::analyse::analyse;
use seaproof_ais::analysis::{Analysis, CoverageBasis, Encounter, Gap};
use seaproof_ais::report::Kind;
use seaproof_ais::sink::ReportFields;
use seaproof_ais::thresholds::Thresholds;
use seaproof_ais::units::{Mmsi, Place, TenthKnots};

use crate::common::*;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    }
}

/// A few vessels that stay near one another, sail, stop, fall silent and change their draught.
fn voyages() -> impl Strategy<Value = Vec<Said>> {
    let leg = (
        0i64..12 * HOUR,
        -800i64..800,
        0u32..60,
        0u8..12,
        any::<bool>(),
        0u16..360,
    );
    let vessel = prop::collection::vec(leg, 1..12);
    prop::collection::vec(vessel, 1..5).prop_map(|vessels| {
        let mut said = Vec::new();
        for (mmsi, legs) in (1u32..).zip(vessels) {
            let (mut now, mut east) = (i64::from(mmsi), i64::from(mmsi) * 150);
            for (pause, moved, speed, draught, still, heading) in legs {
                now += pause;
                for n in 0..8 {
                    east += if still { 0 } else { moved };
                    now += 400;
                    let mut one =
                        position(mmsi, now, at(12_000, east), if still { 1 } else { speed });
                    one.fields.heading = Some(heading);
                    one.fields.cog = Some(900);
                    said.push(one);
                    if n == 4 && draught > 0 {
                        said.push(static_report(mmsi, now + 1, Some(draught * 10)));
                    }
                }
            }
        }
        said
    })
}

fn under(said: &[Said], change: impl FnOnce(&mut Thresholds)) -> Analysis {
    let mut thresholds = Thresholds::default();
    change(&mut thresholds);
    all(said, &thresholds, Some(&port()), Some(&coast()))
}

fn gaps(analysis: &Analysis) -> Vec<(Mmsi, Gap)> {
    let vessels = analysis.vessels.iter();
    vessels
        .flat_map(|vessel| vessel.gaps.iter().map(|gap| (vessel.mmsi, gap.clone())))
        .collect()
}

fn within(inner: &[Encounter], outer: &[Encounter]) -> bool {
    inner.iter().all(|x| {
        outer.iter().any(|y| {
            (x.a, x.b) == (y.a, y.b)
                && y.start <= x.start
                && x.end <= y.end
                && y.closest <= x.closest
        })
    })
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn the_order_of_lines_does_not_matter(said in voyages(), seed in any::<u64>()) {
        let thresholds = Thresholds::default();
        let mut lines: Vec<(u64, Said)> = (1..).zip(said).collect();
        let (port, coast) = (port(), coast());
        let told = |lines: &[(u64, Said)]| {
            analyse(&mut numbered(lines, &thresholds), &thresholds, Some(&port), Some(&coast)).unwrap()
        };
        let straight = told(&lines);
        let mut random = seed | 1;
        for n in (1..lines.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            lines.swap(n, usize::try_from(random >> 33).unwrap() % (n + 1));
        }
        prop_assert_eq!(&straight, &told(&lines));
        // Repeated lines say nothing new.
        let twice = [&lines[..], &lines[..]].concat();
        prop_assert_eq!(straight, told(&twice));
    }

    #[test]
    fn a_longer_gap_threshold_leaves_a_subset(said in voyages(), seconds in 1u32..20 * 3_600, more in 0u32..20 * 3_600) {
        let short = gaps(&under(&said, |t| t.gap_seconds = seconds));
        let long = gaps(&under(&said, |t| t.gap_seconds = seconds + more));
        prop_assert!(long.iter().all(|gap| short.contains(gap)));
        let least = i64::from(seconds + more) * 1_000;
        let expected = short.iter().filter(|(_, gap)| gap.until.since(gap.start.time) >= least).count();
        prop_assert_eq!(long.len(), expected);
    }

    #[test]
    fn a_higher_coverage_threshold_shows_less(said in voyages(), percent in 0u32..100, more in 0u32..100) {
        let low = gaps(&under(&said, |t| t.gap_coverage_percent = percent));
        let high = gaps(&under(&said, |t| t.gap_coverage_percent = percent + more));
        for ((_, low), (_, high)) in low.iter().zip(&high) {
            prop_assert!(low.coverage.basis <= high.coverage.basis);
            prop_assert_eq!(low.coverage.hours_heard, high.coverage.hours_heard);
            prop_assert!(low.coverage.hours_heard <= low.coverage.hours);
            prop_assert_eq!(low.coverage.hours_heard == 0, low.coverage.basis == CoverageBasis::Nobody);
        }
    }

    #[test]
    fn stricter_encounters_lie_within_others(
        said in voyages(), metres in 1u32..2_000, knots in 1u32..60, seconds in 0u32..3 * 3_600, more in 0u32..3_600,
    ) {
        let base = |t: &mut Thresholds| {
            t.encounter_metres = metres + more;
            t.encounter_tenth_knots = knots + 10;
            t.encounter_seconds = seconds;
        };
        let wide = under(&said, base).encounters;
        let narrow = under(&said, |t| { base(t); t.encounter_metres = metres; }).encounters;
        prop_assert!(within(&narrow, &wide));
        let slow = under(&said, |t| { base(t); t.encounter_tenth_knots = knots; }).encounters;
        prop_assert!(within(&slow, &wide));
        let far = under(&said, |t| { base(t); t.encounter_port_metres += more; }).encounters;
        prop_assert!(within(&far, &wide));
        let longer = under(&said, |t| { base(t); t.encounter_seconds += more; }).encounters;
        prop_assert!(longer.iter().all(|one| wide.contains(one)));
        for one in &wide {
            prop_assert!(one.a < one.b && one.closest.0 <= metres + more);
            prop_assert!(one.a_fixes.0.time <= one.start && one.a_fixes.1.time >= one.end);
            prop_assert!(one.b_fixes.0.time <= one.start && one.b_fixes.1.time >= one.end);
        }
    }

    #[test]
    fn stricter_spells_and_visits_are_fewer(said in voyages(), seconds in 0u32..4 * 3_600) {
        let count = |analysis: &Analysis, kind: &str| {
            let vessels = analysis.vessels.iter().flat_map(|vessel| &vessel.anomalies);
            vessels.filter(|one| format!("{:?}", one.what).starts_with(kind)).count()
        };
        let base = under(&said, |t| { t.loiter_shore_metres = 5_000; t.loiter_seconds = 0; t.drift_metres = 0; });
        let longer = under(&said, |t| { t.loiter_shore_metres = 5_000; t.loiter_seconds = seconds; t.drift_metres = seconds; });
        prop_assert!(count(&longer, "Loitering") <= count(&base, "Loitering"));
        prop_assert!(count(&longer, "Drift") <= count(&base, "Drift"));
        let near = under(&said, |t| { t.port_enter_metres = 13_000; t.port_exit_metres = 14_000; t.port_gap_seconds = 0; });
        let patient = under(&said, |t| { t.port_enter_metres = 13_000; t.port_exit_metres = 14_000; t.port_gap_seconds = seconds; });
        for (near, patient) in near.vessels.iter().zip(&patient.vessels) {
            let best = |first| near.port_visits.iter().find(|visit| visit.first == first).map(|visit| visit.confidence);
            for visit in &patient.port_visits {
                prop_assert!(best(visit.first) >= Some(visit.confidence));
                let silent = visit.silence.is_some() || visit.silence_out.is_some();
                let stayed = visit.stop.is_some() || silent;
                prop_assert_eq!(visit.confidence >= 2, stayed);
                prop_assert_eq!(visit.confidence == 4, stayed && visit.entered && visit.left);
            }
        }
    }
}

fn odd_time() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        (-2i64..3).prop_map(|n| n * 1_000),
        prop::sample::select(vec![
            i64::MIN,
            i64::MAX,
            i64::MIN + 1,
            i64::MAX - 1,
            -31_536_000_000,
            4_102_444_800_000
        ]),
    ]
}

fn odd_said() -> impl Strategy<Value = Said> {
    let mmsi = prop_oneof![
        0u32..3,
        any::<u32>(),
        prop::sample::select(vec![u32::MAX, 999_999_999, 1 << 30])
    ];
    let lat = prop_oneof![
        -54_000_000i32..=54_000_000,
        prop::sample::select(vec![-54_000_000, 0, 54_000_000])
    ];
    let lon = prop_oneof![
        -108_000_000i32..=108_000_000,
        prop::sample::select(vec![-108_000_000, 0, 108_000_000])
    ];
    let fields = (
        prop::option::of((lat, lon)),
        prop::option::of(prop_oneof![0u32..100, any::<u32>()]),
        prop::option::of(prop_oneof![0u16..3_600, any::<u16>()]),
        prop::option::of(prop_oneof![0u16..360, any::<u16>()]),
        prop::option::of(any::<u8>()),
    );
    let kind = prop_oneof![
        any::<u8>().prop_map(Kind::Message),
        Just(Kind::Message(1)),
        Just(Kind::Row)
    ];
    (mmsi, odd_time(), kind, fields).prop_map(
        |(mmsi, ms, kind, (place, sog, cog, heading, draught))| Said {
            mmsi,
            ms,
            kind,
            fields: ReportFields {
                place: place.and_then(|(lat, lon)| Place::new(lat, lon)),
                sog: sog.map(TenthKnots),
                cog,
                heading,
                status: draught,
                draught,
            },
        },
    )
}

/// Thresholds of any value, by way of their names.
fn odd_thresholds() -> impl Strategy<Value = Thresholds> {
    let names = serde_json::to_value(Thresholds::default()).unwrap();
    let names: Vec<String> = names.as_object().unwrap().keys().cloned().collect();
    let value = prop::sample::select(vec![0u32, 1, 2, 1_000, 86_400, u32::MAX]);
    prop::collection::btree_map(prop::sample::select(names), value, 0..12)
        .prop_map(|map| serde_json::from_value(serde_json::to_value(map).unwrap()).unwrap())
}

proptest! {
    #![proptest_config(config(160))]

    #[test]
    fn nothing_panics(said in prop::collection::vec(odd_said(), 0..40), thresholds in odd_thresholds()) {
        let analysis = all(&said, &thresholds, Some(&port()), Some(&coast()));
        let positions: u64 = analysis.vessels.iter().map(|vessel| vessel.positions).sum();
        prop_assert!(positions <= said.len() as u64);
        for vessel in &analysis.vessels {
            prop_assert!(vessel.anomalies.is_sorted_by_key(|anomaly| anomaly.start));
            prop_assert!(vessel.gaps.is_sorted_by_key(|gap| gap.start));
            for anomaly in &vessel.anomalies {
                prop_assert!(anomaly.start <= anomaly.end && !anomaly.rests_on.is_empty());
            }
            for gap in &vessel.gaps {
                prop_assert!(gap.coverage.hours_heard <= gap.coverage.hours);
            }
        }
    }
}
