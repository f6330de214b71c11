//! Journals that stand out, in a story in which it is known which do.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};
use time::macros::date;
use time::{Date, Duration, Weekday};

use super::Story;
use crate::harness::{document, usd};

/// The day before the first journal was recorded, once the days are set.
const DAY_0: Date = date!(2025 - 03 - 02);

impl Story {
    async fn tests(&self, query: &str) -> Value {
        let at = self.at(&format!("journal-tests?{query}"));
        self.auditor.get(&at).await.expect(200)
    }

    /// Has the journals be recorded a day apart, at half past nine: number 1 on 3 March 2025.
    async fn db_a_journal_a_day(&self) {
        let sql = "BEGIN; SET LOCAL session_replication_role = replica; \
            UPDATE journals SET recorded_at = \
            timestamptz '2025-03-02T09:30:00Z' + number * interval '1 day'; COMMIT;";
        let mut connection = self.world.database.connect().await;
        connection.batch_execute(sql).await.unwrap();
    }

    /// Takes the whole of a journal back.
    async fn reverse(&self, who: &crate::harness::Client, allocation: &Value) -> i64 {
        let journal = allocation["journal_id"].as_str().unwrap();
        let back = json!({"amount": allocation["amount"], "reason": "One too many",
            "document": document(), "effective_date": "2025-01-15"});
        let at = format!("/v1/journals/{journal}/reversals");
        self.world.by_two(who, &at, back).await.expect(201);
        let journals = self.journals().await;
        journals.last().unwrap()["number"].as_i64().unwrap()
    }
}

/// The numbers of the journals that a test found.
fn found(tests: &Value, name: &str) -> Vec<i64> {
    let finding = finding(tests, name);
    let entries = finding["entries"].as_array().unwrap().iter();
    let mut numbers: Vec<i64> = entries.map(|it| it["number"].as_i64().unwrap()).collect();
    assert_eq!(finding["count"], numbers.len(), "{finding}");
    numbers.dedup();
    numbers
}

fn finding<'a>(tests: &'a Value, name: &str) -> &'a Value {
    let mut findings = tests["findings"].as_array().unwrap().iter();
    findings
        .find(|it| it["name"] == name)
        .unwrap_or_else(|| panic!("{name}: {tests}"))
}

/// A year in little: four were given amounts, then two of which each was taken back at once.
struct Year {
    story: Story,
    /// The number of the first that was given.
    first: i64,
    /// Taken back by who had posted it, and by another.
    backs: [i64; 2],
}

impl Year {
    async fn new() -> Self {
        let story = Story::with(&["1234.56", "4000.00", "30000.00", "1500.00"]).await;
        let first = i64::try_from(story.journals().await.len()).unwrap() - 3;
        let both = story.world.factotum("fabian");
        let own = story.give(&both, "17.00").await;
        let own = story.reverse(&both, &own).await;
        let other = story.give(&story.world.preparer(), "18.00").await;
        let other = story.reverse(&story.world.controller(), &other).await;
        story.db_a_journal_a_day().await;
        Year {
            story,
            first,
            backs: [own, other],
        }
    }

    async fn tests(&self, query: &str) -> Value {
        let query = format!("from=2025-03-01&to=2025-12-31&{query}");
        self.story.tests(&query).await
    }
}

fn recorded(number: i64) -> Date {
    DAY_0 + Duration::days(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn round_amounts_are_found_and_said_how_round() {
    let year = Year::new().await;
    let tests = year.tests("").await;
    let given = found(&tests, "round-amounts").into_iter();
    let given: Vec<i64> = given.filter(|it| *it >= year.first).collect();
    assert_eq!(given, [year.first + 1, year.first + 2]);
    let entries = &finding(&tests, "round-amounts")["entries"];
    let entries = entries.as_array().unwrap();
    for (number, amount, why) in [
        (year.first + 1, "4000.00", "a multiple of 1000"),
        (year.first + 2, "30000.00", "a multiple of 10000"),
    ] {
        let entry = entries.iter().find(|it| it["number"] == number).unwrap();
        assert_eq!(entry["amount"], amount);
        assert_eq!(entry["why"], why);
        assert_eq!(entry["actor"], "petra");
    }
    let hundreds = found(&year.tests("round=100").await, "round-amounts").into_iter();
    let hundreds: Vec<i64> = hundreds.filter(|it| *it >= year.first).collect();
    assert_eq!(hundreds, [1, 2, 3].map(|it| year.first + it));
    // Of a day alone.
    let day = recorded(year.first + 1);
    let only = year.story.tests(&format!("from={day}&to={day}")).await;
    assert_eq!(found(&only, "round-amounts"), [year.first + 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_late_or_at_odd_times_is_found() {
    let year = Year::new().await;
    let last = year.backs[1];
    let tests = year.tests("backdated_days=40").await;
    let weekend = |number: &i64| {
        let day = recorded(*number).weekday();
        matches!(day, Weekday::Saturday | Weekday::Sunday)
    };
    let expected: Vec<i64> = (1..=last).filter(weekend).collect();
    assert!(expected.len() >= 2 && expected.len() < 10, "{expected:?}");
    assert_eq!(found(&tests, "weekend-postings"), expected);

    let format = time::macros::format_description!("[year]-[month]-[day]");
    let mut expected = Vec::new();
    for (journal, number) in year.story.journals().await.iter().zip(1..) {
        let day = journal["effective_date"].as_str().unwrap();
        let day = Date::parse(day, &format).unwrap();
        if recorded(number) - day > Duration::days(40) {
            expected.push(number);
        }
    }
    assert!(expected.contains(&1), "the agreement is of September");
    assert_eq!(found(&tests, "backdated"), expected);

    // At half past nine nobody was out of the office; before ten nobody was in it.
    let office = year.tests("office_from=9&office_until=10").await;
    assert_eq!(found(&office, "outside-hours"), [0; 0]);
    let office = year.tests("office_from=10&office_until=18").await;
    let all: Vec<i64> = (1..=last).collect();
    assert_eq!(found(&office, "outside-hours"), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_soon_or_by_who_posted_it_is_found() {
    let year = Year::new().await;
    let tests = year.tests("reversal_days=1").await;
    assert_eq!(found(&tests, "reversed-by-same-person"), [year.backs[0]]);
    assert_eq!(found(&tests, "reversed-soon"), year.backs);
    let soon = finding(&tests, "reversed-soon");
    assert_eq!(soon["totals"], json!({"USD": "35.00"}));
    assert_eq!(soon["entries"][1]["actor"], "carlos");
    assert_eq!(soon["entries"][1]["reversed_actor"], "petra");
    let never = year.tests("reversal_days=0").await;
    assert_eq!(found(&never, "reversed-soon"), [0; 0]);
    // As it was known before anything was taken back.
    let known_at = format!("{}T09:30:00Z", recorded(year.backs[0] - 1));
    let before = year.tests(&format!("known_at={known_at}")).await;
    assert_eq!(found(&before, "reversed-soon"), [0; 0]);
    assert_eq!(before["known_at"], known_at.replace("00Z", "00.000000Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_just_below_the_threshold_of_its_day_is_found() {
    let story = Story::with(&["995.00"]).await;
    let pledge = story.pledge.id.clone();
    story
        .world
        .state_threshold(&pledge, "allocation", usd("1000.00"), 1)
        .await;
    let petra = story.world.preparer();
    story.give(&petra, "989.00").await;
    let near = story.give(&petra, "990.00").await;
    let tests = story.tests("from=2024-01-01&to=2999-12-31").await;
    let finding = finding(&tests, "just-below-threshold");
    let entries = finding["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{finding}");
    assert_eq!(entries[0]["journal_id"], near["journal_id"]);
    assert_eq!(entries[0]["amount"], "990.00");
    assert_eq!(entries[0]["threshold"], "1000.00");
    for (query, pointer) in [
        ("from=2025-01-02&to=2025-01-01", "to"),
        ("from=2025-01-02&to=2025-01-02&round=0", "round"),
        ("from=2025-01-02&to=2025-01-02&office_from=9", "office_from"),
        (
            "from=2025-01-02&to=2025-01-02&office_from=9&office_until=25",
            "office_from",
        ),
        (
            "from=2025-01-02&to=2025-01-02&known_at=2999-01-01T00:00:00Z",
            "known_at",
        ),
    ] {
        let answer = story
            .auditor
            .get(&story.at(&format!("journal-tests?{query}")))
            .await;
        let problem = answer.expect_problem(422, "malformed-parameter");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    story.world.finish().await;
}
