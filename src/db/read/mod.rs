//! Reads: questions answered from one snapshot, never through the write path.
//!
//! Every function takes the reader's [`Sight`], which goes into the WHERE: what is out of sight is
//! never loaded, and can't be told from what is absent. A read of one statement is a snapshot by
//! itself and is called within [`look`]; one of several says so and is called within [`snapshot`].
//! Either stands behind a second wall, of row-level security. Amounts are in minor digits.
//!
//! Cost: balances, summaries and statement heads are read from figures the transfers carry along,
//! so none depends on how many entries or journals there are ([`accounts`] has the table). Lists
//! and statement lines cost what they show. Only [`mod@proofs`] look at everything; reports that go
//! back on both time axes look at a pledge's transfers once.

mod account_list;
pub mod accounts;
mod approvals;
mod audit;
mod catalogue;
mod creators;
mod cut;
mod entries;
mod error;
mod holds;
mod horizon;
mod issued;
mod jobs;
mod journal_register;
mod journal_tests;
mod journals;
mod known;
mod late_entries;
mod lines;
mod log;
mod log_times;
mod logged;
mod lot_sums;
mod obligations;
mod page;
mod payouts;
mod periods;
mod pledges;
mod positions;
pub mod proofs;
mod register;
mod revaluations;
mod rows;
mod run_statements;
mod sampling;
mod secrets;
mod segregation;
mod sight;
mod spend;
mod spend_match;
mod statement;
mod statement_heads;
mod statement_runs;
mod summary;
mod terms;
mod text;
mod trial_balance;
mod versions;
mod wall;

pub use diesel_async::AsyncPgConnection as Connection;

pub use account_list::{AccountFilter, AccountPage, AccountWindow, list_accounts};
pub use accounts::{Account, AccountAt, Moment, account};
pub use approvals::{
    ApprovalFilter, Waiting, all_thresholds, approval, approvals, due_approvals, list_approvals,
    list_thresholds,
};
pub use audit::{AuditEntry, AuditFilter, AuditRow, list_audit_events};
pub use catalogue::load_catalogue;
pub use creators::{
    AllocationFilter, allocation, bank_details, creator, list_allocations, list_creators,
};
pub use cut::{Cut, cut};
pub use entries::{Counterpart, Entry, EntryJournal, EntryWindow, list_entries};
pub use error::ReadError;
pub use holds::{held, held_of};
pub use horizon::{BURN_DAYS, Horizon, HorizonLot, horizon};
pub use issued::{
    AccountToIssue, StatementFilter, account_to_issue, accounts_behind, accounts_to_issue,
    active_accounts, issued_statement, list_statements,
};
pub use jobs::{due_lots, last_run, list_runs};
pub use journal_register::{RegisteredJournal, journal_register, reversals_of};
pub use journal_tests::{JournalFinding, JournalTests, journal_tests};
pub use journals::{
    JournalWindow, PostedAccount, PostedJournal, PostedSide, PostedTransfer, journal, list_journals,
};
pub use known::Known;
pub use late_entries::{LateEntry, late_entries};
pub use log::{
    Announced, HEADS, LogCheckpoint, LogKey, announced, checkpoint, checkpoint_before,
    checkpoint_over, checkpoints, complete_tile, cosignatures, count_tiles, latest_checkpoint,
    latest_cosigned, leaf_runs, log_keys, log_size, logged_pledges, pledges_ahead, tiles,
};
pub use log_times::{LogTimestamp, timestamp, unstamped};
pub use logged::{
    JournalPlace, LoggedAccount, LoggedJournal, LoggedSide, LoggedTransfer, logged_journals,
    place_of_journal,
};
pub use lot_sums::{LotSum, LotTerms, lot_sums, lot_terms};
pub use obligations::{
    ObligationFilter, ad_account, list_ad_accounts, list_obligations, obligation,
};
pub use page::{Page, Window};
pub use payouts::{
    PayoutFilter, due_payouts, list_exchange_rates, list_payouts, list_withholding_rules, payout,
};
pub use periods::{list_period_events, month_end};
pub use pledges::{instalment, instalments_of, list_lots, list_pledges, lot, pledge};
pub use positions::{Movement, MovementRate, Position, movements, positions};
pub use proofs::{Proof, proofs};
pub use register::{
    ListedToken, RegisterContents, all_identities, identity, list_api_tokens, list_identities,
    list_revocations, register_contents, register_version,
};
pub use revaluations::{RevaluedAccount, due_revaluations, list_revaluations};
pub use run_statements::{RunAccounts, run_accounts, run_statements};
pub use sampling::{Drawn, Fixed, Population, drawn, fixed, population};
pub use secrets::cursor_secret;
pub use segregation::{Meaning, SegregationFinding, segregation};
pub use sight::{Sight, SightMarkets, SightParty};
pub use spend::{SpendFilter, list_spend_lines};
pub use spend_match::{
    MatchedBalance, MatchedMonth, SpendMatch, spend_match, with_what_was_reported,
};
pub use statement::{StatementHead, Stretch, count_lines, statement_head, statement_lines};
pub use statement_heads::{Whose, statement_heads};
pub use statement_runs::{
    RunProgress, accounts_left, run_in_sight, statement_run, unfinished_runs,
};
pub use summary::{Summary, Told, Use, Whole, summary};
pub use terms::{InstalmentTerms, instalment_terms, markets_of, obligation_references, split};
pub use trial_balance::{TrialBalanceRow, UnitBalance, trial_balance};
pub use versions::{Version, account_version, last_recorded, ledger_version, pledge_version};
pub use wall::{look, snapshot};
