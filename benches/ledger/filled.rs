//! A pledge with far more journals than one would post for a measurement: they are put there by the
//! shortest way that the ledger's own triggers allow.

use almoner::embedded::Embedded;
use serde_json::json;

use crate::instead;
use crate::service::{Pledge, Service};

/// Over how many days from 1 February 2026 the journals are spread.
pub const DAYS: usize = 100;

/// How many are put there by one statement, at most.
const AT_ONCE: usize = 50_000;

/// Allocations of 0.01 from the market's purse, to each creator in turn.
const FILL: &str = "
WITH made AS (
    INSERT INTO journals
        (pledge_id, number, id, kind, effective_date, recorded_at, transfers, actor)
    SELECT p.id, p.journals + i, gen_random_uuid(), 'allocation',
           date '2026-02-01' + (({first} + i - 1) / {per_day})::int,
           greatest(p.last_recorded_at, now()) + i * interval '1 microsecond', 1, 'bench'
    FROM pledges p, generate_series(1, {lines}) AS i WHERE p.reference = '{pledge}')
INSERT INTO transfers
SELECT p.id, p.journals + i, 1, 'USD', 1,
       date '2026-02-01' + (({first} + i - 1) / {per_day})::int, m.number, c.number,
       m.entries + i, m.credits - m.debits - i, m.debits + i,
       c.entries + 1 + (i - 1) / {creators}, c.credits - c.debits + 1 + (i - 1) / {creators},
       c.credits + 1 + (i - 1) / {creators}
FROM pledges p
JOIN accounts m ON m.pledge_id = p.id AND m.code = '3120'
CROSS JOIN generate_series(1, {lines}) AS i
JOIN (
    SELECT *, row_number() OVER (PARTITION BY pledge_id ORDER BY number) - 1 AS place
    FROM accounts WHERE code = '3130') AS c
    ON c.pledge_id = p.id AND c.place = (i - 1) % {creators}
WHERE p.reference = '{pledge}' ORDER BY i";

/// A pledge whose market's purse has so many allocations more than one to each creator.
pub async fn pledge(
    service: &Service,
    server: &Embedded,
    reference: &str,
    creators: usize,
    journals: usize,
) -> Pledge {
    let pledge = service.pledge(reference, creators).await;
    for (n, creator) in pledge.creators.iter().enumerate() {
        let first = json!({"pledge_id": pledge.id, "creator_id": creator,
            "amount": {"amount": "0.01", "unit": "USD"}, "effective_date": "2026-02-01"});
        let key = format!("{reference}-{n}");
        service.post("/v1/allocations", &key, &first).await;
    }
    for first in (0..journals).step_by(AT_ONCE) {
        let sql = FILL
            .replace("{first}", &first.to_string())
            .replace("{lines}", &journals.min(AT_ONCE).to_string())
            .replace("{per_day}", &journals.div_ceil(DAYS).to_string())
            .replace("{creators}", &creators.to_string())
            .replace("{pledge}", reference);
        assert!(instead::psql(server, &sql), "the purses are filled");
    }
    instead::psql(server, "VACUUM ANALYZE journals, transfers, accounts");
    instead::settle(server);
    pledge
}
