//! The writes: each a thin handler that names its permission, its command and its answer.

pub mod allocations;
pub mod answer;
pub mod budgets;
pub mod bulk;
pub mod creators;
pub mod credits;
pub mod inputs;
pub mod instalments;
pub mod obligations;
pub mod pledges;
pub mod post;
pub mod spend;

use crate::http::routes::Endpoint;

/// Where journals are.
const JOURNALS: &str = "/v1/journals";

/// Where lots are.
const LOTS: &str = "/v1/lots";

/// Every write there is.
pub fn endpoints() -> Vec<Endpoint> {
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
        Endpoint::post("/v1/allocations", allocations::allocate),
        Endpoint::post("/v1/allocations/bulk", allocations::allocate_in_bulk).with_body_limit(bulk),
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
        Endpoint::post("/v1/lots/{id}/placements", credits::place_credits),
        Endpoint::post("/v1/pledges/{id}/spend-imports", spend::import_spend).with_body_limit(bulk),
        Endpoint::post("/v1/pledges/{id}/platform-payments", credits::pay_platform),
        Endpoint::post("/v1/ad-accounts/{id}/taxes", credits::charge_ad_tax),
        Endpoint::post("/v1/spend-lines/{id}/refunds", credits::refund_spend),
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
        allocations::allocate,
        allocations::allocate_in_bulk,
        allocations::release_allocation,
        obligations::register_ad_account,
        obligations::open_obligation,
        obligations::open_obligations_in_bulk,
        obligations::release_obligation,
        credits::place_credits,
        spend::import_spend,
        credits::pay_platform,
        credits::charge_ad_tax,
        credits::refund_spend,
    ),
    components(schemas(answer::PreviewOut, bulk::BulkPreviewOut))
)]
pub struct Paths;
