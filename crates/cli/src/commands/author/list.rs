//! `seaproof author list`: every key that ever entered, and what became of it.

use std::collections::BTreeMap;

use seaproof_ledger::governance::Author;
use seaproof_ledger::ids::{AuthorKey, EntryIndex, Role};
use seaproof_ledger::keys::fingerprint;
use serde_json::json;

use crate::context::{self, Context};
use crate::error::Result;
use crate::names::Holders;
use crate::output::clean;

/// What a key signed in a ledger.
#[derive(Default)]
struct Signed {
    /// Its first entry: its holder's acceptance, and proof that they have the key.
    first: Option<EntryIndex>,
    entries: u64,
}

pub fn run(ctx: &mut Context) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let mut holders = Holders::default();
    let mut signed: BTreeMap<AuthorKey, Signed> = BTreeMap::new();
    for read in reader.entries() {
        let read = read?;
        holders.heed(&read);
        let signed = signed.entry(read.entry.statement.key).or_default();
        signed.first.get_or_insert(read.entry.index);
        signed.entries += 1;
    }
    let mut authors: Vec<_> = reader
        .authority()
        .authors()
        .map(|(key, author)| (key, author, signed.remove(key).unwrap_or_default()))
        .collect();
    authors.sort_by_key(|(_, author, _)| author.admitted_at);
    if ctx.json {
        let authors: Vec<_> = authors
            .iter()
            .map(|(key, author, signed)| {
                json!({
                    "key": key.to_string(), "fingerprint": fingerprint(key), "name": holders.get(key),
                    "role": author.role.name(), "in_force": author.in_force(),
                    "admitted_at": author.admitted_at.0,
                    "accepted_at": signed.first.map(|i| i.0),
                    "revoked_at": author.revoked_at.map(|i| i.0),
                    "suspect_from": author.suspect_from.map(|i| i.0),
                    "entries": signed.entries,
                })
            })
            .collect();
        return ctx.out.json(&json!({
            "ledger": reader.ledger().map(|l| l.to_string()), "authors": authors,
            "closed_at": reader.authority().closed_at().map(|i| i.0),
        }));
    }
    let rows: Vec<[String; 6]> = authors
        .iter()
        .map(|(key, author, signed)| {
            [
                holders.get(key).map(clean).unwrap_or_default(),
                author.role.name().into(),
                author.admitted_at.to_string(),
                signed.entries.to_string(),
                standing(author, signed),
                fingerprint(key),
            ]
        })
        .collect();
    ctx.out.table(
        ["name", "role", "since", "entries", "", "fingerprint"],
        rows,
    )?;
    if let Some(at) = reader.authority().closed_at() {
        ctx.out
            .line(format_args!("The ledger was closed at {at}"))?;
    }
    Ok(())
}

fn standing(author: &Author, signed: &Signed) -> String {
    match (author.revoked_at, author.suspect_from) {
        // A witness signs no entries: its cosignatures are its acceptance.
        (None, _) if signed.entries == 0 && author.role != Role::Witness => {
            "in force, not accepted yet".into()
        }
        (None, _) => "in force".into(),
        (Some(at), None) => format!("revoked at {at}"),
        (Some(at), Some(from)) => format!("revoked at {at}, suspect from {from}"),
    }
}
