//! The rows of ad accounts and obligations.

use super::columns::{InsertAdAccounts, InsertObligations};
use super::post::split_document;
use crate::domain::AdAccount;
use crate::domain::obligation::{Bond, Obligation};

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
