//! FollowTheMoney entities. What names a person, company, ship or other thing becomes a row; a
//! `Sanction`, beside it or nested in it, gives the row of its `entity` authority, dates,
//! programmes and provisions; `Ownership` and other links give the name of the other side. The
//! rest is counted by its schema.

use std::collections::BTreeSet;
use std::io::Read;

use serde_json::{Map, Value};

use super::fields::tidy;
use super::json::Entities;
use super::keep::Kept;
use super::refused::{Place, cut};
use super::row::{Kind, NameKind, Row};
use super::source::Source;
use super::{Format, Refused, Snapshot};

type Object = Map<String, Value>;

/// What is joined to rows when all are known, because it may come before them.
enum Later {
    Sanction {
        of: Vec<String>,
        properties: Object,
    },
    Link {
        from: Vec<String>,
        to: Vec<String>,
        says: String,
    },
}

/// Properties of a sanction that are read, and what may be kept of it until the end.
const SANCTION: &[&str] = &[
    "authority",
    "authorityId",
    "unscId",
    "program",
    "programId",
    "provisions",
    "status",
    "reason",
    "listingDate",
    "startDate",
    "endDate",
    "summary",
];

pub(super) fn read<R: Read>(source: Source<R>) -> Result<Snapshot, Refused> {
    let mut entities = Entities::new(source);
    let mut kept = Kept::new();
    let mut later: Vec<Later> = Vec::new();
    let mut datasets: BTreeSet<String> = BTreeSet::new();
    while let Some((place, value)) = entities.next()? {
        let (id, schema, mut object) = entity(value, place)?;
        let mut properties = match object.remove("properties") {
            None => Object::new(),
            Some(Value::Object(properties)) => properties,
            Some(_) => {
                return Err(wrong(place, &id, "its properties are no object"));
            }
        };
        for name in values(object.get("datasets")) {
            if datasets.len() < 64 {
                datasets.insert(cut(&tidy(&name)));
            }
        }
        if schema == "Sanction" {
            let mut of = values(properties.get("entity"));
            let mut known = BTreeSet::new();
            of.retain(|id| known.insert(id.clone()));
            sanction(of, properties, &mut kept, &mut later, &entities.source)?;
            continue;
        }
        if let Some((from, to)) = link(&schema) {
            let says = values(properties.get("role"))
                .into_iter()
                .chain(values(properties.get("ownershipType")))
                .next()
                .unwrap_or_else(|| schema.to_lowercase());
            let link = Later::Link {
                from: values(properties.get(from)),
                to: values(properties.get(to)),
                says: cut(&tidy(&says)),
            };
            if let Later::Link { from, to, .. } = &link {
                let ids: usize = from.iter().chain(to).map(|id| id.len() + 64).sum();
                kept.charge(ids as u64 + 256, &entities.source)?;
            }
            later.push(link);
            kept.pass_over(&schema);
            continue;
        }
        let kind = kind(&schema);
        let named = properties.contains_key("name") || object.contains_key("caption");
        let Some(kind) = kind.or(named.then_some(Kind::Other).filter(|_| !is_detail(&schema)))
        else {
            kept.pass_over(&schema);
            continue;
        };
        for nested in take_nested(&mut properties, "sanctions") {
            sanction(
                vec![id.clone()],
                nested,
                &mut kept,
                &mut later,
                &entities.source,
            )?;
        }
        let row = row(kind, place, id, &object, &properties);
        kept.push(row, &entities.source)?;
    }
    join(&mut kept, later, &entities.source)?;
    let list = match datasets.len() {
        0 => "FollowTheMoney".to_owned(),
        _ => format!(
            "FollowTheMoney {}",
            datasets.into_iter().collect::<Vec<_>>().join(" ")
        ),
    };
    let authorities: BTreeSet<&String> = kept.rows.iter().flat_map(|r| &r.authorities).collect();
    let guess = match authorities.len() {
        1 => authorities.first().map(|one| (*one).clone()),
        _ => None,
    };
    kept.into_snapshot(Format::FtmJson, list, guess, &entities.source)
}

fn wrong(place: Place, id: &str, problem: &str) -> Refused {
    Refused::at(
        place,
        format!("entity {:?}: {problem}", cut(id)),
        "entities are {\"id\", \"schema\", \"properties\": {name: [values]}}; get the file again",
    )
}

fn entity(value: Value, place: Place) -> Result<(String, String, Object), Refused> {
    let Value::Object(mut object) = value else {
        return Err(wrong(place, "", "no object"));
    };
    let mut text = |name: &str| match object.remove(name) {
        Some(Value::String(text)) => Some(tidy(&text)).filter(|text| !text.is_empty()),
        _ => None,
    };
    match (text("id"), text("schema")) {
        (Some(id), Some(schema)) => Ok((id, schema, object)),
        (id, schema) => Err(wrong(
            place,
            &id.unwrap_or_default(),
            if schema.is_none() {
                "it has no schema"
            } else {
                "it has no id"
            },
        )),
    }
}

/// The texts of a property: a list, or a single value.
fn values(value: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        // A nested entity stands for its id.
        Value::Object(object) => object.get("id").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The properties of entities nested in one property.
fn take_nested(properties: &mut Object, name: &str) -> Vec<Object> {
    let Some(Value::Array(list)) = properties.remove(name) else {
        return Vec::new();
    };
    list.into_iter()
        .filter_map(|value| match value {
            Value::Object(mut object) => match object.remove("properties") {
                Some(Value::Object(properties)) => Some(properties),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

fn kind(schema: &str) -> Option<Kind> {
    Some(match schema {
        "Vessel" => Kind::Vessel,
        "Person" => Kind::Person,
        "LegalEntity" | "Organization" | "Company" | "PublicBody" => Kind::Entity,
        "Airplane" | "Vehicle" | "Asset" | "Thing" => Kind::Other,
        _ => return None,
    })
}

/// Things that only tell more of another thing.
fn is_detail(schema: &str) -> bool {
    matches!(
        schema,
        "Address"
            | "Identification"
            | "Passport"
            | "Position"
            | "Occupancy"
            | "Event"
            | "Trip"
            | "Note"
            | "Article"
            | "Documentation"
            | "Document"
            | "Security"
            | "CryptoWallet"
    )
}

/// From which side to which a link schema goes.
fn link(schema: &str) -> Option<(&'static str, &'static str)> {
    Some(match schema {
        "Ownership" => ("owner", "asset"),
        "Directorship" => ("director", "organization"),
        "Membership" => ("member", "organization"),
        "Employment" => ("employee", "employer"),
        "Representation" => ("agent", "client"),
        "UnknownLink" => ("subject", "object"),
        _ => return None,
    })
}

fn sanction<R: Read>(
    of: Vec<String>,
    properties: Object,
    kept: &mut Kept,
    later: &mut Vec<Later>,
    source: &Source<R>,
) -> Result<(), Refused> {
    let properties: Object = properties
        .into_iter()
        .filter(|(name, _)| SANCTION.contains(&name.as_str()))
        .collect();
    let size: usize = properties
        .values()
        .flat_map(|value| values(Some(value)))
        .chain(of.iter().cloned())
        .map(|text| text.len() + 96)
        .sum();
    kept.charge(size as u64 + 512, source)?;
    later.push(Later::Sanction { of, properties });
    Ok(())
}

fn row(kind: Kind, place: Place, id: String, object: &Object, properties: &Object) -> Row {
    let mut row = Row::new(kind, place);
    row.reference = id;
    let all = |name: &str| values(properties.get(name));
    for (field, kind) in [
        ("name", NameKind::Primary),
        ("alias", NameKind::Alias),
        ("weakAlias", NameKind::WeakAlias),
        ("previousName", NameKind::Former),
    ] {
        for name in all(field) {
            // The first name is the row's own.
            let kind = match kind {
                NameKind::Primary if row.name().is_some() => NameKind::Alias,
                kind => kind,
            };
            row.name_as(&name, kind, None, field);
        }
    }
    if row.names.is_empty() {
        for name in values(object.get("caption")) {
            row.name_as(&name, NameKind::Primary, None, "caption");
        }
    }
    for number in all("imoNumber") {
        row.imo(&number, "imoNumber");
    }
    for mmsi in all("mmsi") {
        row.mmsi(&mmsi, "mmsi");
    }
    for sign in all("callSign") {
        row.call_sign(&sign, "callSign");
    }
    for flag in all("flag").into_iter().chain(all("pastFlags")) {
        Row::text(&mut row.flags, &flag);
    }
    for programme in all("programId").into_iter().chain(all("program")) {
        Row::text(&mut row.programmes, &programme);
    }
    for changed in values(object.get("last_change")) {
        Row::date(&mut row.updated, &changed);
    }
    for owner in all("owner").into_iter().chain(all("operator")) {
        Row::text(&mut row.linked, &owner);
    }
    for field in ["description", "notes", "summary", "topics"] {
        for text in all(field) {
            row.remark(&text, field);
        }
    }
    row
}

/// The most steps, each about a byte read or a value compared, that joining may take: far more than a list
/// of the most rows needs.
const JOIN_STEPS_MAX: u64 = 1 << 30;

/// How many steps are left.
struct Steps(u64);

impl Steps {
    /// Takes so many values of so many bytes, each compared with what the row holds.
    fn take<R: Read>(
        &mut self,
        values: u64,
        bytes: u64,
        row: &Row,
        source: &Source<R>,
    ) -> Result<(), Refused> {
        let longest = [
            row.measures.len(),
            row.listed.len(),
            row.delisted.len(),
            row.programmes.len(),
            row.authorities.len(),
            row.other_references.len(),
            row.linked.len(),
        ];
        let held = longest.into_iter().max().unwrap_or_default() as u64;
        // What the row gains while it is joined is compared too.
        let most = held + values.min(super::fields::ITEMS_MAX as u64);
        let need = bytes.saturating_add(values.saturating_mul(most + 1));
        self.0 = self.0.checked_sub(need).ok_or_else(|| {
            source.refuse(
                "its sanctions and links on the same few entities are too many to be joined",
                "no such list needs them; get the file again, or cut it to the programme that the \
                 case is about",
            )
        })?;
        Ok(())
    }
}

fn join<R: Read>(kept: &mut Kept, later: Vec<Later>, source: &Source<R>) -> Result<(), Refused> {
    let mut steps = Steps(JOIN_STEPS_MAX);
    let mut unknown = 0u64;
    for one in later {
        match one {
            Later::Sanction { of, properties } => {
                let texts = || properties.values().flat_map(|value| values(Some(value)));
                let (count, bytes) = (
                    texts().count() as u64,
                    texts().map(|text| text.len() as u64).sum(),
                );
                for id in &of {
                    match kept.find(id) {
                        Some(at) => {
                            steps.take(count, bytes, &kept.rows[at], source)?;
                            let before = kept.rows[at].cost();
                            sanctioned(&mut kept.rows[at], &properties);
                            let more = kept.rows[at].cost().saturating_sub(before);
                            kept.charge(more, source)?;
                        }
                        None => unknown += 1,
                    }
                }
            }
            Later::Link { from, to, says } => {
                for to in &to {
                    let Some(at) = kept.find(to) else { continue };
                    for from in &from {
                        steps.take(1, from.len() as u64, &kept.rows[at], source)?;
                        let name = kept
                            .find(from)
                            .and_then(|f| kept.rows[f].name())
                            .unwrap_or_default();
                        let text = tidy(&format!("{name} ({says}, {from})"));
                        kept.charge(text.len() as u64 + 96, source)?;
                        Row::text(&mut kept.rows[at].linked, &text);
                    }
                }
            }
        }
    }
    if unknown > 0 {
        kept.notes.push(format!(
            "{unknown} sanctions are on entities that are not in the file"
        ));
    }
    Ok(())
}

fn sanctioned(row: &mut Row, properties: &Object) {
    let all = |name: &str| values(properties.get(name));
    for authority in all("authority") {
        Row::text(&mut row.authorities, &authority);
    }
    for programme in all("programId").into_iter().chain(all("program")) {
        Row::text(&mut row.programmes, &programme);
    }
    for provision in all("provisions") {
        row.measure(&provision);
    }
    for date in all("listingDate").into_iter().chain(all("startDate")) {
        Row::date(&mut row.listed, &date);
    }
    for date in all("endDate") {
        Row::date(&mut row.delisted, &date);
    }
    for reference in all("authorityId").into_iter().chain(all("unscId")) {
        Row::text(&mut row.other_references, &reference);
    }
    for field in ["reason", "summary", "status"] {
        for text in all(field) {
            row.remark(&text, field);
        }
    }
}
