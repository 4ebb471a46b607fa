//! `seaproof verify`: what is proven, what is not, and where exactly it breaks. Writes nothing.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::{Parser, ValueEnum};
use seaproof_ledger::checkpoint::origin_of;
use seaproof_ledger::note::VerifierKey;
use seaproof_ledger::store::FolderStore;
use seaproof_ledger::verify::{
    Answer, Code, Options, Problem, Progress, Report, Verdict, verify, verify_tiles,
};

use super::check_proof;
use super::prove::write_new;
use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::input::spinner;
use crate::output::{Out, grouped, rfc3339_seconds};
use derive::Derived;
pub use fresh::{Outside, read_pin, read_policy};
use remade::Remade;

mod derive;
mod fresh;
mod heads;
mod json;
mod problem;
mod redacted;
mod remade;
mod rests;
mod screen;
mod stamps;
mod words;

pub use json::problem as problem_json;
pub use problem::alone as problem_alone;
pub use screen::{answer_lines, hanging};

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof verify /media/usb/vostochny --pin vostochny.pin\n\n\
    Exit codes: 0 every required verdict is yes; 1 one of them is no; 2 one could not be checked.\n\
    Required are intact, complete, attributable and authorised, and what --require names besides."
)]
pub struct Args {
    /// The ledger's folder, a folder of tiles, or a proof [default: --ledger, SEAPROOF_LEDGER, or the nearest one from here upward]
    path: Option<PathBuf>,
    #[command(flatten)]
    outside: Outside,
    /// Derive the newest recorded state anew, and say whether it is the same
    #[arg(long)]
    replay: bool,
    /// Further verdicts that must be yes, separated by commas
    #[arg(long, value_enum, value_name = "VERDICTS", value_delimiter = ',')]
    require: Vec<Required>,
    /// Save the signed heads and what was found of them, so that others can check it with `check-proof`
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Required {
    Intact,
    Complete,
    Attributable,
    Authorised,
    Timestamped,
    Fresh,
    Reproducible,
    /// That nothing is withheld
    Disclosed,
}

/// A report, and everything else that the screens and the JSON are made from.
pub struct Checked {
    report: Report,
    /// The folder, as it was named.
    shown: String,
    /// What the caller gave to compare with.
    outside: Outside,
    checked_at: String,
    /// Whether the caller named somebody to trust for timestamps.
    trusts: bool,
    required: Vec<Verdict>,
    disclosed: bool,
    /// What came of deriving the recorded state anew; `None` if that was not asked for.
    derived: Option<Derived>,
    /// What came of making recorded tracks anew.
    remade: Vec<Remade>,
    exit: u8,
}

impl Checked {
    /// The exit code.
    pub fn exit(&self) -> u8 {
        self.exit
    }

    /// Required verdicts that are neither yes nor no.
    fn unknown(&self) -> Vec<&'static str> {
        let open = |v: &&Verdict| !matches!(self.report.answer(**v), Answer::Pass | Answer::Fail);
        self.required
            .iter()
            .filter(open)
            .map(|v| v.name())
            .collect()
    }

    /// The report as JSON.
    pub fn json(&self) -> serde_json::Value {
        json::report(self)
    }

    /// The report for people. Reads the log again if an exhibit is bad, to say what rests on it.
    pub fn print(&self, out: &mut Out, store: &FolderStore) -> Result<()> {
        screen::print(out, self, store)
    }
}

pub fn run(ctx: &mut Context, args: Args) -> Result<u8> {
    let folder = match args.path {
        Some(path) => path,
        None => ctx.folder()?,
    };
    if !folder.exists() {
        return Err(
            Error::usage(format!("no such folder: {}", folder.display()))
                .remedy("Name the folder that holds log/ and exhibits/; nothing was checked."),
        );
    }
    if folder.is_file() {
        return check_proof::check_file(
            ctx,
            &folder,
            &args.outside.ledger_key,
            &args.outside.pin,
            &args.require,
        );
    }
    if let Some(file) = args
        .report
        .as_deref()
        .filter(|f| f.symlink_metadata().is_ok())
    {
        return Err(Error::usage(format!("{} is there already", file.display()))
            .remedy("Nothing was checked or written. Name a new file for the report."));
    }
    let checked = check(ctx, &folder, args.outside, &args.require, args.replay)?;
    if let Some(file) = &args.report {
        save(ctx, file, &FolderStore::new(&folder), &checked)?;
    }
    if ctx.json {
        ctx.out.json(&checked.json())?;
    } else {
        checked.print(&mut ctx.out, &FolderStore::new(&folder))?;
    }
    Ok(checked.exit)
}

/// Saves what was found of heads.
fn save(ctx: &Context, file: &Path, store: &FolderStore, checked: &Checked) -> Result<()> {
    let found = check_proof::of_report(store, &checked.report, checked.json());
    let mut text = serde_json::to_string_pretty(&found)?;
    text.push('\n');
    write_new(file, text.as_bytes())?;
    ctx.note(&format!(
        "{} holds the signed heads; `seaproof check-proof` checks it without the ledger",
        file.display()
    ));
    Ok(())
}

/// Verifies the ledger in a folder.
pub fn check(
    ctx: &Context,
    folder: &Path,
    outside: Outside,
    require: &[Required],
    replay: bool,
) -> Result<Checked> {
    let checked_at = rfc3339_seconds(ctx.now());
    let store = FolderStore::new(folder);
    let (memories, unreadable) = context::memories(&store);
    let roots = outside.roots.read(ctx)?;
    let keys = check_proof::ledger_keys(&outside.ledger_key)?;
    let published = is_published(folder);
    let mut report = verify_with_progress(
        &store,
        published.then_some(&keys[..]),
        Options {
            pins: outside.pins()?,
            memories,
            demand: outside.demand(ctx)?,
            tsa_roots: roots.as_ref(),
            progress: None,
        },
    );
    report.notices.extend(unreadable);
    if !published {
        hold_against_keys(&mut report, &keys);
    }
    let mut remade = Vec::new();
    let derived = (replay || require.contains(&Required::Reproducible)).then(|| {
        let bar = spinner("replaying");
        let (derived, tracks) = derive::derive(&store);
        bar.finish_and_clear();
        report.notices.extend(remade::notices(&tracks));
        remade = tracks;
        report.answers[Verdict::Reproducible as usize] = derived.answer();
        if let Some(problem) = derived.problem() {
            report.problems.push(problem);
            report.problem_count += 1;
        }
        derived
    });
    let mut required = vec![
        Verdict::Intact,
        Verdict::Complete,
        Verdict::Attributable,
        Verdict::Authorised,
    ];
    // What governance says is withheld from the published form.
    required.retain(|verdict| !published || *verdict != Verdict::Authorised);
    let disclosed = require.contains(&Required::Disclosed);
    required.extend(require.iter().filter_map(|asked| asked.verdict()));
    // Looked at and found wrong is a problem; asked for and not there to check is none.
    required.extend(
        [Verdict::Timestamped, Verdict::Fresh, Verdict::Reproducible]
            .into_iter()
            .filter(|verdict| report.answer(*verdict) == Answer::Fail),
    );
    required.sort_unstable();
    required.dedup();
    Ok(Checked {
        exit: exit_code(&report, &required, disclosed),
        report,
        shown: folder.display().to_string(),
        outside,
        checked_at,
        trusts: roots.is_some(),
        required,
        disclosed,
        derived,
        remade,
    })
}

/// Whether a folder holds tiles, and no ledger.
fn is_published(folder: &Path) -> bool {
    !folder.join("log").exists()
        && folder.join("tile").is_dir()
        && folder.join("checkpoint").is_file()
}

/// A ledger is the one that the caller means if one of the keys is named after it.
fn hold_against_keys(report: &mut Report, keys: &[VerifierKey]) {
    let Some(origin) = report.ledger.as_ref().map(origin_of) else {
        return;
    };
    let Some(other) = keys.first() else { return };
    if keys.iter().all(|key| *key.name() != origin) {
        let message = "this is another ledger than that of the key you gave";
        let mut problem = Problem::new(Code::WrongLedger, message);
        problem.expected = Some(other.name().to_string());
        problem.actual = Some(origin.to_string());
        report.problems.push(problem);
        report.problem_count += 1;
        report.answers[Verdict::Intact as usize] = Answer::Fail;
    }
}

/// Verifies a ledger, or tiles with the keys that are given for them.
fn verify_with_progress(
    store: &FolderStore,
    tiles: Option<&[VerifierKey]>,
    options: Options<'_>,
) -> Report {
    let bar = spinner("checking");
    let done = Mutex::new((0u64, 0u64));
    let tell = |progress: Progress| {
        let Ok(mut done) = done.lock() else { return };
        match progress {
            Progress::ExhibitBytes(bytes) => done.0 += bytes,
            Progress::Entries(entries) => done.1 = entries,
        }
        bar.set_message(format!(
            "checking  {} MB of exhibits, {} entries",
            grouped(done.0 / 1_000_000),
            grouped(done.1)
        ));
    };
    let options = Options {
        progress: Some(&tell),
        ..options
    };
    let report = match tiles {
        Some(keys) => verify_tiles(store, &options, keys),
        None => verify(store, &options),
    };
    bar.finish_and_clear();
    report
}

impl Required {
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Intact => Some(Verdict::Intact),
            Self::Complete => Some(Verdict::Complete),
            Self::Attributable => Some(Verdict::Attributable),
            Self::Authorised => Some(Verdict::Authorised),
            Self::Timestamped => Some(Verdict::Timestamped),
            Self::Fresh => Some(Verdict::Fresh),
            Self::Reproducible => Some(Verdict::Reproducible),
            Self::Disclosed => None,
        }
    }
}

/// 1 if a required verdict is no, 2 if one could not be answered with yes, else 0.
fn exit_code(report: &Report, required: &[Verdict], disclosed: bool) -> u8 {
    let answers = || required.iter().map(|verdict| report.answer(*verdict));
    if answers().any(|answer| answer == Answer::Fail)
        || disclosed && (report.redacted > 0 || report.leaves_only)
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

/// Whether a problem is about a file in `exhibits/`.
const fn of_exhibit(code: Code) -> bool {
    matches!(
        code,
        Code::ExhibitDigest | Code::ExhibitLength | Code::ExhibitNotAFile | Code::ExhibitMissing
    )
}

/// Whether a problem is about a file in `anchors/`.
const fn of_anchor(code: Code) -> bool {
    matches!(
        code,
        Code::AnchorDigest | Code::AnchorMalformed | Code::AnchorSignature
    )
}

/// Whether a problem is about a file beside the log.
const fn beside_log(code: Code) -> bool {
    of_exhibit(code) || of_anchor(code)
}
