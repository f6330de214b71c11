//! Names of people who don't exist, in the script of their market.
//!
//! Common given and family names are put together at random; that somebody bears such a name is as
//! likely as it is meaningless.

mod lists;

use super::random::Random;
use lists::{BR, FR, GB, ID, JP, KR, MX, US};

/// What the names of a market are put together from.
#[derive(Debug)]
struct Names {
    given: &'static [&'static str],
    family: &'static [&'static str],
    /// Whether the family name comes first, and what stands between.
    family_first: bool,
    between: &'static str,
}

fn names_of(market: &str) -> &'static Names {
    match market {
        "GB" => &GB,
        "FR" => &FR,
        "JP" => &JP,
        "KR" => &KR,
        "ID" => &ID,
        "MX" => &MX,
        "BR" => &BR,
        _ => &US,
    }
}

/// So many people of a market; no two have the same name as long as its names suffice.
pub fn people(market: &str, count: usize, random: &mut Random) -> Vec<String> {
    let names = names_of(market);
    let mut pairs: Vec<(&str, &str)> = names
        .given
        .iter()
        .flat_map(|given| names.family.iter().map(move |family| (*given, *family)))
        .collect();
    random.shuffle(&mut pairs);
    let people = pairs.iter().cycle().take(count).map(|(given, family)| {
        let (first, second) = if names.family_first {
            (family, given)
        } else {
            (given, family)
        };
        format!("{first}{}{second}", names.between)
    });
    people.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::app::demo::figures::MARKETS;

    fn everyone(market: &str) -> String {
        people(market, 60, &mut Random::new(1)).join("\n")
    }

    #[test]
    fn no_two_people_of_a_market_have_the_same_name() {
        for market in &MARKETS {
            let people = people(market.code, market.network, &mut Random::new(1));
            let distinct: HashSet<&String> = people.iter().collect();
            assert_eq!(
                (people.len(), distinct.len()),
                (market.network, market.network)
            );
        }
    }

    #[test]
    fn every_market_writes_its_own_script() {
        let hangul = |c: &char| ('\u{ac00}'..='\u{d7a3}').contains(c);
        let kana = |c: &char| ('\u{3041}'..='\u{30ff}').contains(c);
        let kanji = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) || *c == '々';
        assert!(
            everyone("KR")
                .chars()
                .filter(|c| *c != '\n')
                .all(|c| hangul(&c))
        );
        let japanese = everyone("JP");
        let japanese: Vec<char> = japanese.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(japanese.iter().all(|c| kana(c) || kanji(c)));
        assert!(japanese.iter().any(kana) && japanese.iter().any(kanji));
        for (market, letters) in [("FR", "éèçï"), ("MX", "éíñá"), ("BR", "ãçõ")] {
            let people = everyone(market);
            assert!(
                letters.chars().all(|letter| people.contains(letter)),
                "{market}"
            );
        }
        for market in ["US", "GB", "ID"] {
            assert!(everyone(market).is_ascii(), "{market}");
        }
    }
}
