//! One rule at a time.

use std::io::{self, Read};
use std::num::NonZeroUsize;

use seaproof_ais::decode::{Options, read, read_parallel};
use seaproof_ais::report::Kind;
use seaproof_ais::sink::{Counts, Flag, Outcome, Reason, Reception, Sink};
use seaproof_ais::units::Time;

use crate::common::{Kept, kept, summary};

pub fn sum(text: &str) -> u8 {
    text.bytes().fold(0, |sum, byte| sum ^ byte)
}

pub fn sentence(inner: &str) -> String {
    format!("!{inner}*{:02X}", sum(inner))
}

pub fn tagged(tags: &str, sentence: &str) -> String {
    format!("\\{tags}*{:02X}\\{sentence}", sum(tags))
}

const ONE: &str = "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0";
const OTHER: &str = "AIVDM,1,1,,A,16SteH0P00Jt63hHaa6SagvJ087r,0";
const FIRST: &str = "AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0";
const SECOND: &str = "AIVDM,2,2,1,A,88888888880,2";

fn outcome(line: &str) -> Outcome {
    kept(line.as_bytes()).1.outcomes[&1]
}

fn all(lines: &[String]) -> (Counts, Kept) {
    kept(lines.join("\n").as_bytes())
}

fn outcomes(lines: &[String]) -> Vec<Outcome> {
    all(lines).1.outcomes.into_values().collect()
}

const fn refused(reason: Reason) -> Outcome {
    Outcome::Refused(reason)
}

const DECODED: Outcome = Outcome::Decoded(Kind::Message(1));
const STATIC: Outcome = Outcome::Decoded(Kind::Message(5));

#[test]
fn lines_that_are_no_sentences_are_told_apart() {
    for (line, reason) in [
        ("\n", Reason::Blank),
        ("\r\n", Reason::Blank),
        ("  \t", Reason::Blank),
        ("# a comment", Reason::Comment),
        ("nothing of the kind", Reason::NotASentence),
        ("{\"class\":\"AIS\"}", Reason::NotASentence),
        ("\0\0\0\0", Reason::NotASentence),
        ("\u{fffd}!AIVDM", Reason::NotASentence),
        ("$GPGGA,213950.00,5250.53669,N*7B", Reason::NotAis),
        ("$", Reason::NotASentence),
        ("!", Reason::NotASentence),
        ("$PGHP,1,2014", Reason::ChecksumMissing),
        (
            "$PGHP,1,2014,9,28,16,0,4,684,219,21,992190921,1,14*23",
            Reason::ChecksumWrong,
        ),
        (
            "$PGHP,1,2014,9,28,16,0,4,684,219,21,992190921,1,14*22",
            Reason::TimeOnly,
        ),
        ("\\s:here*4B\\", Reason::TagOnly),
        ("\\s:here*4B\\junk", Reason::NotASentence),
        ("\\s:here*4B", Reason::SentenceMalformed),
        ("\\", Reason::SentenceMalformed),
        (
            "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::ChecksumMissing,
        ),
        (
            "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*",
            Reason::ChecksumMissing,
        ),
        (
            "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4",
            Reason::ChecksumMissing,
        ),
        (
            "!AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4B",
            Reason::ChecksumWrong,
        ),
        (
            "!AIVDM,1,1,,A,15RTgt0PAso;90TKcj",
            Reason::SentenceMalformed,
        ),
    ] {
        assert_eq!(outcome(line), refused(reason), "{line:?}");
    }
    for (inner, reason) in [
        ("AIVDM,1,1,,A,,0", Reason::TooShort),
        ("AIVDM,1,1,,A,,2", Reason::FillBitsInvalid),
        (
            "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,6",
            Reason::FillBitsInvalid,
        ),
        (
            "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CX,0",
            Reason::ArmourInvalid,
        ),
        (
            "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208C ,0",
            Reason::ArmourInvalid,
        ),
        (
            "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208C,0",
            Reason::TooShort,
        ),
        (
            "AIVDM,1,1,,A,05RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::TypeUnknown,
        ),
        (
            "AIVDM,1,1,,A,w5RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::TypeUnknown,
        ),
        (
            "AIVDM,1,1,,A,H7lca<HP5<qE9w3F22222222220,2",
            Reason::PayloadInvalid,
        ),
        (
            "AIVDM,1,2,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,0,0,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,2,3,1,A,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,10,1,1,A,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,1,1,,ABC,15RTgt0PAso;90TKcjM8h6g208CQ,0",
            Reason::SentenceMalformed,
        ),
        (
            "AIVDM,2,1,1,A,15RTgt0PAso;90TKcjM8h6g208CQ,2",
            Reason::FillBitsInvalid,
        ),
        ("AIABM,1,1,0,3381581370,3,8,FR20,0", Reason::NotAis),
    ] {
        assert_eq!(outcome(&sentence(inner)), refused(reason), "{inner:?}");
    }
}

#[test]
fn talkers_channels_and_line_ends_of_all_kinds_are_taken() {
    for inner in [
        ONE.to_owned(),
        ONE.replace("AIVDM", "AIVDO"),
        ONE.replace("AIVDM", "--VDM"),
        ONE.replace(",A,", ",,"),
        ONE.replace(",A,", ",2,"),
        ONE.replace(",,A,", ",7,B,"),
    ] {
        assert_eq!(outcome(&sentence(&inner)), DECODED, "{inner:?}");
    }
    for talker in [
        "AB", "AD", "AI", "AN", "AR", "AS", "AT", "AX", "BS", "SA", "BY", "SS",
    ] {
        assert_eq!(outcome(&sentence(&ONE.replace("AI", talker))), DECODED);
    }
    let line = sentence(ONE);
    for ended in ["\n", "\r\n", "\r\r\n", "  \r\n", "", "\\x0d\\x0a"] {
        assert_eq!(outcome(&format!("{line}{ended}")), DECODED, "{ended:?}");
    }
    assert_eq!(outcome(&line.replace("*4A", "*4a")), DECODED);
    assert_eq!(outcome(&format!("\u{feff}{line}\n")), DECODED);
    assert_eq!(outcome(&format!("  {line}\n")), DECODED);
}

#[test]
fn an_empty_input_has_no_lines() {
    assert_eq!(summary(&kept(b"").0), summary(&Counts::default()));
}

/// The first time and receiver of lines, and their flags.
fn origin(lines: &[String]) -> (Option<i64>, Option<String>, Vec<&'static str>) {
    let (_, kept) = all(lines);
    let heard = &kept.heard[0];
    (
        heard.time.map(|time| time.0),
        heard.receiver.clone(),
        kept.flags.iter().map(|(_, flag)| flag.code()).collect(),
    )
}

#[test]
fn times_come_four_ways_and_rank() {
    let pghp = "$PGHP,1,2014,9,28,16,0,4,684,219,21,992190921,1,4A*52".to_owned();
    let at = 1_411_920_004_684;
    let line = sentence(ONE);
    let some = |name: &str| Some(name.to_owned());
    let case = |lines: &[String], time, receiver, flags: &[&'static str]| {
        assert_eq!(
            origin(lines),
            (time, receiver, flags.to_vec()),
            "{lines:#?}"
        );
    };
    case(std::slice::from_ref(&line), None, None, &[]);
    case(
        &[tagged("s:x,c:1411920003", &line)],
        Some(1_411_920_003_000),
        some("x"),
        &[],
    );
    case(
        &[tagged("c:1411920003123", &line)],
        Some(1_411_920_003_123),
        None,
        &[],
    );
    case(
        &[tagged("T:2014-12-10 00.00.01", &line)],
        Some(1_418_169_601_000),
        None,
        &[],
    );
    // `c` before `T`, in whichever order they stand.
    case(
        &[tagged("T:2014-12-10 00.00.01,c:1418169602", &line)],
        Some(1_418_169_602_000),
        None,
        &[],
    );
    case(
        &[tagged("T:2014-12-10 00.00.01,c:1418169611", &line)],
        Some(1_418_169_611_000),
        None,
        &["times-differ"],
    );
    // Several tag blocks: the first time counts, the receiver is the first source.
    let two = tagged("si:all,c:1418169602", &tagged("s:one,c:1418169602", &line));
    case(&[two], Some(1_418_169_602_000), some("one"), &[]);
    // The line before.
    case(
        &[pghp.clone(), line.clone()],
        Some(at),
        some("992190921"),
        &[],
    );
    case(
        &[tagged("si:all", ""), pghp.clone(), line.clone()],
        Some(at),
        some("992190921"),
        &[],
    );
    case(
        &[tagged("s:one,c:1411920005", ""), line.clone()],
        Some(1_411_920_005_000),
        some("one"),
        &[],
    );
    case(
        &[pghp.clone(), tagged("s:own,c:1411920001", &line)],
        Some(1_411_920_001_000),
        some("own"),
        &["times-differ"],
    );
    case(
        &[pghp.clone(), String::new(), line.clone()],
        Some(at),
        some("992190921"),
        &[],
    );
    // What comes between uses it up.
    for between in ["# so", "$GPGGA,1*55", "junk"] {
        case(
            &[pghp.clone(), between.into(), line.clone()],
            None,
            None,
            &[],
        );
    }
    // A second of a kind takes the place of the first, whose sentence did not come.
    let later = "PGHP,1,2014,9,28,16,0,9,0,219,21,,1,4A";
    let later = format!("${later}*{:02X}", sum(later));
    case(
        &[pghp.clone(), later, line.clone()],
        Some(1_411_920_009_000),
        None,
        &[],
    );
    // It is said of one sentence only.
    let (_, kept) = all(&[pghp.clone(), line.clone(), sentence(OTHER)]);
    assert_eq!(kept.heard[1].time, None);
    // Behind the checksum.
    case(
        &[format!("{line},r003669945,1085889680")],
        Some(1_085_889_680_000),
        some("r003669945"),
        &[],
    );
    case(
        &[format!(
            "{line},d-109,S2105,t050056.00,T56.13,r003669946,1325394060,1325394001"
        )],
        Some(1_325_394_060_000),
        some("r003669946"),
        &["times-differ"],
    );
    case(
        &[format!("{line},1411922661")],
        Some(1_411_922_661_000),
        None,
        &[],
    );
    case(&[format!("{line},s28089,x147521,12")], None, None, &[]);
    // Numbers that are MMSIs or anything else.
    case(&[format!("{line},992190921")], None, None, &[]);
    case(
        &[format!("{line},003669945,1272412824")],
        Some(1_272_412_824_000),
        None,
        &[],
    );
    case(
        &[format!("{line},rX,12")],
        None,
        some("rX"),
        &["time-unreadable"],
    );
    case(
        &[format!("{line},rORBCOMM01,1411920003")],
        Some(1_411_920_003_000),
        some("rORBCOMM01"),
        &[],
    );
    case(
        &[pghp, format!("{line},b1,1411920003")],
        Some(at),
        some("992190921"),
        &[],
    );
}

#[test]
fn odd_times_are_used_as_they_stand_or_not_at_all() {
    let line = sentence(ONE);
    for (written, time, flags) in [
        ("c:-1", Some(-1000), &["time-improbable"][..]),
        (
            "c:4102444800",
            Some(4_102_444_800_000),
            &["time-improbable"],
        ),
        (
            "c:99999999999",
            Some(99_999_999_999_000),
            &["time-improbable"],
        ),
        ("c:999999999999", None, &["time-unreadable"]),
        ("c:", None, &["time-unreadable"]),
        ("c:soon", None, &["time-unreadable"]),
        ("T:2014-02-30 00.00.01", None, &["time-unreadable"]),
        ("T:1969-12-31 23.59.59", Some(-1000), &["time-improbable"]),
    ] {
        assert_eq!(
            origin(&[tagged(written, &line)]),
            (time, None, flags.to_vec()),
            "{written}"
        );
    }
    let at = |s: u64, inner: &str| tagged(&format!("c:{s}"), &sentence(inner));
    let (counts, kept) = all(&[
        at(1_500_000_100, ONE),
        at(1_500_000_039, OTHER),
        at(1_500_000_040, SECOND),
    ]);
    assert_eq!(counts.flagged[&Flag::TimeBackwards], 1);
    assert_eq!(kept.heard[1].time, Some(Time(1_500_000_039_000)));
}

#[test]
fn wrong_tag_blocks_are_flagged_and_used() {
    let line = sentence(ONE);
    let wrong = tagged("s:x,c:1411920003", &line).replacen('*', "*0", 1);
    assert_eq!(
        origin(&[wrong]),
        (
            Some(1_411_920_003_000),
            Some("x".into()),
            vec!["tag-checksum-wrong"]
        )
    );
    let without = format!("\\s:x\\{line}");
    assert_eq!(
        origin(&[without]),
        (None, Some("x".into()), vec!["tag-checksum-missing"])
    );
    let odd = tagged("s:x,what,g:1-2", &line);
    assert_eq!(
        origin(&[odd]),
        (None, Some("x".into()), vec!["tag-malformed"])
    );
    let unreadable = tagged("s:\u{e9}t\u{e9}", &line);
    assert_eq!(
        origin(&[unreadable]),
        (None, None, vec!["receiver-unreadable"])
    );
    let all_kinds = tagged("n:12,q:u,d:to,t:text,i:info,x:5,r:3,s:x", &line);
    assert_eq!(origin(&[all_kinds]), (None, Some("x".into()), vec![]));
}

#[test]
fn fragments_come_in_any_order_and_between_others() {
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    let fragment = |of| Outcome::Fragment { of };
    assert_eq!(
        outcomes(&[first.clone(), second.clone()]),
        [fragment(2), STATIC]
    );
    assert_eq!(
        outcomes(&[second.clone(), first.clone()]),
        [fragment(2), STATIC]
    );
    // Other channels, sequences, talkers and counts are other messages.
    let others = [
        FIRST.replace(",A,", ",B,"),
        FIRST.replace(",1,A,", ",2,A,"),
        FIRST.replace("AI", "BS"),
        FIRST.replace(",2,1,", ",3,1,"),
    ];
    let mut lines = vec![first.clone()];
    lines.extend(others.iter().map(|inner| sentence(inner)));
    lines.extend([sentence(ONE), second.clone()]);
    let read = outcomes(&lines);
    assert_eq!(read[0], fragment(7));
    assert_eq!(read[1..5], [refused(Reason::FragmentIncomplete); 4]);
    assert_eq!(read[5..], [DECODED, STATIC]);
    // Two receivers heard both: a duplicate, with the lines of each.
    let twice = [first.clone(), first.clone(), second.clone(), second.clone()];
    let duplicate = Outcome::Duplicate {
        kind: Kind::Message(5),
        of: 3,
    };
    assert_eq!(
        outcomes(&twice),
        [fragment(4), fragment(3), STATIC, duplicate]
    );
}

#[test]
fn fragments_of_messages_that_came_mixed_are_not_put_together() {
    let other = FIRST.replace("55?MbV02", "55?MbV12");
    let (first, other, second) = (sentence(FIRST), sentence(&other), sentence(SECOND));
    let late = "AIVDM,2,2,1,A,88888888881,2";
    // Whose is the second? Nobody's.
    assert_eq!(
        outcomes(&[first.clone(), other.clone(), second.clone(), sentence(late)]),
        [
            refused(Reason::FragmentAmbiguous),
            refused(Reason::FragmentAmbiguous),
            refused(Reason::FragmentAmbiguous),
            refused(Reason::FragmentIncomplete)
        ]
    );
    // Long after the first, it is clear: the rest of that one was lost.
    let mut lines = vec![first.clone()];
    lines.extend((0..40).map(|_| "# meanwhile".to_owned()));
    lines.extend([other.clone(), second.clone()]);
    let read = outcomes(&lines);
    assert_eq!(read[0], refused(Reason::FragmentIncomplete));
    assert_eq!(read[41..], [Outcome::Fragment { of: 43 }, STATIC]);
    // The receiver or the group tells too.
    for tags in [
        ["s:a", "s:b", "s:a", "s:b"],
        ["g:1-2-7", "g:1-2-8", "g:2-2-7", "g:2-2-8"],
    ] {
        let sentences = [&first, &other, &second, &second];
        let lines: Vec<String> = (tags.iter().zip(sentences))
            .map(|(tags, sentence)| tagged(tags, sentence))
            .collect();
        let read = outcomes(&lines);
        assert_eq!(
            read,
            [
                Outcome::Fragment { of: 3 },
                Outcome::Fragment { of: 4 },
                STATIC,
                STATIC
            ]
        );
    }
}

#[test]
fn fragments_expire_by_lines_and_by_time() {
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    for (between, whole) in [(31, true), (32, false)] {
        let mut lines = vec![first.clone()];
        lines.extend((0..between).map(|_| "#".to_owned()));
        lines.push(second.clone());
        let read = outcomes(&lines);
        assert_eq!(read.last() == Some(&STATIC), whole, "{between}");
    }
    // Out of order they must be near.
    for (between, whole) in [(3, true), (4, false)] {
        let mut lines = vec![second.clone()];
        lines.extend((0..between).map(|_| "#".to_owned()));
        lines.push(first.clone());
        let read = outcomes(&lines);
        assert_eq!(read.last() == Some(&STATIC), whole, "{between}");
    }
    for (seconds, whole) in [(10, true), (11, false)] {
        let read = outcomes(&[
            tagged("c:1500000000", &first),
            tagged(&format!("c:{}", 1_500_000_000 + seconds), &second),
        ]);
        assert_eq!(read[1] == STATIC, whole, "{seconds}");
    }
}

/// Both halves of six messages, each with a number of its own.
fn six() -> [Vec<String>; 2] {
    [FIRST, SECOND].map(|half| {
        let numbered = (3..9).map(|number| half.replace(",1,A,", &format!(",{number},A,")));
        numbered.map(|inner| sentence(&inner)).collect()
    })
}

fn whole(lines: &[String]) -> u64 {
    let counts = all(lines).0;
    counts.decoded + counts.duplicate
}

#[test]
fn numbers_of_their_own_join_what_stands_far_apart() {
    let [firsts, seconds] = six();
    let others = |n: usize| vec![sentence(ONE); n];
    for between in [0, 26, 27] {
        // As far as 32 lines out of order.
        let lines = [seconds.clone(), others(between), firsts.clone()].concat();
        assert_eq!(whole(&lines[..6 + between]), between as u64);
        let six = if between < 27 { 6 } else { 0 };
        assert_eq!(whole(&lines), six + between as u64, "{between}");
        let lines = [&seconds[..1], &others(5)[..], &firsts[..1]].concat();
        assert_eq!(whole(&lines), 5, "no other number");
    }
    for (between, six) in [(27, 6), (121, 6), (122, 0)] {
        // In order 127.
        let lines = [firsts.clone(), others(between), seconds.clone()].concat();
        assert_eq!(whole(&lines), six + between as u64, "{between}");
    }
}

#[test]
fn numbers_that_come_again_show_nothing() {
    let [firsts, seconds] = six();
    let others = vec![sentence(ONE); 8];
    let incomplete = refused(Reason::FragmentIncomplete);
    // The number of the message on the first lines was used not long before the lost beginning of another.
    for (used, last) in [(24, incomplete), (25, STATIC)] {
        let meanwhile = vec!["#".to_owned(); used];
        let lines = [
            vec![firsts[0].clone(), seconds[0].clone()],
            meanwhile,
            others[..7].to_vec(),
            vec![seconds[0].clone()],
            firsts[1..].to_vec(),
            firsts[..1].to_vec(),
        ]
        .concat();
        assert_eq!(*outcomes(&lines).last().unwrap(), last, "{used}");
    }
    // Without a number nothing is shown.
    let without = |lines: &[String]| -> Vec<String> {
        let halves = [FIRST, SECOND].map(|inner| sentence(&inner.replace(",1,A,", ",,A,")));
        let mut lines = lines.to_vec();
        lines.insert(0, halves[1].clone());
        lines.push(halves[0].clone());
        lines
    };
    assert_eq!(whole(&without(&firsts)), 0);
    // Another beginning and end under the number: nobody knows which belong together.
    let lines = [
        &seconds[..1],
        &firsts[1..],
        &firsts[..1],
        &[sentence("AIVDM,2,2,3,A,88888888881,2")],
    ]
    .concat();
    assert_eq!(whole(&lines), 0);
}

#[test]
fn a_message_takes_time_and_receiver_from_its_fragments() {
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    let (_, kept) = all(&[
        tagged("c:1500000003", &second),
        tagged("s:a,c:1500000001", &first),
    ]);
    let heard = &kept.heard[0];
    assert_eq!(heard.time, Some(Time(1_500_000_001_000)));
    assert_eq!((heard.line, heard.receiver.as_deref()), (2, Some("a")));
    let identity = heard.says.identity.as_ref().unwrap();
    assert_eq!(identity.name.as_deref(), Some("EVER DIADEM"));
    assert_eq!(identity.imo, Some(9_134_270));
    assert_eq!(heard.says.report.draught, Some(122));
}

#[test]
fn parts_of_static_data_speak_of_one_mmsi() {
    let lines = [
        "AIVDM,1,1,,A,H42O55i18tMET00000000000000,2",
        "AIVDM,1,1,,A,H42O55lti4hhhilD3nink000?050,0",
    ];
    let (_, kept) = all(&lines.map(sentence));
    let [a, b] = &kept.heard[..] else {
        panic!("two")
    };
    assert_eq!(a.mmsi, b.mmsi);
    let (a, b) = (
        a.says.identity.as_ref().unwrap(),
        b.says.identity.as_ref().unwrap(),
    );
    assert_eq!(
        (a.name.as_deref(), a.call_sign.as_deref()),
        (Some("PROGUY"), None)
    );
    assert_eq!(
        (b.name.as_deref(), b.call_sign.as_deref()),
        (None, Some("TC6163"))
    );
}

#[test]
fn duplicates_are_near_in_time_or_in_lines() {
    let at = |s: u64| tagged(&format!("c:{}", 1_500_000_000 + s), &sentence(ONE));
    let duplicate = |of| Outcome::Duplicate {
        kind: Kind::Message(1),
        of,
    };
    assert_eq!(
        outcomes(&[
            at(0),
            at(10),
            at(11),
            at(11),
            at(0),
            sentence(ONE),
            sentence(ONE)
        ]),
        [
            DECODED,
            duplicate(1),
            DECODED,
            duplicate(3),
            duplicate(1),
            DECODED,
            duplicate(6)
        ]
    );
    let mut lines = vec![sentence(ONE)];
    lines.extend((0..7).map(|_| "#".to_owned()));
    lines.extend([sentence(ONE), sentence(ONE)]);
    let read = outcomes(&lines);
    assert_eq!(read[8..], [duplicate(1), DECODED]);
}

#[test]
fn only_equal_bits_on_one_channel_are_duplicates() {
    let at = |inner: &str| tagged("c:1500000000", &sentence(inner));
    // One MMSI, another place, and bits that had one hash when its keys were known.
    let forged = [
        "AIVDM,1,1,,A,15RTgt0PAso;90TKrml>nn9W08CQ,0",
        "AIVDM,1,1,,A,15RTgt0PAso;90TK@tk8pHeUdGCM,0",
    ];
    let (_, kept) = all(&forged.map(at));
    assert_ne!(kept.heard[0].payload, kept.heard[1].payload);
    assert_eq!(kept.outcomes[&2], DECODED);
    // Bursts alternate between channels.
    let channels = [",A,", ",B,", ",2,", ",,"].map(|channel| at(&ONE.replace(",A,", channel)));
    let duplicate = |of| Outcome::Duplicate {
        kind: Kind::Message(1),
        of,
    };
    assert_eq!(
        outcomes(&channels),
        [DECODED, DECODED, duplicate(2), duplicate(2)]
    );
}

/// `$PGHP` at a minute of an hour, of a sentence with this checksum.
fn pghp(minute: u32, second: u32, expected: u8) -> String {
    let inner =
        format!("PGHP,1,2014,9,28,12,{minute},{second},0,219,21,992190921,1,{expected:02X}");
    format!("${inner}*{:02X}", sum(&inner))
}

#[test]
fn a_time_of_another_sentence_is_not_used() {
    let line = sentence(ONE);
    let given = |line: &str| {
        let (time, receiver, flags) = origin(&[line.to_owned(), sentence(ONE)]);
        (time.is_some(), receiver.is_some(), flags)
    };
    let none = (false, false, vec!["time-of-another"]);
    assert_eq!(given(&pghp(0, 0, 0x4b)), none);
    assert_eq!(given(&pghp(0, 0, 0x4a)), (true, true, vec![]));
    assert_eq!(given(&pghp(0, 0, 0)), (true, true, vec![]));
    // What tag blocks say stands.
    let read = origin(&[tagged("s:x,c:1500000000", &pghp(0, 0, 0x4b)), line]);
    assert_eq!(
        (read.0, read.1.as_deref()),
        (Some(1_500_000_000_000), Some("x"))
    );
    // Of fragments it is the exclusive or of all.
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    let both = sum(FIRST) ^ sum(SECOND);
    for (expected, whole) in [
        (both, true),
        (0, true),
        (sum(FIRST), true),
        (both ^ 1, false),
    ] {
        let lines = [pghp(0, 0, expected), first.clone(), second.clone()];
        let read = outcomes(&lines);
        assert_eq!(read[2] == STATIC, whole, "{expected}");
    }
}

#[test]
fn times_before_fragments_are_compared_too() {
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    for (seconds, whole) in [(10, true), (11, false)] {
        for before in [
            [pghp(0, 0, 0), pghp(0, seconds, 0)],
            [
                tagged("c:1500000000", ""),
                tagged(&format!("c:{}", 1_500_000_000 + seconds), ""),
            ],
        ] {
            let [one, two] = before;
            let read = outcomes(&[one, first.clone(), two, second.clone()]);
            assert_eq!(read[3] == STATIC, whole, "{seconds}");
        }
    }
    // The first fragment again, since the second was lost: the later time is that of the message.
    let (_, kept) = all(&[
        tagged("c:1500000000", &first),
        tagged("c:1500000009", &first),
        second,
    ]);
    assert_eq!(kept.heard.len(), 1);
    assert_eq!(kept.heard[0].time, Some(Time(1_500_000_009_000)));
}

#[test]
fn fragments_of_other_ships_are_not_joined() {
    // The end of one whose beginning is missing, then whole ones under the same key.
    let other = sentence("AIVDM,2,2,1,A,88888888881,2");
    let (first, second) = (sentence(FIRST), sentence(SECOND));
    let ambiguous = refused(Reason::FragmentAmbiguous);
    let both = [Outcome::Fragment { of: 5 }, STATIC];
    let mut lines = vec![
        other.clone(),
        first.clone(),
        second.clone(),
        first.clone(),
        second,
    ];
    let read = outcomes(&lines);
    assert_eq!((&read[..3], &read[3..]), (&[ambiguous; 3][..], &both[..]));
    // Farther off it is out of the question.
    for _ in 0..4 {
        lines.insert(1, "#".into());
    }
    let read = outcomes(&lines);
    assert_eq!(read[0], refused(Reason::FragmentIncomplete));
    assert_eq!(read[6], STATIC);
    // A group's own numbers count.
    let read = outcomes(&[
        tagged("g:1-2-9", &first),
        tagged("g:1-2-9", &sentence(SECOND)),
    ]);
    assert_eq!(read, [refused(Reason::FragmentIncomplete); 2]);
}

#[test]
fn nothing_on_a_line_is_lost_without_a_word() {
    let line = sentence(ONE);
    for rest in [
        sentence(OTHER),
        format!("\r{}", sentence(OTHER)),
        tagged("s:x", &sentence(OTHER)),
        format!(",r1,1500000000{}", sentence(OTHER)),
    ] {
        let reason = refused(Reason::SeveralSentences);
        assert_eq!(outcome(&format!("{line}{rest}")), reason, "{rest:?}");
        assert_eq!(outcome(&format!("{}{rest}", pghp(0, 0, 0))), reason);
        assert_eq!(outcome(&format!("$GPGGA,1*55{rest}")), reason);
        for other in [
            sentence("AIVSI,r1,1,,,-100,20"),
            "!AIVSI,r1,1*00".to_owned(),
        ] {
            assert_eq!(
                outcome(&format!("{other}{rest}")),
                reason,
                "{other}{rest:?}"
            );
        }
    }
    for rest in ["ZZZ", "*00", " ,1"] {
        let (_, _, flags) = origin(&[format!("{line}{rest}")]);
        assert_eq!(flags, ["rest-unread"], "{rest:?}");
        let (_, _, flags) = origin(&[format!("{}{rest}", pghp(0, 0, 0)), line.clone()]);
        assert_eq!(flags, ["rest-unread"], "{rest:?}");
    }
    let (_, _, flags) = origin(&[format!("{line}\\x0d\\x0a")]);
    assert_eq!(flags, [""; 0]);
    let more = tagged("s:x", &line).replacen("\\!", "Z\\!", 1);
    assert_eq!(origin(&[more]).2, ["tag-malformed"]);
    // One's own ship was not heard.
    let own = sentence(&ONE.replace("VDM", "VDO"));
    assert_eq!(origin(&[own]).2, ["own-ship"]);
}

#[test]
fn what_stands_on_lines_before_ranks_too() {
    let line = sentence(ONE);
    let tags = tagged("c:1500000000", "");
    let both = [
        [tags.clone(), pghp(0, 0, 0), line.clone()],
        [pghp(0, 0, 0), tags, line.clone()],
    ];
    for lines in both {
        assert_eq!(origin(&lines).0, Some(1_500_000_000_000));
    }
    let on_one = tagged("s:x,c:1500000000", &pghp(0, 0, 0));
    let (time, receiver, _) = origin(&[on_one, line]);
    assert_eq!(
        (time, receiver),
        (Some(1_500_000_000_000), Some("x".into()))
    );
}

#[test]
fn a_line_of_ten_megabytes_is_refused_and_the_next_is_read() {
    let mut bytes = b"!AIVDM,1,1,,A,".to_vec();
    bytes.resize(10_000_000, b'1');
    bytes.push(b'\n');
    bytes.extend(sentence(ONE).bytes());
    bytes.extend(b"\n");
    bytes.extend(vec![b'\0'; 5_000_000]);
    let (_, kept) = kept(&bytes);
    assert_eq!(
        kept.outcomes.into_values().collect::<Vec<_>>(),
        [
            refused(Reason::LineTooLong),
            DECODED,
            refused(Reason::LineTooLong)
        ]
    );
    // However long it is, blanks before the end do not shorten it.
    for blanks in [5_000, 1 << 18] {
        for blank in ["\r", " "] {
            let line = format!("{}{}junk\n", sentence(ONE), blank.repeat(blanks));
            assert_eq!(outcome(&line), refused(Reason::LineTooLong));
        }
    }
    let longest = |n: usize| outcome(&"x".repeat(n));
    assert_eq!(longest(4096), refused(Reason::NotASentence));
    assert_eq!(longest(4097), refused(Reason::LineTooLong));
}

#[test]
fn a_million_fragments_that_never_complete_are_given_up() {
    struct Few {
        lines: u64,
    }
    impl Sink for Few {
        fn line(&mut self, _: u64, outcome: Outcome) {
            assert_eq!(outcome, refused(Reason::FragmentIncomplete));
            self.lines += 1;
        }
        fn heard(&mut self, _: &Reception<'_>) {
            panic!("nothing was whole");
        }
    }
    struct Endless {
        left: u64,
        rest: Vec<u8>,
    }
    impl Read for Endless {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            while self.rest.len() < to.len() && self.left > 0 {
                self.left -= 1;
                let inner = format!("AIVDM,2,1,{},A,5{:020},0", self.left % 10, self.left);
                self.rest.extend(sentence(&inner).bytes());
                self.rest.push(b'\n');
            }
            let n = to.len().min(self.rest.len());
            to[..n].copy_from_slice(&self.rest[..n]);
            self.rest.drain(..n);
            Ok(n)
        }
    }
    let n = 1_000_000;
    let mut few = Few { lines: 0 };
    let endless = Endless {
        left: n,
        rest: Vec::new(),
    };
    let counts = read(endless, 0, &Options::default(), &mut few).unwrap();
    assert_eq!((counts.total, few.lines), (n, n));
    assert_eq!(counts.refused[&Reason::FragmentIncomplete], n);
}

#[test]
fn reading_that_fails_says_so_after_the_lines_before() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::other("torn"));
            }
            self.0 -= 1;
            // Small pieces, whatever is asked for, each with the end of one line.
            let n = to.len().min(100);
            to[..n].fill(b'x');
            to[n - 1] = b'\n';
            Ok(n)
        }
    }
    for threads in [1, 2, 3] {
        let mut kept = Kept::default();
        let threads = NonZeroUsize::new(threads).unwrap();
        let error = read_parallel(Fails(30_000), 0, &Options::default(), threads, &mut kept);
        assert_eq!(error.unwrap_err().to_string(), "torn");
        assert!(kept.outcomes.keys().copied().eq(1..=30_000));
    }
    // A fragment that waits has its outcome too; a line that was cut off has none.
    let bytes = format!("{}\n{}", sentence(FIRST), sentence(SECOND));
    let mut kept = Kept::default();
    let error = read(
        bytes.as_bytes().chain(Fails(0)),
        0,
        &Options::default(),
        &mut kept,
    );
    assert_eq!(error.unwrap_err().to_string(), "torn");
    let outcomes: Vec<_> = kept.outcomes.into_iter().collect();
    assert_eq!(outcomes, [(1, refused(Reason::FragmentIncomplete))]);
}

/// Lines of all sorts, more than go into several chunks.
fn many_lines() -> Vec<u8> {
    let mut text = String::new();
    for i in 0..12_000 {
        let pghp = format!(
            "PGHP,1,2014,9,28,16,{},{},684,219,21,{i},1,00",
            i / 60 % 60,
            i % 60
        );
        text.push_str(&format!("${pghp}*{:02X}\n", sum(&pghp)));
        let digits = format!("{i:04}");
        text.push_str(&sentence(&ONE.replace("5RTg", &digits)));
        text.push('\n');
        let (first, second) = (FIRST.replace("55?M", &format!("5{}", &digits[1..])), SECOND);
        let first = sentence(&first.replace(",1,A,", &format!(",{},A,", i % 10)));
        let second = sentence(&second.replace(",1,A,", &format!(",{},A,", i % 10)));
        text.push_str(&format!(
            "{first}\n\\si:all*{:02X}\\\n{second}\n",
            sum("si:all")
        ));
    }
    text.into_bytes()
}

#[test]
fn where_chunks_end_changes_nothing() {
    let bytes = many_lines();
    assert!(bytes.len() > 2_000_000);
    let (counts, kept) = kept(&bytes);
    assert_eq!(
        (counts.total, counts.decoded, counts.fragment),
        (60_000, 24_000, 12_000)
    );
    let receivers = kept.heard.iter().filter(|heard| heard.receiver.is_some());
    assert_eq!(receivers.count(), 24_000);
    for threads in [3, 8] {
        let mut again = Kept::default();
        let threads = NonZeroUsize::new(threads).unwrap();
        let options = Options::default();
        let counts_again = read_parallel(&bytes[..], 3, &options, threads, &mut again).unwrap();
        assert_eq!((counts_again, again == kept), (counts.clone(), true));
    }
}

#[test]
fn a_sink_that_panics_leaves_nobody_waiting() {
    struct Panics;
    impl Sink for Panics {
        fn line(&mut self, line: u64, _: Outcome) {
            assert!(line < 20_000, "enough");
        }
        fn heard(&mut self, _: &Reception<'_>) {}
    }
    let bytes = many_lines();
    for threads in [1, 2, 4] {
        let threads = NonZeroUsize::new(threads).unwrap();
        let caught = std::panic::catch_unwind(|| {
            read_parallel(&bytes[..], 0, &Options::default(), threads, &mut Panics)
        });
        assert!(caught.is_err());
    }
}

#[test]
fn lists_without_any_and_texts_that_are_too_long_are_refused() {
    for (payload, reason) in [
        // Types 7, 13 and 20 of 40 bits.
        ("71mg=5@".to_owned(), Reason::TooShort),
        ("=1mg=5@".to_owned(), Reason::TooShort),
        ("D1mg=5@".to_owned(), Reason::TooShort),
        // Types 12 and 14 of 1,014 bits.
        (format!("<{}", "1".repeat(168)), Reason::PayloadInvalid),
        (format!(">{}", "1".repeat(168)), Reason::PayloadInvalid),
    ] {
        let fill_bits = if payload.len() == 7 { 2 } else { 0 };
        let inner = format!("AIVDM,1,1,,A,{payload},{fill_bits}");
        assert_eq!(outcome(&sentence(&inner)), refused(reason), "{payload}");
    }
    // One character less is the longest text.
    let inner = format!("AIVDM,1,1,,A,<{},0", "1".repeat(167));
    assert_eq!(
        outcome(&sentence(&inner)),
        Outcome::Decoded(Kind::Message(12))
    );
}

#[test]
fn payloads_longer_than_their_slots_are_refused() {
    // The first character is the type; the longest payload in characters, with its fill bits.
    for (kind, first, length, fill_bits) in [
        (1, '1', 32, 0),
        (4, '4', 32, 0),
        (5, '5', 75, 2),
        (8, '8', 168, 0),
        (14, '>', 168, 0),
        (18, 'B', 32, 0),
        (19, 'C', 75, 2),
        (21, 'E', 75, 2),
        (24, 'H', 32, 0),
        (26, 'J', 178, 4),
        (27, 'K', 32, 0),
    ] {
        let zeros = |n: usize, fill_bits: u8| {
            let inner = format!("AIVDM,1,1,,A,{first}{},{fill_bits}", "0".repeat(n - 1));
            outcome(&sentence(&inner))
        };
        let decoded = Outcome::Decoded(Kind::Message(kind));
        assert_eq!(zeros(length, fill_bits), decoded, "{kind}");
        // One bit more.
        let (length, fill_bits) = match fill_bits {
            0 => (length + 1, 5),
            fill_bits => (length, fill_bits - 1),
        };
        let longer = zeros(length, fill_bits);
        assert_eq!(longer, refused(Reason::PayloadInvalid), "{kind}");
    }
    // Nine fragments as long as their lines may be.
    let lines: Vec<String> = (1..=9)
        .map(|number| sentence(&format!("AIVDM,9,{number},1,A,1{},0", "w".repeat(4_050))))
        .collect();
    let outcomes = outcomes(&lines);
    assert_eq!(outcomes[0], Outcome::Fragment { of: 9 });
    assert_eq!(outcomes[8], refused(Reason::PayloadInvalid));
}

#[test]
fn fill_bits_of_a_fragment_are_its_own() {
    let payload = "55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp888888888880";
    let first = sentence(&format!("AIVDM,2,1,1,A,{payload},0"));
    let second = |fill_bits: u8| sentence(&format!("AIVDM,2,2,1,A,,{fill_bits}"));
    assert_eq!(
        outcomes(&[first.clone(), second(0)]),
        [Outcome::Fragment { of: 2 }, STATIC]
    );
    assert_eq!(
        outcomes(&[first, second(2)]),
        [
            refused(Reason::FragmentIncomplete),
            refused(Reason::FillBitsInvalid)
        ]
    );
}

#[test]
fn a_bad_character_is_told_of_the_fragment_that_has_it() {
    let bad = sentence(&FIRST.replace("02;H", "02XH"));
    assert_eq!(
        outcomes(&[bad, sentence(SECOND)]),
        [
            refused(Reason::ArmourInvalid),
            refused(Reason::FragmentIncomplete)
        ]
    );
    let bad = sentence(&SECOND.replace("880,2", "8 0,2"));
    assert_eq!(
        outcomes(&[sentence(FIRST), bad, sentence(SECOND)]),
        [
            Outcome::Fragment { of: 3 },
            refused(Reason::ArmourInvalid),
            STATIC
        ]
    );
}
