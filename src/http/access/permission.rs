//! What a caller may do. A permission is a type, so that a handler states in its signature what it
//! needs and can't be called without.
//!
//! Guarantee: a permission needs both a role that may and the scope in the token. The role says
//! what the person may ever do, the scope what this token was handed out for.
//!
//! The administrator looks after identities and settings: money is neither seen nor moved by that
//! role, so it appears under reference data, and where a creator is forgotten, only.
//!
//! What isn't decided here: approval thresholds and "maker is not checker". They depend on the
//! proposal, so they belong to the writing transaction, which gets the principal.

use std::fmt;

use super::principal::{Principal, Role};

mod sealed {
    pub trait Sealed {}
}

/// Something a caller may be allowed to do. Sealed: [`PERMISSIONS`] lists every implementor.
pub trait Permission: sealed::Sealed + 'static {
    /// The type's own name, for tests and logs.
    const NAME: &'static str;
    /// What it allows, as the rest of a sentence: "may …".
    const DEED: &'static str;
    /// The scope the token must carry.
    const SCOPE: &'static str;
    /// The roles of which the caller must have one.
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident, $deed:literal, $scope:literal, $roles:expr;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl sealed::Sealed for $name {}

            impl Permission for $name {
                const NAME: &'static str = stringify!($name);
                const DEED: &'static str = $deed;
                const SCOPE: &'static str = $scope;
                const ROLES: &'static [Role] = $roles;
            }
        )+

        /// Every permission there is, for the test of operations against roles.
        pub const PERMISSIONS: &[Rule] = &[$(Rule::of::<$name>()),+];
    };
}

/// Everybody but creators, whose tokens are the network's to make.
const TOKEN_BEARERS: &[Role] = &[
    Role::Preparer,
    Role::Approver,
    Role::Controller,
    Role::Partner,
    Role::Auditor,
    Role::Admin,
];

permissions! {
    /// Units, markets, and whatever else holds no money.
    ReadReference, "read reference data", "reference:read", Role::ALL;

    /// Pledges, accounts, entries, statements, summaries: as far as the caller's visibility goes.
    ReadLedger, "read the ledger", "ledger:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor, Role::Partner];

    /// Creators, and what they hold, are bound by and are paid. A creator may read its own.
    ReadHoldings, "read creators, and what they hold and are paid", "holdings:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor, Role::Partner,
          Role::Creator];

    /// Trial balances and proofs, which speak of the whole ledger: so not for partners.
    ReadProofs, "read proofs", "proofs:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// That a second party saw a checkpoint. No money is moved by it, and no record of any.
    HandInCosignatures, "hand in cosignatures", "cosignatures:write", &[Role::Auditor];

    /// A pledge, its agreement, conditions met, receipts, and lots of credits.
    RecordPledges, "record pledges and what is received on them", "pledges:write",
        &[Role::Preparer];

    /// Budgets, allocations, and support cost.
    MoveMoney, "budget and allocate money", "money:write", &[Role::Preparer];

    /// Creators and their markets.
    EnrolCreators, "enrol creators", "creators:write", &[Role::Preparer];

    /// Where creators are paid, masked.
    ReadBankDetails, "read creators' bank details", "bank-details:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// Where creators are paid, in full: what it takes to pay them.
    PayCreators, "read creators' bank details in full", "bank-accounts:read",
        &[Role::Preparer, Role::Controller];

    /// Erasing who a creator is; no money is seen or moved by it.
    EraseCreators, "erase creators' names and bank details", "erasures:write", &[Role::Admin];

    /// Winding pledges down, and closing them.
    EndPledges, "wind down and close pledges", "endings:write", &[Role::Controller];

    /// An instalment that won't come, or a receipt that is lost.
    WriteOff, "write off", "write-offs:write", &[Role::Controller];

    /// Taking back what was posted.
    Reverse, "reverse journals", "reversals:write", &[Role::Controller];

    /// The end of a lot of credits: it is put off, or credits are taken back.
    ManageLots, "extend lots and record revocations", "lots:write", &[Role::Controller];

    /// What the service does by itself.
    ReadJobs, "read what jobs did", "jobs:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// Having a job done now.
    RunJobs, "have jobs done", "jobs:write", &[Role::Controller];

    /// What somebody else proposed to pay.
    ApprovePayouts, "approve payouts", "payout-approvals:write", &[Role::Approver];

    /// Handing payouts to the bank, which is for a third person.
    SendPayouts, "send payouts", "payout-sendings:write", &[Role::Preparer, Role::Controller];

    /// Many payouts at once; each move is one its own permission has to allow as well.
    MovePayouts, "take payouts on in bulk", "payouts:write",
        &[Role::Preparer, Role::Approver, Role::Controller];

    /// Writes that wait for somebody else, with what was decided of them.
    ReadApprovals, "read what waits for approval", "approvals:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// What waits; what isn't a threshold its own permission has to allow as well.
    DecideApprovals, "decide what waits for approval", "decisions:write",
        &[Role::Approver, Role::Controller];

    /// What somebody else asked for that moves money.
    Approve, "approve what moves money", "approvals:write", &[Role::Approver];

    /// What the caller asked for and waits.
    WithdrawProposals, "withdraw what waits for approval", "withdrawals:write",
        &[Role::Preparer, Role::Controller];

    /// Above what something needs approval.
    StateThresholds, "state thresholds", "thresholds:write", &[Role::Controller];

    /// People and machines, their subjects and roles.
    ManageIdentities, "look after identities", "identities:write", &[Role::Admin];

    /// Who is in the register, and which tokens were revoked.
    ReadIdentities, "read the register of identities", "identities:read",
        &[Role::Controller, Role::Auditor, Role::Admin];

    /// Tokens that aren't to count any more.
    RevokeAccess, "revoke tokens", "revocations:write", &[Role::Admin];

    /// Tokens for machines and spreadsheets: one's own; an administrator makes others'.
    IssueApiTokens, "make and revoke API tokens", "api-tokens:write", TOKEN_BEARERS;

    /// The same, to read; administrators and auditors see all.
    ReadApiTokens, "list API tokens", "api-tokens:read", TOKEN_BEARERS;

    /// Which months are closed, and what stands against closing one.
    ReadPeriods, "read which periods are closed", "periods:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// Closing months, and opening them again.
    ClosePeriods, "close and reopen periods", "periods:write", &[Role::Controller];

    /// Statements of accounts, numbered and frozen.
    IssueStatements, "issue statements", "statements:write", &[Role::Controller];

    /// Who did what, and what they were refused.
    ReadAuditTrail, "read the audit trail", "audit-trail:read",
        &[Role::Controller, Role::Auditor];

    /// Who could do what on a day.
    ReadAccessList, "read who could do what", "access-list:read",
        &[Role::Controller, Role::Auditor, Role::Admin];

    /// What is withheld, and what one currency is worth in another.
    StateRates, "state withholding rules and exchange rates", "rates:write", &[Role::Controller];
}

/// A permission as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    name: &'static str,
    deed: &'static str,
    scope: &'static str,
    roles: &'static [Role],
}

impl Rule {
    /// The rule of one permission.
    pub const fn of<P: Permission>() -> Self {
        Self {
            name: P::NAME,
            deed: P::DEED,
            scope: P::SCOPE,
            roles: P::ROLES,
        }
    }

    /// The permission's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The scope it needs.
    pub fn scope(&self) -> &'static str {
        self.scope
    }

    /// The roles that may.
    pub fn roles(&self) -> &'static [Role] {
        self.roles
    }

    /// Whether one of the roles may.
    pub fn roles_may(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    /// Allows what the permission names, or says what the caller lacks.
    pub fn check(&self, principal: &Principal) -> Result<(), Forbidden> {
        let role = self.roles_may(principal.roles());
        let scope = principal.scopes().contains(self.scope);
        let lack = match (role, scope) {
            (true, true) => return Ok(()),
            (true, false) => Lack::Scope,
            (false, true) => Lack::Role,
            (false, false) => Lack::RoleAndScope,
        };
        let mut withheld = principal.withheld().iter().copied();
        Err(Forbidden {
            rule: *self,
            lack,
            withheld: withheld.find(|role| self.roles.contains(role)),
        })
    }
}

/// Allows what `P` names, or says what the caller lacks.
pub fn authorize<P: Permission>(principal: &Principal) -> Result<(), Forbidden> {
    Rule::of::<P>().check(principal)
}

/// A known caller who may not do this; the sentence names the roles that may and the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    rule: Rule,
    lack: Lack,
    withheld: Option<Role>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Role,
    Scope,
    RoleAndScope,
}

impl Forbidden {
    /// The permission that was asked for.
    pub fn permission(&self) -> &'static str {
        self.rule.name
    }

    /// The scope that it needs.
    pub fn scope(&self) -> &'static str {
        self.rule.scope
    }

    /// The scope, if the token lacks it.
    pub fn missing_scope(&self) -> Option<&'static str> {
        match self.lack {
            Lack::Scope | Lack::RoleAndScope => Some(self.rule.scope),
            Lack::Role => None,
        }
    }

    /// The roles that may, if the caller has none of them.
    pub fn roles_that_may(&self) -> Option<&'static [Role]> {
        match self.lack {
            Lack::Role | Lack::RoleAndScope => Some(self.rule.roles),
            Lack::Scope => None,
        }
    }
}

impl fmt::Display for Forbidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { deed, scope, .. } = self.rule;
        let roles: Vec<&str> = self.rule.roles.iter().map(|role| role.name()).collect();
        let roles = roles.join(", ");
        if let (Some(role), true) = (self.withheld, self.lack != Lack::Scope) {
            return write!(
                formatter,
                "To {deed}, it isn't enough that the token says so: by the register, your identity \
                 isn't granted {role} now."
            );
        }
        match self.lack {
            Lack::Role => write!(
                formatter,
                "To {deed}, the token must name one of these roles: {roles}."
            ),
            Lack::Scope => write!(formatter, "To {deed}, the token must carry `{scope}`."),
            Lack::RoleAndScope => write!(
                formatter,
                "To {deed}, the token must name one of these roles: {roles}; and carry `{scope}`."
            ),
        }
    }
}

impl std::error::Error for Forbidden {}

#[cfg(test)]
#[path = "permission_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
