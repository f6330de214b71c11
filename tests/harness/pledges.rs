//! The demonstration pledge, for whoever goes through its instalments.

use serde_json::{Value, json};

use super::{Client, credits, document, usd};

/// The demonstration pledge: three instalments in cash, the last on a condition, and three lots.
pub fn demonstration() -> Value {
    json!({
        "reference": "FIDES-2024", "donor": {"name": "TikTok"},
        "recipient": {"name": "World Health Organization"},
        "purpose": "Destigmatizing mental health", "functional_unit": "USD",
        "total": usd("3000000.00"),
        "split": [usd("1750000.00"), credits("1250000.00")],
        "markets": ["US", "GB", "FR", "JP", "KR", "ID", "MX", "BR"],
        "instalments": [
            {"reference": "C1", "amount": usd("700000.00"), "due_date": "2024-10-15"},
            {"reference": "C2", "amount": usd("600000.00"), "due_date": "2025-03-31"},
            {"reference": "C3", "amount": usd("450000.00"), "due_date": "2025-09-30",
             "condition": "Interim report accepted"},
            {"reference": "T1", "amount": credits("500000.00"), "due_date": "2024-11-01"},
            {"reference": "T2", "amount": credits("450000.00"), "due_date": "2025-02-01"},
            {"reference": "T3", "amount": credits("300000.00"), "due_date": "2025-06-01"},
        ],
    })
}

/// A pledge that is agreed, and its instalments in the order above.
pub struct Agreed {
    pub id: String,
    pub instalments: Vec<String>,
}

/// Announces the demonstration pledge and has it agreed.
pub async fn agreed(preparer: &Client) -> Agreed {
    agreed_as(preparer, "FIDES-2024").await
}

/// The same by a reference of one's own.
pub async fn agreed_as(preparer: &Client, reference: &str) -> Agreed {
    let mut pledge = demonstration();
    pledge["reference"] = json!(reference);
    let pledge = preparer.post("/v1/pledges", pledge).await;
    let id = pledge.created();
    let pledge = pledge.json();
    assert_eq!(pledge["state"], "announced");
    let instalments: Vec<String> = pledge["instalments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    let signed = json!({"effective_date": "2024-09-26", "document": document()});
    let at = format!("/v1/pledges/{id}/agreement");
    let pledge = preparer.post(&at, signed).await.expect(200);
    assert_eq!(pledge["state"], "agreed");
    assert_eq!(pledge["agreed_on"], "2024-09-26");
    Agreed { id, instalments }
}
