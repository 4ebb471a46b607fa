//! `seaproof key`: keys in OpenSSH's format, made and shown.

use std::path::PathBuf;

use clap::Subcommand;
use seaproof_ledger::keys::{KeyFileError, PublicKeyLine, SecretKey, Signer, fingerprint};
use serde_json::json;

use crate::agent::Agent;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::keyring::{self, KeyArgs};
use crate::output::clean;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new key, protected by a passphrase
    #[command(
        after_help = "Example: seaproof key new --out ~/keys/field --comment Field\n\n\
        The passphrase is asked for twice; scripts give it with --passphrase-file or SEAPROOF_PASSPHRASE."
    )]
    New {
        /// Where to write the private key; the public key goes to FILE.pub [default: ~/.config/seaproof/key]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// A name to recognise the key by, in both files
        #[arg(long, value_name = "NAME", default_value = "")]
        comment: String,
        /// Leave the private key unprotected
        #[arg(long)]
        no_passphrase: bool,
        /// File whose first line is the passphrase
        #[arg(long, value_name = "FILE", conflicts_with = "no_passphrase")]
        passphrase_file: Option<PathBuf>,
    },
    /// Show a key's public half and fingerprint
    #[command(after_help = "Example: seaproof key show ~/keys/field.pub")]
    Show {
        /// A private or public key file [default: the key that would sign]
        file: Option<PathBuf>,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// List the keys that the ssh-agent holds
    #[command(after_help = "Example: seaproof key list\n\n\
        A key in the agent signs with --key agent:SHA256:…, or with --key and its .pub file.")]
    List,
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::New {
            out,
            comment,
            no_passphrase,
            passphrase_file,
        } => {
            let args = KeyArgs {
                key: out,
                passphrase_file,
            };
            new(ctx, &args, &comment, no_passphrase)
        }
        Command::Show { file, mut key } => {
            key.key = file.or(key.key);
            show(ctx, &key)
        }
        Command::List => list(ctx),
    }
}

/// What the agent holds; keys of other kinds cannot sign here.
fn list(ctx: &mut Context) -> Result<()> {
    let held = Agent::connect()?.keys()?;
    if ctx.json {
        let keys: Vec<_> = held
            .iter()
            .map(|held| {
                json!({
                    "kind": held.kind, "comment": held.comment,
                    "fingerprint": held.key.map(|key| fingerprint(&key)),
                    "line": held.line().map(|line| line.to_string()),
                })
            })
            .collect();
        return ctx.out.json(&json!({ "keys": keys }));
    }
    if held.is_empty() {
        return ctx.out.line("The ssh-agent holds no keys, or is locked");
    }
    let rows = held.iter().map(|held| {
        let print = held.key.map(|key| fingerprint(&key));
        [
            clean(&held.comment),
            clean(&held.kind),
            print.unwrap_or_else(|| "cannot sign here: only ssh-ed25519 does".to_owned()),
        ]
    });
    ctx.out.table(["comment", "kind", "fingerprint"], rows)
}

fn new(ctx: &mut Context, args: &KeyArgs, comment: &str, unprotected: bool) -> Result<()> {
    let path = args.path()?;
    let passphrase = if unprotected {
        None
    } else {
        let given = match args.given_passphrase()? {
            Some(given) => Some(given),
            None => keyring::ask_new()?,
        };
        match given {
            Some(given) if given.is_empty() => {
                return Err(Error::key("the passphrase is empty").remedy(
                    "Nothing was written. Give another, or say --no-passphrase for an unprotected key.",
                ));
            }
            Some(given) => Some(given),
            None => {
                return Err(Error::key("no passphrase was given, and there is no terminal to ask on")
                    .remedy("Give one with --passphrase-file FILE or SEAPROOF_PASSPHRASE, or say --no-passphrase."));
            }
        }
    };
    let failed = |error: seaproof_ledger::keys::NewKeyError| Error::key(error.to_string());
    let key = SecretKey::generate().map_err(failed)?;
    let secret = key
        .to_openssh(comment, passphrase.as_ref().map(|p| p.as_str()))
        .map_err(failed)?;
    let public = PublicKeyLine {
        key: key.public(),
        comment: comment.to_owned(),
    };
    let public_path = keyring::write_new(&path, &secret, &format!("{public}\n"))?;
    if ctx.json {
        return ctx.out.json(&json!({
            "private": path, "public": public_path, "fingerprint": fingerprint(&public.key),
            "line": public.to_string(), "protected": passphrase.is_some(),
        }));
    }
    let shown = match passphrase {
        Some(_) => "protected by the passphrase",
        None => "NOT protected: whoever can read it can sign as you",
    };
    ctx.out
        .line(format_args!("Private key  {}  ({shown})", path.display()))?;
    ctx.out
        .line(format_args!("Public key   {}", public_path.display()))?;
    ctx.out
        .line(format_args!("Fingerprint  {}", fingerprint(&public.key)))
}

fn show(ctx: &mut Context, args: &KeyArgs) -> Result<()> {
    let path = args.path()?;
    let (line, protected) = if path.to_string_lossy().starts_with("agent:") {
        (of(&*args.open()?), None)
    } else if keyring::is_public(&path) {
        (keyring::public_key(&path.to_string_lossy())?, None)
    } else {
        let bytes = keyring::read_private(&path)?;
        let beside = keyring::public_path(&path);
        match SecretKey::from_openssh(&bytes, None) {
            // The public half is in the open: no passphrase is needed to show it.
            Err(KeyFileError::PassphraseNeeded) if beside.is_file() => {
                (keyring::public_key(&beside.to_string_lossy())?, Some(true))
            }
            Err(KeyFileError::PassphraseNeeded) => (of(&*args.open()?), Some(true)),
            Ok(key) => (of(&key), Some(false)),
            Err(error) => return Err(Error::key(format!("{}: {error}", path.display()))),
        }
    };
    seaproof_ledger::keys::AdmissibleKey::admit(line.key)
        .map_err(|error| Error::key(format!("{}: {error}", path.display())))?;
    let fingerprint = fingerprint(&line.key);
    if ctx.json {
        return ctx.out.json(&json!({
            "file": path, "fingerprint": fingerprint, "line": line.to_string(), "protected": protected,
        }));
    }
    ctx.out
        .line(format_args!("Key          {}", path.display()))?;
    ctx.out.line(format_args!("Fingerprint  {fingerprint}"))?;
    ctx.out
        .line(format_args!("Public key   {}", clean(&line.to_string())))
}

fn of(key: &dyn Signer) -> PublicKeyLine {
    PublicKeyLine {
        key: key.public(),
        comment: String::new(),
    }
}
