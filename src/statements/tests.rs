//! Statements as JSON and as CSV, to the byte; and papers for the tests of the other forms.

use time::macros::{date, datetime};
use uuid::Uuid;

use super::{DoesNotTie, Format, Issue, Paper, Rendering, Section, Subject};
use crate::db::read::{Account, Counterpart, Entry, EntryJournal, Known, StatementHead};
use crate::domain::chart::Side;
use crate::domain::unit::{UnitFacts, UnitKind};
use crate::domain::{AccountId, AccountKey, Code, JournalId, Kind, PledgeId, StatementId, Unit};

pub(super) fn head(code: Code) -> StatementHead {
    let unit = Unit::new(UnitFacts {
        code: "USD".into(),
        kind: UnitKind::Cash,
        minor_digits: 2,
        currency: "USD".into(),
        platform: None,
        name: "US dollar".into(),
    });
    // 1000.00 in before, 40.00 out and 2.50 in on these days, on the account's own side.
    let (in_side, out_side) = (100_250, 4_000);
    let (debits, credits) = match code.side() {
        Side::Debit => (in_side, out_side),
        Side::Credit => (out_side, in_side),
    };
    StatementHead {
        account: Account {
            id: AccountId(Uuid::from_u128(7)),
            pledge: PledgeId(Uuid::from_u128(1)),
            number: 3,
            key: AccountKey::market(code, &unit, "JP".parse().unwrap()),
            debits,
            credits,
            entries: 3,
        },
        from: date!(2026 - 01 - 01),
        to: date!(2026 - 01 - 31),
        known: Known {
            journal: 9,
            at: datetime!(2026-02-01 10:00:00.000001 UTC),
        },
        opening: 100_000,
        total_debits: if code.side() == Side::Debit {
            250
        } else {
            4_000
        },
        stretches: Vec::new(),
        total_credits: if code.side() == Side::Debit {
            4_000
        } else {
            250
        },
    }
}

pub(super) fn lines(code: Code) -> Vec<Entry> {
    let entry = |seq, side, amount, reason: Option<&str>| Entry {
        seq,
        effective_date: date!(2026 - 01 - 05),
        side,
        amount,
        balance: 0,
        journal: EntryJournal {
            number: seq,
            id: JournalId(Uuid::from_u128(0x10 + seq as u128)),
            kind: Kind::Allocation,
            recorded_at: datetime!(2026-01-05 08:00 UTC),
            reason: reason.map(str::to_owned),
        },
        counterpart: Counterpart {
            code: Code::CashCreator,
            id: None,
            market: None,
        },
    };
    let other = if code.side() == Side::Debit {
        Side::Credit
    } else {
        Side::Debit
    };
    vec![
        entry(2, other, 4_000, Some("=cmd|'/c calc'!A1, \"ja\"")),
        Entry {
            counterpart: Counterpart {
                code: Code::CashFunded,
                id: Some(AccountId(Uuid::from_u128(8))),
                market: Some("JP".parse().unwrap()),
            },
            ..entry(3, code.side(), 250, None)
        },
    ]
}

/// A paper of one account, with the lines above.
pub(super) fn paper(code: Code) -> Paper {
    let head = head(code);
    Paper {
        subject: Subject::Account,
        pledge: head.account.pledge,
        reference: "FIDES-2026".into(),
        donor: "TikTok".into(),
        recipient: "World Health Organization".into(),
        from: head.from,
        to: head.to,
        known: head.known,
        sections: vec![Section {
            holder: None,
            available: None,
            lines: lines(code),
            head,
            issue: None,
        }],
        run: None,
    }
}

/// A paper of so many lines, some with a reason, over as many pages as they take.
pub(super) fn long(lines: i64) -> Paper {
    let mut paper = paper(Code::CashCreator);
    let section = &mut paper.sections[0];
    section.holder = Some("山﨑 髙子 · 김하늘".into());
    let reasons = [
        Some("第三四半期の制作費、字幕と翻訳を含む（領収書 12-445）"),
        None,
        Some("3분기 제작비, 자막 및 번역 포함"),
        Some("Réparti à 13 créateurs: Nguyễn Thị Ánh, João Conceição, Peñarrubia"),
    ];
    let template = section.lines[0].clone();
    section.lines = (1..=lines)
        .map(|seq| {
            let mut line = template.clone();
            line.seq = seq;
            line.journal.number = seq;
            line.journal.id = JournalId(Uuid::from_u128(
                0x0193_0000_0000_7000_8000 << 48 | seq as u128,
            ));
            line.effective_date = date!(2026 - 01 - 01) + time::Duration::days(seq * 30 / lines);
            line.side = if seq % 3 == 0 {
                Side::Debit
            } else {
                Side::Credit
            };
            line.amount = 12_345 + seq * 1_001;
            line.counterpart.code = if seq % 3 == 0 {
                Code::CashObligated
            } else {
                Code::CashMarket
            };
            line.counterpart.market = Some("JP".parse().unwrap());
            line.journal.kind = if seq % 3 == 0 {
                Kind::Obligation
            } else {
                Kind::Allocation
            };
            line.journal.reason = reasons[seq as usize % 4].map(str::to_owned);
            line
        })
        .collect();
    let total = |side| -> i64 {
        let own = section.lines.iter().filter(|it| it.side == side);
        own.map(|it| it.amount).sum()
    };
    let (debits, credits) = (total(Side::Debit), total(Side::Credit));
    (section.head.total_debits, section.head.total_credits) = (debits, credits);
    section.head.account.debits = debits;
    section.head.account.credits = credits + section.head.opening;
    section.available = Some(section.head.closing() - 5_000);
    paper
}

/// The paper, all of it issued like that.
pub(super) fn issued(mut paper: Paper) -> Paper {
    for section in &mut paper.sections {
        section.issue = Some(issue());
    }
    paper
}

/// How it may have been issued.
pub(super) fn issue() -> Issue {
    Issue {
        id: StatementId(Uuid::from_u128(0x51)),
        number: 3,
        supersedes: Some(2),
        reason: Some("A backdated \"fee\"".into()),
        issued_by: "fin@example.org".into(),
        issued_at: datetime!(2026-02-01 11:00 UTC),
        digest: "ab".repeat(32),
        checkpoint: "almoner/plg_1\n9\ncm9vdA==\n\n\u{2014} almoner c2lnbmVk\n".into(),
        signature: "almoner/plg_1/statements\nacc_7 3\n".to_owned(),
    }
}

pub(super) fn written(format: Format, code: Code, lines: &[Entry]) -> Result<String, DoesNotTie> {
    let mut rendering = Rendering::new(format, head(code).into());
    let mut out = Vec::new();
    rendering.begin(&mut out);
    for line in lines {
        rendering.lines(&mut out, std::slice::from_ref(line));
    }
    rendering.end(&mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_statement_as_csv_opens_in_a_spreadsheet_and_ties() {
    let csv = written(Format::Csv, Code::CashMarket, &lines(Code::CashMarket)).unwrap();
    let expected = "\u{feff}row,seq,effective_date,recorded_at,journal_id,kind,reason,\
        counterpart_code,counterpart_market,counterpart_id,debit,credit,balance,unit\r\n\
        opening,,2026-01-01,,,,,,,,,,1000.00,USD\r\n\
        line,2,2026-01-05,2026-01-05T08:00:00.000000Z,jnl_00000000000000000000000000000012,\
        allocation,\"'=cmd|'/c calc'!A1, \"\"ja\"\"\",3130,,,40.00,,960.00,USD\r\n\
        line,3,2026-01-05,2026-01-05T08:00:00.000000Z,jnl_00000000000000000000000000000013,\
        allocation,,3110,JP,acc_00000000000000000000000000000008,,2.50,962.50,USD\r\n\
        totals,,,,,,,,,,40.00,2.50,,USD\r\n\
        closing,,2026-01-31,,,,,,,,,,962.50,USD\r\n";
    assert_eq!(csv, expected);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        reader.records().filter(Result::is_ok).count(),
        5,
        "every row has every column"
    );
}

#[test]
fn a_statement_as_json_says_the_same() {
    for code in [Code::CashMarket, Code::Bank] {
        let json = written(Format::Json, code, &lines(code)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            json["account"]["id"],
            "acc_00000000000000000000000000000007"
        );
        assert_eq!(
            json["opening"],
            serde_json::json!({"amount": "1000.00", "unit": "USD"})
        );
        assert_eq!(json["closing"]["amount"], "962.50");
        assert_eq!(json["lines"][0]["balance"], "960.00");
        assert_eq!(json["lines"][0]["reason"], "=cmd|'/c calc'!A1, \"ja\"");
        assert_eq!(json["lines"][0]["counterpart"].get("id"), None);
        let (taken, left) = if code.side() == Side::Debit {
            ("credit", "debit")
        } else {
            ("debit", "credit")
        };
        assert_eq!(json["lines"][0][taken], "40.00");
        assert_eq!(json["lines"][0][left], serde_json::Value::Null);
        assert_eq!(json["normal_side"], code.side().as_str());
    }
}

#[test]
fn a_statement_as_ndjson_is_the_same_bytes_line_by_line() {
    let code = Code::CashMarket;
    let ndjson = written(Format::Ndjson, code, &lines(code)).unwrap();
    let public: Vec<Entry> = lines(code).iter().map(super::ndjson::public).collect();
    let json = written(Format::Json, code, &public).unwrap();
    let rows: Vec<&str> = ndjson.split_terminator('\n').collect();
    let [first, one, two, last] = rows.as_slice() else {
        panic!("a first and a last row, and one for each line: {ndjson}");
    };
    assert_eq!(
        *first,
        r#"{"account_id":"acc_00000000000000000000000000000007","code":"3120","unit":"USD","#
            .to_owned()
            + r#""normal_side":"credit","from":"2026-01-01","to":"2026-01-31","#
            + r#""known_at":"2026-02-01T10:00:00.000001Z","known_journal":9,"opening":"1000.00","#
            + r#""debits":"40.00","credits":"1002.50"}"#
    );
    assert!(json.contains(&format!("\"lines\":[{one},{two}]")));
    assert_eq!(
        *last,
        r#"{"lines":2,"total_debits":"40.00","total_credits":"2.50","closing":"962.50"}"#
    );
}

#[test]
fn a_statement_that_does_not_tie_is_never_completed() {
    let mut lines = lines(Code::CashMarket);
    lines.pop();
    for format in [Format::Json, Format::Csv, Format::Ndjson] {
        assert_eq!(written(format, Code::CashMarket, &lines), Err(DoesNotTie));
    }
}
