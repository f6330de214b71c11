//! Reading a request again that waited to be approved: by the same reader, as of the day it was
//! sent on.
//!
//! Every write that may have to wait is listed here by its address; a test holds that against what
//! there is.

use crate::domain::command::AdvanceStep;
use crate::domain::id::NotAnId;
use crate::domain::{Approval, Catalogue, Command};
use crate::http::body::{Edge, Fields, Node};
use crate::http::idempotency::request_digest;
use crate::http::problem::Problem;

use super::answer::witness;
use super::{
    allocations, approvals, budgets, closing, credits, exchange, instalments, invoices, lots,
    obligations, payouts, periods, pledges, reversals,
};
use crate::domain::approval::Witness;

/// The addresses of those writes, as they are documented.
const MAY_WAIT: &[&str] = &[
    "/v1/allocations",
    "/v1/obligations",
    "/v1/payouts",
    "/v1/pledges/{id}/agreement",
    "/v1/pledges/{id}/support-costs",
    "/v1/pledges/{id}/support-costs/draws",
    "/v1/pledges/{id}/budgets",
    "/v1/pledges/{id}/budgets/returns",
    "/v1/pledges/{id}/donor-refunds",
    "/v1/pledges/{id}/donor-payments",
    "/v1/pledges/{id}/tax-payments",
    "/v1/pledges/{id}/platform-payments",
    "/v1/pledges/{id}/reserve",
    "/v1/pledges/{id}/reserve/returns",
    "/v1/pledges/{id}/thresholds",
    "/v1/pledges/{id}/period-reopenings",
    "/v1/obligations/{id}/release",
    "/v1/obligations/{id}/clawbacks",
    "/v1/obligations/{id}/invoices",
    "/v1/obligations/{id}/advances",
    "/v1/obligations/{id}/liquidations",
    "/v1/obligations/{id}/advance-returns",
    "/v1/instalments/{id}/condition",
    "/v1/instalments/{id}/receipts",
    "/v1/instalments/{id}/lots",
    "/v1/instalments/{id}/write-offs",
    "/v1/allocations/{id}/release",
    "/v1/creators/{id}/recoveries",
    "/v1/creators/{id}/bad-debts",
    "/v1/journals/{id}/reversals",
    "/v1/lots/{id}/revocations",
    "/v1/lots/{id}/placements",
    "/v1/ad-accounts/{id}/taxes",
    "/v1/spend-lines/{id}/refunds",
    "/v1/spend-lines/{id}/attributions",
    "/v1/spend-lines/{id}/suspense-clearings",
];

/// Whether a write at that address, as it is documented, may have to wait for somebody else.
pub fn may_wait(path: &str) -> bool {
    MAY_WAIT.contains(&path)
}

/// What was asked for, and how it is shown. It was read before, so that it can't be read again is
/// a defect of this build.
pub fn asked_for(
    approval: &Approval,
    catalogue: &Catalogue,
) -> Result<(Command, Witness), Problem> {
    let request = &approval.request;
    let unread = |what: &str| {
        let (id, path) = (approval.id, &request.path);
        log::error!(approval:% = id, path:% = path; "a request can't be read again: {what}");
        Problem::internal()
    };
    let body = Node::read(request.body.as_bytes()).map_err(|_| unread("its body"))?;
    let edge = Edge::at(catalogue, request.asked_at);
    let command = Fields::read(&body, "", edge, |body| read(&request.path, body));
    let command = command.map_err(|_| unread("its fields"))?;
    let digest = request_digest("POST", &request.path, request.body.as_bytes());
    Ok((command, witness(digest)))
}

/// Reads what a write at that address asks for, if it is one that may have to wait.
pub fn read(path: &str, body: &mut Fields<'_>) -> Option<Command> {
    let path = path.strip_prefix("/v1/")?;
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["allocations"] => allocations::allocation(body),
        ["obligations"] => obligations::obligation(body),
        ["payouts"] => payouts::payout(body),
        ["pledges", id, what @ ..] => of_pledge(id, &what.join("/"), body),
        ["obligations", id, what] => of_obligation(id, what, body),
        ["instalments", id, "condition"] => instalments::condition_met(named(id)?, body),
        ["instalments", id, "receipts"] => instalments::receipt(named(id)?, body),
        ["instalments", id, "lots"] => instalments::lot(named(id)?, body),
        ["instalments", id, "write-offs"] => instalments::write_off(named(id)?, body),
        ["allocations", id, "release"] => allocations::release(named(id)?, body),
        ["creators", id, "recoveries"] => closing::recovery(named(id)?, body),
        ["creators", id, "bad-debts"] => closing::bad_debt(named(id)?, body),
        ["journals", id, "reversals"] => reversals::reversal(named(id)?, body),
        ["lots", id, "revocations"] => lots::revocation(named(id)?, body),
        ["lots", id, "placements"] => credits::placement(named(id)?, body),
        ["ad-accounts", id, "taxes"] => credits::ad_tax(named(id)?, body),
        ["spend-lines", id, "refunds"] => credits::spend_refund(named(id)?, body),
        ["spend-lines", id, "attributions"] => credits::spend_attribution(named(id)?, body),
        ["spend-lines", id, "suspense-clearings"] => credits::suspense_clearing(named(id)?, body),
        _ => None,
    }
}

fn named<T: std::str::FromStr<Err = NotAnId>>(id: &str) -> Option<T> {
    id.parse().ok()
}

fn of_pledge(id: &str, what: &str, body: &mut Fields<'_>) -> Option<Command> {
    let id = named(id)?;
    match what {
        "agreement" => pledges::agreement(id, body),
        "support-costs" => budgets::support_cost(id, body),
        "support-costs/draws" => closing::support_cost_draw(id, body),
        "budgets" => budgets::budget(id, body),
        "budgets/returns" => budgets::budget_return(id, body),
        "donor-refunds" => closing::donor_refund(id, body),
        "donor-payments" => closing::donor_payment(id, body),
        "tax-payments" => invoices::tax_payment(id, body),
        "platform-payments" => credits::platform_payment(id, body),
        "reserve" => exchange::reserve(id, false, body),
        "reserve/returns" => exchange::reserve(id, true, body),
        "thresholds" => approvals::threshold(id, body),
        "period-reopenings" => periods::reopening(id, body),
        _ => None,
    }
}

fn of_obligation(id: &str, what: &str, body: &mut Fields<'_>) -> Option<Command> {
    let id = named(id)?;
    match what {
        "release" => obligations::release(id, body),
        "clawbacks" => closing::clawback(id, body),
        "invoices" => invoices::invoice(id, body),
        "advances" => invoices::advance(id, AdvanceStep::Pay, body),
        "liquidations" => invoices::liquidation(id, body),
        "advance-returns" => invoices::advance(id, AdvanceStep::TakeBack, body),
        _ => None,
    }
}
