//! Audit packs: all of a pledge in one file.

use actix_web::HttpResponse;
use actix_web::http::header;
use time::{Date, OffsetDateTime};

use super::get::Get;
use crate::db::read::{
    self, Account, AccountFilter, AccountWindow, JournalWindow, StatementFilter, Window,
};
use crate::domain::PledgeId;
use crate::domain::statement::Statement;
use crate::exports::{Export, Form, Head};
use crate::http::accept::negotiate;
use crate::http::access::permission::ReadAuditTrail;
use crate::http::etag;
use crate::http::problem::{Problem, Reason};
use crate::http::wire::{Day, Instant};
use crate::packs::{self, Books, Scope, Unwritable, Writer};
use crate::reports::{self, lots};
use crate::statements;
use crate::tlog::LogError;

const ZIP: &str = "application/zip";

/// How many journals, accounts, statements are read at once.
const STRETCH: i64 = 1_000;

/// A pack of more journals isn't drawn at once.
const MOST_JOURNALS: i64 = 250_000;

/// The journal's forms, and what they are called in the pack.
const JOURNALS: [(Form, &str); 5] = [
    (Form::Hledger, "journal/journal.hledger"),
    (Form::Beancount, "journal/journal.beancount"),
    (Form::GlDetail, "journal/gl-detail.csv"),
    (Form::TrialBalance, packs::TRIAL_BALANCE),
    (Form::Fec, "journal/fec.txt"),
];

/// Draw an audit pack
///
/// One ZIP of all of a pledge, for whoever checks it without this service: every journal as the log
/// has it, with the signed root over them; the same for hledger, beancount and auditors' programs;
/// the trial balance; the statements issued for these days; lots, approvals, and who could do what;
/// an index of all with SHA-256 and control totals, signed. `almoner verify` checks it with the
/// public key alone. With the same `known_at`, of which the answer tells, it is the same to the
/// byte.
#[utoipa::path(get, path = "/v1/pledges/{id}/audit-pack", tag = "reports",
    params(
        ("from" = String, Query, description = "The first day"),
        ("to" = String, Query, description = "The last day"),
        ("known_at" = Option<String>, Query, description = "With what was recorded by then")),
    responses((status = 200, description = "The pack", content_type = "application/zip",
        body = String)))]
pub async fn draw_audit_pack(get: Get<ReadAuditTrail>) -> Result<HttpResponse, Problem> {
    negotiate(get.request().headers(), &[ZIP])?;
    let id: PledgeId = get.id()?;
    let mut query = get.query_in_any_form();
    let days = query.days();
    let known_at = query.instant("known_at");
    query.finish()?;
    // Both are there, or finishing would have told.
    let days = days.ok_or_else(Problem::internal)?;
    let known_at = match known_at {
        Some(moment) => moment,
        None => last_moment(&get, id).await?,
    };
    let drawing = Drawing::begin(&get, id, days, known_at).await?;
    let name = format!(
        "attachment; filename=\"audit-pack-{id}-{}-{}.zip\"",
        Day(days.0),
        Day(days.1)
    );
    let bytes = drawing.draw().await?;
    let mut response = etag::respond(get.request().headers(), None, ZIP, bytes);
    if let Ok(name) = header::HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// When something of the pledge was last recorded. Everything of a pledge is recorded under its
/// lock, one after the other: so nothing can still come in that was recorded before.
async fn last_moment(get: &Get<ReadAuditTrail>, id: PledgeId) -> Result<OffsetDateTime, Problem> {
    let found = get.look(async |connection| read::last_recorded(connection, id).await);
    found.await?.ok_or_else(|| get.absent("pledge"))
}

/// A pack that is being drawn.
pub(super) struct Drawing<'a> {
    pub(super) get: &'a Get<ReadAuditTrail>,
    pub(super) pledge: PledgeId,
    days: (Date, Date),
    pub(super) known_at: OffsetDateTime,
    known_journal: i64,
    head: Head,
    accounts: Vec<Account>,
}

pub(super) fn unwritable(error: Unwritable) -> Problem {
    log::error!("an audit pack can't be written: {error}");
    Problem::internal()
}

fn unlogged(error: LogError) -> Problem {
    log::error!("an audit pack can't be drawn: {error}");
    Problem::unavailable()
}

impl<'a> Drawing<'a> {
    async fn begin(
        get: &'a Get<ReadAuditTrail>,
        pledge: PledgeId,
        days: (Date, Date),
        known_at: OffsetDateTime,
    ) -> Result<Self, Problem> {
        let (catalogue, sight) = (get.catalogue(), get.sight());
        let reads = get.snapshot(async |connection| {
            let cut = read::cut(connection, sight, pledge, None, Some(known_at)).await?;
            let found = read::pledge(connection, catalogue, sight, pledge).await?;
            let (mut accounts, mut after) = (Vec::new(), None);
            loop {
                let filter = AccountFilter {
                    pledge: Some(pledge),
                    ..AccountFilter::default()
                };
                let window = AccountWindow {
                    after,
                    limit: STRETCH,
                    known_at: Some(known_at),
                };
                let page = read::list_accounts(connection, catalogue, sight, &filter, window);
                let page = page.await?;
                after = page.last;
                accounts.extend(page.page.data.into_iter().filter(|it| it.entries > 0));
                if !page.page.has_more {
                    return Ok((cut.zip(found), accounts));
                }
            }
        });
        let (found, accounts) = reads.await?;
        let (cut, found) = found.ok_or_else(|| get.absent("pledge"))?;
        let known_journal = cut.known.journal;
        if known_journal > MOST_JOURNALS {
            let detail = format!(
                "the pledge had {known_journal} journals, and a pack has at most {MOST_JOURNALS}: \
                 take the journal's exports, which have no limit"
            );
            return Err(Problem::invalid(vec![Reason::new(
                "to",
                "pack-too-long",
                detail,
            )]));
        }
        Ok(Drawing {
            get,
            pledge,
            days,
            known_at,
            known_journal,
            head: Head {
                pledge,
                reference: found.reference,
                functional_unit: found.total.unit().clone(),
                journals: known_journal,
            },
            accounts,
        })
    }

    async fn draw(self) -> Result<Vec<u8>, Problem> {
        let mut writer = Writer::default();
        writer
            .file("README.txt", packs::README)
            .map_err(unwritable)?;
        let books = self.leaves(&mut writer).await?;
        for (form, name) in JOURNALS {
            writer.begin(name).map_err(unwritable)?;
            self.journal(form, &mut writer).await?;
        }
        let statements = self.statements(&mut writer).await?;
        self.lots(&mut writer).await?;
        self.approvals(&mut writer).await?;
        self.users(&mut writer).await?;
        let scope = Scope {
            pledge_id: self.pledge.to_string(),
            reference: self.head.reference.clone(),
            from: Day(self.days.0).to_string(),
            to: Day(self.days.1).to_string(),
            known_at: Instant(self.known_at).to_string(),
            known_journal: self.known_journal,
        };
        let log = &self.get.state().log;
        let sign = |text: &str| log.sign_of(self.pledge, "packs", text);
        writer
            .end(scope, books.totals(statements), sign)
            .map_err(unwritable)
    }

    /// Every leaf up to the checkpoint that has all journals known, and the books they tell.
    async fn leaves(&self, writer: &mut Writer) -> Result<Books, Problem> {
        let log = &self.get.state().log;
        let checkpoint = log.first_with(self.pledge, self.known_journal).await;
        let checkpoint = checkpoint.map_err(unlogged)?;
        writer
            .file(packs::CHECKPOINT, checkpoint.note.as_bytes())
            .map_err(unwritable)?;
        writer.begin(packs::LEAVES).map_err(unwritable)?;
        let (mut books, mut first) = (Books::default(), 0);
        while first < checkpoint.head.size {
            let end = checkpoint.head.size.min(first + STRETCH.unsigned_abs());
            let leaves = log
                .leaves_of(self.pledge, first, end)
                .await
                .map_err(unlogged)?;
            for leaf in &leaves {
                if books.journals() < self.known_journal {
                    books.read(leaf, &self.pledge.to_string()).map_err(|what| {
                        log::error!("an audit pack can't be drawn: {what}");
                        Problem::internal()
                    })?;
                }
                writer
                    .write(leaf)
                    .and_then(|()| writer.write(b"\n"))
                    .map_err(unwritable)?;
            }
            first = end;
        }
        Ok(books)
    }

    async fn journal(&self, form: Form, writer: &mut Writer) -> Result<(), Problem> {
        let (catalogue, sight) = (self.get.catalogue(), self.get.sight());
        let (head, accounts) = (self.head.clone(), self.accounts.clone());
        let mut piece = Vec::new();
        let mut export = Export::begin(form, head, accounts, &mut piece);
        let mut after = 0;
        while after < self.known_journal {
            let window = JournalWindow {
                after,
                upto: self.known_journal,
                limit: STRETCH,
            };
            let page = self.get.look(async |connection| {
                read::list_journals(connection, catalogue, sight, self.pledge, window).await
            });
            let page = page.await?;
            after = page
                .data
                .last()
                .map_or(self.known_journal, |last| last.number);
            export.journals(&page.data, &mut piece).map_err(|error| {
                log::error!("an audit pack can't be drawn: {error}");
                Problem::internal()
            })?;
            writer.write(&piece).map_err(unwritable)?;
            piece.clear();
        }
        export.end(&mut piece);
        writer.write(&piece).map_err(unwritable)
    }

    /// The statements issued for these days, and how many they are.
    async fn statements(&self, writer: &mut Writer) -> Result<i64, Problem> {
        let (catalogue, sight) = (self.get.catalogue(), self.get.sight());
        let filter = StatementFilter {
            pledge: Some(self.pledge),
            ..StatementFilter::default()
        };
        let mut window = Window {
            after: None,
            until: None,
            limit: STRETCH,
        };
        let mut all: Vec<Statement> = Vec::new();
        loop {
            let page = self.get.look(async |connection| {
                read::list_statements(connection, catalogue, sight, filter, window).await
            });
            let page = page.await?;
            window.after = page.data.last().map(|it| it.id.0);
            all.extend(page.data);
            if !page.has_more {
                break;
            }
        }
        let (from, to) = self.days;
        all.retain(|it| from <= it.from && it.to <= to && it.issued_at <= self.known_at);
        all.sort_by_key(|it| (it.account, it.number));
        for statement in &all {
            let name = format!(
                "statements/{}-{:06}.json",
                statement.account_id, statement.number
            );
            let paper = self.get.state().issuer.paper(statement, None).await;
            let paper = paper.map_err(|error| {
                log::error!("an audit pack can't be drawn: {error}");
                Problem::internal()
            })?;
            let written = paper.write(statements::Form::Json).map_err(|error| {
                log::error!("an audit pack can't be drawn: {error}");
                Problem::internal()
            })?;
            writer.file(&name, &written.bytes).map_err(unwritable)?;
        }
        Ok(i64::try_from(all.len()).unwrap_or(i64::MAX))
    }

    /// The lots at the end of the last day.
    async fn lots(&self, writer: &mut Writer) -> Result<(), Problem> {
        let (catalogue, sight) = (self.get.catalogue(), self.get.sight());
        let (day, known_at) = (Some(self.days.1), Some(self.known_at));
        let reads = self.get.snapshot(async |connection| {
            let Some(cut) = read::cut(connection, sight, self.pledge, day, known_at).await? else {
                return Ok(None);
            };
            let terms = read::lot_terms(connection, catalogue, sight, &cut).await?;
            let sums = read::lot_sums(connection, sight, &cut).await?;
            Ok(Some(lots::register(&cut, &terms, &sums, true)))
        });
        let report = reads.await?.ok_or_else(|| self.get.absent("pledge"))?;
        writer
            .file("lots.csv", &reports::csv(&report))
            .map_err(unwritable)
    }
}
