//! From receptions in any order to tracks: packed, sorted in bounded memory, spilled to a temporary file
//! where they do not fit, and walked one MMSI after another without holding a track.

mod ends;
mod groups;
mod identity;
mod order;
mod record;
pub(crate) mod spill;
mod split;
mod vessel;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;

use crate::analysis::Heard;
use crate::sink::{Outcome, Reception, Sink};
use crate::thresholds::Thresholds;
use crate::units::Mmsi;
use ends::Ends;
use identity::{Dictionary, SortedSets};
use order::{Cursor, InOrder};
use record::{RECORD, Record};
use spill::{Run, SpillFile};

pub use ends::DataEnds;
pub use vessel::{Tracks, Vessel};

/// Memory for reports before they are spilled, if the caller has no wish of its own.
pub const MEMORY: usize = 304 << 20;
/// Records that a collector may hold however little room there is.
const FLOOR: usize = 1 << 12;
/// Receivers that are told apart by name; what further ones hear is counted for all of them together.
const NAMES: usize = 1 << 16;
/// Stands for those.
const OTHERS: &str = "(others)";
/// MMSIs whose receptions without a time are counted in memory.
const UNTIMED: usize = 1 << 16;

/// How to collect.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where a temporary file is made when memory does not do. It vanishes with the process.
    pub folder: PathBuf,
    /// Bytes of memory for reports and identities, about.
    pub memory: usize,
    /// What is merged and split: `duplicate_seconds`, `split_…`.
    pub thresholds: Thresholds,
}

impl Settings {
    /// With [`MEMORY`].
    pub fn new(folder: impl Into<PathBuf>, thresholds: &Thresholds) -> Self {
        Self {
            folder: folder.into(),
            memory: MEMORY,
            thresholds: thresholds.clone(),
        }
    }
}

impl Settings {
    fn for_reports(&self) -> usize {
        self.memory / 5 * 4
    }

    fn for_identities(&self) -> usize {
        self.memory / 5
    }
}

/// Why tracks cannot be made or walked. What is wrong with the input is none of these.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The temporary file cannot be written or read.
    #[error("cannot sort the reports by way of a temporary file in {}", folder.display())]
    Spill {
        /// Where it lies.
        folder: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
}

/// Takes what readers of inputs give, of any number of inputs, and makes tracks of it. What is odd is kept:
/// what has no time is counted for its MMSI and stands in no track.
#[derive(Debug)]
pub struct Collector {
    settings: Settings,
    shared: Arc<Shared>,
    records: Vec<Record>,
    /// How many it may hold, and how many of these were taken from the room that all share.
    reserved: usize,
    taken: usize,
    dictionary: Dictionary,
    dictionary_limit: usize,
    untimed: FxHashMap<Mmsi, u64>,
    names: FxHashMap<Box<str>, u32>,
    last_name: (String, u32),
    ends: Ends,
    done: Sealed,
    failed: Option<io::Error>,
}

/// What the collectors of one collection share.
#[derive(Debug)]
struct Shared {
    /// Records that may be held in memory.
    all: usize,
    /// Those that may still be.
    room: AtomicUsize,
    names: Mutex<Names>,
    file: OnceLock<SpillFile>,
}

#[derive(Debug, Default)]
struct Names {
    numbers: FxHashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

/// Sorted runs.
#[derive(Debug, Default)]
struct Sealed {
    records: Vec<InOrder>,
    record_runs: Vec<Run>,
    sets: Vec<SortedSets>,
    set_runs: Vec<Run>,
}

impl Collector {
    /// An empty one. No file is made before one is needed.
    pub fn new(settings: Settings) -> Self {
        let room = (settings.for_reports() / RECORD).clamp(1, InOrder::MOST);
        let shared = Arc::new(Shared {
            all: room,
            room: AtomicUsize::new(room),
            names: Mutex::default(),
            file: OnceLock::new(),
        });
        let dictionary_limit = settings.for_identities();
        Self::with(settings, shared, dictionary_limit)
    }

    fn with(settings: Settings, shared: Arc<Shared>, dictionary_limit: usize) -> Self {
        Self {
            settings,
            shared,
            records: Vec::new(),
            reserved: 0,
            taken: 0,
            dictionary: Dictionary::default(),
            dictionary_limit,
            untimed: FxHashMap::default(),
            names: FxHashMap::default(),
            last_name: (String::new(), 0),
            ends: Ends::default(),
            done: Sealed::default(),
            failed: None,
        }
    }

    /// Collectors for as many threads, which share this one's memory. What they take is [joined](Self::join) before
    /// others are made.
    pub fn fork(&mut self, threads: usize) -> Vec<Self> {
        if self.shared.room.load(Ordering::Relaxed) < self.shared.all / 2 {
            // What earlier inputs left would leave the forks too little.
            self.put_aside();
        }
        let share = self.settings.for_identities() / (threads + 1);
        let forks = (0..threads)
            .map(|_| Self::with(self.settings.clone(), Arc::clone(&self.shared), share))
            .collect();
        self.dictionary_limit = share;
        forks
    }

    /// Takes what forks took, in whatever order.
    pub fn join(&mut self, forks: Vec<Self>) {
        for mut fork in forks {
            fork.sort();
            let held: usize = fork.done.records.iter().map(InOrder::len).sum();
            let left = fork.taken.saturating_sub(held);
            self.shared.room.fetch_add(left, Ordering::Relaxed);
            self.ends.join(std::mem::take(&mut fork.ends));
            self.done.record_runs.append(&mut fork.done.record_runs);
            self.done.records.append(&mut fork.done.records);
            self.done.sets.append(&mut fork.done.sets);
            self.done.set_runs.append(&mut fork.done.set_runs);
            if !fork.dictionary.is_empty() {
                self.done.sets.push(fork.dictionary.into_sorted());
            }
            self.failed = self.failed.take().or(fork.failed);
        }
        self.dictionary_limit = self.settings.for_identities();
        let sets: usize = self.done.sets.iter().map(SortedSets::memory).sum();
        if sets > self.dictionary_limit / 2 {
            self.write_sets();
        }
    }

    /// Writes all records as runs, so that the whole room is free again. No fork is out meanwhile.
    fn put_aside(&mut self) {
        self.spill_records();
        self.records = Vec::new();
        (self.reserved, self.taken) = (0, 0);
        for records in std::mem::take(&mut self.done.records) {
            self.write_records(records.iter());
        }
        self.shared.room.store(self.shared.all, Ordering::Relaxed);
    }

    fn write_sets(&mut self) {
        for sets in std::mem::take(&mut self.done.sets) {
            match self.file().and_then(|file| sets.spill(&file)) {
                Ok(run) => self.done.set_runs.push(run),
                Err(error) => self.failed = self.failed.take().or(Some(error)),
            }
        }
    }

    /// How many sorted runs lie in the temporary file so far: each takes a buffer when tracks are walked.
    pub fn runs(&self) -> usize {
        self.done.record_runs.len() + self.done.set_runs.len()
    }

    /// Sorts what it holds, so that [`Self::join`] has nothing left to do: for a thread to call at its end.
    pub fn sort(&mut self) {
        self.count_untimed();
        if !self.records.is_empty() {
            let records = std::mem::take(&mut self.records);
            self.done.records.push(InOrder::new(records));
        }
    }

    /// The tracks.
    pub fn finish(mut self) -> Result<Tracks, CollectError> {
        self.count_untimed();
        let spilled = !self.done.record_runs.is_empty() || !self.done.set_runs.is_empty();
        if spilled {
            // All of it, so that memory is free for what comes after.
            self.spill_records();
            self.spill_identities();
            for records in std::mem::take(&mut self.done.records) {
                self.write_records(records.iter());
            }
        }
        if let Some(source) = self.failed.take() {
            return Err(CollectError::Spill {
                folder: self.settings.folder,
                source,
            });
        }
        self.sort();
        let mut done = self.done;
        if !self.dictionary.is_empty() {
            done.sets.push(self.dictionary.into_sorted());
        }
        let names = match self.shared.names.lock() {
            Ok(names) => names.names.clone(),
            Err(broken) => broken.into_inner().names.clone(),
        };
        Ok(Tracks {
            settings: self.settings,
            sealed: done,
            file: self.shared.file.get().cloned(),
            names,
            ends: self.ends.finish(),
        })
    }

    fn receiver(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name else { return 0 };
        if self.last_name.1 != 0 && self.last_name.0 == name {
            return self.last_name.1;
        }
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => {
                let mut shared = match self.shared.names.lock() {
                    Ok(names) => names,
                    Err(broken) => broken.into_inner(),
                };
                let number = shared.number(name);
                drop(shared);
                if self.names.len() < NAMES {
                    self.names.insert(name.into(), number);
                }
                number
            }
        };
        self.last_name.0.clear();
        self.last_name.0.push_str(name);
        self.last_name.1 = number;
        number
    }

    fn push(&mut self, record: Record) {
        if self.records.len() == self.reserved && !self.reserve() {
            if self.done.records.is_empty() {
                self.spill_records();
            } else {
                // What was joined holds the room.
                self.put_aside();
                self.reserve();
            }
        }
        self.records.push(record);
    }

    /// Whether there is room for more records. Room once taken is kept, so that what all hold together stays
    /// bounded.
    fn reserve(&mut self) -> bool {
        let room = &self.shared.room;
        let block = (self.settings.memory / RECORD / 64).clamp(1, 1 << 14);
        let taken = room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left > 0).then(|| left - left.min(block))
        });
        let Ok(left) = taken else {
            // A block too many, so that no run is of a few.
            let floor = block.min(FLOOR);
            let more = self.reserved < floor;
            self.reserved = self.reserved.max(floor);
            return more;
        };
        if self.records.capacity() == 0 {
            // All that it may ever hold: memory is taken page by page as it is used, and never copied. Where
            // there is not so much to be had, it grows as it is needed.
            let all = self.settings.for_reports() / RECORD + 1;
            let _ = self.records.try_reserve_exact(all);
        }
        self.reserved += left.min(block);
        self.taken += left.min(block);
        true
    }

    fn spill_records(&mut self) {
        if self.records.is_empty() {
            return;
        }
        let records = InOrder::new(std::mem::take(&mut self.records));
        self.write_records(records.iter());
        self.records = records.into_empty();
    }

    fn write_records(&mut self, mut records: Cursor<'_>) {
        let run = self.file().and_then(|file| {
            file.add(|out| records.try_for_each(|record| out.write_all(&record.to_bytes())))
        });
        match run {
            Ok(run) => self.done.record_runs.push(run),
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }

    fn spill_identities(&mut self) {
        if self.dictionary.is_empty() {
            return;
        }
        let run = self.file().and_then(|file| self.dictionary.spill(&file));
        match run {
            Ok(run) => self.done.set_runs.push(run),
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }

    fn file(&self) -> io::Result<SpillFile> {
        if let Some(file) = self.shared.file.get() {
            return Ok(file.clone());
        }
        let new = SpillFile::new(&self.settings.folder)?;
        Ok(self.shared.file.get_or_init(|| new).clone())
    }

    fn count_untimed(&mut self) {
        for (mmsi, receptions) in std::mem::take(&mut self.untimed) {
            self.push(Record::untimed(mmsi, receptions));
        }
    }
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let name = if self.names.len() >= NAMES {
            OTHERS
        } else {
            name
        };
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.names.push(name.into());
        // At most one above NAMES.
        let number = self.names.len() as u32;
        self.numbers.insert(name.into(), number);
        number
    }
}

impl Sink for Collector {
    fn line(&mut self, _: u64, _: Outcome) {}

    fn heard(&mut self, heard: &Reception<'_>) {
        let identity = self.learn(heard);
        self.take(heard, identity);
    }
}

impl Collector {
    /// The identity that was read before from what a row writes of it. `written` is a hash of the MMSI and of those
    /// columns.
    pub(crate) fn recall(&self, written: u64) -> Option<u64> {
        self.dictionary.recall(written)
    }

    /// A row whose identity is known from now on by the hash of how it is written.
    pub(crate) fn heard_written(&mut self, heard: &Reception<'_>, written: u64) {
        let identity = heard.identity.unwrap_or_default();
        let hash = self.dictionary.learn_as(heard.mmsi, &identity, written);
        self.bound_identities();
        self.take(heard, hash);
    }

    fn learn(&mut self, heard: &Reception<'_>) -> u64 {
        let hash = match &heard.identity {
            Some(identity) if heard.time.is_some() => self.dictionary.learn(heard.mmsi, identity),
            _ => 0,
        };
        self.bound_identities();
        hash
    }

    fn bound_identities(&mut self) {
        if self.dictionary.memory() > self.dictionary_limit {
            self.spill_identities();
        }
    }

    /// A reception with the hash of an identity that was learned.
    pub(crate) fn take(&mut self, heard: &Reception<'_>, identity: u64) {
        if self.failed.is_some() {
            return;
        }
        let receiver = self.receiver(heard.receiver);
        match Record::pack(heard, receiver, identity) {
            Some(record) => {
                if let Some(time) = heard.time {
                    self.ends.heard(Heard { time, at: heard.at });
                }
                self.push(record);
            }
            None => {
                let count = self.untimed.entry(heard.mmsi).or_default();
                *count = count.saturating_add(1);
                if self.untimed.len() >= UNTIMED {
                    self.count_untimed();
                }
            }
        }
    }
}
