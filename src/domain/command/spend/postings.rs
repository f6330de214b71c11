//! The journals of an import: of each ad account and day one for spend, and one for overspill.

use std::collections::BTreeMap;

use foldhash::HashMap;
use time::Date;

use crate::domain::account::AccountKey;
use crate::domain::id::{AdAccountId, PledgeId};
use crate::domain::journal::{Draft, Kind, Move};

/// The moves of a journal being put together.
#[derive(Default)]
struct Moves {
    moves: Vec<Move>,
    /// Where those stand that are no campaign's own: costs, of which there are few.
    shared: HashMap<(AccountKey, AccountKey), usize>,
}

impl Moves {
    fn add(&mut self, debit: AccountKey, credit: AccountKey, amount: i64) {
        let own = debit.obligation.or(credit.obligation).is_some();
        let last = self.moves.len();
        let at = match own {
            true => last,
            false => *self
                .shared
                .entry((debit.clone(), credit.clone()))
                .or_insert(last),
        };
        match self.moves.get_mut(at) {
            Some(known) => known.amount += amount,
            None => self.moves.push(Move {
                debit,
                credit,
                amount,
            }),
        }
    }
}

/// Journals being put together, in the order they are posted.
#[derive(Default)]
pub(super) struct Postings {
    journals: BTreeMap<(Date, AdAccountId, bool), Moves>,
}

impl Postings {
    /// Adds a move. What goes between the same accounts again and again is one move, so that a
    /// journal has few more of them than the import has rows.
    pub(super) fn add(
        &mut self,
        (day, ad_account, kind): (Date, AdAccountId, Kind),
        debit: AccountKey,
        credit: AccountKey,
        amount: i64,
    ) {
        if amount > 0 {
            let journal = (day, ad_account, kind == Kind::Overspill);
            let moves = self.journals.entry(journal).or_default();
            moves.add(debit, credit, amount);
        }
    }

    /// The numbers the journals of spend are going to have, counted on from `last` and so
    /// many others.
    pub(super) fn numbers(&self, last: i64, others: usize) -> HashMap<(Date, AdAccountId), i64> {
        let first = (last + 1..).nth(others).unwrap_or(last);
        let numbered = self.journals.keys().zip(first..);
        let spend = numbered.filter(|((_, _, overspill), _)| !overspill);
        spend
            .map(|((day, ad_account, _), number)| ((*day, *ad_account), number))
            .collect()
    }

    /// The journals, in order.
    pub(super) fn drafts(self, pledge: PledgeId) -> Vec<Draft> {
        let of = |((day, ad_account, overspill), it): ((Date, AdAccountId, bool), Moves)| {
            let kind = match overspill {
                true => Kind::Overspill,
                false => Kind::Spend,
            };
            Draft {
                subject: Some(ad_account.0),
                ..Draft::new(pledge, kind, day, it.moves)
            }
        };
        self.journals.into_iter().map(of).collect()
    }
}
