//! `seaproof author`: who may write in a ledger.

use clap::{Subcommand, ValueEnum};
use seaproof_ledger::facts::DraftFacts;
use seaproof_ledger::governance::{
    AuthorAdmitted, AuthorRevoked, Authority, RevocationReason, Unauthorised,
};
use seaproof_ledger::ids::{AuthorKey, Class, EntryId, EntryIndex, Role, Timestamp};
use seaproof_ledger::keys::{AdmissibleKey, fingerprint};
use seaproof_ledger::opening::Source;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::writer::Draft;
use serde_json::{Value, json};

use super::record::hand::Asking;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::keyring::{self, KeyArgs};
use crate::names::Holders;
use crate::output::clean;
use crate::recording::{self, with_session};

mod list;
mod roster;
mod rotate;

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
    /// Admit a new key in the place of an old one, which is revoked (custodians only)
    #[command(
        after_help = "Example: seaproof author rotate desk-2.pub --of Desk\n\n\
        Both entries are one commit. The new key has the old one's role and name. The old one's entries stay as they are."
    )]
    Rotate(rotate::Rotate),
    /// Record what the entries say of every key, in one entry that can travel with a proof (custodians only)
    #[command(after_help = "Example: seaproof author roster")]
    Roster {
        #[command(flatten)]
        asking: Asking,
    },
    /// List the authors: role, standing, and how many entries each signed
    #[command(after_help = "Example: seaproof author list --json\n\n\
        A key's first entry is its holder's acceptance, and shows that they have it. Until then it is not accepted yet.")]
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

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Custodian => Self::Custodian,
            RoleName::Investigator => Self::Investigator,
            RoleName::Witness => Self::Witness,
        }
    }
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

impl From<ReasonName> for RevocationReason {
    fn from(name: ReasonName) -> Self {
        match name {
            ReasonName::NotStated => Self::NotStated,
            ReasonName::Compromised => Self::Compromised,
            ReasonName::Lost => Self::Lost,
            ReasonName::Replaced => Self::Replaced,
            ReasonName::Left => Self::Left,
        }
    }
}

impl ReasonName {
    /// As it is written.
    fn name(self) -> Option<String> {
        self.to_possible_value().map(|v| v.get_name().to_owned())
    }
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
            let (role, name) = (Role::from(role), name.unwrap_or(line.comment));
            let draft = admission(line.key, role, Some(&name), ctx.now())?;
            let shown = json!({
                "kind": "author-admitted", "key": fingerprint(&line.key), "role": role.name(), "name": name,
            });
            record(ctx, &asking, &shown, draft, |reader| {
                can_be_admitted(reader, line.key, &name)
            })
        }
        Command::Revoke {
            author,
            reason,
            suspect_from,
            note,
            last_custodian,
            asking,
        } => {
            let revoked = {
                let store = ctx.store()?;
                let reader = context::reader_for_writing(&store, None)?;
                can_be_revoked(&reader, &author, last_custodian)?
            };
            let draft = revocation(revoked, reason, suspect_from, note.as_deref(), ctx.now())?;
            let shown = json!({
                "kind": "author-revoked", "key": fingerprint(&revoked), "reason": reason.name(),
                "suspect_from": suspect_from, "note": note,
            });
            record(ctx, &asking, &shown, draft, |_| Ok(()))
        }
        Command::Rotate(args) => rotate::run(ctx, &args),
        Command::Roster { asking } => roster::run(ctx, &asking),
        Command::List => list::run(ctx),
    }
}

/// Records an entry of governance as any other: checked, shown, asked about, signed.
fn record(
    ctx: &mut Context,
    asking: &Asking,
    shown: &Value,
    draft: Draft,
    check: impl FnOnce(&Reader<'_>) -> Result<()>,
) -> Result<()> {
    let drafts = [draft];
    {
        let store = ctx.store()?;
        let reader = context::reader_for_writing(&store, None)?;
        check(&reader)?;
        if asking.looks_first(ctx) {
            may_sign(&reader, &asking.options.key, &drafts)?;
        }
    }
    if !asking.go_on(ctx, shown)? {
        return Ok(());
    }
    let recorded = with_session(ctx, &asking.options.key, |session| session.govern(&drafts))?;
    recording::report(ctx, &recorded)
}

/// Whether the key may sign these entries next, as far as that can be told without its passphrase.
pub fn may_sign(reader: &Reader<'_>, key: &KeyArgs, drafts: &[Draft]) -> Result<()> {
    let Some(key) = key.public() else {
        return Ok(());
    };
    let mut authority = reader.authority().clone();
    for (index, draft) in (reader.head().size.0..).map(EntryIndex).zip(drafts) {
        let event = draft.governance();
        let id = EntryId([0; 32]);
        authority
            .apply(index, id, &key, draft.class, event.as_ref())
            .map_err(|why| Error::new(Kind::Ledger, format!("{why}: nothing was recorded")))?;
    }
    Ok(())
}

/// A key enters once, whatever became of it.
fn enters_once(authority: &Authority, key: &AuthorKey) -> Result<()> {
    match authority.author(key) {
        None => Ok(()),
        Some(author) => {
            let twice = Unauthorised::AdmittedTwice(author.admitted_at);
            Err(Error::new(
                Kind::Ledger,
                format!("{twice}: nothing was recorded"),
            ))
        }
    }
}

/// A key enters once, and a name means one person.
fn can_be_admitted(reader: &Reader<'_>, key: AuthorKey, name: &str) -> Result<()> {
    enters_once(reader.authority(), &key)?;
    match Holders::read(reader)?.all(name).next() {
        Some(other) => Err(Error::input(format!(
            "the name {:?} is that of {}",
            clean(name),
            fingerprint(&other)
        ))
        .remedy(
            "Nothing was recorded. Give another with --name; if it is the same person with a new key, \
             `seaproof author rotate` hands the name on.",
        )),
        None => Ok(()),
    }
}

/// The key that is meant; the last custodian only if that is said.
fn can_be_revoked(reader: &Reader<'_>, author: &str, last_custodian: bool) -> Result<AuthorKey> {
    let key = Holders::read(reader)?.find(reader.authority(), author)?;
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

/// The entry that admits a key.
pub fn admission(
    key: AuthorKey,
    role: Role,
    name: Option<&str>,
    recorded_at: Timestamp,
) -> Result<Draft> {
    AdmissibleKey::admit(key)
        .map_err(|error| Error::key(format!("{}: {error}", fingerprint(&key))))?;
    let event = seaproof_ledger::encoding::encode(&AuthorAdmitted { key, role });
    let words = name.filter(|n| !n.is_empty()).map(|n| ("name", n));
    governance("author-admitted", event, words, recorded_at)
}

/// The entry that revokes a key.
fn revocation(
    key: AuthorKey,
    reason: ReasonName,
    suspect_from: Option<u64>,
    note: Option<&str>,
    recorded_at: Timestamp,
) -> Result<Draft> {
    let event = seaproof_ledger::encoding::encode(&AuthorRevoked {
        key,
        reason: reason.into(),
        suspect_from,
    });
    let words = note.map(|n| ("note", n));
    governance("author-revoked", event, words, recorded_at)
}

/// An entry of class 1; words that facts must not hold go into its source.
pub fn governance(
    kind: &str,
    event: Vec<u8>,
    words: Option<(&str, &str)>,
    recorded_at: Timestamp,
) -> Result<Draft> {
    Ok(Draft {
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
        source: Source::new(words)?,
        recorded_at,
    })
}
