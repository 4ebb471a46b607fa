//! The command line's grammar. What the commands do stands in [`crate::commands`].

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands;

/// A ledger for shipment evidence: recorded by investigators, checked by anyone, offline.
#[derive(Debug, Parser)]
#[command(
    name = "seaproof",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Begin with `seaproof demo`, which records a real case into a new folder and checks it.\n\n\
                  Exit codes: 0 done; 1 the input or the evidence is refused; 2 it could not be carried out."
)]
pub struct Args {
    /// The ledger's folder [default: the nearest one from here upward]
    #[arg(long, global = true, value_name = "DIR", env = "SEAPROOF_LEDGER")]
    pub ledger: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[expect(clippy::large_enum_variant, reason = "made once in a run")]
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make and look at keys
    #[command(subcommand)]
    Key(commands::key::Command),
    /// Begin a ledger in a new folder
    Init(commands::init::Args),
    /// Admit, revoke, rotate and list the authors of a ledger
    #[command(subcommand)]
    Author(commands::author::Command),
    /// End a ledger: nothing may follow (custodians only)
    Close(commands::close::Args),
    /// Record evidence
    #[command(subcommand)]
    Record(commands::record::Command),
    /// Say what an entry should have said
    Correct(commands::amend::Correct),
    /// Withdraw entries
    Retract(commands::amend::Retract),
    /// Contest entries, which stay
    Dispute(commands::amend::Dispute),
    /// Erase what entries say, or from whom it came; a signed entry says so
    Redact(commands::redact::Args),
    /// Add files found for something that was only cited
    Attach(commands::record::Attach),
    /// List the entries
    Log(commands::log::Args),
    /// Show one entry with everything signed in it
    Show(commands::show::Args),
    /// Show what AIS files hold: vessels, silences, port visits, encounters; needs no ledger
    Track(commands::track::Args),
    /// Show what sanctions lists hold, and what changed between two
    #[command(subcommand)]
    Lists(commands::lists::Command),
    /// Propose which vessels stand on a list; asserts nothing
    Match(commands::lists::Match),
    /// Show what happened to a piece of evidence, in order
    Custody(commands::custody::Args),
    /// Copy evidence out of the ledger; each export is recorded
    #[command(subcommand)]
    Export(commands::export::Command),
    /// Check a ledger; writes nothing
    Verify(commands::verify::Args),
    /// Show the current state and the findings, derived from the entries anew
    Replay(commands::replay::Args),
    /// Show groups and vessels
    Vessels(commands::vessels::Args),
    /// Show the caps and what is told of their use
    Quota(commands::quota::Args),
    /// Find entries by words, identifiers, places, authors and dates
    Find(commands::find::Args),
    /// Show what the rules find
    Findings(commands::findings::Args),
    /// Follow a finding or an entry down to the files and the words in them
    Why(commands::why::Why),
    /// Show what rests on an entry, up to the findings
    RestsOn(commands::why::RestsOnArgs),
    /// Show what is left to be done about the evidence
    Todo(commands::todo::Args),
    /// Record the root of the state, so that replay can be checked
    #[command(subcommand)]
    State(commands::state::Command),
    /// Print the newest signed head, or sign a new one
    Checkpoint(commands::checkpoint::Args),
    /// Words from outside on when the ledger's heads existed (RFC 3161)
    #[command(subcommand)]
    Timestamp(commands::timestamp::Command),
    /// Write a file that shows one entry, or that one head extends another, without the ledger
    Prove(commands::prove::Args),
    /// Check a proof with no ledger at hand; writes nothing
    CheckProof(commands::check_proof::Args),
    /// State as a witness that a ledger's head continues what this key cosigned before
    Cosign(commands::cosign::Args),
    /// Keep what others said of this ledger's heads beside its log
    #[command(subcommand)]
    Anchors(commands::anchors::Command),
    /// Cosign for others over HTTP, or ask a witness that does
    #[command(subcommand)]
    Witness(commands::witness::Command),
    /// Make the search index and the kept answers anew
    Reindex(commands::reindex::Args),
    /// Print the JSON Schema of a line of a batch
    Schema(commands::schema::Args),
    /// Print a shell's completion script
    Completions(commands::completions::Completions),
    /// Print the man page, or write a page for every command
    Man(commands::completions::Man),
    /// Record a real case into a new folder, verify it and replay it
    Demo(commands::demo::Args),
}
