//! One entry onto the state. Total: whatever comes in, there is a state after it.

use seaproof_evidence::{
    Amendment, AuthorKey, Class, Decoded, EntrySlot, Event, Relation, Role, Said,
};

use crate::anatomy::{self, Link};
use crate::input::{Content, Recorded};
use crate::state::{At, Bearing, Body, Entry, How, Notice, Problem, Refs, State};

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
        standing,
        recorded_at,
        class,
        misplaced: false,
        author: author_place(state, author),
        subject: None,
        body: Body::Withheld,
        refs: Refs::default(),
        rare: None,
    };
    let repeated = state.at(&id).is_some();
    if repeated {
        problems.push(Problem::Repeated);
        entry.misplaced = true;
    }
    let (mut said, mut bears) = (None, false);
    match content {
        Content::Withheld => {}
        Content::NewerEnvelope => {
            problems.push(Problem::NewerEnvelope);
            entry.body = Body::NewerEnvelope;
        }
        Content::Opened(Decoded::OfTheLog) => entry.body = Body::OfTheLog,
        Content::Opened(Decoded::Unknown { kind, version }) => {
            problems.push(Problem::UnknownKind {
                kind: kind.clone(),
                version,
            });
            entry.body = Body::Unknown { kind, version };
            bears = true;
        }
        Content::Opened(Decoded::Malformed { why }) => {
            problems.push(Problem::Malformed { why: why.clone() });
            entry.body = Body::Malformed { why };
        }
        Content::Opened(Decoded::Known(read)) => {
            take_up(state, &mut entry, &read, &mut problems);
            said = Some(read);
            bears = true;
        }
    }
    // What an amendment does stands in its envelope, also if its words are of a kind not known
    // here. An unauthorised one bears on nothing.
    if let (Some(amendment), true) = (&amendment, bears && standing.authorised && !repeated) {
        bear(
            state,
            &mut entry,
            amendment,
            said.as_deref(),
            author,
            &mut problems,
        );
    }
    if !repeated {
        match label.as_ref().and_then(|label| state.labels.get(label)) {
            Some(by) => problems.push(Problem::LabelTaken {
                by: state.entry(*by).index,
                label: label.unwrap_or_default(),
            }),
            None => {
                if let Some(label) = label {
                    state.labels.insert(label.clone(), at);
                    entry.rare().label = Some(label);
                }
            }
        }
    }
    state
        .notices
        .extend(problems.into_iter().map(|problem| Notice {
            entry: index,
            problem,
        }));
    state.push(entry);
}

fn author_place(state: &mut State, author: AuthorKey) -> u32 {
    if let Some(place) = state.author_places.get(&author) {
        return *place;
    }
    let place = u32::try_from(state.authors.len()).unwrap_or(u32::MAX);
    state.authors.push(author);
    state.author_places.insert(author, place);
    place
}

/// Keeps what an event says, and finds what its references stand for.
fn take_up(state: &mut State, entry: &mut Entry, said: &Said, problems: &mut Vec<Problem>) {
    entry.body = Body::Event(state.encoded(said.event()));
    let start = state.refs.len();
    for id in said.entries() {
        let found = state.at(id);
        if found.is_none() {
            problems.push(Problem::Dangling { id: *id });
        }
        // Whoever refers to a correction means what was corrected.
        let meant = found.map(|at| state.entry(at).stands_for().unwrap_or(at));
        state.refs.push(meant);
    }
    entry.refs = Refs {
        start,
        // An envelope has at most 4,096 references.
        length: u16::try_from(said.entries().len()).unwrap_or(u16::MAX),
    };
    if !said.exhibits().is_empty() {
        entry.rare().exhibits = said.exhibits().into();
    }
    place(state, entry, said.event(), problems);
}

/// Finds what the words of an entry are about, and whether they can be.
fn place(state: &State, entry: &mut Entry, event: &Event, problems: &mut Vec<Problem>) {
    let refs = state.refs_of(entry);
    entry.subject = subject(event, refs);
    entry.misplaced |= misplaced(state, event, refs, problems);
}

fn subject(event: &Event, refs: &[Option<At>]) -> Option<At> {
    let EntrySlot(slot) = anatomy::subject(event)?;
    refs.get(usize::from(slot)).copied().flatten()
}

/// Whether a reference that the statement needs is missing or of the wrong kind; other references
/// of the wrong kind are only noticed.
fn misplaced(
    state: &State,
    event: &Event,
    refs: &[Option<At>],
    problems: &mut Vec<Problem>,
) -> bool {
    let mut misplaced = false;
    anatomy::links(event, &mut |EntrySlot(slot), link, expected| {
        let target = refs.get(usize::from(slot)).copied().flatten();
        // An opening that cannot be read may be of any kind.
        let wrong = target.and_then(|at| {
            let target = state.entry(at);
            let found = match &target.body {
                Body::OfTheLog => "entry of the log",
                _ => target.kind()?,
            };
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
    state: &mut State,
    entry: &mut Entry,
    amendment: &Amendment,
    said: Option<&Said>,
    author: AuthorKey,
    problems: &mut Vec<Problem>,
) {
    let mut targets = Vec::with_capacity(amendment.targets.len());
    for target in &amendment.targets {
        match state.at(target) {
            Some(on) => targets.push(on),
            None => problems.push(Problem::Dangling { id: *target }),
        }
    }
    let replacement = match said.and_then(Said::replacement) {
        Some(Decoded::Known(replacement)) => Some(replacement),
        Some(Decoded::Malformed { why }) => {
            problems.push(Problem::Malformed { why });
            None
        }
        Some(Decoded::Unknown { kind, version }) => {
            problems.push(Problem::UnknownKind { kind, version });
            None
        }
        Some(Decoded::OfTheLog) | None => None,
    };
    let tried = match amendment.relation {
        // What it does, it does to openings; the ledger sees to that.
        Relation::Redacts { .. } => How::Redacts,
        Relation::Disputes => How::Disputes,
        Relation::Corrects => How::Corrects,
        Relation::Retracts => How::Retracts,
    };
    let mut bearings = Vec::with_capacity(targets.len());
    for on in &targets {
        let target = state.entry(*on);
        let entitled =
            state.author(target) == Some(author) || entry.standing.role == Some(Role::Custodian);
        let problem = if tried == How::Disputes {
            None
        } else if !entitled {
            Some(Problem::NotEntitled {
                entry: target.index,
            })
        } else {
            impossible(state, *on, tried, replacement.as_deref(), targets.len()).map(|why| {
                Problem::CannotAmend {
                    entry: target.index,
                    why,
                }
            })
        };
        let how = if problem.is_some() {
            How::Disputes
        } else {
            tried
        };
        problems.extend(problem);
        bearings.push(Bearing { on: *on, how });
    }
    if let (
        [
            Bearing {
                on,
                how: How::Corrects,
            },
        ],
        Some(new),
    ) = (&bearings[..], &replacement)
    {
        let on = *on;
        place(state, entry, new.event(), problems);
        entry.rare().replacement = Some(state.encoded(new.event()));
        entry.rare().stands_for = Some(state.entry(on).stands_for().unwrap_or(on));
    }
    entry.rare().bearings = bearings.into();
}

/// Why an amendment cannot do what it tries.
fn impossible(
    state: &State,
    on: At,
    tried: How,
    replacement: Option<&Said>,
    targets: usize,
) -> Option<&'static str> {
    let target = state.entry(on);
    // Of what governs, the source can be erased.
    if tried == How::Redacts {
        return None;
    }
    if matches!(target.class, Class::Genesis | Class::Governance) {
        return Some("governance is replaced by governance, never corrected or retracted");
    }
    if tried != How::Corrects {
        return None;
    }
    if targets != 1 {
        return Some("a correction replaces one entry");
    }
    let root = state.entry(target.stands_for().unwrap_or(on));
    match (replacement, root.kind()) {
        (None, _) => Some("its replacement cannot be read"),
        (Some(new), Some(old)) if new.event().kind() != old => {
            Some("its replacement is of another kind")
        }
        // What cannot be read may be of any kind, and can be put right.
        (Some(_), _) => None,
    }
}
