//! Reading a request's body: strict JSON first, then its fields, with every fault and its place.
//!
//! A body is refused if it isn't JSON (400), or for all the faults its fields have (422). Text of
//! unknown fields, wrong types and `null` is never passed over: who writes them means something.

mod edge;
mod fields;
mod json;
mod moments;
mod scalar;

pub use edge::Edge;
pub use fields::Fields;
pub use json::{Node, Object};
pub use moments::{Bound, month_end};
pub use scalar::{Fault, Text, Window, day, rate, sha256, uri};

#[cfg(test)]
pub(in crate::http) mod tests;
