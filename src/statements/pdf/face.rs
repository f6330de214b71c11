//! The fonts, and text set in them.
//!
//! They are carried in the program, so that a statement is the same bytes wherever it is made.
//! Each character is set in the first font that has it; one that none of them has is shown as an
//! empty square, and what has no shape of its own isn't shown at all.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Script, ShapePlan, UnicodeBuffer, script};

/// What stands for a character that no font has.
const REPLACEMENT: char = '\u{25A1}';

/// How heavy the Latin letters are. The others come in one weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

struct Face {
    shaper: rustybuzz::Face<'static>,
    font: Font,
    script: Script,
    /// How its script is shaped: worked out once, as a statement has many lines.
    plan: ShapePlan,
}

impl Face {
    fn load(bytes: &'static [u8], script: Script) -> Option<Face> {
        let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
        let plan = ShapePlan::new(&shaper, Direction::LeftToRight, Some(script), None, &[]);
        Some(Face {
            shaper,
            font: Font::new(bytes.into(), 0)?,
            script,
            plan,
        })
    }

    fn has(&self, character: char) -> bool {
        self.shaper.glyph_index(character).is_some()
    }

    /// How wide a character is by itself, in parts of the size.
    fn advance(&self, character: char) -> f32 {
        let glyph = self.shaper.glyph_index(character).unwrap_or_default();
        let advance = self.shaper.glyph_hor_advance(glyph).unwrap_or_default();
        f32::from(advance) / self.font.units_per_em()
    }
}

/// The fonts there are.
pub(super) struct Fonts {
    regular: Face,
    semi_bold: Face,
    japanese: Face,
    korean: Face,
}

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    Some(Fonts {
        regular: Face::load(include_bytes!("fonts/Inter-Regular.otf"), script::LATIN)?,
        semi_bold: Face::load(include_bytes!("fonts/Inter-SemiBold.otf"), script::LATIN)?,
        japanese: Face::load(
            include_bytes!("fonts/NotoSansCJKjp-Regular.otf"),
            script::HAN,
        )?,
        korean: Face::load(
            include_bytes!("fonts/NotoSansCJKkr-Regular.otf"),
            script::HANGUL,
        )?,
    })
});

/// A part of a line that is set in one font.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// In parts of the size.
    pub(super) width: f32,
}

fn is_hangul(character: char) -> bool {
    matches!(character, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7A3}')
}

/// What has no shape of its own: controls, joiners, variation selectors, marks of direction.
fn is_shapeless(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// A line of text, with nothing in it that can't be set.
fn cleaned(text: &str) -> impl Iterator<Item = char> + '_ {
    let spaced = text.chars().map(|it| match it {
        '\t' | '\n' | '\r' => ' ',
        other => other,
    });
    spaced.filter(|it| !is_shapeless(*it))
}

impl Fonts {
    /// The fonts; none if one of them can't be read, which a test rules out.
    pub(super) fn get() -> Option<&'static Fonts> {
        FONTS.as_ref()
    }

    /// The first face that has a character. Among Korean letters, ideographs are Korean too.
    fn face(&self, character: char, weight: Weight, korean: bool) -> Option<&Face> {
        let latin = match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        };
        let faces = match korean {
            true => [latin, &self.korean, &self.japanese],
            false => [latin, &self.japanese, &self.korean],
        };
        faces.into_iter().find(|face| face.has(character))
    }

    /// Sets a line. Figures stand at even distances, whatever stands beside them.
    pub(super) fn set(&self, text: &str, weight: Weight, figures: bool) -> Vec<Run> {
        let korean = text.chars().any(is_hangul);
        let mut parts: Vec<(&Face, String)> = Vec::new();
        for character in cleaned(text) {
            let found = self.face(character, weight, korean);
            let (face, character) = match found {
                Some(face) => (face, character),
                None => match self.face(REPLACEMENT, weight, korean) {
                    Some(face) => (face, REPLACEMENT),
                    None => continue,
                },
            };
            match parts.last_mut() {
                Some((last, part)) if std::ptr::eq(*last, face) => part.push(character),
                _ => parts.push((face, character.to_string())),
            }
        }
        let set = parts.into_iter();
        let set = set.map(|(face, part)| match figures {
            true => side_by_side(face, part),
            false => shape(face, part),
        });
        set.collect()
    }

    /// How wide a line is, in parts of the size.
    pub(super) fn width(&self, text: &str, weight: Weight, figures: bool) -> f32 {
        let runs = self.set(text, weight, figures);
        runs.iter().map(|run| run.width).sum()
    }

    /// Breaks a text into lines no wider than `width` parts of its size: between words, between
    /// ideographs, or within a word that is longer than a line. What doesn't go onto the last of
    /// the lines there may be is left out, and an ellipsis says so.
    pub(super) fn wrap(&self, text: &str, weight: Weight, width: f32, most: usize) -> Vec<String> {
        let korean = text.chars().any(is_hangul);
        let advance = |it: char| {
            let face = self.face(it, weight, korean);
            face.map_or(1.0, |face| face.advance(it))
        };
        let mut lines = vec![String::new()];
        let mut used = 0.0;
        for word in words(&cleaned(text).collect::<String>()) {
            let wide: f32 = word.trim_end().chars().map(advance).sum();
            if used > 0.0 && used + wide > width {
                lines.push(String::new());
                used = 0.0;
            }
            for character in word.chars() {
                let wide = advance(character);
                if used + wide > width && character != ' ' {
                    lines.push(String::new());
                    used = 0.0;
                }
                if let Some(line) = lines.last_mut() {
                    line.push(character);
                    used += wide;
                }
            }
        }
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                let wide: f32 = last.chars().map(advance).sum();
                if wide + 1.0 > width {
                    last.pop();
                }
                *last = format!("{}\u{2026}", last.trim_end());
            }
        }
        lines
    }
}

/// The parts a line may be broken between, each with the space after it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let broad = |it: char| matches!(it, '\u{2E80}'..='\u{FFDC}') && !is_hangul(it);
        let closes = matches!(character, '、' | '。' | '」' | '』' | '）' | 'ー');
        let after_space = before == ' ' && character != ' ';
        let between = (broad(before) || broad(character)) && character != ' ' && !closes;
        if at > from && (after_space || between) {
            words.push(&text[from..at]);
            from = at;
        }
        before = character;
    }
    words.push(&text[from..]);
    words
}

/// Sets characters one beside the other, each as wide as it is by itself.
fn side_by_side(face: &Face, text: String) -> Run {
    let mut glyphs = Vec::with_capacity(text.len());
    let mut width = 0.0;
    for (at, character) in text.char_indices() {
        let glyph = face.shaper.glyph_index(character).unwrap_or_default();
        let advance = face.advance(character);
        width += advance;
        glyphs.push(KrillaGlyph::new(
            GlyphId::new(glyph.0.into()),
            advance,
            0.0,
            0.0,
            0.0,
            at..at + character.len_utf8(),
            None,
        ));
    }
    Run {
        font: face.font.clone(),
        text,
        glyphs,
        width,
    }
}

/// Sets text as its script is written: kerned, and with marks where they belong.
fn shape(face: &Face, text: String) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.set_direction(Direction::LeftToRight);
    buffer.set_script(face.script);
    let shaped = rustybuzz::shape_with_plan(&face.shaper, &face.plan, buffer);
    let em = face.font.units_per_em();
    let (infos, places) = (shaped.glyph_infos(), shaped.glyph_positions());
    let mut glyphs = Vec::with_capacity(infos.len());
    let mut width = 0.0;
    for (index, (info, place)) in infos.iter().zip(places).enumerate() {
        let later = infos.iter().skip(index + 1);
        let next = later.map(|it| it.cluster).find(|it| *it != info.cluster);
        let end = next.map_or(text.len(), |it| it as usize);
        let of = |units: i32| units as f32 / em;
        width += of(place.x_advance);
        glyphs.push(KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            of(place.x_advance),
            of(place.x_offset),
            of(place.y_offset),
            of(place.y_advance),
            info.cluster as usize..end,
            None,
        ));
    }
    Run {
        font: face.font.clone(),
        text,
        glyphs,
        width,
    }
}
