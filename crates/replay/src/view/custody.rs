//! What was done with evidence, what was made of it, and what is known of the ledger outside.

use seaproof_evidence::Event;
use seaproof_evidence::events::custody::{AnchorKind, CustodyAction};

use super::fill::Rows;
use super::rows::rows;
use super::told::{Held, WhenRow, held, text, when};

rows! {
    /// Who had evidence, from whom, to whom, why.
    CustodyRow {
        /// What was done.
        action: CustodyAction,
        /// The entries whose files it is about.
        about: Vec<String>,
        /// SHA-256 of the files it is about.
        exhibits: Vec<String>,
        /// Whether it is about everything that the ledger held.
        whole_ledger: bool,
        /// Who had it before.
        from: Option<String>,
        /// Who had it afterwards.
        to: Option<String>,
        /// Why.
        purpose: Option<String>,
        /// Where.
        place: Option<String>,
        /// On what.
        medium: Option<String>,
        /// When.
        when: Option<WhenRow>,
        /// SHA-256 of what was handed over.
        digest: Option<String>,
    }
    /// Something made of exhibits by a tool.
    DerivedRow {
        /// SHA-256 of the files it was made of.
        parents: Vec<String>,
        /// The tool.
        tool: String,
        /// Its version.
        tool_version: Option<String>,
        /// Names and texts of its parameters.
        parameters: Vec<(String, String)>,
        /// What was done, in words.
        method: Option<String>,
        /// When.
        when: Option<WhenRow>,
        /// Whether and how the outcome is held.
        held: Held,
    }
    /// A head of this ledger that is known outside of it.
    AnchorRow {
        /// How.
        anchor: AnchorKind,
        /// Number of entries.
        size: u64,
        /// Root.
        root: String,
        /// By whom or where.
        by: Option<String>,
        /// When it was made or seen.
        seen: Option<WhenRow>,
        /// Whether and how it is held.
        held: Held,
    }
    /// A state that was recorded.
    RecordedStateRow {
        /// How many entries were replayed.
        replayed: u64,
        /// The root.
        root: String,
        /// The version of the state's encoding.
        version: u16,
    }
}

impl Rows<'_> {
    pub(super) fn custody(&self) -> Vec<CustodyRow> {
        self.each("custody", |statement, event, told| {
            let Event::Custody(e) = event else {
                return None;
            };
            let exhibits = e
                .exhibits
                .iter()
                .filter_map(|slot| statement.exhibit(*slot));
            Some(CustodyRow {
                action: e.action,
                about: self.all_named(statement, &e.entries),
                exhibits: exhibits.map(|file| file.hash.to_string()).collect(),
                whole_ledger: e.whole_ledger,
                from: e.from.as_ref().map(text),
                to: e.to.as_ref().map(text),
                purpose: e.purpose.as_ref().map(text),
                place: e.place.as_ref().map(text),
                medium: e.medium.as_ref().map(text),
                when: when(e.when.as_ref()),
                digest: e.digest.as_ref().map(text),
                told,
            })
        })
    }

    pub(super) fn derived(&self) -> Vec<DerivedRow> {
        self.each("derived", |statement, event, told| {
            let Event::Derived(e) = event else {
                return None;
            };
            let parents = e.parents.iter().filter_map(|slot| statement.exhibit(*slot));
            Some(DerivedRow {
                parents: parents.map(|file| file.hash.to_string()).collect(),
                tool: e.tool.to_string(),
                tool_version: e.tool_version.as_ref().map(text),
                parameters: (e.parameters.iter())
                    .map(|p| (p.name.to_string(), p.text.to_string()))
                    .collect(),
                method: e.method.as_ref().map(text),
                when: when(e.when.as_ref()),
                held: held(self.settled, statement),
                told,
            })
        })
    }

    pub(super) fn anchors(&self) -> Vec<AnchorRow> {
        self.each("anchored", |statement, event, mut told| {
            let Event::Anchored(e) = event else {
                return None;
            };
            told.note = e.note.as_ref().map(text);
            Some(AnchorRow {
                anchor: e.anchor,
                size: e.size,
                root: e.root.to_string(),
                by: e.by.as_ref().map(text),
                seen: when(e.seen.as_ref()),
                held: held(self.settled, statement),
                told,
            })
        })
    }

    pub(super) fn recorded_states(&self) -> Vec<RecordedStateRow> {
        self.each("state-recorded", |_, event, told| {
            let Event::StateRecorded(e) = event else {
                return None;
            };
            Some(RecordedStateRow {
                replayed: e.entries,
                root: e.root.to_string(),
                version: e.version,
                told,
            })
        })
    }
}
