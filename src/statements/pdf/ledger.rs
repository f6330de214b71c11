//! An account's part: what it came to, line by line.
//!
//! Where its lines go on to another page, what they have come to is carried forward at the foot and
//! brought forward at the head, so that each page adds up by itself.

use super::face::Weight;
use super::layout::{BODY, LABEL, Layout};
use super::sheet::{
    BLACK, Block, Cell, GREY, HAIR, LEFT, NAVY, RIGHT, Role, Row, RowHead, Style, TINT,
};
use super::words;
use crate::db::read::{Entry, StatementHead};
use crate::domain::chart::Side;
use crate::statements::paper::{Section, Subject};

const FIGURE: Style = Style::new(8.5, Weight::Regular, BLACK).figures();
const STRONG: Style = Style::new(8.5, Weight::SemiBold, BLACK).figures();
const CARRIED: Style = Style::new(8.0, Weight::Regular, GREY).figures();
const NOTE: Style = Style::new(7.2, Weight::Regular, GREY);
const REASON: Style = Style::new(7.4, Weight::Regular, BLACK);
const COLUMN: Style = Style::new(7.5, Weight::SemiBold, NAVY);

/// Where the column of what happened begins.
const DETAILS: f32 = LEFT + 66.0;
/// What the row that carries forward takes.
const CARRY: f32 = 17.0;

/// Where the figures end, and how they are set so that the longest of them has room.
#[derive(Debug, Clone, Copy)]
struct Columns {
    debit: f32,
    credit: f32,
    balance: f32,
    /// How wide a column of figures is.
    wide: f32,
}

/// What lines have come to so far.
#[derive(Debug, Clone, Copy, Default)]
struct SoFar {
    debits: i64,
    credits: i64,
    balance: i64,
}

fn cell(content: Vec<usize>, columns: u32) -> Cell {
    Cell { content, columns }
}

fn digits(head: &StatementHead) -> u32 {
    head.account.key.unit.minor_digits()
}

impl Layout<'_> {
    pub(super) fn ledger(&mut self, section: &Section) {
        self.balances(section);
        if section.lines.is_empty() {
            self.sheets.y += 2.0;
        } else {
            self.lines(section);
        }
        self.proof(section);
    }

    /// Opening, debits, credits, closing, and what of it is available.
    fn balances(&mut self, section: &Section) {
        let head = &section.head;
        let of = |minor| words::amount(minor, digits(head));
        let unit = head.account.key.unit.code();
        let mut figures = vec![
            (
                format!("Opening, {}", words::day(head.from)),
                of(head.opening),
            ),
            ("Debits".to_owned(), of(head.total_debits)),
            ("Credits".to_owned(), of(head.total_credits)),
            (
                format!("Closing, {}", words::day(head.to)),
                of(head.closing()),
            ),
        ];
        figures.extend(section.available.map(|it| ("Available".to_owned(), of(it))));
        self.need(60.0);
        let (top, count) = (self.sheets.y - 8.0, figures.len());
        self.sheets.fill((LEFT, top), (RIGHT - LEFT, 42.0), TINT);
        self.sheets.fill((LEFT, top), (2.0, 42.0), NAVY);
        let wide = (RIGHT - LEFT - 12.0) / count as f32;
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (place, (name, value)) in figures.iter().enumerate() {
            let x = LEFT + 12.0 + wide * place as f32;
            names.push(cell(vec![self.sheets.write(x, top + 14.0, name, LABEL)], 1));
            let weight = match place {
                0 | 3 => Weight::SemiBold,
                _ => Weight::Regular,
            };
            let style = Style::new(12.0, weight, BLACK).figures();
            let style = self.fitted(value, style, wide - 8.0);
            values.push(cell(
                vec![self.sheets.write(x, top + 32.0, value, style)],
                1,
            ));
        }
        let rows = vec![
            Row {
                head: RowHead::Columns,
                cells: names,
            },
            Row {
                head: RowHead::None,
                cells: values,
            },
        ];
        let summary = format!("What the account came to, in {unit}");
        self.sheets.blocks.push(Block::Table { summary, rows });
        self.sheets.y = top + 60.0;
    }

    fn columns(&self, section: &Section) -> Columns {
        let head = &section.head;
        let figures = section.running().map(|(_, balance)| balance);
        let figures = figures.chain([head.opening, head.total_debits, head.total_credits]);
        let texts = figures.map(|it| words::amount(it, digits(head)));
        let longest = texts.max_by_key(|it| it.chars().count());
        let longest = longest.unwrap_or_default();
        let text = STRONG.size * self.fonts.width(&longest, STRONG.weight, true);
        // Three columns, and still some room for what happened.
        let wide = (text + 10.0).clamp(64.0, 118.0);
        Columns {
            debit: RIGHT - 2.0 * wide,
            credit: RIGHT - wide,
            balance: RIGHT,
            wide,
        }
    }

    /// What the columns are called: once as content, and again on each page.
    fn column_names(&mut self, columns: Columns, unit: &str, again: bool) -> Row {
        self.sheets.y += 2.0;
        let y = self.sheets.y;
        // A currency has room there. The code of credits hasn't; it stands at the head.
        let balance = match unit.len() {
            0..=3 => format!("Balance {unit}"),
            _ => "Balance".to_owned(),
        };
        let mut cells = Vec::new();
        let style = COLUMN;
        for (x, to_the_right, name) in [
            (LEFT, false, "Date"),
            (DETAILS, false, "Details"),
            (columns.debit, true, "Debit"),
            (columns.credit, true, "Credit"),
            (columns.balance, true, balance.as_str()),
        ] {
            match (again, to_the_right) {
                (true, true) => self.sheets.repeat_to(x, y, name, style, Role::Header),
                (true, false) => self.sheets.repeat(x, y, name, style, Role::Header),
                (false, true) => {
                    let it = self.sheets.write_to(x, y, name, style);
                    cells.push(cell(vec![it], 1));
                }
                (false, false) => {
                    let it = self.sheets.write(x, y, name, style);
                    cells.push(cell(vec![it], 1));
                }
            }
        }
        self.sheets.rule(y + 5.0, 0.8, NAVY);
        self.sheets.y = y + 17.0;
        Row {
            head: RowHead::Columns,
            cells,
        }
    }

    fn lines(&mut self, section: &Section) {
        let head = &section.head;
        let columns = self.columns(section);
        let unit = head.account.key.unit.code().to_owned();
        self.need(90.0);
        let mut rows = vec![self.column_names(columns, &unit, false)];
        let opening = ("Opening balance", words::day(head.from));
        rows.push(self.balance_row(section, columns, opening, head.opening));
        let mut so_far = SoFar {
            balance: head.opening,
            ..SoFar::default()
        };
        for (line, balance) in section.running() {
            let details = self.details(line, columns);
            let height = 5.0 + details.iter().map(|it| it.1.size + 2.4).sum::<f32>();
            if self.sheets.left() < height + CARRY {
                self.carry(section, columns, so_far);
            }
            match line.side {
                Side::Debit => so_far.debits += line.amount,
                Side::Credit => so_far.credits += line.amount,
            }
            so_far.balance = balance;
            rows.push(self.line(section, columns, (line, balance), &details));
        }
        if self.sheets.left() < 40.0 {
            self.carry(section, columns, so_far);
        }
        rows.push(self.totals(section, columns));
        let closing = ("Closing balance", words::day(head.to));
        rows.push(self.balance_row(section, columns, closing, head.closing()));
        let y = self.sheets.y - 11.5;
        self.sheets.rule(y, 0.6, NAVY);
        self.sheets.rule(y + 1.8, 0.6, NAVY);
        let summary = format!("Lines of {}, in {unit}", words::account(head));
        self.sheets.blocks.push(Block::Table { summary, rows });
        self.sheets.y += 8.0;
    }

    /// What happened, in lines with their styles.
    fn details(&self, line: &Entry, columns: Columns) -> Vec<(String, Style)> {
        let room = columns.debit - columns.wide - DETAILS + 4.0;
        let kind = words::sentence(line.journal.kind.as_str());
        let mut lines = vec![(kind, BODY)];
        let other = &line.counterpart;
        let market = other.market.map(|it| format!(", {it}"));
        let market = market.unwrap_or_default();
        let other = format!("{} {}{market}", other.code.as_str(), other.code.name());
        let mut add = |text: &str, style: Style, most| {
            let broken = self.fonts.wrap(text, style.weight, room / style.size, most);
            lines.extend(broken.into_iter().map(|it| (it, style)));
        };
        add(&other, NOTE, 2);
        if let Some(reason) = &line.journal.reason {
            add(reason, REASON, 4);
        }
        let id = line.journal.id.to_string();
        let style = self.fitted(&id, Style { size: 6.4, ..NOTE }, room);
        lines.push((id, style));
        lines
    }

    fn line(
        &mut self,
        section: &Section,
        columns: Columns,
        (line, balance): (&Entry, i64),
        details: &[(String, Style)],
    ) -> Row {
        let y = self.sheets.y;
        let day = self
            .sheets
            .write(LEFT, y, &words::day(line.effective_date), FIGURE);
        let number = format!("Entry {}", words::count(line.seq));
        let number = self.sheets.write(LEFT, y + 9.8, &number, NOTE.figures());
        let mut what = Vec::new();
        let mut at = y;
        for (place, (text, style)) in details.iter().enumerate() {
            if place > 0 {
                at += style.size + 2.4;
            }
            what.push(self.sheets.write(DETAILS, at, text, *style));
        }
        let amount = words::amount(line.amount, digits(&section.head));
        let (debit, credit) = match line.side {
            Side::Debit => (amount.as_str(), " "),
            Side::Credit => (" ", amount.as_str()),
        };
        let balance = words::amount(balance, digits(&section.head));
        let debit = self.figure(columns.debit, y, debit, FIGURE, columns);
        let credit = self.figure(columns.credit, y, credit, FIGURE, columns);
        let balance = self.figure(columns.balance, y, &balance, FIGURE, columns);
        self.sheets.rule(at + 5.0, 0.4, HAIR);
        self.sheets.y = at + 15.5;
        Row {
            head: RowHead::None,
            cells: vec![
                cell(vec![day, number], 1),
                cell(what, 1),
                debit,
                credit,
                balance,
            ],
        }
    }

    fn figure(&mut self, x: f32, y: f32, text: &str, style: Style, columns: Columns) -> Cell {
        let style = self.fitted(text, style, columns.wide - 6.0);
        cell(vec![self.sheets.write_to(x, y, text, style)], 1)
    }

    fn balance_row(
        &mut self,
        section: &Section,
        columns: Columns,
        (name, day): (&str, String),
        minor: i64,
    ) -> Row {
        let y = self.sheets.y;
        let day = self.sheets.write(LEFT, y, &day, FIGURE);
        let name = self.sheets.write(DETAILS, y, name, STRONG);
        let amount = words::amount(minor, digits(&section.head));
        let balance = self.figure(columns.balance, y, &amount, STRONG, columns);
        self.sheets.rule(y + 5.0, 0.4, HAIR);
        self.sheets.y += 16.5;
        Row {
            head: RowHead::None,
            cells: vec![cell(vec![day], 1), cell(vec![name], 3), balance],
        }
    }

    fn totals(&mut self, section: &Section, columns: Columns) -> Row {
        let (y, head) = (self.sheets.y, &section.head);
        let name = self.sheets.write(DETAILS, y, "Totals", STRONG);
        let debits = words::amount(head.total_debits, digits(head));
        let credits = words::amount(head.total_credits, digits(head));
        let debits = self.figure(columns.debit, y, &debits, STRONG, columns);
        let credits = self.figure(columns.credit, y, &credits, STRONG, columns);
        let none = self.sheets.write_to(columns.balance, y, " ", STRONG);
        self.sheets.rule(y + 5.0, 0.4, HAIR);
        self.sheets.y += 16.5;
        Row {
            head: RowHead::None,
            cells: vec![cell(vec![name], 2), debits, credits, cell(vec![none], 1)],
        }
    }

    /// Carries forward, turns the page, and brings forward.
    fn carry(&mut self, section: &Section, columns: Columns, so_far: SoFar) {
        self.forward("Carried forward", section, columns, so_far, Role::Footer);
        self.turn();
        let unit = section.head.account.key.unit.code().to_owned();
        self.column_names(columns, &unit, true);
        self.forward("Brought forward", section, columns, so_far, Role::Header);
        let y = self.sheets.y;
        self.sheets.rule(y + 5.0, 0.4, HAIR);
        self.sheets.y += 16.5;
    }

    fn forward(
        &mut self,
        name: &str,
        section: &Section,
        columns: Columns,
        so_far: SoFar,
        role: Role,
    ) {
        let y = self.sheets.y;
        self.sheets.repeat(DETAILS, y, name, CARRIED, role);
        for (x, minor) in [
            (columns.debit, so_far.debits),
            (columns.credit, so_far.credits),
            (columns.balance, so_far.balance),
        ] {
            let amount = words::amount(minor, digits(&section.head));
            let style = self.fitted(&amount, CARRIED, columns.wide - 6.0);
            self.sheets.repeat_to(x, y, &amount, style, role);
        }
    }

    /// How the balances follow from each other, in a sentence.
    fn proof(&mut self, section: &Section) {
        let head = &section.head;
        let of = |minor| words::amount(minor, digits(head));
        let (more, less) = match head.normal_side() {
            Side::Debit => (
                (head.total_debits, "debits"),
                (head.total_credits, "credits"),
            ),
            Side::Credit => (
                (head.total_credits, "credits"),
                (head.total_debits, "debits"),
            ),
        };
        let lines = match section.lines.len() {
            0 => "no lines".to_owned(),
            1 => "1 line".to_owned(),
            many => format!("{} lines", words::count(many as i64)),
        };
        // Of several accounts it is said once, at the head, and of those that differ.
        let known = match self.paper.subject == Subject::Account || head.known != self.paper.known {
            true => format!(" {}", words::known(head.known)),
            false => String::new(),
        };
        let text = format!(
            "Proof: {} opening + {} {} \u{2212} {} {} = {} closing, over {lines}.{known}",
            of(head.opening),
            of(more.0),
            more.1,
            of(less.0),
            less.1,
            of(head.closing()),
        );
        self.paragraph(&text, Style { ink: GREY, ..BODY });
    }
}
