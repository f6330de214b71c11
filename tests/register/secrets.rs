//! No secret is in the log, however much is logged.

use almoner::http::access::Role;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;

use super::Registry;
use crate::faults::Serving;
use crate::harness::World;
use crate::operations::in_half_a_year;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_process_at_debug_holds_no_token_and_no_secret() {
    let world = World::new().await;
    let register = Registry::of(&world);
    let id = register.person("Grace", "grace").await;
    register.grant(&id, json!({"role": "auditor"})).await;
    let url = world.database.url().to_owned();
    let settings = [("RUST_LOG", "debug"), ("DATABASE_URL", url.as_str())];
    let mut program = Serving::start(&[], world.data_dir(), &settings);
    let address = program.address().await;
    let grace = world.user(Role::Auditor, "grace").at(address);
    let asked = json!({"name": "Excel", "expires_at": in_half_a_year()});
    let made = grace.post("/v1/api-tokens", asked).await.expect(201);
    let made = made["secret"].as_str().unwrap().to_owned();
    let mistyped = made.replacen("alm_", "alm_x", 1);
    let mut secrets = vec![
        made.clone(),
        mistyped.clone(),
        "alm_guessed-password".to_owned(),
    ];
    for token in [
        grace.token().unwrap(),
        &made,
        &mistyped,
        "alm_guessed-password",
    ] {
        secrets.push(token.to_owned());
        secrets.extend(
            token
                .split('.')
                .filter(|it| it.len() > 8)
                .map(str::to_owned),
        );
        secrets.push(STANDARD.encode(format!("excel:{token}")));
        let bearer = grace.with_token(token);
        bearer.get("/v1/units").await;
        bearer.get(&format!("/v1/units?access_token={token}")).await;
        let nobody = world.nobody().at(address);
        let basic = nobody
            .request(Method::GET, "/v1/units")
            .basic_auth("excel", Some(token));
        nobody.send(basic).await;
    }
    // What the header and the payload of a token share with every other isn't secret.
    let pem = std::fs::read_to_string(world.data_dir().join("signing-key.pem")).unwrap();
    secrets.push(pem.lines().nth(1).unwrap().to_owned());
    let (_, rest) = url.split_once("://").unwrap();
    let (user, _) = rest.split_once('@').unwrap();
    if let Some((_, password)) = user.split_once(':') {
        secrets.push(password.to_owned());
    }
    let creator = json!({"reference": "JP-1", "name": "Zoë", "market": "JP"});
    let preparer = world.preparer().at(address);
    preparer.post("/v1/creators", creator).await.created();
    secrets.push(preparer.token().unwrap().to_owned());
    assert_eq!(program.terminate().await.code(), Some(0));
    let log = program.complained();
    // It was logged at all: each request has its line.
    assert!(log.matches("answered").count() > 10, "{log}");
    for secret in &secrets {
        assert!(
            !log.contains(secret.as_str()),
            "{secret} is in the log:\n{log}"
        );
    }
    world.finish().await;
}
