//! What reads answer with: accounts, entries, statements, journals, and the shapes of reference
//! data. Amounts of rows that name their unit are plain decimal strings.

mod access;
mod audit;
mod combined;
mod horizon;
mod journals;
mod platforms;
mod sample;
mod spend_match;
mod statement_diff;

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::read::{Account, AccountAt, Counterpart, Entry};
use crate::domain::chart::Side;
use crate::domain::market::MarketFacts;
use crate::domain::money::format_minor;
use crate::domain::{
    AccountId, AdAccountId, CreatorId, InstalmentId, JournalId, LotId, Market, ObligationId,
    PledgeId, StatementId, Unit,
};
use crate::http::wire::{Day, Instant, MoneyOut};

pub use access::{AccessListOut, AccessOut};
pub use audit::AuditEventOut;
pub use combined::CombinedStatementOut;
pub use horizon::HorizonOut;
pub use journals::JournalOut;
pub use platforms::PlatformProfileOut;
pub use sample::{HitOut, ItemOut, PopulationOut, SampleOut, SeedOut, StratumOut, TotalOut};
pub use spend_match::SpendMatchOut;
pub use statement_diff::StatementDiffOut;

/// Something that can be counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Unit)]
pub struct UnitOut {
    /// `USD`, or `ADC:TIKTOK:USD`.
    pub code: String,
    /// `cash` or `credits`.
    pub kind: &'static str,
    /// Digits after the decimal point.
    pub minor_digits: u32,
    /// The currency, or the currency of denomination.
    pub currency: String,
    /// Who honours the credits.
    pub platform: Option<String>,
    /// For people.
    pub name: String,
}

impl From<&Unit> for UnitOut {
    fn from(unit: &Unit) -> Self {
        let facts = unit.facts();
        UnitOut {
            code: facts.code.clone(),
            kind: facts.kind.as_str(),
            minor_digits: facts.minor_digits,
            currency: facts.currency.clone(),
            platform: facts.platform.clone(),
            name: facts.name.clone(),
        }
    }
}

/// Somewhere money can be spent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Market)]
pub struct MarketOut {
    /// ISO 3166-1 alpha-2.
    pub code: Market,
    /// The country's name.
    pub name: String,
    /// The currency creators there are paid in.
    pub currency: String,
}

impl From<&MarketFacts> for MarketOut {
    fn from(facts: &MarketFacts) -> Self {
        let (name, currency) = (facts.name.clone(), facts.currency.clone());
        MarketOut {
            code: facts.code,
            name,
            currency,
        }
    }
}

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountOut {
    /// Its id.
    pub id: AccountId,
    /// The pledge whose money it counts.
    pub pledge_id: PledgeId,
    /// Its code in the chart of accounts.
    pub code: &'static str,
    /// What the chart calls it.
    pub name: &'static str,
    /// What it counts.
    pub unit: String,
    /// `debit` or `credit`: the side on which its balance is positive.
    pub normal_side: &'static str,
    /// The market, where the code asks for one.
    pub market: Option<Market>,
    /// The creator, where the code asks for one.
    pub creator_id: Option<CreatorId>,
    /// The instalment, where the code asks for one.
    pub instalment_id: Option<InstalmentId>,
    /// The lot, where the code asks for one.
    pub lot_id: Option<LotId>,
    /// The obligation, where the code asks for one.
    pub obligation_id: Option<ObligationId>,
    /// The ad account, where the code asks for one.
    pub ad_account_id: Option<AdAccountId>,
    /// The platform, where the code asks for one.
    pub platform: Option<String>,
    /// Cumulative debits.
    pub debits: String,
    /// Cumulative credits.
    pub credits: String,
    /// What it comes to on its normal side.
    pub balance: String,
}

impl From<&Account> for AccountOut {
    fn from(account: &Account) -> Self {
        let key = &account.key;
        let amount = |minor| format_minor(minor, key.unit.minor_digits());
        AccountOut {
            id: account.id,
            pledge_id: account.pledge,
            code: key.code.as_str(),
            name: key.code.name(),
            unit: key.unit.code().to_owned(),
            normal_side: key.code.side().as_str(),
            market: key.market,
            creator_id: key.creator,
            instalment_id: key.instalment,
            lot_id: key.lot,
            obligation_id: key.obligation,
            ad_account_id: key.ad_account,
            platform: key.platform.clone(),
            debits: amount(account.debits),
            credits: amount(account.credits),
            balance: amount(account.balance()),
        }
    }
}

/// An account at a moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountAt)]
pub struct AccountAtOut {
    /// The account, with its figures at that moment.
    #[serde(flatten)]
    pub account: AccountOut,
    /// The day at whose end, by effective date.
    pub as_of: Option<Day>,
    /// What the ledger knew then; asked for with this `known_at`, the answer stays the same.
    pub known_at: Instant,
    /// The pledge's last journal taken into account; 0 if there was none.
    pub known_journal: i64,
}

impl AccountAtOut {
    /// An account as it was found, at the end of a day if one was named.
    pub fn new(at: &AccountAt, as_of: Option<time::Date>) -> Self {
        AccountAtOut {
            account: (&at.account).into(),
            as_of: as_of.map(Day),
            known_at: Instant(at.known.at),
            known_journal: at.known.journal,
        }
    }
}

/// The account on the other side of an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Counterpart)]
pub struct CounterpartOut {
    /// Its id; left out where the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<AccountId>,
    /// Its code.
    pub code: &'static str,
    /// Its market, if it has one.
    pub market: Option<Market>,
}

impl From<&Counterpart> for CounterpartOut {
    fn from(other: &Counterpart) -> Self {
        CounterpartOut {
            id: other.id,
            code: other.code.as_str(),
            market: other.market,
        }
    }
}

/// A line of an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryOut {
    /// The account's own gapless number for it.
    pub seq: i64,
    /// When it counts.
    pub effective_date: Day,
    /// When the ledger knew.
    pub recorded_at: Instant,
    /// The event it is part of.
    pub journal_id: JournalId,
    /// What happened.
    pub kind: &'static str,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The other side.
    pub counterpart: CounterpartOut,
    /// How much was debited, or null.
    pub debit: Option<String>,
    /// How much was credited, or null.
    pub credit: Option<String>,
    /// The balance after it: in a list, in the order of posting; in a statement, of its lines.
    pub balance: String,
}

impl EntryOut {
    /// A line in a unit of so many minor digits.
    pub fn new(entry: &Entry, digits: u32) -> Self {
        let amount = |side| {
            let own = side == entry.side;
            own.then(|| format_minor(entry.amount, digits))
        };
        EntryOut {
            seq: entry.seq,
            effective_date: Day(entry.effective_date),
            recorded_at: Instant(entry.journal.recorded_at),
            journal_id: entry.journal.id,
            kind: entry.journal.kind.as_str(),
            reason: entry.journal.reason.clone(),
            counterpart: (&entry.counterpart).into(),
            debit: amount(Side::Debit),
            credit: amount(Side::Credit),
            balance: format_minor(entry.balance, digits),
        }
    }
}

/// An account over some days, both included. On a credit-normal account, opening + credits −
/// debits = closing; on a debit-normal one, opening + debits − credits = closing.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Statement)]
pub struct StatementOut {
    /// The account, with its figures at the end of the last day.
    pub account: AccountOut,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What the ledger knew; asked for with this `known_at`, the statement stays the same.
    pub known_at: Instant,
    /// The pledge's last journal taken into account.
    pub known_journal: i64,
    /// `debit` or `credit`: the side on which the balance is positive.
    pub normal_side: &'static str,
    /// The balance at the end of the day before the first.
    pub opening: MoneyOut,
    /// By effective date and, on each day, in the order of posting.
    pub lines: Vec<EntryOut>,
    /// What was debited.
    pub total_debits: MoneyOut,
    /// What was credited.
    pub total_credits: MoneyOut,
    /// The balance at the end of the last day.
    pub closing: MoneyOut,
    /// `draft`, or `issued`.
    pub status: &'static str,
    /// How it was issued; a draft wasn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<StatementIssueOut>,
}

/// How a statement was issued.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StatementIssue)]
pub struct StatementIssueOut {
    /// Its id.
    pub id: StatementId,
    /// The account's own gapless number for it.
    pub number: i64,
    /// The number of the one it stands in for.
    pub supersedes: Option<i64>,
    /// Why it was issued again.
    pub reason: Option<String>,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: Instant,
    /// SHA-256 of the statement's NDJSON, in lower-case hexadecimal.
    pub digest: String,
    /// The checkpoint of the pledge's log that has all its journals: a signed note.
    pub checkpoint: String,
    /// The ledger's signature of account, number, days and digest: a signed note.
    pub signature: String,
}
