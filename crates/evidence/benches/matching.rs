//! Matching beside its floor: folding every name of both sides once and looking each up by its key.
//!
//! Both sides run in one process, in turn, and medians are compared. Prints `floor / measured` and the absolute time.
//! `MATCHING_SIZE` sets how many vessels and rows there are (10,000 each), `SEAPROOF_ROUNDS` the rounds (7).

#![allow(missing_docs, reason = "a benchmark is no library")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use seaproof_evidence::folding::name_key;
use seaproof_evidence::ids::Imo;
use seaproof_evidence::lists::{CaseVessel, How, Snapshot, propose, read};

const SYLLABLES: &[&str] = &[
    "Paek", "Yang", "San", "Chon", "Ma", "Gang", "Ryong", "Un", "Hung", "Wol", "Bong", "Yu", "Son",
    "Song", "Kum", "Jin", "Tae", "Dong", "Rim", "Hui", "Po", "Thong", "Sam", "Jong", "Nam",
    "Myong",
];
const REVISED: &[&str] = &[
    "Baek", "yang", "san", "cheon", "ma", "gang", "ryong", "eun", "heung", "wol", "bong", "yu",
    "seon", "seong", "geum", "jin", "tae", "dong", "rim", "hui", "po", "tong", "sam", "jeong",
    "nam", "myeong",
];

/// The n-th ship: syllables and a number.
fn syllables(n: usize) -> ([usize; 3], usize) {
    let mixed = n.wrapping_mul(2_654_435_761);
    let at = |shift: u32| (mixed >> shift) % SYLLABLES.len();
    ([at(3), at(11), at(19)], 1 + n % 20)
}

/// Every seventh number passes the check digit or is made to.
fn imo(n: usize) -> Imo {
    let first = (500_000 + n as u32 * 37 % 499_999) * 10;
    (first..first + 10)
        .find_map(|digits| Imo::try_from(digits).ok())
        .unwrap()
}

fn list(size: usize) -> Snapshot {
    let mut text =
        "ent_num,name,program,vessel_type,flag,owner,imo,imo_check_ok,mmsi,linked_to\n".to_owned();
    for n in 0..size {
        let (parts, number) = syllables(n);
        let name = parts.map(|at| SYLLABLES[at].to_uppercase()).join(" ");
        text.push_str(&format!(
            "{n},{name} {number},DPRK,Tanker,KP,,{},1,,\n",
            imo(n)
        ));
    }
    read(text.as_bytes()).unwrap()
}

/// A third each: the listed IMO number under another name, the same name in the South's spelling, a name
/// with a letter wrong and an IMO number that no row has.
fn case(size: usize) -> Vec<CaseVessel> {
    let vessel = |n: usize| {
        let (parts, number) = syllables(n);
        let revised = parts.map(|at| REVISED[at]).concat();
        let (name, imos) = match n % 3 {
            0 => (format!("M/V RENAMED STAR {n}"), vec![imo(n)]),
            1 => (format!("{revised} No. {number}"), Vec::new()),
            _ => (format!("{}x {number}", revised), vec![imo(n + size)]),
        };
        CaseVessel {
            id: n.to_string(),
            names: vec![name],
            imos,
            ..CaseVessel::default()
        }
    };
    (0..size).map(vessel).collect()
}

fn floor(vessels: &[CaseVessel], list: &Snapshot) -> usize {
    let names = list.rows.iter().flat_map(|row| &row.names);
    let keys: HashMap<String, u32> = names
        .zip(0..)
        .map(|(n, at)| (name_key(&n.text).sound, at))
        .collect();
    let mine = vessels.iter().flat_map(|vessel| &vessel.names);
    mine.filter(|name| keys.contains_key(&name_key(name).sound))
        .count()
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

fn main() {
    let size = number("MATCHING_SIZE", 10_000);
    let (list, case) = (list(size), case(size));
    let (mut floors, mut measured) = (Vec::new(), Vec::new());
    let mut found = None;
    for _ in 0..number("SEAPROOF_ROUNDS", 7) {
        floors.push(timed(|| floor(&case, &list)).0);
        let (time, proposals) = timed(|| propose(&case, &list));
        measured.push(time);
        found = Some(proposals);
    }
    let found = found.unwrap();
    let exact = |id: &str| {
        let of = found.proposals.iter().filter(|p| p.vessel == id);
        of.flat_map(|p| &p.matches).any(|m| m.how == How::ExactImo)
    };
    // Two rounds over all proposals of the vessels with a listed number would be slow; they stand in order.
    let listed: std::collections::HashSet<Imo> = list
        .rows
        .iter()
        .flat_map(|row| &row.imos)
        .map(|imo| imo.number)
        .collect();
    let due = case
        .iter()
        .filter(|v| v.imos.iter().any(|imo| listed.contains(imo)));
    let due: Vec<&str> = due.map(|vessel| vessel.id.as_str()).collect();
    let dropped = due.iter().step_by(97).filter(|id| !exact(id)).count();
    let all = found
        .proposals
        .iter()
        .filter(|p| p.matches[0].how == How::ExactImo)
        .count();
    let (floor, measured) = (median(floors), median(measured));
    println!(
        "{size} vessels against {size} rows: floor {floor:.1?} / measured {measured:.1?} = {:.2}; bar: under 2 s on one core",
        floor.as_secs_f64() / measured.as_secs_f64()
    );
    println!(
        "{} proposals, {all} by IMO number for {} vessels due one ({dropped} dropped among those looked at); {} vessels cut",
        found.proposals.len(),
        due.len(),
        found.cut.len()
    );
}
