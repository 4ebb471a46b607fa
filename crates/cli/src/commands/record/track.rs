//! `seaproof record track FILE…`: AIS files as they were received, decoded while they are taken in, with what
//! came of every line, and the normalised track beside them. All of it is one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use seaproof_ais::collect::{CollectError, Collector, Settings, Tracks};
use seaproof_ais::columns::{COLUMNS_VERSION, Columns, ColumnsError};
use seaproof_ais::table::Mapping;
use seaproof_ais::thresholds::Thresholds;
use seaproof_ledger::exhibit::take_in_or_again;
use seaproof_ledger::ids::{ExhibitHash, ExhibitRef};
use seaproof_ledger::store::Store;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::fields::Line;
use super::hand::{Hand, Kind as _};
use super::{kinds, set};
use crate::batch::{Author, Batch, Given, Known, Lookup, remove_unnamed};
use crate::commands::track::thresholds::ThresholdArgs;
use crate::commands::track::units::{length, minute, time};
use crate::commands::track::{is_standard, json as shapes};
use crate::context::{self, Context};
use crate::decoding::{self, How, MapArgs, Reading, To};
use crate::error::{Error, Result};
use crate::input::{bytes_bar, open_exhibit};
use crate::output::{clean, count, grouped};
use crate::recording::{self, Session, with_session};
use crate::tally::{Both, Tally};

/// MMSIs that an entry lists at most.
const MMSIS_MAX: usize = 16_384;
/// Fields that say what was read, and of which file: whoever signs cannot change what the decoder found.
const FOUND: [&str; 4] = ["kind", "as", "hold", "decoded"];
/// MMSIs that are shown before signing.
const SHOWN: usize = 12;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: seaproof record track station.nmea.gz --supplied-by \"A station ashore\" \
    --receiver terrestrial --coverage \"Peter the Great Gulf\" --as station\n\n\
    Of each file the original becomes an exhibit, bit for bit. The entry says what came of every line. The normalised \
    track becomes an exhibit of its own, in an entry `derived` that names the original; docs/AIS.md describes its \
    columns. `seaproof record ais-track` records a track without reading it."
)]
pub struct TrackFiles {
    /// The files as they were received: sentences or a table, also gz or zst. Each gets an entry of its own. Without
    /// one the track is recorded by hand, as `record ais-track` does
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    map: MapArgs,
    #[command(flatten)]
    hand: Hand<kinds::Track>,
}

/// A file that was read, and what is to be recorded of it.
struct Prepared {
    exhibit: ExhibitRef,
    reading: Reading,
    /// What sentences were read with.
    read_with: [(String, String); 4],
    tally: Tally,
    /// The normalised track; `None`: nothing has a time.
    columns: Option<Derived>,
}

/// The normalised track in a file without a name: however this program ends, it is gone.
struct Derived {
    file: File,
    exhibit: ExhibitRef,
    rows: u64,
}

/// What to do with the bytes of a file while they are read: hash them, or take them in as well.
type Taker<'t> = dyn FnMut(&mut dyn Read, u64) -> Result<ExhibitRef> + 't;

pub fn run(ctx: &mut Context, args: &TrackFiles) -> Result<()> {
    if args.files.is_empty() {
        return args.hand.run(ctx);
    }
    let nothing = |error: Error| error.remedy_if_none("Nothing was recorded.");
    args.check_files().map_err(nothing)?;
    let asking = &args.hand.common.asking;
    let key = &asking.options.key;
    if !asking.looks_first(ctx) {
        let (recorded, prepared) = with_session(ctx, key, |session| {
            let labels = args.labels(&mut session.writer).map_err(nothing)?;
            args.check_early(session, &labels).map_err(nothing)?;
            let store = session.writer.store();
            let mut taken = BTreeSet::new();
            let outcome = args
                .prepare(&mut |file, expected| {
                    take_in(store, file, expected, &mut taken, &mut |_| {})
                })
                .and_then(|prepared| {
                    let recorded = args.commit(ctx, session, &labels, &prepared, &mut taken)?;
                    Ok((recorded, prepared))
                });
            if outcome.is_err() {
                remove_unnamed(store, taken);
            }
            outcome.map_err(nothing)
        })?;
        return args.report(ctx, &recorded, &prepared);
    }
    let store = ctx.store()?;
    let (labels, prepared, lines) = {
        let reader = context::reader_for_writing(&store, None)?;
        let mut known = Known::read(&reader)?;
        let labels = args.labels(&mut known).map_err(nothing)?;
        let author = Author::of(&reader, key);
        let early = args.lines(&labels, None).map_err(nothing)?;
        batch(&texts(&early), &args.given())
            .check(&store, &mut known, author.as_ref())
            .map_err(nothing)?;
        let prepared = args.prepare(&mut hash).map_err(nothing)?;
        let lines = args.lines(&labels, Some(&prepared)).map_err(nothing)?;
        (labels, prepared, lines)
    };
    if asking.options.dry_run {
        for line in &lines {
            ctx.out.json_text(line)?;
            ctx.out.line("")?;
        }
        args.tell(ctx, &prepared);
        return Ok(());
    }
    args.tell(ctx, &prepared);
    if !asking.go_on(ctx, &shortened(lines))? {
        return Ok(());
    }
    let recorded = with_session(ctx, key, |session| {
        let store = session.writer.store();
        let mut taken = BTreeSet::new();
        let outcome = args
            .take_again(store, &prepared, &mut taken)
            .and_then(|()| args.commit(ctx, session, &labels, &prepared, &mut taken));
        if outcome.is_err() {
            remove_unnamed(store, taken);
        }
        outcome.map_err(nothing)
    })?;
    recording::report(ctx, &recorded)
}

impl TrackFiles {
    fn check_files(&self) -> Result<()> {
        let holding = &self.hand.kind.holding;
        if !holding.file.is_empty() || holding.hold.is_some() {
            return Err(Error::usage(
                "FILE is held: --file and --hold are for tracks that are recorded without reading them",
            ));
        }
        for change in &self.hand.set {
            let field = change.split(['.', '=']).next().unwrap_or_default();
            if FOUND.contains(&field) {
                return Err(Error::usage(format!(
                    "--set {change:?}: {field:?} is what is found in FILE, or what it is named and held by"
                ))
                .remedy(
                    "Leave it out. `seaproof record ais-track` records a track by hand, with anything that you say of it.",
                ));
            }
        }
        for file in &self.files {
            if is_standard(file) {
                return Err(
                    Error::usage("what is recorded is a file, and not standard input")
                        .remedy("Save it to a file first: that file is the evidence."),
                );
            }
            open_exhibit(file)?;
        }
        Ok(())
    }

    /// A label for each file: as given, or after the file's name.
    fn labels(&self, ledger: &mut dyn Lookup) -> Result<Vec<String>> {
        let mut labels: Vec<String> = Vec::new();
        for (i, file) in (1..).zip(&self.files) {
            let label = match &self.hand.common.label {
                Some(label) if self.files.len() == 1 => label.clone(),
                Some(label) => format!("{label}-{i}"),
                None => {
                    let wanted = label_of(file);
                    let mut label = wanted.clone();
                    let mut number = 2_u32;
                    while labels.contains(&label)
                        || ledger.labelled(&label)?.is_some()
                        || ledger.labelled(&columns_label(&label))?.is_some()
                    {
                        label = format!("{wanted}-{number}");
                        number = number.saturating_add(1);
                    }
                    label
                }
            };
            labels.push(label);
        }
        Ok(labels)
    }

    /// The files as lines name them that were not read yet: not every path is text.
    fn given(&self) -> Vec<Given> {
        let files = self.files.iter().enumerate();
        files
            .map(|(number, file)| Given {
                name: stand_in(number),
                path: file.clone(),
                exhibit: None,
            })
            .collect()
    }

    /// Everything that can be known to be wrong before a file is read.
    fn check_early(&self, session: &mut Session<'_>, labels: &[String]) -> Result<()> {
        let early = self.lines(labels, None)?;
        let authority = session.writer.authority().clone();
        let author = Author {
            authority: &authority,
            key: session.key(),
            next: seaproof_ledger::ids::EntryIndex(session.writer.head().size.0),
        };
        let store = session.writer.store();
        batch(&texts(&early), &self.given()).check(store, &mut session.writer, Some(&author))?;
        Ok(())
    }

    fn prepare(&self, take: &mut Taker<'_>) -> Result<Vec<Prepared>> {
        let mapping = self.map.mapping()?;
        self.files
            .iter()
            .map(|file| {
                let how = How::under(&Thresholds::default(), mapping.as_ref());
                prepare(file, how, take).map_err(|error| not_decoded(error, file))
            })
            .collect()
    }

    /// The lines to record: of each file its track and what was derived from it. Before it was read both have
    /// stand-ins, so that what is said of them can be checked.
    fn lines(&self, labels: &[String], prepared: Option<&[Prepared]>) -> Result<Vec<Value>> {
        let mut lines = Vec::new();
        for (i, label) in labels.iter().enumerate() {
            let prepared = match prepared {
                Some(prepared) => prepared.get(i),
                None => None,
            };
            lines.push(self.track(i, label, prepared)?);
            match prepared {
                // That its label can stand is to be known before everything is read.
                None => lines.push(self.derived(label, &stand_in(i), &stand_in(i))?),
                Some(prepared) => {
                    if let Some(columns) = &prepared.columns {
                        let held = |exhibit: &ExhibitRef| format!("sha256:{}", exhibit.hash);
                        let (original, columns) = (held(&prepared.exhibit), held(&columns.exhibit));
                        lines.push(self.derived(label, &original, &columns)?);
                    }
                }
            }
        }
        Ok(lines)
    }

    fn track(&self, number: usize, label: &str, prepared: Option<&Prepared>) -> Result<Value> {
        let mut line = Line::new();
        line.insert("kind".into(), "ais-track".into());
        self.hand.kind.put(&mut line)?;
        let form = self.hand.kind.holding.form.as_deref().unwrap_or("original");
        let held = match prepared {
            None => stand_in(number),
            Some(prepared) => format!("sha256:{}", prepared.exhibit.hash),
        };
        line.insert(
            "hold".into(),
            json!({"held": [{"file": held, "form": form}]}),
        );
        let decoded = match prepared {
            // So that what it says can be checked before it is read.
            None => json!({
                "format": "not-read", "decoder": "seaproof", "decoder_version": "0", "lines": 0,
                "decoded": 0, "duplicate": 0, "fragment": 0, "mmsi_count": 0,
            }),
            Some(prepared) => prepared.decoded(&self.map)?,
        };
        if self.hand.kind.span.is_none()
            && let Some((first, last)) = prepared.and_then(|prepared| prepared.tally.span)
            && let Some(edtf) = edtf(first.0, last.0)
        {
            let span = json!({"edtf": edtf, "sense": "within", "zone": "+00:00"});
            line.insert("span".into(), span);
        }
        line.insert("decoded".into(), decoded);
        line.insert("as".into(), label.into());
        let mut source = Map::new();
        for written in &self.hand.common.source {
            let (name, words) = written
                .split_once('=')
                .ok_or_else(|| Error::usage(format!("--source {written:?}: expected NAME=TEXT")))?;
            source.insert(name.into(), words.into());
        }
        if !source.is_empty() {
            line.insert("source".into(), source.into());
        }
        let mut value = Value::Object(line);
        for change in &self.hand.set {
            set::put(&mut value, change)?;
        }
        Ok(value)
    }

    /// The line of the normalised track, with its file and the original's as they are named in it.
    fn derived(&self, label: &str, original: &str, columns: &str) -> Result<Value> {
        let parameter = |name: &str, text: String| json!({"name": name, "text": text});
        let mut parameters: Vec<Value> = (parameters_of_tracks()?.into_iter())
            .map(|(name, text)| parameter(&name, text))
            .collect();
        for (name, text) in self.map.options() {
            parameters.push(parameter(&name, text));
        }
        Ok(json!({
            "kind": "derived", "as": columns_label(label), "parents": [original],
            "tool": "seaproof", "tool_version": version(), "parameters": parameters,
            "method": "Every message and row with a time of reception, by MMSI and time; receptions of one \
                transmission are one row. The columns are described in docs/AIS.md.",
            "hold": {"held": [{
                "file": columns, "form": "extract",
                "media_type": "application/vnd.apache.parquet",
            }]},
            "mode": "observed", "origin": {"who": "recorder", "mode": "observed"},
            "basis": [{"of": label}],
        }))
    }

    /// Takes the files in that were looked at before, if they are still the same.
    fn take_again(
        &self,
        store: &dyn Store,
        prepared: &[Prepared],
        taken: &mut BTreeSet<ExhibitHash>,
    ) -> Result<()> {
        for (path, prepared) in self.files.iter().zip(prepared) {
            let (mut file, length) = open_exhibit(path)?;
            let bar = bytes_bar(length, &path.display().to_string());
            let exhibit = take_in(store, &mut file, length, taken, &mut |done| {
                bar.set_position(done)
            });
            bar.finish_and_clear();
            let exhibit = exhibit.map_err(|error| error.at(path.display()))?;
            if exhibit != prepared.exhibit {
                return Err(Error::input(format!(
                    "{} changed after it was decoded",
                    path.display()
                ))
                .remedy("Nothing was recorded. Wait until nothing writes to it, and try again."));
            }
        }
        Ok(())
    }

    /// Records what was taken in, as one commit.
    fn commit(
        &self,
        ctx: &Context,
        session: &mut Session<'_>,
        labels: &[String],
        prepared: &[Prepared],
        taken: &mut BTreeSet<ExhibitHash>,
    ) -> Result<Vec<recording::Recorded>> {
        let store = session.writer.store();
        let lines = self.lines(labels, Some(prepared))?;
        for columns in prepared.iter().filter_map(|one| one.columns.as_ref()) {
            let mut file = &columns.file;
            file.rewind().map_err(temporary)?;
            let length = columns.exhibit.length;
            let exhibit = take_in(store, &mut file, length, taken, &mut |_| {})?;
            if exhibit != columns.exhibit {
                return Err(Error::new(
                    crate::error::Kind::Storage,
                    "a temporary file changed after it was written",
                ));
            }
        }
        batch(&texts(&lines), &[]).record(session, ctx.now())
    }

    fn report(
        &self,
        ctx: &mut Context,
        recorded: &[recording::Recorded],
        prepared: &[Prepared],
    ) -> Result<()> {
        recording::report(ctx, recorded)?;
        if ctx.json {
            return Ok(());
        }
        for (file, prepared) in self.files.iter().zip(prepared) {
            for line in prepared.summary(file) {
                ctx.out.line(line)?;
            }
        }
        self.warn(ctx, prepared);
        Ok(())
    }

    /// Says on stderr what would be signed.
    fn tell(&self, ctx: &Context, prepared: &[Prepared]) {
        for (file, prepared) in self.files.iter().zip(prepared) {
            for line in prepared.summary(file) {
                // Nobody to tell when stderr is gone.
                let _ = writeln!(anstream::stderr().lock(), "{line}");
            }
        }
        self.warn(ctx, prepared);
    }

    fn warn(&self, ctx: &Context, prepared: &[Prepared]) {
        let declared: Option<u32> = self
            .hand
            .kind
            .mmsi
            .as_ref()
            .and_then(|mmsi| mmsi.parse().ok());
        for (file, prepared) in self.files.iter().zip(prepared) {
            let file = file.display();
            if let Some(mmsi) = declared
                && !prepared.tally.mmsis.iter().any(|heard| heard == mmsi)
            {
                ctx.note(&format!("{file}: {mmsi} is not heard in it"));
            }
            if prepared.columns.is_none() {
                ctx.note(&format!(
                    "{file}: nothing in it has a time of reception, so there is no track to derive"
                ));
            }
        }
    }
}

impl Prepared {
    /// What came of the lines, as the entry says it.
    fn decoded(&self, map: &MapArgs) -> Result<Value> {
        let counts = &self.reading.counts;
        let lines = shapes::lines(counts);
        let list = |of: &Value, name: &str| -> Vec<Value> {
            let fields = of.as_object().into_iter().flatten();
            fields
                .map(|(what, n)| json!({(name): what, "count": n}))
                .collect()
        };
        let mut messages = Vec::new();
        let mut rows = 0;
        for (kind, n) in &counts.messages {
            match kind {
                seaproof_ais::report::Kind::Message(number) => {
                    messages.push(json!({"type": number, "count": n}));
                }
                // Outcomes tell no rows apart.
                _ => rows = *n,
            }
        }
        // A table has no fragments, and its rows are not compared.
        let sentences = (self.reading.format == "sentences").then(|| self.read_with.clone());
        let options: Vec<Value> = (map.options().into_iter())
            .chain(sentences.into_iter().flatten())
            .map(|(name, text)| json!({"name": name, "text": text}))
            .collect();
        let mmsis: Vec<u32> = self.tally.mmsis.iter().take(MMSIS_MAX).collect();
        Ok(json!({
            "format": self.reading.format,
            "compression": self.reading.compression,
            "decoder": "seaproof-ais",
            "decoder_version": version(),
            "options": options,
            "lines": counts.total,
            "decoded": counts.decoded,
            "duplicate": counts.duplicate,
            "fragment": counts.fragment,
            "refused": list(&lines["refused"], "reason"),
            "flagged": list(&shapes::flags(counts), "flag"),
            "messages": messages,
            "rows": rows,
            "untimed": counts.untimed,
            "mmsi_count": self.tally.mmsis.count(),
            "mmsis": mmsis,
            "span": self.tally.span.map(|(first, last)| json!({"first": first.0, "last": last.0})),
        }))
    }

    fn summary(&self, file: &Path) -> Vec<String> {
        let counts = &self.reading.counts;
        let packed = self
            .reading
            .compression
            .map(|c| format!(", {c}"))
            .unwrap_or_default();
        let mut lines = vec![
            format!(
                "File       {} ({}{packed}), {} bytes",
                clean(&file.display().to_string()),
                self.reading.format,
                grouped(self.exhibit.length)
            ),
            format!(
                "Lines      {}: {} decoded, {} heard before, {}, {} refused",
                grouped(counts.total),
                grouped(counts.decoded),
                grouped(counts.duplicate),
                count(counts.fragment, "other fragment", "other fragments"),
                grouped(counts.refused_total())
            ),
        ];
        if let Some((first, last)) = self.tally.span {
            lines.push(format!(
                "Received   {} to {} UTC ({})",
                minute(first),
                minute(last),
                length(last.since(first))
            ));
        }
        if self.tally.improbable > 0 {
            let times = count(self.tally.improbable, "time", "times");
            lines.push(format!(
                "Improbable {times} before 1990 or from 2100 on, not in the span"
            ));
        }
        let mmsis: Vec<String> = (self.tally.mmsis.iter().take(5))
            .map(|mmsi| mmsi.to_string())
            .collect();
        let more = if self.tally.mmsis.count() > 5 {
            ", …"
        } else {
            ""
        };
        lines.push(format!(
            "MMSIs      {}: {}{more}",
            grouped(self.tally.mmsis.count()),
            mmsis.join(", ")
        ));
        if let Some(Derived { rows, .. }) = &self.columns {
            lines.push(format!(
                "Derived    {} as Parquet",
                count(*rows, "row", "rows")
            ));
        }
        lines
    }
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// What a normalised track depends on beside its original and the mapping of its columns.
fn parameters_of_tracks() -> Result<Vec<(String, String)>> {
    let mut parameters = vec![
        ("columns".to_owned(), COLUMNS_VERSION.to_owned()),
        ("decoder".to_owned(), format!("seaproof-ais {}", version())),
    ];
    for (name, value) in ThresholdArgs::of_tracks(&Thresholds::default())? {
        parameters.push((name, value.to_string()));
    }
    Ok(parameters)
}

/// How a recorded track was made.
pub enum Making {
    /// As it is made now, with this mapping of columns.
    AsNow(Option<String>),
    /// In another way; in words.
    Otherwise(String),
}

impl Making {
    /// By what an entry says of it; `None` if it is none of ours.
    pub fn of(tool: &str, version: &str, parameters: &BTreeMap<&str, &str>) -> Option<Self> {
        if tool != "seaproof" || !parameters.contains_key("columns") {
            return None;
        }
        if version != self::version() {
            let version = format!("it was made by another version ({version})");
            return Some(Self::Otherwise(version));
        }
        let now = parameters_of_tracks().ok()?;
        let mut rest = parameters.clone();
        let same = now
            .iter()
            .all(|(name, text)| rest.remove(name.as_str()) == Some(text.as_str()));
        let map = rest.remove("map").map(ToOwned::to_owned);
        Some(match same && rest.is_empty() {
            true => Self::AsNow(map),
            false => Self::Otherwise("it was made with other parameters".into()),
        })
    }
}

/// The digest of the normalised track that an original gives.
pub fn columns_of(input: impl Read + Send, map: Option<&str>) -> Result<ExhibitHash> {
    let mapping = map
        .map(str::parse::<Mapping>)
        .transpose()
        .map_err(|error| Error::input(format!("its mapping of columns: {error}")))?;
    let mut collector = Collector::new(Settings::new(std::env::temp_dir(), &Thresholds::default()));
    let how = How::under(&Thresholds::default(), mapping.as_ref());
    decoding::read(input, 0, how, To::Sink(&mut collector))?;
    let mut tracks = collector.finish()?;
    let (_, out) = columns_into(&mut tracks, Hashed(Sha256::new()))?;
    Ok(ExhibitHash(out.0.finalize().into()))
}

/// Hashes what is written, and keeps none of it.
struct Hashed(Sha256);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn columns_label(label: &str) -> String {
    format!("{label}.columns")
}

/// A label after a file's name.
fn label_of(file: &Path) -> String {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase());
    let name = name.unwrap_or_default();
    let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
    let mut label: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => c,
            _ => '-',
        })
        .take(40)
        .collect();
    if !label.starts_with(|c: char| c.is_ascii_lowercase()) {
        label.insert_str(0, "track-");
    }
    label
}

/// The file is evidence also where nothing in it can be read: say how it is recorded all the same.
fn not_decoded(error: Error, file: &Path) -> Error {
    let error = error.at(file.display());
    match error.is_input() {
        true => error.remedy(
            "Nothing was recorded. `seaproof record ais-track` keeps a file as it is, without reading it.",
        ),
        false => error,
    }
}

/// How a line names a file that was not read yet.
fn stand_in(number: usize) -> String {
    format!("FILE {}", number.saturating_add(1))
}

fn texts(lines: &[Value]) -> Vec<String> {
    lines.iter().map(Value::to_string).collect()
}

fn batch<'b>(texts: &'b [String], given: &'b [Given]) -> Batch<'b> {
    Batch {
        lines: (1..).zip(texts.iter().map(String::as_str)).collect(),
        base: Path::new(""),
        numbered: false,
        given,
    }
}

/// The lines as they are shown to whoever is asked: of many MMSIs a few.
fn shortened(mut lines: Vec<Value>) -> Value {
    for line in &mut lines {
        if let Some(Value::Array(mmsis)) = line.pointer_mut("/decoded/mmsis")
            && mmsis.len() > SHOWN
        {
            let more = mmsis.len() - SHOWN;
            mmsis.truncate(SHOWN);
            mmsis.push(format!("… and {} more", grouped(more as u64)).into());
        }
    }
    // What was counted stands last, beside the question.
    lines.reverse();
    Value::Array(lines)
}

/// The days and seconds from the first to the last millisecond, rounded outward.
fn edtf(first: i64, last: i64) -> Option<String> {
    let second = |ms: i64| -> Option<String> {
        let text = time(seaproof_ais::units::Time(ms));
        let text = text.get(..19).filter(|_| text.len() == 20)?;
        text.starts_with(|c: char| c.is_ascii_digit())
            .then(|| text.to_owned())
    };
    let up = last.checked_add(999)?.div_euclid(1000).checked_mul(1000)?;
    let (first, last) = (
        second(first.div_euclid(1000).checked_mul(1000)?)?,
        second(up)?,
    );
    Some(match first == last {
        true => first,
        false => format!("{first}/{last}"),
    })
}

/// Takes a file in, and notes it if it is new there.
fn take_in(
    store: &dyn Store,
    file: &mut dyn Read,
    expected: u64,
    new: &mut BTreeSet<ExhibitHash>,
    progress: &mut dyn FnMut(u64),
) -> Result<ExhibitRef> {
    let taken = take_in_or_again(store, file, Some(expected), progress)?;
    if taken.new {
        new.insert(taken.exhibit.hash);
    }
    Ok(taken.exhibit)
}

fn hash(file: &mut dyn Read, expected: u64) -> Result<ExhibitRef> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 17];
    let mut length = 0;
    loop {
        let read = match file.read(&mut block) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::storage("cannot read the file", &error)),
        };
        hash.update(&block[..read]);
        length += read as u64;
    }
    if length != expected {
        return Err(Error::input(format!(
            "the file changed while it was read: {expected} bytes at first, {length} in the end"
        )));
    }
    Ok(ExhibitRef {
        hash: ExhibitHash(hash.finalize().into()),
        length,
    })
}

/// Gives what it reads to somebody else too, as long as they listen.
struct Tee<'t> {
    file: File,
    to: Option<io::PipeWriter>,
    bar: &'t indicatif::ProgressBar,
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bar.inc(read as u64);
        match (&mut self.to, buffer.get(..read)) {
            (to, Some([])) => *to = None,
            (Some(to), Some(bytes)) => {
                // If whoever decodes has stopped, they say why: reading on would be in vain.
                to.write_all(bytes)?;
            }
            _ => {}
        }
        Ok(read)
    }
}

/// Reads a file once: taken as it is by one, decoded by another.
fn prepare(path: &Path, how: How<'_>, take: &mut Taker<'_>) -> Result<Prepared> {
    let (file, expected) = open_exhibit(path)?;
    let bar = bytes_bar(expected, &path.display().to_string());
    let (from, to) = io::pipe().map_err(|e| Error::storage("a pipe", &e))?;
    let mut collector = Collector::new(Settings::new(std::env::temp_dir(), &Thresholds::default()));
    let mut tally = Tally::default();
    let (taken, read) = std::thread::scope(|scope| {
        let (collector, tally) = (&mut collector, &mut tally);
        let decoder = scope.spawn(move || {
            let (mut from, mut both) = (from, Both(collector, tally));
            let read = decoding::read(&mut from, 0, how, To::Sink(&mut both));
            // What stands behind the end of packed data is still taken in.
            if read.is_ok() {
                io::copy(&mut from, &mut io::sink()).map_err(|e| Error::storage("a pipe", &e))?;
            }
            read
        });
        let mut tee = Tee {
            file,
            to: Some(to),
            bar: &bar,
        };
        let taken = take(&mut tee, expected);
        // Closes the pipe also if nothing was read to the end.
        drop(tee);
        (taken, decoder.join())
    });
    bar.finish_and_clear();
    let read = match read {
        Ok(read) => read,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    // Of two errors that of the decoder: it broke the pipe.
    let reading = match (read, &taken) {
        (Err(error), Ok(_)) => return Err(error),
        (Err(error), Err(_)) if error.is_input() => return Err(error),
        (read, _) => {
            let exhibit = taken?;
            (read?, exhibit)
        }
    };
    let (reading, exhibit) = reading;
    let mut tracks = collector.finish()?;
    let columns = match (tally.span, tally.improbable) {
        (None, 0) => None,
        _ => Some(write_columns(&mut tracks)?),
    };
    Ok(Prepared {
        exhibit,
        reading,
        read_with: how.of_sentences(),
        tally,
        columns,
    })
}

/// Why columns were not written.
#[derive(Debug, thiserror::Error)]
enum WriteColumns {
    #[error(transparent)]
    Tracks(#[from] CollectError),
    #[error(transparent)]
    Columns(#[from] ColumnsError),
}

fn temporary(error: io::Error) -> Error {
    Error::storage("a temporary file", &error)
}

/// Writes the normalised track.
fn write_columns(tracks: &mut Tracks) -> Result<Derived> {
    let mut file = tempfile::tempfile().map_err(temporary)?;
    let out = io::BufWriter::with_capacity(1 << 16, &mut file);
    let (rows, out) = columns_into(tracks, out)?;
    out.into_inner().map_err(|e| temporary(e.into_error()))?;
    let length = file.stream_position().map_err(temporary)?;
    file.rewind().map_err(temporary)?;
    let exhibit = hash(&mut file, length)?;
    Ok(Derived {
        file,
        exhibit,
        rows,
    })
}

/// Writes the normalised track, and gives back how many rows it has.
fn columns_into<W: Write + Send>(tracks: &mut Tracks, out: W) -> Result<(u64, W)> {
    let mut columns = Columns::new(out).map_err(columns_failed)?;
    tracks
        .walk(|vessel| -> Result<(), WriteColumns> {
            for point in vessel.by_ref() {
                columns.push(&point)?;
            }
            Ok(())
        })
        .map_err(columns_failed)?;
    columns.finish().map_err(columns_failed)
}

fn columns_failed(error: impl std::error::Error) -> Error {
    Error::new(crate::error::Kind::Storage, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_made_of_names() {
        for (file, label) in [
            ("a/AIS_2022_01_03.csv.gz", "ais_2022_01_03.csv"),
            ("538004030_drift_1.ais", "track-538004030_drift_1.ais"),
            ("été 1.nmea", "track--t--1.nmea"),
            ("", "track-"),
        ] {
            assert_eq!(label_of(Path::new(file)), label);
        }
    }

    #[test]
    fn spans_are_rounded_outward() {
        let span = |first, last| edtf(first, last).unwrap();
        assert_eq!(
            span(1_711_454_400_999, 1_711_454_401_001),
            "2024-03-26T12:00:00/2024-03-26T12:00:02"
        );
        assert_eq!(
            span(1_711_454_400_000, 1_711_454_400_000),
            "2024-03-26T12:00:00"
        );
        assert_eq!(edtf(i64::MIN, 0), None);
        assert_eq!(edtf(0, i64::MAX), None);
    }
}
