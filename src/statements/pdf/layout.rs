//! Lays a statement out: its head, a section for each account, and how it was issued.

use super::face::{Fonts, Weight};
use super::sheet::{
    AMBER, BLACK, Block, Bookmark, Cell, GREY, HAIR, HEIGHT, LEFT, NAVY, RIGHT, Role, Row, RowHead,
    Sheets, Style,
};
use super::words;
use crate::statements::paper::{Paper, Section, Subject};

/// What stands on each page at the edge.
const RUNNING: Style = Style::new(7.5, Weight::Regular, GREY);
/// What names a figure or a fact.
pub(super) const LABEL: Style = Style::new(7.5, Weight::Regular, GREY);
/// A fact.
const FACT: Style = Style::new(8.5, Weight::Regular, BLACK);
/// A paragraph.
pub(super) const BODY: Style = Style::new(8.5, Weight::Regular, BLACK);

/// How wide the column of labels is.
const LABELS: f32 = 66.0;

/// A statement on its way onto pages.
pub(super) struct Layout<'a> {
    pub(super) fonts: &'static Fonts,
    pub(super) paper: &'a Paper,
    pub(super) sheets: Sheets,
}

impl<'a> Layout<'a> {
    /// The whole statement on pages.
    pub(super) fn of(paper: &'a Paper, fonts: &'static Fonts) -> Sheets {
        let mut layout = Layout {
            fonts,
            paper,
            sheets: Sheets::default(),
        };
        layout.sheets.turn();
        layout.head();
        if paper.subject == Subject::Account {
            for section in &paper.sections {
                layout.account_facts(section);
                layout.ledger(section);
            }
        } else {
            layout.subject_facts();
            layout.overview();
            for section in &paper.sections {
                layout.section_head(section);
                layout.ledger(section);
            }
        }
        layout.close();
        layout.feet();
        layout.sheets
    }

    fn widest(&self, text: &str, style: Style) -> f32 {
        style.size * self.fonts.width(text, style.weight, style.figures)
    }

    /// The style, smaller if the text would be wider than that; never unreadably small.
    pub(super) fn fitted(&self, text: &str, style: Style, width: f32) -> Style {
        let wide = self.widest(text, style);
        let size = match wide > width {
            true => (style.size * width / wide).max(5.0),
            false => style.size,
        };
        Style { size, ..style }
    }

    /// The next page, with what it has in common with the first.
    pub(super) fn turn(&mut self) {
        self.sheets.turn();
        let title = format!(
            "{} \u{00B7} {}",
            words::title(self.paper),
            self.paper.reference
        );
        self.sheets
            .repeat(LEFT, 54.0, &title, RUNNING, Role::Header);
        let (standing, ink) = self.standing();
        let style = Style::new(7.5, Weight::SemiBold, ink);
        self.sheets
            .repeat_to(RIGHT, 54.0, &standing, style, Role::Header);
        self.sheets.rule(60.0, 0.6, NAVY);
    }

    /// A new page, unless so much is left of this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.sheets.left() < height {
            self.turn();
        }
    }

    /// Whether it is a draft, or which one it is.
    fn standing(&self) -> (String, super::sheet::Ink) {
        match (self.paper.issue(), self.paper.is_issued()) {
            (Some(issue), _) => (format!("No. {}", words::count(issue.number)), NAVY),
            (None, true) => ("ISSUED".to_owned(), NAVY),
            (None, false) => ("DRAFT".to_owned(), AMBER),
        }
    }

    fn head(&mut self) {
        let paper = self.paper;
        let keeper = Style::new(11.0, Weight::SemiBold, NAVY);
        let keeper = self.fitted(&paper.recipient, keeper, 340.0);
        let name = self.sheets.write(LEFT, 54.0, &paper.recipient, keeper);
        let (standing, ink) = self.standing();
        let style = Style::new(11.0, Weight::SemiBold, ink);
        let standing = self.sheets.write_to(RIGHT, 54.0, &standing, style);
        self.sheets.rule(64.0, 1.2, NAVY);
        let (remark, ink) = match paper.is_issued() {
            true => (
                format!("Issued {}", words::day(paper.made_at().date())),
                GREY,
            ),
            false => ("Not issued: it may still change".to_owned(), ink),
        };
        let style = Style::new(7.5, Weight::Regular, ink);
        let remark = self.sheets.write_to(RIGHT, 78.0, &remark, style);

        let title = words::title(paper);
        let style = Style::new(20.0, Weight::SemiBold, BLACK);
        let heading = self.sheets.write(LEFT, 102.0, &title, style);
        let under = format!("{} \u{00B7} given by {}", paper.reference, paper.donor);
        let style = Style::new(9.5, Weight::Regular, GREY);
        let style = self.fitted(&under, style, RIGHT - LEFT);
        let under = self.sheets.write(LEFT, 118.0, &under, style);
        self.sheets.blocks.extend([
            Block::Paragraph(vec![name, standing, remark]),
            Block::Heading {
                level: 1,
                title: title.clone(),
                content: vec![heading],
            },
            Block::Paragraph(vec![under]),
        ]);
        self.bookmark(title, 80.0);
        self.sheets.y = 142.0;
    }

    pub(super) fn bookmark(&mut self, title: String, y: f32) {
        let page = self.sheets.pages.len() - 1;
        self.sheets.bookmarks.push(Bookmark { title, page, y });
    }

    /// Which days, and what was taken into account.
    fn range(&self) -> Vec<(&'static str, String)> {
        let paper = self.paper;
        let (from, to) = (words::day(paper.from), words::day(paper.to));
        let journals = match paper.known.journal {
            0 => "None yet".to_owned(),
            1 => "No. 1".to_owned(),
            last => format!("No. 1 to {}", words::count(last)),
        };
        vec![
            ("Period", format!("{from} \u{2013} {to}")),
            ("As known at", words::moment(paper.known.at)),
            ("Journals", journals),
        ]
    }

    fn account_facts(&mut self, section: &Section) {
        let head = &section.head;
        let key = &head.account.key;
        let mut own = vec![
            ("Account", words::account(head)),
            ("Number", head.account.id.to_string()),
            ("Unit", words::unit(head)),
        ];
        own.extend(key.market.map(|it| ("Market", it.to_string())));
        own.extend(section.holder.clone().map(|it| ("Held by", it)));
        for (name, id) in words::kept_by(key) {
            own.push((name, id));
        }
        let mut common = self.range();
        common.push(("Pledge", self.paper.pledge.to_string()));
        let side = words::sentence(head.normal_side().as_str());
        common.push(("Positive on", format!("{side} side")));
        self.facts("The account and the days", &own, &common);
        self.sheets.y += 8.0;
    }

    fn subject_facts(&mut self) {
        let paper = self.paper;
        let mut own = vec![("Pledge", paper.pledge.to_string())];
        match &paper.subject {
            Subject::Creator(id) => own.push(("Creator", id.to_string())),
            Subject::Market(market) => own.push(("Market", market.to_string())),
            Subject::Lot(id) => own.push(("Lot", id.to_string())),
            Subject::Account | Subject::Pledge => {}
        }
        if matches!(paper.subject, Subject::Creator(_)) {
            let holder = paper.sections.iter().find_map(|it| it.holder.clone());
            own.extend(holder.map(|it| ("Name", it)));
        }
        own.push(("Accounts", words::count(paper.sections.len() as i64)));
        own.extend(paper.run.map(|it| ("Issued by run", it.to_string())));
        let common = self.range();
        self.facts("What it is of, and the days", &own, &common);
        self.sheets.y += 8.0;
    }

    /// Facts in two columns, each with what it is called.
    fn facts(&mut self, summary: &str, own: &[(&str, String)], common: &[(&str, String)]) {
        let half = (RIGHT - LEFT - 18.0) / 2.0;
        let (top, mut lowest) = (self.sheets.y, self.sheets.y);
        let mut rows = Vec::new();
        for (x, facts) in [(LEFT, own), (LEFT + half + 18.0, common)] {
            self.sheets.y = top;
            for (name, value) in facts {
                rows.push(self.fact(x, half, name, value));
            }
            lowest = lowest.max(self.sheets.y);
        }
        self.sheets.y = lowest;
        self.sheets.blocks.push(Block::Table {
            summary: summary.to_owned(),
            rows,
        });
    }

    /// A fact within so wide a column, on as many lines as it takes.
    pub(super) fn fact(&mut self, x: f32, width: f32, name: &str, value: &str) -> Row {
        let room = width - LABELS;
        let style = match self.widest(value, FACT) > room {
            true => Style { size: 7.4, ..FACT },
            false => FACT,
        };
        let y = self.sheets.y;
        let label = self.sheets.write(x, y, name, LABEL);
        let lines = self.fonts.wrap(value, style.weight, room / style.size, 6);
        let mut content = Vec::new();
        for line in &lines {
            let y = self.sheets.y;
            content.push(self.sheets.write(x + LABELS, y, line, style));
            self.sheets.y += 10.5;
        }
        self.sheets.y += 3.0;
        let cell = |content| Cell {
            content,
            columns: 1,
        };
        Row {
            head: RowHead::First,
            cells: vec![cell(vec![label]), cell(content)],
        }
    }

    fn section_head(&mut self, section: &Section) {
        self.need(176.0);
        self.sheets.y += 22.0;
        let y = self.sheets.y;
        let title = words::account(&section.head);
        let style = Style::new(12.5, Weight::SemiBold, NAVY);
        let style = self.fitted(&title, style, RIGHT - LEFT);
        let heading = self.sheets.write(LEFT, y, &title, style);
        self.bookmark(title.clone(), y - 16.0);
        let key = &section.head.account.key;
        let market = key.market.map(|it| format!(" \u{00B7} {it}"));
        let holder = section
            .holder
            .as_ref()
            .map(|it| format!(" \u{00B7} held by {it}"));
        let under = format!(
            "{}{} \u{00B7} {}{}",
            words::unit(&section.head),
            market.unwrap_or_default(),
            section.head.account.id,
            holder.unwrap_or_default()
        );
        let style = self.fitted(&under, LABEL, RIGHT - LEFT);
        let under = self.sheets.write(LEFT, y + 13.0, &under, style);
        self.sheets.blocks.push(Block::Heading {
            level: 2,
            title,
            content: vec![heading],
        });
        self.sheets.blocks.push(Block::Paragraph(vec![under]));
        self.sheets.y += 32.0;
    }

    /// A paragraph as wide as the page.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        let room = (RIGHT - LEFT) / style.size;
        let lines = self.fonts.wrap(text, style.weight, room, 12);
        self.need(lines.len() as f32 * (style.size + 3.5));
        let mut content = Vec::new();
        for line in &lines {
            let y = self.sheets.y;
            content.push(self.sheets.write(LEFT, y, line, style));
            self.sheets.y += style.size + 3.5;
        }
        self.sheets.blocks.push(Block::Paragraph(content));
    }

    /// What stands at the foot of each page, now that it is known how many there are.
    fn feet(&mut self) {
        let pages = self.sheets.pages.len();
        let (from, to) = (words::day(self.paper.from), words::day(self.paper.to));
        let of = match self.paper.sections.as_slice() {
            [section] => section.head.account.id.to_string(),
            _ => self.paper.pledge.to_string(),
        };
        let left = format!("{from} \u{2013} {to} \u{00B7} {of}");
        let turned = std::mem::take(&mut self.sheets.pages);
        for (place, page) in turned.into_iter().enumerate() {
            self.sheets.pages.push(page);
            let y = HEIGHT - 40.0;
            self.sheets.rule(y - 12.0, 0.4, HAIR);
            self.sheets.repeat(LEFT, y, &left, RUNNING, Role::Footer);
            let number = format!("Page {} of {pages}", place + 1);
            let style = RUNNING.figures();
            self.sheets
                .repeat_to(RIGHT, y, &number, style, Role::Footer);
        }
    }
}
