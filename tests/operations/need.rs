//! What has to be allowed for operations, and who may.

use almoner::http::access::Role;

use crate::harness::{Client, World};

/// What has to be allowed for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Reference,
    Ledger,
    Holdings,
    Proofs,
    Cosignatures,
    Pledges,
    Money,
    Creators,
    Erasures,
    BankDetails,
    WriteOffs,
    Endings,
    Reversals,
    Lots,
    ReadJobs,
    RunJobs,
    Approval,
    Sending,
    PayoutMoves,
    Rates,
    ReadApprovals,
    /// Of a threshold, which a controller may decide as well.
    Deciding,
    Withdrawing,
    Thresholds,
    Identities,
    RegisterRead,
    AccessList,
    AuditTrail,
    PeriodsRead,
    Periods,
    Statements,
    Revocations,
    /// Tokens of one's own; administrators look after all.
    OwnTokens,
    OwnTokensRead,
}

impl Need {
    /// Whether it is an administrator's.
    pub fn is_of_register(self) -> bool {
        use Need::{AccessList, Identities, OwnTokens, OwnTokensRead, RegisterRead, Revocations};
        let all = [
            Identities,
            RegisterRead,
            AccessList,
            Revocations,
            OwnTokens,
            OwnTokensRead,
        ];
        all.contains(&self)
    }

    /// Somebody who may, and of whom nothing that stands there was asked.
    pub fn client(self, world: &World) -> Client {
        match self {
            Need::Identities
            | Need::RegisterRead
            | Need::AccessList
            | Need::Revocations
            | Need::OwnTokens
            | Need::OwnTokensRead
            | Need::Erasures => world.admin(),
            Need::WriteOffs
            | Need::Endings
            | Need::Reversals
            | Need::Lots
            | Need::RunJobs
            | Need::Rates
            | Need::AuditTrail
            | Need::Periods
            | Need::Statements
            | Need::Thresholds => world.controller(),
            Need::Cosignatures => world.auditor(),
            Need::Approval | Need::Deciding => world.approver(),
            Need::Sending => world.payer(),
            Need::Withdrawing => world.user(Role::Controller, "somebody"),
            Need::Nothing
            | Need::Reference
            | Need::Ledger
            | Need::Holdings
            | Need::BankDetails
            | Need::Proofs
            | Need::Pledges
            | Need::Money
            | Need::Creators
            | Need::ReadJobs
            | Need::PeriodsRead
            | Need::PayoutMoves
            | Need::ReadApprovals => world.preparer(),
        }
    }
}
