//! One entry from options: shown as the line that it is, then recorded like any batch of one.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use clap::Args;
use seaproof_ledger::store::Store;
use serde_json::{Map, Value};

use super::{place, set};
use crate::batch::{Author, Batch, Given, Known};
use crate::context::{self, Context};
use crate::error::{Error, Result};
use crate::keyring::KeyArgs;
use crate::recording::{self, with_session};

/// What every way of recording has.
#[derive(Debug, Args)]
pub struct Options {
    /// Check everything and show what would be signed; record nothing
    #[arg(long, visible_alias = "draft")]
    pub dry_run: bool,
    #[command(flatten)]
    pub key: KeyArgs,
}

/// What every way of recording one entry has.
#[derive(Debug, Args)]
pub struct Asking {
    /// Do not ask before signing; without a terminal, as in a pipe, it signs without asking
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    pub options: Options,
}

impl Asking {
    /// Whether what would be signed is shown before it is signed.
    pub fn looks_first(&self, ctx: &Context) -> bool {
        self.options.dry_run || self.asks(ctx)
    }

    /// Whether somebody is to be asked, and there.
    pub fn asks(&self, ctx: &Context) -> bool {
        !self.yes && !ctx.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether the answer was given beforehand.
    pub const fn said_yes(&self) -> bool {
        self.yes
    }

    /// Prints what would be signed if it is a dry run, asks if there is somebody to ask; returns
    /// whether to go on.
    pub fn go_on(&self, ctx: &mut Context, value: &Value) -> Result<bool> {
        if self.options.dry_run {
            // On one line: a line of a batch can be kept, edited, and recorded as a batch.
            ctx.out.json_text(value)?;
            ctx.out.line("")?;
            return Ok(false);
        }
        if self.asks(ctx) && !confirm(value)? {
            return Err(Error::usage("not signed: nothing was recorded"));
        }
        Ok(true)
    }
}

/// What every entry by hand has.
#[derive(Debug, Args)]
pub struct Common {
    /// A label by which other entries may name this one
    #[arg(long = "as", value_name = "LABEL")]
    pub label: Option<String>,
    /// How it was obtained, kept apart so that it can be withheld: NAME=TEXT, as obtained-from=… May be repeated
    #[arg(long, value_name = "NAME=TEXT")]
    pub source: Vec<String>,
    #[command(flatten)]
    pub asking: Asking,
}

/// The fields of one kind.
pub trait Kind: Args {
    /// The kind's name.
    const NAME: &'static str;
    /// A command that records one, as its help shows it.
    const EXAMPLE: &'static str;

    /// Puts what was given into the line.
    fn put(&self, line: &mut Map<String, Value>) -> Result<()>;
}

/// What the help of a kind ends with.
pub fn example<K: Kind>() -> String {
    format!("Example: seaproof {}", K::EXAMPLE)
}

/// One kind's fields with what every entry has.
#[derive(Debug, Args)]
pub struct Hand<K: Kind> {
    #[command(flatten)]
    pub kind: K,
    /// Any other field of the kind, as place.locode=RUVYP or alternatives='["…"]'; `seaproof schema` names them.
    /// May be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub common: Common,
}

impl<K: Kind> Hand<K> {
    pub fn run(&self, ctx: &mut Context) -> Result<()> {
        let mut line = Map::new();
        line.insert("kind".into(), K::NAME.into());
        self.kind.put(&mut line)?;
        let mut value = Value::Object(line);
        for change in &self.set {
            set::put(&mut value, change)?;
        }
        match value {
            Value::Object(line) => record(ctx, line, &self.common),
            _ => unreachable!("fields are put into an object"),
        }
    }
}

/// Shows a line, asks on a terminal, and records it.
pub fn record(ctx: &mut Context, line: Map<String, Value>, common: &Common) -> Result<()> {
    put(ctx, line, common, &[], &mut |_| Ok(()))
}

/// The same, where the line names files otherwise than by their paths.
pub fn record_given(
    ctx: &mut Context,
    line: Map<String, Value>,
    common: &Common,
    given: &[Given],
) -> Result<()> {
    put(ctx, line, common, given, &mut |_| Ok(()))
}

/// The same, with something to be done before the entry is recorded; if that fails, nothing is.
pub fn record_with(
    ctx: &mut Context,
    line: Map<String, Value>,
    common: &Common,
    before: &mut dyn FnMut(&dyn Store) -> Result<()>,
) -> Result<()> {
    put(ctx, line, common, &[], before)
}

fn put(
    ctx: &mut Context,
    mut line: Map<String, Value>,
    common: &Common,
    given: &[Given],
    before: &mut dyn FnMut(&dyn Store) -> Result<()>,
) -> Result<()> {
    if let Some(label) = &common.label {
        line.insert("as".into(), label.clone().into());
    }
    let mut source = Map::new();
    for text in &common.source {
        let (name, words) = text
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("--source {text:?}: expected NAME=TEXT")))?;
        source.insert(name.into(), words.into());
    }
    if !source.is_empty() {
        line.insert("source".into(), source.into());
    }
    let mut value = Value::Object(line);
    let nothing = |error: Error| error.remedy_if_none("Nothing was recorded.");
    let asking = &common.asking;
    let looks_first = asking.looks_first(ctx);
    if looks_first {
        let store = ctx.store()?;
        let reader = context::reader_for_writing(&store, None)?;
        let mut known = Known::read(&reader)?;
        place::fill(ctx, &mut value, &store, &mut known).map_err(nothing)?;
        let text = value.to_string();
        let author = Author::of(&reader, &asking.options.key);
        one(&text, given)
            .check(&store, &mut known, author.as_ref())
            .map_err(nothing)?;
    }
    if !asking.go_on(ctx, &value)? {
        return Ok(());
    }
    let now = ctx.now();
    let recorded = with_session(ctx, &asking.options.key, |session| {
        if !looks_first {
            let store = session.writer.store();
            place::fill(ctx, &mut value, store, &mut session.writer).map_err(nothing)?;
        }
        before(session.writer.store()).map_err(nothing)?;
        one(&value.to_string(), given)
            .record(session, now)
            .map_err(nothing)
    })?;
    recording::report(ctx, &recorded)
}

/// A batch of one line.
fn one<'b>(text: &'b str, given: &'b [Given]) -> Batch<'b> {
    Batch {
        lines: vec![(1, text)],
        base: Path::new(""),
        numbered: false,
        given,
    }
}

/// Shows what would be signed and asks.
fn confirm(value: &Value) -> Result<bool> {
    let shown = serde_json::to_string_pretty(value)?;
    let mut stderr = io::stderr().lock();
    let asked = |e| Error::storage("cannot ask", &e);
    writeln!(stderr, "{}", crate::output::harmless(&shown)).map_err(asked)?;
    write!(stderr, "An entry stays for ever. Sign it? [y/N] ").map_err(asked)?;
    stderr.flush().map_err(asked)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(asked)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
