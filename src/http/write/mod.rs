//! The writes: each a thin handler that names its permission, its command and its answer.

mod again;
pub mod allocations;
pub mod answer;
pub mod api_tokens;
pub mod approvals;
pub mod budgets;
pub mod bulk;
pub mod closing;
pub mod cosignatures;
pub mod creators;
pub mod credits;
pub mod exchange;
pub mod identities;
pub mod inputs;
pub mod instalments;
pub mod invoices;
pub mod jobs;
pub mod lots;
pub mod obligations;
pub mod payouts;
pub mod periods;
pub mod pledges;
pub mod post;
pub mod rates;
pub mod revaluations;
pub mod reversals;
pub mod spend;
mod splits;
pub mod statements;
pub mod table;
mod tax_reserves;
mod terms;
pub mod upload;

pub use again::may_wait;
pub use terms::MOST_DAYS;

use crate::http::routes::Endpoint;

/// Where journals are.
const JOURNALS: &str = "/v1/journals";

/// Where lots are.
const LOTS: &str = "/v1/lots";

/// Every write there is.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = main_endpoints();
    all.extend(credit_endpoints());
    all.extend(cash_out_endpoints());
    all.extend(register_endpoints());
    all.extend(approval_endpoints());
    all
}

/// What waits for somebody else, and above what it has to.
fn approval_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/v1/pledges/{id}/thresholds", approvals::state_threshold),
        Endpoint::post("/v1/pledges/{id}/period-closings", periods::close_period),
        Endpoint::post("/v1/accounts/{id}/statements", statements::issue_statement),
        Endpoint::post(
            "/v1/statements/{id}/reissues",
            statements::reissue_statement,
        ),
        Endpoint::post(
            "/v1/pledges/{id}/statement-runs",
            statements::run_statements,
        ),
        Endpoint::post("/v1/pledges/{id}/period-reopenings", periods::reopen_period),
        Endpoint::post("/v1/approvals/bulk", approvals::approve_in_bulk)
            .with_body_limit(bulk::BODY_LIMIT_BYTES),
        Endpoint::post("/v1/approvals/{id}/approval", approvals::approve),
        Endpoint::post("/v1/approvals/{id}/rejection", approvals::reject),
        Endpoint::post("/v1/approvals/{id}/withdrawal", approvals::withdraw),
        Endpoint::post("/tlog/{id}/cosignatures", cosignatures::hand_in_cosignature),
    ]
}

/// Where money leaves: invoices, taxes, payouts, advances, exchange.
fn cash_out_endpoints() -> Vec<Endpoint> {
    let bulk = bulk::BODY_LIMIT_BYTES;
    vec![
        Endpoint::post("/v1/obligations/{id}/invoices", invoices::accept_invoice),
        Endpoint::post("/v1/obligations/{id}/advances", invoices::pay_advance),
        Endpoint::post(
            "/v1/obligations/{id}/liquidations",
            invoices::liquidate_advance,
        ),
        Endpoint::post(
            "/v1/obligations/{id}/advance-returns",
            invoices::take_back_advance,
        ),
        Endpoint::post("/v1/withholding-rules", invoices::state_withholding),
        Endpoint::post("/v1/pledges/{id}/tax-payments", invoices::pay_tax),
        Endpoint::post("/v1/exchange-rates", rates::state_exchange_rate).with_body_limit(bulk),
        Endpoint::post(
            "/v1/exchange-rates/bulk",
            rates::state_exchange_rates_in_bulk,
        )
        .with_body_limit(bulk),
        Endpoint::post(
            "/v1/pledges/{id}/revaluations",
            revaluations::revalue_pledge,
        ),
        Endpoint::post("/v1/pledges/{id}/reserve", exchange::add_to_reserve),
        Endpoint::post(
            "/v1/pledges/{id}/reserve/returns",
            exchange::give_back_reserve,
        ),
        Endpoint::post(
            "/v1/pledges/{id}/tax-reserves",
            tax_reserves::add_to_tax_reserve,
        ),
        Endpoint::post(
            "/v1/pledges/{id}/tax-reserves/returns",
            tax_reserves::give_back_tax_reserve,
        ),
        Endpoint::post("/v1/payouts", payouts::propose_payout),
        Endpoint::post("/v1/payouts/bulk", payouts::propose_payouts_in_bulk).with_body_limit(bulk),
        Endpoint::post("/v1/payouts/moves/bulk", payouts::move_payouts_in_bulk)
            .with_body_limit(bulk),
        Endpoint::post("/v1/payouts/{id}/approve", payouts::approve_payout),
        Endpoint::post("/v1/payouts/{id}/send", payouts::send_payout),
        Endpoint::post("/v1/payouts/{id}/settle", payouts::settle_payout),
        Endpoint::post("/v1/payouts/{id}/return", payouts::return_payout),
        Endpoint::post("/v1/payouts/{id}/void", payouts::void_payout),
    ]
}

/// Who may come in, with which rights and tokens.
fn register_endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/v1/identities", identities::record_identity),
        Endpoint::post("/v1/identities/{id}/subjects", identities::add_subject),
        Endpoint::post("/v1/identities/{id}/roles", identities::grant_role),
        Endpoint::post("/v1/identities/{id}/role-ends", identities::end_role),
        Endpoint::post(
            "/v1/identities/{id}/suspension",
            identities::suspend_identity,
        ),
        Endpoint::post(
            "/v1/identities/{id}/reinstatement",
            identities::reinstate_identity,
        ),
        Endpoint::post("/v1/revocations", identities::revoke_tokens),
        Endpoint::post("/v1/api-tokens", api_tokens::issue_api_token),
        Endpoint::post(
            "/v1/api-tokens/{id}/revocation",
            api_tokens::revoke_api_token,
        ),
    ]
}

/// From the pledge to what binds it.
fn main_endpoints() -> Vec<Endpoint> {
    let bulk = bulk::BODY_LIMIT_BYTES;
    vec![
        Endpoint::post("/v1/pledges", pledges::announce_pledge),
        Endpoint::post("/v1/pledges/{id}/agreement", pledges::sign_agreement),
        Endpoint::post(
            "/v1/pledges/{id}/support-costs",
            budgets::charge_support_cost,
        ),
        Endpoint::post("/v1/pledges/{id}/budgets", budgets::budget_market),
        Endpoint::post("/v1/pledges/{id}/budgets/returns", budgets::return_budget),
        Endpoint::post(
            "/v1/instalments/{id}/condition",
            instalments::meet_condition,
        ),
        Endpoint::post("/v1/instalments/{id}/receipts", instalments::receive_cash),
        Endpoint::post("/v1/instalments/{id}/lots", instalments::issue_lot),
        Endpoint::post(
            "/v1/instalments/{id}/write-offs",
            instalments::write_off_instalment,
        ),
        Endpoint::post("/v1/creators", creators::enrol_creator),
        Endpoint::post("/v1/creators/bulk", creators::enrol_creators_in_bulk).with_body_limit(bulk),
        Endpoint::post(
            "/v1/creators/{id}/bank-details",
            creators::record_bank_details,
        ),
        Endpoint::post("/v1/creators/{id}/erasure", creators::erase_creator),
        Endpoint::post("/v1/allocations", allocations::allocate),
        Endpoint::post("/v1/allocations/bulk", allocations::allocate_in_bulk).with_body_limit(bulk),
        Endpoint::post("/v1/allocations/split", splits::allocate_by_weights),
        Endpoint::post(
            "/v1/allocations/{id}/release",
            allocations::release_allocation,
        ),
        Endpoint::post(
            "/v1/pledges/{id}/ad-accounts",
            obligations::register_ad_account,
        ),
        Endpoint::post("/v1/obligations", obligations::open_obligation),
        Endpoint::post(
            "/v1/obligations/bulk",
            obligations::open_obligations_in_bulk,
        )
        .with_body_limit(bulk),
        Endpoint::post(
            "/v1/obligations/{id}/release",
            obligations::release_obligation,
        ),
        Endpoint::post("/v1/obligations/{id}/clawbacks", closing::claim_back),
        Endpoint::post("/v1/creators/{id}/recoveries", closing::recover),
        Endpoint::post("/v1/creators/{id}/bad-debts", closing::write_off_debt),
        Endpoint::post("/v1/pledges/{id}/donor-refunds", closing::owe_donor),
        Endpoint::post("/v1/pledges/{id}/donor-payments", closing::pay_donor),
        Endpoint::post(
            "/v1/pledges/{id}/support-costs/draws",
            closing::draw_support_cost,
        ),
        Endpoint::post("/v1/pledges/{id}/closing", closing::begin_closing),
        Endpoint::post("/v1/pledges/{id}/resumption", closing::resume_pledge),
        Endpoint::post("/v1/pledges/{id}/closure", closing::close_pledge),
        Endpoint::post("/v1/pledges/{id}/cancellation", closing::cancel_pledge),
        Endpoint::post("/v1/journals/{id}/reversals", reversals::reverse_journal),
        Endpoint::post("/v1/lots/{id}/extensions", lots::extend_lot),
        Endpoint::post("/v1/lots/{id}/revocations", lots::revoke_credits),
        Endpoint::post("/v1/jobs/{name}/runs", jobs::run_job),
    ]
}

/// Credits on their way out.
fn credit_endpoints() -> Vec<Endpoint> {
    let bulk = bulk::BODY_LIMIT_BYTES;
    vec![
        Endpoint::post("/v1/lots/{id}/placements", credits::place_credits),
        Endpoint::post("/v1/pledges/{id}/spend-imports", spend::import_spend).with_body_limit(bulk),
        Endpoint::post("/v1/pledges/{id}/platform-payments", credits::pay_platform),
        Endpoint::post("/v1/ad-accounts/{id}/taxes", credits::charge_ad_tax),
        Endpoint::post(
            "/v1/ad-accounts/{id}/platform-balances",
            credits::note_platform_balance,
        ),
        Endpoint::post("/v1/spend-lines/{id}/refunds", credits::refund_spend),
        Endpoint::post(
            "/v1/spend-lines/{id}/attributions",
            credits::attribute_spend,
        ),
        Endpoint::post(
            "/v1/spend-lines/{id}/suspense-clearings",
            credits::clear_suspense,
        ),
    ]
}

/// The description of every write.
#[derive(utoipa::OpenApi)]
#[openapi(
    paths(
        pledges::announce_pledge,
        pledges::sign_agreement,
        budgets::charge_support_cost,
        budgets::budget_market,
        budgets::return_budget,
        instalments::meet_condition,
        instalments::receive_cash,
        instalments::issue_lot,
        instalments::write_off_instalment,
        creators::enrol_creator,
        creators::enrol_creators_in_bulk,
        creators::record_bank_details,
        creators::erase_creator,
        allocations::allocate,
        allocations::allocate_in_bulk,
        splits::allocate_by_weights,
        allocations::release_allocation,
        obligations::register_ad_account,
        obligations::open_obligation,
        obligations::open_obligations_in_bulk,
        obligations::release_obligation,
        closing::claim_back,
        closing::recover,
        closing::write_off_debt,
        closing::owe_donor,
        closing::pay_donor,
        closing::draw_support_cost,
        closing::begin_closing,
        closing::resume_pledge,
        closing::close_pledge,
        closing::cancel_pledge,
        reversals::reverse_journal,
        lots::extend_lot,
        lots::revoke_credits,
        jobs::run_job,
        invoices::accept_invoice,
        invoices::pay_advance,
        invoices::liquidate_advance,
        invoices::take_back_advance,
        invoices::state_withholding,
        invoices::pay_tax,
        rates::state_exchange_rate,
        rates::state_exchange_rates_in_bulk,
        revaluations::revalue_pledge,
        exchange::add_to_reserve,
        exchange::give_back_reserve,
        tax_reserves::add_to_tax_reserve,
        tax_reserves::give_back_tax_reserve,
        payouts::propose_payout,
        payouts::propose_payouts_in_bulk,
        payouts::move_payouts_in_bulk,
        payouts::approve_payout,
        payouts::send_payout,
        payouts::settle_payout,
        payouts::return_payout,
        payouts::void_payout,
        credits::place_credits,
        spend::import_spend,
        credits::pay_platform,
        credits::charge_ad_tax,
        credits::refund_spend,
        credits::attribute_spend,
        credits::clear_suspense,
        credits::note_platform_balance,
        identities::record_identity,
        identities::add_subject,
        identities::grant_role,
        identities::end_role,
        identities::suspend_identity,
        identities::reinstate_identity,
        identities::revoke_tokens,
        api_tokens::issue_api_token,
        api_tokens::revoke_api_token,
        approvals::state_threshold,
        statements::issue_statement,
        statements::reissue_statement,
        statements::run_statements,
        periods::close_period,
        periods::reopen_period,
        approvals::approve_in_bulk,
        approvals::approve,
        approvals::reject,
        approvals::withdraw,
        cosignatures::hand_in_cosignature,
    ),
    components(schemas(answer::PreviewOut, bulk::BulkPreviewOut))
)]
pub struct Paths;
