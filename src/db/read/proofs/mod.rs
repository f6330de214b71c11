//! The standing proofs: what holds of the books at any time, checked against every row.
//!
//! A proof is one statement, and all are answered from one snapshot. They look at everything there
//! is, so they cost what the ledger's size says; [`TIMEOUT_S`] bounds each.

mod journals;
mod ledger;
mod pledges;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Jsonb};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Map, Value};

use super::error::ReadError;
use super::sight::Sight;
use super::text::Text;
use super::wall::snapshot;
use crate::domain::PledgeId;

/// How long the statement of one proof may run.
pub const TIMEOUT_S: u32 = 600;

/// A standing proof, as it came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// Its stable name.
    pub name: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What was compared; amounts are decimal strings. At most a hundred rows.
    pub figures: Vec<Map<String, Value>>,
    /// How many rows stand against it.
    pub broken: i64,
    /// The first ten of them.
    pub offending: Vec<Map<String, Value>>,
}

/// A proof as it is asked for.
struct Claim {
    name: &'static str,
    sentence: &'static str,
    wording: &'static str,
}

/// A claim whose SQL defines `figures` (what is compared) and `broken` (what stands against it).
/// $1 is the pledge, if only one is meant.
macro_rules! claim {
    ($name:literal, $sentence:literal, $($part:expr),+ $(,)?) => {
        Claim {
            name: $name,
            sentence: $sentence,
            wording: concat!(
                "WITH ", $($part),+, "
SELECT (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') FROM (SELECT * FROM figures LIMIT 100) AS f)
           AS figures,
       (SELECT count(*) FROM broken) AS broken,
       (SELECT coalesce(jsonb_agg(to_jsonb(b)), '[]') FROM (SELECT * FROM broken LIMIT 10) AS b)
           AS offending"
            ),
        }
    };
}

/// A pledge's id as the API writes it.
macro_rules! plg {
    ($id:literal) => {
        concat!("'plg_' || replace(", $id, "::text, '-', '') AS pledge_id")
    };
}

/// An account's id as the API writes it.
macro_rules! acc {
    ($id:literal) => {
        concat!("'acc_' || replace(", $id, "::text, '-', '') AS account_id")
    };
}

/// Minor digits as a decimal, given a row `u` of `units`.
macro_rules! shown {
    ($amount:literal, $name:literal) => {
        concat!(
            "round(coalesce(",
            $amount,
            ", 0) / power(10::numeric, u.minor_digits), \
             u.minor_digits)::text AS ",
            $name
        )
    };
}

use {acc, claim, plg, shown};

#[derive(Debug, QueryableByName)]
struct Finding {
    #[diesel(sql_type = Jsonb)]
    figures: Value,
    #[diesel(sql_type = BigInt)]
    broken: i64,
    #[diesel(sql_type = Jsonb)]
    offending: Value,
}

fn objects(rows: Value) -> Vec<Map<String, Value>> {
    let Value::Array(rows) = rows else {
        return Vec::new();
    };
    rows.into_iter()
        .filter_map(|row| {
            if let Value::Object(row) = row {
                Some(row)
            } else {
                None
            }
        })
        .collect()
}

/// Every standing proof, of one pledge or of all, from one snapshot.
pub async fn proofs(
    connection: &mut AsyncPgConnection,
    pledge: Option<PledgeId>,
) -> Result<Vec<Proof>, ReadError> {
    snapshot(
        connection,
        &Sight::Everything,
        async |connection: &mut AsyncPgConnection| {
            let settings = format!(
                "SET LOCAL statement_timeout = '{TIMEOUT_S}s'; SET LOCAL work_mem = '64MB'"
            );
            connection.batch_execute(&settings).await?;
            let claims = ledger::CLAIMS
                .iter()
                .chain(journals::CLAIMS)
                .chain(pledges::CLAIMS);
            let mut found = Vec::new();
            for claim in claims {
                let text: Text = Text::new(claim.wording).bind(pledge.map(|id| id.0));
                let finding: Finding = text.get_result(connection).await?;
                found.push(Proof {
                    name: claim.name,
                    sentence: claim.sentence,
                    holds: finding.broken == 0,
                    figures: objects(finding.figures),
                    broken: finding.broken,
                    offending: objects(finding.offending),
                });
            }
            Ok(found)
        },
    )
    .await
}
