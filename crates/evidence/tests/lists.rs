//! The real lists of `../shared/data/sanctions`: what is in them and how it is read.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use seaproof_evidence::events::movements::Measure;
use seaproof_evidence::lists::{
    CaseVessel, Change, Format, How, Kind, NameKind, ReferenceKind, Row, SchemeBasis, Snapshot,
    compare, propose, read,
};

const UN: &str = "un-consolidated-2018-10-29-excerpt.xml";
const EU: &str = "eu-32017R1509-dprk-vessels-and-owners.csv";
const OFAC: &str = "ofac_dprk_vessels.csv";
const FTM: &str = "ftm-vessel-chon-ma-san.constructed.json";

/// A real list; `None`, with a word on it, where it is not at hand.
fn real(name: &str) -> Option<Snapshot> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/sanctions")
        .join(name);
    match std::fs::File::open(&path) {
        Ok(file) => Some(read(file).unwrap()),
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "{}: {error}", path.display());
            println!("skipped: {} is not at hand ({error})", path.display());
            None
        }
    }
}

fn in_text(row: &Row) -> Vec<&str> {
    row.names
        .iter()
        .filter(|name| name.kind == NameKind::InText)
        .map(|name| name.text.as_str())
        .collect()
}

#[test]
fn the_un_list_gives_its_references_without_stray_spaces_and_no_empty_alias() {
    let Some(list) = real(UN) else { return };
    assert_eq!(list.head.format, Format::UnXml);
    let generated = list.head.generated.as_ref().unwrap();
    assert_eq!(generated.written, "2018-10-29T19:09:49.856-04:00");
    assert_eq!(list.rows.len(), 23);
    for row in &list.rows {
        assert_eq!(row.reference, row.reference.trim());
        assert!(row.names.iter().all(|name| !name.text.trim().is_empty()));
        assert!(row.measures.is_empty(), "the list states no measures");
        assert_eq!(row.listed.len(), 1);
    }
    let row = list.row("KPe.055").unwrap();
    assert_eq!(row.other_references, ["DATAID 6908691"]);
    assert!(
        row.names
            .iter()
            .any(|name| name.text == "長安海連技術有限公司")
    );
    let renamed = list.row("CDe.001").unwrap();
    let former = renamed.names.iter().filter(|n| n.kind == NameKind::Former);
    assert_eq!(former.count(), 3);
    assert_eq!(renamed.updated[0].written, "2016-10-19");
    assert_eq!(list.row("KPi.033").unwrap().kind, Kind::Person);
}

#[test]
fn the_un_lists_ships_and_company_numbers_are_found_in_its_comments() {
    let Some(list) = real(UN) else { return };
    for (reference, ships) in [
        ("KPe.055", &["HUA FU"][..]),
        ("KPe.022", &["Chong Chon Gang"]),
        ("KPe.058", &["NAM SAN 8", "HAP JANG GANG 6"]),
        ("KPe.061", &["CHON MA SAN", "YU JONG 2"]),
        ("KPe.063", &["YU PHYONG 5"]),
        ("KPe.065", &["SAM MA 2", "Hai Xin You 606"]),
        ("KPe.067", &["KOTI", "KUM UN SAN 3"]),
        ("KPe.068", &["YU SON"]),
        ("KPe.070", &["JI SONG 6", "JI SONG 8", "WOORY STAR"]),
        ("KPe.073", &["HAO FAN 2", "HAO FAN 6"]),
        ("CDe.001", &[]),
    ] {
        assert_eq!(in_text(list.row(reference).unwrap()), ships, "{reference}");
    }
    for (reference, number, basis) in [
        ("KPe.022", 5_342_883, SchemeBasis::RowKind),
        ("KPe.066", 5_434_358, SchemeBasis::Stated),
        ("KPe.020", 1_790_183, SchemeBasis::RowKind),
    ] {
        let row = list.row(reference).unwrap();
        let found = &row.company_imos[0];
        assert_eq!((found.number.get(), found.basis), (number, basis));
        assert_eq!(found.field, "COMMENTS1");
        let ships = row.imos.iter().map(|imo| (imo.number.get(), imo.basis));
        let either = |found| found == (number, SchemeBasis::CheckDigitOnly);
        assert!(ships.clone().all(either), "a company's number is no ship's");
        assert_eq!(ships.count(), usize::from(number == 1_790_183));
    }
}

#[test]
fn the_eu_cut_has_75_vessels_of_which_one_has_no_imo_number() {
    let Some(list) = real(EU) else { return };
    assert_eq!(list.rows.len(), 90);
    let vessels: Vec<&Row> = list
        .rows
        .iter()
        .filter(|r| r.kind == Kind::Vessel)
        .collect();
    assert_eq!(vessels.len(), 75);
    assert_eq!(vessels.iter().filter(|r| r.imos.len() == 1).count(), 74);
    let without = vessels.iter().find(|r| r.imos.is_empty()).unwrap();
    assert_eq!(without.name(), Some("MIN NING DE YOU 078"));
    assert_eq!(without.refused[0].written, "Does not exist");
    assert_eq!(without.place.line, 86);
    // Every owner's register number passes the check of company numbers; one passes that of ships too.
    let owners = list.rows.iter().filter(|r| r.kind == Kind::Entity);
    assert!(owners.clone().all(|r| r.company_imos.len() == 1));
    let both: Vec<_> = owners.clone().flat_map(|r| &r.imos).collect();
    assert_eq!(both.len(), 1);
    assert_eq!(both[0].basis, SchemeBasis::CheckDigitOnly);
    assert_eq!(owners.count(), 15);
    assert_eq!(vessels.iter().filter(|r| !r.mmsis.is_empty()).count(), 4);
}

#[test]
fn an_eu_reference_names_act_annex_and_record_and_is_unique() {
    let Some(list) = real(EU) else { return };
    let references: BTreeSet<&str> = list.rows.iter().map(|r| r.reference.as_str()).collect();
    assert_eq!(references.len(), 90);
    let row = list.row("32017R1509 XIV.A 12").unwrap();
    assert_eq!(row.name(), Some("YU SON"));
    assert_eq!(row.reference_kind, ReferenceKind::Own);
    assert_eq!(row.listed[0].date.as_ref().unwrap().as_str(), "2018-03-30");
    let unnumbered = list.row("32017R1509 XIII.B IMO 8606173").unwrap();
    assert_eq!(unnumbered.reference_kind, ReferenceKind::Composed);
}

#[test]
fn no_eu_row_becomes_a_port_ban() {
    let Some(list) = real(EU) else { return };
    for row in &list.rows {
        let [measure] = &row.measures[..] else {
            panic!("{} has {:?}", row.reference, row.measures);
        };
        let expected = match measure.says.as_str() {
            "Asset freeze" => Measure::AssetFreeze,
            "Transportation restrictions" => Measure::Other,
            other => panic!("{other}"),
        };
        assert_eq!(measure.measure, expected);
    }
}

#[test]
fn the_ofac_cut_has_106_vessels_of_which_105_have_an_imo_number() {
    let Some(list) = real(OFAC) else { return };
    assert_eq!(list.rows.len(), 106);
    assert!(list.rows.iter().all(|row| row.kind == Kind::Vessel));
    assert_eq!(
        list.rows.iter().filter(|row| row.imos.len() == 1).count(),
        105
    );
    assert_eq!(list.row("17104").unwrap().imos.len(), 0);
    let mangled = list.row("23156").unwrap();
    assert_eq!(mangled.name(), Some("Jul-28"));
    assert!(mangled.notes[0].contains("spreadsheet"));
    let owned = list.row("23744").unwrap();
    assert_eq!(owned.linked, ["MYOHYANG SHIPPING CO"]);
    assert_eq!(owned.programmes, ["DPRK4"]);
}

#[test]
fn an_entity_file_joins_sanction_and_owner_to_the_vessel() {
    let Some(list) = real(FTM) else { return };
    let row = list.row("eu-xiv-8660313").unwrap();
    assert_eq!(row.imos[0].number.get(), 8_660_313);
    let measures: Vec<Measure> = row.measures.iter().map(|m| m.measure).collect();
    assert_eq!(measures, [Measure::AssetFreeze, Measure::PortBan]);
    assert_eq!(
        row.linked,
        ["KOREA ACHIM SHIPPING CO (registered owner, kpe061)"]
    );
    assert_eq!(row.programmes, ["UN-SC1718"]);
}

fn vessel(id: &str, names: &[&str], imos: &[&str]) -> CaseVessel {
    CaseVessel {
        id: id.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        imos: imos.iter().map(|imo| imo.parse().unwrap()).collect(),
        ..CaseVessel::default()
    }
}

#[test]
fn the_vessels_seen_at_vostochny_are_found_on_the_real_lists() {
    let case = [
        vessel("yu-son", &["유선", "Yu Son"], &["8691702"]),
        vessel("chon-ma-san", &["Cheonmasan"], &[]),
        vessel(
            "paek-yang-san-1",
            &["Paek Yang San 1", "Baekyangsan 1"],
            &[],
        ),
        vessel("un-hung", &["Eunheung"], &[]),
    ];
    let rows = |list: &Snapshot, id: &str| -> Vec<(String, How, u16)> {
        let found = propose(&case, list).proposals;
        let of = found.into_iter().filter(|p| p.vessel == id);
        of.map(|p| (p.row.reference, p.matches[0].how, p.score))
            .collect()
    };
    if let Some(ofac) = real(OFAC) {
        assert_eq!(
            rows(&ofac, "yu-son"),
            [("23744".to_owned(), How::ExactImo, 1000)]
        );
        let found = rows(&ofac, "chon-ma-san");
        assert_eq!(found[0], ("23729".to_owned(), How::NameTransliterated, 700));
        assert_eq!(rows(&ofac, "paek-yang-san-1"), []);
        assert_eq!(rows(&ofac, "un-hung"), []);
    }
    if let Some(un) = real(UN) {
        let found = propose(&case[..1], &un).proposals;
        assert_eq!(found[0].row.reference, "KPe.068");
        assert_eq!(found[0].matches[0].name_kind, Some(NameKind::InText));
        assert!(found[0].reason.contains("MYOHYANG"), "{}", found[0].reason);
    }
    if let Some(eu) = real(EU) {
        let found: Vec<String> = rows(&eu, "yu-son")
            .into_iter()
            .map(|r| r.0)
            .take(2)
            .collect();
        assert_eq!(found, ["32017R1509 XIV.A 12", "32017R1509 XIV.B 20"]);
    }
}

#[test]
fn every_imo_number_of_one_real_list_is_found_on_the_other() {
    let (Some(eu), Some(ofac)) = (real(EU), real(OFAC)) else {
        return;
    };
    let case: Vec<CaseVessel> = eu
        .rows
        .iter()
        .filter(|row| row.kind == Kind::Vessel)
        .map(|row| CaseVessel {
            id: row.reference.clone(),
            imos: row.imos.iter().map(|imo| imo.number).collect(),
            ..CaseVessel::default()
        })
        .collect();
    let expected: usize = case
        .iter()
        .flat_map(|vessel| &vessel.imos)
        .map(|imo| {
            let same = |row: &&Row| row.imos.iter().any(|found| found.number == *imo);
            ofac.rows.iter().filter(same).count()
        })
        .sum();
    let found = propose(&case, &ofac).proposals;
    assert!(expected > 50);
    assert_eq!(found.len(), expected);
    assert!(found.iter().all(|p| p.score == 1000));
}

#[test]
fn a_row_taken_out_of_the_real_list_shows_as_removed() {
    let Some(old) = real(UN) else { return };
    let mut new = old.clone();
    let gone = new.rows.remove(4);
    new.head.generated = None;
    new.head.obtained = Some("2019-01".parse().unwrap());
    let changes = compare(&old, &new).unwrap();
    assert!(changes.order_known);
    let [Change::Removed { row, listed }] = &changes.changes[..] else {
        panic!("{changes:?}");
    };
    assert_eq!(row.reference, gone.reference);
    assert_eq!(listed[0].written, "2018-03-30");
    assert!(compare(&new, &old).is_err(), "the order is wrong");
}
