//! `seaproof show`: one entry, with everything that is signed in it and everything that amends it.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use seaproof_evidence::Decoded;
use seaproof_ledger::entry::Entry;
use seaproof_ledger::facts::Relation;
use seaproof_ledger::ids::{EntryIndex, to_hex};
use seaproof_ledger::keys::fingerprint;
use seaproof_ledger::reader::{ReadEntry, Reader};
use seaproof_ledger::sshsig;
use serde_json::{Value, json};

use crate::context::{self, Context, cannot};
use crate::error::{Error, Result};
use crate::names::{EntryName, Holders};
use crate::output::{WIDTH, clean, count, grouped, rfc3339, short, wrap};
use crate::redactions::{By, REDACTED, Redactions, absent};
use crate::summary::{self, EntryNames};
use crate::suspects::{SuspectKey, Suspects};
use crate::times::{Tokens, TrustRoots, contradiction};

#[derive(Debug, Parser)]
#[command(
    after_help = "Examples: seaproof show 12\n          seaproof show calls-march --export-signature sig\n\n\
    An entry is named by its number (12, or '#12' in quotes), its label, or digits of its id."
)]
pub struct Args {
    /// Which entry
    entry: EntryName,
    /// Write its statement, its signature and its author's key into a new folder, for `ssh-keygen -Y verify`
    #[arg(long, value_name = "DIR")]
    export_signature: Option<PathBuf>,
    #[command(flatten)]
    roots: TrustRoots,
}

/// What the rest of the ledger says about an entry.
struct Surroundings {
    read: ReadEntry,
    holders: Holders,
    names: EntryNames,
    amended_by: Vec<(EntryIndex, &'static str)>,
    suspects: Suspects,
    tokens: Tokens,
    /// What redacted its facts and its source.
    redacted: [Option<By>; 2],
}

impl Surroundings {
    /// Why the entry is suspect, if it is.
    fn suspect(&self) -> Option<&SuspectKey> {
        let entry = &self.read.entry;
        self.suspects.of(&entry.statement.key, entry.index)
    }
}

pub fn run(ctx: &mut Context, args: Args) -> Result<()> {
    let store = ctx.store()?;
    let reader = context::reader(&store, None)?;
    let index = args.entry.find(&reader)?;
    let roots = args.roots.read(ctx)?;
    let tokens = Tokens::read(&store, &reader, roots.as_ref())?;
    let around = surroundings(&reader, index, tokens)?;
    let exported = match &args.export_signature {
        Some(folder) => Some(export(&around.read.entry, folder)?),
        None => None,
    };
    if ctx.json {
        let mut value = as_json(&around);
        if let Some(command) = exported {
            value["check_with"] = command.into();
        }
        return ctx.out.json(&value);
    }
    print(ctx, &around)?;
    if let Some(command) = exported {
        ctx.out.line("")?;
        ctx.out.line("Check its signature with OpenSSH alone:")?;
        ctx.out.line(format_args!("  {command}"))?;
    }
    Ok(())
}

fn surroundings(
    reader: &Reader<'_>,
    index: EntryIndex,
    mut tokens: Tokens,
) -> Result<Surroundings> {
    let (mut holders, mut names) = (Holders::default(), EntryNames::default());
    let mut wanted: Option<ReadEntry> = None;
    let mut amended_by = Vec::new();
    for read in reader.entries() {
        let read = read?;
        holders.heed(&read);
        names.heed(&read.entry);
        tokens.heed(&read.entry);
        if read.entry.index == index {
            wanted = Some(read);
            continue;
        }
        if let (Some(wanted), Some(amendment)) = (
            &wanted,
            read.entry.facts.known().and_then(|f| f.amendment.as_ref()),
        ) && amendment.targets.contains(&wanted.entry.id)
        {
            amended_by.push((read.entry.index, relation(amendment.relation)));
        }
    }
    tokens.settle();
    let read = wanted.ok_or_else(|| Error::input(format!("there is no {index} in this ledger")))?;
    let redacted = match absent(&read.entry).any() {
        true => {
            let redactions = Redactions::read(reader)?;
            let id = &read.entry.id;
            [
                redactions.facts(id).cloned(),
                redactions.source(id).cloned(),
            ]
        }
        false => [None, None],
    };
    Ok(Surroundings {
        redacted,
        read,
        holders,
        names,
        amended_by,
        suspects: Suspects::read(reader)?,
        tokens,
    })
}

const fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Corrects => "corrects",
        Relation::Retracts => "retracts",
        Relation::Disputes => "disputes",
        Relation::Redacts { .. } => "redacts",
    }
}

fn as_json(around: &Surroundings) -> Value {
    let ReadEntry { entry, standing } = &around.read;
    let statement = &entry.statement;
    let facts = entry.facts.known();
    let bounds = around.tokens.of(entry.index, statement.observed.size);
    let name = |id: &seaproof_ledger::ids::EntryId| json!({"id": id.to_string(), "name": around.names.name(*id)});
    json!({
        "index": entry.index.0, "id": entry.id.to_string(), "leaf_hash": entry.leaf_hash.to_string(),
        "class": statement.class as u8, "ledger": statement.ledger.to_string(),
        "author": statement.key.to_string(), "fingerprint": fingerprint(&statement.key),
        "author_name": around.holders.get(&statement.key), "role": standing.role.map(|r| r.name()),
        "authorised": standing.authorised, "suspect": standing.suspect,
        "suspect_because": around.suspect(),
        "seq": statement.seq.0, "prev": statement.prev.to_string(),
        "observed": {"size": statement.observed.size.0, "root": statement.observed.root.to_string()},
        "recorded_at": rfc3339(statement.recorded_at),
        "time": (!around.tokens.is_empty()).then(|| around.tokens.json(&bounds, statement.recorded_at)),
        "facts_commitment": statement.facts.to_string(), "source_commitment": statement.source.to_string(),
        "kind": facts.map(|f| f.kind.clone()), "kind_version": facts.map(|f| f.kind_version),
        "label": facts.and_then(|f| f.label.clone()),
        "exhibits": facts.map(|f| f.exhibits.iter().map(|e| json!({"sha256": e.hash.to_string(), "bytes": e.length})).collect::<Vec<_>>()),
        "references": facts.map(|f| f.refs.iter().map(name).collect::<Vec<_>>()),
        "amendment": facts.and_then(|f| f.amendment.as_ref()).map(|a| json!({
            "relation": relation(a.relation), "targets": a.targets.iter().map(name).collect::<Vec<_>>(),
        })),
        "amended_by": around.amended_by.iter().map(|(index, how)| json!({"entry": index.0, "relation": how})).collect::<Vec<_>>(),
        "redacted": around.redacted.iter().any(Option::is_some).then(|| json!({
            "facts": around.redacted[0].as_ref().map(By::json),
            "source": around.redacted[1].as_ref().map(By::json),
        })),
        "event": summary::event(entry, &around.names),
        "source": entry.source.known().map(|s| s.fields().iter().map(|f| (f.name.clone(), Value::from(f.text.clone()))).collect::<serde_json::Map<_, _>>()),
        "statement": to_hex(&statement.encode()),
    })
}

fn print(ctx: &mut Context, around: &Surroundings) -> Result<()> {
    let ReadEntry { entry, standing } = &around.read;
    let statement = &entry.statement;
    let out = &mut ctx.out;
    let mut field = |name: &str, value: &str| out.line(format!("{name:<12}{value}").trim_end());
    let facts = entry.facts.known();
    let label = facts.and_then(|f| f.label.as_deref());
    field(
        "Entry",
        &format!(
            "{}  {}  {}",
            entry.index,
            match around.redacted[0] {
                Some(_) => REDACTED.to_owned(),
                None => clean(summary::kind(entry)),
            },
            label.map(clean).unwrap_or_default()
        ),
    )?;
    field("Id", &entry.id.to_string())?;
    field("Leaf hash", &entry.leaf_hash.to_string())?;
    let role = match (standing.role, standing.authorised) {
        (None, _) => "not an author of this ledger there",
        (Some(_), false) => "not allowed to sign this",
        (Some(role), true) => role.name(),
    };
    field(
        "Author",
        &format!(
            "{}  {}  {role}",
            around.holders.short(&statement.key),
            fingerprint(&statement.key)
        ),
    )?;
    if let Some(suspect) = around.suspect() {
        field("Suspect", &clean(&suspect.words()))?;
    }
    field(
        "Recorded",
        &format!(
            "{} by its author's own clock",
            rfc3339(statement.recorded_at)
        ),
    )?;
    let bounds = around.tokens.of(entry.index, statement.observed.size);
    for (name, bound) in [("Made after", bounds.after), ("Made before", bounds.before)] {
        if let Some(bound) = bound {
            field(name, &around.tokens.words(&bound))?;
        }
    }
    if !around.tokens.is_empty() && !around.tokens.checked {
        field(
            "",
            "the tokens here were not checked: give --tsa-roots FILE",
        )?;
    }
    if let Some((before, bound)) = bounds.contradicts(statement.recorded_at) {
        field(
            "Note",
            &contradiction(statement.recorded_at, before, &bound),
        )?;
    }
    field(
        "Chain",
        &format!(
            "entry {} of this key, after {}",
            statement.seq,
            around.names.name(statement.prev)
        ),
    )?;
    field(
        "Observed",
        &format!(
            "{}, root {}",
            count(statement.observed.size.0, "entry", "entries"),
            statement.observed.root
        ),
    )?;
    if let Some(facts) = facts {
        for exhibit in &facts.exhibits {
            field(
                "Exhibit",
                &format!("sha256 {}  {} bytes", exhibit.hash, grouped(exhibit.length)),
            )?;
        }
        if !facts.refs.is_empty() {
            let refs: Vec<String> = facts
                .refs
                .iter()
                .map(|id| clean(&around.names.name(*id)))
                .collect();
            field("Refers to", &refs.join(", "))?;
        }
        if let Some(amendment) = &facts.amendment {
            let targets: Vec<String> = amendment
                .targets
                .iter()
                .map(|id| clean(&around.names.name(*id)))
                .collect();
            field(
                "Amends",
                &format!("{} {}", relation(amendment.relation), targets.join(", ")),
            )?;
        }
    }
    for (index, how) in &around.amended_by {
        field("Amended by", &format!("{index}, which {how} it"))?;
    }
    if let Some(by) = &around.redacted[1] {
        field("Source", &by.words())?;
    }
    for text in entry.source.known().into_iter().flat_map(|s| s.fields()) {
        field("Source", &format!("{}: {}", text.name, clean(&text.text)))?;
    }
    match (
        facts.map(|f| Decoded::of(statement.class, f)),
        summary::event(entry, &around.names),
    ) {
        (_, Some(event)) => {
            out.line("")?;
            let mut fields = Vec::new();
            flatten(&event, "", &mut fields);
            let width = fields.iter().map(|(path, _)| path.len()).max().unwrap_or(0) + 2;
            for (path, text) in fields {
                let lines = wrap(&clean(&text), WIDTH.saturating_sub(width).max(40));
                for (i, line) in lines.iter().enumerate() {
                    let path = if i == 0 { path.as_str() } else { "" };
                    out.line(format_args!("{path:<width$}{line}"))?;
                }
            }
            Ok(())
        }
        (Some(Decoded::Unknown { kind, version }), _) => field(
            "Says",
            &format!(
                "something of kind {} version {version}, which this program does not know",
                clean(&kind)
            ),
        ),
        (Some(Decoded::Malformed { why }), _) => field(
            "Says",
            &format!("what cannot be read: {}", short(&why, 200)),
        ),
        (..) => match &around.redacted[0] {
            Some(by) => field("Says", &by.words()),
            None => field("Says", "what is not disclosed here"),
        },
    }
}

/// Numbers of one list that are shown.
const NUMBERS: usize = 12;

/// Fields by their paths, as `correct --set` takes them; the kind goes first.
pub fn flatten(value: &Value, path: &str, fields: &mut Vec<(String, String)>) {
    let inside = |step: &str| match path.is_empty() {
        true => step.to_owned(),
        false => format!("{path}.{step}"),
    };
    match value {
        Value::Object(object) => {
            let (kind, others): (Vec<_>, Vec<_>) =
                object.iter().partition(|(name, _)| *name == "kind");
            for (name, value) in kind.into_iter().chain(others) {
                flatten(value, &inside(name), fields);
            }
        }
        // As the MMSIs of a track: thousands of lines would hide the rest.
        Value::Array(items) if items.len() > NUMBERS && items.iter().all(Value::is_number) => {
            let first: Vec<String> = items.iter().take(NUMBERS).map(Value::to_string).collect();
            let more = grouped((items.len() - NUMBERS) as u64);
            fields.push((
                path.to_owned(),
                format!("{} … and {more} more", first.join(" ")),
            ));
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                flatten(value, &inside(&i.to_string()), fields);
            }
        }
        Value::String(text) => fields.push((path.to_owned(), text.clone())),
        other => fields.push((path.to_owned(), other.to_string())),
    }
}

/// Writes what `ssh-keygen -Y verify` needs; returns the command.
fn export(entry: &Entry, folder: &Path) -> Result<String> {
    if fs::symlink_metadata(folder).is_ok() {
        return Err(
            Error::usage(format!("{} is there already", folder.display()))
                .remedy("Name a new folder."),
        );
    }
    fs::create_dir_all(folder).map_err(|e| cannot("make", folder, &e))?;
    // The holder's name may hold anything; this identity only has to be the same in both places.
    let identity = "author";
    let allowed = sshsig::allowed_signers_line(identity, &entry.statement.key)
        .ok_or_else(|| Error::usage("the author cannot be named to ssh-keygen"))?;
    let armored = sshsig::armor(&entry.statement.key, entry.leaf.signature());
    let files: [(&str, &[u8]); 3] = [
        ("statement", &entry.statement.encode()),
        ("statement.sig", armored.as_bytes()),
        ("allowed_signers", allowed.as_bytes()),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|e| cannot("write", &path, &e))?;
    }
    let folder = shell_word(&folder.to_string_lossy());
    Ok(format!(
        "ssh-keygen -Y verify -f {folder}/allowed_signers -I {identity} -n {} -s {folder}/statement.sig < {folder}/statement",
        sshsig::NAMESPACE
    ))
}

/// A path as one word of a shell.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    match path.chars().all(plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}
