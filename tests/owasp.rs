//! The ten risks of OWASP's list for APIs (2023), one by one, against the real service.
//!
//! | Item | Held in full by |
//! |---|---|
//! | API1, object level | [`callers`], and `authorization`, `walls` for every operation |
//! | API2, authentication | [`callers`], and the corpus of `tokens` |
//! | API3, property level | [`callers`], and `bad_input::fields`, `walls::donors` |
//! | API4, resources | [`surface`], and `hostile` |
//! | API5, function level | [`callers`], and `authorization` |
//! | API6, sensitive flows | [`flows`], and `idempotency`, `finance::approvals` |
//! | API7, requests made for others | [`flows`] |
//! | API8, configuration | [`surface`] |
//! | API9, inventory | [`surface`] |
//! | API10, what others answer us | [`flows`], and `register::keys` |

mod callers;
mod flows;
mod surface;

use crate::harness::World;
use crate::tokens::Issuer;

/// Whoever holds the service's own key, and can so make a token that is wrong in one way.
fn issuer(world: &World) -> Issuer {
    let pem = std::fs::read_to_string(world.data_dir().join("signing-key.pem")).unwrap();
    Issuer::of_local_key(&pem)
}
