//! Reads over what the writes left behind: a statement, a balance in the past, a summary.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::Embedded;
use serde_json::{Value, json};

use crate::report::Report;
use crate::service::{Pledge, Service};

/// How many lines the statement has.
const LINES: usize = 10_000;
/// How often each read is repeated; the median is shown.
const TIMES: usize = 25;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn time_get(service: &Service, path: &str) -> Duration {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        service.get(path).await;
        times.push(started.elapsed());
    }
    median(times)
}

async fn market_purse(service: &Service, pledge: &Pledge) -> String {
    let path = format!(
        "/v1/accounts?pledge_id={}&code=3120&unit=USD&market=JP",
        pledge.id
    );
    let found: Value = serde_json::from_slice(&service.get(&path).await).expect("a list");
    found["data"][0]["id"]
        .as_str()
        .expect("the purse")
        .to_owned()
}

/// A pledge whose market purse has exactly [`LINES`] allocations.
async fn statement_pledge(service: &Service) -> Pledge {
    let pledge = service.pledge("BENCH-STATEMENT", 100).await;
    for chunk in 0..LINES / 1_000 {
        let items: Vec<Value> = (0..1_000)
            .map(|n| {
                json!({"pledge_id": pledge.id, "creator_id": pledge.creators[n % 100],
                       "amount": {"amount": "1.00", "unit": "USD"},
                       "effective_date": format!("2026-02-{:02}", 1 + chunk),
                       "idempotency_key": format!("statement-{chunk}-{n}")})
            })
            .collect();
        let body = json!({"mode": "atomic", "items": items});
        service
            .post("/v1/allocations/bulk", &format!("statement-{chunk}"), &body)
            .await;
    }
    pledge
}

/// The same rows through psql, as a whole process.
fn time_psql(server: &Embedded, account: &str) -> Option<Duration> {
    let id = account.strip_prefix("acc_")?;
    let sql = format!(
        "SELECT e.seq, e.effective_date, j.recorded_at, j.id, j.kind, e.debit, e.credit, e.balance \
         FROM accounts a JOIN entries e ON e.pledge_id = a.pledge_id AND e.account = a.number \
         JOIN journals j ON j.pledge_id = e.pledge_id AND j.number = e.journal \
         WHERE a.id = '{id}' ORDER BY e.effective_date, e.seq"
    );
    let psql = server.programs().find("psql")?;
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        let mut command = Command::new(&psql);
        command
            .args(["-qAt", "-c", &sql])
            .arg(server.url())
            .stdout(Stdio::null());
        command.status().ok()?;
        times.push(started.elapsed());
    }
    Some(median(times))
}

/// Statements, balances and the summary, the latter two on the pledge everything was written to.
pub async fn measure(service: &Service, server: &Embedded, hot: &Pledge, report: &mut Report) {
    let ms = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    let pledge = statement_pledge(service).await;
    let account = market_purse(service, &pledge).await;
    let path = format!("/v1/accounts/{account}/statement?from=2026-01-01&to=2026-12-31");
    let time = time_get(service, &path).await;
    report.note(format!("statement of {LINES} lines, JSON: {}", ms(time)));
    let time = time_get(service, &path.replace("statement?", "statement.csv?")).await;
    report.note(format!("statement of {LINES} lines, CSV: {}", ms(time)));
    if let Some(time) = time_psql(server, &account) {
        report.note(format!(
            "… the same rows through psql, as a process: {}",
            ms(time)
        ));
    }
    let small = format!("/v1/accounts/{account}?as_of=2026-02-05");
    report.note(format!(
        "balance as of a day, 10,001 entries: {}",
        ms(time_get(service, &small).await)
    ));
    let account = market_purse(service, hot).await;
    let now: Value = serde_json::from_slice(
        &service
            .get(&format!("/v1/accounts?pledge_id={}&limit=1", hot.id))
            .await,
    )
    .expect("a list");
    let known_at = now["known_at"].as_str().expect("a moment").to_owned();
    let large = format!("/v1/accounts/{account}?as_of=2026-02-05");
    report.note(format!(
        "balance as of a day, the hot account: {}",
        ms(time_get(service, &large).await)
    ));
    let known = format!("/v1/accounts/{account}?known_at={known_at}");
    report.note(format!(
        "balance as known then, the hot account: {}",
        ms(time_get(service, &known).await)
    ));
    let summary = format!("/v1/pledges/{}/summary", hot.id);
    report.note(format!(
        "summary of the hot pledge: {}",
        ms(time_get(service, &summary).await)
    ));
}
