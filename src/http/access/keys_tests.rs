//! Keys that are read, and those that are refused.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::{KeyFault, KeySet, bits};
use crate::http::access::tests::Scratch;
use crate::http::access::tests::tokens::{Issuer, pem};

fn from_jwks(keys: &[Value]) -> Result<KeySet, KeyFault> {
    KeySet::from_jwks(&json!({ "keys": keys }).to_string())
}

fn fault(keys: &[Value]) -> KeyFault {
    from_jwks(keys).unwrap_err()
}

fn changed(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

fn p384_pem() -> String {
    let signing = &ECDSA_P384_SHA384_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(signing, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(signing, document.as_ref()).unwrap();
    pem("PUBLIC KEY", pair.public_key().as_der().unwrap().as_ref())
}

/// A modulus of that many bits, odd as they all are.
fn modulus(bits: usize) -> String {
    let mut bytes = vec![0xff; bits / 8];
    if let Some(first) = bytes.first_mut() {
        *first = 0x80;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn the_kind_of_a_key_decides_its_one_algorithm() {
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let issuer = Issuer::generate(algorithm);
        let unlabelled = changed(issuer.jwk(), "alg", Value::Null);
        let sets = [
            KeySet::from_pem(&issuer.public_pem()).unwrap(),
            from_jwks(&[issuer.jwk()]).unwrap(),
            from_jwks(&[unlabelled]).unwrap(),
        ];
        for set in sets {
            let key = set.select(None).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            assert!(key.has_algorithm(&format!("{algorithm:?}")));
            assert!(!key.has_algorithm("HS256") && !key.has_algorithm("none"));
        }
    }
}

#[test]
fn a_key_file_that_is_not_one_public_key_is_refused_with_what_would_help() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    let public = issuer.public_pem();
    let private = public.replace("PUBLIC", "PRIVATE");
    let fault = |text: &str| KeySet::from_pem(text).unwrap_err();
    assert!(matches!(fault(&private), KeyFault::PrivatePem));
    assert!(matches!(
        fault(&private.replace("PRIVATE", "RSA PRIVATE")),
        KeyFault::PrivatePem
    ));
    assert!(matches!(
        fault(&format!("{public}{private}")),
        KeyFault::PrivatePem
    ));
    assert!(matches!(
        fault(&format!("{public}{public}")),
        KeyFault::NotPublicPem
    ));
    let certificate = public.replace("PUBLIC KEY", "CERTIFICATE");
    assert!(matches!(fault(&certificate), KeyFault::NotPublicPem));
    assert!(matches!(fault(""), KeyFault::NotPublicPem));
    assert!(matches!(
        fault(&public.replace("MC", "AA")),
        KeyFault::Unsupported
    ));
    assert!(matches!(fault(&p384_pem()), KeyFault::Unsupported));
}

#[test]
fn a_jwk_set_that_holds_a_secret_is_refused_whole() {
    let good = Issuer::generate(Algorithm::EdDSA).jwk();
    let secret = json!({"kty": "oct", "k": "AAAA", "kid": "s", "alg": "HS256"});
    assert!(matches!(
        fault(&[good.clone(), secret]),
        KeyFault::SymmetricJwk
    ));
    let for_encryption = json!({"kty": "oct", "use": "enc", "kid": "s"});
    assert!(matches!(
        fault(&[good.clone(), for_encryption]),
        KeyFault::SymmetricJwk
    ));
    let private = changed(good.clone(), "d", json!("AAAA"));
    assert!(matches!(fault(&[private]), KeyFault::PrivateJwk));
}

#[test]
fn keys_for_other_uses_and_of_other_kinds_are_passed_over() {
    let good = Issuer::generate(Algorithm::EdDSA).jwk();
    let other = Issuer::generate(Algorithm::ES256).jwk();
    let passed_over = [
        changed(other.clone(), "use", json!("enc")),
        changed(other.clone(), "key_ops", json!(["encrypt"])),
        changed(other.clone(), "alg", json!("ES384")),
        changed(other.clone(), "alg", json!("HS256")),
        changed(other.clone(), "crv", json!("P-384")),
        changed(other.clone(), "kty", json!("AKP")),
    ];
    for entry in passed_over {
        assert!(
            matches!(fault(std::slice::from_ref(&entry)), KeyFault::NoUsableKey),
            "{entry}"
        );
        let set = from_jwks(&[entry, good.clone()]).unwrap();
        assert!(set.select(good["kid"].as_str()).is_some());
        assert!(set.select(other["kid"].as_str()).is_none());
    }
    let verifies = changed(good.clone(), "key_ops", json!(["verify"]));
    assert!(from_jwks(&[verifies]).is_ok());
    assert!(matches!(fault(&[]), KeyFault::NoUsableKey));
}

#[test]
fn a_malformed_signing_key_is_refused_when_it_is_loaded() {
    let [ed, ec] = [Algorithm::EdDSA, Algorithm::ES256].map(|it| Issuer::generate(it).jwk());
    // The right bytes, but a coordinate that ends one byte early.
    let [x, y] = ["x", "y"].map(|it| URL_SAFE_NO_PAD.decode(ec[it].as_str().unwrap()).unwrap());
    let shifted = [&x[31..], &y[..]].concat();
    let shifted = changed(ec.clone(), "y", json!(URL_SAFE_NO_PAD.encode(shifted)));
    let shifted = changed(shifted, "x", json!(URL_SAFE_NO_PAD.encode(&x[..31])));
    let bad = [
        shifted,
        changed(ed.clone(), "x", json!("AAAA")),
        changed(ed.clone(), "x", Value::Null),
        changed(ed.clone(), "x", json!("not base64!")),
        changed(ec.clone(), "y", ec["x"].clone()),
        changed(
            ec.clone(),
            "x",
            json!(format!("AAAA{}", ec["x"].as_str().unwrap())),
        ),
        json!({"kty": "RSA", "n": modulus(2040), "e": "AQAB"}),
        json!({"kty": "RSA", "n": modulus(1024), "e": "AQAB"}),
        json!({"kty": "RSA", "n": format!("AAAA{}", modulus(2040)), "e": "AQAB"}),
        json!({"kty": "RSA", "n": modulus(8200), "e": "AQAB"}),
        json!({"kty": "RSA", "n": "", "e": "AQAB"}),
    ];
    for entry in bad {
        assert!(
            matches!(fault(std::slice::from_ref(&entry)), KeyFault::BadJwk),
            "{entry}"
        );
    }
    assert!(from_jwks(&[json!({"kty": "RSA", "n": modulus(2048), "e": "AQAB"})]).is_ok());
}

#[test]
fn several_keys_need_ids_of_their_own() {
    let [one, two] = [Algorithm::EdDSA, Algorithm::ES256].map(|it| Issuer::generate(it).jwk());
    let unnamed = changed(one.clone(), "kid", Value::Null);
    assert!(from_jwks(std::slice::from_ref(&unnamed)).is_ok());
    assert!(matches!(
        fault(&[unnamed.clone(), two.clone()]),
        KeyFault::MissingKid
    ));
    assert!(matches!(
        fault(&[two.clone(), unnamed]),
        KeyFault::MissingKid
    ));
    let twin = changed(two, "kid", one["kid"].clone());
    assert!(matches!(fault(&[one, twin]), KeyFault::RepeatedKid));
}

#[test]
fn what_is_no_jwk_set_is_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":[{}]}"#,
        r#"{"kty":"OKP"}"#,
    ] {
        assert!(
            matches!(KeySet::from_jwks(text).unwrap_err(), KeyFault::NotJwks),
            "{text}"
        );
    }
}

#[test]
fn a_key_file_is_named_in_what_is_said_about_it() {
    let scratch = Scratch::new();
    let path = scratch.path().join("keys");
    let absent = KeySet::from_jwks_file(&path).unwrap_err().to_string();
    assert!(absent.contains("keys can't be used: "), "{absent}");
    std::fs::write(&path, Issuer::generate(Algorithm::EdDSA).public_pem()).unwrap();
    assert!(KeySet::from_pem_file(&path).is_ok());
    let mixed_up = KeySet::from_jwks_file(&path).unwrap_err().to_string();
    assert!(mixed_up.ends_with("it isn't a JWK Set: a JSON object with a list `keys`."));
}

#[test]
fn leading_zeros_do_not_count_as_bits() {
    assert_eq!(bits(&[]), 0);
    assert_eq!(bits(&[0, 0]), 0);
    assert_eq!(bits(&[1]), 1);
    assert_eq!(bits(&[0, 0, 0x80, 0]), 16);
    assert_eq!(bits(&[0x01, 0xff]), 9);
}
