//! `seaproof record list FILE`: a sanctions list, with what its file says of itself.

use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;
use seaproof_evidence::lists;
use serde_json::{Map, json};

use super::fields::{Dating, text};
use super::hand::{Common, record};
use crate::commands::lists::summary;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::open_exhibit;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: seaproof record list consolidated.xml --as un-list --captured 2024-06-01\n\n\
    It reads the UN's consolidated XML, the EU's CSV, OFAC's SDN CSV and OpenSanctions' FollowTheMoney JSON."
)]
pub struct List {
    /// The list's file, which becomes an exhibit
    file: PathBuf,
    /// Whose list [default: as the file's format tells]
    #[arg(long, value_name = "WORDS")]
    authority: Option<String>,
    /// Which of its lists [default: as the file tells]
    #[arg(long, value_name = "WORDS")]
    list: Option<String>,
    /// The programme or regime, if the list has only one
    #[arg(long, value_name = "WORDS")]
    programme: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// The date that the list itself states [default: as the file tells]
    #[arg(long, value_name = "DATE")]
    generated: Option<String>,
    /// When it was fetched
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// The file's form: original, capture, copy or extract
    #[arg(long, value_name = "FORM", default_value = "copy")]
    form: String,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
    #[command(flatten)]
    common: Common,
}

pub fn run(ctx: &mut Context, args: &List) -> Result<()> {
    let (file, _) = open_exhibit(&args.file)?;
    let list = lists::read(BufReader::new(file)).map_err(|refused| {
        Error::input(refused.to_string())
            .at(args.file.display())
            .remedy("Nothing was recorded.")
    })?;
    let head = &list.head;
    let mut line = Map::new();
    line.insert("kind".into(), "list-snapshot".into());
    let authority = args
        .authority
        .clone()
        .or_else(|| head.authority_guess.clone());
    let authority = authority.ok_or_else(|| {
        Error::usage("the file does not tell whose list it is: say so with --authority")
            .remedy("Nothing was recorded.")
    })?;
    text(&mut line, "authority", &Some(authority));
    let name = args.list.clone().unwrap_or_else(|| head.list.clone());
    text(&mut line, "list", &Some(name));
    text(&mut line, "programme", &args.programme);
    line.insert("format".into(), serde_json::to_value(head.format)?);
    text(&mut line, "url", &args.url);
    let stated = head
        .generated
        .as_ref()
        .and_then(|stated| stated.date.as_ref());
    let generated = args
        .generated
        .clone()
        .or_else(|| stated.map(|date| date.as_str().to_owned()));
    args.dating.put(&mut line, "generated", &generated, "on");
    args.dating.put(&mut line, "captured", &args.captured, "on");
    line.insert("rows".into(), (list.rows.len() as u64).into());
    let path = args.file.to_string_lossy();
    line.insert(
        "hold".into(),
        json!({"held": [{"file": path, "form": args.form}]}),
    );
    text(&mut line, "note", &args.note);
    record(ctx, line, &args.common)?;
    if ctx.json || args.common.asking.options.dry_run {
        return Ok(());
    }
    summary(&mut ctx.out, &list)
}
