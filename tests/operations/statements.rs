//! Statements that are issued.

use serde_json::json;

use super::{Names, Need, Operation, get, post};
use crate::harness::World;

/// A statement of an account, and a run that issues one to every other account of the pledge.
pub(super) async fn issued(world: &World, pledge: &str, account: &str) -> (String, String) {
    let controller = world.controller();
    let at = format!("/v1/accounts/{account}/statements");
    let statement = controller.post(&at, json!({"to": "2024-11-30"})).await;
    let at = format!("/v1/pledges/{pledge}/statement-runs");
    let run = controller
        .post(&at, json!({"to": "2024-10-31"}))
        .await
        .expect(201);
    let run = run["id"].as_str().unwrap().to_owned();
    crate::statements::done(&controller, &run).await;
    (statement.created(), run)
}

pub(super) fn reads() -> Vec<Operation> {
    use Need::{AuditTrail, Ledger, Proofs};
    let days = "from=2024-01-01&to=2026-11-24";
    vec![
        get(
            "/v1/pledges/{id}/audit-pack",
            AuditTrail,
            Names::Pledge,
            days,
        ),
        get("/v1/pledges/{id}/statement", Ledger, Names::Pledge, days),
        get("/v1/statements", Ledger, Names::Nothing, ""),
        get("/v1/statements/{id}", Ledger, Names::Statement, ""),
        get(
            "/v1/statements/{id}/statement.{form}",
            Ledger,
            Names::Statement,
            "",
        ),
        get(
            "/v1/statements/{id}/diff/{other}",
            Ledger,
            Names::Statement,
            "",
        ),
        get("/v1/statement-runs/{id}", Proofs, Names::StatementRun, ""),
        get(
            "/v1/statement-runs/{id}/statement",
            Ledger,
            Names::StatementRun,
            "",
        ),
        get(
            "/v1/statement-runs/{id}/statement.{form}",
            Ledger,
            Names::StatementRun,
            "",
        ),
    ]
}

pub(super) fn writes() -> Vec<Operation> {
    use Need::Statements;
    vec![
        post(
            "/v1/accounts/{id}/statements",
            Statements,
            Names::Account,
            |_| json!({"to": "2024-12-31"}),
        ),
        post(
            "/v1/statements/{id}/reissues",
            Statements,
            Names::Statement,
            |_| json!({"reason": "A receipt was entered late"}),
        ),
        post(
            "/v1/pledges/{id}/statement-runs",
            Statements,
            Names::Pledge,
            |_| json!({"to": "2025-03-31", "reissue_reason": "Entries came late"}),
        ),
    ]
}
