//! Tiles against the tree.

use super::*;
use crate::tlog::tree::{consistency, inclusion, leaf_hash};

fn numbered(count: u64) -> Vec<Hash> {
    let leaves = (0..count).map(|it| leaf_hash(&it.to_be_bytes()));
    leaves.collect()
}

#[test]
fn an_edge_grows_to_the_root_of_the_tree_and_gives_its_complete_tiles() {
    let leaves = numbered(66_000);
    let (mut edge, mut tiles) = (Edge::default(), Vec::new());
    for (at, leaf) in leaves.iter().enumerate() {
        assert_eq!(edge.size(), at as u64);
        if at < 1_030 || at % 4_001 == 0 || at > 65_500 && at % 97 == 0 {
            assert_eq!(edge.root(), root(&leaves[..at]), "{at}");
        }
        tiles.extend(edge.push(*leaf));
    }
    assert_eq!(tiles.len(), 257 + 1);
    for tile in &tiles {
        let span = 1_usize << (8 * (u32::from(tile.at.level) + 1));
        let first = usize::try_from(tile.at.number).unwrap() * span;
        assert_eq!(
            tile.root,
            root(&leaves[first..first + span]),
            "{:?}",
            tile.at
        );
        assert_eq!(tile.at.width(66_000), WIDTH);
    }
}

#[test]
fn an_edge_and_every_proof_are_had_from_tiles_alone() {
    let leaves = numbered(70_000);
    let mut all = Tiles::default();
    let mut edge = Edge::default();
    for leaf in &leaves {
        for tile in edge.push(*leaf) {
            all.0.insert(tile.at, tile.hashes);
        }
    }
    for (level, hashes) in edge.levels.iter().enumerate() {
        let at = TileAt::edge(70_000).nth(level).unwrap();
        if !hashes.is_empty() {
            all.0.insert(at, hashes.clone());
        }
    }
    for size in [
        0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999, 70_000_u64,
    ] {
        let wanted = Edge::of(size, &all).unwrap();
        assert_eq!(
            wanted.root(),
            root(&leaves[..usize::try_from(size).unwrap()])
        );
        for older in [0, 1, 200, 256, 300, 65_536, 69_998] {
            let Some(ranges) = consistency(older, size) else {
                continue;
            };
            let direct = ranges.iter().map(|it| {
                let range = usize::try_from(it.start).unwrap()..usize::try_from(it.end).unwrap();
                root(&leaves[range])
            });
            let needed = Tiles::needed(&ranges);
            let fetched = all.0.iter().filter(|(at, _)| needed.contains(at));
            let fetched = Tiles(fetched.map(|(at, it)| (*at, it.clone())).collect());
            let expected: Vec<Hash> = direct.collect();
            assert_eq!(fetched.hashes(&ranges).unwrap(), expected);
        }
    }
    assert_eq!(Edge::of(70_000, &all).unwrap(), edge);
    let ranges = inclusion(1, 70_000).unwrap();
    assert_eq!(Tiles::default().hashes(&ranges), None);
}

#[test]
fn paths_are_read_as_the_standard_writes_them_and_in_no_other_way() {
    let hashes = |level, number, width| Some(TilePath::Hashes(TileAt { level, number }, width));
    assert_eq!(TilePath::parse("0/000"), hashes(0, 0, 256));
    assert_eq!(
        TilePath::parse("1/x001/x234/067"),
        hashes(1, 1_234_067, 256)
    );
    assert_eq!(TilePath::parse("0/x001/234.p/8"), hashes(0, 1_234, 8));
    assert_eq!(TilePath::parse("63/000.p/255"), hashes(63, 0, 255));
    assert_eq!(
        TilePath::parse("entries/017.p/1"),
        Some(TilePath::Entries(17, 1))
    );
    for wrong in [
        "",
        "0",
        "0/",
        "0/0",
        "0/x000/001",
        "00/000",
        "64/000",
        "-1/000",
        "0/1234",
        "0/x1/000",
        "0/001/000",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "1/+01",
        "entries",
        "data/000",
        "0/x999/x999/x999/x999/x999/x999/999/",
    ] {
        assert_eq!(TilePath::parse(wrong), None, "{wrong}");
    }
    for number in [0, 7, 999, 1_000, 1_234_067, u64::from(u32::MAX)] {
        assert_eq!(parse_number(&format_number(number)), Some(number));
    }
}
