//! One journal, checked with `openssl`, `sha256sum` and the shell alone.

use std::process::Command;

use super::Story;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/check-proof");

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_checked_with_openssl_and_sha256sum_alone() {
    if Command::new("jq").arg("--version").output().is_err()
        || Command::new("openssl").arg("version").output().is_err()
    {
        eprintln!("NOTE: jq and openssl aren't here, so nothing was checked by hand");
        return;
    }
    let story = Story::new().await;
    story.allocate(30).await;
    let key = story.key().await.to_string();
    let check = |proof: &str| {
        let proof = story.file("proof.json", proof);
        let output = Command::new(SCRIPT).arg(proof).arg(&key).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let count = story.journals().await.len();
    for number in [1, 2, count / 2, count - 1, count] {
        let proof = story.proof(number).await.to_string();
        let (holds, said) = check(&proof);
        assert!(holds && said.contains("is in the log"), "{number}: {said}");
    }
    let proof = story.proof(4).await;
    let leaf = proof["leaf"].as_str().unwrap();
    for (pointer, value) in [
        (
            "/leaf",
            leaf.replacen("\"actor\":\"petra\"", "\"actor\":\"peter\"", 1),
        ),
        (
            "/inclusion/1",
            proof["inclusion"][0].as_str().unwrap().to_owned(),
        ),
        (
            "/checkpoint",
            proof["checkpoint"]
                .as_str()
                .unwrap()
                .replacen("\n3", "\n4", 1),
        ),
    ] {
        let mut changed = proof.clone();
        *changed.pointer_mut(pointer).unwrap() = value.into();
        assert_ne!(changed, proof, "{pointer}");
        let (holds, said) = check(&changed.to_string());
        assert!(!holds, "{pointer}: {said}");
    }
    story.finish().await;
}
