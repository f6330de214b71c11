//! Issuing statements of accounts, one by one or for all of a pledge.
//!
//! What a statement says was read before, as of a journal: that never changes. What is decided
//! here, under the pledge's lock, is that it is the account's next, or stands in for one.

use foldhash::HashMap;

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::id::PledgeId;
use crate::domain::refusal::{Refusal, StatementRefusal};
use crate::domain::statement::{Series, Statement, StatementRun};

/// Issue statements of accounts of one pledge, in order.
#[derive(Debug, Clone)]
pub struct IssueStatements {
    /// The pledge.
    pub pledge: PledgeId,
    /// What they say.
    pub statements: Vec<Statement>,
    /// Why they couldn't be drawn up, if they couldn't: told once the request is known to be new.
    pub against: Option<StatementRefusal>,
}

/// Have statements issued for all accounts of a pledge.
#[derive(Debug, Clone)]
pub struct RunStatements {
    /// For which, as of when.
    pub run: StatementRun,
    /// Why there can be none, if there can't.
    pub against: Option<StatementRefusal>,
}

/// Whether the statement is the next of its account, or stands in for one that stands.
fn follows(series: &Series, statement: &Statement) -> Result<(), StatementRefusal> {
    if statement.number != series.last + 1 {
        return Err(StatementRefusal::Overtaken);
    }
    if let Some(number) = statement.supersedes {
        let days = (statement.from, statement.to);
        if series.numbered(number).map(|it| (it.from, it.to)) != Some(days) {
            return Err(StatementRefusal::Superseded { number });
        }
    } else if let Some(last) = series.standing.last()
        && last.to.next_day() != Some(statement.from)
    {
        return Err(StatementRefusal::NotNext {
            number: last.number,
            ended: last.to,
            from: statement.from,
        });
    }
    match series.before(statement.from) {
        Some(before) if before.closing != statement.opening => Err(StatementRefusal::Behind {
            number: before.number,
            ended: before.to,
        }),
        None if statement.opening != 0 => Err(StatementRefusal::BeginsLate {
            from: statement.from,
        }),
        _ => Ok(()),
    }
}

impl IssueStatements {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        for statement in &self.statements {
            let account = (self.pledge, statement.account);
            if !books.statements.contains_key(&account) {
                needs.statements.insert(account);
            }
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        books.pledge(self.pledge)?;
        if let Some(why) = &self.against {
            return Err(why.clone().into());
        }
        let mut statements = self.statements.clone();
        let mut issued: HashMap<i32, Series> = HashMap::default();
        for statement in &mut statements {
            statement.issued_by.clone_from(&context.actor);
            statement.identity.clone_from(&context.identity);
            statement.issued_at = context.now;
            if statement.to >= context.now.date() {
                return Err(StatementRefusal::NotOver { to: statement.to }.into());
            }
            let series = issued.entry(statement.account).or_insert_with(|| {
                let known = books.statements.get(&(self.pledge, statement.account));
                known.cloned().unwrap_or_default()
            });
            follows(series, statement)?;
            series.issue(statement);
        }
        Ok(Decision {
            events: vec![Event::StatementsIssued(statements.clone())],
            draft: None,
            outcome: Outcome::Statements(statements),
        })
    }
}

impl RunStatements {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.run.pledge)
    }

    pub(super) fn needs(&self, _: &Books, _: &mut Needs) {}

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        books.pledge(self.run.pledge)?;
        if let Some(why) = &self.against {
            return Err(why.clone().into());
        }
        if self.run.to >= context.now.date() {
            return Err(StatementRefusal::NotOver { to: self.run.to }.into());
        }
        let run = StatementRun {
            issued_by: context.actor.clone(),
            identity: context.identity.clone(),
            issued_at: context.now,
            ..self.run.clone()
        };
        Ok(Decision {
            events: vec![Event::StatementsRun(run.clone())],
            draft: None,
            outcome: Outcome::StatementRun(run),
        })
    }
}
