//! A leaf, to the byte. If this test has to change, so does every hash there ever was.

use time::macros::{date, datetime};
use uuid::Uuid;

use super::*;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn side(number: u128, code: &str, seq: i64, balance: i64) -> LoggedSide {
    LoggedSide {
        account: LoggedAccount {
            id: id(number),
            code: code.to_owned(),
            is_debit_normal: false,
            market: Some("JP".to_owned()),
            creator: None,
            instalment: None,
            lot: None,
            obligation: None,
            ad_account: None,
            platform: None,
        },
        seq,
        balance,
    }
}

fn journal() -> LoggedJournal {
    LoggedJournal {
        pledge: id(1),
        number: 7,
        id: id(2),
        kind: "allocation".to_owned(),
        effective_date: date!(2024 - 11 - 05),
        recorded_at: datetime!(2024-11-05 10:30:00.000001 +1),
        actor: "petra".to_owned(),
        subject: None,
        reason: None,
        note: None,
        bank_reference: None,
        document_uri: None,
        document_sha256: None,
        reverses: None,
        approval: None,
        salt: id(3),
        transfers: vec![LoggedTransfer {
            line: 1,
            unit: "USD".to_owned(),
            minor_digits: 2,
            amount: 250_000,
            debit: side(5, "3120", 2, -5),
            credit: side(6, "3130", 1, 250_000),
        }],
    }
}

#[test]
fn a_leaf_without_anything_that_need_not_be_there_is_this() {
    let expected = concat!(
        r#"{"actor":"petra","effective_date":"2024-11-05","id":"jnl_00000000000000000000000000"#,
        r#"000002","kind":"allocation","number":7,"pledge":"plg_"#,
        r#"00000000000000000000000000000001","#,
        r#""recorded_at":"2024-11-05T09:30:00.000001Z","salt":"00000000000000000000000000000003","#,
        r#""transfers":[{"amount":"2500.00","credit":{"account":"acc_00000000000000000000000000"#,
        r#"000006","balance":"2500.00","code":"3130","market":"JP","seq":1},"debit":{"account":"#,
        r#""acc_00000000000000000000000000000005","balance":"-0.05","code":"3120","market":"JP","#,
        r#""seq":2},"line":1,"unit":"USD"}]}"#
    );
    assert_eq!(String::from_utf8(leaf(&journal())).unwrap(), expected);
}

#[test]
fn a_leaf_with_everything_has_its_members_in_order_and_its_texts_escaped_as_rfc_8785_does() {
    let mut full = journal();
    full.subject = Some(id(8));
    full.reason = Some("\u{1}\t\"\\/ é 山 \u{7f}\u{2028}".to_owned());
    full.note = Some(String::new());
    full.bank_reference = Some("B-1".to_owned());
    full.document_uri = Some("https://example.org/a".to_owned());
    full.document_sha256 = Some("0".repeat(64));
    full.reverses = Some(3);
    full.approval = Some(id(9));
    let account = &mut full.transfers[0].credit.account;
    account.creator = Some(id(10));
    account.instalment = Some(id(11));
    account.lot = Some(id(12));
    account.obligation = Some(id(13));
    account.ad_account = Some(id(14));
    account.platform = Some("TIKTOK".to_owned());
    let text = String::from_utf8(leaf(&full)).unwrap();
    let reason = "\"reason\":\"\\u0001\\t\\\"\\\\/ é 山 \u{7f}\u{2028}\"";
    assert!(text.contains(reason), "{text}");
    // Maps of serde_json are sorted by their members' names.
    let sorted: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sorted.to_string(), text);
    for member in [
        "approval",
        "bank_reference",
        "document",
        "note",
        "reverses",
        "subject",
    ] {
        assert!(!sorted[member].is_null(), "{member}");
    }
    let credit = sorted["transfers"][0]["credit"].as_object().unwrap();
    assert_eq!(credit.len(), 11);
}

#[test]
fn every_value_of_a_journal_goes_into_its_hash() {
    let mut others: Vec<LoggedJournal> = vec![journal(); 15];
    others[1].pledge = id(20);
    others[2].number = 8;
    others[3].id = id(20);
    others[4].kind = "release".to_owned();
    others[5].effective_date = date!(2024 - 11 - 06);
    others[6].recorded_at += time::Duration::microseconds(1);
    others[7].actor = "peter".to_owned();
    others[8].salt = id(20);
    others[9].transfers[0].amount += 1;
    others[10].transfers[0].debit.seq += 1;
    others[11].transfers[0].debit.balance += 1;
    others[12].transfers[0].credit.account.market = None;
    others[13].transfers[0].unit = "EUR".to_owned();
    others[14].transfers.clear();
    let mut hashes: Vec<Hash> = others.iter().map(hash).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), 15);
}
