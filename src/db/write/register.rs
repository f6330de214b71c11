//! The rows of pledges, ad accounts and obligations.

use super::columns::{InsertAdAccounts, InsertObligations, InsertPledges};
use super::post::split_document;
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::{AdAccount, Pledge};

pub(super) fn push_ad_account(rows: &mut InsertAdAccounts, account: &AdAccount) {
    rows.push(
        account.pledge.0,
        account.id.0,
        account.platform.clone(),
        account.reference.clone(),
        account.name.clone(),
        account.unit.to_string(),
        account.market.to_string(),
        account.time_zone.clone(),
        account.opened_on,
    );
}

pub(super) fn push_obligation(rows: &mut InsertObligations, obligation: &Obligation) {
    let (uri, sha256) = split_document(obligation.document.as_ref());
    let (ad_account, campaign, code_expires_on) = match &obligation.bond {
        Bond::Contract => (None, None, None),
        Bond::Campaign {
            ad_account,
            campaign,
            code_expires_on,
        } => (Some(ad_account.0), Some(campaign.clone()), *code_expires_on),
    };
    rows.push(
        obligation.pledge.0,
        obligation.id.0,
        obligation.bond.as_str(),
        obligation.reference.clone(),
        obligation.amount.unit().to_string(),
        obligation.amount.minor(),
        obligation.creator.0,
        obligation.market.to_string(),
        obligation.deliverables.clone(),
        obligation.starts_on,
        obligation.ends_on,
        ad_account,
        campaign,
        code_expires_on,
        uri,
        sha256,
    );
}

pub(super) fn push_pledge(rows: &mut InsertPledges, pledge: &Pledge) {
    rows.push(
        pledge.id.0,
        pledge.reference.clone(),
        pledge.donor.clone(),
        pledge.recipient.clone(),
        pledge.purpose.clone(),
        pledge.total.unit().to_string(),
        pledge.total.minor(),
        pledge.exchange_differences.as_str(),
        pledge.created_at,
    );
}
