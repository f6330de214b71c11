//! Nobody gets in without a signature: neither by any header or claims, nor by any bytes where a
//! token goes. And of what is signed, only tokens get in whose claims say all that they must: for
//! us, from whom we trust, at this time; and nobody has a role that isn't claimed.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use almoner::http::access::{AccessSettings, Verifier, bearer_token};
use jsonwebtoken::{Algorithm, EncodingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// At this moment, in seconds, every token is looked at.
const NOW_S: u64 = 1_800_000_000;
/// How far clocks may be apart, and the longest a token may last.
const LEEWAY_S: u64 = 30;
const YEAR_S: u64 = 366 * 86_400;

const SECRET: &str = "a secret of the deployment's, of more than 32 bytes";

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let secret = |name: &str| (name == "ALMONER_JWT_SECRET").then(|| SECRET.to_owned());
    let settings = AccessSettings::from_lookup(secret).expect("settings");
    let keys = settings.key_set(Path::new(".")).expect("keys");
    Verifier::new(keys, &settings)
});

/// Base64 as tokens have it.
fn encoded(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(
                LETTERS[(bits >> (18 - 6 * place)) as usize & 63],
            ));
        }
    }
    text
}

/// The claims of a good token, with some in their place that may be anything.
fn claims(changes: &[(u8, u8, &str, u64)]) -> Value {
    const NAMES: [&str; 13] = [
        "iss", "aud", "exp", "sub", "iat", "jti", "nbf", "scope", "roles", "pledges", "markets",
        "party", "creator",
    ];
    let mut claims = json!({"iss": "almoner-local", "aud": "almoner", "exp": NOW_S + 600,
        "sub": "somebody", "iat": NOW_S - 600, "jti": "t-1", "roles": ["auditor"],
        "scope": "ledger:read"});
    for (name, kind, text, number) in changes {
        let name = NAMES[usize::from(*name) % NAMES.len()];
        claims[name] = match kind % 9 {
            0 => Value::Null,
            1 => json!(number % 2 == 0),
            2 => json!(number),
            3 => json!(
                NOW_S
                    .wrapping_add(number % (2 * YEAR_S))
                    .wrapping_sub(YEAR_S)
            ),
            4 => json!(*number as f64 / 7.0),
            5 => json!(text),
            6 => json!(text.split(' ').collect::<Vec<_>>()),
            7 => json!([text, number]),
            _ => json!({"is": text}),
        };
    }
    claims
}

/// Whether these claims, signed, get somebody in, who has then said all that must be said.
fn signed(claims: &Value) -> bool {
    let header = encoded(br#"{"typ":"at+jwt","alg":"HS256"}"#);
    let payload = format!("{header}.{}", encoded(claims.to_string().as_bytes()));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(payload.as_bytes(), &key, Algorithm::HS256);
    let token = format!("{payload}.{}", signature.expect("a signature"));
    let Ok(principal) = VERIFIER.verify(&token, NOW_S) else {
        return false;
    };
    assert_eq!(claims["iss"], "almoner-local");
    let for_us = |it: &Value| it == "almoner";
    let listed = claims["aud"]
        .as_array()
        .is_some_and(|it| it.iter().any(for_us));
    assert!(for_us(&claims["aud"]) || listed, "{claims}");
    let time = |name: &str| claims[name].as_u64().expect("a time");
    assert!(time("exp") + LEEWAY_S > NOW_S, "{claims}");
    assert!(time("iat") <= NOW_S + LEEWAY_S, "{claims}");
    assert!(time("exp") <= time("iat") + YEAR_S, "{claims}");
    assert!(claims.get("nbf").is_none() || time("nbf") <= NOW_S + LEEWAY_S);
    assert_eq!(claims["sub"], principal.subject());
    assert_eq!(claims["jti"], principal.token_id());
    for role in principal.roles() {
        let claimed = claims["roles"].as_array().expect("roles");
        assert!(claimed.contains(&json!(role.name())), "{claims}");
    }
    true
}

type Parts<'a> = (
    &'a str,
    &'a str,
    &'a [u8],
    &'a [u8],
    Vec<(u8, u8, &'a str, u64)>,
);

fuzz_target!(|parts: Parts| {
    let (header, payload, signature, credentials, changes) = parts;
    let [header, payload] = [header, payload].map(|text| encoded(text.as_bytes()));
    let token = format!("{header}.{payload}.{}", encoded(signature));
    assert!(VERIFIER.verify(&token, NOW_S).is_err());
    for scheme in ["", "Bearer ", "Basic "] {
        let credentials = [scheme.as_bytes(), credentials].concat();
        if let Ok(token) = bearer_token([credentials.as_slice()]) {
            assert!(VERIFIER.verify(&token, NOW_S).is_err());
        }
    }
    // Without a change it is good: what is refused is refused for a change.
    let is_in = signed(&claims(&changes));
    assert!(is_in || !changes.is_empty());
});
