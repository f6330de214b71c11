//! A scratch server's database for each story.
use crate::reads;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection, AsyncConnection};


    macro_rules! stories {
        ($($name:ident),+ $(,)?) => {$(
            #[tokio::test]
            async fn $name() {
                let name = format!("c_{}", &stringify!($name)[..20]);
                let base = "postgresql://almoner@%2Ftmp%2Fscratch/";
                let mut owner = AsyncPgConnection::establish(&format!("{base}postgres")).await.unwrap();
                owner.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
                owner.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE reads_empty")).await.unwrap();
                let mut connection = AsyncPgConnection::establish(&format!("{base}{name}")).await.unwrap();
                reads::$name(&mut connection).await;
            }
        )+};
    }
    stories!(
        accounts_on_both_axes_are_what_their_entries_come_to,
        an_instant_knows_the_last_journal_recorded_by_then,
        statements_tie_and_read_the_same_page_by_page,
        entries_page_through_an_account_without_a_gap,
        pages_of_accounts_show_one_instant,
        what_is_out_of_sight_is_absent,
        the_books_are_proved_and_the_summary_agrees,
        a_broken_proof_shows_what_breaks_it,
    );
