//! Who sees everything pays nothing for the wall: the planner drops a condition that is true.

use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::catalogue::walled;
use crate::harness::TestDatabase;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

async fn plan(connection: &mut AsyncPgConnection, query: &str) -> String {
    let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN (COSTS OFF, VERBOSE) {query}"))
        .load(connection)
        .await
        .unwrap();
    let lines: Vec<String> = lines.into_iter().map(|it| it.line).collect();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_s_plans_hold_no_trace_of_the_wall() {
    let database = TestDatabase::create().await;
    let relations = walled(&database).await;
    let mut connection = database.connect().await;
    for relation in &relations {
        connection
            .batch_execute("SET ROLE almoner_service")
            .await
            .unwrap();
        let whole = plan(&mut connection, &format!("SELECT * FROM {relation}")).await;
        // These two ask for the role itself, row by row, as they read as their owner.
        let asks = ["lot_figures", "payout_figures"].contains(&relation.as_str());
        assert_eq!(
            whole.contains("almoner_scoped"),
            asks,
            "{relation}: {whole}"
        );
        if !asks {
            let trace = ["sight_", "almoner.", "InitPlan"]
                .iter()
                .find(|it| whole.contains(**it));
            assert_eq!(trace, None, "{relation}: {whole}");
        }
        connection
            .batch_execute("SET ROLE almoner_scoped")
            .await
            .unwrap();
        let scoped = plan(&mut connection, &format!("SELECT * FROM {relation}")).await;
        assert!(scoped.contains("almoner."), "{relation}: {scoped}");
    }
    drop(connection);
    database.drop().await;
}
