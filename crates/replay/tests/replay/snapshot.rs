//! A state that was written and read back is the same state, and damaged bytes are refused or harmless.

use crate::common::case::at_p;
use crate::common::{By, Log};
use seaproof_evidence::Class;
use seaproof_replay::tracks::Readings;
use seaproof_replay::{Content, State, apply, state_root};

/// The case with amendments, also wrong ones, a label taken twice, a dangling and an unknown entry.
fn log() -> Log {
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
        "cap-500k",
        serde_json::json!({"kind": "document", "publisher": "the paper", "hold": "withheld"}),
    );
    let mut withheld = log.blank(By::Bob, Class::Amendment);
    withheld.content = Content::Withheld;
    log.entries.push(withheld.clone());
    // The same entry once more.
    log.entries.push(withheld);
    let mut taken = log.entries[5].clone();
    taken.id.0[0] ^= 1;
    taken.index.0 = log.entries.len() as u64;
    log.entries.push(taken);
    log
}

fn written(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.write_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_state_read_back_goes_on_as_if_it_had_never_stopped() {
    let entries = log().entries;
    let whole = log().state();
    assert!(whole.notices().len() > 3, "{:?}", whole.notices());
    for cut in 0..=entries.len() {
        let mut state = State::new();
        for entry in &entries[..cut] {
            apply(&mut state, entry.clone());
        }
        let bytes = written(&state);
        let mut again = State::read_from(&mut &bytes[..]).unwrap();
        assert_eq!(written(&again), bytes);
        assert_eq!(state_root(&again), state_root(&state));
        for entry in &entries[cut..] {
            apply(&mut again, entry.clone());
        }
        assert_eq!(again.notices(), whole.notices());
        assert_eq!(state_root(&again), state_root(&whole), "cut at {cut}");
    }
    let bytes = written(&whole);
    let again = State::read_from(&mut &bytes[..]).unwrap();
    assert_eq!(
        again.settle().view(&Readings::default()),
        whole.settle().view(&Readings::default())
    );
}

#[test]
fn damaged_bytes_are_refused_or_harmless() {
    let bytes = written(&log().state());
    for cut in 0..bytes.len() {
        assert!(
            State::read_from(&mut &bytes[..cut]).is_err(),
            "cut at {cut}"
        );
    }
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[at] ^= flip;
            // A checksum beside the bytes notices all of these; without it nothing may panic either.
            let _ = State::read_from(&mut &bytes[..]);
        }
    }
}

#[test]
fn the_answers_are_parts_of_the_view_and_read_back_as_they_were() {
    let state = log().state();
    let settled = state.settle();
    let (view, answers) = (
        settled.view(&Readings::default()),
        settled.answers(&Readings::default()),
    );
    assert_eq!(answers.vessels.vessels, view.vessels);
    assert_eq!(answers.vessels.groups, view.groups);
    assert_eq!(answers.vessels.distinct_vessels, view.distinct_vessels);
    assert_eq!(answers.vessels.state_root, view.state_root);
    assert_eq!(answers.quota.caps, view.caps);
    assert_eq!(answers.quota.figures, view.figures);
    assert_eq!(answers.findings.findings, view.findings);
    assert_eq!(answers.findings.rules, view.rules);
    assert_eq!(answers.findings.adopted, view.adopted);
    fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
        serde_json::to_vec(value).unwrap()
    }
    let vessels = serde_json::from_slice(&json(&answers.vessels)).unwrap();
    assert_eq!(answers.vessels, vessels);
    let quota = serde_json::from_slice(&json(&answers.quota)).unwrap();
    assert_eq!(answers.quota, quota);
    let findings = serde_json::from_slice(&json(&answers.findings)).unwrap();
    assert_eq!(answers.findings, findings);
}

#[test]
fn entries_whose_ids_begin_alike_are_told_apart() {
    let mut log = log();
    let mut twins = Vec::new();
    for byte in 8..32 {
        let mut twin = log.blank(By::Bob, Class::Evidence);
        twin.id = log.entries[3].id;
        twin.id.0[byte] ^= 0x40;
        twins.push((twin.id, twin.index));
        log.entries.push(twin);
    }
    let state = log.state();
    let again = State::read_from(&mut &written(&state)[..]).unwrap();
    for state in [state, again] {
        let third = &log.entries[3];
        assert_eq!(state.find(&third.id).unwrap().index, third.index);
        for (id, index) in &twins {
            let found = state.find(id).unwrap();
            assert_eq!((found.id, found.index), (*id, *index));
        }
        let mut unknown = third.id;
        unknown.0[31] ^= 0x80;
        assert!(state.find(&unknown).is_none());
    }
}
