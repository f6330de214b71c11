//! Reads over what the writes left behind: a statement, a balance in the past, a summary.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::Embedded;
use serde_json::{Value, json};

use crate::instead;
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

/// So many allocations of 0.01 from the market's purse to one creator, over a hundred days, put
/// there by the shortest way the ledger's own triggers allow.
const FILL: &str = "
WITH made AS (
    INSERT INTO journals
        (pledge_id, number, id, kind, effective_date, recorded_at, transfers, actor)
    SELECT p.id, p.journals + i, gen_random_uuid(), 'allocation', date '2026-02-01' + i % 100,
           greatest(p.last_recorded_at, now()) + i * interval '1 microsecond', 1, 'bench'
    FROM pledges p, generate_series(1, {lines}) AS i WHERE p.reference = '{pledge}')
INSERT INTO transfers
SELECT p.id, p.journals + i, 1, 'USD', 1, date '2026-02-01' + i % 100, m.number, c.number,
       m.entries + i, m.credits - m.debits - i, m.debits + i,
       c.entries + i, c.credits - c.debits + i, c.credits + i
FROM pledges p
JOIN accounts m ON m.pledge_id = p.id AND m.code = '3120'
JOIN accounts c ON c.pledge_id = p.id AND c.code = '3130',
    generate_series(1, {lines}) AS i
WHERE p.reference = '{pledge}'";

/// How many are put there by one statement.
const FILL_AT_ONCE: usize = 50_000;

/// An allocation that counts before a hundred days of others, from purses with few entries and with
/// many: what it costs goes by the days.
pub async fn backdated(service: &Service, server: &Embedded, report: &mut Report) {
    for entries in [10_000_usize, 1_000_000] {
        let reference = format!("BENCH-BACKDATED-{entries}");
        let pledge = service.pledge(&reference, 1).await;
        let allocation = |day: &str| {
            json!({"pledge_id": pledge.id, "creator_id": pledge.creators[0],
                   "amount": {"amount": "0.01", "unit": "USD"}, "effective_date": day})
        };
        let path = "/v1/allocations";
        let key = |n: usize| format!("{reference}-{n}");
        service.post(path, &key(0), &allocation("2026-02-01")).await;
        for _ in 0..entries.div_ceil(FILL_AT_ONCE) {
            let lines = entries.min(FILL_AT_ONCE).to_string();
            let sql = FILL
                .replace("{lines}", &lines)
                .replace("{pledge}", &reference);
            assert!(instead::psql(server, &sql), "the purses are filled");
        }
        instead::settle(server);
        let (mut dry, mut posted) = (Vec::new(), Vec::new());
        for n in 1..=TIMES {
            let started = Instant::now();
            let preview = format!("{path}?validate_only=true");
            service
                .post(&preview, &key(n), &allocation("2026-01-10"))
                .await;
            dry.push(started.elapsed());
            let started = Instant::now();
            service.post(path, &key(n), &allocation("2026-01-10")).await;
            posted.push(started.elapsed());
        }
        let ms = |times| median(times).as_secs_f64() * 1e3;
        report.note(format!(
            "allocation backdated by 100 days, purses of {entries} entries: dry run {:.2} ms, \
             posted {:.2} ms",
            ms(dry),
            ms(posted)
        ));
    }
}
