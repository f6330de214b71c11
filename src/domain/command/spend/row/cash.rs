//! What a row says was spent in cash.

use time::Date;

use super::Ledger;
use crate::domain::command::require::require_unit;
use crate::domain::command::spend::{MOST_NAMED, Overspill, SpendRow, cash_accounts};
use crate::domain::journal::Kind;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::spend::{Campaign, SpendLine};

impl Ledger<'_> {
    /// Charges what was spent in cash beyond `before`, of which `suspended` stood in suspense: to
    /// the market's budget if that covers it, else to suspense. What is less comes out of suspense
    /// first, then what was charged on the day goes back, and what was cleared at last: it wasn't
    /// charged before it was cleared, so it goes back from that day on, and until then it is less
    /// in suspense.
    pub(super) fn cash(
        &mut self,
        campaign: &Campaign,
        row: &SpendRow,
        before: i64,
        suspended: i64,
        line: &mut SpendLine,
    ) -> Result<(), Refusal> {
        let [cost, payable, budget, released, suspense] = cash_accounts(campaign, &row.currency);
        let at = (row.day, campaign.ad_account, Kind::Overspill);
        let change = row.cash - before;
        line.suspended = suspended;
        if change == 0 {
            return Ok(());
        }
        require_unit(&self.book.pledge, &row.currency, "/currency")?;
        for key in [&cost, &payable, &budget, &released, &suspense] {
            self.sheet.require_range(key, change.abs())?;
        }
        if change < 0 {
            self.sheet.require(&payable, -change, 0, row.day)?;
            let out = suspended.min(-change);
            line.suspended -= out;
            let (now, later, on) = self.parts_back(line, before - suspended, -change - out);
            self.post(at, payable.clone(), suspense.clone(), out + later);
            self.post(at, payable, cost.clone(), now);
            self.post(at, released.clone(), budget.clone(), now);
            let at = (on, campaign.ad_account, Kind::Overspill);
            self.post(at, suspense, cost, later);
            self.post(at, released, budget, later);
        } else if self.sheet.takable(&budget, 0, row.day) >= change {
            self.post(at, cost, payable, change);
            self.post(at, budget, released, change);
        } else {
            line.suspended += change;
            self.post(at, suspense, payable, change);
        }
        self.outcome.overspilled += 1;
        if self.outcome.overspill.len() < MOST_NAMED {
            self.outcome.overspill.push(Overspill {
                line: row.line,
                amount: Money::from_minor(change, row.currency.clone()),
                suspended: line.suspended > suspended,
            });
        }
        Ok(())
    }

    /// Of what was `charged`, how much of `back` goes back on the line's day, how much as of the
    /// last clearing, and when that was. It was charged in whole from there on.
    fn parts_back(&self, line: &SpendLine, charged: i64, back: i64) -> (i64, i64, Date) {
        let known = self.books.cleared.get(&(line.obligation, line.day));
        let (cleared, on) = known.copied().unwrap_or((0, line.day));
        let now = back.min(charged - cleared.min(charged));
        (now, back - now, on)
    }
}
