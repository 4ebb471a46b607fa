//! `--quote` finds its place.

use std::path::Path;

use seaproof_ledger::store::Store;
use serde_json::Value;

use crate::batch::{Lookup, fill_places};
use crate::context::Context;
use crate::error::Result;

/// Fills in the lines of quotes, and says on stderr which they are.
pub fn fill(
    ctx: &Context,
    value: &mut Value,
    store: &dyn Store,
    ledger: &mut dyn Lookup,
) -> Result<()> {
    for told in fill_places(value, Path::new(""), store, ledger)? {
        ctx.note(&told);
    }
    Ok(())
}
