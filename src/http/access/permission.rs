//! What a caller may do. A permission is a type, so that a handler states in its signature what it
//! needs and can't be called without.
//!
//! Guarantee: a permission needs both a role that may and the scope in the token. The role says
//! what the person may ever do, the scope what this token was handed out for.
//!
//! The administrator looks after identities and settings: money is neither seen nor moved by that
//! role, so it appears under reference data only.
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

permissions! {
    /// Units, markets, and whatever else holds no money.
    ReadReference, "read reference data", "reference:read", Role::ALL;

    /// Pledges, accounts, entries, statements, summaries: as far as the caller's visibility goes.
    ReadLedger, "read the ledger", "ledger:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor, Role::Partner];

    /// Trial balances and proofs, which speak of the whole ledger: so not for partners.
    ReadProofs, "read proofs", "proofs:read",
        &[Role::Preparer, Role::Approver, Role::Controller, Role::Auditor];

    /// A pledge, its agreement, conditions met, receipts, and lots of credits.
    RecordPledges, "record pledges and what is received on them", "pledges:write",
        &[Role::Preparer];

    /// Budgets, allocations, and support cost.
    MoveMoney, "budget and allocate money", "money:write", &[Role::Preparer];

    /// Creators and their markets.
    EnrolCreators, "enrol creators", "creators:write", &[Role::Preparer];

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
        match (role, scope) {
            (true, true) => Ok(()),
            (true, false) => Err(Forbidden {
                rule: *self,
                lack: Lack::Scope,
            }),
            (false, true) => Err(Forbidden {
                rule: *self,
                lack: Lack::Role,
            }),
            (false, false) => Err(Forbidden {
                rule: *self,
                lack: Lack::RoleAndScope,
            }),
        }
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
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Lack, PERMISSIONS, ReadLedger, ReadProofs, ReadReference, Rule, authorize};
    use crate::http::access::principal::Role;
    use crate::http::access::principal::tests::principal;

    const EVERY_SCOPE: &str = "reference:read ledger:read proofs:read pledges:write money:write \
                               creators:write endings:write write-offs:write reversals:write \
                               lots:write jobs:read jobs:write payouts:write rates:write \
                               payout-approvals:write payout-sendings:write approvals:read \
                               decisions:write approvals:write withdrawals:write \
                               thresholds:write";

    #[test]
    fn each_role_may_what_the_domain_gives_it_and_nothing_else() {
        let all = ["ReadReference", "ReadLedger", "ReadProofs"];
        let (jobs, waiting) = (["ReadJobs"], ["ReadApprovals"]);
        let expected: [(Role, Vec<&str>); 6] = [
            (
                Role::Preparer,
                [
                    &all[..],
                    &["RecordPledges", "MoveMoney", "EnrolCreators"],
                    &jobs,
                    &[
                        "SendPayouts",
                        "MovePayouts",
                        "ReadApprovals",
                        "WithdrawProposals",
                    ],
                ]
                .concat(),
            ),
            (
                Role::Approver,
                [
                    &all[..],
                    &jobs,
                    &[
                        "ApprovePayouts",
                        "MovePayouts",
                        "ReadApprovals",
                        "DecideApprovals",
                        "Approve",
                    ],
                ]
                .concat(),
            ),
            (
                Role::Controller,
                [
                    &all[..],
                    &[
                        "EndPledges",
                        "WriteOff",
                        "Reverse",
                        "ManageLots",
                        "ReadJobs",
                        "RunJobs",
                        "SendPayouts",
                        "MovePayouts",
                        "ReadApprovals",
                        "DecideApprovals",
                        "WithdrawProposals",
                        "StateThresholds",
                        "StateRates",
                    ],
                ]
                .concat(),
            ),
            (Role::Partner, vec!["ReadReference", "ReadLedger"]),
            (Role::Auditor, [&all[..], &jobs, &waiting].concat()),
            (Role::Admin, vec!["ReadReference"]),
        ];
        for (role, may) in expected {
            let caller = principal(&[role.name()], EVERY_SCOPE);
            let allowed = PERMISSIONS
                .iter()
                .filter(|rule| rule.check(&caller).is_ok());
            assert_eq!(allowed.map(Rule::name).collect::<Vec<_>>(), may, "{role}");
        }
    }

    #[test]
    fn a_role_without_the_scope_may_not_and_the_scope_is_named() {
        for rule in PERMISSIONS {
            for role in rule.roles() {
                let others = EVERY_SCOPE.replace(rule.scope(), "");
                let refusal = rule.check(&principal(&[role.name()], &others)).unwrap_err();
                assert_eq!(refusal.missing_scope(), Some(rule.scope()));
                assert_eq!(refusal.roles_that_may(), None);
                assert!(refusal.to_string().contains(&format!("`{}`", rule.scope())));
            }
        }
    }

    #[test]
    fn a_scope_without_a_role_that_may_is_not_enough_and_the_roles_are_named() {
        let refusal = authorize::<ReadProofs>(&principal(&["partner"], EVERY_SCOPE)).unwrap_err();
        assert_eq!(
            refusal.roles_that_may(),
            Some(Rule::of::<ReadProofs>().roles())
        );
        assert_eq!(refusal.missing_scope(), None);
        let sentence = "To read proofs, the token must name one of these roles: \
                        preparer, approver, controller, auditor.";
        assert_eq!(refusal.to_string(), sentence);
    }

    #[test]
    fn a_token_without_known_roles_may_not_even_read_reference_data() {
        for roles in [&[][..], &["creator"], &["Auditor"], &["root"]] {
            let refusal = authorize::<ReadReference>(&principal(roles, EVERY_SCOPE)).unwrap_err();
            assert_eq!(refusal.lack, Lack::Role, "{roles:?}");
        }
    }

    #[test]
    fn a_token_with_nothing_is_told_both_things_it_lacks() {
        let refusal = authorize::<ReadLedger>(&principal(&[], "")).unwrap_err();
        assert_eq!(refusal.lack, Lack::RoleAndScope);
        assert!(refusal.to_string().contains("auditor"));
        assert!(refusal.to_string().contains("`ledger:read`"));
    }

    #[test]
    fn permissions_have_names_and_scopes_of_their_own() {
        let names: BTreeSet<&str> = PERMISSIONS.iter().map(Rule::name).collect();
        let scopes: BTreeSet<&str> = PERMISSIONS.iter().map(Rule::scope).collect();
        assert_eq!(names.len(), PERMISSIONS.len());
        assert_eq!(scopes.len(), PERMISSIONS.len());
        assert!(
            scopes
                .iter()
                .all(|scope| EVERY_SCOPE.split(' ').any(|known| known == *scope))
        );
    }
}
