//! The tree: hashes, proofs, and how they are checked (RFC 6962, section 2; RFC 9162, section 2.1).
//!
//! Pure. A tree of `size` leaves has one root. Two kinds of proof hang on it, each a short list of
//! hashes, at most two for every doubling of the tree:
//!
//! * **inclusion**: this leaf is the one at that index of the tree with that root;
//! * **consistency**: the tree with the later root begins with all of the tree with the earlier
//!   one, so nothing was altered, left out or slipped in since.
//!
//! What makes proofs (the recursive definition, over ranges of leaves) and what checks them (the
//! iterative one of RFC 9162) share nothing but the hash, so a mistake in one shows in the other.
//! A range of a proof is made of [`Node`]s: complete subtrees, whose hashes never change once their
//! last leaf is there. Those are what is stored, and nothing else has to be.

use std::fmt;
use std::ops::Range;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; Hash::BYTES]);

impl Hash {
    /// How many bytes a hash has.
    pub const BYTES: usize = 32;

    /// The hash with those bytes, if they are as many as one has.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Hash)
    }

    /// Hashes that stand one after the other, if nothing is left over.
    pub fn split(bytes: &[u8]) -> Option<Vec<Self>> {
        let (whole, rest) = bytes.as_chunks();
        rest.is_empty()
            .then(|| whole.iter().copied().map(Hash).collect())
    }

    /// Hashes one after the other.
    pub fn join(hashes: &[Self]) -> Vec<u8> {
        hashes.iter().flat_map(|hash| hash.0).collect()
    }

    /// The hash that this is the base64 of.
    pub fn parse(text: &str) -> Option<Self> {
        Hash::of_bytes(&STANDARD.decode(text).ok()?)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// SHA-256 over the parts, one after the other.
fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; Hash::BYTES];
    hash.copy_from_slice(context.finish().as_ref());
    Hash(hash)
}

/// The root of the tree without leaves.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// The hash of a leaf: the 0x00 before it keeps a leaf from passing for a node.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf])
}

/// The hash of a node over two others.
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    sha256(&[&[1], &left.0, &right.0])
}

/// A complete subtree: the `index`-th of those with 2^`level` leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// How often its leaves were paired.
    pub level: u32,
    /// Its place among its like.
    pub index: u64,
}

/// The complete subtrees that a range of a proof is made of, from left to right: each as large as
/// fits, so that every one is larger than all that follow it.
pub fn nodes(range: &Range<u64>) -> Vec<Node> {
    let (mut start, mut nodes) = (range.start, Vec::new());
    while start < range.end {
        let level = (range.end - start).ilog2();
        let index = start >> level;
        nodes.push(Node { level, index });
        start += 1 << level;
    }
    nodes
}

/// The hash over subtrees such as [`nodes`] lists; that of no leaves if there are none.
pub fn fold(hashes: &[Hash]) -> Hash {
    let joined = hashes.iter().copied().rev();
    joined
        .reduce(|right, left| node_hash(left, right))
        .unwrap_or_else(empty_root)
}

/// The root over leaves: as many hashes as there are leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            node_hash(root(left), root(right))
        }
    }
}

/// Where a tree of so many leaves, two at least, is parted: the left side is complete, and at
/// least as large as the right.
fn parting(range: &Range<u64>) -> u64 {
    range.start + (1 << (range.end - range.start - 1).ilog2())
}

/// The ranges whose hashes prove that a leaf is in a tree, from the leaf up; none if it isn't.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut whole, mut path) = (0..size, Vec::new());
    while whole.end - whole.start > 1 {
        let middle = parting(&whole);
        let (left, right) = (whole.start..middle, middle..whole.end);
        let (within, beside) = match index < middle {
            true => (left, right),
            false => (right, left),
        };
        path.push(beside);
        whole = within;
    }
    path.reverse();
    Some(path)
}

/// The ranges whose hashes prove that a tree begins with all of an earlier, smaller one; none if
/// it isn't smaller. Every tree begins with the empty one, and with itself: no hash is needed.
pub fn consistency(older: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if older > size {
        return None;
    }
    if older == 0 || older == size {
        return Some(Vec::new());
    }
    let (mut whole, mut path) = (0..size, Vec::new());
    while whole.end != older {
        let middle = parting(&whole);
        let (left, right) = (whole.start..middle, middle..whole.end);
        let (within, beside) = match older <= middle {
            true => (left, right),
            false => (right, left),
        };
        path.push(beside);
        whole = within;
    }
    if whole.start > 0 {
        path.push(whole); // whoever knows the older root knows it, if it is the whole older tree
    }
    path.reverse();
    Some(path)
}

/// Whether a leaf's hash is at that index of the tree with that size and root
/// (RFC 9162, section 2.1.3.2).
pub fn is_included(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for beside in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(*beside, hash);
            let up = at.trailing_zeros();
            (at, last) = (at >> up, last >> up);
        } else {
            hash = node_hash(hash, *beside);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// A tree as a checkpoint states it: how many leaves, and the hash over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many leaves there are.
    pub size: u64,
    /// The hash over all of them.
    pub root: Hash,
}

impl Head {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Head {
            size: 0,
            root: empty_root(),
        }
    }
}

/// Whether the newer tree begins with all of the older one (RFC 9162, section 2.1.4.2).
pub fn is_consistent(older: Head, newer: Head, path: &[Hash]) -> bool {
    if older.size == 0 {
        return path.is_empty() && older.root == empty_root();
    }
    if older.size >= newer.size {
        return path.is_empty() && older == newer;
    }
    // The older tree's own root is left out of the path if it is a node of the newer one.
    let (first, rest) = match (older.size.is_power_of_two(), path.split_first()) {
        (true, _) => (older.root, path),
        (false, Some((first, rest))) => (*first, rest),
        (false, None) => return false,
    };
    let skipped = (older.size - 1).trailing_ones();
    let (mut at, mut last) = ((older.size - 1) >> skipped, (newer.size - 1) >> skipped);
    let (mut older_root, mut newer_root) = (first, first);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            older_root = node_hash(*beside, older_root);
            newer_root = node_hash(*beside, newer_root);
            let up = at.trailing_zeros();
            (at, last) = (at >> up, last >> up);
        } else {
            newer_root = node_hash(newer_root, *beside);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && older_root == older.root && newer_root == newer.root
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
