//! What witnesses that the caller trusts say of the heads that were presented, and whether the log is fresh
//! (FORMAT.md §22).

use super::report::{Answer, Code, PresentedHead, Problem};
use crate::checkpoint::origin_of;
use crate::governance::Authority;
use crate::ids::{LedgerId, Role, TreeSize};
use crate::note::{KeyName, Note, PosixTime, VerifierKey};
use crate::policy::{Counted, Policy};

/// What the caller asks of a head from outside, so that it shows that the log is fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// Who must have cosigned it.
    pub policy: Policy,
    /// Not before when; without it nothing is fresh.
    pub since: Option<PosixTime>,
    /// Cosignatures that state a later time do not count: somebody's clock is wrong.
    pub until: Option<PosixTime>,
}

/// A head with cosignatures by witnesses of the caller's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignedHead {
    /// Where it comes from: `pin` or `anchor`.
    pub from: &'static str,
    /// Its file in the ledger, of an anchor.
    pub file: Option<String>,
    /// Its size.
    pub size: TreeSize,
    /// Whether it is a head of this log; `None` if the log does not reach it.
    pub agrees: Option<bool>,
    /// The witnesses that count, with their latest times.
    pub by: Vec<(KeyName, PosixTime)>,
    /// The latest time at which the quorum was complete; `None` if it is not.
    pub complete_at: Option<PosixTime>,
}

/// What came of the caller's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Not before when a head must have been cosigned.
    pub since: Option<PosixTime>,
    /// Whether the policy asks for any cosignature.
    pub asks_for_witnesses: bool,
    /// Whether the policy names logs, and this ledger is none of them.
    pub of_other_logs: bool,
    /// Heads that a witness of the policy cosigned and a custodian signed, in the order in which they were presented.
    pub heads: Vec<CosignedHead>,
}

impl Cosigned {
    /// The heads with a complete quorum.
    pub fn met(&self) -> impl Iterator<Item = &CosignedHead> {
        self.heads.iter().filter(|head| head.complete_at.is_some())
    }

    /// The head of this log whose quorum was complete last.
    pub fn newest(&self) -> Option<&CosignedHead> {
        self.met()
            .filter(|head| head.agrees == Some(true))
            .max_by_key(|head| (head.complete_at, head.size))
    }

    fn answer(&self) -> Answer {
        let time = self.newest().and_then(|head| head.complete_at);
        match (self.since, time) {
            (Some(since), Some(time)) if time >= since => Answer::Pass,
            _ => Answer::NotChecked,
        }
    }
}

/// Holds the heads against the policy.
pub(super) fn judge(
    demand: &Demand,
    heads: &[PresentedHead],
    ledger: &LedgerId,
    authority: &Authority,
) -> (Cosigned, Vec<Problem>) {
    let origin = origin_of(ledger);
    let policy = &demand.policy;
    let logs: Vec<VerifierKey> = (policy.logs().iter())
        .filter(|key| *key.name() == origin)
        .cloned()
        .collect();
    let mut cosigned = Cosigned {
        since: demand.since,
        asks_for_witnesses: policy.asks_for_witnesses(),
        of_other_logs: logs.is_empty() && !policy.logs().is_empty(),
        heads: Vec::new(),
    };
    let mut problems = Vec::new();
    for head in heads.iter().filter(|h| matches!(h.from, "pin" | "anchor")) {
        let Some(note) = head
            .note
            .as_deref()
            .and_then(|n| Note::parse(n.as_bytes()).ok())
        else {
            continue;
        };
        let found = policy.cosigned(&note);
        if let Some(witness) = found.invalid.first() {
            problems.push(invalid(head, witness.name()));
            continue;
        }
        let by_log = policy.logs().is_empty() || note.verify(&logs).is_ok();
        if head.signed_by.is_none() || !by_log {
            continue;
        }
        let counts = |by: &Counted<'_>| {
            let apart = (authority.author(&by.witness.key()))
                .is_none_or(|author| author.role == Role::Witness);
            apart && demand.until.is_none_or(|until| by.time <= until)
        };
        let counted: Vec<_> = found.counted.into_iter().filter(counts).collect();
        if counted.is_empty() {
            continue;
        }
        cosigned.heads.push(CosignedHead {
            from: head.from,
            file: head.file.clone(),
            size: head.size,
            agrees: head.agrees,
            complete_at: complete_at(policy, &counted),
            by: (counted.iter())
                .map(|by| (by.witness.name().clone(), by.time))
                .collect(),
        });
    }
    (cosigned, problems)
}

/// The latest time at which the witnesses made the quorum.
fn complete_at(policy: &Policy, counted: &[Counted<'_>]) -> Option<PosixTime> {
    if !policy.asks_for_witnesses() {
        return None;
    }
    let mut times: Vec<PosixTime> = counted.iter().map(|by| by.time).collect();
    times.sort_unstable();
    times.dedup();
    // What is met by those of a time and later is met by those of every time before: halve.
    let met = |time: &PosixTime| {
        policy
            .is_met(|witness| (counted.iter()).any(|by| by.witness == witness && by.time >= *time))
    };
    let after = times.partition_point(met);
    times[..after].last().copied()
}

fn invalid(head: &PresentedHead, witness: &KeyName) -> Problem {
    let message = format!(
        "the {} of {} entries has a line of the witness {witness} that is not its cosignature: the \
         whole note was left aside",
        head.from, head.size
    );
    let problem = Problem::new(Code::CosignatureInvalid, message);
    match &head.file {
        Some(file) => problem.in_file(file, None),
        None => problem,
    }
}

/// Everything that the answer rests on.
pub(super) struct Evidence<'r> {
    pub heads: &'r [PresentedHead],
    pub cosigned: Option<&'r Cosigned>,
    /// How many pins the caller gave.
    pub pins: usize,
    /// Of a closed ledger with nothing against it but what the heads say: the answer for it.
    pub closed: Option<Answer>,
    /// Whether a cosignature is false.
    pub failed: bool,
    /// Whether the log could not be read to its end.
    pub stopped: bool,
}

/// Whether this is the newest state, by a word from outside.
pub(super) fn answer(evidence: &Evidence<'_>) -> Answer {
    let Evidence {
        heads, cosigned, ..
    } = *evidence;
    // One that nobody entitled signed says nothing. What a signer remembers needs no signature.
    let vouched = |h: &&PresentedHead| h.signed_by.is_some() || h.note.is_none();
    let pins = || (heads.iter()).filter(|h| h.from == "pin" && h.signed_by.is_some());
    let met = || cosigned.into_iter().flat_map(Cosigned::met);
    let asked = pins()
        .map(|head| head.agrees)
        .chain(met().map(|head| head.agrees));
    let contradicted = (heads.iter().filter(vouched)).any(|head| head.agrees == Some(false));
    let beyond = heads.iter().any(|head| head.agrees.is_none());
    if evidence.failed
        || contradicted
        || asked.into_iter().any(|agrees| agrees != Some(true))
        || beyond && !evidence.stopped
    {
        return Answer::Fail;
    }
    if beyond {
        // It may lie behind the damage.
        return Answer::NotChecked;
    }
    let usable = pins().count() == evidence.pins;
    match evidence.closed {
        Some(closed) if usable => closed,
        _ if usable && evidence.pins > 0 => Answer::Pass,
        _ => cosigned.map_or(Answer::NotChecked, Cosigned::answer),
    }
}
