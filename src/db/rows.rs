//! Rows that both sides of the database read, and how they become what the domain knows.

use diesel::prelude::*;
use uuid::Uuid;

use super::error::DbError;
use super::schema::{ad_accounts, obligation_figures, obligations};
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::{
    AdAccount, AdAccountId, Catalogue, CreatorId, Document, Market, Money, ObligationId, PledgeId,
    Unit,
};

/// A row that doesn't read as what the domain knows: units and markets are loaded at start, so a
/// service older than its database can meet one.
pub(super) fn unreadable(what: &str, value: &str) -> DbError {
    DbError::Declined(format!("{what} {value} is not known to this build"))
}

pub(super) fn unit(catalogue: &Catalogue, code: &str) -> Result<Unit, DbError> {
    let found = catalogue.units.get(code);
    found.ok_or_else(|| unreadable("unit", code))
}

pub(super) fn money(catalogue: &Catalogue, minor: i64, code: &str) -> Result<Money, DbError> {
    Ok(Money::from_minor(minor, unit(catalogue, code)?))
}

pub(super) fn market(code: &str) -> Result<Market, DbError> {
    code.parse().map_err(|_| unreadable("market", code))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = obligations)]
pub(super) struct ObligationRow {
    pledge_id: Uuid,
    id: Uuid,
    kind: String,
    reference: String,
    unit: String,
    amount: i64,
    creator_id: Uuid,
    market: String,
    deliverables: Option<String>,
    starts_on: time::Date,
    ends_on: time::Date,
    ad_account_id: Option<Uuid>,
    campaign: Option<String>,
    code_expires_on: Option<time::Date>,
    document_uri: Option<String>,
    document_sha256: Option<String>,
}

/// What has become of an obligation.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = obligation_figures)]
pub(super) struct ObligationFigures {
    obligated: i64,
    released: i64,
    remaining: i64,
    clawed_back: i64,
}

impl ObligationRow {
    pub(super) fn read(
        self,
        figures: ObligationFigures,
        catalogue: &Catalogue,
    ) -> Result<Obligation, DbError> {
        let bond = match (self.kind.as_str(), self.ad_account_id, self.campaign) {
            ("contract", None, None) => Bond::Contract,
            ("campaign", Some(ad_account), Some(campaign)) => Bond::Campaign {
                ad_account: AdAccountId(ad_account),
                campaign,
                code_expires_on: self.code_expires_on,
            },
            (kind, ..) => return Err(unreadable("kind of obligation", kind)),
        };
        let document = self.document_uri.zip(self.document_sha256);
        Ok(Obligation {
            id: ObligationId(self.id),
            pledge: PledgeId(self.pledge_id),
            reference: self.reference,
            bond,
            amount: money(catalogue, self.amount, &self.unit)?,
            creator: CreatorId(self.creator_id),
            market: market(&self.market)?,
            deliverables: self.deliverables,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            document: document.map(|(uri, sha256)| Document { uri, sha256 }),
            obligated: figures.obligated,
            released: figures.released,
            remaining: figures.remaining,
            clawed_back: figures.clawed_back,
        })
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = ad_accounts)]
pub(super) struct AdAccountRow {
    pledge_id: Uuid,
    id: Uuid,
    platform: String,
    reference: String,
    name: String,
    unit: String,
    market: String,
    time_zone: String,
    opened_on: time::Date,
}

impl AdAccountRow {
    pub(super) fn read(self, catalogue: &Catalogue) -> Result<AdAccount, DbError> {
        Ok(AdAccount {
            id: AdAccountId(self.id),
            pledge: PledgeId(self.pledge_id),
            platform: self.platform,
            reference: self.reference,
            name: self.name,
            unit: unit(catalogue, &self.unit)?,
            market: market(&self.market)?,
            time_zone: self.time_zone,
            opened_on: self.opened_on,
        })
    }
}
