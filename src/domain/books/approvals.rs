//! Approvals as a batch sees them, and taking into the books what became of them.

use super::{Books, Posting, absent};
use crate::domain::account::AccountKey;
use crate::domain::approval::{Approval, Decided, Threshold};
use crate::domain::id::{ApprovalId, PledgeId};
use crate::domain::period::PeriodEvent;
use crate::domain::refusal::Refusal;
use crate::domain::statement::Statement;

/// An approval, with the accounts on which something is held for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    /// The approval.
    pub approval: Approval,
    /// The accounts.
    pub keys: Vec<AccountKey>,
}

impl Books {
    /// An approval that exists.
    pub fn approval(&self, id: ApprovalId) -> Result<&Reserved, Refusal> {
        let found = self.approvals.get(&id).and_then(Option::as_ref);
        found.ok_or_else(|| absent("approval", id))
    }

    /// Counts what is held for an approval as free, until [`Books::hold_again`].
    pub(in crate::domain) fn free(&mut self, id: ApprovalId) {
        self.count_held(id, -1);
    }

    /// Counts it as held again.
    pub(in crate::domain) fn hold_again(&mut self, id: ApprovalId) {
        self.count_held(id, 1);
    }

    fn count_held(&mut self, id: ApprovalId, sign: i64) {
        let Some(Some(Reserved { approval, keys })) = self.approvals.get(&id) else {
            return;
        };
        let Some(Some(book)) = self.pledges.get_mut(&approval.pledge) else {
            return;
        };
        for key in keys {
            let held = book.held(id.0, key);
            if let Some(Some(account)) = book.accounts.get_mut(key) {
                account.held += sign * held;
            }
        }
    }

    pub(super) fn propose(&mut self, approval: Approval) {
        self.changes.approvals.push(approval);
    }

    pub(super) fn decide_approval(&mut self, pledge: PledgeId, id: ApprovalId, decided: Decided) {
        if let Some(Some(known)) = self.approvals.get_mut(&id) {
            known.approval.decisions.push(decided.clone());
        }
        self.changes.decided.push((pledge, id, decided));
    }

    pub(super) fn move_period(&mut self, event: PeriodEvent, posting: &Posting) {
        if let Some(Some(book)) = self.pledges.get_mut(&event.pledge) {
            book.closed = book.closed.after(&event);
        }
        self.changes.periods.push((event, posting.approval));
    }

    pub(super) fn issue_statements(&mut self, issued: Vec<Statement>) {
        for statement in &issued {
            let account = (statement.pledge, statement.account);
            self.statements.entry(account).or_default().issue(statement);
        }
        self.changes.statements.extend(issued);
    }

    pub(super) fn state_threshold(&mut self, threshold: Threshold, posting: &Posting) {
        if let Some(Some(book)) = self.pledges.get_mut(&threshold.pledge) {
            book.limits.push(threshold.limit.clone());
        }
        self.changes.thresholds.push((threshold, posting.approval));
    }
}
