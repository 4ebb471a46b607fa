use super::*;
use crate::events::movements::Measure;

fn read_text(text: &str) -> Result<Snapshot, Refused> {
    read(text.as_bytes())
}

/// A UN list with one entity of these fields.
fn un(fields: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST \
         dateGenerated=\"2024-01-02T03:04:05Z\">\n<INDIVIDUALS/>\n<ENTITIES>\n<ENTITY>{fields}</ENTITY>\n\
         </ENTITIES>\n</CONSOLIDATED_LIST>\n"
    )
}

const CUT: &str = "ent_num,name,program,vessel_type,flag,owner,imo,imo_check_ok,mmsi,linked_to\n";

#[test]
fn a_un_row_keeps_what_it_says_and_where() {
    let text = un(
        "<DATAID>7</DATAID><FIRST_NAME> A &amp; B&#x20;LTD </FIRST_NAME><REFERENCE_NUMBER>KPe.1 \
         </REFERENCE_NUMBER><LISTED_ON>2018-03-30</LISTED_ON><UN_LIST_TYPE>DPRK</UN_LIST_TYPE>\
         <COMMENTS1>Owner of the tanker CHON MA SAN (IMO 8660313). Company IMO 5434358.</COMMENTS1>\
         <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD</ALIAS_NAME></ENTITY_ALIAS>\
         <ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>",
    );
    let list = read_text(&text).unwrap();
    assert_eq!(list.head.format, Format::UnXml);
    let row = list.row("KPe.1").unwrap();
    assert_eq!(row.name(), Some("A & B LTD"));
    assert_eq!(row.other_references, ["DATAID 7"]);
    assert_eq!((row.place.line, row.kind), (5, Kind::Entity));
    let names: Vec<_> = row
        .names
        .iter()
        .map(|n| (n.text.as_str(), n.kind))
        .collect();
    assert_eq!(
        names,
        [
            ("A & B LTD", NameKind::Primary),
            ("CHON MA SAN", NameKind::InText),
            ("OLD", NameKind::Former)
        ]
    );
    assert_eq!(row.imos[0].number.get(), 8_660_313);
    assert_eq!(row.imos[0].basis, SchemeBasis::BesideShip);
    assert_eq!(row.company_imos[0].number.get(), 5_434_358);
    assert_eq!(row.company_imos[0].basis, SchemeBasis::Stated);
    assert!(row.measures.is_empty());
}

#[test]
fn numbers_that_are_none_are_kept_with_the_reason() {
    let text = format!(
        "{CUT}1,A ONE,DPRK,,,,8691703,0,,\n2,B TWO,DPRK,,,,0000000,0,,\n3,C,DPRK,,,,Does not exist,0,12,\n\
         4,Jul-28,DPRK,,,,IMO 8691702,1,,\n"
    );
    let list = read_text(&text).unwrap();
    let reasons: Vec<_> = list
        .rows
        .iter()
        .flat_map(|row| &row.refused)
        .map(|refused| (refused.written.as_str(), refused.reason.as_str()))
        .collect();
    assert_eq!(reasons.len(), 4);
    assert!(reasons[0].1.contains("check digit should be 2"));
    assert!(reasons[1].1.contains("names no ship"));
    assert_eq!(reasons[2].0, "Does not exist");
    assert_eq!(reasons[3].0, "12");
    assert_eq!(list.rows[3].imos[0].number.get(), 8_691_702);
    assert!(list.rows[3].notes[0].contains("spreadsheet"));
}

#[test]
fn the_official_ofac_file_is_read_without_a_header() {
    let text = "36,\"AEROCARIBBEAN AIRLINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\
        23744,\"YU SON\",\"vessel\",\"DPRK4] [SDGT\",-0- ,\"HMAB\",\"Crude Oil Tanker\",-0- ,-0- ,\
        \"Democratic People's Republic of Korea\",-0- ,\"Vessel Registration Identification IMO 8691702; \
        MMSI 445123456; (Linked To: MYOHYANG SHIPPING CO).\"\r\n\u{1a}\r\n";
    let list = read_text(text).unwrap();
    assert_eq!(list.rows.len(), 2);
    let row = list.row("23744").unwrap();
    assert_eq!(row.kind, Kind::Vessel);
    assert_eq!(row.imos[0].number.get(), 8_691_702);
    assert_eq!(row.mmsis[0].get(), 445_123_456);
    assert_eq!(row.call_signs[0].as_str(), "HMAB");
    assert_eq!(row.programmes, ["DPRK4", "SDGT"]);
    assert_eq!(row.linked, ["MYOHYANG SHIPPING CO"]);
    assert_eq!(list.rows[0].kind, Kind::Entity);
}

#[test]
fn entities_are_read_by_line_in_a_list_and_alone() {
    let vessel = r#"{"id":"v","schema":"Vessel","properties":{"name":["A STAR","B STAR"],"imoNumber":["IMO9242223"],"previousName":["OLD STAR"],"flag":["kp"]}}"#;
    let sanction = r#"{"id":"s","schema":"Sanction","properties":{"entity":["v"],"provisions":["asset freeze","port entry ban"],"listingDate":["2018-03-30"],"authority":["UN"]}}"#;
    let nested = r#"{"id":"v","schema":"Vessel","properties":{"name":["A STAR"],"sanctions":[{"id":"s","schema":"Sanction","properties":{"provisions":["port entry ban"]}}]}}"#;
    for text in [
        format!("{sanction}\n{vessel}\n"),
        format!("[ {vessel},\n {sanction} ]"),
    ] {
        let list = read_text(&text).unwrap();
        let row = list.row("v").unwrap();
        assert_eq!(row.imos[0].number.get(), 9_242_223);
        let kinds: Vec<_> = row.names.iter().map(|n| n.kind).collect();
        assert_eq!(
            kinds,
            [NameKind::Primary, NameKind::Alias, NameKind::Former]
        );
        let measures: Vec<_> = row.measures.iter().map(|m| m.measure).collect();
        assert_eq!(measures, [Measure::AssetFreeze, Measure::PortBan]);
        assert_eq!(row.listed[0].date.as_ref().unwrap().as_str(), "2018-03-30");
        assert_eq!(list.head.authority_guess.as_deref(), Some("UN"));
    }
    let alone = read_text(nested).unwrap();
    assert_eq!(alone.rows[0].measures[0].measure, Measure::PortBan);
    assert!(alone.rows[0].remarks.is_empty());
}

fn refusal(bytes: &[u8]) -> String {
    read(bytes).expect_err("refused").to_string()
}

#[test]
fn what_cannot_be_read_is_refused_in_words_with_its_place() {
    let deep = format!(
        "{{\"id\":\"a\",\"schema\":\"Vessel\",\"x\":{}",
        "[".repeat(100_000)
    );
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\
                <CONSOLIDATED_LIST><ENTITIES/></CONSOLIDATED_LIST>";
    let latin1 = [
        un("")
            .trim_end_matches("</ENTITIES>\n</CONSOLIDATED_LIST>\n")
            .as_bytes(),
        b"Caf\xe9",
    ]
    .concat();
    let elements = un(&"<X>".repeat(100));
    let cases: Vec<(&[u8], &[&str])> = vec![
        (b"", &["line 1, byte 0", "empty"]),
        (b"  \n ", &["empty"]),
        (b"\xff\xfe<\0", &["UTF-16", "iconv"]),
        (b"<\0?\0x\0", &["UTF-16"]),
        (b"\x1f\x8b\x08", &["compressed"]),
        (b"%PDF-1.7", &["PDF"]),
        (&latin1, &["0xe9", "line 6", "Latin-1"]),
        (bomb.as_bytes(), &["line 1, byte 21", "entity bomb"]),
        (
            b"<CONSOLIDATED_LIST><ENTITIES><ENTITY>&bomb;",
            &["&bomb;", "no entity is expanded"],
        ),
        (
            b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
            &["ISO-8859-1", "iconv"],
        ),
        (b"<sdnList/>", &["<sdnList>", "SDN.CSV"]),
        (b"<html>", &["web page"]),
        (
            b"<CONSOLIDATED_LIST><ENTITIES><ENTITY>",
            &["ends inside <ENTITY>"],
        ),
        (b"<CONSOLIDATED_LIST><ENTITIES></ENTITY>", &["broken XML"]),
        (
            b"<CONSOLIDATED_LIST><ENTITIES/></CONSOLIDATED_LIST>",
            &["no row"],
        ),
        (elements.as_bytes(), &["32 elements inside"]),
        (b"a,b\n1,2\n", &["a,b", "read are"]),
        (b"Entity_LogicalId;x\n", &["semicolons"]),
        (
            b"celex,schema,name\n1,Vessel\n",
            &["line 2, byte 18", "2 fields", "3 columns"],
        ),
        (
            b"celex,schema,name\n1,\"Vessel,x\n",
            &["line 2, byte 20", "never closed"],
        ),
        (
            b"celex,schema,name\n1,\"V\"x,y\n",
            &["behind a closing quote"],
        ),
        (b"celex,celex\n", &["two columns"]),
        (b"celex,name\n", &["no column \"schema\""]),
        (b"ent_num,name,imo\nx,y,z\n", &["not a number"]),
        (b"{\"id\":\"a\"}", &["no schema"]),
        (
            b"[{\"id\":\"a\",\"schema\":\"Vessel\"}",
            &["ends inside its list"],
        ),
        (b"{\"id\":\"a\",", &["never closed"]),
        (b"{\"id\":\"a\",\"id\":\"a\"}", &["twice"]),
        (b"{\"id\":\"a\",\"schema\":\"Vessel\"} x", &["'x'"]),
        (b"[{}{}]", &["no schema"]),
        (deep.as_bytes(), &["32 levels"]),
    ];
    for (bytes, words) in cases {
        let said = refusal(bytes);
        for word in words {
            assert!(said.contains(word), "{word:?} in {said:?}");
        }
    }
}

#[test]
fn two_snapshots_of_one_list_say_what_changed() {
    let head = "celex,recordId,annex,schema,name,imoNumber,measure\n";
    let old = read_text(&format!(
        "{head}X,1,A,Vessel,YU SON,8691702,Asset freeze\nX,2,A,Vessel,GONE,,Asset freeze\n"
    ))
    .unwrap();
    let new = read_text(&format!(
        "{head}X,3,A,Vessel,NEW,,Asset freeze\nX,1,A,Vessel,YU SONG,8691702,Port entry ban\n"
    ))
    .unwrap();
    let changes = compare(&old, &new).unwrap();
    assert!(!changes.order_known);
    let said: Vec<_> = changes
        .changes
        .iter()
        .map(|change| match change {
            Change::Added { row, .. } => format!("+{}", row.reference),
            Change::Removed { row, .. } => format!("-{}", row.reference),
            Change::Changed { row, fields } => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|f| format!("{} {:?} {:?}", f.field, f.old, f.new))
                    .collect();
                format!("={} {}", row.reference, fields.join(", "))
            }
        })
        .collect();
    assert_eq!(
        said,
        [
            "=X A 1 names [\"YU SON (primary)\"] [\"YU SONG (primary)\"], \
             measures [\"Asset freeze\"] [\"Port entry ban\"]",
            "-X A 2",
            "+X A 3",
        ]
    );
    assert!(compare(&old, &old).unwrap().changes.is_empty());
}

#[test]
fn snapshots_in_the_wrong_order_or_of_different_lists_are_refused() {
    let first = read_text(&un("<REFERENCE_NUMBER>A</REFERENCE_NUMBER>")).unwrap();
    let later = un("<REFERENCE_NUMBER>A</REFERENCE_NUMBER>").replace("03:04:05Z", "03:04:06Z");
    let later = read_text(&later).unwrap();
    assert!(compare(&first, &later).unwrap().order_known);
    let error = compare(&later, &first).unwrap_err().to_string();
    assert!(
        error.contains("wrong order") && error.contains("03:04:06Z"),
        "{error}"
    );

    let ofac = |date: &str| {
        let mut list = read_text(&format!("{CUT}1,A,DPRK,,,,,,,\n")).unwrap();
        list.head.obtained = Some(date.parse().unwrap());
        list
    };
    assert!(compare(&ofac("2023"), &ofac("2024-01")).is_ok());
    assert!(compare(&ofac("2024-01"), &ofac("2023")).is_err());
    let error = compare(&first, &ofac("2030")).unwrap_err().to_string();
    assert!(
        error.contains("UN consolidated") && error.contains("OFAC"),
        "{error}"
    );
}

fn case(id: &str, names: &[&str], imos: &[&str]) -> CaseVessel {
    CaseVessel {
        id: id.to_owned(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        imos: imos.iter().map(|imo| imo.parse().unwrap()).collect(),
        ..CaseVessel::default()
    }
}

#[test]
fn a_proposal_says_what_matched_how_and_what_speaks_against_it() {
    let list = read_text(&format!(
        "{CUT}1,PAEK YANG SAN 1,DPRK,,,,,,,\n2,YU SON,DPRK,,,,8691702,1,445000001,\n\
         3,PAEK YANG SAN 2,DPRK,,,,,,,\n4,CHON MA SAN,DPRK,,,,8660313,1,,\n\
         5,CHOL RYONG (RYONG GUN BONG),DPRK,,,,8606173,1,,\n"
    ))
    .unwrap();
    let found = propose(
        &[
            case("pys", &["Baekyangsan 1"], &[]),
            case("ys", &["M/V Yu-Son", "유선"], &["8691702"]),
            case("cms", &["천마산"], &["8691702"]),
            case("near", &["Chonmasam"], &[]),
            case("rgb", &["Ryong Gun Bong"], &[]),
            case("none", &["Yu Song"], &[]),
        ],
        &list,
    );
    let said: Vec<_> = found
        .proposals
        .iter()
        .map(|p| {
            (
                p.vessel.as_str(),
                p.row.reference.as_str(),
                p.score,
                p.matches[0].how,
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("pys", "1", 700, How::NameTransliterated),
            ("ys", "2", 1000, How::ExactImo),
            ("cms", "2", 1000, How::ExactImo),
            ("cms", "4", 300, How::NameTransliterated),
            ("near", "4", 500, How::NameNear),
            ("rgb", "5", 750, How::NameFolded),
        ]
    );
    let contradiction = &found.proposals[3];
    assert!(contradiction.imo_contradiction.is_some());
    assert!(
        contradiction.reason.contains("8691702") && contradiction.reason.contains("8660313"),
        "{}",
        contradiction.reason
    );
    assert_eq!(found.proposals[1].matches.len(), 2);
    assert!(found.cut.is_empty());
}

#[test]
fn an_exact_number_is_proposed_however_many_names_match() {
    let mut text = CUT.to_owned();
    for n in 0..3_000 {
        text.push_str(&format!("{n},SEA STAR LINE,DPRK,,,,,,,\n"));
    }
    text.push_str("9999,SOMETHING ELSE,DPRK,,,,8691702,1,,\n");
    let list = read_text(&text).unwrap();
    let found = propose(&[case("v", &["Sea Star Line"], &["8691702"])], &list);
    assert_eq!(found.proposals[0].row.reference, "9999");
    assert_eq!(found.proposals.len(), 1 + NAME_PROPOSALS_MAX);
    assert_eq!(found.cut, ["v"]);
}

#[test]
fn rows_changes_and_proposals_are_json_with_small_names() {
    let list = read_text(&format!("{CUT}1,YU SON,DPRK,,,,8691702,1,,\n")).unwrap();
    let found = propose(&[case("v", &[], &["8691702"])], &list);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["proposals"][0]["matches"][0]["how"], "exact-imo");
    assert_eq!(json["proposals"][0]["row"]["imos"][0], "8691702");
    let row = serde_json::to_value(&list.rows[0]).unwrap();
    assert_eq!(row["imos"][0]["basis"], "row-kind");
    assert_eq!(row["reference_kind"], "own");
    let head = serde_json::to_value(&list.head).unwrap();
    assert_eq!(head["format"], "ofac-csv");
}

#[test]
fn a_number_in_a_rows_text_is_not_the_rows_own() {
    let head = "celex,recordId,annex,schema,name,imoNumber,reason\n";
    let list = read_text(&format!(
        "{head}X,1,A,Vessel,CHON MA SAN,8660313,met the vessel KOTI (IMO 9417115)\n\
         X,2,A,Vessel,NO FIELD,,Seen at sea. IMO 8691702\n\
         X,3,A,Vessel,TWO,,Formerly IMO 8628597 and IMO 9242223\n"
    ))
    .unwrap();
    let of = |imo: &str| {
        let found = propose(&[case("v", &[], &[imo])], &list).proposals;
        assert_eq!(found.len(), 1, "{imo}");
        let best = &found[0].matches[0];
        let contradicted = found[0].imo_contradiction.is_some();
        assert!(!contradicted, "a text contradicts nothing");
        (
            found[0].row.number,
            best.how,
            found[0].score,
            best.matched_by(),
        )
    };
    use crate::events::lists::MatchedBy;
    assert_eq!(of("9417115"), (1, How::ImoInText, 800, MatchedBy::Other));
    assert_eq!(of("8660313"), (1, How::ExactImo, 1000, MatchedBy::Imo));
    assert_eq!(of("8691702"), (2, How::ExactImo, 1000, MatchedBy::Imo));
    assert_eq!(of("9242223"), (3, How::ImoInText, 800, MatchedBy::Other));
    // The ship that the text names stands against the row's own number where the name is the row's.
    let found = propose(&[case("v", &["Chon Ma San"], &["9417115"])], &list).proposals;
    assert!(found[0].reason.contains("8660313"), "{}", found[0].reason);
    assert!(found[0].imo_contradiction.is_some());
}

#[test]
fn a_ship_in_a_un_comment_is_still_proposed_by_its_number() {
    for comment in [
        "Owner of the tanker CHON MA SAN (IMO 8660313).",
        "The company owns IMO 8660313.",
        "A shipping company. Vessels with IMO numbers 8691702 and 8660313.",
    ] {
        let list = read_text(&un(&format!(
            "<FIRST_NAME>A LTD</FIRST_NAME><COMMENTS1>{comment}</COMMENTS1>"
        )))
        .unwrap();
        assert!(list.rows[0].refused.is_empty(), "{comment}");
        let found = propose(&[case("v", &[], &["8660313"])], &list).proposals;
        assert_eq!(found.len(), 1, "{comment}");
        assert_eq!(
            (found[0].matches[0].how, found[0].score),
            (How::ImoInText, 800)
        );
    }
}

#[test]
fn digits_that_may_be_a_ships_or_a_companys_are_kept_as_both_and_name_no_row() {
    let list = read_text(
        "celex,recordId,annex,schema,name,imoNumber,registrationNumber,reason\n\
         X,,A,LegalEntity,ONE LTD,1790183,,\n\
         X,,A,LegalEntity,TWO LTD,,,Owner of the vessel KOTI (IMO 9417115)\n\
         X,,A,LegalEntity,THREE LTD,,1790183,Owner of the vessel KOTI (IMO 9417115)\n\
         X,,A,Vessel,FOUR,IMO-8660313; 8691702,,\n",
    )
    .unwrap();
    let references: Vec<_> = list.rows.iter().map(|row| row.reference.as_str()).collect();
    assert_eq!(
        references,
        [
            "X A ONE LTD",
            "X A TWO LTD",
            "X A THREE LTD",
            "X A IMO 8660313"
        ]
    );
    for row in [0, 2] {
        let row = &list.rows[row];
        assert_eq!(row.company_imos[0].number.get(), 1_790_183);
        assert_eq!(row.imos[0].number.get(), 1_790_183);
        assert_eq!(row.imos[0].basis, SchemeBasis::CheckDigitOnly);
    }
    assert_eq!(list.rows[3].imos.len(), 2);
    let found = propose(&[case("v", &[], &["1790183"])], &list).proposals;
    let said: Vec<_> = found
        .iter()
        .map(|p| (p.row.number, p.matches[0].how, p.score))
        .collect();
    assert_eq!(
        said,
        [(1, How::ImoOfEither, 500), (3, How::ImoOfEither, 500)]
    );
}

#[test]
fn what_a_un_list_has_besides_is_noted_and_counted() {
    let text = un(
        "<FIRST_NAME>A</FIRST_NAME><COMMENTS1>the ship <b>X</b> KOTI</COMMENTS1>stray\n<X>in</X>",
    )
    .replace(
        "</ENTITIES>",
        "<OTHER/></ENTITIES><VESSELS><VESSEL><NAME>KOTI</NAME></VESSEL><VESSEL/></VESSELS>",
    );
    let list = read_text(&text).unwrap();
    let notes = &list.rows[0].notes;
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("<COMMENTS1> has text beside")),
        "{notes:?}"
    );
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("<ENTITY> has text beside")),
        "{notes:?}"
    );
    let counted: Vec<_> = list
        .head
        .passed_over
        .iter()
        .map(|(what, n)| (what.as_str(), *n))
        .collect();
    assert_eq!(counted, [("OTHER", 1), ("VESSEL", 2), ("VESSELS", 1)]);
    let plain = read_text(&un(
        "<FIRST_NAME>A</FIRST_NAME>\n <COMMENTS1>text</COMMENTS1>\n",
    ))
    .unwrap();
    assert!(
        plain.rows[0]
            .notes
            .iter()
            .all(|note| !note.contains("beside"))
    );
    assert!(plain.head.passed_over.is_empty());
}

#[test]
fn a_sanction_counts_once_for_an_entity_and_too_many_are_refused() {
    let vessels: String = (0..400)
        .map(|n| {
            format!(
                "{{\"id\":\"v{n}\",\"schema\":\"Vessel\",\"properties\":{{\"name\":[\"A\"]}}}}\n"
            )
        })
        .collect();
    let sanction = |of: &[String], provisions: &[String]| {
        format!(
            "{}\n",
            serde_json::json!({"id": "s", "schema": "Sanction",
                "properties": {"entity": of, "provisions": provisions, "summary": ["why"]}})
        )
    };
    let twice = vec!["v1".to_owned(); 3];
    let list = read_text(&format!(
        "{vessels}{}",
        sanction(&twice, &["ban".to_owned()])
    ))
    .unwrap();
    assert_eq!(list.row("v1").unwrap().remarks.len(), 1);

    let of: Vec<String> = (0..400).map(|n| format!("v{n}")).collect();
    let provisions: Vec<String> = (0..4_000).map(|n| format!("{n}")).collect();
    let mut text = vessels;
    for _ in 0..3 {
        text.push_str(&sanction(&of, &provisions));
    }
    let refused = read_text(&text).unwrap_err().to_string();
    assert!(refused.contains("too many to be joined"), "{refused}");
}
