//! Sentences: rules, real files, properties.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod gpsd;
mod oracle;
mod properties;
mod real_files;
mod rules;
