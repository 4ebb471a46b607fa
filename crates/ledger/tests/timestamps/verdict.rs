//! The verdict `timestamped`, every answer of it, and what tokens tell of entries and of authors' clocks.

use seaproof_ledger::anchors::{AnchorKind, AnchorName};
use seaproof_ledger::checkpoint::Checkpoint;
use seaproof_ledger::exhibit::exhibit_path;
use seaproof_ledger::ids::{
    ExhibitHash, ExhibitRef, LedgerId, Role, Timestamp, TreeHash, TreeSize,
};
use seaproof_ledger::keys::Signer;
use seaproof_ledger::statement::Head;
use seaproof_ledger::store::MemoryStore;
use seaproof_ledger::timestamp::{Roots, Timeline, Worth};
use seaproof_ledger::verify::{Answer, Code, Options, Report, Verdict, verify};
use sha2::{Digest, Sha256};

use super::common::forge::Forge;
use super::common::*;
use super::roots;
use super::stamping::{Party, Service, for_timestamps};

/// An hour after everything in these ledgers was recorded, by its authors' clocks.
const LATER: &str = "20240326130000Z";
const LATER_MS: i64 = 1_711_458_000_000;

/// A ledger of four entries: key 1 begins it, admits key 2, which records two.
fn four() -> Forge {
    let mut forge = Forge::new();
    forge.add(&key(1), admitting(key(2).public(), Role::Investigator));
    forge.add(&key(2), evidence("x"));
    forge.add(&key(2), evidence("y"));
    forge
}

fn text(ledger: LedgerId, head: Head) -> Vec<u8> {
    Checkpoint::of_ledger(&ledger, head)
        .to_string()
        .into_bytes()
}

/// Keeps a token; returns its bytes.
fn keep(forge: &mut Forge, size: TreeSize, bytes: Vec<u8>) -> AnchorName {
    let name = AnchorName::of(size, AnchorKind::Token, &bytes);
    forge.files.insert(name.path(), bytes);
    name
}

/// Keeps a token over the log as it is.
fn stamp(forge: &mut Forge, service: &Service, time: &str) -> AnchorName {
    let head = forge.head();
    let bytes = service.stamp(&text(forge.ledger, head), time);
    keep(forge, head.size, bytes)
}

fn checked(forge: &Forge, roots: Option<&Roots>) -> Report {
    let store = MemoryStore::new();
    for (path, bytes) in forge.files() {
        store.put(&path, bytes);
    }
    let options = Options {
        tsa_roots: roots,
        ..Options::default()
    };
    verify(&store, &options)
}

#[track_caller]
fn hold(report: &Report, answer: Answer, codes: &[Code]) {
    let found: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
    assert_eq!(found, codes, "{:#?}", report.problems);
    assert_eq!(report.answer(Verdict::Timestamped), answer);
    for verdict in &Verdict::ALL[..4] {
        assert_eq!(report.answer(*verdict), Answer::Pass, "{}", verdict.name());
    }
    // A timestamp alone never shows that nothing newer exists.
    assert_eq!(report.answer(Verdict::Fresh), Answer::NotChecked);
}

#[test]
fn it_passes_if_all_that_the_checkpoint_covers_lies_under_a_trusted_token() {
    let service = Service::new();
    let roots = roots(service.roots());
    let mut forge = four();
    forge.checkpoint(&key(1));
    hold(&checked(&forge, Some(&roots)), Answer::NotChecked, &[]);
    let name = stamp(&mut forge, &service, LATER);
    hold(&checked(&forge, None), Answer::NotChecked, &[]);
    let report = checked(&forge, Some(&roots));
    hold(&report, Answer::Pass, &[]);
    let token = &report.tokens[0];
    assert_eq!((token.name, token.recorded_at), (name, None));
    assert!(matches!(token.worth(), Worth::Trusted(by) if by.name == "CN=Trial Clock"));
    assert_eq!(token.stamp().map(|s| s.gen_time.0), Some(LATER_MS));
    // What stands beyond the checkpoint is not asked for.
    let mut more = forge;
    more.add(&key(2), evidence("z"));
    hold(&checked(&more, Some(&roots)), Answer::Pass, &[]);
    // A newer checkpoint is.
    more.checkpoint(&key(1));
    hold(&checked(&more, Some(&roots)), Answer::Partly, &[]);
    stamp(&mut more, &service, "20240326140000Z");
    hold(&checked(&more, Some(&roots)), Answer::Pass, &[]);
}

#[test]
fn without_a_checkpoint_the_whole_log_must_lie_under_a_token() {
    let service = Service::new();
    let roots = roots(service.roots());
    let mut forge = four();
    stamp(&mut forge, &service, LATER);
    let report = checked(&forge, Some(&roots));
    assert_eq!(report.answer(Verdict::Timestamped), Answer::Pass);
    forge.add(&key(2), evidence("z"));
    let report = checked(&forge, Some(&roots));
    assert_eq!(report.answer(Verdict::Timestamped), Answer::Partly);
}

#[test]
fn it_is_partly_known_where_the_log_breaks_off() {
    let service = Service::new();
    let roots = roots(service.roots());
    let mut forge = four();
    forge.checkpoint(&key(1));
    stamp(&mut forge, &service, LATER);
    // A token over all that can still be read.
    let mut files = forge.files();
    let segment = files.get_mut("log/00000000.seg").unwrap();
    let more = segment.clone();
    segment.extend(&more[..1]);
    let store = MemoryStore::new();
    for (path, bytes) in &files {
        store.put(path, bytes.clone());
    }
    let options = Options {
        tsa_roots: Some(&roots),
        ..Options::default()
    };
    // A torn tail leaves the log whole before it.
    let report = verify(&store, &options);
    assert_eq!(report.answer(Verdict::Timestamped), Answer::Pass);
    // A record that is none ends it: the token's head is not reached.
    let segment = files.get_mut("log/00000000.seg").unwrap();
    let last = more.windows(4).rposition(|w| w == b"SPR1").unwrap();
    segment[last] ^= 1;
    store.put("log/00000000.seg", segment.clone());
    let report = verify(&store, &options);
    assert_eq!(report.answer(Verdict::Timestamped), Answer::NotChecked);
    assert!(matches!(report.tokens[0].worth(), Worth::Beyond));
}

#[test]
fn a_token_of_nobody_whom_the_caller_trusts_is_none() {
    let service = Service::new();
    let trusted = roots(service.roots());
    let stranger = Party::new("Stranger", 8);
    let mut other = Service::new();
    other.root_certificate =
        stranger.certified(&stranger, 1, super::stamping::DATES, &for_timestamps());
    let others = roots(other.roots());
    let mut forge = four();
    forge.checkpoint(&key(1));
    stamp(&mut forge, &service, LATER);
    let untrusted = [Code::TimestampUntrusted];
    let report = checked(&forge, Some(&others));
    hold(&report, Answer::Fail, &untrusted);
    assert!(report.problems[0].message.contains("Trial Root"));
    // Expired when it stamped.
    let mut late = four();
    late.checkpoint(&key(1));
    stamp(
        &mut late,
        &Service::dated(("20200101000000Z", "20201231235959Z")),
        LATER,
    );
    let report = checked(&late, Some(&trusted));
    hold(&report, Answer::Fail, &untrusted);
    assert!(report.problems[0].message.contains("not valid at its time"));
    // Beside one that is trusted it does no harm.
    stamp(&mut late, &service, LATER);
    hold(&checked(&late, Some(&trusted)), Answer::Pass, &[]);
    // Without roots nobody was asked.
    hold(&checked(&late, None), Answer::NotChecked, &[]);
}

#[test]
fn what_is_wrong_with_a_token_needs_no_roots_to_be_seen() {
    let service = Service::new();
    let trusted = roots(service.roots());
    let mut forge = four();
    forge.checkpoint(&key(1));
    stamp(&mut forge, &service, LATER);
    let head = forge.head();
    let other = Head {
        size: head.size,
        root: TreeHash([6; 32]),
    };
    let mut wrong = service.stamp(&text(forge.ledger, head), LATER);
    let place = wrong.len() - 1;
    wrong[place] ^= 1;
    for (bytes, code) in [
        (b"nothing".to_vec(), Code::TimestampMalformed),
        (
            service.stamp(&text(forge.ledger, other), LATER),
            Code::TimestampOther,
        ),
        (
            service.stamp(&text(LedgerId([7; 32]), head), LATER),
            Code::TimestampOther,
        ),
        (wrong, Code::TimestampInvalid),
    ] {
        let mut with = four();
        with.files = forge.files.clone();
        let name = keep(&mut with, head.size, bytes);
        for roots in [None, Some(&trusted)] {
            let report = checked(&with, roots);
            hold(&report, Answer::Fail, &[code]);
            assert_eq!(report.problems[0].file, Some(name.path()));
        }
    }
    // One over a head that the log does not reach cannot be judged.
    let far = service.stamp(&text(forge.ledger, other), LATER);
    keep(&mut forge, TreeSize(9), far);
    let report = checked(&forge, Some(&trusted));
    hold(&report, Answer::Pass, &[]);
    assert!(matches!(report.tokens[0].worth(), Worth::Beyond));
}

/// Adds an entry by key 2 that names a token as an exhibit.
fn record(forge: &mut Forge, token: AnchorName) {
    let bytes = forge.files[&token.path()].clone();
    let hash = ExhibitHash(Sha256::digest(&bytes).into());
    let length = bytes.len() as u64;
    forge.files.insert(exhibit_path(&hash), bytes);
    forge.add(&key(2), naming(ExhibitRef { hash, length }));
}

#[test]
fn an_entry_that_names_a_token_bounds_those_that_observed_it() {
    let service = Service::new();
    let roots = roots(service.roots());
    let mut forge = four();
    let first = stamp(&mut forge, &service, "20240326110000Z");
    record(&mut forge, first);
    forge.add(&key(2), evidence("z"));
    forge.checkpoint(&key(1));
    let second = stamp(&mut forge, &service, LATER);
    let report = checked(&forge, Some(&roots));
    hold(&report, Answer::Pass, &[]);
    let dated: Vec<_> = report.tokens.iter().filter_map(|t| t.dated()).collect();
    let line = Timeline::new(&dated);
    let of = |index: u64, observed| {
        let found = line.of(seaproof_ledger::ids::EntryIndex(index), TreeSize(observed));
        (found.after.map(|b| b.token), found.before.map(|b| b.token))
    };
    assert_eq!(of(3, 3), (None, Some(first)));
    assert_eq!(of(4, 4), (Some(first), Some(second)));
    assert_eq!(of(5, 5), (Some(first), Some(second)));
    // The clocks of these ledgers stand at noon, between the two.
    let noon = 1_711_454_400_000;
    assert_eq!(NOW, Timestamp(noon));
    let told: Vec<_> = report
        .clocks
        .listed
        .iter()
        .map(|c| (c.entry.0, c.before, c.bound.token))
        .collect();
    // Entries below the first token were recorded after it, by their authors' clocks: one is told for all.
    assert_eq!(told, [(0, true, first)]);
    assert_eq!(report.clocks.count, 1);
}

#[test]
fn a_clock_that_stood_before_a_token_that_its_author_had_seen_is_told() {
    let service = Service::new();
    let roots = roots(service.roots());
    let mut forge = four();
    let token = stamp(&mut forge, &service, LATER);
    record(&mut forge, token);
    forge.add(&key(2), evidence("z"));
    forge.checkpoint(&key(1));
    let report = checked(&forge, Some(&roots));
    hold(&report, Answer::Partly, &[]);
    let told: Vec<_> = report
        .clocks
        .listed
        .iter()
        .map(|c| (c.entry.0, c.before))
        .collect();
    assert_eq!(told, [(4, false), (5, false)]);
    let bound = report.clocks.listed[0].bound;
    assert_eq!((bound.token, bound.time.0), (token, LATER_MS - 1_500));
    // Without trust a token contradicts nobody.
    assert_eq!(checked(&forge, None).clocks.count, 0);
}
