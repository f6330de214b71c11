//! The rest of a pledge's year: what was allocated is contracted, invoiced and paid in the currency
//! of each creator, or advertised; what is left lapses or goes back; and the pledge is closed.
//!
//! Everything is worked out beforehand, so that the same seed gives the same books to the last
//! cent: that the pledge can be closed in the end is what shows it.

mod campaigns;
mod contracts;
mod ending;
mod payments;
mod refunds;

use std::collections::HashMap;

use super::plan::{Allocation, Release, Step, key};
use super::template::Template;

/// What a year is made of.
#[derive(Debug)]
pub struct Year<'a> {
    seed: u64,
    pledge: u32,
    /// The allocations in order, each with what was not given back of it, in hundredths.
    kept: Vec<(&'a Allocation, i64)>,
}

impl<'a> Year<'a> {
    /// The year of a pledge of which that was allocated, and that given back.
    pub fn new(
        seed: u64,
        pledge: u32,
        allocations: &'a [Allocation],
        releases: &[Release],
    ) -> Self {
        let back: HashMap<&str, i64> = releases
            .iter()
            .map(|it| (it.allocation.as_str(), it.amount.minor))
            .collect();
        let kept = allocations.iter().map(|it| {
            let back = back.get(it.key.as_str()).copied().unwrap_or(0);
            (it, it.amount.minor - back)
        });
        Year {
            seed,
            pledge,
            kept: kept.collect(),
        }
    }

    /// Every call, in order.
    pub fn calls(&self) -> Vec<Step> {
        let contracts = contracts::contracts(self);
        let campaigns = campaigns::campaigns(self);
        let exchanged = payments::exchanged(self, &contracts);
        let mut steps = payments::prepare(self, exchanged);
        steps.extend(contracts::open(self, &contracts));
        steps.extend(campaigns::open(self, &campaigns));
        steps.extend(payments::invoice_and_pay(self, &contracts));
        steps.extend(campaigns::spend(self, &campaigns));
        steps.extend(refunds::refund(self, &campaigns));
        steps.extend(ending::calls(self, &contracts, &campaigns, exchanged));
        steps
    }

    fn key(&self, name: &str) -> String {
        let own = key(self.seed, self.pledge, "");
        match name.starts_with(&own) {
            true => name.to_owned(),
            false => format!("{own}{}", name.replace(&own, "")),
        }
    }

    /// A name short enough for a reference: what tells it apart within the pledge.
    fn short(&self, name: &str) -> String {
        let own = key(self.seed, self.pledge, "");
        name.replace(&own, "")
            .replace("DEMO-", "")
            .replace(['/', ':'], "-")
    }

    /// Calls under keys of one name, numbered.
    fn steps(&self, name: &str, calls: impl IntoIterator<Item = Template>) -> Vec<Step> {
        let numbered = calls.into_iter().enumerate();
        numbered
            .map(|(at, call)| Step {
                key: self.key(&format!("{name}/{at}")),
                call: call.into(),
            })
            .collect()
    }
}
