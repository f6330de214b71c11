//! Payouts, and the rules of what is withheld before: loading them and their rows.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use diesel::pg::Pg;
use diesel::sql_types::Uuid as SqlUuid;

use super::columns::{Columns, insert_columns};
use super::order::in_order;
use super::post::Rows;
use crate::db::error::DbError;
use crate::db::rows::{PayoutFigures, PayoutRow, WithholdingRow};
use crate::db::schema::{accounts, payout_figures, payout_hands, payouts, withholding_rules};
use crate::domain::books::{Books, Changes};
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::payout::{Hand, PayoutState};
use crate::domain::person::Person;
use crate::domain::withholding::{Route, WithholdingRule};
use crate::domain::{Catalogue, Needs};

#[diesel::declare_sql_function]
extern "SQL" {
    fn carried_of(pledge: SqlUuid, account_number: Integer) -> BigInt;
}

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
        rate_e8: Option<i64> => Nullable<BigInt>,
        rate_source: Option<String> => Nullable<Text>,
        rate_day: Option<time::Date> => Nullable<Date>,
        proposer_identity: Option<String> => Nullable<Text>,
        approval_id: Option<Uuid> => Nullable<SqlUuid>,
    }
}

insert_columns! {
    InsertExchangeRates into "exchange_rates" {
        id: Uuid => SqlUuid,
        base: String => Text,
        quote: String => Text,
        day: time::Date => Date,
        rate_e8: i64 => BigInt,
        source: String => Text,
        stated_by: String => Text,
        stated_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertStatedRates into "stated_rates" {
        pledge_id: Uuid => SqlUuid,
        journal: i64 => BigInt,
        unit: String => Text,
        rate_e8: i64 => BigInt,
        source: String => Text,
        day: time::Date => Date,
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
        identity: Option<String> => Nullable<Text>,
    }
}

impl Rows {
    /// Withholding rules and exchange rates.
    pub(super) fn state(&mut self, changes: &Changes) {
        let unique = |it: &WithholdingRule| {
            let Route { payer, payee, kind } = it.route;
            (
                payer.to_string(),
                payee.to_string(),
                kind.as_str(),
                it.valid_from,
            )
        };
        for rule in in_order(&changes.withholding_rules, unique) {
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
        let unique = |it: &ExchangeRate| {
            let StatedRate { day, source, .. } = &it.stated;
            (
                it.base.to_string(),
                it.quote.to_string(),
                *day,
                source.clone(),
            )
        };
        for rate in in_order(&changes.exchange_rates, unique) {
            self.exchange_rates.push(
                rate.id.0,
                rate.base.to_string(),
                rate.quote.to_string(),
                rate.stated.day,
                rate.stated.rate_e8,
                rate.stated.source.clone(),
                rate.stated_by.clone(),
                rate.stated_at,
            );
        }
    }

    /// Payouts, and what happened to them.
    pub(super) fn pay_out(&mut self, changes: &Changes) {
        for (payout, approval) in &changes.payouts {
            let proposer = payout.hands.iter().find(|hand| !hand.approved);
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
                payout.rate.as_ref().map(|it| it.rate_e8),
                payout.rate.as_ref().map(|it| it.source.clone()),
                payout.rate.as_ref().map(|it| it.day),
                proposer.and_then(|hand| hand.who.identity.clone()),
                approval.map(|id| id.0),
            );
        }
        for (pledge, journal, unit, rate) in &changes.stated_rates {
            let source = rate.source.clone();
            let unit = unit.to_string();
            self.stated_rates
                .push(pledge.0, *journal, unit, rate.rate_e8, source, rate.day);
        }
        self.move_payouts(changes);
    }

    fn move_payouts(&mut self, changes: &Changes) {
        for (event, journal) in &changes.payout_events {
            let payout = &event.payout;
            self.payout_events.push(
                payout.pledge.0,
                payout.id.0,
                payout.events,
                payout.state.as_str(),
                payout.moved_at.unwrap_or(payout.proposed_at),
                event.by.name.clone(),
                *journal,
                payout.reason.clone(),
                payout
                    .bank_reference
                    .clone()
                    .filter(|_| payout.state == PayoutState::Settled),
                event.by.identity.clone(),
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
        .filter(payouts::id.eq_any(&ids))
        .select((PayoutRow::as_select(), PayoutFigures::as_select()))
        .load(&mut connection)
        .await?;
    let hands: Vec<(Uuid, String, Option<String>, String)> = payout_hands::table
        .filter(payout_hands::payout_id.eq_any(&ids))
        .select((
            payout_hands::payout_id,
            payout_hands::name,
            payout_hands::identity,
            payout_hands::did,
        ))
        .load(&mut connection)
        .await?;
    let absent = needs.payouts.iter().map(|id| (*id, None));
    books.payouts.extend(absent);
    for (row, figures) in rows {
        let mut payout = row.read(figures, catalogue)?;
        let own = hands.iter().filter(|(id, ..)| *id == payout.id.0);
        let hand = |(_, name, identity, did): &(_, String, Option<String>, String)| Hand {
            who: Person {
                name: name.clone(),
                identity: identity.clone(),
            },
            approved: did == "approved",
        };
        payout.hands = own.map(hand).collect();
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

/// The rates of these names that are stated, whatever their number in one statement.
#[derive(Debug, Default, QueryId)]
struct RatesByName {
    bases: Vec<String>,
    quotes: Vec<String>,
    days: Vec<time::Date>,
    sources: Vec<String>,
}

impl Query for RatesByName {
    type SqlType = (Text, Text, Date, Text, BigInt);
}

impl QueryFragment<Pg> for RatesByName {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT base, quote, day, source, rate_e8 FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.bases)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.quotes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Date>, _>(&self.days)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.sources)?;
        out.push_sql(
            ") AS wanted (base, quote, day, source) \
             JOIN exchange_rates USING (base, quote, day, source)",
        );
        Ok(())
    }
}

async fn load_rates(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.exchange_rates.is_empty() {
        return Ok(());
    }
    let mut wanted = RatesByName::default();
    for name in &needs.exchange_rates {
        let (base, quote, day, source) = name.clone();
        wanted.bases.push(base);
        wanted.quotes.push(quote);
        wanted.days.push(day);
        wanted.sources.push(source);
        books.exchange_rates.insert(name.clone(), None);
    }
    let rows: Vec<(String, String, time::Date, String, i64)> = wanted.load(&mut connection).await?;
    for (base, quote, day, source, rate_e8) in rows {
        let name = (base, quote, day, source);
        books.exchange_rates.insert(name, Some(rate_e8));
    }
    Ok(())
}

/// What accounts in other currencies carry, and which currencies markets have.
pub(super) async fn load_exchange(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for market in &needs.currencies {
        let mut all = catalogue.markets.iter();
        let facts = all.find(|facts| facts.code == *market);
        let currency = facts.map_or_else(String::new, |facts| facts.currency.clone());
        books.currencies.insert(*market, currency);
    }
    load_rates(connection, needs, books).await?;
    for (pledge, key) in &needs.carried {
        let carried: Option<i64> = accounts::table
            .filter(accounts::pledge_id.eq(pledge.0))
            .filter(accounts::address.eq(key.address()))
            .select(carried_of(accounts::pledge_id, accounts::number))
            .first(&mut connection)
            .await
            .optional()?;
        let name = (*pledge, key.clone());
        books.carried.insert(name, carried.unwrap_or(0));
    }
    Ok(())
}
