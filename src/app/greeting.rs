//! What somebody who has just started the service sees.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::app::config::Config;
use crate::app::database::Opened;
use crate::http::access::{Markets, Role, now_s};
use crate::http::access::{MintRequest, mint};

/// The address, the API's page, a token per role and a call to try.
///
/// Tokens are shown only for the local key and a loopback address: a service set up with keys of
/// others has no business making tokens, and one that others reach shouldn't print them.
pub(super) fn greeting(config: &Config, opened: &Opened, address: SocketAddr) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "\nAlmoner is listening on http://{address}");
    let _ = writeln!(text, "  the API, to read and try:  http://{address}/docs/");
    if let Ok(Some(keys)) = config.log.known_keys(&config.data_dir) {
        let _ = writeln!(text, "  the key its log is signed with: {}", keys.current());
    }
    if let Some(embedded) = &opened.embedded {
        let _ = writeln!(
            text,
            "  the ledger: a private Postgres {} in {}",
            embedded.programs().version(),
            config.data_dir.display()
        );
        if let Some(notice) = embedded.notice() {
            let _ = writeln!(text, "  note: {notice}");
        }
    }
    if address.ip().is_loopback() {
        tokens(&mut text, config, address);
    }
    text
}

fn tokens(text: &mut String, config: &Config, address: SocketAddr) {
    let Ok(key) = config.access.local_key(&config.data_dir) else {
        return;
    };
    let token = |role: Role| {
        let mut request = MintRequest::new(role, format!("{role}@localhost"));
        if role == Role::Partner {
            request.markets = Markets::All;
        }
        mint(&key, &config.access, &request, now_s()).unwrap_or_default()
    };
    let _ = writeln!(text, "\nA token per role, good for twelve hours:\n");
    // A creator's names the creator it is about, and there may be none yet.
    for role in Role::ALL.iter().filter(|role| **role != Role::Creator) {
        let _ = writeln!(text, "{}={}", role.name().to_uppercase(), token(*role));
    }
    let _ = writeln!(
        text,
        "\nA partner's token shows nothing until it names pledges, and a creator's is about one \
         creator:\n\n  \
         almoner token --role partner --subject WHO --party grantee --pledge ID --market '*'\n  \
         almoner token --role creator --subject WHO --creator ID"
    );
    let _ = writeln!(
        text,
        "\nTry this, or load the demonstration pledge first (in another terminal: \
         cargo run -- demo):\n\n  \
         curl -H 'Authorization: Bearer {}' http://{address}/v1/pledges\n",
        token(Role::Auditor)
    );
}
