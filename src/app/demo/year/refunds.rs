//! What the platform gives back for invalid traffic, of lines of the first campaigns.

use serde_json::json;
use time::macros::date;
use time::{Date, Duration};

use super::super::figures::{Amount, Unit};
use super::super::plan::Step;
use super::super::requests::{day, document, money};
use super::super::template::Template;
use super::Year;
use super::campaigns::Campaign;

/// What is given back of a line, in hundredths; less than any day's spend.
const REFUND_MINOR: i64 = 1_000;

/// Which of a campaign's days it is given back of, counted from its first.
const OF_DAY: i64 = 4;

/// The refunds, each of another campaign: in what, and when. The last comes after the end of the
/// lot that was used, so that it lapses at once.
const REFUNDS: [(Unit, Date); 5] = [
    (Unit::Credits, date!(2025 - 03 - 20)),
    (Unit::Credits, date!(2025 - 03 - 20)),
    (Unit::Credits, date!(2025 - 03 - 24)),
    (Unit::Cash, date!(2025 - 03 - 24)),
    (Unit::Credits, date!(2025 - 06 - 12)),
];

/// What came back in cash, which is the donor's, in hundredths.
pub fn in_cash() -> i64 {
    let cash = REFUNDS.iter().filter(|(unit, _)| *unit == Unit::Cash);
    REFUND_MINOR * cash.count() as i64
}

/// Looks each line up, and records what is given back of it.
pub fn refund(year: &Year<'_>, campaigns: &[Campaign]) -> Vec<Step> {
    let each = campaigns.iter().zip(REFUNDS).zip(1..);
    let calls = each.flat_map(|((campaign, (unit, on)), number)| {
        let line = format!("refunded line {number}");
        let of = day(campaign.first_day().saturating_add(Duration::days(OF_DAY)));
        let path = format!(
            "/v1/spend-lines?obligation_id={{{}}}&from={of}&to={of}&limit=1",
            campaign.name
        );
        let headline = "refunds of invalid traffic";
        let found = Template::question(headline, path, "/data/0/id", line.clone());
        let amount = Amount {
            minor: REFUND_MINOR,
            unit,
        };
        let body = json!({
            "amount": money(amount),
            "reference": format!("DEMO-IVT-{number}"),
            "in_cash": unit == Unit::Cash,
            "effective_date": day(on),
            "document": document("invalid-traffic"),
        });
        let path = format!("/v1/spend-lines/{{{line}}}/refunds");
        [found, Template::new(headline, path, body)]
    });
    year.steps("refunds", calls)
}
