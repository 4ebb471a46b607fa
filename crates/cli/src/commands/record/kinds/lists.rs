//! Sanctions lists, and what is said of them.

use clap::Args;

use super::super::fields::{Counting, Dating, Holding, Line, Saying, USUALLY, number, text};
use super::super::hand::Kind;
use super::super::told::Measuring;
use crate::error::Result;

#[derive(Debug, Args)]
pub struct ListSnapshot {
    /// Whose list
    #[arg(long, value_name = "WORDS")]
    authority: String,
    /// Which of its lists, as it calls it
    #[arg(long, value_name = "WORDS")]
    list: String,
    /// The programme or regime, if the list has only one
    #[arg(long, value_name = "WORDS")]
    programme: Option<String>,
    /// In which format the file is: un-xml, eu-csv, ofac-csv, ftm-json
    #[arg(long)]
    format: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// The date that the list itself states
    #[arg(long, value_name = "DATE")]
    generated: Option<String>,
    /// When it was fetched
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// How many rows it has
    #[arg(long, value_name = "N")]
    rows: Option<u64>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for ListSnapshot {
    const NAME: &'static str = "list-snapshot";
    const EXAMPLE: &'static str = "record list-snapshot --as un-list --authority \"UN Security Council\" \
        --list \"1718 Sanctions List\" --generated 2018-10-29";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "authority", &Some(self.authority.clone()));
        text(line, "list", &Some(self.list.clone()));
        text(line, "programme", &self.programme);
        text(line, "format", &self.format);
        text(line, "url", &self.url);
        self.dating.put(line, "generated", &self.generated, "on");
        self.dating.put(line, "captured", &self.captured, "on");
        number(line, "rows", self.rows);
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Listed {
    /// The vessel
    #[arg(long, value_name = "ENTRY")]
    about: String,
    /// The list as it stood
    #[arg(long, value_name = "ENTRY")]
    snapshot: String,
    /// The row's own reference in the list, as KPe.061
    #[arg(long, value_name = "TEXT")]
    reference: String,
    /// The vessel's name in the row
    #[arg(long, value_name = "NAME")]
    named: Option<String>,
    /// By what the vessel is taken to be the row's: imo, name, alias, former-name or other
    #[arg(long, value_name = "WHAT")]
    matched_by: String,
    /// The programme or regime of the row
    #[arg(long, value_name = "WORDS")]
    programme: Option<String>,
    #[command(flatten)]
    measuring: Measuring,
    /// From when on it is in force
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Listed {
    const NAME: &'static str = "listed";
    const EXAMPLE: &'static str = "record listed --as yu-son-listed --about yu-son --snapshot un-list --reference KPe.100 \
        --matched-by imo --measure port-ban --since 2018-03-30 --basis un-list:r61 --confidence probable \
        --why \"The same IMO number\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        text(line, "snapshot", &Some(self.snapshot.clone()));
        text(line, "reference", &Some(self.reference.clone()));
        text(line, "named", &self.named);
        text(line, "matched_by", &Some(self.matched_by.clone()));
        text(line, "programme", &self.programme);
        self.measuring.put(line);
        self.dating.put(line, "since", &self.since, "on");
        self.saying.put(line, USUALLY.inferred);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct ListingAmended {
    /// The listing
    #[arg(long, value_name = "ENTRY")]
    listing: String,
    /// The list that shows the change
    #[arg(long, value_name = "ENTRY")]
    snapshot: Option<String>,
    #[command(flatten)]
    measuring: Measuring,
    /// From when on
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// What was changed, in words
    #[arg(long, value_name = "WORDS")]
    says: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for ListingAmended {
    const NAME: &'static str = "listing-amended";
    const EXAMPLE: &'static str = "record listing-amended --listing yu-son-listed --measure port-ban --since 2019-07-01 \
        --cited \"A press release\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "listing", &Some(self.listing.clone()));
        text(line, "snapshot", &self.snapshot);
        self.measuring.put(line);
        self.dating.put(line, "since", &self.since, "on");
        text(line, "says", &self.says);
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Delisted {
    /// The listing
    #[arg(long, value_name = "ENTRY")]
    listing: String,
    /// The list that shows it
    #[arg(long, value_name = "ENTRY")]
    snapshot: Option<String>,
    /// From when on it is no longer in force
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Delisted {
    const NAME: &'static str = "delisted";
    const EXAMPLE: &'static str =
        "record delisted --listing yu-son-listed --since 2020-01-01 --cited \"A press release\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "listing", &Some(self.listing.clone()));
        text(line, "snapshot", &self.snapshot);
        self.dating.put(line, "since", &self.since, "on");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct SaidListed {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    /// Whose list
    #[arg(long, value_name = "WORDS")]
    authority: String,
    /// Which list, in words
    #[arg(long, value_name = "WORDS")]
    list: Option<String>,
    #[command(flatten)]
    measuring: Measuring,
    /// When it held
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for SaidListed {
    const NAME: &'static str = "said-listed";
    const EXAMPLE: &'static str = "record said-listed --about march-five --count 4+ --says \"at least four\" --authority UN \
        --measure \"port-ban=barred from ports\" --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        text(line, "authority", &Some(self.authority.clone()));
        text(line, "list", &self.list);
        self.measuring.put(line);
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}
