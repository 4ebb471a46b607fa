//! `seaproof author`: who may write in a ledger.

use clap::{Subcommand, ValueEnum};
use seaproof_ledger::governance::{AuthorRevoked, RevocationReason};
use seaproof_ledger::ids::Role;
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::Reader;
use serde_json::json;

use super::init::{admission, governance};
use crate::context::{self, Context};
use crate::error::Result;
use crate::keyring::{self, KeyArgs};
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
        key: KeyArgs,
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
        #[command(flatten)]
        key: KeyArgs,
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
            key,
        } => {
            let line = keyring::public_key(&public)?;
            let role = match role {
                RoleName::Custodian => Role::Custodian,
                RoleName::Investigator => Role::Investigator,
                RoleName::Witness => Role::Witness,
            };
            let name = name.unwrap_or(line.comment);
            let draft = admission(line.key, role, Some(&name), ctx.now())?;
            let recorded = with_session(ctx, &key, |session| session.append_one(draft))?;
            recording::report(ctx, &[recorded])
        }
        Command::Revoke {
            author,
            reason,
            suspect_from,
            note,
            key,
        } => revoke(ctx, &author, reason, suspect_from, note.as_deref(), &key),
        Command::List => list(ctx),
    }
}

fn revoke(
    ctx: &mut Context,
    author: &str,
    reason: ReasonName,
    suspect_from: Option<u64>,
    note: Option<&str>,
    key: &KeyArgs,
) -> Result<()> {
    let store = ctx.store()?;
    let revoked = {
        let reader = context::reader(&store, None)?;
        Holders::read(&reader)?.find(reader.authority(), author)?
    };
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
    let recorded = with_session(ctx, key, |session| session.append_one(draft))?;
    recording::report(ctx, &[recorded])
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
