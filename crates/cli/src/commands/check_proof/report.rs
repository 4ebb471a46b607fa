//! The file that `verify --report` saves: what was found of heads, as JSON that others can check without the ledger
//! (FORMAT.md §20).

use seaproof_ledger::ids::{LedgerId, TreeSize};
use seaproof_ledger::proof::{HASHES_MAX, HEADS_MAX, Prover, ReportedHead, ReportedHeads};
use seaproof_ledger::store::Store;
use seaproof_ledger::verify::{PresentedHead, Report};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the member `format` says.
const REPORT_FORMAT: &str = "seaproof/report@v1";
/// The longest report, in bytes.
pub(super) const REPORT_MAX: usize = 4 << 20;

/// The members that are read; others are for people.
#[derive(Debug, Deserialize)]
struct File {
    ledger: String,
    own: Option<String>,
    heads: Vec<Head>,
}

#[derive(Debug, Deserialize)]
struct Head {
    from: String,
    note: Option<String>,
    here: Option<String>,
    proof: Option<Vec<String>>,
}

/// Reads a report; `None` if the bytes are not one.
pub(super) fn read(bytes: &[u8]) -> Option<Result<ReportedHeads, String>> {
    #[derive(Deserialize)]
    struct Format {
        format: String,
    }
    let format: Format = serde_json::from_slice(bytes).ok()?;
    (format.format == REPORT_FORMAT).then(|| {
        let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        file.parse()
    })
}

impl File {
    fn parse(self) -> Result<ReportedHeads, String> {
        let ledger: LedgerId = self.ledger.parse().map_err(|e| format!("ledger: {e}"))?;
        let checkpoint = |note: &str| {
            ReportedHeads::checkpoint(&ledger, note).map_err(|error| error.to_string())
        };
        if self.heads.len() > HEADS_MAX {
            return Err(format!(
                "it has {} heads, at most {HEADS_MAX} are read",
                self.heads.len()
            ));
        }
        let own = self.own.as_deref().map(checkpoint).transpose()?;
        let mut heads = Vec::new();
        for head in self.heads {
            let Some(note) = &head.note else { continue };
            let here = match (&head.here, head.proof) {
                (Some(root), Some(proof)) if proof.len() <= HASHES_MAX => {
                    let hashes = proof.iter().map(|text| ReportedHeads::hash(text));
                    let root = root.parse().map_err(|e| format!("here: {e}"))?;
                    let hashes = hashes.collect::<Option<Vec<_>>>();
                    Some((root, hashes.ok_or("a hash is not 32 bytes in base64")?))
                }
                (None, None) => None,
                _ => return Err("a head has a root without its proof, or the other way".into()),
            };
            heads.push(ReportedHead {
                from: head.from,
                checkpoint: checkpoint(note)?,
                here,
            });
        }
        Ok(ReportedHeads { ledger, own, heads })
    }
}

/// The largest head that a custodian signed and that the log bears out.
fn own(report: &Report) -> Option<&PresentedHead> {
    let sound = |head: &&PresentedHead| {
        head.agrees == Some(true) && head.signed_by.is_some() && head.note.is_some()
    };
    // Of several of one size the ledger's own checkpoint, which stands first.
    let heads = report.heads.iter().filter(sound);
    heads.rev().max_by_key(|head| head.size)
}

/// The report of a verification in this form; `verification` is what `verify --json` prints.
pub fn of_report(store: &dyn Store, report: &Report, verification: Value) -> Value {
    let own = own(report);
    let prover = own.and_then(|own| {
        let ledger = report.ledger?;
        let note = ReportedHeads::checkpoint(&ledger, own.note.as_deref()?).ok()?;
        Some(Prover::under(store, ledger, note))
    });
    let shown = |size: TreeSize| {
        let prover = prover.as_ref()?;
        let proof = prover.consistency(size).ok()?;
        Some((proof.old.root, proof.hashes))
    };
    let heads: Vec<Value> = report
        .heads
        .iter()
        .take(HEADS_MAX)
        .map(|head| {
            let found = shown(head.size);
            json!({
                "from": head.from, "size": head.size.0, "root": head.root.to_string(),
                "agrees": head.agrees, "note": head.note,
                "here": found.as_ref().map(|(root, _)| root.to_string()),
                "proof": found.as_ref().map(|(_, hashes)| {
                    hashes.iter().map(ReportedHeads::hash_text).collect::<Vec<_>>()
                }),
            })
        })
        .collect();
    json!({
        "format": REPORT_FORMAT,
        "ledger": report.ledger.map(|ledger| ledger.to_string()),
        "own": own.and_then(|own| own.note.as_deref()),
        "heads": heads,
        "verification": verification,
    })
}
