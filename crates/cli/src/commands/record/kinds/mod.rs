//! The kinds that can be entered by hand, with their options. `--set` reaches what these leave out.

mod custody;
mod lists;
mod movements;
mod quantities;
mod reference;
mod sources;
mod things;
mod views;

pub use custody::{Anchored, Attached, Custody, Derived, StateRecorded};
pub use lists::{Delisted, ListSnapshot, Listed, ListingAmended, SaidListed};
pub use movements::{
    AisSilence, Departure, Loading, PortCall, ShipToShipTransfer, Sighting, Unloading,
};
pub use quantities::{Cap, Figure, Notification, Quantity};
pub use reference::{ConversionFactor, Gazetteer, Port, RuleSet};
pub use sources::{Document, Image, ImageInterpreted, ImageSet, Track, Translation};
pub use things::{Claim, Count, Group, Membership, Reading, Vessel};
pub use views::{Absence, Assertion, Hypothesis};
