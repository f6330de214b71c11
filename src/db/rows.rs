//! Rows that both sides of the database read, and how they become what the domain knows.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::DbError;
use super::schema::{
    ad_accounts, exchange_rates, obligation_figures, obligations, payout_figures, payouts,
    withholding_rules,
};
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::payout::PayoutState;
use crate::domain::withholding::{PaymentKind, Route};
use crate::domain::{
    AdAccount, AdAccountId, Catalogue, CreatorId, Document, ExchangeRateId, Market, Money,
    ObligationId, Payout, PayoutId, PledgeId, Unit, WithholdingRule, WithholdingRuleId,
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
    held: i64,
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
            held: figures.held,
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

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = payouts)]
pub(super) struct PayoutRow {
    pledge_id: Uuid,
    id: Uuid,
    creator_id: Uuid,
    market: String,
    unit: String,
    amount: i64,
    bank_unit: String,
    bank_amount: i64,
    reference: String,
    batch: Option<String>,
    proposed_by: String,
    proposed_at: OffsetDateTime,
    hold_expires_on: time::Date,
    rate_e8: Option<i64>,
    rate_source: Option<String>,
    rate_day: Option<time::Date>,
}

/// What has become of a payout.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = payout_figures)]
pub(super) struct PayoutFigures {
    state: String,
    events: i16,
    moved_at: Option<OffsetDateTime>,
    reason: Option<String>,
    approved_by: Option<String>,
    bank_reference: Option<String>,
    paid: i64,
    charged: i64,
    carried: i64,
}

impl PayoutRow {
    pub(super) fn read(
        self,
        figures: PayoutFigures,
        catalogue: &Catalogue,
    ) -> Result<Payout, DbError> {
        let state = PayoutState::parse(&figures.state);
        let rate = self.rate_e8.zip(self.rate_source).zip(self.rate_day);
        Ok(Payout {
            id: PayoutId(self.id),
            pledge: PledgeId(self.pledge_id),
            creator: CreatorId(self.creator_id),
            market: market(&self.market)?,
            amount: money(catalogue, self.amount, &self.unit)?,
            bank: money(catalogue, self.bank_amount, &self.bank_unit)?,
            reference: self.reference,
            batch: self.batch,
            proposed_by: self.proposed_by,
            hands: Vec::new(),
            proposed_at: self.proposed_at,
            hold_expires_on: self.hold_expires_on,
            state: state.ok_or_else(|| unreadable("state", &figures.state))?,
            events: figures.events,
            approved_by: figures.approved_by,
            moved_at: figures.moved_at,
            reason: figures.reason,
            bank_reference: figures.bank_reference,
            paid: figures.paid,
            rate: rate.map(|((rate_e8, source), day)| StatedRate {
                rate_e8,
                source,
                day,
            }),
            charged: figures.charged,
            carried: figures.carried,
        })
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = withholding_rules)]
pub(super) struct WithholdingRow {
    id: Uuid,
    payer_country: String,
    payee_country: String,
    payment_kind: String,
    valid_from: time::Date,
    rate_ppm: i32,
    legal_reference: String,
    stated_by: String,
    stated_at: OffsetDateTime,
}

impl WithholdingRow {
    pub(super) fn read(self) -> Result<WithholdingRule, DbError> {
        let kind = PaymentKind::parse(&self.payment_kind);
        Ok(WithholdingRule {
            id: WithholdingRuleId(self.id),
            route: Route {
                payer: market(&self.payer_country)?,
                payee: market(&self.payee_country)?,
                kind: kind.ok_or_else(|| unreadable("payment kind", &self.payment_kind))?,
            },
            valid_from: self.valid_from,
            rate_ppm: self.rate_ppm,
            legal_reference: self.legal_reference,
            stated_by: self.stated_by,
            stated_at: self.stated_at,
        })
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = exchange_rates)]
pub(super) struct ExchangeRow {
    id: Uuid,
    base: String,
    quote: String,
    day: time::Date,
    rate_e8: i64,
    source: String,
    stated_by: String,
    stated_at: OffsetDateTime,
}

impl ExchangeRow {
    pub(super) fn read(self, catalogue: &Catalogue) -> Result<ExchangeRate, DbError> {
        Ok(ExchangeRate {
            id: ExchangeRateId(self.id),
            base: unit(catalogue, &self.base)?,
            quote: unit(catalogue, &self.quote)?,
            stated: StatedRate {
                rate_e8: self.rate_e8,
                source: self.source,
                day: self.day,
            },
            stated_by: self.stated_by,
            stated_at: self.stated_at,
        })
    }
}
