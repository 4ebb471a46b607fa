//! From lines of NMEA sentences to what was heard.
//!
//! Lines are read in chunks. What a line says by itself is worked out for a whole chunk at a time, by as many
//! threads as are asked for. What needs the lines before it (times given on a line of their own, fragments,
//! duplicates) is then done in the order of the lines, by one thread at a time. The result is the same.

mod assemble;
mod chunks;
mod duplicates;
mod ordered;

use std::collections::VecDeque;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chunks::{Chunk, Chunks};
use ordered::Ordered;

use crate::sink::{Counts, Sink};

/// How fragments are put together and repeats recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How far apart in time two receptions of one transmission may be.
    pub duplicate_seconds: u32,
    /// How many lines apart, where neither has a time. Few, since bits that are sent again minutes later are
    /// often the same.
    pub duplicate_lines: u64,
    /// How many lines after another fragment of a message one of it may come, at most 127: four times as many
    /// (but no more than 127) if it is in order and its number shows whose it is, only 4 if it is not in order and
    /// nothing shows it.
    pub fragment_lines: u64,
    /// How far apart in time two fragments of a message may be, where both have one of the same kind.
    pub fragment_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            duplicate_seconds: 10,
            duplicate_lines: 8,
            fragment_lines: 32,
            fragment_seconds: 10,
        }
    }
}

/// Reads sentences, line by line. `source` is the number that [`crate::report::LineRef`]s get.
///
/// Holds no more than a chunk of lines (256 KiB, and what 8,192 lines say, less than 1 MiB), the fragments that wait,
/// and the last 32,768 transmissions.
///
/// # Errors
/// What reading `input` gave. The whole lines before that were handed on, with an outcome each.
pub fn read(
    input: impl Read,
    source: u16,
    options: &Options,
    sink: &mut dyn Sink,
) -> io::Result<Counts> {
    let (counts, end) = serial(input, source, options, sink);
    end.map(|()| counts)
}

fn serial(
    input: impl Read,
    source: u16,
    options: &Options,
    sink: &mut dyn Sink,
) -> (Counts, io::Result<()>) {
    let mut chunks = Chunks::new(input);
    let mut chunk = Chunk::default();
    let mut ordered = Ordered::new(source, options);
    let end = loop {
        match chunks.fill(&mut chunk) {
            Ok(true) => {
                while chunk.has_more() {
                    chunk.parse();
                    ordered.take(&chunk, sink);
                }
            }
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    (ordered.finish(sink), end)
}

/// [`read`] by several threads, with the same result. The sink is called by one of them at a time, in order.
/// Each thread holds up to three chunks.
///
/// # Errors
/// What reading `input` gave. The whole lines before that were handed on, with an outcome each.
pub fn read_parallel(
    input: impl Read + Send,
    source: u16,
    options: &Options,
    threads: NonZeroUsize,
    sink: &mut (dyn Sink + Send),
) -> io::Result<Counts> {
    let (counts, end) = read_counted(input, source, options, threads, sink);
    end.map(|()| counts)
}

/// [`read_parallel`] that also says what the whole lines before an error came to.
pub(crate) fn read_counted(
    input: impl Read + Send,
    source: u16,
    options: &Options,
    threads: NonZeroUsize,
    sink: &mut (dyn Sink + Send),
) -> (Counts, io::Result<()>) {
    if threads.get() == 1 {
        return serial(input, source, options, sink);
    }
    let shared = Shared {
        input: Mutex::new(Input {
            chunks: Chunks::new(input),
            next: 0,
            end: None,
        }),
        turn: Mutex::new(Turn {
            ordered: Ordered::new(source, options),
            sink,
        }),
        next: AtomicU64::new(0),
        dead: AtomicBool::new(false),
        turned: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(|| work(&shared));
        }
        work(&shared);
    });
    // A thread that panicked has had its panic passed on by the scope.
    let Shared { input, turn, .. } = shared;
    let input = input.into_inner().unwrap_or_else(PoisonError::into_inner);
    let turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
    let counts = turn.ordered.finish(turn.sink);
    (counts, input.end.unwrap_or(Ok(())))
}

struct Input<R> {
    chunks: Chunks<R>,
    /// The number of the next chunk.
    next: u64,
    /// Set when there are no more.
    end: Option<io::Result<()>>,
}

impl<R: Read> Input<R> {
    /// Fills a chunk and gives its number; `None`: there are no more.
    fn fill(&mut self, chunk: &mut Chunk) -> Option<u64> {
        if self.end.is_some() {
            return None;
        }
        match self.chunks.fill(chunk) {
            Ok(true) => {
                let number = self.next;
                self.next += 1;
                Some(number)
            }
            Ok(false) => {
                self.end = Some(Ok(()));
                None
            }
            Err(error) => {
                self.end = Some(Err(error));
                None
            }
        }
    }
}

/// What is done by one thread at a time, in order.
struct Turn<T> {
    ordered: Ordered,
    sink: T,
}

/// How many chunks a thread reads ahead of its turn, so that it seldom waits for another.
const AHEAD: usize = 2;

/// What the threads share.
struct Shared<R, T> {
    input: Mutex<Input<R>>,
    turn: Mutex<Turn<T>>,
    /// The number of the chunk whose turn it is. Changes only under `turn`'s lock.
    next: AtomicU64,
    /// A thread panicked, and the turn of its chunk never comes. Changes only under `turn`'s lock.
    dead: AtomicBool,
    turned: Condvar,
}

impl<R, T> Shared<R, T> {
    /// Waits for the turn of a chunk; `None`: it never comes.
    fn wait(&self, number: u64) -> Option<MutexGuard<'_, Turn<T>>> {
        let turn = self.turn.lock().ok()?;
        let turn = self
            .turned
            .wait_while(turn, |_| {
                self.next.load(Ordering::Acquire) != number && !self.dead.load(Ordering::Acquire)
            })
            .ok()?;
        (!self.dead.load(Ordering::Acquire)).then_some(turn)
    }
}

/// Wakes the others whatever happens, so that a panic leaves nobody waiting.
struct Wake<'a, R, T>(&'a Shared<R, T>);

impl<R, T> Drop for Wake<'_, R, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.dead.store(true, Ordering::Release);
        }
        self.0.turned.notify_all();
    }
}

fn work<R: Read>(shared: &Shared<R, &mut (dyn Sink + Send)>) {
    let _wake = Wake(shared);
    // Chunks stay with the thread that read them: what their lines say is in its core's cache.
    let mut mine: VecDeque<(u64, Chunk)> = VecDeque::new();
    let mut free: Vec<Chunk> = Vec::new();
    let mut ended = false;
    loop {
        if let Some((number, mut chunk)) = mine.pop_front() {
            let is_next = shared.next.load(Ordering::Acquire) == number;
            if is_next || ended || mine.len() + 1 >= AHEAD {
                let Some(mut turn) = shared.wait(number) else {
                    return;
                };
                let turn = &mut *turn;
                turn.ordered.take(&chunk, turn.sink);
                while chunk.has_more() {
                    chunk.parse();
                    turn.ordered.take(&chunk, turn.sink);
                }
                shared.next.store(number + 1, Ordering::Release);
                shared.turned.notify_all();
                free.push(chunk);
                continue;
            }
            mine.push_front((number, chunk));
        } else if ended {
            return;
        }
        let mut chunk = free.pop().unwrap_or_default();
        let Ok(mut input) = shared.input.lock() else {
            return;
        };
        match input.fill(&mut chunk) {
            Some(number) => {
                drop(input);
                chunk.parse();
                mine.push_back((number, chunk));
            }
            None => ended = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_a_thread_that_panicked() {
        let shared = Shared {
            input: Mutex::new(Input {
                chunks: Chunks::new(io::empty()),
                next: 0,
                end: None,
            }),
            turn: Mutex::new(Turn {
                ordered: Ordered::new(0, &Options::default()),
                sink: (),
            }),
            next: AtomicU64::new(0),
            dead: AtomicBool::new(false),
            turned: Condvar::new(),
        };
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| shared.wait(1).is_none());
            let panics = scope.spawn(|| {
                let _wake = Wake(&shared);
                panic!("while it reads chunk 0");
            });
            assert!(panics.join().is_err());
            assert!(waits.join().unwrap());
        });
    }
}
