//! The events: one struct per kind, in the order of their fields' encoding. Version 1 of each is
//! frozen: a field more is a new version and a total function from the old one.

pub mod amendments;
pub mod movements;
pub mod quantities;
pub mod rules;
pub mod sources;
pub mod things;
pub mod views;
