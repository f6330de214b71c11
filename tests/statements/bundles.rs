//! What a run had issued, as one statement: of a pledge, a market, a creator or a lot.

use almoner::http::access::Party;
use almoner::statements;
use almoner::tlog::note::Verifier;
use almoner::tlog::proof::Finding;
use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::runs::done;
use crate::harness::{Funded, World, credits, usd};

const FORMS: [&str; 6] = ["json", "csv", "ndjson", "xlsx", "pdf", "xml"];

/// A pledge with a creator who holds something of it, and the run that issued November.
struct Story {
    world: World,
    pledge: Funded,
    creator: String,
    run: String,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let pledge = world.funded_pledge().await;
        let creator = world.creator("JP").await;
        for amount in [usd("100.00"), credits("40.00")] {
            world
                .allocate(&pledge, &creator, amount, "2024-11-20")
                .await;
        }
        let at = format!("/v1/pledges/{}/statement-runs", pledge.id);
        let controller = world.controller();
        let run = controller.post(&at, json!({"to": "2024-11-30"})).await;
        let run = run.expect(201)["id"].as_str().unwrap().to_owned();
        done(&world.auditor(), &run).await;
        Story {
            world,
            pledge,
            creator,
            run,
        }
    }

    /// Where the run's statement is, narrowed down like that.
    fn at(&self, form: &str, of: &str) -> String {
        format!("/v1/statement-runs/{}/statement{form}?{of}", self.run)
    }

    async fn read(&self, of: &str) -> Value {
        let at = self.at("", of);
        self.world.auditor().get(&at).await.expect(200)
    }

    async fn lot(&self) -> String {
        let at = format!("/v1/pledges/{}/lots", self.pledge.id);
        let lots = self.world.auditor().get(&at).await.expect(200);
        lots["data"][0]["id"].as_str().unwrap().to_owned()
    }

    async fn key(&self) -> Verifier {
        let key = self.world.auditor().get("/tlog/key").await;
        key.text().trim().parse().unwrap()
    }
}

fn sections(statement: &Value) -> &[Value] {
    statement["sections"].as_array().unwrap()
}

fn broken(findings: &[Finding]) -> Vec<&str> {
    let broken = findings.iter().filter(|it| !it.holds);
    broken.map(|it| it.sentence.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_a_market_a_creator_and_a_lot_have_issued_statements_of_all_their_accounts() {
    let story = Story::new().await;
    let auditor = story.world.auditor();
    let run = format!("/v1/statement-runs/{}", story.run);
    let run = auditor.get(&run).await.expect(200);
    let whole = story.read("").await;
    assert_eq!(whole["subject"], json!({"kind": "pledge"}));
    assert_eq!(
        (&whole["status"], &whole["run_id"], &whole["known_journal"]),
        (&json!("issued"), &run["id"], &run["known_journal"])
    );
    assert_eq!(json!(sections(&whole).len()), run["accounts"]);
    assert_eq!(
        (&whole["from"], &whole["to"]),
        (&json!("2024-09-01"), &json!("2024-11-30"))
    );
    // Each is the account's own issued statement, as that is answered at its own address.
    for section in sections(&whole) {
        let id = section["issue"]["id"].as_str().unwrap();
        let own = auditor.get(&format!("/v1/statements/{id}")).await;
        assert_eq!(section, &own.expect(200));
    }
    let lot = story.lot().await;
    for (of, kind, member, wanted) in [
        ("market=JP".to_owned(), "market", "market", "JP"),
        (
            format!("creator_id={}", story.creator),
            "creator",
            "creator_id",
            story.creator.as_str(),
        ),
        (format!("lot_id={lot}"), "lot", "lot_id", lot.as_str()),
    ] {
        let part = story.read(&of).await;
        assert_eq!(part["subject"], json!({"kind": kind, member: wanted}));
        let all = sections(&whole).iter();
        let expected: Vec<&Value> = all.filter(|it| it["account"][member] == wanted).collect();
        assert!(!expected.is_empty() && expected.len() < sections(&whole).len());
        assert_eq!(sections(&part).iter().collect::<Vec<_>>(), expected, "{of}");
        assert_eq!(part["status"], "issued");
    }
    let both = story.at("", &format!("market=JP&lot_id={lot}"));
    let refused = auditor.get(&both).await;
    assert_eq!(refused.status, 422);
    let none = auditor.get(&story.at("", "market=FR")).await;
    none.expect_problem(404, "not-found");
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_the_same_for_ever_in_every_form_whatever_is_entered_and_issued_later() {
    let story = Story::new().await;
    let (world, auditor) = (&story.world, story.world.auditor());
    let mut first = Vec::new();
    for form in FORMS {
        let answer = auditor.get(&story.at(&format!(".{form}"), "")).await;
        assert_eq!(answer.status, 200, "{form}: {}", answer.text());
        let cached = answer.header("cache-control").unwrap();
        assert!(cached.contains("immutable"), "{form}: {cached}");
        let etag = answer.header("etag").unwrap().to_owned();
        first.push((form, answer.body, etag));
    }
    world
        .budget(&story.pledge, "FR", usd("1000.00"), "2024-11-10")
        .await;
    let whole = story.read("").await;
    let late = sections(&whole)
        .iter()
        .find(|it| it["account"]["code"] == "3110" && it["account"]["unit"] == "USD");
    let late = late.unwrap()["issue"]["id"].as_str().unwrap();
    let again = format!("/v1/statements/{late}/reissues");
    let reason = json!({"reason": "A budget was entered late"});
    let again = world.controller().post(&again, reason).await.expect(201);
    assert_eq!(again["supersedes"], 1);
    let next = format!("/v1/pledges/{}/statement-runs", story.pledge.id);
    let controller = world.controller();
    let next = controller.post(&next, json!({"to": "2024-12-31"})).await;
    let next = next.expect(201);
    done(&auditor, next["id"].as_str().unwrap()).await;
    for (form, body, etag) in first {
        let at = story.at(&format!(".{form}"), "");
        let answer = auditor.get(&at).await;
        assert!(answer.body == body, "{form} is other bytes");
        let known = auditor.get_with(&at, ("If-None-Match", &etag)).await;
        assert_eq!(known.status, 304, "{form}");
    }
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_says_that_it_was_issued_and_as_which_statements() {
    let story = Story::new().await;
    let auditor = story.world.auditor();
    let of = format!("creator_id={}", story.creator);
    let whole = story.read(&of).await;
    let issue = &sections(&whole)[0]["issue"];
    let (id, digest) = (
        issue["id"].as_str().unwrap(),
        issue["digest"].as_str().unwrap(),
    );
    let text = async |form: &str| auditor.get(&story.at(form, &of)).await.text();
    let csv = text(".csv").await;
    assert!(csv.starts_with("\u{feff}account_id,code,market,statement_id,number,row,"));
    assert!(csv.contains(&format!(",JP,{id},1,opening,")), "{csv}");
    let camt = text(".xml").await;
    for part in [
        format!("<Id>{}</Id><ElctrncSeqNb>1<", id.replace('_', "")),
        format!("Issued as No. 1. SHA-256 {digest}"),
        "<AddtlInf>Issued: 2 statements.</AddtlInf>".to_owned(),
        // Who may know it is told what the creator is called now.
        "<Nm>山田 花子</Nm>".to_owned(),
    ] {
        assert!(camt.contains(&part), "{part} in {camt}");
    }
    // A name may be erased: that isn't kept for ever.
    let named = auditor.get(&story.at(".xml", &of)).await;
    assert!(!named.header("cache-control").unwrap().contains("immutable"));
    let ndjson = text(".ndjson").await;
    let mut own = String::new();
    for section in sections(&whole) {
        let id = section["issue"]["id"].as_str().unwrap();
        let at = format!("/v1/statements/{id}/statement.ndjson");
        own.push_str(&auditor.get(&at).await.text());
    }
    assert_eq!(ndjson, own, "what the digests are of");
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_has_accounts_left_is_not_answered_and_takes_what_was_issued_meanwhile() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let (controller, auditor) = (world.controller(), world.auditor());
    // A run that was asked for, and whose service stopped before it began.
    let uuid = format!("substr('{}', 5)::uuid", pledge.id);
    let asked_for = format!(
        "INSERT INTO statement_runs
         SELECT p.id, gen_random_uuid(), '2024-11-30', p.journals, p.last_recorded_at, NULL,
                'carlos', 'carlos', now()
         FROM pledges p WHERE p.id = {uuid};
         INSERT INTO statement_run_accounts
         SELECT r.pledge_id, r.id, a.number FROM statement_runs r
         JOIN accounts a ON a.pledge_id = r.pledge_id"
    );
    let mut connection = world.database.connect().await;
    connection.batch_execute(&asked_for).await.unwrap();
    let run = "SELECT 'srn_' || replace(id::text, '-', '') AS line FROM statement_runs";
    let run = world.database.lines(run).await.remove(0);
    let at = format!("/v1/statement-runs/{run}/statement");
    let refused = auditor.get(&at).await;
    let problem = refused.expect_problem(409, "statement-run-unfinished");
    let accounts = world
        .database
        .lines("SELECT count(*)::text AS line FROM accounts");
    let accounts = accounts.await.remove(0);
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains(&format!("{accounts} accounts"))
            && detail.contains(&format!("{accounts} have no statement")),
        "{detail}"
    );
    // A donor sees none of the markets' accounts, and isn't told how many there are.
    let donor = world.donor(&[&pledge.id], &["*"]).get(&at).await;
    let told = donor.expect_problem(409, "statement-run-unfinished");
    assert!(!told["detail"].as_str().unwrap().contains(&accounts));

    // Somebody issues statements before the run comes to these accounts: one knows more, and one
    // goes further.
    world
        .budget(&pledge, "FR", usd("250.00"), "2024-11-20")
        .await;
    let mut ahead = Vec::new();
    for (account, to) in [
        ("code=3110&unit=USD", "2024-11-30"),
        ("code=3120&unit=USD&market=JP", "2024-12-31"),
    ] {
        let account = world.account(&pledge.id, account).await;
        let at = format!(
            "/v1/accounts/{}/statements",
            account["id"].as_str().unwrap()
        );
        ahead.push(controller.post(&at, json!({"to": to})).await.expect(201));
    }
    let job = "/v1/jobs/statement-issue/runs";
    controller.post(job, json!({})).await.expect(200);
    let whole = auditor.get(&at).await.expect(200);
    assert_eq!(sections(&whole).len().to_string(), accounts);
    for issued in &ahead {
        let section = sections(&whole)
            .iter()
            .find(|it| it["account"]["id"] == issued["account_id"]);
        let section = section.unwrap();
        assert_eq!(section["issue"]["id"], issued["id"]);
        for same in ["from", "to", "known_at", "known_journal"] {
            assert_eq!(section[same], issued[same], "{same}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_some_accounts_only_is_given_the_statements_of_these() {
    let story = Story::new().await;
    let (world, pledge) = (&story.world, story.pledge.id.as_str());
    let whole = story.read("").await;
    let all_of = |keep: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        let own = sections(&whole).iter().filter(|it| keep(&it["account"]));
        own.cloned().collect()
    };
    let at = story.at("", "");
    let lead = world.partner_of(Some(Party::MarketLead), &[pledge], &["JP"]);
    let grantee = world.partner(&[pledge], &["*"]);
    let donor = world.donor(&[pledge], &["*"]);
    let for_donors = donor
        .get(&format!("/v1/accounts?pledge_id={pledge}&limit=1000"))
        .await
        .expect(200);
    let for_donors: Vec<&Value> = for_donors["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    for (client, expected) in [
        (&lead, all_of(&|it| it["market"] == "JP")),
        (&grantee, all_of(&|_| true)),
        (&donor, all_of(&|it| for_donors.contains(&&it["id"]))),
    ] {
        let seen = client.get(&at).await.expect(200);
        assert!(!expected.is_empty());
        assert_eq!(sections(&seen), expected);
        assert_eq!(seen["status"], "issued");
    }
    assert!(for_donors.len() < sections(&whole).len());
    // Nothing of a creator, nor of another market, nor of another pledge.
    let of_creator = story.at("", &format!("creator_id={}", story.creator));
    donor
        .get(&of_creator)
        .await
        .expect_problem(404, "not-found");
    let korea = world.partner_of(Some(Party::MarketLead), &[pledge], &["KR"]);
    korea.get(&at).await.expect_problem(404, "not-found");
    let other = world.funded_pledge().await;
    let stranger = world.partner(&[&other.id], &["*"]);
    stranger.get(&at).await.expect_problem(404, "not-found");
    // As with drafts: a creator reads what it holds elsewhere.
    let creator = world.creator_client(&story.creator);
    let draft = format!("/v1/pledges/{pledge}/statement?from=2024-11-01&to=2024-11-30");
    let draft = creator.get(&draft).await.status;
    assert_eq!(creator.get(&of_creator).await.status, draft);
    assert!([403, 404].contains(&draft), "{draft}");
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_key_alone_proves_every_part_and_shows_whatever_is_falsified() {
    let story = Story::new().await;
    let auditor = story.world.auditor();
    let keys = [story.key().await];
    let json = auditor.get(&story.at(".json", "market=JP")).await.text();
    let findings = statements::check(&json, &keys).unwrap();
    assert_eq!(broken(&findings), Vec::<&str>::new());
    let whole: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(findings.len(), sections(&whole).len() + 1);
    let page = auditor.get(&story.at(".pdf", "market=JP")).await;
    assert_eq!(statements::attached_json(&page.body).unwrap(), json);

    let changed = |change: &dyn Fn(&mut Value)| {
        let mut document = whole.clone();
        change(&mut document);
        assert_ne!(document, whole);
        let findings = statements::check(&document.to_string(), &keys).unwrap();
        broken(&findings).join(" ")
    };
    let account = sections(&whole)[1]["account"]["id"].as_str().unwrap();
    // Figures that add up again, but aren't what was signed.
    let said = statements::check(&json.replace("149900.00", "149901.00"), &keys).unwrap();
    assert!(broken(&said).join(" ").contains("to the byte"), "{said:?}");
    let said = changed(&|it| it["sections"][1]["closing"]["amount"] = json!("1.00"));
    assert!(said.contains(account) && said.contains("add up"), "{said}");
    for change in [
        &(|it: &mut Value| it["sections"][0] = it["sections"][1].clone()) as &dyn Fn(&mut Value),
        &|it| it["subject"]["market"] = json!("KR"),
        &|it| it["pledge_id"] = json!(format!("plg_{}", "0".repeat(32))),
        &|it| it["from"] = json!("2024-11-02"),
        &|it| it["to"] = json!("2025-11-30"),
        &|it| it["sections"] = json!([]),
    ] {
        let said = changed(change);
        assert!(said.contains("each of another account"), "{said}");
    }
    let draft = json.replacen("\"issue\":", "\"was\":", 1);
    assert!(statements::check(&draft, &keys).is_err());
    story.world.finish().await;
}
