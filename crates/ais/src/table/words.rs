//! What tables write in words.

use crate::report::Kind;

/// Navigational status, as far as its words stand for one number.
const STATUS: &[(&str, u8)] = &[
    ("under way using engine", 0),
    ("at anchor", 1),
    ("not under command", 2),
    ("restricted manoeuverability", 3),
    ("restricted manoeuvrability", 3),
    ("restricted maneuverability", 3),
    ("constrained by her draught", 4),
    ("moored", 5),
    ("aground", 6),
    ("engaged in fishing", 7),
    ("under way sailing", 8),
    ("reserved for future amendment [hsc]", 9),
    (
        "reserved for future amendment of navigational status for hsc",
        9,
    ),
    ("reserved for future amendment [wig]", 10),
    (
        "reserved for future amendment of navigational status for wig",
        10,
    ),
    ("power-driven vessel towing astern", 11),
    ("power-driven vessel pushing ahead or towing alongside", 12),
    ("ais-sart", 14),
    ("ais-sart (active)", 14),
];

/// Type of ship, as far as its words stand for one number. `Cargo` or `Tanker` are ten numbers each: none of
/// them is invented.
const SHIP_TYPE: &[(&str, u8)] = &[
    ("fishing", 30),
    ("towing", 31),
    ("towing long/wide", 32),
    ("dredging", 33),
    ("diving", 34),
    ("military", 35),
    ("sailing", 36),
    ("pleasure", 37),
    ("pilot", 50),
    ("sar", 51),
    ("tug", 52),
    ("port tender", 53),
    ("anti-pollution", 54),
    ("law enforcement", 55),
    ("spare 1", 56),
    ("spare 2", 57),
    ("medical", 58),
    ("not party to conflict", 59),
];

/// What transmits, as far as the words say whether it is a ship. Others, such as Unknown, say nothing.
const MOBILE: &[(&str, Kind)] = &[
    ("a", Kind::ShipRow),
    ("b", Kind::ShipRow),
    ("class a", Kind::ShipRow),
    ("class b", Kind::ShipRow),
    ("base station", Kind::OtherRow),
    ("aton", Kind::OtherRow),
    ("sar airborne", Kind::OtherRow),
    ("search and rescue transponder", Kind::OtherRow),
    ("man overboard device", Kind::OtherRow),
    ("sart", Kind::OtherRow),
    ("epirb", Kind::OtherRow),
];

/// What stands for "not available".
const NONE: &[&str] = &[
    "unknown",
    "undefined",
    "unknown value",
    "null",
    "none",
    "n/a",
    "nan",
    "\\n",
];

fn find<T: Copy>(table: &[(&str, T)], text: &[u8]) -> Option<T> {
    let found = table
        .iter()
        .find(|(words, _)| text.eq_ignore_ascii_case(words.as_bytes()));
    found.map(|(_, value)| *value)
}

pub(super) fn status(text: &[u8]) -> Option<u8> {
    find(STATUS, text)
}

pub(super) fn ship_type(text: &[u8]) -> Option<u8> {
    find(SHIP_TYPE, text)
}

pub(super) fn mobile(text: &[u8]) -> Kind {
    find(MOBILE, text).unwrap_or(Kind::Row)
}

/// Whether a text says that there is no value.
pub(super) fn is_none(text: &[u8]) -> bool {
    text.is_empty()
        || text.len() <= 13
            && NONE
                .iter()
                .any(|none| text.eq_ignore_ascii_case(none.as_bytes()))
}
