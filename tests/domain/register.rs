//! Keeping the register, without a database.

use almoner::domain::command::{
    AddSubject, ChangeState, GrantRole, IssueApiToken, KeepRegister, RecordIdentity,
};
use almoner::domain::identity::{IdentityKind, IdentityState, Subject, TokenHash};
use almoner::domain::{ApiTokenId, Command, IdentityId, Role, RoleGrantId};
use time::Duration;
use uuid::Uuid;

use super::fixture::*;

const GRACE: IdentityId = IdentityId(Uuid::from_u128(0x91));
const ROBOT: IdentityId = IdentityId(Uuid::from_u128(0x92));
const STRANGER: IdentityId = IdentityId(Uuid::from_u128(0x93));

fn subject(name: &str) -> Subject {
    Subject {
        issuer: "almoner-local".to_owned(),
        subject: name.to_owned(),
    }
}

fn keep(keep: KeepRegister) -> Command {
    Command::KeepRegister(keep)
}

fn record(id: IdentityId, kind: IdentityKind) -> Command {
    keep(KeepRegister::RecordIdentity(RecordIdentity {
        id,
        name: "Somebody".to_owned(),
        kind,
    }))
}

fn known_by(identity: IdentityId, name: &str, by: &str) -> Command {
    keep(KeepRegister::AddSubject(AddSubject {
        identity,
        subject: subject(name),
        by: subject(by),
    }))
}

fn grant(identity: IdentityId, role: Role, by: &str, days: Option<i64>) -> Command {
    keep(KeepRegister::GrantRole(GrantRole {
        id: RoleGrantId(Uuid::from_u128(0xa1)),
        identity,
        role,
        from: None,
        until: days.map(|days| NOW + Duration::days(days)),
        by: subject(by),
    }))
}

fn token(identity: IdentityId, roles: &[Role], by: &str, days: i64) -> Command {
    keep(KeepRegister::IssueApiToken(IssueApiToken {
        id: ApiTokenId(Uuid::from_u128(0xb1)),
        identity,
        name: "Excel".to_owned(),
        hash: TokenHash([7; 32]),
        roles: roles.to_vec(),
        scopes: Vec::new(),
        pledges: Vec::new(),
        markets: Vec::new(),
        expires_at: NOW + Duration::days(days),
        by: subject(by),
    }))
}

fn reinstate(identity: IdentityId) -> Command {
    keep(KeepRegister::ChangeState(ChangeState {
        identity,
        state: IdentityState::Active,
        reason: "Back".to_owned(),
    }))
}

/// Grace prepares, and so does a machine; both by Adele's grant.
pub(super) fn kept_wrongly() -> (Ledger, Vec<(&'static str, Command)>) {
    let mut ledger = Ledger::announced();
    ledger.books.register.identities.insert(STRANGER, None);
    ledger.carry_out(&record(GRACE, IdentityKind::Person));
    ledger.carry_out(&record(ROBOT, IdentityKind::Machine));
    ledger.carry_out(&known_by(GRACE, "grace", "adele"));
    for identity in [GRACE, ROBOT] {
        ledger.carry_out(&grant(identity, Role::Preparer, "adele", None));
    }
    let preparer = [Role::Preparer];
    let cases = vec![
        ("not-found", grant(STRANGER, Role::Auditor, "adele", None)),
        ("unknown-reference", token(STRANGER, &preparer, "adele", 1)),
        ("duplicate-reference", known_by(ROBOT, "grace", "adele")),
        ("own-rights", grant(GRACE, Role::Approver, "grace", None)),
        ("own-rights", known_by(ROBOT, "adele", "adele")),
        (
            "never-in-force",
            grant(GRACE, Role::Auditor, "adele", Some(0)),
        ),
        ("wrong-state", reinstate(GRACE)),
        ("expiry-out-of-range", token(GRACE, &preparer, "grace", 0)),
        ("expiry-out-of-range", token(GRACE, &preparer, "grace", 367)),
        ("role-not-held", token(GRACE, &[Role::Auditor], "grace", 1)),
        ("made-by-bearer", token(GRACE, &preparer, "adele", 1)),
        ("same-person", token(ROBOT, &preparer, "adele", 1)),
    ];
    (ledger, cases)
}

#[test]
fn a_token_is_made_by_its_bearer_or_for_a_machine_by_a_second_person() {
    let (ledger, _) = kept_wrongly();
    for (identity, by) in [(GRACE, "grace"), (ROBOT, "boris")] {
        let made = ledger.decide(&token(identity, &[Role::Preparer], by, 366));
        assert!(made.is_ok(), "{:?}", made.err());
    }
}
