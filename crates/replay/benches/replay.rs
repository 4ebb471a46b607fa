//! Replay beside its floor: decoding the openings and computing the entry ids of the same bytes.
//!
//! `REPLAY_ENTRIES` sets the size (100,000). Prints floor / measured as medians over interleaved
//! rounds, then runs under criterion.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use seaproof_evidence::{
    AuthorKey, Class, Decoded, EntryId, EntryIndex, Event, Facts, Role, Standing, Timestamp,
};
use seaproof_ledger::ids::{Commitment, LedgerId, Seq, TreeHash, TreeSize};
use seaproof_ledger::statement::{Head, STATEMENT_LEN, Statement, entry_id};
use seaproof_replay::{Content, Recorded, State, apply};
use serde_json::{Value, json};

/// An entry as the log hands it over: a statement and the bytes of its facts.
struct Stored {
    class: Class,
    statement: [u8; STATEMENT_LEN],
    facts: Vec<u8>,
}

fn statement(class: Class, index: u64) -> [u8; STATEMENT_LEN] {
    Statement {
        class,
        ledger: LedgerId([1; 32]),
        key: AuthorKey([2; 32]),
        seq: Seq(index),
        prev: EntryId([3; 32]),
        observed: Head {
            size: TreeSize(index),
            root: TreeHash([4; 32]),
        },
        recorded_at: Timestamp(1_711_500_000_000 + index as i64),
        facts: Commitment([5; 32]),
        source: Commitment([6; 32]),
    }
    .encode()
}

/// What an investigation records: mostly movements of some vessels, on some documents.
fn event(n: u64) -> Value {
    let day = format!("2024-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
    let when = json!({"edtf": day, "sense": "on", "zone": "+09:00"});
    let place = json!({"locode": if n.is_multiple_of(3) { "KPCHO" } else { "RUVYP" }, "berth": "oil berth"});
    let basis = json!([{"of": 1, "at": {"page": 1 + n % 40, "line": format!("{}", 1 + n % 60)}}]);
    let mut event = match n % 10 {
        0..=4 => json!({"kind": "sighting", "about": 0, "place": place, "when": when,
            "status": "at anchor"}),
        5 | 6 => json!({"kind": "port-call", "about": 0, "place": place, "arrival": when}),
        7 => json!({"kind": "ais-silence", "about": 0, "when": when, "phase": "on the journey"}),
        8 => json!({"kind": "claim", "about": 0, "property": "flag", "value": {"country": "KP"},
            "when": when}),
        _ => json!({"kind": "loading", "about": 0, "product": {"says": "oil", "class": "refined"},
            "when": when}),
    };
    event["mode"] = json!("reported");
    event["origin"] = json!({"who": {"entry": 1}, "mode": "observed"});
    event["basis"] = basis;
    event["confidence"] = json!({"level": "possible", "reason": "one source"});
    event
}

fn facts(event: &Value, refs: Vec<EntryId>) -> (Class, Vec<u8>) {
    let event: Event = serde_json::from_value(event.clone()).unwrap();
    let facts = Facts {
        version: 1,
        kind: event.kind().to_owned(),
        kind_version: event.version(),
        label: None,
        exhibits: Vec::new(),
        refs,
        amendment: None,
        event: event.to_bytes(),
    };
    (event.class(), facts.encode())
}

fn log(entries: u64) -> Vec<Stored> {
    let mut log: Vec<Stored> = Vec::new();
    let mut vessels = Vec::new();
    let mut documents = Vec::new();
    for n in 0..entries {
        let (class, facts) = if n % 50 == 0 {
            let imo = json!({"kind": "vessel", "names": [{"latin": format!("Ship {n}")}],
                "flag": "KP", "mode": "reported"});
            facts(&imo, Vec::new())
        } else if n % 50 == 1 {
            let document = json!({"kind": "document", "publisher": "a paper", "hold": "cited",
                "title": format!("Report {n}")});
            facts(&document, Vec::new())
        } else {
            let pick = |of: &[EntryId]| of[(n as usize * 7_919) % of.len()];
            facts(&event(n), vec![pick(&vessels), pick(&documents)])
        };
        let statement = statement(class, n);
        match n % 50 {
            0 => vessels.push(entry_id(&statement)),
            1 => documents.push(entry_id(&statement)),
            _ => {}
        }
        log.push(Stored {
            class,
            statement,
            facts,
        });
    }
    log
}

/// What must be done in any case.
fn floor(log: &[Stored]) {
    for stored in log {
        let facts = Facts::decode(&stored.facts, stored.class).unwrap().unwrap();
        black_box(Decoded::of(stored.class, &facts));
        black_box(entry_id(&stored.statement));
    }
}

/// The same, and the entries applied.
fn applied(log: &[Stored]) -> State {
    let mut state = State::new();
    for (index, stored) in log.iter().enumerate() {
        let facts = Facts::decode(&stored.facts, stored.class).unwrap().unwrap();
        let recorded = Recorded {
            index: EntryIndex(index as u64),
            id: entry_id(&stored.statement),
            author: AuthorKey([2; 32]),
            standing: Standing {
                role: Some(Role::Investigator),
                authorised: true,
                suspect: false,
            },
            recorded_at: Timestamp(0),
            class: stored.class,
            label: None,
            amendment: None,
            content: Content::Withheld,
        };
        apply(&mut state, recorded.with_facts(Some(&facts)));
    }
    state
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed(), done)
}

fn ratios(log: &[Stored]) {
    let rounds = 7;
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..rounds {
        times[0].push(timed(|| floor(log)).0);
        let (apply, state) = timed(|| applied(log));
        let (settle, settled) = timed(|| state.settle());
        times[1].push(apply + settle);
        let (root, _) = timed(|| black_box(settled.root()));
        times[2].push(apply + settle + root);
        let (view, _) =
            timed(|| black_box(settled.findings(&seaproof_replay::tracks::Readings::default())));
        times[3].push(apply + settle + root + view);
    }
    let [floor, state, root, findings] = times.map(median);
    println!("replay of {} entries, floor {floor:?}", log.len());
    for (what, time) in [
        ("state", state),
        ("state and root", root),
        ("state, root and findings", findings),
    ] {
        let ratio = floor.as_secs_f64() / time.as_secs_f64();
        println!("replay: {what:<26} {time:>10.3?}   floor / measured {ratio:.2}");
    }
}

fn replay(criterion: &mut Criterion) {
    let entries = std::env::var("REPLAY_ENTRIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let log = log(entries);
    ratios(&log);
    let mut group = criterion.benchmark_group("replay");
    group.sample_size(10);
    group.bench_function("floor", |b| b.iter(|| floor(&log)));
    group.bench_function("state", |b| {
        b.iter(|| {
            let state = applied(&log);
            black_box(state.settle());
        });
    });
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);
