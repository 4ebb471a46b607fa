//! Real data: the drift that somebody labelled, and a sample whose late rows look like silences.

use seaproof_ais::analyse::{analyse, gaps};
use seaproof_ais::analysis::{Analysis, AnomalyKind, CoverageBasis};
use seaproof_ais::collect::{Collector, Settings, Tracks};
use seaproof_ais::input::{Options, collect_any};
use seaproof_ais::ports::Gazetteer;
use seaproof_ais::shore::Shoreline;
use seaproof_ais::thresholds::Thresholds;

use crate::real;

fn collected(bytes: &[u8], thresholds: &Thresholds) -> Tracks {
    let mut collector = Collector::new(Settings::new(std::env::temp_dir(), thresholds));
    collect_any(bytes, 0, &Options::default(), &mut collector).unwrap();
    collector.finish().unwrap()
}

#[test]
fn the_labelled_drift_starts_where_its_label_says() {
    let Some(bytes) = real("ais/labelled/538004030_drift_1.ais") else {
        return;
    };
    let thresholds = Thresholds::default();
    let analysis = analyse(&mut collected(&bytes, &thresholds), &thresholds, None, None).unwrap();
    let drifts: Vec<_> = analysis
        .vessels
        .iter()
        .flat_map(|vessel| &vessel.anomalies)
        .filter(|anomaly| matches!(anomaly.what, AnomalyKind::Drift { .. }))
        .collect();
    let [drift] = drifts[..] else {
        panic!("{drifts:?}");
    };
    // 2014-09-28T16:50:04.556Z, which is also the last report before course and heading come together again.
    let label: i64 = 1_411_923_004_556;
    assert!(drift.start.0.abs_diff(label) <= 60_000, "{drift:?}");
    assert_eq!(drift.end.0, label);
    // The two were 45 degrees apart from 16:37:35.387 on.
    assert_eq!(drift.rests_on[0].time.0, 1_411_922_255_387);
}

fn marine_cadastre() -> Option<(Analysis, Tracks)> {
    let bytes = real("ais/csv/marinecadastre_2022-01-03_sample.csv.gz")?;
    let ports = Gazetteer::read(&real("ports/wpi_UpdatedPub150.csv")?).unwrap();
    let shore = Shoreline::read(&real("naturalearth/ne_110m_land.geojson")?).unwrap();
    let thresholds = Thresholds::default();
    let mut tracks = collected(&bytes, &thresholds);
    let analysis = analyse(&mut tracks, &thresholds, Some(&ports), Some(&shore)).unwrap();
    Some((analysis, tracks))
}

#[test]
fn late_rows_are_no_claims_of_going_dark() {
    let Some((analysis, mut tracks)) = marine_cadastre() else {
        return;
    };
    let gaps_of = |open: bool, basis| {
        let gaps = analysis.vessels.iter().flat_map(|vessel| &vessel.gaps);
        gaps.filter(|gap| gap.end.is_none() == open && gap.coverage.basis == basis)
            .count()
    };
    let count = |open| {
        [
            CoverageBasis::OthersHeard,
            CoverageBasis::Thin,
            CoverageBasis::Nobody,
            CoverageBasis::NotKnown,
        ]
        .map(|basis| gaps_of(open, basis))
    };
    // Nobody nearby was heard in half of the hours of any: the data is 25 minutes, nine rows at two in the afternoon and some
    // late in the day. Not one shows that somebody went dark, and for who was heard at first only, the data ends there.
    assert_eq!((count(false), count(true)), ([0, 295, 32, 0], [0, 0, 5, 0]));
    let alone = gaps(&mut tracks, &Thresholds::default(), None, None).unwrap();
    let alone: usize = alone.vessels.iter().map(|vessel| vessel.gaps.len()).sum();
    assert_eq!(
        alone,
        count(false).iter().chain(&count(true)).sum::<usize>()
    );
}

#[test]
fn numbers_cut_short_in_the_sample_are_of_ships() {
    let Some((analysis, _)) = marine_cadastre() else {
        return;
    };
    let of = |mmsi| {
        let found = analysis.vessels.iter().find(|vessel| vessel.mmsi.0 == mmsi);
        let vessel = found.unwrap();
        (vessel.port_visits.len(), vessel.not_of_ship)
    };
    // It lies in Niagara, and its row says that it is of class A.
    assert_eq!(of(3_669_881), (1, 0));
    let others = analysis.vessels.iter().filter(|one| one.not_of_ship > 0);
    let others: Vec<u32> = others.map(|vessel| vessel.mmsi.0).collect();
    assert_eq!(others, [972_971_214, 998_975_541, 999_999_999]);
}

#[test]
fn the_clone_in_the_sample_is_told() {
    let Some((analysis, _)) = marine_cadastre() else {
        return;
    };
    let clones: Vec<_> = analysis
        .vessels
        .iter()
        .flat_map(|vessel| {
            vessel
                .anomalies
                .iter()
                .map(move |anomaly| (vessel.mmsi, anomaly))
        })
        .filter_map(|(mmsi, anomaly)| match anomaly.what {
            AnomalyKind::Clone { apart, changes } => Some((apart, changes, mmsi)),
            _ => None,
        })
        .collect();
    // Heard in six places within two seconds, up to 168 nautical miles apart.
    let told = clones.iter().find(|(_, _, mmsi)| mmsi.0 == 311_000_923);
    assert!(
        told.is_some_and(|(apart, ..)| apart.0 / 1_852 == 168),
        "{clones:?}"
    );
}
