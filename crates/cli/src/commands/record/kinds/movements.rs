//! What ships did.

use clap::Args;
use serde_json::json;

use super::super::fields::{Counting, Dating, Line, Placing, Saying, USUALLY, text};
use super::super::hand::Kind;
use super::super::told::{Amounting, Carrying};
use crate::error::Result;

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
    const EXAMPLE: &'static str = "record sighting --about march-five --port RUVYP --when 2024-03-07/2024-03-22 --sense each-within \
        --status \"coming in\" --basis press-a:3";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("about".into(), self.about.clone().into());
        self.counting.put(line)?;
        self.placing.put(line)?;
        // The weakest that a date can mean, unless more was said.
        self.dating.put(line, "when", &self.when, "within");
        text(line, "status", &self.status);
        self.saying.put(line, USUALLY.reported);
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
    const EXAMPLE: &'static str = "record port-call --as calls-april --about march-five --port RUVYP --arrival 2024-04 --sense each-within \
        --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        line.insert("about".into(), self.about.clone().into());
        self.counting.put(line)?;
        self.placing.put(line)?;
        self.dating.put(line, "arrival", &self.arrival, "within");
        self.dating
            .put(line, "departure", &self.departure, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}
/// What loading and unloading have.
#[derive(Debug, Args)]
pub struct CargoMove {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    /// The port call or sighting during which it happened
    #[arg(long, value_name = "ENTRY")]
    during: Option<String>,
    #[command(flatten)]
    placing: Placing,
    #[command(flatten)]
    carrying: Carrying,
    #[command(flatten)]
    amounting: Amounting,
    /// When, as 2024-03-07 or 2024-03-07/2024-03-22
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl CargoMove {
    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        text(line, "during", &self.during);
        self.placing.put_if_given(line)?;
        self.carrying.put(line);
        self.amounting.put(line)?;
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Loading {
    #[command(flatten)]
    cargo: CargoMove,
}

impl Kind for Loading {
    const NAME: &'static str = "loading";
    const EXAMPLE: &'static str = "record loading --about march-five --during calls-march --product refined --when 2024-03 --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        self.cargo.put(line)
    }
}

#[derive(Debug, Args)]
pub struct Unloading {
    #[command(flatten)]
    cargo: CargoMove,
}

impl Kind for Unloading {
    const NAME: &'static str = "unloading";
    const EXAMPLE: &'static str = "record unloading --about march-five --count 2 --port KPCHO --product oil \
        --amount \"up-to 25000 bbl\" --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        self.cargo.put(line)
    }
}

#[derive(Debug, Args)]
pub struct Departure {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    #[command(flatten)]
    placing: Placing,
    /// For which port: its UN/LOCODE, or words with a space in them
    #[arg(long, value_name = "LOCODE|WORDS")]
    bound_for: Option<String>,
    /// When it left
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Departure {
    const NAME: &'static str = "departure";
    const EXAMPLE: &'static str = "record departure --about march-five --count 2+ --port RUVYP --bound-for KPCHO \
        --when 2024-03-07/.. --sense each-within --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        self.placing.put(line)?;
        if let Some(port) = &self.bound_for {
            let field = match port.contains(' ') {
                true => "words",
                false => "locode",
            };
            line.insert("bound_for".into(), json!({ field: port }));
        }
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct ShipToShipTransfer {
    /// One vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    /// What it did: giver or receiver [default: not stated]
    #[arg(long)]
    role: Option<String>,
    /// The other vessel or group
    #[arg(long, value_name = "ENTRY")]
    with: Option<String>,
    #[command(flatten)]
    placing: Placing,
    #[command(flatten)]
    carrying: Carrying,
    #[command(flatten)]
    amounting: Amounting,
    /// When
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for ShipToShipTransfer {
    const NAME: &'static str = "ship-to-ship-transfer";
    const EXAMPLE: &'static str = "record ship-to-ship-transfer --about yu-son --role receiver --with march-five --place \"at sea\" \
        --product oil --when 2024-04 --cited \"A patrol report\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        text(line, "role", &self.role);
        text(line, "with", &self.with);
        self.placing.put_if_given(line)?;
        self.carrying.put(line);
        self.amounting.put(line)?;
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct AisSilence {
    /// The vessel or group
    #[arg(long, value_name = "ENTRY")]
    about: String,
    #[command(flatten)]
    counting: Counting,
    /// When no signal was received
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    /// In which part of the voyage, in words
    #[arg(long, value_name = "WORDS")]
    phase: Option<String>,
    /// A recorded track that shows a signal would have been heard
    #[arg(long, value_name = "ENTRY", conflicts_with = "coverage")]
    track: Option<String>,
    /// What shows that a signal would have been heard, in words [default: not stated]
    #[arg(long, value_name = "WORDS")]
    coverage: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for AisSilence {
    const NAME: &'static str = "ais-silence";
    const EXAMPLE: &'static str = "record ais-silence --about march-five --when 2024-03 --phase \"on the journey\" --basis press-a:5";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &Some(self.about.clone()));
        self.counting.put(line)?;
        self.dating.put(line, "when", &self.when, "within");
        text(line, "phase", &self.phase);
        match (&self.track, &self.coverage) {
            (Some(track), _) => line.insert("coverage".into(), json!({ "track": track })),
            (None, Some(words)) => line.insert("coverage".into(), json!({ "words": words })),
            (None, None) => None,
        };
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}
