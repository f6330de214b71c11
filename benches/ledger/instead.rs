//! What one would use instead: `pgbench`'s own TPC-B, and a plain ledger function.

use std::process::Command;
use std::time::Duration;

use almoner::embedded::Embedded;

use crate::report::Report;

/// A ledger as one writes it: one transaction per transfer, both accounts locked in order, an entry
/// per side with the balance after it, an idempotency key.
const PLAIN: &str = "
CREATE TABLE plain_accounts (
    id integer PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0), entries bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE plain_transfers (
    id bigserial PRIMARY KEY, key uuid NOT NULL UNIQUE, amount bigint NOT NULL CHECK (amount > 0),
    source integer NOT NULL REFERENCES plain_accounts,
    target integer NOT NULL REFERENCES plain_accounts,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE plain_entries (
    account integer NOT NULL, seq bigint NOT NULL, transfer bigint NOT NULL,
    amount bigint NOT NULL, balance bigint NOT NULL, PRIMARY KEY (account, seq)
);
INSERT INTO plain_accounts
SELECT n, CASE n WHEN 0 THEN 1000000000000000 ELSE 0 END, 0 FROM generate_series(0, 1000) AS n;
CREATE FUNCTION plain_transfer(k uuid, s integer, t integer, a bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM FROM plain_accounts WHERE id IN (s, t) ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO plain_transfers (key, amount, source, target) VALUES (k, a, s, t)
        ON CONFLICT (key) DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN NULL;
    END IF;
    WITH source AS (
        UPDATE plain_accounts SET balance = balance - a, entries = entries + 1 WHERE id = s
        RETURNING id, entries, balance)
    INSERT INTO plain_entries SELECT id, entries, made, -a, balance FROM source;
    WITH target AS (
        UPDATE plain_accounts SET balance = balance + a, entries = entries + 1 WHERE id = t
        RETURNING id, entries, balance)
    INSERT INTO plain_entries SELECT id, entries, made, a, balance FROM target;
    RETURN made;
END
$$;
";

/// What `pgbench` runs: a random target, always the same source.
const SCRIPT: &str = "\\set target random(1, 1000)\n\
                      SELECT plain_transfer(gen_random_uuid(), 0, :target, 100);\n";

const TPC_B: [(&str, usize); 3] = [
    ("TPC-B, 8 clients", 8),
    ("TPC-B, 16 clients", 16),
    ("TPC-B, 32 clients", 32),
];

const PLAIN_FUNCTION: [(&str, usize); 3] = [
    ("plain function, 1 client", 1),
    ("plain function, 8 clients", 8),
    ("plain function, 32 clients", 32),
];

fn program(server: &Embedded, name: &str) -> Option<Command> {
    server.programs().find(name).map(Command::new)
}

/// Runs `pgbench` and reads its rate.
fn pgbench(server: &Embedded, arguments: &[&str], clients: usize, time: Duration) -> Option<f64> {
    let output = program(server, "pgbench")?
        .args([
            "-n",
            "-M",
            "prepared",
            "-c",
            &clients.to_string(),
            "-j",
            "2",
        ])
        .args(["-T", &time.as_secs().to_string()])
        .args(arguments)
        .arg(server.url())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    if rate.is_none() {
        println!(
            "pgbench: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    rate?.split(' ').next()?.parse().ok()
}

pub fn psql(server: &Embedded, sql: &str) -> bool {
    let Some(mut psql) = program(server, "psql") else {
        return false;
    };
    let done = psql
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-c", sql])
        .arg(server.url())
        .status();
    done.is_ok_and(|status| status.success())
}

/// Whether the tables of TPC-B (scale 50) and of the plain function are there.
pub fn prepare(server: &Embedded, report: &mut Report) {
    if TPC_B.iter().any(|(name, _)| report.wants(name)) {
        let filled = program(server, "pgbench")
            .and_then(|mut it| {
                let arguments = ["-i", "-q", "-s", "50"];
                it.args(arguments).arg(server.url()).output().ok()
            })
            .is_some_and(|output| output.status.success());
        if !filled {
            report.note("pgbench is not installed: TPC-B is not measured".to_owned());
        }
    }
    if PLAIN_FUNCTION.iter().any(|(name, _)| report.wants(name)) && !psql(server, PLAIN) {
        report.note("psql is not installed: the plain function is not measured".to_owned());
    }
    settle(server);
}

/// Lets Postgres write out what it has in its buffers, so that the next does not pay for the last.
pub fn settle(server: &Embedded) {
    psql(server, "CHECKPOINT");
}

/// `pgbench`'s TPC-B.
pub fn tpc_b(server: &Embedded, time: Duration, report: &mut Report) {
    for (name, clients) in TPC_B {
        measure(server, name, &["-b", "tpcb-like"], clients, time, report);
    }
}

/// The plain function, every transfer from one hot account.
pub fn plain_function(server: &Embedded, time: Duration, report: &mut Report) {
    let script = std::env::temp_dir().join(format!("almoner-bench-{}.sql", std::process::id()));
    if std::fs::write(&script, SCRIPT).is_err() {
        return;
    }
    let file = script.to_string_lossy().into_owned();
    for (name, clients) in PLAIN_FUNCTION {
        measure(server, name, &["-f", &file], clients, time, report);
    }
    let _ = std::fs::remove_file(script);
}

fn measure(
    server: &Embedded,
    name: &str,
    arguments: &[&str],
    clients: usize,
    time: Duration,
    report: &mut Report,
) {
    if report.wants(name)
        && let Some(rate) = pgbench(server, arguments, clients, time)
    {
        report.rate(name, rate, None);
    }
}
