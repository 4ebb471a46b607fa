//! `seaproof record`: evidence, one entry by hand or many from a file.

use std::path::PathBuf;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

pub mod batch;
pub mod fields;
mod gazetteer;
pub mod hand;
pub mod kinds;
mod list;
mod place;
pub mod set;
mod told;
mod track;

pub use track::{Making, columns_of};

use hand::{Hand, example};

/// `seaproof attach`.
#[derive(Debug, clap::Args)]
#[command(after_help = example::<kinds::Attached>())]
pub struct Attach {
    #[command(flatten)]
    entry: Hand<kinds::Attached>,
}

impl Attach {
    pub fn run(self, ctx: &mut Context) -> Result<()> {
        self.entry.run(ctx)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// A report, article, resolution, page or list
    #[command(after_help = example::<kinds::Document>())]
    Document(Hand<kinds::Document>),
    /// A satellite or aerial image
    #[command(after_help = example::<kinds::Image>())]
    Image(Hand<kinds::Image>),
    /// Images known only together
    #[command(after_help = example::<kinds::ImageSet>())]
    ImageSet(Hand<kinds::ImageSet>),
    /// What somebody sees in an image
    #[command(after_help = example::<kinds::ImageInterpreted>())]
    ImageInterpreted(Hand<kinds::ImageInterpreted>),
    /// AIS files, decoded while they are taken in
    Track(track::TrackFiles),
    /// AIS messages held as a file, by hand and without reading it
    #[command(after_help = example::<kinds::Track>())]
    AisTrack(Hand<kinds::Track>),
    /// That a document renders another in some language
    #[command(after_help = example::<kinds::Translation>())]
    Translation(Hand<kinds::Translation>),
    /// A vessel, with what its first source says of it
    #[command(after_help = example::<kinds::Vessel>())]
    Vessel(Hand<kinds::Vessel>),
    /// Unnamed ships or calls, with what makes a member
    #[command(after_help = example::<kinds::Group>())]
    Group(Hand<kinds::Group>),
    /// How many members a group has
    #[command(after_help = example::<kinds::Count>())]
    Count(Hand<kinds::Count>),
    /// That a vessel is, may be or is not one of a group
    #[command(after_help = example::<kinds::Membership>())]
    Membership(Hand<kinds::Membership>),
    /// One property of a thing, as somebody has it
    #[command(after_help = example::<kinds::Claim>())]
    Claim(Hand<kinds::Claim>),
    /// Your own choice where a source is vague
    #[command(after_help = example::<kinds::Reading>())]
    Reading(Hand<kinds::Reading>),
    /// That a vessel, or some of a group, was seen somewhere
    #[command(after_help = example::<kinds::Sighting>())]
    Sighting(Hand<kinds::Sighting>),
    /// A call at a port
    #[command(after_help = example::<kinds::PortCall>())]
    PortCall(Hand<kinds::PortCall>),
    /// Cargo taken on
    #[command(after_help = example::<kinds::Loading>())]
    Loading(Hand<kinds::Loading>),
    /// Cargo given off
    #[command(after_help = example::<kinds::Unloading>())]
    Unloading(Hand<kinds::Unloading>),
    /// That a vessel, or some of a group, set out
    #[command(after_help = example::<kinds::Departure>())]
    Departure(Hand<kinds::Departure>),
    /// Cargo moved from ship to ship
    #[command(after_help = example::<kinds::ShipToShipTransfer>())]
    ShipToShipTransfer(Hand<kinds::ShipToShipTransfer>),
    /// That no AIS signal was received
    #[command(after_help = example::<kinds::AisSilence>())]
    AisSilence(Hand<kinds::AisSilence>),
    /// That somebody says it is on a list; no list was consulted
    #[command(after_help = example::<kinds::SaidListed>())]
    SaidListed(Hand<kinds::SaidListed>),
    /// A sanctions list as it stood on a day
    #[command(after_help = example::<kinds::ListSnapshot>())]
    ListSnapshot(Hand<kinds::ListSnapshot>),
    /// That a row of a list speaks of a vessel, by your reading
    #[command(after_help = example::<kinds::Listed>())]
    Listed(Hand<kinds::Listed>),
    /// That a listing was changed
    #[command(after_help = example::<kinds::ListingAmended>())]
    ListingAmended(Hand<kinds::ListingAmended>),
    /// That a listing ended
    #[command(after_help = example::<kinds::Delisted>())]
    Delisted(Hand<kinds::Delisted>),
    /// A limit on deliveries
    #[command(after_help = example::<kinds::Cap>())]
    Cap(Hand<kinds::Cap>),
    /// One estimate by one origin; quantities tell its numbers
    #[command(after_help = example::<kinds::Figure>())]
    Figure(Hand<kinds::Figure>),
    /// One wording of a figure
    #[command(after_help = example::<kinds::Quantity>())]
    Quantity(Hand<kinds::Quantity>),
    /// A quantity as a state filed it
    #[command(after_help = example::<kinds::Notification>())]
    Notification(Hand<kinds::Notification>),
    /// That something was looked for and not found
    #[command(after_help = example::<kinds::Absence>())]
    Absence(Hand<kinds::Absence>),
    /// A port of a gazetteer
    #[command(after_help = example::<kinds::Port>())]
    Port(Hand<kinds::Port>),
    /// How many of one unit make one of another
    #[command(after_help = example::<kinds::ConversionFactor>())]
    ConversionFactor(Hand<kinds::ConversionFactor>),
    /// A table of ports, or a shoreline, by hand; `record ports` and `record shoreline` read the file
    #[command(after_help = example::<kinds::Gazetteer>())]
    Gazetteer(Hand<kinds::Gazetteer>),
    /// A general or legal statement
    #[command(after_help = example::<kinds::Assertion>())]
    Assertion(Hand<kinds::Assertion>),
    /// Something that might be so
    #[command(after_help = example::<kinds::Hypothesis>())]
    Hypothesis(Hand<kinds::Hypothesis>),
    /// What was done with files, entries or the ledger
    #[command(after_help = example::<kinds::Custody>())]
    Custody(Hand<kinds::Custody>),
    /// What a tool made of exhibits
    #[command(after_help = example::<kinds::Derived>())]
    Derived(Hand<kinds::Derived>),
    /// A file found for something only cited; the same as seaproof attach
    #[command(after_help = example::<kinds::Attached>())]
    Attached(Hand<kinds::Attached>),
    /// That a head of this ledger is known outside of it
    #[command(after_help = example::<kinds::Anchored>())]
    Anchored(Hand<kinds::Anchored>),
    /// A state root that was derived elsewhere
    #[command(after_help = example::<kinds::StateRecorded>())]
    StateRecorded(Hand<kinds::StateRecorded>),
    /// The rules of findings that are in force from here on (custodians only)
    #[command(after_help = example::<kinds::RuleSet>())]
    RuleSet(Hand<kinds::RuleSet>),
    /// A sanctions list from its file, with what the file says of itself
    List(list::List),
    /// A table of ports from its file, so that port visits name what they were found with
    Ports(gazetteer::Ports),
    /// A shoreline from its file
    Shoreline(gazetteer::Shore),
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
        Command::ImageSet(entry) => entry.run(ctx),
        Command::ImageInterpreted(entry) => entry.run(ctx),
        Command::Track(args) => track::run(ctx, &args),
        Command::AisTrack(entry) => entry.run(ctx),
        Command::Translation(entry) => entry.run(ctx),
        Command::Vessel(entry) => entry.run(ctx),
        Command::Group(entry) => entry.run(ctx),
        Command::Count(entry) => entry.run(ctx),
        Command::Membership(entry) => entry.run(ctx),
        Command::Claim(entry) => entry.run(ctx),
        Command::Reading(entry) => entry.run(ctx),
        Command::Sighting(entry) => entry.run(ctx),
        Command::PortCall(entry) => entry.run(ctx),
        Command::Loading(entry) => entry.run(ctx),
        Command::Unloading(entry) => entry.run(ctx),
        Command::Departure(entry) => entry.run(ctx),
        Command::ShipToShipTransfer(entry) => entry.run(ctx),
        Command::AisSilence(entry) => entry.run(ctx),
        Command::SaidListed(entry) => entry.run(ctx),
        Command::ListSnapshot(entry) => entry.run(ctx),
        Command::Listed(entry) => entry.run(ctx),
        Command::ListingAmended(entry) => entry.run(ctx),
        Command::Delisted(entry) => entry.run(ctx),
        Command::Cap(entry) => entry.run(ctx),
        Command::Figure(entry) => entry.run(ctx),
        Command::Quantity(entry) => entry.run(ctx),
        Command::Notification(entry) => entry.run(ctx),
        Command::Absence(entry) => entry.run(ctx),
        Command::Port(entry) => entry.run(ctx),
        Command::ConversionFactor(entry) => entry.run(ctx),
        Command::Gazetteer(entry) => entry.run(ctx),
        Command::Assertion(entry) => entry.run(ctx),
        Command::Hypothesis(entry) => entry.run(ctx),
        Command::Custody(entry) => entry.run(ctx),
        Command::Derived(entry) => entry.run(ctx),
        Command::Attached(entry) => entry.run(ctx),
        Command::Anchored(entry) => entry.run(ctx),
        Command::StateRecorded(entry) => entry.run(ctx),
        Command::RuleSet(entry) => entry.run(ctx),
        Command::List(args) => list::run(ctx, &args),
        Command::Ports(args) => gazetteer::ports(ctx, &args),
        Command::Shoreline(args) => gazetteer::shoreline(ctx, &args),
        Command::Batch { file, options } => batch::run(ctx, &file, &options),
    }
}
