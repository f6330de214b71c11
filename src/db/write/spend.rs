//! Loading lots and where they are placed, campaigns, and what was reported of their days.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::clearings::load_clearings;
use super::lapses::load_lapses;
use crate::db::error::DbError;
use crate::db::lots::{LotFiguresRow, LotRow, read_lots};
use crate::db::rows::{market, unit, unreadable};
use crate::db::schema::{accounts, lot_figures, lots, obligations, spend_lines, spend_refunds};
use crate::domain::books::Books;
use crate::domain::spend::{Campaign, SpendLine, SpendState, Use};
use crate::domain::{
    AdAccountId, Catalogue, CreatorId, LotId, Needs, ObligationId, PledgeId, SpendLineId,
};

/// Campaigns by the platforms' own numbers, of the ad account and of the campaign in it. Compared
/// as a row, which only the index that begins with the campaign can answer: asked for equality of
/// each, a plan made while there were few campaigns goes through all of a pledge's.
#[derive(Debug, Default, QueryId)]
struct CampaignsByName {
    pledges: Vec<Uuid>,
    accounts: Vec<String>,
    campaigns: Vec<String>,
}

type CampaignRow = (
    Uuid,
    String,
    String,
    Uuid,
    Uuid,
    String,
    String,
    Uuid,
    String,
);

impl Query for CampaignsByName {
    type SqlType = (
        SqlUuid,
        Text,
        Text,
        SqlUuid,
        SqlUuid,
        Text,
        Text,
        SqlUuid,
        Text,
    );
}

impl QueryFragment<Pg> for CampaignsByName {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT w.pledge_id, w.account, w.campaign, o.id, a.id, a.platform, a.unit, \
             o.creator_id, o.market FROM unnest(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.pledges)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.accounts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.campaigns)?;
        out.push_sql(
            ") AS w (pledge_id, account, campaign) \
             JOIN ad_accounts a ON a.pledge_id = w.pledge_id AND a.reference = w.account \
             JOIN obligations o ON o.campaign IS NOT NULL \
             AND (o.campaign, o.ad_account_id, o.pledge_id) \
             BETWEEN (w.campaign, a.id, a.pledge_id) AND (w.campaign, a.id, a.pledge_id)",
        );
        Ok(())
    }
}

/// Loads campaigns. Their terms never change.
pub(super) async fn load_campaigns(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.campaigns.is_empty() {
        return Ok(());
    }
    let mut query = CampaignsByName::default();
    for (pledge, account, campaign) in &needs.campaigns {
        query.pledges.push(pledge.0);
        query.accounts.push(account.clone());
        query.campaigns.push(campaign.clone());
        let name = (*pledge, account.clone(), campaign.clone());
        books.campaigns.insert(name, None);
    }
    let rows: Vec<CampaignRow> = query.load(&mut connection).await?;
    for (pledge, account, name, obligation, ad_account, platform, code, creator, of) in rows {
        let campaign = Campaign {
            name: name.clone(),
            obligation: ObligationId(obligation),
            ad_account: AdAccountId(ad_account),
            platform,
            unit: unit(catalogue, &code)?,
            creator: CreatorId(creator),
            market: market(&of)?,
        };
        let name = (PledgeId(pledge), account, name);
        books.campaigns.insert(name, Some(campaign));
    }
    Ok(())
}

/// Loads what an import or a refund asks of spend.
pub(super) async fn load_spend(
    connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    load_placed(connection, catalogue, needs, books).await?;
    load_lapses(connection, catalogue, needs, books).await?;
    load_paid_campaigns(connection, needs, books).await?;
    load_names(connection, needs, books).await?;
    load_lines(connection, needs, books).await?;
    load_clearings(connection, needs, books).await?;
    load_refunds(connection, needs, books).await
}

/// Loads the lots placed in ad accounts.
async fn load_placed(
    mut connection: &AsyncPgConnection,
    catalogue: &Catalogue,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, ad_account) in &needs.placed {
        let placed = accounts::pledge_id
            .eq(lots::pledge_id)
            .and(accounts::lot_id.eq(lots::id.nullable()));
        let rows: Vec<(LotRow, LotFiguresRow)> = accounts::table
            .inner_join(lots::table.on(placed))
            .inner_join(lot_figures::table.on(lot_figures::id.eq(lots::id)))
            .filter(accounts::pledge_id.eq(pledge.0))
            .filter(accounts::ad_account_id.eq(ad_account.0))
            .select((LotRow::as_select(), LotFiguresRow::as_select()))
            .load(&mut connection)
            .await?;
        books.placed.insert(*ad_account, Vec::new());
        for lot in read_lots(connection, catalogue, rows).await? {
            books.place(*ad_account, lot);
        }
    }
    Ok(())
}

async fn load_paid_campaigns(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, ad_account, campaign) in &needs.paid_campaigns {
        let known = obligations::table
            .filter(obligations::pledge_id.eq(pledge.0))
            .filter(obligations::ad_account_id.eq(ad_account.0))
            .filter(obligations::campaign.eq(campaign));
        let exists = diesel::select(diesel::dsl::exists(known));
        let paid = exists.get_result(&mut connection).await?;
        let name = (*ad_account, campaign.clone());
        books.paid_campaigns.insert(name, paid);
    }
    Ok(())
}

async fn load_names(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, id) in &needs.spend_names {
        let found: Option<(Uuid, time::Date)> = spend_lines::table
            .filter(spend_lines::pledge_id.eq(pledge.0))
            .filter(spend_lines::id.eq(id.0))
            .select((spend_lines::obligation_id, spend_lines::day))
            .first(&mut connection)
            .await
            .optional()?;
        let found = found.map(|(obligation, day)| (ObligationId(obligation), day));
        books.spend_names.insert(*id, found);
    }
    Ok(())
}

async fn load_refunds(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    for (pledge, obligation, day, reference) in &needs.refunds {
        let known = spend_refunds::table
            .filter(spend_refunds::pledge_id.eq(pledge.0))
            .filter(spend_refunds::obligation_id.eq(obligation.0))
            .filter(spend_refunds::day.eq(day))
            .filter(spend_refunds::reference.eq(reference));
        let exists = diesel::select(diesel::dsl::exists(known));
        let taken = exists.get_result(&mut connection).await?;
        let name = (*obligation, *day, reference.clone());
        books.refunds.insert(name, taken);
    }
    Ok(())
}

/// The latest line of each campaign and day, the lots it stands in, and what was refunded of it.
/// Asked for by runs of days: a file brings many, of which a campaign has none or nearly all.
#[derive(Debug, Default, QueryId)]
struct LatestLines {
    pledges: Vec<Uuid>,
    obligations: Vec<Uuid>,
    firsts: Vec<time::Date>,
    lasts: Vec<time::Date>,
}

type LineRow = (
    (Uuid, Uuid, time::Date, i32, Uuid, Uuid, String, i64, i64),
    (i64, Option<i64>, Uuid, i32, i16),
    (Vec<Uuid>, Vec<i64>, i64, i64),
);

impl Query for LatestLines {
    type SqlType = (
        (
            SqlUuid,
            SqlUuid,
            Date,
            Integer,
            SqlUuid,
            SqlUuid,
            Text,
            BigInt,
            BigInt,
        ),
        (BigInt, Nullable<BigInt>, SqlUuid, Integer, SmallInt),
        (Array<SqlUuid>, Array<BigInt>, BigInt, BigInt),
    );
}

impl LatestLines {
    /// What is asked for, as runs of days one after the other.
    fn of(needs: &Needs) -> Self {
        let mut wanted: Vec<_> = needs.spend.iter().collect();
        wanted.sort_unstable();
        let mut query = LatestLines::default();
        let mut before = None;
        for (pledge, obligation, day) in wanted {
            match query.lasts.last_mut() {
                Some(last)
                    if before == Some((pledge, obligation)) && last.next_day() == Some(*day) =>
                {
                    *last = *day;
                }
                _ => {
                    query.pledges.push(pledge.0);
                    query.obligations.push(obligation.0);
                    query.firsts.push(*day);
                    query.lasts.push(*day);
                }
            }
            before = Some((pledge, obligation));
        }
        query
    }

    /// What was refunded of a line, as credits or in cash.
    fn refunded(out: &mut AstPass<'_, '_, Pg>, in_cash: bool) -> QueryResult<()> {
        out.push_sql(
            ", (SELECT coalesce(sum(r.amount), 0)::bigint FROM spend_refunds r \
             WHERE r.pledge_id = s.pledge_id AND r.obligation_id = s.obligation_id \
               AND r.day = s.day AND r.in_cash = ",
        );
        out.push_sql(if in_cash { "true)" } else { "false)" });
        Ok(())
    }
}

impl QueryFragment<Pg> for LatestLines {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        const ONLY: &str = "CASE WHEN s.attributions = 0 AND s.lot_id IS NOT NULL THEN ARRAY[s.";
        const OF_LINE: &str = " FROM spend_uses u WHERE u.pledge_id = s.pledge_id \
            AND u.obligation_id = s.obligation_id AND u.day = s.day \
            AND u.revision = s.revision AND u.attribution = s.attributions ORDER BY u.place) END";
        out.push_sql(
            "SELECT s.pledge_id, s.obligation_id, s.day, s.revision, s.id, s.ad_account_id, \
             s.state, s.cash_spend, s.voucher_spend, s.suspended, s.journal, s.import_id, \
             s.line, s.attributions, ",
        );
        out.push_sql(ONLY);
        out.push_sql("lot_id] ELSE ARRAY(SELECT u.lot_id");
        out.push_sql(OF_LINE);
        out.push_sql(", ");
        out.push_sql(ONLY);
        out.push_sql("voucher_spend] ELSE ARRAY(SELECT u.amount");
        out.push_sql(OF_LINE);
        Self::refunded(&mut out, false)?;
        Self::refunded(&mut out, true)?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.pledges)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.obligations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Date>, _>(&self.firsts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Date>, _>(&self.lasts)?;
        out.push_sql(
            ") AS w (pledge_id, obligation_id, first, last) CROSS JOIN LATERAL (\
             SELECT DISTINCT ON (l.day) l.*, \
               (SELECT coalesce(max(a.number), 0)::smallint FROM spend_attributions a \
               WHERE a.pledge_id = l.pledge_id AND a.obligation_id = l.obligation_id \
                 AND a.day = l.day AND a.revision = l.revision) AS attributions \
             FROM spend_lines l WHERE l.pledge_id = w.pledge_id \
             AND l.obligation_id = w.obligation_id AND l.day BETWEEN w.first AND w.last \
             ORDER BY l.day DESC, l.revision DESC) AS s",
        );
        Ok(())
    }
}

async fn load_lines(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    if needs.spend.is_empty() {
        return Ok(());
    }
    let absent = needs.spend.iter();
    let absent = absent.map(|(_, obligation, day)| ((*obligation, *day), None));
    books.spend.extend(absent);
    let rows: Vec<LineRow> = LatestLines::of(needs).load(&mut connection).await?;
    for (report, posted, (in_lots, amounts, refunded, refunded_in_cash)) in rows {
        let (pledge, obligation, day, revision, id, ad_account, state, cash, voucher) = report;
        let (suspended, journal, import, line, attributions) = posted;
        let uses = in_lots.into_iter().zip(amounts).map(|(lot, amount)| Use {
            lot: LotId(lot),
            amount,
        });
        let line = SpendLine {
            id: SpendLineId(id),
            pledge: PledgeId(pledge),
            obligation: ObligationId(obligation),
            ad_account: AdAccountId(ad_account),
            day,
            revision,
            state: SpendState::parse(&state).ok_or_else(|| unreadable("state", &state))?,
            cash,
            voucher,
            suspended,
            journal,
            import,
            line,
            uses: uses.collect(),
            attributions,
            refunded,
            refunded_in_cash,
        };
        books.spend.insert((line.obligation, day), Some(line));
    }
    Ok(())
}
