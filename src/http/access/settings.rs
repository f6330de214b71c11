//! Whose tokens are accepted, by environment variables. With none set, the service makes its own
//! key, so that it works out of the box and is open to nobody else.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::jwks_url::{JwksUrl, NotTrustworthy};
use super::key_ring::KeyRing;
use super::keys::{KeyError, KeySet};
use super::local_key::LocalKey;
use super::register::SubjectPolicy;

const ISSUER: &str = "ALMONER_JWT_ISSUER";
const AUDIENCE: &str = "ALMONER_JWT_AUDIENCE";
const PUBLIC_KEY: &str = "ALMONER_JWT_PUBLIC_KEY";
const JWKS: &str = "ALMONER_JWT_JWKS";
const SECRET: &str = "ALMONER_JWT_SECRET";
const SUBJECTS: &str = "ALMONER_SUBJECTS";

/// The fewest bytes of a local secret: as many as the hash has (RFC 7518, section 3.2).
const MIN_SECRET_BYTES: usize = 32;

const DEFAULT_ISSUER: &str = "almoner-local";
const DEFAULT_AUDIENCE: &str = "almoner";

/// Whose tokens are accepted, as meant for whom, and where their keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessSettings {
    /// The `iss` of every token: `ALMONER_JWT_ISSUER`, or `almoner-local`.
    pub issuer: String,
    /// What `aud` must include: `ALMONER_JWT_AUDIENCE`, or `almoner`.
    pub audience: String,
    /// Where the keys are.
    pub keys: KeySource,
    /// Whether subjects have to be in the register: `ALMONER_SUBJECTS`, or `issuer`.
    pub subjects: SubjectPolicy,
}

/// Where the keys are that tokens are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The service's own key in its data folder: nothing is set.
    DataFolder,
    /// A public key in a PEM file: `ALMONER_JWT_PUBLIC_KEY`.
    PublicKey(PathBuf),
    /// A JWK Set in a file: `ALMONER_JWT_JWKS`.
    Jwks(PathBuf),
    /// A JWK Set that its issuer publishes: `ALMONER_JWT_JWKS` with a URL.
    JwksUrl(JwksUrl),
    /// A secret shared with whoever makes the tokens: `ALMONER_JWT_SECRET`.
    Secret(Secret),
}

/// A secret of at least 32 bytes, which `Debug` doesn't show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    fn parse(text: String) -> Result<Self, SettingsError> {
        match text.len() {
            MIN_SECRET_BYTES.. => Ok(Self(text)),
            bytes => Err(SettingsError::ShortSecret { bytes }),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// What is wrong with the settings, and what would help.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable is set to nothing.
    #[error("{0} is set but empty: give it a value, or unset it.")]
    Empty(&'static str),
    /// Keys from two places.
    #[error("{0} and {1} are both set, but keys come from one place: unset one of them.")]
    SeveralKeys(&'static str, &'static str),
    /// The secret can be guessed.
    #[error(
        "{SECRET} has {bytes} bytes, but needs at least {MIN_SECRET_BYTES}: make one with \
         `openssl rand -hex 32`."
    )]
    ShortSecret {
        /// How many it has.
        bytes: usize,
    },
    /// A URL that can't be trusted.
    #[error("{JWKS}: {0}.")]
    Jwks(#[from] NotTrustworthy),
    /// Neither of the two policies.
    #[error("{SUBJECTS} is `issuer` or `registered`.")]
    Subjects,
    /// The keys aren't on this machine.
    #[error("The keys are published by their issuer, and aren't on this machine.")]
    Published,
    /// Tokens are made by somebody else.
    #[error(
        "Tokens can't be made here, because {0} is set: get one from the issuer that holds the \
         private key, or unset {0} to use the key of the data folder."
    )]
    SignedElsewhere(&'static str),
    /// A key file can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Default for AccessSettings {
    /// What holds with nothing set.
    fn default() -> Self {
        Self {
            issuer: DEFAULT_ISSUER.to_owned(),
            audience: DEFAULT_AUDIENCE.to_owned(),
            keys: KeySource::DataFolder,
            subjects: SubjectPolicy::Issuer,
        }
    }
}

impl AccessSettings {
    /// The settings in the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| env::var_os(name).map(|it| it.to_string_lossy().into_owned()))
    }

    /// The settings by the named values that `lookup` knows.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let value = |name: &'static str| match lookup(name) {
            Some(value) if value.is_empty() => Err(SettingsError::Empty(name)),
            value => Ok(value),
        };
        let public_key = value(PUBLIC_KEY)?.map(|path| KeySource::PublicKey(path.into()));
        let jwks = value(JWKS)?.map(|place| match JwksUrl::parse(&place) {
            Some(url) => url.map(KeySource::JwksUrl),
            None => Ok(KeySource::Jwks(place.into())),
        });
        let jwks = jwks.transpose()?;
        let secret = value(SECRET)?.map(Secret::parse).transpose()?;
        let secret = secret.map(KeySource::Secret);
        let sources = [(PUBLIC_KEY, public_key), (JWKS, jwks), (SECRET, secret)];
        let mut set = sources
            .into_iter()
            .filter_map(|(name, source)| Some((name, source?)));
        let keys = match (set.next(), set.next()) {
            (None, _) => KeySource::DataFolder,
            (Some((_, source)), None) => source,
            (Some((one, _)), Some((other, _))) => {
                return Err(SettingsError::SeveralKeys(one, other));
            }
        };
        let defaults = Self::default();
        Ok(Self {
            issuer: value(ISSUER)?.unwrap_or(defaults.issuer),
            audience: value(AUDIENCE)?.unwrap_or(defaults.audience),
            keys,
            subjects: match value(SUBJECTS)?.as_deref() {
                None | Some("issuer") => SubjectPolicy::Issuer,
                Some("registered") => SubjectPolicy::Registered,
                Some(_) => return Err(SettingsError::Subjects),
            },
        })
    }

    /// The keys that tokens are checked with, as far as they are here already; those that an issuer
    /// publishes are still to be asked for.
    pub fn key_ring(&self, data_dir: &Path) -> Result<Arc<KeyRing>, SettingsError> {
        match &self.keys {
            KeySource::JwksUrl(_) => Ok(Arc::new(KeyRing::of_issuer())),
            KeySource::DataFolder
            | KeySource::PublicKey(_)
            | KeySource::Jwks(_)
            | KeySource::Secret(_) => Ok(self.key_set(data_dir)?.into()),
        }
    }

    /// Loads the keys that tokens are checked with from where they are on this machine; makes the
    /// local one if it is wanted and not there yet.
    pub fn key_set(&self, data_dir: &Path) -> Result<KeySet, SettingsError> {
        match &self.keys {
            KeySource::DataFolder => Ok(KeySet::of_local(&LocalKey::load_or_create(data_dir)?)),
            KeySource::PublicKey(path) => Ok(KeySet::from_pem_file(path)?),
            KeySource::Jwks(path) => Ok(KeySet::from_jwks_file(path)?),
            KeySource::JwksUrl(_) => Err(SettingsError::Published),
            KeySource::Secret(secret) => Ok(KeySet::of_local(&LocalKey::of_secret(secret))),
        }
    }

    /// The key that tokens are made with, where they are made here.
    pub fn local_key(&self, data_dir: &Path) -> Result<LocalKey, SettingsError> {
        match &self.keys {
            KeySource::DataFolder => Ok(LocalKey::load_or_create(data_dir)?),
            KeySource::PublicKey(_) => Err(SettingsError::SignedElsewhere(PUBLIC_KEY)),
            KeySource::Jwks(_) | KeySource::JwksUrl(_) => Err(SettingsError::SignedElsewhere(JWKS)),
            KeySource::Secret(secret) => Ok(LocalKey::of_secret(secret)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::{AccessSettings, KeySource, SettingsError};

    fn settings(set: &[(&str, &str)]) -> Result<AccessSettings, SettingsError> {
        AccessSettings::from_lookup(|name| {
            set.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn refusal(set: &[(&str, &str)]) -> String {
        settings(set).unwrap_err().to_string()
    }

    const LONG: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn nothing_set_means_the_key_of_the_data_folder() {
        assert_eq!(settings(&[]).unwrap(), AccessSettings::default());
        assert_eq!(AccessSettings::default().keys, KeySource::DataFolder);
    }

    #[test]
    fn each_variable_sets_what_it_names() {
        let named = settings(&[("ALMONER_JWT_ISSUER", "i"), ("ALMONER_JWT_AUDIENCE", "a")]);
        let expected = AccessSettings {
            issuer: "i".into(),
            audience: "a".into(),
            ..AccessSettings::default()
        };
        assert_eq!(named.unwrap(), expected);
        let keys = |name, value| settings(&[(name, value)]).unwrap().keys;
        assert_eq!(
            keys("ALMONER_JWT_PUBLIC_KEY", "k"),
            KeySource::PublicKey("k".into())
        );
        assert_eq!(keys("ALMONER_JWT_JWKS", "k"), KeySource::Jwks("k".into()));
        assert!(matches!(
            keys("ALMONER_JWT_SECRET", LONG),
            KeySource::Secret(_)
        ));
    }

    #[test]
    fn keys_from_two_places_are_refused_by_name() {
        let names = [
            "ALMONER_JWT_PUBLIC_KEY",
            "ALMONER_JWT_JWKS",
            "ALMONER_JWT_SECRET",
        ];
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let sentence = refusal(&[(names[one], LONG), (names[other], LONG)]);
            assert!(sentence.contains(names[one]) && sentence.contains(names[other]));
        }
    }

    #[test]
    fn an_empty_value_is_refused_rather_than_ignored() {
        for name in ["ISSUER", "AUDIENCE", "PUBLIC_KEY", "JWKS", "SECRET"] {
            let name = format!("ALMONER_JWT_{name}");
            assert!(refusal(&[(&name, "")]).starts_with(&format!("{name} is set but empty")));
        }
    }

    #[test]
    fn a_short_secret_is_refused_and_a_secret_is_never_shown() {
        let sentence = refusal(&[("ALMONER_JWT_SECRET", &LONG[1..])]);
        assert!(
            sentence.contains("31 bytes") && !sentence.contains(&LONG[1..]),
            "{sentence}"
        );
        let shown = format!("{:?}", settings(&[("ALMONER_JWT_SECRET", LONG)]).unwrap());
        assert!(!shown.contains(LONG), "{shown}");
    }

    #[test]
    fn with_an_issuer_elsewhere_no_token_is_made_here() {
        for name in ["ALMONER_JWT_PUBLIC_KEY", "ALMONER_JWT_JWKS"] {
            let elsewhere = settings(&[(name, "absent-file")]).unwrap();
            let sentence = elsewhere
                .local_key(Path::new("absent-dir"))
                .unwrap_err()
                .to_string();
            assert!(sentence.contains(name), "{sentence}");
            let sentence = elsewhere
                .key_set(Path::new("absent-dir"))
                .unwrap_err()
                .to_string();
            assert!(sentence.contains("absent-file"), "{sentence}");
        }
    }
}
