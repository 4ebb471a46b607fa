//! `seaproof author`: who may write in a ledger.

use clap::{Subcommand, ValueEnum};
use seaproof_ledger::governance::{AuthorRevoked, RevocationReason, Unauthorised};
use seaproof_ledger::ids::{AuthorKey, Role};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::writer::Draft;
use serde_json::{Value, json};

use super::init::{admission, governance};
use super::record::hand::Asking;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::keyring;
use crate::names::Holders;
use crate::output::clean;
use crate::recording::{self, with_session};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Admit a key (custodians only)
    #[command(
        after_help = "Example: seaproof author admit desk.pub --role investigator --name Desk"
    )]
    Admit {
        /// A .pub file, or the line in it
        public: String,
        /// What the key may do
        #[arg(long, value_enum, default_value_t = RoleName::Investigator)]
        role: RoleName,
        /// Its holder's name, as others will see it [default: the key's comment]
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// Revoke a key (custodians; any key may revoke itself)
    #[command(
        after_help = "Example: seaproof author revoke Desk --reason compromised --suspect-from 40"
    )]
    Revoke {
        /// Whose: the holder's name, or the fingerprint SHA256:… or its beginning
        author: String,
        /// Why
        #[arg(long, value_enum, default_value_t = ReasonName::NotStated)]
        reason: ReasonName,
        /// The lowest number from which this key's entries are to be shown as suspect
        #[arg(long, value_name = "N")]
        suspect_from: Option<u64>,
        /// Words on it
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Revoke it although nobody can admit or revoke anybody afterwards
        #[arg(long)]
        last_custodian: bool,
        #[command(flatten)]
        asking: Asking,
    },
    /// List the authors
    #[command(after_help = "Example: seaproof author list --json")]
    List,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Governs, records, signs checkpoints
    Custodian,
    /// Records and amends
    Investigator,
    /// Cosigns, nothing else
    Witness,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ReasonName {
    NotStated,
    /// Somebody else may hold the secret key
    Compromised,
    /// The secret key is gone
    Lost,
    /// Its holder uses another key now
    Replaced,
    /// Its holder left
    Left,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Admit {
            public,
            role,
            name,
            asking,
        } => {
            let line = keyring::public_key(&public)?;
            let role = match role {
                RoleName::Custodian => Role::Custodian,
                RoleName::Investigator => Role::Investigator,
                RoleName::Witness => Role::Witness,
            };
            let name = name.unwrap_or(line.comment);
            can_be_admitted(ctx, line.key, &name)?;
            let draft = admission(line.key, role, Some(&name), ctx.now())?;
            let shown = json!({
                "kind": "author-admitted", "key": fingerprint(&line.key), "role": role.name(), "name": name,
            });
            record(ctx, &asking, &shown, draft)
        }
        Command::Revoke {
            author,
            reason,
            suspect_from,
            note,
            last_custodian,
            asking,
        } => {
            let revoked = can_be_revoked(ctx, &author, last_custodian)?;
            revoke(ctx, revoked, reason, suspect_from, note.as_deref(), &asking)
        }
        Command::List => list(ctx),
    }
}

/// Records an entry of governance as any other: shown, asked about, signed.
fn record(ctx: &mut Context, asking: &Asking, shown: &Value, draft: Draft) -> Result<()> {
    if !asking.go_on(ctx, shown)? {
        return Ok(());
    }
    let recorded = with_session(ctx, &asking.options.key, |session| {
        session.append_one(draft)
    })?;
    recording::report(ctx, &[recorded])
}

/// A key enters once, and a name means one key.
fn can_be_admitted(ctx: &Context, key: AuthorKey, name: &str) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader_for_writing(&store, None)?;
    if let Some(author) = reader.authority().author(&key) {
        let twice = Unauthorised::AdmittedTwice(author.admitted_at);
        return Err(Error::new(
            Kind::Ledger,
            format!("{twice}: nothing was recorded"),
        ));
    }
    match Holders::read(&reader)?.of(name) {
        Some(other) => Err(Error::input(format!(
            "the name {:?} is that of {}",
            clean(name),
            fingerprint(&other)
        ))
        .remedy("Nothing was recorded. Give another with --name.")),
        None => Ok(()),
    }
}

/// The key that is meant; the last custodian only if that is said.
fn can_be_revoked(ctx: &Context, author: &str, last_custodian: bool) -> Result<AuthorKey> {
    let store = ctx.store()?;
    let reader = context::reader_for_writing(&store, None)?;
    let key = Holders::read(&reader)?.find(reader.authority(), author)?;
    let last = reader.authority().custodians().eq([&key]);
    match last && !last_custodian {
        true => Err(Error::input(format!(
            "{:?} is the last custodian: nobody could admit, revoke or sign checkpoints any more",
            clean(author)
        ))
        .remedy(
            "Nothing was recorded. Admit another with `seaproof author admit --role custodian` first, \
             or say --last-custodian.",
        )),
        false => Ok(key),
    }
}

fn revoke(
    ctx: &mut Context,
    revoked: AuthorKey,
    reason: ReasonName,
    suspect_from: Option<u64>,
    note: Option<&str>,
    asking: &Asking,
) -> Result<()> {
    let shown = json!({
        "kind": "author-revoked", "key": fingerprint(&revoked),
        "reason": reason.to_possible_value().map(|v| v.get_name().to_owned()),
        "suspect_from": suspect_from, "note": note,
    });
    let reason = match reason {
        ReasonName::NotStated => RevocationReason::NotStated,
        ReasonName::Compromised => RevocationReason::Compromised,
        ReasonName::Lost => RevocationReason::Lost,
        ReasonName::Replaced => RevocationReason::Replaced,
        ReasonName::Left => RevocationReason::Left,
    };
    let event = seaproof_ledger::encoding::encode(&AuthorRevoked {
        key: revoked,
        reason,
        suspect_from,
    });
    let draft = governance(
        "author-revoked",
        event,
        note.map(|n| ("note", n)),
        ctx.now(),
    )?;
    record(ctx, asking, &shown, draft)
}

fn list(ctx: &mut Context) -> Result<()> {
    let store = ctx.store()?;
    let reader: Reader<'_> = context::reader(&store, None)?;
    let holders = Holders::read(&reader)?;
    let mut authors: Vec<_> = reader.authority().authors().collect();
    authors.sort_by_key(|(_, author)| author.admitted_at);
    if ctx.json {
        let authors: Vec<_> = authors
            .iter()
            .map(|(key, author)| {
                json!({
                    "key": key.to_string(), "fingerprint": fingerprint(key), "name": holders.get(key),
                    "role": author.role.name(), "in_force": author.in_force(),
                    "admitted_at": author.admitted_at.0,
                    "revoked_at": author.revoked_at.map(|i| i.0),
                    "suspect_from": author.suspect_from.map(|i| i.0),
                })
            })
            .collect();
        return ctx.out.json(&json!({
            "ledger": reader.ledger().map(|l| l.to_string()), "authors": authors,
        }));
    }
    let rows: Vec<[String; 5]> = authors
        .iter()
        .map(|(key, author)| {
            let state = match (author.revoked_at, author.suspect_from) {
                (None, _) => "in force".into(),
                (Some(at), None) => format!("revoked at {at}"),
                (Some(at), Some(from)) => format!("revoked at {at}, suspect from {from}"),
            };
            [
                holders.get(key).map(clean).unwrap_or_default(),
                author.role.name().into(),
                author.admitted_at.to_string(),
                state,
                fingerprint(key),
            ]
        })
        .collect();
    ctx.out
        .table(["name", "role", "since", "", "fingerprint"], rows)
}
