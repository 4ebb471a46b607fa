//! What kind of measure a list's words name. Only what they say outright: "coal via port Rajin" bans
//! no ship from a port, and a freeze that is lifted is none.

use crate::events::movements::Measure;

/// Beginnings of words that take a measure back or limit it; a person reads these.
const TAKEN_BACK: &[&str] = &[
    "unfreez", "unfroz", "lift", "exempt", "derog", "terminat", "revok", "repeal", "suspen",
    "expir",
];
/// Words that may stand between the parts of a phrase.
const BETWEEN: &[&str] = &[
    "a", "all", "any", "at", "be", "from", "in", "into", "its", "of", "on", "the", "their", "to",
];

/// Each kind that the words name, or [`Measure::Other`].
pub(super) fn named(says: &str) -> Vec<Measure> {
    let lower = says.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let begins = |starts: &[&str]| {
        let mut words = words.iter();
        words.any(|word| starts.iter().any(|start| word.starts_with(start)))
    };
    let no_longer = words.windows(2).any(|two| two == ["no", "longer"]);
    if no_longer || begins(TAKEN_BACK) {
        return vec![Measure::Other];
    }
    let deflag = begins(&["deflag", "deregist"])
        || words.windows(2).any(|two| {
            two[0] == "de" && (two[1].starts_with("flag") || two[1].starts_with("regist"))
        });
    let mut kinds: Vec<Measure> = [
        (begins(&["freez"]), Measure::AssetFreeze),
        (bans_ports(&words), Measure::PortBan),
        (deflag, Measure::Deflag),
    ]
    .into_iter()
    .filter_map(|(named, kind)| named.then_some(kind))
    .collect();
    if kinds.is_empty() {
        kinds.push(Measure::Other);
    }
    kinds
}

/// A port, entering and a ban side by side, in the orders in which they are said: "port entry ban",
/// "ban on port calls", "prohibition to enter ports", "entry into ports prohibited"; "port ban".
fn bans_ports(words: &[&str]) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum Part {
        Port,
        Entry,
        Ban,
        Else,
    }
    use Part::{Ban, Else, Entry, Port};
    let parts: Vec<Part> = words
        .iter()
        .filter(|word| !BETWEEN.contains(word))
        .map(|word| match *word {
            "port" | "ports" => Port,
            "entry" | "enter" | "entering" | "access" | "call" | "calls" | "calling" => Entry,
            "ban" | "bans" | "banned" | "deny" | "denied" | "denial" | "refusal" | "refused" => Ban,
            word if word.starts_with("prohibit") => Ban,
            _ => Else,
        })
        .collect();
    let said = [
        [Port, Entry, Ban],
        [Ban, Port, Entry],
        [Ban, Entry, Port],
        [Entry, Port, Ban],
    ];
    parts
        .windows(3)
        .any(|three| said.iter().any(|one| one == three))
        || parts.windows(2).any(|two| two == [Port, Ban])
        || parts.ends_with(&[Ban, Port])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_what_the_words_say_outright() {
        use Measure::{AssetFreeze, Deflag, Other, PortBan};
        for (says, kinds) in [
            ("Asset freeze", &[AssetFreeze][..]),
            ("Freezing of funds", &[AssetFreeze]),
            ("port entry ban", &[PortBan]),
            ("Ban on entry into ports", &[PortBan]),
            ("denied access to all ports", &[PortBan]),
            ("Ports ban", &[PortBan]),
            ("banned from ports", &[PortBan]),
            ("Transportation restrictions", &[Other]),
            ("de-flagging", &[Deflag]),
            ("deregistration", &[Deflag]),
            ("export ban", &[Other]),
            (
                "asset freeze and prohibition to enter ports",
                &[AssetFreeze, PortBan],
            ),
            ("unfreezing of funds", &[Other]),
            ("exempt from asset freeze", &[Other]),
            ("freeze lifted", &[Other]),
            ("no longer subject to an asset freeze", &[Other]),
            ("derogation from the freezing of assets", &[Other]),
            ("Designated port of entry", &[Other]),
            ("ban on coal via port Rajin", &[Other]),
            ("ban on port Rajin coal", &[Other]),
            ("port entry ban lifted", &[Other]),
            ("port entry ban terminated", &[Other]),
        ] {
            assert_eq!(named(says), kinds, "{says}");
        }
    }
}
