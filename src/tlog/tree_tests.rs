//! The tree against its definition, word by word, and against published vectors.

use super::*;

/// The leaves and roots that `google/certificate-transparency` and after it most implementations
/// of RFC 6962 are tested with.
const LEAVES: [&[u8]; 8] = [
    &[],
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[
        0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e,
        0x6f,
    ],
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hex(text: &str) -> Hash {
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..text.len()).step_by(2).map(digit).collect();
    Hash::of_bytes(&bytes).unwrap()
}

fn published() -> Vec<Hash> {
    LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect()
}

fn numbered(count: u64) -> Vec<Hash> {
    let leaves = (0..count).map(|it| leaf_hash(&it.to_be_bytes()));
    leaves.collect()
}

/// MTH, PATH and SUBPROOF, as RFC 6962 writes them.
mod defined {
    use super::*;

    fn split(leaves: &[Hash]) -> usize {
        let mut k = 1;
        while k * 2 < leaves.len() {
            k *= 2;
        }
        k
    }

    pub fn mth(leaves: &[Hash]) -> Hash {
        match leaves.len() {
            0 => hex(ROOTS[0]),
            1 => leaves[0],
            _ => {
                let k = split(leaves);
                node_hash(mth(&leaves[..k]), mth(&leaves[k..]))
            }
        }
    }

    pub fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() == 1 {
            return Vec::new();
        }
        let k = split(leaves);
        let (mut path, beside) = match m < k {
            true => (path(m, &leaves[..k]), mth(&leaves[k..])),
            false => (path(m - k, &leaves[k..]), mth(&leaves[..k])),
        };
        path.push(beside);
        path
    }

    pub fn subproof(m: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if m == leaves.len() {
            return if whole { vec![] } else { vec![mth(leaves)] };
        }
        let k = split(leaves);
        let (mut path, beside) = match m <= k {
            true => (subproof(m, &leaves[..k], whole), mth(&leaves[k..])),
            false => (subproof(m - k, &leaves[k..], false), mth(&leaves[..k])),
        };
        path.push(beside);
        path
    }
}

/// The hashes of ranges, through the nodes they are made of.
fn hashes(leaves: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
    let node = |node: &Node| {
        let width = 1_usize << node.level;
        let start = usize::try_from(node.index).unwrap() * width;
        root(&leaves[start..start + width])
    };
    let range = |range: &Range<u64>| {
        let parts: Vec<Hash> = nodes(range).iter().map(node).collect();
        fold(&parts)
    };
    ranges.iter().map(range).collect()
}

#[test]
fn roots_are_the_published_ones() {
    let leaves = published();
    for (size, expected) in ROOTS.iter().enumerate() {
        assert_eq!(root(&leaves[..size]), hex(expected), "{size}");
    }
}

#[test]
fn paths_are_the_published_ones() {
    // RFC 6962, section 2.1.3, draws the tree of seven leaves; these are its examples.
    let leaves = &published()[..7];
    let of = |range: Range<usize>| defined::mth(&leaves[range]);
    for (index, expected) in [
        (0, vec![of(1..2), of(2..4), of(4..7)]),
        (3, vec![of(2..3), of(0..2), of(4..7)]),
        (4, vec![of(5..6), of(6..7), of(0..4)]),
        (6, vec![of(4..6), of(0..4)]),
    ] {
        assert_eq!(hashes(leaves, &inclusion(index, 7).unwrap()), expected);
    }
    for (older, expected) in [
        (3, vec![of(2..3), of(3..4), of(0..2), of(4..7)]),
        (4, vec![of(4..7)]),
        (6, vec![of(4..6), of(6..7), of(0..4)]),
    ] {
        assert_eq!(hashes(leaves, &consistency(older, 7).unwrap()), expected);
    }
    let path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(hex);
    let whole = Head {
        size: 8,
        root: hex(ROOTS[8]),
    };
    assert_eq!(hashes(&published(), &inclusion(5, 8).unwrap()), path);
    assert!(is_included(published()[5], 5, 8, &path, whole.root));
}

#[test]
fn proofs_are_those_of_the_definition_and_accepted_for_every_leaf_and_size() {
    let all = numbered(70);
    for size in 0..=70_u64 {
        let leaves = &all[..usize::try_from(size).unwrap()];
        let head = Head {
            size,
            root: defined::mth(leaves),
        };
        assert_eq!(root(leaves), head.root);
        assert_eq!(
            hashes(leaves, std::slice::from_ref(&(0..size))),
            [head.root]
        );
        for index in 0..size {
            let at = usize::try_from(index).unwrap();
            let path = hashes(leaves, &inclusion(index, size).unwrap());
            assert_eq!(path, defined::path(at, leaves), "{index} of {size}");
            assert!(is_included(leaves[at], index, size, &path, head.root));
        }
        assert_eq!(inclusion(size, size), None);
        for older in 0..=size {
            let at = usize::try_from(older).unwrap();
            let path = hashes(leaves, &consistency(older, size).unwrap());
            if older > 0 {
                let expected = defined::subproof(at, leaves, true);
                assert_eq!(path, expected, "{older} of {size}");
            }
            let older = Head {
                size: older,
                root: defined::mth(&leaves[..at]),
            };
            assert!(is_consistent(older, head, &path), "{older:?} of {head:?}");
        }
        assert_eq!(consistency(size + 1, size), None);
    }
}

#[test]
fn a_proof_in_which_anything_is_changed_is_refused() {
    let leaves = numbered(37);
    let other = leaf_hash(b"other");
    let spoilt = |path: &[Hash]| {
        let mut all = vec![[path, &[other]].concat(), [&[other], path].concat()];
        for at in 0..path.len() {
            let mut changed = path.to_vec();
            changed[at] = other;
            all.push(changed);
            let mut shorter = path.to_vec();
            shorter.remove(at);
            all.push(shorter);
            let mut swapped = path.to_vec();
            swapped.swap(at, (at + 1) % path.len());
            all.push(swapped);
        }
        all.retain(|it| it != path);
        all
    };
    let head = |size: u64| Head {
        size,
        root: root(&leaves[..usize::try_from(size).unwrap()]),
    };
    let newer = head(37);
    for index in 0..37_u64 {
        let leaf = leaves[usize::try_from(index).unwrap()];
        let path = hashes(&leaves, &inclusion(index, 37).unwrap());
        for wrong in spoilt(&path) {
            assert!(!is_included(leaf, index, 37, &wrong, newer.root));
        }
        for wrong in (0..40).filter(|it| *it != index) {
            assert!(!is_included(leaf, wrong, 37, &path, newer.root));
        }
        assert!(!is_included(other, index, 37, &path, newer.root));
        assert!(!is_included(leaf, index, 37, &path, other));
    }
    for older in (1..37).map(head) {
        let path = hashes(&leaves, &consistency(older.size, 37).unwrap());
        for wrong in spoilt(&path) {
            assert!(!is_consistent(older, newer, &wrong), "{older:?}");
        }
        let forged = Head {
            root: other,
            ..older
        };
        assert!(!is_consistent(forged, newer, &path), "{older:?}");
        assert!(!is_consistent(
            older,
            Head {
                root: other,
                ..newer
            },
            &path
        ));
        let shifted = head(older.size - 1);
        assert!(!is_consistent(shifted, newer, &path) || shifted.size == 0);
    }
}

#[test]
fn proofs_are_made_for_the_largest_trees_without_counting_their_leaves() {
    for size in [u64::from(u32::MAX), 1 << 40, (1 << 62) + 12_345] {
        for index in [0, 1, size / 3, size - 2, size - 1] {
            assert!(inclusion(index, size).unwrap().len() <= 64);
            assert!(consistency(index + 1, size).unwrap().len() <= 65);
        }
    }
}
