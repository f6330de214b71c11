//! Payouts: what a creator is owed, on its way out of the bank.
//!
//! One person proposes, another approves, and a third sends. From its proposal to
//! its end a payout is held on what the creator is owed (2120) and at the bank (1010), so that
//! neither is promised twice.

use time::{Date, OffsetDateTime};

use super::account::AccountKey;
use super::chart::Code;
use super::exchange::StatedRate;
use super::id::{CreatorId, PayoutId, PledgeId};
use super::market::Market;
use super::money::Money;
use super::person::Person;

/// Where a payout is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutState {
    /// Waiting for somebody else to approve it.
    Proposed,
    /// May be sent.
    Approved,
    /// With the bank.
    Sent,
    /// Paid.
    Settled,
    /// Came back from the bank.
    Returned,
    /// Given up before it was sent.
    Void,
}

/// What can be done with a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayoutMove {
    /// Agree to what somebody else proposed.
    Approve,
    /// Hand it to the bank.
    Send,
    /// Record that the bank paid it.
    Settle,
    /// Record that it came back.
    Return,
    /// Give it up.
    Void,
}

impl PayoutState {
    /// Every state there is.
    pub const ALL: &'static [PayoutState] = &[
        PayoutState::Proposed,
        PayoutState::Approved,
        PayoutState::Sent,
        PayoutState::Settled,
        PayoutState::Returned,
        PayoutState::Void,
    ];

    /// The state as the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            PayoutState::Proposed => "proposed",
            PayoutState::Approved => "approved",
            PayoutState::Sent => "sent",
            PayoutState::Settled => "settled",
            PayoutState::Returned => "returned",
            PayoutState::Void => "void",
        }
    }

    /// The state written so.
    pub fn parse(text: &str) -> Option<PayoutState> {
        let mut all = Self::ALL.iter().copied();
        all.find(|state| state.as_str() == text)
    }

    /// Where a move leads, if it is open.
    pub fn after(self, step: PayoutMove) -> Option<PayoutState> {
        use PayoutMove as M;
        use PayoutState as S;
        match (self, step) {
            (S::Proposed, M::Approve) => Some(S::Approved),
            (S::Proposed | S::Approved, M::Void) => Some(S::Void),
            (S::Approved, M::Send) => Some(S::Sent),
            (S::Sent, M::Settle) => Some(S::Settled),
            (S::Sent | S::Settled, M::Return) => Some(S::Returned),
            (S::Proposed, M::Send | M::Settle | M::Return)
            | (S::Approved, M::Approve | M::Settle | M::Return)
            | (S::Sent, M::Approve | M::Send | M::Void)
            | (S::Settled, M::Approve | M::Send | M::Settle | M::Void)
            | (S::Returned | S::Void, M::Approve | M::Send | M::Settle | M::Return | M::Void) => {
                None
            }
        }
    }

    /// Which moves are open, as a sentence.
    pub fn open_moves(self) -> &'static str {
        match self {
            PayoutState::Proposed => "It can be approved or voided.",
            PayoutState::Approved => "It can be sent or voided.",
            PayoutState::Sent => "It can be settled, or returned if the bank gives it back.",
            PayoutState::Settled => "It can be returned, if the bank gives it back.",
            PayoutState::Returned | PayoutState::Void => {
                "No move is open; what is still owed can be proposed anew."
            }
        }
    }
}

impl PayoutMove {
    /// The move as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            PayoutMove::Approve => "approve",
            PayoutMove::Send => "send",
            PayoutMove::Settle => "settle",
            PayoutMove::Return => "return",
            PayoutMove::Void => "void",
        }
    }

    /// The move written so.
    pub fn parse(text: &str) -> Option<PayoutMove> {
        match text {
            "approve" => Some(PayoutMove::Approve),
            "send" => Some(PayoutMove::Send),
            "settle" => Some(PayoutMove::Settle),
            "return" => Some(PayoutMove::Return),
            "void" => Some(PayoutMove::Void),
            _ => None,
        }
    }

    /// The move as the subject of a sentence.
    pub fn deed(self) -> &'static str {
        match self {
            PayoutMove::Approve => "approving",
            PayoutMove::Send => "sending",
            PayoutMove::Settle => "settling",
            PayoutMove::Return => "returning",
            PayoutMove::Void => "voiding",
        }
    }
}

/// What somebody did of a payout that others must not go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// Who.
    pub who: Person,
    /// Whether they approved it; they proposed it otherwise.
    pub approved: bool,
}

/// A payout as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Whose money.
    pub pledge: PledgeId,
    /// To whom.
    pub creator: CreatorId,
    /// The creator's market.
    pub market: Market,
    /// How much is paid of what the creator is owed.
    pub amount: Money,
    /// What is set aside for it at the bank.
    pub bank: Money,
    /// The payer's own name for it; unique within the pledge.
    pub reference: String,
    /// What it is sent together with.
    pub batch: Option<String>,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who had a hand in it: what they did, for whoever takes it on. Only loaded for that.
    pub hands: Vec<Hand>,
    /// When.
    pub proposed_at: OffsetDateTime,
    /// The last day it is held for, unless it was sent by then.
    pub hold_expires_on: Date,
    /// Where it is.
    pub state: PayoutState,
    /// How many events it had.
    pub events: i16,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it came to where it is; none while it is proposed.
    pub moved_at: Option<OffsetDateTime>,
    /// Why it came back or was given up.
    pub reason: Option<String>,
    /// The bank's reference of the payment.
    pub bank_reference: Option<String>,
    /// What was paid, in minor digits.
    pub paid: i64,
    /// At what rate it was set aside at the bank, if it is in another currency.
    pub rate: Option<StatedRate>,
    /// What the bank charged for what was paid, in minor digits.
    pub charged: i64,
    /// What that had carried in the bank's currency, if it is in another; in minor digits.
    pub carried: i64,
}

impl Payout {
    /// What the creator is owed, in the currency it is paid in.
    pub fn payable(&self) -> AccountKey {
        let unit = self.amount.unit();
        AccountKey::creator(Code::CreatorPayable, unit, self.market, self.creator)
    }

    /// Notes who approved it.
    pub fn approve(&mut self, who: Person) {
        self.approved_by = Some(who.name.clone());
        let approved = true;
        self.hands.push(Hand { who, approved });
    }

    /// What was paid and didn't come back, in minor digits.
    pub fn paid_still(&self) -> i64 {
        match self.state {
            PayoutState::Settled => self.paid,
            PayoutState::Proposed
            | PayoutState::Approved
            | PayoutState::Sent
            | PayoutState::Returned
            | PayoutState::Void => 0,
        }
    }

    /// Whether it is paid in another currency than the bank's.
    pub fn is_foreign(&self) -> bool {
        self.amount.unit() != self.bank.unit()
    }

    /// The bank account it leaves from.
    pub fn bank_account(&self) -> AccountKey {
        AccountKey::plain(Code::Bank, self.bank.unit())
    }
}

/// Something that happened to a payout: a row of its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutEvent {
    /// The payout as it then stood.
    pub payout: Payout,
    /// Who did it.
    pub by: Person,
    /// Whether a journal was posted with it.
    pub posts: bool,
}
