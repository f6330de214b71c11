//! What operations need.

/// What has to be allowed for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Reference,
    Ledger,
    Holdings,
    Proofs,
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
    PayoutMoves,
    Rates,
    Identities,
    RegisterRead,
    AccessList,
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
}
