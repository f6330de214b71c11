//! Tokens that must be turned away, each with the code of its refusal, and tokens that must not.
//!
//! One list for every door: the access module's own tests read it, and so can tests that send it
//! over HTTP. It knows nothing of the crate under test; it makes each token by hand, so that a
//! token can be wrong in exactly one way.
#![allow(clippy::unwrap_used)]

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

// By path, so that both crates that read this file find them.
#[path = "tokens/forged.rs"]
mod forged;
#[path = "tokens/ill_claimed.rs"]
mod ill_claimed;

/// What is wrong with a token, the token, and the code of its refusal.
pub type Case = (String, String, &'static str);

/// Somebody with a signing key of their own.
pub struct Issuer {
    algorithm: Algorithm,
    signing: EncodingKey,
    kid: Option<String>,
    issuer: String,
    audience: String,
    /// The public key as SubjectPublicKeyInfo.
    public_der: Vec<u8>,
}

impl Issuer {
    /// An issuer with a new key of the kind that the algorithm needs, by the names that a service
    /// trusts with nothing set.
    pub fn generate(algorithm: Algorithm) -> Self {
        let rng = SystemRandom::new();
        let (signing, public_der) = match algorithm {
            Algorithm::EdDSA => {
                let document = Ed25519KeyPair::generate_pkcs8v1(&rng).unwrap();
                let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
                let public = pair.public_key().as_der().unwrap().as_ref().to_vec();
                (EncodingKey::from_ed_der(document.as_ref()), public)
            }
            Algorithm::ES256 => {
                let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
                let document = EcdsaKeyPair::generate_pkcs8(signing, &rng).unwrap();
                let pair = EcdsaKeyPair::from_pkcs8(signing, document.as_ref()).unwrap();
                let public = pair.public_key().as_der().unwrap().as_ref().to_vec();
                (EncodingKey::from_ec_der(document.as_ref()), public)
            }
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let private = pem("PRIVATE KEY", pair.as_der().unwrap().as_ref());
                let public = pair.public_key().as_der().unwrap().as_ref().to_vec();
                (
                    EncodingKey::from_rsa_pem(private.as_bytes()).unwrap(),
                    public,
                )
            }
            other => panic!("no key is generated for {other:?}"),
        };
        Self::with_key(algorithm, signing, public_der)
    }

    /// The issuer that a service itself is, by the key in its data folder.
    pub fn of_local_key(private_pem: &str) -> Self {
        let signing = EncodingKey::from_ed_pem(private_pem.as_bytes()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(signing.as_bytes()).unwrap();
        let public_der = pair.public_key().as_der().unwrap().as_ref().to_vec();
        Self::with_key(Algorithm::EdDSA, signing, public_der)
    }

    fn with_key(algorithm: Algorithm, signing: EncodingKey, public_der: Vec<u8>) -> Self {
        let jwk = Jwk::from_encoding_key(&signing, algorithm).unwrap();
        Self {
            kid: Some(jwk.thumbprint(ThumbprintHash::SHA256).unwrap()),
            algorithm,
            signing,
            issuer: "almoner-local".to_owned(),
            audience: "almoner".to_owned(),
            public_der,
        }
    }

    /// The public key in PEM.
    pub fn public_pem(&self) -> String {
        pem("PUBLIC KEY", &self.public_der)
    }

    /// The public key as a JWK, with `kid`, `alg` and `use`.
    pub fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The header of a good token.
    pub fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": format!("{:?}", self.algorithm), "kid": self.kid})
    }

    /// The claims of a good token: an auditor's, from now for an hour.
    pub fn claims(&self, now_s: u64) -> Value {
        json!({
            "iss": self.issuer, "aud": self.audience, "sub": "audrey", "jti": "token-1",
            "iat": now_s, "exp": now_s + 3_600,
            "roles": ["auditor"], "scope": "reference:read ledger:read proofs:read",
        })
    }

    /// A token of these two texts, signed as this issuer signs.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        signed(header, claims, &self.signing, self.algorithm)
    }

    /// The good claims with one of them changed, signed.
    pub fn with_claim(&self, now_s: u64, claim: &str, value: Value) -> String {
        self.sign(
            &self.header().to_string(),
            &with(self.claims(now_s), claim, value),
        )
    }

    /// The good header with one member changed, signed.
    pub fn with_header(&self, now_s: u64, member: &str, value: Value) -> String {
        self.sign(
            &with(self.header(), member, value),
            &self.claims(now_s).to_string(),
        )
    }

    /// A good token.
    pub fn good(&self, now_s: u64) -> String {
        self.sign(&self.header().to_string(), &self.claims(now_s).to_string())
    }
}

/// Tokens that a service which trusts this issuer must refuse.
pub fn corpus(issuer: &Issuer, now_s: u64) -> Vec<Case> {
    [
        forged::misshapen(issuer, now_s),
        forged::wrong_headers(issuer, now_s),
        forged::wrong_algorithms(issuer, now_s),
        forged::wrong_signatures(issuer, now_s),
        ill_claimed::wrong_times_and_names(issuer, now_s),
        ill_claimed::missing_claims(issuer, now_s),
        ill_claimed::ill_typed_claims(issuer, now_s),
    ]
    .concat()
}

/// Tokens that a service which trusts this issuer must accept.
pub fn accepted(issuer: &Issuer, now_s: u64) -> Vec<(String, String)> {
    let mut tokens = vec![("a good token".to_owned(), issuer.good(now_s))];
    for typ in ["application/at+jwt", "AT+JWT"] {
        tokens.push((
            format!("typ {typ}"),
            issuer.with_header(now_s, "typ", json!(typ)),
        ));
    }
    if issuer.algorithm == Algorithm::EdDSA {
        let token = issuer.with_header(now_s, "alg", json!("Ed25519"));
        tokens.push(("the algorithm by its newer name".to_owned(), token));
    }
    for (claim, value) in [
        ("aud", json!(["another", issuer.audience])),
        ("nbf", json!(now_s)),
        ("exp", json!(now_s - 10)),
        ("iat", json!(now_s + 10)),
        ("sub", json!("é".repeat(255))),
        ("unheard_of", json!({"iss": 1})),
        ("roles", json!(["auditor", "unheard-of"])),
    ] {
        tokens.push((
            format!("{claim} {value}"),
            issuer.with_claim(now_s, claim, value),
        ));
    }
    tokens
}

/// A text of base64 in a PEM frame.
pub fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

fn signed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn with(mut object: Value, name: &str, value: Value) -> String {
    object[name] = value;
    object.to_string()
}

fn without(mut object: Value, name: &str) -> String {
    assert!(
        object.as_object_mut().unwrap().remove(name).is_some(),
        "{name} was there"
    );
    object.to_string()
}
