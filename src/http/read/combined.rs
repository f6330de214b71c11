//! Statements of several accounts: of a creator, a market, a lot or a pledge.

use actix_web::HttpResponse;
use time::{Date, OffsetDateTime};

use super::get::Get;
use super::personal::Personal;
use super::statements::paper::written;
use super::statements::{accepted, most_lines, named, too_long};
use super::views::StatementOut;
use crate::db::read::{self, StatementHead, Whose};
use crate::domain::{CreatorId, LotId, Market, PledgeId};
use crate::http::access::permission::{ReadHoldings, ReadLedger};
use crate::http::problem::{Problem, Reason};
use crate::http::wire::Day;
use crate::statements::{Form, Paper, Section, Subject};

/// One of more accounts isn't answered: narrow it down to a market, a creator or a lot.
const MOST_ACCOUNTS: i64 = 2_000;

/// A statement of a pledge, or of a market, a creator or a lot of it
///
/// Every account that had a balance or moved on these days, each with its opening balance, its
/// lines and its closing balance, all as known at one moment. A draft: statements that are issued
/// are of one account each.
#[utoipa::path(get, path = "/v1/pledges/{id}/statement", tag = "statements",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("market" = Option<String>, Query, description = "Of this market"),
        ("creator_id" = Option<String>, Query, description = "Of this creator"),
        ("lot_id" = Option<String>, Query, description = "Of this lot"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content(
        (StatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_combined_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = accepted(&get)?;
    combined(&get, form).await
}

/// What is asked for: whose accounts, and what the paper says of that.
fn subject(
    market: Option<Market>,
    creator: Option<CreatorId>,
    lot: Option<LotId>,
) -> Option<Subject> {
    match (market, creator, lot) {
        (None, None, None) => Some(Subject::Pledge),
        (Some(market), None, None) => Some(Subject::Market(market)),
        (None, Some(creator), None) => Some(Subject::Creator(creator)),
        (None, None, Some(lot)) => Some(Subject::Lot(lot)),
        _ => None,
    }
}

/// What is asked for.
struct Asked {
    whose: Whose,
    subject: Subject,
    days: (Date, Date),
    known_at: Option<OffsetDateTime>,
}

fn asked(get: &Get<ReadLedger>) -> Result<Asked, Problem> {
    let pledge: PledgeId = get.id()?;
    let mut query = get.query_in_any_form();
    let days = query.days();
    let whose = Whose {
        pledge,
        market: query.market("market"),
        creator: query.id("creator_id"),
        lot: query.id("lot_id"),
    };
    let known_at = query.instant("known_at");
    let subject = subject(whose.market, whose.creator, whose.lot);
    if subject.is_none() {
        let detail = "a statement is of a market, a creator or a lot: of one of them";
        query.decline("market", detail);
    }
    query.finish()?;
    // All are there, or finishing would have told.
    Ok(Asked {
        whose,
        subject: subject.ok_or_else(Problem::internal)?,
        days: days.ok_or_else(Problem::internal)?,
        known_at,
    })
}

async fn combined(get: &Get<ReadLedger>, form: Form) -> Result<HttpResponse, Problem> {
    let Asked {
        whose,
        subject,
        days,
        known_at,
    } = asked(get)?;
    let ((from, to), pledge) = (days, whose.pledge);
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let names = sight.shows_names() && get.may::<ReadHoldings>();
    let reads = get.snapshot(async |connection| {
        let Some(found) = read::pledge(connection, catalogue, sight, pledge).await? else {
            return Ok(None);
        };
        let Some(cut) = read::cut(connection, sight, pledge, None, known_at).await? else {
            return Ok(None);
        };
        let most = MOST_ACCOUNTS + 1;
        let heads = read::statement_heads(
            connection,
            catalogue,
            sight,
            whose,
            (from, to),
            known_at,
            most,
        );
        let heads = heads.await?;
        let holder = match whose.creator.filter(|_| names) {
            Some(id) => read::creator(connection, sight, id)
                .await?
                .and_then(|it| it.name),
            None => None,
        };
        Ok(Some((found, cut.known, heads, holder)))
    });
    let (found, known, heads, holder) = reads.await?.ok_or_else(|| get.absent("pledge"))?;
    are_few_enough(&heads)?;
    let tag = get.tag(
        form.content_type(),
        &format!("{} {holder:?}", known.journal),
    );
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    if let (Some(creator), Some(_)) = (whose.creator, &holder) {
        get.reads_personal_data(Personal::Names, &[creator]).await?;
    }
    let paper = Paper {
        subject,
        pledge,
        reference: found.reference,
        donor: found.donor,
        recipient: found.recipient,
        from,
        to,
        known,
        sections: sections(get, form, heads, holder.as_deref()).await?,
        issue: None,
    };
    let mut response = written(get, paper, form, tag).await?;
    let name = format!("statement-{pledge}-{}-{}", Day(from), Day(to));
    named(&mut response, form, &name);
    Ok(response)
}

/// 422, if they are more accounts than are answered together.
fn are_few_enough(heads: &[StatementHead]) -> Result<(), Problem> {
    if heads.len() as i64 > MOST_ACCOUNTS {
        let detail = format!(
            "more than {MOST_ACCOUNTS} accounts had a balance or moved on these days: ask for a \
             market, a creator or a lot"
        );
        return Err(Problem::invalid(vec![Reason::new(
            "market",
            "statement-too-long",
            detail,
        )]));
    }
    Ok(())
}

/// The accounts with their lines; 422 if these are too many together.
async fn sections(
    get: &Get<ReadLedger>,
    form: Form,
    heads: Vec<StatementHead>,
    holder: Option<&str>,
) -> Result<Vec<Section>, Problem> {
    let most = most_lines(get, form);
    let sight = get.sight();
    let mut sections = Vec::with_capacity(heads.len());
    let mut told = 0;
    for head in heads {
        let mut lines = Vec::new();
        for stretch in &head.stretches {
            let part = get.look(async |connection| {
                read::statement_lines(connection, sight, &head, *stretch).await
            });
            lines.extend(part.await?);
        }
        told += i64::try_from(lines.len()).unwrap_or(i64::MAX);
        if told > most {
            return Err(too_long(form, told, most));
        }
        sections.push(Section {
            holder: holder.map(str::to_owned),
            available: None,
            lines,
            head,
        });
    }
    Ok(sections)
}
