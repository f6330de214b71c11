//! The tree in tiles (C2SP tlog-tiles): how it is stored, served and fetched.
//!
//! A tile of level L holds 256 hashes that stand next to each other at the tree's own level 8 × L,
//! which make one hash of the tile above. Once it is complete a tile never changes, so that it can
//! be kept, copied and cached for ever. The others, one a level at most, are the tree's right
//! [`Edge`]; a tree of any earlier size has the same tiles, cut shorter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::tree::{Hash, Node, fold, nodes, root};

/// How many hashes a complete tile has.
pub const WIDTH: u64 = 1 << HEIGHT;

/// How many levels of the tree a tile spans.
const HEIGHT: u32 = 8;

/// Which tile: its level, from 0 for leaves, and its number among those of the level, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileAt {
    /// Its level.
    pub level: u8,
    /// Its number.
    pub number: u64,
}

impl TileAt {
    /// The tile that tells a node's hash.
    pub fn of(node: Node) -> Self {
        let (level, rest) = (node.level / HEIGHT, node.level % HEIGHT);
        TileAt {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            number: node.index >> (HEIGHT - rest),
        }
    }

    /// How many hashes it has in a tree of that size.
    pub fn width(self, size: u64) -> u64 {
        let hashes = size
            .checked_shr(HEIGHT * u32::from(self.level))
            .unwrap_or(0);
        let before = self.number.saturating_mul(WIDTH);
        hashes.saturating_sub(before).min(WIDTH)
    }

    /// The incomplete tiles of a tree of that size, and those that would come next.
    pub fn edge(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0_u8..8).filter(move |level| *level == 0 || size >> (8 * level) > 0);
        levels.map(move |level| TileAt {
            level,
            number: size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0),
        })
    }
}

/// A complete tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Which.
    pub at: TileAt,
    /// Its 256 hashes.
    pub hashes: Vec<Hash>,
    /// The hash they make: one of the tile above.
    pub root: Hash,
}

/// Tiles that were fetched, as much of each as there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tiles(pub BTreeMap<TileAt, Vec<Hash>>);

impl Tiles {
    /// The tiles that the hashes of these ranges need.
    pub fn needed(ranges: &[Range<u64>]) -> BTreeSet<TileAt> {
        let nodes = ranges.iter().flat_map(nodes);
        nodes.map(TileAt::of).collect()
    }

    /// The hash over a range such as proofs are made of; none if a tile lacks it.
    pub fn hash(&self, range: &Range<u64>) -> Option<Hash> {
        let parts: Option<Vec<Hash>> = nodes(range).iter().map(|node| self.node(*node)).collect();
        Some(fold(&parts?))
    }

    /// The hashes over ranges.
    pub fn hashes(&self, ranges: &[Range<u64>]) -> Option<Vec<Hash>> {
        ranges.iter().map(|range| self.hash(range)).collect()
    }

    fn node(&self, node: Node) -> Option<Hash> {
        let within = node.level % HEIGHT;
        let first = usize::try_from((node.index << within) % WIDTH).ok()?;
        let hashes = self.0.get(&TileAt::of(node))?;
        Some(root(hashes.get(first..first + (1 << within))?))
    }
}

/// The right edge of a growing tree: all that is needed to add leaves and to know the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The edge of the tree of that size; none if a tile lacks part of it.
    pub fn of(size: u64, tiles: &Tiles) -> Option<Self> {
        let level = |at: TileAt| {
            let width = usize::try_from(at.width(size)).ok()?;
            match width {
                0 => Some(Vec::new()),
                _ => Some(tiles.0.get(&at)?.get(..width)?.to_vec()),
            }
        };
        let levels: Option<Vec<Vec<Hash>>> = TileAt::edge(size).map(level).collect();
        Some(Edge {
            size,
            levels: levels?,
        })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf's hash; gives the tiles it completes, the lowest first.
    pub fn push(&mut self, leaf: Hash) -> Vec<Tile> {
        let (mut completed, mut carried) = (Vec::new(), Some(leaf));
        let mut level = 0;
        while let Some(hash) = carried.take() {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
            if self.levels[level].len() as u64 == WIDTH {
                let hashes = std::mem::take(&mut self.levels[level]);
                let root = root(&hashes);
                let at = TileAt {
                    level: u8::try_from(level).unwrap_or(u8::MAX),
                    number: self.size >> (HEIGHT as usize * (level + 1)),
                };
                completed.push(Tile { at, hashes, root });
                carried = Some(root);
            }
            level += 1;
        }
        self.size += 1;
        completed
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        // From the top down and left to right, as the subtrees stand in the tree.
        let tops = self.levels.iter().rev().flat_map(|hashes| {
            let subtrees = nodes(&(0..hashes.len() as u64));
            subtrees.into_iter().map(|node| {
                let width = 1_usize << node.level;
                let first = usize::try_from(node.index).unwrap_or(usize::MAX) * width;
                root(&hashes[first..first + width])
            })
        });
        fold(&tops.collect::<Vec<_>>())
    }
}

/// What of a log is asked for by a path below its `tile/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TilePath {
    /// Hashes.
    Hashes(TileAt, u64),
    /// The leaves of a tile of level 0, themselves.
    Entries(u64, u64),
}

impl TilePath {
    /// Reads `LEVEL/NUMBER`, `entries/NUMBER`, and either with `.p/WIDTH` behind it; in the one
    /// spelling there is.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain(width).filter(|it| (1..WIDTH).contains(it))?),
            None => (rest, WIDTH),
        };
        let number = parse_number(number)?;
        if kind == "entries" {
            return Some(TilePath::Entries(number, width));
        }
        let level = plain(kind).filter(|level| *level < 64)?;
        let level = u8::try_from(level).ok()?;
        Some(TilePath::Hashes(TileAt { level, number }, width))
    }
}

/// A decimal number without anything that needn't be there.
fn plain(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let bare = text == "0" || !text.starts_with('0');
    text.parse().ok().filter(|_| digits && bare)
}

/// A number in groups of three digits, all but the last with an `x` before it: `x001/x234/067`.
fn parse_number(text: &str) -> Option<u64> {
    let mut digits = String::new();
    let mut groups = text.split('/').peekable();
    while let Some(group) = groups.next() {
        let group = match groups.peek() {
            Some(_) => group.strip_prefix('x')?,
            None => group,
        };
        if group.len() != 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        digits.push_str(group);
    }
    if digits.len() > 3 && digits.starts_with("000") {
        return None;
    }
    digits.parse().ok()
}

/// A number in groups of three digits, as paths have it.
pub fn format_number(number: u64) -> String {
    let mut text = format!("{:03}", number % 1_000);
    let mut rest = number / 1_000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1_000);
        rest /= 1_000;
    }
    text
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
