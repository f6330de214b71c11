//! Audit packs: drawn, checked with the public key alone, and caught when anything in them is
//! altered.

use std::io::{Cursor, Read, Write};

use almoner::packs;
use almoner::tlog::note::Verifier;
use almoner::tlog::proof::Finding;
use serde_json::json;

use super::runs::done;
use crate::harness::{Funded, World, usd};

/// The files of an archive, in order.
fn files(pack: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(pack)).unwrap();
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut contents = Vec::new();
        file.read_to_end(&mut contents).unwrap();
        files.push((file.name().unwrap().into_owned(), contents));
    }
    files
}

fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(contents).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn key(world: &World) -> Verifier {
    let key = world.auditor().get("/tlog/key").await;
    let text = key.text();
    let json = serde_json::from_str::<serde_json::Value>(&text).ok();
    let key = json
        .and_then(|it| Some(it["key"].as_str()?.to_owned()))
        .unwrap_or(text);
    key.trim().parse().unwrap()
}

async fn draw(world: &World, pledge: &Funded, query: &str) -> Vec<u8> {
    let at = format!(
        "/v1/pledges/{}/audit-pack?from=2024-09-01&to=2024-11-30{query}",
        pledge.id
    );
    let pack = world.auditor().get(&at).await;
    assert_eq!(pack.status, 200, "{}", pack.text());
    pack.body
}

fn broken(findings: &[Finding]) -> Vec<&str> {
    let broken = findings.iter().filter(|it| !it.holds);
    broken.map(|it| it.sentence.as_str()).collect()
}

/// A pledge with statements, and a pack of it.
async fn packed(world: &World) -> (Funded, Vec<u8>) {
    let pledge = world.funded_pledge().await;
    let at = format!("/v1/pledges/{}/statement-runs", pledge.id);
    let run = world
        .controller()
        .post(&at, json!({"to": "2024-11-30"}))
        .await
        .expect(201);
    done(&world.auditor(), run["id"].as_str().unwrap()).await;
    let pack = draw(world, &pledge, "").await;
    (pledge, pack)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_proved_by_the_public_key_alone_and_is_the_same_to_the_byte_for_ever() {
    let world = World::new().await;
    let (pledge, pack) = packed(&world).await;
    let key = key(&world).await;
    let findings = packs::verify(&pack, std::slice::from_ref(&key)).unwrap();
    assert_eq!(broken(&findings), Vec::<&str>::new());
    let names: Vec<String> = files(&pack).into_iter().map(|(name, _)| name).collect();
    for name in [
        "README.txt",
        "journal/journal.beancount",
        "lots.csv",
        "users.json",
        "index.sig",
    ] {
        assert!(names.iter().any(|it| it == name), "{name}: {names:?}");
    }
    assert_eq!(
        names
            .iter()
            .filter(|it| it.starts_with("statements/"))
            .count(),
        10
    );
    let index = files(&pack)
        .into_iter()
        .find(|(name, _)| name == "index.json")
        .unwrap()
        .1;
    let index: packs::Index = serde_json::from_slice(&index).unwrap();
    world
        .budget(&pledge, "FR", usd("1000.00"), "2024-11-10")
        .await;
    let again = draw(
        &world,
        &pledge,
        &format!("&known_at={}", index.scope.known_at),
    )
    .await;
    assert!(again == pack, "the same moment is the same pack");
    let later = draw(&world, &pledge, "").await;
    assert!(later != pack);
    let stranger = almoner::tlog::note::Signer::from_pem("almoner.localhost", OTHER).unwrap();
    let findings = packs::verify(&pack, std::slice::from_ref(stranger.verifier())).unwrap();
    assert!(!broken(&findings).is_empty());
    world.finish().await;
}

/// Another Ed25519 key.
const OTHER: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_altered_in_a_pack_shows_and_the_sentence_says_what() {
    let world = World::new().await;
    let (_, pack) = packed(&world).await;
    let key = key(&world).await;
    let whole = files(&pack);
    let altered = |name: &str, change: &dyn Fn(&str) -> String| {
        let mut files = whole.clone();
        let file = files
            .iter_mut()
            .find(|(it, _)| it.starts_with(name))
            .unwrap();
        let before = String::from_utf8(file.1.clone()).unwrap();
        file.1 = change(&before).into_bytes();
        assert_ne!(before.as_bytes(), file.1, "{name} wasn't altered");
        archive(&files)
    };
    let without_second_line = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.remove(1);
        lines.join("\n") + "\n"
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (
            altered("log/leaves", &|it| it.replace("150000.00", "150000.01")),
            "make exactly the root",
        ),
        (
            altered("log/leaves", &without_second_line),
            "journal 2 isn't there",
        ),
        (
            altered("journal/trial-balance", &|it| {
                it.replacen("1600000.00", "1600000.01", 1)
            }),
            "The trial balance",
        ),
        (
            altered("statements/", &|it| {
                it.replacen("0.00\",\"unit", "0.01\",\"unit", 1)
            }),
            "statements/",
        ),
        (
            altered("approvals", &|it| format!("{it}{{}}\n")),
            "to the byte",
        ),
        (
            altered("index.json", &|it| it.replace("2024-11-30", "2024-12-31")),
            "signed this pack",
        ),
        (
            altered("log/checkpoint", &|it| it.replacen('\n', "\n1", 1)),
            "make exactly the root",
        ),
    ];
    for (pack, said) in cases {
        let findings = packs::verify(&pack, std::slice::from_ref(&key)).unwrap();
        let broken = broken(&findings);
        assert!(
            broken.iter().any(|it| it.contains(said)),
            "{said}: {broken:?}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_taken_out_of_a_pack_is_missed() {
    let world = World::new().await;
    let (_, pack) = packed(&world).await;
    let key = key(&world).await;
    let mut fewer = files(&pack);
    fewer.retain(|(name, _)| name != "users.json");
    let findings = packs::verify(&archive(&fewer), std::slice::from_ref(&key)).unwrap();
    assert!(
        broken(&findings)
            .iter()
            .any(|it| it.contains("and no others"))
    );
    world.finish().await;
}
