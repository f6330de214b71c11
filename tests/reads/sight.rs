//! What partners see, and what they don't.

use almoner::db::read::{self, Moment, Sight, SightMarkets, SightParty, Window};
use almoner::domain::{AccountId, JournalId, PledgeId};
use diesel_async::AsyncPgConnection;

use super::{Opened, books, id, opened, posted};

/// A partner sees its own pledges, and of them its own markets.
pub async fn what_is_out_of_sight_is_absent(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let pledge = PledgeId(id(1, 1));
    let only = |markets| Sight::Only {
        party: SightParty::Grantee,
        pledges: vec![pledge.0],
        markets,
    };
    let japan = only(SightMarkets::Listed(vec!["JP".to_owned()]));
    let whole = only(SightMarkets::All);
    let foreign = Sight::Only {
        party: SightParty::Grantee,
        pledges: vec![id(1, 9)],
        markets: SightMarkets::All,
    };
    let all = Window {
        after: None,
        until: None,
        limit: 1000,
    };

    assert!(
        read::pledge(connection, &catalogue, &foreign, pledge)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        read::summary(connection, &catalogue, &foreign, pledge)
            .await
            .unwrap()
            .is_none()
    );
    let strangers = read::list_creators(connection, &foreign, None, all)
        .await
        .unwrap();
    assert!(
        strangers.data.is_empty(),
        "creators of no market of a pledge in sight"
    );
    for Opened { id, .. } in opened(connection).await {
        let mut seen = async |sight: &Sight| {
            let moment = Moment::default();
            read::account(connection, &catalogue, sight, AccountId(id), moment)
                .await
                .unwrap()
        };
        assert!(seen(&foreign).await.is_none());
        let account = seen(&whole).await.unwrap().account;
        let japanese = account
            .key
            .market
            .is_some_and(|market| market.as_str() == "JP");
        assert_eq!(seen(&japan).await.is_some(), japanese);
    }
    for sight in [&whole, &japan] {
        let creators = read::list_creators(connection, sight, None, all)
            .await
            .unwrap()
            .data;
        assert!(!creators.is_empty());
        assert_eq!(
            creators
                .iter()
                .all(|creator| creator.market.as_str() == "JP"),
            sight == &japan
        );
    }
    let any = read::AllocationFilter::default();
    let none = read::list_allocations(connection, &catalogue, &foreign, &any, all)
        .await
        .unwrap();
    assert!(none.data.is_empty());
    let summary = read::summary(connection, &catalogue, &japan, pledge)
        .await
        .unwrap()
        .unwrap();
    assert!(summary.units.iter().all(|(_, whole)| whole.is_none()));
    assert!(
        summary
            .markets
            .iter()
            .all(|(market, _, _)| market.as_str() == "JP")
    );

    let mut partly_seen = 0;
    for journal in posted(connection).await {
        let mut seen = async |sight: &Sight| {
            read::journal(connection, &catalogue, sight, JournalId(journal.id))
                .await
                .unwrap()
        };
        assert!(seen(&foreign).await.is_none());
        let full = seen(&whole).await.unwrap();
        assert!(full.actor.is_none());
        let Some(part) = seen(&japan).await else {
            continue;
        };
        assert_eq!(part.transfers.len(), full.transfers.len());
        for transfer in &part.transfers {
            let sides = [transfer.debit.account, transfer.credit.account];
            let markets = sides.iter().flatten().map(|side| side.market.unwrap());
            assert!(markets.clone().count() > 0);
            assert!(markets.clone().all(|market| market.as_str() == "JP"));
            partly_seen += usize::from(markets.count() == 1);
        }
    }
    assert!(partly_seen > 0, "a budget shows the market's side alone");
}
