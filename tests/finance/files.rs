//! Reports of spend as files.

use reqwest::Method;
use serde_json::json;

use super::ads::{Ads, counts, refusals};
use crate::harness::{Answer, new_key};

/// Sends a file.
async fn upload(ads: &Ads, key: &str, file: &str) -> Answer {
    let at = format!("/v1/pledges/{}/spend-imports", ads.pledge);
    let request = ads.client.request(Method::POST, &at);
    let request = request.header("Idempotency-Key", key);
    let request = request.header("Content-Type", "text/csv; charset=utf-8");
    ads.client.send(request.body(file.to_owned())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_a_list_of_rows() {
    let ads = Ads::placed().await;
    let file = "\u{feff}day,account,campaign,currency,\
            spend,cash_spend,voucher_spend,revision,final\r\n\
        2025-03-01,7301,K-1,USD,10.00,0.00,10.00,1,true\r\n\
        2025-03-02,\"7301\",\"K-1\",USD,11.00,1.00,10.00,1,true\r\n\
        2025-03-03,7301,K-1,USD,12.00,1.00,10.00,1,true\r\n\
        2025-03-04,7301,\"K-1,USD,10.00,0.00,10.00,1,true\r\n\
        2025-03-05,7301,K-1,USD,10.00,0.00,10.00\r\n\
        2025-03-06,7301,K-1,USD,10.00,0.00,10.00,1,false\r\n\
        2025-03-07,7301,K-1,USD,10.00,0.00,10.00,1,true";
    let key = new_key();
    let import = upload(&ads, &key, file).await;
    assert!(!import.replayed());
    let first = import.expect(200);
    assert_eq!(counts(&first), [3, 1, 0, 0, 0, 3], "{first}");
    let expected = [
        "4 spend-not-adding-up",
        "5 malformed-row",
        "6 malformed-row",
    ];
    assert_eq!(refusals(&first), expected);
    assert_eq!(
        (&first["overspilled"], ads.lines().await.len()),
        (&json!(1), 4)
    );
    // With the same key it is the same answer; with another one nothing new.
    let again = upload(&ads, &key, file).await;
    assert!(again.replayed());
    assert_eq!(again.expect(200), first);
    let anew = upload(&ads, &new_key(), file).await.expect(200);
    assert_eq!(counts(&anew), [0, 0, 0, 4, 0, 3], "{anew}");
    let other = file.replace("10.00", "11.00");
    upload(&ads, &key, &other)
        .await
        .expect_problem(422, "idempotency-key-reused");
    for (file, code) in [
        ("", "body-missing"),
        ("day,account\n", "malformed-header"),
        ("day;account;campaign\n1;2;3\n", "malformed-header"),
    ] {
        upload(&ads, &new_key(), file)
            .await
            .expect_problem(400, code);
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_many_chunks_is_one_import() {
    let ads = Ads::placed().await;
    let mut file = String::from(
        "account,campaign,day,currency,spend,cash_spend,voucher_spend,revision,final\n",
    );
    for revision in 1..=4_500 {
        let voucher = format!("{}.00", 1 + revision % 7);
        file += &format!("7301,K-1,2025-03-01,USD,{voucher},0.00,{voucher},{revision},true\n");
    }
    let import = upload(&ads, &new_key(), &file).await.expect(200);
    assert_eq!(counts(&import), [1, 0, 4_499, 0, 0, 0], "{import}");
    assert_eq!(ads.left(0).await, "2993.00");
    let anew = upload(&ads, &new_key(), &file).await.expect(200);
    assert_eq!(counts(&anew), [0, 0, 0, 1, 4_499, 0], "{anew}");
    ads.finish().await;
}
