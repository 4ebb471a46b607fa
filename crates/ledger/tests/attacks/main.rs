//! Ledgers that somebody forged: each is found out, with exactly the codes and the verdicts that it
//! must get.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;

mod anchors;
mod contents;
mod framing;
mod governance;
mod heads;
mod lagging;
mod signatures;
#[path = "../../../../tests/stamping/mod.rs"]
mod stamping;
mod statements;

use std::collections::BTreeSet;

use common::forge::{Files, Forge};
use common::*;
use seaproof_ledger::ids::{AuthorKey, Role};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::memory::Remembered;
use seaproof_ledger::store::MemoryStore;
use seaproof_ledger::verify::{Answer, Code, Options, Pin, Report, Verdict, verify};

/// A forged ledger, and what must be said of it.
struct Case {
    name: String,
    files: Files,
    pins: Vec<Vec<u8>>,
    memories: Vec<(AuthorKey, Remembered)>,
    codes: BTreeSet<Code>,
    /// Answers that are neither a pass nor a failure by one of the codes.
    answers: Vec<(Verdict, Answer)>,
}

impl Case {
    fn new(name: impl Into<String>, files: Files, codes: &[Code]) -> Self {
        Self {
            name: name.into(),
            files,
            pins: Vec::new(),
            memories: Vec::new(),
            codes: codes.iter().copied().collect(),
            answers: Vec::new(),
        }
    }

    /// With a head that the caller kept.
    fn pinned(mut self, pin: Vec<u8>) -> Self {
        self.pins.push(pin);
        self
    }

    /// With what a signer remembers.
    fn remembered(mut self, key: AuthorKey, what: Remembered) -> Self {
        self.memories.push((key, what));
        self
    }

    /// With one file more.
    fn with(mut self, path: &str, bytes: &[u8]) -> Self {
        self.files.insert(path.into(), bytes.to_vec());
        self
    }

    fn but(mut self, verdict: Verdict, answer: Answer) -> Self {
        self.answers.push((verdict, answer));
        self
    }

    /// Nothing that needs the log could be checked.
    fn unchecked(self) -> Self {
        Verdict::ALL[..4]
            .iter()
            .fold(self, |case, v| case.but(*v, Answer::NotChecked))
    }

    /// The log was not read to its end.
    fn broken_off(self) -> Self {
        [Verdict::Attributable, Verdict::Authorised]
            .iter()
            .fold(self, |case, v| case.but(*v, Answer::Partly))
    }

    fn expected(&self, verdict: Verdict) -> Answer {
        if self
            .codes
            .iter()
            .any(|code| code.verdict() == Some(verdict))
        {
            return Answer::Fail;
        }
        let said = self.answers.iter().find(|(v, _)| *v == verdict);
        said.map_or(Answer::Pass, |(_, answer)| *answer)
    }

    /// Verifies it and holds the report against what is expected.
    fn hold(&self) -> Report {
        let name = &self.name;
        let store = MemoryStore::new();
        for (path, bytes) in &self.files {
            store.put(path, bytes.clone());
        }
        let options = Options {
            pins: self
                .pins
                .iter()
                .map(|pin| Pin {
                    checkpoint: pin.clone(),
                })
                .collect(),
            memories: self.memories.clone(),
            ..Options::default()
        };
        let report = verify(&store, &options);
        assert!(snapshot(&store) == self.files, "{name}: verification wrote");
        let codes: BTreeSet<Code> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, self.codes, "{name}: {:#?}", report.problems);
        for verdict in &Verdict::ALL[..4] {
            assert_eq!(
                report.answer(*verdict),
                self.expected(*verdict),
                "{name}: {}, {:#?}",
                verdict.name(),
                report.problems
            );
        }
        report
    }
}

/// A ledger with a custodian (1), an investigator (2), a witness (3) and a second custodian (4).
fn staffed() -> Forge {
    let mut forge = Forge::new();
    let roles = [Role::Investigator, Role::Witness, Role::Custodian];
    for (number, role) in (2..).zip(roles) {
        forge.add(&key(1), admitting(key(number).public(), role));
    }
    forge
}

/// The staffed ledger with something in it and a checkpoint over all of it.
fn forged(name: &str, codes: &[Code], entries: impl FnOnce(&mut Forge)) -> Case {
    let mut forge = staffed();
    entries(&mut forge);
    Case::new(name, forge.finish(), codes)
}

#[test]
fn a_forge_that_forges_nothing_makes_sound_ledgers() {
    let case = forged("sound", &[], |forge| {
        let image = forge.exhibit(b"an image");
        forge.add(&key(2), naming(image));
        forge.roll();
        forge.add(&key(4), evidence("x"));
        forge.add(&key(2), evidence("y"));
        forge.join();
    });
    let report = case.hold();
    assert_eq!((report.entries.0, report.not_yet_covered()), (7, Some(0)));
    assert_eq!(report.exhibits.sound, 1);
}

#[test]
fn every_code_is_given_in_some_case() {
    let elsewhere = [
        // A store that fails: `faults.rs`.
        Code::Unreadable,
        // A link or pipe in its place: `every_bit.rs`.
        Code::ExhibitNotAFile,
        // A ledger of 65,537 admissions would take minutes: governance.rs asks who decides it.
        Code::TooManyKeys,
        // It needs a caller's policy: `witness/fresh.rs`.
        Code::CosignatureInvalid,
        // Needs roots that the caller gives: `timestamps/verdict.rs`.
        Code::TimestampUntrusted,
        // Replay's to find: the command's own tests.
        Code::StateRoot,
        // Of files without a ledger: `proofs`.
        Code::ProofMalformed,
        Code::ProofRoot,
        // Of the published form: `proofs`.
        Code::TileMissing,
        Code::TileMalformed,
        Code::TileHash,
    ];
    let cases = [
        framing::cases(),
        statements::cases(),
        signatures::cases(),
        contents::cases(),
        governance::cases(),
        heads::cases(),
        anchors::cases(),
    ];
    let mut names = BTreeSet::new();
    let mut covered: BTreeSet<Code> = elsewhere.into();
    for case in cases.iter().flatten() {
        assert!(names.insert(&case.name), "{} twice", case.name);
        covered.extend(&case.codes);
    }
    let all: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    let missing: Vec<&Code> = all.difference(&covered).collect();
    assert!(missing.is_empty(), "no case gives {missing:?}");
}
