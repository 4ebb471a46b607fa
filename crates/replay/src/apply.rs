//! One entry onto the state. Total: whatever comes in, there is a state after it.

use seaproof_evidence::{Class, Decoded, EntrySlot, Relation, Role, Said};

use crate::anatomy::{self, Link};
use crate::input::{Content, Recorded};
use crate::state::{At, Bearing, Entry, How, Notice, Problem, State};

/// Applies one entry. What is wrong with it is kept as a [`Notice`].
pub fn apply(state: &mut State, recorded: Recorded) {
    let Recorded {
        index,
        id,
        author,
        standing,
        recorded_at,
        class,
        label,
        amendment,
        content,
    } = recorded;
    let at = At::new(state.entries.len());
    let mut problems = Vec::new();
    if state.entries.last().is_some_and(|last| last.index >= index) {
        problems.push(Problem::OutOfOrder);
    }
    let mut entry = Entry {
        index,
        id,
        author,
        standing,
        recorded_at,
        class,
        label: None,
        content,
        refs: Box::default(),
        bearings: Box::default(),
        replacement: None,
        stands_for: None,
        misplaced: false,
    };
    match &entry.content {
        Content::Opened(Decoded::Unknown { kind, version }) => {
            problems.push(Problem::UnknownKind {
                kind: kind.clone(),
                version: *version,
            });
        }
        Content::Opened(Decoded::Malformed { why }) => {
            problems.push(Problem::Malformed { why: why.clone() });
        }
        Content::NewerEnvelope => problems.push(Problem::NewerEnvelope),
        Content::Opened(_) | Content::Withheld => {}
    }
    if state.ids.contains_key(&id) {
        problems.push(Problem::Repeated);
        entry.misplaced = true;
    } else {
        if let Some(label) = label {
            match state.labels.get(&label) {
                Some(by) => problems.push(Problem::LabelTaken {
                    by: state.entry(*by).index,
                    label,
                }),
                None => {
                    state.labels.insert(label.clone(), at);
                    entry.label = Some(label);
                }
            }
        }
        resolve(state, &mut entry, &mut problems);
        // An unauthorised amendment bears on nothing.
        if let (Some(amendment), true) = (amendment, entry.standing.authorised) {
            let mut targets = Vec::with_capacity(amendment.targets.len());
            for target in amendment.targets {
                match state.ids.get(&target) {
                    Some(on) => targets.push(*on),
                    None => problems.push(Problem::Dangling { id: target }),
                }
            }
            bear(
                state,
                &mut entry,
                amendment.relation,
                &targets,
                &mut problems,
            );
        }
        state.ids.insert(id, at);
    }
    state
        .notices
        .extend(problems.into_iter().map(|problem| Notice {
            entry: index,
            problem,
        }));
    state.entries.push(entry);
}

/// Finds what the references stand for, and whether that can be meant.
fn resolve(state: &State, entry: &mut Entry, problems: &mut Vec<Problem>) {
    let Content::Opened(Decoded::Known(said)) = &entry.content else {
        return;
    };
    entry.refs = said
        .entries()
        .iter()
        .map(|id| {
            let found = state.ids.get(id).copied();
            if found.is_none() {
                problems.push(Problem::Dangling { id: *id });
            }
            // Whoever refers to a correction means what was corrected.
            found.map(|at| state.entry(at).stands_for.unwrap_or(at))
        })
        .collect();
    entry.misplaced = misplaced(state, said, &entry.refs, problems);
}

/// Whether a reference that the statement needs is missing or of the wrong kind; other references
/// of the wrong kind are only noticed.
fn misplaced(state: &State, said: &Said, refs: &[Option<At>], problems: &mut Vec<Problem>) -> bool {
    let mut misplaced = false;
    anatomy::links(said.event(), &mut |EntrySlot(slot), link, expected| {
        let target = refs.get(usize::from(slot)).copied().flatten();
        // An opening that cannot be read may be of any kind.
        let wrong = target.and_then(|at| {
            let target = state.entry(at);
            let found = target.kind()?;
            let meant = expected.is_empty() || expected.contains(&found);
            (!meant).then(|| Problem::WrongKind {
                entry: target.index,
                found: found.to_owned(),
                expected,
            })
        });
        if link == Link::Subject && (target.is_none() || wrong.is_some()) {
            misplaced = true;
        }
        problems.extend(wrong);
    });
    misplaced
}

/// Decides what an amendment does to each of its targets.
fn bear(
    state: &State,
    entry: &mut Entry,
    relation: Relation,
    targets: &[At],
    problems: &mut Vec<Problem>,
) {
    if let (Relation::Corrects, [target]) = (relation, targets) {
        let root = state.entry(*target).stands_for.unwrap_or(*target);
        entry.stands_for = Some(root);
    }
    let said = match &entry.content {
        Content::Opened(Decoded::Known(said)) => Some(said),
        _ => None,
    };
    let replacement = said.and_then(|said| said.replacement());
    if let Some(Decoded::Malformed { why }) = &replacement {
        problems.push(Problem::Malformed { why: why.clone() });
    }
    if let Some(Decoded::Unknown { kind, version }) = &replacement {
        problems.push(Problem::UnknownKind {
            kind: kind.clone(),
            version: *version,
        });
    }
    let replacement = match replacement {
        Some(Decoded::Known(replacement)) => Some(replacement),
        _ => None,
    };
    let mut bearings = Vec::with_capacity(targets.len());
    let mut corrects = false;
    for on in targets {
        let target = state.entry(*on);
        let tried = match relation {
            // What a redaction does, it does to openings; the ledger sees to it.
            Relation::Redacts { .. } => continue,
            Relation::Disputes => How::Disputes,
            Relation::Corrects => How::Corrects,
            Relation::Retracts => How::Retracts,
        };
        let entitled =
            target.author == entry.author || entry.standing.role == Some(Role::Custodian);
        let impossible = match tried {
            How::Disputes => None,
            _ if matches!(target.class, Class::Genesis | Class::Governance) => {
                Some("governance is replaced by governance, never corrected or retracted")
            }
            How::Corrects if targets.len() != 1 => Some("a correction replaces one entry"),
            How::Corrects => {
                let root = state.entry(target.stands_for.unwrap_or(*on));
                match (&replacement, root.kind()) {
                    (None, _) => Some("its replacement cannot be read"),
                    (Some(new), Some(old)) if new.event().kind() != old => {
                        Some("its replacement is of another kind")
                    }
                    // What cannot be read may be of any kind, and can be put right.
                    (Some(_), _) => None,
                }
            }
            How::Retracts => None,
        };
        let how = if tried == How::Disputes {
            How::Disputes
        } else if !entitled {
            problems.push(Problem::NotEntitled {
                entry: target.index,
            });
            How::Disputes
        } else if let Some(why) = impossible {
            problems.push(Problem::CannotAmend {
                entry: target.index,
                why,
            });
            How::Disputes
        } else {
            tried
        };
        corrects |= how == How::Corrects;
        bearings.push(Bearing { on: *on, how });
    }
    if corrects {
        if let Some(new) = &replacement {
            entry.misplaced = misplaced(state, new, &entry.refs, problems);
        }
        entry.replacement = replacement;
    } else {
        // Then it stands for nothing but itself.
        entry.stands_for = None;
    }
    entry.bearings = bearings.into();
}
