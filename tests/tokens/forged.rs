//! Tokens that nobody the service trusts has signed, or that aren't tokens at all.
#![allow(clippy::unwrap_used)]

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::{Case, Issuer, signed, with, without};

/// Not in three parts, or not readable.
pub fn misshapen(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    let good = issuer.good(now_s);
    let [header, payload, signature] = parts(&good);
    let huge = issuer.with_claim(now_s, "padding", json!("x".repeat(8 * 1024)));
    let claims = issuer.claims(now_s).to_string();
    let repeated = claims.replacen('{', r#"{"sub":"mallory","#, 1);
    let escaped = claims.replacen('{', r#"{"\u0073ub":"mallory","#, 1);
    let head = issuer.header().to_string();
    let malformed = |(name, token): (&str, String)| (name.to_owned(), token, "token-malformed");
    [
        ("one part", header.to_owned()),
        ("two parts", format!("{header}.{payload}")),
        ("four parts", format!("{good}.{signature}")),
        (
            "five parts",
            format!("{header}.{payload}.{signature}.{payload}.{signature}"),
        ),
        ("dots alone", "..".to_owned()),
        ("no claims at all", issuer.sign(&head, "")),
        (
            "a padded signature",
            format!("{header}.{payload}.{signature}="),
        ),
        ("standard base64", format!("{header}.{payload}.++//")),
        (
            "a padded header",
            format!("{}.{payload}.{signature}", URL_SAFE.encode("{}")),
        ),
        ("no text at all in it", "not-a-token".to_owned()),
        ("an encrypted token", encrypted()),
        ("a dot behind it", format!("{good}.")),
        ("a dot before it", format!(".{good}")),
        (
            "a letter that isn't base64url",
            format!("{header}.{payload}.{signature}~"),
        ),
        ("trailing bits", with_trailing_bits(&good)),
        (
            "a padded payload",
            format!("{header}.{payload}=.{signature}"),
        ),
        ("a signed token in it", issuer.sign(&head, &good)),
        ("more than 8 KiB", huge),
        ("a repeated claim", issuer.sign(&head, &repeated)),
        ("a repeated claim, escaped", issuer.sign(&head, &escaped)),
        ("claims that are a list", issuer.sign(&head, "[]")),
        ("claims that aren't JSON", issuer.sign(&head, &claims[1..])),
        (
            "something after the claims",
            issuer.sign(&head, &format!("{claims}{{}}")),
        ),
        ("a header that is a list", issuer.sign("[]", &claims)),
        (
            "a repeated member",
            issuer.sign(&head.replacen('{', r#"{"alg":"none","#, 1), &claims),
        ),
        (
            "a kid that is a number",
            issuer.with_header(now_s, "kid", json!(1)),
        ),
        (
            "a kid that is null",
            issuer.with_header(now_s, "kid", Value::Null),
        ),
    ]
    .map(malformed)
    .to_vec()
}

/// Of another type, with members that are never accepted, or by a key nobody knows.
pub fn wrong_headers(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    let claims = issuer.claims(now_s).to_string();
    let mut cases = Vec::new();
    for typ in [
        json!("JWT"),
        json!("id+jwt"),
        json!("at+jwt "),
        json!(""),
        json!(["at+jwt"]),
    ] {
        let token = issuer.with_header(now_s, "typ", typ.clone());
        cases.push((format!("typ {typ}"), token, "token-wrong-type"));
    }
    let untyped = issuer.sign(&without(issuer.header(), "typ"), &claims);
    cases.push(("no typ".to_owned(), untyped, "token-wrong-type"));
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));
    cases.push((
        "a deep header".to_owned(),
        issuer.sign(&deep, &claims),
        "token-wrong-type",
    ));

    let mallory = Issuer::generate(issuer.algorithm);
    let mut embedded = mallory.header();
    embedded["jwk"] = mallory.jwk();
    let embedded = mallory.sign(&embedded.to_string(), &claims);
    cases.push((
        "a key brought along".to_owned(),
        embedded,
        "token-unsupported-header",
    ));
    for (member, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("jku", json!("https://mallory.example/jwks.json")),
        ("x5u", json!("https://mallory.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("enc", json!("A256GCM")),
        ("jwk", json!({})),
        ("zip", json!("DEF")),
    ] {
        let token = issuer.with_header(now_s, member, value.clone());
        cases.push((
            format!("{member} {value}"),
            token,
            "token-unsupported-header",
        ));
    }
    for kid in [
        "",
        "other",
        "../../../../dev/null",
        "/etc/passwd",
        "file:///dev/null",
        "https://mallory.example/jwks.json#0",
        "' OR '1'='1",
        "key\u{0}",
    ] {
        let token = issuer.with_header(now_s, "kid", json!(kid));
        cases.push((format!("kid {kid:?}"), token, "token-unknown-key"));
    }
    cases
}

/// With an algorithm that is not the key's.
pub fn wrong_algorithms(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    const CODE: &str = "token-wrong-algorithm";
    let claims = issuer.claims(now_s).to_string();
    let mut cases = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", ""] {
        let header = with(issuer.header(), "alg", json!(none));
        let signed = issuer.sign(&header, &claims);
        let unsigned = signed[..=signed.rfind('.').unwrap()].to_owned();
        cases.push((format!("alg {none:?}, signed"), signed, CODE));
        cases.push((format!("alg {none:?}, not signed"), unsigned, CODE));
    }
    let header = with(issuer.header(), "alg", json!("HS256"));
    let point = &issuer.public_der[issuer.public_der.len() - 32..];
    for secret in [issuer.public_pem().as_bytes(), &issuer.public_der, point] {
        let key = EncodingKey::from_secret(secret);
        let token = signed(&header, &claims, &key, Algorithm::HS256);
        cases.push((
            format!("HS256 with {} public bytes", secret.len()),
            token,
            CODE,
        ));
    }
    for alg in [
        "EdDSA", "ES256", "RS256", "HS256", "PS256", "ES384", "HS512", "RS512", "ed25519",
    ] {
        if alg != format!("{:?}", issuer.algorithm) {
            let token = issuer.with_header(now_s, "alg", json!(alg));
            cases.push((
                format!("alg {alg} over the key's own signature"),
                token,
                CODE,
            ));
        }
    }
    cases.push((
        "no alg".to_owned(),
        issuer.sign(&without(issuer.header(), "alg"), &claims),
        CODE,
    ));
    cases.push((
        "alg a list".to_owned(),
        issuer.with_header(now_s, "alg", json!(["none"])),
        CODE,
    ));
    cases
}

/// With a signature of something else, or by somebody else.
pub fn wrong_signatures(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    let good = issuer.good(now_s);
    let [header, payload, signature] = parts(&good);
    let whole = (signature.len() - 1) / 4 * 4;
    let zeros = URL_SAFE_NO_PAD.encode(vec![0; URL_SAFE_NO_PAD.decode(signature).unwrap().len()]);
    let claims = issuer.claims(now_s).to_string();
    let mallory = Issuer::generate(issuer.algorithm);
    let other = issuer.with_claim(now_s, "sub", json!("mallory"));
    let bad = |(name, token): (&str, String)| (name.to_owned(), token, "token-bad-signature");
    [
        (
            "another's key",
            mallory.sign(&issuer.header().to_string(), &claims),
        ),
        (
            "another's signature",
            format!("{header}.{}.{signature}", parts(&other)[1]),
        ),
        (
            "a changed payload",
            format!("{header}.{}.{signature}", with_a_letter_changed(payload)),
        ),
        (
            "a changed signature",
            format!("{header}.{payload}.{}", with_a_letter_changed(signature)),
        ),
        (
            "a signature cut short",
            format!("{header}.{payload}.{}", &signature[..whole]),
        ),
        (
            "a longer signature",
            format!("{header}.{payload}.{}AAAA", &signature[..whole]),
        ),
        ("a payload taken out", format!("{header}..{signature}")),
        ("an empty signature", format!("{header}.{payload}.")),
        (
            "a signature of zeros",
            format!("{header}.{payload}.{zeros}"),
        ),
    ]
    .map(bad)
    .to_vec()
}

/// A JWE in its five parts (RFC 7516), as it would carry a nested token.
fn encrypted() -> String {
    let header = json!({"typ": "at+jwt", "alg": "dir", "enc": "A256GCM", "cty": "JWT"});
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let part = URL_SAFE_NO_PAD.encode([7; 12]);
    format!("{header}..{part}.{part}.{part}")
}

/// The same bytes in another spelling: the last letter's unused bits are set.
fn with_trailing_bits(token: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (before, last) = token.split_at(token.len() - 1);
    let place = ALPHABET.find(last).unwrap();
    // Signatures of 64 or 256 bytes leave four bits over, or two: the lowest is always unused.
    format!("{before}{}", &ALPHABET[place + 1..=place + 1])
}

fn parts(token: &str) -> [&str; 3] {
    token.split('.').collect::<Vec<_>>().try_into().unwrap()
}

/// Another letter in the middle, where every bit of it counts.
fn with_a_letter_changed(part: &str) -> String {
    let (before, after) = part.split_at(part.len() / 2);
    let other = if after.starts_with('A') { 'B' } else { 'A' };
    format!("{before}{other}{}", &after[1..])
}
