//! As the role itself, with every WHERE taken away: nothing foreign, and nothing at all unless the
//! transaction says who reads.

use std::collections::BTreeSet;

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::catalogue::walled;
use crate::harness::World;
use crate::operations::Place;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Somebody behind the wall, as the settings have it.
struct Reader {
    what: &'static str,
    settings: Vec<(&'static str, String)>,
    /// Where something is to be seen.
    sees: &'static [&'static str],
    /// Whether what belongs to no market is in sight.
    whole: bool,
}

/// A row of a relation as text, with its pledge, market and creator before it, if it has any.
async fn rows(connection: &mut AsyncPgConnection, relation: &str) -> Vec<[String; 4]> {
    let pledge = if relation == "pledges" {
        "id"
    } else {
        "pledge_id"
    };
    let creator = if relation == "creators" {
        "id"
    } else {
        "creator_id"
    };
    let select = format!(
        "SELECT concat_ws('|', coalesce(to_jsonb(t)->>'{pledge}', ''), \
            coalesce(to_jsonb(t)->>'market', ''), coalesce(to_jsonb(t)->>'{creator}', ''), \
            t::text) AS line FROM {relation} AS t"
    );
    let rows: Vec<Row> = diesel::sql_query(select).load(connection).await.unwrap();
    let cut = |row: Row| {
        let mut parts = row.line.splitn(4, '|').map(str::to_owned);
        std::array::from_fn(|_| parts.next().unwrap())
    };
    rows.into_iter().map(cut).collect()
}

/// Begins a transaction as the reader and nobody else.
async fn begin(connection: &mut AsyncPgConnection, settings: &[(&str, String)]) {
    let mut sql = "BEGIN; SET LOCAL ROLE almoner_scoped;".to_owned();
    for (name, value) in settings {
        sql.push_str(&format!(
            "SELECT set_config('almoner.{name}', '{value}', true);"
        ));
    }
    connection.batch_execute(&sql).await.unwrap();
}

/// An id as the database writes it.
fn uuid(id: &str) -> String {
    let digits = &id[4..];
    uuid::Uuid::try_parse(digits).unwrap().to_string()
}

async fn scene() -> (World, Place, Place) {
    let world = World::new().await;
    let own = Place::new(&world, "OWN").await;
    let foreign = Place::new(&world, "FOREIGN").await;
    (world, own, foreign)
}

fn partner(party: &str, place: &Place, markets: &str) -> Vec<(&'static str, String)> {
    let own = [&place.pledge, &place.announced].map(|id| uuid(id));
    vec![
        ("party", party.to_owned()),
        ("pledges", format!("{{{}}}", own.join(","))),
        ("markets", format!("{{{markets}}}")),
    ]
}

const MARKETS_OWN: &[&str] = &[
    "accounts",
    "account_days",
    "statements",
    "transfers",
    "journals",
    "creators",
    "allocations",
    "entries",
    "obligations",
    "obligation_figures",
    "payouts",
    "payout_events",
    "payout_figures",
    "ad_accounts",
    "spend_lines",
    "pledges",
    "pledge_markets",
    "pledge_units",
];

fn readers(place: &Place) -> Vec<Reader> {
    vec![
        Reader {
            what: "a grantee",
            settings: partner("grantee", place, "*"),
            sees: &[
                "accounts",
                "allocations",
                "instalments",
                "lots",
                "lot_figures",
                "payout_figures",
                "spend_lines",
                "creators",
                "holds",
            ],
            whole: true,
        },
        Reader {
            what: "a grantee in Japan",
            settings: partner("grantee", place, "JP"),
            sees: MARKETS_OWN,
            whole: false,
        },
        Reader {
            what: "a market lead",
            settings: partner("market-lead", place, "JP"),
            sees: MARKETS_OWN,
            whole: false,
        },
        Reader {
            what: "a donor",
            settings: partner("donor", place, "*"),
            sees: &[
                "pledges",
                "instalments",
                "lots",
                "lot_figures",
                "accounts",
                "transfers",
                "journals",
                "account_days",
                "entries",
            ],
            whole: true,
        },
        Reader {
            what: "a creator",
            settings: vec![
                ("party", "creator".to_owned()),
                ("creator", uuid(&place.creator)),
            ],
            sees: &[
                "creators",
                "allocations",
                "obligations",
                "obligation_figures",
                "payouts",
                "payout_events",
                "payout_figures",
                "accounts",
            ],
            whole: false,
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_where_taken_away_nothing_foreign_is_there() {
    let (world, own, foreign) = scene().await;
    let relations = walled(&world.database).await;
    let mut connection = world.database.connect().await;
    let pledges: BTreeSet<String> = [&own.pledge, &own.announced].map(|id| uuid(id)).into();
    let hidden: Vec<String> = foreign.ids().into_iter().map(uuid).collect();
    for reader in readers(&own) {
        let what = reader.what;
        begin(&mut connection, &reader.settings).await;
        for relation in &relations {
            let found = rows(&mut connection, relation).await;
            let expected = reader.sees.contains(&relation.as_str());
            assert!(!expected || !found.is_empty(), "{what} sees no {relation}");
            for [pledge, market, creator, text] in &found {
                let place = format!("{what}: {relation} {text}");
                assert!(
                    pledge.is_empty() || what == "a creator" || pledges.contains(pledge),
                    "{place}"
                );
                assert!(
                    reader.whole || ["", "JP"].contains(&market.as_str()),
                    "{place}"
                );
                let own_alone = what != "a creator" || creator == &uuid(&own.creator);
                assert!(creator.is_empty() || own_alone, "{place}");
                assert!(what != "a donor" || creator.is_empty(), "{place}");
                assert!(
                    !hidden.iter().any(|id| text.contains(id.as_str())),
                    "{place}"
                );
            }
        }
        connection.batch_execute("ROLLBACK").await.unwrap();
    }
    drop(connection);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_whom_nothing_is_said_sees_nothing() {
    let (world, own, _) = scene().await;
    let relations = walled(&world.database).await;
    let mut connection = world.database.connect().await;
    let mut settings = vec![vec![]];
    for party in [
        "",
        "auditor",
        "everything",
        "Donor",
        "donor",
        "grantee",
        "creator",
    ] {
        settings.push(vec![("party", party.to_owned())]);
    }
    // What one party's settings say means nothing to another's, and half of it is none.
    let creator = ("creator", uuid(&own.creator));
    settings.push([partner("creator", &own, "*"), vec![]].concat());
    settings.push(vec![("party", "grantee".to_owned()), creator]);
    settings.push(partner("grantee", &own, "*").split_off(1));
    for said in settings {
        begin(&mut connection, &said).await;
        for relation in &relations {
            let found = rows(&mut connection, relation).await;
            assert!(found.is_empty(), "{said:?}: {relation} {found:?}");
        }
        let figures = format!("donor_figures('{}')", uuid(&own.pledge));
        assert!(rows(&mut connection, &figures).await.is_empty(), "{said:?}");
        connection.batch_execute("ROLLBACK").await.unwrap();
    }
    drop(connection);
    world.finish().await;
}

/// What was said of one reader is over with its transaction: the next on the same connection starts
/// from nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_reader_ends_with_the_transaction() {
    let (world, own, _) = scene().await;
    let mut connection = world.database.connect().await;
    begin(&mut connection, &partner("grantee", &own, "*")).await;
    assert!(!rows(&mut connection, "pledges").await.is_empty());
    connection.batch_execute("COMMIT").await.unwrap();
    begin(&mut connection, &[]).await;
    assert!(rows(&mut connection, "pledges").await.is_empty());
    connection.batch_execute("ROLLBACK").await.unwrap();
    drop(connection);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_is_refused_every_write() {
    let (world, own, _) = scene().await;
    let relations = walled(&world.database).await;
    let mut connection = world.database.connect().await;
    for relation in relations {
        for write in [
            format!("DELETE FROM {relation}"),
            format!("INSERT INTO {relation} DEFAULT VALUES"),
        ] {
            begin(&mut connection, &partner("grantee", &own, "*")).await;
            let refused = connection.batch_execute(&write).await.unwrap_err();
            let said = refused.to_string();
            // Views of several tables take no writes from anybody.
            let refused = ["permission denied", "cannot "].map(|it| said.contains(it));
            assert!(refused.contains(&true), "{write}: {said}");
            connection.batch_execute("ROLLBACK").await.unwrap();
        }
    }
    drop(connection);
    world.finish().await;
}
