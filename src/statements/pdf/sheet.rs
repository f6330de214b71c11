//! What stands on the pages before any of it is painted: marks at their places, and how they belong
//! together for somebody who can't see the page.
//!
//! All sizes are in points, from the page's top left corner.

/// A4.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Where the text begins and ends.
pub(super) const LEFT: f32 = 48.0;
pub(super) const RIGHT: f32 = WIDTH - 48.0;
/// Where the first line of a page that isn't the first may stand, and where the last one ends.
pub(super) const TOP: f32 = 78.0;
pub(super) const BOTTOM: f32 = HEIGHT - 66.0;

use super::face::Weight;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink(pub(super) u8, pub(super) u8, pub(super) u8);

/// What is read.
pub(super) const BLACK: Ink = Ink(0x1B, 0x1F, 0x27);
/// What names something.
pub(super) const GREY: Ink = Ink(0x5B, 0x64, 0x73);
/// Headings and heavy rules.
pub(super) const NAVY: Ink = Ink(0x14, 0x2F, 0x54);
/// That it is a draft.
pub(super) const AMBER: Ink = Ink(0x9A, 0x4A, 0x0B);
/// Light rules.
pub(super) const HAIR: Ink = Ink(0xD5, 0xDA, 0xE2);
/// Behind the balances.
pub(super) const TINT: Ink = Ink(0xF2, 0xF5, 0xF9);

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) ink: Ink,
    /// Whether it is figures, which stand at even distances.
    pub(super) figures: bool,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight, ink: Ink) -> Style {
        Style {
            size,
            weight,
            ink,
            figures: false,
        }
    }

    pub(super) const fn figures(self) -> Style {
        Style {
            figures: true,
            ..self
        }
    }
}

/// What a mark is to somebody who can't see the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Content, by its number.
    Content(usize),
    /// Repeated on each page, at its top.
    Header,
    /// Repeated on each page, at its bottom.
    Footer,
}

/// Something on a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line of text: where it begins, or where it ends if it is set to the right.
    Text {
        at: (f32, f32),
        to_the_right: bool,
        text: String,
        style: Style,
        role: Role,
    },
    /// A filled rectangle, from its left top corner; rules are thin ones.
    Fill {
        at: (f32, f32),
        size: (f32, f32),
        ink: Ink,
    },
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) marks: Vec<Mark>,
}

/// A cell: the numbers of its content, and over how many columns it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) content: Vec<usize>,
    pub(super) columns: u32,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) head: RowHead,
    pub(super) cells: Vec<Cell>,
}

/// Which cells of a row name the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowHead {
    /// All of them: it names the columns.
    Columns,
    /// The first one names the row.
    First,
    /// None.
    None,
}

/// A part of the document, in the order it is read.
#[derive(Debug)]
pub(super) enum Block {
    Heading {
        level: u16,
        title: String,
        content: Vec<usize>,
    },
    Paragraph(Vec<usize>),
    Table {
        summary: String,
        rows: Vec<Row>,
    },
}

/// A place to turn to from the table of contents.
#[derive(Debug)]
pub(super) struct Bookmark {
    pub(super) title: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// The pages as they are laid out.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    pub(super) pages: Vec<Sheet>,
    pub(super) blocks: Vec<Block>,
    pub(super) bookmarks: Vec<Bookmark>,
    /// How many pieces of content there are.
    pub(super) content: usize,
    /// Where the next thing goes on the last page.
    pub(super) y: f32,
}

impl Sheets {
    pub(super) fn turn(&mut self) {
        self.pages.push(Sheet::default());
        self.y = TOP;
    }

    /// What is left of the page.
    pub(super) fn left(&self) -> f32 {
        BOTTOM - self.y
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    fn text(&mut self, at: (f32, f32), to_the_right: bool, text: &str, style: Style, role: Role) {
        self.mark(Mark::Text {
            at,
            to_the_right,
            text: text.to_owned(),
            style,
            role,
        });
    }

    fn next_content(&mut self) -> usize {
        self.content += 1;
        self.content - 1
    }

    /// Writes a piece of content that begins there; its number.
    pub(super) fn write(&mut self, x: f32, y: f32, text: &str, style: Style) -> usize {
        let number = self.next_content();
        self.text((x, y), false, text, style, Role::Content(number));
        number
    }

    /// Writes a piece of content that ends there; its number.
    pub(super) fn write_to(&mut self, x: f32, y: f32, text: &str, style: Style) -> usize {
        let number = self.next_content();
        self.text((x, y), true, text, style, Role::Content(number));
        number
    }

    /// Writes what is repeated and isn't content.
    pub(super) fn repeat(&mut self, x: f32, y: f32, text: &str, style: Style, role: Role) {
        self.text((x, y), false, text, style, role);
    }

    /// Writes what is repeated and isn't content, so that it ends there.
    pub(super) fn repeat_to(&mut self, x: f32, y: f32, text: &str, style: Style, role: Role) {
        self.text((x, y), true, text, style, role);
    }

    /// A rule across the page.
    pub(super) fn rule(&mut self, y: f32, thickness: f32, ink: Ink) {
        self.fill((LEFT, y), (RIGHT - LEFT, thickness), ink);
    }

    pub(super) fn fill(&mut self, at: (f32, f32), size: (f32, f32), ink: Ink) {
        self.mark(Mark::Fill { at, size, ink });
    }
}
