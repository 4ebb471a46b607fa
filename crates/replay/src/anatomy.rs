//! Which parts of an event refer to what: evidence's knowledge, which recording needs too.

pub(crate) use seaproof_evidence::references::{Link, links, subject};
