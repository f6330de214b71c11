//! Every report, at both of its addresses.

use super::reads::{DAYS, SAMPLE};
use super::{Names, Need, Operation, get};

/// The addresses of a report: the one that is answered by `Accept`, and that of its files.
macro_rules! both {
    ($path:literal, $need:expr) => {
        both!($path, $need, "")
    };
    ($path:literal, $need:expr, $query:expr) => {
        [
            get($path, $need, Names::Pledge, $query),
            get(concat!($path, ".{form}"), $need, Names::Pledge, $query),
        ]
    };
}

pub fn reads() -> Vec<Operation> {
    use Need::{AuditTrail, Ledger, Proofs, ReadApprovals};
    let trace = get("/v1/journals/{id}/trace", Proofs, Names::Journal, "");
    let reports = [
        both!("/v1/pledges/{id}/reports/trial-balance", Ledger),
        both!("/v1/pledges/{id}/reports/summary", Ledger),
        both!("/v1/pledges/{id}/reports/receivables-ageing", Ledger),
        both!("/v1/pledges/{id}/reports/advances-ageing", Ledger),
        both!("/v1/pledges/{id}/reports/lot-register", Ledger),
        both!("/v1/pledges/{id}/reports/expiry-horizon", Ledger),
        both!("/v1/pledges/{id}/reports/spend-match", Ledger),
        both!("/v1/pledges/{id}/reports/exchange-differences", Ledger),
        both!("/v1/pledges/{id}/reports/suspense", Ledger),
        both!("/v1/pledges/{id}/reports/use-of-funds", Ledger),
        both!("/v1/pledges/{id}/reports/confirmation", Ledger),
        both!("/v1/pledges/{id}/reports/in-kind", Ledger),
        both!("/v1/pledges/{id}/reports/journal-register", Proofs),
        both!("/v1/pledges/{id}/reports/control-exceptions", AuditTrail),
        both!("/v1/pledges/{id}/reports/approval-matrix", ReadApprovals),
        both!("/v1/pledges/{id}/sample", Proofs, SAMPLE),
        both!("/v1/pledges/{id}/journal-tests", Proofs, DAYS),
    ];
    let mut all = reports.concat();
    all.push(trace);
    all
}
