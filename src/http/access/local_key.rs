//! The key that signs tokens where no issuer is set up: made on first start, kept in the data
//! folder, so that `token` and `serve` agree without any setting.
//!
//! Guarantees: the file is whole or absent, never half written; processes that start at once all
//! end up with the same key; nobody but the file's owner may read it, or it isn't used.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use uuid::Uuid;

use super::keys::{KeyError, KeyFault, Material, VerificationKey};
use super::settings::Secret;

const FILE_NAME: &str = "signing-key.pem";

/// A key that signs tokens here, and its public half. Its `Debug` shows neither.
#[derive(Clone)]
pub struct LocalKey {
    /// RFC 7638's thumbprint of the public half; a secret has none to show.
    id: Option<String>,
    signing: EncodingKey,
    verification: VerificationKey,
}

impl std::fmt::Debug for LocalKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LocalKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl LocalKey {
    /// The Ed25519 key in this folder, made if there is none yet, as is the folder.
    pub fn load_or_create(dir: &Path) -> Result<Self, KeyError> {
        let pem = key_file(dir, FILE_NAME)?;
        Self::from_pem(&pem).map_err(|fault| KeyError::new(&dir.join(FILE_NAME), fault))
    }

    pub(super) fn of_secret(secret: &Secret) -> Self {
        Self {
            id: None,
            signing: EncodingKey::from_secret(secret.bytes()),
            verification: VerificationKey::of_secret(secret),
        }
    }

    fn from_pem(pem: &str) -> Result<Self, KeyFault> {
        let bad = |_| KeyFault::BadLocalKey;
        let signing = EncodingKey::from_ed_pem(pem.as_bytes()).map_err(bad)?;
        let pair =
            Ed25519KeyPair::from_pkcs8(signing.as_bytes()).map_err(|_| KeyFault::BadLocalKey)?;
        let jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(bad)?;
        let id = Some(jwk.thumbprint(ThumbprintHash::SHA256).map_err(bad)?);
        let material = Material::Ed25519 {
            x: pair.public_key().as_ref().to_vec(),
        };
        let verification =
            VerificationKey::new(material, id.clone()).ok_or(KeyFault::BadLocalKey)?;
        Ok(Self {
            id,
            signing,
            verification,
        })
    }

    /// The header of a token that this key signs.
    pub(super) fn header(&self) -> Header {
        let mut header = Header::new(self.verification.algorithm());
        header.typ = Some("at+jwt".to_owned());
        header.kid = self.id.clone();
        header
    }

    pub(super) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    pub(super) fn verification(&self) -> &VerificationKey {
        &self.verification
    }
}

/// The PEM of the Ed25519 key in a file of that name in this folder, made if there is none yet, as
/// is the folder.
pub fn key_file(dir: &Path, name: &str) -> Result<String, KeyError> {
    let path = dir.join(name);
    let load = || match read(&path)? {
        Some(pem) => Ok(pem),
        None => {
            create(dir, &path, name)?;
            // Read back even what was just written: another process may have been first.
            read(&path)?.ok_or(KeyFault::BadLocalKey)
        }
    };
    load().map_err(|fault| KeyError::new(&path, fault))
}

fn read(path: &Path) -> Result<Option<String>, KeyFault> {
    match fs::metadata(path) {
        Ok(metadata) if is_exposed(&metadata) => return Err(KeyFault::ExposedLocalKey),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    Ok(Some(fs::read_to_string(path)?))
}

/// Writes a new key beside the file, then links it to its name. Linking fails where there is a
/// file already, so the first process wins; renaming would let the last one, after others had
/// read the first one's key.
fn create(dir: &Path, path: &Path, name: &str) -> Result<(), KeyFault> {
    open_to_pass(DirBuilder::new().recursive(true)).create(dir)?;
    let document =
        Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(|_| KeyFault::NoKeyMade)?;
    // The 48 bytes of this document are one line of base64.
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(document.as_ref())
    );
    let draft = dir.join(format!("{name}.{}", Uuid::now_v7().simple()));
    let mut file = private_file(OpenOptions::new().write(true).create_new(true)).open(&draft)?;
    let linked = file
        .write_all(pem.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(unix)]
// Others may pass through, as the private database is kept below and, for root, runs as somebody
// else; nobody but its owner may list it.
fn open_to_pass(builder: &mut DirBuilder) -> &mut DirBuilder {
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o711)
}

#[cfg(unix)]
fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(unix)]
fn is_exposed(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

// Elsewhere the folder's own access list decides.
#[cfg(not(unix))]
// Others may pass through, as the private database is kept below and, for root, runs as somebody
// else; nobody but its owner may list it.
fn open_to_pass(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

#[cfg(not(unix))]
fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn is_exposed(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
    use std::sync::Barrier;
    use std::thread;

    use super::{FILE_NAME, LocalKey};
    use crate::http::access::tests::Scratch;

    fn id(key: &LocalKey) -> String {
        key.id.clone().unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_found_again() {
        let scratch = Scratch::new();
        let dir = scratch.path().join("not/there/yet");
        let first = LocalKey::load_or_create(&dir).unwrap();
        assert_eq!(id(&LocalKey::load_or_create(&dir).unwrap()), id(&first));
        let names: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|it| it.unwrap().file_name())
            .collect();
        assert_eq!(names, [FILE_NAME], "nothing is left over");
        let other = LocalKey::load_or_create(&scratch.path().join("other")).unwrap();
        assert_ne!(id(&other), id(&first));
    }

    #[test]
    fn starts_at_the_same_moment_agree_on_one_key() {
        for _ in 0..20 {
            let scratch = Scratch::new();
            let barrier = Barrier::new(8);
            let start = || {
                barrier.wait();
                id(&LocalKey::load_or_create(scratch.path()).unwrap())
            };
            let ids: Vec<String> = thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .collect()
            });
            assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;

        let scratch = Scratch::new();
        LocalKey::load_or_create(scratch.path()).unwrap();
        let file = scratch.path().join(FILE_NAME);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let refusal = LocalKey::load_or_create(scratch.path())
                .unwrap_err()
                .to_string();
            assert!(refusal.contains("chmod 600"), "{refusal}");
        }
    }

    #[test]
    fn a_damaged_key_is_refused_and_not_replaced() {
        let scratch = Scratch::new();
        LocalKey::load_or_create(scratch.path()).unwrap();
        let file = scratch.path().join(FILE_NAME);
        let pem = fs::read_to_string(&file).unwrap();
        for damaged in ["", &pem[..60], &pem.replace("PRIVATE", "PUBLIC")] {
            fs::write(&file, damaged).unwrap();
            let refusal = LocalKey::load_or_create(scratch.path())
                .unwrap_err()
                .to_string();
            assert!(refusal.contains("Ed25519 private key"), "{refusal}");
            assert_eq!(fs::read_to_string(&file).unwrap(), damaged);
        }
    }

    #[test]
    fn the_key_is_not_shown_by_debug() {
        let scratch = Scratch::new();
        let key = LocalKey::load_or_create(scratch.path()).unwrap();
        let shown = format!("{key:?}");
        assert_eq!(
            shown,
            format!("LocalKey {{ id: Some({:?}), .. }}", id(&key))
        );
    }
}
