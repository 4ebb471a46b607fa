//! Walking tracks: one MMSI after another, each point as it comes.

use std::collections::BTreeMap;
use std::io;

use rustc_hash::FxHashMap;

use super::ends::DataEnds;
use super::groups::Groups;
use super::identity::{IdentitySet, SortedSets, read_set};
use super::order::Cursor;
use super::record::{RECORD, Record};
use super::spill::{Merge, RunReader, Sorted, SpillFile};
use super::split::Splitter;
use super::{CollectError, Sealed, Settings};
use crate::analysis::{Fix, Heard, IdentityClaim, IdentityField};
use crate::imo;
use crate::sink::Identity;
use crate::track::{Point, ReceiverCount, TrackSummary};
use crate::units::Mmsi;

/// Sets of identity of one MMSI that are told apart: the first that it gave.
const SETS: usize = 4_096;
/// Memory for reading runs.
const BUFFERS: usize = 32 << 20;

/// Tracks, as they lie in memory and in a temporary file. They can be walked any number of times.
#[derive(Debug)]
pub struct Tracks {
    pub(super) settings: Settings,
    pub(super) sealed: Sealed,
    pub(super) file: Option<SpillFile>,
    pub(super) names: Vec<Box<str>>,
    pub(super) ends: DataEnds,
}

impl Tracks {
    /// Where the data ends.
    pub fn ends(&self) -> &DataEnds {
        &self.ends
    }

    /// The last report of any MMSI with a time that may be one, from 1990 to 2099.
    pub fn until(&self) -> Option<Heard> {
        self.ends.last()
    }

    /// Where temporary files are made.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.settings.folder
    }

    /// Gives each MMSI that was heard to `visit`, ascending. What `visit` leaves of a track is passed over.
    ///
    /// A track that cannot be read ends early, and the walk fails once `visit` returns: nothing worked out
    /// of it is to be used.
    pub fn walk<E: From<CollectError>>(
        &mut self,
        mut visit: impl FnMut(&mut Vessel<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let folder = &self.settings.folder;
        let failed = |source| CollectError::Spill {
            folder: folder.clone(),
            source,
        };
        let mut walk = Walk::new(self).map_err(failed)?;
        while let Some(mmsi) = walk.records.peek().map(Record::mmsi) {
            let mut vessel = Vessel::new(&mut walk, mmsi);
            visit(&mut vessel)?;
            for _ in vessel.by_ref() {}
            if let Some(source) = vessel.failed.take() {
                return Err(failed(source).into());
            }
        }
        Ok(())
    }
}

/// Where a walk stands.
struct Walk<'a> {
    settings: &'a Settings,
    names: &'a [Box<str>],
    records: Records<'a>,
    sets: Merge<SetSource<'a>>,
}

impl<'a> Walk<'a> {
    fn new(tracks: &'a Tracks) -> io::Result<Self> {
        let sealed = &tracks.sealed;
        let runs = sealed.record_runs.len() + sealed.set_runs.len();
        let buffer = (BUFFERS / runs.max(1)).min(1 << 20);
        let mut records: Vec<RecordSource<'a>> = sealed
            .records
            .iter()
            .map(|records| RecordSource::Memory(records.iter()))
            .collect();
        let mut sets: Vec<SetSource<'a>> = sealed
            .sets
            .iter()
            .map(|sets| SetSource::Memory(sets, 0))
            .collect();
        if let Some(file) = &tracks.file {
            let open = |run: &_| file.open(*run, buffer);
            records.extend(
                sealed
                    .record_runs
                    .iter()
                    .map(|run| RecordSource::File(open(run))),
            );
            sets.extend(sealed.set_runs.iter().map(|run| SetSource::File(open(run))));
        }
        Ok(Self {
            settings: &tracks.settings,
            names: &tracks.names,
            records: Records::new(records)?,
            sets: Merge::new(sets)?,
        })
    }
}

/// Records in their order. Most often they lie in memory, in one piece or in that of each of two threads.
enum Records<'a> {
    One(Cursor<'a>),
    Two(Cursor<'a>, Cursor<'a>),
    Many(Merge<RecordSource<'a>>),
}

impl<'a> Records<'a> {
    fn new(mut sources: Vec<RecordSource<'a>>) -> io::Result<Self> {
        let spilled = |source: &RecordSource<'_>| matches!(source, RecordSource::File(_));
        if sources.len() > 2 || sources.iter().any(spilled) {
            return Ok(Self::Many(Merge::new(sources)?));
        }
        let mut next = || match sources.pop() {
            Some(RecordSource::Memory(records)) => Some(records),
            _ => None,
        };
        Ok(match (next(), next()) {
            (Some(one), None) => Self::One(one),
            (Some(one), Some(other)) => Self::Two(one, other),
            (None, _) => Self::Many(Merge::new(Vec::new())?),
        })
    }

    fn peek(&self) -> Option<&Record> {
        match self {
            Self::One(one) => one.first(),
            Self::Two(one, other) => match (one.first(), other.first()) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            Self::Many(merge) => merge.peek(),
        }
    }

    fn advance(&mut self) -> io::Result<()> {
        match self {
            Self::One(one) => one.advance(),
            Self::Two(one, other) => match (one.first(), other.first()) {
                (Some(a), Some(b)) if b < a => other.advance(),
                (None, _) => other.advance(),
                _ => one.advance(),
            },
            Self::Many(merge) => {
                merge.next()?;
            }
        }
        Ok(())
    }
}

enum RecordSource<'a> {
    Memory(Cursor<'a>),
    File(RunReader),
}

impl Sorted for RecordSource<'_> {
    type Item = Record;

    fn next(&mut self) -> io::Result<Option<Record>> {
        match self {
            Self::Memory(records) => Ok(records.next()),
            Self::File(run) => {
                let Some(bytes) = run.take(RECORD)? else {
                    return Ok(None);
                };
                let mut record = [0; RECORD];
                record.copy_from_slice(bytes);
                Ok(Some(Record::from_bytes(&record)))
            }
        }
    }
}

enum SetSource<'a> {
    Memory(&'a SortedSets, usize),
    File(RunReader),
}

impl Sorted for SetSource<'_> {
    type Item = IdentitySet;

    fn next(&mut self) -> io::Result<Option<IdentitySet>> {
        match self {
            Self::Memory(sets, at) => {
                *at += 1;
                Ok(sets.get(*at - 1))
            }
            Self::File(run) => read_set(run),
        }
    }
}

/// When a set of identity was given.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: Heard,
    last: Heard,
    count: u64,
}

impl Span {
    /// Times that cannot be are ends only where there are no others.
    fn add(&mut self, other: &Self) {
        let may_be = |heard: Heard| heard.time.is_probable();
        if (!may_be(other.first), other.first) < (!may_be(self.first), self.first) {
            self.first = other.first;
        }
        if (may_be(other.last), other.last) > (may_be(self.last), self.last) {
            self.last = other.last;
        }
        self.count = self.count.saturating_add(other.count);
    }
}

/// One MMSI of a walk: gives its points in the order of time, then what its track comes to.
pub struct Vessel<'w> {
    // Behind a trait object, so that the walk's own lifetime shows nowhere.
    walk: &'w mut dyn Source,
    groups: Groups,
    splitter: Splitter,
    ended: bool,
    spans: Vec<(u64, Span)>,
    span_of: FxHashMap<u64, usize>,
    last_span: usize,
    /// By draught: no more than 255. The one given last stands at the end.
    draughts: Vec<(u8, Span)>,
    receivers: FxHashMap<u32, u64>,
    summary: TrackSummary,
    summed: bool,
    failed: Option<io::Error>,
}

/// What a vessel needs of its walk.
trait Source {
    fn settings(&self) -> &Settings;
    fn names(&self) -> &[Box<str>];
    fn peek(&self) -> Option<&Record>;
    fn advance(&mut self) -> io::Result<()>;
    /// The next set of an MMSI; those of lower ones are passed over.
    fn set_of(&mut self, mmsi: Mmsi) -> io::Result<Option<IdentitySet>>;
}

impl Source for Walk<'_> {
    fn settings(&self) -> &Settings {
        self.settings
    }

    fn names(&self) -> &[Box<str>] {
        self.names
    }

    fn peek(&self) -> Option<&Record> {
        self.records.peek()
    }

    fn advance(&mut self) -> io::Result<()> {
        self.records.advance()
    }

    fn set_of(&mut self, mmsi: Mmsi) -> io::Result<Option<IdentitySet>> {
        while let Some(set) = self.sets.peek() {
            if set.mmsi > mmsi {
                return Ok(None);
            }
            let set = self.sets.next()?;
            if set.as_ref().is_some_and(|set| set.mmsi == mmsi) {
                return Ok(set);
            }
        }
        Ok(None)
    }
}

impl<'w> Vessel<'w> {
    fn new(walk: &'w mut dyn Source, mmsi: Mmsi) -> Self {
        let thresholds = &walk.settings().thresholds;
        Self {
            groups: Groups::new(i64::from(thresholds.duplicate_seconds) * 1_000),
            splitter: Splitter::new(thresholds),
            walk,
            ended: false,
            spans: Vec::new(),
            span_of: FxHashMap::default(),
            last_span: 0,
            draughts: Vec::new(),
            receivers: FxHashMap::default(),
            summary: TrackSummary {
                mmsi,
                points: 0,
                positions: 0,
                receptions: 0,
                untimed: 0,
                first: None,
                last: None,
                claims: Vec::new(),
                claims_left_out: 0,
                receivers: Vec::new(),
                split: None,
            },
            summed: false,
            failed: None,
        }
    }

    /// Whose track it is.
    pub fn mmsi(&self) -> Mmsi {
        self.summary.mmsi
    }

    /// What the whole track comes to; passes over the points that are left.
    pub fn summary(&mut self) -> &TrackSummary {
        for _ in self.by_ref() {}
        if !self.summed {
            self.summed = true;
            if let Err(error) = self.sum_up() {
                self.failed.get_or_insert(error);
            }
        }
        &self.summary
    }

    fn take_next(&mut self) -> io::Result<Option<Point>> {
        loop {
            let next = match self.ended {
                true => None,
                false => self.of_this().copied(),
            };
            if let Some(group) = self.groups.close(next.as_ref()) {
                return Ok(Some(self.point(&group.first, group.receptions)));
            }
            let Some(record) = next else {
                self.ended = true;
                return Ok(None);
            };
            self.walk.advance()?;
            if let Some(receptions) = record.without_time() {
                self.summary.untimed = self.summary.untimed.saturating_add(receptions);
                continue;
            }
            if self.groups.alone(&record, self.of_this()) {
                self.received(&record);
                return Ok(Some(self.point(&record, 1)));
            }
            if self.groups.push(record) {
                self.received(&record);
            }
        }
    }

    /// The next record, if it is of this MMSI.
    fn of_this(&self) -> Option<&Record> {
        let mmsi = self.summary.mmsi;
        self.walk.peek().filter(|record| record.mmsi() == mmsi)
    }

    fn received(&mut self, record: &Record) {
        self.summary.receptions += 1;
        if record.receiver() != 0 {
            *self.receivers.entry(record.receiver()).or_default() += 1;
        }
    }

    fn point(&mut self, record: &Record, receptions: u32) -> Point {
        let report = record.report(record.at());
        let heard = Heard {
            time: report.time,
            at: report.at,
        };
        let ship = match report.place {
            Some(place) => {
                self.summary.positions += 1;
                self.splitter.assign(Fix {
                    time: heard.time,
                    at: heard.at,
                    place,
                })
            }
            None => self.splitter.current(),
        };
        self.summary.points += 1;
        self.summary.first.get_or_insert(heard);
        self.summary.last = Some(heard);
        if record.identity() != 0 {
            self.claim(record.identity(), heard);
        }
        if let Some(draught) = report.draught {
            self.claim_draught(draught, heard);
        }
        Point {
            report,
            ship,
            receptions,
        }
    }

    fn claim(&mut self, set: u64, heard: Heard) {
        let found = match self.spans.get(self.last_span) {
            Some((last, _)) if *last == set => Some(self.last_span),
            _ => self.span_of.get(&set).copied(),
        };
        match found {
            Some(at) => {
                if let Some((_, span)) = self.spans.get_mut(at) {
                    span.add(&Span {
                        first: heard,
                        last: heard,
                        count: 1,
                    });
                }
                self.last_span = at;
            }
            None if self.spans.len() < SETS => {
                self.last_span = self.spans.len();
                self.span_of.insert(set, self.last_span);
                let span = Span {
                    first: heard,
                    last: heard,
                    count: 1,
                };
                self.spans.push((set, span));
            }
            None => self.summary.claims_left_out += 1,
        }
    }

    fn claim_draught(&mut self, draught: u8, heard: Heard) {
        let span = Span {
            first: heard,
            last: heard,
            count: 1,
        };
        // From the end: nearly always it is the same as before.
        match self.draughts.iter().rposition(|(of, _)| *of == draught) {
            Some(at) => {
                if let Some((_, before)) = self.draughts.get_mut(at) {
                    before.add(&span);
                }
                let last = self.draughts.len() - 1;
                self.draughts.swap(at, last);
            }
            None => self.draughts.push((draught, span)),
        }
    }

    fn sum_up(&mut self) -> io::Result<()> {
        let mut claims: BTreeMap<(IdentityField, String), Span> = BTreeMap::new();
        let mut last = 0;
        while let Some(set) = self.walk.set_of(self.summary.mmsi)? {
            // Runs may hold the same set: they come one after the other.
            let at = self.span_of.get(&set.hash).filter(|_| set.hash != last);
            last = set.hash;
            let (Some(at), Some(identity)) = (at, set.identity()) else {
                continue;
            };
            let Some((_, span)) = self.spans.get(*at) else {
                continue;
            };
            for (field, value) in values(&identity) {
                claims
                    .entry((field, value))
                    .and_modify(|claim| claim.add(span))
                    .or_insert(*span);
            }
        }
        for (draught, span) in &self.draughts {
            let metres = format!("{}.{}", draught / 10, draught % 10);
            claims.insert((IdentityField::Draught, metres), *span);
        }
        self.summary.claims = claims
            .into_iter()
            .map(|((field, value), span)| IdentityClaim {
                plausible: field != IdentityField::Imo || imo::plausible(&value),
                field,
                value,
                first: span.first,
                last: span.last,
                count: span.count,
            })
            .collect();
        self.summary.claims.sort_by(|a, b| {
            (a.field, a.first.time, &a.value).cmp(&(b.field, b.first.time, &b.value))
        });
        let names = self.walk.names();
        self.summary.receivers = self
            .receivers
            .iter()
            .map(|(number, receptions)| ReceiverCount {
                name: (number.checked_sub(1))
                    .and_then(|at| names.get(at as usize))
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                receptions: *receptions,
            })
            .collect();
        self.summary.receivers.sort();
        self.summary.split = self.splitter.finish();
        Ok(())
    }
}

impl Iterator for Vessel<'_> {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        if self.failed.is_some() {
            return None;
        }
        match self.take_next() {
            Ok(point) => point,
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }
}

fn values(identity: &Identity<'_>) -> impl Iterator<Item = (IdentityField, String)> {
    [
        (
            IdentityField::Imo,
            identity.imo.map(|imo| format!("{imo:07}")),
        ),
        (IdentityField::Name, identity.name.map(str::to_owned)),
        (
            IdentityField::CallSign,
            identity.call_sign.map(str::to_owned),
        ),
        (
            IdentityField::ShipType,
            identity.ship_type.map(|kind| kind.to_string()),
        ),
        (
            IdentityField::Dimensions,
            identity
                .dimensions
                .map(|size| format!("{} x {}", size.length, size.beam)),
        ),
        (
            IdentityField::Destination,
            identity.destination.map(str::to_owned),
        ),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some((field, value?)))
}
