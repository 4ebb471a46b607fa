//! The paths between statements and what they rest on: down to sources and files ([`Settled::why`]), up to
//! statements and findings ([`Settled::rests_on`]).
//!
//! Both follow what was recorded, also where it no longer stands, and say so.

use std::collections::{BTreeMap, BTreeSet};

use seaproof_evidence::provenance::{Basis, Lines, Locator};
use seaproof_evidence::{EntryIndex, Event};
use serde::Serialize;

use crate::anatomy::{self, Link};
use crate::findings::Finding;
use crate::settle::{Settled, Statement, Status};
use crate::sources;
use crate::state::{At, Body, How};
use crate::tracks::known::LineBehind;
use crate::view::HeldFileRow;

/// How many levels are followed down. Deeper chains say nothing that a person would follow.
const DEPTH_MAX: usize = 64;
/// How many steps one trace has at most; what lies beyond is not shown.
const STEPS_MAX: usize = 10_000;

/// The link of a message in fragments to its track: the first and the last of its lines are named, and lines of others
/// may stand between them.
pub const ON_LINES: &str = "on lines of it:";

/// One step down: an entry, a file or something cited, and what that rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How it stands to the step above: `itself`, `about`, `needs`, `rests on`, `relays`, `made of`, `part of`,
    /// `refers to`, `corrected by`, `disputed by`,
    /// `retracted by`, `redacted by`, `disputes` or, of a line of a track, `on a line of it:` ([`ON_LINES`] of a message in
    /// fragments, whose first and last lines `at` has); `also` at the top of a finding is what it rests on besides.
    pub link: &'static str,
    /// The entry; null for what has none.
    pub entry: Option<u64>,
    /// Its label or number, or the words in which something without an entry is cited.
    pub id: String,
    /// Its kind, as far as it can be read.
    pub kind: Option<String>,
    /// What does not stand: `retracted`, `fallen`, `misplaced`, `unauthorised`, `left out`, `later`; null stands.
    pub status: Option<&'static str>,
    /// Whether its words are by a key that is called suspect.
    pub suspect: bool,
    /// How a source is held, in words; null for statements.
    pub held: Option<String>,
    /// Where inside it the step above points.
    pub at: Option<Locator>,
    /// The file that the step above points into, if it says which.
    pub exhibit: Option<String>,
    /// The files that it is held as.
    pub files: Vec<HeldFileRow>,
    /// Whether what lies below was shown before.
    pub again: bool,
    /// Whether more lies below than is shown: the trace is too deep or too long.
    pub cut: bool,
    /// What it rests on.
    pub below: Vec<Step>,
}

/// One step up: an entry that rests on another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resting {
    /// The entry.
    pub entry: u64,
    /// Its label or number.
    pub id: String,
    /// Its kind, as far as it can be read.
    pub kind: Option<String>,
    /// Steps from the entry asked about.
    pub steps: u32,
    /// The entries, one step nearer, on which it rests, with how: as in [`Step::link`].
    pub on: Vec<(u64, &'static str)>,
    /// What does not stand; null stands.
    pub status: Option<&'static str>,
    /// Whether its words are by a key that is called suspect.
    pub suspect: bool,
}

/// Everything that rests on an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestsOn {
    /// Entries, nearest first.
    pub entries: Vec<Resting>,
    /// Numbers of the findings, from 1 in the order of the view, that rest on it.
    pub findings: Vec<usize>,
}

impl Settled<'_> {
    /// What entries rest on, down to sources and files. What two of them rest on is followed once.
    pub fn why(&self, entries: impl IntoIterator<Item = EntryIndex>) -> Vec<Step> {
        let mut walk = Walk {
            settled: self,
            shown: BTreeSet::new(),
            steps: 0,
        };
        let found = entries.into_iter().filter_map(|entry| self.at(entry));
        found.map(|at| walk.entry(at, "itself", 0)).collect()
    }

    /// What a finding rests on, down to sources and files: first what it compares or counts, then what it rests on
    /// besides and was not shown under these.
    pub fn why_found(&self, finding: &Finding) -> Vec<Step> {
        let mut walk = Walk {
            settled: self,
            shown: BTreeSet::new(),
            steps: 0,
        };
        let compared = finding.statements.iter().map(|n| (*n, "itself"));
        let held = finding.sources.iter().map(|source| source.entry);
        let besides = finding.entries.iter().copied().chain(held);
        let mut steps = Vec::new();
        for (number, link) in compared.chain(besides.map(|n| (n, "also"))) {
            if let Some(at) = self.at(EntryIndex(number))
                && !walk.shown.contains(&at)
            {
                steps.push(walk.entry(at, link, 0));
            }
        }
        for line in &finding.lines {
            let below = on_line(line);
            match steps
                .iter_mut()
                .find_map(|step| shown_step(step, line.entry))
            {
                Some(track) => track.below.push(below),
                None => steps.push(below),
            }
        }
        steps
    }

    /// What rests on an entry, up to the findings given; `None` if there is no such entry.
    pub fn rests_on(&self, entry: EntryIndex, findings: &[Finding]) -> Option<RestsOn> {
        let at = self.at(entry)?;
        let mut above: BTreeMap<At, Vec<(At, &'static str)>> = BTreeMap::new();
        let disputes = self.disputes.values().flatten().copied();
        for one in self.recorded().chain(disputes.collect::<BTreeSet<At>>()) {
            let Some(statement) = self.words_of(one) else {
                continue;
            };
            for (target, link) in self.leads_to(&statement) {
                above.entry(target).or_default().push((one, link));
            }
        }
        // Whoever asks of a correction means what was corrected.
        let root = self.state.entry(at).stands_for().unwrap_or(at);
        let mut steps = BTreeMap::from([(root, 0_u32)]);
        let mut on: BTreeMap<At, Vec<(At, &'static str)>> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([root]);
        while let Some(at) = queue.pop_front() {
            let next = steps[&at] + 1;
            for (from, link) in above.get(&at).into_iter().flatten() {
                let known = *steps.entry(*from).or_insert_with(|| {
                    queue.push_back(*from);
                    next
                });
                if known == next {
                    on.entry(*from).or_default().push((at, link));
                }
            }
        }
        let mut entries: Vec<Resting> = steps
            .iter()
            .filter(|(at, _)| **at != root)
            .map(|(at, steps)| Resting {
                entry: self.number(*at),
                id: self.state.name(*at),
                kind: self.kind_words(*at),
                steps: *steps,
                on: on
                    .get(at)
                    .into_iter()
                    .flatten()
                    .map(|(target, link)| (self.number(*target), *link))
                    .collect(),
                status: self.status_word(*at),
                suspect: self.is_suspect(*at),
            })
            .collect();
        entries.sort_by_key(|row| (row.steps, row.entry));
        let number = self.number(root);
        let resting = findings.iter().enumerate().filter_map(|(i, finding)| {
            let bears = [number, entry.0].iter().any(|number| {
                finding.entries.contains(number)
                    || finding.sources.iter().any(|s| s.entry == *number)
            });
            bears.then_some(i + 1)
        });
        Some(RestsOn {
            findings: resting.collect(),
            entries,
        })
    }

    fn at(&self, entry: EntryIndex) -> Option<At> {
        let entries = &self.state.entries;
        // Entries come in the order of their numbers, unless something is wrong.
        let position = entries
            .binary_search_by_key(&entry, |e| e.index)
            .ok()
            .or_else(|| entries.iter().position(|e| e.index == entry))?;
        Some(At::new(position))
    }

    /// What a statement leads to, in the order in which a person asks: about what, resting on what, made of
    /// what.
    fn leads_to(&self, statement: &Statement<'_>) -> Vec<(At, &'static str)> {
        let mut found: Vec<(At, &'static str)> = Vec::new();
        let mut add = |target: Option<At>, link| {
            if let Some(target) = target
                && target != statement.at
                && !found.iter().any(|(known, _)| *known == target)
            {
                found.push((target, link));
            }
        };
        let disputed = (self.state.entry(statement.at).bearings().iter())
            .filter(|bearing| bearing.how == How::Disputes && self.status(statement.at).stands());
        for bearing in disputed {
            add(Some(bearing.on), "disputes");
        }
        add(statement.subject(), "about");
        anatomy::links(statement.event(), &mut |slot, link, _| {
            if link == Link::Subject {
                add(statement.target(slot), "needs");
            }
        });
        for at in bases(statement).iter().filter_map(|basis| match basis {
            Basis::Entry { of, .. } => statement.target(*of),
            _ => None,
        }) {
            add(Some(at), "rests on");
        }
        let made_from = match statement.event() {
            Event::Document(_) => "relays",
            Event::Derived(_) => "made of",
            _ => "part of",
        };
        for at in sources::made_from(self, statement.at) {
            add(Some(at), made_from);
        }
        if let Event::Group(group) = statement.event() {
            add(
                group.within.and_then(|slot| statement.target(slot)),
                "part of",
            );
        }
        anatomy::links(statement.event(), &mut |slot, link, _| {
            if link == Link::Part {
                add(statement.target(slot), "refers to");
            }
        });
        found
    }

    fn kind_words(&self, at: At) -> Option<String> {
        let of_entry = || self.state.entry(at).kind().map(ToOwned::to_owned);
        self.kind(at).map(ToOwned::to_owned).or_else(of_entry)
    }

    pub(crate) fn status_word(&self, at: At) -> Option<&'static str> {
        match self.status(at) {
            Status::Standing => None,
            Status::Retracted { .. } => Some("retracted"),
            Status::Fallen { .. } => Some("fallen"),
            Status::Unauthorised => Some("unauthorised"),
            Status::Misplaced => Some("misplaced"),
            Status::LeftOut => Some("left out"),
            Status::Later => Some("later"),
        }
    }
}

struct Walk<'w> {
    settled: &'w Settled<'w>,
    shown: BTreeSet<At>,
    steps: usize,
}

impl Walk<'_> {
    fn entry(&mut self, at: At, link: &'static str, depth: usize) -> Step {
        self.steps += 1;
        let settled = self.settled;
        let statement = settled.words_of(at);
        let source = statement.as_ref().filter(|s| s.event().hold().is_some());
        let mut step = Step {
            link,
            entry: Some(settled.number(at)),
            id: settled.state.name(at),
            kind: settled.kind_words(at).or_else(|| {
                let withheld = settled.state.entry(at).body == Body::Withheld;
                let word = match settled.redactions.contains_key(&at) {
                    true => "(redacted)",
                    false => "(withheld)",
                };
                withheld.then(|| word.to_owned())
            }),
            status: settled.status_word(at),
            suspect: settled.is_suspect(at),
            held: source.map(|_| sources::hold_words(settled, at)),
            at: None,
            exhibit: None,
            files: source.map_or_else(Vec::new, |s| crate::view::held_files(settled, s)),
            again: false,
            cut: false,
            below: Vec::new(),
        };
        if self.shown.contains(&at) {
            step.again = true;
            step.files.clear();
            return step;
        }
        if depth == DEPTH_MAX {
            step.cut = statement.is_some_and(|statement| {
                !bases(&statement).is_empty() || !settled.leads_to(&statement).is_empty()
            });
            return step;
        }
        self.shown.insert(at);
        let by = |at: Option<At>, link| at.map(|at| (at, link));
        let corrected = by(settled.corrected_by.get(&at).copied(), "corrected by");
        let disputes = settled.disputes.get(&at).into_iter().flatten();
        let retracted = match settled.status(at) {
            Status::Retracted { by } => Some((*by, "retracted by")),
            _ => None,
        };
        let redactions = settled.redactions.get(&at).into_iter().flatten();
        let amended = corrected
            .into_iter()
            .chain(retracted)
            .chain(redactions.map(|at| (*at, "redacted by")))
            .chain(disputes.map(|at| (*at, "disputed by")));
        for (by, link) in amended {
            self.below(&mut step, by, link, depth);
        }
        let Some(statement) = statement else {
            return step;
        };
        for (target, link) in settled.leads_to(&statement) {
            // From a dispute to what it contests, and not back from there.
            if link != "rests on" && (link != "disputes" || !self.shown.contains(&target)) {
                self.below(&mut step, target, link, depth);
            }
        }
        for basis in bases(&statement) {
            self.basis(&mut step, &statement, basis, depth);
        }
        step
    }

    fn below(&mut self, step: &mut Step, at: At, link: &'static str, depth: usize) {
        if self.steps < STEPS_MAX {
            step.below.push(self.entry(at, link, depth + 1));
        } else {
            step.cut = true;
        }
    }

    fn basis(&mut self, step: &mut Step, statement: &Statement<'_>, basis: &Basis, depth: usize) {
        if self.steps >= STEPS_MAX {
            step.cut = true;
            return;
        }
        let exhibit = |slot| statement.exhibit(slot).map(|file| file.hash.to_string());
        match basis {
            Basis::Entry { of, file, at } => {
                if let Some(target) = statement.target(*of) {
                    let mut below = self.entry(target, "rests on", depth + 1);
                    below.at.clone_from(at);
                    below.exhibit = file.and_then(exhibit);
                    step.below.push(below);
                }
            }
            Basis::Exhibit { file, at } => {
                let digest = exhibit(*file);
                step.below
                    .push(leaf(digest.clone(), at.clone(), "held", digest));
            }
            Basis::Cited(words) => {
                let words = Some(words.to_string());
                step.below.push(leaf(words, None, "cited, not held", None));
            }
        }
    }
}

/// The step at which an entry is shown with what lies below it.
fn shown_step(step: &mut Step, entry: u64) -> Option<&mut Step> {
    if step.entry == Some(entry) && !step.again {
        return Some(step);
    }
    let mut below = step.below.iter_mut();
    below.find_map(|step| shown_step(step, entry))
}

/// A line of a held file.
fn on_line(line: &LineBehind) -> Step {
    let number = |line: u64| u32::try_from(line).ok();
    let lines = number(line.first_line)
        .zip(number(line.line))
        .and_then(|ends| Lines::try_from(ends).ok());
    let at = Locator {
        line: lines,
        ..Locator::default()
    };
    let mut step = leaf(
        Some(format!("{}, {}", line.what, line.time)),
        lines.map(|_| at),
        "held",
        Some(line.exhibit.clone()),
    );
    step.link = match line.first_line == line.line {
        true => "on a line of it:",
        false => ON_LINES,
    };
    step
}

fn leaf(id: Option<String>, at: Option<Locator>, held: &str, exhibit: Option<String>) -> Step {
    Step {
        link: "rests on",
        entry: None,
        id: id.unwrap_or_default(),
        kind: None,
        status: None,
        suspect: false,
        held: Some(held.to_owned()),
        at,
        exhibit,
        files: Vec::new(),
        again: false,
        cut: false,
        below: Vec::new(),
    }
}

/// What a statement or a dispute rests on.
fn bases<'s>(statement: &'s Statement<'_>) -> &'s [Basis] {
    match statement.event() {
        Event::Disputed(event) => &event.basis,
        _ => statement.provenance().map_or(&[], |p| &p.basis),
    }
}
