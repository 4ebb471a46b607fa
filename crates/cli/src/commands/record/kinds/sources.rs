//! What evidence is made of.

use clap::Args;
use serde_json::json;

use super::super::fields::{Counting, Dating, Holding, Line, Saying, USUALLY, list, number, text};
use super::super::hand::Kind;
use crate::error::{Error, Result};

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
    const EXAMPLE: &'static str = "record document --as press-b --publisher \"A paper\" --published 2024-03-26 --file press-b.txt --form own-notes \
        --relays ft";

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
    const EXAMPLE: &'static str = "record image --as scene-2 --platform Sentinel-2A --acquired 2024-03-07T02:11:09 --zone +00:00 \
        --file scene.tif --form original";

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
    pub mmsi: Option<String>,
    /// Who supplied it. Where it is left out, the entry says that this is not stated
    #[arg(long, value_name = "WORDS", default_value = "not stated")]
    supplied_by: String,
    /// What received it: terrestrial, satellite, both or shipborne
    #[arg(long)]
    receiver: Option<String>,
    /// What the receivers cover, in words
    #[arg(long, value_name = "WORDS")]
    coverage: Option<String>,
    /// From when to when, as 2024-03-01/2024-03-31
    #[arg(long, value_name = "DATES")]
    pub span: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// How many positions are declared
    #[arg(long, value_name = "N")]
    positions: Option<u64>,
    #[command(flatten)]
    pub holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for Track {
    const NAME: &'static str = "ais-track";
    const EXAMPLE: &'static str = "record ais-track --mmsi 445123000 --supplied-by \"A receiver ashore\" --span 2024-03-01/2024-03-31 --zone +00:00 \
        --file track.csv --form extract";

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
pub struct ImageSet {
    /// How many images: 5, 2-4, or 2+ for at least two
    #[arg(long, value_name = "N", default_value = "1+")]
    count: String,
    /// When they were taken
    #[arg(long, value_name = "DATE")]
    acquired: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// The satellite or aircraft
    #[arg(long)]
    platform: Option<String>,
    /// Who provided them
    #[arg(long)]
    provider: Option<String>,
    /// A scene's name. May be repeated
    #[arg(long)]
    scene_id: Vec<String>,
    /// What they show, in words
    #[arg(long, value_name = "WORDS")]
    shows: Option<String>,
    #[command(flatten)]
    holding: Holding,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Kind for ImageSet {
    const NAME: &'static str = "image-set";
    const EXAMPLE: &'static str = "record image-set --as rusi-images --acquired 2024-03-07/2024-03-22 --sense each-within \
        --provider \"A think tank\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("count".into(), Counting::range("--count", &self.count)?);
        self.dating
            .put(line, "acquired", &self.acquired, "each-within");
        text(line, "platform", &self.platform);
        text(line, "provider", &self.provider);
        list(line, "scene_ids", &self.scene_id);
        text(line, "shows", &self.shows);
        self.holding.put(line);
        text(line, "note", &self.note);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct ImageInterpreted {
    /// The image or image set
    #[arg(long, value_name = "ENTRY")]
    image: String,
    /// In which part of it, in pixels from the upper left corner
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT")]
    region: Option<String>,
    /// The vessel or group that is seen
    #[arg(long, value_name = "ENTRY")]
    about: Option<String>,
    /// What is seen
    #[arg(long, value_name = "WORDS")]
    sees: String,
    /// What else it could be. May be repeated
    #[arg(long, value_name = "WORDS")]
    alternative: Vec<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for ImageInterpreted {
    const NAME: &'static str = "image-interpreted";
    const EXAMPLE: &'static str = "record image-interpreted --image rusi-images --sees \"A tanker at the oil berth\" \
        --alternative \"A bulk carrier\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "image", &Some(self.image.clone()));
        if let Some(region) = &self.region {
            let numbers: Option<Vec<u32>> =
                region.split(',').map(|n| n.trim().parse().ok()).collect();
            let Some([x, y, width, height]) = numbers.as_deref() else {
                return Err(Error::usage(format!(
                    "--region {region:?}: expected X,Y,WIDTH,HEIGHT in pixels, as 100,40,300,80"
                )));
            };
            let region = json!({"x": x, "y": y, "width": width, "height": height});
            line.insert("region".into(), region);
        }
        text(line, "about", &self.about);
        text(line, "sees", &Some(self.sees.clone()));
        list(line, "alternatives", &self.alternative);
        self.saying.put(line, USUALLY.observed);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Translation {
    /// The document that is a translation
    #[arg(long, value_name = "ENTRY")]
    document: String,
    /// The original
    #[arg(long, value_name = "ENTRY")]
    of: String,
    /// The original's language
    #[arg(long, value_name = "LANGUAGE")]
    from: Option<String>,
    /// The translation's language
    #[arg(long, value_name = "LANGUAGE")]
    into: Option<String>,
    /// By whom or what
    #[arg(long, value_name = "WORDS")]
    by: Option<String>,
    /// A passage that was looked at: its name, and the words of the translation. May be repeated
    #[arg(long, value_name = "NAME=WORDS")]
    passage: Vec<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Translation {
    const NAME: &'static str = "translation";
    const EXAMPLE: &'static str = "record translation --document press-a --of ft --from en --into nl --passage port=Vostotchni --mode observed";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "document", &Some(self.document.clone()));
        text(line, "of", &Some(self.of.clone()));
        text(line, "from", &self.from);
        text(line, "into", &self.into);
        text(line, "by", &self.by);
        let mut passages = Vec::new();
        for passage in &self.passage {
            let (name, words) = passage.split_once('=').ok_or_else(|| {
                Error::usage(format!(
                    "--passage {passage:?}: expected NAME=WORDS, as port=Wostotschny"
                ))
            })?;
            passages.push(json!({"name": name, "rendered": words}));
        }
        if !passages.is_empty() {
            line.insert("passages".into(), passages.into());
        }
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}
