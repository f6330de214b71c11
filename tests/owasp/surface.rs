//! API4, 8 and 9: what a request may cost, how answers are configured, and what there is at all.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::faults::Door;
use crate::harness::{Answer, Client, Process, TestDatabase, World};
use crate::operations::{Place, operations, reads};

const COMMITTED: &str = include_str!("../../openapi.yaml");

#[tokio::test(flavor = "multi_thread")]
async fn api4_no_list_gives_more_than_a_page_and_no_query_asks_for_one() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let mut lists = 0;
    for operation in reads() {
        let client = operation.need.client(&world);
        let path = operation.harmless(&place);
        let and = if path.contains('?') { '&' } else { '?' };
        let with = async |limit: &str| client.get(&format!("{path}{and}limit={limit}")).await;
        let one = with("1").await;
        if one.status != 200 || one.json().get("has_more").is_none() {
            continue;
        }
        lists += 1;
        assert!(one.json()["data"].as_array().unwrap().len() <= 1, "{one:?}");
        for limit in ["0", "1001", "-1", "1000000000", "99999999999999999999"] {
            with(limit).await.expect_problem(422, "malformed-parameter");
        }
    }
    assert!(lists > 10, "{lists}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api4_without_any_setting_a_caller_has_a_quota_and_a_statement_a_length() {
    let database = TestDatabase::create().await;
    let folder = crate::harness::Folder::new();
    let database_url = database.url().to_owned();
    let settings = [
        ("DATABASE_URL", database_url.as_str()),
        ("ALMONER_RATE_LIMIT", ""),
    ];
    let program = crate::faults::Serving::start(&[], folder.path(), &settings);
    let address = program.address().await;
    let nobody = Client::new(reqwest::Client::new(), address, None);
    let answer = nobody.get("/v1/units").await;
    let policy = "\"subject\";q=5000;w=5, \"address\";q=5000;w=5";
    assert_eq!(answer.header("ratelimit-policy"), Some(policy));
    drop(program);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api4_a_statement_longer_than_a_document_may_be_is_had_in_parts_or_as_csv() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    for day in ["2024-12-02", "2024-12-03", "2024-12-04"] {
        let amount = crate::harness::usd("1.00");
        world.allocate(&pledge, &creator, amount, day).await;
    }
    let settings = [("ALMONER_STATEMENT_LINES", "3")];
    let service = Process::start_with(world.database.url(), world.data_dir(), &settings).await;
    let auditor = world.auditor().at(service.address());
    let account = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    let at = format!("/v1/accounts/{}/statement", account["id"].as_str().unwrap());
    // A budget and three allocations.
    let whole = auditor
        .get(&format!("{at}?from=2024-11-01&to=2024-12-31"))
        .await;
    let problem = whole.expect_problem(422, "statement-too-long");
    let detail = problem["detail"].as_str().unwrap();
    for said in ["4 lines", "at most 3", "fewer days", "CSV"] {
        assert!(detail.contains(said), "{detail}");
    }
    let part = auditor
        .get(&format!("{at}?from=2024-12-01&to=2024-12-31"))
        .await;
    assert_eq!(part.expect(200)["lines"].as_array().unwrap().len(), 3);
    for form in ["xlsx", "pdf", "xml"] {
        let days = "from=2024-11-01&to=2024-12-31";
        let whole = auditor.get(&format!("{at}.{form}?{days}")).await;
        let problem = whole.expect_problem(422, "statement-too-long");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("NDJSON (statement.ndjson)"), "{detail}");
    }
    let csv = auditor
        .get(&format!("{at}.csv?from=2024-11-01&to=2024-12-31"))
        .await;
    assert_eq!((csv.status, csv.text().matches("line,").count()), (200, 4));
    drop(service);
    world.finish().await;
}

/// Every header that protects is there, for the API and not for the page.
#[track_caller]
fn is_protected(answer: &Answer, policy: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:?}");
    }
    let found = answer.header("content-security-policy").unwrap();
    assert_eq!(found.split("; ").next(), Some("default-src 'none'"));
    assert!(found.ends_with("frame-ancestors 'none'"), "{found}");
    assert!(found.contains(policy), "{found}");
    let kept = answer.header("cache-control").unwrap();
    let known = [
        "no-store",
        "private, no-cache",
        "private, no-store",
        "no-cache",
    ];
    assert!(known.contains(&kept), "{kept}");
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(answer.header(name), None, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn api8_every_answer_tells_browsers_and_caches_what_not_to_do_with_it() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let (auditor, nobody) = (world.auditor(), world.nobody());
    let pledge = format!("/v1/pledges/{}", place.pledge);
    let known = auditor.get(&pledge).await;
    assert_eq!(known.header("cache-control"), Some("private, no-cache"));
    is_protected(&known, "");
    let tag = known.header("etag").unwrap();
    let unchanged = auditor.get_with(&pledge, ("if-none-match", tag)).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    is_protected(&unchanged, "");
    let delete = nobody.request(Method::DELETE, &pledge);
    let ask = nobody
        .request(Method::OPTIONS, &pledge)
        .header("Origin", "https://mallory.example")
        .header("Access-Control-Request-Method", "GET");
    for (answer, status) in [
        (nobody.get(&pledge).await, 401),
        (auditor.get("/v1/pledges/plg_0").await, 404),
        (nobody.send(delete).await, 405),
        (nobody.send(ask).await, 405),
        (auditor.get("/v1/pledges?limit=0").await, 422),
        (nobody.get("/livez").await, 200),
    ] {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        is_protected(&answer, "");
    }
    let made = serde_json::json!({"reference": "JP-1", "name": "Zoë", "market": "JP"});
    let made = world.preparer().post("/v1/creators", made).await;
    assert_eq!(
        (made.status, made.header("cache-control")),
        (201, Some("no-store"))
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api8_the_page_may_load_what_it_needs_and_from_nowhere_else() {
    let world = World::new().await;
    let nobody = world.nobody();
    let page = nobody.get("/docs/").await;
    assert_eq!(page.status, 200);
    is_protected(&page, "script-src 'self'");
    let page = page.text();
    assert!(
        !page.contains("<style") && !page.contains("onload="),
        "{page}"
    );
    let mut loaded = 0;
    for (at, name) in ["src=\"", "href=\""]
        .iter()
        .flat_map(|it| page.match_indices(it))
    {
        let rest = &page[at + name.len()..];
        let file = rest.split('"').next().unwrap().trim_start_matches("./");
        assert!(!file.contains("//"), "{file}");
        let answer = nobody.get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status, 200, "{file}");
        loaded += 1;
    }
    assert!(loaded >= 5, "{loaded}");
    // Scripts stand in files: none in the page itself, which its policy wouldn't let run.
    for script in page.match_indices("<script").map(|(at, _)| &page[at..]) {
        let (tag, rest) = script.split_once('>').unwrap();
        assert!(tag.contains("src="), "{tag}");
        assert_eq!(rest.split("</script>").next().unwrap().trim(), "");
    }
    let description = nobody.get("/openapi.yaml").await;
    assert_eq!(description.header("cache-control"), Some("no-cache"));
    is_protected(&description, "");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api8_only_who_came_by_https_to_a_trusted_proxy_is_told_to_stay_with_it() {
    let world = World::new().await;
    let settings = [("ALMONER_TRUSTED_PROXIES", "127.0.0.1")];
    let proxied = Process::start_with(world.database.url(), world.data_dir(), &settings).await;
    let told = async |client: Client, headers: &[(&str, &str)]| {
        let mut request = client.request(Method::GET, "/livez");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = client.send(request).await;
        answer
            .header("strict-transport-security")
            .map(str::to_owned)
    };
    let https = [
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Forwarded-Proto", "https"),
    ];
    let http = [
        ("X-Forwarded-For", "192.0.2.1"),
        ("X-Forwarded-Proto", "http"),
    ];
    let behind = || world.nobody().at(proxied.address());
    let year = Some("max-age=31536000".to_owned());
    assert_eq!(told(behind(), &https).await, year);
    assert_eq!(told(behind(), &http).await, None);
    assert_eq!(told(behind(), &[]).await, None);
    assert_eq!(
        told(world.nobody(), &https).await,
        None,
        "no proxy is trusted"
    );
    drop(proxied);
    world.finish().await;
}

/// What is nobody's to know of how the service is made.
const INSIDES: [&str; 14] = [
    "panicked",
    "thread '",
    ".rs:",
    "src/",
    "diesel",
    "tokio",
    "actix",
    "SELECT ",
    "INSERT ",
    "postgres",
    "pg_",
    "SQLSTATE",
    "almoner_service",
    "backtrace",
];

#[track_caller]
fn leaks_nothing(answer: &Answer) {
    let text = String::from_utf8_lossy(&answer.body);
    for inside in INSIDES {
        assert!(!text.contains(inside), "{inside}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn api8_no_refusal_tells_how_the_service_is_made() {
    let database = TestDatabase::create().await;
    let mut door = Door::to(&database);
    let url = door.url();
    let world = World::through(database, url, None).await;
    let place = Place::new(&world, "PLACE").await;
    let mut refused = 0;
    for operation in operations() {
        let client = operation.need.client(&world);
        let path = operation.path(&place);
        for body in ["{", "[]", "{\"a\":", "nonsense", "\u{0}"] {
            let request = client
                .request(operation.method(), &format!("{path}?x=%00&y='"))
                .header("Idempotency-Key", "k")
                .header("Content-Type", "application/json");
            let answer = client.send(request.body(body)).await;
            assert!(answer.status < 500, "{answer:?}");
            refused += usize::from(answer.status >= 400);
            leaks_nothing(&answer);
        }
    }
    assert!(refused > 300, "{refused}");
    door.shut();
    for path in ["/v1/pledges", "/v1/proofs", "/readyz"] {
        let answer = world.auditor().get(path).await;
        answer.expect_problem(503, "unavailable");
        leaks_nothing(&answer);
    }
    door.open();
    let ready = async || (world.nobody().get("/readyz").await.status == 200).then_some(());
    crate::harness::eventually("the service is ready again", ready).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn api9_what_is_served_is_what_is_described_and_there_are_no_back_doors() {
    let world = World::new().await;
    let nobody = world.nobody();
    let served = nobody.get("/openapi.yaml").await;
    assert_eq!(served.text(), COMMITTED);
    let described: Value = yaml_serde::from_str(COMMITTED).unwrap();
    let mut described: BTreeSet<(String, String)> = described["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|it| (it.to_uppercase(), path.clone()))
        })
        .collect();
    for endpoint in almoner::http::app::endpoints() {
        let key = (endpoint.method().to_string(), endpoint.path().to_owned());
        assert!(described.remove(&key), "{key:?} isn't described");
        let path = key.1.replace("{id}", "x").replace("{name}", "x");
        let path = path.replace("{form}", "csv");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            let asked = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = nobody.send(nobody.request(asked, &path)).await;
            let open = almoner::http::app::endpoints()
                .iter()
                .any(|it| it.path() == key.1 && it.method().as_str() == method);
            let shut = answer.status == 405;
            assert_eq!(shut, !open, "{method} {path}: {answer:?}");
            assert!(shut || [200, 401].contains(&answer.status), "{answer:?}");
        }
    }
    assert_eq!(described, BTreeSet::new(), "nothing answers to these");
    for path in [
        "/v0/pledges",
        "/v2/pledges",
        "/api/pledges",
        "/v1/admin",
        "/v1/debug",
        "/metrics",
        "/debug/pprof",
        "/actuator",
        "/.git/config",
        "/swagger.json",
        "/openapi.json",
        "/graphql",
        "/v1/pledges.csv",
        "/docs/..%2f..%2fCargo.toml",
    ] {
        nobody.get(path).await.expect_problem(404, "not-found");
    }
    world.finish().await;
}
