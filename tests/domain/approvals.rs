//! What waits for somebody else, in memory: when it has to, and what becomes of it.

use almoner::domain::approval::{
    Action, Approval, ApprovalState, Limit, Proposal, Request, Shown, Witness,
};
use almoner::domain::books::Reserved;
use almoner::domain::command::{
    DecideApproval, Decision, Event, Outcome, Settled, Unapproved, Verdict,
};
use almoner::domain::{Command, Context, Draft, Refusal};
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};

use super::codes::code;
use super::fixture::*;

fn show(_: &[u8; 32], drafts: &[Draft]) -> Shown {
    let posting = format!("{drafts:?}");
    Shown {
        digest: posting.clone(),
        posting,
    }
}

fn proposal(reserve: bool) -> Proposal {
    Proposal {
        request: Request {
            path: "/v1/asked".to_owned(),
            body: "{}".to_owned(),
            asked_at: NOW,
        },
        witness: WITNESS,
        reserve,
        expires_in_days: 14,
    }
}

const WITNESS: Witness = Witness {
    request: [0; 32],
    show,
    tell: |_| b"{}".to_vec(),
};

fn limit(above: i64, approvals: i16, valid_from: Date) -> Limit {
    Limit {
        action: Action::Budget,
        unit: "USD".to_owned(),
        above,
        approvals,
        valid_from,
    }
}

/// A funded pledge of which whatever budgets move beyond 1.00 needs so many approvals.
fn guarded(approvals: i16) -> Ledger {
    let mut ledger = Ledger::funded();
    let limit = limit(100, approvals, date!(2026 - 01 - 01));
    ledger.book().limits = vec![limit];
    ledger
}

fn asked(amount: i64) -> Command {
    Command::BudgetMarket(budget("JP", usd(amount)))
}

#[allow(clippy::result_large_err)] // the domain's own
fn settle(ledger: &mut Ledger, command: &Command, reserve: bool) -> Result<Settled, Refusal> {
    let proposal = proposal(reserve);
    command.settle(
        &mut ledger.books,
        &Ledger::context(),
        Unapproved::Waits(&proposal),
    )
}

/// What waits from now on.
fn wait(ledger: &mut Ledger, command: &Command, reserve: bool) -> Approval {
    let settled = settle(ledger, command, reserve).unwrap();
    let Outcome::Approval { approval, .. } = settled.decision.outcome.clone() else {
        panic!("{settled:?} doesn't wait");
    };
    let held = settled
        .decision
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Held(_, change) => Some(change.key.clone()),
            _ => None,
        });
    let reserved = Reserved {
        keys: held.collect(),
        approval: (*approval).clone(),
    };
    let posting = almoner::domain::books::Posting {
        approval: None,
        actor: "petra",
        now: NOW,
        journal: Ledger::context().journal,
        new_id: uuid::Uuid::now_v7,
    };
    ledger.books.apply(settled.decision, &posting);
    ledger.books.approvals.insert(approval.id, Some(reserved));
    *approval
}

#[allow(clippy::result_large_err)]
fn decide(
    ledger: &mut Ledger,
    actor: &str,
    now: OffsetDateTime,
    approval: &Approval,
    verdict: Verdict,
) -> Result<Settled, Refusal> {
    let context = Context {
        actor: actor.to_owned(),
        identity: format!("almoner-local|{actor}"),
        now,
        ..Ledger::context()
    };
    let approval = approval.id;
    let command = Command::DecideApproval(DecideApproval { approval, verdict });
    command.settle(&mut ledger.books, &context, Unapproved::IsRefused)
}

fn approve(approval: &Approval, inner: &Command) -> Verdict {
    Verdict::Approve {
        digest: approval.shown.digest.clone(),
        inner: Box::new(inner.clone()),
        witness: WITNESS,
    }
}

fn kinds(decision: &Decision) -> Vec<&'static str> {
    let kinds = decision.drafts().map(|draft| draft.kind.as_str());
    kinds.collect()
}

#[test]
fn the_limit_that_began_last_is_in_force_and_of_two_the_one_stated_last() {
    let limits = [
        limit(100, 1, date!(2026 - 01 - 01)),
        limit(900, 1, date!(2026 - 03 - 01)),
        limit(500, 2, date!(2026 - 02 - 01)),
        limit(700, 3, date!(2026 - 02 - 01)),
    ];
    let on = |day| Limit::in_force(&limits, Action::Budget, "USD", day).map(|it| it.above);
    assert_eq!(on(date!(2025 - 12 - 31)), None);
    assert_eq!(on(date!(2026 - 01 - 31)), Some(100));
    assert_eq!(on(date!(2026 - 02 - 28)), Some(700));
    assert_eq!(on(date!(2026 - 03 - 01)), Some(900));
    for (action, unit) in [(Action::Allocation, "USD"), (Action::Budget, "EUR")] {
        let none = Limit::in_force(&limits, action, unit, date!(2026 - 06 - 01));
        assert_eq!(none, None);
    }
}

#[test]
fn what_is_not_above_its_limit_is_done_at_once_and_what_is_waits() {
    let mut ledger = guarded(2);
    let done = settle(&mut ledger, &asked(100), false).unwrap();
    assert_eq!((kinds(&done.decision), done.needed), (vec!["budget"], 0));
    let waits = wait(&mut ledger, &asked(101), false);
    assert_eq!((waits.needed, waits.amount.clone()), (2, Some(usd(101))));
    assert_eq!(waits.maker.name, "petra");
    assert_eq!(waits.expires_at, NOW + Duration::days(14));
    assert!(waits.summary.contains("1.01 USD"), "{}", waits.summary);
    let seen = asked(101).settle(&mut ledger.books, &Ledger::context(), Unapproved::IsShown);
    assert_eq!(seen.unwrap().needed, 2);
    let whole = asked(101).settle(&mut ledger.books, &Ledger::context(), Unapproved::IsRefused);
    let refusal = whole.unwrap_err();
    assert_eq!(refusal.code(), "approval-needed");
    assert_eq!(code(&refusal), "approval-needed");
}

#[test]
fn what_passes_through_several_accounts_counts_once() {
    let ledger = Ledger::signed();
    let receipt = Command::ReceiveCash(receive(CASH, usd(60_000), usd(500)));
    let decision = ledger.decide(&receipt).unwrap();
    assert!(decision.drafts().map(|it| it.moves.len()).sum::<usize>() > 2);
    assert_eq!(decision.moved(), [usd(60_500)]);
}

#[test]
fn a_write_off_takes_two_without_any_limit() {
    let mut ledger = Ledger::signed();
    let lost = write_off(CASH, usd(1));
    let waits = wait(&mut ledger, &lost, false);
    assert_eq!((waits.action, waits.needed), (Action::WriteOff, 1));
}

#[test]
fn what_enough_others_approve_is_posted_in_its_makers_name() {
    let mut ledger = guarded(2);
    let command = asked(500);
    let waits = wait(&mut ledger, &command, false);
    let by =
        |ledger: &mut Ledger, actor| decide(ledger, actor, NOW, &waits, approve(&waits, &command));
    assert_eq!(by(&mut ledger, "petra").unwrap_err().code(), "same-person");
    let first = by(&mut ledger, "aiko").unwrap();
    assert_eq!(kinds(&first.decision), Vec::<&str>::new());
    let known = ledger.books.approvals.get_mut(&waits.id).unwrap();
    let Outcome::Approval { approval, .. } = first.decision.outcome else {
        panic!()
    };
    known.as_mut().unwrap().approval = *approval;
    assert_eq!(by(&mut ledger, "aiko").unwrap_err().code(), "same-person");
    let second = by(&mut ledger, "akira").unwrap();
    assert_eq!(kinds(&second.decision), ["budget"]);
    assert_eq!(second.mandate.unwrap().maker.name, "petra");
}

#[test]
fn what_is_not_as_it_was_shown_is_refused() {
    let mut ledger = guarded(1);
    let command = asked(500);
    let waits = wait(&mut ledger, &command, false);
    let mut unseen = waits.clone();
    unseen.shown.digest = "another".to_owned();
    let refusal = decide(&mut ledger, "aiko", NOW, &waits, approve(&unseen, &command));
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.code(), "approval-not-as-shown");
    assert_eq!(refusal.pointer().as_deref(), Some("/digest"));
    let other = approve(&waits, &asked(501));
    let refusal = decide(&mut ledger, "aiko", NOW, &waits, other).unwrap_err();
    assert_eq!(
        (refusal.code(), code(&refusal)),
        ("approval-outdated", "approval-outdated")
    );
    for amount in ["5.00 USD", "5.01 USD"] {
        assert!(refusal.to_string().contains(amount), "{refusal}");
    }
}

#[test]
fn what_is_held_for_it_is_there_for_nothing_else_until_it_ends() {
    let mut ledger = guarded(1);
    let funded = ledger.book().available(&funded());
    let command = asked(funded);
    let waits = wait(&mut ledger, &command, true);
    assert!(waits.reserved);
    assert_eq!(ledger.book().available(&self::funded()), 0);
    let refusal = settle(&mut ledger, &asked(1), false).unwrap_err();
    assert_eq!(refusal.code(), "insufficient-funds");
    let refused = decide(&mut ledger, "petra", NOW, &waits, approve(&waits, &command));
    assert_eq!(refused.unwrap_err().code(), "same-person");
    assert_eq!(ledger.book().available(&self::funded()), 0, "as before");
    let posted = decide(&mut ledger, "aiko", NOW, &waits, approve(&waits, &command)).unwrap();
    let freed = posted
        .decision
        .events
        .iter()
        .any(|event| matches!(event, Event::Held(_, change) if change.amount == 0));
    assert!(freed);
}

fn funded() -> almoner::domain::AccountKey {
    almoner::domain::AccountKey::plain(almoner::domain::Code::CashFunded, usd(0).unit())
}

#[test]
fn nothing_is_decided_after_its_time_and_nothing_expires_before() {
    let mut ledger = guarded(1);
    let command = asked(500);
    let waits = wait(&mut ledger, &command, false);
    let (last, over) = (waits.expires_at - Duration::SECOND, waits.expires_at);
    assert_eq!(waits.state(last), ApprovalState::Pending);
    assert_eq!(waits.state(over), ApprovalState::Expired);
    let reason = || "Late".to_owned();
    for (now, actor, verdict) in [
        (over, "aiko", approve(&waits, &command)),
        (over, "aiko", Verdict::Reject { reason: reason() }),
        (over, "petra", Verdict::Withdraw { reason: reason() }),
        (last, "scheduler", Verdict::Expire),
    ] {
        let refusal = decide(&mut ledger, actor, now, &waits, verdict).unwrap_err();
        assert_eq!(refusal.code(), "wrong-state");
    }
    for (now, actor, verdict, state) in [
        (
            last,
            "aiko",
            Verdict::Reject { reason: reason() },
            "rejected",
        ),
        (
            last,
            "petra",
            Verdict::Withdraw { reason: reason() },
            "withdrawn",
        ),
        (over, "scheduler", Verdict::Expire, "expired"),
    ] {
        let settled = decide(&mut ledger, actor, now, &waits, verdict).unwrap();
        let Outcome::Approval { approval, at } = settled.decision.outcome else {
            panic!()
        };
        assert_eq!(approval.state(at).as_str(), state);
        assert_eq!(settled.decision.draft, None);
    }
}
