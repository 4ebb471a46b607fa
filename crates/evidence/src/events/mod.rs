//! The events: one struct per kind, in the order of their fields' encoding. Every version is
//! frozen: a field more is a new version and a total function from the old one.

pub mod amendments;
pub mod custody;
pub mod decoding;
pub mod lists;
pub mod movements;
pub mod quantities;
pub mod reference;
pub mod rules;
pub mod searches;
pub mod sources;
pub mod things;
pub mod views;
