//! The kinds that can be entered by hand, with their options.

use clap::Args;
use serde_json::json;

use super::fields::{Counting, Dating, Holding, Line, Placing, Saying, list, number, text};
use super::hand::Kind;
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Document {
    #[arg(long)]
    title: Option<String>,
    /// Who published it
    #[arg(long)]
    publisher: Option<String>,
    /// Where it was found
    #[arg(long)]
    url: Option<String>,
    /// Its language, as en
    #[arg(long)]
    language: Option<String>,
    /// When it was published, as 2024-03-26
    #[arg(long, value_name = "DATE")]
    published: Option<String>,
    /// When we captured it
    #[arg(long, value_name = "DATE")]
    captured: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// An entry that it retells. May be repeated
    #[arg(long, value_name = "ENTRY")]
    relays: Vec<String>,
    /// It is a translation from this language
    #[arg(long, value_name = "LANGUAGE")]
    translated_from: Option<String>,
    /// By whom or what it was translated
    #[arg(long, value_name = "WORDS", requires = "translated_from")]
    translated_by: Option<String>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Document {
    const NAME: &'static str = "document";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "title", &self.title);
        text(line, "publisher", &self.publisher);
        text(line, "url", &self.url);
        text(line, "language", &self.language);
        self.dating.put(line, "published", &self.published, "on");
        self.dating.put(line, "captured", &self.captured, "on");
        list(line, "relays", &self.relays);
        if let Some(from) = &self.translated_from {
            let mut translated = json!({ "from": from });
            if let Some(by) = &self.translated_by {
                translated["by"] = by.clone().into();
            }
            line.insert("translated".into(), translated);
        }
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Image {
    /// The satellite or aircraft
    #[arg(long)]
    platform: Option<String>,
    /// The instrument on it
    #[arg(long)]
    instrument: Option<String>,
    /// The scene's name in its provider's catalogue
    #[arg(long)]
    scene_id: Option<String>,
    /// Who provided it
    #[arg(long)]
    provider: Option<String>,
    /// When it was taken
    #[arg(long, value_name = "DATE")]
    acquired: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// Ground size of a pixel in millimetres
    #[arg(long, value_name = "MM")]
    resolution_mm: Option<u64>,
    /// Processing level, as its provider names it
    #[arg(long)]
    level: Option<String>,
    /// The image set that it belongs to
    #[arg(long, value_name = "ENTRY")]
    within: Option<String>,
    /// What it shows, in words
    #[arg(long, value_name = "WORDS")]
    shows: Option<String>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Image {
    const NAME: &'static str = "image";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "platform", &self.platform);
        text(line, "instrument", &self.instrument);
        text(line, "scene_id", &self.scene_id);
        text(line, "provider", &self.provider);
        self.dating.put(line, "acquired", &self.acquired, "on");
        number(line, "resolution_mm", self.resolution_mm);
        text(line, "level", &self.level);
        text(line, "within", &self.within);
        text(line, "shows", &self.shows);
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Track {
    /// The vessel it is declared to be of
    #[arg(long, value_name = "ENTRY")]
    about: Option<String>,
    /// The MMSI it is declared to be of
    #[arg(long)]
    mmsi: Option<String>,
    /// Who supplied it
    #[arg(long, value_name = "WORDS")]
    supplied_by: String,
    /// What received it: terrestrial, satellite, both or aboard
    #[arg(long)]
    receiver: Option<String>,
    /// What the receivers cover, in words
    #[arg(long, value_name = "WORDS")]
    coverage: Option<String>,
    /// From when to when, as 2024-03-01/2024-03-31
    #[arg(long, value_name = "DATES")]
    span: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// How many positions are declared
    #[arg(long, value_name = "N")]
    positions: Option<u64>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Track {
    const NAME: &'static str = "ais-track";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &self.about);
        text(line, "mmsi", &self.mmsi);
        line.insert("supplied_by".into(), self.supplied_by.clone().into());
        text(line, "receiver", &self.receiver);
        text(line, "coverage", &self.coverage);
        self.dating.put(line, "span", &self.span, "within");
        number(line, "positions", self.positions);
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Vessel {
    /// Its name in Latin letters. May be repeated for other spellings
    #[arg(long)]
    name: Vec<String>,
    /// Its IMO number
    #[arg(long)]
    imo: Option<String>,
    /// Its flag, as KP
    #[arg(long, value_name = "COUNTRY")]
    flag: Option<String>,
    #[arg(long)]
    mmsi: Option<String>,
    #[arg(long)]
    call_sign: Option<String>,
    /// What type of ship it is, in words
    #[arg(long = "type", value_name = "WORDS")]
    ship_type: Option<String>,
    /// Deadweight in tonnes
    #[arg(long, value_name = "TONNES")]
    deadweight: Option<u64>,
    /// Who owns it
    #[arg(long, value_name = "WORDS")]
    owner: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Vessel {
    const NAME: &'static str = "vessel";

    fn put(&self, line: &mut Line) -> Result<()> {
        let names: Vec<_> = self
            .name
            .iter()
            .map(|name| json!({ "latin": name }))
            .collect();
        if !names.is_empty() {
            line.insert("names".into(), names.into());
        }
        text(line, "imo", &self.imo);
        text(line, "flag", &self.flag);
        text(line, "mmsi", &self.mmsi);
        text(line, "call_sign", &self.call_sign);
        text(line, "ship_type", &self.ship_type);
        number(line, "deadweight_t", self.deadweight);
        if let Some(owner) = &self.owner {
            line.insert("owner".into(), json!({ "name": owner }));
        }
        self.saying.put(line);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Sighting {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    #[command(flatten)]
    placing: Placing,
    /// When, as 2024-03-07 or 2024-03-07/2024-03-22
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// What it was doing, in words
    #[arg(long, value_name = "WORDS")]
    status: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Sighting {
    const NAME: &'static str = "sighting";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("about".into(), self.about.clone().into());
        self.counting.put(line)?;
        self.placing.put(line)?;
        // The weakest that a date can mean, unless more was said.
        self.dating.put(line, "when", &self.when, "within");
        text(line, "status", &self.status);
        self.saying.put(line);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct PortCall {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    #[command(flatten)]
    placing: Placing,
    /// When it came
    #[arg(long, value_name = "DATE")]
    arrival: Option<String>,
    /// When it left
    #[arg(long, value_name = "DATE")]
    departure: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for PortCall {
    const NAME: &'static str = "port-call";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("about".into(), self.about.clone().into());
        self.counting.put(line)?;
        self.placing.put(line)?;
        self.dating.put(line, "arrival", &self.arrival, "within");
        self.dating
            .put(line, "departure", &self.departure, "within");
        self.saying.put(line);
        Ok(())
    }
}
