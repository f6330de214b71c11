//! Which lots a line of spend stands in, as the platform says (Dr 1320.acct.A Cr 1320.acct.B).
//!
//! The order lots are used in isn't published, so spend is attributed first expiring first. Where
//! the platform reports the use of each credit, that wins: a journal of the line's day moves what
//! stands in other lots than the platform names. Purses and costs stay as they are, as all of it
//! was spent either way.
//!
//! All that a line stands in lots with is named, each lot once; the order is that in which they are
//! given back by later restatements and refunds, the last first. What was refunded into lots before
//! stays where it went. A lot has to be placed in the ad account, alive on the day, for the
//! campaign, and to have what is moved to it: on that day and on every one since, as with any
//! posting; what lapsed of it isn't won back for that. What comes back to a lot that has lapsed and
//! ended lapses at once, from the purses that lose first.

use super::lapse::{lapse_at_once, need_lapse};
use super::require::{entry, require_same_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::ad_account::AdAccount;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::{LotId, SpendLineId};
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::pledge::Lot;
use crate::domain::refusal::{LotRefusal, Refusal};
use crate::domain::spend::{Campaign, SpendLine, SpendState, Use, of_lot, part_last};

/// Record which lots a line of spend stands in.
#[derive(Debug, Clone)]
pub struct AttributeSpend {
    /// A report of the campaign's day.
    pub line: SpendLineId,
    /// The lots, with how much of the line was taken from each.
    pub uses: Vec<(LotId, Money)>,
    /// The platform's report.
    pub document: Document,
}

impl AttributeSpend {
    fn named(&self) -> Vec<Use> {
        let named = self.uses.iter().map(|(lot, amount)| Use {
            lot: *lot,
            amount: amount.minor(),
        });
        named.collect()
    }

    /// What each lot gains that the line no longer stands in, or loses, less than zero: in the
    /// order in which they are used before and after.
    fn changes(&self, line: &SpendLine) -> Vec<(LotId, i64)> {
        let (standing, _) = part_last(&line.uses, line.refunded);
        let named = self.named();
        let mut changes: Vec<(LotId, i64)> = Vec::new();
        for it in standing.iter().chain(&named) {
            let change = of_lot(&standing, it.lot) - of_lot(&named, it.lot);
            if change != 0 && changes.iter().all(|(known, _)| *known != it.lot) {
                changes.push((it.lot, change));
            }
        }
        changes
    }

    fn moves(&self, line: &SpendLine, terms: &Obligation) -> Vec<Move> {
        let unit = terms.amount.unit();
        let placed = |lot| AccountKey::placed(Code::CreditPlaced, unit, lot, line.ad_account);
        let (gains, losses): (Vec<_>, Vec<_>) =
            self.changes(line).into_iter().partition(|(_, it)| *it > 0);
        let mut losses = losses.into_iter().map(|(lot, change)| (lot, -change));
        let mut source = losses.next();
        let mut moves = Vec::new();
        for (lot, gain) in gains {
            let mut open = gain;
            while let Some((from, left)) = source.filter(|_| open > 0) {
                let now = open.min(left);
                moves.push(entry(placed(lot), placed(from), now));
                open -= now;
                source = match left - now {
                    0 => losses.next(),
                    rest => Some((from, rest)),
                };
            }
        }
        moves
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::SpendLine, self.line.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(line) = needs.spend_line(books, self.line) else {
            return;
        };
        needs.ad_account(books, line.ad_account);
        needs.placed(books, line.pledge, line.ad_account);
        if let Some(Some(terms)) = books.obligations.get(&line.obligation) {
            needs.moves(books, line.pledge, self.moves(line, terms), line.day);
        }
        for (lot, change) in self.changes(line) {
            if change > 0 && books.lapses.contains_key(&lot) {
                need_lapse(books, needs, lot);
            }
        }
    }

    /// Whether the lots can have paid for the line, and for all of it.
    fn check(
        &self,
        books: &Books,
        line: &SpendLine,
        terms: &Obligation,
        account: &AdAccount,
    ) -> Result<(), Refusal> {
        let campaign = campaign(terms, account);
        let lots = books.placed.get(&line.ad_account);
        let lots = lots.map_or(&[][..], Vec::as_slice);
        for (place, (id, amount)) in self.uses.iter().enumerate() {
            require_same_unit(amount, &account.unit)?;
            if self.uses.iter().take(place).any(|(known, _)| known == id) {
                return Err(Refusal::Repeated {
                    pointer: format!("/uses/{place}/lot_id"),
                    value: id.to_string(),
                });
            }
            let lot = lots.iter().find(|lot| lot.id == *id);
            let lot: &Lot = lot.ok_or_else(|| Refusal::UnknownReference {
                pointer: "/uses",
                what: "lot placed in the ad account by the id",
                id: id.to_string(),
            })?;
            if !lot.pays_for(&campaign, line.day) {
                let (lot, day) = (*id, line.day);
                return Err(Refusal::Lot(LotRefusal::NotForLine { lot, day }));
            }
        }
        let money = |minor| Money::from_minor(minor, account.unit.clone());
        let (standing, named) = (line.voucher - line.refunded, self.named());
        let named = named.iter().map(|it| it.amount).sum();
        if standing != named {
            return Err(Refusal::Lot(LotRefusal::NotAddingUp {
                standing: money(standing),
                named: money(named),
            }));
        }
        match line.state {
            SpendState::Final => Ok(()),
            SpendState::Provisional => Err(Refusal::WrongState {
                what: "line of spend",
                state: "provisional",
                command: "attributing it",
                open: "It is open once the line is final.",
            }),
        }
    }

    /// The lapses of what comes back to lots that have lapsed and ended.
    fn lapses(&self, books: &Books, line: &SpendLine, draft: &Draft) -> Vec<Draft> {
        let today = books.local_days.get(&line.ad_account);
        let lots = books.placed.get(&line.ad_account).into_iter().flatten();
        let mut taken = Vec::new();
        let mut lapses = Vec::new();
        for lot in lots {
            let has_lapsed = books.lapses_of(lot.id).next().is_some();
            let ended = today.is_some_and(|today| *today > lot.ends_on());
            let back = draft.moves.iter().filter(|it| it.debit.lot == Some(lot.id));
            let part = back.clone().map(|it| it.debit.clone()).next();
            let amount: i64 = back.map(|it| it.amount).sum();
            if let Some(part) = part.filter(|_| has_lapsed && ended) {
                lapses.extend(lapse_at_once(books, lot.id, (part, amount), &mut taken));
            }
        }
        lapses
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let line = books.spend_line(self.line)?;
        let (book, terms) = books.obligation(line.obligation)?;
        let (_, account) = books.ad_account(line.ad_account)?;
        self.check(books, line, terms, account)?;
        let outcome = |line, lapsed, journal| Outcome::SpendAttribution {
            line,
            unit: account.unit.clone(),
            lapsed,
            journal,
        };
        let moves = self.moves(line, terms);
        if moves.is_empty() {
            return Ok(Decision {
                events: Vec::new(),
                draft: None,
                outcome: outcome(line.clone(), 0, None),
            });
        }
        let draft = Draft {
            subject: Some(line.ad_account.0),
            document: Some(self.document.clone()),
            ..Draft::new(line.pledge, Kind::Spend, line.day, moves)
        };
        book.check(&draft)?;
        let mut changed = line.clone();
        let (_, refunded) = part_last(&line.uses, line.refunded);
        changed.uses = [self.named(), refunded].concat();
        changed.attributions += 1;
        let lapses = self.lapses(books, line, &draft);
        let gone = lapses.iter().flat_map(|it| &it.moves);
        let gone = gone.filter(|it| it.credit.code == Code::Lapsed);
        let gone: i64 = gone.map(|it| it.amount).sum();
        let attributed = Event::SpendAttributed(context.journal, changed.clone());
        let lapses = lapses.into_iter().map(Event::Posted);
        Ok(Decision {
            events: std::iter::once(attributed).chain(lapses).collect(),
            draft: Some(draft),
            outcome: outcome(changed, gone, Some(context.journal)),
        })
    }
}

/// The campaign of a line.
fn campaign(terms: &Obligation, account: &AdAccount) -> Campaign {
    let name = match &terms.bond {
        Bond::Campaign { campaign, .. } => campaign.clone(),
        Bond::Contract => String::new(), // which spends nothing
    };
    Campaign {
        name,
        obligation: terms.id,
        ad_account: account.id,
        platform: account.platform.clone(),
        unit: account.unit.clone(),
        creator: terms.creator,
        market: terms.market,
    }
}
