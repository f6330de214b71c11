//! Spending taken up without asking whether it is covered: sums don't mind the order.

use almoner::domain::Command;
use time::Date;
use uuid::Uuid;

use super::books::{Moves, budget, funded, purse};
use super::model::{Allocation, Model};

impl Model {
    /// Takes up spending that was done elsewhere, in whatever order and whatever it leaves.
    pub(super) fn force_all(&mut self, done: &[Command]) {
        for command in done {
            let (id, moves, day) = self.spending(command);
            let pledge = self.pledge(id).unwrap();
            pledge.force(moves, day);
        }
    }

    fn spending(&mut self, command: &Command) -> (Uuid, Moves, Date) {
        match command {
            Command::BudgetMarket(it) => {
                let own = budget(it.amount.unit(), &it.market.to_string());
                let moves = vec![(funded(it.amount.unit()), own, it.amount.minor())];
                (it.pledge.0, moves, it.effective_date)
            }
            Command::ReturnBudget(it) => {
                let own = budget(it.amount.unit(), &it.market.to_string());
                let moves = vec![(own, funded(it.amount.unit()), it.amount.minor())];
                (it.pledge.0, moves, it.effective_date)
            }
            Command::AllocateToCreator(it) => {
                let found = self.creators.iter().find(|(id, _)| *id == it.creator.0);
                let (creator, market) = found.cloned().unwrap();
                let unit = it.amount.unit().clone();
                let (from, to) = (budget(&unit, &market), purse(&unit, &market, creator));
                self.allocations.push(Allocation {
                    id: it.id.0,
                    pledge: self
                        .pledges
                        .iter()
                        .position(|own| own.id == it.pledge.0)
                        .unwrap(),
                    creator,
                    market,
                    unit,
                    remaining: it.amount.minor(),
                });
                (
                    it.pledge.0,
                    vec![(from, to, it.amount.minor())],
                    it.effective_date,
                )
            }
            Command::ReleaseAllocation(it) => {
                let own = self
                    .allocations
                    .iter()
                    .find(|own| own.id == it.allocation.0);
                let own = own.unwrap();
                let from = purse(&own.unit, &own.market, own.creator);
                let moves = vec![(from, budget(&own.unit, &own.market), it.amount.minor())];
                (self.pledges[own.pledge].id, moves, it.effective_date)
            }
            other => panic!("{other:?} is no spending"),
        }
    }
}
