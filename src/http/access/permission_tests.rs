//! Who may what, and how it is said.

use std::collections::BTreeSet;

use super::{Lack, PERMISSIONS, ReadLedger, ReadProofs, ReadReference, Rule, authorize};
use crate::http::access::principal::Role;
use crate::http::access::principal::tests::principal;

const EVERY_SCOPE: &str = "reference:read ledger:read holdings:read proofs:read \
                           pledges:write money:write creators:write erasures:write \
                           bank-details:read bank-accounts:read endings:write \
                           write-offs:write reversals:write lots:write jobs:read jobs:write \
                           payouts:write rates:write payout-approvals:write \
                           payout-sendings:write approvals:read decisions:write \
                           approvals:write withdrawals:write thresholds:write \
                           identities:write identities:read revocations:write \
                           api-tokens:write api-tokens:read access-list:read \
                           audit-trail:read periods:read periods:write \
                           statements:write cosignatures:write";

const ALL: [&str; 4] = ["ReadReference", "ReadLedger", "ReadHoldings", "ReadProofs"];
const JOBS: [&str; 1] = ["ReadJobs"];
const BANK: [&str; 1] = ["ReadBankDetails"];
const TOKENS: [&str; 2] = ["IssueApiTokens", "ReadApiTokens"];
const PERIODS: [&str; 1] = ["ReadPeriods"];
const TRAIL: [&str; 2] = ["ReadAuditTrail", "ReadAccessList"];
const ACCESS: [&str; 1] = ["ReadAccessList"];
const READS: [&str; 1] = ["ReadIdentities"];

fn of_those_who_move_money() -> [(Role, Vec<&'static str>); 3] {
    [
        (
            Role::Preparer,
            [
                &ALL[..],
                &["RecordPledges", "MoveMoney", "EnrolCreators"],
                &BANK,
                &["PayCreators"],
                &JOBS,
                &[
                    "SendPayouts",
                    "MovePayouts",
                    "ReadApprovals",
                    "WithdrawProposals",
                ],
                &TOKENS,
                &PERIODS,
            ]
            .concat(),
        ),
        (
            Role::Approver,
            [
                &ALL[..],
                &BANK,
                &JOBS,
                &["ApprovePayouts", "MovePayouts", "ReadApprovals"],
                &["DecideApprovals", "Approve"],
                &TOKENS,
                &PERIODS,
            ]
            .concat(),
        ),
        (
            Role::Controller,
            [
                &ALL[..],
                &BANK,
                &["PayCreators"],
                &["EndPledges", "WriteOff", "Reverse", "ManageLots"],
                &JOBS,
                &["RunJobs", "SendPayouts", "MovePayouts", "ReadApprovals"],
                &["DecideApprovals", "WithdrawProposals", "StateThresholds"],
                &READS,
                &TOKENS,
                &PERIODS,
                &["ClosePeriods", "IssueStatements"],
                &TRAIL,
                &["StateRates"],
            ]
            .concat(),
        ),
    ]
}

fn of_others() -> [(Role, Vec<&'static str>); 4] {
    [
        (
            Role::Partner,
            [
                &["ReadReference", "ReadLedger", "ReadHoldings"][..],
                &TOKENS,
            ]
            .concat(),
        ),
        (Role::Creator, vec!["ReadReference", "ReadHoldings"]),
        (
            Role::Auditor,
            [
                &ALL[..],
                &["HandInCosignatures"],
                &BANK,
                &JOBS,
                &["ReadApprovals"],
                &READS,
                &TOKENS,
                &PERIODS,
                &TRAIL,
            ]
            .concat(),
        ),
        (
            Role::Admin,
            [
                &["ReadReference", "EraseCreators", "ManageIdentities"][..],
                &READS,
                &["RevokeAccess"],
                &TOKENS,
                &ACCESS,
            ]
            .concat(),
        ),
    ]
}

#[test]
fn each_role_may_what_the_domain_gives_it_and_nothing_else() {
    let expected = of_those_who_move_money().into_iter().chain(of_others());
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
    for roles in [&[][..], &["creators"], &["Auditor"], &["root"]] {
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
