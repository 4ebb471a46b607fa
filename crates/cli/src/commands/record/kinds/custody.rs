//! What was done with evidence, and what is known of this ledger outside.

use clap::Args;
use serde_json::json;

use super::super::fields::{Dating, Holding, Line, Saying, USUALLY, list, number, text};
use super::super::hand::Kind;
use crate::error::{Error, Result};

#[derive(Debug, Args)]
pub struct Custody {
    /// What was done: transferred, accessed, copied, exported or served
    #[arg(long)]
    action: String,
    /// An entry whose files it is about. May be repeated
    #[arg(long = "of", value_name = "ENTRY")]
    entries: Vec<String>,
    /// A file that it is about, held here or new: sha256:… or a path. May be repeated
    #[arg(long = "file", value_name = "FILE")]
    exhibits: Vec<String>,
    /// It is about everything that the ledger held
    #[arg(long)]
    whole_ledger: bool,
    /// Who had it before
    #[arg(long, value_name = "WORDS")]
    from: Option<String>,
    /// Who had it afterwards
    #[arg(long, value_name = "WORDS")]
    to: Option<String>,
    /// Why
    #[arg(long, value_name = "WORDS")]
    purpose: Option<String>,
    /// Where
    #[arg(long, value_name = "WORDS")]
    place: Option<String>,
    /// On what, as a disk or by mail
    #[arg(long, value_name = "WORDS")]
    medium: Option<String>,
    /// When
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// SHA-256 of what was handed over, if it is one file
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Custody {
    const NAME: &'static str = "custody";
    const EXAMPLE: &'static str = "record custody --action transferred --of press-a --from \"A colleague\" --to \"The archive\" \
        --purpose \"Safe keeping\" --medium \"A disk\" --when 2024-06-01";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "action", &Some(self.action.clone()));
        list(line, "entries", &self.entries);
        list(line, "exhibits", &self.exhibits);
        if self.whole_ledger {
            line.insert("whole_ledger".into(), true.into());
        }
        text(line, "from", &self.from);
        text(line, "to", &self.to);
        text(line, "purpose", &self.purpose);
        text(line, "place", &self.place);
        text(line, "medium", &self.medium);
        self.dating.put(line, "when", &self.when, "on");
        text(line, "digest", &self.digest);
        self.saying.put(line, USUALLY.observed);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Derived {
    /// A file that it was made of: sha256:… or a path. May be repeated
    #[arg(long, value_name = "FILE")]
    parent: Vec<String>,
    /// The tool that made it
    #[arg(long, value_name = "WORDS")]
    tool: String,
    /// The tool's version
    #[arg(long, value_name = "WORDS")]
    tool_version: Option<String>,
    /// A parameter that the tool was called with. May be repeated
    #[arg(long, value_name = "NAME=TEXT")]
    parameter: Vec<String>,
    /// What was done, in words
    #[arg(long, value_name = "WORDS")]
    method: Option<String>,
    /// When
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    holding: Holding,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Derived {
    const NAME: &'static str = "derived";
    const EXAMPLE: &'static str = "record derived --as crop --parent scene.tif --tool \"A cropper\" --tool-version 1.2 \
        --parameter \"window=100 40 300 80\" --file crop.tif --form extract --basis scene-1";

    fn put(&self, line: &mut Line) -> Result<()> {
        list(line, "parents", &self.parent);
        text(line, "tool", &Some(self.tool.clone()));
        text(line, "tool_version", &self.tool_version);
        let mut parameters = Vec::new();
        for written in &self.parameter {
            let (name, told) = written.split_once('=').ok_or_else(|| {
                Error::usage(format!("--parameter {written:?}: expected NAME=TEXT"))
            })?;
            parameters.push(json!({"name": name, "text": told}));
        }
        if !parameters.is_empty() {
            line.insert("parameters".into(), parameters.into());
        }
        text(line, "method", &self.method);
        self.dating.put(line, "when", &self.when, "on");
        self.holding.put(line);
        self.saying.put(line, USUALLY.observed);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Attached {
    /// What the files belong to: a document, image, track, list or the like
    #[arg(value_name = "ENTRY")]
    about: String,
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Their form: original, capture, copy, extract, transcript, translation or own-notes
    #[arg(long, value_name = "FORM")]
    form: String,
    /// Their media type, as application/pdf
    #[arg(long, value_name = "TYPE")]
    media_type: Option<String>,
    /// Where they were found
    #[arg(long)]
    url: Option<String>,
    /// When they were captured
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Attached {
    const NAME: &'static str = "attached";
    const EXAMPLE: &'static str =
        "attach ft ft.txt --form capture --url https://example.org/ft --captured 2024-05-01";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        let file = |file: &String| {
            let mut held = json!({"file": file, "form": self.form});
            if let Some(media_type) = &self.media_type {
                held["media_type"] = media_type.clone().into();
            }
            held
        };
        let files: Vec<_> = self.files.iter().map(file).collect();
        line.insert("files".into(), files.into());
        text(line, "url", &self.url);
        self.dating.put(line, "captured", &self.captured, "on");
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Anchored {
    /// How: timestamp, cosignature, publication or other
    #[arg(long, value_name = "HOW")]
    anchor: String,
    /// The head's number of entries
    #[arg(long, value_name = "N")]
    size: u64,
    /// The head's root
    #[arg(long, value_name = "HEX")]
    root: String,
    /// By whom or where, in words
    #[arg(long, value_name = "WORDS")]
    by: Option<String>,
    /// Where it can be seen
    #[arg(long)]
    url: Option<String>,
    /// When it was made, or seen there
    #[arg(long, value_name = "DATE")]
    seen: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Anchored {
    const NAME: &'static str = "anchored";
    const EXAMPLE: &'static str = "record anchored --anchor publication --size 3 \
        --root 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff --by \"A newspaper\" --seen 2024-06-01";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "anchor", &Some(self.anchor.clone()));
        number(line, "size", Some(self.size));
        text(line, "root", &Some(self.root.clone()));
        text(line, "by", &self.by);
        text(line, "url", &self.url);
        self.dating.put(line, "seen", &self.seen, "on");
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct StateRecorded {
    /// How many entries were replayed, from the beginning on
    #[arg(long, value_name = "N")]
    entries: u64,
    /// The state's root
    #[arg(long, value_name = "HEX")]
    root: String,
    /// The version of the state's encoding
    #[arg(long, value_name = "N", default_value_t = 1)]
    encoding: u64,
}

impl Kind for StateRecorded {
    const NAME: &'static str = "state-recorded";
    const EXAMPLE: &'static str = "record state-recorded --entries 3 \
        --root 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn put(&self, line: &mut Line) -> Result<()> {
        number(line, "entries", Some(self.entries));
        text(line, "root", &Some(self.root.clone()));
        number(line, "version", Some(self.encoding));
        Ok(())
    }
}
