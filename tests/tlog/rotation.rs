//! One key follows another, and nothing that was proved stops being so.

use almoner::db::Database;
use almoner::db::read::JournalPlace;
use almoner::tlog::keys::{KeyState, Keys};
use almoner::tlog::note::{Note, Signer, Verifier};
use almoner::tlog::proof::{Trusted, verify};
use almoner::tlog::{Against, Log, LogId};

use super::Story;

const NEW: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPvYOiXmae980VIVsdjVF65gWdrhv2OPyooNhqDAtfd0
-----END PRIVATE KEY-----
";

impl Story {
    pub(super) fn signer_before(&self) -> Signer {
        let pem = std::fs::read_to_string(self.world.data_dir().join("log-key.pem")).unwrap();
        Signer::from_pem("almoner.localhost", &pem).unwrap()
    }

    /// The logs, as a service with those keys keeps them.
    pub(super) fn log_with(
        &self,
        current: Signer,
        outgoing: Option<Signer>,
        retired: &[Verifier],
    ) -> Log {
        let pool = Database::at(self.world.database.url()).logging_pool();
        let keys = Keys::new(current, outgoing, retired.to_vec()).unwrap();
        Log::new(pool.unwrap(), keys)
    }

    async fn place_of(&self, number: i64) -> JournalPlace {
        let at = usize::try_from(number - 1).unwrap();
        JournalPlace {
            id: self.journals().await[at].parse().unwrap(),
            pledge: self.pledge.id.parse().unwrap(),
            number,
        }
    }

    /// The proof of a journal, by those logs.
    async fn proof_by(&self, log: &Log, number: i64) -> String {
        let place = self.place_of(number).await;
        let proof = log.prove_journal(place, Against::Last).await.unwrap();
        serde_json::to_string(&proof.unwrap()).unwrap()
    }
}

fn new_signer() -> Signer {
    Signer::from_pem("almoner.localhost", NEW).unwrap()
}

fn holds(proof: &str, keys: &[Verifier]) -> bool {
    let trusted = Trusted {
        keys,
        ..Trusted::default()
    };
    verify(proof, &trusted).unwrap().iter().all(|it| it.holds)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_handed_over_and_every_proof_holds_with_the_key_of_its_time() {
    let story = Story::new().await;
    let (old, new) = (story.key().await, new_signer().verifier().clone());
    let which = LogId::Pledge(story.pledge.id.parse().unwrap());
    let before = story.proof(2).await.to_string();
    let kept = story.checkpoint().await;

    // Both sign while the key is handed over, each under the log's own name.
    let handing = story.log_with(new_signer(), Some(story.signer_before()), &[]);
    story.allocate(2).await;
    let note = handing.catch_up(which).await.unwrap().note;
    let read: Note = note.parse().unwrap();
    let name = note.lines().next().unwrap();
    for key in [&old, &new] {
        assert!(read.is_signed_by(&key.of_log(name).unwrap()));
    }
    let during = story.proof_by(&handing, 2).await;
    // A service that hasn't been told yet goes on: it knows the old line.
    assert_eq!(story.checkpoint().await, note);

    let after = story.log_with(new_signer(), None, std::slice::from_ref(&old));
    story.allocate(1).await;
    let last = after.catch_up(which).await.unwrap();
    let later = story.proof_by(&after, 2).await;
    let (old_alone, new_alone) = (vec![old.clone()], vec![new.clone()]);
    for (proof, with_old, with_new) in [
        (&before, true, false),
        (&during, true, true),
        (&later, false, true),
    ] {
        assert_eq!(holds(proof, &old_alone), with_old, "{proof}");
        assert_eq!(holds(proof, &new_alone), with_new, "{proof}");
        assert!(holds(proof, &[old.clone(), new.clone()]), "{proof}");
    }
    // From what was kept under the old key a proof leads to what the new one signed.
    let older = kept.lines().nth(1).unwrap().parse().unwrap();
    let proof = after
        .prove_consistency(which, older, Some(last.head.size))
        .await;
    let proof = serde_json::to_string(&proof.unwrap().unwrap()).unwrap();
    let (proof, kept) = (
        story.file("since.json", &proof),
        story.file("kept.txt", &kept),
    );
    let keys = story.file("keys.txt", &format!("{old}\n{new}\n"));
    let [proof, kept, keys] = [&proof, &kept, &keys].map(|path| path.to_str().unwrap());
    let (proved, said) = story.almoner(&["verify", proof, "--key", keys, "--since", kept]);
    assert!(proved, "{said}");
    let (proved, said) = story.almoner(&["check", "--key", &old.to_string(), "--key", keys]);
    assert!(proved && said.contains("holds  log-signatures"), "{said}");
    let (proved, said) = story.almoner(&["check", "--key", &new.to_string()]);
    assert!(!proved && said.contains("BROKEN  log-signatures"), "{said}");

    let known = after.known_keys().await.unwrap();
    let states: Vec<_> = known.iter().map(|it| (it.key.clone(), it.state)).collect();
    assert_eq!(states, [(new, KeyState::Current), (old, KeyState::Retired)]);
    assert!(known[0].until.is_none() && known[0].since < known[1].until);
    assert!(known[1].since < known[0].since);
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_no_new_beginning() {
    let story = Story::new().await;
    let which = LogId::Pledge(story.pledge.id.parse().unwrap());
    story.checkpoint().await;
    story.allocate(1).await;
    // A service that relies on the new key alone doesn't go on from what the old one signed.
    let forgetful = story.log_with(new_signer(), None, &[]);
    let stopped = forgetful.catch_up(which).await.unwrap_err().to_string();
    assert!(stopped.contains("no key here has signed it"), "{stopped}");
    // Nor does one that knows the old key, if what it signed was rewritten.
    let old = story.key().await;
    story.db_reword().await;
    let knowing = story.log_with(new_signer(), None, &[old]);
    let place = story.place_of(6).await;
    let proof = knowing.prove_journal(place, Against::Last).await;
    assert!(proof.is_err(), "{proof:?}");
    let foreign = Signer::from_pem("other.example", NEW).unwrap();
    let foreign = vec![foreign.verifier().clone()];
    assert!(Keys::new(new_signer(), None, foreign).is_err());
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_listed_with_what_has_become_of_them() {
    let story = Story::new().await;
    let listed = story.auditor.get("/tlog/keys").await.expect(200);
    assert_eq!(listed["data"][0]["key"], story.key().await.to_string());
    assert_eq!(listed["data"][0]["state"], "current");
    assert!(listed["data"][0]["since"].is_null(), "{listed}");
    story.checkpoint().await;
    let listed = story.auditor.get("/tlog/keys").await.expect(200);
    assert!(listed["data"][0]["since"].is_string(), "{listed}");
    assert!(listed["data"][0]["until"].is_null(), "{listed}");
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    story.finish().await;
}
