//! Paints laid out pages into a PDF: PDF/A-3 with its structure told (level A), and PDF/UA-1.
//!
//! Nothing in it is of the moment or by chance: the same pages are the same bytes.

use std::num::{NonZeroU16, NonZeroU32};

use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};
use time::{OffsetDateTime, UtcOffset};

use super::face::Fonts;
use super::sheet::{Block, Cell, HEIGHT, Ink, Mark, Role, Row, RowHead, Sheets, WIDTH};
use super::{Attachment, NotPrinted};

/// What the document says about itself.
pub(super) struct About {
    pub(super) title: String,
    pub(super) subject: String,
    pub(super) author: String,
    /// What tells it from every other document.
    pub(super) id: String,
    pub(super) made_at: OffsetDateTime,
}

fn failed(why: impl std::fmt::Debug) -> NotPrinted {
    NotPrinted(format!("{why:?}"))
}

fn configuration() -> Result<Configuration, NotPrinted> {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(failed)
}

/// The pages as a PDF, with files attached.
pub(super) fn paint(
    fonts: &Fonts,
    sheets: &Sheets,
    about: &About,
    attachments: &[Attachment],
) -> Result<Vec<u8>, NotPrinted> {
    let mut document = Document::new_with(SerializeSettings {
        configuration: configuration()?,
        ..SerializeSettings::default()
    });
    let mut content: Vec<Option<Identifier>> = vec![None; sheets.content];
    for sheet in &sheets.pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| failed("page size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &sheet.marks {
            draw(&mut surface, fonts, mark, &mut content);
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tree(&sheets.blocks, &content));
    document.set_outline(outline(sheets));
    document.set_metadata(metadata(about));
    for attachment in attachments {
        let attached = document.embed_file(embedded(attachment, about)?);
        attached.ok_or_else(|| failed("two attachments of one name"))?;
    }
    document.finish().map_err(failed)
}

fn moment(at: OffsetDateTime) -> DateTime {
    let at = at.to_offset(UtcOffset::UTC);
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month().into())
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn metadata(about: &About) -> Metadata {
    Metadata::new()
        .title(about.title.clone())
        .description(about.subject.clone())
        .authors(vec![about.author.clone()])
        .language("en".to_owned())
        .creator("Almoner".to_owned())
        .document_id(about.id.clone())
        .creation_date(moment(about.made_at))
}

fn embedded(attachment: &Attachment, about: &About) -> Result<EmbeddedFile, NotPrinted> {
    let mime_type = MimeType::new(attachment.media_type);
    Ok(EmbeddedFile {
        path: attachment.name.to_owned(),
        mime_type: Some(mime_type.ok_or_else(|| failed(attachment.media_type))?),
        description: Some(attachment.description.to_owned()),
        association_kind: match attachment.is_source {
            true => AssociationKind::Source,
            false => AssociationKind::Alternative,
        },
        data: attachment.bytes.clone().into(),
        modification_date: Some(moment(about.made_at)),
        compress: Some(true),
        location: None,
    })
}

fn outline(sheets: &Sheets) -> Outline {
    let mut outline = Outline::new();
    for bookmark in &sheets.bookmarks {
        let place = XyzDestination::new(bookmark.page, Point::from_xy(0.0, bookmark.y));
        outline.push_child(OutlineNode::new(bookmark.title.clone(), place));
    }
    outline
}

fn fill(ink: Ink) -> Fill {
    let Ink(red, green, blue) = ink;
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        ..Fill::default()
    }
}

fn draw(surface: &mut Surface, fonts: &Fonts, mark: &Mark, content: &mut [Option<Identifier>]) {
    match mark {
        Mark::Fill { at, size, ink } => {
            let Some(area) = Rect::from_xywh(at.0, at.1, size.0, size.1) else {
                return;
            };
            let mut path = PathBuilder::new();
            path.push_rect(area);
            let Some(path) = path.finish() else {
                return;
            };
            let ornament = Artifact::with_kind(ArtifactType::Layout);
            surface.start_tagged(ContentTag::Artifact(ornament));
            surface.set_fill(Some(fill(*ink)));
            surface.draw_path(&path);
            surface.end_tagged();
        }
        Mark::Text {
            at: (x, y),
            to_the_right,
            text,
            style,
            role,
        } => {
            let runs = fonts.set(text, style.weight, style.figures);
            let width: f32 = runs.iter().map(|run| run.width * style.size).sum();
            let mut x = if *to_the_right { x - width } else { *x };
            let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
            let tag = match role {
                Role::Content(_) => ContentTag::Span(SpanTag::empty()),
                Role::Header => artifact(ArtifactType::Header),
                Role::Footer => artifact(ArtifactType::Footer),
            };
            let identifier = surface.start_tagged(tag);
            if let Role::Content(number) = role
                && let Some(place) = content.get_mut(*number)
            {
                *place = Some(identifier);
            }
            surface.set_fill(Some(fill(style.ink)));
            for run in &runs {
                let start = Point::from_xy(x, *y);
                let font = run.font.clone();
                surface.draw_glyphs(start, &run.glyphs, font, &run.text, style.size, false);
                x += run.width * style.size;
            }
            surface.end_tagged();
        }
    }
}

fn leaves(numbers: &[usize], content: &[Option<Identifier>]) -> Vec<Node> {
    let found = numbers.iter().filter_map(|it| content.get(*it).copied());
    found.flatten().map(Node::Leaf).collect()
}

fn tree(blocks: &[Block], content: &[Option<Identifier>]) -> TagTree {
    let mut tree = TagTree::new();
    for block in blocks {
        let group = match block {
            Block::Heading {
                level,
                title,
                content: own,
            } => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                let tag = Tag::Hn(level, Some(title.clone()));
                TagGroup::with_children(tag, leaves(own, content))
            }
            Block::Paragraph(own) => TagGroup::with_children(Tag::P, leaves(own, content)),
            Block::Table { summary, rows } => {
                let tag = Tag::Table.with_summary(Some(summary.clone()));
                let rows = rows.iter().map(|it| row(it, content).into());
                TagGroup::with_children(tag, rows.collect())
            }
        };
        tree.push(group);
    }
    tree
}

fn row(row: &Row, content: &[Option<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(Tag::TR);
    for (
        place,
        Cell {
            content: own,
            columns,
        },
    ) in row.cells.iter().enumerate()
    {
        let columns = NonZeroU32::new(*columns).filter(|it| it.get() > 1);
        let tag: TagKind = match row.head {
            RowHead::Columns => Tag::TH(TableHeaderScope::Column)
                .with_col_span(columns)
                .into(),
            RowHead::First if place == 0 => {
                Tag::TH(TableHeaderScope::Row).with_col_span(columns).into()
            }
            RowHead::First | RowHead::None => Tag::TD.with_col_span(columns).into(),
        };
        let cell = TagGroup::with_children(tag, leaves(own, content));
        group.push(cell);
    }
    group
}
