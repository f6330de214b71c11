//! What stands before and after the accounts: all of them at a glance, and how it was issued.

use super::face::Weight;
use super::layout::{BODY, Layout};
use super::sheet::{BLACK, Block, Cell, GREY, HAIR, LEFT, NAVY, RIGHT, Row, RowHead, Style};
use super::words;
use crate::statements::paper::{Issue, Section};

const COLUMN: Style = Style::new(7.5, Weight::SemiBold, NAVY);
const NAME: Style = Style::new(8.2, Weight::Regular, BLACK);
const FIGURE: Style = Style::new(8.2, Weight::Regular, BLACK).figures();

const MARKET: f32 = LEFT + 232.0;
const UNIT: f32 = LEFT + 266.0;
const LINES: f32 = LEFT + 346.0;
const OPENING: f32 = LEFT + 422.0;

/// Where the number of an issued statement ends, and where its digest begins.
const NUMBER: f32 = LEFT + 216.0;
const DIGEST: f32 = LEFT + 228.0;

fn row<const N: usize>(head: RowHead, cells: [usize; N]) -> Row {
    let cells = cells.map(|it| Cell {
        content: vec![it],
        columns: 1,
    });
    Row {
        head,
        cells: cells.to_vec(),
    }
}

impl Layout<'_> {
    /// Every account with its balances.
    pub(super) fn overview(&mut self) {
        let paper = self.paper;
        if paper.sections.is_empty() {
            let none = "No account of it is in sight, or none has been opened yet.";
            return self.paragraph(none, BODY);
        }
        let mut rows = vec![self.overview_names()];
        for section in &paper.sections {
            if self.sheets.left() < 14.0 {
                self.turn();
            }
            rows.push(self.overview_row(section));
        }
        self.sheets.y += 6.0;
        let summary = "The accounts and their balances".to_owned();
        self.sheets.blocks.push(Block::Table { summary, rows });
    }

    fn overview_names(&mut self) -> Row {
        let y = self.sheets.y;
        let cells = [
            self.sheets.write(LEFT, y, "Account", COLUMN),
            self.sheets.write(MARKET, y, "Market", COLUMN),
            self.sheets.write(UNIT, y, "Unit", COLUMN),
            self.sheets.write_to(LINES, y, "Lines", COLUMN),
            self.sheets.write_to(OPENING, y, "Opening", COLUMN),
            self.sheets.write_to(RIGHT, y, "Closing", COLUMN),
        ];
        self.sheets.rule(y + 5.0, 0.8, NAVY);
        self.sheets.y += 16.5;
        row(RowHead::Columns, cells)
    }

    fn overview_row(&mut self, section: &Section) -> Row {
        let (y, head) = (self.sheets.y, &section.head);
        let key = &head.account.key;
        let digits = key.unit.minor_digits();
        let name = words::account(head);
        let name_style = self.fitted(&name, NAME, MARKET - LEFT - 8.0);
        let market = key.market.map(|it| it.to_string());
        let unit_style = self.fitted(key.unit.code(), NAME, LINES - UNIT - 26.0);
        let opening = words::amount(head.opening, digits);
        let closing = words::amount(head.closing(), digits);
        let opening_style = self.fitted(&opening, FIGURE, OPENING - LINES - 8.0);
        let closing_style = self.fitted(&closing, FIGURE, RIGHT - OPENING - 8.0);
        let lines = words::count(section.lines.len() as i64);
        let market = market.as_deref().unwrap_or(" ");
        let cells = [
            self.sheets.write(LEFT, y, &name, name_style),
            self.sheets.write(MARKET, y, market, NAME),
            self.sheets.write(UNIT, y, key.unit.code(), unit_style),
            self.sheets.write_to(LINES, y, &lines, FIGURE),
            self.sheets.write_to(OPENING, y, &opening, opening_style),
            self.sheets.write_to(RIGHT, y, &closing, closing_style),
        ];
        self.sheets.rule(y + 4.5, 0.4, HAIR);
        self.sheets.y += 14.0;
        row(RowHead::First, cells)
    }

    /// How it was issued, or that it wasn't, and what is attached.
    pub(super) fn close(&mut self) {
        self.sheets.y += 12.0;
        if let Some(issue) = self.paper.issue() {
            self.issued(issue);
        } else if self.paper.is_issued() {
            self.all_issued();
        }
        let attached = "Attached to this document: the statement as JSON (statement.json) and as \
                        an ISO 20022 camt.053 message (camt.053.xml).";
        let small = Style {
            size: 7.5,
            ink: GREY,
            ..BODY
        };
        self.paragraph(attached, small);
    }

    /// The heading of what is said of its issue.
    fn issue_heading(&mut self, title: String) {
        let y = self.sheets.y + 6.0;
        let style = Style::new(12.5, Weight::SemiBold, NAVY);
        let heading = self.sheets.write(LEFT, y, &title, style);
        self.bookmark(title.clone(), y - 16.0);
        self.sheets.blocks.push(Block::Heading {
            level: 2,
            title,
            content: vec![heading],
        });
        self.sheets.y = y + 18.0;
    }

    /// Under which number each account's statement was issued, and with which digest.
    fn all_issued(&mut self) {
        self.need(120.0);
        self.issue_heading("Issued".to_owned());
        let each = "Each account\u{2019}s statement was issued under a number of its own and is \
                    signed by itself: the signatures, and the signed checkpoints of the \
                    pledge\u{2019}s log, stand in the statement.json attached to this document.";
        self.paragraph(each, BODY);
        self.sheets.y += 10.0;
        let paper = self.paper;
        let mut rows = vec![self.issue_names()];
        for section in &paper.sections {
            if let Some(issue) = &section.issue {
                if self.sheets.left() < 26.0 {
                    self.turn();
                }
                rows.push(self.issue_row(section, issue));
            }
        }
        let summary = "The statements that were issued".to_owned();
        self.sheets.blocks.push(Block::Table { summary, rows });
        self.sheets.y += 6.0;
        let how = "To verify all of them, run almoner verify on this file, or on the \
                   statement.json attached to it: that needs no database and no word of ours. \
                   Each SHA-256 is that of the account\u{2019}s statement as NDJSON.";
        self.paragraph(how, BODY);
        self.sheets.y += 4.0;
    }

    fn issue_names(&mut self) -> Row {
        let y = self.sheets.y;
        let cells = [
            self.sheets.write(LEFT, y, "Account", COLUMN),
            self.sheets.write_to(NUMBER, y, "No.", COLUMN),
            self.sheets.write(DIGEST, y, "Issued, and SHA-256", COLUMN),
        ];
        self.sheets.rule(y + 5.0, 0.8, NAVY);
        self.sheets.y += 16.5;
        row(RowHead::Columns, cells)
    }

    fn issue_row(&mut self, section: &Section, issue: &Issue) -> Row {
        let y = self.sheets.y;
        let account = section.head.account.id.to_string();
        let name = words::account(&section.head);
        let name_style = self.fitted(&name, NAME, NUMBER - LEFT - 30.0);
        let account_style = self.fitted(&account, NAME, NUMBER - LEFT - 30.0);
        let supersedes = issue.supersedes.map(|it| format!(", supersedes No. {it}"));
        let when = format!(
            "{} by {}{}",
            words::moment(issue.issued_at),
            issue.issued_by,
            supersedes.unwrap_or_default()
        );
        let when_style = self.fitted(&when, NAME, RIGHT - DIGEST - 2.0);
        let room = (RIGHT - DIGEST) / when_style.size;
        let when = self.fonts.wrap(&when, when_style.weight, room, 1).concat();
        let digest_style = self.fitted(&issue.digest, FIGURE, RIGHT - DIGEST);
        let number = words::count(issue.number);
        let cells = [
            vec![
                self.sheets.write(LEFT, y, &name, name_style),
                self.sheets.write(LEFT, y + 9.8, &account, account_style),
            ],
            vec![self.sheets.write_to(NUMBER, y, &number, FIGURE)],
            vec![
                self.sheets.write(DIGEST, y, &when, when_style),
                self.sheets
                    .write(DIGEST, y + 9.8, &issue.digest, digest_style),
            ],
        ];
        self.sheets.rule(y + 14.5, 0.4, HAIR);
        self.sheets.y += 25.0;
        Row {
            head: RowHead::First,
            cells: cells
                .into_iter()
                .map(|content| Cell {
                    content,
                    columns: 1,
                })
                .collect(),
        }
    }

    fn issued(&mut self, issue: &Issue) {
        self.need(190.0);
        self.issue_heading(format!("Issued as No. {}", words::count(issue.number)));
        let mut facts = vec![
            ("Statement", issue.id.to_string()),
            ("Issued by", issue.issued_by.clone()),
            ("Issued at", words::moment(issue.issued_at)),
        ];
        let supersedes = issue
            .supersedes
            .map(|it| format!("No. {}", words::count(it)));
        facts.extend(supersedes.map(|it| ("Supersedes", it)));
        facts.extend(issue.reason.clone().map(|it| ("Reason", it)));
        facts.push(("SHA-256", issue.digest.clone()));
        let mut lines = issue.checkpoint.lines().map(str::to_owned);
        for name in ["Log", "Log size", "Log root"] {
            facts.extend(lines.next().map(|it| (name, it)));
        }
        let mut rows = Vec::new();
        for (name, value) in &facts {
            rows.push(self.fact(LEFT, RIGHT - LEFT, name, value));
        }
        let summary = "How it was issued".to_owned();
        self.sheets.blocks.push(Block::Table { summary, rows });
        self.sheets.y += 2.0;
        let how = "To verify it, run almoner verify on this file, or on the statement.json \
                   attached to it: that needs no database and no word of ours. The SHA-256 is \
                   that of the statement as NDJSON (sha256sum), and the log\u{2019}s signed \
                   root, with the journals up to its size, can be kept by anybody.";
        self.paragraph(how, BODY);
        self.sheets.y += 4.0;
    }
}
