//! Loading, against a stand-in for the API: it answers to keys as the API does, gives ids, keeps no
//! books, and can be told to misbehave.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::{Value, json};

use super::*;

/// What goes wrong with a request, by how many came before it.
#[derive(Clone, Copy)]
enum Trouble {
    /// 503, to be tried again at once.
    Busy,
    /// The last item of a bulk request is told to come again.
    LastItemBusy,
    /// 500.
    Fails,
    /// 409 with a problem.
    Refuses,
}

#[derive(Default)]
struct Books {
    /// What each caller's key stands for: the request, and the id it was given.
    writes: HashMap<(String, String), (String, String)>,
    requests: usize,
    paths_by_token: HashMap<String, Vec<String>>,
}

impl Books {
    /// The status and the id of a write, and whether it was there before.
    fn write(&mut self, token: &str, key: &str, request: String) -> (u16, String, bool) {
        let fresh = format!("id_{}", self.writes.len());
        match self.writes.get(&(token.to_owned(), key.to_owned())) {
            Some((known, id)) if *known == request => (201, id.clone(), true),
            Some(_) => (422, String::new(), false),
            None => {
                let entry = (request, fresh.clone());
                self.writes
                    .insert((token.to_owned(), key.to_owned()), entry);
                (201, fresh, false)
            }
        }
    }
}

#[derive(Clone)]
struct StandIn {
    books: Arc<Mutex<Books>>,
    trouble: fn(usize) -> Option<Trouble>,
}

impl StandIn {
    fn answer(&self, request: &HttpRequest, body: &Bytes) -> HttpResponse {
        let mut books = self.books.lock().unwrap();
        let trouble = (self.trouble)(books.requests);
        books.requests += 1;
        match trouble {
            Some(Trouble::Busy) => {
                return HttpResponse::ServiceUnavailable()
                    .insert_header(("Retry-After", "0"))
                    .json(json!({"code": "unavailable", "detail": "Not now."}));
            }
            Some(Trouble::Fails) => return HttpResponse::InternalServerError().finish(),
            Some(Trouble::Refuses) => {
                return HttpResponse::Conflict().json(json!({
                    "code": "duplicate-reference",
                    "detail": "There is another pledge DEMO-2024.",
                }));
            }
            Some(Trouble::LastItemBusy) | None => {}
        }
        let header = |name| {
            request
                .headers()
                .get(name)
                .map(|it| it.to_str().unwrap().to_owned())
        };
        let token = header("authorization").unwrap().replace("Bearer ", "");
        let path = request.path().to_owned();
        books
            .paths_by_token
            .entry(token.clone())
            .or_default()
            .push(path.clone());
        if request.method() == Method::GET {
            return HttpResponse::Ok().json(json!({"data": [{"id": format!("found {path}")}]}));
        }
        let body: Value = serde_json::from_slice(body).unwrap();
        if path.ends_with("/bulk") {
            let skipped = usize::from(trouble.is_some());
            return bulk(&mut books, &token, &path, &body, skipped);
        }
        let key = header("idempotency-key").unwrap();
        if key.contains("/again/") {
            return HttpResponse::Conflict().json(json!({"code": "duplicate-reference"}));
        }
        let (status, id, replayed) = books.write(&token, &key, format!("{path} {body}"));
        let instalments: Vec<Value> = body["instalments"].as_array().map_or(Vec::new(), |list| {
            let each = list.iter().map(|it| &it["reference"]);
            each.map(|it| json!({"reference": it, "id": format!("{id}-{it}")}))
                .collect()
        });
        HttpResponse::build(StatusCode::from_u16(status).unwrap())
            .insert_header((
                "Idempotent-Replayed",
                if replayed { "true" } else { "false" },
            ))
            .json(json!({"id": id, "instalments": instalments}))
    }
}

fn bulk(books: &mut Books, token: &str, path: &str, body: &Value, skipped: usize) -> HttpResponse {
    assert_eq!(body["mode"], "independent");
    let items = body["items"].as_array().unwrap();
    assert!(items.len() <= 1000);
    let taken = items.len() - skipped;
    let results = items.iter().enumerate().map(|(index, item)| {
        if index >= taken {
            let problem = json!({"code": "unavailable", "detail": "Not now."});
            return json!({"index": index, "status": 503, "problem": problem, "replayed": false});
        }
        let key = item["idempotency_key"].as_str().unwrap();
        let (status, id, replayed) = books.write(token, key, format!("{path} {item}"));
        json!({"index": index, "status": status, "id": id, "replayed": replayed})
    });
    let results: Vec<Value> = results.collect();
    HttpResponse::MultiStatus().json(json!({"results": results}))
}

/// Starts a stand-in that misbehaves like that, with the books it writes.
fn start(books: &Arc<Mutex<Books>>, trouble: fn(usize) -> Option<Trouble>) -> Api {
    let stand_in = StandIn {
        books: Arc::clone(books),
        trouble,
    };
    let server = HttpServer::new(move || {
        let answer = |it: Data<StandIn>, request: HttpRequest, body: Bytes| async move {
            it.answer(&request, &body)
        };
        App::new()
            .app_data(Data::new(stand_in.clone()))
            .app_data(web::PayloadConfig::new(4 << 20))
            .default_service(web::to(answer))
    });
    let server = server
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    Api {
        base_url: format!("http://{address}/"),
        preparer_token: "token-of-anna".to_owned(),
        approver_token: "token-of-aiko".to_owned(),
        controller_token: "token-of-carl".to_owned(),
    }
}

const ONE: Options = Options { factor: 1, seed: 7 };

async fn loaded(books: &Arc<Mutex<Books>>, trouble: fn(usize) -> Option<Trouble>) -> Report {
    load(&ONE, &start(books, trouble), |_| {}).await.unwrap()
}

async fn refused(books: &Arc<Mutex<Books>>, trouble: fn(usize) -> Option<Trouble>) -> String {
    load(&ONE, &start(books, trouble), |_| {})
        .await
        .unwrap_err()
        .to_string()
}

#[actix_web::test]
async fn loading_again_doubles_nothing() {
    let books = Arc::default();
    let first = loaded(&books, |_| None).await;
    assert_eq!(first.counts.replayed, 0);
    assert_eq!(first.counts.writes, books.lock().unwrap().writes.len());
    let again = loaded(&books, |_| None).await;
    assert_eq!(again.counts.replayed, first.counts.writes);
    assert_eq!(again.pledges, first.pledges);
    assert_eq!(first.counts.writes, books.lock().unwrap().writes.len());
}

#[actix_web::test]
async fn the_report_counts_what_the_domain_says() {
    let report = loaded(&Arc::default(), |_| None).await;
    let counts = report.counts;
    assert_eq!((counts.creators, counts.funded_creators), (822, 208));
    assert_eq!((counts.receipts, counts.lots, counts.budgets), (3, 4, 48));
    assert_eq!((counts.allocations, counts.releases), (416, 16));
    assert_eq!((counts.obligations, counts.invoices), (620, 1_400));
    assert_eq!((counts.payouts, counts.returns), (1_414, 14));
    // 12,480 days, 430 of them reported before they were final, and 748 again afterwards.
    assert_eq!((counts.spend_rows, counts.refunds), (13_658, 5));
    assert_eq!(counts.refused, 24);
    let text = report.to_string();
    for part in [
        "DEMO-2024",
        "fictional figures",
        "it was closed",
        "/summary",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[actix_web::test]
async fn an_interrupted_run_is_completed_by_the_next() {
    let books = Arc::default();
    let error = refused(&books, |request| (request == 40).then_some(Trouble::Fails)).await;
    assert!(error.contains("500"), "{error}");
    let so_far = books.lock().unwrap().writes.len();
    let report = loaded(&books, |_| None).await;
    assert_eq!(report.counts.replayed, so_far);
    assert_eq!(report.counts.writes, books.lock().unwrap().writes.len());
}

#[actix_web::test]
async fn a_larger_factor_adds_to_what_is_there() {
    let books = Arc::default();
    let one = loaded(&books, |_| None).await;
    let options = Options { factor: 2, ..ONE };
    let two = load(&options, &start(&books, |_| None), |_| {})
        .await
        .unwrap();
    assert_eq!(two.counts.replayed, one.counts.writes);
    assert_eq!(two.counts.creators, 2 * 822);
    assert_eq!(two.pledges[0], one.pledges[0]);
    assert_eq!(two.pledges[1].reference, "DEMO-2024-2");
}

#[actix_web::test]
async fn a_busy_api_is_asked_again_and_not_for_ever() {
    let books = Arc::default();
    let report = loaded(&books, |request| (request % 5 < 3).then_some(Trouble::Busy)).await;
    assert_eq!(report.counts.writes, books.lock().unwrap().writes.len());

    let books = Arc::default();
    let error = refused(&books, |_| Some(Trouble::Busy)).await;
    assert!(
        error.contains("503 unavailable") && error.contains("Not now."),
        "{error}"
    );
    assert_eq!(
        books.lock().unwrap().requests,
        client::MOST_ATTEMPTS as usize
    );
}

#[actix_web::test]
async fn items_that_are_told_to_come_again_are_sent_again_with_the_rest() {
    let books = Arc::default();
    let busy_once: fn(usize) -> Option<Trouble> =
        |request| (request == 8).then_some(Trouble::LastItemBusy);
    let report = loaded(&books, busy_once).await;
    assert_eq!(report.counts.creators, 822);
    assert_eq!(report.counts.writes, books.lock().unwrap().writes.len());
    assert_eq!(
        report.counts.replayed, 821,
        "what the second attempt found there"
    );
}

#[actix_web::test]
async fn a_refusal_is_a_sentence_with_the_reason_and_what_helps() {
    let error = refused(&Arc::default(), |_| Some(Trouble::Refuses)).await;
    let expected = "DEMO-2024, announced: the API refused it (409 duplicate-reference). There is \
                    another pledge DEMO-2024. The ledger seems to hold";
    assert!(error.starts_with(expected), "{error}");
    assert!(!error.contains("token-of-anna"));
}

#[actix_web::test]
async fn each_of_three_people_does_its_own_part() {
    let books: Arc<Mutex<Books>> = Arc::default();
    loaded(&books, |_| None).await;
    let paths = std::mem::take(&mut books.lock().unwrap().paths_by_token);
    let endings = |token: &str| {
        let last = |path: &String| {
            let (rest, last) = path.rsplit_once('/').unwrap();
            match last {
                "bulk" => format!("{}/bulk", rest.rsplit('/').next().unwrap()),
                other => other.to_owned(),
            }
        };
        paths[token].iter().map(last).collect::<BTreeSet<_>>()
    };
    let controllers = [
        "clawbacks",
        "closing",
        "closure",
        "donor-refunds",
        "exchange-rates/bulk",
        "extensions",
        "moves/bulk",
        "revocations",
        "runs",
        "thresholds",
        "withholding-rules",
        "write-offs",
    ];
    assert_eq!(
        endings("token-of-carl"),
        controllers.map(str::to_owned).into()
    );
    assert_eq!(endings("token-of-aiko"), ["moves/bulk".to_owned()].into());
    let preparers = endings("token-of-anna");
    assert!(
        controllers
            .iter()
            .all(|it| *it == "moves/bulk" || !preparers.contains(*it)),
        "{preparers:?}"
    );
}

#[actix_web::test]
async fn progress_tells_steps_of_one_and_pledges_of_many() {
    let books = Arc::default();
    let lines = async |factor| {
        let mut lines = Vec::new();
        let options = Options { factor, ..ONE };
        let api = start(&books, |_| None);
        load(&options, &api, |line| lines.push(line.to_owned()))
            .await
            .unwrap();
        lines
    };
    let one = lines(1).await;
    assert_eq!(one[0], "DEMO-2024: announced");
    assert_eq!(
        one.iter()
            .filter(|line| line.ends_with("budgets of 2024-11-04"))
            .count(),
        1
    );
    assert!(one.len() < 120, "{}", one.len());
    let two = lines(2).await;
    assert_eq!(two.len(), 2);
    assert!(two[1].starts_with("2/2 DEMO-2024-2 loaded"), "{}", two[1]);
}

#[actix_web::test]
async fn what_cannot_begin_says_why() {
    let mut api = start(&Arc::default(), |_| None);
    let nothing = load(&Options { factor: 0, ..ONE }, &api, |_| {})
        .await
        .unwrap_err();
    assert!(matches!(nothing, DemoError::NothingAsked));
    // A port that was free a moment ago, and that nobody listens on.
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap();
    api.base_url = format!("http://{closed}");
    let error = load(&ONE, &api, |_| {}).await.unwrap_err().to_string();
    assert!(error.starts_with("The API couldn't be reached"), "{error}");
    assert!(error.contains("refused"), "{error}");
}
