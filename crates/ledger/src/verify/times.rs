//! Timestamp tokens, held against the log while it is read: what they are worth, and whether authors' clocks agree with
//! them. In memory that grows with the tokens and not with the log.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::report::{Answer, Clock, Clocks, Code, PresentedHead, Problem};
use crate::anchors::AnchorName;
use crate::ids::{EntryIndex, ExhibitHash, LedgerId, Timestamp, TreeHash, TreeSize};
use crate::timestamp::{Dated, KeptToken, Roots, Timeline, Worth};

/// The most tokens that are judged.
pub(super) const TOKENS_MAX: usize = 1_024;
/// Entries that are named one by one.
const CLOCKS_MAX: usize = 20;

/// All tokens of a ledger, the largest heads first.
#[derive(Default)]
pub(super) struct Times {
    pub tokens: Vec<KeptToken>,
    /// Their places by the digests of their files.
    by_digest: HashMap<[u8; 32], Vec<usize>>,
    /// What tokens that were named as exhibits so far tell of entries that observed that.
    after: Vec<Dated>,
    line: Timeline,
    /// The latest recorded-at below each token's size and not below the size of the one before.
    latest: BTreeMap<TreeSize, (EntryIndex, Timestamp)>,
    sizes: Vec<TreeSize>,
    clocks: Clocks,
}

impl Times {
    /// Reads tokens and verifies their signatures, on all cores.
    pub(super) fn read(kept: &[(AnchorName, Vec<u8>)], roots: Option<&Roots>) -> Self {
        let none = Roots::none();
        let roots = roots.unwrap_or(&none);
        let tokens: Vec<KeptToken> = kept
            .par_iter()
            .map(|(name, bytes)| KeptToken::read(*name, bytes, roots))
            .collect();
        let mut by_digest: HashMap<[u8; 32], Vec<usize>> = HashMap::new();
        for (at, token) in tokens.iter().enumerate() {
            by_digest.entry(token.name.digest).or_default().push(at);
        }
        let mut sizes: Vec<TreeSize> = tokens.iter().map(|t| t.name.size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        Self {
            tokens,
            by_digest,
            sizes,
            ..Self::default()
        }
    }

    pub(super) fn sizes(&self) -> &[TreeSize] {
        &self.sizes
    }

    /// The log's root at a size that a token is over.
    pub(super) fn meet(&mut self, ledger: &LedgerId, size: TreeSize, root: TreeHash) {
        for token in self.tokens.iter_mut().filter(|t| t.name.size == size) {
            token.meet(ledger, root);
        }
    }

    /// An entry names an exhibit: it may be a token.
    pub(super) fn named(&mut self, index: EntryIndex, exhibit: &ExhibitHash) {
        let Some(places) = self.by_digest.get(&exhibit.0) else {
            return;
        };
        for place in places {
            let token = &mut self.tokens[*place];
            if token.recorded_at.is_none() {
                token.recorded_at = Some(index);
                self.after.extend(token.dated());
            }
        }
        self.line = Timeline::new(&self.after);
    }

    /// An entry, after the exhibits that it names.
    pub(super) fn entry(&mut self, index: EntryIndex, observed: TreeSize, recorded_at: Timestamp) {
        if self.tokens.is_empty() {
            return;
        }
        if let Some(bound) = self.line.of(index, observed).after
            && recorded_at < bound.time
        {
            self.tell(Clock {
                entry: index,
                recorded_at,
                before: false,
                bound,
            });
        }
        let above = self.sizes.partition_point(|size| size.0 <= index.0);
        if let Some(size) = self.sizes.get(above) {
            let latest = self.latest.entry(*size).or_insert((index, recorded_at));
            if recorded_at > latest.1 {
                *latest = (index, recorded_at);
            }
        }
    }

    fn tell(&mut self, clock: Clock) {
        self.clocks.count += 1;
        if self.clocks.listed.len() < CLOCKS_MAX {
            self.clocks.listed.push(clock);
        }
    }

    /// What came of them: problems, and the clocks that they contradict.
    pub(super) fn finish(&mut self, roots: Option<&Roots>) -> (Vec<Problem>, Clocks) {
        let mut problems = Vec::new();
        let mut untrusted = None;
        for token in &self.tokens {
            let file = token.name.path();
            let size = token.name.size;
            let problem = |code, message: String| {
                Some(Problem::new(code, message).in_file(file.clone(), None))
            };
            problems.extend(match token.worth() {
                Worth::Malformed(why) => problem(
                    Code::TimestampMalformed,
                    format!("{file} is no timestamp token: {why}"),
                ),
                Worth::Invalid(why) => problem(
                    Code::TimestampInvalid,
                    format!("the timestamp token {file} proves nothing: {why}"),
                ),
                Worth::Other => problem(
                    Code::TimestampOther,
                    format!(
                        "{file} is a token over something else than the first {size} entries here"
                    ),
                ),
                Worth::Untrusted(why) => {
                    untrusted.get_or_insert((file.clone(), why));
                    None
                }
                Worth::Trusted(_) | Worth::Beyond => None,
            });
        }
        let trusted: Vec<Dated> = self.tokens.iter().filter_map(KeptToken::dated).collect();
        if let (Some((file, why)), true, true) = (untrusted, trusted.is_empty(), roots.is_some()) {
            let message = format!("no timestamp here is by anybody whom you trust: {why}");
            let problem = Problem::new(Code::TimestampUntrusted, message);
            problems.push(problem.in_file(file, None));
        }
        let line = Timeline::new(&trusted);
        for (entry, recorded_at) in std::mem::take(&mut self.latest).into_values() {
            if let Some(bound) = line.of(entry, TreeSize(0)).before
                && recorded_at > bound.time
            {
                self.tell(Clock {
                    entry,
                    recorded_at,
                    before: true,
                    bound,
                });
            }
        }
        (problems, std::mem::take(&mut self.clocks))
    }

    /// The verdict, where no token has a problem.
    pub(super) fn answer(
        &self,
        roots: Option<&Roots>,
        heads: &[PresentedHead],
        entries: TreeSize,
        read: Answer,
    ) -> Answer {
        let trusted = self.tokens.iter().filter(|t| t.dated().is_some());
        let (Some(_), Some(reached)) = (roots, trusted.map(|t| t.name.size).max()) else {
            return Answer::NotChecked;
        };
        let signed = |h: &&PresentedHead| h.agrees == Some(true) && h.signed_by.is_some();
        let newest = heads.iter().filter(signed).map(|h| h.size).max();
        match (reached >= newest.unwrap_or(entries), read) {
            (true, read) => read,
            (false, Answer::NotChecked) => Answer::NotChecked,
            (false, _) => Answer::Partly,
        }
    }
}
