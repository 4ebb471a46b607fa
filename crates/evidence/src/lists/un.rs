//! The consolidated list of the UN Security Council. It has persons and entities, no ships: ships
//! and their owners' IMO numbers stand in `COMMENTS1`. It states no measures; the resolution of each
//! regime does.
//!
//! No document type is accepted and no entity but XML's own five is expanded, so that no file can
//! blow itself up.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::fields::{stated, tidy};
use super::keep::Kept;
use super::refused::{Place, cut};
use super::row::{Kind, NameKind, ReferenceKind, Row, Stated};
use super::source::Source;
use super::{FIELD_BYTES_MAX, Format, ROW_BYTES_MAX, Refused, Snapshot, XML_DEPTH_MAX};

/// An element that is open.
struct Open {
    name: String,
    place: Place,
    /// Another element stands in it.
    parent: bool,
}

/// The row that is being read.
struct Building {
    row: Row,
    first_names: Vec<String>,
    original_script: String,
    data_id: String,
    alias: String,
    quality: String,
}

struct List {
    open: Vec<Open>,
    text: String,
    building: Option<Building>,
    kept: Kept,
    generated: Option<Stated>,
    ended: bool,
}

pub(super) fn read<R: Read>(source: Source<R>) -> Result<Snapshot, Refused> {
    let mut reader = Reader::from_reader(source);
    reader.config_mut().expand_empty_elements = true;
    let mut list = List {
        open: Vec::new(),
        text: String::new(),
        building: None,
        kept: Kept::new(),
        generated: None,
        ended: false,
    };
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let place = reader.get_ref().place();
        reader
            .get_mut()
            .allow(ROW_BYTES_MAX, "XML element, text or comment");
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => {
                let source = reader.get_ref();
                list.event(event, place, source)?;
            }
            Err(error) => {
                let why = reader.get_mut().why();
                return Err(why.unwrap_or_else(|| {
                    Refused::at(
                        place,
                        format!("broken XML: {}", said(&error)),
                        "the file is damaged or cut; get it again",
                    )
                }));
            }
        }
    }
    list.finish(reader.get_ref())
}

fn said(error: &quick_xml::Error) -> String {
    // Names of elements in the error may be as long as the file.
    error.to_string().chars().take(200).collect()
}

impl List {
    fn event<R: Read>(
        &mut self,
        event: Event<'_>,
        place: Place,
        source: &Source<R>,
    ) -> Result<(), Refused> {
        match event {
            Event::Start(start) => {
                let name = start.name().into_inner();
                if self.open.is_empty() {
                    self.root(name, place)?;
                    if let Ok(Some(date)) = start.try_get_attribute("dateGenerated") {
                        self.generated = stated(&cut(&date.value));
                    }
                }
                if self.open.len() >= XML_DEPTH_MAX {
                    return Err(Refused::at(
                        place,
                        format!("more than {XML_DEPTH_MAX} elements inside one another"),
                        "no such list needs them; get the file again",
                    ));
                }
                self.beside();
                if let Some(parent) = self.open.last_mut() {
                    parent.parent = true;
                }
                self.start(name, place);
                self.open.push(Open {
                    name: name.to_owned(),
                    place,
                    parent: false,
                });
                self.text.clear();
            }
            Event::End(_) => self.end(source)?,
            Event::Text(text) => self.add(&text.xml10_content(), place)?,
            Event::CData(text) => self.add(&text.xml10_content(), place)?,
            Event::GeneralRef(name) => {
                let c = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                let Some(c) = c else {
                    return Err(Refused::at(
                        place,
                        format!("the entity &{}; is not one of XML's own", cut(&name)),
                        "no entity is expanded; get the list again where it is published",
                    ));
                };
                self.add(c.encode_utf8(&mut [0; 4]), place)?;
            }
            Event::DocType(_) => {
                return Err(Refused::at(
                    place,
                    "a document type declaration, which can hold an entity bomb",
                    "no UN list has one; get the list again where it is published",
                ));
            }
            Event::Decl(declaration) => {
                if let Some(Ok(encoding)) = declaration.encoding()
                    && !["utf-8", "utf8", "us-ascii", "ascii"]
                        .contains(&encoding.to_lowercase().as_str())
                {
                    let encoding = cut(&encoding);
                    return Err(Refused::at(
                        place,
                        format!("the file says that it is {encoding:?}; only UTF-8 is read"),
                        format!(
                            "convert a copy with `iconv -f {encoding} -t UTF-8`, put UTF-8 into its \
                             first line, and record it as derived from the original"
                        ),
                    ));
                }
            }
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) | Event::Eof => {}
        }
        if let Some(building) = &self.building
            && source.place().byte - building.row.place.byte > ROW_BYTES_MAX
        {
            return Err(Refused::at(
                building.row.place,
                format!("the row that begins here has more than {ROW_BYTES_MAX} bytes"),
                "the file is damaged; get it again",
            ));
        }
        Ok(())
    }

    fn root(&self, name: &str, place: Place) -> Result<(), Refused> {
        if self.ended {
            return Err(Refused::at(
                place,
                "a second list stands behind the first",
                "cut the file into one file per list",
            ));
        }
        let advice = match name {
            "CONSOLIDATED_LIST" => return Ok(()),
            "sdnList" | "Sanctions" => "this looks like OFAC's XML: use its SDN.CSV",
            "export" => "this looks like the EU's XML: use the CSV by legal act",
            "html" | "HTML" => "this is a web page: get the file that it links to",
            _ => "read are UN consolidated XML, EU CSV, OFAC SDN CSV and FollowTheMoney JSON",
        };
        Err(Refused::at(
            place,
            format!("no list is known whose XML begins with <{}>", cut(name)),
            advice,
        ))
    }

    /// Notes that text stands beside elements: it is read only as far as it stands behind the last.
    fn beside(&mut self) {
        let (Some(open), Some(building)) = (self.open.last(), &mut self.building) else {
            return;
        };
        if self.text.trim().is_empty() {
            return;
        }
        let note = format!(
            "<{}> has text beside the elements inside it, which is not read: look at the file",
            cut(&open.name)
        );
        Row::text(&mut building.row.notes, &note);
    }

    fn start(&mut self, name: &str, place: Place) {
        let within = self.open.last().map(|open| open.name.as_str());
        let kind = match (within, name) {
            (Some("INDIVIDUALS"), "INDIVIDUAL") => Kind::Person,
            (Some("ENTITIES"), "ENTITY") => Kind::Entity,
            (Some(_), "INDIVIDUALS" | "ENTITIES") if self.open.len() == 1 => return,
            // A section or a kind of row that is not known is counted.
            (Some(_), name) if self.open.len() <= 2 => {
                self.kept.pass_over(name);
                return;
            }
            _ => return,
        };
        if self.open.len() == 2 && self.building.is_none() {
            self.building = Some(Building {
                row: Row::new(kind, place),
                first_names: Vec::new(),
                original_script: String::new(),
                data_id: String::new(),
                alias: String::new(),
                quality: String::new(),
            });
        }
    }

    fn add(&mut self, text: &str, place: Place) -> Result<(), Refused> {
        if self.open.is_empty() {
            if text.trim().is_empty() {
                return Ok(());
            }
            return Err(Refused::at(
                place,
                "text stands outside the list",
                "the file is damaged; get it again",
            ));
        }
        if self.building.is_none() {
            return Ok(());
        }
        if self.text.len() + text.len() > FIELD_BYTES_MAX {
            return Err(Refused::at(
                place,
                format!("a field has more than {FIELD_BYTES_MAX} bytes"),
                "the file is damaged; get it again",
            ));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn end<R: Read>(&mut self, source: &Source<R>) -> Result<(), Refused> {
        if self.open.last().is_some_and(|open| open.parent) {
            self.beside();
        }
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        if self.open.is_empty() {
            self.ended = true;
        }
        let text = std::mem::take(&mut self.text);
        // The row lies at depth 2; its fields deeper.
        if self.open.len() == 2 {
            if let Some(building) = self.building.take() {
                self.kept.push(building.finish(), source)?;
            }
            return Ok(());
        }
        let within = self.open.last().map_or("", |open| open.name.as_str());
        if let Some(building) = &mut self.building {
            building.field(within, &open.name, &text);
        }
        Ok(())
    }

    fn finish<R: Read>(self, source: &Source<R>) -> Result<Snapshot, Refused> {
        if let Some(open) = self.open.last() {
            return Err(source.refuse(
                format!(
                    "the file ends inside <{}>, which opened in line {}",
                    cut(&open.name),
                    open.place.line
                ),
                "it is cut; get it again",
            ));
        }
        if !self.ended {
            return Err(source.refuse("there is no element in the file", "get it again"));
        }
        let mut snapshot = self.kept.into_snapshot(
            Format::UnXml,
            "UN consolidated".to_owned(),
            Some("United Nations Security Council".to_owned()),
            source,
        )?;
        snapshot.head.generated = self.generated;
        Ok(snapshot)
    }
}

impl Building {
    fn field(&mut self, within: &str, name: &str, text: &str) {
        let row = &mut self.row;
        match (within, name) {
            ("INDIVIDUAL" | "ENTITY", field) => match field {
                "FIRST_NAME" | "SECOND_NAME" | "THIRD_NAME" | "FOURTH_NAME" => {
                    self.first_names.push(tidy(text));
                }
                "NAME_ORIGINAL_SCRIPT" => self.original_script = tidy(text),
                "REFERENCE_NUMBER" => row.reference = tidy(text),
                "DATAID" => self.data_id = tidy(text),
                "UN_LIST_TYPE" => Row::text(&mut row.programmes, text),
                "LISTED_ON" => Row::date(&mut row.listed, text),
                "DELISTED_ON" => Row::date(&mut row.delisted, text),
                "COMMENTS1" => row.remark(text, "COMMENTS1"),
                "INDIVIDUAL_ALIAS" | "ENTITY_ALIAS" => {
                    let (alias, quality) = (
                        std::mem::take(&mut self.alias),
                        std::mem::take(&mut self.quality),
                    );
                    let kind = match quality.to_lowercase().as_str() {
                        "f.k.a." | "f.k.a" | "fka" => NameKind::Former,
                        "low" => NameKind::WeakAlias,
                        _ => NameKind::Alias,
                    };
                    row.name_as(&alias, kind, Some(&quality), "ALIAS_NAME");
                }
                _ => {}
            },
            ("INDIVIDUAL_ALIAS" | "ENTITY_ALIAS", "ALIAS_NAME") => self.alias = tidy(text),
            ("INDIVIDUAL_ALIAS" | "ENTITY_ALIAS", "QUALITY") => self.quality = tidy(text),
            ("LAST_DAY_UPDATED", "VALUE") => Row::date(&mut row.updated, text),
            _ => {}
        }
    }

    fn finish(self) -> Row {
        let mut row = self.row;
        let own = tidy(&self.first_names.join(" "));
        let found = std::mem::take(&mut row.names);
        row.name_as(&own, NameKind::Primary, None, "FIRST_NAME");
        row.name_as(
            &self.original_script,
            NameKind::Alias,
            None,
            "NAME_ORIGINAL_SCRIPT",
        );
        row.names.extend(found);
        if !self.data_id.is_empty() {
            let id = format!("DATAID {}", self.data_id);
            match row.reference.is_empty() {
                true => row.reference = id,
                false => row.other_references.push(id),
            }
            row.reference_kind = ReferenceKind::Own;
        }
        row
    }
}
