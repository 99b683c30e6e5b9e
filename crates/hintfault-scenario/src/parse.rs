//! From text to document and back.

use crate::document::{Action, Document, VERSION};
use crate::failure::{Failure, Report, Text};
use crate::json::{ToJson, Writer};
use crate::json_tree::from_json;
use crate::limits::MAX_TEXT_BYTES;
use crate::reader::{FromTree, Place};
#[cfg(feature = "toml")]
use crate::toml_tree::from_toml;
use crate::tree::Tree;

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
#[must_use]
pub fn to_json(document: &Document) -> String {
    let mut out = Writer::default();
    document.write(&mut out);
    indented(&out.finish())
}

/// An action as it stands in the document, on one line.
pub fn write_action(action: &Action, out: &mut Writer) {
    action.write(out);
}

/// Breaks compact JSON into lines.
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

#[cfg(not(feature = "toml"))]
fn from_toml(_text: &str) -> Result<Tree, Failure> {
    Err(Failure::one("", crate::words::only_json()))
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
        _ => {
            let mut report = Report::default();
            let document = Document::read(tree, &Place::Root, &mut report);
            report.finish(document)
        }
    }
}
