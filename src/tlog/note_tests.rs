//! Notes, keys and witnesses, with the published examples.

use super::*;

/// The example of C2SP signed-note (after Go's `sumdb/note`).
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq\
    dngotpRZb6KE6RyyBwJnAM=\n";

/// A key of a test's own.
pub(crate) fn signer() -> Signer {
    Signer::from_pem("ledger.example", &pem()).unwrap()
}

/// The same as all the keys of a ledger.
pub(crate) fn keys() -> crate::tlog::keys::Keys {
    crate::tlog::keys::Keys::new(signer(), None, Vec::new()).unwrap()
}

fn pem() -> String {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let document = Ed25519KeyPair::generate_pkcs8v1(&random).unwrap();
    let body = STANDARD.encode(document.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

#[test]
fn the_published_note_and_key_are_read_and_accepted() {
    let verifier: Verifier = KEY.parse().unwrap();
    assert_eq!(verifier.to_string(), KEY);
    let note: Note = NOTE.parse().unwrap();
    assert!(note.is_signed_by(&verifier));
    let forged: Note = NOTE
        .replace("is the answer", "isn't the answer")
        .parse()
        .unwrap();
    assert!(!forged.is_signed_by(&verifier));
    let renamed: Note = NOTE.replace("PeterNeumann", "Peter").parse().unwrap();
    assert!(!renamed.is_signed_by(&verifier));
}

#[test]
fn a_key_signs_under_its_own_name_and_those_below_it_and_no_other() {
    let signer = Signer::from_pem("ledger.example", &pem()).unwrap();
    for log in ["ledger.example", "ledger.example/plg_1"] {
        let note: Note = signer.sign(log, "text\n").unwrap().parse().unwrap();
        assert!(note.is_signed_by(&signer.verifier().of_log(log).unwrap()));
        let other = signer.verifier().of_log("ledger.example/plg_2").unwrap();
        assert!(!note.is_signed_by(&other));
    }
    for other in [
        "ledger.examples",
        "ledger",
        "ledger.example/a b",
        "ledger.example/a+b",
    ] {
        assert_eq!(signer.sign(other, "text\n"), None, "{other}");
    }
    let shown = format!("{signer:?}");
    assert!(!shown.contains("pair"), "{shown}");
}

#[test]
fn a_witness_says_when_it_saw_a_note_and_its_key_passes_for_no_log_s() {
    let log = signer();
    let witness = Signer::witness("witness.example", &pem()).unwrap();
    let note = log.sign("ledger.example", "text\n").unwrap();
    let both = witness.cosign(&note, 1_732_000_000).unwrap();
    let read: Note = both.parse().unwrap();
    assert!(read.is_signed_by(log.verifier()));
    assert_eq!(read.cosigned_at(witness.verifier()), Some(1_732_000_000));
    assert_eq!(read.cosigned_at(log.verifier()), None, "it says no time");
    let written: Verifier = witness.verifier().to_string().parse().unwrap();
    assert_eq!(&written, witness.verifier());
    let as_log = Signer::from_pem("witness.example", &pem()).unwrap();
    assert!(!read.is_signed_by(as_log.verifier()));
    let forged: Note = both.replacen("text", "test", 1).parse().unwrap();
    assert_eq!(forged.cosigned_at(witness.verifier()), None);
    let alone: Note = note.parse().unwrap();
    assert_eq!(alone.cosigned_at(witness.verifier()), None);
}

#[test]
fn what_is_no_key_and_no_note_is_refused() {
    for wrong in [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        &KEY.replace("c74f", "c74e"),
        &KEY.replace("+AR", "+AB"),
        &KEY[..KEY.len() - 4],
    ] {
        assert_eq!(wrong.parse::<Verifier>(), Err(NotAVerifier), "{wrong}");
    }
    for wrong in [
        "",
        "text\n",
        "text\n\n",
        "text\n\n-- a b\n",
        NOTE.trim_end(),
    ] {
        assert_eq!(wrong.parse::<Note>(), Err(NotANote), "{wrong}");
    }
    assert!(Signer::from_pem("a", "-----BEGIN PRIVATE KEY-----\nAAAA\n").is_err());
    assert_eq!(
        Signer::from_pem("a b", &pem()).unwrap_err(),
        SignerError::Name
    );
}
