//! Damage by a plan that is the same in every run.

use crate::Case;
use crate::common::forge::{Files, Segments, pack, unpack};

/// Numbers that look random (xorshift64*).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

pub fn mutants(name: &str, files: &Files, numbers: &mut Numbers) -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, bytes) in files.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let share = 4 + 8 * usize::from(path.starts_with("log/"));
        for _ in 0..share {
            let bit = numbers.below(bytes.len() * 8);
            let mut files = files.clone();
            files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            cases.push(Case::new(
                format!("{name}: {path} with bit {bit} flipped"),
                files,
            ));
        }
        for _ in 0..share / 4 {
            let length = numbers.below(bytes.len());
            let mut files = files.clone();
            files.get_mut(path).unwrap().truncate(length);
            cases.push(Case::new(format!("{name}: {path} cut at {length}"), files));
        }
    }
    let segments = unpack(files);
    let places: Vec<_> = (0..segments.len())
        .flat_map(|s| (0..segments[s].len()).map(move |r| (s, r)))
        .collect();
    let mut change = |what: &str, change: &dyn Fn(&mut Segments, &mut Numbers)| {
        let mut changed = segments.clone();
        change(&mut changed, numbers);
        if changed != segments && changed.iter().flatten().count() > 0 {
            cases.push(Case::new(format!("{name}: {what}"), pack(files, &changed)));
        }
    };
    for &(s, r) in &places {
        change(
            &format!("without record {r} of segment {s}"),
            &|segments, _| {
                segments[s].remove(r);
            },
        );
    }
    for round in 0..places.len() / 2 {
        change(&format!("with a record twice ({round})"), &|segments, n| {
            let (s, r) = places[n.below(places.len())];
            let record = segments[s][r].clone();
            let (s, r) = places[n.below(places.len())];
            segments[s].insert(r + 1, record);
        });
        change(
            &format!("with two records swapped ({round})"),
            &|segments, n| {
                let (s, r) = places[n.below(places.len())];
                let (t, q) = places[n.below(places.len())];
                let record = segments[s][r].clone();
                segments[s][r] = segments[t][q].clone();
                segments[t][q] = record;
            },
        );
    }
    for round in 0..40 {
        change(
            &format!("with a bit flipped and its CRC repaired ({round})"),
            &|segments, n| {
                let (s, r) = places[n.below(places.len())];
                let body = &mut segments[s][r].body;
                // Half of them among the fields of the statement, which are few bytes of many.
                let bound = if round % 2 == 0 { 219 } else { body.len() };
                let bit = n.below(bound * 8);
                body[bit / 8] ^= 1 << (bit % 8);
            },
        );
    }
    cases
}
