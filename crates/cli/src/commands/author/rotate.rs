//! `seaproof author rotate`: a new key in the place of an old one, in one commit.

use clap::Args;
use seaproof_ledger::governance::Unauthorised;
use seaproof_ledger::ids::{AuthorKey, Role};
use seaproof_ledger::keys::{PublicKeyLine, fingerprint};
use seaproof_ledger::reader::Reader;
use serde_json::json;

use super::{ReasonName, admission, enters_once, may_sign, revocation};
use crate::commands::record::hand::Asking;
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::keyring;
use crate::names::Holders;
use crate::output::clean;
use crate::recording::{self, with_session};

#[derive(Debug, Args)]
pub struct Rotate {
    /// The new key: a .pub file, or the line in it
    public: String,
    /// Whose key it replaces: the holder's name, or the fingerprint SHA256:… or its beginning [default: the key
    /// that signs]
    #[arg(long, value_name = "AUTHOR")]
    of: Option<String>,
    /// Why the old key goes
    #[arg(long, value_enum, default_value_t = ReasonName::Replaced)]
    reason: ReasonName,
    /// The lowest number from which the old key's entries are to be shown as suspect
    #[arg(long, value_name = "N")]
    suspect_from: Option<u64>,
    /// Words on it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The holder's name, as others will see it [default: that of the old key]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    asking: Asking,
}

/// The old key and what is handed on.
struct Handed {
    old: AuthorKey,
    role: Role,
    name: Option<String>,
}

pub fn run(ctx: &mut Context, args: &Rotate) -> Result<()> {
    let new = keyring::public_key(&args.public)?;
    let now = ctx.now();
    let store = ctx.store()?;
    let reader = context::reader_for_writing(&store, None)?;
    let handed = args.handed(&reader, &new)?;
    // The new one first: at no position is the role of the old one held by nobody.
    let drafts = [
        admission(new.key, handed.role, handed.name.as_deref(), now)?,
        revocation(
            handed.old,
            args.reason,
            args.suspect_from,
            args.note.as_deref(),
            now,
        )?,
    ];
    if args.asking.looks_first(ctx) {
        may_sign(&reader, &args.asking.options.key, &drafts)?;
    }
    drop(reader);
    let shown = json!([
        {
            "kind": "author-admitted", "key": fingerprint(&new.key), "role": handed.role.name(),
            "name": handed.name,
        },
        {
            "kind": "author-revoked", "key": fingerprint(&handed.old), "reason": args.reason.name(),
            "suspect_from": args.suspect_from, "note": args.note,
        },
    ]);
    if !args.asking.go_on(ctx, &shown)? {
        return Ok(());
    }
    let (recorded, signer) = with_session(ctx, &args.asking.options.key, |session| {
        Ok((session.govern(&drafts)?, session.key()))
    })?;
    recording::report(ctx, &recorded)?;
    if signer == handed.old {
        ctx.note(
            "the key that signed this is revoked now. These entries are not yet covered by a checkpoint: \
             `seaproof checkpoint --sign` with a custodian's key covers them",
        );
    }
    if handed.role != Role::Witness {
        ctx.note(
            "the new key's first entry is its holder's acceptance, and shows that they have it",
        );
    }
    Ok(())
}

impl Rotate {
    fn handed(&self, reader: &Reader<'_>, new: &PublicKeyLine) -> Result<Handed> {
        let holders = Holders::read(reader)?;
        let authority = reader.authority();
        let old = match &self.of {
            Some(name) => holders.find(authority, name)?,
            None => self.asking.options.key.public().ok_or_else(|| {
                Error::usage("whose key is replaced cannot be told without a passphrase")
                    .remedy("Say whose with --of AUTHOR; `seaproof author list` shows names and fingerprints.")
            })?,
        };
        let nothing = "Nothing was recorded.";
        let author = authority.author(&old).ok_or_else(|| {
            Error::new(Kind::Ledger, Unauthorised::UnknownKey.to_string()).remedy(nothing)
        })?;
        if let Some(at) = author.revoked_at {
            let revoked = Unauthorised::Revoked(at);
            return Err(
                Error::new(Kind::Ledger, format!("{revoked}: nothing was recorded")).remedy(
                    "A key that is to come instead is admitted with `seaproof author admit`.",
                ),
            );
        }
        enters_once(authority, &new.key)?;
        let old_name = holders.get(&old);
        let name = self.name.as_deref().or(old_name);
        // A name is handed on; it is not taken from somebody else.
        if let Some(name) = name
            && Some(name) != old_name
            && let Some(other) = holders.all(name).next()
        {
            return Err(Error::input(format!(
                "the name {:?} is that of {}",
                clean(name),
                fingerprint(&other)
            ))
            .remedy("Nothing was recorded. Give another with --name."));
        }
        Ok(Handed {
            old,
            role: author.role,
            name: name.map(str::to_owned),
        })
    }
}
