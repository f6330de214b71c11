//! An amount is divided among creators to the last cent, and everybody sees who got the odd one.

use serde_json::{Value, json};

use crate::harness::{Funded, World, usd};

const PATH: &str = "/v1/allocations/split";

/// Three creators of Japan's market.
async fn three(world: &World) -> [String; 3] {
    let creator = || world.creator("JP");
    [creator().await, creator().await, creator().await]
}

fn split(pledge: &Funded, amount: Value, shares: &[(&str, u64)]) -> Value {
    let shares: Vec<Value> = shares
        .iter()
        .map(|(creator, weight)| json!({"creator_id": creator, "weight": weight}))
        .collect();
    json!({"pledge_id": pledge.id, "amount": amount, "shares": shares, "note": "By views",
        "effective_date": "2024-12-02"})
}

fn odd(answer: &Value) -> Vec<(&str, bool)> {
    let shares = answer["shares"].as_array().unwrap().iter();
    let share = |it: &'_ Value| it["odd_unit"].as_bool().unwrap();
    shares
        .map(|it| (it["amount"]["amount"].as_str().unwrap(), share(it)))
        .collect()
}

#[tokio::test]
async fn an_amount_is_split_exactly_and_the_answer_says_who_got_the_odd_cent() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let [a, b, c] = three(&world).await;
    let client = world.preparer();
    let body = split(&pledge, usd("1000.00"), &[(&a, 1), (&b, 1), (&c, 1)]);

    let preview = client
        .post_without_key(&format!("{PATH}?validate_only=true"), &body)
        .await;
    let preview = preview.expect(200);
    let expected = [("333.34", true), ("333.33", false), ("333.33", false)];
    assert_eq!(odd(&preview), expected);
    assert_eq!(preview["results"].as_array().unwrap().len(), 3);
    assert!(preview["shares"][0].get("allocation_id").is_none());

    let made = client.post_with_key(PATH, "views", &body).await;
    let answer = made.expect(201);
    assert_eq!(odd(&answer), expected);
    for (creator, share) in [&a, &b, &c]
        .into_iter()
        .zip(answer["shares"].as_array().unwrap())
    {
        assert_eq!(share["creator_id"], **creator);
        let id = share["allocation_id"].as_str().unwrap();
        let allocation = client
            .get(&format!("/v1/allocations/{id}"))
            .await
            .expect(200);
        assert_eq!(allocation["amount"], share["amount"]);
        assert_eq!(allocation["note"], "By views");
    }

    let again = client.post_with_key(PATH, "views", &body).await;
    assert!(again.replayed());
    assert_eq!(again.expect(201), answer);
    let other = split(&pledge, usd("1000.00"), &[(&a, 2), (&b, 1), (&c, 1)]);
    let other = client.post_with_key(PATH, "views", other).await;
    other.expect_problem(422, "idempotency-key-reused");
    let held = world
        .account(&pledge.id, &format!("code=3130&unit=USD&creator_id={a}"))
        .await;
    assert_eq!(held["balance"], "333.34");
    world.finish().await;
}

#[tokio::test]
async fn weights_count_and_what_is_refused_of_one_share_is_refused_of_all() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let [a, b, c] = three(&world).await;
    let client = world.preparer();
    let weighed = split(&pledge, usd("0.10"), &[(&a, 1), (&b, 2), (&c, 4)]);
    let weighed = client.post(PATH, weighed).await.expect(201);
    assert_eq!(
        odd(&weighed),
        [("0.01", false), ("0.03", true), ("0.06", true)]
    );

    let beyond = split(&pledge, usd("150000.00"), &[(&a, 1), (&b, 1)]);
    let beyond = client
        .post(PATH, beyond)
        .await
        .expect_problem(409, "bulk-refused");
    assert_eq!(beyond["errors"][0]["code"], "insufficient-funds");
    let stranger = "crt_018f0000000070008000000000000000";
    let unknown = split(&pledge, usd("9.00"), &[(&a, 1), (stranger, 1)]);
    let unknown = client
        .post(PATH, unknown)
        .await
        .expect_problem(422, "bulk-refused");
    assert_eq!(unknown["errors"][0]["pointer"], "/shares/1/creator_id");
    let held = world
        .account(&pledge.id, &format!("code=3130&unit=USD&creator_id={a}"))
        .await;
    assert_eq!(held["balance"], "0.01");
    world.finish().await;
}

#[tokio::test]
async fn a_split_that_makes_no_sense_is_refused_where_it_doesnt() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let [a, b, _] = three(&world).await;
    let client = world.preparer();
    for (shares, code, pointer) in [
        (vec![], "list-length", "/shares"),
        (vec![(a.as_str(), 1), (&a, 2)], "repeated", "/shares"),
        (vec![(&a, 0)], "not-a-weight", "/shares/0/weight"),
        (
            vec![(&a, 1_000_000_001)],
            "not-a-weight",
            "/shares/0/weight",
        ),
        (
            vec![(&a, 1_000), (&b, 1)],
            "share-of-nothing",
            "/shares/1/weight",
        ),
    ] {
        let body = split(&pledge, usd("0.10"), &shares);
        let problem = client.post(PATH, body).await.expect(422);
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let nobodys = split(&pledge, usd("9.00"), &[(&a, 1)]);
    let nobodys = client.post_without_key(PATH, nobodys).await;
    nobodys.expect_problem(400, "idempotency-key-missing");
    world.finish().await;
}
