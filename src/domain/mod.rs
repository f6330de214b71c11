//! The rules of the ledger, as pure functions over values already loaded.
//!
//! Nothing here knows SQL, HTTP, a clock or randomness: the time and fresh ids are passed in. So
//! every rule can be tested without a database, and the same rules run wherever they are needed.
//!
//! Read in this order: [`mod@unit`] and [`money`] (what is counted), [`chart`] and [`account`]
//! (where it is), [`journal`] (how it moves), [`hold`] (what waits to move), [`pledge`],
//! [`creator`], [`allocation`], [`mod@obligation`] and [`ad_account`] (what it is for), [`payout`],
//! [`withholding`] and [`exchange`] (how cash leaves), [`platform`] and [`mod@spend`] (how credits
//! go), [`approval`] (what waits for somebody else), [`period`] (what is over), [`books`] (the part
//! of the ledger a batch works on), [`reversal`] (what can be taken back of it), [`mod@role`] and
//! [`mod@identity`] (who may ask), [`command`] (what people ask for), [`refusal`] (why it may be
//! declined) and [`audit`] (what is kept of who asked).

pub mod account;
pub mod ad_account;
pub mod allocation;
pub mod approval;
pub mod audit;
pub mod books;
pub mod catalogue;
pub mod chart;
pub mod command;
pub mod creator;
pub mod exchange;
pub mod hold;
pub mod id;
pub mod identity;
pub mod job;
pub mod journal;
pub mod lot;
pub mod market;
pub mod money;
pub mod obligation;
pub mod payout;
pub mod period;
pub mod person;
pub mod platform;
pub mod pledge;
pub mod refusal;
pub mod revaluation;
pub mod reversal;
pub mod role;
pub mod sampling;
pub mod spend;
pub mod split;
pub mod statement;
pub mod unit;
pub mod withholding;

pub use account::{Account, AccountKey};
pub use ad_account::AdAccount;
pub use allocation::Allocation;
pub use approval::Approval;
pub use books::Books;
pub use catalogue::Catalogue;
pub use chart::Code;
pub use command::{Command, Context, Needs, Outcome};
pub use creator::{BankDetails, Creator};
pub use hold::{Hold, HoldChange};
pub use id::{
    AccountId, AdAccountId, AllocationId, ApiTokenId, ApprovalId, AuditEventId, CreatorId,
    ExchangeRateId, IdentityId, InstalmentId, JobRunId, JournalId, LotId, ObligationId, PayoutId,
    PeriodEventId, PlatformBalanceId, PledgeId, RevaluationId, RevocationId, RoleGrantId,
    SpendLineId, StatementId, StatementRunId, ThresholdId, WithholdingRuleId,
};
pub use job::{Job, JobRun};
pub use journal::{Document, Draft, Journal, Kind, Move};
pub use market::{Market, Markets};
pub use money::Money;
pub use obligation::Obligation;
pub use payout::Payout;
pub use platform::{PlatformBalance, PlatformProfile, Profiles};
pub use pledge::{Instalment, Lot, Pledge};
pub use refusal::Refusal;
pub use reversal::{Reversible, ReversibleLine};
pub use role::Role;
pub use spend::SpendLine;
pub use unit::{Unit, UnitKind, Units};
pub use withholding::WithholdingRule;
