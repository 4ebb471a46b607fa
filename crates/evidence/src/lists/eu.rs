//! Rows of EU legal acts in CSV, as OpenSanctions cuts them from the act: one row per person,
//! company or ship and annex. A record number counts within its annex only.

use std::io::Read;

use crate::ids::{CompanyImo, ImoScheme};

use super::csv::{Header, Records};
use super::fields::{Field, tidy};
use super::keep::Kept;
use super::row::{Kind, NameKind, Row, SchemeBasis};
use super::{Format, Refused, Snapshot};

pub(super) fn read<R: Read>(mut records: Records<R>, header: Header) -> Result<Snapshot, Refused> {
    for column in ["celex", "schema", "name"] {
        header.needed(column)?;
    }
    let mut kept = Kept::new();
    let mut acts: Vec<String> = Vec::new();
    while let Some((place, fields)) = records.next()? {
        header.check(&fields, place)?;
        let get = |name: &str| header.get(&fields, name);
        let kind = match get("schema") {
            "Vessel" => Kind::Vessel,
            "Person" => Kind::Person,
            "LegalEntity" | "Organization" | "Company" | "PublicBody" => Kind::Entity,
            _ => Kind::Other,
        };
        let mut row = Row::new(kind, place);
        row.name_as(get("name"), NameKind::Primary, None, "name");
        for (column, kind) in [
            ("alias", NameKind::Alias),
            ("weakAlias", NameKind::WeakAlias),
            ("previousName", NameKind::Former),
        ] {
            for name in get(column).split(';') {
                row.name_as(name, kind, None, column);
            }
        }
        row.imo(get("imoNumber"), "imoNumber");
        register_number(&mut row, get("registrationNumber"));
        for mmsi in get("mmsi").split(';') {
            row.mmsi(mmsi, "mmsi");
        }
        Row::text(&mut row.flags, get("flag"));
        Row::date(&mut row.listed, get("startDate"));
        Row::text(&mut row.programmes, get("programKey"));
        row.measure(get("measure"));
        row.remark(get("reason"), "reason");
        row.remark(get("notes"), "notes");
        Row::text(&mut acts, get("celex"));

        let within = tidy(&format!("{} {}", get("celex"), get("annex")));
        if !get("recordId").is_empty() {
            row.reference = format!("{within} {}", tidy(get("recordId")));
        } else {
            row.reference_kind = super::ReferenceKind::Composed;
            row.reference = match (row.own_imos().first(), row.name()) {
                (Some(imo), _) => format!("{within} IMO {imo}"),
                (None, Some(name)) => format!("{within} {name}"),
                (None, None) => String::new(),
            };
        }
        kept.push(row, &records.source)?;
    }
    acts.sort();
    kept.into_snapshot(
        Format::EuCsv,
        format!("EU {}", super::refused::cut(&acts.join(" "))),
        Some("European Union".to_owned()),
        &records.source,
    )
}

/// The column does not say whose register it is; for owners of ships it is often the IMO's.
fn register_number(row: &mut Row, number: &str) {
    if row.kind == Kind::Entity && number.parse::<CompanyImo>().is_ok() {
        row.imo_digits(
            number,
            number,
            ImoScheme::Company,
            SchemeBasis::CheckDigitOnly,
            Field {
                name: "registrationNumber",
                text: false,
            },
        );
    } else {
        row.remark(number, "registrationNumber");
    }
}
