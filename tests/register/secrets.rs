//! No secret and nobody's name is in the log, however much is logged.

use almoner::http::access::Role;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;

use super::Registry;
use crate::faults::Serving;
use crate::harness::{Client, World, usd};
use crate::operations::in_half_a_year;

/// What is looked for in all that the process wrote.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    /// A text as it is, as a password and in its parts, but for the first: the head of a token is
    /// that of every other.
    fn add(&mut self, text: &str) {
        self.0.push(text.to_owned());
        self.0.push(STANDARD.encode(format!("excel:{text}")));
        let parts = text.split('.').skip(1).filter(|it| it.len() > 8);
        self.0.extend(parts.map(str::to_owned));
    }

    /// A text as it is, or as whoever prints its bytes would have it.
    fn add_in_any_form(&mut self, text: &str) {
        self.0.push(text.to_owned());
        let listed = format!("{:?}", text.as_bytes());
        self.0.push(listed.trim_matches(['[', ']']).to_owned());
        let hex = text.bytes().map(|byte| format!("{byte:02x}"));
        self.0.push(hex.collect());
    }

    /// What the settings hold: the signing key, and the password of a database's URL.
    fn add_settings(&mut self, world: &World) {
        let pem = std::fs::read_to_string(world.data_dir().join("signing-key.pem")).unwrap();
        self.add(pem.lines().nth(1).unwrap());
        let (_, rest) = world.database.url().split_once("://").unwrap();
        let (user, _) = rest.split_once('@').unwrap();
        if let Some((_, password)) = user.split_once(':') {
            self.add(password);
        }
    }

    #[track_caller]
    fn are_not_in(&self, what: &str, text: &str) {
        for secret in &self.0 {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(line.is_none(), "{secret} is in what it {what}: {line:?}");
        }
    }
}

/// Such a token opens nothing; what else it is used for is looked at.
const GUESSED: &str = "alm_guessed-password";
const PASSWORD: &str = "pass-of-the-database";
const NAME: &str = "Quokka Quinella";
const ACCOUNT: &str = "QQ99UNTOLD000000001";
const DONOR: &str = "Donor Quokkaton";
const BANK_REFERENCE: &str = "SWIFT-QUOKKA-4711";

/// A token wherever a client might put one.
async fn show(client: &Client, token: &str) {
    let bearer = client.with_token(token);
    bearer.get("/v1/units").await;
    for name in ["access_token", "token", "api_key"] {
        bearer.get(&format!("/v1/units?{name}={token}")).await;
    }
    bearer.get(&format!("/v1/api-tokens/{token}")).await;
    let basic = client.request(Method::GET, "/v1/units");
    let basic = basic
        .header("Authorization", "")
        .basic_auth("excel", Some(token));
    client.send(basic).await;
    let cookie = client
        .request(Method::GET, "/v1/units")
        .header("Cookie", token);
    client.send(cookie).await;
}

/// Names, accounts and references in bodies that are taken, refused, doubled and broken.
async fn name_people(preparer: &Client) {
    let creator = json!({"reference": "JP-1", "name": NAME, "market": "JP"});
    let id = preparer.post("/v1/creators", &creator).await.created();
    preparer.post("/v1/creators", &creator).await.expect(409);
    let at = format!("/v1/creators/{id}/bank-details");
    let bank = json!({"holder": NAME, "account": ACCOUNT, "bank": "QUOKKAXX"});
    preparer.post(&at, &bank).await.expect(200);
    preparer.get(&at).await.expect(200);
    let broken = format!("{{\"holder\": \"{NAME}\", \"account\": \"{ACCOUNT}\"");
    for (at, text) in [
        (&at, broken),
        (&at, bank.to_string().replace("bank", "iban")),
    ] {
        let request = preparer
            .request(Method::POST, at)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", NAME);
        preparer.send(request.body(text)).await;
    }
    preparer
        .get(&format!("/v1/creators?reference={ACCOUNT}&name={NAME}"))
        .await;
    let pledge = json!({
        "reference": "P-1", "donor": {"name": DONOR}, "recipient": {"name": "WHO"},
        "purpose": "Health", "functional_unit": "USD", "total": usd("10.00"),
        "split": [usd("10.00")], "markets": ["JP"],
        "instalments": [{"reference": "C1", "amount": usd("10.00"), "due_date": "2025-01-15"}]});
    let pledge = preparer.post("/v1/pledges", &pledge).await.expect(201);
    let at = format!("/v1/pledges/{}/agreement", pledge["id"].as_str().unwrap());
    let signed = json!({"effective_date": "2025-01-02", "document": crate::harness::document()});
    preparer.post(&at, signed).await.expect(200);
    let instalment = pledge["instalments"][0]["id"].as_str().unwrap();
    let at = format!("/v1/instalments/{instalment}/receipts");
    let receipt = json!({"received": usd("10.00"), "effective_date": "2025-01-15",
        "bank_reference": BANK_REFERENCE});
    preparer.post(&at, &receipt).await.expect(201);
    preparer.post(&at, &receipt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_logs_all_there_is_writes_no_token_no_secret_and_nobody_s_name() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let id = register.person("Grace", "grace").await;
    register.grant(&id, json!({"role": "auditor"})).await;
    let url = world.database.url().to_owned();
    let settings = [("RUST_LOG", "trace"), ("DATABASE_URL", url.as_str())];
    let mut program = Serving::start(&[], world.data_dir(), &settings);
    let address = program.address().await;
    let grace = world.user(Role::Auditor, "grace").at(address);
    let asked = json!({"name": "Excel", "expires_at": in_half_a_year()});
    let made = grace.post("/v1/api-tokens", asked).await.expect(201);
    let made = made["secret"].as_str().unwrap().to_owned();
    let mistyped = made.replacen("alm_", "alm_x", 1);
    let forged = format!("{}x", grace.token().unwrap());
    let mut secrets = Secrets::default();
    secrets.add_settings(&world);
    let nobody = world.nobody().at(address);
    for token in [grace.token().unwrap(), &made, &mistyped, &forged, GUESSED] {
        secrets.add(token);
        show(&nobody, token).await;
    }
    let preparer = world.preparer().at(address);
    secrets.add(preparer.token().unwrap());
    name_people(&preparer).await;
    for text in [NAME, ACCOUNT, DONOR, BANK_REFERENCE, "QUOKKAXX"] {
        secrets.add_in_any_form(text);
    }
    assert_eq!(program.terminate().await.code(), Some(0));
    let log = program.complained();
    // It was logged at all: each request has its line, and much besides.
    assert!(log.matches("answered").count() > 40, "{log}");
    secrets.are_not_in("logged", &log);
    // It greets with tokens that it made for whoever stands before it; with none of these.
    secrets.are_not_in("printed", &program.said());
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_can_t_reach_its_database_tells_nobody_the_password() {
    let world = World::new().await;
    let mut secrets = Secrets::default();
    secrets.add(PASSWORD);
    for place in ["127.0.0.1:1", "127.0.0.1:port", "nowhere.invalid:5432"] {
        let url = format!("postgres://almoner:{PASSWORD}@{place}/almoner");
        let settings = [("RUST_LOG", "trace"), ("DATABASE_URL", url.as_str())];
        let mut program = Serving::start(&[], world.data_dir(), &settings);
        let complained = async || (!program.complained().is_empty()).then_some(());
        crate::harness::eventually("it complains", complained).await;
        let _ = program.terminate().await;
        secrets.are_not_in("logged", &program.complained());
        secrets.are_not_in("printed", &program.said());
    }
    world.finish().await;
}
