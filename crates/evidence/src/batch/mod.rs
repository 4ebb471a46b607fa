//! Batch lines: one JSON object per line, one entry per object. The form in which people write
//! events, and in which they are shown.
//!
//! ```text
//! {"kind": "claim", "as": "flag-told", "about": "march-five", "property": "flag", …}
//! ```
//!
//! Beside the fields of its kind a line may have `as` (the entry's label), `source` (the private
//! opening: names and texts) and `recorded_at` (RFC 3339 UTC). Amendments have `targets` besides.
//! Entries are named by label, `#12` or a prefix of at least 8 digits of the entry id; files by
//! their path or by `sha256:…`. What a name stands for is the caller's to say ([`Resolve`]): no
//! file is touched and no ledger is read here.

mod read;
mod schema;
mod shape;
pub(crate) mod strict;
mod write;

pub use read::{LINE_BYTES_MAX, Line, LineError, Resolve, read_line};
pub use schema::schema;
pub use write::to_json;
