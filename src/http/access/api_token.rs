//! How tokens made here are written: `alm_`, 43 letters and digits of chance, and six that check
//! them.
//!
//! The prefix tells people, and programs that look for leaked secrets, what was found. The checksum
//! (CRC-32) tells a slip of the keyboard from a token that isn't known, without asking anybody. It
//! proves nothing: what counts is that the SHA-256 of the whole is in the register, which is all
//! that is kept of a token.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};

use super::error::{AccessError, Malformation};
use crate::domain::identity::TokenHash;

/// What every token made here begins with.
pub const PREFIX: &str = "alm_";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 62 to this power is more than 2 to the 256.
const SECRET_LETTERS: usize = 43;

/// 62 to this power is more than 2 to the 32.
const CHECK_LETTERS: usize = 6;

/// How many letters of a token are shown to tell it from others; they are told apart by far fewer.
const SHOWN_LETTERS: usize = 12;

/// A new token, in the open: shown once. Its `Debug` doesn't show it.
pub struct NewToken(String);

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewToken(…)")
    }
}

impl NewToken {
    /// A token that nobody can guess; none, if the system has no randomness to give.
    pub fn make() -> Option<Self> {
        let mut token = String::with_capacity(PREFIX.len() + SECRET_LETTERS + CHECK_LETTERS);
        token.push_str(PREFIX);
        while token.len() < PREFIX.len() + SECRET_LETTERS {
            let mut bytes = [0; 64];
            aws_lc_rs::rand::fill(&mut bytes).ok()?;
            // 248 is four times 62: beyond it some letters would be likelier than others.
            let fair = bytes.iter().filter(|byte| **byte < 248);
            let missing = PREFIX.len() + SECRET_LETTERS - token.len();
            token.extend(fair.take(missing).map(|byte| letter(u32::from(*byte))));
        }
        let check = checksum(&token);
        token.push_str(&check);
        Some(NewToken(token))
    }

    /// The token itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        hash(&self.0)
    }
}

fn letter(number: u32) -> char {
    char::from(ALPHABET[(number % 62) as usize])
}

fn checksum(token: &str) -> String {
    let mut rest = crc32fast::hash(token.as_bytes());
    let mut letters = ['0'; CHECK_LETTERS];
    for place in letters.iter_mut().rev() {
        *place = letter(rest);
        rest /= 62;
    }
    letters.iter().collect()
}

/// The hash of a token.
pub(super) fn hash(token: &str) -> TokenHash {
    let mut bytes = [0; 32];
    // A SHA-256 has exactly as many bytes.
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    TokenHash(bytes)
}

/// Whether a token says that it was made here.
pub(super) fn is_ours(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Refuses what can't be a token of ours, by its letters alone.
pub(super) fn check(token: &str) -> Result<(), AccessError> {
    let well_formed = token.len() == PREFIX.len() + SECRET_LETTERS + CHECK_LETTERS
        && token[PREFIX.len()..]
            .bytes()
            .all(|b| b.is_ascii_alphanumeric());
    let split = token.len().saturating_sub(CHECK_LETTERS);
    match well_formed && token[split..] == checksum(&token[..split]) {
        true => Ok(()),
        false => Err(AccessError::Malformed(Malformation::Mistyped)),
    }
}

/// The letters by which a token is told from others, in counting failed attempts.
pub(super) fn prefix(token: &str) -> &str {
    token.get(..SHOWN_LETTERS).unwrap_or(token)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_token_reads_back_and_no_two_are_alike() {
        let tokens: HashSet<String> = (0..1_000)
            .map(|_| NewToken::make().unwrap().reveal().to_owned())
            .collect();
        assert_eq!(tokens.len(), 1_000);
        for token in &tokens {
            assert_eq!(token.len(), 53);
            assert!(is_ours(token) && check(token).is_ok(), "{token}");
        }
        let used: HashSet<char> = tokens.iter().flat_map(|it| it[4..47].chars()).collect();
        assert_eq!(used.len(), 62, "every letter occurs");
    }

    #[test]
    fn a_single_slip_of_the_keyboard_is_told_without_the_register() {
        let token = NewToken::make().unwrap().reveal().to_owned();
        let mistyped = Err(AccessError::Malformed(Malformation::Mistyped));
        for at in 4..token.len() {
            let mut letters: Vec<char> = token.chars().collect();
            letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
            assert_eq!(check(&letters.iter().collect::<String>()), mistyped);
            letters.remove(at);
            assert_eq!(check(&letters.iter().collect::<String>()), mistyped);
        }
        for wrong in [
            "alm_",
            "alm_é",
            &format!("{token}0"),
            &token.replace('_', "-"),
        ] {
            assert_eq!(check(wrong), mistyped, "{wrong}");
        }
        let shown = format!("{:?}", NewToken::make().unwrap());
        assert_eq!(shown, "NewToken(…)");
    }
}
