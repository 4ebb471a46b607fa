//! Sorted runs in one temporary file that vanishes, and their merging. Memory: one buffer a run.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// A file that runs are added to.
#[derive(Debug, Clone)]
pub(crate) struct SpillFile(Arc<Mutex<Spilled>>);

#[derive(Debug)]
struct Spilled {
    file: File,
    end: u64,
}

/// Where a run stands in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    start: u64,
    end: u64,
}

impl SpillFile {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        Ok(Self(Arc::new(Mutex::new(Spilled { file, end: 0 }))))
    }

    /// Adds a run that `write` gives out.
    pub(crate) fn add(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Run> {
        let mut held = self.lock();
        let start = held.end;
        held.file.seek(SeekFrom::Start(start))?;
        let mut out = io::BufWriter::with_capacity(1 << 18, &held.file);
        write(&mut out)?;
        out.flush()?;
        drop(out);
        let end = held.file.stream_position()?;
        held.end = end;
        Ok(Run { start, end })
    }

    fn read(&self, at: u64, to: &mut [u8]) -> io::Result<()> {
        let mut held = self.lock();
        held.file.seek(SeekFrom::Start(at))?;
        held.file.read_exact(to)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Spilled> {
        // Nobody who held it leaves it half changed: `end` is set last.
        self.0.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    /// Reads a run from its start.
    pub(crate) fn open(&self, run: Run, buffer: usize) -> RunReader {
        RunReader {
            file: self.clone(),
            at: run.start,
            end: run.end,
            buffer: Vec::new(),
            used: 0,
            size: buffer.max(1 << 12),
        }
    }
}

/// Reads a run, a buffer at a time.
#[derive(Debug)]
pub(crate) struct RunReader {
    file: SpillFile,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
    size: usize,
}

impl RunReader {
    /// The next bytes, exactly as many as asked for; `None` at the run's end.
    pub(crate) fn take(&mut self, length: usize) -> io::Result<Option<&[u8]>> {
        if self.buffer.len() - self.used < length {
            let left = self.buffer.len() - self.used;
            if left == 0 && self.at == self.end {
                return Ok(None);
            }
            self.buffer.drain(..self.used);
            self.used = 0;
            let more = (self.end - self.at).min(self.size.max(length) as u64);
            self.buffer.resize(left + more as usize, 0);
            self.file.read(self.at, &mut self.buffer[left..])?;
            self.at += more;
            if self.buffer.len() < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let bytes = &self.buffer[self.used..self.used + length];
        self.used += length;
        Ok(Some(bytes))
    }
}

/// Gives its items in their order.
pub(crate) trait Sorted {
    /// Of what.
    type Item: Ord;

    /// The next.
    fn next(&mut self) -> io::Result<Option<Self::Item>>;
}

/// Several sorted sources as one.
pub(crate) struct Merge<S: Sorted> {
    sources: Vec<S>,
    heads: BinaryHeap<Reverse<(S::Item, usize)>>,
}

impl<S: Sorted> Merge<S> {
    pub(crate) fn new(mut sources: Vec<S>) -> io::Result<Self> {
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (number, source) in sources.iter_mut().enumerate() {
            if let Some(head) = source.next()? {
                heads.push(Reverse((head, number)));
            }
        }
        Ok(Self { sources, heads })
    }

    pub(crate) fn peek(&self) -> Option<&S::Item> {
        self.heads.peek().map(|Reverse((head, _))| head)
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<S::Item>> {
        let Some(mut top) = self.heads.peek_mut() else {
            return Ok(None);
        };
        let number = top.0.1;
        let following = match self.sources.get_mut(number) {
            Some(source) => source.next()?,
            None => None,
        };
        let taken = match following {
            Some(following) => std::mem::replace(&mut *top, Reverse((following, number))),
            None => std::collections::binary_heap::PeekMut::pop(top),
        };
        Ok(Some(taken.0.0))
    }
}
