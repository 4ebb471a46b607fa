//! A ledger as a folder (§2, §10, §11, §13, §15).

use std::{fs, path::Path};

use super::{Bytes32, Entry, Key, Log, Note, hex, sha256};

/// A segment: its header's fields and its records, each as bytes.
#[derive(Clone)]
pub struct Segment {
    pub header: Vec<u8>,
    pub records: Vec<Vec<u8>>,
}

impl Segment {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.clone();
        bytes.extend(self.records.concat());
        bytes
    }

    /// Changes the header and makes its CRC right again.
    pub fn reheader(&mut self, change: impl FnOnce(&mut [u8])) {
        change(&mut self.header);
        let crc = crc32c::crc32c(&self.header[..58]);
        self.header[58..].copy_from_slice(&crc.to_le_bytes());
    }

    /// Changes a record and makes its CRC right again.
    pub fn rerecord(&mut self, record: usize, change: impl FnOnce(&mut Vec<u8>)) {
        let bytes = &mut self.records[record];
        change(bytes);
        let crc = record_crc(bytes);
        bytes[9..13].copy_from_slice(&crc.to_le_bytes());
    }

    /// Where record `number` begins in the file.
    pub fn offset(&self, number: usize) -> usize {
        self.header.len() + self.records[..number].iter().map(Vec::len).sum::<usize>()
    }
}

fn record_crc(record: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&record[4..9]), &record[13..])
}

fn record(entry: &Entry) -> Vec<u8> {
    let body = entry.body();
    let mut bytes = b"SPR1".to_vec();
    bytes.push(u8::from(entry.last) | u8::from(entry.first) << 1);
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(body);
    let crc = record_crc(&bytes);
    bytes[9..13].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// The entries at which a segment after the first begins.
pub type Cuts<'a> = &'a [usize];

impl Log {
    pub fn segments(&self, cuts: Cuts) -> Vec<Segment> {
        let mut starts = vec![0];
        starts.extend(cuts);
        let ends = cuts.iter().copied().chain([self.size()]);
        starts
            .iter()
            .zip(ends)
            .enumerate()
            .map(|(number, (&start, end))| {
                let mut header = b"SEAPROOF".to_vec();
                header.extend(1u16.to_le_bytes());
                header.extend(self.id);
                header.extend((number as u64).to_le_bytes());
                header.extend((start as u64).to_le_bytes());
                header.extend([0; 4]);
                let mut segment = Segment {
                    header,
                    records: self.entries[start..end].iter().map(record).collect(),
                };
                segment.reheader(|_| ());
                segment
            })
            .collect()
    }

    /// Writes the folder as an honest writer leaves it, its checkpoint signed by this key.
    pub fn write(&self, folder: &Path, custodian: &Key) {
        self.write_log(folder, &self.segments(&[]));
        fs::write(
            folder.join("checkpoint"),
            Note::of(self).sign(custodian).bytes(),
        )
        .unwrap();
    }

    /// Segments and exhibits, without a checkpoint.
    pub fn write_log(&self, folder: &Path, segments: &[Segment]) {
        fs::create_dir_all(folder.join("log")).unwrap();
        fs::create_dir_all(folder.join("exhibits")).unwrap();
        for (number, segment) in segments.iter().enumerate() {
            fs::write(folder.join(format!("log/{number:08}.seg")), segment.bytes()).unwrap();
        }
        for exhibit in &self.exhibits {
            let path = folder.join(exhibit_path(exhibit));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, exhibit).unwrap();
        }
    }
}

fn exhibit_path(content: &[u8]) -> String {
    let digest = hex(&sha256(&[content]));
    format!("exhibits/{}/{digest}", &digest[..2])
}

/// Where an exhibit with this content stands.
pub fn exhibit_file(folder: &Path, content: &[u8]) -> std::path::PathBuf {
    folder.join(exhibit_path(content))
}

/// §15: one slot of a signer's memory.
pub fn memory(
    ledger: &Bytes32,
    key: &Bytes32,
    seq: u64,
    entry: &Bytes32,
    size: u64,
    root: &Bytes32,
) -> Vec<u8> {
    let mut slot = format!(
        "seaproof signer memory 1\nledger {}\nkey {}\nseq {seq}\nentry {}\nsize {size}\nroot {}\n",
        hex(ledger),
        hex(key),
        hex(entry),
        hex(root)
    );
    let check = hex(&sha256(&[slot.as_bytes()]));
    slot.push_str(&format!("check {check}\n"));
    let mut bytes = slot.into_bytes();
    bytes.resize(512, b'\n');
    bytes
}
