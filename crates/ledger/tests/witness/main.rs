//! Cosignatures, policies, and a witness that never vouches for two histories, whatever fails under it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../common/mod.rs"]
mod common;
mod fresh;

use common::faulty::{Fault, Faulty, Plan};
use common::key;
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::ids::{Timestamp, TreeHash, TreeSize};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::VolatileMemory;
use seaproof_ledger::note::{
    COSIGNATURE_LEN, CosignerKey, KeyName, Note, PosixTime, SignatureLine, VerifierKey,
    VerifierKeyError, cosign_with, cosigned_bytes, sign_with,
};
use seaproof_ledger::policy::{LineError, Policy, PolicyError};
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::{Crash, MemoryStore, Store};
use seaproof_ledger::tree::{Frontier, leaf_hash, prove_consistency};
use seaproof_ledger::witness::{
    Refusal, Request, RequestError, SignedRequest, Untrusted, WitnessError, cosign, encode, last,
    memory_path,
};

// ---- The vectors of FORMAT.md §22, made by another implementation of Ed25519 and SHA-256 ----

const ORIGIN: &str = "seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a";
const TEXT: &str = "seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a\n4\n\
                    qCJ8aKkbh10u/7VmtBcVd726ic5z1AfajoPnEbFCbYE=\n";
const VKEY: &str = "witness.example/one+a88e511d+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const LINE: &str = "— witness.example/one qI5RHQAAAABmArj88vKehnb3Ocic1puJ2c+vvI30DWMXGO86bYLtVVP2M26JvZ16zocTSu0gmuNUpnGiB/qw0b3Hf+fxZrpnXQ6cDQ==";
const MEMORY: &str = "seaproof witness memory 1
key ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c
origin seaproof/c92ce59ecfd1418a04d784c9bc454c61960b62cd8948b2b6fae5e4736d4d103a
size 4
root a8227c68a91b875d2effb566b4171577bdba89ce73d407da8e83e711b1426d81
check dc4236b0a208125ebbfea87bfc9eff84b7976365d8121754011b72948c6dc0f6
";
const MEMORY_NAME: &str = "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c-\
                           51bc8153a44e7e37546139fbedc14951047e30b93b2013abffb6cfda17044a18";

fn at(seconds: u64) -> PosixTime {
    PosixTime::new(seconds).unwrap()
}

fn name(name: &str) -> KeyName {
    KeyName::new(name).unwrap()
}

fn cosigner(called: &str, key: &SecretKey) -> CosignerKey {
    CosignerKey::new(name(called), key.public()).unwrap()
}

fn line(text: &str, called: &str, by: &SecretKey, time: u64) -> SignatureLine {
    cosign_with(text, &cosigner(called, by), at(time), |bytes| {
        by.sign(bytes)
    })
    .unwrap()
}

#[test]
fn a_cosignature_is_the_one_of_the_format() {
    let witness: CosignerKey = VKEY.parse().unwrap();
    assert_eq!(witness, cosigner("witness.example/one", &key(7)));
    assert_eq!(witness.to_string(), VKEY);
    let made = line(TEXT, "witness.example/one", &key(7), 1_711_454_460);
    assert_eq!(made.to_string(), LINE);
    let read = SignatureLine::parse(LINE).unwrap();
    assert_eq!(witness.verify(TEXT, &read), Some(at(1_711_454_460)));
    assert_eq!(read.signature().len(), COSIGNATURE_LEN);
    assert_eq!(
        cosigned_bytes(at(1_711_454_460), TEXT),
        format!("cosignature/v1\ntime 1711454460\n{TEXT}").into_bytes()
    );
}

#[test]
fn any_changed_bit_of_a_cosignature_is_noticed() {
    let witness: CosignerKey = VKEY.parse().unwrap();
    let good = SignatureLine::parse(LINE).unwrap();
    let head = [&good.key_id().0[..], good.signature()].concat();
    for bit in 0..head.len() * 8 {
        let mut bytes = head.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let text = format!("— witness.example/one {}", base64(&bytes));
        let changed = SignatureLine::parse(&text).unwrap();
        assert_eq!(witness.verify(TEXT, &changed), None, "bit {bit}");
    }
    for bytes in [&head[..75], &[&head[..], &[0]].concat()] {
        let text = format!("— witness.example/one {}", base64(bytes));
        let other = SignatureLine::parse(&text).unwrap();
        assert_eq!(witness.verify(TEXT, &other), None);
    }
    // Another text, another name, a log's own signature under the cosigner's name.
    assert_eq!(witness.verify(&TEXT.replace("\n4\n", "\n5\n"), &good), None);
    assert_eq!(
        cosigner("witness.example/two", &key(7)).verify(TEXT, &good),
        None
    );
    let plain = sign_with(TEXT, &name("witness.example/one"), &key(7).public(), |t| {
        key(7).sign(t)
    });
    assert_eq!(witness.verify(TEXT, &plain.unwrap().lines()[0]), None);
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(bytes)
}

#[test]
fn a_key_of_one_type_is_not_taken_for_the_other() {
    let log = VerifierKey::new(name("witness.example/one"), key(7).public()).unwrap();
    assert_eq!(
        log.to_string().parse::<CosignerKey>(),
        Err(VerifierKeyError::UnknownType {
            expected: 4,
            found: 1
        })
    );
    assert_eq!(
        VKEY.parse::<VerifierKey>(),
        Err(VerifierKeyError::UnknownType {
            expected: 1,
            found: 4
        })
    );
}

#[test]
fn times_keep_to_their_range() {
    assert_eq!(PosixTime::new(1 << 63), None);
    assert_eq!(at((1 << 63) - 1).moment(), Timestamp(i64::MAX));
    assert_eq!(PosixTime::of(Timestamp(-1)).seconds(), 0);
    assert_eq!(PosixTime::of(Timestamp(1_999)).seconds(), 1);
}

// ---- Policies ----

fn witness_line(called: &str, n: u8) -> String {
    format!(
        "witness {called} {}\n",
        cosigner(&format!("w/{called}"), &key(n))
    )
}

/// A, B and C with the keys 11, 12 and 13.
fn three() -> String {
    ["A", "B", "C"]
        .iter()
        .zip(11..)
        .map(|(name, n)| witness_line(name, n))
        .collect()
}

fn refused(text: &str) -> (usize, LineError) {
    match Policy::parse(text.as_bytes()) {
        Err(PolicyError::Line { line, error }) => (line, error),
        other => panic!("{text}: {other:?}"),
    }
}

/// Which sets of A, B and C meet the policy.
fn met(rest: &str) -> Vec<String> {
    let policy = Policy::parse(format!("{}{rest}", three()).as_bytes()).unwrap();
    let sets = (0..8u8).filter(|set| {
        policy.is_met(|witness| {
            let at = policy
                .witnesses()
                .iter()
                .position(|w| w == witness)
                .unwrap();
            set & (1 << at) != 0
        })
    });
    let named = |set: u8| {
        (0..3)
            .filter(move |i| set & (1 << i) != 0)
            .map(|i| b"ABC"[i] as char)
    };
    sets.map(|set| named(set).collect()).collect()
}

#[test]
fn a_quorum_is_what_the_policy_says() {
    assert_eq!(met("quorum none\n").len(), 8);
    assert_eq!(met("quorum B\n"), ["B", "AB", "BC", "ABC"]);
    assert_eq!(
        met("group g any A C\nquorum g\n"),
        ["A", "AB", "C", "AC", "BC", "ABC"]
    );
    assert_eq!(met("group g all A C\nquorum g\n"), ["AC", "ABC"]);
    assert_eq!(
        met("group g 2 A B C\nquorum g\n"),
        ["AB", "AC", "BC", "ABC"]
    );
    assert_eq!(
        met("group g any A B\ngroup h all g C\nquorum h\n"),
        ["AC", "BC", "ABC"]
    );
    // Spaces, tabs, comments and addresses.
    assert_eq!(
        met(" # who\n\n\tgroup \t g  2 A B\n   quorum g \n#quorum none\n"),
        ["AB", "ABC"]
    );
    let log = VerifierKey::new(name("log.example/x"), key(1).public()).unwrap();
    let text = format!(
        "log {log} https://log.example/\nwitness \u{e9} {} http://127.0.0.1:1\nquorum \u{e9}\n",
        cosigner("w/A", &key(11))
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.logs(), [log]);
    assert_eq!(policy.witnesses().len(), 1);
    assert!(policy.asks_for_witnesses());
}

#[test]
fn a_policy_that_cannot_be_followed_says_in_which_line() {
    let log = VerifierKey::new(name("log.example/x"), key(1).public()).unwrap();
    let unknown = |name: &str| LineError::UnknownName { name: name.into() };
    for (rest, line, error) in [
        ("quorum D\n", 4, unknown("D")),
        ("group g all A D\nquorum g\n", 4, unknown("D")),
        // Neither itself, nor what stands below it: there are no circles.
        ("group g all A g\nquorum g\n", 4, unknown("g")),
        ("group g all h\ngroup h all g\nquorum g\n", 4, unknown("h")),
        (
            "quorum A\nquorum A\n",
            5,
            LineError::SecondQuorum { first: 4 },
        ),
        (
            "group g all A A\nquorum g\n",
            4,
            LineError::SecondMembership {
                name: "A".into(),
                first: 4,
            },
        ),
        (
            "group g all A\ngroup h any B A\nquorum h\n",
            5,
            LineError::SecondMembership {
                name: "A".into(),
                first: 4,
            },
        ),
        (
            "group A all B\nquorum A\n",
            4,
            LineError::SameName {
                name: "A".into(),
                first: 1,
            },
        ),
        ("group none all B\nquorum none\n", 4, LineError::None),
        ("group g all none\nquorum g\n", 4, LineError::None),
        (
            "group g 0 A\nquorum g\n",
            4,
            LineError::Threshold {
                found: "0".into(),
                members: 1,
            },
        ),
        (
            "group g 3 A B\nquorum g\n",
            4,
            LineError::Threshold {
                found: "3".into(),
                members: 2,
            },
        ),
        (
            "group g 02 A B\nquorum g\n",
            4,
            LineError::Threshold {
                found: "02".into(),
                members: 2,
            },
        ),
        (
            "group g all\nquorum g\n",
            4,
            LineError::Form {
                form: "group <name> <k|any|all> <name>…",
            },
        ),
        (
            "quorum A B\n",
            4,
            LineError::Form {
                form: "quorum <name|none>",
            },
        ),
        (
            "Quorum A\n",
            4,
            LineError::UnknownWord {
                found: "Quorum".into(),
            },
        ),
        (
            "quorum A\r\n",
            4,
            LineError::ControlCharacter { byte: 0x0d },
        ),
        ("quorum A", 4, LineError::Unterminated),
        (
            "quorum none\nlog x\n",
            5,
            LineError::Key(VerifierKeyError::Form),
        ),
        (
            "witness D\n",
            4,
            LineError::Form {
                form: "witness <name> <vkey> [<url>]",
            },
        ),
    ] {
        assert_eq!(
            refused(&format!("{}{rest}", three())),
            (line, error),
            "{rest}"
        );
    }
    // One key under two names is one witness.
    let twice = format!("{}witness D {}\n", three(), cosigner("other", &key(12)));
    assert_eq!(refused(&twice), (4, LineError::SameKey { first: 2 }));
    assert_eq!(
        refused(&format!("log {log}\nlog {log}\n")),
        (2, LineError::SameKey { first: 1 })
    );
    // A log's key is none of a witness, nor the other way round.
    let other = VerifierKeyError::UnknownType {
        expected: 4,
        found: 1,
    };
    assert_eq!(
        refused(&format!("witness x {log}\n")),
        (1, LineError::Key(other))
    );
    let other = VerifierKeyError::UnknownType {
        expected: 1,
        found: 4,
    };
    assert_eq!(
        refused(&format!("log {VKEY}\n")),
        (1, LineError::Key(other))
    );
    assert_eq!(
        Policy::parse(three().as_bytes()),
        Err(PolicyError::NoQuorum)
    );
    assert_eq!(Policy::parse(b""), Err(PolicyError::NoQuorum));
    assert!(matches!(
        Policy::parse(&vec![b'\n'; (1 << 20) + 1]),
        Err(PolicyError::TooLong { .. })
    ));
    let many: String = (0..2_000).map(|i| format!("group g{i} any A\n")).collect();
    assert!(Policy::parse(format!("{}{many}", three()).as_bytes()).is_err());
}

#[test]
fn a_policys_witnesses_are_counted_once_with_their_latest_time() {
    let policy = Policy::parse(format!("{}quorum none\n", three()).as_bytes()).unwrap();
    let note = sign_with(TEXT, &name(ORIGIN), &key(1).public(), |t| key(1).sign(t)).unwrap();
    let good = [
        line(TEXT, "w/A", &key(11), 100),
        line(TEXT, "w/A", &key(11), 300),
        line(TEXT, "w/A", &key(11), 200),
        line(TEXT, "w/C", &key(13), 50),
        // Somebody else, and a name of the policy's with another key.
        line(TEXT, "w/D", &key(14), 50),
        line(TEXT, "w/B", &key(14), 50),
    ];
    let note = note.with_lines(&good).unwrap();
    assert_eq!(note.lines().len(), 7);
    // What is there already is not added again.
    assert_eq!(note.with_lines(&good).unwrap(), note);
    let cosigned = policy.cosigned(&note);
    let counted: Vec<_> = cosigned
        .counted
        .iter()
        .map(|c| (c.witness.name().as_str(), c.time))
        .collect();
    assert_eq!(counted, [("w/A", at(300)), ("w/C", at(50))]);
    assert!(cosigned.invalid.is_empty());
    // One false line in a witness's name, and with the key's id, spoils the note.
    let other = line(&TEXT.replace("\n4\n", "\n5\n"), "w/B", &key(12), 60);
    let spoiled = note.with_lines(&[other]).unwrap();
    let cosigned = policy.cosigned(&spoiled);
    assert_eq!(cosigned.invalid, [&policy.witnesses()[1]]);
    assert_eq!(cosigned.counted.len(), 2);
}

// ---- The witness ----

/// A log's history as its nodes.
struct Log {
    origin: String,
    key: SecretKey,
    frontier: Frontier,
    nodes: Vec<TreeHash>,
    roots: Vec<TreeHash>,
}

impl Log {
    /// A log whose leaves are other than ours from `forked` on.
    fn of(size: u64, forked: u64) -> Self {
        let mut log = Self {
            origin: "log.example/x".into(),
            key: key(1),
            frontier: Frontier::new(),
            nodes: Vec::new(),
            roots: vec![Frontier::new().root()],
        };
        for i in 0..size {
            let leaf = format!("{i}{}", if i >= forked { "'" } else { "" });
            let nodes = &mut log.nodes;
            log.frontier
                .absorb(leaf_hash(leaf.as_bytes()), |node| nodes.push(node));
            log.roots.push(log.frontier.root());
        }
        log
    }

    fn vkey(&self) -> VerifierKey {
        VerifierKey::new(name(&self.origin), self.key.public()).unwrap()
    }

    fn note(&self, size: u64) -> Note {
        let root = base64(&self.roots[size as usize].0);
        let text = format!("{}\n{size}\n{root}\n", self.origin);
        sign_with(&text, &name(&self.origin), &self.key.public(), |t| {
            self.key.sign(t)
        })
        .unwrap()
    }

    fn request(&self, old: u64, size: u64) -> Request {
        let proof = match old <= size {
            true => prove_consistency(TreeSize(old), TreeSize(size), &self.nodes[..]).unwrap(),
            false => Vec::new(),
        };
        Request::new(TreeSize(old), proof, self.note(size)).unwrap()
    }

    fn signed(&self, old: u64, size: u64) -> SignedRequest {
        self.request(old, size).by_one_of(&[self.vkey()]).unwrap()
    }
}

fn ask(store: &dyn Store, request: &SignedRequest) -> Result<SignatureLine, WitnessError> {
    let witness = key(7);
    let named = cosigner("witness.example/one", &witness);
    cosign(store, &witness, &named, request, || at(1_711_454_460))
}

fn refusal(outcome: Result<SignatureLine, WitnessError>) -> Refusal {
    match outcome {
        Err(WitnessError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_witness_remembers_is_the_text_of_the_format() {
    let head = Checkpoint::parse(TEXT).unwrap().head();
    assert_eq!(memory_path(&key(7).public(), ORIGIN), MEMORY_NAME);
    assert_eq!(encode(&key(7).public(), ORIGIN, head), MEMORY);
    let store = MemoryStore::new();
    store.put(MEMORY_NAME, MEMORY.into());
    assert_eq!(last(&store, &key(7).public(), ORIGIN).unwrap(), Some(head));
    // The longest that there is fits; another key's or log's is none; every changed byte is noticed.
    let largest = Head {
        size: TreeSize(u64::MAX),
        root: TreeHash([255; 32]),
    };
    let longest = encode(&key(7).public(), &"x".repeat(512), largest);
    assert!(longest.len() <= seaproof_ledger::witness::MEMORY_MAX);
    assert!(last(&store, &key(8).public(), ORIGIN).unwrap().is_none());
    for at in 0..MEMORY.len() {
        let mut bytes = MEMORY.as_bytes().to_vec();
        bytes[at] ^= 1;
        store.put(MEMORY_NAME, bytes);
        assert!(
            matches!(
                last(&store, &key(7).public(), ORIGIN),
                Err(WitnessError::Damaged { .. })
            ),
            "byte {at}"
        );
    }
    store.put(MEMORY_NAME, vec![b'\n'; 2_000]);
    assert!(matches!(
        last(&store, &key(7).public(), ORIGIN),
        Err(WitnessError::Damaged { .. })
    ));
}

#[test]
fn only_what_continues_is_cosigned() {
    let (store, log, fork) = (MemoryStore::new(), Log::of(9, 9), Log::of(9, 3));
    let sizes = |old, last| Refusal::OtherSize {
        old: TreeSize(old),
        last: TreeSize(last),
    };
    // Nobody can go on from what was never cosigned.
    assert_eq!(refusal(ask(&store, &log.signed(2, 5))), sizes(2, 0));
    let line = ask(&store, &log.signed(0, 5)).unwrap();
    let named = cosigner("witness.example/one", &key(7));
    assert_eq!(
        named.verify(log.note(5).unverified_text(), &line),
        Some(at(1_711_454_460))
    );
    // Again, and on.
    ask(&store, &log.signed(5, 5)).unwrap();
    ask(&store, &log.signed(5, 8)).unwrap();
    assert_eq!(
        last(&store, &key(7).public(), "log.example/x")
            .unwrap()
            .unwrap()
            .size,
        TreeSize(8)
    );
    // Back, or as if for the first time.
    assert_eq!(refusal(ask(&store, &log.signed(5, 8))), sizes(5, 8));
    assert_eq!(refusal(ask(&store, &log.signed(0, 9))), sizes(0, 8));
    assert_eq!(refusal(ask(&store, &log.signed(5, 5))), sizes(5, 8));
    assert!(matches!(
        refusal(ask(&store, &log.signed(8, 5))),
        Refusal::Reversed { .. }
    ));
    // Another history of the same size, or of a larger one.
    assert!(matches!(
        refusal(ask(&store, &fork.signed(8, 8))),
        Refusal::OtherRoot { .. }
    ));
    assert!(matches!(
        refusal(ask(&store, &fork.signed(8, 9))),
        Refusal::Proof(_)
    ));
    // The right head with a proof that is not one.
    let good = prove_consistency(TreeSize(8), TreeSize(9), &log.nodes[..]).unwrap();
    for bad in [
        vec![],
        good[1..].to_vec(),
        [&good[..], &good[..1]].concat(),
        good.iter().map(|h| TreeHash(h.0.map(|b| b ^ 1))).collect(),
    ] {
        let request = Request::new(TreeSize(8), bad, log.note(9)).unwrap();
        let request = request.by_one_of(&[log.vkey()]).unwrap();
        assert!(matches!(refusal(ask(&store, &request)), Refusal::Proof(_)));
    }
    ask(&store, &log.signed(8, 9)).unwrap();
    // Another log has a memory of its own.
    let other = Log {
        origin: "log.example/y".into(),
        ..Log::of(4, 4)
    };
    ask(&store, &other.signed(0, 4)).unwrap();
}

#[test]
fn the_empty_head_is_cosigned_only_with_its_own_root() {
    let (store, log) = (MemoryStore::new(), Log::of(3, 3));
    ask(&store, &log.signed(0, 0)).unwrap();
    ask(&store, &log.signed(0, 0)).unwrap();
    let mut wrong = Log::of(0, 0);
    wrong.roots[0] = TreeHash([9; 32]);
    assert!(matches!(
        refusal(ask(&store, &wrong.signed(0, 0))),
        Refusal::OtherRoot { .. }
    ));
    // From nothing the proof is empty.
    let request = Request::new(TreeSize(0), vec![TreeHash([1; 32])], log.note(3)).unwrap();
    let request = request.by_one_of(&[log.vkey()]).unwrap();
    assert!(matches!(refusal(ask(&store, &request)), Refusal::Proof(_)));
    ask(&store, &log.signed(0, 3)).unwrap();
}

#[test]
fn only_a_trusted_log_is_cosigned_and_never_by_its_own_key() {
    let log = Log::of(3, 3);
    let unknown = log.request(0, 3).by_one_of(&[]).unwrap_err();
    assert!(matches!(unknown, Untrusted::UnknownOrigin { .. }));
    let other = VerifierKey::new(name("log.example/x"), key(2).public()).unwrap();
    let forged = log
        .request(0, 3)
        .by_one_of(std::slice::from_ref(&other))
        .unwrap_err();
    assert!(matches!(forged, Untrusted::Signature(_)));
    let _ = log.request(0, 3).by_one_of(&[other, log.vkey()]).unwrap();
    let named = cosigner("witness.example/one", &key(1));
    let outcome = cosign(
        &MemoryStore::new(),
        &key(1),
        &named,
        &log.signed(0, 3),
        || at(1),
    );
    assert_eq!(refusal(outcome), Refusal::LogKey);
}

#[test]
fn a_request_has_one_form() {
    let log = Log::of(9, 9);
    let text = log.request(5, 9).to_string();
    assert_eq!(Request::parse(text.as_bytes()).unwrap(), log.request(5, 9));
    let wrong = |text: &str| Request::parse(text.as_bytes()).unwrap_err();
    for old in [
        "old 05\n",
        "old +5\n",
        "old  5\n",
        "old\n",
        "Old 5\n",
        "old 5 \n",
        "old -1\n",
        "old 18446744073709551616\n",
        "",
    ] {
        assert_eq!(
            wrong(&text.replacen("old 5\n", old, 1)),
            RequestError::Old,
            "{old:?}"
        );
    }
    let hash = base64(&[1; 32]);
    let many = |n: usize| {
        text.replacen(
            "old 5\n",
            &format!("old 5\n{}", format!("{hash}\n").repeat(n)),
            1,
        )
    };
    assert!(Request::parse(many(50).as_bytes()).is_ok());
    assert_eq!(wrong(&many(64)), RequestError::TooManyHashes);
    assert_eq!(
        wrong(&text.replacen("old 5\n", "old 5\nAAAA\n", 1)),
        RequestError::Hash { line: 2 }
    );
    assert_eq!(wrong("old 5\n"), RequestError::NoCheckpoint);
    assert!(matches!(wrong("old 5\n\n"), RequestError::Note(_)));
    assert!(matches!(
        wrong(&"x".repeat(70_000)),
        RequestError::TooLong { .. }
    ));
    let long = Log {
        origin: "x".repeat(513),
        ..Log::of(1, 1)
    };
    let text = format!(
        "old 0\n\n{}",
        String::from_utf8_lossy(long.note(1).as_bytes())
    );
    assert!(matches!(wrong(&text), RequestError::Origin { found: 513 }));
}

#[test]
fn while_somebody_else_cosigns_nobody_does() {
    let (store, log) = (MemoryStore::new(), Log::of(3, 3));
    let lock = store.lock().unwrap();
    assert!(matches!(
        ask(&store, &log.signed(0, 3)),
        Err(WitnessError::Busy)
    ));
    drop(lock);
    ask(&store, &log.signed(0, 3)).unwrap();
}

/// Two histories that part at 3, both asking until they are served; whatever operation fails, and whatever a crash
/// then loses, the heads that were cosigned lie in one of them.
#[test]
fn whatever_fails_two_histories_are_never_cosigned() {
    let (ours, theirs) = (Log::of(9, 9), Log::of(9, 3));
    let begun = MemoryStore::new();
    ask(&begun, &ours.signed(0, 2)).unwrap();
    let crashes = [Crash::KeepAll, Crash::LoseUnsynced]
        .into_iter()
        .chain((0..6).map(Crash::Mixture));
    let mut given_out = 0;
    for fault in [Fault::Error, Fault::Short, Fault::Late] {
        for at in 0..12 {
            for plan in [Plan::Once(at, fault), Plan::From(at, fault)] {
                let mut histories: Vec<(&Log, u64)> = vec![(&ours, 2)];
                let faulty = Faulty::new(begun.duplicate(), VolatileMemory::new(), plan);
                for _ in 0..2 {
                    if ask(&faulty, &ours.signed(2, 6)).is_ok() {
                        histories.push((&ours, 6));
                    }
                }
                for crash in crashes.clone() {
                    let after = faulty.store.after(crash);
                    let mut histories = histories.clone();
                    // Another machine would not know where to go on: it tries from everywhere, with both.
                    for (log, old, size) in [
                        (&theirs, 2, 7),
                        (&theirs, 6, 7),
                        (&ours, 2, 8),
                        (&ours, 6, 8),
                        (&theirs, 2, 9),
                        (&theirs, 7, 9),
                        (&ours, 8, 9),
                    ] {
                        if ask(&after, &log.signed(old, size)).is_ok() {
                            histories.push((log, size));
                        }
                    }
                    given_out += histories.len();
                    let agree = |log: &Log| {
                        let same = |(of, size): &(&Log, u64)| {
                            of.roots[*size as usize] == log.roots[*size as usize]
                        };
                        histories.iter().all(same)
                    };
                    assert!(agree(&ours) || agree(&theirs), "{plan:?} {crash:?}");
                    // The memory is never by halves, so that an honest witness can always go on.
                    assert!(
                        last(&after, &key(7).public(), "log.example/x")
                            .unwrap()
                            .is_some()
                    );
                }
            }
        }
    }
    assert!(given_out > 2_000, "{given_out}");
}
