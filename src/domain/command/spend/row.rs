//! One row after the other: what it says against what is known, and what it posts or holds.

mod cash;

use foldhash::HashMap;
use time::Date;

use super::postings::Postings;
use super::sheet::Sheet;
use super::win_back::Lapses;
use super::{Closed, ImportSpend, MOST_NAMED, RefusedRow, SpendImport, SpendRow};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::command::{Context, Event};
use crate::domain::id::{AdAccountId, LotId, ObligationId};
use crate::domain::journal::{Draft, Kind};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::spend::{Campaign, SpendLine, SpendState, Use, part_last};

/// What came of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Posted,
    Held,
    Restated,
    Unchanged,
    Stale,
}

/// What was decided of the rows so far.
pub(super) struct Ledger<'a> {
    books: &'a Books,
    book: &'a PledgeBook,
    import: &'a ImportSpend,
    by_controller: bool,
    sheet: Sheet<'a>,
    postings: Postings,
    lapses: Lapses<'a>,
    lines: Vec<SpendLine>,
    /// Where the latest line of each campaign and day stands, of those that a row changed.
    latest: HashMap<(ObligationId, Date), usize>,
    outcome: SpendImport,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(
        books: &'a Books,
        book: &'a PledgeBook,
        import: &'a ImportSpend,
        context: &Context,
    ) -> Self {
        let outcome = SpendImport {
            id: import.id,
            pledge: import.pledge,
            posted: 0,
            held: 0,
            restated: 0,
            unchanged: 0,
            stale: 0,
            refused: import.unread.len(),
            refusals: import.unread.iter().take(MOST_NAMED).cloned().collect(),
            overspilled: 0,
            overspill: Vec::new(),
        };
        Ledger {
            books,
            book,
            import,
            by_controller: context.by_controller,
            sheet: Sheet::new(book),
            postings: Postings::default(),
            lapses: Lapses::new(books),
            lines: Vec::new(),
            latest: HashMap::default(),
            outcome,
        }
    }

    /// Takes a row into account, or notes why not.
    pub(super) fn take(&mut self, row: &SpendRow) {
        match self.judge(row) {
            Ok(Became::Posted) => self.outcome.posted += 1,
            Ok(Became::Held) => self.outcome.held += 1,
            Ok(Became::Restated) => self.outcome.restated += 1,
            Ok(Became::Unchanged) => self.outcome.unchanged += 1,
            Ok(Became::Stale) => self.outcome.stale += 1,
            Err(refusal) => {
                self.lapses.forget();
                self.outcome.refused += 1;
                if self.outcome.refusals.len() < MOST_NAMED {
                    let refused = RefusedRow::new(row.line, &refusal);
                    self.outcome.refusals.push(refused);
                }
            }
        }
    }

    /// What all rows came to: first what is won back, then what is spent, then what lapses again.
    pub(super) fn close(mut self) -> Closed {
        self.outcome.refusals.sort_by_key(|refused| refused.line);
        let pledge = self.import.pledge;
        let note = format!("Spend import imp_{}", self.import.id.as_simple());
        let won = self.lapses.corrections(pledge, &note).into_iter();
        let (mut drafts, won): (Vec<Draft>, Vec<Event>) = won.unzip();
        let numbers = self.postings.numbers(self.book.journals, drafts.len());
        for line in &mut self.lines {
            if line.journal.take().is_some() {
                line.journal = numbers.get(&(line.day, line.ad_account)).copied();
            }
        }
        drafts.extend(self.postings.drafts(pledge));
        drafts.extend(self.lapses.lapse_again(&mut self.sheet, pledge));
        Closed {
            outcome: self.outcome,
            lines: self.lines,
            drafts,
            won,
            holds: self.sheet.hold_changes(),
        }
    }

    fn judge(&mut self, row: &SpendRow) -> Result<Became, Refusal> {
        let books = self.books;
        let found = books.campaigns.get(&row.campaign).and_then(Option::as_ref);
        let campaign = found.ok_or_else(|| Refusal::UnknownReference {
            pointer: "/campaign",
            what: "such campaign of the pledge:",
            id: format!("{} in ad account {}", row.campaign.2, row.campaign.1),
        })?;
        let (unit, amount) = (&row.currency, |minor| {
            Money::from_minor(minor, row.currency.clone())
        });
        if unit.code() != campaign.unit.currency() {
            return Err(Refusal::WrongUnit {
                pointer: "/currency",
                given: unit.to_string(),
                expected: campaign.unit.currency().to_owned(),
            });
        }
        if row.cash + row.voucher != row.spend {
            return Err(Refusal::SpendNotAddingUp {
                spend: amount(row.spend),
                cash: amount(row.cash),
                voucher: amount(row.voucher),
            });
        }
        let at = (campaign.obligation, row.day);
        let stored = || books.spend.get(&at).and_then(Option::as_ref);
        let changed = self.latest.get(&at).and_then(|at| self.lines.get(*at));
        let known = changed.or_else(stored).cloned();
        if let Some(known) = &known {
            let says = (row.state, row.cash, row.voucher);
            let same = says == (known.state, known.cash, known.voucher);
            match row.revision.cmp(&known.revision) {
                std::cmp::Ordering::Less => return Ok(Became::Stale),
                std::cmp::Ordering::Equal if same => return Ok(Became::Unchanged),
                std::cmp::Ordering::Equal => {
                    return Err(Refusal::SpendRevisionConflict {
                        revision: row.revision,
                    });
                }
                std::cmp::Ordering::Greater => {}
            }
        }
        if row.state == SpendState::Final {
            self.book.closed.admits(row.day, self.by_controller)?;
        }
        let line = self.record(campaign, row, known.as_ref())?;
        let before = known.as_ref().map_or(&[][..], |known| &known.uses);
        self.lapses
            .settle(&mut self.sheet, campaign, before, &line.uses);
        self.latest.insert(at, self.lines.len());
        self.lines.push(line);
        let was_final = known.is_some_and(|known| known.state == SpendState::Final);
        Ok(match (row.state, was_final) {
            (SpendState::Provisional, _) => Became::Held,
            (SpendState::Final, false) => Became::Posted,
            (SpendState::Final, true) => Became::Restated,
        })
    }

    fn record(
        &mut self,
        campaign: &Campaign,
        row: &SpendRow,
        known: Option<&SpendLine>,
    ) -> Result<SpendLine, Refusal> {
        let mut line = SpendLine {
            id: row.id,
            pledge: self.import.pledge,
            obligation: campaign.obligation,
            ad_account: campaign.ad_account,
            day: row.day,
            revision: row.revision,
            state: row.state,
            cash: row.cash,
            voucher: row.voucher,
            suspended: 0,
            journal: None,
            import: self.import.id,
            line: row.line,
            uses: Vec::new(),
            attributions: 0,
            refunded: 0,
            refunded_in_cash: 0,
        };
        let turned = row.voucher + known.map_or(0, |known| known.voucher);
        let released = AccountKey::plain(Code::CreditsReleased, &campaign.unit);
        for key in [campaign.purse(), campaign.cost(), released] {
            self.sheet.require_range(&key, turned)?;
        }
        match (row.state, known) {
            (SpendState::Final, Some(known)) if known.state == SpendState::Final => {
                self.restate(campaign, row, known, &mut line)?;
            }
            (SpendState::Final, known) => {
                let held = known.map_or(&[][..], |known| &known.uses);
                line.uses = self.find(campaign, row.day, row.voucher, held)?;
                self.cash(campaign, row, 0, 0, &mut line)?;
                self.hold(campaign, held, -1);
                self.spend(campaign, row.day, &line.uses);
                line.journal = (row.voucher > 0).then_some(0);
            }
            (SpendState::Provisional, Some(known)) if known.state == SpendState::Final => {
                return Err(Refusal::SpendAlreadyFinal {
                    revision: known.revision,
                });
            }
            (SpendState::Provisional, known) => {
                let held = known.map_or(&[][..], |known| &known.uses);
                line.uses = self.find(campaign, row.day, row.voucher, held)?;
                self.hold(campaign, held, -1);
                self.hold(campaign, &line.uses, 1);
            }
        }
        Ok(line)
    }

    /// Posts the difference to what was final before. What was refunded stays where it went: it is
    /// the last of the uses, before and after.
    fn restate(
        &mut self,
        campaign: &Campaign,
        row: &SpendRow,
        known: &SpendLine,
        line: &mut SpendLine,
    ) -> Result<(), Refusal> {
        let (standing, refunded) = part_last(&known.uses, known.refunded);
        let change = row.voucher - known.voucher;
        if -change > known.refundable() {
            let money = |minor| Money::from_minor(minor, campaign.unit.clone());
            return Err(Refusal::ExceedsSpend {
                remaining: money(known.refundable()),
                requested: money(-change),
            });
        }
        let more = self.find(campaign, row.day, change.max(0), &[])?;
        self.cash(campaign, row, known.cash, known.suspended, line)?;
        let (standing, less) = part_last(&standing, (-change).max(0));
        self.spend(campaign, row.day, &more);
        self.give_back(campaign, row.day, &less);
        line.uses = [standing, more, refunded].concat();
        line.journal = (change != 0).then_some(0);
        (line.refunded, line.refunded_in_cash) = (known.refunded, known.refunded_in_cash);
        Ok(())
    }

    /// The lots of a day that `voucher` would be taken from, first expiring first, if purse and
    /// lots cover it. What `own` holds is let go for it.
    fn find(
        &mut self,
        campaign: &Campaign,
        day: Date,
        voucher: i64,
        own: &[Use],
    ) -> Result<Vec<Use>, Refusal> {
        if !self.lapses.is_empty() {
            return self
                .lapses
                .find(&mut self.sheet, campaign, day, voucher, own);
        }
        let own_of = |lot: Option<LotId>| {
            let of = own.iter().filter(|it| lot.is_none_or(|lot| it.lot == lot));
            of.map(|it| it.amount).sum::<i64>()
        };
        self.sheet
            .require(&campaign.purse(), voucher, own_of(None), day)?;
        let mut open = voucher;
        let mut uses = Vec::new();
        let books = self.books;
        let lots = books.placed.get(&campaign.ad_account).into_iter().flatten();
        for lot in lots.filter(|lot| lot.pays_for(campaign, day)) {
            if open == 0 {
                break;
            }
            let there = self
                .sheet
                .takable(&campaign.placed(lot.id), own_of(Some(lot.id)), day);
            let amount = there.clamp(0, open);
            open -= amount;
            if amount > 0 {
                let lot = lot.id;
                uses.push(Use { lot, amount });
            }
        }
        if open > 0 {
            let all = campaign.all_placed();
            return Err(self.sheet.shortage(&all, voucher - open, voucher));
        }
        Ok(uses)
    }

    fn hold(&mut self, campaign: &Campaign, uses: &[Use], sign: i64) {
        let subject = campaign.obligation.0;
        for it in uses {
            let placed = campaign.placed(it.lot);
            self.sheet.hold(subject, &placed, sign * it.amount);
            self.sheet
                .hold(subject, &campaign.purse(), sign * it.amount);
        }
    }

    fn post(
        &mut self,
        at: (Date, AdAccountId, Kind),
        debit: AccountKey,
        credit: AccountKey,
        minor: i64,
    ) {
        self.sheet.post(&debit, &credit, minor, at.0);
        self.postings.add(at, debit, credit, minor);
    }

    fn spend(&mut self, campaign: &Campaign, day: Date, uses: &[Use]) {
        let at = (day, campaign.ad_account, Kind::Spend);
        for it in uses {
            let placed = campaign.placed(it.lot);
            self.post(at, campaign.cost(), placed, it.amount);
        }
        let released = AccountKey::plain(Code::CreditsReleased, &campaign.unit);
        let all = uses.iter().map(|it| it.amount).sum();
        self.post(at, campaign.purse(), released, all);
    }

    fn give_back(&mut self, campaign: &Campaign, day: Date, uses: &[Use]) {
        let at = (day, campaign.ad_account, Kind::Spend);
        for it in uses {
            let placed = campaign.placed(it.lot);
            self.post(at, placed, campaign.cost(), it.amount);
        }
        let released = AccountKey::plain(Code::CreditsReleased, &campaign.unit);
        let all = uses.iter().map(|it| it.amount).sum();
        self.post(at, released, campaign.purse(), all);
    }
}
