use std::collections::BTreeSet;
use std::path::PathBuf;

use seaproof_ais::analysis::IdentityField;

use super::*;

/// A file of the real data that lies beside the project; `None`, with the reason printed, where that is absent.
fn real(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(path);
    match std::fs::read(&file) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!ci, "{} must be there: {error}", file.display());
            println!("skipped: {} is not there", file.display());
            None
        }
    }
}

const SAMPLE: &str = "ais/csv/marinecadastre_2022-01-03_sample.csv.gz";

#[test]
fn the_marine_cadastre_sample_is_read_row_by_row() {
    let Some(packed) = real(SAMPLE) else { return };
    let (counts, tracks) = read_all(&[&packed], 2, ROOMY);
    assert_eq!(counts.total, 99_999);
    // One row stands there twice.
    assert_eq!(
        (counts.decoded, counts.duplicate, counts.refused_total()),
        (99_998, 1, 0)
    );
    assert_eq!(tracks.len(), 10_631);
    assert_eq!(
        tracks
            .iter()
            .map(|(summary, _)| summary.points)
            .sum::<u64>(),
        99_998
    );
    for (summary, points) in &tracks {
        assert!(points.is_sorted_by_key(|point| point.report.time));
        assert!(points.iter().all(|point| point.report.mmsi == summary.mmsi));
    }
    assert_eq!(read_all(&[&packed], 1, 1 << 20).1, tracks);
}

#[test]
fn the_sample_is_read_as_it_stands() {
    let Some(packed) = real(SAMPLE) else { return };
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut plain)
        .unwrap();
    let mut rows = csv::Reader::from_reader(plain.as_bytes());
    let mut expected = BTreeSet::new();
    for row in rows.records() {
        let row = row.unwrap();
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        expected.insert((
            row[0].parse::<u32>().unwrap(),
            row[1].to_owned(),
            degrees(number(2)),
            degrees(number(3)),
            (row[4] != *"102.3").then(|| (number(4) * 10.0).round() as u32),
            (number(5) < 360.0).then(|| (number(5) * 10.0).round() as u16),
            // Some transmit 360, which is none.
            (number(6) < 360.0).then(|| number(6) as u16),
            row[11].parse::<u8>().ok(),
        ));
    }
    let (_, tracks) = read_all(&[&packed], 1, ROOMY);
    let found: BTreeSet<_> = tracks
        .iter()
        .flat_map(|(_, points)| points)
        .map(|point| {
            let report = point.report;
            let second = report.time.0 / 1_000 - 1_641_168_000;
            let (hour, minute) = (second / 3_600, second / 60 % 60);
            (
                report.mmsi.0,
                format!("2022-01-03T{hour:02}:{minute:02}:{:02}", second % 60),
                report.place.unwrap().lat,
                report.place.unwrap().lon,
                report.sog.map(|sog| sog.0),
                report.cog,
                report.heading,
                report.status,
            )
        })
        .collect();
    let odd: Vec<_> = found.symmetric_difference(&expected).take(4).collect();
    assert!(odd.is_empty(), "{odd:?}");
}

#[test]
fn imo_numbers_of_the_sample_are_claims_but_for_zero() {
    let Some(packed) = real(SAMPLE) else { return };
    let mut plain = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut plain)
        .unwrap();
    let zero: BTreeSet<u32> = plain
        .lines()
        .filter(|row| row.contains(",IMO0000000,"))
        .map(|row| row.split(',').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(zero.len(), 2_771);
    let (_, tracks) = read_all(&[&packed], 2, ROOMY);
    let claims = || {
        tracks
            .iter()
            .flat_map(|(summary, _)| {
                summary
                    .claims
                    .iter()
                    .map(move |claim| (summary.mmsi, claim))
            })
            .filter(|(_, claim)| claim.field == IdentityField::Imo)
    };
    assert!(claims().all(|(_, claim)| claim.value != "0000000"));
    let all: BTreeSet<&str> = claims().map(|(_, claim)| claim.value.as_str()).collect();
    let doubted: BTreeSet<&str> = claims()
        .filter(|(_, claim)| !claim.plausible)
        .map(|(_, claim)| claim.value.as_str())
        .collect();
    // With zero, 3,753 distinct strings stand in the file.
    assert_eq!((all.len(), doubted.len()), (3_752, 149));
    let with_a_number: BTreeSet<u32> = claims().map(|(mmsi, _)| mmsi.0).collect();
    assert!(zero.intersection(&with_a_number).count() < 10);
}

#[test]
fn the_mmsi_in_many_places_at_once_is_told() {
    let Some(packed) = real(SAMPLE) else { return };
    let (_, tracks) = read_all(&[&packed], 2, ROOMY);
    let widest = tracks
        .iter()
        .filter_map(|(summary, _)| {
            let apart = summary.split.as_ref()?.apart?;
            (apart.to.time.since(apart.from.time) <= 1_000).then_some((apart.distance, summary))
        })
        .max_by_key(|(distance, _)| *distance);
    let (distance, summary) = widest.unwrap();
    let miles = distance.0 / 1_852;
    assert_eq!(miles, 168);
    // Seven places within the first second, then one: stray positions, and not the tracks of two ships.
    let split = summary.split.as_ref().unwrap();
    assert_eq!(
        (summary.mmsi.0, split.stray, split.tracks.len()),
        (311_000_923, 6, 1)
    );
}
