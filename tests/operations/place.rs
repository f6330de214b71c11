//! Things for operations to be about.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::{Registered, ad_account, spend_row};
use crate::harness::{Waiting, World, agreed_as, credits, demonstration, document, usd, witness};

/// Things for operations to be about, all of one pledge; and a second pledge, still announced.
#[derive(Debug, Clone)]
pub struct Place {
    pub pledge: String,
    /// A checkpoint of its log that a witness saw.
    pub cosigned: String,
    pub announced: String,
    pub ending: String,
    pub resumable: String,
    pub unsigned: String,
    pub instalments: Vec<String>,
    pub lot: String,
    pub creator: String,
    /// A creator to whom nothing is owed.
    pub forgotten: String,
    pub allocation: String,
    pub obligation: String,
    /// A contract on which 10.00 was paid in advance, and 30.00 invoiced.
    pub advanced: String,
    /// Payouts of 5.00: proposed, approved, sent.
    pub payouts: [String; 3],
    /// Thresholds that wait for approval.
    pub waiting: [Waiting; 4],
    pub ad_account: String,
    pub spend_line: String,
    pub account: String,
    pub journal: String,
    pub statement: String,
    pub statement_run: String,
    pub registered: Registered,
}

/// Sets something aside for running the programme, and for the donor.
async fn set_aside(world: &World, pledge: &str) {
    let support = json!({"gross": usd("113.00"), "rate_percent": "13",
        "effective_date": "2024-10-22"});
    let at = format!("/v1/pledges/{pledge}/support-costs");
    world.preparer().post(&at, support).await.expect(201);
    let due = json!({"amount": usd("5.00"), "reason": "Unspent", "document": document(),
        "effective_date": "2024-12-02"});
    let at = format!("/v1/pledges/{pledge}/donor-refunds");
    world.controller().post(&at, due).await.expect(201);
}

impl Place {
    pub async fn new(world: &World, name: &str) -> Self {
        let preparer = world.preparer();
        let pledge = agreed_as(&preparer, name).await;
        let post = async |path: String, body: Value| preparer.post(&path, body).await.expect(201);
        let lot = funded(world, &pledge).await;
        let creator = super::persons::payable(world).await;
        let allocation = json!({"pledge_id": pledge.id, "creator_id": creator,
            "amount": usd("100.00"), "effective_date": "2024-12-02"});
        let allocation = post("/v1/allocations".to_owned(), allocation).await;
        let contract = json!({"pledge_id": pledge.id, "creator_id": creator, "reference": "C-1",
            "amount": usd("40.00"), "starts_on": "2024-12-02", "ends_on": "2025-03-31",
            "effective_date": "2024-12-02"});
        let obligation = post("/v1/obligations".to_owned(), contract).await;
        let (advanced, payouts) = super::cash_out::paid(world, &pledge.id, &creator).await;
        let ad_account = post(
            format!("/v1/pledges/{}/ad-accounts", pledge.id),
            ad_account("7301"),
        )
        .await;
        set_aside(world, &pledge.id).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (lot, ad_account) = (text(&lot["id"]), text(&ad_account["id"]));
        let spend_line = campaign(world, &pledge.id, &creator, &lot, &ad_account).await;
        let account = world
            .account(&pledge.id, "code=3120&unit=USD&market=JP")
            .await;
        let account = text(&account["id"]);
        let issued = super::statements::issued(world, &pledge.id, &account).await;
        let (statement, statement_run) = issued;
        let mut place = Place {
            cosigned: String::new(),
            waiting: super::approvals::waiting(world, &pledge.id).await,
            pledge: pledge.id,
            announced: announced(world, &format!("{name}-announced")).await,
            ending: ending(world, &format!("{name}-ending")).await,
            resumable: ending(world, &format!("{name}-resumable")).await,
            unsigned: announced(world, &format!("{name}-unsigned")).await,
            instalments: pledge.instalments,
            lot,
            creator,
            forgotten: world.creator("JP").await,
            allocation: text(&allocation["id"]),
            obligation: text(&obligation["id"]),
            advanced,
            payouts,
            ad_account,
            spend_line,
            account,
            statement,
            statement_run,
            journal: text(&allocation["journal_id"]),
            registered: Registered::new(world).await,
        };
        place.cosigned = cosigned(world, &place.pledge).await;
        db_stamp(world, &place.pledge).await;
        place
    }

    /// Every id that belongs to the pledges, so to nobody who may not see them.
    pub fn ids(&self) -> Vec<&str> {
        let single = [
            &self.pledge,
            &self.announced,
            &self.ending,
            &self.resumable,
            &self.unsigned,
            &self.lot,
            &self.allocation,
            &self.obligation,
            &self.advanced,
            &self.ad_account,
            &self.spend_line,
            &self.account,
            &self.statement,
            &self.statement_run,
        ];
        let all = single
            .into_iter()
            .chain([&self.journal])
            .chain(&self.payouts)
            .chain(self.waiting.iter().map(|it| &it.id))
            .chain(&self.instalments);
        all.map(String::as_str).collect()
    }
}

/// An answer of an authority about each checkpoint of a pledge, which no service here asks for.
async fn db_stamp(world: &World, pledge: &str) {
    let log = pledge.trim_start_matches("plg_");
    let sql = format!(
        "INSERT INTO log_timestamps SELECT log, size, '\\x30', now(), now() \
         FROM log_checkpoints WHERE log = '{log}'"
    );
    let mut connection = world.database.connect().await;
    connection.batch_execute(&sql).await.unwrap();
}

/// A checkpoint of a pledge's log, which a witness saw and handed in.
async fn cosigned(world: &World, pledge: &str) -> String {
    let auditor = world.auditor();
    // What is asked for later on then finds its log up to date, and writes nothing.
    auditor.get("/tlog/heads/checkpoint").await.text();
    let note = auditor.get(&format!("/tlog/{pledge}/checkpoint")).await;
    let note = witness().cosign(&note.text(), 1_735_689_600).unwrap();
    let at = format!("/tlog/{pledge}/cosignatures");
    let answer = auditor.post(&at, json!(note)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    note
}

/// A pledge that is being wound down, of which nothing came and nothing is left.
async fn ending(world: &World, name: &str) -> String {
    let (preparer, controller) = (world.preparer(), world.controller());
    let pledge = json!({
        "reference": name, "donor": {"name": "Donor"},
        "recipient": {"name": "Recipient"}, "purpose": "Health", "functional_unit": "USD",
        "total": usd("10.00"), "split": [usd("10.00")], "markets": ["JP", "FR"],
        "instalments": [{"reference": "C1", "amount": usd("10.00"), "due_date": "2025-01-15"}]});
    let pledge = preparer.post("/v1/pledges", pledge).await.expect(201);
    let id = pledge["id"].as_str().unwrap().to_owned();
    let signed = json!({"effective_date": "2025-01-02", "document": document()});
    let at = format!("/v1/pledges/{id}/agreement");
    preparer.post(&at, signed).await.expect(200);
    let instalment = pledge["instalments"][0]["id"].as_str().unwrap();
    let lost = json!({"amount": usd("10.00"), "reason": "Won't come", "document": document(),
        "effective_date": "2025-03-01"});
    let at = format!("/v1/instalments/{instalment}/write-offs");
    world.by_two(&controller, &at, lost).await.expect(201);
    let why = json!({"reason": "Nothing came", "effective_date": "2025-03-01"});
    let at = format!("/v1/pledges/{id}/closing");
    controller.post(&at, why).await.expect(200);
    id
}

/// A pledge that nobody has signed yet.
async fn announced(world: &World, reference: &str) -> String {
    let mut pledge = demonstration();
    pledge["reference"] = json!(reference);
    world.preparer().post("/v1/pledges", pledge).await.created()
}

/// Money and credits come in, and Japan is given a budget; the lot.
async fn funded(world: &World, pledge: &crate::harness::Agreed) -> Value {
    let preparer = world.preparer();
    let post = async |path: String, body: Value| preparer.post(&path, body).await.expect(201);
    let receipt = json!({"received": usd("700000.00"), "effective_date": "2024-10-22"});
    post(
        format!("/v1/instalments/{}/receipts", pledge.instalments[0]),
        receipt,
    )
    .await;
    let lot = json!({"face": credits("500000.00"), "kind": "free", "valid_from": "2024-11-01",
        "expires_at": "2025-04-30", "effective_date": "2024-11-01"});
    let lot = post(
        format!("/v1/instalments/{}/lots", pledge.instalments[3]),
        lot,
    )
    .await;
    let budget = json!({"market": "JP", "amount": usd("150000.00"),
        "effective_date": "2024-11-04"});
    post(format!("/v1/pledges/{}/budgets", pledge.id), budget).await;
    lot
}

/// A campaign for the creator that has spent on a day: the id of the line that says so.
async fn campaign(
    world: &World,
    pledge: &str,
    creator: &str,
    lot: &str,
    ad_account: &str,
) -> String {
    let preparer = world.preparer();
    let day = "2024-12-02";
    for (path, body) in [
        (
            format!("/v1/pledges/{pledge}/budgets"),
            json!({"market": "JP", "amount": credits("100.00"), "effective_date": day}),
        ),
        (
            "/v1/allocations".to_owned(),
            json!({"pledge_id": pledge, "creator_id": creator, "amount": credits("100.00"),
                "effective_date": day}),
        ),
        (
            "/v1/obligations".to_owned(),
            json!({"pledge_id": pledge, "creator_id": creator, "reference": "K-1",
                "amount": credits("100.00"), "starts_on": day, "ends_on": "2025-03-31",
                "campaign": {"ad_account_id": ad_account, "campaign": "K-1"},
                "effective_date": day}),
        ),
        (
            format!("/v1/lots/{lot}/placements"),
            json!({"ad_account_id": ad_account, "amount": credits("50.00"),
                "effective_date": day}),
        ),
    ] {
        world.by_two(&preparer, &path, body).await.expect(201);
    }
    // So much in cash that no purse covers it.
    let mut row = spend_row("2024-12-05");
    row["cash_spend"] = json!("200001.00");
    row["spend"] = json!("200005.00");
    let rows = json!({"mode": "atomic", "rows": [row]});
    let at = format!("/v1/pledges/{pledge}/spend-imports");
    preparer.post(&at, rows).await.expect(200);
    let at = format!("/v1/spend-lines?pledge_id={pledge}");
    let lines = preparer.get(&at).await.expect(200);
    lines["data"][0]["id"].as_str().unwrap().to_owned()
}
