//! `seaproof check-proof`: judges a proof with no ledger at hand. Writes nothing.

use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ledger::note::{Note, VerifierKey};
use seaproof_ledger::proof::{Given, PROOF_MAX, ProofFile, ProofReport, check, check_heads};
use seaproof_ledger::verify::{Answer, Verdict};

use super::verify::{Required, read_pin};
use crate::context::{Context, cannot};
use crate::error::{Error, Result};
use crate::output::rfc3339_seconds;

mod report;
mod screen;

pub use report::of_report;

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof check-proof 12.tlog-proof --ledger-key \"$(cat vostochny.vkey)\"\n\n\
    The key is what `seaproof checkpoint --vkey` printed, had from somebody you trust and not with the proof.\n\
    Exit codes: 0 every required verdict is yes; 1 one of them is no; 2 one could not be checked.\n\
    Required is intact, of an entry attributable too, and what --require names besides."
)]
pub struct Args {
    /// A proof of one entry, a consistency proof, or a report that `verify --report` saved
    file: PathBuf,
    /// The verifier key of a custodian: name+id+key. May be repeated
    #[arg(long, value_name = "VKEY")]
    ledger_key: Vec<String>,
    /// A checkpoint of this ledger that you kept. May be repeated
    #[arg(long, value_name = "FILE")]
    pin: Vec<PathBuf>,
    /// Further verdicts that must be yes, separated by commas
    #[arg(long, value_enum, value_name = "VERDICTS", value_delimiter = ',')]
    require: Vec<Required>,
}

/// What kind of file was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Entry,
    Consistency,
    Report,
}

/// What came of a file, and everything else that the screen and the JSON are made from.
struct Judged {
    kind: FileKind,
    report: ProofReport,
    /// The file, as it was named.
    shown: String,
    checked_at: String,
    required: Vec<Verdict>,
    exit: u8,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<u8> {
    check_file(ctx, &args.file, &args.ledger_key, &args.pin, &args.require)
}

/// Judges a file and prints what came of it.
pub fn check_file(
    ctx: &mut Context,
    path: &Path,
    keys: &[String],
    pins: &[PathBuf],
    require: &[Required],
) -> Result<u8> {
    let keys = ledger_keys(keys)?;
    if keys.is_empty() {
        return Err(Error::usage(format!(
            "{} is checked with a ledger's key, and none was given",
            path.display()
        ))
        .remedy(
            "Give --ledger-key VKEY, what `seaproof checkpoint --vkey` printed, from somebody you trust; nothing was \
             checked.",
        ));
    }
    let pins = pins
        .iter()
        .map(|pin| Ok(read_pin(pin)?.checkpoint))
        .collect::<Result<Vec<_>>>()?;
    let given = Given {
        keys: &keys,
        pins: &pins,
    };
    let (kind, report) = judge(path, &given)?;
    let mut required = vec![Verdict::Intact];
    if kind == FileKind::Entry {
        required.push(Verdict::Attributable);
    }
    required.extend(require.iter().filter_map(|asked| asked.verdict()));
    // What was found wrong is a problem, whether it was asked for or not.
    let failed = Verdict::ALL.into_iter();
    required.extend(failed.filter(|verdict| report.answer(*verdict) == Answer::Fail));
    required.sort_unstable();
    required.dedup();
    let judged = Judged {
        exit: exit_code(&report, &required, require),
        kind,
        report,
        shown: path.display().to_string(),
        checked_at: rfc3339_seconds(ctx.now()),
        required,
    };
    match ctx.json {
        true => ctx.out.json(&screen::as_json(&judged))?,
        false => screen::print(&mut ctx.out, &judged)?,
    }
    Ok(judged.exit)
}

/// Reads ledger keys as they were given.
pub fn ledger_keys(texts: &[String]) -> Result<Vec<VerifierKey>> {
    texts
        .iter()
        .map(|text| {
            text.trim().parse().map_err(|error| {
                Error::usage(format!("--ledger-key: {error}"))
                    .remedy("Give what `seaproof checkpoint --vkey` printed; nothing was checked.")
            })
        })
        .collect()
}

fn judge(path: &Path, given: &Given<'_>) -> Result<(FileKind, ProofReport)> {
    let bytes = read(path)?;
    if ProofFile::is_one(&bytes) {
        return Ok(match ProofFile::parse(&bytes) {
            Ok(proof) => {
                let kind = match proof {
                    ProofFile::Entry(_) => FileKind::Entry,
                    ProofFile::Consistency(_) => FileKind::Consistency,
                };
                (kind, check(&proof, given))
            }
            // Which of the two it was meant to be is told by its first line.
            Err(error) => {
                let kind = match bytes.starts_with(b"c2sp") {
                    true => FileKind::Entry,
                    false => FileKind::Consistency,
                };
                (kind, ProofReport::malformed(&error))
            }
        });
    }
    if let Some(read) = report::read(&bytes) {
        let found = read.map_err(|why| {
            Error::input(format!("{} is not a whole report: {why}", path.display()))
                .remedy("Ask for the file again; nothing was checked.")
        })?;
        return Ok((FileKind::Report, check_heads(&found, given)));
    }
    let what = match Note::parse(&bytes) {
        Ok(_) => "is a checkpoint, and no proof",
        Err(_) => "is not a proof that this program knows",
    };
    Err(Error::usage(format!("{} {what}", path.display())).remedy(
        "Name a file that `seaproof prove` or `verify --report` wrote; nothing was checked.",
    ))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let unread = |error| cannot("read", path, &error).remedy("Nothing was checked.");
    let found = std::fs::metadata(path).map_err(unread)?;
    let most = report::REPORT_MAX.max(PROOF_MAX) as u64;
    if !found.is_file() || found.len() > most {
        return Err(Error::usage(format!(
            "{} is not a proof: a regular file of at most {most} bytes is expected",
            path.display()
        ))
        .remedy("Nothing was checked."));
    }
    std::fs::read(path).map_err(unread)
}

/// 1 if a required verdict is no, 2 if one could not be answered with yes, else 0.
fn exit_code(report: &ProofReport, required: &[Verdict], asked: &[Required]) -> u8 {
    let answers = || required.iter().map(|verdict| report.answer(*verdict));
    let disclosed = report
        .entry
        .as_ref()
        .is_some_and(|entry| entry.facts.known().is_some() && entry.source.known().is_some());
    if answers().any(|answer| answer == Answer::Fail)
        || asked.contains(&Required::Disclosed) && !disclosed
    {
        1
    } else if answers().any(|answer| answer != Answer::Pass)
        || report.problems.iter().any(|p| p.code.verdict().is_none())
    {
        2
    } else {
        0
    }
}
