//! Programs that know nothing of ours accept what is served: `signed_note` and `tlog_tiles`.

use std::collections::BTreeMap;

use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::checkpoint::Checkpoint;
use tlog_tiles::tile::{Tile, TileHashReader, TileReader};
use tlog_tiles::tlog::{self, Error, Hash, HashReader, stored_hash_index};

use super::Story;

/// Tiles that were fetched by their paths.
struct Fetched(BTreeMap<String, Vec<u8>>);

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        Ok(tiles.iter().map(|it| self.0[&it.path()].clone()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

impl Story {
    /// A checkpoint of a log, as others read and check it.
    async fn accepted(&self, note: &str, log: &str) -> Checkpoint {
        let key = self.key().await.of_log(log).unwrap().to_string();
        let verifier = StandardVerifier::new(&key).unwrap();
        let note = Note::from_bytes(note.as_bytes()).unwrap();
        let known = VerifierList::new(vec![Box::new(verifier)]);
        let (verified, others) = note.verify(&known).unwrap();
        assert_eq!((verified.len(), others.len()), (1, 0));
        let checkpoint = Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!(checkpoint.origin(), log);
        checkpoint
    }

    async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.auditor.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body.to_vec()
    }

    /// Every tile of the log at that size.
    async fn tiles(&self, log: &str, size: u64) -> Fetched {
        let mut fetched = BTreeMap::new();
        for tile in Tile::new_tiles(8, 0, size) {
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            let bytes = self.bytes(&format!("{log}/{path}")).await;
            fetched.insert(tile.path(), bytes);
        }
        Fetched(fetched)
    }

    /// Every leaf of the log at that size, out of bundles.
    async fn entries(&self, log: &str, size: u64) -> Vec<Vec<u8>> {
        let mut leaves = Vec::new();
        for tile in 0..size.div_ceil(256) {
            let part = match (size - tile * 256).min(256) {
                256 => String::new(),
                width => format!(".p/{width}"),
            };
            let mut rest = &self
                .bytes(&format!("{log}/tile/entries/{tile:03}{part}"))
                .await[..];
            while let [high, low, tail @ ..] = rest {
                let (leaf, tail) = tail.split_at(usize::from(*high) << 8 | usize::from(*low));
                leaves.push(leaf.to_vec());
                rest = tail;
            }
        }
        leaves
    }
}

/// The hashes of every leaf, each checked on the way from its tile to the root.
fn checked_leaves(tiles: &Fetched, checkpoint: &Checkpoint) -> Vec<Hash> {
    let reader = TileHashReader::new(checkpoint.size(), *checkpoint.hash(), tiles);
    let indexes = (0..checkpoint.size()).map(|n| stored_hash_index(0, n));
    reader.read_hashes(&indexes.collect::<Vec<_>>()).unwrap()
}

fn hashes(list: &serde_json::Value) -> Vec<Hash> {
    let list = list.as_array().unwrap().iter();
    list.map(|it| Hash::parse_hash(it.as_str().unwrap()).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn others_accept_our_checkpoints_tiles_leaves_and_proofs() {
    let story = Story::new().await;
    let name = format!("almoner.localhost/{}", story.pledge.id);
    let mut older: Option<Checkpoint> = None;
    for more in [0, 1, 280, 300] {
        if more > 0 {
            story.allocate(more).await;
        }
        let checkpoint = story.accepted(&story.checkpoint().await, &name).await;
        let (size, root) = (checkpoint.size(), *checkpoint.hash());
        assert_eq!(size, story.journals().await.len() as u64);
        let leaves = checked_leaves(&story.tiles(&story.log(), size).await, &checkpoint);
        let entries = story.entries(&story.log(), size).await;
        let entries: Vec<Hash> = entries.iter().map(|it| tlog::record_hash(it)).collect();
        assert_eq!(entries, leaves);
        for number in [1, size / 2, size] {
            let proof = story.proof(usize::try_from(number).unwrap()).await;
            let leaf = tlog::record_hash(proof["leaf"].as_str().unwrap().as_bytes());
            let path = hashes(&proof["inclusion"]);
            tlog::check_record(&path, size, root, number - 1, leaf).unwrap();
        }
        if let Some(older) = older {
            let at = format!("{}/consistency?older={}", story.log(), older.size());
            let proof = story.auditor.get(&at).await.expect(200);
            let path = hashes(&proof["consistency"]);
            tlog::check_tree(&path, size, root, older.size(), *older.hash()).unwrap();
        }
        older = Some(checkpoint);
    }
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_over_all_logs_has_every_checkpoint_of_every_pledge() {
    let story = Story::new().await;
    let mut notes = Vec::new();
    for turn in 0..3 {
        notes.push(story.checkpoint().await);
        story.allocate(turn + 1).await;
    }
    let other = story.world.funded_pledge_as("OTHER").await;
    notes.push(story.text(&format!("/tlog/{}/checkpoint", other.id)).await);
    notes.push(story.checkpoint().await);
    let note = story.text("/tlog/heads/checkpoint").await;
    let heads = story.accepted(&note, "almoner.localhost").await;
    let leaves = checked_leaves(&story.tiles("/tlog/heads", heads.size()).await, &heads);
    let entries = story.entries("/tlog/heads", heads.size()).await;
    let texts = notes.iter().map(|it| it.split_once("\n\n").unwrap().0);
    let texts: Vec<String> = texts.map(|text| format!("{text}\n")).collect();
    let entries: Vec<String> = entries
        .into_iter()
        .map(|it| String::from_utf8(it).unwrap())
        .collect();
    assert_eq!(entries, texts);
    let hashed: Vec<Hash> = texts
        .iter()
        .map(|it| tlog::record_hash(it.as_bytes()))
        .collect();
    assert_eq!(hashed, leaves);
    story.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_log_has_not_is_absent_and_what_never_changes_says_so() {
    let story = Story::new().await;
    story.allocate(300).await;
    story.checkpoint().await;
    let log = story.log();
    for path in ["0/000", "entries/000"] {
        let answer = story.auditor.get(&format!("{log}/tile/{path}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer
                .header("cache-control")
                .unwrap()
                .contains("immutable")
        );
    }
    let part = story.auditor.get(&format!("{log}/tile/0/001.p/5")).await;
    assert_eq!((part.status, part.body.len()), (200, 5 * 32));
    assert!(!part.header("cache-control").unwrap().contains("immutable"));
    for path in [
        "0/001",
        "0/002",
        "1/000",
        "1/000.p/2",
        "0/1",
        "0/000.p/256",
        "entries/007",
        "x",
    ] {
        let answer = story.auditor.get(&format!("{log}/tile/{path}")).await;
        answer.expect_problem(404, "not-found");
    }
    let absent = format!("/tlog/plg_{}/checkpoint", "0".repeat(32));
    story
        .auditor
        .get(&absent)
        .await
        .expect_problem(404, "not-found");
    let far = format!("{log}/consistency?older=100000");
    story
        .auditor
        .get(&far)
        .await
        .expect_problem(404, "not-found");
    let unsigned = format!("{log}/consistency?older=1&newer=2");
    story
        .auditor
        .get(&unsigned)
        .await
        .expect_problem(404, "not-found");
    for query in [
        "",
        "?older=-1",
        "?older=x",
        "?older=1&older=2",
        "?older=1&far=2",
    ] {
        let answer = story
            .auditor
            .get(&format!("{log}/consistency{query}"))
            .await;
        assert_eq!(answer.status, 422, "{query}: {answer:?}");
    }
    story.finish().await;
}
