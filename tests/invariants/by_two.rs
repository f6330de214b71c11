//! What always takes two people: one asks, another approves, and the second is answered.

use almoner::domain::approval::{Proposal, Request, Shown, Witness};
use almoner::domain::command::{DecideApproval, Verdict};
use almoner::domain::{ApprovalId, Command, Draft};
use almoner::engine::{Answer, Engine, Failure, Key, Submission};
use time::OffsetDateTime;
use uuid::Uuid;

use super::render;

fn show(_: &[u8; 32], drafts: &[Draft]) -> Shown {
    let posting = format!("{drafts:?}");
    let sum = posting.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    Shown {
        posting,
        digest: format!("{sum:064x}"),
    }
}

const WITNESS: Witness = Witness {
    request: [0; 32],
    show,
    tell: render,
};

fn key() -> Key {
    Key {
        digest: Uuid::now_v7(),
        fingerprint: Uuid::nil(),
    }
}

/// Asks for it and, if it waits, approves it under its own key.
pub(super) async fn settle(engine: &Engine, asked: Submission) -> Result<Answer, Failure> {
    let proposal = Proposal {
        request: Request {
            path: "/v1/asked".to_owned(),
            body: "{}".to_owned(),
            asked_at: OffsetDateTime::now_utc(),
        },
        witness: WITNESS,
        reserve: fastrand::bool(),
        expires_in_days: 1,
    };
    let proposed = Submission {
        key: key(),
        proposal: Some(Box::new(proposal)),
        ..asked.clone()
    };
    let waits = String::from_utf8(engine.submit(proposed).await?.body).unwrap();
    let (id, digest) = waits.split_once(' ').unwrap();
    let decided = Command::DecideApproval(DecideApproval {
        approval: id.parse::<ApprovalId>().unwrap(),
        verdict: Verdict::Approve {
            digest: digest.to_owned(),
            inner: Box::new(asked.command),
            witness: WITNESS,
        },
    });
    let approval = Submission {
        command: decided,
        actor: "aiko".to_owned(),
        identity: "almoner-local|aiko".to_owned(),
        ..asked
    };
    engine.submit(approval).await
}
