//! What witnesses hand in is kept, shown to everybody, and asked for by whoever verifies.

use almoner::tlog::note::{Note, Signer};
use reqwest::Method;

use super::Story;
use crate::harness::{Answer, WITNESS, witness};

const SEEN_S: u64 = 1_735_689_600;

impl Story {
    async fn hand_in(&self, log: &str, note: &str) -> Answer {
        let at = format!("/tlog/{log}/cosignatures");
        let request = self.auditor.request(Method::POST, &at);
        let request = request.header("Content-Type", "text/plain");
        self.auditor.send(request.body(note.to_owned())).await
    }

    async fn refused(&self, status: u16, code: &str, log: &str, note: &str) {
        let before = self.world.database.row_counts().await;
        self.hand_in(log, note).await.expect_problem(status, code);
        assert_eq!(self.world.database.row_counts().await, before, "{code}");
    }

    /// `almoner verify`, which asks for the witness's line.
    async fn verify_seen(&self, file: &str) -> (bool, String) {
        let file = self.file("proof.json", file);
        let (key, witness) = (self.key().await.to_string(), witness());
        let witness = witness.verifier().to_string();
        let file = file.to_str().unwrap();
        self.almoner(&["verify", file, "--key", &key, "--witness", &witness])
    }

    fn cosigned(&self, note: &str) -> String {
        witness().cosign(note, SEEN_S).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cosignature_is_kept_once_and_shown_wherever_the_checkpoint_is() {
    let story = Story::new().await;
    let pledge = story.pledge.id.clone();
    let at = format!("{}/checkpoint?cosigned=true", story.log());
    story
        .auditor
        .get(&at)
        .await
        .expect_problem(404, "not-found");
    let bare = story.checkpoint().await;
    let cosigned = story.cosigned(&bare);
    let answer = story.hand_in(&pledge, &cosigned).await;
    assert_eq!((answer.status, answer.text()), (200, cosigned.clone()));
    let before = story.world.database.row_counts().await;
    // Later, and with lines of others that nobody here trusts: the first line stays.
    let other = Signer::witness("other.example", WITNESS).unwrap();
    let later = other.cosign(&bare, SEEN_S).unwrap();
    let later = witness().cosign(&later, SEEN_S + 60).unwrap();
    let answer = story.hand_in(&pledge, &later).await;
    assert_eq!((answer.status, answer.text()), (200, cosigned.clone()));
    assert_eq!(story.world.database.row_counts().await, before);
    assert_eq!(story.checkpoint().await, cosigned);
    assert_eq!(story.text(&at).await, cosigned);
    let note: Note = cosigned.parse().unwrap();
    assert!(
        note.is_signed_by(
            &story
                .key()
                .await
                .of_log(note.text.lines().next().unwrap())
                .unwrap()
        )
    );
    assert_eq!(note.cosigned_at(witness().verifier()), Some(SEEN_S));

    let proof = story.proof(2).await;
    assert_eq!(proof["checkpoint"], cosigned);
    let (holds, said) = story.verify_seen(&proof.to_string()).await;
    assert!(holds && said.contains("witness.example saw"), "{said}");
    assert!(said.contains("2025-01-01T00:00:00Z"), "{said}");

    // What is posted after it isn't seen yet; what was is proved against what was seen.
    story.allocate(1).await;
    assert!(!story.checkpoint().await.contains("witness.example"));
    let (holds, said) = story.verify_seen(&story.proof(2).await.to_string()).await;
    assert!(!holds && said.contains("its line is under none"), "{said}");
    let journals = story.journals().await;
    let seen = format!("/v1/journals/{}/proof?cosigned=true", journals[1]);
    let (holds, said) = story.verify_seen(&story.text(&seen).await).await;
    assert!(holds, "{said}");
    let last = journals.last().unwrap();
    let unseen = format!("/v1/journals/{last}/proof?cosigned=true");
    story
        .auditor
        .get(&unseen)
        .await
        .expect_problem(404, "not-found");
    // A witness of the log over all logs has seen every pledge.
    let heads = story.text("/tlog/heads/checkpoint").await;
    let answer = story.hand_in("heads", &story.cosigned(&heads)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let (holds, said) = story.verify_seen(&story.text(&unseen).await).await;
    assert!(
        holds && said.contains("saw that checkpoint of almoner.localhost at"),
        "{said}"
    );
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_isnt_seen_by_a_trusted_witness_or_was_never_signed_is_refused() {
    let story = Story::new().await;
    let pledge = story.pledge.id.clone();
    let bare = story.checkpoint().await;
    let heads = story.text("/tlog/heads/checkpoint").await;
    let own = story.cosigned(&bare);
    let of_text = |text: &str| {
        let pem = std::fs::read_to_string(story.world.data_dir().join("log-key.pem")).unwrap();
        let signer = Signer::from_pem("almoner.localhost", &pem).unwrap();
        let log = text.lines().next().unwrap();
        story.cosigned(&signer.sign(log, text).unwrap())
    };
    let text = bare.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let size = text.lines().nth(1).unwrap();
    let root = text.lines().nth(2).unwrap();
    for never in [
        // Signed with the ledger's own key, and still nothing that the ledger has.
        of_text(&text.replacen(&format!("\n{size}\n"), "\n3\n", 1)),
        of_text(&text.replacen(root, heads.lines().nth(2).unwrap(), 1)),
        story.cosigned(&heads),
    ] {
        story
            .refused(422, "checkpoint-never-signed", &pledge, &never)
            .await;
    }
    let stranger = Signer::witness("stranger.example", WITNESS).unwrap();
    let forged = own.replace("witness.example", "witness.examples");
    for unknown in [
        bare.clone(),
        stranger.cosign(&bare, SEEN_S).unwrap(),
        forged,
    ] {
        story
            .refused(422, "witness-not-trusted", &pledge, &unknown)
            .await;
    }
    for unreadable in [
        "",
        "text\n",
        "{}",
        own.trim_end(),
        &own.replacen('\n', "\r\n", 1),
    ] {
        story
            .refused(400, "malformed-body", &pledge, unreadable)
            .await;
    }
    let none = "plg_00000000000000000000000000000000";
    story.refused(404, "not-found", none, &own).await;
    let at = format!("/tlog/{pledge}/cosignatures");
    let json = story
        .auditor
        .post_without_key(&at, serde_json::json!({}))
        .await;
    json.expect_problem(415, "unsupported-media-type");
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_hands_its_cosignature_in_itself() {
    let story = Story::new().await;
    let folder = story.folder.path().join("witness");
    std::fs::create_dir(&folder).unwrap();
    let run = async |name: &str| {
        let url = format!("http://{}", story.world.address());
        let key = story.key().await.to_string();
        let token = story.auditor.token().unwrap();
        let arguments = [
            "witness",
            &url,
            "--key",
            &key,
            "--token",
            token,
            "--name",
            name,
            "--submit",
            "--dir",
            folder.to_str().unwrap(),
        ];
        story.almoner(&arguments)
    };
    // With a key that it makes itself, and that the ledger doesn't know.
    let (holds, said) = run("unknown.example").await;
    assert!(!holds && said.contains("witness-not-trusted"), "{said}");
    // The file is there, and nobody else may read it.
    std::fs::write(folder.join("witness-key.pem"), WITNESS).unwrap();
    for _ in 0..2 {
        let (holds, said) = run("witness.example").await;
        assert!(holds, "{said}");
        let shown = story.text("/tlog/heads/checkpoint").await;
        assert!(shown.contains("\u{2014} witness.example "), "{shown}");
        let shown: Note = shown.parse().unwrap();
        assert!(shown.cosigned_at(witness().verifier()).unwrap() > SEEN_S);
    }
    story.finish().await;
}
