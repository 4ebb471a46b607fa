//! Fields of a list to values, and what cannot be one.

use crate::ids::{CallSign, IdentifierError, ImoScheme, Mmsi};
use crate::time::Edtf;

use super::refused::cut;
use super::row::{
    ImoFound, Kind, Name, NameKind, RefusedValue, Remark, Row, SchemeBasis, Stated, StatedMeasure,
};
use super::{measures, remarks};

/// The most things of one kind that are kept of a row, such as names.
pub(super) const ITEMS_MAX: usize = 4096;
/// The most ships that are taken from a row's texts.
const IN_TEXT_MAX: usize = 64;

/// Runs of spaces and controls made one space, none around.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(256));
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Reads a date in one of the lists' forms: `2018-03-30`, `2018-03`, `2018`, `30.3.2018`, or the
/// day of a full time.
pub(super) fn stated(written: &str) -> Option<Stated> {
    let written = tidy(written);
    if written.is_empty() {
        return None;
    }
    let date = single(&written);
    Some(Stated { written, date })
}

fn single(text: &str) -> Option<Edtf> {
    if let Some((day, time)) = text.split_once('T')
        && time.starts_with(|c: char| c.is_ascii_digit())
    {
        return day.parse().ok();
    }
    let parts: Vec<&str> = text.split('.').collect();
    if let [day, month, year] = parts[..]
        && year.len() == 4
        && [day, month].iter().all(|p| (1..=2).contains(&p.len()))
    {
        return format!("{year}-{month:0>2}-{day:0>2}").parse().ok();
    }
    // An interval is two dates.
    text.parse().ok().filter(|_| !text.contains('/'))
}

/// Where a number stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The field is a text, which may speak of other ships too.
    pub(super) text: bool,
}

/// Adds a number unless it is there; why it is none otherwise.
fn found<N: std::str::FromStr<Err = IdentifierError> + PartialEq>(
    list: &mut Vec<ImoFound<N>>,
    digits: &str,
    basis: SchemeBasis,
    field: Field,
) -> Option<IdentifierError> {
    match digits.parse::<N>() {
        Ok(number) => {
            let new = ImoFound {
                number,
                basis,
                field: field.name,
                in_text: field.text,
            };
            match list.iter().position(|found| found.number == new.number) {
                // A field of its own says more than a text.
                Some(at) if list[at].in_text && !new.in_text => list[at] = new,
                Some(_) => {}
                None if list.len() < ITEMS_MAX => list.push(new),
                None => {}
            }
            None
        }
        Err(error) => Some(error),
    }
}

impl Row {
    /// Adds a name unless it is empty or there already.
    pub(super) fn name_as(
        &mut self,
        text: &str,
        kind: NameKind,
        quality: Option<&str>,
        field: &'static str,
    ) {
        let text = tidy(text);
        if text.is_empty()
            || self.names.len() >= ITEMS_MAX
            || self.names.iter().any(|n| n.text == text && n.kind == kind)
        {
            return;
        }
        self.names.push(Name {
            text,
            kind,
            quality: quality.map(tidy).filter(|q| !q.is_empty()),
            field,
        });
    }

    /// Reads a field of IMO numbers, parted by semicolons or commas.
    pub(super) fn imo(&mut self, written: &str, field: &'static str) {
        let scheme = match self.kind {
            Kind::Entity => ImoScheme::Company,
            _ => ImoScheme::Ship,
        };
        let field = Field {
            name: field,
            text: false,
        };
        for part in written.split([';', ',']) {
            let part = tidy(part);
            if part.is_empty() {
                continue;
            }
            let digits = remarks::behind_imo(&part).unwrap_or(&part);
            self.imo_digits(digits, &part, scheme, SchemeBasis::RowKind, field);
        }
    }

    /// Takes digits as a number of a scheme. What words or the row's kind say of the scheme may be wrong,
    /// so digits that fail its check are tried as the other's; where nothing but the row's kind or the
    /// check speaks for a company, they are kept as a ship's too.
    pub(super) fn imo_digits(
        &mut self,
        digits: &str,
        written: &str,
        scheme: ImoScheme,
        basis: SchemeBasis,
        field: Field,
    ) {
        let check = SchemeBasis::CheckDigitOnly;
        let refused = match scheme {
            ImoScheme::Ship => {
                let refused = found(&mut self.imos, digits, basis, field);
                match refused {
                    // A text on a ship may name its owner's number.
                    Some(_) if field.text && basis == SchemeBasis::RowKind => {
                        found(&mut self.company_imos, digits, check, field).and(refused)
                    }
                    refused => refused,
                }
            }
            ImoScheme::Company => {
                let refused = found(&mut self.company_imos, digits, basis, field);
                match basis {
                    SchemeBasis::RowKind | SchemeBasis::CheckDigitOnly => {
                        found(&mut self.imos, digits, check, field).and(refused)
                    }
                    _ if refused.is_some() => {
                        found(&mut self.imos, digits, check, field).and(refused)
                    }
                    _ => None,
                }
            }
        };
        if let Some(refused) = refused {
            self.refuse_value(field.name, written, refused.to_string());
        }
    }

    pub(super) fn mmsi(&mut self, written: &str, field: &'static str) {
        let written = tidy(written);
        if written.is_empty() {
            return;
        }
        match written.parse::<Mmsi>() {
            Ok(mmsi) if self.mmsis.contains(&mmsi) => {}
            Ok(mmsi) if self.mmsis.len() < ITEMS_MAX => self.mmsis.push(mmsi),
            Ok(_) => {}
            Err(error) => self.refuse_value(field, &written, error.to_string()),
        }
    }

    pub(super) fn call_sign(&mut self, written: &str, field: &'static str) {
        let written = tidy(written);
        if written.is_empty() {
            return;
        }
        match written.parse::<CallSign>() {
            Ok(sign) if self.call_signs.contains(&sign) => {}
            Ok(sign) if self.call_signs.len() < ITEMS_MAX => self.call_signs.push(sign),
            Ok(_) => {}
            Err(error) => self.refuse_value(field, &written, error.to_string()),
        }
    }

    pub(super) fn refuse_value(&mut self, field: &'static str, written: &str, reason: String) {
        let written = cut(written);
        let known = |value: &RefusedValue| value.field == field && value.written == written;
        if self.refused.len() < ITEMS_MAX && !self.refused.iter().any(known) {
            self.refused.push(RefusedValue {
                field,
                written,
                reason,
            });
        }
    }

    /// A measure in the list's words, once for each kind that these words name.
    pub(super) fn measure(&mut self, says: &str) {
        if self.measures.len() >= ITEMS_MAX {
            return;
        }
        let says = tidy(says);
        if says.is_empty() || self.measures.iter().any(|m| m.says == says) {
            return;
        }
        let kinds = measures::named(&says);
        self.measures
            .extend(kinds.into_iter().map(|measure| StatedMeasure {
                measure,
                says: says.clone(),
            }));
    }

    /// Adds to a list of texts unless empty or there already.
    pub(super) fn text(list: &mut Vec<String>, text: &str) {
        let text = tidy(text);
        if !text.is_empty() && list.len() < ITEMS_MAX && !list.contains(&text) {
            list.push(text);
        }
    }

    /// Adds a date; one that is not single is noted.
    pub(super) fn date(list: &mut Vec<Stated>, written: &str) {
        if let Some(date) = stated(written)
            && !list.contains(&date)
            && list.len() < ITEMS_MAX
        {
            list.push(date);
        }
    }

    /// Keeps a text, and the ships and IMO numbers that it names.
    pub(super) fn remark(&mut self, text: &str, field: &'static str) {
        let text = text.trim();
        if text.is_empty() || self.remarks.len() >= ITEMS_MAX {
            return;
        }
        let found = remarks::look_through(text);
        let known = self.names.iter().filter(|n| n.kind == NameKind::InText);
        let room = IN_TEXT_MAX.saturating_sub(known.count());
        for ship in found.ships.iter().take(room) {
            self.name_as(ship, NameKind::InText, None, field);
        }
        for imo in &found.imos {
            let (scheme, basis) = match (imo.stated, imo.beside_ship, self.kind) {
                (Some(scheme), _, _) => (scheme, SchemeBasis::Stated),
                (None, true, _) => (ImoScheme::Ship, SchemeBasis::BesideShip),
                (None, false, Kind::Entity) => (ImoScheme::Company, SchemeBasis::RowKind),
                (None, false, _) => (ImoScheme::Ship, SchemeBasis::RowKind),
            };
            let field = Field {
                name: field,
                text: true,
            };
            self.imo_digits(&imo.digits, &imo.digits, scheme, basis, field);
        }
        self.remarks.push(Remark {
            field,
            text: text.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Place;

    #[test]
    fn single_dates_are_read_and_dual_ones_stay_as_written() {
        for (written, date) in [
            ("30.3.2018", Some("2018-03-30")),
            (" 2018-03-30 ", Some("2018-03-30")),
            ("2018-10-29T19:09:49.856-04:00", Some("2018-10-29")),
            ("2018", Some("2018")),
            ("28.12.2017; 16.10.2018", None),
            ("16.10.2018 (8.10.2018)", None),
            ("2018-03-30/2018-04-06", None),
            ("31.2.2018", None),
            ("unknown", None),
        ] {
            let stated = stated(written).unwrap();
            assert_eq!(stated.date.as_ref().map(Edtf::as_str), date, "{written}");
        }
        assert_eq!(stated("  "), None);
    }

    #[test]
    fn no_row_keeps_more_of_a_kind_than_the_most() {
        let mut row = Row::new(Kind::Vessel, Place { line: 1, byte: 0 });
        for n in 0..ITEMS_MAX + 10 {
            row.mmsi(&format!("{}", 201_000_000 + n), "mmsi");
            let letter = |at: u32| char::from(b'A' + (n / 26usize.pow(at) % 26) as u8);
            row.call_sign(
                &format!("H{}{}{}", letter(2), letter(1), letter(0)),
                "call_sign",
            );
            row.measure(&format!("asset freeze {n}"));
        }
        let kept = [row.mmsis.len(), row.call_signs.len(), row.measures.len()];
        assert_eq!(kept, [ITEMS_MAX; 3]);
    }
}
