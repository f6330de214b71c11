//! The files an auditor takes away, checked by `almoner verify` with nothing but the key.

use std::slice::from_ref;

use almoner::tlog::note::Verifier;
use almoner::tlog::proof::{Trusted, verify};
use serde_json::{Value, json};

use super::Story;

/// With that key alone.
fn with_key(key: &Verifier) -> Trusted<'_> {
    Trusted {
        keys: from_ref(key),
        ..Trusted::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_journal_is_proved_by_a_file_and_the_public_key_alone() {
    let story = Story::new().await;
    let key = story.key().await;
    let count = story.journals().await.len();
    assert!(count >= 6);
    for number in 1..=count {
        let proof = story.proof(number).await;
        let leaf: Value = serde_json::from_str(proof["leaf"].as_str().unwrap()).unwrap();
        assert_eq!(leaf["number"], json!(number));
        let findings = verify(&proof.to_string(), &with_key(&key)).unwrap();
        assert_eq!(findings.len(), 6);
        assert!(findings.iter().all(|it| it.holds), "{findings:#?}");
    }
    let proof = story.proof(count).await.to_string();
    let (holds, said) = story.verify(&proof, None).await;
    assert!(holds, "{said}");
    assert!(
        said.contains(&format!("The leaf is journal {count} (jnl_")),
        "{said}"
    );
    assert!(
        said.contains("Everything this file says is proved"),
        "{said}"
    );
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaf_is_the_journal_as_the_api_answers_it_in_canonical_form() {
    let story = Story::new().await;
    let number = story.journals().await.len();
    let proof = story.proof(number).await;
    let text = proof["leaf"].as_str().unwrap();
    let leaf: Value = serde_json::from_str(text).unwrap();
    // serde_json keeps members in the order of their names, as RFC 8785 asks.
    assert_eq!(leaf.to_string(), text, "there is one way to write it");
    let at = format!("/v1/journals/{}", proof["journal"].as_str().unwrap());
    let journal = story.auditor.get(&at).await.expect(200);
    for same in ["id", "kind", "effective_date", "recorded_at", "actor"] {
        assert_eq!(leaf[same], journal[same], "{same}");
    }
    assert_eq!(leaf["note"], "Erste Folge: „Mut\" \\ 山田");
    assert_eq!(leaf["salt"].as_str().unwrap().len(), 32);
    let (transfer, posted) = (&leaf["transfers"][0], &journal["transfers"][0]);
    assert_eq!(transfer["amount"], posted["amount"]["amount"]);
    assert_eq!(transfer["unit"], posted["amount"]["unit"]);
    assert_eq!(transfer["credit"]["code"], "3130");
    assert_eq!(transfer["credit"]["creator"], json!(story.creator));
    assert_eq!(transfer["debit"]["code"], "3120");
    assert_eq!(transfer["debit"]["market"], "JP");
    for side in ["debit", "credit"] {
        let account = transfer[side]["account"].as_str().unwrap();
        let at = format!("/v1/accounts/{account}/entries?limit=1000");
        let entries = story.auditor.get(&at).await.expect(200);
        let entries = entries["data"].as_array().unwrap();
        let entry = entries.iter().find(|it| it["journal_id"] == journal["id"]);
        let entry = entry.unwrap();
        assert_eq!(transfer[side]["seq"], entry["seq"]);
        assert_eq!(transfer[side]["balance"], entry["balance"]);
    }
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_which_anything_is_changed_proves_nothing() {
    let story = Story::new().await;
    let key = story.key().await;
    let proof = story.proof(5).await;
    let other = story.proof(4).await;
    let leaf = proof["leaf"].as_str().unwrap();
    let mut spoilt = Vec::new();
    let mut with = |pointer: &str, value: Value| {
        let mut changed = proof.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_ne!(changed, proof, "{pointer}");
        spoilt.push(changed);
    };
    with(
        "/leaf",
        json!(leaf.replacen("\"amount\":\"", "\"amount\":\"9", 1)),
    );
    with("/leaf", json!(format!("{leaf} ")));
    with("/leaf", other["leaf"].clone());
    with("/journal", other["journal"].clone());
    with("/index", json!(3));
    with("/inclusion", json!([]));
    with("/inclusion/0", other["inclusion"][1].clone());
    with("/inclusion/0", json!("AAAA"));
    let note = proof["checkpoint"].as_str().unwrap();
    let size = note.split('\n').nth(1).unwrap();
    with("/checkpoint", json!(note.replacen(size, "9", 1)));
    with("/checkpoint", json!(note.replacen("plg_", "plg_0", 1)));
    with("/checkpoint", proof["heads"]["checkpoint"].clone());
    with("/heads/index", json!(77));
    with("/heads/checkpoint", json!(note));
    for changed in spoilt {
        let findings = verify(&changed.to_string(), &with_key(&key)).unwrap();
        assert!(findings.iter().any(|it| !it.holds), "{changed:#}");
    }
    let mut stray = proof.clone();
    stray["remark"] = json!("all is well");
    assert!(verify(&stray.to_string(), &with_key(&key)).is_err());
    for (changed, said) in [
        (
            proof.to_string().replace("journal-proof/1", "x/1"),
            "isn't a proof that this program",
        ),
        ("{".to_owned(), "can't be checked"),
        (
            proof.to_string().replace("\\\"kind\\\":", "\\\"kinds\\\":"),
            "don't rely on this file",
        ),
    ] {
        let (holds, output) = story.verify(&changed, None).await;
        assert!(!holds && output.contains(said), "{output}");
    }
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_somebody_else_opens_nothing() {
    let story = Story::new().await;
    let other = Story::new().await;
    let proof = story.proof(2).await.to_string();
    let findings = verify(&proof, &with_key(&other.key().await)).unwrap();
    assert!(findings.iter().all(|it| !it.holds), "{findings:#?}");
    other.finish().await;
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_kept_a_checkpoint_is_shown_that_all_of_it_is_still_there() {
    let story = Story::new().await;
    let kept = story.checkpoint().await;
    let size = kept.split('\n').nth(1).unwrap().to_owned();
    for more in [1, 4, 300] {
        story.allocate(more).await;
        let at = format!("{}/consistency?older={size}", story.log());
        let proof = story.text(&at).await;
        let (holds, said) = story.verify(&proof, Some(&kept)).await;
        assert!(holds, "{said}");
        assert!(
            said.contains(&format!("begins with exactly the {size}")),
            "{said}"
        );
        let (holds, said) = story.verify(&proof, None).await;
        assert!(!holds && said.contains("--since"), "{said}");
    }
    // Against the very checkpoint that was kept, a single journal is proved as well.
    let id = &story.journals().await[1];
    let old = story
        .text(&format!("/v1/journals/{id}/proof?size={size}"))
        .await;
    let (holds, said) = story.verify(&old, Some(&kept)).await;
    assert!(
        holds && said.contains("the root of the one that was kept"),
        "{said}"
    );
    let now = story.text(&format!("/v1/journals/{id}/proof")).await;
    let (holds, said) = story.verify(&now, Some(&kept)).await;
    assert!(!holds && said.contains("ask for"), "{said}");
    let heads = story.text("/tlog/heads/checkpoint").await;
    let fresh = story.text(&format!("/v1/journals/{id}/proof")).await;
    let (holds, said) = story.verify(&fresh, Some(&heads)).await;
    assert!(holds, "the log over all logs binds it: {said}");
    story.finish().await;
}
