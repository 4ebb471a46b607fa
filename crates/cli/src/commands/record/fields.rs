//! Groups of options that several kinds have, and how they stand in a line.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// A line under construction.
pub type Line = Map<String, Value>;

/// Puts a text where one was given.
pub fn text(line: &mut Line, field: &str, value: &Option<String>) {
    if let Some(value) = value {
        line.insert(field.into(), value.clone().into());
    }
}

/// Puts a list where something was given.
pub fn list(line: &mut Line, field: &str, values: &[String]) {
    if !values.is_empty() {
        line.insert(field.into(), values.into());
    }
}

/// How dates are meant.
#[derive(Debug, Args)]
pub struct Dating {
    /// How the statement lies in its date: on, within, each-within or throughout
    #[arg(long, value_name = "SENSE")]
    sense: Option<String>,
    /// The zone of the clock that dates were told on, as +10:00 [default: not stated]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
}

impl Dating {
    /// Puts a date (EDTF: 2024-03, 2024-03-07/2024-03-22, 2024-03-07/..) where one was given.
    pub fn put(&self, line: &mut Line, field: &str, date: &Option<String>, sense: &str) {
        let Some(date) = date else { return };
        let sense = self.sense.as_deref().unwrap_or(sense);
        let mut when = json!({"edtf": date, "sense": sense});
        if let Some(zone) = &self.zone {
            when["zone"] = zone.clone().into();
        }
        line.insert(field.into(), when);
    }
}

/// Files that are held.
#[derive(Debug, Args)]
pub struct Holding {
    /// A file to keep as exhibit. May be repeated
    #[arg(long, value_name = "FILE", requires = "form")]
    pub file: Vec<String>,
    /// The files' form: original, capture, copy, extract, transcript, translation or own-notes
    #[arg(long, value_name = "FORM")]
    pub form: Option<String>,
    /// Without a file: whether it is known of (cited) or held and not given (withheld) [default: cited]
    #[arg(long, value_name = "HOLD", conflicts_with = "file")]
    pub hold: Option<String>,
}

impl Holding {
    pub fn put(&self, line: &mut Line) {
        let hold = if self.file.is_empty() {
            Value::from(self.hold.clone().unwrap_or_else(|| "cited".into()))
        } else {
            let files: Vec<Value> = self
                .file
                .iter()
                .map(|file| json!({"file": file, "form": self.form}))
                .collect();
            json!({ "held": files })
        };
        line.insert("hold".into(), hold);
    }
}

/// Where something was.
#[derive(Debug, Args)]
pub struct Placing {
    /// The port's UN/LOCODE, as RUVYP
    #[arg(long, value_name = "LOCODE")]
    port: Option<String>,
    /// Degrees north and east, as 42.75,133.083
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    position: Option<String>,
    /// The place in words
    #[arg(long, value_name = "WORDS")]
    place: Option<String>,
    /// Where in the port, in words
    #[arg(long, value_name = "WORDS")]
    berth: Option<String>,
}

impl Placing {
    pub fn put(&self, line: &mut Line) -> Result<()> {
        let mut place = Line::new();
        text(&mut place, "locode", &self.port);
        text(&mut place, "words", &self.place);
        text(&mut place, "berth", &self.berth);
        if let Some(written) = &self.position {
            place.insert("position".into(), position(written)?);
        }
        line.insert("place".into(), place.into());
        Ok(())
    }

    /// The same for kinds that need no place.
    pub fn put_if_given(&self, line: &mut Line) -> Result<()> {
        let given = [&self.port, &self.position, &self.place, &self.berth];
        match given.iter().any(|field| field.is_some()) {
            true => self.put(line),
            false => Ok(()),
        }
    }
}

/// Degrees north and east.
pub fn position(written: &str) -> Result<Value> {
    let (lat, lon) = written.split_once(',').ok_or_else(|| {
        Error::usage(format!(
            "--position {written:?}: expected LAT,LON, as 42.75,133.083"
        ))
    })?;
    Ok(json!({"lat": lat.trim(), "lon": lon.trim()}))
}

/// How many of a group.
#[derive(Debug, Args)]
pub struct Counting {
    /// How many of a group: 5, 2-4, or 2+ for at least two
    #[arg(long, value_name = "N")]
    count: Option<String>,
    /// The source's own word for how many
    #[arg(long, value_name = "WORDS")]
    says: Option<String>,
}

impl Counting {
    pub fn put(&self, line: &mut Line) -> Result<()> {
        text(line, "says", &self.says);
        let Some(count) = &self.count else {
            return Ok(());
        };
        line.insert("count".into(), Self::range("--count", count)?);
        Ok(())
    }

    /// `5`, `2-4` or `2+`.
    pub fn range(option: &str, written: &str) -> Result<Value> {
        let number = |digits: &str| {
            digits.parse::<u32>().map_err(|_| {
                Error::usage(format!(
                    "{option} {written:?}: expected 5, 2-4, or 2+ for at least two"
                ))
            })
        };
        Ok(match (written.strip_suffix('+'), written.split_once('-')) {
            (Some(low), _) => json!({"low": number(low)?}),
            (None, Some((low, high))) => json!({"low": number(low)?, "high": number(high)?}),
            (None, None) => json!({"low": number(written)?, "high": number(written)?}),
        })
    }
}
/// How a kind of statement is usually held; [`Saying`] takes it where nothing was said.
#[derive(Debug, Clone, Copy)]
pub struct Usual {
    mode: &'static str,
    /// Whether it is the recorder's own doing.
    own: bool,
}

/// The usual ways.
pub struct Usually {
    /// Somebody else says so.
    pub reported: Usual,
    /// A state filed it.
    pub notified: Usual,
    /// The recorder saw or did it.
    pub observed: Usual,
    /// The recorder concludes it.
    pub inferred: Usual,
}

/// The usual ways.
pub const USUALLY: Usually = Usually {
    reported: Usual {
        mode: "reported",
        own: false,
    },
    notified: Usual {
        mode: "notified",
        own: false,
    },
    observed: Usual {
        mode: "observed",
        own: true,
    },
    inferred: Usual {
        mode: "inferred",
        own: true,
    },
};

/// Who says so, on what it rests, how sure we are.
#[derive(Debug, Args)]
pub struct Saying {
    /// How we hold it: observed, reported, estimated, notified or inferred [default: reported; for what the recorder
    /// does or concludes, observed or inferred]
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Who made the statement: an entry, words in quotes with a space in them, recorder or not-stated
    #[arg(long, value_name = "WHO")]
    origin: Option<String>,
    /// How they made it: observed, reported, estimated, notified or inferred
    #[arg(long, value_name = "MODE", requires = "origin")]
    origin_mode: Option<String>,
    /// An entry that it rests on, with the place in it: press-a, press-a:3, press-a:3-5 (lines), press-a:p2 (page),
    /// press-a:r12 (row), press-a:§5 (paragraph). May be repeated
    #[arg(long, value_name = "ENTRY[:PLACE]")]
    basis: Vec<String>,
    /// The exact words, in the last --basis; their line is looked up in its file
    #[arg(long, value_name = "WORDS", requires = "basis")]
    quote: Option<String>,
    /// Something without an entry that it rests on, in words. May be repeated
    #[arg(long, value_name = "WORDS")]
    cited: Vec<String>,
    /// How sure we are of the content: confirmed, probable, possible, doubtful [default: not assessed]
    #[arg(long, value_name = "LEVEL")]
    confidence: Option<String>,
    /// Why so sure
    #[arg(long, value_name = "WORDS", requires = "confidence")]
    why: Option<String>,
    /// Anything else, in words
    #[arg(long, value_name = "WORDS")]
    note: Option<String>,
}

impl Saying {
    pub fn put(&self, line: &mut Line, usual: Usual) {
        let mode = self.mode.as_deref().unwrap_or(usual.mode);
        line.insert("mode".into(), mode.into());
        if let Some(name) = &self.origin {
            let mut origin = json!({ "who": who(name) });
            if let Some(mode) = &self.origin_mode {
                origin["mode"] = mode.clone().into();
            }
            line.insert("origin".into(), origin);
        } else if usual.own && self.mode.is_none() {
            line.insert("origin".into(), json!({"who": "recorder", "mode": mode}));
        }
        let mut basis: Vec<Value> = self.basis.iter().map(|text| one_basis(text)).collect();
        if let (Some(quote), Some(last)) = (&self.quote, basis.last_mut()) {
            last["at"]["quote"] = quote.clone().into();
        }
        basis.extend(self.cited.iter().map(|words| json!({ "cited": words })));
        if !basis.is_empty() {
            line.insert("basis".into(), basis.into());
        }
        if let Some(level) = &self.confidence {
            let mut confidence = json!({ "level": level });
            if let Some(why) = &self.why {
                confidence["reason"] = why.clone().into();
            }
            line.insert("confidence".into(), confidence);
        }
        text(line, "note", &self.note);
    }
}

/// Who somebody is: `recorder`, `not-stated`, an entry, or words with a space in them.
pub fn who(name: &str) -> Value {
    match name {
        "recorder" | "not-stated" => name.into(),
        words if words.contains(char::is_whitespace) => json!({ "words": words }),
        entry => json!({ "entry": entry }),
    }
}

/// `press-a:3-5`, `report:p2,§5` and the like; labels hold no colon.
pub fn one_basis(text: &str) -> Value {
    let Some((entry, places)) = text.split_once(':') else {
        return json!({ "of": text });
    };
    let mut at = Line::new();
    // A paragraph may hold anything, so it takes all that follows.
    let (places, paragraph) = match places.split_once('§') {
        Some((places, paragraph)) => (places, Some(paragraph.trim())),
        None => (places, None),
    };
    for place in places.split(',').map(str::trim) {
        let number = |prefix| {
            let digits: Option<&str> = place.strip_prefix(prefix);
            digits.and_then(|digits| digits.trim().parse::<u32>().ok())
        };
        if place.is_empty() && paragraph.is_some() {
            continue;
        } else if let Some(page) = number('p') {
            at.insert("page".into(), page.into());
        } else if let Some(row) = number('r') {
            at.insert("row".into(), row.into());
        } else {
            // Lines, or what the reader refuses in its own words.
            at.insert("line".into(), place.into());
        }
    }
    if let Some(paragraph) = paragraph {
        at.insert("paragraph".into(), paragraph.into());
    }
    json!({"of": entry, "at": at})
}

/// Puts the whole number that a text is, or the text itself: the reader refuses it in its own words.
pub fn number(line: &mut Line, field: &str, value: Option<u64>) {
    if let Some(value) = value {
        line.insert(field.into(), value.into());
    }
}
