//! The logs over the journals: hashes side by side, complete tiles, checkpoints in their order.

use super::{Case, ruled};

macro_rules! leaves {
    ($first:literal, $hashes:literal) => {
        concat!(
            "INSERT INTO log_leaves VALUES (id('fides'), ",
            $first,
            ", decode(repeat('00', ",
            $hashes,
            "), 'hex'))"
        )
    };
}

macro_rules! tile {
    ($at:literal, $hashes:literal, $root:literal) => {
        concat!(
            "INSERT INTO log_tiles SELECT id('fides'), ",
            $at,
            ", decode(repeat('00', ",
            $hashes,
            "), 'hex'), decode(repeat('00', ",
            $root,
            "), 'hex')"
        )
    };
}

macro_rules! checkpoints {
    ($rows:literal) => {
        concat!(
            "INSERT INTO log_checkpoints SELECT log, size, decode(repeat('00', root), 'hex'), 'n',
                 now(), head FROM (VALUES ",
            $rows,
            ") AS x (log, size, root, head)"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "log_leaves_pkey",
        &[
            "INSERT INTO log_leaves SELECT id('fides'), 0, decode(repeat('00', 32), 'hex')
           FROM generate_series(1, 2)",
        ],
    ),
    ruled(
        "log_leaves_whole",
        &[leaves!("0", "0"), leaves!("0", "1"), leaves!("0", "33")],
    ),
    ruled(
        "log_leaves_within_tile",
        &[
            leaves!("-1", "32"),
            leaves!("0", "257 * 32"),
            leaves!("255", "64"),
        ],
    ),
    ruled(
        "log_leaves_gapless",
        &[
            leaves!("1", "32"),
            "INSERT INTO log_leaves SELECT id('fides'), first, decode(repeat('00', 64), 'hex')
             FROM (VALUES (0), (1)) AS x (first)",
            "INSERT INTO log_leaves SELECT id('fides'), first, decode(repeat('00', 64), 'hex')
             FROM (VALUES (0), (3)) AS x (first)",
        ],
    ),
    ruled(
        "log_tiles_pkey",
        &[concat!(
            "INSERT INTO log_tiles SELECT id('fides'), 0, 0, decode(repeat('00', 8192), 'hex'), ",
            "decode(repeat('00', 32), 'hex') FROM generate_series(1, 2)"
        )],
    ),
    ruled(
        "log_tiles_numbered",
        &[
            tile!("-1, 0", "8192", "32"),
            tile!("8, 0", "8192", "32"),
            tile!("0, -1", "8192", "32"),
        ],
    ),
    ruled(
        "log_tiles_complete",
        &[tile!("0, 0", "8160", "32"), tile!("0, 0", "8193", "32")],
    ),
    ruled("log_tiles_root_whole", &[tile!("0, 0", "8192", "31")]),
    ruled(
        "log_checkpoints_pkey",
        &[checkpoints!(
            "(id('fides'), 0, 32, 0), (id('fides'), 0, 32, 1)"
        )],
    ),
    ruled(
        "log_checkpoints_head_unique",
        &[checkpoints!(
            "(id('fides'), 0, 32, 0), (id('payer'), 0, 32, 0)"
        )],
    ),
    ruled(
        "log_checkpoints_size_not_negative",
        &[checkpoints!("(id('fides'), -1, 32, 0)")],
    ),
    ruled(
        "log_checkpoints_root_whole",
        &[checkpoints!("(id('fides'), 0, 31, 0)")],
    ),
    ruled(
        "log_checkpoints_heads_of_pledges",
        &[
            checkpoints!("(id('fides'), 0, 32, NULL::bigint)"),
            checkpoints!("('00000000-0000-0000-0000-000000000000'::uuid, 0, 32, 0)"),
        ],
    ),
    ruled(
        "log_checkpoints_of_the_whole",
        &[checkpoints!("(id('fides'), 1, 32, 0)")],
    ),
    ruled(
        "log_cosignatures_pkey",
        &[
            "INSERT INTO log_cosignatures SELECT id('fides'), 0, 'w', E'l\\n', now(), now()
           FROM generate_series(1, 2)",
        ],
    ),
    ruled(
        "log_cosignatures_of_checkpoint",
        &["INSERT INTO log_cosignatures VALUES (id('fides'), 0, 'w', E'l\\n', now(), now())"],
    ),
    ruled(
        "log_cosignatures_line_whole",
        &[
            "INSERT INTO log_cosignatures VALUES (id('fides'), 0, 'w', 'l', now(), now())",
            "INSERT INTO log_cosignatures VALUES (id('fides'), 0, 'w', E'\\n', now(), now())",
            "INSERT INTO log_cosignatures VALUES (id('fides'), 0, 'w', E'l\\nm\\n', now(), now())",
        ],
    ),
    ruled(
        "log_timestamps_pkey",
        &[
            "INSERT INTO log_timestamps SELECT id('fides'), 0, '\\x30', now(), now()
           FROM generate_series(1, 2)",
        ],
    ),
    ruled(
        "log_timestamps_of_checkpoint",
        &["INSERT INTO log_timestamps VALUES (id('fides'), 0, '\\x30', now(), now())"],
    ),
    ruled(
        "log_timestamps_reply_bounded",
        &[
            "INSERT INTO log_timestamps VALUES (id('fides'), 0, '', now(), now())",
            "INSERT INTO log_timestamps VALUES (id('fides'), 0,
                 decode(repeat('00', 65537), 'hex'), now(), now())",
        ],
    ),
    ruled(
        "log_keys_pkey",
        &["INSERT INTO log_keys SELECT 'k', now() FROM generate_series(1, 2)"],
    ),
    ruled(
        "log_key_ends_pkey",
        &["INSERT INTO log_key_ends SELECT 'k', now() FROM generate_series(1, 2)"],
    ),
    ruled(
        "log_key_ends_signed_before",
        &["INSERT INTO log_key_ends VALUES ('k', now())"],
    ),
    ruled(
        "log_checkpoints_gapless",
        &[
            checkpoints!("(id('fides'), 0, 32, 1)"),
            checkpoints!("(id('fides'), 0, 32, -1)"),
            checkpoints!("(id('fides'), 0, 32, 0), (id('payer'), 0, 32, 2)"),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_are_only_written_as_they_grow() {
    super::try_all(CASES).await;
}
