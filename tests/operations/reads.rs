//! Every read there is.

use super::{Names, Need, Operation, get};

/// A sample, with the checkpoint that covers all there is.
pub(super) const SAMPLE: &str =
    "unit=USD&from=2024-01-01&to=2025-12-31&size=5&seed_checkpoint={size}";

/// The days of a statement.
pub(super) const DAYS: &str = "from=2024-01-01&to=2026-11-24";

fn of_approvals() -> Vec<Operation> {
    let none = Names::Nothing;
    vec![
        get("/v1/approvals", Need::ReadApprovals, none, "waiting_for=me"),
        get(
            "/v1/approvals/{id}",
            Need::ReadApprovals,
            Names::Waiting(0),
            "",
        ),
        get(
            "/v1/pledges/{id}/thresholds",
            Need::ReadApprovals,
            Names::Pledge,
            "",
        ),
    ]
}

fn of_exports() -> Vec<Operation> {
    let forms = [
        "/v1/pledges/{id}/journal.hledger",
        "/v1/pledges/{id}/journal.beancount",
        "/v1/pledges/{id}/gl-detail.csv",
        "/v1/pledges/{id}/trial-balance.csv",
        "/v1/pledges/{id}/fec.txt",
    ];
    let export = |path| get(path, Need::Proofs, Names::Pledge, "");
    forms.map(export).to_vec()
}

pub fn reads() -> Vec<Operation> {
    [
        of_the_ledger(),
        of_statements(),
        of_exports(),
        of_approvals(),
    ]
    .concat()
}

/// An account's statement, in every form.
fn of_statements() -> Vec<Operation> {
    let forms = [
        "/v1/accounts/{id}/statement",
        "/v1/accounts/{id}/statement.{form}",
    ];
    let form = |path| get(path, Need::Ledger, Names::Account, DAYS);
    forms.map(form).to_vec()
}

fn of_the_ledger() -> Vec<Operation> {
    use Need::{Holdings, Ledger, Nothing, Proofs, Reference};
    let none = Names::Nothing;
    vec![
        get("/livez", Nothing, none, ""),
        get("/readyz", Nothing, none, ""),
        get("/v1/units", Reference, none, ""),
        get("/v1/markets", Reference, none, ""),
        get("/v1/pledges", Ledger, none, ""),
        get("/v1/pledges/{id}", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/instalments", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/lots", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/summary", Ledger, Names::Pledge, ""),
        get("/v1/instalments/{id}", Ledger, Names::Instalment(0), ""),
        get("/v1/lots/{id}", Ledger, Names::Lot, ""),
        get("/v1/creators", Holdings, none, ""),
        get("/v1/creators/{id}", Holdings, Names::Creator, ""),
        get(
            "/v1/creators/{id}/bank-details",
            Need::BankDetails,
            Names::Creator,
            "",
        ),
        get("/v1/allocations", Holdings, none, ""),
        get("/v1/allocations/{id}", Holdings, Names::Allocation, ""),
        get("/v1/obligations", Holdings, none, ""),
        get("/v1/obligations/{id}", Holdings, Names::Obligation, ""),
        get("/v1/pledges/{id}/ad-accounts", Ledger, Names::Pledge, ""),
        get("/v1/ad-accounts/{id}", Ledger, Names::AdAccount, ""),
        get("/v1/payouts", Holdings, none, ""),
        get("/v1/payouts/{id}", Holdings, Names::Payout, ""),
        get("/v1/exchange-rates", Reference, none, ""),
        get("/v1/pledges/{id}/revaluations", Ledger, Names::Pledge, ""),
        get("/v1/withholding-rules", Reference, none, ""),
        get("/v1/platform-profiles", Reference, none, ""),
        get("/v1/spend-lines", Ledger, none, ""),
        get("/v1/accounts", Ledger, none, ""),
        get("/v1/accounts/{id}", Ledger, Names::Account, ""),
        get("/v1/accounts/{id}/entries", Ledger, Names::Account, ""),
        get("/v1/journals", Ledger, none, "pledge_id={pledge}"),
        get("/v1/journals/{id}", Ledger, Names::Journal, ""),
        get("/v1/journals/{id}/proof", Proofs, Names::Journal, ""),
        get("/tlog/key", Proofs, none, ""),
        get("/tlog/keys", Proofs, none, ""),
        get("/tlog/{id}/checkpoint", Proofs, Names::Pledge, ""),
        get("/tlog/{id}/timestamp", Proofs, Names::Pledge, ""),
        get("/tlog/{id}/tile/{tile}", Proofs, Names::Tile, ""),
        get("/tlog/{id}/consistency", Proofs, Names::Pledge, "older=0"),
        get("/v1/trial-balance", Proofs, none, ""),
        get("/v1/proofs", Proofs, none, ""),
        get("/v1/pledges/{id}/spend-match", Ledger, Names::Pledge, ""),
        get("/v1/pledges/{id}/expiry-horizon", Ledger, Names::Pledge, ""),
        get("/v1/jobs", Need::ReadJobs, none, ""),
        get("/v1/jobs/{name}/runs", Need::ReadJobs, Names::Job, ""),
    ]
}
