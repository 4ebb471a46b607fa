//! Caps with their three columns, and figures with their tellings.

use seaproof_evidence::Event;
use serde::{Deserialize, Serialize};

use super::Word;
use super::told::{ToldRow, WhenRow, WhoRow, text, when, who};
use crate::caps::interval::{Interval, SharePart};
use crate::caps::{self, CapState, Column, Counted};
use crate::claims;
use crate::settle::Settled;
use crate::words;

/// A cap over one of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapRow {
    /// The limit.
    pub limit: Limit,
    /// Of what.
    pub product: Word,
    /// Whose deliveries count: a country, `all` or `not-stated`.
    pub suppliers: String,
    /// To whom.
    pub receiver: String,
    /// The period's first day; null where no figure says which period.
    pub from: Option<String>,
    /// The first day after it.
    pub before: Option<String>,
    /// What a supplier has to do besides.
    pub duty: Option<String>,
    /// Filed by states; null is none recorded.
    pub notified: Option<ColumnRow>,
    /// Numbers of outsiders; null is none recorded.
    pub reported: Option<ColumnRow>,
    /// Worked out by authors of this ledger; null is none recorded.
    pub estimated: Option<ColumnRow>,
    /// Figures that may bear on it and cannot be counted, and why.
    pub not_counted: Vec<(String, Word)>,
    /// The cap's own entry.
    #[serde(flatten)]
    pub told: ToldRow,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How much.
    pub amount: u64,
    /// Of which unit.
    pub unit: Word,
}

/// One column of a cap: an interval, never added to another column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRow {
    /// At least this much.
    pub low: u64,
    /// More than `low`, not `low` itself.
    pub low_exclusive: bool,
    /// At most this much; null if open.
    pub high: Option<u64>,
    /// Whether there is no upper end.
    pub open: bool,
    /// Whether a number in it was told as roughly so.
    pub about: bool,
    /// Parts of the limit in hundredths of a percent, rounded outward; null of a limit of nothing.
    pub share: Option<SharePart>,
    /// In words, as `up to 125,000`.
    pub words: String,
    /// The share in words, as `up to 25.00 %`.
    pub share_words: Option<String>,
    /// All figures of the column.
    pub figures: Vec<CountedFigure>,
    /// Every entry behind it.
    pub entries: Vec<u64>,
    /// Whether a figure that sets an end of it is by a key that is called suspect, or rests on such.
    pub rests_on_suspect: bool,
}

/// A figure in a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedFigure {
    /// Its label or number.
    pub id: String,
    /// Its entry.
    pub entry: u64,
    /// At least this much.
    pub low: u64,
    /// More than `low`.
    pub low_exclusive: bool,
    /// At most this much; null if open.
    pub high: Option<u64>,
    /// In words.
    pub words: String,
    /// Whether it sets an end of what counts; the others are shown as "also, not added".
    pub counts: bool,
    /// Whether it reaches beyond the period or the date that is looked at, so that its low counts as 0.
    pub partly: bool,
    /// The conversion factors by which alone it has a number in the cap's unit.
    pub factors: Vec<u64>,
    /// The reading by which its product is taken.
    pub reading: Option<u64>,
    /// The tellings as a share of this cap without which it would not count; empty if it counts by
    /// its product.
    pub by_share: Vec<u64>,
    /// Every entry behind it.
    pub entries: Vec<u64>,
    /// Whether one of these is by a key that is called suspect, or rests on such.
    pub rests_on_suspect: bool,
}

/// A figure and its tellings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureRow {
    /// What it counts.
    pub what: String,
    /// The vessel or group that carried it.
    pub about: Option<String>,
    /// Who supplied it.
    pub supplier: String,
    /// Who received it.
    pub receiver: String,
    /// Of which class, as stated.
    pub product: Word,
    /// Over which time.
    pub period: Option<WhenRow>,
    /// Who made the number.
    pub maker: WhoRow,
    /// Its wordings.
    pub tellings: Vec<TellingRow>,
    /// The figure's own entry.
    #[serde(flatten)]
    pub told: ToldRow,
}

/// One wording of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellingRow {
    /// The number as it was told, in our words.
    pub number: String,
    /// The source's words.
    pub says: Option<String>,
    /// At least this much.
    pub low: u64,
    /// More than `low`.
    pub low_exclusive: bool,
    /// At most this much; null if open.
    pub high: Option<u64>,
    /// Of which unit.
    pub unit: Word,
    /// The cap that it was told as a share of.
    pub share_of: Option<String>,
    /// Its entry.
    #[serde(flatten)]
    pub told: Option<ToldRow>,
}

pub(super) fn cap(settled: &Settled<'_>, state: &CapState<'_>) -> CapRow {
    let statement = &state.statement;
    let Event::Cap(event) = statement.event() else {
        unreachable!("a cap's state is made from a cap")
    };
    let column = |wanted| {
        state.columns.get(&wanted).map(|c| {
            let behind = c.figures.iter().flat_map(|f| f.behind.iter().copied());
            let behind: std::collections::BTreeSet<_> = behind.collect();
            ColumnRow {
                low: c.interval.low,
                low_exclusive: c.interval.low_exclusive,
                high: c.interval.high,
                open: c.interval.high.is_none(),
                about: c.interval.about,
                share: c.interval.share_of(state.limit.value),
                words: c.interval.words(),
                share_words: c.interval.share_words(state.limit.value),
                figures: c.figures.iter().map(|f| counted(settled, f)).collect(),
                rests_on_suspect: c
                    .figures
                    .iter()
                    .filter(|f| f.sets_an_end)
                    .any(|f| settled.any_on_suspect(f.behind.iter().copied())),
                entries: settled.numbers(behind),
            }
        })
    };
    let (from, before) = state.period.clone().unzip();
    CapRow {
        limit: Limit {
            amount: state.limit.value,
            unit: state.limit.unit.symbol().into(),
        },
        product: claims::product(event.product).into(),
        suppliers: event.suppliers.to_string(),
        receiver: event.receiver.to_string(),
        from,
        before,
        duty: event.duty.as_ref().map(text),
        notified: column(Column::Notified),
        reported: column(Column::Reported),
        estimated: column(Column::Estimated),
        not_counted: state
            .not_counted
            .iter()
            .map(|(at, why)| (settled.state.name(*at), Word::Borrowed(*why)))
            .collect(),
        told: ToldRow::of(settled, statement),
    }
}

fn counted(settled: &Settled<'_>, figure: &Counted) -> CountedFigure {
    let Interval {
        low,
        low_exclusive,
        high,
        ..
    } = figure.interval;
    CountedFigure {
        id: settled.state.name(figure.figure),
        entry: settled.number(figure.figure),
        low,
        low_exclusive,
        high,
        words: figure.interval.words(),
        counts: figure.sets_an_end,
        partly: figure.partly,
        factors: settled.numbers(figure.factors.iter().copied()),
        reading: figure.reading.map(|at| settled.number(at)),
        by_share: settled.numbers(figure.by_share.iter().copied()),
        entries: settled.numbers(figure.behind.iter().copied()),
        rests_on_suspect: settled.any_on_suspect(figure.behind.iter().copied()),
    }
}

pub(super) fn figures(settled: &Settled<'_>) -> Vec<FigureRow> {
    let row = |statement: crate::settle::Statement<'_>| {
        let Event::Figure(event) = statement.event() else {
            return None;
        };
        let about = event.about.and_then(|slot| statement.target(slot));
        Some(FigureRow {
            what: event.what.to_string(),
            about: about.map(|at| settled.state.name(at)),
            supplier: event.supplier.to_string(),
            receiver: event.receiver.to_string(),
            product: claims::product(event.product).into(),
            period: when(Some(&event.period)),
            maker: who(settled, &statement, &event.origin),
            tellings: caps::tellings(settled, statement.at)
                .into_iter()
                .map(|t| TellingRow {
                    number: t.number,
                    says: t.says,
                    low: t.interval.low,
                    low_exclusive: t.interval.low_exclusive,
                    high: t.interval.high,
                    unit: t.unit.symbol().into(),
                    share_of: t.share_of.map(|at| settled.state.name(at)),
                    told: settled.statement(t.by).map(|s| ToldRow::of(settled, &s)),
                })
                .collect(),
            told: ToldRow::of(settled, &statement),
        })
    };
    settled.of_kind("figure").filter_map(row).collect()
}

/// A cap's period as `2024`, or by its first day and the day after its last.
impl CapRow {
    /// The period in words; `None` where no figure says which.
    pub fn period_words(&self) -> Option<String> {
        let (from, before) = self.from.as_ref().zip(self.before.as_ref())?;
        Some(words::period(from, before))
    }
}
