//! Which vessels of a case may stand on a list. Proposals only: a person compares and signs.
//!
//! | found by | per mille |
//! |---|---|
//! | the same IMO number, a ship's on both sides | 1000 |
//! | the same IMO number, but in a text of the row that may speak of another ship | 800 |
//! | the same MMSI; the same call sign | 800; 700 |
//! | the same digits, but they may as well be a company's IMO number | 500 |
//! | the same digits, but the list gives them as a company's IMO number | 300 |
//! | a name: the row's own; an alias, or a name in brackets; a former name; a weak alias; a ship that the row's text names | 800; 750; 650; 550; 500 |
//!
//! From a name's points 100 go if only its sound is the same ([`crate::folding`]), 300 if one letter of the
//! sound differs, 400 if two do, and 100 if the name has fewer than five letters. Letters may differ in
//! names of six letters or more (one) or of ten or more (two); swapped neighbours are one
//! difference; numbers must be equal. A row that matches in several ways counts the best, and 50
//! for each further kind of field, up to 990 without the row's own IMO number. If the vessel and the
//! row's identifier fields have IMO numbers of ships and none in common, 400 go (never below 50)
//! and the proposal says so.
//!
//! Names are compared with rows on ships and things of no stated kind, and with ships that any row's text
//! names; identifiers with every row. Every equal IMO number is proposed. By name alone, at most
//! [`NAME_PROPOSALS_MAX`] rows are proposed for a vessel and [`SAME_NAME_ROWS_MAX`] rows looked at for a
//! spelling; where more match, [`Proposals::cut`] says for which vessels.

mod names;
mod near;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::events::lists::MatchedBy;
use crate::ids::{CallSign, Imo, Mmsi};

use super::compare::RowSeen;
use super::row::{Kind, NameKind, Row, SchemeBasis};
use super::{Place, Snapshot};

use names::{Listed, Named};

/// The most rows proposed for one vessel by name alone.
pub const NAME_PROPOSALS_MAX: usize = 100;
/// The most rows of one sound, or near one, that are looked at for one name.
pub const SAME_NAME_ROWS_MAX: usize = 1_000;

/// A vessel of the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CaseVessel {
    /// By what the caller knows it: a label or entry id. Given back in [`Proposal::vessel`].
    pub id: String,
    /// Its names in every spelling and script recorded.
    pub names: Vec<String>,
    /// Its IMO numbers; several where accounts differ.
    pub imos: Vec<Imo>,
    /// Its MMSIs.
    pub mmsis: Vec<Mmsi>,
    /// Its call signs.
    pub call_signs: Vec<CallSign>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proposals {
    /// By vessel in the order given, then from the highest score, then in the list's order.
    pub proposals: Vec<Proposal>,
    /// Vessels for which more rows match by name than are proposed.
    pub cut: Vec<String>,
    /// True if the list has more names, or longer ones, than are compared: rows were found by their
    /// identifiers only.
    pub names_left_out: bool,
    /// True if the list has so many names that some were compared for equality only.
    pub near_names_left_out: bool,
}

/// That a vessel may be what a row is about, or names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// [`CaseVessel::id`].
    pub vessel: String,
    /// The row.
    pub row: RowSeen,
    /// Where the row begins in the file.
    pub place: Place,
    /// How close the match is, in per mille; no probability.
    pub score: u16,
    /// Every way in which they match, closest first.
    pub matches: Vec<Match>,
    /// That both have IMO numbers of ships and none in common.
    pub imo_contradiction: Option<ImoContradiction>,
    /// All of it in words.
    pub reason: String,
}

/// IMO numbers of ships on both sides, none in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImoContradiction {
    /// The vessel's.
    pub vessel: Vec<Imo>,
    /// The row's.
    pub row: Vec<Imo>,
}

/// One way in which a vessel and a row match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// How.
    pub how: How,
    /// For names: how the row holds the name.
    pub name_kind: Option<NameKind>,
    /// The row's field.
    pub field: &'static str,
    /// The vessel's value.
    pub vessel_value: String,
    /// The row's value as written.
    pub row_value: String,
    /// What this match alone is worth.
    pub score: u16,
}

/// How two values match. Ordered from the closest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The same IMO number, of a ship on both sides.
    ExactImo,
    /// The same IMO number, but one that the row only names: in a text beside another ship, or in a row
    /// that is on no ship.
    ImoInText,
    /// The same MMSI.
    ExactMmsi,
    /// The same call sign.
    ExactCallSign,
    /// The same name after folding case, marks, spaces and numerals.
    NameFolded,
    /// The same name in another romanisation or script.
    NameTransliterated,
    /// A name with one or two letters different.
    NameNear,
    /// The same digits, which pass the check of ships and of companies, in a row on a company.
    ImoOfEither,
    /// The same digits, given to a company.
    ImoOfCompany,
}

impl How {
    /// The kind of field, of which each further one adds to the score.
    fn field(self) -> u8 {
        match self {
            Self::ExactImo | Self::ImoInText | Self::ImoOfEither | Self::ImoOfCompany => 0,
            Self::ExactMmsi => 1,
            Self::ExactCallSign => 2,
            Self::NameFolded | Self::NameTransliterated | Self::NameNear => 3,
        }
    }
}

/// Proposes which rows of a list are about, or name, which vessels. The rules stand in the head of this
/// module.
pub fn propose(vessels: &[CaseVessel], list: &Snapshot) -> Proposals {
    let index = Index::of(&list.rows);
    let mut found = Proposals {
        names_left_out: index.names.full,
        near_names_left_out: index.names.near.full,
        ..Proposals::default()
    };
    for vessel in vessels {
        index.propose(vessel, &mut found);
    }
    found
}

/// A list's rows by what they can be found by. The maps are only looked into, never gone through.
struct Index<'a> {
    rows: &'a [Row],
    imos: HashMap<u32, Vec<(usize, How, &'static str)>>,
    mmsis: HashMap<Mmsi, Vec<usize>>,
    call_signs: HashMap<&'a str, Vec<usize>>,
    names: Listed,
}

impl<'a> Index<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let mut index = Self {
            rows,
            imos: HashMap::new(),
            mmsis: HashMap::new(),
            call_signs: HashMap::new(),
            names: Listed::of(rows),
        };
        for (at, row) in rows.iter().enumerate() {
            let ships = row.imos.iter();
            let ships = ships.map(|imo| {
                let number = imo.number.get();
                let either = || row.company_imos.iter().any(|c| c.number.get() == number);
                let how = match imo.basis {
                    _ if row.is_own(imo) => How::ExactImo,
                    SchemeBasis::CheckDigitOnly if either() => How::ImoOfEither,
                    _ => How::ImoInText,
                };
                (number, how, imo.field)
            });
            let companies = row.company_imos.iter();
            let companies = companies.map(|imo| (imo.number.get(), How::ImoOfCompany, imo.field));
            for (number, how, field) in ships.chain(companies) {
                index.imos.entry(number).or_default().push((at, how, field));
            }
            for mmsi in &row.mmsis {
                index.mmsis.entry(*mmsi).or_default().push(at);
            }
            for sign in &row.call_signs {
                index.call_signs.entry(sign.as_str()).or_default().push(at);
            }
        }
        index
    }

    fn propose(&self, vessel: &CaseVessel, found: &mut Proposals) {
        let mut matches: BTreeMap<usize, Vec<Match>> = BTreeMap::new();
        let mut add = |row: usize, new: Match| {
            let known = matches.entry(row).or_default();
            // One row may hold a name many times; the closest is enough.
            match known.iter_mut().find(|m| m.how.field() == new.how.field()) {
                Some(old) if (new.score, old.how) > (old.score, new.how) => *old = new,
                Some(_) => {}
                None => known.push(new),
            }
        };
        for imo in &vessel.imos {
            for (row, how, field) in self.imos.get(&imo.get()).into_iter().flatten() {
                let score = match how {
                    How::ExactImo => 1000,
                    How::ImoInText => 800,
                    How::ImoOfEither => 500,
                    _ => 300,
                };
                add(*row, identifier(*how, score, field, imo.to_string()));
            }
        }
        for mmsi in &vessel.mmsis {
            for row in self.mmsis.get(mmsi).into_iter().flatten() {
                add(
                    *row,
                    identifier(How::ExactMmsi, 800, "mmsi", mmsi.to_string()),
                );
            }
        }
        for sign in &vessel.call_signs {
            for row in self.call_signs.get(sign.as_str()).into_iter().flatten() {
                add(
                    *row,
                    identifier(How::ExactCallSign, 700, "call_sign", sign.to_string()),
                );
            }
        }
        let mut cut = false;
        for name in &vessel.names {
            for written in Named::parts(name) {
                cut |= self.names.look_up(self.rows, &written, &mut add);
            }
        }

        let mut proposals: Vec<(bool, Proposal)> = matches
            .into_iter()
            .map(|(row, matches)| {
                let by_name = matches.iter().all(|m| m.name_kind.is_some());
                (by_name, self.proposal(vessel, row, matches))
            })
            .collect();
        proposals.sort_by_key(|(_, p)| (std::cmp::Reverse(p.score), p.row.number));
        let mut by_name = 0;
        proposals.retain(|(only_name, _)| {
            by_name += usize::from(*only_name);
            !only_name || by_name <= NAME_PROPOSALS_MAX
        });
        if cut || by_name > NAME_PROPOSALS_MAX {
            found.cut.push(vessel.id.clone());
        }
        found
            .proposals
            .extend(proposals.into_iter().map(|(_, p)| p));
    }

    fn proposal(&self, vessel: &CaseVessel, row: usize, mut matches: Vec<Match>) -> Proposal {
        let row = &self.rows[row];
        matches.sort_by_key(|m| (std::cmp::Reverse(m.score), m.how));
        let mut score = matches.first().map_or(0, |best| best.score);
        let exact = matches.iter().any(|m| m.how == How::ExactImo);
        if !exact {
            score = (score + 50 * (matches.len() as u16 - 1)).min(990);
        }
        let imo_contradiction = contradiction(vessel, row, &matches);
        if imo_contradiction.is_some() {
            score = score.saturating_sub(400).max(50);
        }
        let mut reason: Vec<String> = matches.iter().map(|m| m.in_words(row)).collect();
        if let Some(contradiction) = &imo_contradiction {
            reason.push(format!(
                "but the case has IMO {} and the list {}: another ship, or one of the numbers is wrong",
                words(&contradiction.vessel),
                words(&contradiction.row)
            ));
        }
        Proposal {
            vessel: vessel.id.clone(),
            row: RowSeen::of(row),
            place: row.place,
            score,
            matches,
            imo_contradiction,
            reason: reason.join("; "),
        }
    }
}

fn words(numbers: &[Imo]) -> String {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

fn identifier(how: How, score: u16, field: &'static str, value: String) -> Match {
    Match {
        how,
        name_kind: None,
        field,
        vessel_value: value.clone(),
        row_value: value,
        score,
    }
}

/// A row's own number speaks against a vessel; a number in a text on somebody else does not.
fn contradiction(vessel: &CaseVessel, row: &Row, matches: &[Match]) -> Option<ImoContradiction> {
    let in_text = matches
        .iter()
        .all(|m| m.how == How::ImoInText || m.name_kind == Some(NameKind::InText));
    if in_text || matches!(row.kind, Kind::Entity | Kind::Person) {
        return None;
    }
    let listed = row.own_imos();
    let differ = !vessel.imos.is_empty()
        && !listed.is_empty()
        && !vessel.imos.iter().any(|imo| listed.contains(imo));
    differ.then(|| ImoContradiction {
        vessel: vessel.imos.clone(),
        row: listed,
    })
}

impl Match {
    /// How a signed `listed` would name this match. A likeness or a ship in a text is `other`.
    pub fn matched_by(&self) -> MatchedBy {
        match (self.how, self.name_kind) {
            (How::ExactImo, _) => MatchedBy::Imo,
            (How::NameFolded | How::NameTransliterated, Some(kind)) => match kind {
                NameKind::Primary => MatchedBy::Name,
                NameKind::Alias | NameKind::WeakAlias => MatchedBy::Alias,
                NameKind::Former => MatchedBy::FormerName,
                NameKind::InText => MatchedBy::Other,
            },
            _ => MatchedBy::Other,
        }
    }

    fn in_words(&self, row: &Row) -> String {
        let of = match self.name_kind {
            None => String::new(),
            Some(NameKind::Primary) => "its name".to_owned(),
            Some(NameKind::Alias) => "another of its names".to_owned(),
            Some(NameKind::Former) => "a former name".to_owned(),
            Some(NameKind::WeakAlias) => "a weak alias".to_owned(),
            Some(NameKind::InText) => format!(
                "a ship that the text of the row on {} names",
                row.name().unwrap_or(&row.reference)
            ),
        };
        let (mine, listed) = (&self.vessel_value, &self.row_value);
        match self.how {
            How::ExactImo => format!("IMO {mine} is the same"),
            How::ExactMmsi => format!("MMSI {mine} is the same (a radio, not a hull)"),
            How::ExactCallSign => format!("call sign {mine} is the same"),
            How::ImoInText => format!(
                "{} of the row on {} names IMO {mine}, perhaps as another ship's",
                self.field,
                row.name().unwrap_or(&row.reference)
            ),
            How::ImoOfEither => format!(
                "the digits {mine} are the same, but they may be a company's IMO number as well as a ship's"
            ),
            How::ImoOfCompany => format!(
                "the digits {mine} are the same, but the list gives them as a company's IMO number"
            ),
            How::NameFolded => format!("{mine:?} is {listed:?}, {of}"),
            How::NameTransliterated => {
                format!("{mine:?} is {listed:?} in another spelling, {of}")
            }
            How::NameNear => format!("{mine:?} is near {listed:?}, {of}"),
        }
    }
}
