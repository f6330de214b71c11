//! Who fails too often waits, and so does who asks too much.

use almoner::http::access::Role;
use reqwest::Method;

use crate::harness::{Answer, Client, Process, World};

async fn service(world: &World, settings: &[(&str, &str)]) -> Process {
    Process::start_with(world.database.url(), world.data_dir(), settings).await
}

/// A request with a token, said to come from somewhere.
async fn from(client: &Client, address: &str, path: &str) -> Answer {
    let request = client.request(Method::GET, path);
    client
        .send(request.header("X-Forwarded-For", address))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_fails_too_often_waits_and_others_are_not_concerned() {
    let world = World::new().await;
    let strict = service(&world, &[("ALMONER_FAILED_ATTEMPTS", "5")]).await;
    let held = world.auditor().at(strict.address());
    held.get("/v1/units").await.expect(200);
    let forged = held.with_token("eyJh.eyJh.AAAA");
    for at in 0..5 {
        let address = format!("192.0.2.{at}"); // nobody is believed unless a setting says so
        let answer = from(&forged, &address, "/v1/units").await;
        answer.expect_problem(401, "token-malformed");
    }
    let waits = from(&forged, "192.0.2.9", "/v1/units").await;
    let problem = waits.expect_problem(429, "too-many-failed-attempts");
    assert_eq!(problem["retryable"], true);
    let retry_s: u64 = waits.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=13).contains(&retry_s), "{retry_s}");
    // A token that is known already goes on, so that nobody shuts out who comes from there too.
    held.get("/v1/units").await.expect(200);
    // One that isn't has to wait, good or not: no signature is checked.
    let fresh = world.user(Role::Auditor, "ines").at(strict.address());
    let answer = fresh.get("/v1/units").await;
    answer.expect_problem(429, "too-many-failed-attempts");
    // To be without a token isn't to guess.
    let nobody = world.nobody().at(strict.address());
    let answer = nobody.get("/v1/units").await;
    answer.expect_problem(401, "unauthenticated");
    drop(strict);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_is_trusted_each_client_fails_for_itself() {
    let world = World::new().await;
    let settings = [
        ("ALMONER_FAILED_ATTEMPTS", "2"),
        ("ALMONER_TRUSTED_PROXIES", "127.0.0.0/8"),
    ];
    let proxied = service(&world, &settings).await;
    let forged = world.nobody().at(proxied.address()).with_token("alm_guess");
    for _ in 0..2 {
        let answer = from(&forged, "192.0.2.1", "/v1/units").await;
        answer.expect_problem(401, "token-malformed");
    }
    let answer = from(&forged, "192.0.2.1", "/v1/units").await;
    answer.expect_problem(429, "too-many-failed-attempts");
    let answer = from(&forged, "192.0.2.2", "/v1/units").await;
    answer.expect_problem(401, "token-malformed");
    // What a client writes in front of what the proxy saw changes nothing.
    let answer = from(&forged, "192.0.2.7, 192.0.2.1", "/v1/units").await;
    answer.expect_problem(429, "too-many-failed-attempts");
    drop(proxied);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_says_what_is_left_and_what_is_over_is_refused() {
    let world = World::new().await;
    let settings = [
        ("ALMONER_RATE_LIMIT", "1:5"),
        ("ALMONER_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let small = service(&world, &settings).await;
    let auditor = world.auditor().at(small.address());
    for (at, left) in [(1, 4), (2, 3), (3, 2)] {
        let answer = from(&auditor, &format!("192.0.2.{at}"), "/v1/units").await;
        answer.expect(200);
        let policy = "\"subject\";q=5;w=5, \"address\";q=5;w=5";
        assert_eq!(answer.header("ratelimit-policy"), Some(policy));
        let limit = answer.header("ratelimit").unwrap();
        assert!(limit.starts_with("\"subject\";r="), "{limit}");
        assert!(limit.ends_with(", \"address\";r=4;t=1"), "{limit}");
        let found: u32 = limit["\"subject\";r=".len()..][..1].parse().unwrap();
        assert!(found >= left, "{limit}"); // it fills again meanwhile
    }
    let mut over = None;
    for at in 10..60 {
        let answer = from(&auditor, &format!("192.0.2.{at}"), "/v1/units").await;
        if answer.status != 200 {
            over = Some(answer);
            break;
        }
    }
    let over = over.expect("a subject is limited, wherever it comes from");
    let problem = over.expect_problem(429, "too-many-requests");
    assert!(problem["detail"].as_str().unwrap().contains("a subject"));
    assert_eq!(over.header("retry-after"), Some("1"));
    assert!(
        over.header("ratelimit")
            .unwrap()
            .starts_with("\"subject\";r=0;t=5")
    );
    // An address is limited whoever asks, and whatever for.
    let nobody = world.nobody().at(small.address());
    let mut codes = Vec::new();
    for _ in 0..30 {
        let answer = from(&nobody, "198.51.100.7", "/v1/no-such-thing").await;
        assert!(answer.header("ratelimit").is_some(), "{answer:?}");
        codes.push(answer.json()["code"].as_str().unwrap().to_owned());
    }
    assert_eq!(codes[0], "not-found");
    assert!(codes.contains(&"too-many-requests".to_owned()), "{codes:?}");
    // Whether the service lives may be asked as often as anybody likes.
    let alive = from(&nobody, "198.51.100.7", "/livez").await;
    assert_eq!((alive.status, alive.header("ratelimit")), (200, None));
    drop(small);
    world.finish().await;
}
