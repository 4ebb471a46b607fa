//! What is held beyond single facts, and what was looked for and not found.

use clap::Args;
use serde_json::json;

use super::super::fields::{Dating, Line, Placing, Saying, USUALLY, list, text};
use super::super::hand::Kind;
use super::super::told::Trading;
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Assertion {
    /// The thing, if it is about one
    #[arg(long, value_name = "ENTRY")]
    about: Option<String>,
    /// The question that the text answers, as breach-of-the-2017-limits
    #[arg(long, value_name = "KEYWORD")]
    property: Option<String>,
    /// The statement or answer
    #[arg(long, value_name = "WORDS")]
    text: String,
    /// It is of law; nothing here decides it
    #[arg(long)]
    legal: bool,
    #[command(flatten)]
    placing: Placing,
    /// When
    #[arg(long, value_name = "DATE")]
    when: Option<String>,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Assertion {
    const NAME: &'static str = "assertion";
    const EXAMPLE: &'static str = "record assertion --as ammo --about march-five --property breach-of-the-2017-limits --text yes \
        --legal --basis press-a:1";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "about", &self.about);
        text(line, "property", &self.property);
        text(line, "text", &Some(self.text.clone()));
        if self.legal {
            line.insert("legal".into(), true.into());
        }
        self.placing.put_if_given(line)?;
        self.dating.put(line, "when", &self.when, "within");
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Hypothesis {
    /// What might be so
    #[arg(long, value_name = "WORDS")]
    text: String,
    /// Who raised it: an entry of a document or the like. May be repeated
    #[arg(long, value_name = "ENTRY")]
    raised_by: Vec<String>,
    /// What speaks for it. May be repeated
    #[arg(long, value_name = "ENTRY")]
    supports: Vec<String>,
    /// What speaks against it. May be repeated
    #[arg(long, value_name = "ENTRY")]
    against: Vec<String>,
    /// What would refute it
    #[arg(long, value_name = "WORDS")]
    would_refute: Option<String>,
    /// Where it stands: open, supported, refuted or abandoned [default: open]
    #[arg(long)]
    status: Option<String>,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Hypothesis {
    const NAME: &'static str = "hypothesis";
    const EXAMPLE: &'static str = "record hypothesis --text \"The oil is given in return for arms\" --raised-by ft \
        --would-refute \"Records of payment in money\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "text", &Some(self.text.clone()));
        list(line, "raised_by", &self.raised_by);
        list(line, "supports", &self.supports);
        list(line, "against", &self.against);
        text(line, "would_refute", &self.would_refute);
        text(line, "status", &self.status);
        self.saying.put(line, USUALLY.reported);
        Ok(())
    }
}

#[derive(Debug, Args)]
pub struct Absence {
    /// Which kind of thing was looked for, as notification, listed, port-call, ais-track
    #[arg(long, value_name = "KIND")]
    looked_for: String,
    /// Of which things. May be repeated
    #[arg(long, value_name = "ENTRY")]
    about: Vec<String>,
    #[command(flatten)]
    trading: Trading,
    /// Of which time
    #[arg(long, value_name = "DATE")]
    period: Option<String>,
    #[command(flatten)]
    placing: Placing,
    /// What was looked for, in words
    #[arg(long, value_name = "WORDS")]
    words: Option<String>,
    /// In what it was looked for: documents, lists, tracks, images. May be repeated
    #[arg(long, value_name = "ENTRY")]
    looked_in: Vec<String>,
    /// When that was seen, or as of when it stood
    #[arg(long, value_name = "DATE")]
    as_seen: String,
    #[command(flatten)]
    dating: Dating,
    #[command(flatten)]
    saying: Saying,
}

impl Kind for Absence {
    const NAME: &'static str = "absence";
    const EXAMPLE: &'static str = "record absence --looked-for notification --supplier RU --receiver KP --product refined \
        --period 2024-02/.. --looked-in ft --as-seen 2024-12-04 --mode reported --cited \"A news agency\"";

    fn put(&self, line: &mut Line) -> Result<()> {
        let mut sought = Line::new();
        text(&mut sought, "kind", &Some(self.looked_for.clone()));
        list(&mut sought, "about", &self.about);
        self.trading.put(&mut sought);
        if let Some(period) = &self.period {
            sought.insert("period".into(), json!({"edtf": period, "sense": "within"}));
        }
        self.placing.put_if_given(&mut sought)?;
        text(&mut sought, "words", &self.words);
        line.insert("looked_for".into(), sought.into());
        list(line, "looked_in", &self.looked_in);
        self.dating
            .put(line, "as_seen", &Some(self.as_seen.clone()), "on");
        self.saying.put(line, USUALLY.observed);
        Ok(())
    }
}
