//! Payouts, and the rules of what is withheld before: loading them and their rows.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use diesel::pg::Pg;
use diesel::sql_types::Uuid as SqlUuid;

use super::columns::{Columns, insert_columns};
use super::post::Rows;
use crate::db::error::DbError;
use crate::db::rows::{PayoutFigures, PayoutRow, WithholdingRow};
use crate::db::schema::{payout_figures, payouts, withholding_rules};
use crate::domain::books::{Books, Changes};
use crate::domain::payout::PayoutState;
use crate::domain::withholding::Route;
use crate::domain::{Catalogue, Needs};

insert_columns! {
    InsertWithholdingRules into "withholding_rules" {
        id: Uuid => SqlUuid,
        payer_country: String => Text,
        payee_country: String => Text,
        payment_kind: &'static str => Text,
        valid_from: time::Date => Date,
        rate_ppm: i32 => Integer,
        legal_reference: String => Text,
        stated_by: String => Text,
        stated_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertPayouts into "payouts" {
        pledge_id: Uuid => SqlUuid,
        id: Uuid => SqlUuid,
        creator_id: Uuid => SqlUuid,
        market: String => Text,
        unit: String => Text,
        amount: i64 => BigInt,
        bank_unit: String => Text,
        bank_amount: i64 => BigInt,
        reference: String => Text,
        batch: Option<String> => Nullable<Text>,
        proposed_by: String => Text,
        proposed_at: OffsetDateTime => Timestamptz,
        hold_expires_on: time::Date => Date,
    }
}

insert_columns! {
    InsertPayoutEvents into "payout_events" {
        pledge_id: Uuid => SqlUuid,
        payout_id: Uuid => SqlUuid,
        seq: i16 => SmallInt,
        state: &'static str => Text,
        at: OffsetDateTime => Timestamptz,
        actor: String => Text,
        journal: Option<i64> => Nullable<BigInt>,
        reason: Option<String> => Nullable<Text>,
        bank_reference: Option<String> => Nullable<Text>,
    }
}

impl Rows {
    /// Withholding rules, payouts, and what happened to payouts.
    pub(super) fn pay_out(&mut self, changes: &Changes) {
        for rule in &changes.withholding_rules {
            self.withholding_rules.push(
                rule.id.0,
                rule.route.payer.to_string(),
                rule.route.payee.to_string(),
                rule.route.kind.as_str(),
                rule.valid_from,
                rule.rate_ppm,
                rule.legal_reference.clone(),
                rule.stated_by.clone(),
                rule.stated_at,
            );
        }
        for payout in &changes.payouts {
            self.payouts.push(
                payout.pledge.0,
                payout.id.0,
                payout.creator.0,
                payout.market.to_string(),
                payout.amount.unit().to_string(),
                payout.amount.minor(),
                payout.bank.unit().to_string(),
                payout.bank.minor(),
                payout.reference.clone(),
                payout.batch.clone(),
                payout.proposed_by.clone(),
                payout.proposed_at,
                payout.hold_expires_on,
            );
        }
        for (event, journal) in &changes.payout_events {
            let payout = &event.payout;
            self.payout_events.push(
                payout.pledge.0,
                payout.id.0,
                payout.events,
                payout.state.as_str(),
                payout.moved_at.unwrap_or(payout.proposed_at),
                event.actor.clone(),
                *journal,
                payout.reason.clone(),
                payout
                    .bank_reference
                    .clone()
                    .filter(|_| payout.state == PayoutState::Settled),
            );
        }
    }
}

pub(super) async fn load_payouts(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.payouts.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = needs.payouts.iter().map(|id| id.0).collect();
    let rows: Vec<(PayoutRow, PayoutFigures)> = payouts::table
        .inner_join(payout_figures::table.on(payout_figures::id.eq(payouts::id)))
        .filter(payouts::id.eq_any(ids))
        .select((PayoutRow::as_select(), PayoutFigures::as_select()))
        .load(&mut connection)
        .await?;
    let absent = needs.payouts.iter().map(|id| (*id, None));
    books.payouts.extend(absent);
    for (row, figures) in rows {
        let payout = row.read(figures, catalogue)?;
        books.payouts.insert(payout.id, Some(payout));
    }
    Ok(())
}

/// Rules are few and asked for by few, so a statement each.
pub(super) async fn load_withholding(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let of = |route: &Route| {
        withholding_rules::payer_country
            .eq(route.payer.to_string())
            .and(withholding_rules::payee_country.eq(route.payee.to_string()))
            .and(withholding_rules::payment_kind.eq(route.kind.as_str()))
    };
    for (route, day) in &needs.withholding_rules {
        let row: Option<WithholdingRow> = withholding_rules::table
            .filter(of(route))
            .filter(withholding_rules::valid_from.le(*day))
            .order(withholding_rules::valid_from.desc())
            .select(WithholdingRow::as_select())
            .first(&mut connection)
            .await
            .optional()?;
        let rule = row.map(WithholdingRow::read).transpose()?;
        books.withholding_rules.insert((*route, *day), rule);
    }
    for (route, day) in &needs.withholding_days {
        let known = withholding_rules::table
            .filter(of(route))
            .filter(withholding_rules::valid_from.eq(*day));
        let exists = diesel::select(diesel::dsl::exists(known));
        let taken = exists.get_result(&mut connection).await?;
        books.withholding_days.insert((*route, *day), taken);
    }
    Ok(())
}
