//! The keys that tokens are checked with.
//!
//! Guarantees: each key has one algorithm, decided by what kind of key it is when it is loaded
//! (Ed25519: EdDSA; P-256: ES256; RSA of 2048 to 8192 bits: RS256; a local secret: HS256), so a
//! public key can never serve as an HMAC secret. Every key was parsed by the cryptographic library
//! before the first token comes. No file of public keys may hold a secret.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey};

use super::jwks;
use super::local_key::LocalKey;
use super::settings::Secret;

const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key file that can't be used, and what would help.
#[derive(Debug, thiserror::Error)]
#[error("The key file {} can't be used: {fault}", path.display())]
pub struct KeyError {
    path: PathBuf,
    #[source]
    fault: KeyFault,
}

impl KeyError {
    pub(super) fn new(path: &Path, fault: KeyFault) -> Self {
        Self {
            path: path.to_owned(),
            fault,
        }
    }
}

/// What is wrong with a key.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyFault {
    #[error("{0}.")]
    Io(#[from] std::io::Error),
    #[error("it isn't one PEM block named PUBLIC KEY or RSA PUBLIC KEY.")]
    NotPublicPem,
    #[error("it holds a private key; give this service the public key alone.")]
    PrivatePem,
    #[error("the key must be Ed25519, P-256, or RSA of 2048 to 8192 bits.")]
    Unsupported,
    #[error("it isn't a JWK Set: a JSON object with a list `keys`.")]
    NotJwks,
    #[error("a key in it is symmetric (`oct`): whoever reads it could make tokens.")]
    SymmetricJwk,
    #[error("a key in it is private (it has `d`); publish the public members alone.")]
    PrivateJwk,
    #[error("a signing key in it is malformed, or RSA of fewer than 2048 bits.")]
    BadJwk,
    #[error("two keys in it have the same `kid`; give each its own.")]
    RepeatedKid,
    #[error("it has several signing keys, one of them without `kid`; give each its own.")]
    MissingKid,
    #[error("it has no signing key of a kind that is accepted: EdDSA, ES256 or RS256.")]
    NoUsableKey,
    #[error("it isn't an Ed25519 private key in PKCS#8 PEM; move it away to get a new one.")]
    BadLocalKey,
    #[error("others may read it; let its owner alone do so (chmod 600).")]
    ExposedLocalKey,
    #[error("the system didn't make a key.")]
    NoKeyMade,
}

/// The public part of a key, before it is known to be good.
#[derive(Debug)]
pub(super) enum Material {
    Ed25519 { x: Vec<u8> },
    P256 { x: Vec<u8>, y: Vec<u8> },
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl Material {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Material::Ed25519 { x } => x.clone(),
            Material::P256 { x, y } => [&x[..], &y[..]].concat(),
            Material::Rsa { n, e } => [&n[..], &[0], &e[..]].concat(),
        }
    }
}

/// A key and the one algorithm it is used with.
#[derive(Debug, Clone)]
pub(super) struct VerificationKey {
    id: Option<String>,
    algorithm: Algorithm,
    decoding: DecodingKey,
    /// The public key's own bytes, to be compared; none of a secret.
    public: Vec<u8>,
}

impl PartialEq for VerificationKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, self.algorithm, &self.public) == (&other.id, other.algorithm, &other.public)
    }
}

impl VerificationKey {
    /// Takes the key if the cryptographic library does, with the algorithm of its kind.
    pub(super) fn new(material: Material, id: Option<String>) -> Option<Self> {
        let public = material.bytes();
        let (algorithm, decoding) = match material {
            Material::Ed25519 { x } => {
                UnparsedPublicKey::new(&ED25519, &x).parse().ok()?;
                (Algorithm::EdDSA, DecodingKey::from_ed_der(&x))
            }
            Material::P256 { x, y } => {
                let point = [&[4], &x[..], &y[..]].concat();
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
                    .parse()
                    .ok()?;
                (Algorithm::ES256, DecodingKey::from_ec_der(&point))
            }
            Material::Rsa { n, e } => {
                if !RSA_BITS.contains(&bits(&n)) {
                    return None;
                }
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
                (
                    Algorithm::RS256,
                    DecodingKey::from_rsa_raw_components(&n, &e),
                )
            }
        };
        Some(Self {
            id,
            algorithm,
            decoding,
            public,
        })
    }

    pub(super) fn of_secret(secret: &Secret) -> Self {
        let decoding = DecodingKey::from_secret(secret.bytes());
        Self {
            id: None,
            algorithm: Algorithm::HS256,
            decoding,
            public: Vec::new(),
        }
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// Whether a header's `alg` names this key's algorithm. RFC 9864 gave EdDSA on this curve a
    /// name of its own, which newer issuers use.
    pub(super) fn has_algorithm(&self, name: &str) -> bool {
        let algorithm = match name {
            "EdDSA" | "Ed25519" => Algorithm::EdDSA,
            "ES256" => Algorithm::ES256,
            "RS256" => Algorithm::RS256,
            "HS256" => Algorithm::HS256,
            _ => return false,
        };
        algorithm == self.algorithm
    }
}

fn bits(modulus: &[u8]) -> usize {
    let significant = modulus.iter().skip_while(|byte| **byte == 0).count();
    let first = modulus
        .iter()
        .find(|byte| **byte != 0)
        .copied()
        .unwrap_or(0);
    significant * 8
        - if significant == 0 {
            0
        } else {
            first.leading_zeros() as usize
        }
}

/// The keys of one issuer: one or several, never none.
#[derive(Debug, PartialEq)]
pub struct KeySet(Vec<VerificationKey>);

impl KeySet {
    /// The public key in a PEM file; its kind decides the algorithm.
    pub fn from_pem_file(path: &Path) -> Result<Self, KeyError> {
        let read = || Self::from_pem(&fs::read_to_string(path)?);
        read().map_err(|fault| KeyError::new(path, fault))
    }

    /// The signing keys in a JWK Set file.
    pub fn from_jwks_file(path: &Path) -> Result<Self, KeyError> {
        let read = || Self::from_jwks(&fs::read_to_string(path)?);
        read().map_err(|fault| KeyError::new(path, fault))
    }

    /// What the local key signs is checked with.
    pub fn of_local(key: &LocalKey) -> Self {
        Self(vec![key.verification().clone()])
    }

    pub(super) fn from_pem(text: &str) -> Result<Self, KeyFault> {
        let key = VerificationKey::new(public_pem(text)?, None).ok_or(KeyFault::Unsupported)?;
        Ok(Self(vec![key]))
    }

    pub(super) fn from_jwks(json: &str) -> Result<Self, KeyFault> {
        let keys = jwks::signing_keys(json)?;
        for (at, key) in keys.iter().enumerate() {
            if key.id.is_none() && keys.len() > 1 {
                return Err(KeyFault::MissingKid);
            }
            if keys[..at].iter().any(|earlier| earlier.id == key.id) {
                return Err(KeyFault::RepeatedKid);
            }
        }
        if keys.is_empty() {
            return Err(KeyFault::NoUsableKey);
        }
        Ok(Self(keys))
    }

    /// The key a token means. A key without an id is alone (see above) and meant by every token:
    /// a PEM file has no place for the id that its issuer uses. A token without one means the key
    /// that is alone.
    pub(super) fn select(&self, kid: Option<&str>) -> Option<&VerificationKey> {
        match (kid, &self.0[..]) {
            (None, [only]) => Some(only),
            (Some(_), [only]) if only.id.is_none() => Some(only),
            (Some(kid), keys) => keys.iter().find(|key| key.id.as_deref() == Some(kid)),
            (None, _) => None,
        }
    }
}

/// Reads the one public key in a PEM text. The label is looked at here because the library takes a
/// private key or a certificate for a public one.
fn public_pem(text: &str) -> Result<Material, KeyFault> {
    let labels = || {
        text.lines()
            .filter_map(|line| line.trim().strip_prefix("-----BEGIN "))
    };
    if labels().any(|label| label.contains("PRIVATE KEY")) {
        return Err(KeyFault::PrivatePem);
    }
    match labels().collect::<Vec<_>>()[..] {
        ["PUBLIC KEY-----" | "RSA PUBLIC KEY-----"] => {}
        _ => return Err(KeyFault::NotPublicPem),
    }
    let pem = text.as_bytes();
    let key = DecodingKey::from_ed_pem(pem)
        .or_else(|_| DecodingKey::from_ec_pem(pem))
        .or_else(|_| DecodingKey::from_rsa_pem(pem))
        .map_err(|_| KeyFault::Unsupported)?;
    let jwk = Jwk::from_decoding_key(&key, None).map_err(|_| KeyFault::Unsupported)?;
    let decode = |text: &str| {
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| KeyFault::Unsupported)
    };
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            Ok(Material::Ed25519 { x: decode(&key.x)? })
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Ok(Material::P256 {
                x: decode(&key.x)?,
                y: decode(&key.y)?,
            })
        }
        AlgorithmParameters::RSA(key) => Ok(Material::Rsa {
            n: decode(&key.n)?,
            e: decode(&key.e)?,
        }),
        _ => Err(KeyFault::Unsupported),
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
