//! The service under measurement: the real program, a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use almoner::embedded::Embedded;
use serde_json::{Value, json};

/// A running service, with a token for each kind of caller.
pub struct Service {
    process: Child,
    pub address: SocketAddr,
    pub preparer: String,
    approver: String,
    pub auditor: String,
    data_dir: PathBuf,
    http: reqwest::Client,
}

/// A pledge with a budgeted market and creators in it.
pub struct Pledge {
    pub id: String,
    pub creators: Vec<String>,
}

/// Reads a number from the environment.
pub fn setting(name: &str, otherwise: u64) -> u64 {
    let value = std::env::var(name).ok();
    value
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_almoner");

impl Service {
    /// Starts the program on the server and waits until it says where it listens.
    pub async fn start(server: &Embedded) -> Self {
        Self::start_with(server, &[]).await
    }

    /// The same, with settings of its own; the keys are those of the one before.
    pub async fn start_with(server: &Embedded, settings: &[(&str, &str)]) -> Self {
        let data_dir = std::env::temp_dir().join(format!("almoner-bench-{}", std::process::id()));
        let mut process = Command::new(PROGRAM)
            .env("DATABASE_URL", server.url())
            .env("ALMONER_LISTEN", "127.0.0.1:0")
            .env("ALMONER_DATA_DIR", &data_dir)
            // What the log costs is measured by itself, beside the same without it.
            .env("ALMONER_LOG_EVERY_S", "0")
            // What one caller at most may is measured, not held back.
            .env("ALMONER_RATE_LIMIT", "off")
            .env("ALMONER_CONNECTIONS", "800:800")
            .env_remove("RUST_LOG")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("http://").map(|(_, rest)| rest.to_owned()))
            .and_then(|address| address.trim().parse().ok())
            .expect("it says where it listens");
        std::thread::spawn(move || lines.for_each(drop)); // what else it says
        let token = |role: &str, subject: &str| {
            let output = Command::new(PROGRAM)
                .env("ALMONER_DATA_DIR", &data_dir)
                .args(["token", "--role", role, "--subject", subject])
                .output()
                .expect("a token");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let (preparer, auditor) = (token("preparer", "bench"), token("auditor", "bench"));
        let approver = token("approver", "bench-approver");
        let http = reqwest::Client::new();
        Service {
            process,
            address,
            preparer,
            approver,
            auditor,
            data_dir,
            http,
        }
    }

    /// Posts a body and returns the answer, which must be a success.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        let body = serde_json::to_string(body).expect("JSON");
        let answer = self
            .send(&self.preparer, path, key, "application/json", body)
            .await;
        let id = answer["id"].as_str().unwrap_or_default();
        if !id.starts_with("apr_") {
            return answer;
        }
        // It takes two: another approves what waits.
        let path = format!("/v1/approvals/{id}/approval");
        let digest = json!({"digest": answer["digest"]}).to_string();
        let key = format!("{key}-approval");
        let approved = self.send(&self.approver, &path, &key, "application/json", digest);
        approved.await["result"].clone()
    }

    /// Posts a file of lines and returns the answer, which must be a success.
    pub async fn post_file(&self, path: &str, key: &str, file: String) -> Value {
        self.send(&self.preparer, path, key, "text/csv", file).await
    }

    async fn send(
        &self,
        token: &str,
        path: &str,
        key: &str,
        media_type: &str,
        body: String,
    ) -> Value {
        let answer = self
            .http
            .post(format!("http://{}{path}", self.address))
            .bearer_auth(token)
            .header("Idempotency-Key", key)
            .header("Content-Type", media_type)
            .body(body)
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        let body: Value = answer.json().await.expect("a JSON answer");
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    /// Reads an address and returns the whole body.
    pub async fn get(&self, path: &str) -> Vec<u8> {
        let answer = self
            .http
            .get(format!("http://{}{path}", self.address))
            .bearer_auth(&self.auditor)
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a body").to_vec()
    }

    /// Reads an address to its end, holding no more than a piece of it, and counts the lines.
    pub async fn lines(&self, path: &str) -> usize {
        let answer = self
            .http
            .get(format!("http://{}{path}", self.address))
            .bearer_auth(&self.auditor)
            .send()
            .await;
        let mut answer = answer.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let mut lines = 0;
        while let Some(piece) = answer.chunk().await.expect("a whole body") {
            lines += piece.iter().filter(|byte| **byte == b'\n').count();
        }
        lines
    }

    /// A pledge of 10 billion with all of it in one market's purse, and creators there.
    pub async fn pledge(&self, reference: &str, creators: usize) -> Pledge {
        let money = |amount: &str| json!({"amount": amount, "unit": "USD"});
        let all = "10000000000.00";
        let pledge = self.post("/v1/pledges", &format!("{reference}-pledge"), &json!({
            "reference": reference, "donor": {"name": "Donor"}, "recipient": {"name": "Recipient"},
            "purpose": "Measuring", "functional_unit": "USD", "total": money(all),
            "split": [money(all)], "markets": ["JP"],
            "instalments": [{"reference": "C1", "amount": money(all), "due_date": "2026-01-01"}],
        })).await;
        let id = pledge["id"].as_str().expect("an id").to_owned();
        let instalment = pledge["instalments"][0]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let document = json!({"uri": "https://example.org/agreement", "sha256": "0".repeat(64)});
        let day = "2026-01-02";
        let agreement = json!({"effective_date": day, "document": document});
        let key = |step: &str| format!("{reference}-{step}");
        self.post(
            &format!("/v1/pledges/{id}/agreement"),
            &key("agreement"),
            &agreement,
        )
        .await;
        let receipt = json!({"received": money(all), "effective_date": day});
        let path = format!("/v1/instalments/{instalment}/receipts");
        self.post(&path, &key("receipt"), &receipt).await;
        let budget = json!({"market": "JP", "amount": money(all), "effective_date": day});
        self.post(
            &format!("/v1/pledges/{id}/budgets"),
            &key("budget"),
            &budget,
        )
        .await;
        let items: Vec<Value> = (0..creators)
            .map(|n| {
                json!({"reference": format!("{reference}-{n}"), "name": "Creator",
                            "market": "JP", "idempotency_key": key(&format!("creator-{n}"))})
            })
            .collect();
        let enrolled = self
            .post(
                "/v1/creators/bulk",
                &key("creators"),
                &json!({"mode": "atomic", "items": items}),
            )
            .await;
        let results = enrolled["results"].as_array().expect("results");
        let creators = results
            .iter()
            .filter_map(|it| it["id"].as_str().map(str::to_owned));
        Pledge {
            id,
            creators: creators.collect(),
        }
    }

    /// The service's resident memory.
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .unwrap_or(0)
    }

    /// Where its keys are.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Ends the process, and leaves its keys to another.
    pub fn halt(mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Ends the process, and clears up.
    pub fn stop(self) {
        let data_dir = self.data_dir.clone();
        self.halt();
        let _ = std::fs::remove_dir_all(data_dir);
    }
}
