//! From text to document and back.

use serde::de::DeserializeSeed;
use serde::{Deserialize, Serialize};

use crate::document::{Document, VERSION};
use crate::failure::{Failure, Text};
use crate::limits::MAX_TEXT_BYTES;
use crate::reader::Reader;
use crate::tree::{Tree, TreeSeed};
use crate::words;

/// Reads a document in JSON or TOML: JSON if the first character that is not blank is `{`.
/// TOML needs the crate's feature `toml`.
///
/// # Errors
/// When the text is longer than [`MAX_TEXT_BYTES`], is neither, nests deeper than
/// [`MAX_DEPTH`](crate::limits::MAX_DEPTH), names a field twice, or has a field that the format
/// does not know or whose value is of the wrong type.
pub fn parse(text: &str) -> Result<Document, Failure> {
    check_length(text)?;
    let tree = if text.trim_start().starts_with('{') { from_json(text)? } else { from_toml(text)? };
    document_from(&tree)
}

/// The document as JSON: one field a line, only what the author wrote. `parse` reads it back
/// into an equal document.
///
/// # Errors
/// When a value cannot be written, which no document from [`parse`] causes.
pub fn to_json(document: &Document) -> Result<String, Failure> {
    Ok(indented(&to_compact_json(document)?))
}

/// Writes JSON without a blank.
pub(crate) fn to_compact_json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::one("", words::unwritable(&error)))
}

/// Breaks compact JSON into lines. serde_json could do so by itself, but only with all code
/// that writes documents a second time, and every visitor of the page would load it.
fn indented(json: &str) -> String {
    let mut text = String::with_capacity(2 * json.len());
    let (mut depth, mut in_string, mut is_escaped, mut is_opened) = (0, false, false, false);
    for c in json.chars() {
        if in_string {
            in_string = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            text.push(c);
            continue;
        }
        let closes = matches!(c, '}' | ']');
        depth -= usize::from(closes);
        if is_opened != closes {
            new_line(&mut text, depth);
        }
        text.push(c);
        in_string = c == '"';
        is_opened = matches!(c, '{' | '[');
        depth += usize::from(is_opened);
        match c {
            ':' => text.push(' '),
            ',' => new_line(&mut text, depth),
            _ => {}
        }
    }
    text
}

fn new_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(core::iter::repeat_n("  ", depth));
}

fn check_length(text: &str) -> Result<(), Failure> {
    let length = text.len();
    if length <= MAX_TEXT_BYTES {
        return Ok(());
    }
    let message = Text::new(
        format!("{length} bytes are too long: at most {MAX_TEXT_BYTES} are possible"),
        format!("文本太长：{length} 字节，最多 {MAX_TEXT_BYTES} 字节"),
    );
    Err(Failure::one("", message))
}

pub(crate) fn from_json(text: &str) -> Result<Tree, Failure> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = TreeSeed::ROOT.deserialize(&mut deserializer);
    let tree = tree.and_then(|tree| deserializer.end().map(|()| tree));
    tree.map_err(|error| Failure::one("", words::bad_json(&error)))
}

#[cfg(feature = "toml")]
fn from_toml(text: &str) -> Result<Tree, Failure> {
    let bad = |error: toml::de::Error| Failure::one("", words::bad_toml(text, error.span(), error.message()));
    let deserializer = toml::Deserializer::parse(text).map_err(bad)?;
    TreeSeed::ROOT.deserialize(deserializer).map_err(bad)
}

#[cfg(not(feature = "toml"))]
fn from_toml(_text: &str) -> Result<Tree, Failure> {
    Err(Failure::one("", words::only_json()))
}

/// Reads a document from a tree.
pub(crate) fn document_from(tree: &Tree) -> Result<Document, Failure> {
    match tree.get("version") {
        Some(Tree::Whole(version)) if *version != VERSION => {
            let message = Text::new(
                format!("version {version} is not known here: this program reads version {VERSION}"),
                format!("不认识版本 {version}：本程序只能读取版本 {VERSION}"),
            );
            Err(Failure::one("version", message))
        }
        _ => Ok(Document::deserialize(Reader(tree))?),
    }
}
