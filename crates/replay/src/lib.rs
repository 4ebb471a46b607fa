//! Replay: the recorded events of a ledger become its current state and its findings.
//!
//! ```text
//! apply:  (&mut State, Recorded)     total: never fails, never panics
//! settle: &State -> Settled          amendments taken into account
//! view:   &Settled -> View           rows, caps and findings, each with the entries behind it
//! root:   &Settled -> StateRoot      the same on every machine
//! ```
//!
//! It knows no files, no clock and no keys: the ledger hands in each entry with its author's
//! standing. Applying a prefix of the log gives what was known after it. Nothing here says what
//! is true; it says what is recorded, by whom, and what follows from it by stated rules.

#![forbid(unsafe_code)]

mod anatomy;
mod apply;
mod caps;
mod claims;
mod findings;
mod groups;
mod input;
mod lens;
mod listings;
mod memberships;
mod root;
mod rules;
mod settle;
mod snapshot;
mod sources;
mod state;
mod todo;
mod trace;
pub mod tracks;
pub mod view;
mod words;

pub use apply::apply;
pub use caps::interval::SharePart;
pub use findings::{Adopted, Finding, SourceHeld};
pub use groups::Range;
pub use input::{Content, Recorded};
pub use lens::{AsOf, Lens, NotADate, Without};
pub use root::{ROOT_VERSION, StateRoot, state_root};
pub use rules::{Parameters, RuleInForce};
pub use settle::{Settled, Status};
pub use state::{At, Entry, Notice, Problem, State};
pub use todo::{Needed, Open, Todo};
pub use trace::{ON_LINES, Resting, RestsOn, Step};
pub use tracks::known::{LineBehind, TrackReadingRow};
pub use view::View;
