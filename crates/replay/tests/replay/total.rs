//! Replay has an answer to every input, and one answer.

use crate::common::case::at_p;
use crate::common::{By, Log};
use proptest::prelude::*;
use seaproof_evidence::{Amendment, Class, Decoded, EntryId, EntryIndex, ExhibitHash, Relation};
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Content, Lens, Recorded, State, Without, apply, state_root};

fn replay(entries: &[Recorded]) -> State {
    let mut state = State::new();
    for entry in entries {
        apply(&mut state, entry.clone());
    }
    state
}

/// The case with every kind of amendment, also wrong ones.
fn rich() -> Vec<Recorded> {
    let mut log = at_p();
    log.retract(By::Ann, "press-b");
    log.retract(By::Bob, "cap-500k");
    log.dispute(By::Bob, "rusi-march");
    log.retract(By::Custodian, "#38");
    log.correct(
        By::Ann,
        "march-onward",
        serde_json::json!({"kind": "group", "members": "vessels", "within": "@march-listed",
            "criterion": "those that went on"}),
    );
    log.correct(
        By::Ann,
        "march-listed",
        serde_json::json!({"kind": "group", "members": "vessels", "within": "@march-onward",
            "criterion": "a circle"}),
    );
    log.correct(
        By::Ann,
        "ft",
        serde_json::json!({"kind": "document", "publisher": "the paper", "relays": ["@press-a"],
            "hold": "withheld"}),
    );
    log.entries
}

#[test]
fn circles_made_by_corrections_end() {
    let view = replay(&rich()).settle().view(&Readings::default());
    assert_eq!(view.groups.len(), 3);
    assert!(!view.findings.is_empty());
}

#[test]
fn the_state_root_of_the_case_stays_what_it_is() {
    assert_eq!(
        state_root(&at_p().state()).to_string(),
        "bac4e0ba0a3d84ecf4b18cde930636e10e39e56132503079f5cd1b4e17e37f16"
    );
}

#[test]
fn every_entry_changes_the_root() {
    let entries = rich();
    let mut roots: Vec<_> = (0..=entries.len())
        .map(|n| state_root(&replay(&entries[..n])))
        .collect();
    roots.sort_unstable();
    roots.dedup();
    assert_eq!(roots.len(), entries.len() + 1);
}

#[test]
fn what_is_wrong_is_said_and_kept() {
    let mut log = Log::new();
    let mut unknown = log.blank(By::Ann, Class::Evidence);
    unknown.content = Content::Opened(Decoded::Unknown {
        kind: "prophecy".to_owned(),
        version: 3,
    });
    unknown.label = Some("name".to_owned());
    log.entries.push(unknown);
    let mut malformed = log.blank(By::Ann, Class::Evidence);
    malformed.content = Content::Opened(Decoded::Malformed {
        why: "it ends early".to_owned(),
    });
    malformed.label = Some("name".to_owned());
    log.entries.push(malformed);
    let mut newer = log.blank(By::Ann, Class::Evidence);
    newer.content = Content::NewerEnvelope;
    log.entries.push(newer);
    // Its envelope says what it does, though its words are not known here.
    let mut dangling = log.blank(By::Ann, Class::Amendment);
    dangling.content = Content::Opened(Decoded::Unknown {
        kind: "disputed".to_owned(),
        version: 2,
    });
    dangling.amendment = Some(Amendment {
        relation: Relation::Disputes,
        targets: vec![EntryId([9; 32]), log.entries[1].id],
    });
    log.entries.push(dangling);
    log.entries.push(log.entries[1].clone());
    let view = log.view();
    let notices: Vec<_> = view.notices.iter().map(|n| (n.entry, n.code)).collect();
    assert_eq!(
        notices,
        [
            (1, "unknown-kind"),
            (2, "malformed"),
            (2, "label-taken"),
            (3, "newer-envelope"),
            (4, "unknown-kind"),
            (4, "dangling-reference"),
            (1, "out-of-order"),
            (1, "repeated"),
            (1, "unknown-kind"),
        ]
    );
    assert_eq!(
        (view.disputed[0].entry, &view.disputed[0].by[..]),
        (1, &[4][..])
    );
    assert_eq!(view.labels["name"], 1);
    assert_eq!(view.entries, 6);
}

/// What is done to an entry of the case before it is applied.
#[derive(Debug, Clone)]
enum Twist {
    Withhold,
    Newer,
    Unauthorised,
    Suspect,
    Class(u8),
    By(u8),
    Label(u8),
    Amend(u8, Vec<prop::sample::Index>),
    Swap(prop::sample::Index),
}

fn twist() -> impl Strategy<Value = Twist> {
    prop_oneof![
        Just(Twist::Withhold),
        Just(Twist::Newer),
        Just(Twist::Unauthorised),
        Just(Twist::Suspect),
        (0..4_u8).prop_map(Twist::Class),
        (0..5_u8).prop_map(Twist::By),
        (0..3_u8).prop_map(Twist::Label),
        (
            0..4_u8,
            prop::collection::vec(any::<prop::sample::Index>(), 0..4)
        )
            .prop_map(|(r, t)| Twist::Amend(r, t)),
        any::<prop::sample::Index>().prop_map(Twist::Swap),
    ]
}

fn twisted(entries: &mut [Recorded], at: usize, twist: Twist) {
    let ids: Vec<EntryId> = entries.iter().map(|e| e.id).collect();
    let other = match &twist {
        Twist::Swap(index) => entries[index.index(ids.len())].content.clone(),
        _ => Content::Withheld,
    };
    let entry = &mut entries[at];
    match twist {
        Twist::Withhold => entry.content = Content::Withheld,
        Twist::Newer => entry.content = Content::NewerEnvelope,
        Twist::Unauthorised => entry.standing.authorised = false,
        Twist::Suspect => entry.standing.suspect = true,
        Twist::Class(class) => entry.class = Class::from_byte(class).unwrap_or(Class::Evidence),
        Twist::By(by) => {
            let by = [By::Custodian, By::Ann, By::Bob, By::Stranger, By::Suspect][usize::from(by)];
            entry.author = by.key();
            entry.standing = by.standing();
        }
        Twist::Label(n) => entry.label = Some(format!("label-{n}")),
        Twist::Amend(relation, targets) => {
            entry.class = Class::Amendment;
            entry.amendment = Some(Amendment {
                relation: match relation {
                    0 => Relation::Corrects,
                    1 => Relation::Retracts,
                    2 => Relation::Disputes,
                    _ => Relation::Redacts {
                        facts: true,
                        source: false,
                    },
                },
                targets: targets.iter().map(|t| ids[t.index(ids.len())]).collect(),
            });
        }
        Twist::Swap(_) => entry.content = other,
    }
}

/// Dates, entries and authors that are looked at, or not.
fn lens() -> impl Strategy<Value = Lens> {
    let date = prop_oneof![
        Just("2017"),
        Just("2024-03-15"),
        Just("2024-03-10T14:00:00Z"),
        Just("2024-12-04"),
    ];
    (
        prop::option::of(date),
        prop::collection::btree_set(0..50_u64, 0..6),
        prop::collection::btree_set(0..5_usize, 0..2),
        any::<bool>(),
    )
        .prop_map(|(date, entries, authors, files)| {
            let by = [By::Custodian, By::Ann, By::Bob, By::Stranger, By::Suspect];
            let mut press = [0; 32];
            press[..7].copy_from_slice(b"press-a");
            Lens {
                as_of: date.and_then(|date| date.parse().ok()),
                without: Without {
                    entries: entries.into_iter().map(EntryIndex).collect(),
                    authors: authors.into_iter().map(|n| by[n].key()).collect(),
                    exhibits: files.then_some(ExhibitHash(press)).into_iter().collect(),
                },
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_in_any_order_has_one_state(
        order in Just(rich()).prop_shuffle(),
        in_order in any::<bool>(),
        twists in prop::collection::vec((any::<prop::sample::Index>(), twist()), 0..30),
        doubled in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let mut entries = if in_order { rich() } else { order };
        for (at, twist) in twists {
            let at = at.index(entries.len());
            twisted(&mut entries, at, twist);
        }
        for at in doubled {
            entries.push(entries[at.index(entries.len())].clone());
        }
        let (one, other) = (replay(&entries), replay(&entries));
        prop_assert_eq!(one.entries().len(), entries.len());
        let (one, other) = (one.settle(), other.settle());
        prop_assert_eq!(one.root(), other.root());
        let view = one.view(&Readings::default());
        prop_assert_eq!(&view, &other.view(&Readings::default()));
        // Whatever a finding rests on is there.
        for finding in &view.findings {
            prop_assert!(!finding.entries.is_empty());
        }
        prop_assert!(serde_json::to_string(&view).is_ok());
    }

    #[test]
    fn any_part_of_any_mixture_has_one_view(
        order in Just(rich()).prop_shuffle(),
        in_order in any::<bool>(),
        twists in prop::collection::vec((any::<prop::sample::Index>(), twist()), 0..20),
        lens in lens(),
    ) {
        let mut entries = if in_order { rich() } else { order };
        for (at, twist) in twists {
            let at = at.index(entries.len());
            twisted(&mut entries, at, twist);
        }
        let state = replay(&entries);
        let view = state.settle_under(lens.clone()).view(&Readings::default());
        prop_assert_eq!(&view, &state.settle_under(lens.clone()).view(&Readings::default()));
        prop_assert_eq!(view.state_root.is_some(), lens.is_clear());
        // What is left out is behind nothing.
        for finding in &view.findings {
            for entry in &finding.statements {
                prop_assert!(!lens.without.entries.contains(&EntryIndex(*entry)));
            }
        }
    }
}
