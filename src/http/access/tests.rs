//! Tokens against the verifier, with keys of every kind from every place.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    AccessError, AccessSettings, KeySet, KeySource, LocalKey, Markets, MintError, MintRequest,
    Party, Principal, Role, Verifier, Visibility, mint, now_s,
};

// The same tokens are sent over HTTP by the integration tests.
#[path = "../../../tests/tokens.rs"]
pub(super) mod tokens;

use tokens::{Issuer, accepted, corpus};

const NOW: u64 = 1_795_500_000;

/// A folder of the test's own, removed at its end.
pub(super) struct Scratch(PathBuf);

impl Scratch {
    pub(super) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("almoner-access-{}", Uuid::now_v7().simple()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn verifier(keys: KeySet) -> Verifier {
    Verifier::new(keys, &AccessSettings::default())
}

fn jwks(keys: &[Value]) -> KeySet {
    KeySet::from_jwks(&json!({ "keys": keys }).to_string()).unwrap()
}

/// The code of the refusal, or `accepted`; no sentence may hold a part of the token.
fn code_of(verifier: &Verifier, token: &str) -> &'static str {
    let Err(refusal) = verifier.verify(token, NOW) else {
        return "accepted";
    };
    let told = format!("{refusal} {refusal:?} {}", refusal.challenge());
    for part in token.split('.').filter(|part| part.len() > 8) {
        assert!(!told.contains(part), "{told}");
    }
    assert!(
        !told.contains("mallory") && !told.contains("audrey"),
        "{told}"
    );
    refusal.code()
}

fn assert_corpus(verifier: &Verifier, issuer: &Issuer, any_kid: bool) {
    for (name, token, code) in corpus(issuer, NOW) {
        let expected = if any_kid && code == "token-unknown-key" {
            "accepted"
        } else {
            code
        };
        assert_eq!(code_of(verifier, &token), expected, "{name}");
        assert_eq!(code_of(verifier, &token), expected, "{name}, sent again");
    }
    for (name, token) in accepted(issuer, NOW) {
        assert_eq!(code_of(verifier, &token), "accepted", "{name}");
        assert_eq!(code_of(verifier, &token), "accepted", "{name}, remembered");
    }
}

#[test]
fn the_tokens_of_an_issuer_with_an_ed25519_key_are_told_apart() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    assert_corpus(&verifier(jwks(&[issuer.jwk()])), &issuer, false);
    let pem = KeySet::from_pem(&issuer.public_pem()).unwrap();
    assert_corpus(&verifier(pem), &issuer, true);
}

#[test]
fn the_tokens_of_an_issuer_with_a_p256_key_are_told_apart() {
    let issuer = Issuer::generate(Algorithm::ES256);
    assert_corpus(&verifier(jwks(&[issuer.jwk()])), &issuer, false);
    let pem = KeySet::from_pem(&issuer.public_pem()).unwrap();
    assert_corpus(&verifier(pem), &issuer, true);
}

#[test]
fn the_tokens_of_an_issuer_with_an_rsa_key_are_told_apart() {
    let issuer = Issuer::generate(Algorithm::RS256);
    assert_corpus(&verifier(jwks(&[issuer.jwk()])), &issuer, false);
    let pem = KeySet::from_pem(&issuer.public_pem()).unwrap();
    assert_corpus(&verifier(pem), &issuer, true);
}

#[test]
fn the_tokens_of_the_local_key_are_told_apart() {
    let scratch = Scratch::new();
    let keys = AccessSettings::default().key_set(scratch.path()).unwrap();
    let pem = std::fs::read_to_string(scratch.path().join("signing-key.pem")).unwrap();
    assert_corpus(&verifier(keys), &Issuer::of_local_key(&pem), false);
}

#[test]
fn the_corpus_tells_every_refusal_of_a_token_from_the_others() {
    let codes: BTreeSet<&str> = corpus(&Issuer::generate(Algorithm::EdDSA), NOW)
        .into_iter()
        .map(|it| it.2)
        .collect();
    assert_eq!(codes.len(), 13, "{codes:?}");
}

#[test]
fn a_kid_picks_its_key_out_of_several_of_different_kinds() {
    let issuers = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::EdDSA].map(Issuer::generate);
    let verifier = verifier(jwks(&issuers.each_ref().map(Issuer::jwk)));
    for issuer in &issuers {
        assert_eq!(code_of(&verifier, &issuer.good(NOW)), "accepted");
    }
    let [one, two, three] = issuers;
    let claims = one.claims(NOW).to_string();
    let borrowed = three.sign(&one.header().to_string(), &claims);
    assert_eq!(code_of(&verifier, &borrowed), "token-bad-signature");
    let other_kind = two.sign(&one.header().to_string(), &claims);
    assert_eq!(code_of(&verifier, &other_kind), "token-bad-signature");
    let mut unnamed = one.header();
    unnamed.as_object_mut().unwrap().remove("kid");
    let unnamed = one.sign(&unnamed.to_string(), &claims);
    assert_eq!(code_of(&verifier, &unnamed), "token-unknown-key");
    assert_eq!(
        code_of(&self::verifier(jwks(&[one.jwk()])), &unnamed),
        "accepted"
    );
}

#[test]
fn a_missing_or_ill_typed_claim_is_named() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    let verifier = verifier(jwks(&[issuer.jwk()]));
    for (name, token, code) in corpus(&issuer, NOW) {
        let Err(refusal) = verifier.verify(&token, NOW) else {
            panic!("{name}")
        };
        let claim = match name.split_once(' ') {
            Some(("no", claim)) if code == "token-missing-claim" => claim,
            Some((claim, _)) if code == "token-invalid-claim" => claim,
            _ => continue,
        };
        assert!(
            refusal.to_string().contains(&format!("`{claim}`")),
            "{name}: {refusal}"
        );
    }
}

#[test]
fn a_remembered_token_still_starts_and_ends() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    let verifier = verifier(jwks(&[issuer.jwk()]));
    let token = issuer.good(NOW);
    let first = verifier.verify(&token, NOW).unwrap();
    let again = verifier.verify(&token, NOW + 3_600).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again), "it is remembered");
    let late = verifier.verify(&token, NOW + 3_630);
    assert_eq!(late, Err(AccessError::Expired { ago_s: 30 }));
    let early = verifier.verify(&token, NOW - 31);
    assert_eq!(early, Err(AccessError::NotYetValid { in_s: 31 }));
}

#[test]
fn issuer_and_audience_are_those_of_the_settings() {
    let issuer = Issuer::generate(Algorithm::EdDSA);
    let token = issuer.good(NOW);
    let code = |iss: &str, aud: &str| {
        let settings = AccessSettings {
            issuer: iss.to_owned(),
            audience: aud.to_owned(),
            ..AccessSettings::default()
        };
        code_of(&Verifier::new(jwks(&[issuer.jwk()]), &settings), &token)
    };
    assert_eq!(code("almoner-local", "almoner"), "accepted");
    assert_eq!(code("almoner-local", "other"), "token-wrong-audience");
    assert_eq!(code("other", "almoner"), "token-wrong-issuer");
}

fn minted(request: &MintRequest) -> Principal {
    let scratch = Scratch::new();
    let settings = AccessSettings::default();
    let key = settings.local_key(scratch.path()).unwrap();
    let verifier = Verifier::new(settings.key_set(scratch.path()).unwrap(), &settings);
    let now_s = now_s();
    let token = mint(&key, &settings, request, now_s).unwrap();
    verifier.verify(&token, now_s).unwrap().as_ref().clone()
}

#[test]
fn a_minted_token_says_who_it_is_for_and_what_its_role_can_use() {
    for role in Role::ALL {
        let request = MintRequest {
            creator: (*role == Role::Creator).then_some(Uuid::nil()),
            ..MintRequest::new(*role, "somebody")
        };
        let principal = minted(&request);
        assert_eq!(
            (principal.issuer(), principal.subject()),
            ("almoner-local", "somebody")
        );
        assert_eq!(principal.roles(), [*role]);
        for rule in super::PERMISSIONS {
            assert_eq!(rule.check(&principal).is_ok(), rule.roles().contains(role));
        }
    }
}

#[test]
fn a_minted_partner_sees_what_was_asked_for() {
    let [one, two] = [1, 2].map(Uuid::from_u128);
    let pledges = vec![one, two];
    let markets = Markets::parse(&["JP", "US"]).unwrap();
    for markets in [markets, Markets::All, Markets::NONE] {
        let mut request = MintRequest::new(Role::Partner, "donor");
        request.pledges = vec![two, one, two];
        request.markets = markets.clone();
        request.party = Some(Party::MarketLead);
        let expected = Visibility::Partner {
            party: Party::MarketLead,
            pledges: pledges.clone(),
            markets,
        };
        assert_eq!(*minted(&request).visibility(), expected);
    }
}

#[test]
fn every_minted_token_has_an_id_of_its_own_and_ends_when_asked() {
    let request = MintRequest {
        ttl_s: 60,
        ..MintRequest::new(Role::Auditor, "audrey")
    };
    assert_ne!(minted(&request).token_id(), minted(&request).token_id());

    let scratch = Scratch::new();
    let settings = AccessSettings::default();
    let key = LocalKey::load_or_create(scratch.path()).unwrap();
    let token = mint(&key, &settings, &request, NOW).unwrap();
    let verifier = verifier(KeySet::of_local(&key));
    assert!(verifier.verify(&token, NOW + 60).is_ok());
    assert_eq!(
        verifier.verify(&token, NOW + 90),
        Err(AccessError::Expired { ago_s: 30 })
    );
}

#[test]
fn a_token_of_another_data_folder_is_known_by_its_key() {
    let [here, elsewhere] = [Scratch::new(), Scratch::new()];
    let [here, elsewhere] =
        [here, elsewhere].map(|it| LocalKey::load_or_create(it.path()).unwrap());
    let settings = AccessSettings::default();
    let request = MintRequest::new(Role::Auditor, "audrey");
    let token = mint(&elsewhere, &settings, &request, NOW).unwrap();
    assert_eq!(
        code_of(&verifier(KeySet::of_local(&here)), &token),
        "token-unknown-key"
    );
    assert_eq!(
        code_of(&verifier(KeySet::of_local(&elsewhere)), &token),
        "accepted"
    );
}

#[test]
fn a_token_that_would_mislead_is_not_minted() {
    let scratch = Scratch::new();
    let key = LocalKey::load_or_create(scratch.path()).unwrap();
    let refusal = |change: fn(&mut MintRequest)| {
        let mut request = MintRequest::new(Role::Auditor, "audrey");
        change(&mut request);
        mint(&key, &AccessSettings::default(), &request, NOW).unwrap_err()
    };
    assert!(matches!(refusal(|it| it.roles.clear()), MintError::NoRole));
    let partner = refusal(|it| it.roles.push(Role::Partner));
    assert!(matches!(partner, MintError::OutsiderWithOtherRole));
    let lists = refusal(|it| it.markets = Markets::All);
    assert!(matches!(lists, MintError::ListsWithoutPartner));
    let lists = refusal(|it| it.pledges.push(Uuid::nil()));
    assert!(matches!(lists, MintError::ListsWithoutPartner));
    let party = refusal(|it| it.party = Some(Party::Donor));
    assert!(matches!(party, MintError::ListsWithoutPartner));
    let creator = refusal(|it| it.creator = Some(Uuid::nil()));
    assert!(matches!(creator, MintError::CreatorAmiss));
    let nobody = refusal(|it| it.roles = vec![Role::Creator]);
    assert!(matches!(nobody, MintError::CreatorAmiss));
    assert!(matches!(
        refusal(|it| it.subject.clear()),
        MintError::Subject
    ));
    assert!(matches!(refusal(|it| it.ttl_s = 0), MintError::Lifetime));
    assert!(matches!(
        refusal(|it| it.ttl_s = u64::MAX),
        MintError::Lifetime
    ));
}

#[test]
fn tokens_of_a_local_secret_are_made_and_read_and_no_others_are() {
    let secret = |text: &'static str| {
        AccessSettings::from_lookup(move |name| {
            (name == "ALMONER_JWT_SECRET").then(|| text.to_owned())
        })
        .unwrap()
    };
    let ours = secret("0123456789abcdef0123456789abcdef");
    let others = secret("0123456789abcdef0123456789abcdeF");
    let dir = Path::new("not-used");
    let request = MintRequest::new(Role::Auditor, "audrey");
    let token = |settings: &AccessSettings| {
        mint(&settings.local_key(dir).unwrap(), settings, &request, NOW).unwrap()
    };
    let verifier = Verifier::new(ours.key_set(dir).unwrap(), &ours);
    assert_eq!(code_of(&verifier, &token(&ours)), "accepted");
    assert_eq!(code_of(&verifier, &token(&others)), "token-bad-signature");
    let asymmetric = Issuer::generate(Algorithm::EdDSA).good(NOW);
    assert_eq!(code_of(&verifier, &asymmetric), "token-wrong-algorithm");
    assert!(matches!(ours.keys, KeySource::Secret(_)));
}
