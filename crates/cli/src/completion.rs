//! Completion in shells: the command itself is asked for what may follow, so that it can offer the labels
//! of the ledger at hand.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::CompleteEnv;

use crate::args::Args;
use crate::context::{self, Context};
use crate::error::Result;
use crate::summary::{EntryNames, line};

/// The most labels that are offered at once.
const OFFERED_MAX: usize = 200;

/// Answers a shell that asks, and does not return then.
pub fn answer() {
    CompleteEnv::with_factory(command).complete();
}

/// The command's grammar, with labels offered wherever an entry is named.
pub fn command() -> Command {
    with_labels(Args::command())
}

fn with_labels(command: Command) -> Command {
    command
        .mut_args(|arg| match names_an_entry(&arg) {
            true => arg.add(ArgValueCompleter::new(labels)),
            false => arg,
        })
        .mut_subcommands(with_labels)
}

fn names_an_entry(arg: &Arg) -> bool {
    let names = arg.get_value_names().unwrap_or_default();
    names.iter().any(|name| name.starts_with("ENTRY"))
}

/// The labels that begin so. Whatever cannot be read offers nothing: a shell is no place for errors.
fn labels(begun: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = begun.to_str() else {
        return Vec::new();
    };
    offered(begun).unwrap_or_default()
}

fn offered(begun: &str) -> Result<Vec<CompletionCandidate>> {
    let store = Context::new(false, named_ledger()).store()?;
    let reader = context::reader_for_writing(&store, None)?;
    let mut names = EntryNames::default();
    let mut found = Vec::new();
    for read in reader.entries() {
        let entry = read?.entry;
        names.heed(&entry);
        let Some(label) = entry.facts.known().and_then(|facts| facts.label.clone()) else {
            continue;
        };
        if label.starts_with(begun) {
            let what = crate::output::short(&line(&entry, &names), 50);
            let help = format!("{} {} {what}", entry.index, crate::summary::kind(&entry));
            found.push(
                CompletionCandidate::new(label).help(Some(help.trim_end().to_owned().into())),
            );
        }
        if found.len() == OFFERED_MAX {
            break;
        }
    }
    Ok(found)
}

/// The ledger that the line being completed names.
fn named_ledger() -> Option<PathBuf> {
    let words: Vec<_> = std::env::args_os()
        .skip_while(|word| word != "--")
        .collect();
    let after = words.iter().position(|word| word == "--ledger");
    let named = match after {
        Some(at) => words.get(at + 1).map(PathBuf::from),
        None => words
            .iter()
            .find_map(|word| word.to_str()?.strip_prefix("--ledger=").map(PathBuf::from)),
    };
    named.or_else(|| std::env::var_os("SEAPROOF_LEDGER").map(PathBuf::from))
}
