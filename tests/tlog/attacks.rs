//! Somebody who owns the database, with every trigger off: what each attack is detected by.

use almoner::db::Database;
use almoner::tlog::Log;
use almoner::tlog::keys::Keys;
use almoner::tlog::note::Signer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diesel_async::SimpleAsyncConnection;

use super::Story;

/// Journal 6 of the only pledge, which is no reversal and isn't reversed.
const EDIT: &str = "UPDATE transfers SET amount = amount + 100 WHERE journal = 6;";

const DELETE: &str =
    "DELETE FROM transfers WHERE journal = 6; DELETE FROM journals WHERE number = 6;";

const SWAP: &str = "
    UPDATE journals SET number = -6 WHERE number = 6;
    UPDATE journals SET number = 6 WHERE number = 7;
    UPDATE journals SET number = 7 WHERE number = -6;
    UPDATE transfers SET journal = -6 WHERE journal = 6;
    UPDATE transfers SET journal = 6 WHERE journal = 7;
    UPDATE transfers SET journal = 7 WHERE journal = -6;";

const SLIP_IN: &str = "
    UPDATE journals SET number = -number WHERE number >= 6;
    UPDATE journals SET number = -number + 1 WHERE number < 0;
    UPDATE transfers SET journal = -journal WHERE journal >= 6;
    UPDATE transfers SET journal = -journal + 1 WHERE journal < 0;
    INSERT INTO journals
        (pledge_id, number, id, kind, effective_date, recorded_at, transfers, actor)
        SELECT pledge_id, 6, gen_random_uuid(), 'budget', effective_date,
               recorded_at - interval '1 microsecond', 1, actor FROM journals WHERE number = 7;
    INSERT INTO transfers SELECT pledge_id, 6, line, unit, 1, effective_date, debit_account,
        credit_account, 900, debit_balance, debit_turnover, 900, credit_balance, credit_turnover
        FROM transfers WHERE journal = 5 AND line = 1;
    UPDATE pledges SET journals = journals + 1, transferred = transferred + 1;";

/// What no proof of the books would notice: words.
const REWORD: &str = "UPDATE journals SET reason = 'As agreed' WHERE number = 6;";

/// And now the log is made to fit.
const FORGET: &str = "DELETE FROM log_leaves; DELETE FROM log_tiles; DELETE FROM log_checkpoints;";

impl Story {
    /// A story with a log, and the checkpoint that somebody kept of it.
    async fn kept() -> (Self, String) {
        let story = Story::new().await;
        story.allocate(300).await;
        let kept = story.checkpoint().await;
        story.text("/tlog/heads/checkpoint").await;
        let (holds, said) = story.almoner(&["check"]);
        assert!(holds, "{said}");
        story.allocate(3).await;
        (story, kept)
    }

    async fn db_attack(&self, sql: &str) {
        let sql = format!("BEGIN; SET LOCAL session_replication_role = replica; {sql} COMMIT;");
        let mut connection = self.world.database.connect().await;
        connection.batch_execute(&sql).await.unwrap();
    }

    /// Makes every log anew over the rows as they are, and signs it.
    async fn db_sign_anew(&self, pem: &str) {
        self.db_attack(FORGET).await;
        let pool = Database::at(self.world.database.url())
            .logging_pool()
            .unwrap();
        let signer = Signer::from_pem("almoner.localhost", pem).unwrap();
        let keys = Keys::new(signer, None, Vec::new()).unwrap();
        Log::new(pool, keys).catch_up_all().await.unwrap();
    }

    /// Words changed in a journal that is in the log.
    pub(super) async fn db_reword(&self) {
        self.db_attack(REWORD).await;
    }

    /// A history rewritten by whoever has everything.
    pub(super) async fn db_reword_with_the_stolen_key(&self) {
        self.db_attack(REWORD).await;
        let stolen = self.world.data_dir().join("log-key.pem");
        self.db_sign_anew(&std::fs::read_to_string(stolen).unwrap())
            .await;
    }

    /// What `almoner check` says doesn't hold: each claim, with all that stands against it.
    fn broken(&self) -> String {
        let (holds, said) = self.almoner(&["check"]);
        assert!(!holds, "{said}");
        let mut keeps = false;
        let lines = said.lines().filter(|line| {
            keeps = line.starts_with("BROKEN") || keeps && line.starts_with("        ");
            keeps
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn journal(&self, number: u32) -> String {
        format!("journal {number} of {}", self.pledge.id)
    }

    /// The books don't hold any more, so the story ends without proving them.
    async fn abandon(self) {
        let Story { world, .. } = self;
        world.abandon().await;
    }
}

fn new_key() -> String {
    let document = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).unwrap();
    STANDARD.encode(document.as_ref())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_amount_is_named_by_check_and_cannot_be_proved() {
    let (story, _) = Story::kept().await;
    let id = story.journals().await[5].clone();
    story.db_attack(EDIT).await;
    let broken = story.broken();
    for found in ["log-leaves", "log-entries", &story.journal(6)] {
        assert!(broken.contains(found), "{found} in {broken}");
    }
    assert!(!broken.contains(&story.journal(5)), "{broken}");
    assert!(!broken.contains("log-signatures"), "{broken}");
    let at = format!("/v1/journals/{id}/proof");
    story.auditor.get(&at).await.expect_problem(500, "internal");
    story.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_journal_is_named_by_check() {
    let (story, _) = Story::kept().await;
    story.db_attack(DELETE).await;
    let broken = story.broken();
    for found in [
        "log-numbers",
        "isn't there",
        "log-leaves",
        &story.journal(6),
    ] {
        assert!(broken.contains(found), "{found} in {broken}");
    }
    assert!(
        !broken.contains(&format!("{} isn't what", story.journal(5))),
        "{broken}"
    );
    assert!(
        !broken.contains(&format!("{} isn't what", story.journal(7))),
        "{broken}"
    );
    story.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn journals_deleted_from_the_end_are_named_by_check() {
    let (story, _) = Story::kept().await;
    let last = u32::try_from(story.journals().await.len()).unwrap();
    story.checkpoint().await;
    let delete = DELETE.replace("= 6", &format!("= {last}"));
    let count = format!(
        "UPDATE pledges SET journals = {0}, transferred = {0};",
        last - 1
    );
    story.db_attack(&format!("{delete} {count}")).await;
    let broken = story.broken();
    assert!(
        broken.contains(&format!("{} isn't there", story.journal(last))),
        "{broken}"
    );
    story.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_swapped_journals_are_both_named_by_check() {
    let (story, _) = Story::kept().await;
    story.db_attack(SWAP).await;
    let broken = story.broken();
    for found in ["log-leaves", &story.journal(6), &story.journal(7)] {
        assert!(broken.contains(found), "{found} in {broken}");
    }
    let untouched = format!("{} isn't what", story.journal(8));
    assert!(!broken.contains(&untouched), "{broken}");
    story.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_slipped_into_the_past_is_named_by_check_with_all_it_moved() {
    let (story, _) = Story::kept().await;
    story.db_attack(SLIP_IN).await;
    let broken = story.broken();
    for found in [
        "log-leaves",
        &story.journal(6),
        &story.journal(7),
        "and ",
        " more",
    ] {
        assert!(broken.contains(found), "{found} in {broken}");
    }
    assert!(!broken.contains(&story.journal(5)), "{broken}");
    story.abandon().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_altered_is_not_gone_on_with() {
    let (story, _) = Story::kept().await;
    story
        .db_attack(
            "UPDATE log_tiles SET hashes = set_byte(hashes, 7, 1), root = set_byte(root, 7, 1);",
        )
        .await;
    let broken = story.broken();
    assert!(
        broken.contains(&format!("tile 0 of level 0 of {}", story.pledge.id)),
        "{broken}"
    );
    assert!(!broken.contains("log-leaves"), "{broken}");
    let at = format!("{}/checkpoint", story.log());
    story.auditor.get(&at).await.expect_problem(500, "internal");
    story.world.finish().await; // the ledger itself is as it was
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_rewritten_without_the_key_is_found_by_check() {
    let (story, kept) = Story::kept().await;
    story.db_attack(REWORD).await;
    story.db_sign_anew(&new_key()).await;
    let broken = story.broken();
    assert!(broken.contains("log-signatures"), "{broken}");
    assert!(
        !broken.contains("log-leaves") && !broken.contains("log-tiles"),
        "{broken}"
    );
    let at = format!("{}/consistency?older=1", story.log());
    story.auditor.get(&at).await.expect_problem(500, "internal");
    assert!(kept.starts_with("almoner.localhost/plg_"));
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_rewritten_with_the_stolen_key_is_found_by_whoever_kept_a_checkpoint() {
    let (story, kept) = Story::kept().await;
    let id = story.journals().await[5].clone();
    let before = story.text(&format!("/v1/journals/{id}/proof")).await;
    story.db_reword_with_the_stolen_key().await;

    // Everything fits: the books, the leaves, the tiles, the checkpoints and their signatures.
    let (holds, said) = story.almoner(&["check"]);
    assert!(holds, "{said}");
    let forged = story.text(&format!("/v1/journals/{id}/proof")).await;
    assert!(forged.contains("As agreed"));
    let (holds, said) = story.verify(&forged, None).await;
    assert!(holds, "{said}");

    // But whoever kept 32 bytes is shown another history than the one they know.
    let size = kept.split('\n').nth(1).unwrap();
    let proof = story
        .text(&format!("{}/consistency?older={size}", story.log()))
        .await;
    let (holds, said) = story.verify(&proof, Some(&kept)).await;
    assert!(!holds, "{said}");
    assert!(said.contains("BROKEN  The log of"), "{said}");
    // The proof that was taken away before is still good, and contradicts the forged one.
    let (holds, said) = story.verify(&before, None).await;
    assert!(holds && !before.contains("As agreed"), "{said}");
    let newer = before_checkpoint(&before);
    let at = format!(
        "{}/consistency?older={}",
        story.log(),
        newer.split('\n').nth(1).unwrap()
    );
    let (holds, said) = story.verify(&story.text(&at).await, Some(&newer)).await;
    assert!(!holds && said.contains("BROKEN  The log of"), "{said}");
    story.world.finish().await;
}

/// The checkpoint in a proof.
fn before_checkpoint(proof: &str) -> String {
    let proof: serde_json::Value = serde_json::from_str(proof).unwrap();
    proof["checkpoint"].as_str().unwrap().to_owned()
}
