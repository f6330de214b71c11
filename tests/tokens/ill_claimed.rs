//! Tokens that the issuer did sign, but whose claims don't do.

use serde_json::{Value, json};

use super::{Case, Issuer, without};

/// Too early, too late, too long, or for and from somebody else.
pub fn wrong_times_and_names(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    const DAY_S: u64 = 86_400;
    [
        ("exp", json!(now_s - 30), "token-expired"),
        ("exp", json!(now_s - DAY_S), "token-expired"),
        ("exp", json!(0), "token-expired"),
        ("nbf", json!(now_s + 1_800), "token-not-yet-valid"),
        ("iat", json!(now_s + 1_800), "token-not-yet-valid"),
        ("iat", json!(now_s + 400 * DAY_S), "token-not-yet-valid"),
        ("exp", json!(now_s + 367 * DAY_S), "token-lifetime-too-long"),
        ("iat", json!(now_s - 400 * DAY_S), "token-lifetime-too-long"),
        ("aud", json!("another"), "token-wrong-audience"),
        (
            "aud",
            json!(["another", "almoner "]),
            "token-wrong-audience",
        ),
        ("aud", json!([]), "token-wrong-audience"),
        ("aud", json!(""), "token-wrong-audience"),
        ("aud", json!("another almoner"), "token-wrong-audience"),
        ("iss", json!("another"), "token-wrong-issuer"),
        (
            "iss",
            json!(format!("{}/", issuer.issuer)),
            "token-wrong-issuer",
        ),
        ("iss", json!(""), "token-wrong-issuer"),
    ]
    .map(|(claim, value, code)| {
        (
            format!("{claim} {value}"),
            issuer.with_claim(now_s, claim, value),
            code,
        )
    })
    .to_vec()
}

/// Without a claim that every token must have.
pub fn missing_claims(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    let missing = |claim: &str| {
        let claims = without(issuer.claims(now_s), claim);
        let token = issuer.sign(&issuer.header().to_string(), &claims);
        (format!("no {claim}"), token, "token-missing-claim")
    };
    ["iss", "aud", "exp", "sub", "iat", "jti"]
        .map(missing)
        .to_vec()
}

/// With a claim that isn't what it has to be.
pub fn ill_typed_claims(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    let soon = now_s + 3_600;
    let (iss, aud) = (&issuer.issuer, &issuer.audience);
    let values: [(&str, Vec<Value>); 11] = [
        (
            "iss",
            vec![
                json!([iss]),
                json!([iss, "other"]),
                json!(1),
                json!(null),
                json!({}),
            ],
        ),
        (
            "aud",
            vec![
                json!(7),
                json!([aud, 7]),
                json!({"almoner": true}),
                json!(null),
            ],
        ),
        (
            "exp",
            vec![
                json!(soon.to_string()),
                json!(soon as f64 + 0.5),
                json!(soon as f64),
            ],
        ),
        (
            "exp",
            vec![
                json!(-1),
                json!(1e300),
                json!([soon]),
                json!(null),
                json!(soon * 1_000),
            ],
        ),
        (
            "iat",
            vec![
                json!(now_s.to_string()),
                json!(null),
                json!(true),
                json!(now_s * 1_000),
            ],
        ),
        (
            "nbf",
            vec![json!("0"), json!(null), json!(-1), json!(0.5), json!([])],
        ),
        (
            "sub",
            vec![
                json!(7),
                json!(null),
                json!(["a"]),
                json!(""),
                json!("a\0b"),
            ],
        ),
        (
            "jti",
            vec![
                json!(7),
                json!(null),
                json!(""),
                json!("a\nb"),
                json!("a".repeat(256)),
            ],
        ),
        (
            "roles",
            vec![
                json!("auditor"),
                json!(null),
                json!([1]),
                json!({"auditor": true}),
            ],
        ),
        (
            "scope",
            vec![json!(["ledger:read"]), json!(null), json!(1), json!({})],
        ),
        (
            "markets",
            vec![
                json!("*"),
                json!(["*", "US"]),
                json!(["us"]),
                json!(null),
                json!([1]),
            ],
        ),
    ];
    let pledges = [
        json!("plg_"),
        json!(["*"]),
        json!(["plg_1"]),
        json!(null),
        json!([aud]),
        json!([1]),
    ];
    let whose = [
        json!("crt_"),
        json!(null),
        json!(["crt_1"]),
        json!(format!("plg_{}", "0".repeat(32))),
    ];
    let parties = [json!("Donor"), json!(""), json!(null), json!(["grantee"])];
    let pledges = [
        ("pledges", pledges.to_vec()),
        ("creator", whose.to_vec()),
        ("party", parties.to_vec()),
    ];
    let listed = values.into_iter().chain(pledges);
    let each = listed.flat_map(|(claim, values)| values.into_iter().map(move |it| (claim, it)));
    each.map(|(claim, value)| {
        let name = format!("{claim} {value}");
        (
            name,
            issuer.with_claim(now_s, claim, value),
            "token-invalid-claim",
        )
    })
    .collect()
}
