//! What may be cut from a log's end, and what must not be (FORMAT.md §12).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::*;
use seaproof_ledger::ids::{LedgerId, Role};
use seaproof_ledger::keys::{SecretKey, Signer};
use seaproof_ledger::memory::{SignerMemory, VolatileMemory};
use seaproof_ledger::record::{SEGMENT_HEADER_LEN, encode_record};
use seaproof_ledger::store::{MemoryStore, Store};
use seaproof_ledger::verify::{Answer, Code, Options, Verdict, verify};
use seaproof_ledger::writer::{Draft, WriteError, Writer};

const FIRST: &str = "log/00000000.seg";
const SECOND: &str = "log/00000001.seg";

/// A ledger and what its signers remember, at some moment.
struct Moment {
    store: MemoryStore,
    /// The custodian's, who signs no entries but the first ones.
    field: VolatileMemory,
    desk: VolatileMemory,
    ledger: LedgerId,
}

/// The custodian begins a ledger with a checkpoint over two entries; then the investigator records these
/// commits, into segments of at most this size.
fn recorded(commits: &[&[Draft]], segment_bytes: u64) -> Moment {
    let (store, field, desk) = (
        MemoryStore::new(),
        VolatileMemory::new(),
        VolatileMemory::new(),
    );
    let admit = [admitting(key(2).public(), Role::Investigator)];
    let writer = Writer::init(&store, &field, salts(), &key(1), &genesis(), &admit).unwrap();
    let ledger = writer.ledger();
    writer.close();
    let mut writer = reopen(&store, &desk, &key(2), 1);
    writer.set_segment_bytes(segment_bytes);
    for commit in commits {
        writer.append(&key(2), commit).unwrap();
    }
    // The cache is left behind, so that opening reads the log.
    drop(writer);
    Moment {
        store,
        field,
        desk,
        ledger,
    }
}

fn texts(name: &str, count: usize) -> Vec<Draft> {
    (0..count)
        .map(|i| evidence(&format!("{name} {i} {}", "long ".repeat(200))))
        .collect()
}

impl Moment {
    /// The same with a file's bytes changed.
    fn with(&self, path: &str, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let store = self.store.duplicate();
        let mut bytes = store.get(path).unwrap();
        change(&mut bytes);
        store.put(path, bytes);
        let copy = |from: &VolatileMemory, by: SecretKey| {
            let to = VolatileMemory::new();
            if let Some(known) = from.recall(self.ledger, by.public()).unwrap() {
                to.remember(self.ledger, by.public(), &known).unwrap();
            }
            to
        };
        Self {
            field: copy(&self.field, key(1)),
            desk: copy(&self.desk, key(2)),
            ledger: self.ledger,
            store,
        }
    }

    /// The custodian, who knows only the checkpoint, opens it: the tail is cut, and work goes on.
    fn is_cut(&self, entries: u64, what: &str) {
        let report = report(&self.store);
        let codes: Vec<Code> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, [Code::TornTail], "{what}: {:#?}", report.problems);
        assert_eq!(report.entries.0, entries, "{what}");
        assert_eq!(report.answer(Verdict::Intact), Answer::Fail);
        assert_eq!(report.answer(Verdict::Attributable), Answer::Pass);
        let mut writer = reopen(&self.store, &self.field, &key(1), 3);
        assert_eq!(writer.head().size.0, entries, "{what}");
        writer.append(&key(1), &[evidence("after")]).unwrap();
        drop(writer);
        assert_eq!(assert_sound(&self.store).entries.0, entries + 1, "{what}");
    }

    /// Opening is refused to this key, and not a byte changes; verification says `code`.
    fn is_refused(&self, by: &SecretKey, code: Code, what: &str) -> WriteError {
        let before = authoritative(&self.store);
        let found = report(&self.store);
        assert!(
            found.problems.iter().any(|p| p.code == code),
            "{what}: {:#?}",
            found.problems
        );
        let memory = match by.public() == key(1).public() {
            true => &self.field,
            false => &self.desk,
        };
        let opened = Writer::open(&self.store, memory, salts(), by.public());
        let Err(error) = opened else {
            panic!("{what}: it was opened");
        };
        assert!(
            authoritative(&self.store) == before,
            "{what}: it was written"
        );
        error
    }
}

#[test]
fn a_torn_single_entry_is_cut_at_whatever_byte_it_ends() {
    let whole = recorded(&[&texts("kept", 1)], 1 << 20);
    let kept = whole.store.get(FIRST).unwrap().len();
    let whole = recorded(&[&texts("kept", 1), &texts("torn", 1)], 1 << 20);
    let all = whole.store.get(FIRST).unwrap().len();
    for length in kept + 1..all {
        let what = format!("{length} of {all}");
        whole
            .with(FIRST, |bytes| bytes.truncate(length))
            .is_cut(3, &what);
    }
}

#[test]
fn a_torn_batch_is_cut_whichever_of_its_blocks_were_written() {
    let kept = recorded(&[&texts("kept", 1)], 1 << 20);
    let kept = kept.store.get(FIRST).unwrap().len();
    let whole = recorded(&[&texts("kept", 1), &texts("torn", 4)], 1 << 20);
    let all = whole.store.get(FIRST).unwrap().len();
    let blocks: Vec<(usize, usize)> = (kept / 512..all.div_ceil(512))
        .map(|block| ((block * 512).max(kept), (block * 512 + 512).min(all)))
        .collect();
    assert!(blocks.len() > 8);
    let tear = |missing: &dyn Fn(usize) -> bool, what: &str| {
        whole
            .with(FIRST, |bytes| {
                for (i, (from, to)) in blocks.iter().enumerate() {
                    if missing(i) {
                        bytes[*from..*to].fill(0);
                    }
                }
            })
            .is_cut(3, what);
    };
    for one in 0..blocks.len() {
        tear(&|i| i == one, &format!("all but block {one}"));
        tear(&|i| i != one, &format!("only block {one}"));
        tear(&|i| i >= one, &format!("those before block {one}"));
        tear(&|i| i <= one, &format!("those behind block {one}"));
    }
    for pattern in 1u32..200 {
        let missing = |i: usize| pattern.wrapping_mul(0x9e37_79b9).rotate_left(i as u32) & 1 == 1;
        if (0..blocks.len()).any(missing) {
            tear(&missing, &format!("pattern {pattern}"));
        }
    }
}

#[test]
fn a_torn_new_segment_is_cut_as_a_whole() {
    let whole = recorded(&[&texts("kept", 2), &texts("torn", 2)], 4_000);
    let all = whole.store.get(SECOND).unwrap().len();
    let header = SEGMENT_HEADER_LEN;
    for length in [
        0,
        1,
        30,
        header - 1,
        header,
        header + 1,
        header + 400,
        all - 1,
    ] {
        let torn = whole.with(SECOND, |bytes| bytes.truncate(length));
        torn.is_cut(4, &format!("{length} of {all} bytes"));
        // Gone, or begun anew for what came after it.
        let begun = torn.store.get(SECOND);
        assert!(begun.is_none_or(|bytes| bytes.len() > header));
    }
    whole
        .with(SECOND, |bytes| bytes[..512].fill(0))
        .is_cut(4, "a header of zeros, and a batch without its beginning");
}

#[test]
fn damage_with_a_whole_commit_behind_it_is_not_cut() {
    let commits = [texts("a", 1), texts("b", 2), texts("c", 1)];
    let commits: Vec<&[Draft]> = commits.iter().map(Vec::as_slice).collect();
    let whole = recorded(&commits, 1 << 20);
    let bytes = whole.store.get(FIRST).unwrap();
    let ends: Vec<usize> = (1..=3)
        .map(|n| {
            let part = recorded(&commits[..n], 1 << 20);
            part.store.get(FIRST).unwrap().len()
        })
        .collect();
    assert_eq!(*ends.last().unwrap(), bytes.len());
    let begin = recorded(&[], 1 << 20).store.get(FIRST).unwrap().len();
    // In the first and the second of the three commits; the custodian remembers none of them.
    for at in (begin..ends[1]).step_by(7) {
        let what = format!("byte {at}");
        let harmed = whole.with(FIRST, |bytes| bytes[at] ^= 0x10);
        let error = harmed.is_refused(&key(1), Code::RecordDamaged, &what);
        assert!(
            matches!(error, WriteError::DamagedTail { .. }),
            "{what}: {error}"
        );
        let lost = whole.with(FIRST, |bytes| bytes[at..ends[1]].fill(0xff));
        lost.is_refused(&key(1), Code::RecordDamaged, &what);
    }
    // Also when what is in front of it was lost altogether.
    whole
        .with(FIRST, |bytes| drop(bytes.drain(begin..ends[0] + 5)))
        .is_refused(&key(1), Code::RecordDamaged, "a hole");
    // A whole commit may stand at any distance from where the damage begins.
    let far = whole.with(FIRST, |bytes| {
        let last = bytes[ends[1]..].to_vec();
        bytes.truncate(ends[1]);
        bytes.extend(vec![0; 9 << 20]);
        bytes.extend(last);
    });
    far.is_refused(&key(1), Code::RecordDamaged, "nine MiB of zeros");
}

#[test]
fn damage_in_a_segment_that_is_not_the_last_is_not_cut() {
    let whole = recorded(&[&texts("a", 2), &texts("b", 2)], 4_000);
    let length = whole.store.get(FIRST).unwrap().len();
    for cut in [length - 1, length - 300] {
        let harmed = whole.with(FIRST, |bytes| bytes.truncate(cut));
        harmed.is_refused(&key(1), Code::RecordDamaged, &format!("{cut}"));
    }
    whole
        .with(FIRST, |bytes| bytes[length - 1] ^= 1)
        .is_refused(&key(1), Code::RecordDamaged, "a bit");
    // A whole segment in front of the last one.
    let gone = whole.with(FIRST, |_| {});
    gone.store.remove(FIRST).unwrap();
    gone.is_refused(&key(1), Code::SegmentMissing, "without the first segment");
    // A damaged header, with whole commits behind it.
    whole.with(SECOND, |bytes| bytes[3] ^= 1).is_refused(
        &key(1),
        Code::SegmentHeader,
        "the header",
    );
}

#[test]
fn nothing_below_the_checkpoint_is_cut() {
    let whole = recorded(&[&texts("covered", 2)], 1 << 20);
    let begin = recorded(&[], 1 << 20).store.get(FIRST).unwrap().len();
    for cached in [false, true] {
        let covered = whole.with(FIRST, |_| {});
        let mut writer = reopen(&covered.store, &covered.field, &key(1), 2);
        writer.checkpoint(&key(1)).unwrap();
        match cached {
            true => writer.close(),
            false => drop(writer),
        }
        let all = covered.store.get(FIRST).unwrap().len();
        for length in (begin + 1..all).step_by(97) {
            // Nobody remembers anything but the checkpoint.
            let mut torn = covered.with(FIRST, |bytes| bytes.truncate(length));
            torn.field = VolatileMemory::new();
            let what = format!("{length} of {all} bytes, cached: {cached}");
            let error = torn.is_refused(&key(1), Code::TornTail, &what);
            assert!(
                matches!(error, WriteError::RolledBack { .. }),
                "{what}: {error}"
            );
            let found = report(&torn.store);
            assert!(
                found
                    .problems
                    .iter()
                    .any(|p| p.code == Code::BehindCheckpoint)
            );
        }
        // Nor is a log that ends between commits taken for the whole.
        let mut cut = covered.with(FIRST, |bytes| bytes.truncate(begin));
        cut.field = VolatileMemory::new();
        cut.is_refused(&key(1), Code::BehindCheckpoint, "between commits");
    }
}

#[test]
fn nothing_that_the_signer_remembers_is_cut() {
    let uncached = recorded(&[&texts("a", 1), &texts("remembered", 2)], 1 << 20);
    let kept = recorded(&[&texts("a", 1)], 1 << 20);
    let kept = kept.store.get(FIRST).unwrap().len();
    let cached = uncached.with(FIRST, |_| {});
    reopen(&cached.store, &cached.desk, &key(2), 4).close();
    for (whole, name) in [(&uncached, "uncached"), (&cached, "cached")] {
        let all = whole.store.get(FIRST).unwrap().len();
        for length in (kept..all).step_by(61) {
            let torn = whole.with(FIRST, |bytes| bytes.truncate(length));
            let what = format!("{length} of {all} bytes, {name}");
            let before = authoritative(&torn.store);
            let opened = Writer::open(&torn.store, &torn.desk, salts(), key(2).public());
            let error = opened.err().unwrap_or_else(|| panic!("{what}: opened"));
            assert!(
                matches!(error, WriteError::RolledBack { .. }),
                "{what}: {error}"
            );
            assert!(authoritative(&torn.store) == before, "{what}");
            // Who does not remember cannot know: for the custodian it is a torn write.
            if length > kept {
                torn.is_cut(3, &what);
            }
        }
        for at in (kept..all).step_by(61) {
            let harmed = whole.with(FIRST, |bytes| bytes[at] ^= 0x10);
            let before = authoritative(&harmed.store);
            if let Ok(mut writer) =
                Writer::open(&harmed.store, &harmed.desk, salted(6), key(2).public())
            {
                // A cache that reaches to the end spares reading it. Nothing is cut all the same.
                assert_eq!(name, "cached");
                writer.append(&key(2), &[evidence("on top")]).unwrap();
            }
            for (path, bytes) in authoritative(&harmed.store) {
                assert!(
                    bytes.starts_with(&before[&path]),
                    "{name} {at}: {path} was cut"
                );
            }
        }
    }
}

fn salted(n: u64) -> Box<dyn seaproof_ledger::writer::Salts> {
    Box::new(CountingSalts(n << 32))
}

#[test]
fn the_tail_is_left_aside_while_somebody_writes() {
    let whole = recorded(&[&texts("a", 1), &texts("under way", 1)], 1 << 20);
    let under_way = whole.with(FIRST, |bytes| {
        let length = bytes.len() - 100;
        bytes.truncate(length);
    });
    let lock = under_way.store.lock().unwrap().unwrap();
    let seen = report(&under_way.store);
    assert_eq!(seen.problems, []);
    assert!(passes(&seen));
    assert_eq!(seen.entries.0, 3);
    assert!(
        seen.notices
            .iter()
            .any(|n| n.contains("somebody is writing"))
    );
    // What is behind damage is damage, whoever writes.
    let damaged = whole.with(FIRST, |bytes| {
        let half = bytes.len() / 2;
        bytes[half] ^= 1;
    });
    let _other = damaged.store.lock().unwrap().unwrap();
    let codes: Vec<Code> = report(&damaged.store)
        .problems
        .iter()
        .map(|p| p.code)
        .collect();
    assert_eq!(codes, [Code::RecordDamaged]);
    drop(lock);
    under_way.is_cut(3, "the writer died");
}

#[test]
fn a_commit_that_gets_done_while_it_is_looked_at_is_no_torn_tail() {
    /// The commit is whole, and its writer gone, when the lock is looked at.
    #[derive(Debug)]
    struct Quick {
        before: MemoryStore,
        after: Vec<u8>,
    }
    impl Store for Quick {
        fn is_locked(&self) -> std::io::Result<bool> {
            self.before.put(FIRST, self.after.clone());
            Ok(false)
        }
        fn list(&self, folder: &str) -> std::io::Result<Vec<seaproof_ledger::store::Found>> {
            self.before.list(folder)
        }
        fn open(&self, path: &str) -> std::io::Result<Box<dyn seaproof_ledger::store::Blob>> {
            self.before.open(path)
        }
        fn append(&self, _: &str, _: u64, _: &[u8]) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn sync(&self, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn truncate(&self, _: &str, _: u64) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn make_folder(&self, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn sync_folder(&self, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn rename(&self, _: &str, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn remove(&self, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn make_read_only(&self, _: &str) -> std::io::Result<()> {
            unreachable!("verification does not write")
        }
        fn lock(&self) -> std::io::Result<Option<Box<dyn seaproof_ledger::store::WriterLock>>> {
            unreachable!("verification does not lock")
        }
    }
    let whole = recorded(&[&texts("a", 1), &texts("under way", 1)], 1 << 20);
    let after = whole.store.get(FIRST).unwrap();
    let before = whole.with(FIRST, |bytes| bytes.truncate(after.len() - 100));
    let report = verify(
        &Quick {
            before: before.store,
            after,
        },
        &Options::default(),
    );
    assert_eq!(report.problems, []);
    assert_eq!(report.entries.0, 4);
}

#[test]
fn what_an_entry_quotes_is_not_taken_for_a_commit_unless_it_is_one_of_this_ledger() {
    // The bytes of a whole commit of another ledger stand in what an entry says.
    let other = recorded(&[&texts("elsewhere", 1)], 1 << 20);
    let from = recorded(&[], 1 << 20).store.get(FIRST).unwrap().len();
    let mut foreign = other.store.get(FIRST).unwrap()[from..].to_vec();
    // Another ledger's id in the statement, and the right CRC for it.
    foreign[13 + 3] ^= 1;
    let mut quoted = Vec::new();
    encode_record(&mut quoted, 3, |out| out.extend_from_slice(&foreign[13..]));
    let mut quoting = evidence("");
    quoting.facts.event = quoted;
    let whole = recorded(&[&texts("kept", 1), &[quoting]], 1 << 20);
    whole
        .with(FIRST, |bytes| {
            let length = bytes.len() - 10;
            bytes.truncate(length);
        })
        .is_cut(3, "torn behind what it quotes");
}

#[test]
fn beginnings_that_lead_nowhere_are_no_commits() {
    let whole = recorded(&[&texts("kept", 1)], 1 << 20);
    let hostile = whole.with(FIRST, |bytes| {
        for i in 0..1_000u32 {
            bytes.extend_from_slice(b"SPR1\x02");
            bytes.extend_from_slice(&(300 + i).to_le_bytes());
            bytes.extend_from_slice(&[0; 4]);
        }
    });
    hostile.is_cut(3, "beginnings only");
}
