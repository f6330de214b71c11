//! A file of spend as a platform reports it, a million rows long, and the same file put into a bare
//! table by `COPY`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use almoner::embedded::Embedded;
use serde_json::{Value, json};
use time::macros::date;

use crate::instead;
use crate::report::Report;
use crate::service::{Service, setting};

/// How many campaigns are reported of, each for every day.
const CAMPAIGNS: usize = 2_000;

/// How many creators they are for.
const CREATORS: usize = 100;

/// The credits' unit.
const UNIT: &str = "ADC:TIKTOK:USD";

/// Everything in credits: all of the pledge's is placed in one ad account, where the campaigns are.
const ALL: &str = "2000000000.00";

/// What each campaign may spend.
const EACH: &str = "1000000.00";

/// When all of it begins, and when the lot ends.
const ON: &str = "2024-12-02";
const END: &str = "2027-12-31";

/// Where a row goes that nothing is asked of: the natural key alone.
const BARE: &str = "
DROP TABLE IF EXISTS bare_spend;
CREATE TABLE bare_spend (
    account text NOT NULL, campaign text NOT NULL, day date NOT NULL, currency text NOT NULL,
    spend numeric(14, 2) NOT NULL, cash_spend numeric(14, 2) NOT NULL,
    voucher_spend numeric(14, 2) NOT NULL, revision integer NOT NULL, final boolean NOT NULL,
    PRIMARY KEY (account, campaign, day, revision)
)";

fn credits(amount: &str) -> Value {
    json!({"amount": amount, "unit": UNIT})
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// What is reported: day by day, as a platform does.
fn file(rows: usize) -> String {
    let mut file = String::with_capacity(rows * 64);
    file.push_str("account,campaign,day,currency,spend,cash_spend,voucher_spend,revision,final\n");
    for row in 0..rows {
        let (day, campaign) = (row / CAMPAIGNS, row % CAMPAIGNS);
        let on = date!(2025 - 01 - 01) + time::Duration::days(day as i64);
        let minor = 100 + row * 7 % 9_000;
        let (whole, cents) = (minor / 100, minor % 100);
        let _ = writeln!(
            file,
            "7301,K-{campaign:04},{on},USD,{whole}.{cents:02},0.00,{whole}.{cents:02},0,true"
        );
    }
    file
}

/// What is posted with keys of its own.
struct Setup<'a>(&'a Service);

impl Setup<'_> {
    fn key(step: &str) -> String {
        format!("BENCH-SPEND-{step}")
    }

    async fn post(&self, path: &str, step: &str, body: Value) -> Value {
        self.0.post(path, &Self::key(step), &body).await
    }

    async fn bulk(&self, path: &str, step: &str, count: usize, item: impl Fn(usize) -> Value) {
        for from in (0..count).step_by(1_000) {
            let items = (from..count.min(from + 1_000)).map(|n| {
                let mut item = item(n);
                item["idempotency_key"] = json!(Self::key(&format!("{step}-{n}")));
                item
            });
            let body = json!({"mode": "atomic", "items": items.collect::<Vec<_>>()});
            self.post(path, &format!("{step}-from-{from}"), body).await;
        }
    }

    /// A pledge with all its credits budgeted, and the lot.
    async fn pledge(&self) -> (String, String) {
        let announced = json!({
            "reference": "BENCH-SPEND", "donor": {"name": "Donor"},
            "recipient": {"name": "Recipient"}, "purpose": "Measuring", "functional_unit": "USD",
            "total": {"amount": ALL, "unit": "USD"}, "split": [credits(ALL)], "markets": ["JP"],
            "instalments": [{"reference": "T1", "amount": credits(ALL), "due_date": ON}],
        });
        let pledge = self.post("/v1/pledges", "pledge", announced).await;
        let (id, instalment) = (text(&pledge["id"]), text(&pledge["instalments"][0]["id"]));
        let document = json!({"uri": "https://example.org/agreement", "sha256": "0".repeat(64)});
        let agreement = json!({"effective_date": ON, "document": document});
        let path = format!("/v1/pledges/{id}/agreement");
        self.post(&path, "agreement", agreement).await;
        let lot = json!({"face": credits(ALL), "kind": "free", "valid_from": ON,
            "expires_at": END, "effective_date": ON});
        let path = format!("/v1/instalments/{instalment}/lots");
        let lot = text(&self.post(&path, "lot", lot).await["id"]);
        let budget = json!({"market": "JP", "amount": credits(ALL), "effective_date": ON});
        let path = format!("/v1/pledges/{id}/budgets");
        self.post(&path, "budget", budget).await;
        (id, lot)
    }

    /// The pledge's ad account, with the lot in it.
    async fn ad_account(&self, pledge: &str, lot: &str) -> String {
        let account = json!({"reference": "7301", "name": "Japan", "unit": UNIT, "market": "JP",
            "time_zone": "Asia/Tokyo", "opened_on": ON});
        let path = format!("/v1/pledges/{pledge}/ad-accounts");
        let account = text(&self.post(&path, "account", account).await["id"]);
        let placement = json!({"ad_account_id": account, "amount": credits(ALL),
            "effective_date": ON});
        let path = format!("/v1/lots/{lot}/placements");
        self.post(&path, "placement", placement).await;
        account
    }

    /// A pledge of credits with an ad account full of them and campaigns in it.
    async fn campaigns(&self) -> String {
        let (id, lot) = self.pledge().await;
        let account = self.ad_account(&id, &lot).await;
        let items = (0..CREATORS).map(|n| {
            json!({"reference": format!("BENCH-SPEND-{n}"), "name": "Creator", "market": "JP",
                "idempotency_key": Self::key(&format!("creator-{n}"))})
        });
        let body = json!({"mode": "atomic", "items": items.collect::<Vec<_>>()});
        let creators = self.post("/v1/creators/bulk", "creators", body).await;
        let creator = |n: usize| &creators["results"][n % CREATORS]["id"];
        let allocation = |n| {
            json!({"pledge_id": id, "creator_id": creator(n), "amount": credits(EACH),
                "effective_date": ON})
        };
        let campaign = |n| {
            let name = format!("K-{n:04}");
            json!({"pledge_id": id, "creator_id": creator(n), "amount": credits(EACH),
                "effective_date": ON, "reference": name, "starts_on": ON, "ends_on": END,
                "campaign": {"ad_account_id": account, "campaign": name}})
        };
        let path = "/v1/allocations/bulk";
        self.bulk(path, "allocation", CAMPAIGNS, allocation).await;
        let path = "/v1/obligations/bulk";
        self.bulk(path, "campaign", CAMPAIGNS, campaign).await;
        id
    }
}

/// How long `COPY` takes for the same rows.
fn copy(server: &Embedded, file: &str) -> Option<Duration> {
    if !instead::psql(server, BARE) {
        return None;
    }
    let started = Instant::now();
    let mut psql = Command::new(server.programs().find("psql")?)
        .args([
            "-q",
            "-c",
            "COPY bare_spend FROM STDIN (FORMAT csv, HEADER)",
        ])
        .arg(server.url())
        .stdin(Stdio::piped())
        .spawn()
        .ok()?;
    psql.stdin.take()?.write_all(file.as_bytes()).ok()?;
    psql.wait().ok()?.success().then(|| started.elapsed())
}

/// Imports a file, then the same again, which changes nothing.
pub async fn measure(service: &Service, server: &Embedded, report: &mut Report) {
    let rows = usize::try_from(setting("ALMONER_BENCH_ROWS", 1_000_000)).expect("a number of rows");
    let file = file(rows);
    let path = format!(
        "/v1/pledges/{}/spend-imports",
        Setup(service).campaigns().await
    );
    instead::settle(server);
    let per_second = |time: Duration| rows as f64 / time.as_secs_f64();
    for (name, key, counted) in [
        ("spend import, first", "first", "posted"),
        ("spend import, again", "again", "unchanged"),
    ] {
        let started = Instant::now();
        let answer = service.post_file(&path, key, file.clone()).await;
        let time = started.elapsed();
        assert_eq!(answer[counted], rows, "{answer}");
        report.rate(name, per_second(time), None);
        report.memory(&format!("service, after {name}"), service.resident_kib());
    }
    if let Some(time) = copy(server, &file) {
        report.rate("COPY of the same rows, bare", per_second(time), None);
    }
}
