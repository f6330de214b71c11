//! From what a batch decided to the rows that say so, in the order references ask for.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;

use super::AnsweredKey;
use super::approvals::{InsertApprovalDecisions, InsertApprovals, InsertThresholds};
use super::attributions::InsertAttributions;
use super::clearings::InsertClearings;
use super::columns::{
    Columns as _, InsertAccounts, InsertAdAccounts, InsertCreators, InsertInstalments,
    InsertJobRuns, InsertJournals, InsertKeys, InsertLotCampaigns, InsertLotEvents,
    InsertLotMarkets, InsertLots, InsertObligations, InsertPledgeMarkets, InsertPledgeUnits,
    InsertPledges, InsertSpend, InsertSpendRefunds, InsertTransfers, Post, SetHolds,
};
use super::endings::{EndPledges, InsertPledgeEvents};
use super::identities::RegisterRows;
use super::order::in_order;
use super::payouts::{
    InsertExchangeRates, InsertPayoutEvents, InsertPayouts, InsertStatedRates,
    InsertWithholdingRules,
};
use super::periods::InsertPeriodEvents;
use super::persons::{InsertBankDetails, InsertErasures, InsertPersons};
use super::platform_balances::InsertPlatformBalances;
use super::record::{push_extension, push_lot, push_run, push_scope, push_spend};
use super::register::{push_ad_account, push_obligation, push_pledge};
use super::revaluations::InsertRevaluations;
use super::statements::{InsertRunAccounts, InsertStatementRuns, InsertStatements};
use crate::db::error::DbError;
use crate::db::schema::{instalments, pledges};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, Changes};
use crate::domain::journal::Journal;
use crate::domain::pledge::PledgeState;
use crate::domain::{Document, PledgeId};

/// A position in a list, as the database counts it. Requests are bounded far below its range.
pub(super) fn place(index: usize) -> i16 {
    i16::try_from(index).unwrap_or(i16::MAX)
}

pub(super) fn split_document(document: Option<&Document>) -> (Option<String>, Option<String>) {
    document
        .map(|document| (document.uri.clone(), document.sha256.clone()))
        .unzip()
}

/// What a batch inserts, a statement per table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) pledges: InsertPledges,
    pub(super) pledge_units: InsertPledgeUnits,
    pub(super) pledge_markets: InsertPledgeMarkets,
    pub(super) instalments: InsertInstalments,
    pub(super) creators: InsertCreators,
    pub(super) persons: InsertPersons,
    pub(super) bank_details: InsertBankDetails,
    /// Last, so that nothing that was posted with them is owed to whoever is erased.
    pub(super) erasures: InsertErasures,
    pub(super) lots: InsertLots,
    /// After what is posted: it may be in a month that is closed with it.
    pub(super) periods: InsertPeriodEvents,
    pub(super) statement_runs: InsertStatementRuns,
    pub(super) run_accounts: InsertRunAccounts,
    pub(super) statements: InsertStatements,
    pub(super) ended: InsertPledgeEvents,
    pub(super) end: EndPledges,
    pub(super) lot_markets: InsertLotMarkets,
    pub(super) lot_campaigns: InsertLotCampaigns,
    pub(super) lot_events: InsertLotEvents,
    pub(super) job_runs: InsertJobRuns,
    pub(super) ad_accounts: InsertAdAccounts,
    pub(super) obligations: InsertObligations,
    pub(super) accounts: InsertAccounts,
    pub(super) approvals: InsertApprovals,
    pub(super) decisions: InsertApprovalDecisions,
    pub(super) thresholds: InsertThresholds,
    /// Holds that are less than before: what they let go may be posted.
    pub(super) let_go: SetHolds,
    /// Holds that are more than before: what they take may have been posted.
    pub(super) held: SetHolds,
    pub(super) posting: Post,
    pub(super) withholding_rules: InsertWithholdingRules,
    pub(super) payouts: InsertPayouts,
    pub(super) stated_rates: InsertStatedRates,
    pub(super) revaluations: InsertRevaluations,
    pub(super) exchange_rates: InsertExchangeRates,
    /// What happened to payouts, once their journals are posted and their holds set.
    pub(super) payout_events: InsertPayoutEvents,
    pub(super) spend: InsertSpend,
    pub(super) refunds: InsertSpendRefunds,
    pub(super) attributions: InsertAttributions,
    pub(super) clearings: InsertClearings,
    pub(super) platform_balances: InsertPlatformBalances,
    pub(super) register: RegisterRows,
    /// The answers of a batch that posts nothing.
    pub(super) keys: InsertKeys,
}

impl Rows {
    /// The rows that say what the books' changes say, and the answers to its keys.
    pub(super) fn of(books: &Books, mut keys: Vec<AnsweredKey>, now: OffsetDateTime) -> Self {
        let mut rows = Rows::default();
        rows.announce(&books.changes);
        for creator in in_order(&books.changes.creators, |it| &it.reference) {
            rows.creators.push(
                creator.id.0,
                creator.reference.clone(),
                creator.market.to_string(),
                creator.enrolled_at,
            );
        }
        rows.persons = InsertPersons::of(&books.changes.creators);
        rows.bank_details = InsertBankDetails::of(&books.changes.bank_details);
        rows.erasures = InsertErasures::of(&books.changes.erasures);
        rows.issue_lots(&books.changes);
        rows.end(&books.changes);
        rows.register(&books.changes);
        rows.open_accounts(books);
        rows.set_holds(books);
        rows.approve(books);
        rows.state(&books.changes);
        rows.pay_out(&books.changes);
        rows.revalue(books);
        rows.record_spend(&books.changes, now);
        rows.attributions = InsertAttributions::of(&books.changes.attributions);
        rows.periods = InsertPeriodEvents::of(&books.changes);
        rows.statement_runs = InsertStatementRuns::of(&books.changes);
        rows.run_accounts = InsertRunAccounts::of(&books.changes);
        rows.statements = InsertStatements::of(&books.changes);
        rows.clearings = InsertClearings::of(&books.changes.clearings);
        rows.platform_balances = InsertPlatformBalances::of(&books.changes.platform_balances);
        rows.register = RegisterRows::of(&books.changes.register);
        for journal in &books.changes.journals {
            push_journal(&mut rows.posting.journals, journal);
            push_transfers(&mut rows.posting.transfers, journal);
        }
        let answers = match rows.posting.is_empty() {
            true => &mut rows.keys,
            false => &mut rows.posting.keys,
        };
        keys.sort_unstable_by_key(|(key, ..)| *key);
        for (key, fingerprint, answer) in keys {
            answers.push(key, fingerprint, now, answer);
        }
        rows
    }

    fn announce(&mut self, changes: &Changes) {
        for (pledge, own_instalments) in in_order(&changes.announced, |it| &it.0.reference) {
            push_pledge(&mut self.pledges, pledge);
            for (index, part) in pledge.split.iter().enumerate() {
                let unit = part.unit().to_string();
                self.pledge_units
                    .push(pledge.id.0, unit, part.minor(), place(index));
            }
            for (index, market) in pledge.markets.iter().enumerate() {
                self.pledge_markets
                    .push(pledge.id.0, market.to_string(), place(index));
            }
            for (index, instalment) in own_instalments.iter().enumerate() {
                self.instalments.push(
                    pledge.id.0,
                    instalment.id.0,
                    instalment.reference.clone(),
                    place(index),
                    instalment.amount.unit().to_string(),
                    instalment.amount.minor(),
                    instalment.due_date,
                    instalment.condition.clone(),
                );
            }
        }
    }

    fn issue_lots(&mut self, changes: &Changes) {
        for lot in &changes.lots {
            push_lot(&mut self.lots, lot);
            push_scope(&mut self.lot_markets, &mut self.lot_campaigns, lot);
        }
        for (lot, actor) in &changes.extended {
            push_extension(&mut self.lot_events, lot, actor);
        }
        for run in &changes.runs {
            push_run(&mut self.job_runs, run);
        }
    }

    fn open_accounts(&mut self, books: &Books) {
        for (pledge, key) in &books.changes.accounts {
            let Some(Some(book)) = books.pledges.get(pledge) else {
                continue;
            };
            let Some(account) = book.account(key) else {
                continue;
            };
            self.accounts.push(
                pledge.0,
                account.number,
                account.id.0,
                key.code.as_str(),
                key.unit.to_string(),
                key.unit.kind().as_str(),
                key.code.side().as_str(),
                key.code.may_overdraw(),
                key.market.map(|market| market.to_string()),
                key.creator.map(|id| id.0),
                key.instalment.map(|id| id.0),
                key.lot.map(|id| id.0),
                key.obligation.map(|id| id.0),
                key.ad_account.map(|id| id.0),
                key.platform.clone(),
            );
        }
    }

    fn end(&mut self, changes: &Changes) {
        for event in &changes.ended {
            let moved = &event.moved;
            let (uri, sha256) = split_document(moved.document.as_ref());
            self.ended.push(
                moved.pledge.0,
                event.id,
                moved.state.as_str(),
                moved.effective_date,
                event.recorded_at,
                event.actor.clone(),
                moved.reason.clone(),
                uri,
                sha256,
            );
            let known = self.end.ids.iter().position(|id| *id == moved.pledge.0);
            match known {
                Some(at) => self.end.states[at] = moved.state.as_str(),
                None => {
                    self.end.ids.push(moved.pledge.0);
                    self.end.states.push(moved.state.as_str());
                }
            }
        }
    }

    fn register(&mut self, changes: &Changes) {
        for account in &changes.ad_accounts {
            push_ad_account(&mut self.ad_accounts, account);
        }
        for obligation in &changes.obligations {
            push_obligation(&mut self.obligations, obligation);
        }
    }

    fn record_spend(&mut self, changes: &Changes, now: OffsetDateTime) {
        for line in &changes.spend {
            push_spend(&mut self.spend, line, now);
        }
        for (journal, refunded) in &changes.refunds {
            self.refunds.push(
                refunded.line.pledge.0,
                refunded.line.obligation.0,
                refunded.line.day,
                refunded.reference.clone(),
                journal.0,
                refunded.amount,
                refunded.in_cash,
            );
        }
    }

    fn set_holds(&mut self, books: &Books) {
        for (pledge, subject, key, before) in &books.changes.holds {
            let Some(Some(book)) = books.pledges.get(pledge) else {
                continue;
            };
            let address = key.address();
            let mut hold = book.holds.get(subject).into_iter().flatten();
            let hold = hold.rfind(|hold| hold.address == address);
            let (Some(hold), Some(account)) = (hold, book.account(key)) else {
                continue;
            };
            let rows = match hold.amount > *before {
                true => &mut self.held,
                false => &mut self.let_go,
            };
            let (amount, expires_on) = (hold.amount, hold.expires_on);
            rows.push(pledge.0, *subject, account.number, amount, expires_on);
        }
    }
}

fn push_journal(rows: &mut InsertJournals, journal: &Journal) {
    let draft = &journal.draft;
    let (uri, sha256) = split_document(draft.document.as_ref());
    rows.push(
        draft.pledge.0,
        journal.number,
        journal.id.0,
        draft.kind.as_str(),
        draft.effective_date,
        journal.recorded_at,
        place(journal.transfers.len()),
        journal.actor.clone(),
        draft.subject,
        draft.reason.clone(),
        draft.note.clone(),
        draft.bank_reference.clone(),
        uri,
        sha256,
        draft.reverses.as_ref().map(|it| it.journal),
        journal.approval.map(|id| id.0),
    );
}

fn push_transfers(rows: &mut InsertTransfers, journal: &Journal) {
    let draft = &journal.draft;
    for (index, (movement, transfer)) in draft.moves.iter().zip(&journal.transfers).enumerate() {
        let AccountKey { unit, .. } = &movement.debit;
        let reversed = draft.reverses.as_ref().and_then(|it| it.lines.get(index));
        let line = reversed.copied().unwrap_or_else(|| place(index + 1));
        rows.push(
            draft.pledge.0,
            journal.number,
            line,
            unit.to_string(),
            transfer.amount,
            draft.effective_date,
            transfer.debit.account,
            transfer.credit.account,
            transfer.debit.seq,
            transfer.debit.balance,
            transfer.debit.turnover,
            transfer.credit.seq,
            transfer.credit.balance,
            transfer.credit.turnover,
        );
    }
}

/// The state a pledge has while its batch is posted; it ends after that.
fn before_the_end(state: PledgeState) -> PledgeState {
    match state {
        PledgeState::Closing | PledgeState::Closed => PledgeState::Active,
        PledgeState::Announced
        | PledgeState::Agreed
        | PledgeState::Active
        | PledgeState::Cancelled => state,
    }
}

/// What is noted on earlier rows: rare next to allocations, so a statement each.
pub(super) async fn update(
    mut connection: &AsyncPgConnection,
    books: &Books,
) -> Result<(), DbError> {
    for PledgeId(id) in &books.changes.moved_on {
        let Some(Some(book)) = books.pledges.get(&PledgeId(*id)) else {
            continue;
        };
        diesel::update(pledges::table.filter(pledges::id.eq(*id)))
            .set((
                pledges::state.eq(before_the_end(book.pledge.state).as_str()),
                pledges::agreed_on.eq(book.pledge.agreed_on),
            ))
            .execute(&mut connection)
            .await?;
    }
    for (pledge, id) in &books.changes.instalments {
        let Some(Some(book)) = books.pledges.get(pledge) else {
            continue;
        };
        let Some(instalment) = book.instalment(*id) else {
            continue;
        };
        let (uri, sha256) = split_document(instalment.condition_document.as_ref());
        diesel::update(instalments::table.find((pledge.0, id.0)))
            .set((
                instalments::condition_met_on.eq(instalment.condition_met_on),
                instalments::condition_document_uri.eq(uri),
                instalments::condition_document_sha256.eq(sha256),
                instalments::received.eq(instalment.received),
                instalments::written_off.eq(instalment.written_off),
            ))
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}
