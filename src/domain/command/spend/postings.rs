//! The journals of an import: of each ad account and day one for spend, and one for overspill.

use std::collections::{BTreeMap, HashMap};

use time::Date;

use crate::domain::account::AccountKey;
use crate::domain::id::{AdAccountId, PledgeId};
use crate::domain::journal::{Draft, Kind, Move};

/// Journals being put together, in the order they are posted.
#[derive(Default)]
pub(super) struct Postings {
    journals: BTreeMap<(Date, AdAccountId, bool), Vec<Move>>,
}

impl Postings {
    /// Adds a move; to the last of the same accounts, if there was one of late.
    pub(super) fn add(
        &mut self,
        (day, ad_account, kind): (Date, AdAccountId, Kind),
        debit: AccountKey,
        credit: AccountKey,
        amount: i64,
    ) {
        /// What goes into the same accounts again and again are the costs, a few per market.
        const FEW: usize = 16;
        if amount == 0 {
            return;
        }
        let journal = (day, ad_account, kind == Kind::Overspill);
        let moves = self.journals.entry(journal).or_default();
        let of_late = moves.iter_mut().rev().take(FEW);
        let mut same = of_late.filter(|it| it.debit == debit && it.credit == credit);
        match same.next() {
            Some(known) => known.amount += amount,
            None => moves.push(Move {
                debit,
                credit,
                amount,
            }),
        }
    }

    /// The numbers the journals of spend are going to have, counted on from `last`.
    pub(super) fn numbers(&self, last: i64) -> HashMap<(Date, AdAccountId), i64> {
        let numbered = self.journals.keys().zip(last + 1..);
        let spend = numbered.filter(|((_, _, overspill), _)| !overspill);
        spend
            .map(|((day, ad_account, _), number)| ((*day, *ad_account), number))
            .collect()
    }

    /// The journals, in order.
    pub(super) fn drafts(self, pledge: PledgeId) -> Vec<Draft> {
        let of = |((day, ad_account, overspill), moves): ((Date, AdAccountId, bool), _)| {
            let kind = match overspill {
                true => Kind::Overspill,
                false => Kind::Spend,
            };
            Draft {
                subject: Some(ad_account.0),
                ..Draft::new(pledge, kind, day, moves)
            }
        };
        self.journals.into_iter().map(of).collect()
    }
}
