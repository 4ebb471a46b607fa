//! Showing an event as a batch line would say it.

use seaproof_ledger::ids::EntryId;
use serde_json::{Map, Value};

use crate::event::Said;

use super::shape::{SlotKind, Walk};

/// An event as a batch line without label, source and time. `names` gives the name of an entry, as
/// `#12` or its label; files are named `sha256:…`. What is absent or default is left out. It reads
/// back to the same event, but for a correction whose replacement has a kind or version that is not
/// known here: that one is shown as bytes.
pub fn to_json(said: &Said, names: &dyn Fn(EntryId) -> String) -> Value {
    let mut value = match serde_json::to_value(said.event()) {
        Ok(value) => value,
        // Only maps with keys that are no strings fail, and the vocabulary has no maps.
        Err(error) => unreachable!("an event failed to be shown as JSON: {error}"),
    };
    let mut walk = Walk::default();
    let mut object = value.as_object().cloned().unwrap_or_else(Map::new);
    // Its place in a line is among the fields; in memory it belongs to the envelope.
    if let Some(amendment) = said.amendment() {
        let targets: Vec<Value> = amendment
            .targets
            .iter()
            .map(|id| names(*id).into())
            .collect();
        object.insert("targets".to_owned(), targets.into());
        value = Value::Object(object.clone());
    }
    // It stops only at a replacement that is not known here; what it found by then is used.
    let _ = walk.event(&object, |_| true);
    for slot in &walk.slots {
        let number = slot.holds.as_u64().and_then(|n| usize::try_from(n).ok());
        let name = number.and_then(|n| match slot.kind {
            SlotKind::Entry => said.entries().get(n).map(|id| names(*id)),
            SlotKind::Exhibit => said.exhibits().get(n).map(|e| format!("sha256:{}", e.hash)),
        });
        if let (Some(name), Some(place)) = (name, value.pointer_mut(&slot.at)) {
            *place = name.into();
        }
    }
    // Inner fields come before those that hold them.
    for idle in &walk.idle {
        if let Some((holder, field)) = idle.rsplit_once('/')
            && let Some(object) = value.pointer_mut(holder).and_then(Value::as_object_mut)
        {
            object.remove(field);
        }
    }
    value
}
