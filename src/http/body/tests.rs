//! What is taken and what is refused, as tables.

use time::macros::date;

use super::{Edge, Fields, Node, Text, day, rate, sha256, uri};
use crate::domain::market::MarketFacts;
use crate::domain::unit::UnitFacts;
use crate::domain::{Catalogue, Markets, Unit, UnitKind, Units};

/// USD, JPY and TikTok's credits in USD; Japan and Brazil.
pub(in crate::http) fn catalogue() -> Catalogue {
    let unit = |code: &str, kind, minor_digits, currency: &str, platform: Option<&str>| {
        Unit::new(UnitFacts {
            code: code.into(),
            kind,
            minor_digits,
            currency: currency.into(),
            platform: platform.map(str::to_owned),
            name: code.into(),
        })
    };
    let market = |code: &str| MarketFacts {
        code: code.parse().unwrap(),
        name: code.into(),
        currency: "USD".into(),
    };
    Catalogue {
        units: Units::new([
            unit("USD", UnitKind::Cash, 2, "USD", None),
            unit("JPY", UnitKind::Cash, 0, "JPY", None),
            unit(
                "ADC:TIKTOK:USD",
                UnitKind::Credits,
                2,
                "USD",
                Some("TIKTOK"),
            ),
        ]),
        markets: Markets::new(["US", "GB", "FR", "JP", "KR", "ID", "MX", "BR"].map(market)),
        time_zones: ["Asia/Tokyo".to_owned()].into(),
        ..Catalogue::default()
    }
}

/// The faults of `body` as `pointer code`, when it is read so.
pub(in crate::http) fn faults<T>(
    body: &str,
    read: impl for<'a> FnOnce(&mut Fields<'a>) -> Option<T>,
) -> Vec<String> {
    let catalogue = catalogue();
    let edge = Edge {
        catalogue: &catalogue,
        today: date!(2026 - 11 - 24),
    };
    let node = Node::read(body.as_bytes()).unwrap();
    let reasons = Fields::read(&node, "", edge, read)
        .err()
        .unwrap_or_default();
    reasons
        .iter()
        .map(|reason| format!("{} {}", reason.pointer, reason.code))
        .collect()
}

#[test]
fn what_is_not_json_is_answered_with_where_it_stops_being_so() {
    for (body, code, place) in [
        ("", "body-missing", ""),
        (" \n", "body-missing", ""),
        ("{", "malformed-body", "line 1 column 1"),
        ("{\"a\":NaN}", "malformed-body", "line 1 column 6"),
        ("{\"a\":.5}", "malformed-body", "line 1 column 6"),
        ("{\"a\":1e999}", "malformed-body", "line 1 column 10"),
        ("{'a':1}", "malformed-body", "line 1 column 2"),
        ("{}\n{}", "malformed-body", "line 2 column 1"),
        ("{\"a\":\"\\ud800\"}", "malformed-body", "line 1"),
        ("{\"a\":1,\"a\":2}", "duplicate-field", "line 1 column 10"),
        ("{\"a\":{\"b\":1,\"b\":1}}", "duplicate-field", "\"b\""),
    ] {
        let problem = Node::read(body.as_bytes()).unwrap_err();
        assert_eq!(problem.code(), code, "{body}");
        assert!(problem.to_string().contains(place), "{problem}");
    }
    let invalid_utf_8 = Node::read(b"{\"a\":\"\xff\"}").unwrap_err();
    assert_eq!(invalid_utf_8.code(), "malformed-body");
    let deep = "[".repeat(100_000);
    assert_eq!(
        Node::read(deep.as_bytes()).unwrap_err().code(),
        "malformed-body"
    );
}

#[test]
fn every_fault_is_found_at_once_and_named_by_its_place() {
    let body = r#"{"pledge_id": "plg_1", "amount": {"amount": 2500, "unit": "XYZ", "note": ""},
        "creator_id": null, "a/b~c": 1, "effective_date": "2026-02-30"}"#;
    assert_eq!(
        faults(body, crate::http::write::allocations::allocation),
        [
            "/pledge_id malformed-id",
            "/creator_id wrong-type",
            "/amount/unit unknown-unit",
            "/amount/amount amount-not-string",
            "/amount/note unknown-field",
            "/effective_date date-malformed",
            "/a~1b~0c unknown-field",
        ]
    );
    let reader = crate::http::write::allocations::allocation;
    assert_eq!(faults("[]", reader), [" wrong-type"]);
    assert_eq!(faults("\"x\"", reader), [" wrong-type"]);
}

#[test]
fn amounts_are_decimal_strings_of_their_unit() {
    for (money, expected) in [
        (r#"{"amount":"1250.00","unit":"USD"}"#, ""),
        (r#"{"amount":"7","unit":"JPY"}"#, ""),
        (
            r#"{"amount":1250.0,"unit":"USD"}"#,
            "/amount/amount amount-not-string",
        ),
        (
            r#"{"amount":null,"unit":"USD"}"#,
            "/amount/amount wrong-type",
        ),
        (
            r#"{"amount":"1e5","unit":"USD"}"#,
            "/amount/amount amount-not-decimal",
        ),
        (
            r#"{"amount":"NaN","unit":"USD"}"#,
            "/amount/amount amount-not-decimal",
        ),
        (
            r#"{"amount":"0.00","unit":"USD"}"#,
            "/amount/amount amount-not-positive",
        ),
        (
            r#"{"amount":"-1.00","unit":"USD"}"#,
            "/amount/amount amount-not-positive",
        ),
        (
            r#"{"amount":"1.001","unit":"USD"}"#,
            "/amount/amount amount-too-precise",
        ),
        (
            r#"{"amount":"1.0","unit":"JPY"}"#,
            "/amount/amount amount-too-precise",
        ),
        (
            r#"{"amount":"99999999999999999","unit":"USD"}"#,
            "/amount/amount amount-too-large",
        ),
        (
            r#"{"amount":"1.00","unit":"usd"}"#,
            "/amount/unit unknown-unit",
        ),
        (r#"{"amount":"1.00"}"#, "/amount/unit missing-field"),
        (r#""1.00""#, "/amount wrong-type"),
    ] {
        let body = format!(r#"{{"amount": {money}}}"#);
        let found = faults(&body, |body| body.money("amount"));
        assert_eq!(found.join(", "), expected, "{money}");
    }
}

#[test]
fn lists_name_each_faulty_item() {
    let found = faults(r#"{"m": ["JP", "XX", 1, "jp"]}"#, |body| {
        body.markets("m", 9)
    });
    assert_eq!(
        found,
        [
            "/m/1 unknown-market",
            "/m/2 wrong-type",
            "/m/3 unknown-market"
        ]
    );
    let list = |body: &str| faults(body, |body| body.money_list("l", 2));
    assert_eq!(list(r#"{"l": []}"#), ["/l list-length"]);
    assert_eq!(list(r#"{"l": {}}"#), ["/l wrong-type"]);
    assert_eq!(list(r#"{"l": [{}, {}, {}]}"#), ["/l list-length"]);
    assert_eq!(
        list(r#"{"l": [1, {"amount":"1.00","unit":"USD"}]}"#),
        ["/l/0 wrong-type"]
    );
}

#[test]
fn unknown_fields_are_named_up_to_a_bound() {
    let many: Vec<String> = (0..1000).map(|n| format!("\"f{n}\":1")).collect();
    let body = format!("{{{}}}", many.join(","));
    let found = faults(&body, |_| Some(()));
    assert_eq!(found.len(), super::fields::MOST_UNKNOWN);
}

#[test]
fn dates_exist_and_are_written_one_way() {
    let window = date!(2000 - 01 - 01)..=date!(2100 - 12 - 31);
    assert_eq!(day("2024-02-29", &window), Ok(date!(2024 - 02 - 29)));
    for (text, code) in [
        ("2023-02-29", "date-malformed"),
        ("2024-2-29", "date-malformed"),
        ("24-02-29", "date-malformed"),
        ("2024-02-29T00:00:00Z", "date-malformed"),
        ("2024/02/29", "date-malformed"),
        ("20240229", "date-malformed"),
        ("+2024-02-2", "date-malformed"),
        ("2024-00-10", "date-malformed"),
        ("2024-13-10", "date-malformed"),
        ("２０２４", "date-malformed"),
        ("", "date-malformed"),
        ("1999-12-31", "date-out-of-range"),
        ("2101-01-01", "date-out-of-range"),
        ("0000-01-01", "date-out-of-range"),
        ("9999-12-31", "date-out-of-range"),
    ] {
        assert_eq!(
            day(text, &window).map_err(|fault| fault.code),
            Err(code),
            "{text}"
        );
    }
}

#[test]
fn nothing_counts_later_than_tomorrow() {
    let date = |text: &str| {
        let body = format!(r#"{{"effective_date": "{text}"}}"#);
        faults(&body, |body| body.effective_date()).join("")
    };
    assert_eq!(date("2026-11-25"), "");
    assert_eq!(date("2026-11-26"), "/effective_date date-out-of-range");
    assert_eq!(date("2000-01-01"), "");
    assert_eq!(date("1999-12-31"), "/effective_date date-out-of-range");
    assert!(faults("{}", |body| body.effective_date()).is_empty());
}

#[test]
fn texts_hold_any_script_and_no_control_characters() {
    for taken in [
        "山田 花子",
        "Zoë 🦊",
        "\u{202b}فاطمة\u{202c}",
        "Robert'); DROP TABLE",
        "=1+1",
    ] {
        assert_eq!(
            Text::NAME.read(taken).as_deref(),
            Ok(taken.trim()),
            "{taken}"
        );
    }
    assert_eq!(Text::NAME.read("  x ").as_deref(), Ok("x"));
    let long = "é".repeat(201);
    for (text, rule, code) in [
        ("", Text::NAME, "text-empty"),
        (" \u{3000}\t", Text::NAME, "text-empty"),
        (&long, Text::NAME, "text-too-long"),
        ("a\0b", Text::NAME, "text-not-printable"),
        ("a\nb", Text::PROSE, "text-not-printable"),
        ("a\u{85}b", Text::PROSE, "text-not-printable"),
        ("JP\u{200b}-1", Text::REFERENCE, "text-not-printable"),
        ("JP\u{202e}-1", Text::REFERENCE, "text-not-printable"),
        ("JP\u{feff}", Text::BANK_REFERENCE, "text-not-printable"),
    ] {
        assert_eq!(
            rule.read(text).map_err(|fault| fault.code),
            Err(code),
            "{text:?}"
        );
    }
    assert!(Text::NAME.read(&long[2..]).is_ok());
}

#[test]
fn rates_are_percentages_on_top() {
    for (text, fraction) in [
        ("13", "0.13"),
        ("100", "1.00"),
        ("0.0001", "0.000001"),
        ("12.5", "0.125"),
    ] {
        assert_eq!(rate(text).unwrap().to_string(), fraction);
    }
    for (text, code) in [
        ("0", "rate-out-of-range"),
        ("100.0001", "rate-out-of-range"),
        ("1.00001", "rate-malformed"),
        ("-1", "rate-malformed"),
        ("1e1", "rate-malformed"),
        (".5", "rate-malformed"),
        ("5.", "rate-malformed"),
        ("1.2.3", "rate-malformed"),
        ("13%", "rate-malformed"),
        ("", "rate-malformed"),
        ("99999999999999999", "rate-malformed"),
    ] {
        assert_eq!(
            rate(text).map_err(|fault| fault.code),
            Err(code),
            "{text:?}"
        );
    }
}

#[test]
fn documents_have_an_address_and_a_digest() {
    let digest = "0123456789abcdef".repeat(4);
    assert!(sha256(&digest).is_ok());
    for wrong in [
        "",
        &digest[1..],
        &digest.to_uppercase(),
        &digest.replace('0', "g"),
    ] {
        assert!(sha256(wrong).is_err(), "{wrong}");
    }
    for taken in [
        "https://x.org/a.pdf",
        "s3://bucket/ä",
        "urn:isbn:1",
        "mailto:a@b",
    ] {
        assert!(uri(taken).is_ok(), "{taken}");
    }
    let long = format!("https://{}", "a".repeat(2000));
    for wrong in [
        "",
        "a.pdf",
        "//x.org",
        ":x",
        "1a:x",
        "https:",
        "https://x y",
        "a\n:b",
        &long,
    ] {
        assert!(uri(wrong).is_err(), "{wrong}");
    }
}
