//! The reads: each a thin handler that names its permission, its question and its answer.
//!
//! They go straight to one snapshot of the database, with what the caller may see in the question,
//! never through the engine.

mod accounts;
mod approvals;
mod audit;
mod broken_off;
mod combined;
mod creators;
mod exports;
mod get;
mod identities;
mod issued;
mod jobs;
mod journal_tests;
mod journals;
mod lists;
mod obligations;
mod pack_controls;
mod packs;
mod params;
mod payouts;
mod periods;
mod personal;
mod pledges;
mod reference;
mod reports;
mod run_statement;
mod sampling;
mod segregation;
mod spend;
mod statements;
mod tables;
mod tlog;
mod views;

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    ContentBuilder, OpenApi as Description, Ref, RefOr, Required, ResponseBuilder,
};
use utoipa::{Modify, OpenApi};

use crate::http::paging::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::routes::Endpoint;

/// Every read there is.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = ledger_endpoints();
    all.extend(statement_endpoints());
    all.extend(log_endpoints());
    all.extend(control_endpoints());
    all.extend(tables::endpoints());
    all
}

/// Statements, in every form.
fn statement_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "/v1/pledges/{id}/statement",
            combined::read_combined_statement,
        ),
        Endpoint::get("/v1/statements", issued::list_statements),
        Endpoint::get("/v1/statements/{id}", issued::read_issued_statement),
        Endpoint::get(
            "/v1/statements/{id}/statement.{form}",
            issued::read_issued_statement_as,
        ),
        Endpoint::get("/v1/statements/{id}/diff/{other}", issued::diff_statements),
        Endpoint::get("/v1/statement-runs/{id}", issued::read_statement_run),
        Endpoint::get(
            "/v1/statement-runs/{id}/statement",
            run_statement::read_run_statement,
        ),
        Endpoint::get(
            "/v1/statement-runs/{id}/statement.{form}",
            run_statement::read_run_statement_as,
        ),
        Endpoint::get("/v1/accounts/{id}/statement", statements::read_statement),
        Endpoint::get(
            "/v1/accounts/{id}/statement.{form}",
            statements::read_statement_as,
        ),
    ]
}

/// The logs, and proofs that hold without us.
fn log_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/v1/journals/{id}/proof", tlog::prove_journal),
        Endpoint::get("/tlog/key", tlog::read_log_key),
        Endpoint::get("/tlog/keys", tlog::list_log_keys),
        Endpoint::get("/tlog/{id}/checkpoint", tlog::read_log_checkpoint),
        Endpoint::get("/tlog/{id}/timestamp", tlog::read_log_timestamp),
        Endpoint::get("/tlog/{id}/tile/{tile}", tlog::read_log_tile),
        Endpoint::get("/tlog/{id}/consistency", tlog::prove_log_consistency),
    ]
}

/// Who may do what, what was done and refused, and what is closed.
fn control_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "/v1/pledges/{id}/approval-matrix",
            segregation::read_approval_matrix,
        ),
        Endpoint::get(
            "/v1/segregation-report",
            segregation::read_segregation_report,
        ),
        Endpoint::get("/v1/audit-trail", audit::list_audit_events),
        Endpoint::get("/v1/identities", identities::list_identities),
        Endpoint::get("/v1/identities/{id}", identities::read_identity),
        Endpoint::get("/v1/access-list", identities::read_access_list),
        Endpoint::get("/v1/revocations", identities::list_revocations),
        Endpoint::get("/v1/api-tokens", identities::list_api_tokens),
        Endpoint::get("/v1/jobs", jobs::list_jobs),
        Endpoint::get("/v1/jobs/{name}/runs", jobs::list_job_runs),
    ]
}

/// What the ledger holds.
fn ledger_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/v1/units", reference::list_units),
        Endpoint::get("/v1/markets", reference::list_markets),
        Endpoint::get("/v1/pledges", pledges::list_pledges),
        Endpoint::get("/v1/pledges/{id}", pledges::read_pledge),
        Endpoint::get("/v1/pledges/{id}/instalments", pledges::list_instalments),
        Endpoint::get("/v1/pledges/{id}/lots", pledges::list_lots),
        Endpoint::get("/v1/pledges/{id}/summary", reports::read_summary),
        Endpoint::get("/v1/pledges/{id}/journal.hledger", exports::export_hledger),
        Endpoint::get(
            "/v1/pledges/{id}/journal.beancount",
            exports::export_beancount,
        ),
        Endpoint::get("/v1/pledges/{id}/gl-detail.csv", exports::export_gl_detail),
        Endpoint::get(
            "/v1/pledges/{id}/trial-balance.csv",
            exports::export_trial_balance,
        ),
        Endpoint::get("/v1/pledges/{id}/fec.txt", exports::export_fec),
        Endpoint::get("/v1/pledges/{id}/audit-pack", packs::draw_audit_pack),
        Endpoint::get("/v1/instalments/{id}", pledges::read_instalment),
        Endpoint::get("/v1/lots/{id}", pledges::read_lot),
        Endpoint::get("/v1/creators", creators::list_creators),
        Endpoint::get("/v1/creators/{id}", creators::read_creator),
        Endpoint::get(
            "/v1/creators/{id}/bank-details",
            creators::read_bank_details,
        ),
        Endpoint::get("/v1/allocations", creators::list_allocations),
        Endpoint::get("/v1/allocations/{id}", creators::read_allocation),
        Endpoint::get("/v1/obligations", obligations::list_obligations),
        Endpoint::get("/v1/obligations/{id}", obligations::read_obligation),
        Endpoint::get(
            "/v1/pledges/{id}/ad-accounts",
            obligations::list_ad_accounts,
        ),
        Endpoint::get("/v1/ad-accounts/{id}", obligations::read_ad_account),
        Endpoint::get("/v1/payouts", payouts::list_payouts),
        Endpoint::get("/v1/payouts/{id}", payouts::read_payout),
        Endpoint::get("/v1/approvals", approvals::list_approvals),
        Endpoint::get("/v1/approvals/{id}", approvals::read_approval),
        Endpoint::get("/v1/pledges/{id}/thresholds", approvals::list_thresholds),
        Endpoint::get("/v1/exchange-rates", payouts::list_exchange_rates),
        Endpoint::get("/v1/pledges/{id}/revaluations", pledges::list_revaluations),
        Endpoint::get("/v1/withholding-rules", payouts::list_withholding_rules),
        Endpoint::get("/v1/platform-profiles", reference::list_platform_profiles),
        Endpoint::get("/v1/spend-lines", spend::list_spend_lines),
        Endpoint::get("/v1/pledges/{id}/spend-match", spend::read_spend_match),
        Endpoint::get("/v1/accounts", accounts::list_accounts),
        Endpoint::get("/v1/accounts/{id}", accounts::read_account),
        Endpoint::get("/v1/accounts/{id}/entries", accounts::list_entries),
        Endpoint::get("/v1/journals", journals::list_journals),
        Endpoint::get("/v1/journals/{id}", journals::read_journal),
        Endpoint::get("/v1/trial-balance", reports::read_trial_balance),
        Endpoint::get("/v1/proofs", reports::read_proofs),
        Endpoint::get("/v1/pledges/{id}/expiry-horizon", jobs::read_expiry_horizon),
        Endpoint::get("/v1/pledges/{id}/periods", periods::list_period_events),
        Endpoint::get("/v1/pledges/{id}/period-check", periods::check_period),
    ]
}

/// The description of every read.
#[derive(OpenApi)]
#[openapi(modifiers(&Shared), paths(
    reference::list_units,
    reference::list_markets,
    pledges::list_pledges,
    pledges::read_pledge,
    pledges::list_instalments,
    pledges::list_lots,
    reports::read_summary,
    exports::export_hledger,
    exports::export_beancount,
    exports::export_gl_detail,
    exports::export_trial_balance,
    exports::export_fec,
    packs::draw_audit_pack,
    pledges::read_instalment,
    pledges::read_lot,
    creators::list_creators,
    creators::read_creator,
    creators::read_bank_details,
    creators::list_allocations,
    creators::read_allocation,
    obligations::list_obligations,
    obligations::read_obligation,
    obligations::list_ad_accounts,
    obligations::read_ad_account,
    payouts::list_payouts,
    payouts::read_payout,
    approvals::list_approvals,
    approvals::read_approval,
    approvals::list_thresholds,
    payouts::list_exchange_rates,
    pledges::list_revaluations,
    payouts::list_withholding_rules,
    reference::list_platform_profiles,
    spend::list_spend_lines,
    spend::read_spend_match,
    accounts::list_accounts,
    accounts::read_account,
    accounts::list_entries,
    statements::read_statement,
    statements::read_statement_as,
    combined::read_combined_statement,
    issued::list_statements,
    issued::read_issued_statement,
    issued::read_issued_statement_as,
    issued::diff_statements,
    issued::read_statement_run,
    run_statement::read_run_statement,
    run_statement::read_run_statement_as,
    journals::list_journals,
    journals::read_journal,
    tlog::prove_journal,
    tlog::read_log_key,
    tlog::list_log_keys,
    tlog::read_log_checkpoint,
    tlog::read_log_timestamp,
    tlog::read_log_tile,
    tlog::prove_log_consistency,
    reports::read_trial_balance,
    reports::read_proofs,
    periods::list_period_events,
    periods::check_period,
    segregation::read_approval_matrix,
    segregation::read_segregation_report,
    sampling::draw_sample,
    journal_tests::test_journals,
    audit::list_audit_events,
    identities::list_identities,
    identities::read_identity,
    identities::read_access_list,
    identities::list_revocations,
    identities::list_api_tokens,
    jobs::read_expiry_horizon,
    jobs::list_jobs,
    jobs::list_job_runs,
    tables::report_trial_balance,
    tables::report_summary,
    tables::report_receivables_ageing,
    tables::report_advances_ageing,
    tables::report_lot_register,
    tables::report_expiry_horizon,
    tables::report_spend_match,
    tables::report_exchange_differences,
    tables::report_suspense,
    tables::report_use_of_funds,
    tables::report_confirmation,
    tables::report_in_kind,
    tables::report_journal_register,
    tables::report_control_exceptions,
    tables::report_approval_matrix,
    tables::trace_journal,
))]
pub struct Paths;

/// What reads have in common: pages of lists, 304, 406.
struct Shared;

impl Modify for Shared {
    fn modify(&self, description: &mut Description) {
        tables::describe(description);
        for item in description.paths.paths.values_mut() {
            for operation in item.get.iter_mut() {
                if is_list(operation) {
                    add_paging(operation);
                }
                add_conditions(operation);
            }
        }
    }
}

/// Whether what is answered is a page.
fn is_list(operation: &Operation) -> bool {
    let Some(RefOr::T(answer)) = operation.responses.responses.get("200") else {
        return false;
    };
    let mut names = answer.content.values().filter_map(|content| match content {
        RefOr::T(content) => match content.schema.as_ref()? {
            RefOr::Ref(named) => Some(named.ref_location.as_str()),
            RefOr::T(_) => None,
        },
        RefOr::Ref(_) => None,
    });
    names.any(|name| name.contains("/List"))
}

fn add_paging(operation: &mut Operation) {
    let limit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MAX_LIMIT))
        .default(Some(DEFAULT_LIMIT.into()));
    let cursor = ObjectBuilder::new().schema_type(Type::String);
    let limit_is = "How many members, at most";
    let cursor_is = "The next_cursor of the page before, sent with the same filters";
    for (name, says, schema) in [("limit", limit_is, limit), ("cursor", cursor_is, cursor)] {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(says))
            .schema(Some(schema));
        operation
            .parameters
            .get_or_insert_default()
            .push(parameter.build().into());
    }
}

fn add_conditions(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let same = ResponseBuilder::new().description("With If-None-Match: the client has it");
    responses.insert("304".to_owned(), RefOr::T(same.build()));
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let none = ResponseBuilder::new()
        .description("Accept takes none of the forms there are")
        .content("application/problem+json", problem);
    responses.insert("406".to_owned(), RefOr::T(none.build()));
}
