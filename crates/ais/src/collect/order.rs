//! Records in their order, without moving them: what is sorted is their keys.

use super::record::Record;

/// Records that are gathered at a time: their places are known, so that none waits for another.
const BLOCK: usize = 64;
/// Fewer are not worth counting digits for.
const FEW: usize = 1 << 11;
const DIGIT: usize = 11;
const DIGITS: usize = 6;

/// Records, and where the lowest of them stands, the next, and so on.
#[derive(Debug, Default)]
pub(super) struct InOrder {
    records: Vec<Record>,
    order: Vec<u32>,
}

/// What decides between most records, and where the record stands.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    // Not as one word, so that a key takes 12 bytes.
    high: u32,
    low: u32,
    at: u32,
}

impl Key {
    fn of(record: &Record, at: u32) -> Self {
        let word = record.0[0];
        Self {
            high: (word >> 32) as u32,
            low: word as u32,
            at,
        }
    }

    #[inline]
    fn word(&self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }

    #[inline]
    fn digit(&self, digit: usize) -> usize {
        (self.word() >> (digit * DIGIT)) as usize % (1 << DIGIT)
    }
}

impl InOrder {
    /// The most records that can be put in order together.
    pub(super) const MOST: usize = u32::MAX as usize;

    /// Takes for each record 24 bytes meanwhile, and 4 afterwards. There are no more than [`Self::MOST`].
    pub(super) fn new(records: Vec<Record>) -> Self {
        let mut keys: Vec<Key> = (0..)
            .zip(&records)
            .map(|(at, record)| Key::of(record, at))
            .collect();
        if keys.len() < FEW {
            keys.sort_unstable_by_key(Key::word);
        } else {
            keys = by_digits(keys);
        }
        let record = |key: &Key| &records[key.at as usize];
        for alike in keys.chunk_by_mut(|a, b| a.word() == b.word()) {
            if alike.len() > 1 {
                alike.sort_unstable_by_key(record);
            }
        }
        let order = keys.into_iter().map(|key| key.at).collect();
        Self { records, order }
    }

    /// The memory of its records, for others.
    pub(super) fn into_empty(mut self) -> Vec<Record> {
        self.records.clear();
        self.records
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// All, lowest first.
    pub(super) fn iter(&self) -> Cursor<'_> {
        let mut cursor = Cursor {
            records: &self.records,
            order: &self.order,
            block: Vec::with_capacity(BLOCK),
            at: 0,
        };
        cursor.gather();
        cursor
    }
}

/// Sorts keys by their words, from the lowest digit to the highest: what is alike in one keeps its order.
fn by_digits(mut keys: Vec<Key>) -> Vec<Key> {
    let mut counts = vec![[0u32; 1 << DIGIT]; DIGITS];
    for key in &keys {
        for (digit, counts) in counts.iter_mut().enumerate() {
            counts[key.digit(digit)] += 1;
        }
    }
    let mut sorted = vec![Key::default(); keys.len()];
    for (digit, counts) in counts.iter_mut().enumerate() {
        if counts.iter().any(|count| *count as usize == keys.len()) {
            continue;
        }
        let mut next = 0;
        for count in counts.iter_mut() {
            next += std::mem::replace(count, next);
        }
        for key in &keys {
            let place = &mut counts[key.digit(digit)];
            sorted[*place as usize] = *key;
            *place += 1;
        }
        std::mem::swap(&mut keys, &mut sorted);
    }
    keys
}

/// Where a reader of sorted records stands.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    records: &'a [Record],
    /// Those after the block.
    order: &'a [u32],
    block: Vec<Record>,
    at: usize,
}

impl Cursor<'_> {
    /// The record that comes next.
    #[inline]
    pub(super) fn first(&self) -> Option<&Record> {
        self.block.get(self.at)
    }

    /// Passes over it.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.at += 1;
        if self.at >= self.block.len() {
            self.gather();
        }
    }

    fn gather(&mut self) {
        let (next, rest) = self.order.split_at(BLOCK.min(self.order.len()));
        self.order = rest;
        self.block.clear();
        self.block
            .extend(next.iter().map(|at| self.records[*at as usize]));
        self.at = 0;
    }
}

impl Iterator for Cursor<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let first = self.first().copied();
        self.advance();
        first
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Words of which many share bits, so that every digit decides somewhere, and some are alike.
    fn words() -> impl Strategy<Value = [u64; 6]> {
        let word = prop_oneof![0u64..4, any::<u64>(), (0u32..64).prop_map(|bit| 1 << bit)];
        (word, 0u64..3).prop_map(|(word, rest)| [word, rest, 0, 0, 0, rest])
    }

    fn agrees(records: Vec<Record>) {
        let mut expected = records.clone();
        expected.sort();
        let sorted: Vec<Record> = InOrder::new(records).iter().collect();
        assert!(sorted == expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn few_come_in_their_order(words in proptest::collection::vec(words(), 0..200)) {
            agrees(words.into_iter().map(Record).collect());
        }

        #[test]
        fn many_come_in_their_order(words in proptest::collection::vec(words(), 3_000..3_100)) {
            agrees(words.into_iter().map(Record).collect());
        }
    }
}
