//! The logs over the journals: proofs that hold without us, and what nobody can do unnoticed.

mod attacks;
mod by_hand;
mod cosigning;
mod files;
mod keeping;
mod rotation;
mod stamping;
mod standards;
mod witness;

use std::path::PathBuf;
use std::process::Command;

use almoner::tlog::note::Verifier;
use serde_json::{Value, json};

use crate::harness::{Client, Folder, Funded, World, allocation, usd};

/// A pledge in which something happened, in a ledger of its own.
struct Story {
    world: World,
    pledge: Funded,
    creator: String,
    auditor: Client,
    folder: Folder,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let pledge = world.funded_pledge().await;
        let creator = world.creator("JP").await;
        let story = Story {
            auditor: world.auditor(),
            pledge,
            creator,
            world,
            folder: Folder::new(),
        };
        story.allocate(3).await;
        story
    }

    /// Posts journals, one for each allocation.
    async fn allocate(&self, count: usize) {
        let one = |at: usize| {
            let amount = usd(&format!("{}.00", at % 7 + 1));
            let mut item = allocation(&self.pledge, &self.creator, amount, "2025-01-15");
            item["idempotency_key"] = json!(crate::harness::new_key());
            item["note"] = json!("Erste Folge: „Mut\" \\ 山田");
            item
        };
        let items: Vec<Value> = (0..count).map(one).collect();
        let bulk = json!({"mode": "atomic", "items": items});
        let answer = self
            .world
            .preparer()
            .post("/v1/allocations/bulk", bulk)
            .await;
        assert!(answer.status < 300, "{answer:?}");
    }

    fn log(&self) -> String {
        format!("/tlog/{}", self.pledge.id)
    }

    async fn text(&self, path: &str) -> String {
        let answer = self.auditor.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text()
    }

    async fn checkpoint(&self) -> String {
        self.text(&format!("{}/checkpoint", self.log())).await
    }

    async fn key(&self) -> Verifier {
        self.text("/tlog/key").await.parse().unwrap()
    }

    /// The ids of the pledge's journals, in their order.
    async fn journals(&self) -> Vec<String> {
        let at = format!("/v1/journals?pledge_id={}&limit=1000", self.pledge.id);
        let all = self.auditor.get(&at).await.expect(200);
        let ids = all["data"].as_array().unwrap().iter();
        ids.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The proof of the journal with that number.
    async fn proof(&self, number: usize) -> Value {
        let id = &self.journals().await[number - 1];
        let at = format!("/v1/journals/{id}/proof");
        self.auditor.get(&at).await.expect(200)
    }

    /// Writes a file that somebody takes away.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `almoner`, on this ledger: whether it succeeded, and what it printed.
    fn almoner(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_almoner"))
            .args(arguments)
            .env("DATABASE_URL", self.world.database.url())
            .env("ALMONER_DATA_DIR", self.world.data_dir())
            .env_remove("ALMONER_LOG_PUBLIC_KEY")
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// `almoner verify` with the ledger's key.
    async fn verify(&self, file: &str, since: Option<&str>) -> (bool, String) {
        let file = self.file("proof.json", file);
        let key = self.key().await.to_string();
        let mut arguments = vec!["verify", file.to_str().unwrap(), "--key", &key];
        let kept = since.map(|note| self.file("kept.txt", note));
        if let Some(kept) = &kept {
            arguments.extend(["--since", kept.to_str().unwrap()]);
        }
        self.almoner(&arguments)
    }

    async fn finish(self) {
        self.world.finish().await;
    }
}
