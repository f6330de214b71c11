//! A second party that puts its name under one history only.

use almoner::tlog::note::{Note, Verifier};

use super::Story;

impl Story {
    /// `almoner witness`, once: whether it cosigned, and what it printed.
    async fn witness(&self) -> (bool, String) {
        let url = format!("http://{}", self.world.address());
        let key = self.key().await.to_string();
        let folder = self.folder.path().join("witness");
        let arguments = [
            "witness",
            &url,
            "--key",
            &key,
            "--token",
            self.auditor.token().unwrap(),
            "--name",
            "witness.example",
            "--dir",
            folder.to_str().unwrap(),
        ];
        self.almoner(&arguments)
    }
}

/// What was printed, as a note; and the witness's key.
fn cosigned(said: &str) -> (String, Verifier) {
    let lines = said.lines().filter(|line| !line.starts_with("almoner: "));
    let note: String = lines.map(|line| format!("{line}\n")).collect();
    let key = said.lines().find_map(|line| line.split_once("key is "));
    (note, key.unwrap().1.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_cosigns_what_grows_and_nothing_that_was_rewritten() {
    let story = Story::new().await;
    let (holds, first) = story.witness().await;
    assert!(holds, "{first}");
    for more in [1, 30] {
        story.allocate(more).await;
        let (holds, said) = story.witness().await;
        assert!(holds, "{said}");
    }
    let (holds, said) = story.witness().await;
    assert!(holds, "the same again: {said}");
    let (note, witness) = cosigned(&said);
    assert_eq!(witness, cosigned(&first).1, "the key is kept");
    let read: Note = note.parse().unwrap();
    assert!(read.is_signed_by(&story.key().await));
    assert!(read.cosigned_at(&witness).unwrap() > 1_700_000_000);

    // Its note is a checkpoint like any other, to hold a proof against.
    let size = note.split('\n').nth(1).unwrap();
    story.allocate(1).await;
    story.checkpoint().await;
    let at = format!("/tlog/heads/consistency?older={size}");
    let proof = story.text(&at).await;
    let (holds, said) = story.verify(&proof, Some(&note)).await;
    assert!(holds, "{said}");

    story.db_reword_with_the_stolen_key().await;
    let (holds, said) = story.witness().await;
    assert!(!holds && said.contains("it was rewritten"), "{said}");
    for _ in 0..4 {
        story.allocate(1).await;
        story.checkpoint().await;
    }
    let (holds, said) = story.witness().await;
    assert!(
        !holds && said.contains("it was rewritten"),
        "as long as before: {said}"
    );
    story.finish().await;
}
