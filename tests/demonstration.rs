//! The demonstration, loaded once by the program's own command, and its books looked at on the last
//! day of every month of its year.

mod books;

use almoner::app::demo::{Api, DemoError, Options, load};
use serde_json::Value;
use time::{Date, Month};

use self::books::{Books, prove, trial_balance};
use crate::faults::Serving;
use crate::harness::World;

const README: &str = include_str!("../README.md");

/// The pledge's id, once the program has loaded it into the world's database.
async fn load_by_program(world: &World) -> String {
    let settings = [("DATABASE_URL", world.database.url())];
    let mut program = Serving::start(&["demo"], world.data_dir(), &settings);
    let ended = program.ends().await;
    assert_eq!(ended.code(), Some(0), "{}", program.complained());
    let said = program.says("fictional").await;
    let (_, rest) = said.split_once("plg_").unwrap();
    let id = rest.split_whitespace().next().unwrap();
    format!("plg_{id}")
}

/// The last days of the months from the agreement's to the closing's.
fn month_ends() -> Vec<String> {
    let months = (9..=12).map(|month| (2024, month));
    let months = months.chain((1..=12).map(|month| (2025, month)));
    let ends = months.chain([(2026, 1)]).map(|(year, month)| {
        let month = Month::try_from(month).unwrap();
        let last = Date::from_calendar_date(year, month, month.length(year));
        last.unwrap().to_string()
    });
    ends.collect()
}

/// Accounts that are kept by market or by nothing: their ids, and what the export calls them.
async fn plain_accounts(world: &World, pledge: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (class, code) in [
        ("assets", "1010"),
        ("assets", "1900"),
        ("equity", "3110"),
        ("equity", "3120"),
        ("equity", "3210"),
        ("equity", "3220"),
        ("revenues", "4910"),
        ("revenues", "4920"),
        ("expenses", "5110"),
        ("expenses", "5210"),
    ] {
        let at = format!("/v1/accounts?pledge_id={pledge}&code={code}&limit=100");
        let answer = world.auditor().get(&at).await.expect(200);
        for account in answer["data"].as_array().unwrap() {
            let text = |what: &str| account[what].as_str().map(str::to_owned);
            let market = text("market").map_or(String::new(), |market| format!(":{market}"));
            let name = format!("{class}:{code}{market}");
            found.push((text("id").unwrap(), name, text("unit").unwrap()));
        }
    }
    found
}

/// What the service says of accounts, at the end of a day and with what was known at a journal, is
/// what the journals up to that one come to.
async fn accounts_as_known(world: &World, books: &Books, day: &str, pledge: &str) {
    let known = books.known_by(day);
    let sums = books.as_of(day, known);
    books.sides_hold(&sums, &format!("{day}, as known at journal {known}"));
    prove(&books.by_code(&sums), &format!("{day}, journal {known}"));
    let auditor = world.auditor();
    let journal = format!("/v1/journals/{}", books.journals[known - 1].id);
    let journal = auditor.get(&journal).await.expect(200);
    assert_eq!(journal["number"], known);
    let at = journal["recorded_at"].as_str().unwrap();
    for (id, name, unit) in plain_accounts(world, pledge).await {
        let path = format!("/v1/accounts/{id}?as_of={day}&known_at={at}");
        let read = auditor.get(&path).await.expect(200);
        let figure = |what: &str| -> i64 {
            let text: &Value = &read[what];
            text.as_str().unwrap().replace('.', "").parse().unwrap()
        };
        let told = (figure("debits"), figure("credits"));
        assert_eq!(
            told,
            books.of(&sums, &name, &unit),
            "{day}, {known}: {name}"
        );
    }
}

/// What the year is made of, by the tables themselves; and that README.md says so.
async fn what_was_loaded(world: &World) {
    for said in [
        "822 creators",
        "416 allocations",
        "620 contracts and campaigns",
        "1,400 payments in eight currencies",
        "12,480 days of campaigns",
    ] {
        assert!(README.contains(said), "{said}");
    }
    for (what, expected) in [
        ("SELECT count(*) FROM creators", 822),
        ("SELECT count(*) FROM allocations", 416),
        ("SELECT count(*) FROM obligations", 620),
        (
            "SELECT count(*) FROM obligations WHERE ad_account_id IS NULL",
            412,
        ),
        (
            "SELECT count(*) FROM journals WHERE kind = 'invoice'",
            1_400,
        ),
        (
            "SELECT count(*) FROM journals WHERE kind = 'payment'",
            1_414,
        ),
        (
            "SELECT count(*) FROM journals WHERE kind = 'payment-return'",
            14,
        ),
        (
            "SELECT count(*) FROM journals WHERE kind = 'tax-payment'",
            4,
        ),
        ("SELECT count(*) FROM journals WHERE kind = 'refund'", 5),
        ("SELECT count(*) FROM journals WHERE kind = 'write-off'", 1),
        ("SELECT count(*) FROM journals WHERE kind = 'clawback'", 1),
        ("SELECT count(*) FROM journals WHERE kind = 'revocation'", 1),
        ("SELECT count(DISTINCT unit) FROM payouts", 8),
        (
            "SELECT count(DISTINCT (obligation_id, day)) FROM spend_lines",
            12_480,
        ),
    ] {
        assert_eq!(world.database.number(what).await, expected, "{what}");
    }
    let restated = "SELECT count(*) FROM (SELECT obligation_id, day FROM spend_lines \
        WHERE state = 'final' GROUP BY 1, 2 HAVING count(*) > 1) AS lines";
    assert_eq!(world.database.number(restated).await, 748, "6 % of them");
}

/// Of what must be empty nothing is left in any unit; and what exchange, expiry and the rest came
/// to is there to be seen.
fn what_is_left(books: &Books) {
    let sums = books.as_of("9999-12-31", books.journals.len());
    let all = books.by_code(&sums);
    let open = |(code, sum): (&str, &(i64, i64))| code < "4000" && sum.0 != sum.1;
    let left: Vec<_> = all
        .iter()
        .filter(|((_, code), sum)| open((code.as_str(), *sum)))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let balance = |code: &str, unit: &str| {
        let at = (unit.to_owned(), code.to_owned());
        let (debits, credits) = all.get(&at).copied().unwrap_or_default();
        debits - credits
    };
    assert_ne!(balance("7100", "USD"), 0, "exchange differences");
    assert!(
        balance("5910", "ADC:TIKTOK:USD") > 10_500_000,
        "what lapsed or was revoked"
    );
    for code in ["5220", "5230", "5310", "5810"] {
        assert!(balance(code, "USD") > 0, "{code}");
    }
    let turned = |code: &str, unit: &str| all[&(unit.to_owned(), code.to_owned())].0;
    for unit in ["GBP", "EUR", "JPY", "KRW", "IDR", "MXN", "BRL"] {
        assert!(turned("2120", unit) > 0, "{unit}");
    }
    for (code, unit) in [
        ("2210", "JPY"),
        ("1400", "USD"),
        ("1420", "USD"),
        ("2400", "USD"),
    ] {
        assert!(turned(code, unit) > 0, "{code}");
    }
}

/// Three people made, checked and paid; and of what would be wrong with that nothing is found.
async fn duties_were_kept_apart(world: &World, pledge: &str) {
    for (what, expected) in [
        (
            "SELECT count(DISTINCT maker) FROM approvals",
            2, // the controller states thresholds and writes off
        ),
        (
            "SELECT count(DISTINCT actor) FROM approval_decisions WHERE verdict = 'approved'",
            1,
        ),
        (
            "SELECT count(DISTINCT actor) FROM payout_events WHERE state = 'sent'",
            1,
        ),
        (
            "SELECT count(DISTINCT name) FROM (SELECT maker FROM approvals UNION \
             SELECT actor FROM approval_decisions UNION \
             SELECT actor FROM payout_events WHERE state = 'sent') AS people (name)",
            3,
        ),
    ] {
        assert_eq!(
            world.database.number(&format!("({what})")).await,
            expected,
            "{what}"
        );
    }
    let at = format!("/v1/segregation-report?pledge_id={pledge}");
    let report = world.auditor().get(&at).await.expect(200);
    assert_eq!(report["is_empty"], true, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_calls_by_one_person_with_all_roles_are_refused() {
    let world = World::new().await;
    let token = world.factotum("grace").token().unwrap().to_owned();
    let api = Api {
        base_url: format!("http://{}", world.address()),
        preparer_token: token.clone(),
        approver_token: token.clone(),
        controller_token: token,
    };
    let options = Options { factor: 1, seed: 1 };
    let refused = load(&options, &api, |_| {}).await.unwrap_err();
    let DemoError::Refused { status, code, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!((status, code.as_str()), (409, "same-person"));
    // Nothing that takes two was done: no threshold is in force.
    let thresholds = world.database.number("(SELECT count(*) FROM thresholds)");
    assert_eq!(thresholds.await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_proof_holds_at_every_month_end_and_after_every_journal_of_the_year() {
    let world = World::new().await;
    let pledge = load_by_program(&world).await;
    let auditor = world.auditor();
    let at = format!("/v1/pledges/{pledge}");
    let read = auditor.get(&at).await.expect(200);
    assert_eq!(read["state"], "closed");
    let exported = auditor.get(&format!("{at}/journal.hledger")).await;
    assert_eq!(exported.status, 200);
    let books = Books::read(&exported.text());
    let days = month_ends();
    let (first, last) = (&books.journals[0].day, days.last().unwrap());
    assert_eq!(
        (first.as_str(), last.as_str()),
        ("2024-09-26", "2026-01-31")
    );
    for day in &days {
        let path = format!("/v1/trial-balance?pledge_id={pledge}&as_of={day}");
        let told = trial_balance(&auditor.get(&path).await.expect(200));
        prove(&told, day);
        let sums = books.as_of(day, books.journals.len());
        books.sides_hold(&sums, day);
        assert_eq!(told, books.by_code(&sums), "{day}");
        accounts_as_known(&world, &books, day, &pledge).await;
    }
    books.every_journal_leaves_them_proved();
    what_is_left(&books);
    what_was_loaded(&world).await;
    duties_were_kept_apart(&world, &pledge).await;
    let proofs = auditor.get("/v1/proofs").await.expect(200);
    assert_eq!(proofs["holds"], true, "{proofs}");
    world.finish().await;
}
