//! OFAC's SDN list in CSV. The official file has no header and twelve columns, `-0-` for nothing,
//! `] [` between programmes, and identifiers of ships inside its remarks; other names stand in a
//! file of their own that is not read here. The cut has a header (`ent_num`, `name`, `program`, …).
//! Neither states measures or dates.

use std::io::Read;

use super::csv::{Header, Records, check_columns};
use super::keep::Kept;
use super::refused::Place;
use super::row::{Kind, NameKind, Row};
use super::{Format, Refused, Snapshot};

/// ent_num, SDN_Name, SDN_Type, Program, Title, Call_Sign, Vess_type, Tonnage, GRT, Vess_flag,
/// Vess_owner, Remarks.
pub(super) const OFFICIAL_COLUMNS: usize = 12;

fn authority() -> Option<String> {
    Some("United States, Office of Foreign Assets Control".to_owned())
}

pub(super) fn read_cut<R: Read>(
    mut records: Records<R>,
    header: Header,
) -> Result<Snapshot, Refused> {
    header.needed("name")?;
    let ships_only = header.needed("imo").is_ok() && header.needed("sdn_type").is_err();
    let mut kept = Kept::new();
    while let Some((place, fields)) = records.next()? {
        header.check(&fields, place)?;
        let get = |name: &str| something(header.get(&fields, name));
        let kind = match ships_only {
            true => Kind::Vessel,
            false => kind(get("sdn_type")),
        };
        let mut row = Row::new(kind, place);
        row.reference = number(get("ent_num"), place)?;
        row.name_as(get("name"), NameKind::Primary, None, "name");
        row.imo(get("imo"), "imo");
        row.mmsi(get("mmsi"), "mmsi");
        row.call_sign(get("call_sign"), "call_sign");
        Row::text(&mut row.flags, get("flag"));
        programmes(&mut row, get("program"));
        Row::text(&mut row.linked, get("owner"));
        Row::text(&mut row.linked, get("linked_to"));
        row.remark(get("vessel_type"), "vessel_type");
        row.remark(get("remarks"), "remarks");
        kept.push(row, &records.source)?;
    }
    kept.into_snapshot(
        Format::OfacCsv,
        "OFAC SDN".to_owned(),
        authority(),
        &records.source,
    )
}

pub(super) fn read_official<R: Read>(
    mut records: Records<R>,
    place: Place,
    first: Vec<String>,
) -> Result<Snapshot, Refused> {
    let mut kept = Kept::new();
    let mut next = Some((place, first));
    while let Some((place, fields)) = next {
        check_columns(OFFICIAL_COLUMNS, &fields, place)?;
        let get = |at: usize| something(fields[at].trim());
        let mut row = Row::new(kind(get(2)), place);
        row.reference = number(get(0), place)?;
        row.name_as(get(1), NameKind::Primary, None, "SDN_Name");
        programmes(&mut row, get(3));
        row.call_sign(get(5), "Call_Sign");
        row.remark(get(6), "Vess_type");
        Row::text(&mut row.flags, get(9));
        Row::text(&mut row.linked, get(10));
        let remarks = get(11);
        let registered = "Vessel Registration Identification IMO ";
        for part in remarks.split(registered).skip(1) {
            let end = part.find(|c: char| !c.is_ascii_digit());
            row.imo(&part[..end.unwrap_or(part.len())], "Remarks");
        }
        for part in remarks.split("MMSI ").skip(1) {
            let digits = part.split(|c: char| !c.is_ascii_digit()).next();
            row.mmsi(digits.unwrap_or_default(), "Remarks");
        }
        for part in remarks.split("(Linked To: ").skip(1) {
            let end = part
                .find(");")
                .or_else(|| part.find(")."))
                .unwrap_or(part.trim_end_matches(['.', ')']).len());
            Row::text(&mut row.linked, &part[..end]);
        }
        row.remark(remarks, "Remarks");
        kept.push(row, &records.source)?;
        next = records.next()?;
    }
    kept.notes.push(
        "the official file keeps other names (a.k.a., f.k.a.) in alt.csv, which is not read"
            .to_owned(),
    );
    kept.into_snapshot(
        Format::OfacCsv,
        "OFAC SDN".to_owned(),
        authority(),
        &records.source,
    )
}

fn something(field: &str) -> &str {
    if field == "-0-" { "" } else { field }
}

fn kind(sdn_type: &str) -> Kind {
    match sdn_type.to_lowercase().as_str() {
        "vessel" => Kind::Vessel,
        "individual" => Kind::Person,
        "aircraft" => Kind::Other,
        _ => Kind::Entity,
    }
}

fn number(text: &str, place: Place) -> Result<String, Refused> {
    if !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(Refused::at(
        place,
        format!("ent_num is {:?}, not a number", super::refused::cut(text)),
        "the columns have shifted or the file is cut; get it again",
    ))
}

fn programmes(row: &mut Row, text: &str) {
    for programme in text.split("] [") {
        Row::text(&mut row.programmes, programme.trim_matches(['[', ']', ' ']));
    }
}
