//! Spend that was in time and is reported after its lot lapsed: what lapsed is won back for it.
//!
//! **What.** As much as the row needs of what lapsed of the day's lots *in its ad account*, in the
//! order the lots are used; never what lapsed in the pool or in another account, where it couldn't
//! have been spent, and never what was revoked. A provisional row wins back as well: had it come in
//! time, what it holds would not have lapsed.
//!
//! **How.** By a journal of its own (`expiry-correction`) that takes back lines of the expiry, as a
//! reversal does (Dr 1320.acct.lot Cr 5910; Dr 4930 Cr 32xx). What lapsed of the campaign's own
//! purse comes back to it first, then what lapsed last: as if so much less had lapsed. The latest
//! expiry of a lot comes first, for the same reason. If the campaign's purse was lost with another
//! lot than its spend stands in, the two losses change places: that part of the other lot is won
//! back for the campaign, and lapses again from the purses that lost with this one.
//!
//! **When.** It counts from the very day the expiry does. Up to that day the credits were there, so
//! the spend, dated its own day, takes what was there; from that day on less is missing, as much
//! less as is won back. Any later, and the days in between would be short of it; any earlier, and
//! the loss would be taken back before it was made.
//!
//! **Back again.** What rows free of a lot that has lapsed and ended, by a restatement or by
//! holding less, lapses again at once, from the campaign's purse, once all rows of the import are
//! known.

mod journals;
mod lines;

use std::collections::BTreeMap;

use time::Date;

use super::sheet::Sheet;
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::command::Needs;
use crate::domain::id::{LotId, ObligationId, PledgeId};
use crate::domain::journal::Move;
use crate::domain::refusal::Refusal;
use crate::domain::reversal::{Reversible, ReversibleLine};
use crate::domain::spend::{Campaign, Use, of_lot};

/// So much of each of these lines of an expiry is to be won back.
struct Win<'a> {
    expiry: &'a Reversible,
    lot: LotId,
    lines: Vec<(&'a ReversibleLine, i64)>,
    /// Whether as much of the lot lapses again at once, from other purses.
    changes_places: bool,
}

impl Win<'_> {
    /// What of it comes back to an account.
    fn gain(&self, key: &AccountKey) -> (Date, i64) {
        let own = self.lines.iter();
        let own = own.filter(|(line, _)| line.credit == *key || line.debit == *key);
        let gain = own.map(|(_, amount)| amount).sum();
        (self.expiry.effective_date, gain)
    }
}

/// What lapsed of the pledge's lots, and what the rows of an import do to that.
pub(super) struct Lapses<'a> {
    books: &'a Books,
    /// What the row at hand needs.
    wins: Vec<Win<'a>>,
    /// What lapses again for it: of which lot, from which day on.
    again: Vec<(LotId, Date, Move)>,
    /// What the rows so far won back, by expiry and line.
    won: BTreeMap<(i64, i16), i64>,
    /// What lapses again for them.
    lost: BTreeMap<(LotId, Date), Vec<Move>>,
    /// What they freed of lots, less what they took anew, by lot and campaign.
    freed: BTreeMap<(LotId, ObligationId), (Campaign, i64)>,
}

/// The loss that a purse's part of a lapse is.
fn loss(purse: &AccountKey) -> AccountKey {
    AccountKey {
        market: purse.market,
        ..AccountKey::plain(Code::CreditsLost, &purse.unit)
    }
}

/// What has to be known, once it is known what lapsed: the accounts that the expiries moved, and
/// those that what lapses again moves.
pub(super) fn needs(books: &Books, pledge: PledgeId, needs: &mut Needs) {
    let lots = books.lapses.keys();
    let all = lots.flat_map(|lot| books.lapses_of(*lot));
    for expiry in all.filter(|expiry| expiry.pledge == pledge) {
        let lines = expiry.lines.iter();
        let keys = lines.flat_map(|line| [line.debit.clone(), line.credit.clone()]);
        needs.accounts(books, pledge, keys, expiry.effective_date);
    }
    let placed = books.placed.values().flatten();
    for lot in placed.filter(|lot| books.lapses.contains_key(&lot.id)) {
        let campaigns = books.campaigns.values().flatten();
        let lost = campaigns.map(|it| loss(&it.purse()));
        let lapsed = AccountKey::plain(Code::Lapsed, lot.face.unit());
        needs.accounts(books, pledge, lost.chain([lapsed]), lot.ends_on());
    }
}

impl<'a> Lapses<'a> {
    pub(super) fn new(books: &'a Books) -> Self {
        Lapses {
            books,
            wins: Vec::new(),
            again: Vec::new(),
            won: BTreeMap::new(),
            lost: BTreeMap::new(),
            freed: BTreeMap::new(),
        }
    }

    /// Whether no lot of any of the ad accounts ever lapsed, as nearly always.
    pub(super) fn is_empty(&self) -> bool {
        self.books.lapses.is_empty()
    }

    /// The lots that `voucher` would be taken from, with what has to be won back for it kept in
    /// mind until [`Lapses::settle`]. What `own` holds is let go for it.
    pub(super) fn find(
        &mut self,
        sheet: &mut Sheet<'_>,
        campaign: &Campaign,
        day: Date,
        voucher: i64,
        own: &[Use],
    ) -> Result<Vec<Use>, Refusal> {
        self.forget();
        let (mut open, mut uses) = (voucher, Vec::new());
        let lots = self.books.placed.get(&campaign.ad_account);
        let lots = lots.into_iter().flatten();
        for lot in lots.filter(|lot| lot.pays_for(campaign, day)) {
            let placed = campaign.placed(lot.id);
            let held = of_lot(own, lot.id);
            let there = sheet.takable(&placed, held, day).max(0);
            let mut amount = there.min(open);
            if amount < open {
                let winnable = self.winnable(lot.id, &placed);
                let gains = winnable.iter().map(|(it, left)| (it.effective_date, *left));
                let gains: Vec<_> = gains.collect();
                amount = sheet
                    .takable_with(&placed, held, day, &gains)
                    .clamp(amount, open);
                self.plan(campaign, lot.id, &winnable, amount - there.min(open));
            }
            open -= amount;
            if amount > 0 {
                let lot = lot.id;
                uses.push(Use { lot, amount });
            }
        }
        self.require_purse(sheet, campaign, day, voucher, own)?;
        match open {
            0 => self.require_losses(sheet).map(|()| uses),
            _ => Err(sheet.shortage(&campaign.all_placed(), voucher - open, voucher)),
        }
    }

    /// Whether the purse covers the row, with what comes back to it.
    fn require_purse(
        &mut self,
        sheet: &mut Sheet<'_>,
        campaign: &Campaign,
        day: Date,
        voucher: i64,
        own: &[Use],
    ) -> Result<(), Refusal> {
        let purse = campaign.purse();
        let held = own.iter().map(|it| it.amount).sum();
        for last in [false, true] {
            let gains: Vec<_> = self.wins.iter().map(|it| it.gain(&purse)).collect();
            let available = sheet.takable_with(&purse, held, day, &gains);
            if voucher <= available {
                return Ok(());
            } else if last {
                return Err(sheet.shortage(&purse, available, voucher));
            }
            self.change_places(&purse, voucher - available);
        }
        Ok(())
    }

    /// Whether what is taken back of losses still stands.
    fn require_losses(&self, sheet: &mut Sheet<'_>) -> Result<(), Refusal> {
        for win in &self.wins {
            for (line, amount) in &win.lines {
                let loses = match line.debit.code {
                    Code::CreditsLost => &line.debit,
                    _ => &line.credit,
                };
                sheet.require(loses, *amount, 0, win.expiry.effective_date)?;
            }
        }
        Ok(())
    }

    /// Forgets what a row needed that was refused.
    pub(super) fn forget(&mut self) {
        self.wins.clear();
        self.again.clear();
    }

    /// Wins back what the row at hand needs, as it was taken, and notes what it freed: what was
    /// used before and isn't any more.
    pub(super) fn settle(
        &mut self,
        sheet: &mut Sheet<'_>,
        campaign: &Campaign,
        before: &[Use],
        after: &[Use],
    ) {
        if self.is_empty() {
            return;
        }
        let mut won: BTreeMap<LotId, i64> = BTreeMap::new();
        for win in self.wins.drain(..) {
            for (line, amount) in &win.lines {
                let day = win.expiry.effective_date;
                sheet.post(&line.credit, &line.debit, *amount, day);
                let at = (win.expiry.number, line.line);
                *self.won.entry(at).or_default() += amount;
            }
            if !win.changes_places {
                let placed = campaign.placed(win.lot);
                *won.entry(win.lot).or_default() += win.gain(&placed).1;
            }
        }
        for (lot, day, movement) in self.again.drain(..) {
            sheet.post(&movement.debit, &movement.credit, movement.amount, day);
            self.lost.entry((lot, day)).or_default().push(movement);
        }
        let today = self.books.local_days.get(&campaign.ad_account);
        let lots = self.books.placed.get(&campaign.ad_account);
        for lot in lots.into_iter().flatten() {
            let has_lapsed = self.books.lapses_of(lot.id).next().is_some();
            let ended = today.is_some_and(|today| *today > lot.ends_on());
            let used = of_lot(before, lot.id) - of_lot(after, lot.id);
            let freed = used + won.get(&lot.id).copied().unwrap_or(0);
            if has_lapsed && ended && freed != 0 {
                let at = (lot.id, campaign.obligation);
                let known = self.freed.entry(at);
                known.or_insert_with(|| (campaign.clone(), 0)).1 += freed;
            }
        }
    }
}
