//! What verification says: problems with stable codes, seven separate verdicts, and what was seen.

use super::fresh::Cosigned;
use crate::ids::{
    AuthorKey, EntryId, EntryIndex, ExhibitHash, LedgerId, Role, Timestamp, TreeHash, TreeSize,
};
use crate::redaction::Redacted;
use crate::timestamp::{Bound, KeptToken};

/// The seven questions, answered separately. None of them is about truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Is every byte what it was when it was signed?
    Intact,
    /// Is everything here that a known head covers?
    Complete,
    /// Is every signature strictly valid?
    Attributable,
    /// Was every entry allowed by the governance entries below it?
    Authorised,
    /// Does every covered entry lie under a timestamped head?
    Timestamped,
    /// Is this the newest state, by a word from outside?
    Fresh,
    /// Does the recorded state follow from the entries?
    Reproducible,
}

impl Verdict {
    /// All of them, in the order in which they are always given.
    pub const ALL: [Self; 7] = [
        Self::Intact,
        Self::Complete,
        Self::Attributable,
        Self::Authorised,
        Self::Timestamped,
        Self::Fresh,
        Self::Reproducible,
    ];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Complete => "complete",
            Self::Attributable => "attributable",
            Self::Authorised => "authorised",
            Self::Timestamped => "timestamped",
            Self::Fresh => "fresh",
            Self::Reproducible => "reproducible",
        }
    }
}

/// The answer to one of the seven questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes.
    Pass,
    /// No.
    Fail,
    /// For a part only.
    Partly,
    /// What would tell is withheld.
    Withheld,
    /// Nothing here could tell, or it was not asked for.
    NotChecked,
}

impl Answer {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Partly => "partly",
            Self::Withheld => "withheld",
            Self::NotChecked => "not checked",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $verdict:expr, $doc:literal;)*) => {
        /// What is wrong: a stable code (FORMAT.md §16).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $doc] $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code's stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The verdict that it fails; `None`: nothing could be checked.
            pub const fn verdict(self) -> Option<Verdict> {
                match self { $(Self::$variant => $verdict,)* }
            }

            /// What it means, in a few words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }
        }
    };
}

use Verdict::{Attributable, Authorised, Complete, Fresh, Intact, Reproducible, Timestamped};

codes! {
    NotALedger "not-a-ledger" None, "there is no ledger here";
    NewerVersion "newer-version" None, "the ledger is in a newer format";
    Unreadable "unreadable" None, "a file could not be read";
    PinUnusable "pin-unusable" None, "the checkpoint you gave cannot be used";
    SegmentMissing "segment-missing" Some(Intact), "a part of the log is missing";
    SegmentHeader "segment-header" Some(Intact), "a part of the log does not begin as it should";
    RecordDamaged "record-damaged" Some(Intact), "an entry is damaged";
    CommitBroken "commit-broken" Some(Intact), "entries that were written together are not all there";
    TornTail "torn-tail" Some(Intact), "the log ends in an entry that was not written to its end";
    StatementMalformed "statement-malformed" Some(Intact), "what was signed is not well-formed";
    OpeningsMalformed "openings-malformed" Some(Intact), "an entry's content is not well-formed";
    FactsMalformed "facts-malformed" Some(Intact), "what an entry says is not well-formed";
    SourceMalformed "source-malformed" Some(Intact), "an entry's source is not well-formed";
    WrongLedger "wrong-ledger" Some(Intact), "an entry belongs to another ledger";
    AuthorGap "author-gap" Some(Intact), "an author's entry is missing";
    AuthorFork "author-fork" Some(Intact), "an author signed two different entries for one place";
    SignatureVariant "signature-variant" Some(Intact), "one statement stands here twice";
    WrongPrev "wrong-prev" Some(Intact), "an entry does not follow its author's previous one";
    ObservedAhead "observed-ahead" Some(Intact), "an author observed entries that come later";
    ObservedBack "observed-back" Some(Intact), "an author observed fewer entries than before";
    ObservedInexact "observed-inexact" Some(Intact), "a governance entry did not observe all entries below it";
    ObservedRoot "observed-root" Some(Intact), "an author signed another history than this";
    FactsCommitment "facts-commitment" Some(Intact), "what an entry says is not what was signed";
    SourceCommitment "source-commitment" Some(Intact), "an entry's source is not what was signed";
    ExhibitDigest "exhibit-digest" Some(Intact), "a file is not the one that was signed";
    ExhibitLength "exhibit-length" Some(Intact), "a file has not the length that was signed";
    ExhibitNotAFile "exhibit-not-a-file" Some(Intact), "something else stands in the place of a file";
    RedactionUnfinished "redaction-unfinished" Some(Intact), "what was redacted is still here";
    CheckpointMalformed "checkpoint-malformed" Some(Intact), "the checkpoint is not well-formed";
    CheckpointSignature "checkpoint-signature" Some(Intact), "the checkpoint is not signed by a custodian";
    AnchorDigest "anchor-digest" Some(Intact), "a file in anchors is not what its name says";
    AnchorMalformed "anchor-malformed" Some(Intact), "a cosigned checkpoint is not well-formed";
    AnchorSignature "anchor-signature" Some(Intact), "a cosigned checkpoint is not signed by a custodian";
    Fork "fork" Some(Intact), "two different histories were signed";
    BehindCheckpoint "behind-checkpoint" Some(Complete), "entries that were signed are not here";
    BehindPin "behind-pin" Some(Complete), "entries that were signed are not here";
    BehindAnchor "behind-anchor" Some(Complete), "entries that were signed are not here";
    BehindMemory "behind-memory" Some(Complete), "entries that you signed are not here";
    ProofMalformed "proof-malformed" Some(Intact), "a proof is not well-formed";
    ProofRoot "proof-root" Some(Intact), "a proof does not lead to the signed head";
    TileMissing "tile-missing" Some(Complete), "a part of the published form is missing";
    TileMalformed "tile-malformed" Some(Intact), "a part of the published form is not well-formed";
    TileHash "tile-hash" Some(Intact), "the published tree is not that of the published entries";
    OpeningAbsent "opening-absent" Some(Complete), "an entry's content is missing";
    ExhibitMissing "exhibit-missing" Some(Complete), "a file is missing";
    KeyUnacceptable "key-unacceptable" Some(Attributable), "a key is of a kind that proves nothing";
    SignatureInvalid "signature-invalid" Some(Attributable), "a signature is wrong";
    UnknownKey "unknown-key" Some(Authorised), "an entry is signed by a key that was never admitted";
    RevokedKey "revoked-key" Some(Authorised), "an entry is signed by a key that was revoked";
    RoleForbids "role-forbids" Some(Authorised), "an entry is signed by a key whose role does not allow it";
    AdmittedTwice "admitted-twice" Some(Authorised), "a key was admitted that had been admitted before";
    RevokedUnknown "revoked-unknown" Some(Authorised), "a revocation without effect";
    RosterWrong "roster-wrong" Some(Authorised), "a roster is not what the entries below it say";
    TooManyKeys "too-many-keys" Some(Authorised), "more keys were admitted than a ledger can have";
    CosignatureInvalid "cosignature-invalid" Some(Fresh), "a cosignature in the name of your witness is false";
    TimestampMalformed "timestamp-malformed" Some(Timestamped), "a timestamp is not well-formed";
    TimestampOther "timestamp-other" Some(Timestamped), "a timestamp is of something else than this ledger";
    TimestampInvalid "timestamp-invalid" Some(Timestamped), "a timestamp's signature is wrong";
    TimestampUntrusted "timestamp-untrusted" Some(Timestamped), "no timestamp is by anybody whom you trust";
    StateRoot "state-root" Some(Reproducible), "a recorded state is not what the entries give";
    AfterClose "after-close" Some(Authorised), "an entry follows the end of the ledger";
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of thing.
    pub code: Code,
    /// The entry.
    pub entry: Option<EntryIndex>,
    /// The file, by its path in the ledger.
    pub file: Option<String>,
    /// The offset in the file.
    pub offset: Option<u64>,
    /// What was signed or follows from the rest.
    pub expected: Option<String>,
    /// What is there.
    pub actual: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Entries that name the file, at most 100.
    pub named_by: Vec<EntryIndex>,
}

impl Problem {
    /// A problem with nothing but a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            entry: None,
            file: None,
            offset: None,
            expected: None,
            actual: None,
            message: message.into(),
            named_by: Vec::new(),
        }
    }

    pub(crate) fn at(mut self, entry: EntryIndex) -> Self {
        self.entry = Some(entry);
        self
    }

    pub(crate) fn in_file(mut self, file: impl Into<String>, offset: Option<u64>) -> Self {
        self.file = Some(file.into());
        self.offset = offset;
        self
    }

    pub(crate) fn between(
        mut self,
        expected: impl std::fmt::Display,
        actual: impl std::fmt::Display,
    ) -> Self {
        self.expected = Some(expected.to_string());
        self.actual = Some(actual.to_string());
        self
    }
}

/// A key that signed entries here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The key.
    pub key: AuthorKey,
    /// Its holder's name, as the admitting custodian wrote it.
    pub name: Option<String>,
    /// Its role; not known from leaves alone.
    pub role: Option<Role>,
    /// Where it was revoked.
    pub revoked_at: Option<EntryIndex>,
    /// From where on its entries are suspect.
    pub suspect_from: Option<EntryIndex>,
    /// How many entries it signed.
    pub entries: u64,
}

/// The newest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEntry {
    /// Its place.
    pub index: EntryIndex,
    /// Its id.
    pub id: EntryId,
    /// Its author's clock.
    pub recorded_at: Timestamp,
}

/// Exhibits by count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExhibitCount {
    /// Distinct exhibits that entries name; counted up to [`NAMED_MAX`](super::NAMED_MAX).
    pub named: u64,
    /// Of these, how many are here and what was signed.
    pub sound: u64,
    /// Whether there were more than could be counted apart.
    pub more: bool,
}

/// A tree head from outside the log, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedHead {
    /// Where it comes from: `checkpoint`, `pin`, `anchor`, `memory`.
    pub from: &'static str,
    /// Its file in the ledger, of a checkpoint or an anchor.
    pub file: Option<String>,
    /// Its size.
    pub size: TreeSize,
    /// Its root.
    pub root: TreeHash,
    /// Its signed text, where there is one: evidence by itself.
    pub note: Option<String>,
    /// The custodian who signed it, where one did.
    pub signed_by: Option<AuthorKey>,
    /// Whether it is a head of this log; `None` if the log does not reach it.
    pub agrees: Option<bool>,
}

/// An author's clock that a trusted token contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The entry.
    pub entry: EntryIndex,
    /// When it was recorded, by its author's clock.
    pub recorded_at: Timestamp,
    /// Whether it came before the token's moment; otherwise after it.
    pub before: bool,
    /// The moment, and the token that tells it.
    pub bound: Bound,
}

/// Authors' clocks that trusted tokens contradict. No problem: a clock's word against another's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clocks {
    /// The first twenty. Of entries that are recorded after a token's moment, only the latest between two tokens is told.
    pub listed: Vec<Clock>,
    /// How many there are.
    pub count: u64,
}

/// Everything that verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The ledger, if one was found.
    pub ledger: Option<LedgerId>,
    /// Whether this is the published form, which holds leaves and withholds what every entry says.
    pub leaves_only: bool,
    /// The case's title, from the source of genesis.
    pub title: Option<String>,
    /// Entries that were read.
    pub entries: TreeSize,
    /// The root over them.
    pub root: TreeHash,
    /// Keys that signed, in the order in which they were admitted.
    pub signing_keys: Vec<SigningKey>,
    /// Exhibits.
    pub exhibits: ExhibitCount,
    /// The newest entry.
    pub last: Option<LastEntry>,
    /// Heads from outside the log.
    pub heads: Vec<PresentedHead>,
    /// Timestamp tokens in the ledger, the largest heads first.
    pub tokens: Vec<KeptToken>,
    /// Authors' clocks that they contradict.
    pub clocks: Clocks,
    /// What came of the caller's policy, if one was given.
    pub cosigned: Option<Cosigned>,
    /// Whether the ledger was closed, and where.
    pub closed_at: Option<EntryIndex>,
    /// Openings that are absent because an entry redacts them.
    pub redacted: u64,
    /// The first thousand entries that they belong to, with the entries that redact them, in the order of these.
    pub redactions: Vec<Redacted>,
    /// The governance entry from which on authorisation could not be judged.
    pub unread_governance: Option<EntryIndex>,
    /// Whether reading had to stop before the end of the log.
    pub stopped: bool,
    /// The answers, in the order of [`Verdict::ALL`].
    pub answers: [Answer; 7],
    /// The problems, in the order in which they were met; at most [`PROBLEMS_MAX`](super::PROBLEMS_MAX).
    pub problems: Vec<Problem>,
    /// How many problems there were in all.
    pub problem_count: u64,
    /// What is worth knowing and is no problem.
    pub notices: Vec<String>,
}

impl Report {
    /// A report of nothing yet.
    pub(super) fn empty() -> Self {
        Self {
            ledger: None,
            leaves_only: false,
            title: None,
            entries: TreeSize(0),
            root: crate::tree::empty_root(),
            signing_keys: Vec::new(),
            exhibits: ExhibitCount::default(),
            last: None,
            heads: Vec::new(),
            tokens: Vec::new(),
            clocks: Clocks::default(),
            cosigned: None,
            closed_at: None,
            redacted: 0,
            redactions: Vec::new(),
            unread_governance: None,
            stopped: false,
            answers: [Answer::NotChecked; 7],
            problems: Vec::new(),
            problem_count: 0,
            notices: Vec::new(),
        }
    }

    /// The answer to one question.
    pub fn answer(&self, verdict: Verdict) -> Answer {
        self.answers[verdict as usize]
    }

    /// Entries that no signed head covers yet.
    pub fn not_yet_covered(&self) -> Option<u64> {
        let newest = self
            .heads
            .iter()
            .filter(|h| h.agrees == Some(true) && h.signed_by.is_some())
            .map(|h| h.size.0)
            .max()?;
        Some(self.entries.0.saturating_sub(newest))
    }

    /// The exhibits that have a problem.
    pub fn bad_exhibits(&self) -> impl Iterator<Item = (&Problem, ExhibitHash)> {
        self.problems.iter().filter_map(|problem| {
            let name = problem.file.as_deref()?.strip_prefix("exhibits/")?;
            let hash = name.rsplit('/').next()?.parse().ok()?;
            Some((problem, hash))
        })
    }
}
