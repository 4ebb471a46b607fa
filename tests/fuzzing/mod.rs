//! Inputs mangled in every way from good ones, the same for the same seed. `SEAPROOF_FUZZ_ROUNDS` sets how many are
//! tried and `SEAPROOF_FUZZ_SEED` where to begin; a failure prints the seed of its input.

/// A small generator of numbers; the same seed gives the same ones.
pub struct Dice(u64);

impl Dice {
    /// A number below this one.
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// One of the good inputs, with up to five things done to it: bits flipped, parts cut, doubled, exchanged with those of
/// others, and pieces put in for which readers have a rule.
pub fn mangled(seeds: &[impl AsRef<[u8]>], pieces: &[impl AsRef<[u8]>], seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut bytes = seeds[dice.roll(seeds.len())].as_ref().to_vec();
    for _ in 0..dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(40)).min(bytes.len());
        match dice.roll(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let other = seeds[dice.roll(seeds.len())].as_ref().to_vec();
                bytes.splice(at..end, other);
            }
            5 => bytes.insert(at, dice.roll(256) as u8),
            _ => {
                let piece = pieces[dice.roll(pieces.len())].as_ref().to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn number(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |value| value.parse().expect("a number"))
}

/// Says which input it was when a check of it fails.
struct Tell(u64);

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("SEAPROOF_FUZZ_SEED={} SEAPROOF_FUZZ_ROUNDS=1", self.0);
        }
    }
}

/// Tries so many inputs unless the environment says another number; `attempt` tells whether one was accepted. Some must
/// be, and some not: else nothing is tested.
pub fn rounds(default: u64, mut attempt: impl FnMut(u64) -> bool) {
    let rounds = number("SEAPROOF_FUZZ_ROUNDS", default);
    let start = number("SEAPROOF_FUZZ_SEED", 1);
    let mut accepted = 0;
    for seed in start..start + rounds {
        let _tell = Tell(seed);
        accepted += u64::from(attempt(seed));
    }
    println!("{accepted} of {rounds} accepted");
    if rounds >= 1_000 {
        assert!(accepted > rounds / 50 && rounds - accepted > rounds / 50);
    }
}
