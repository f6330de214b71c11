//! Statements as PDF, as a workbook and as camt.053. Programs that aren't ours read them in CI.

use std::io::Read;

use super::tests::{issued, long, paper};
use crate::domain::Code;
use crate::statements::{Form, Paper, Subject, Unwritable};

/// Three accounts of a pledge: a long one, one without lines, and another.
fn several() -> Paper {
    let mut paper = long(60);
    let mut empty = long(1).sections[0].clone();
    empty.lines.clear();
    empty.head.account.key.code = Code::CashObligated;
    (empty.head.total_debits, empty.head.total_credits) = (0, 0);
    empty.head.account.debits = 0;
    empty.head.account.credits = empty.head.opening;
    paper.sections.extend([empty, long(3).sections[0].clone()]);
    paper.subject = Subject::Pledge;
    paper
}

fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    let mut file = archive.by_name(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_same_paper_is_the_same_bytes_in_every_form() {
    let papers = [
        paper(Code::Bank),
        issued(long(70)),
        several(),
        issued(several()),
    ];
    for paper in papers {
        for form in Form::ALL {
            let written = paper.write(*form).unwrap();
            assert_eq!(paper.write(*form).unwrap(), written, "{form:?}");
            assert!(!written.bytes.is_empty());
        }
    }
}

#[test]
fn a_statement_too_long_for_a_form_is_refused_in_it_alone() {
    let long = long(20_001);
    let refused = Unwritable::TooLong {
        lines: 20_001,
        most: 20_000,
    };
    assert_eq!(long.write(Form::Pdf), Err(refused));
    for form in [Form::Csv, Form::Ndjson, Form::Camt] {
        assert!(long.write(form).is_ok());
    }
}

#[test]
fn whatever_people_write_is_printed_and_written() {
    let texts = [
        "=HYPERLINK(\"http://example.org\")",
        "😀 \u{0}\u{7}\u{E000}\u{FFFE}\u{FE0F}\u{202E} & <b>\"é\"</b> ]]>",
        "مرحبا עברית नमस्ते ไทย 汉字简体 a\u{301}\u{323}",
        "\u{1F1EF}\u{1F1F5}\r\n\ttwo\u{2028}lines",
        "",
        " ",
    ];
    for text in texts {
        let mut paper = issued(long(8));
        for line in &mut paper.sections[0].lines {
            line.journal.reason = Some(text.repeat(9));
        }
        paper.sections[0].holder = Some(text.into());
        paper.recipient = text.into();
        paper.donor = text.into();
        paper.reference = text.into();
        for form in Form::ALL {
            let written = paper.write(*form);
            assert!(written.is_ok(), "{text:?} as {form:?}: {written:?}");
        }
    }
}

#[test]
fn a_pdf_says_of_itself_that_it_is_for_the_archive_and_for_everybody() {
    let bytes = issued(long(3)).write(Form::Pdf).unwrap().bytes;
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.starts_with("%PDF-1.7"));
    for part in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/AFRelationship/Source",
        "/AFRelationship/Alternative",
        "2026-02-01T11:00:00+00:00",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn a_workbook_has_numbers_exact_texts_and_a_cell_that_adds_up() {
    let mut paper = paper(Code::CashMarket);
    paper.sections[0].holder = Some("山﨑 髙子".into());
    let bytes = paper.write(Form::Xlsx).unwrap().bytes;
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let sum = "B15+SUM(L23:L24)-SUM(K23:K24)-B18";
    let formula = format!("<f>IF(ROUND({sum},2)=0,\"OK\",ROUND({sum},2))</f><v>OK</v>");
    assert!(sheet.contains(&formula), "{sheet}");
    assert_eq!(sheet.matches("<f>").count(), 1, "nothing else is a formula");
    for cell in ["<v>1000</v>", "<v>40</v>", "<v>2.5</v>", "<v>962.5</v>"] {
        assert!(sheet.contains(cell), "{cell}");
    }
    // 2026-01-05, as spreadsheets count days.
    assert!(sheet.contains("<v>46027</v>"));
    assert!(sheet.contains("<autoFilter ref=\"A22:O24\"/>") && sheet.contains("state=\"frozen\""));
    let texts = part(&bytes, "xl/sharedStrings.xml");
    for text in ["=cmd|", "40.00", "962.50", "山﨑 髙子", "DRAFT"] {
        assert!(texts.contains(text), "{text}");
    }
    let core = part(&bytes, "docProps/core.xml");
    assert!(
        core.contains(">2026-02-01T10:00:00Z</dcterms:created>"),
        "{core}"
    );
}

#[test]
fn figures_a_spreadsheet_would_round_are_text_in_a_workbook() {
    let mut paper = paper(Code::CashMarket);
    let head = &mut paper.sections[0].head;
    head.opening += 9_000_000_000_000_000;
    head.account.credits += 9_000_000_000_000_000;
    let bytes = paper.write(Form::Xlsx).unwrap().bytes;
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<v>900000000"), "{sheet}");
    assert!(part(&bytes, "xl/sharedStrings.xml").contains("90000000000962.50"));
}

#[test]
fn accounts_have_sheets_of_their_own_as_long_as_they_are_few() {
    let mut paper = several();
    let bytes = paper.write(Form::Xlsx).unwrap().bytes;
    let book = part(&bytes, "xl/workbook.xml");
    for name in [
        "Accounts",
        "1 3130 USD JP",
        "2 3140 USD JP",
        "3 3130 USD JP",
    ] {
        assert!(book.contains(&format!("name=\"{name}\"")), "{book}");
    }
    let accounts = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        accounts.contains("<f>'1 3130 USD JP'!B20</f>"),
        "{accounts}"
    );

    paper.sections = vec![long(2).sections[0].clone(); 51];
    let bytes = paper.write(Form::Xlsx).unwrap().bytes;
    let book = part(&bytes, "xl/workbook.xml");
    assert_eq!(book.matches("<sheet ").count(), 2, "{book}");
    let accounts = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(
        accounts.contains("SUMIFS(Lines!O:O,Lines!A:A,A58)"),
        "{accounts}"
    );
    let lines = part(&bytes, "xl/worksheets/sheet2.xml");
    assert!(lines.contains("<autoFilter ref=\"A1:R103\"/>"), "{lines}");
}

#[test]
fn a_workbook_of_several_that_were_issued_says_of_each_which_it_is() {
    let accounts = |paper: &Paper| {
        let bytes = paper.write(Form::Xlsx).unwrap().bytes;
        let texts = part(&bytes, "xl/sharedStrings.xml");
        (part(&bytes, "xl/worksheets/sheet1.xml"), texts)
    };
    let (sheet, texts) = accounts(&several());
    assert!(sheet.contains("<autoFilter ref=\"A7:L10\"/>"), "{sheet}");
    assert!(texts.contains("DRAFT: not issued") && !texts.contains("Issued as No."));
    let (sheet, texts) = accounts(&issued(several()));
    assert!(sheet.contains("<autoFilter ref=\"A7:Q10\"/>"), "{sheet}");
    assert!(sheet.contains("<c r=\"P8\"><v>3</v></c>"), "{sheet}");
    for text in [
        "ISSUED: each account",
        "SHA-256 of the NDJSON",
        "Issued as No. 3",
        "stm_00000000000000000000000000000051",
        &"ab".repeat(32),
    ] {
        assert!(texts.contains(text), "{text}");
    }
    assert!(!texts.contains("DRAFT"));
}

#[test]
fn a_camt_053_of_several_that_were_issued_names_the_statement_of_each() {
    let message = |paper: &Paper| {
        let xml = String::from_utf8(paper.write(Form::Camt).unwrap().bytes).unwrap();
        let id = xml.split("<MsgId>").nth(1).unwrap()[..35].to_owned();
        (xml, id)
    };
    let mut paper = issued(several());
    let (xml, id) = message(&paper);
    let statement = "<Stmt><Id>stm00000000000000000000000000000051</Id><ElctrncSeqNb>3<";
    assert_eq!(xml.matches(statement).count(), 3);
    assert!(xml.contains("<AddtlInf>Issued: 3 statements.</AddtlInf>"));
    assert!(id.starts_with("set"), "{id}");
    // A message of other statements is another one; of a draft it is its pledge's.
    paper.sections.pop();
    assert_ne!(message(&paper).1, id);
    paper.sections[0].issue = None;
    let (xml, id) = message(&paper);
    assert_eq!(id, "plg00000000000000000000000000000001");
    assert!(xml.contains("<AddtlInf>Draft: not issued.</AddtlInf>"));
}

#[test]
fn a_camt_053_is_the_account_holder_s_view() {
    for code in [Code::CashMarket, Code::Bank] {
        let xml = String::from_utf8(paper(code).write(Form::Camt).unwrap().bytes).unwrap();
        for part in [
            "<MsgId>acc00000000000000000000000000000007</MsgId>",
            "<Acct><Id><Othr><Id>00000000000000000000000000000007</Id>",
            "<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">1000.00</Amt><CdtDbtInd>CRDT<",
            "<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">962.50</Amt><CdtDbtInd>CRDT<",
            "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>2.50</Sum></TtlCdtNtries>",
            "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>40.00</Sum></TtlDbtNtries>",
            "<NtryRef>2</NtryRef><Amt Ccy=\"USD\">40.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>",
            "<AcctSvcrRef>jnl00000000000000000000000000000012</AcctSvcrRef>",
            "<Ustrd>=cmd|'/c calc'!A1, &quot;ja&quot;</Ustrd>",
            "<DbtrAcct><Id><Othr><Id>00000000000000000000000000000008</Id>",
            "<AddtlStmtInf>Draft: not issued.</AddtlStmtInf>",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
    }
    let issued = issued(paper(Code::CashMarket)).write(Form::Camt).unwrap();
    let xml = String::from_utf8(issued.bytes).unwrap();
    for part in [
        "<Stmt><Id>stm00000000000000000000000000000051</Id><ElctrncSeqNb>3</ElctrncSeqNb>",
        "<CreDtTm>2026-02-01T11:00:00.000000Z</CreDtTm>",
        "Issued as No. 3, supersedes No. 2. SHA-256 abab",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
}

#[test]
fn a_long_reason_is_remitted_in_parts() {
    let mut paper = paper(Code::CashMarket);
    paper.sections[0].lines[0].journal.reason = Some("字".repeat(281));
    let xml = String::from_utf8(paper.write(Form::Camt).unwrap().bytes).unwrap();
    let (full, rest) = ("字".repeat(140), "字");
    let parts = format!("<Ustrd>{full}</Ustrd><Ustrd>{full}</Ustrd><Ustrd>{rest}</Ustrd>");
    assert!(xml.contains(&parts));
}
