//! Statements that are issued: numbered, frozen, signed, and issued again where late entries ask
//! for it.

mod bundles;
mod combined;
mod issuing;
mod packs;
mod runs;

pub use runs::done;
