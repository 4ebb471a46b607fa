//! `seaproof witness ask`: posts the ledger's checkpoint to a witness, and keeps its cosignature.

use clap::Parser;
use seaproof_ledger::checkpoint::parse_cosigned;
use seaproof_ledger::ids::TreeSize;
use seaproof_ledger::note::{CosignerKey, Note, SignatureLine};
use seaproof_ledger::witness::Request;
use serde_json::json;

use super::http::{Address, Answer, post};
use crate::commands::anchors;
use crate::commands::cosign::{keys_apart, sound_checkpoint};
use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::output::{clean, count, rfc3339_seconds, short};
use crate::witnessing::cosigned;

/// How often a witness may answer that it cosigned another size meanwhile.
const TRIES: usize = 3;

#[derive(Debug, Parser)]
pub struct Args {
    /// Where the witness answers: http://HOST:PORT
    url: String,
    /// Its key, as `seaproof cosign --vkey` or `witness serve` prints it: name+id+base64
    #[arg(long, value_name = "VKEY")]
    witness: String,
}

pub fn run(ctx: &mut Context, args: &Args) -> Result<()> {
    let witness: CosignerKey = args
        .witness
        .parse()
        .map_err(|error| Error::usage(format!("--witness: {error}")))?;
    let address = Address::parse(&args.url).ok_or_else(|| {
        Error::usage(format!("{:?} is no address", clean(&args.url))).remedy(
            "Give one such as http://127.0.0.1:7878. There is no TLS here: for https use a tunnel.",
        )
    })?;
    let store = ctx.store()?;
    keys_apart(&store, &witness.key())?;
    let checkpoint = sound_checkpoint(&store)?;
    let mut old = TreeSize(0);
    for _ in 0..TRIES {
        let request = checkpoint.request(&store, old)?;
        let answer = send(&address, &request)?;
        match answer.status {
            200 => {
                let note = signed_by(&witness, request.note(), &answer)?;
                return keep(ctx, &store, &note, &witness);
            }
            409 => old = size(&answer).ok_or_else(|| refused(&answer))?,
            _ => return Err(refused(&answer)),
        }
        let covered = checkpoint.signed.head().size;
        if old > covered {
            return Err(Error::new(
                Kind::Ledger,
                format!("the witness cosigned {old} entries of this ledger, and its checkpoint covers {covered}: entries are missing here"),
            )
            .remedy("Nothing was cosigned. Ask a holder of all entries for a copy; keep both heads."));
        }
    }
    Err(Error::new(
        Kind::Ledger,
        "the witness cosigned another history of this ledger, or others ask it all the time",
    )
    .remedy("Nothing was kept. Compare this ledger with what the witness cosigned."))
}

fn send(address: &Address, request: &Request) -> Result<Answer> {
    let body = request.to_string();
    post(address, "/add-checkpoint", body.as_bytes()).map_err(|error| {
        Error::storage("the witness does not answer", &error)
            .remedy("Nothing was kept. Look whether it runs and where it listens, and try again.")
    })
}

/// What a witness says instead.
fn refused(answer: &Answer) -> Error {
    let said = String::from_utf8_lossy(&answer.body);
    Error::new(
        Kind::Ledger,
        format!(
            "the witness does not cosign ({}): {}",
            answer.status,
            clean(short(said.trim(), 300).as_str())
        ),
    )
    .remedy("Nothing was kept. 403 and 404: it must be told this ledger's key; 422: it knows another history.")
}

fn size(answer: &Answer) -> Option<TreeSize> {
    let text = std::str::from_utf8(&answer.body).ok()?;
    let digits = text.strip_suffix('\n').unwrap_or(text);
    Some(TreeSize(digits.parse().ok()?))
}

/// The checkpoint with the lines of the answer that are this witness's cosignatures.
fn signed_by(witness: &CosignerKey, note: &Note, answer: &Answer) -> Result<Note> {
    let text = std::str::from_utf8(&answer.body).unwrap_or_default();
    let line = text
        .lines()
        .filter_map(SignatureLine::parse)
        .find(|line| witness.verify(note.unverified_text(), line).is_some());
    match line {
        Some(line) => cosigned(note, &line),
        None => Err(Error::new(
            Kind::Ledger,
            format!("the answer holds no cosignature by {}", witness.name()),
        )
        .remedy("Nothing was kept. Compare --witness with the witness.")),
    }
}

fn keep(
    ctx: &mut Context,
    store: &seaproof_ledger::store::FolderStore,
    note: &Note,
    witness: &CosignerKey,
) -> Result<()> {
    let ledger = context::ledger_of(store)
        .ok_or_else(|| Error::new(Kind::Ledger, "the ledger's beginning cannot be read"))?;
    let checked = parse_cosigned(note.as_bytes(), &ledger)
        .map_err(|error| Error::new(Kind::Ledger, error.to_string()))?;
    let name = anchors::keep(store, &checked)?;
    let at = note
        .lines()
        .iter()
        .find_map(|line| witness.verify(note.unverified_text(), line))
        .map(|at| rfc3339_seconds(at.moment()))
        .unwrap_or_default();
    if ctx.json {
        return ctx.out.json(&json!({
            "file": name.path(), "size": name.size.0, "root": checked.head().root.to_string(),
            "witness": witness.name().as_str(), "at": at,
        }));
    }
    ctx.out.line(format_args!(
        "{} cosigned {} at {at}",
        clean(witness.name().as_str()),
        count(name.size.0, "entry", "entries")
    ))?;
    ctx.out.line(format_args!("Kept as {}", name.path()))
}
