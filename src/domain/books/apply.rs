//! Taking decisions into the books, so that the next command sees them.

use time::Date;

use super::{Books, PledgeEvent, Posting};
use crate::domain::command::{Decision, Event, MovedOn, Refunded, Thing};
use crate::domain::creator::{BankDetails, Erasure};
use crate::domain::exchange::adds_to_carried;
use crate::domain::hold::{Hold, HoldChange};
use crate::domain::id::{JournalId, ObligationId, PledgeId};
use crate::domain::journal::{Draft, Kind};
use crate::domain::obligation::{Bond, Obligation};
use crate::domain::pledge::{Instalment, Lot, PledgeState};
use crate::domain::revaluation::follow;
use crate::domain::spend::{SpendLine, SpendState};

impl Books {
    /// Takes a decision into the books, so that the next command sees it.
    pub fn apply(&mut self, decision: Decision, posting: &Posting) {
        if let Some(draft) = decision.draft {
            self.post(draft, posting);
        }
        for event in decision.events {
            match event {
                Event::MovedOn(moved) => self.end(moved, posting),
                Event::Revalued(rows) => self.revalue(rows, posting),
                Event::Posted(draft) => {
                    let journal = JournalId((posting.new_id)());
                    self.post(
                        draft,
                        &Posting {
                            journal,
                            ..posting.clone()
                        },
                    );
                }
                Event::ThresholdStated(it) => self.state_threshold(it, posting),
                Event::PeriodMoved(it) => self.move_period(it, posting),
                Event::PayoutProposed(it) => self.propose_payout(it, posting.approval),
                other => self.record(other, posting.actor),
            }
        }
    }

    fn end(&mut self, moved: MovedOn, posting: &Posting) {
        if let Some(Some(book)) = self.pledges.get_mut(&moved.pledge) {
            book.pledge.state = moved.state;
        }
        self.changes.ended.push(PledgeEvent {
            id: (posting.new_id)(),
            actor: posting.actor.to_owned(),
            recorded_at: posting.now,
            moved,
        });
    }

    fn post(&mut self, draft: Draft, posting: &Posting) {
        let pledge = draft.pledge;
        let Some(Some(book)) = self.pledges.get_mut(&pledge) else {
            return;
        };
        if let (Some(subject), Some(reference)) = (draft.subject, &draft.bank_reference) {
            self.bank_references
                .insert((subject, reference.clone()), true);
        }
        for ((home, key), carried) in &mut self.carried {
            if *home == pledge {
                *carried += adds_to_carried(key, &draft.moves);
            }
        }
        let own = book.pledge.total.unit();
        for ((home, day), open) in &mut self.open_debts {
            if *home == pledge && draft.effective_date <= *day {
                follow(open, &draft.moves, own);
            }
        }
        let (journal, opened) = book.post(draft, posting);
        self.changes
            .accounts
            .extend(opened.into_iter().map(|key| (pledge, key)));
        match journal.draft.kind {
            Kind::Expiry | Kind::ExpiryCorrection => self.note_lapse(&journal),
            _ => {}
        }
        self.changes.journals.push(journal);
    }

    fn record(&mut self, event: Event, actor: &str) {
        match event {
            Event::Announced(pledge, instalments) => {
                self.pledge_references
                    .insert(pledge.reference.clone(), true);
                self.changes.announced.push((pledge, instalments));
            }
            Event::Unsigned(id) => self.unsign(id),
            Event::Reversed(journal, lines) => self.reverse(journal, &lines),
            Event::Agreed(id, on) => self.move_on(id, PledgeState::Agreed, Some(on)),
            Event::Activated(id) => self.move_on(id, PledgeState::Active, None),
            Event::InstalmentChanged(instalment) => self.change_instalment(instalment),
            Event::LotIssued(lot) => self.changes.lots.push(lot),
            Event::LotExtended(lot) => {
                self.changes.extended.push((lot.clone(), actor.to_owned()));
                self.restate_lot(lot);
            }
            Event::LotChanged(lot) => self.restate_lot(lot),
            Event::JobRan(run) => self.changes.runs.push(run),
            Event::Register(event) => self.keep_register(event),
            Event::Enrolled(creator) => {
                self.creator_references
                    .insert(creator.reference.clone(), true);
                self.creators.insert(creator.id, Some(creator.market));
                self.changes.creators.push(creator);
            }
            Event::BankDetailsRecorded(details) => self.record_bank_details(details),
            Event::PersonErased(erasure) => self.erase_person(erasure),
            Event::Allocated(allocation) | Event::Released(allocation) => {
                self.allocations.insert(allocation.id, Some(allocation));
            }
            Event::AdAccountOpened(account) => {
                self.name(account.pledge, Thing::AdAccount, &account.reference);
                self.ad_accounts.insert(account.id, Some(account.clone()));
                self.changes.ad_accounts.push(account);
            }
            Event::Obligated(obligation) => self.obligate(obligation),
            Event::ObligationChanged(obligation) => {
                self.obligations.insert(obligation.id, Some(obligation));
            }
            Event::Held(pledge, change) => self.hold(pledge, change),
            Event::Placed(ad_account, lot) => self.place(ad_account, lot),
            Event::SpendRecorded(line) => self.record_spend(line),
            Event::SpendAttributed(journal, line) => self.record_attribution(journal, line),
            Event::SuspenseCleared(journal, cleared) => self.record_clearing(journal, cleared),
            Event::StatementsIssued(issued) => self.issue_statements(issued),
            Event::StatementsRun(run) => self.changes.statement_runs.push(run),
            Event::PlatformBalanceNoted(it) => self.changes.platform_balances.push(it),
            Event::SpendRefunded(journal, refunded) => self.record_refund(journal, refunded),
            // Above, with what each takes besides.
            Event::MovedOn(_)
            | Event::Posted(_)
            | Event::Revalued(_)
            | Event::PayoutProposed(_)
            | Event::PeriodMoved(_)
            | Event::ThresholdStated(_) => {}
            Event::Proposed(approval) => self.propose(*approval),
            Event::ApprovalDecided(pledge, id, decided) => {
                self.decide_approval(pledge, id, decided);
            }
            Event::WithholdingStated(rule) => self.state_withholding(rule),
            Event::PayoutMoved(event) => self.move_payout(event),
            Event::ExchangeRateStated(rate) => self.state_exchange_rate(rate),
            Event::RateStated(pledge, unit, rate) => self.state_rate(pledge, unit, rate),
        }
    }

    fn unsign(&mut self, id: PledgeId) {
        self.move_on(id, PledgeState::Announced, None);
        if let Some(Some(book)) = self.pledges.get_mut(&id) {
            book.pledge.agreed_on = None;
        }
    }

    fn record_bank_details(&mut self, details: BankDetails) {
        if let Some(Some(person)) = self.persons.get_mut(&details.creator) {
            person.bank_versions = details.version;
        }
        self.changes.bank_details.push(details);
    }

    fn erase_person(&mut self, erasure: Erasure) {
        if let Some(Some(person)) = self.persons.get_mut(&erasure.creator) {
            person.creator.erased_at = Some(erasure.erased_at);
        }
        self.changes.erasures.push(erasure);
    }

    fn obligate(&mut self, obligation: Obligation) {
        self.name(obligation.pledge, Thing::Obligation, &obligation.reference);
        if let Bond::Campaign {
            ad_account,
            campaign,
            ..
        } = &obligation.bond
        {
            let campaign = (*ad_account, campaign.clone());
            self.paid_campaigns.insert(campaign, true);
        }
        self.obligations
            .insert(obligation.id, Some(obligation.clone()));
        self.changes.obligations.push(obligation);
    }

    /// Something of the pledge now goes by that reference.
    fn name(&mut self, pledge: PledgeId, thing: Thing, reference: &str) {
        self.own_references
            .insert((pledge, thing, reference.to_owned()), true);
    }

    fn change_instalment(&mut self, instalment: Instalment) {
        let (pledge, id) = (instalment.pledge, instalment.id);
        let book = self.pledges.get_mut(&pledge).and_then(Option::as_mut);
        let known = book.and_then(|book| book.instalments.as_mut());
        if let Some(slot) = known.and_then(|all| all.iter_mut().find(|known| known.id == id)) {
            *slot = instalment;
        }
        if !self.changes.instalments.contains(&(pledge, id)) {
            self.changes.instalments.push((pledge, id));
        }
    }

    fn reverse(&mut self, journal: JournalId, lines: &[(i16, i64)]) {
        let links: Vec<(JournalId, bool)> = match self.chain(journal) {
            Ok((_, chain)) => chain.links().map(|(link, more)| (link.id, more)).collect(),
            Err(_) => return,
        };
        for (id, more) in links {
            let Some(Some(link)) = self.journals.get_mut(&id) else {
                continue;
            };
            for (line, amount) in lines {
                link.take_back(*line, if more { *amount } else { -amount });
            }
            // Of the first journal: its line of the bank's is free while nothing is left of it.
            if let (None, Some(subject), Some(reference)) =
                (link.reverses, link.subject, &link.bank_reference)
            {
                let name = (subject, reference.clone());
                self.bank_references.insert(name, !link.is_taken_back());
            }
        }
    }

    fn restate_lot(&mut self, lot: Lot) {
        if let Some(Some(standing)) = self.lots.get_mut(&lot.id) {
            standing.lot = lot;
        }
    }

    fn record_spend(&mut self, line: SpendLine) {
        let at = (line.obligation, line.day);
        let before = self.spend.insert(at, Some(line.clone())).flatten();
        let before = before.filter(|it| it.state == SpendState::Final);
        if line.state == SpendState::Final {
            let more = line.voucher - before.map_or(0, |it| it.voucher);
            self.liquidate(line.obligation, more);
        }
        self.changes.spend.push(line);
    }

    fn record_refund(&mut self, journal: JournalId, refunded: Refunded) {
        let line = &refunded.line;
        let at = (line.obligation, line.day);
        self.refunds
            .insert((at.0, at.1, refunded.reference.clone()), true);
        self.spend.insert(at, Some(line.clone()));
        self.liquidate(at.0, refunded.lapsed - refunded.restored);
        self.changes.refunds.push((journal, refunded));
    }

    /// What an obligation that is known still binds, after so much more of it was used.
    pub(super) fn liquidate(&mut self, obligation: ObligationId, more: i64) {
        if let Some(Some(known)) = self.obligations.get_mut(&obligation) {
            known.remaining -= more;
        }
    }

    fn hold(&mut self, pledge: PledgeId, change: HoldChange) {
        let Some(Some(book)) = self.pledges.get_mut(&pledge) else {
            return;
        };
        let before = book.held(change.subject, &change.key);
        if let Some(Some(account)) = book.accounts.get_mut(&change.key) {
            account.held += change.amount - before;
        }
        let address = change.key.address();
        let holds = book.holds.entry(change.subject).or_default();
        holds.retain(|hold| hold.address != address);
        holds.push(Hold {
            address,
            amount: change.amount,
            expires_on: change.expires_on,
        });
        let name = (pledge, change.subject, change.key.clone());
        if self.changes.held.insert(name) {
            book.hold_changes += 1;
            let first = (pledge, change.subject, change.key, before);
            self.changes.holds.push(first);
        }
    }

    fn move_on(&mut self, id: PledgeId, state: PledgeState, agreed_on: Option<Date>) {
        let Some(Some(book)) = self.pledges.get_mut(&id) else {
            return;
        };
        book.pledge.state = state;
        book.pledge.agreed_on = agreed_on.or(book.pledge.agreed_on);
        if !self.changes.moved_on.contains(&id) {
            self.changes.moved_on.push(id);
        }
    }
}
