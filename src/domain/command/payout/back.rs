//! A payout that the bank returned.

use time::Date;

use super::step::draft_of;
use crate::domain::books::PledgeBook;
use crate::domain::command::require::entry;
use crate::domain::exchange;
use crate::domain::journal::{Draft, Kind};
use crate::domain::money::Money;
use crate::domain::payout::{Payout, PayoutMove, PayoutState};
use crate::domain::refusal::{ExchangeRefusal, Refusal};

/// What was paid is owed again and back at the bank; of what wasn't paid yet, nothing is posted.
pub(super) fn came_back(
    book: &PledgeBook,
    payout: &Payout,
    reason: &str,
    returned: Option<&Money>,
    day: Date,
) -> Result<Option<Draft>, Refusal> {
    let not_in = |state, open| Refusal::WrongState {
        what: "payout",
        state,
        command: PayoutMove::Return.deed(),
        open,
    };
    if payout.state != PayoutState::Settled {
        return match returned {
            None => Ok(None),
            Some(_) => Err(not_in(
                "with the bank, and nothing of it was paid",
                "It can be returned without saying what came back.",
            )),
        };
    }
    if payout.paid == 0 {
        return Err(not_in(
            "settled, and its payment reversed",
            "What is still owed can be proposed anew.",
        ));
    }
    let (bank, owed) = (payout.bank_account(), payout.payable());
    let moves = match payout.is_foreign() {
        false => vec![entry(bank, owed, payout.paid)],
        true => {
            let returned = returned.cloned();
            let returned = returned
                .unwrap_or_else(|| Money::from_minor(payout.charged, payout.bank.unit().clone()));
            let bearer = book.pledge.exchange_differences;
            exchange::came_back(&owed, payout.paid, payout.carried, &returned, bearer)
        }
    };
    Ok(Some(Draft {
        reason: Some(reason.to_owned()),
        ..draft_of(payout, Kind::PaymentReturn, day, moves)
    }))
}

/// What the bank gave back can be said where something was exchanged, in the bank's own currency.
pub(super) fn require_returned(payout: &Payout, returned: Option<&Money>) -> Result<(), Refusal> {
    let Some(returned) = returned else {
        return Ok(());
    };
    if !payout.is_foreign() {
        let paid = payout.amount.clone();
        return Err(ExchangeRefusal::ReturnedWhole { paid }.into());
    }
    match returned.unit() == payout.bank.unit() {
        true => Ok(()),
        false => Err(Refusal::WrongUnit {
            pointer: "/returned/unit",
            given: returned.unit().to_string(),
            expected: payout.bank.unit().to_string(),
        }),
    }
}
