//! Ledgers to find things in.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use seaproof_evidence::{Amendment, Class, EntryId, Event, Relation, Role};
use seaproof_ledger::facts::{DraftFacts, Reference};
use seaproof_ledger::governance::{AuthorAdmitted, AuthorRevoked, RevocationReason};
use seaproof_ledger::ids::{AuthorKey, Timestamp};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::opening::Source;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::writer::{Draft, Genesis, OsSalts, Writer};
use serde_json::{Value, json};

/// Of whoever looks at the ledgers.
pub const SECRET: [u8; 32] = [7; 32];

pub const NOW: Timestamp = Timestamp(1_711_454_400_000);

pub fn key(n: u8) -> SecretKey {
    SecretKey::from_seed([n; 32])
}

pub fn salts() -> Box<OsSalts> {
    Box::default()
}

pub fn begin<'a>(store: &'a FolderStore, memory: &'a VolatileMemory) -> Writer<'a> {
    let genesis = Genesis {
        source: Source::new([("title", "Search trial"), ("name", "Field Desk")]).unwrap(),
        recorded_at: NOW,
    };
    Writer::init(store, memory, salts(), &key(1), &genesis, &[]).unwrap()
}

pub fn draft(event: &Value, label: Option<&str>, refs: Vec<Reference>) -> Draft {
    let event: Event = serde_json::from_value(event.clone()).unwrap();
    Draft {
        class: event.class(),
        facts: DraftFacts {
            kind: event.kind().into(),
            kind_version: event.version(),
            label: label.map(Into::into),
            exhibits: Vec::new(),
            refs,
            amendment: None,
            event: event.to_bytes(),
        },
        source: Source::default(),
        recorded_at: NOW,
    }
}

pub fn governance(kind: &str, event: Vec<u8>, name: Option<&str>) -> Draft {
    Draft {
        class: Class::Governance,
        facts: DraftFacts {
            kind: kind.into(),
            kind_version: 1,
            label: None,
            exhibits: Vec::new(),
            refs: Vec::new(),
            amendment: None,
            event,
        },
        source: Source::new(name.map(|name| ("name", name))).unwrap(),
        recorded_at: NOW,
    }
}

pub fn admitting(key: AuthorKey, name: &str) -> Draft {
    let role = Role::Investigator;
    let event = seaproof_ledger::encoding::encode(&AuthorAdmitted { key, role });
    governance("author-admitted", event, Some(name))
}

pub fn revoking(key: AuthorKey, suspect_from: u64) -> Draft {
    let event = seaproof_ledger::encoding::encode(&AuthorRevoked {
        key,
        reason: RevocationReason::Lost,
        suspect_from: Some(suspect_from),
    });
    governance("author-revoked", event, None)
}

pub fn retracting(target: EntryId) -> Draft {
    let mut draft = draft(
        &json!({"kind": "retracted", "reason": "a slip"}),
        None,
        vec![],
    );
    draft.facts.amendment = Some((Relation::Retracts, vec![Reference::Entry(target)]));
    let _: Option<Amendment> = None;
    draft
}

pub fn vessel(n: u64, name: &str) -> Value {
    let mut vessel = json!({"kind": "vessel", "names": [{"latin": name}], "flag": "KP",
        "mode": "reported"});
    if n == 0 {
        vessel["imo"] = json!("8691702");
        vessel["mmsi"] = json!("445123000");
        vessel["call_sign"] = json!("HMZF");
    }
    vessel
}

pub fn document(n: u64) -> Value {
    json!({"kind": "document", "publisher": "The Harbour Post", "hold": "cited",
        "title": format!("Tankers at the oil berth, report {n}")})
}

/// A movement of the vessel in slot 0 as told by the document in slot 1.
pub fn movement(n: u64) -> Value {
    let day = format!("2024-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
    let when = json!({"edtf": day, "sense": "on", "zone": "+09:00"});
    let place = json!({"locode": if n.is_multiple_of(3) { "KPCHO" } else { "RUVYP" },
        "berth": "oil berth"});
    let mut event = match n % 4 {
        0 | 1 => json!({"kind": "sighting", "about": 0, "place": place, "when": when,
            "status": "at anchor"}),
        2 => json!({"kind": "port-call", "about": 0, "place": place, "arrival": when}),
        _ => json!({"kind": "ais-silence", "about": 0, "when": when, "phase": "on the journey"}),
    };
    event["mode"] = json!("reported");
    event["origin"] = json!({"who": {"entry": 1}, "mode": "observed"});
    event["basis"] = json!([{"of": 1, "at": {"page": 1 + n % 40, "quote": format!("note {n}")}}]);
    event["confidence"] = json!({"level": "possible", "reason": "one source"});
    event
}

/// Names in the way of several romanisations.
pub const SHIPS: [&str; 5] = [
    "Yu Son",
    "Un Hung",
    "Paek Yang San 1",
    "Wol Bong San",
    "Chon Ma San",
];

/// A ledger of some vessels, two documents, and `movements` of them, in batches of `batch`.
pub fn fleet(folder: &Path, movements: u64, batch: usize) -> FolderStore {
    let store = FolderStore::new(folder);
    let memory = VolatileMemory::new();
    let mut writer = begin(&store, &memory);
    writer.set_segment_bytes(64 << 10);
    let (field, second) = (key(1), key(2));
    let mut things = Vec::new();
    for (n, name) in SHIPS.iter().enumerate() {
        let label = format!("ship-{n}");
        let sealed = writer
            .append(
                &field,
                &[draft(&vessel(n as u64, name), Some(&label), vec![])],
            )
            .unwrap();
        things.push(sealed[0].id);
    }
    let documents = writer
        .append(&field, &[draft(&document(1), Some("press"), vec![])])
        .unwrap();
    writer
        .append(&field, &[admitting(second.public(), "Anna Kim")])
        .unwrap();
    writer.checkpoint(&field).unwrap();
    writer.close();
    add(
        &store,
        &memory,
        &things,
        documents[0].id,
        0..movements,
        batch,
    );
    store
}

/// More movements, by the second key.
pub fn add(
    store: &FolderStore,
    memory: &VolatileMemory,
    things: &[EntryId],
    document: EntryId,
    numbers: std::ops::Range<u64>,
    batch: usize,
) {
    let second = key(2);
    let mut writer = Writer::open(store, memory, salts(), second.public()).unwrap();
    writer.set_segment_bytes(64 << 10);
    let drafts: Vec<Draft> = numbers
        .map(|n| {
            let ship = things[(n % things.len() as u64) as usize];
            let refs = vec![Reference::Entry(ship), Reference::Entry(document)];
            let label = (n % 5 == 0).then(|| format!("move-{n}"));
            draft(&movement(n), label.as_deref(), refs)
        })
        .collect();
    for drafts in drafts.chunks(batch) {
        writer.append(&second, drafts).unwrap();
    }
    writer.close();
}
