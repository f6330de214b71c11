//! Lots of ad credits: what each may be used for, how its life was extended, and how it ends.
//!
//! Nothing of this is stored as a state. Where a lot's credits are is the balance of its accounts
//! (1310 in the platform's pool, 1320 in ad accounts), how it ended is which journals took from it.

use std::collections::HashMap;

use time::{Date, OffsetDateTime};

use super::account::AccountKey;
use super::books::PledgeBook;
use super::chart::Code;
use super::id::{AdAccountId, LotId};
use super::journal::{Document, Kind};
use super::market::Market;
use super::pledge::Lot;
use super::spend::Campaign;

/// What a lot may be used for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotScope {
    /// The markets; all of the pledge's, if none is named.
    pub markets: Vec<Market>,
    /// The campaigns, by the platform's own names; any, if none is named.
    pub campaigns: Vec<String>,
}

/// What credits are worth by the pledge's books: a memo, which nothing is posted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairValue {
    /// Millionths of the face value.
    pub rate_ppm: i32,
    /// How it was arrived at.
    pub technique: String,
}

/// A later end that the platform granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The last day from then on.
    pub expires_at: Date,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
}

/// What has become of a lot, in minor digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LotFigures {
    /// What is in the platform's pool.
    pub in_pool: i64,
    /// What is in ad accounts.
    pub placed: i64,
    /// What of both is held for spend that isn't final.
    pub held: i64,
    /// What lapsed.
    pub lapsed: i64,
    /// What the platform took back.
    pub revoked: i64,
    /// What took from it last, other than a placement.
    pub ended_by: Option<Kind>,
    /// Whether anything of it ever lapsed, though all of that may have been won back since.
    pub has_lapsed: bool,
}

/// Where a lot is in its life; derived from what has happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotState {
    /// All that is left of it is in the platform's pool.
    Issued,
    /// Some of it is in an ad account.
    Placed,
    /// Nothing of it is left and nothing lapsed: all of it was used, or its last part was.
    Exhausted,
    /// Some of it lapsed, and nothing more of it can be used.
    Expired,
    /// The platform took back what was left of it.
    Revoked,
}

impl LotState {
    /// The state as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            LotState::Issued => "issued",
            LotState::Placed => "placed",
            LotState::Exhausted => "exhausted",
            LotState::Expired => "expired",
            LotState::Revoked => "revoked",
        }
    }
}

impl LotFigures {
    /// What was neither used nor lost, in minor digits.
    pub fn remaining(&self) -> i64 {
        self.in_pool + self.placed
    }
}

impl Lot {
    /// Its last day, extensions included.
    pub fn ends_on(&self) -> Date {
        let extended = self.extensions.iter().map(|it| it.expires_at);
        extended.fold(self.expires_at, Date::max)
    }

    /// Where it is in its life.
    pub fn state(&self) -> LotState {
        let LotFigures {
            placed,
            lapsed,
            ended_by,
            ..
        } = self.figures;
        let all_gone = self.figures.remaining() == 0;
        if all_gone && ended_by == Some(Kind::Revocation) {
            LotState::Revoked
        } else if lapsed > 0 || all_gone && ended_by == Some(Kind::Expiry) {
            LotState::Expired
        } else if all_gone {
            LotState::Exhausted
        } else if placed > 0 {
            LotState::Placed
        } else {
            LotState::Issued
        }
    }

    /// Whether it pays for a campaign's day: the day is in its life, campaign and market in its
    /// scope. The database holds the same rules as `spend_uses_within_life` and
    /// `spend_uses_within_scope`.
    pub fn pays_for(&self, campaign: &Campaign, day: Date) -> bool {
        let campaigns = &self.scope.campaigns;
        (self.valid_from..=self.ends_on()).contains(&day)
            && self.is_for(campaign.market)
            && (campaigns.is_empty() || campaigns.contains(&campaign.name))
    }

    /// Whether credits of that market may be of this lot.
    pub fn is_for(&self, market: Market) -> bool {
        self.scope.markets.is_empty() || self.scope.markets.contains(&market)
    }
}

/// A lot as a batch sees it, with what its end depends on.
#[derive(Debug, Clone)]
pub struct LotStanding {
    /// The lot, its figures as they were when it was loaded.
    pub lot: Lot,
    /// The accounts it has credits in.
    pub parts: Vec<AccountKey>,
    /// The purses that may lose them, in the order they do; as many as one journal takes from.
    pub purses: Vec<AccountKey>,
    /// The day it is in the pool, and in each ad account it is placed in.
    pub days: HashMap<Option<AdAccountId>, Date>,
}

impl LotStanding {
    /// Whether its last day has ended for what is in the pool or in that ad account. Where it isn't
    /// known what day it is, it hasn't.
    pub fn has_ended(&self, ad_account: Option<AdAccountId>) -> bool {
        let today = self.days.get(&ad_account);
        today.is_some_and(|today| *today > self.lot.ends_on())
    }

    /// The figures as they are in the book now.
    pub fn figures(&self, book: &PledgeBook) -> LotFigures {
        let parts = parts(book, self.lot.id);
        let sum = |code| {
            let own = parts.iter().filter(|key| key.code == code);
            own.map(|key| book.balance(key)).sum()
        };
        let held = |key| book.balance(key) - book.available(key);
        LotFigures {
            in_pool: sum(Code::CreditPool),
            placed: sum(Code::CreditPlaced),
            held: parts.iter().map(held).sum(),
            ..self.lot.figures
        }
    }
}

/// The accounts of a lot in the book: the pool first, then ad accounts in the order of their ids.
pub fn parts(book: &PledgeBook, lot: LotId) -> Vec<AccountKey> {
    let opened = book.accounts.iter().filter(|(_, it)| it.is_some());
    let own = opened.filter(|(key, _)| key.lot == Some(lot));
    let mut parts: Vec<AccountKey> = own.map(|(key, _)| key.clone()).collect();
    parts.sort_by_key(|key| (key.code, key.ad_account.map(|id| id.0)));
    parts
}
