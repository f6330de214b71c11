//! What stands on the pages.

use super::face::{Fonts, Weight};
use super::layout::Layout;
use super::sheet::{BOTTOM, LEFT, Mark, RIGHT, Role, Sheet, Sheets};
use super::words;
use crate::domain::StatementRunId;
use crate::statements::tests::{issued, long};
use crate::statements::{Paper, Subject};

fn laid_out(paper: &Paper) -> Sheets {
    Layout::of(paper, Fonts::get().unwrap())
}

/// The lines of text of a page, from its top.
fn texts(sheet: &Sheet) -> Vec<&str> {
    let texts = sheet.marks.iter().filter_map(|mark| match mark {
        Mark::Text { text, .. } => Some(text.as_str()),
        Mark::Fill { .. } => None,
    });
    texts.collect()
}

/// What follows a text on a page.
fn after<'a>(texts: &[&'a str], text: &str, count: usize) -> Vec<&'a str> {
    let place = texts.iter().position(|it| *it == text).unwrap();
    texts[place + 1..][..count].to_vec()
}

#[test]
fn every_page_says_which_it_is_and_brings_forward_what_the_last_one_carried() {
    let paper = long(70);
    let sheets = laid_out(&paper);
    let count = sheets.pages.len();
    assert!(count > 3);
    let section = &paper.sections[0];
    let balances: Vec<i64> = section.running().map(|it| it.1).collect();
    let mut shown = 0;
    for (place, sheet) in sheets.pages.iter().enumerate() {
        let page = texts(sheet);
        assert!(page.contains(&format!("Page {} of {count}", place + 1).as_str()));
        shown += page.iter().filter(|it| it.starts_with("Entry ")).count();
        let Some(next) = sheets.pages.get(place + 1) else {
            continue;
        };
        if !page.contains(&"Carried forward") {
            continue;
        }
        let carried = after(&page, "Carried forward", 3);
        assert_eq!(after(&texts(next), "Brought forward", 3), carried);
        assert_eq!(carried[2], words::amount(balances[shown - 1], 2));
    }
    assert_eq!(shown, 70, "each line once");
}

#[test]
fn nothing_stands_outside_of_the_margins_or_on_something_else() {
    let mut paper = issued(long(70));
    // Figures as long as there can be.
    let head = &mut paper.sections[0].head;
    head.opening = i64::MAX - 100_000_000;
    head.account.credits = head.opening + head.total_credits;
    has_room(&paper);
    let mut several = several_issued();
    let issue = several.sections[1].issue.as_mut().unwrap();
    issue.issued_by = "somebody.with.a.long.name@".to_owned() + &"an.address.".repeat(9);
    has_room(&several);
}

/// A pledge's: many accounts, each of them issued.
fn several_issued() -> Paper {
    let mut paper = issued(long(30));
    paper.subject = Subject::Pledge;
    paper.run = Some(StatementRunId(uuid::Uuid::from_u128(0x5E)));
    let mut other = issued(long(2)).sections.remove(0);
    // Somebody issued it, and knew more than the run did.
    other.head.known.journal += 3;
    paper.sections.extend(vec![other; 40]);
    paper
}

fn has_room(paper: &Paper) {
    let fonts = Fonts::get().unwrap();
    for sheet in &laid_out(paper).pages {
        let mut placed: Vec<(f32, f32, f32, &str)> = Vec::new();
        for mark in &sheet.marks {
            let Mark::Text {
                at: (x, y),
                to_the_right,
                text,
                style,
                role,
            } = mark
            else {
                continue;
            };
            let wide = style.size * fonts.width(text, style.weight, style.figures);
            let x = if *to_the_right { x - wide } else { *x };
            assert!(x >= LEFT - 0.1 && x + wide <= RIGHT + 0.5, "{text} at {x}");
            assert!(
                matches!(role, Role::Footer) || *y <= BOTTOM,
                "{text} at {y}"
            );
            if text.trim().is_empty() {
                continue;
            }
            for (other_x, other_y, other_end, other) in &placed {
                let apart = x >= *other_end || x + wide <= *other_x || (y - other_y).abs() > 3.0;
                assert!(apart, "{text} on {other}");
            }
            placed.push((x, *y, x + wide, text));
        }
    }
}

#[test]
fn a_statement_of_several_accounts_lists_them_and_begins_each_with_its_heading() {
    let mut paper = long(30);
    paper.subject = Subject::Pledge;
    let other = long(5).sections[0].clone();
    paper.sections.extend([other.clone(), other]);
    let sheets = laid_out(&paper);
    let titles: Vec<&str> = sheets
        .bookmarks
        .iter()
        .map(|it| it.title.as_str())
        .collect();
    let account = "3130 Purse: creator allocation, cash";
    assert_eq!(titles, ["Statement of a pledge", account, account, account]);
    let all: Vec<&str> = sheets.pages.iter().flat_map(texts).collect();
    assert_eq!(
        all.iter().filter(|it| **it == account).count(),
        6,
        "listed, and headed"
    );
    assert_eq!(all.iter().filter(|it| it.starts_with("Proof: ")).count(), 3);
}

#[test]
fn a_draft_says_so_on_every_page_and_an_issued_one_which_it_is() {
    let paper = long(40);
    for sheet in &laid_out(&paper).pages {
        assert!(texts(sheet).contains(&"DRAFT"));
    }
    let sheets = laid_out(&issued(paper));
    for sheet in &sheets.pages {
        assert!(texts(sheet).contains(&"No. 3") && !texts(sheet).contains(&"DRAFT"));
    }
    let last = texts(sheets.pages.last().unwrap());
    for text in [
        &"ab".repeat(32),
        "No. 2",
        "A backdated \"fee\"",
        "almoner/plg_1",
        "cm9vdA==",
    ] {
        assert!(last.contains(&text), "{text}");
    }
}

#[test]
fn an_issued_one_of_several_accounts_says_so_on_every_page_and_which_each_of_them_is() {
    let paper = several_issued();
    let sheets = laid_out(&paper);
    for sheet in &sheets.pages {
        let page = texts(sheet);
        assert!(
            page.contains(&"ISSUED") && !page.contains(&"DRAFT"),
            "{page:?}"
        );
    }
    let all: Vec<&str> = sheets.pages.iter().flat_map(texts).collect();
    let count = |wanted: &str| all.iter().filter(|it| **it == wanted).count();
    assert_eq!(count(&"ab".repeat(32)), 41, "a digest each");
    let who = "01 Feb 2026, 11:00:00.000000 UTC by fin@example.org, supersedes No. 2";
    assert_eq!(count(who), 41);
    assert_eq!(count("srn_0000000000000000000000000000005e"), 1);
    // What the run knew is said once; of those that knew more, with their proof.
    let text = all.concat();
    assert_eq!(text.matches("journals No. 1 to 12 are").count(), 40);
    let titles: Vec<&str> = sheets.bookmarks.iter().map(|it| &*it.title).collect();
    assert_eq!((titles.len(), titles[42]), (43, "Issued"));
}

#[test]
fn the_fonts_have_what_names_are_written_in() {
    let fonts = Fonts::get().unwrap();
    for name in [
        "山﨑 髙子、ひらがなカタカナｶﾀｶﾅ々〆ー",
        "김하늘 뷁 大韓民國",
        "Nguyễn Thị Ánh Đặng",
        "João Conceição Peñarrubia L\u{2019}Œuvre Zoë Łukasz Čapek",
        "Ελλάδα Україна",
        "¥1 ₩2 €3 £4 \u{2212}5 № ©",
    ] {
        for weight in [Weight::Regular, Weight::SemiBold] {
            let runs = fonts.set(name, weight, false);
            let set: String = runs.iter().map(|run| run.text.as_str()).collect();
            assert_eq!(set, name);
            let mut glyphs = runs.iter().flat_map(|run| &run.glyphs);
            assert!(glyphs.all(|glyph| glyph.glyph_id.to_u32() != 0), "{name}");
        }
    }
    let set = |text| -> String {
        let runs = fonts.set(text, Weight::Regular, false);
        runs.iter().map(|run| run.text.as_str()).collect()
    };
    assert_eq!(set("a😀b\u{0}\u{202E}c\u{E000}"), "a\u{25A1}bc\u{25A1}");
}

#[test]
fn figures_are_all_of_one_width() {
    let fonts = Fonts::get().unwrap();
    for weight in [Weight::Regular, Weight::SemiBold] {
        let one = fonts.width("1,111,111.11", weight, true);
        for digit in ["0", "4", "7"] {
            let other = "1,111,111.11".replace('1', digit);
            // Inter's semi-bold 4 is a thousandth narrower: nothing anybody could see.
            let off = (fonts.width(&other, weight, true) - one).abs();
            assert!(off < 0.01, "{other} is off by {off}");
        }
    }
}

#[test]
fn text_is_broken_between_words_and_ideographs_and_cut_with_an_ellipsis() {
    let fonts = Fonts::get().unwrap();
    let word = "m".repeat(40);
    let wrap = |text, most| fonts.wrap(text, Weight::Regular, 6.0, most);
    assert_eq!(wrap("one two three", 9), ["one two ", "three"]);
    assert_eq!(
        wrap("第三四半期の制作費、字幕", 9),
        ["第三四半期の", "制作費、字幕"]
    );
    assert_eq!(wrap("one two three four five", 1), ["one two\u{2026}"]);
    assert!(wrap(&word, 9).len() > 3);
    assert_eq!(wrap("", 9), [""]);
}
