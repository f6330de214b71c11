//! Reading a JWK Set (RFC 7517).
//!
//! A set may list keys for other uses and of other kinds; those are passed over, as section 5 of
//! the RFC asks, and a token that names one of them names no key of ours. What makes the whole
//! file refused is what nobody can have meant: a symmetric key, a private one, or a signing key
//! of an accepted kind that is malformed or too short.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::keys::{KeyFault, Material, VerificationKey};

#[derive(Deserialize)]
struct Set {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    /// The private exponent or scalar.
    d: Option<serde::de::IgnoredAny>,
    /// A symmetric key.
    k: Option<serde::de::IgnoredAny>,
}

/// The keys of the set that can sign tokens; possibly none.
pub(super) fn signing_keys(json: &str) -> Result<Vec<VerificationKey>, KeyFault> {
    let set: Set = serde_json::from_str(json).map_err(|_| KeyFault::NotJwks)?;
    let mut keys = Vec::new();
    for entry in set.keys {
        if entry.kty == "oct" || entry.k.is_some() {
            return Err(KeyFault::SymmetricJwk);
        }
        if entry.d.is_some() {
            return Err(KeyFault::PrivateJwk);
        }
        if !entry.is_for_signatures() {
            continue;
        }
        if let Some(material) = entry.material()? {
            keys.push(VerificationKey::new(material, entry.kid).ok_or(KeyFault::BadJwk)?);
        }
    }
    Ok(keys)
}

impl Entry {
    fn is_for_signatures(&self) -> bool {
        let purpose = self
            .purpose
            .as_deref()
            .is_none_or(|purpose| purpose == "sig");
        let verifies = |operations: &Vec<String>| operations.iter().any(|it| it == "verify");
        purpose && self.key_ops.as_ref().is_none_or(verifies)
    }

    /// The key, if `kty`, `crv` and `alg` agree on a kind that is accepted here.
    fn material(&self) -> Result<Option<Material>, KeyFault> {
        let alg = self.alg.as_deref();
        let material = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) if matches!(alg, None | Some("EdDSA" | "Ed25519")) => {
                Material::Ed25519 { x: bytes(&self.x)? }
            }
            ("EC", Some("P-256")) if matches!(alg, None | Some("ES256")) => Material::P256 {
                x: bytes(&self.x)?,
                y: bytes(&self.y)?,
            },
            ("RSA", _) if matches!(alg, None | Some("RS256")) => Material::Rsa {
                n: bytes(&self.n)?,
                e: bytes(&self.e)?,
            },
            _ => return Ok(None),
        };
        Ok(Some(material))
    }
}

fn bytes(member: &Option<String>) -> Result<Vec<u8>, KeyFault> {
    let text = member.as_deref().ok_or(KeyFault::BadJwk)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::BadJwk)
}
