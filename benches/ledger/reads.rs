//! Reads over what the writes left behind, beside the same rows through `psql`: statements with
//! their lines together and scattered over a large table, exports, balances in the past from few
//! entries and from 10,000,000 (`ALMONER_BENCH_ENTRIES`), and the summary.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::Embedded;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::filled::{self, DAYS};
use crate::report::Report;
use crate::service::{Pledge, Service, setting};

/// How many lines the statement has.
const LINES: usize = 10_000;
/// How often each read is repeated; the median is shown.
const TIMES: usize = 25;
/// How often what takes less than a millisecond is.
const OFTEN: usize = 500;
/// How many entries the large account has: `ALMONER_BENCH_ENTRIES`.
const ENTRIES: u64 = 10_000_000;
/// Among how many creators the large account's money goes: so far apart are a creator's lines.
const CREATORS: usize = 100;
/// The days of 2026 that a tenth of the large pledge's journals count on.
const TENTH: &str = "from=2026-02-11&to=2026-02-20";

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

async fn time_get(service: &Service, path: &str, times: usize) -> Duration {
    let mut each = Vec::new();
    for _ in 0..times {
        let started = Instant::now();
        service.get(path).await;
        each.push(started.elapsed());
    }
    median(each)
}

/// A purse of the pledge's: the market's, or the first creator's.
async fn purse(service: &Service, pledge: &Pledge, code: &str) -> String {
    let path = format!(
        "/v1/accounts?pledge_id={}&code={code}&unit=USD&market=JP&limit=1",
        pledge.id
    );
    let found: Value = serde_json::from_slice(&service.get(&path).await).expect("a list");
    found["data"][0]["id"]
        .as_str()
        .expect("the purse")
        .to_owned()
}

/// The rows of an account's statement, as one would ask the database for them.
fn rows(account: &str, days: &str) -> Option<String> {
    let id = account.strip_prefix("acc_")?;
    let (from, to) = days.strip_prefix("from=")?.split_once("&to=")?;
    Some(format!(
        "SELECT e.seq, e.effective_date, j.recorded_at, j.id, j.kind, e.debit, e.credit, e.balance \
         FROM accounts a JOIN entries e ON e.pledge_id = a.pledge_id AND e.account = a.number \
         JOIN journals j ON j.pledge_id = e.pledge_id AND j.number = e.journal \
         WHERE a.id = '{id}' AND e.effective_date BETWEEN '{from}' AND '{to}' \
         ORDER BY e.effective_date, e.seq"
    ))
}

/// Runs a statement through psql, as a whole process.
fn through_psql(server: &Embedded, sql: &str, times: usize) -> Option<Duration> {
    let psql = server.programs().find("psql")?;
    let mut each = Vec::new();
    for _ in 0..times {
        let started = Instant::now();
        let mut command = Command::new(&psql);
        command.args(["-qAt", "-c", sql]).arg(server.url());
        let done = command.stdout(Stdio::null()).status().ok()?;
        assert!(done.success(), "{sql}");
        each.push(started.elapsed());
    }
    Some(median(each))
}

/// A statement in the forms for programs, and the same rows through psql.
async fn statement(
    service: &Service,
    server: &Embedded,
    (account, days, lying): (&str, &str, &str),
    report: &mut Report,
) {
    let path = format!("/v1/accounts/{account}/statement?{days}");
    let read: Value = serde_json::from_slice(&service.get(&path).await).expect("a statement");
    let lines = read["lines"].as_array().map_or(0, Vec::len);
    let json = time_get(service, &path, TIMES).await;
    let csv = path.replace("statement?", "statement.csv?");
    let csv = time_get(service, &csv, TIMES).await;
    let beside = rows(account, days).and_then(|sql| through_psql(server, &sql, TIMES));
    report.note(format!(
        "statement of {lines} lines, {lying}: JSON {:.2} ms, CSV {:.2} ms; the rows through psql, \
         as a process, {:.2} ms",
        ms(json),
        ms(csv),
        beside.map_or(f64::NAN, ms)
    ));
}

/// An account's balance in the past: at the end of a day, as known half-way, and both at once.
async fn balances(service: &Service, pledge: &Pledge) -> [String; 3] {
    let account = purse(service, pledge, "3120").await;
    let path = format!("/v1/accounts/{account}");
    let now: Value = serde_json::from_slice(&service.get(&path).await).expect("an account");
    let since = format!("/v1/pledges/{}", pledge.id);
    let since: Value = serde_json::from_slice(&service.get(&since).await).expect("a pledge");
    let moment = |it: &Value| {
        let text = it.as_str().expect("a moment");
        OffsetDateTime::parse(text, &Rfc3339).expect("a moment")
    };
    let (first, last) = (moment(&since["created_at"]), moment(&now["known_at"]));
    let half_way = (first + (last - first) / 2_i32).format(&Rfc3339);
    let half_way = half_way.expect("a moment");
    [
        format!("{path}?as_of=2026-03-20"),
        format!("{path}?known_at={half_way}"),
        format!("{path}?as_of=2026-03-20&known_at={half_way}"),
    ]
}

/// Balances in the past of an account of few entries and of one of many, in turns.
async fn growth(service: &Service, (few, many): (&Pledge, &Pledge), report: &mut Report) {
    let few = balances(service, few).await;
    let many = balances(service, many).await;
    let asked = ["at the end of a day", "as known half-way", "both at once"];
    for ((few, many), asked) in few.iter().zip(&many).zip(asked) {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..OFTEN {
            for (path, times) in [few, many].into_iter().zip(&mut times) {
                let started = Instant::now();
                service.get(path).await;
                times.push(started.elapsed());
            }
        }
        let [few, many] = times.map(median);
        report.note(format!(
            "balance in the past, {asked}, of few entries {:.3} ms, of many {:.3} ms: {:.2} ×",
            ms(few),
            ms(many),
            many.div_duration_f64(few)
        ));
    }
}

/// An account and a summary among few entries, and among many.
pub async fn measure(service: &Service, server: &Embedded, report: &mut Report) {
    let small = filled::pledge(service, server, "BENCH-FEW", CREATORS, LINES).await;
    let account = purse(service, &small, "3120").await;
    let year = "from=2026-01-01&to=2026-12-31";
    let together = (account.as_str(), year, "lying together");
    statement(service, server, together, report).await;
    for form in ["xlsx", "pdf"] {
        let path = format!("/v1/accounts/{account}/statement.{form}?{year}");
        let time = time_get(service, &path, 5).await;
        report.note(format!("… the same as {form}: {:.0} ms", ms(time)));
    }
    if report.wants("reads, many entries") {
        many(service, server, &small, report).await;
    }
}

/// The same among many, and what only many are slow to read.
async fn many(service: &Service, server: &Embedded, few: &Pledge, report: &mut Report) {
    let entries = setting("ALMONER_BENCH_ENTRIES", ENTRIES);
    let entries = usize::try_from(entries).expect("a number of entries");
    let large = filled::pledge(service, server, "BENCH-MANY", CREATORS, entries).await;
    let account = purse(service, &large, "3120").await;
    growth(service, (few, &large), report).await;
    let creator = purse(service, &large, "3130").await;
    let days = LINES * CREATORS * DAYS / entries.max(1);
    let days = format!("from=2026-02-11&to={}", february(10 + days.clamp(1, DAYS)));
    let scattered = (creator.as_str(), days.as_str(), "scattered");
    statement(service, server, scattered, report).await;
    let summary = format!("/v1/pledges/{}/summary", large.id);
    let time = time_get(service, &summary, TIMES).await;
    report.note(format!(
        "summary of the pledge of {entries} journals: {:.2} ms",
        ms(time)
    ));
    export(service, server, &account, report).await;
}

/// So many days into February 2026, and on.
fn february(day: usize) -> time::Date {
    let first = time::macros::date!(2026 - 02 - 01);
    first + time::Duration::days(day as i64 - 1)
}

/// A tenth of the large account, as CSV, and the same rows by `COPY`; in turns, three times.
async fn export(service: &Service, server: &Embedded, account: &str, report: &mut Report) {
    let path = format!("/v1/accounts/{account}/statement.csv?{TENTH}");
    report.memory("service, before the export", service.resident_kib());
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let started = Instant::now();
        let lines = service.lines(&path).await as f64;
        let exported = started.elapsed();
        let name = "statement as CSV, lines";
        report.rate(name, lines / exported.as_secs_f64(), None);
        let copied = rows(account, TENTH).and_then(|sql| {
            let sql = format!("COPY ({sql}) TO STDOUT (FORMAT csv)");
            through_psql(server, &sql, 1)
        });
        if let Some(time) = copied {
            report.rate("COPY of the same rows", lines / time.as_secs_f64(), None);
            ratios.push(time.div_duration_f64(exported));
        }
    }
    ratios.sort_by(f64::total_cmp);
    report.note(format!(
        "statement as CSV : COPY of the same rows: {:.2} ×",
        ratios.get(ratios.len() / 2).unwrap_or(&f64::NAN)
    ));
    report.memory("service, after the export", service.resident_kib());
}

/// An allocation that counts before a hundred days of others, from purses with few entries and with
/// many: what it costs goes by the days.
pub async fn backdated(service: &Service, server: &Embedded, report: &mut Report) {
    for entries in [10_000_usize, 1_000_000] {
        let reference = format!("BENCH-BACKDATED-{entries}");
        let pledge = filled::pledge(service, server, &reference, 1, entries).await;
        let allocation = json!({"pledge_id": pledge.id, "creator_id": pledge.creators[0],
            "amount": {"amount": "0.01", "unit": "USD"}, "effective_date": "2026-01-10"});
        let path = "/v1/allocations";
        let (mut dry, mut posted) = (Vec::new(), Vec::new());
        for n in 1..=TIMES {
            let started = Instant::now();
            let (preview, key) = (
                format!("{path}?validate_only=true"),
                format!("{reference}-back-{n}"),
            );
            service.post(&preview, &key, &allocation).await;
            dry.push(started.elapsed());
            let started = Instant::now();
            service.post(path, &key, &allocation).await;
            posted.push(started.elapsed());
        }
        report.note(format!(
            "allocation backdated by {DAYS} days, purses of {entries} entries: dry run {:.2} ms, \
             posted {:.2} ms",
            ms(median(dry)),
            ms(median(posted))
        ));
    }
}
