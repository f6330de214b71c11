//! Who creators are, where they are paid, and that both are erased.

use super::{Case, ruled};

/// An erasure of that creator, before something else.
macro_rules! erased {
    ($creator:literal, $then:literal) => {
        concat!(
            "INSERT INTO creator_erasures VALUES (id('",
            $creator,
            "'), now(), 'adele', 'Asked to', 'doc:1', 'aa'); ",
            $then
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "creator_persons_pkey",
        &["INSERT INTO creator_persons VALUES (id('joe'), 'Jo')"],
    ),
    ruled(
        "creator_persons_name_stated",
        &["INSERT INTO creator_persons VALUES (id('jo'), '')"],
    ),
    ruled(
        "creator_persons_creator_exists",
        &["INSERT INTO creator_persons VALUES (id('jo'), 'Jo')"],
    ),
    ruled(
        "creator_persons_not_erased",
        &[erased!(
            "joe",
            "INSERT INTO creator_persons VALUES (id('joe'), 'Joe')"
        )],
    ),
    ruled(
        "creator_bank_details_pkey",
        &["INSERT INTO creator_bank_details SELECT * FROM creator_bank_details"],
    ),
    ruled(
        "creator_bank_details_version_positive",
        &["INSERT INTO creator_bank_details VALUES (id('joe'), 0, 'J', '1', NULL, 'p', now())"],
    ),
    ruled(
        "creator_bank_details_stated",
        &[
            "INSERT INTO creator_bank_details VALUES (id('joe'), 2, '', '1', NULL, 'p', now())",
            "INSERT INTO creator_bank_details VALUES (id('joe'), 2, 'J', '', NULL, 'p', now())",
            "INSERT INTO creator_bank_details VALUES (id('joe'), 2, 'J', '1', '', 'p', now())",
        ],
    ),
    ruled(
        "creator_bank_details_creator_exists",
        &["INSERT INTO creator_bank_details VALUES (id('jo'), 1, 'J', '1', NULL, 'p', now())"],
    ),
    ruled(
        "creator_bank_details_not_erased",
        &[erased!(
            "joe",
            "INSERT INTO creator_bank_details VALUES (id('joe'), 2, 'J', '1', NULL, 'p', now())"
        )],
    ),
    ruled(
        "creator_erasures_pkey",
        &[erased!(
            "joe",
            "INSERT INTO creator_erasures SELECT * FROM creator_erasures"
        )],
    ),
    ruled("creator_erasures_creator_exists", &[erased!("jo", "")]),
    // She is owed 30, and 40 are bound for her.
    ruled("creator_erasures_nothing_owed", &[erased!("hanako", "")]),
];
