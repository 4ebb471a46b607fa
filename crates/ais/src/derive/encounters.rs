//! Two vessels close together for long, slow and away from ports.

use std::io;
use std::path::PathBuf;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::resample::{Sample, step, time_of};
use crate::analysis::{Encounter, Fix};
use crate::collect::spill::{Merge, Run, RunReader, Sorted, SpillFile};
use crate::geodesy::distance;
use crate::ports::Gazetteer;
use crate::report::LineRef;
use crate::space::Points;
use crate::thresholds::Thresholds;
use crate::units::{Metres, Mmsi, Place, Time};

/// A vessel with more others than this within the distance of an encounter is not compared at that step: it lies in a
/// crowd, where being close says nothing, and where the pairs would be too many to hold.
pub const CROWD: usize = 16;
/// Ships that are compared at a step; of more, those of the lowest MMSIs.
const MOST: usize = 1 << 16;
/// Encounters that are told; of more, those that ended first.
const FOUND: usize = 1 << 17;
/// Samples in memory before they are sorted and spilled.
const BUFFER: usize = 1 << 19;
const BYTES: usize = 80;

/// Takes samples of all ships in any order, and compares them step by step.
#[derive(Debug)]
pub struct Encounters {
    thresholds: Thresholds,
    folder: PathBuf,
    buffer: usize,
    samples: Vec<Sample>,
    file: Option<SpillFile>,
    runs: Vec<Run>,
}

/// A pair of ships: MMSI and ship, the lower first.
type Pair = ((Mmsi, u32), (Mmsi, u32));

/// A pair that is close now.
#[derive(Debug, Clone, Copy)]
struct Close {
    from: i64,
    to: i64,
    closest: Metres,
    place: Place,
    a: (Fix, Fix),
    b: (Fix, Fix),
}

impl Encounters {
    /// None yet. A temporary file is made in `folder` when there are too many samples for memory.
    pub fn new(thresholds: &Thresholds, folder: impl Into<PathBuf>) -> Self {
        Self::with_buffer(thresholds, folder, BUFFER)
    }

    /// With another number of samples in memory.
    pub fn with_buffer(
        thresholds: &Thresholds,
        folder: impl Into<PathBuf>,
        samples: usize,
    ) -> Self {
        Self {
            thresholds: thresholds.clone(),
            folder: folder.into(),
            buffer: samples.max(1),
            samples: Vec::new(),
            file: None,
            runs: Vec::new(),
        }
    }

    /// The next sample, of any ship and step.
    pub fn push(&mut self, sample: Sample) -> io::Result<()> {
        if self.samples.len() >= self.buffer {
            self.spill()?;
        }
        self.samples.push(sample);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.samples.par_sort_unstable();
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(SpillFile::new(&self.folder)?),
        };
        let run = file.add(|out| {
            self.samples
                .iter()
                .try_for_each(|sample| out.write_all(&to_bytes(sample)))
        })?;
        self.samples.clear();
        self.runs.push(run);
        Ok(())
    }

    /// The encounters, by start, then by MMSI, and how often a ship was not compared or an encounter not told.
    pub fn finish(mut self, gazetteer: Option<&Gazetteer>) -> io::Result<(Vec<Encounter>, u64)> {
        self.samples.par_sort_unstable();
        let mut sources = vec![Source::Memory(
            std::mem::take(&mut self.samples).into_iter(),
        )];
        if let Some(file) = &self.file {
            let buffer = ((32 << 20) / self.runs.len().max(1)).min(1 << 20);
            let open = |run: &Run| Source::File(file.open(*run, buffer));
            sources.extend(self.runs.iter().map(open));
        }
        let mut merge = Merge::new(sources)?;
        let mut sweep = Sweep {
            limit: Metres(self.thresholds.encounter_metres),
            close: FxHashMap::default(),
            found: Vec::new(),
            crowded: 0,
            least: i64::from(self.thresholds.encounter_seconds) * 1_000,
            length: step(&self.thresholds),
        };
        let mut here: Vec<Sample> = Vec::new();
        while let Some(sample) = merge.next()? {
            if here.first().is_some_and(|first| first.step != sample.step) {
                sweep.step(&here);
                here.clear();
            }
            if here.len() < MOST {
                here.push(sample);
            } else {
                sweep.crowded = sweep.crowded.saturating_add(1);
            }
        }
        sweep.step(&here);
        sweep.end(|_| true);
        let mut found = sweep.found;
        found.par_sort_unstable_by(|x, y| {
            (x.start, x.a, x.b, x.end, x.a_fixes, x.b_fixes)
                .cmp(&(y.start, y.a, y.b, y.end, y.a_fixes, y.b_fixes))
        });
        found.par_iter_mut().for_each(|encounter| {
            encounter.port = gazetteer.and_then(|ports| ports.nearest(encounter.place));
        });
        Ok((found, sweep.crowded))
    }
}

struct Sweep {
    limit: Metres,
    least: i64,
    length: i64,
    close: FxHashMap<Pair, Close>,
    found: Vec<Encounter>,
    crowded: u64,
}

impl Sweep {
    /// Compares the ships at a step. Their order is that of MMSI and ship.
    fn step(&mut self, here: &[Sample]) {
        let Some(step) = here.first().map(|sample| sample.step) else {
            return;
        };
        let points = Points::of(here.iter().map(|sample| sample.place));
        let near: Vec<Option<Vec<u32>>> = here
            .par_iter()
            .map(|sample| self.near(&points, here, sample))
            .collect();
        let crowded = near.iter().filter(|near| near.is_none()).count() as u64;
        self.crowded = self.crowded.saturating_add(crowded);
        for (a, near_a) in here.iter().zip(&near) {
            for n in near_a.iter().flatten() {
                let (Some(b), Some(Some(_))) = (here.get(*n as usize), near.get(*n as usize))
                else {
                    continue;
                };
                if a.mmsi < b.mmsi {
                    self.meet(a, b, distance(a.place, b.place));
                }
            }
        }
        self.end(|close| close.to != step);
    }

    /// The others within the distance; `None`: they are too many.
    fn near(&self, points: &Points, here: &[Sample], of: &Sample) -> Option<Vec<u32>> {
        let radius = f64::from(self.limit.0) + 1.0;
        // A straight line this much shorter than the limit is one on the surface that is shorter, too. So a crowd is
        // counted without working out distances.
        let sure = if self.limit.0 <= 100_000 {
            radius * 0.9999 - 3.0
        } else {
            0.0
        };
        let sure = if sure > 0.0 { sure * sure } else { 0.0 };
        let mut near = Vec::new();
        points.near(of.place, radius, &mut |n, square| {
            if let Some(other) = here.get(n as usize)
                && other.mmsi != of.mmsi
                && (square < sure || distance(of.place, other.place) <= self.limit)
            {
                near.push(n);
            }
            // A negative radius ends the search.
            if near.len() > CROWD { -1.0 } else { radius }
        });
        (near.len() <= CROWD).then_some(near)
    }

    fn meet(&mut self, a: &Sample, b: &Sample, metres: Metres) {
        let begin = Close {
            from: a.step,
            to: a.step,
            closest: metres,
            place: a.place,
            a: (a.before, a.after),
            b: (b.before, b.after),
        };
        let pair = ((a.mmsi, a.ship), (b.mmsi, b.ship));
        let close = self.close.entry(pair).or_insert(begin);
        if close.to.checked_add(1) == Some(a.step) {
            close.to = a.step;
            close.a.1 = a.after;
            close.b.1 = b.after;
            if metres < close.closest {
                close.closest = metres;
                close.place = a.place;
            }
        } else if close.to != a.step {
            // Steps without any sample lie between.
            let old = std::mem::replace(close, begin);
            self.tell(pair, old);
        }
    }

    fn end(&mut self, over: impl Fn(&Close) -> bool) {
        let mut ended: Vec<(Pair, Close)> = self.close.extract_if(|_, close| over(close)).collect();
        // Which are told must not hang on the order of a table.
        ended.sort_unstable_by_key(|(pair, _)| *pair);
        for (pair, close) in ended {
            self.tell(pair, close);
        }
    }

    fn tell(&mut self, ((a, a_ship), (b, b_ship)): Pair, close: Close) {
        let steps = close.to.saturating_sub(close.from);
        if steps.saturating_mul(self.length) < self.least {
            return;
        }
        if self.found.len() >= FOUND {
            self.crowded = self.crowded.saturating_add(1);
            return;
        }
        self.found.push(Encounter {
            a,
            b,
            ships: (a_ship, b_ship),
            start: time_of(close.from, self.length),
            end: time_of(close.to, self.length),
            closest: close.closest,
            place: close.place,
            port: None,
            a_fixes: close.a,
            b_fixes: close.b,
        });
    }
}

enum Source {
    Memory(std::vec::IntoIter<Sample>),
    File(RunReader),
}

impl Sorted for Source {
    type Item = Sample;

    fn next(&mut self) -> io::Result<Option<Sample>> {
        match self {
            Self::Memory(samples) => Ok(samples.next()),
            Self::File(run) => Ok(run.take(BYTES)?.and_then(from_bytes)),
        }
    }
}

fn to_bytes(sample: &Sample) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    let mut rest = &mut bytes[..];
    let mut put = |field: &[u8]| {
        if let Some((here, after)) = std::mem::take(&mut rest).split_at_mut_checked(field.len()) {
            here.copy_from_slice(field);
            rest = after;
        }
    };
    put(&sample.step.to_le_bytes());
    put(&sample.mmsi.0.to_le_bytes());
    put(&sample.ship.to_le_bytes());
    let mut place = |place: Place| {
        put(&place.lat.to_le_bytes());
        put(&place.lon.to_le_bytes());
    };
    place(sample.place);
    place(sample.before.place);
    place(sample.after.place);
    for fix in [sample.before, sample.after] {
        put(&fix.time.0.to_le_bytes());
        put(&fix.at.line.to_le_bytes());
        put(&fix.at.source.to_le_bytes());
        put(&fix.at.before.to_le_bytes());
    }
    bytes
}

fn from_bytes(bytes: &[u8]) -> Option<Sample> {
    fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
        let (field, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(*field)
    }
    fn place(bytes: &mut &[u8]) -> Option<Place> {
        let lat = i32::from_le_bytes(take(bytes)?);
        let lon = i32::from_le_bytes(take(bytes)?);
        Some(Place { lat, lon })
    }
    fn fix(bytes: &mut &[u8], place: Place) -> Option<Fix> {
        let time = Time(i64::from_le_bytes(take(bytes)?));
        let line = u64::from_le_bytes(take(bytes)?);
        let source = u16::from_le_bytes(take(bytes)?);
        let before = u16::from_le_bytes(take(bytes)?);
        let at = LineRef {
            source,
            line,
            before,
        };
        Some(Fix { time, at, place })
    }
    let mut rest = bytes;
    let bytes = &mut rest;
    let step = i64::from_le_bytes(take(bytes)?);
    let mmsi = Mmsi(u32::from_le_bytes(take(bytes)?));
    let ship = u32::from_le_bytes(take(bytes)?);
    let [here, before, after] = [place(bytes)?, place(bytes)?, place(bytes)?];
    Some(Sample {
        step,
        mmsi,
        ship,
        place: here,
        before: fix(bytes, before)?,
        after: fix(bytes, after)?,
    })
}
