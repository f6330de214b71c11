//! The illegal row cannot be written: raw SQL tries each, and gets exactly the named refusal.
//!
//! Everything is tried with every right there is (as the owner) and as the service's role. A rule
//! in the catalogue that nothing here tries fails [`completeness`].

mod append_only;
mod approvals;
mod attributions;
mod clearings;
mod completeness;
mod controls;
mod endings;
mod exchange;
mod fixture;
mod logs;
mod lots;
mod obligations;
mod payouts;
mod persons;
mod postings;
mod reference;
mod register;
mod revaluations;
mod reversals;
mod rows;
mod service_role;
mod spend;
mod statements;
mod waiting;

use fixture::{As, Ledger, Refused};

/// Rows that one rule forbids.
struct Case {
    /// The rule: a constraint's name, or what a trigger refuses with.
    rule: &'static str,
    /// What is tried; each alone.
    tries: &'static [&'static str],
    /// Who is refused by the rule itself. The service's role may have no right to even try.
    service: Service,
}

/// How the service's role fares with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    /// It is refused by the same rule.
    Ruled,
    /// It has no right to try.
    Denied,
}

const fn ruled(rule: &'static str, tries: &'static [&'static str]) -> Case {
    Case {
        rule,
        tries,
        service: Service::Ruled,
    }
}

const fn denied(rule: &'static str, tries: &'static [&'static str]) -> Case {
    Case {
        rule,
        tries,
        service: Service::Denied,
    }
}

/// Tries every case as the owner and as the service, and fails with all that went otherwise.
async fn try_all(cases: &[Case]) {
    let mut ledger = Ledger::new().await;
    let mut otherwise = Vec::new();
    for case in cases {
        for sql in case.tries {
            let named = Refused::Rule(case.rule.to_owned());
            let expected = match case.service {
                Service::Ruled => named.clone(),
                Service::Denied => Refused::Denied,
            };
            for (who, expected) in [(As::Owner, named), (As::Service, expected)] {
                let found = ledger.attempt(who, sql).await;
                if found != expected {
                    let rule = case.rule;
                    otherwise.push(format!("{rule} as {who:?}: {found:?} for {sql}"));
                }
            }
        }
    }
    ledger.finish().await;
    assert!(otherwise.is_empty(), "\n{}\n", otherwise.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pledges_lots_creators_and_allocations_obey_their_rules() {
    try_all(rows::CASES).await;
    try_all(persons::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_journals_and_transfers_obey_their_rules() {
    try_all(postings::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ad_accounts_obligations_holds_and_reversals_obey_their_rules() {
    try_all(obligations::CASES).await;
    try_all(reversals::CASES).await;
    try_all(endings::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ends_of_lots_and_runs_of_jobs_obey_their_rules() {
    try_all(lots::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payouts_and_withholding_obey_their_rules() {
    try_all(payouts::CASES).await;
    try_all(exchange::CASES).await;
    try_all(revaluations::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_and_thresholds_obey_their_rules() {
    try_all(waiting::CASES).await;
    try_all(approvals::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_obey_their_rules() {
    try_all(controls::CASES).await;
    try_all(statements::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn placements_and_spend_obey_their_rules() {
    try_all(spend::CASES).await;
    try_all(attributions::CASES).await;
    try_all(clearings::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_and_tokens_obey_their_rules() {
    try_all(register::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reference_data_obeys_its_rules() {
    try_all(reference::CASES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_allow_can_be_written() {
    let mut ledger = Ledger::new().await;
    for sql in [
        "SELECT post('fides', 5, 6, 11000, '2026-01-30')",
        "SELECT post_twice(4, 5, false)",
        "SELECT post_twice(4, 5, true)",
        "SELECT post_twice(1, 5, false)",
        "SELECT post_twice(1, 5, true)",
        "SELECT post('fides', 5, 6, 1000, '2026-01-21')",
        "SELECT announce('third', 100, 200)",
        "INSERT INTO revaluations VALUES (id('payer'), id('again'), 'JPY', 5, '2026-01-31', 2, \
            0, 0, 0, 0, 1, 'ECB', '2025-01-20', NULL, 'carlos', '2026-02-02')",
        "SELECT post('payer', 1, 4, 2, '2026-01-31', kind => 'revaluation'); \
         SELECT post('payer', 4, 1, 2, '2026-02-01', kind => 'reversal', reverses => 4, \
            reason => 'x')",
        "SELECT open('fides', 7, '3120', 'USD', market => 'US'); \
         SELECT post('fides', 4, 7, 30000, '2026-01-06')",
        "UPDATE instalments SET received = 70000 WHERE id = id('fides cash')",
        "SELECT post('fides', 6, 5, 9000, '2026-01-30', kind => 'release', \
            subject => 'allocation')",
        clearings::RIGHT,
        "INSERT INTO role_grants VALUES (id('x'), id('grace'), 'auditor', now(), NULL, 'i', \
            'grace', now())",
        "INSERT INTO api_tokens VALUES (id('x'), id('robot'), 'i', 's', 'n', sha256('x'), \
            'preparer', '', '', '', 'i', 'boris', '2026-01-05', '2026-06-01')",
        "INSERT INTO api_tokens VALUES (id('x'), id('grace'), 'i', 's', 'n', sha256('x'), \
            'preparer', '', '', '', 'i', 'grace', '2026-01-05', '2026-06-01')",
        "UPDATE api_token_uses SET last_used_at = '2026-01-07'",
    ]
    .iter()
    .chain(approvals::RIGHT)
    {
        for who in [As::Owner, As::Service] {
            assert_eq!(
                ledger.attempt(who, sql).await,
                Refused::Not,
                "{who:?}: {sql}"
            );
        }
    }
    ledger.finish().await;
}
