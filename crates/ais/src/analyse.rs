//! Everything that is derived, over all tracks: each MMSI by itself, on all cores, then what takes several together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use rayon::prelude::*;

use crate::analysis::{Analysis, Gap, VesselAnalysis};
use crate::collect::{CollectError, DataEnds, Tracks};
use crate::derive::coverage::{Cell, HeardNear, Heardness, cell, spot};
use crate::derive::encounters::Encounters;
use crate::derive::gaps::Gaps;
use crate::derive::vessel::{ForOthers, Given, OfVessel, locate};
use crate::kept::Kept;
pub use crate::kept::Named;
use crate::ports::Gazetteer;
use crate::shore::Shoreline;
use crate::thresholds::Thresholds;
use crate::track::{Point, TrackSummary};
use crate::units::Mmsi;

/// Bytes that are kept of all vessels where nobody asks for less, about.
pub const MEMORY: usize = crate::kept::MEMORY;
/// Points that are handed to another thread at a time. A longer track is worked on as it is read.
const BATCH: usize = 1 << 15;
/// Tracks likewise: of each there is what it came to, too.
const TRACKS: usize = 1 << 11;
/// What is gathered for other vessels before it is handed on.
const HANDED: usize = 1 << 14;

/// Derives everything. The same tracks, thresholds, ports and shore give the same analysis on any number of cores.
/// What is kept of all vessels is bounded; [`Analysis::vessels_left_out`] counts those beyond it.
pub fn analyse(
    tracks: &mut Tracks,
    thresholds: &Thresholds,
    gazetteer: Option<&Gazetteer>,
    shoreline: Option<&Shoreline>,
) -> Result<Analysis, CollectError> {
    analyse_within(
        MEMORY,
        &Named::default(),
        tracks,
        thresholds,
        gazetteer,
        shoreline,
    )
}

/// The same, with about so many bytes for what is kept of all vessels, and first of those that are named: a ship that
/// is silent has few positions.
pub fn analyse_within(
    memory: usize,
    named: &Named,
    tracks: &mut Tracks,
    thresholds: &Thresholds,
    gazetteer: Option<&Gazetteer>,
    shoreline: Option<&Shoreline>,
) -> Result<Analysis, CollectError> {
    let given = Given {
        thresholds,
        gazetteer,
        shoreline,
    };
    let folder = tracks.folder().to_owned();
    let spill = |source| CollectError::Spill {
        folder: folder.clone(),
        source,
    };
    let until = tracks.until();
    let together = Mutex::new(Together {
        heard: HeardNear::default(),
        encounters: Encounters::new(thresholds, &folder),
        failed: None,
    });
    let (mut vessels, vessels_left_out) =
        each_vessel(Kept::within(memory, named), tracks, given, &together)?;
    let together = together
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(source) = together.failed {
        return Err(spill(source));
    }
    let heard = together.heard.finish();
    let gaps = vessels.iter_mut().flat_map(|vessel| &mut vessel.gaps);
    cover(gaps.collect(), &heard, thresholds);
    drop(heard);
    let (encounters, crowded) = together.encounters.finish(gazetteer).map_err(spill)?;
    Ok(Analysis {
        thresholds: thresholds.clone(),
        until: until.map(|last| last.time),
        until_at: until.map(|last| last.at),
        vessels,
        encounters,
        crowded,
        vessels_left_out,
    })
}

/// The gaps of one MMSI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VesselGaps {
    /// Whose.
    pub mmsi: Mmsi,
    /// Its gaps, by start.
    pub gaps: Vec<Gap>,
}

/// The gaps of all MMSIs that have any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllGaps {
    /// By MMSI.
    pub vessels: Vec<VesselGaps>,
    /// MMSIs with gaps that are not told: of more than memory is meant to hold, those with the most positions are told.
    pub vessels_left_out: u64,
}

/// Derives gaps alone, the same as [`analyse`] does, in one walk. MMSIs without a gap are not told.
pub fn gaps(
    tracks: &mut Tracks,
    thresholds: &Thresholds,
    gazetteer: Option<&Gazetteer>,
    shoreline: Option<&Shoreline>,
) -> Result<AllGaps, CollectError> {
    gaps_within(MEMORY, tracks, thresholds, gazetteer, shoreline)
}

/// The same, with about so many bytes for what is kept of all vessels.
pub fn gaps_within(
    memory: usize,
    tracks: &mut Tracks,
    thresholds: &Thresholds,
    gazetteer: Option<&Gazetteer>,
    shoreline: Option<&Shoreline>,
) -> Result<AllGaps, CollectError> {
    let ends = tracks.ends().clone();
    let mut heard = HeardNear::default();
    let nobody = Named::default();
    let mut kept = Kept::within(memory, &nobody);
    tracks.walk::<CollectError>(|vessel| {
        let mmsi = vessel.mmsi();
        let mut gaps = Gaps::new(thresholds);
        let mut last = None;
        let mut positions = 0_u64;
        for point in vessel {
            positions += u64::from(point.report.place.is_some());
            if !point.report.time.is_probable() {
                continue;
            }
            gaps.push(&point);
            let spot = spot(&point);
            if let Some(new) = spot
                && spot != last
            {
                heard.heard(new);
                last = spot;
            }
        }
        if !gaps.of_ship() {
            return Ok(());
        }
        let mut gaps = gaps.finish(&ends).items;
        gaps.shrink_to_fit();
        if !gaps.is_empty() {
            kept.add(positions, VesselGaps { mmsi, gaps });
        }
        Ok(())
    })?;
    let (mut vessels, vessels_left_out) = kept.finish();
    let given = Given {
        thresholds,
        gazetteer,
        shoreline,
    };
    let heard = heard.finish();
    let all = vessels.iter_mut().flat_map(|vessel| &mut vessel.gaps);
    let mut all: Vec<&mut Gap> = all.collect();
    all.par_iter_mut().for_each(|gap| locate(gap, given));
    cover(all, &heard, thresholds);
    Ok(AllGaps {
        vessels,
        vessels_left_out,
    })
}

/// What vessels share.
struct Together {
    heard: HeardNear,
    encounters: Encounters,
    failed: Option<std::io::Error>,
}

impl Together {
    fn take(shared: &Mutex<Self>, others: &mut ForOthers) {
        let mut shared: MutexGuard<'_, Self> =
            shared.lock().unwrap_or_else(PoisonError::into_inner);
        for spot in others.spots.drain(..) {
            shared.heard.heard(spot);
        }
        for sample in others.samples.drain(..) {
            if let Err(error) = shared.encounters.push(sample) {
                shared.failed.get_or_insert(error);
            }
        }
    }
}

/// Tracks that are handed to another thread.
#[derive(Default)]
struct Batch {
    points: Vec<Point>,
    /// Where each track ends among the points, and what it came to.
    tracks: Vec<(usize, TrackSummary)>,
}

/// One thread walks and packs batches, others derive. Each vessel's analysis is its own, and which are kept does not
/// depend on their order.
fn each_vessel(
    kept: Kept<'_, VesselAnalysis>,
    tracks: &mut Tracks,
    given: Given<'_>,
    together: &Mutex<Together>,
) -> Result<(Vec<VesselAnalysis>, u64), CollectError> {
    let ends = tracks.ends().clone();
    let ends = &ends;
    let kept = Mutex::new(kept);
    let keep = |vessel: VesselAnalysis| {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.add(vessel.positions, vessel);
    };
    let keep = &keep;
    let workers = rayon::current_num_threads().max(1);
    let (give, take) = mpsc::sync_channel::<Batch>(workers);
    // The workers hold it, so that giving fails once all of them are gone.
    let take = Arc::new(Mutex::new(take));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let take = Arc::clone(&take);
            scope.spawn(move || {
                loop {
                    let next = take.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(batch) = next else {
                        return;
                    };
                    let mut points = batch.points.iter();
                    let mut from = 0;
                    for (to, summary) in batch.tracks {
                        let track = points.by_ref().take(to - from);
                        from = to;
                        let mut of = OneVessel::new(given, together);
                        track.for_each(|point| of.push(point));
                        keep(of.finish(ends, &summary));
                    }
                }
            });
        }
        drop(take);
        let mut batch = Batch::default();
        let hand = |batch: &mut Batch| {
            let full = std::mem::take(batch);
            // Fails only if every worker is gone, and then the scope tells of it.
            let _ = give.send(full);
        };
        tracks.walk::<CollectError>(|vessel| {
            let begin = batch.points.len();
            batch.points.extend(vessel.by_ref().take(BATCH));
            if batch.points.len() - begin < BATCH {
                let track = (batch.points.len(), vessel.summary().clone());
                batch.tracks.push(track);
            } else {
                let mut of = OneVessel::new(given, together);
                let rest = vessel.by_ref();
                batch
                    .points
                    .drain(begin..)
                    .chain(rest)
                    .for_each(|point| of.push(&point));
                hand(&mut batch);
                keep(of.finish(ends, vessel.summary()));
            }
            if batch.points.len() >= BATCH || batch.tracks.len() >= TRACKS {
                hand(&mut batch);
            }
            Ok(())
        })?;
        hand(&mut batch);
        drop(give);
        Ok::<(), CollectError>(())
    })?;
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(kept.finish())
}

/// One MMSI, which hands on what others need of it before that grows large.
struct OneVessel<'a> {
    of: OfVessel<'a>,
    others: ForOthers,
    together: &'a Mutex<Together>,
}

impl<'a> OneVessel<'a> {
    fn new(given: Given<'a>, together: &'a Mutex<Together>) -> Self {
        Self {
            of: OfVessel::new(given),
            others: ForOthers::default(),
            together,
        }
    }

    fn push(&mut self, point: &Point) {
        self.of.push(point, &mut self.others);
        if self.others.spots.len() >= HANDED || self.others.samples.len() >= HANDED {
            Together::take(self.together, &mut self.others);
        }
    }

    fn finish(mut self, ends: &DataEnds, summary: &TrackSummary) -> VesselAnalysis {
        let vessel = self.of.finish(ends, summary, &mut self.others);
        Together::take(self.together, &mut self.others);
        vessel
    }
}

/// Fills in the coverage of gaps: by the cell of their last position, so that what is near one is gathered once.
fn cover(gaps: Vec<&mut Gap>, heard: &Heardness, thresholds: &Thresholds) {
    let mut gaps: Vec<(Cell, &mut Gap)> = gaps
        .into_iter()
        .filter_map(|gap| {
            let from = gap.from?;
            Some((cell(from.place), gap))
        })
        .collect();
    gaps.sort_by_key(|(cell, ..)| *cell);
    gaps.par_chunk_by_mut(|(a, ..), (b, ..)| a == b)
        .for_each(|gaps| {
            let Some(cell) = gaps.first().map(|(cell, ..)| *cell) else {
                return;
            };
            let near = heard.near(cell);
            for (_, gap) in gaps {
                let percent = thresholds.gap_coverage_percent;
                gap.coverage = near.coverage(gap.start.time, gap.until, percent);
            }
        });
}
