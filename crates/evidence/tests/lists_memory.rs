//! Lists that are far too long: how much of them is taken and how much memory that needs. In a file of its own,
//! because the process's peak is measured.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use seaproof_evidence::lists::{FIELD_BYTES_MAX, ROW_BYTES_MAX, ROWS_MAX, read};

/// A start, a part repeated so many times, an end; counts what is taken.
struct Endless {
    now: Vec<u8>,
    at: usize,
    part: Vec<u8>,
    left: u64,
    end: Option<Vec<u8>>,
    taken: Rc<Cell<u64>>,
}

impl Endless {
    fn new(start: &str, part: &str, times: u64, end: &str) -> (Self, Rc<Cell<u64>>) {
        let taken = Rc::new(Cell::new(0));
        let reader = Self {
            now: start.as_bytes().to_vec(),
            at: 0,
            part: part.as_bytes().to_vec(),
            left: times,
            end: Some(end.as_bytes().to_vec()),
            taken: taken.clone(),
        };
        (reader, taken)
    }
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.now.len() {
            self.at = 0;
            if self.left > 0 {
                self.left -= 1;
                self.now.clone_from(&self.part);
            } else {
                self.now = self.end.take().unwrap_or_default();
            }
        }
        let length = into.len().min(self.now.len() - self.at);
        into[..length].copy_from_slice(&self.now[self.at..self.at + length]);
        self.at += length;
        self.taken.set(self.taken.get() + length as u64);
        Ok(length)
    }
}

/// The most memory that this process had, in bytes; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

fn rose(before: Option<u64>) -> u64 {
    match (before, peak()) {
        (Some(before), Some(after)) => after - before,
        _ => {
            println!("skipped: this system does not tell a process's peak memory");
            0
        }
    }
}

#[test]
fn long_lists_are_read_or_refused_in_bounded_memory() {
    let before = peak();

    // 200 MB in 2,000 rows, nearly all of it addresses that are not kept.
    let address = format!(
        "<ENTITY_ADDRESS><STREET>{}</STREET><COUNTRY/></ENTITY_ADDRESS>",
        "street ".repeat(100)
    );
    let row = format!(
        "<ENTITY><DATAID>1</DATAID><FIRST_NAME>A</FIRST_NAME>{}</ENTITY>\n",
        address.repeat(131)
    );
    let times = 200_000_000 / row.len() as u64 + 1;
    let (list, taken) = Endless::new(
        "<CONSOLIDATED_LIST><INDIVIDUALS/><ENTITIES>",
        &row,
        times,
        "</ENTITIES></CONSOLIDATED_LIST>",
    );
    let snapshot = read(list).unwrap();
    assert_eq!(snapshot.rows.len() as u64, times);
    assert!(taken.get() > 200_000_000);
    assert_eq!(snapshot.head.bytes, taken.get());
    drop(snapshot);
    println!("{} bytes for 200 MB", rose(before));
    assert!(rose(before) < 48 << 20, "{} bytes", rose(before));

    // One thing without an end: reading stops soon after the maximum.
    let un = "<CONSOLIDATED_LIST><ENTITIES><ENTITY>";
    let buffer = 1 << 18;
    for (start, part, most, words) in [
        (
            un,
            "<COMMENTS1>text",
            ROW_BYTES_MAX,
            "elements inside one another",
        ),
        (
            &format!("{un}<COMMENTS1>"),
            "text ",
            FIELD_BYTES_MAX as u64 + ROW_BYTES_MAX,
            "",
        ),
        (
            &format!("{un}<COMMENTS1>"),
            "a&amp;",
            FIELD_BYTES_MAX as u64 * 6,
            "field has more",
        ),
        (un, "<X/>", ROW_BYTES_MAX, "row that begins here"),
        (
            &format!("{un}<X y=\""),
            "value ",
            ROW_BYTES_MAX,
            "longer than it may be",
        ),
        (
            &format!("{un}<!--"),
            "comment ",
            ROW_BYTES_MAX,
            "longer than it may be",
        ),
        (
            &format!("{un}<"),
            "name",
            ROW_BYTES_MAX,
            "longer than it may be",
        ),
        (
            "celex,schema,name\n1,2,\"",
            "text\n",
            FIELD_BYTES_MAX as u64,
            "never closed",
        ),
        ("", "a,", 4096, "columns"),
        (
            "celex,schema,name\n1,Vessel,",
            "text",
            FIELD_BYTES_MAX as u64,
            "field has more",
        ),
        ("{\"id\":\"", "text", ROW_BYTES_MAX, "longer than it may be"),
        ("{\"id\":", "[", 4096, "levels"),
        ("[", "[", 4096, "'['"),
    ] {
        let (list, taken) = Endless::new(start, part, u64::MAX, "");
        let refused = read(list).expect_err(start).to_string();
        assert!(refused.contains(words), "{start}: {refused}");
        assert!(
            taken.get() < most + buffer,
            "{start}: {} bytes taken",
            taken.get()
        );
    }
    assert!(rose(before) < 64 << 20, "{} bytes", rose(before));

    // Rows without an end.
    for (start, part, words) in [
        (
            "<CONSOLIDATED_LIST><ENTITIES>",
            "<ENTITY><DATAID>1</DATAID></ENTITY>",
            "more than 200000 rows",
        ),
        ("ent_num,name,imo\n", "1,A,\n", "more than 200000 rows"),
        (
            "",
            "{\"id\":\"a\",\"schema\":\"Person\"}\n",
            "more than 200000 rows",
        ),
        (
            "",
            "{\"id\":\"a\",\"schema\":\"Sanction\",\"properties\":{\"reason\":[\"because\"]}}\n",
            "bytes of memory",
        ),
    ] {
        let (list, taken) = Endless::new(start, part, u64::MAX, "");
        let refused = read(list).expect_err(start).to_string();
        assert!(refused.contains(words), "{refused}");
        assert!(taken.get() < (ROWS_MAX * part.len() * 3) as u64);
    }
    println!("{} bytes at most", rose(before));
    assert!(rose(before) < 512 << 20, "{} bytes", rose(before));
}
