//! Drawing statements up that are to be issued.
//!
//! A statement is drawn up from entries as they were known at a journal, which never changes; so
//! that is done before the pledge is locked, at whatever length. Its digest is of all its lines
//! ([`super::Format::Ndjson`]); the ledger's key signs that together with what it is a statement
//! of; and it names a checkpoint of the pledge's log that has every journal it is drawn from.
//! Whether it is the account's next is decided by the engine ([`crate::domain::statement`]).

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{DoesNotTie, Format, Rendering};
use crate::db::Pool;
use crate::db::read::{
    self, AccountToIssue, Connection, Entry, ReadError, Sight, StatementHead, snapshot,
};
use crate::domain::refusal::StatementRefusal;
use crate::domain::statement::{Standing, Statement, StatementRun, hexadecimal};
use crate::domain::{AccountId, Catalogue, PledgeId, StatementId};
use crate::tlog::{Log, LogError, LogId};

/// How many accounts of a pledge are looked up at once.
const PAGE: i64 = 1_000;

/// Why a statement can't be drawn up.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The database gave no answer.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The log gave none.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An account that was there isn't.
    #[error("there is no account {0}")]
    Absent(AccountId),
    /// What is read doesn't fit together. Nothing is issued.
    #[error("{0}: account {1}")]
    DoesNotTie(DoesNotTie, AccountId),
}

/// A statement as it could be issued, or what stands against it.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Whose account.
    pub pledge: PledgeId,
    /// In order: earlier ones that are issued again, then the one that was asked for.
    pub statements: Vec<Statement>,
    /// Why there is none.
    pub against: Option<StatementRefusal>,
}

/// Draws statements up. Cheap to clone.
#[derive(Clone)]
pub struct Issuer {
    pub(super) pool: Pool,
    pub(super) catalogue: Arc<Catalogue>,
    log: Log,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").finish_non_exhaustive()
    }
}

/// What a statement is drawn up as.
#[derive(Debug, Clone)]
struct Mark {
    number: i64,
    supersedes: Option<i64>,
    reason: Option<String>,
    run: Option<Uuid>,
}

/// The first day of an account's first statement, if none is asked for: of the month in which
/// something first counts.
fn first_day(account: &AccountToIssue, to: Date) -> Date {
    let first = account.first_day.filter(|day| *day <= to).unwrap_or(to);
    first.replace_day(1).unwrap_or(first)
}

/// The first day of an account's next statement, or why it can't begin where it was asked to.
fn begins(
    account: &AccountToIssue,
    from: Option<Date>,
    to: Date,
) -> Result<Date, StatementRefusal> {
    let Some(last) = account.series.standing.last() else {
        let from = from.unwrap_or_else(|| first_day(account, to));
        return match account.first_day {
            Some(first) if first < from => Err(StatementRefusal::BeginsLate { from }),
            _ => Ok(from),
        };
    };
    let next = last.to.next_day().unwrap_or(last.to);
    let from = from.unwrap_or(next);
    match from == next && from <= to {
        true => Ok(from),
        false => Err(StatementRefusal::NotNext {
            number: last.number,
            ended: last.to,
            from: from.min(to),
        }),
    }
}

impl Issuer {
    /// Draws up from what the pool reads, under the log's key.
    pub fn new(pool: Pool, catalogue: Arc<Catalogue>, log: Log) -> Self {
        Issuer {
            pool,
            catalogue,
            log,
        }
    }

    /// The next statement of an account, if the account is there.
    pub async fn next(
        &self,
        id: AccountId,
        from: Option<Date>,
        to: Date,
    ) -> Result<Option<Proof>, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let Some(account) = read::account_to_issue(&mut connection, id).await? else {
            return Ok(None);
        };
        let mark = Mark {
            number: account.series.last + 1,
            supersedes: None,
            reason: None,
            run: None,
        };
        let (statements, against) = match begins(&account, from, to) {
            Ok(from) => {
                let days = (from, to);
                let drawn = self.draw_up(&mut connection, &account, days, None, mark);
                (vec![drawn.await?], None)
            }
            Err(why) => (Vec::new(), Some(why)),
        };
        Ok(Some(Proof {
            pledge: account.pledge,
            statements,
            against,
        }))
    }

    /// A statement again, as its days are known now, if it is there.
    pub async fn again(
        &self,
        id: StatementId,
        reason: String,
    ) -> Result<Option<Proof>, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let sight = &Sight::Everything;
        let Some(old) = read::issued_statement(&mut connection, &self.catalogue, sight, id).await?
        else {
            return Ok(None);
        };
        let found = read::account_to_issue(&mut connection, old.account_id).await?;
        let Some(account) = found else {
            return Ok(None);
        };
        let mark = Mark {
            number: account.series.last + 1,
            supersedes: Some(old.number),
            reason: Some(reason),
            run: None,
        };
        let days = (old.from, old.to);
        let drawn = self.draw_up(&mut connection, &account, days, None, mark);
        Ok(Some(Proof {
            pledge: old.pledge,
            statements: vec![drawn.await?],
            against: None,
        }))
    }

    /// A run for all accounts of a pledge on which something counts by a day and which have no
    /// statement of it yet, as of the pledge's last journal; with what stands against it.
    pub async fn run(
        &self,
        pledge: PledgeId,
        to: Date,
        reason: Option<String>,
    ) -> Result<(StatementRun, Option<StatementRefusal>), IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let version = read::pledge_version(&mut connection, &Sight::Everything, pledge).await?;
        let known = version.and_then(|it| Some((it.journals, it.last_recorded_at?)));
        let (known_journal, known_at) = known.unwrap_or((0, OffsetDateTime::UNIX_EPOCH));
        let mut run = StatementRun {
            id: Uuid::now_v7(),
            pledge,
            to,
            known_journal,
            known_at,
            accounts: Vec::new(),
            reason,
            issued_by: String::new(),
            identity: String::new(),
            issued_at: OffsetDateTime::now_utc(),
        };
        let behind = read::accounts_behind(&mut connection, pledge, to).await?;
        let mut after = 0;
        loop {
            let page = read::active_accounts(&mut connection, pledge, to, (after, PAGE)).await?;
            let Some(last) = page.last() else {
                break;
            };
            after = last.number;
            let due = page.iter().filter(|account| {
                let last = account.series.standing.last();
                last.is_none_or(|it| it.to < to)
            });
            run.accounts.extend(due.map(|account| account.number));
        }
        let against = match (run.accounts.is_empty(), behind, &run.reason) {
            (true, ..) => Some(StatementRefusal::NothingToIssue { to }),
            (false, 1.., None) => Some(StatementRefusal::SomeBehind { accounts: behind }),
            _ => None,
        };
        Ok((run, against))
    }

    /// What a run issues for one account: whatever late entries changed again, and the next. Where
    /// somebody issued a statement of it since that knows more, these know as much.
    pub async fn of_run(
        &self,
        run: &StatementRun,
        account: &AccountToIssue,
    ) -> Result<Vec<Statement>, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let mut statements = Vec::new();
        let mut number = account.series.last;
        let known = account.series.known_since(run.known_at);
        let stale = self.stale(&mut connection, account, known).await?;
        let known = Some(known);
        for old in stale {
            number += 1;
            let mark = Mark {
                number,
                supersedes: Some(old.number),
                reason: run.reason.clone(),
                run: Some(run.id),
            };
            let days = (old.from, old.to);
            statements.push(
                self.draw_up(&mut connection, account, days, known, mark)
                    .await?,
            );
        }
        if let Ok(from) = begins(account, None, run.to) {
            let mark = Mark {
                number: number + 1,
                supersedes: None,
                reason: None,
                run: Some(run.id),
            };
            let days = (from, run.to);
            statements.push(
                self.draw_up(&mut connection, account, days, known, mark)
                    .await?,
            );
        }
        Ok(statements)
    }

    /// The statements of an account that close at another balance than is known now, and those
    /// that came after the first of them.
    async fn stale(
        &self,
        connection: &mut Connection,
        account: &AccountToIssue,
        known_at: OffsetDateTime,
    ) -> Result<Vec<Standing>, IssueError> {
        for (at, standing) in account.series.standing.iter().enumerate() {
            let moment = read::Moment {
                as_of: Some(standing.to),
                known_at: Some(known_at),
            };
            let sight = &Sight::Everything;
            let now = read::account(connection, &self.catalogue, sight, account.id, moment).await?;
            if now.is_some_and(|it| it.account.balance() != standing.closing) {
                return Ok(account.series.standing[at..].to_vec());
            }
        }
        Ok(Vec::new())
    }

    async fn draw_up(
        &self,
        connection: &mut Connection,
        account: &AccountToIssue,
        days: (Date, Date),
        known_at: Option<OffsetDateTime>,
        mark: Mark,
    ) -> Result<Statement, IssueError> {
        let (catalogue, sight) = (&*self.catalogue, &Sight::Everything);
        let head = snapshot(connection, sight, async |connection| {
            read::statement_head(connection, catalogue, sight, account.id, days, known_at).await
        });
        let head = Arc::new(head.await?.ok_or(IssueError::Absent(account.id))?);
        let (digest, lines) = digest_of(connection, &head).await?;
        let checkpoint = self.log.catch_up(LogId::Pledge(account.pledge)).await?;
        let (from, to) = days;
        let number = mark.number;
        let signature = self.sign(account, number, days, &digest);
        Ok(Statement {
            id: StatementId(Uuid::now_v7()),
            pledge: account.pledge,
            account: account.number,
            account_id: account.id,
            normal_side: head.normal_side(),
            unit: head.account.key.unit.clone(),
            number,
            from,
            to,
            known_journal: head.known.journal,
            known_at: head.known.at,
            opening: head.opening,
            total_debits: head.total_debits,
            total_credits: head.total_credits,
            available: (head.closing() == account.balance)
                .then_some(account.balance - account.held),
            lines,
            supersedes: mark.supersedes,
            reason: mark.reason,
            run: mark.run,
            issued_by: String::new(),
            identity: String::new(),
            issued_at: OffsetDateTime::now_utc(),
            digest,
            checkpoint: checkpoint.note,
            signature,
        })
    }

    /// What the ledger's key says of a statement, as a signed note.
    fn sign(
        &self,
        account: &AccountToIssue,
        number: i64,
        (from, to): (Date, Date),
        digest: &[u8; 32],
    ) -> String {
        let (id, digest) = (account.id, hexadecimal(digest));
        let text = format!("{id} {number}\n{from} {to}\n{digest}\n");
        self.log.sign_of(account.pledge, "statements", &text)
    }
}

/// The digest of a statement's NDJSON, and how many lines it has.
async fn digest_of(
    connection: &mut Connection,
    head: &Arc<StatementHead>,
) -> Result<([u8; 32], i64), IssueError> {
    let mut rendering = Rendering::new(Format::Ndjson, Arc::clone(head));
    let mut context = digest::Context::new(&digest::SHA256);
    let (mut piece, mut lines) = (Vec::new(), 0);
    rendering.begin(&mut piece);
    for stretch in &head.stretches {
        let entries: Vec<Entry> =
            read::statement_lines(connection, &Sight::Everything, head, *stretch).await?;
        lines += i64::try_from(entries.len()).unwrap_or(i64::MAX);
        rendering.lines(&mut piece, &entries);
        context.update(&piece);
        piece.clear();
    }
    rendering
        .end(&mut piece)
        .map_err(|error| IssueError::DoesNotTie(error, head.account.id))?;
    context.update(&piece);
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Ok((digest, lines))
}
