//! Ad accounts, and what binds allocations.

use serde::Serialize;
use utoipa::ToSchema;

use super::DocumentOut;
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::{AdAccount, AdAccountId, CreatorId, JournalId, Market, ObligationId, PledgeId};
use crate::http::wire::{Day, MoneyOut};

/// An advertiser's account at a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AdAccount)]
pub struct AdAccountOut {
    /// Its id.
    pub id: AdAccountId,
    /// The pledge whose credits are placed in it.
    pub pledge_id: PledgeId,
    /// The platform.
    pub platform: String,
    /// The platform's own number for it.
    pub reference: String,
    /// What people call it.
    pub name: String,
    /// What can be placed in it.
    pub unit: String,
    /// Its region.
    pub market: Market,
    /// The IANA time zone its days end in.
    pub time_zone: String,
    /// Since when it can be used.
    pub opened_on: Day,
}

impl From<&AdAccount> for AdAccountOut {
    fn from(account: &AdAccount) -> Self {
        AdAccountOut {
            id: account.id,
            pledge_id: account.pledge,
            platform: account.platform.clone(),
            reference: account.reference.clone(),
            name: account.name.clone(),
            unit: account.unit.to_string(),
            market: account.market,
            time_zone: account.time_zone.clone(),
            opened_on: Day(account.opened_on),
        }
    }
}

/// A campaign at a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignOut {
    /// The ad account it runs in.
    pub ad_account_id: AdAccountId,
    /// The platform's own number for it.
    pub campaign: String,
    /// When the creator's authorisation code for the boosted post expires.
    pub code_expires_on: Option<Day>,
}

/// Part of a creator's allocation, bound by a contract or a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Obligation)]
pub struct ObligationOut {
    /// Its id.
    pub id: ObligationId,
    /// Whose money it is.
    pub pledge_id: PledgeId,
    /// Whose allocation.
    pub creator_id: CreatorId,
    /// From which market's budget.
    pub market: Market,
    /// `contract` or `campaign`.
    pub kind: &'static str,
    /// The parties' own name for it.
    pub reference: String,
    /// `open`, `part_liquidated` once some of it was used, `closed` once nothing of it is bound.
    pub state: &'static str,
    /// How much was bound.
    pub amount: MoneyOut,
    /// How much of it went for what it was meant for.
    pub liquidated: MoneyOut,
    /// How much of that was found not eligible.
    pub clawed_back: MoneyOut,
    /// How much of it went back to the allocation.
    pub released: MoneyOut,
    /// What is still bound.
    pub remaining: MoneyOut,
    /// What of that was paid in advance and isn't accounted for.
    pub advanced: MoneyOut,
    /// The campaign it pays for.
    pub campaign: Option<CampaignOut>,
    /// What is to be delivered.
    pub deliverables: Option<String>,
    /// Its first day.
    pub starts_on: Day,
    /// Its last day.
    pub ends_on: Day,
    /// The contract, or the campaign's order.
    pub document: Option<DocumentOut>,
    /// What was posted, in the answer to the call that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_id: Option<JournalId>,
}

impl From<&Obligation> for ObligationOut {
    fn from(obligation: &Obligation) -> Self {
        let money = |minor| MoneyOut::of_minor(minor, obligation.amount.unit());
        let campaign = match &obligation.bond {
            Bond::Contract => None,
            Bond::Campaign {
                ad_account,
                campaign,
                code_expires_on,
            } => Some(CampaignOut {
                ad_account_id: *ad_account,
                campaign: campaign.clone(),
                code_expires_on: code_expires_on.map(Day),
            }),
        };
        ObligationOut {
            id: obligation.id,
            pledge_id: obligation.pledge,
            creator_id: obligation.creator,
            market: obligation.market,
            kind: obligation.bond.as_str(),
            reference: obligation.reference.clone(),
            state: obligation.state().as_str(),
            amount: (&obligation.amount).into(),
            liquidated: money(obligation.liquidated()),
            clawed_back: money(obligation.clawed_back),
            released: money(obligation.released),
            remaining: money(obligation.remaining),
            advanced: money(match obligation.bond {
                Bond::Contract => obligation.held,
                Bond::Campaign { .. } => 0,
            }),
            campaign,
            deliverables: obligation.deliverables.clone(),
            starts_on: Day(obligation.starts_on),
            ends_on: Day(obligation.ends_on),
            document: obligation.document.as_ref().map(DocumentOut::from),
            journal_id: None,
        }
    }
}
