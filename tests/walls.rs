//! Who sees what, and the wall behind it: the database's own rows, with no WHERE before them.

mod behind;
mod catalogue;
mod creators;
mod donors;
mod erasure;
mod folded;
mod partners;
