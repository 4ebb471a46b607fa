//! The `seaproof` command: arguments, clock, environment, terminal and exit codes around the
//! ledger, the vocabulary and replay. It decides nothing about evidence.

#![forbid(unsafe_code)]

mod agent;
mod answers;
mod args;
mod batch;
mod cells;
mod commands;
mod completion;
mod context;
mod decoding;
mod error;
mod exhibits;
mod heard;
mod input;
mod keyring;
mod looking;
mod names;
mod output;

mod readings;
mod recording;
mod redactions;
mod snapshots;
mod state;
mod summary;
mod suspects;
mod tally;
mod times;
mod witnessing;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    completion::answer();
    let args = args::Args::parse();
    match commands::run(args) {
        Ok(code) => code,
        Err(error) => error.report(),
    }
}
