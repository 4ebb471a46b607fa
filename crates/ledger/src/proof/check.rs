//! Judging proofs with no ledger at hand: only the keys that the caller names are believed.

use super::extra::{Disclosure, RosterEntry};
use super::file::{ConsistencyProof, EntryProof, ProofFile, ProofFileError};
use super::heads::ReportedHeads;
use crate::checkpoint::{CosignedCheckpoint, origin_of, parse_cosigned};
use crate::entry::{Disclosed, statement_at};
use crate::facts::Facts;
use crate::governance::{Governance, Roster};
use crate::ids::{AuthorKey, Class, EntryId, EntryIndex, LedgerId, Role, TreeHash};
use crate::note::VerifierKey;
use crate::opening::Source;
use crate::signature::{Signed, Verdict as SignatureVerdict, Verifier};
use crate::sshsig;
use crate::statement::{Head, Statement};
use crate::tree::{check_consistency, check_inclusion};
use crate::verify::{Answer, Code, PresentedHead, Problem, Verdict, entry_problem, errors};

/// What the caller believes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    /// Keys of custodians, each named after the ledger.
    pub keys: &'a [VerifierKey],
    /// Checkpoints that the caller kept.
    pub pins: &'a [Vec<u8>],
}

/// An entry that travelled with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenEntry {
    /// Where it stands.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// What its author signed.
    pub statement: Statement,
    /// What it says, if that is disclosed and what was committed to.
    pub facts: Disclosed<Facts>,
    /// How that was obtained, if that is disclosed and what was committed to.
    pub source: Disclosed<Source>,
    /// Where the roster stands that `authorised` rests on.
    pub roster: Option<EntryIndex>,
    /// What that roster says of the author's role.
    pub role: Option<Role>,
    /// From where on it calls the author's entries suspect.
    pub suspect_from: Option<EntryIndex>,
}

/// What came of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofReport {
    /// The ledger that the file names.
    pub ledger: Option<LedgerId>,
    /// The head that it leads to.
    pub head: Option<Head>,
    /// The ledger key that signed it.
    pub signed_by: Option<AuthorKey>,
    /// The older head of a consistency proof.
    pub old: Option<Head>,
    /// The entry of a proof of one entry.
    pub entry: Option<ProvenEntry>,
    /// Pins, and the heads of a report: `agrees` says whether they are heads of one history.
    pub heads: Vec<PresentedHead>,
    /// The answers, in the order of [`Verdict::ALL`].
    pub answers: [Answer; 7],
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What is worth knowing and is no problem.
    pub notices: Vec<String>,
}

impl ProofReport {
    fn new(ledger: Option<LedgerId>) -> Self {
        Self {
            ledger,
            head: None,
            signed_by: None,
            old: None,
            entry: None,
            heads: Vec::new(),
            answers: [Answer::NotChecked; 7],
            problems: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// A file that says of itself that it is a proof, and is not well-formed.
    pub fn malformed(error: &ProofFileError) -> Self {
        let mut report = Self::new(None);
        report.problem(Problem::new(Code::ProofMalformed, error.to_string()));
        report.settle(Verdict::Intact, Answer::NotChecked);
        report
    }

    /// The answer to one question.
    pub fn answer(&self, verdict: Verdict) -> Answer {
        self.answers[verdict as usize]
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn failed(&self, verdict: Verdict) -> bool {
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.code.verdict() == Some(verdict))
    }

    fn settle(&mut self, verdict: Verdict, otherwise: Answer) {
        self.answers[verdict as usize] = match self.failed(verdict) {
            true => Answer::Fail,
            false => otherwise,
        };
    }
}

/// Judges a proof of one entry or between two heads.
pub fn check(proof: &ProofFile, given: &Given<'_>) -> ProofReport {
    let mut report = ProofReport::new(Some(proof.ledger()));
    report.head = Some(proof.checkpoint().head());
    report.signed_by = signer(&mut report, proof.ledger(), proof.checkpoint(), given);
    match proof {
        ProofFile::Entry(proof) => {
            entry(&mut report, proof, given);
            pins(&mut report, proof.ledger, None, given);
            let read = report.entry.is_some();
            let signed = if read {
                Answer::Pass
            } else {
                Answer::NotChecked
            };
            report.settle(Verdict::Attributable, signed);
        }
        ProofFile::Consistency(proof) => {
            consistency(&mut report, proof);
            pins(&mut report, proof.ledger, Some(proof.old), given);
        }
    }
    report.settle(Verdict::Intact, Answer::Pass);
    report
}

/// The ledger key that signed a checkpoint; a problem if none did.
fn signer(
    report: &mut ProofReport,
    ledger: LedgerId,
    checkpoint: &CosignedCheckpoint,
    given: &Given<'_>,
) -> Option<AuthorKey> {
    let origin = origin_of(&ledger);
    let mut named = given.keys.iter().filter(|key| *key.name() == origin);
    let found = named.clone().find(|key| checkpoint.verify(&key.key()));
    if let Some(key) = found {
        return Some(key.key());
    }
    report.problem(match (named.next(), given.keys.first()) {
        (None, Some(other)) => Problem::new(
            Code::WrongLedger,
            "the checkpoint is of another ledger than the key you gave",
        )
        .between(other.name(), &origin),
        _ => Problem::new(
            Code::CheckpointSignature,
            format!(
                "the checkpoint of {} entries is not signed by the key you gave",
                checkpoint.head().size
            ),
        ),
    });
    None
}

fn entry(report: &mut ProofReport, proof: &EntryProof, given: &Given<'_>) {
    let head = proof.checkpoint.head();
    let at = Place {
        ledger: proof.ledger,
        index: proof.index,
        head,
    };
    let Some(mut entry) = stands(report, &at, &proof.extra.entry, &proof.hashes) else {
        return;
    };
    let sent = proof.extra.roster.as_ref();
    let roster = sent.and_then(|sent| roster(report, &at, sent, given));
    if let Some((index, roster)) = roster {
        let known = roster.key(&entry.statement.key);
        entry.roster = Some(index);
        entry.role = known.map(|known| known.role);
        entry.suspect_from = known.and_then(|known| known.suspect_from);
        authorise(report, &entry, &roster);
        report.settle(Verdict::Authorised, Answer::Pass);
    }
    report.entry = Some(entry);
}

/// Where an entry is said to stand.
struct Place {
    ledger: LedgerId,
    index: EntryIndex,
    head: Head,
}

/// Judges an entry by itself and its path. `None` if there is no statement to speak of.
fn stands(
    report: &mut ProofReport,
    at: &Place,
    sent: &Disclosure,
    hashes: &[TreeHash],
) -> Option<ProvenEntry> {
    let (index, leaf) = (at.index, &sent.leaf);
    if let Err(error) = check_inclusion(&leaf.hash(), index, at.head.size, hashes, &at.head.root) {
        let message = format!("{index} is not shown to be in the ledger: {error}");
        report.problem(Problem::new(Code::ProofRoot, message).at(index));
    }
    let statement = match statement_at(leaf, index) {
        Ok(statement) => statement,
        Err(error) => {
            report.problem(entry_problem(&error).at(index));
            return None;
        }
    };
    let id = leaf.entry_id();
    let named = match statement.class {
        Class::Genesis => LedgerId(id.0),
        Class::Governance | Class::Evidence | Class::Amendment => statement.ledger,
    };
    if named != at.ledger {
        let message = format!("{index} belongs to another ledger");
        report.problem(
            Problem::new(Code::WrongLedger, message)
                .between(at.ledger, named)
                .at(index),
        );
    }
    let observed = statement.observed.size.0;
    let exact = matches!(statement.class, Class::Genesis | Class::Governance);
    if observed > index.0 {
        let message = format!("{index} observed {observed} entries, and stands before them");
        report.problem(Problem::new(Code::ObservedAhead, message).at(index));
    } else if exact && observed != index.0 {
        let message = format!("{index} is governance and observed {observed} entries");
        report.problem(Problem::new(Code::ObservedInexact, message).at(index));
    }
    let message = sshsig::signed_bytes(leaf.statement());
    let signed = Signed {
        key: &statement.key,
        message: &message,
        signature: leaf.signature(),
    };
    match Verifier::new().verify(&[signed])[..] {
        [SignatureVerdict::Valid] => {}
        [SignatureVerdict::UnacceptableKey(error)] => {
            let message = format!("{index} is signed under an unacceptable key: {error}");
            report.problem(Problem::new(Code::KeyUnacceptable, message).at(index));
        }
        _ => {
            let message =
                format!("the signature of {index} is not that of its key over its statement");
            report.problem(Problem::new(Code::SignatureInvalid, message).at(index));
        }
    }
    let content = Ok(sent.content(&statement));
    for error in errors(&content) {
        report.problem(entry_problem(error).at(index));
    }
    let (facts, source) = match content {
        Ok(content) => (content.facts.ok(), content.source.ok()),
        Err(_) => (None, None),
    };
    Some(ProvenEntry {
        index,
        id,
        statement,
        facts: facts.unwrap_or(Disclosed::Absent),
        source: source.unwrap_or(Disclosed::Absent),
        roster: None,
        role: None,
        suspect_from: None,
    })
}

/// The roster that was sent along, if it can be relied on.
fn roster(
    report: &mut ProofReport,
    entry: &Place,
    sent: &RosterEntry,
    given: &Given<'_>,
) -> Option<(EntryIndex, Roster)> {
    let at = Place {
        index: sent.index,
        ..*entry
    };
    let before = report.problems.len();
    let found = stands(report, &at, &sent.entry, &sent.hashes)?;
    let sound = report.problems.len() == before;
    let mut unused = |why: &str| {
        let index = sent.index;
        let notice = format!("the roster {index} that was sent along tells nothing: {why}");
        report.notices.push(notice);
    };
    if !sound {
        unused("it is not what it is said to be, or not where");
        return None;
    }
    if found.index <= entry.index {
        unused("it does not stand above the entry");
        return None;
    }
    if !given.keys.iter().any(|k| k.key() == found.statement.key) {
        unused("it is not signed by a key that you gave");
        return None;
    }
    match Governance::of_entry(found.statement.class, &found.facts) {
        Ok(Some(Governance::Roster(roster))) => Some((found.index, roster)),
        _ => {
            unused("it is none, or does not show its facts");
            None
        }
    }
}

/// Whether what a later roster says of the key allows the entry.
fn authorise(report: &mut ProofReport, entry: &ProvenEntry, roster: &Roster) {
    let index = entry.index;
    let class = entry.statement.class;
    let mut refuse =
        |code, why: String| report.problem(Problem::new(code, format!("{index}: {why}")).at(index));
    let Some(known) = roster.key(&entry.statement.key) else {
        return refuse(
            Code::UnknownKey,
            "the key was never admitted to this ledger".into(),
        );
    };
    // Genesis admits its own key.
    let admitted = match class {
        Class::Genesis => known.admitted_at == index,
        Class::Governance | Class::Evidence | Class::Amendment => known.admitted_at < index,
    };
    if !admitted {
        let at = known.admitted_at;
        return refuse(
            Code::UnknownKey,
            format!("the key was admitted only at {at}"),
        );
    }
    if let Some(at) = known.revoked_at.filter(|at| *at < index) {
        return refuse(Code::RevokedKey, format!("the key was revoked at {at}"));
    }
    // By a key that may not govern, only its own revocation stands where the roster says that it was revoked.
    let own_revocation = known.revoked_at == Some(index);
    let allowed = match (known.role, class) {
        (Role::Custodian, _) | (Role::Investigator, Class::Evidence | Class::Amendment) => true,
        (_, Class::Governance) => own_revocation,
        _ => false,
    };
    if !allowed {
        let role = known.role.name();
        refuse(
            Code::RoleForbids,
            format!("{role} may not sign an entry of class {}", class as u8),
        );
    }
}

fn consistency(report: &mut ProofReport, proof: &ConsistencyProof) {
    let new = proof.checkpoint.head();
    report.old = Some(proof.old);
    let Head { size, root } = proof.old;
    if let Err(error) = check_consistency(size, &root, new.size, &new.root, &proof.hashes) {
        report.problem(Problem::new(
            Code::ProofRoot,
            format!("the checkpoint is not shown to extend the older head: {error}"),
        ));
    }
}

/// Holds the caller's checkpoints against the heads that the proof is about.
fn pins(report: &mut ProofReport, ledger: LedgerId, old: Option<Head>, given: &Given<'_>) {
    if given.pins.is_empty() {
        return;
    }
    let known: Vec<Head> = report.head.into_iter().chain(old).collect();
    let shown = report.signed_by.is_some() && !report.failed(Verdict::Intact);
    let mut answers = Vec::new();
    for pin in given.pins {
        let unusable = |why: String| Problem::new(Code::PinUnusable, why);
        let checkpoint = match parse_cosigned(pin, &ledger) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                report.problem(unusable(format!("the checkpoint you gave: {error}")));
                continue;
            }
        };
        let head = checkpoint.head();
        let by = given.keys.iter().map(VerifierKey::key);
        let signed_by = by.clone().find(|key| checkpoint.verify(key));
        if signed_by.is_none() {
            report.problem(unusable(
                "the checkpoint you gave is not signed by the key you gave".into(),
            ));
        }
        let same = known.iter().find(|known| known.size == head.size);
        let agrees = same.filter(|_| shown && signed_by.is_some()).map(|known| {
            if known.root != head.root {
                let size = head.size;
                let message = format!(
                    "the checkpoint you gave and the proof give other roots for the first {size} entries"
                );
                let problem = Problem::new(Code::Fork, message);
                report.problems.push(problem.between(head.root, known.root));
            }
            known.root == head.root
        });
        answers.push(agrees);
        report
            .heads
            .push(presented("pin", &checkpoint, agrees, signed_by));
    }
    let answer = match answers.iter().flatten().all(|agrees| *agrees) {
        false => Answer::Fail,
        true if answers.len() == given.pins.len() && answers.iter().all(Option::is_some) => {
            Answer::Pass
        }
        true => Answer::NotChecked,
    };
    report.answers[Verdict::Fresh as usize] = answer;
}

fn presented(
    from: &'static str,
    checkpoint: &CosignedCheckpoint,
    agrees: Option<bool>,
    signed_by: Option<AuthorKey>,
) -> PresentedHead {
    let head = checkpoint.head();
    PresentedHead {
        from,
        file: None,
        size: head.size,
        root: head.root,
        note: Some(String::from_utf8_lossy(checkpoint.note().as_bytes()).into_owned()),
        signed_by,
        agrees,
    }
}

/// Judges what a verification found of heads.
pub fn check_heads(found: &ReportedHeads, given: &Given<'_>) -> ProofReport {
    let mut report = ProofReport::new(Some(found.ledger));
    let Some(own) = &found.own else {
        report
            .notices
            .push("there is no signed head that the log bore out: nothing can be shown".into());
        return report;
    };
    let new = own.head();
    report.head = Some(new);
    report.signed_by = signer(&mut report, found.ledger, own, given);
    let mut shown = report.signed_by.is_some();
    for head in &found.heads {
        let Head { size, root } = head.checkpoint.head();
        let signed_by = given
            .keys
            .iter()
            .map(VerifierKey::key)
            .find(|key| head.checkpoint.verify(key));
        if signed_by.is_none() {
            shown = false;
            report.notices.push(format!(
                "the head of {size} entries is not signed by a key that you gave: it shows nothing"
            ));
        }
        let agrees = match &head.here {
            None => {
                shown = false;
                report.notices.push(format!(
                    "a head of {size} entries was signed. That they were missing is the word of whoever made this \
                     report"
                ));
                None
            }
            Some((here, hashes)) => {
                let proof = check_consistency(size, here, new.size, &new.root, hashes);
                // From the empty tree a proof shows nothing of what it leads to.
                match proof {
                    Ok(()) if size.0 > 0 => Some(*here == root),
                    Ok(()) => Some(true),
                    Err(error) => {
                        let message = format!(
                            "the ledger's own history at {size} entries is not shown: {error}"
                        );
                        report.problem(Problem::new(Code::ProofRoot, message));
                        None
                    }
                }
            }
        };
        let agrees = agrees.filter(|_| signed_by.is_some() && report.signed_by.is_some());
        if agrees == Some(false) {
            let here = head.here.as_ref().map_or(root, |(here, _)| *here);
            let message =
                format!("two different histories of the first {size} entries were signed");
            report.problem(Problem::new(Code::Fork, message).between(root, here));
        }
        report
            .heads
            .push(presented("report", &head.checkpoint, agrees, signed_by));
    }
    let otherwise = match shown && !found.heads.is_empty() {
        true => Answer::Pass,
        false => Answer::NotChecked,
    };
    report.settle(Verdict::Intact, otherwise);
    report
}
