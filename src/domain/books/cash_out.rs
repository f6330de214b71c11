//! Taking into the books what happened on money's way out.

use super::{Books, Posting};
use crate::domain::command::Thing;
use crate::domain::exchange::{ExchangeRate, StatedRate};
use crate::domain::id::{ApprovalId, PledgeId};
use crate::domain::payout::{Payout, PayoutEvent};
use crate::domain::revaluation::Revaluation;
use crate::domain::unit::Unit;
use crate::domain::withholding::WithholdingRule;

impl Books {
    /// The number of the pledge's last journal.
    fn last_journal(&self, pledge: PledgeId) -> Option<i64> {
        let book = self.pledges.get(&pledge)?.as_ref()?;
        Some(book.journals)
    }

    /// A rule takes the place of the one before it from its day on.
    pub(super) fn state_withholding(&mut self, rule: WithholdingRule) {
        let day = (rule.route, rule.valid_from);
        self.withholding_days.insert(day, true);
        for ((route, day), known) in &mut self.withholding_rules {
            let before = known.as_ref().map(|it| it.valid_from);
            let later = before.is_none_or(|before| before < rule.valid_from);
            if *route == rule.route && rule.valid_from <= *day && later {
                *known = Some(rule.clone());
            }
        }
        self.changes.withholding_rules.push(rule);
    }

    pub(super) fn propose_payout(&mut self, payout: Payout, approval: Option<ApprovalId>) {
        let name = (payout.pledge, Thing::Payout, payout.reference.clone());
        self.own_references.insert(name, true);
        self.payouts.insert(payout.id, Some(payout.clone()));
        self.changes.payouts.push((payout, approval));
    }

    pub(super) fn move_payout(&mut self, event: PayoutEvent) {
        let last = self.last_journal(event.payout.pledge);
        let journal = last.filter(|_| event.posts);
        let payout = event.payout.clone();
        self.payouts.insert(payout.id, Some(payout));
        self.changes.payout_events.push((event, journal));
    }

    pub(super) fn state_exchange_rate(&mut self, rate: ExchangeRate) {
        let name = ExchangeRate::name(&rate.base, &rate.quote, &rate.stated);
        self.exchange_rates.insert(name, Some(rate.stated.rate_e8));
        self.changes.exchange_rates.push(rate);
    }

    /// Accounts were valued anew, which the next valuation of the month goes on from.
    pub(super) fn revalue(&mut self, rows: Vec<Revaluation>, posting: &Posting) {
        for row in rows {
            let open = self.open_debts.get_mut(&(row.pledge, row.month_end));
            let mut open = open.into_iter().flatten();
            if let Some(debt) = open.find(|debt| debt.key == row.key) {
                debt.last = Some(row.figures);
            }
            let (id, actor) = ((posting.new_id)(), posting.actor.to_owned());
            let valued = (id, row, actor, posting.now);
            self.changes.revaluations.push(valued);
        }
    }

    /// The pledge's last journal took the unit for the pledge's own at that rate.
    pub(super) fn state_rate(&mut self, pledge: PledgeId, unit: Unit, rate: StatedRate) {
        if let Some(journal) = self.last_journal(pledge) {
            let stated = (pledge, journal, unit, rate);
            self.changes.stated_rates.push(stated);
        }
    }
}
