//! Statements of several accounts: of a creator, a market, a lot or a pledge.

use std::collections::HashMap;

use actix_web::HttpResponse;
use time::{Date, OffsetDateTime};

use super::get::Get;
use super::params::Params;
use super::personal::Personal;
use super::statements::paper::written;
use super::statements::{accepted, most_lines, named};
use super::views::CombinedStatementOut;
use crate::db::read::{self, Connection, Known, ReadError, Sight, StatementHead, Whose};
use crate::domain::{CreatorId, LotId, Market, Pledge, PledgeId};
use crate::http::access::permission::{ReadHoldings, ReadLedger};
use crate::http::problem::{Problem, Reason};
use crate::http::wire::Day;
use crate::statements::{Form, Paper, Section, Subject};

/// One of more accounts isn't answered: narrow it down to a market, a creator or a lot.
pub(super) const MOST_ACCOUNTS: i64 = 2_000;

/// A statement of a pledge, or of a market, a creator or a lot of it
///
/// Every account that had a balance or moved on these days, each with its opening balance, its
/// lines and its closing balance, all as known at one moment. A draft: what was issued is made up
/// of the accounts' own statements, `GET /v1/statement-runs/{id}/statement`.
#[utoipa::path(get, path = "/v1/pledges/{id}/statement", tag = "statements",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("market" = Option<String>, Query, description = "Of this market"),
        ("creator_id" = Option<String>, Query, description = "Of this creator"),
        ("lot_id" = Option<String>, Query, description = "Of this lot"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The statement", content(
        (CombinedStatementOut = "application/json"), (String = "text/csv"),
        (String = "application/x-ndjson"), (String = "application/pdf"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "application/xml")))))]
pub async fn read_combined_statement(get: Get<ReadLedger>) -> Result<HttpResponse, Problem> {
    let form = accepted(&get)?;
    combined(&get, form).await
}

/// Whose accounts a statement of several is asked of: of one market, creator or lot, or of all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of {
    pub(super) market: Option<Market>,
    pub(super) creator: Option<CreatorId>,
    pub(super) lot: Option<LotId>,
}

impl Of {
    /// What the query asks for; more than one of them is declined.
    pub(super) fn asked(query: &mut Params<'_>) -> Self {
        let of = Of {
            market: query.market("market"),
            creator: query.id("creator_id"),
            lot: query.id("lot_id"),
        };
        let given = [of.market.is_some(), of.creator.is_some(), of.lot.is_some()];
        if given.iter().filter(|it| **it).count() > 1 {
            let detail = "a statement is of a market, a creator or a lot: of one of them";
            query.decline("market", detail);
        }
        of
    }

    /// What the paper says of that.
    pub(super) fn subject(self) -> Subject {
        let market = self.market.map(Subject::Market);
        let creator = self.creator.map(Subject::Creator);
        let lot = self.lot.map(Subject::Lot);
        market.or(creator).or(lot).unwrap_or(Subject::Pledge)
    }

    /// Of a pledge.
    pub(super) fn whose(self, pledge: PledgeId) -> Whose {
        Whose {
            pledge,
            market: self.market,
            creator: self.creator,
            lot: self.lot,
        }
    }

    /// The creator whose name it says, if it is one's, in that form and to that reader.
    pub(super) fn creator_named(self, get: &Get<ReadLedger>, form: Form) -> Option<CreatorId> {
        let may = get.sight().shows_names() && get.may::<ReadHoldings>();
        self.creator.filter(|_| may && form.names_creators())
    }
}

/// What the creator is called, if one is named that is in sight.
pub(super) async fn holder(
    connection: &mut Connection,
    sight: &Sight,
    creator: Option<CreatorId>,
) -> Result<Option<String>, ReadError> {
    match creator {
        Some(id) => Ok(read::creator(connection, sight, id)
            .await?
            .and_then(|it| it.name)),
        None => Ok(None),
    }
}

/// What is asked for.
struct Asked {
    pledge: PledgeId,
    of: Of,
    days: (Date, Date),
    known_at: Option<OffsetDateTime>,
}

fn asked(get: &Get<ReadLedger>) -> Result<Asked, Problem> {
    let pledge: PledgeId = get.id()?;
    let mut query = get.query_in_any_form();
    let days = query.days();
    let of = Of::asked(&mut query);
    let known_at = query.instant("known_at");
    query.finish()?;
    // Both are there, or finishing would have told.
    Ok(Asked {
        pledge,
        of,
        days: days.ok_or_else(Problem::internal)?,
        known_at,
    })
}

/// A statement but for its lines.
struct Begun {
    pledge: Pledge,
    known: Known,
    heads: Vec<StatementHead>,
    /// What is held of each account, by its number, if the statement is of the present.
    held: Option<HashMap<i32, i64>>,
    holder: Option<String>,
}

/// Reads all of it but the lines, in one snapshot; 404 if the pledge is out of sight.
async fn begin(get: &Get<ReadLedger>, asked: &Asked, form: Form) -> Result<Begun, Problem> {
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let (whose, known_at) = (asked.of.whose(asked.pledge), asked.known_at);
    let creator = asked.of.creator_named(get, form);
    // Holds are kept as they stand, so what is available is known of the present alone.
    let present = known_at.is_none() && asked.days.1 >= OffsetDateTime::now_utc().date();
    let present = present && sight.shows_creators();
    let reads = get.snapshot(async |connection| {
        let Some(pledge) = read::pledge(connection, catalogue, sight, whose.pledge).await? else {
            return Ok(None);
        };
        let cut = read::cut(connection, sight, whose.pledge, None, known_at).await?;
        let Some(cut) = cut else {
            return Ok(None);
        };
        let (days, most) = (asked.days, MOST_ACCOUNTS + 1);
        let heads =
            read::statement_heads(connection, catalogue, sight, whose, days, known_at, most)
                .await?;
        let held = match present {
            true => {
                let numbers: Vec<i32> = heads.iter().map(|it| it.account.number).collect();
                Some(read::held_of(connection, whose.pledge, &numbers).await?)
            }
            false => None,
        };
        Ok(Some(Begun {
            pledge,
            known: cut.known,
            heads,
            held,
            holder: holder(connection, sight, creator).await?,
        }))
    });
    reads.await?.ok_or_else(|| get.absent("pledge"))
}

async fn combined(get: &Get<ReadLedger>, form: Form) -> Result<HttpResponse, Problem> {
    let asked = asked(get)?;
    let begun = begin(get, &asked, form).await?;
    are_few_enough(begun.heads.len())?;
    let available: Vec<Option<i64>> = begun.heads.iter().map(|it| begun.available(it)).collect();
    let version = format!("{} {:?} {available:?}", begun.known.journal, begun.holder);
    let tag = get.tag(form.content_type(), &version);
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    if let (Some(creator), Some(_)) = (asked.of.creator, &begun.holder) {
        get.reads_personal_data(Personal::Names, &[creator]).await?;
    }
    let ((from, to), pledge) = (asked.days, asked.pledge);
    let paper = Paper {
        subject: asked.of.subject(),
        pledge,
        from,
        to,
        known: begun.known,
        sections: sections(get, form, &begun).await?,
        run: None,
        reference: begun.pledge.reference,
        donor: begun.pledge.donor,
        recipient: begun.pledge.recipient,
    };
    let mut response = written(get, paper, form, tag).await?;
    let name = format!("statement-{pledge}-{}-{}", Day(from), Day(to));
    named(&mut response, form, &name);
    Ok(response)
}

/// 422, if they are more accounts than are answered together.
pub(super) fn are_few_enough(accounts: usize) -> Result<(), Problem> {
    if accounts as i64 > MOST_ACCOUNTS {
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

/// 422: accounts have only so many lines together.
pub(super) fn too_long_together(form: Form, lines: i64, most: i64) -> Problem {
    let form = form.extension();
    let detail = format!(
        "the accounts have {lines} lines together, and as {form} at most {most} are answered: ask \
         for a market, a creator or a lot, or for the accounts one by one"
    );
    Problem::invalid(vec![Reason::new("market", "statement-too-long", detail)])
}

impl Begun {
    /// What of an account's closing balance isn't held, if the statement is of the present.
    fn available(&self, head: &StatementHead) -> Option<i64> {
        let held = self.held.as_ref()?.get(&head.account.number).copied();
        Some(head.closing() - held.unwrap_or_default())
    }
}

/// The accounts with their lines; 422 if these are too many together.
async fn sections(
    get: &Get<ReadLedger>,
    form: Form,
    begun: &Begun,
) -> Result<Vec<Section>, Problem> {
    let most = most_lines(get, form);
    let sight = get.sight();
    let mut sections = Vec::with_capacity(begun.heads.len());
    let mut told = 0;
    for head in &begun.heads {
        let mut lines = Vec::new();
        for stretch in &head.stretches {
            let part = get.look(async |connection| {
                read::statement_lines(connection, sight, head, *stretch).await
            });
            lines.extend(part.await?);
        }
        told += i64::try_from(lines.len()).unwrap_or(i64::MAX);
        if told > most {
            return Err(too_long_together(form, told, most));
        }
        sections.push(Section {
            holder: begun.holder.clone(),
            available: begun.available(head),
            lines,
            head: head.clone(),
            issue: None,
        });
    }
    Ok(sections)
}
