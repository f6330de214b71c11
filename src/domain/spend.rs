//! Ad spend: what a platform reports of a campaign's day, and what it stands in.
//!
//! A line is known by its campaign (the obligation) and its day. What the platform reports of it
//! comes in revisions, of which the latest counts: provisional ones hold their voucher spend, final
//! ones are posted, and a final one after another posts the difference.

use time::Date;
use uuid::Uuid;

use super::account::AccountKey;
use super::chart::Code;
use super::id::{AdAccountId, CreatorId, LotId, ObligationId, PledgeId, SpendLineId};
use super::market::Market;
use super::unit::Unit;

/// Whether the platform may still change its mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendState {
    /// It may.
    Provisional,
    /// It said it won't; it may restate all the same.
    Final,
}

impl SpendState {
    /// The state as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            SpendState::Provisional => "provisional",
            SpendState::Final => "final",
        }
    }

    /// The state written so.
    pub fn parse(text: &str) -> Option<Self> {
        [SpendState::Provisional, SpendState::Final]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A campaign that spend is reported of: an obligation, and the ad account it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// The platform's own number for it.
    pub name: String,
    /// The obligation.
    pub obligation: ObligationId,
    /// The ad account.
    pub ad_account: AdAccountId,
    /// The platform.
    pub platform: String,
    /// The account's credits.
    pub unit: Unit,
    /// The creator it advertises.
    pub creator: CreatorId,
    /// The creator's market.
    pub market: Market,
}

impl Campaign {
    /// Its purse.
    pub fn purse(&self) -> AccountKey {
        let code = Code::CreditsObligated;
        AccountKey {
            obligation: Some(self.obligation),
            ..AccountKey::creator(code, &self.unit, self.market, self.creator)
        }
    }

    /// Where a lot's credits are in its ad account.
    pub fn placed(&self, lot: LotId) -> AccountKey {
        AccountKey::placed(Code::CreditPlaced, &self.unit, lot, self.ad_account)
    }

    /// All credits in its ad account: what a lack of them is named by, no account of the ledger.
    pub fn all_placed(&self) -> AccountKey {
        AccountKey {
            ad_account: Some(self.ad_account),
            ..AccountKey::plain(Code::CreditPlaced, &self.unit)
        }
    }

    /// What its advertising cost.
    pub fn cost(&self) -> AccountKey {
        AccountKey::market(Code::AdvertisingCost, &self.unit, self.market)
    }
}

/// How much of a line stands in a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The lot.
    pub lot: LotId,
    /// How much, in minor digits.
    pub amount: i64,
}

/// A campaign's day as last reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendLine {
    /// Its id.
    pub id: SpendLineId,
    /// Whose credits.
    pub pledge: PledgeId,
    /// The campaign.
    pub obligation: ObligationId,
    /// Where it runs.
    pub ad_account: AdAccountId,
    /// The day, in the ad account's time zone.
    pub day: Date,
    /// Which report of it this is.
    pub revision: i32,
    /// Whether it is final.
    pub state: SpendState,
    /// What was spent in cash, in minor digits.
    pub cash: i64,
    /// What was spent in credits, in minor digits.
    pub voucher: i64,
    /// What of the cash no purse covered and wasn't cleared since, in minor digits.
    pub suspended: i64,
    /// The journal its credits were posted with, by number.
    pub journal: Option<i64>,
    /// The import that brought it.
    pub import: Uuid,
    /// Its line there.
    pub line: i32,
    /// The lots its credits stand in, in the order they were used.
    pub uses: Vec<Use>,
    /// How often the platform attributed them to lots.
    pub attributions: i16,
    /// What of its credits was refunded into lots, in minor digits.
    pub refunded: i64,
    /// What of its credits was refunded in cash, in minor digits.
    pub refunded_in_cash: i64,
}

impl SpendLine {
    /// What of a final line may still be refunded.
    pub fn refundable(&self) -> i64 {
        match self.state {
            SpendState::Final => self.voucher - self.refunded - self.refunded_in_cash,
            SpendState::Provisional => 0,
        }
    }
}

/// How much of uses is of a lot, in minor digits.
pub fn of_lot(uses: &[Use], lot: LotId) -> i64 {
    let own = uses.iter().filter(|it| it.lot == lot);
    own.map(|it| it.amount).sum()
}

/// Parts `amount` off the end of what was used: what is left, and the part, both in order.
pub fn part_last(uses: &[Use], amount: i64) -> (Vec<Use>, Vec<Use>) {
    let (mut left, mut part) = (uses.to_vec(), Vec::new());
    let mut open = amount;
    while open > 0
        && let Some(last) = left.pop()
    {
        let taken = last.amount.min(open);
        open -= taken;
        let of = |amount| Use { amount, ..last };
        if taken < last.amount {
            left.push(of(last.amount - taken));
        }
        part.push(of(taken));
    }
    part.reverse();
    (left, part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_is_parted_first() {
        let of = |lot, amount| Use {
            lot: LotId(Uuid::from_u128(lot)),
            amount,
        };
        let uses = [of(1, 5), of(2, 3)];
        assert_eq!(part_last(&uses, 0), (uses.to_vec(), vec![]));
        assert_eq!(
            part_last(&uses, 2),
            (vec![of(1, 5), of(2, 1)], vec![of(2, 2)])
        );
        assert_eq!(
            part_last(&uses, 4),
            (vec![of(1, 4)], vec![of(1, 1), of(2, 3)])
        );
        assert_eq!(part_last(&uses, 8), (vec![], uses.to_vec()));
    }
}
