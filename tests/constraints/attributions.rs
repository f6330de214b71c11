//! What platforms say of spend: which lots it stands in, and what is left in ad accounts.

use super::{Case, ruled};

/// An attribution of the day's report to the lot it stands in, by a journal of that name.
macro_rules! attribution {
    ($number:literal, $journal:literal, $amount:literal) => {
        concat!(
            "WITH u AS (INSERT INTO spend_uses VALUES (id('spent'), id('campaign'), '2026-02-10', \
             1, 0, id('spent lot'), ",
            $amount,
            ", ",
            $number,
            ")) INSERT INTO spend_attributions VALUES (id('spent'), id('campaign'), '2026-02-10', \
             1, ",
            $number,
            ", id('",
            $journal,
            "'))"
        )
    };
}

/// After a journal that posts one.
macro_rules! attributed {
    ($then:expr) => {
        concat!(
            "SELECT post('spent', 1, 2, 1, '2026-02-10', kind => 'spend', subject => 'shibuya', \
             name => 'named', document => 'doc'); ",
            $then
        )
    };
}

macro_rules! balance {
    ($ad_account:literal, $amount:literal, $actor:literal) => {
        concat!(
            "INSERT INTO platform_balances VALUES (id('spent'), id('screen'), id('",
            $ad_account,
            "'), '2026-02-28', ",
            $amount,
            ", 'doc', 'doc', '",
            $actor,
            "', now())"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "platform_balances_pkey",
        &[concat!(
            balance!("shibuya", "5", "petra"),
            "; ",
            balance!("shibuya", "5", "petra")
        )],
    ),
    ruled(
        "platform_balances_amount_not_negative",
        &[balance!("shibuya", "-1", "petra")],
    ),
    ruled(
        "platform_balances_actor_stated",
        &[balance!("shibuya", "5", "")],
    ),
    ruled(
        "platform_balances_of_ad_account",
        &[balance!("tokyo", "5", "petra")],
    ),
    ruled(
        "spend_attributions_pkey",
        &[attributed!(concat!(
            attribution!("1", "named", "20"),
            "; INSERT INTO spend_attributions VALUES (id('spent'), id('campaign'), '2026-02-10', \
             1, 1, id('another'))"
        ))],
    ),
    ruled(
        "spend_attributions_id_unique",
        &[attributed!(concat!(
            attribution!("1", "named", "20"),
            "; ",
            attribution!("2", "named", "20")
        ))],
    ),
    ruled(
        "spend_attributions_number_positive",
        &[
            "INSERT INTO spend_attributions VALUES (id('spent'), id('campaign'), '2026-02-10', 1, \
           0, id('named'))",
        ],
    ),
    ruled(
        "spend_attributions_of_line",
        &[
            "INSERT INTO spend_attributions VALUES (id('spent'), id('campaign'), '2026-02-11', 1, \
             1, id('named'))",
        ],
    ),
    ruled(
        "spend_attributions_of_final",
        &[
            // Of a report that another follows, and of one that isn't final.
            attributed!(concat!(
                "WITH u AS (INSERT INTO spend_uses VALUES (id('spent'), id('campaign'), \
                 '2026-02-10', 2, 0, id('spent lot'), 20)) INSERT INTO spend_lines VALUES \
                 (id('spent'), id('campaign'), '2026-02-10', 2, id('new'), id('shibuya'), \
                 'final', 20, 0, 20, 0, NULL, id('import'), 2); ",
                attribution!("1", "named", "20")
            )),
            "WITH u AS (INSERT INTO spend_uses VALUES (id('spent'), id('campaign'), '2026-02-11', \
             1, 0, id('spent lot'), 5)) INSERT INTO spend_lines VALUES (id('spent'), \
             id('campaign'), '2026-02-11', 1, id('new'), id('shibuya'), 'provisional', 5, 0, 5, 0, \
             NULL, id('import'), 2); INSERT INTO spend_attributions VALUES (id('spent'), \
             id('campaign'), '2026-02-11', 1, 1, id('named'))",
        ],
    ),
    ruled(
        "spend_attributions_gapless",
        &[attributed!(attribution!("2", "named", "20"))],
    ),
    ruled(
        "spend_attributions_add_up",
        &[
            attributed!(attribution!("1", "named", "19")),
            attributed!(attribution!("1", "named", "21")),
        ],
    ),
    ruled(
        "spend_attributions_as_posted",
        &[
            attribution!("1", "refund", "20"),
            attribution!("1", "nothing", "20"),
            concat!(
                "SELECT post('spent', 1, 2, 1, '2026-02-10', kind => 'spend', \
                 subject => 'shibuya', name => 'named'); ",
                attribution!("1", "named", "20")
            ),
        ],
    ),
    ruled(
        "spend_uses_of_attribution",
        &[
            "INSERT INTO spend_uses VALUES (id('spent'), id('campaign'), '2026-02-10', 1, 0, \
           id('spent lot'), 20, 1)",
        ],
    ),
];
