//! Whole statements, of one account and of several.

use super::tests::{issued, lines, paper, written};
use crate::domain::{Code, CreatorId, StatementRunId};
use crate::statements::{DoesNotTie, Form, Format, Subject, Unwritable};
use serde_json::{Value, json};
use uuid::Uuid;

fn text(paper: &crate::statements::Paper, form: Form) -> String {
    String::from_utf8(paper.write(form).unwrap().bytes).unwrap()
}

#[test]
fn a_draft_written_whole_is_the_bytes_it_is_written_piece_by_piece() {
    for code in [Code::CashMarket, Code::Bank] {
        for (form, format) in [
            (Form::Json, Format::Json),
            (Form::Csv, Format::Csv),
            (Form::Ndjson, Format::Ndjson),
        ] {
            let piecemeal = written(format, code, &lines(code)).unwrap();
            assert_eq!(text(&paper(code), form), piecemeal);
        }
    }
}

#[test]
fn an_issued_statement_says_how_and_its_figures_stay_the_bytes_they_were() {
    let draft = paper(Code::CashMarket);
    let issued = issued(draft.clone());
    for form in [Form::Ndjson, Form::Csv] {
        assert_eq!(text(&issued, form), text(&draft, form));
    }
    let mut json: Value = serde_json::from_str(&text(&issued, Form::Json)).unwrap();
    let expected = json!({
        "id": "stm_00000000000000000000000000000051", "number": 3, "supersedes": 2,
        "reason": "A backdated \"fee\"", "issued_by": "fin@example.org",
        "issued_at": "2026-02-01T11:00:00.000000Z", "digest": "ab".repeat(32),
        "checkpoint": "almoner/plg_1\n9\ncm9vdA==\n\n\u{2014} almoner c2lnbmVk\n",
        "signature": "almoner/plg_1/statements\nacc_7 3\n",
    });
    assert_eq!(
        json.as_object_mut().unwrap().remove("issue"),
        Some(expected)
    );
    assert_eq!(json["status"], "issued");
    json["status"] = "draft".into();
    let draft: Value = serde_json::from_str(&text(&draft, Form::Json)).unwrap();
    assert_eq!(json, draft);
}

#[test]
fn a_statement_of_several_accounts_has_a_section_for_each() {
    let mut several = paper(Code::CashMarket);
    several.subject = Subject::Creator(CreatorId(Uuid::from_u128(0xC)));
    several.sections.extend(paper(Code::Bank).sections);
    let json: Value = serde_json::from_str(&text(&several, Form::Json)).unwrap();
    assert_eq!(
        json["subject"],
        json!({"kind": "creator", "creator_id": "crt_0000000000000000000000000000000c"})
    );
    assert_eq!(json["reference"], "FIDES-2026");
    assert_eq!(
        (&json["from"], &json["status"]),
        (&json!("2026-01-01"), &json!("draft"))
    );
    let sections = json["sections"].as_array().unwrap();
    for (section, code) in sections.iter().zip([Code::CashMarket, Code::Bank]) {
        let own: Value = serde_json::from_str(&text(&paper(code), Form::Json)).unwrap();
        assert_eq!(section, &own);
    }
    assert_eq!(sections.len(), 2);

    let csv = text(&several, Form::Csv);
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(&reader.headers().unwrap()[0], "account_id");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let codes: Vec<&str> = rows.iter().map(|row| &row[1]).collect();
    assert_eq!(codes, [["3120"; 5], ["1010"; 5]].concat());
    assert!(rows.iter().all(|row| row.len() == 17 && &row[2] == "JP"));

    let ndjson = text(&several, Form::Ndjson);
    let one = text(&paper(Code::CashMarket), Form::Ndjson);
    let other = text(&paper(Code::Bank), Form::Ndjson);
    assert_eq!(ndjson, one + &other);
}

#[test]
fn a_statement_of_several_is_issued_if_all_of_them_are() {
    let mut several = paper(Code::CashMarket);
    several.subject = Subject::Pledge;
    several.sections.extend(paper(Code::Bank).sections);
    several.run = Some(StatementRunId(Uuid::from_u128(0x5E)));
    let mut part = several.clone();
    part.sections[1].issue = issued(paper(Code::Bank)).sections.remove(0).issue;
    let json: Value = serde_json::from_str(&text(&part, Form::Json)).unwrap();
    let statuses = |json: &Value| {
        let own = json["sections"].as_array().unwrap().iter();
        let own: Vec<Value> = own.map(|it| it["status"].clone()).collect();
        (json["status"].clone(), own)
    };
    let (draft, done) = (json!("draft"), json!("issued"));
    let expected = (draft.clone(), vec![draft, done.clone()]);
    assert_eq!(statuses(&json), expected);
    assert_eq!(part.made_at(), part.known.at);

    let all = issued(several.clone());
    let json: Value = serde_json::from_str(&text(&all, Form::Json)).unwrap();
    assert_eq!(statuses(&json), (done.clone(), vec![done.clone(), done]));
    assert_eq!(json["run_id"], "srn_0000000000000000000000000000005e");
    for (section, code) in all.sections.iter().zip([Code::CashMarket, Code::Bank]) {
        let own = text(&issued(paper(code)), Form::Json);
        assert!(text(&all, Form::Json).contains(&own), "its own bytes");
        assert_eq!(section.issue.as_ref().unwrap().issued_at, all.made_at());
    }
    // A row says as which statement it was issued; what is signed is the bytes it was.
    let csv = text(&all, Form::Csv);
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(&reader.headers().unwrap()[3], "statement_id");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let of = "stm_00000000000000000000000000000051";
    let said = |row: &csv::StringRecord| row.len() == 19 && &row[3] == of && &row[4] == "3";
    assert!(rows.len() == 10 && rows.iter().all(said));
    assert_eq!(text(&all, Form::Ndjson), text(&several, Form::Ndjson));
}

#[test]
fn a_statement_of_several_with_one_account_or_none_keeps_its_shape() {
    let mut pledge = paper(Code::CashMarket);
    pledge.subject = Subject::Pledge;
    let json: Value = serde_json::from_str(&text(&pledge, Form::Json)).unwrap();
    assert_eq!(json["sections"].as_array().unwrap().len(), 1);
    pledge.sections.clear();
    let json: Value = serde_json::from_str(&text(&pledge, Form::Json)).unwrap();
    assert_eq!(json["sections"], json!([]));
    assert_eq!(text(&pledge, Form::Ndjson), "");
}

#[test]
fn a_paper_that_does_not_tie_is_written_in_no_form() {
    let mut short = paper(Code::CashMarket);
    short.sections[0].lines.pop();
    let mut shifted = paper(Code::CashMarket);
    shifted.sections[0].head.opening += 1;
    for paper in [short, shifted] {
        for form in Form::ALL {
            assert_eq!(paper.write(*form), Err(Unwritable::DoesNotTie(DoesNotTie)));
        }
    }
}
