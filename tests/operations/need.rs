//! What has to be allowed for operations, and who may.

use almoner::http::access::Role;

use crate::harness::{Client, World};

/// What has to be allowed for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Reference,
    Ledger,
    Proofs,
    Pledges,
    Money,
    Creators,
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
}

impl Need {
    /// Somebody who may, and of whom nothing that stands there was asked.
    pub fn client(self, world: &World) -> Client {
        match self {
            Need::WriteOffs
            | Need::Endings
            | Need::Reversals
            | Need::Lots
            | Need::RunJobs
            | Need::Rates
            | Need::Thresholds => world.controller(),
            Need::Approval | Need::Deciding => world.approver(),
            Need::Sending => world.payer(),
            Need::Withdrawing => world.user(Role::Controller, "somebody"),
            Need::Nothing
            | Need::Reference
            | Need::Ledger
            | Need::Proofs
            | Need::Pledges
            | Need::Money
            | Need::Creators
            | Need::ReadJobs
            | Need::PayoutMoves
            | Need::ReadApprovals => world.preparer(),
        }
    }
}
