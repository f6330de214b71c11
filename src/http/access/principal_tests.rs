//! Who a token makes its bearer, and what that shows.

use uuid::Uuid;

use super::{Markets, Party, Principal, Role, Scopes, Visibility};
use super::{parse_creator_id, parse_pledge_id, show_creator_id, show_pledge_id};
use crate::http::access::claims::Claims;

const PLEDGE: Uuid = Uuid::from_u128(0x0192_a000_0000_7000_8000_0000_0000_0001);
const OTHER: Uuid = Uuid::from_u128(0x0192_a000_0000_7000_8000_0000_0000_0002);

/// A caller with these roles and scopes who, as a partner, sees one pledge and one market.
pub(in crate::http::access) fn principal(roles: &[&str], scope: &str) -> Principal {
    seeing(
        roles,
        scope,
        vec![PLEDGE],
        Markets::Listed(vec!["JP".to_owned()]),
    )
}

fn seeing(roles: &[&str], scope: &str, pledges: Vec<Uuid>, markets: Markets) -> Principal {
    Principal::from_claims(claims(roles, scope, pledges, markets))
}

fn claims(roles: &[&str], scope: &str, pledges: Vec<Uuid>, markets: Markets) -> Claims {
    Claims {
        issuer: "issuer".to_owned(),
        subject: "somebody".to_owned(),
        token_id: "1".to_owned(),
        issued_at: 0,
        not_before: None,
        expires_at: 1,
        scope: scope.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        pledges,
        markets,
        party: Party::Grantee,
        creator: Some(OTHER),
    }
}

#[test]
fn a_partner_sees_what_is_listed() {
    let sight = principal(&["partner"], "").visibility().clone();
    assert!(sight.shows_pledge(PLEDGE) && sight.shows_market("JP"));
    assert!(!sight.shows_pledge(OTHER) && !sight.shows_market("FR"));
}

#[test]
fn a_partner_without_the_lists_sees_nothing() {
    let sight = seeing(&["partner"], "", Vec::new(), Markets::NONE)
        .visibility()
        .clone();
    assert!(!sight.shows_pledge(PLEDGE) && !sight.shows_market("JP"));
    assert!(!sight.shows_pledge(Uuid::nil()) && !sight.shows_market(""));
}

#[test]
fn a_partner_stays_a_partner_whatever_else_the_token_says() {
    for other in Role::ALL.iter().filter(|it| **it != Role::Creator) {
        for roles in [["partner", other.name()], [other.name(), "partner"]] {
            let partner = principal(&roles, "");
            assert_eq!(partner.roles(), [Role::Partner], "{roles:?}");
            assert!(!partner.visibility().shows_pledge(OTHER), "{roles:?}");
        }
    }
}

#[test]
fn a_creator_stays_a_creator_and_sees_one_creator_s_alone() {
    for other in Role::ALL {
        let creator = principal(&["creator", other.name()], "");
        assert_eq!(creator.roles(), [Role::Creator], "{other}");
        assert_eq!(*creator.visibility(), Visibility::Creator(OTHER), "{other}");
    }
    let nameless = Claims {
        creator: None,
        ..claims(&["creator"], "", vec![PLEDGE], Markets::All)
    };
    let sight = Principal::from_claims(nameless).visibility().clone();
    assert!(!sight.shows_pledge(PLEDGE) && !sight.shows_market("JP"));
}

#[test]
fn the_claims_of_outsiders_mean_nothing_to_other_roles() {
    for role in ["admin", "unknown"] {
        let sight = principal(&[role], "").visibility().clone();
        assert!(!matches!(sight, Visibility::Creator(_)), "{role}");
    }
    let auditor = principal(&["auditor"], "");
    assert_eq!(*auditor.visibility(), Visibility::Everything);
}

#[test]
fn only_roles_that_work_on_the_whole_ledger_see_it() {
    let sees = |roles: &[&str]| *principal(roles, "").visibility() == Visibility::Everything;
    for role in ["preparer", "approver", "controller", "auditor"] {
        assert!(sees(&[role]), "{role}");
        assert!(sees(&[role, "admin", "unknown"]), "{role}");
    }
    for roles in [
        &["admin"][..],
        &["partner"],
        &["unknown"],
        &["AUDITOR"],
        &[" auditor"],
        &[],
    ] {
        assert!(!sees(roles), "{roles:?}");
    }
}

#[test]
fn the_lists_of_a_partner_give_an_unknown_role_nothing() {
    let sight = principal(&["creators"], "").visibility().clone();
    assert!(!sight.shows_pledge(PLEDGE) && !sight.shows_market("JP"));
}

#[test]
fn all_markets_are_meant_by_a_single_star_only() {
    assert_eq!(Markets::parse(&["*"]), Some(Markets::All));
    let jp_us = Markets::Listed(vec!["JP".to_owned(), "US".to_owned()]);
    assert_eq!(Markets::parse(&["US", "JP", "US"]), Some(jp_us));
    assert_eq!(Markets::parse::<&str>(&[]), Some(Markets::NONE));
    for codes in [
        &["*", "US"][..],
        &["*", "*"],
        &["us"],
        &["USA"],
        &[""],
        &["U*"],
        &["É"],
    ] {
        assert_eq!(Markets::parse(codes), None, "{codes:?}");
    }
}

#[test]
fn scopes_are_whole_words_and_known_ones() {
    let scopes = Scopes::parse(" ledger:read  money:write x:y ledger:readX");
    assert_eq!(scopes.to_string(), "ledger:read money:write");
    assert!(!Scopes::parse("xledger:read,ledger:read\tLEDGER:READ").contains("ledger:read"));
    assert_eq!(Scopes::parse(""), Scopes::default());
}

#[test]
fn the_scopes_usable_by_a_role_are_those_of_its_permissions() {
    assert_eq!(
        Scopes::usable_by(&[Role::Admin]).to_string(),
        "access-list:read api-tokens:read api-tokens:write erasures:write identities:read \
         identities:write reference:read revocations:write"
    );
    let auditor = "access-list:read api-tokens:read api-tokens:write approvals:read \
                   audit-trail:read bank-details:read cosignatures:write holdings:read \
                   identities:read jobs:read ledger:read periods:read proofs:read reference:read";
    assert_eq!(Scopes::usable_by(&[Role::Auditor]).to_string(), auditor);
    let both = "access-list:read api-tokens:read api-tokens:write approvals:read \
                audit-trail:read bank-accounts:read bank-details:read decisions:write \
                endings:write erasures:write holdings:read identities:read identities:write \
                jobs:read jobs:write ledger:read lots:write payout-sendings:write \
                payouts:write \
                periods:read periods:write proofs:read rates:write reference:read \
                reversals:write revocations:write statements:write thresholds:write \
                withdrawals:write write-offs:write";
    assert_eq!(
        Scopes::usable_by(&[Role::Admin, Role::Controller]).to_string(),
        both
    );
    assert_eq!(Scopes::usable_by(&[]), Scopes::default());
}

#[test]
fn role_names_are_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(role.name().parse(), Ok(*role));
    }
    let sentence = "".parse::<Role>().unwrap_err().to_string();
    assert!(
        Role::ALL.iter().all(|role| sentence.contains(role.name())),
        "{sentence}"
    );
}

#[test]
fn party_names_are_read_as_they_are_written() {
    for party in Party::ALL {
        assert_eq!(party.name().parse(), Ok(*party));
    }
    assert!("Donor".parse::<Party>().is_err() && "".parse::<Party>().is_err());
    assert_eq!(Party::default(), Party::Donor, "the least there is");
}

#[test]
fn a_creator_id_is_its_prefix_and_thirty_two_digits() {
    assert_eq!(parse_creator_id(&show_creator_id(PLEDGE)), Some(PLEDGE));
    let (bare, hyphens) = (PLEDGE.simple().to_string(), format!("crt_{PLEDGE}"));
    for text in ["", "crt_", &bare, &hyphens, &show_pledge_id(PLEDGE)] {
        assert_eq!(parse_creator_id(text), None, "{text}");
    }
}

#[test]
fn a_pledge_id_is_its_prefix_and_thirty_two_digits() {
    assert_eq!(parse_pledge_id(&show_pledge_id(PLEDGE)), Some(PLEDGE));
    let hyphens = format!("plg_{PLEDGE}");
    let bare = PLEDGE.simple().to_string();
    for text in [
        "*",
        "plg_",
        "",
        "plg_*",
        &hyphens,
        &bare,
        &format!("jnl_{bare}"),
        "plg_é",
    ] {
        assert_eq!(parse_pledge_id(text), None, "{text}");
    }
}
