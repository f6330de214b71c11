//! `almoner` as a newcomer runs it: on a data folder, without any setting.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::faults::{Door, Serving, data_folder_processes};
use crate::harness::{Client, Folder, TestDatabase, eventually};

/// A role's token as the greeting shows it.
fn token(greeting: &str, role: &str) -> String {
    let name = format!("{role}=");
    let line = greeting.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap().to_owned()
}

async fn client(program: &Serving, role: &str) -> Client {
    let address = program.address().await;
    let token = token(&program.said(), role);
    Client::new(reqwest::Client::new(), address, Some(token))
}

async fn status(client: &Client, path: &str) -> u16 {
    let response = client.request(Method::GET, path).send().await;
    response.unwrap().status().as_u16()
}

/// Nothing that was started on the folder still runs.
fn nothing_is_left(folder: &Path) {
    assert_eq!(data_folder_processes(folder), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_pastes_the_call_stops_and_finds_everything_again() {
    let folder = Folder::new();
    let mut program = Serving::start(&[], folder.path(), &[]);
    let preparer = client(&program, "PREPARER").await;
    let creator = json!({"reference": "JP-1", "name": "山田 花子", "market": "JP"});
    let id = preparer.post("/v1/creators", creator).await.created();

    let said = program.said();
    let call = said.lines().find(|line| line.trim().starts_with("curl "));
    let call = format!("{} --silent --show-error", call.unwrap());
    let output = Command::new("sh").args(["-c", &call]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["data"], json!([]));

    assert_eq!(program.terminate().await.code(), Some(0));
    nothing_is_left(folder.path());
    let started = Instant::now();
    let mut program = Serving::start(&["serve"], folder.path(), &[]);
    program.address().await;
    println!(
        "started again, database and all, in {:?}",
        started.elapsed()
    );
    let at = format!("/v1/creators/{id}");
    // The key is kept as well: a token of before is still good.
    let preparer = preparer.at(program.address().await);
    assert_eq!(preparer.get(&at).await.expect(200)["name"], "山田 花子");
    assert_eq!(program.terminate().await.code(), Some(0));
    nothing_is_left(folder.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_told_in_a_sentence_and_nothing_stays_behind() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut program = Serving::start(&[], folder.path(), &[("ALMONER_LISTEN", &address)]);
    assert_eq!(program.ends().await.code(), Some(1));
    nothing_is_left(folder.path());
    let told = program.complains("ALMONER_LISTEN").await;
    let told = told.lines().last().unwrap();
    assert!(
        told.contains(&format!("can't listen on {address}")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_service_joins_and_waits_for_the_next_when_the_first_one_ends() {
    let folder = Folder::new();
    let mut first = Serving::start(&[], folder.path(), &[]);
    let at_first = client(&first, "AUDITOR").await;
    let mut second = Serving::start(&[], folder.path(), &[]);
    let at_second = client(&second, "AUDITOR").await;
    second.complains("another almoner runs the database").await;
    for service in [&at_first, &at_second] {
        assert_eq!(status(service, "/v1/pledges").await, 200);
    }
    assert_eq!(first.terminate().await.code(), Some(0));
    assert_eq!(status(&at_second, "/readyz").await, 503);
    assert_eq!(status(&at_second, "/v1/pledges").await, 503);
    assert_eq!(status(&at_second, "/livez").await, 200);
    let mut third = Serving::start(&[], folder.path(), &[]);
    third.address().await;
    let ready = async || (status(&at_second, "/readyz").await == 200).then_some(());
    eventually(
        "the second one goes on with the third one's database",
        ready,
    )
    .await;
    assert_eq!(status(&at_second, "/v1/pledges").await, 200);
    assert_eq!(second.terminate().await.code(), Some(0));
    assert_eq!(third.terminate().await.code(), Some(0));
    nothing_is_left(folder.path());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_started_before_its_database_waits_for_it() {
    let folder = Folder::new();
    let database = TestDatabase::create().await;
    let mut door = Door::to(&database);
    door.shut();
    let settings = [("DATABASE_URL", door.url())];
    let settings = settings.each_ref().map(|(name, url)| (*name, url.as_str()));
    let mut program = Serving::start(&[], folder.path(), &settings);
    program.complains("waiting up to").await;
    assert!(!program.said().contains("listening"));
    door.open();
    let auditor = client(&program, "AUDITOR").await;
    assert_eq!(status(&auditor, "/readyz").await, 200);
    assert_eq!(program.terminate().await.code(), Some(0));
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_while_it_waits_for_its_database_stops() {
    let folder = Folder::new();
    let url = "postgres://almoner@/almoner?host=/no/such/folder";
    let mut program = Serving::start(&[], folder.path(), &[("DATABASE_URL", url)]);
    program.complains("waiting up to").await;
    let ended = program.terminate().await;
    assert!(!ended.success());
}
