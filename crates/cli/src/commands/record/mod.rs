//! `seaproof record`: evidence, one entry by hand or many from a file.

use std::path::PathBuf;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

pub mod batch;
pub mod fields;
pub mod hand;
mod kinds;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// A report, article, resolution, page or list
    #[command(
        after_help = "Example: seaproof record document --as press-a --publisher \"A paper\" --published 2024-03-26 \\\n           --file notes/press-a.txt --form own-notes --relays ft"
    )]
    Document(hand::Hand<kinds::Document>),
    /// A satellite or aerial image
    #[command(
        after_help = "Example: seaproof record image --as scene-1 --platform Sentinel-2A --acquired 2024-03-07T02:11:09 \\\n           --zone +00:00 --file scene.tif --form original"
    )]
    Image(hand::Hand<kinds::Image>),
    /// AIS messages held as a file
    #[command(
        after_help = "Example: seaproof record track --mmsi 445123000 --supplied-by \"A receiver ashore\" \\\n           --span 2024-03-01/2024-03-31 --zone +00:00 --file track.csv --form extract"
    )]
    Track(hand::Hand<kinds::Track>),
    /// A vessel, with what its first source says of it
    #[command(
        after_help = "Example: seaproof record vessel --as yu-son --name \"Yu Son\" --imo 8691702 --flag KP --basis ofac-list"
    )]
    Vessel(hand::Hand<kinds::Vessel>),
    /// That a vessel, or some of a group, was seen somewhere
    #[command(
        after_help = "Example: seaproof record sighting --about march-five --port RUVYP --when 2024-03-07/2024-03-22 \\\n           --sense each-within --status \"coming in\" --basis press-a:3"
    )]
    Sighting(hand::Hand<kinds::Sighting>),
    /// A call at a port
    #[command(
        after_help = "Example: seaproof record port-call --as calls-march --about march-five --port RUVYP \\\n           --arrival 2024-03 --sense each-within --basis press-a:5"
    )]
    PortCall(hand::Hand<kinds::PortCall>),
    /// Entries of any kind from a file, one JSON object a line: all or nothing
    #[command(after_help = "Example: seaproof record batch case.jsonl\n\n\
        Files are named relative to the batch's folder. `seaproof schema` describes the lines.")]
    Batch {
        /// The file, or - for standard input
        file: PathBuf,
        #[command(flatten)]
        options: hand::Options,
    },
}

pub fn run(ctx: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Document(entry) => entry.run(ctx),
        Command::Image(entry) => entry.run(ctx),
        Command::Track(entry) => entry.run(ctx),
        Command::Vessel(entry) => entry.run(ctx),
        Command::Sighting(entry) => entry.run(ctx),
        Command::PortCall(entry) => entry.run(ctx),
        Command::Batch { file, options } => batch::run(ctx, &file, &options),
    }
}
