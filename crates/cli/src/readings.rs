//! AIS tracks that a ledger holds, read for replay: from their exhibits, each hashed while it is read and believed
//! only if it is what its digest says, all of them together, under the thresholds of the rules in force.
//!
//! What came of it is kept in the index under everything that it was made from. Whether the files still stand as
//! they were read is looked at each time, so that one that is gone is missed at once.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::num::NonZeroUsize;

use indicatif::ProgressBar;
use seaproof_ais::analyse::{MEMORY, analyse_within};
use seaproof_ais::analysis::{Analysis, PortRef};
use seaproof_ais::collect::{CollectError, Collector, Settings, Tracks};
use seaproof_ais::input::{self, Options, Problem};
use seaproof_ais::ports::Gazetteer;
use seaproof_ais::shore::Shoreline;
use seaproof_ais::table::Mapping;
use seaproof_ais::thresholds::Thresholds;
use seaproof_index::Index;
use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{ExhibitHash, ExhibitRef};
use seaproof_ledger::store::{FolderStore, Store};
use seaproof_replay::Settled;
use seaproof_replay::tracks::{Counted, Named, Readings, Unread, Wanted, WantedFile};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::context;
use crate::error::{Error, Kind, Result};
use crate::input::bytes_bar;
use crate::snapshots::ExhibitReader;

/// Bytes of a gazetteer or shoreline.
const TABLE_MAX: u64 = 256 << 20;
/// What came of reading is kept under this name.
const KEPT: &str = "tracks";

/// Files that an answer was made from, and how each stood in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Presence(Vec<(String, Option<Stands>)>);

/// How a file stands in a folder: another length or another time is another file until it was read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stands {
    length: u64,
    modified: Option<(u64, u32)>,
    changed: Option<(i64, i64)>,
}

impl Presence {
    fn of(store: &FolderStore, wanted: &Wanted) -> Self {
        let files = wanted.files.iter().map(|file| &file.exhibit);
        let all = files.chain(&wanted.gazetteer).chain(&wanted.shoreline);
        Self(
            all.map(|exhibit| (exhibit.hash.to_string(), stands(store, &exhibit.hash)))
                .collect(),
        )
    }

    /// Whether every file stands as it did.
    pub fn is_still(&self, store: &FolderStore) -> bool {
        self.0.iter().all(|(digest, before)| {
            let hash: Option<ExhibitHash> = digest.parse().ok();
            hash.is_some_and(|hash| stands(store, &hash) == *before)
        })
    }
}

fn stands(store: &FolderStore, hash: &ExhibitHash) -> Option<Stands> {
    let found = fs::symlink_metadata(store.root().join(exhibit_path(hash))).ok()?;
    let modified = found.modified().ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    #[cfg(unix)]
    let changed = {
        use std::os::unix::fs::MetadataExt;
        Some((found.ctime(), found.ctime_nsec()))
    };
    #[cfg(not(unix))]
    let changed = None;
    Some(Stands {
        length: found.len(),
        modified: since.map(|since| (since.as_secs(), since.subsec_nanos())),
        changed,
    })
}

/// What the tracks of a state say, and the files that this rests on. What is worked out is kept in the index.
pub fn of(
    store: &FolderStore,
    index: Option<&Index>,
    settled: &Settled<'_>,
) -> Result<(Readings, Presence)> {
    read(store, || index.cloned(), true, settled)
}

/// The same for commands that write nothing.
pub fn only(store: &FolderStore, settled: &Settled<'_>) -> Result<Readings> {
    // Asking for the index may make its key.
    let index = || {
        let kept = store.root().join("index/answers").join(KEPT);
        kept.is_file().then(|| context::index(store)).flatten()
    };
    read(store, index, false, settled).map(|(readings, _)| readings)
}

fn read(
    store: &FolderStore,
    index: impl FnOnce() -> Option<Index>,
    keep: bool,
    settled: &Settled<'_>,
) -> Result<(Readings, Presence)> {
    let wanted = settled.tracks_wanted();
    if wanted.is_empty() {
        return Ok(Default::default());
    }
    let index = index();
    let presence = Presence::of(store, &wanted);
    let from = key(&wanted, &presence)?;
    let kept: Option<Made> = index.as_ref().and_then(|index| index.made(KEPT, &from));
    let kept = kept.filter(|made| made.holds(&wanted));
    if let Some(readings) = kept.and_then(|made| made.readings(&wanted)) {
        return Ok((readings, presence));
    }
    let made = make(store, &wanted, MEMORY)?;
    if let Some(index) = index.filter(|_| keep && made.lasting) {
        // What cannot be kept is worked out again.
        let _ = index.keep_made(KEPT, &from, &made);
    }
    let readings = made.readings(&wanted);
    let readings = readings
        .ok_or_else(|| Error::input("what was read of tracks names a file that is none"))?;
    Ok((readings, presence))
}

/// All that readings are made from.
fn key(wanted: &Wanted, presence: &Presence) -> Result<Vec<u8>> {
    let files: Vec<_> = (wanted.files.iter())
        .map(|file| (file.exhibit.hash.to_string(), &file.options))
        .collect();
    let name = |exhibit: &Option<ExhibitRef>| exhibit.map(|exhibit| exhibit.hash.to_string());
    let (gazetteer, shoreline) = (name(&wanted.gazetteer), name(&wanted.shoreline));
    let all = (files, gazetteer, shoreline, &wanted.thresholds, presence);
    serde_json::to_vec(&all).map_err(|error| Error::new(Kind::Storage, error.to_string()))
}

/// Readings as they are kept.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Made {
    sources: Vec<String>,
    analyses: Vec<Analysis>,
    gazetteer: Option<String>,
    shoreline: Option<String>,
    ports: Vec<PortRef>,
    counted: BTreeMap<String, Counted>,
    not_read: Vec<(String, Why)>,
    /// Of whom it was kept first. It matters only if others were left out.
    named: Named,
    /// Whether reading again would give the same.
    #[serde(skip)]
    lasting: bool,
}

/// Why a file was not read.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Why {
    Withheld,
    Changed(String),
    NotReadable(String),
}

impl Made {
    /// Whether it would be the same for those that are named now.
    fn holds(&self, wanted: &Wanted) -> bool {
        let mut analyses = self.analyses.iter();
        analyses.all(|one| one.vessels_left_out == 0) || self.named == wanted.named
    }

    /// As replay takes them; `None` if a digest is none.
    fn readings(self, wanted: &Wanted) -> Option<Readings> {
        let hash = |digest: &String| digest.parse::<ExhibitHash>().ok();
        let optional = |digest: &Option<String>| match digest {
            None => Some(None),
            Some(digest) => hash(digest).map(Some),
        };
        let not_read = self.not_read.iter().map(|(digest, why)| {
            let why = match why {
                Why::Withheld => Unread::Withheld,
                Why::Changed(found) => Unread::Changed {
                    found: hash(found)?,
                },
                Why::NotReadable(why) => Unread::NotReadable { why: why.clone() },
            };
            Some((hash(digest)?, why))
        });
        let mut ports: BTreeMap<String, Vec<PortRef>> = BTreeMap::new();
        for port in self.ports {
            if let Some(locode) = &port.locode
                && wanted.locodes.binary_search(locode).is_ok()
            {
                ports.entry(locode.clone()).or_default().push(port);
            }
        }
        let counted =
            (self.counted.iter()).map(|(digest, counted)| Some((hash(digest)?, *counted)));
        Some(Readings {
            counted: counted.collect::<Option<_>>()?,
            sources: self.sources.iter().map(hash).collect::<Option<_>>()?,
            analyses: self.analyses,
            gazetteer: optional(&self.gazetteer)?,
            shoreline: optional(&self.shoreline)?,
            ports,
            not_read: not_read.collect::<Option<_>>()?,
        })
    }
}

/// Reads all, with about so many bytes for what is kept of vessels under all thresholds together.
fn make(store: &FolderStore, wanted: &Wanted, memory: usize) -> Result<Made> {
    let memory = memory / wanted.thresholds.len().max(1);
    let mut made = Made {
        lasting: true,
        named: wanted.named.clone(),
        ..Made::default()
    };
    let gazetteer = wanted.gazetteer.and_then(|exhibit| {
        let read = |bytes: &[u8]| Gazetteer::read(bytes).map_err(|error| error.to_string());
        made.table(store, &exhibit, read)
    });
    let shoreline = wanted.shoreline.and_then(|exhibit| {
        let read = |bytes: &[u8]| Shoreline::read(bytes).map_err(|error| error.to_string());
        made.table(store, &exhibit, read)
    });
    let name = |exhibit: &Option<ExhibitRef>| exhibit.map(|exhibit| exhibit.hash.to_string());
    if let Some(gazetteer) = &gazetteer {
        made.gazetteer = name(&wanted.gazetteer);
        made.ports = gazetteer.ports().to_vec();
    }
    if shoreline.is_some() {
        made.shoreline = name(&wanted.shoreline);
    }
    let mut files: Vec<&WantedFile> = wanted.files.iter().collect();
    let mut collected: Option<(Thresholds, Tracks)> = None;
    while let Some(thresholds) = wanted.thresholds.get(made.analyses.len()) {
        let mut tracks = match collected.take() {
            Some((before, tracks)) if collects_alike(&before, thresholds) => tracks,
            _ => {
                let before = files.len();
                let Some(tracks) = made.collect(store, &mut files, thresholds)? else {
                    made.analyses.clear();
                    break;
                };
                if files.len() != before {
                    // Lines of what was analysed before would be of other files.
                    made.analyses.clear();
                }
                collected = Some((thresholds.clone(), tracks));
                continue;
            }
        };
        let analysis = analyse_within(
            memory,
            &wanted.named,
            &mut tracks,
            thresholds,
            gazetteer.as_ref(),
            shoreline.as_ref(),
        );
        made.analyses.push(analysis.map_err(|error| spill(&error))?);
        collected = Some((thresholds.clone(), tracks));
    }
    made.sources = files
        .iter()
        .map(|file| file.exhibit.hash.to_string())
        .collect();
    Ok(made)
}

/// Whether the same tracks are made under both: what is merged and what is split is decided while collecting.
fn collects_alike(a: &Thresholds, b: &Thresholds) -> bool {
    let of = |t: &Thresholds| {
        (
            t.duplicate_seconds,
            t.split_tenth_knots,
            t.split_slack_seconds,
            t.split_positions,
            t.jump_metres,
        )
    };
    of(a) == of(b)
}

fn spill(error: &CollectError) -> Error {
    let mut words = error.to_string();
    if let Some(source) = std::error::Error::source(error) {
        words = format!("{words}: {source}");
    }
    Error::new(Kind::Storage, words)
        .remedy("Make room there, or name another folder for temporary files with TMPDIR.")
}

impl Made {
    fn unread(&mut self, hash: &ExhibitHash, why: Why) {
        self.not_read.push((hash.to_string(), why));
    }

    /// Reads a gazetteer or a shoreline.
    fn table<T>(
        &mut self,
        store: &FolderStore,
        exhibit: &ExhibitRef,
        read: impl FnOnce(&[u8]) -> std::result::Result<T, String>,
    ) -> Option<T> {
        let mut hashed = match self.open(store, &exhibit.hash) {
            Ok(hashed) => hashed,
            Err(why) => {
                self.unread(&exhibit.hash, why);
                return None;
            }
        };
        let mut bytes = Vec::new();
        let taken = (&mut hashed).take(TABLE_MAX + 1).read_to_end(&mut bytes);
        let why = match taken {
            Err(error) => Some(self.cannot(&error)),
            Ok(_) if bytes.len() as u64 > TABLE_MAX => Some(Why::NotReadable(format!(
                "it has more than {TABLE_MAX} bytes"
            ))),
            Ok(_) => hashed.differs(&exhibit.hash),
        };
        let table = match why {
            Some(why) => Err(why),
            None => read(&bytes).map_err(Why::NotReadable),
        };
        match table {
            Ok(table) => Some(table),
            Err(why) => {
                self.unread(&exhibit.hash, why);
                None
            }
        }
    }

    /// Reads all files together. Where some turn out to be no evidence, they are set aside and the others are read
    /// anew: what they said may be anywhere in what was collected.
    fn collect(
        &mut self,
        store: &FolderStore,
        files: &mut Vec<&WantedFile>,
        thresholds: &Thresholds,
    ) -> Result<Option<Tracks>> {
        let most = usize::from(u16::MAX) + 1;
        for file in files.split_off(files.len().min(most)) {
            let why = format!("{most} files before it are as many as are read together");
            self.unread(&file.exhibit.hash, Why::NotReadable(why));
        }
        // Those that are not there are known without reading the others.
        files.retain(|file| match self.open(store, &file.exhibit.hash) {
            Ok(_) => true,
            Err(why) => {
                self.unread(&file.exhibit.hash, why);
                false
            }
        });
        while !files.is_empty() {
            let mut collector = Collector::new(Settings::new(std::env::temp_dir(), thresholds));
            let mut source = 0_u16;
            let before = files.len();
            files.retain(|file| {
                let read = self.read(store, file, source, &mut collector);
                // There are at most as many as there are numbers.
                source = source.saturating_add(1);
                match read {
                    Ok(()) => true,
                    Err(why) => {
                        self.unread(&file.exhibit.hash, why);
                        false
                    }
                }
            });
            if files.len() == before {
                return collector.finish().map(Some).map_err(|error| spill(&error));
            }
        }
        Ok(None)
    }

    fn read(
        &mut self,
        store: &FolderStore,
        file: &WantedFile,
        source: u16,
        collector: &mut Collector,
    ) -> std::result::Result<(), Why> {
        let map = file.options.iter().find(|(name, _)| name == "map");
        let mapping = map
            .map(|(_, columns)| columns.parse::<Mapping>())
            .transpose();
        let mapping = mapping.map_err(|error| {
            Why::NotReadable(format!(
                "its entry's mapping of columns cannot be read: {error}"
            ))
        })?;
        let options = Options {
            mapping,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            ..Options::default()
        };
        let hash = &file.exhibit.hash;
        let mut hashed = self.open(store, hash)?;
        hashed.bar = bytes_bar(file.exhibit.length, "reading tracks");
        let counts = input::collect_any(&mut hashed, source, &options, collector);
        // The reader may stop before the end.
        let rest = io::copy(&mut hashed, &mut io::sink());
        hashed.bar.finish_and_clear();
        rest.map_err(|error| self.cannot(&error))?;
        if let Some(why) = hashed.differs(hash) {
            return Err(why);
        }
        match counts {
            Ok(counts) if counts.decoded == 0 => {
                Err(Why::NotReadable("none of its lines is AIS".into()))
            }
            Ok(counts) => {
                let counted = Counted {
                    lines: counts.total,
                    decoded: counts.decoded,
                    duplicate: counts.duplicate,
                    fragment: counts.fragment,
                    refused: counts.refused_total(),
                };
                self.counted.insert(hash.to_string(), counted);
                Ok(())
            }
            Err(error) => {
                if let Problem::Io(error) = &error.problem {
                    return Err(self.cannot(error));
                }
                Err(Why::NotReadable(error.to_string()))
            }
        }
    }

    fn open(
        &mut self,
        store: &FolderStore,
        hash: &ExhibitHash,
    ) -> std::result::Result<Hashed, Why> {
        match store.open(&exhibit_path(hash)) {
            Ok(blob) => Ok(Hashed {
                file: ExhibitReader { blob, at: 0 },
                hash: Sha256::new(),
                bar: ProgressBar::hidden(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Why::Withheld),
            Err(error) => Err(self.cannot(&error)),
        }
    }

    /// A failure that another time may not bring.
    fn cannot(&mut self, error: &io::Error) -> Why {
        self.lasting = false;
        Why::NotReadable(format!("its file cannot be read: {error}"))
    }
}

/// Hashes what is read.
struct Hashed {
    file: ExhibitReader,
    hash: Sha256,
    bar: ProgressBar,
}

impl Hashed {
    /// Whether what was read, to its end, is another file than the one meant.
    fn differs(&self, expected: &ExhibitHash) -> Option<Why> {
        let found = ExhibitHash(self.hash.clone().finalize().into());
        (found != *expected).then(|| Why::Changed(found.to_string()))
    }
}

impl Read for Hashed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(to)?;
        self.hash.update(to.get(..read).unwrap_or_default());
        self.bar.inc(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use seaproof_ais::units::Mmsi;

    use super::*;
    use crate::commands::track::thresholds::ThresholdArgs;

    const SILENT: Mmsi = Mmsi(273_000_001);

    /// A table of many that say much, and of one that says little, in a folder.
    fn crowd(folder: &std::path::Path) -> (FolderStore, Wanted) {
        let mut table = String::from("ship,seen,north,east,speed\n");
        for mmsi in 300_000_000..300_000_400 {
            for hour in 0..3 {
                writeln!(table, "{mmsi},2022-01-03T{hour:02}:00:00Z,10,10,5").unwrap();
            }
        }
        writeln!(table, "{},2022-01-03T00:00:00Z,42,133,5", SILENT.0).unwrap();
        let hash = ExhibitHash(Sha256::digest(&table).into());
        let path = folder.join(exhibit_path(&hash));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &table).unwrap();
        let exhibit = ExhibitRef {
            hash,
            length: table.len() as u64,
        };
        let columns = "mmsi=ship,time=seen,lat=north,lon=east,sog=speed";
        let file = WantedFile {
            exhibit,
            options: vec![("map".into(), columns.into())],
        };
        let wanted = Wanted {
            files: vec![file],
            thresholds: vec![Thresholds::default()],
            ..Wanted::default()
        };
        (FolderStore::new(folder), wanted)
    }

    fn has(analysis: &Analysis, mmsi: Mmsi) -> bool {
        analysis.vessels.iter().any(|vessel| vessel.mmsi == mmsi)
    }

    #[test]
    fn those_that_the_ledger_names_are_kept_when_others_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut wanted) = crowd(folder.path());
        let whole = make(&store, &wanted, MEMORY).unwrap();
        assert_eq!(whole.analyses[0].vessels_left_out, 0);
        let nobody = make(&store, &wanted, 50_000).unwrap();
        assert!(nobody.analyses[0].vessels_left_out > 0 && !has(&nobody.analyses[0], SILENT));
        wanted.named.mmsis.insert(SILENT);
        let named = make(&store, &wanted, 50_000).unwrap();
        assert!(named.analyses[0].vessels_left_out > 0 && has(&named.analyses[0], SILENT));
        // What was kept for other names is of no use, unless it is of all.
        assert!(whole.holds(&wanted) && named.holds(&wanted) && !nobody.holds(&wanted));
    }

    #[test]
    fn several_sets_of_thresholds_share_the_memory_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut wanted) = crowd(folder.path());
        let kept = |made: &Made| {
            made.analyses
                .iter()
                .map(|one| one.vessels.len())
                .sum::<usize>()
        };
        let one = kept(&make(&store, &wanted, 50_000).unwrap());
        wanted.thresholds = (1..=4)
            .map(|hours| Thresholds {
                gap_seconds: 3_600 * hours,
                ..Thresholds::default()
            })
            .collect();
        let four = make(&store, &wanted, 50_000).unwrap();
        assert_eq!(four.analyses.len(), 4);
        assert!(
            (1..=one).contains(&kept(&four)),
            "{} and {one}",
            kept(&four)
        );
    }

    #[test]
    fn tracks_are_made_anew_where_any_threshold_of_theirs_differs() {
        let usual = Thresholds::default();
        let all = serde_json::to_value(&usual).unwrap();
        let of_tracks = ThresholdArgs::of_tracks(&usual).unwrap();
        assert!(of_tracks.len() >= 5, "{of_tracks:?}");
        for name in all.as_object().unwrap().keys() {
            let mut other = all.clone();
            other[name] = 4_242.into();
            let other: Thresholds = serde_json::from_value(other).unwrap();
            let of_these = of_tracks
                .iter()
                .any(|(of, _)| *of == name.replace('_', "-"));
            assert_eq!(collects_alike(&usual, &other), !of_these, "{name}");
        }
    }
}
