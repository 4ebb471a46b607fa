//! `seaproof timestamp add`: keeps a token in `anchors/`, and records that it was there, so that later entries are known
//! to have come after it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_ledger::anchors::{self, AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::ids::LedgerId;
use seaproof_ledger::reader::Reader;
use seaproof_ledger::statement::Head;
use seaproof_ledger::timestamp::{Authority, Roots, TOKEN_MAX, TimestampError, Token};
use serde_json::{Value, json};

use crate::batch::Batch;
use crate::commands::record::hand::Asking;
use crate::context::{self, Context, cannot};
use crate::error::{Error, Kind, Result};
use crate::output::{clean, count, rfc3339, rfc3339_seconds};
use crate::recording::{self, with_session};
use crate::times::{TrustRoots, token_name};

#[derive(Debug, Parser)]
#[command(
    after_help = "Example: seaproof timestamp add head.tsr --tsa-roots service.pem\n\n\
    The token must be over a head of this ledger. It is kept in anchors/, and an entry names it, so that whatever is \
    recorded later is known to have come after it. Without --tsa-roots it is kept unchecked: `seaproof verify \
    --tsa-roots` checks it at any time."
)]
pub struct Args {
    /// The answer of a timestamping service (TimeStampResp) or a bare token, as it came
    file: PathBuf,
    /// Keep the token only: no entry names it, and no key is needed
    #[arg(long, conflicts_with_all = ["dry_run", "yes"])]
    no_entry: bool,
    #[command(flatten)]
    roots: TrustRoots,
    #[command(flatten)]
    asking: Asking,
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let roots = args.roots.read(ctx)?;
    let bytes = read(&args.file)?;
    let shown = args.file.display().to_string();
    let refused = |why: String| {
        Error::input(format!("{shown}: {why}")).remedy("Nothing was kept or recorded.")
    };
    let token = Token::read(&bytes).map_err(|error| refused(error.to_string()))?;
    let store = ctx.store()?;
    let (head, agreed, here) = {
        let opened = context::newest(&store)?;
        let head = head_of(&opened.reader, opened.agreed, &token, &refused)?;
        (head, opened.agreed, opened.reader.head())
    };
    let authority = judge(&token, roots.as_ref(), &refused)?;
    let name = AnchorName::of(head.size, AnchorKind::Token, &bytes);
    let mut line = None;
    if !args.no_entry {
        let said = anchored(&args.file, &token, head, authority.as_ref());
        if !args.asking.go_on(ctx, &said)? {
            return Ok(());
        }
        line = Some(said.to_string());
    }
    let keep = || {
        anchors::add(&store, head.size, AnchorKind::Token, &bytes).map_err(|error| {
            Error::new(
                Kind::Storage,
                format!("cannot keep {}: {error}", name.path()),
            )
        })
    };
    let Some(line) = line else {
        keep()?;
        return report(
            ctx,
            &token,
            &name,
            head,
            here,
            roots.is_some(),
            authority.as_ref(),
        );
    };
    let base = args.file.parent().unwrap_or(Path::new(""));
    let batch = Batch {
        lines: vec![(1, &line)],
        base,
        numbered: false,
        given: &[],
    };
    let now = ctx.now();
    let recorded = with_session(ctx, &args.asking.options.key, |session| {
        // First the token: an entry that names it must find it here.
        keep()?;
        if agreed == Some(head) {
            // All that the checkpoint covers is timestamped now, and stays so: the next writing command covers this entry.
            session.leave_checkpoint();
        }
        batch.record(session, now).map_err(|error| {
            error.remedy(format!(
                "The token is kept as {}; no entry names it.",
                name.path()
            ))
        })
    })?;
    if ctx.json {
        let mut value = told(&token, &name, head, roots.is_some(), authority.as_ref());
        value["recorded"] = recorded.first().map(|r| r.written.index.0).into();
        return ctx.out.json(&value);
    }
    report(
        ctx,
        &token,
        &name,
        head,
        here,
        roots.is_some(),
        authority.as_ref(),
    )?;
    recording::report(ctx, &recorded)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let unread = |e| cannot("read", path, &e).remedy("Nothing was kept or recorded.");
    let found = fs::metadata(path).map_err(unread)?;
    if !found.is_file() || found.len() > TOKEN_MAX as u64 {
        return Err(Error::input(format!(
            "{} is not a file of at most {TOKEN_MAX} bytes, as a timestamp is",
            path.display()
        ))
        .remedy("Nothing was kept or recorded."));
    }
    fs::read(path).map_err(unread)
}

/// The head of this log that a token is over. The checkpoint first; else any that the log ever had.
fn head_of(
    reader: &Reader<'_>,
    agreed: Option<Head>,
    token: &Token,
    refused: &dyn Fn(String) -> Error,
) -> Result<Head> {
    let ledger = reader
        .ledger()
        .ok_or_else(|| refused("the log is empty".into()))?;
    if let Err(error @ TimestampError::Untrusted(_)) = over(token, &ledger, reader.head()) {
        return Err(refused(error.to_string()));
    }
    let fits = |head: Head| over(token, &ledger, head).is_ok();
    if let Some(head) = agreed.filter(|head| fits(*head)) {
        return Ok(head);
    }
    reader.find_head(fits)?.ok_or_else(|| {
        refused("it is over no head of this ledger: what it stamps is something else".into())
    })
}

fn over(token: &Token, ledger: &LedgerId, head: Head) -> Result<(), TimestampError> {
    token.is_over(Checkpoint::of_ledger(ledger, head).to_string().as_bytes())
}

/// Whether it is worth keeping: what can be seen to be wrong is not, nor what the roots that were given do not bear out.
fn judge(
    token: &Token,
    roots: Option<&Roots>,
    refused: &dyn Fn(String) -> Error,
) -> Result<Option<Authority>> {
    let none = Roots::none();
    match (token.verify(roots.unwrap_or(&none)), roots) {
        (Ok(authority), _) => Ok(Some(authority)),
        (Err(TimestampError::Untrusted(_)), None) => Ok(None),
        (Err(TimestampError::Untrusted(why)), Some(_)) => Err(refused(format!(
            "it is not trusted under the roots that you gave: {why}"
        ))),
        (Err(error), _) => Err(refused(format!("it proves nothing: {error}"))),
    }
}

/// What the entry says.
fn anchored(file: &Path, token: &Token, head: Head, authority: Option<&Authority>) -> Value {
    let stamp = token.stamp();
    let seconds = rfc3339_seconds(stamp.gen_time);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut line = json!({
        "kind": "anchored", "anchor": "timestamp", "size": head.size.0, "root": head.root.to_string(),
        "seen": {"edtf": seconds.trim_end_matches('Z'), "sense": "within", "zone": "+00:00"},
        "hold": {"held": [{"file": name, "form": "original", "media_type": "application/timestamp-reply"}]},
    });
    // Whose it is stands in the token; who is believed is each reader's own business.
    if let Some(by) = authority.map(|a| &a.name).or(stamp.authority.as_ref()) {
        line["by"] = by.chars().take(200).collect::<String>().into();
    }
    line
}

fn told(
    token: &Token,
    name: &AnchorName,
    head: Head,
    checked: bool,
    authority: Option<&Authority>,
) -> Value {
    let stamp = token.stamp();
    json!({
        "kept": name.path(), "covers": head.size.0, "root": head.root.to_string(),
        "time": rfc3339(stamp.gen_time), "accuracy_micros": stamp.accuracy_micros,
        "policy": stamp.policy, "serial": stamp.serial, "checked": checked,
        "authority": authority.map(|a| a.name.clone()), "recorded": Value::Null,
    })
}

fn report(
    ctx: &mut Context,
    token: &Token,
    name: &AnchorName,
    head: Head,
    here: Head,
    checked: bool,
    authority: Option<&Authority>,
) -> Result<()> {
    if ctx.json {
        return ctx.out.json(&told(token, name, head, checked, authority));
    }
    ctx.out.line(format_args!(
        "Kept the token {}: the first {} existed at {}",
        token_name(name),
        count(head.size.0, "entry", "entries"),
        rfc3339(token.stamp().gen_time)
    ))?;
    match authority {
        Some(authority) => ctx.out.line(format_args!(
            "It is signed by {}, under the root {}",
            clean(&authority.name),
            clean(&authority.root)
        ))?,
        None => ctx.out.line(
            "Who signed it was not checked: give --tsa-roots FILE here or to `seaproof verify`",
        )?,
    }
    let beyond = here.size.0.saturating_sub(head.size.0);
    if beyond > 0 {
        ctx.note(&format!(
            "{} under no timestamp of this token",
            count(beyond, "later entry is", "later entries are")
        ));
    }
    Ok(())
}
