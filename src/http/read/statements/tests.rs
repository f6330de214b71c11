//! That a statement is in the shape the API documents.

use serde_json::Value;
use time::macros::{date, datetime};
use uuid::Uuid;

use crate::db::read::{Account, Known, StatementHead};
use crate::domain::unit::{UnitFacts, UnitKind};
use crate::domain::{
    AccountId, AccountKey, AdAccountId, Code, CreatorId, InstalmentId, LotId, ObligationId,
    PledgeId, Unit,
};
use crate::http::read::views::AccountOut;
use crate::statements::{Form, Paper, Section, Subject};

fn account(whole: bool) -> Account {
    let id = |number| whole.then(|| Uuid::from_u128(number));
    let unit = Unit::new(UnitFacts {
        code: "ADC:TIKTOK:USD".into(),
        kind: UnitKind::Credits,
        minor_digits: 2,
        currency: "USD".into(),
        platform: Some("TIKTOK".into()),
        name: "TikTok ad credits in US dollars".into(),
    });
    Account {
        id: AccountId(Uuid::from_u128(1)),
        pledge: PledgeId(Uuid::from_u128(2)),
        number: 3,
        key: AccountKey {
            code: Code::CreditPlaced,
            unit,
            market: whole.then(|| "JP".parse().unwrap()),
            creator: id(4).map(CreatorId),
            instalment: id(5).map(InstalmentId),
            lot: id(6).map(LotId),
            obligation: id(7).map(ObligationId),
            ad_account: id(8).map(AdAccountId),
            platform: whole.then(|| "a \"platform\"".to_owned()),
        },
        debits: 12_345,
        credits: 345,
        entries: 2,
    }
}

#[test]
fn the_account_of_a_statement_is_the_account_as_it_is_read_elsewhere() {
    for whole in [true, false] {
        let account = account(whole);
        let expected = serde_json::to_string(&AccountOut::from(&account)).unwrap();
        let known = Known {
            journal: 9,
            at: datetime!(2026-02-01 10:00 UTC),
        };
        let (from, to) = (date!(2026 - 01 - 01), date!(2026 - 01 - 31));
        let paper = Paper {
            subject: Subject::Account,
            pledge: account.pledge,
            reference: String::new(),
            donor: String::new(),
            recipient: String::new(),
            from,
            to,
            known,
            sections: vec![Section {
                holder: None,
                available: None,
                lines: Vec::new(),
                head: StatementHead {
                    opening: account.balance(),
                    account,
                    from,
                    to,
                    known,
                    total_debits: 0,
                    total_credits: 0,
                    stretches: Vec::new(),
                },
                issue: None,
            }],
            run: None,
        };
        let written = String::from_utf8(paper.write(Form::Json).unwrap().bytes).unwrap();
        let begun = format!("{{\"account\":{expected},\"from\":\"2026-01-01\"");
        assert!(written.starts_with(&begun), "{written}");
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["status"], "draft");
    }
}
