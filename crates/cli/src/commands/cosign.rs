//! `seaproof cosign`: states as a witness that a head continues what this key cosigned before.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ledger::anchors::ANCHOR_MAX;
use seaproof_ledger::checkpoint::{Checkpoint, CosignedCheckpoint, origin_of, parse_cosigned};
use seaproof_ledger::ids::{AuthorKey, LedgerId, Role, TreeHash, TreeSize};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::note::{Note, VerifierKey};
use seaproof_ledger::proof::{PROOF_MAX, ProofFile, Prover};
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{Answer, Options, Verdict, verify};
use seaproof_ledger::witness::{Request, SignedRequest, Untrusted};
use serde_json::json;

use crate::context::{self, Context};
use crate::error::{Error, Kind, Result};
use crate::output::{clean, count};
use crate::witnessing::{self, Witness, WitnessArgs, in_words, log_key};

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof cosign case --key witness --name example.org/witness --out cosigned.txt\n\n\
    With a ledger at hand all of it is verified first. With its checkpoint only, --ledger-key says whose it must be, and\n\
    after the first time --proof shows that it continues the one that this key cosigned last."
)]
pub struct Args {
    /// A ledger's folder, or a file with its checkpoint [default: the ledger at hand]
    #[arg(value_name = "LEDGER|FILE")]
    what: Option<PathBuf>,
    #[command(flatten)]
    witness: WitnessArgs,
    /// Of a checkpoint's file: the key that must have signed it, as `seaproof checkpoint --vkey` prints it
    #[arg(long, value_name = "VKEY")]
    ledger_key: Vec<String>,
    /// Of a checkpoint's file: what `seaproof prove --since SIZE` wrote
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Write the cosigned checkpoint to a new file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the witness's key as policies write it, and cosign nothing
    #[arg(long, conflicts_with_all = ["ledger_key", "proof", "out"])]
    vkey: bool,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    if args.vkey {
        let key = args.witness.vkey()?;
        if ctx.json {
            return ctx.out.json(&json!({
                "name": key.name().as_str(), "vkey": key.to_string(), "fingerprint": fingerprint(&key.key()),
            }));
        }
        return ctx.out.line(key);
    }
    if let Some(out) = &args.out
        && fs::symlink_metadata(out).is_ok()
    {
        return Err(Error::usage(format!("{} is there already", out.display()))
            .remedy("Nothing was cosigned. Name another file."));
    }
    let what = match args.what {
        Some(what) => what,
        None => ctx.folder()?,
    };
    let witness = args.witness.open()?;
    let request = match what.is_dir() {
        true => of_ledger(&what, &witness)?,
        false => of_file(&what, args.proof.as_deref(), &args.ledger_key, &witness)?,
    };
    let line = witness.cosign(&request).map_err(in_words)?;
    let note = witnessing::cosigned(request.note(), &line)?;
    let text = String::from_utf8_lossy(note.as_bytes());
    if let Some(out) = &args.out {
        context::write_new(out, note.as_bytes())?;
    }
    let head = request.head();
    if ctx.json {
        return ctx.out.json(&json!({
            "size": head.size.0, "root": head.root.to_string(), "name": witness.key().name().as_str(),
            "line": line.to_string(), "note": text, "file": args.out,
        }));
    }
    match args.out {
        Some(out) => ctx.out.line(format_args!(
            "Cosigned {} as {}: {}",
            count(head.size.0, "entry", "entries"),
            witness.key().name(),
            clean(&out.display().to_string())
        )),
        None => text.lines().try_for_each(|line| ctx.out.line(clean(line))),
    }
}

/// The ledger's own checkpoint, after all of it was verified, with the proof that it continues what was cosigned.
fn of_ledger(folder: &Path, witness: &Witness) -> Result<SignedRequest> {
    let store = context::store_at(folder)?;
    let key = witness.key().key();
    let checkpoint = sound_checkpoint(&store)?;
    keys_apart(&store, &key)?;
    let origin = checkpoint.custodian.name();
    let last = witness.last(origin.as_str())?.unwrap_or_else(Head::empty);
    let head = checkpoint.signed.head();
    if last.size > head.size {
        return Err(Error::new(
            Kind::Ledger,
            format!(
                "this key cosigned {} entries of the ledger, and its checkpoint covers {}: entries are missing here",
                last.size, head.size
            ),
        )
        .remedy("Nothing was cosigned. Ask a holder of all entries for a copy; keep both heads."));
    }
    let request = checkpoint.request(&store, last.size)?;
    let custodian = std::slice::from_ref(&checkpoint.custodian);
    request.by_one_of(custodian).map_err(untrusted)
}

/// A ledger's checkpoint, and the custodian who signed it, called as the ledger.
pub struct SoundCheckpoint {
    pub signed: CosignedCheckpoint,
    pub custodian: VerifierKey,
    ledger: LedgerId,
}

impl SoundCheckpoint {
    /// A request to cosign it, by a witness that cosigned `old` entries before.
    pub fn request(&self, store: &FolderStore, old: TreeSize) -> Result<Request> {
        let prover = Prover::under(store, self.ledger, self.signed.clone());
        let proof = prover.consistency(old).map_err(|error| {
            Error::new(Kind::Ledger, error.to_string()).remedy("Nothing was cosigned.")
        })?;
        Request::new(old, proof.hashes, self.signed.note().clone())
            .map_err(|error| Error::input(error.to_string()))
    }
}

/// Verifies a ledger, and gives its checkpoint.
pub fn sound_checkpoint(store: &FolderStore) -> Result<SoundCheckpoint> {
    let report = verify(store, &Options::default());
    let refused = |why: &str| {
        Error::new(Kind::Ledger, format!("{}: {why}", store.root().display()))
            .remedy("Nothing was cosigned. `seaproof verify` says more.")
    };
    let sound = [Verdict::Intact, Verdict::Attributable, Verdict::Authorised];
    if let Some(wrong) = sound.iter().find(|v| report.answer(**v) != Answer::Pass) {
        return Err(refused(&format!(
            "the ledger is not sound: {} is {}",
            wrong.name(),
            report.answer(*wrong).name()
        )));
    }
    let own = report.heads.iter().find(|head| head.from == "checkpoint");
    let signed = own
        .filter(|head| head.agrees == Some(true))
        .and_then(|head| Some((head.note.as_ref()?, head.signed_by?, report.ledger?)));
    let Some((note, custodian, ledger)) = signed else {
        return Err(refused(
            "its checkpoint is not a head of its log signed by a custodian",
        ));
    };
    Ok(SoundCheckpoint {
        signed: parse_cosigned(note.as_bytes(), &ledger)
            .map_err(|error| refused(&error.to_string()))?,
        custodian: VerifierKey::new(origin_of(&ledger), custodian)
            .map_err(|error| refused(&error.to_string()))?,
        ledger,
    })
}

/// A witness's key does nothing else in the ledger.
pub fn keys_apart(store: &FolderStore, key: &AuthorKey) -> Result<()> {
    let reader = context::reader(store, None)?;
    match reader.authority().author(key) {
        Some(author) if author.role != Role::Witness => Err(Error::new(
            Kind::Ledger,
            format!(
                "the key {} is a {} of this ledger; who records in it does not vouch for it",
                fingerprint(key),
                author.role.name()
            ),
        )
        .remedy("Nothing was cosigned. Make a key for the witness alone with `seaproof key new`, and name it with --key.")),
        _ => Ok(()),
    }
}

/// A checkpoint by itself.
fn of_file(
    path: &Path,
    proof: Option<&Path>,
    keys: &[String],
    witness: &Witness,
) -> Result<SignedRequest> {
    let refused = |why: String| {
        Error::input(format!("{}: {why}", path.display())).remedy("Nothing was cosigned.")
    };
    let bytes = context::read_file(path, ANCHOR_MAX)?;
    let note = Note::parse(&bytes).map_err(|error| refused(error.to_string()))?;
    let checkpoint =
        Checkpoint::parse(note.unverified_text()).map_err(|error| refused(error.to_string()))?;
    if keys.is_empty() {
        return Err(
            Error::usage("a checkpoint by itself does not say whose signature counts").remedy(
                "Give the log's key with --ledger-key VKEY (`seaproof checkpoint --vkey` prints it), or name the ledger's folder.",
            ),
        );
    }
    let keys = keys
        .iter()
        .map(|key| log_key(key))
        .collect::<Result<Vec<_>>>()?;
    let last = witness
        .last(checkpoint.origin())?
        .unwrap_or_else(Head::empty);
    let (old, hashes) = match proof {
        Some(proof) => proven(proof, checkpoint.head())?,
        None if last.size.0 == 0 || last.size == checkpoint.head().size => (last.size, Vec::new()),
        None => {
            return Err(Error::usage(format!(
                "this key cosigned {} entries of the log before: that this checkpoint continues them must be proven",
                last.size
            ))
            .remedy(format!(
                "Ask the custodian for `seaproof prove --since {} --out FILE`, and give it with --proof FILE.",
                last.size
            )));
        }
    };
    Request::new(old, hashes, note)
        .map_err(|error| refused(error.to_string()))?
        .by_one_of(&keys)
        .map_err(untrusted)
}

/// What a proof's file shows, if it leads to this head.
fn proven(path: &Path, head: Head) -> Result<(TreeSize, Vec<TreeHash>)> {
    let refused = |why: &str| {
        Error::input(format!("{}: {why}", path.display())).remedy(
            "Nothing was cosigned. A proof is what `seaproof prove --since SIZE` wrote at the same checkpoint.",
        )
    };
    let bytes = context::read_file(path, PROOF_MAX as u64)?;
    match ProofFile::parse(&bytes) {
        Ok(ProofFile::Consistency(proof)) if proof.checkpoint.head() == head => {
            Ok((proof.old.size, proof.hashes))
        }
        Ok(ProofFile::Consistency(_)) => Err(refused("it leads to another checkpoint")),
        Ok(_) => Err(refused("it is no proof of consistency")),
        Err(error) => Err(refused(&error.to_string())),
    }
}

fn untrusted(error: Untrusted) -> Error {
    Error::input(format!("the checkpoint: {error}")).remedy(
        "Nothing was cosigned. Compare --ledger-key with the custodian (`seaproof checkpoint --vkey`).",
    )
}
