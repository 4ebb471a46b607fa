//! Lists mangled in every way: no bytes make a reader, the comparison or the matching panic, and what is read
//! keeps its promises.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../tests/fuzzing/mod.rs"]
mod fuzzing;

use seaproof_evidence::folding::{TOKENS_MAX, fold, name_key, sounds};
use seaproof_evidence::ids::Imo;
use seaproof_evidence::lists::{
    CaseVessel, How, ImoFound, SchemeBasis, Snapshot, compare, propose, read,
};

const SEEDS: &[&str] = &[
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CONSOLIDATED_LIST dateGenerated=\"2018-10-29T19:09:49Z\">\
     <INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>RI</FIRST_NAME><SECOND_NAME>WON HO</SECOND_NAME>\
     <REFERENCE_NUMBER>KPi.1 </REFERENCE_NUMBER><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Li</ALIAS_NAME>\
     </INDIVIDUAL_ALIAS></INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><FIRST_NAME>A &amp; B</FIRST_NAME>\
     <COMMENTS1>Owner of the tanker CHON MA SAN (IMO 8660313), Company IMO 5434358.</COMMENTS1>\
     <LISTED_ON>2018-03-30</LISTED_ON><LAST_DAY_UPDATED><VALUE>2019-01-01</VALUE></LAST_DAY_UPDATED>\
     </ENTITY></ENTITIES></CONSOLIDATED_LIST>",
    "celex,recordId,programKey,annex,measure,startDate,reason,schema,name,alias,imoNumber,mmsi,registrationNumber,notes\n\
     32017R1509,1,EU-PRK,XIV,Asset freeze,28.12.2017; 16.10.2018,\"a \"\"b\"\"\",Vessel,YU SON (OLD),A; B,8691702,620233000,,\n\
     32017R1509,,EU-PRK,XIII,Port entry ban,3.10.2017,,LegalEntity,C,,Does not exist,,1790183,M/V YUK TUNG\n",
    "ent_num,name,program,vessel_type,flag,owner,imo,imo_check_ok,mmsi,linked_to\n\
     17069,CHONG CHON GANG,DPRK,General Cargo,KP,,7937317,1,445000001,X\n17070,Jul-28,DPRK,,,,0000000,0,,\n",
    "1,\"YU SON\",\"vessel\",\"DPRK4] [SDGT\",-0- ,\"HMAB\",\"Tanker\",-0- ,-0- ,\"KP\",-0- ,\"IMO 8691702; MMSI 445123456; \
     (Linked To: A (B)).\"\r\n\u{1a}\r\n",
    "{\"id\":\"v\",\"schema\":\"Vessel\",\"datasets\":[\"un\"],\"properties\":{\"name\":[\"백양산 1호\",\"Пэк Ма\"],\"imoNumber\":[\"IMO9242223\"],\
     \"flag\":[\"kp\"],\"sanctions\":[{\"id\":\"n\",\"properties\":{\"provisions\":[\"port entry ban\"]}}]}}\n\
     {\"id\":\"s\",\"schema\":\"Sanction\",\"properties\":{\"entity\":[\"v\",\"x\"],\"startDate\":[\"2018\"]}}\n\
     {\"id\":\"o\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"v\"],\"asset\":[\"v\"]}}\n",
    "[{\"id\":\"v\",\"schema\":\"Company\",\"caption\":\"A\",\"properties\":{\"imoNumber\":[\"6183435\"],\"notes\":[\"vessel KOTI\"]}}]",
];

/// Pieces that readers have a rule for.
const PIECES: &[&str] = &[
    "<",
    ">",
    "</ENTITY>",
    "<ENTITY>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
    "&b;",
    "&#0;",
    "&#x110000;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x",
    "\"",
    "\"\"",
    ",",
    ";",
    "\n",
    "\r",
    "{",
    "}",
    "[",
    "]",
    "\\",
    "\\u0000",
    "\\ud800",
    "\0",
    "\u{feff}",
    "\u{1a}",
    "-0-",
    "IMO ",
    "IMO1790183",
    "0000000",
    "vessel ",
    "“",
    "”",
    "의",
    "호",
    "ﷺ",
    "e\u{301}\u{301}",
    "İ",
    "ß",
    "ŏ",
    "1e999",
    "null",
    "999999999999",
];

fn mangled(seed: u64) -> Vec<u8> {
    fuzzing::mangled(SEEDS, PIECES, seed)
}

/// Everything that a list promises once it is read.
fn keeps_its_promises(list: &Snapshot) {
    for (at, row) in list.rows.iter().enumerate() {
        assert_eq!(row.number as usize, at + 1);
        assert!(!row.reference.is_empty());
        assert!(
            row.names
                .iter()
                .all(|name| name.text.trim() == name.text && !name.text.is_empty())
        );
        assert!(row.place.byte <= list.head.bytes && row.place.line > 0);
    }
    serde_json::to_string(list).unwrap();
    assert!(compare(list, list).unwrap().changes.is_empty());
    let case: Vec<CaseVessel> = list
        .rows
        .iter()
        .map(|row| CaseVessel {
            id: row.number.to_string(),
            names: row.names.iter().map(|name| name.text.clone()).collect(),
            imos: row.imos.iter().map(|imo| imo.number).collect(),
            mmsis: row.mmsis.clone(),
            call_signs: row.call_signs.clone(),
        })
        .collect();
    let found = propose(&case, list);
    serde_json::to_string(&found).unwrap();
    for row in list.rows.iter().filter(|row| !row.imos.is_empty()) {
        let exact = found.proposals.iter().find(|proposal| {
            proposal.vessel == row.number.to_string() && proposal.row.number == row.number
        });
        let exact = exact.expect("a row is proposed for its own number");
        // A number that the row only names may be another ship's.
        let only_named = |imo: &ImoFound<Imo>| imo.in_text || imo.basis != SchemeBasis::RowKind;
        if !row.imos.iter().all(only_named) {
            assert_eq!(exact.matches[0].how, How::ExactImo);
            assert_eq!(exact.score, 1000);
        }
    }
    assert!(
        found
            .proposals
            .iter()
            .all(|p| p.score <= 1000 && !p.reason.is_empty())
    );
}

#[test]
fn mangled_lists_are_read_rightly_or_refused_in_words() {
    fuzzing::rounds(4_000, |seed| {
        let bytes = mangled(seed);
        let outcome = read(&bytes[..]);
        match &outcome {
            Ok(list) => keeps_its_promises(list),
            Err(refused) => {
                assert!(refused.place.byte <= bytes.len() as u64, "{refused}");
                assert!(!refused.problem.is_empty() && !refused.advice.is_empty());
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        assert!(fold(&text).len() <= TOKENS_MAX);
        let _ = (name_key(&text), sounds(&text));
        outcome.is_ok()
    });
}

#[test]
fn the_seeds_themselves_are_all_read() {
    for seed in SEEDS {
        keeps_its_promises(&read(seed.as_bytes()).unwrap());
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(bytes: Vec<u8>) {
        let _ = read(&bytes[..]);
    }

    #[test]
    fn no_text_behind_a_lists_first_bytes_makes_them_panic(
        start in 0usize..6, cut in 0usize..300, text in "\\PC{0,80}",
    ) {
        let seed = SEEDS[start].as_bytes();
        let mut bytes = seed[..cut.min(seed.len())].to_vec();
        bytes.extend_from_slice(text.as_bytes());
        let _ = read(&bytes[..]);
    }
}
