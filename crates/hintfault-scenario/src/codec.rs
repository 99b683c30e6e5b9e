//! The scenario in a link: the fragment of a URL carries the document, the tick and what is
//! selected. It never reaches a server.
//!
//! A fragment is the letter of its version followed by base64url without padding. Version `a`:
//! compact JSON `{"d": document, "t": tick, "s": selection, "b": other document}`, deflated, in a zlib
//! stream, whose Adler-32 tells when characters were lost or changed on the way. The other document is
//! what the first is compared with; pages that do not know of it open the first.
//!
//! Browsers can deflate by themselves. For a page there are [`body`] and [`read`], which leave that
//! to it; `encode` and `decode` do everything, with the crate's feature `deflate`.

#[cfg(feature = "deflate")]
use base64::Engine as _;
#[cfg(feature = "deflate")]
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hintfault::time::Tick;
#[cfg(feature = "deflate")]
use miniz_oxide::{
    deflate::compress_to_vec_zlib,
    inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit},
};

use crate::document::Document;
use crate::failure::{Failure, Report, Text};
use crate::json::{ToJson, Writer};
use crate::json_tree::from_json;
use crate::limits::{MAX_FRAGMENT_BYTES, MAX_SELECTION_CHARS, MAX_TEXT_BYTES, MAX_TICK};
use crate::parse;
use crate::reader::{FromTree, Place};
use crate::tree::Tree;

/// The version that is written.
const VERSION_A: char = 'a';
/// Deflate's most thorough level: links are short and read far more often than made.
#[cfg(feature = "deflate")]
const COMPRESSION_LEVEL: u8 = 10;

/// What a link carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    /// The scenario.
    pub document: Document,
    /// The tick to show.
    pub tick: Tick,
    /// What is selected in the page; its meaning is the page's own.
    pub selection: Option<String>,
    /// The scenario that it is compared with.
    pub other: Option<Document>,
}

/// What a fragment carries, as JSON.
///
/// # Errors
/// When the documents are too large for a link, the tick beyond [`MAX_TICK`] or the selection
/// longer than [`MAX_SELECTION_CHARS`]: what [`read`] would refuse is never made.
pub fn body(
    document: &Document,
    tick: Tick,
    selection: Option<&str>,
    other: Option<&Document>,
) -> Result<String, Failure> {
    check_tick(tick.0)?;
    check_selection(selection)?;
    let mut out = Writer::default();
    out.table(|out| {
        document.write(out.name("d"));
        if tick > Tick(0) {
            out.count("t", tick.0);
        }
        if let Some(selection) = selection {
            out.label("s", selection);
        }
        if let Some(other) = other {
            other.write(out.name("b"));
        }
    });
    let json = out.finish();
    if json.len() > MAX_TEXT_BYTES {
        return Err(too_long("the scenario", "场景", MAX_TEXT_BYTES));
    }
    Ok(json)
}

/// Reads a fragment, without `#`, of which `body` is the text that was in it: empty if it could not
/// be got out, and cut off anywhere behind [`MAX_TEXT_BYTES`].
///
/// # Errors
/// When the fragment is longer than [`MAX_FRAGMENT_BYTES`] or carries more than [`MAX_TEXT_BYTES`],
/// is of another version, was cut or changed, or does not hold a document.
pub fn read(fragment: &str, body: &str) -> Result<Shared, Failure> {
    coded(fragment)?;
    if body.is_empty() {
        return Err(damaged());
    }
    if body.len() > MAX_TEXT_BYTES {
        return Err(too_long("the scenario in the link", "链接中的场景", MAX_TEXT_BYTES));
    }
    shared_from(&from_json(body)?)
}

/// What follows the letter of the version.
fn coded(fragment: &str) -> Result<&str, Failure> {
    if fragment.len() > MAX_FRAGMENT_BYTES {
        return Err(too_long("the link", "链接", MAX_FRAGMENT_BYTES));
    }
    fragment.strip_prefix(VERSION_A).ok_or_else(|| unknown_version(fragment))
}

/// Makes the fragment of a link, without `#`; with it goes the scenario that this one is compared
/// with, if there is one.
///
/// # Errors
/// As [`body`], and when the fragment gets longer than [`MAX_FRAGMENT_BYTES`].
#[cfg(feature = "deflate")]
pub fn encode(
    document: &Document,
    tick: Tick,
    selection: Option<&str>,
    other: Option<&Document>,
) -> Result<String, Failure> {
    let json = body(document, tick, selection, other)?;
    let deflated = compress_to_vec_zlib(json.as_bytes(), COMPRESSION_LEVEL);
    let mut fragment = String::from(VERSION_A);
    URL_SAFE_NO_PAD.encode_string(deflated, &mut fragment);
    coded(&fragment)?;
    Ok(fragment)
}

/// Reads the fragment of a link, without `#`.
///
/// # Errors
/// As [`read`].
#[cfg(feature = "deflate")]
pub fn decode(fragment: &str) -> Result<Shared, Failure> {
    let deflated = URL_SAFE_NO_PAD.decode(coded(fragment)?).map_err(|_| damaged())?;
    read(fragment, &inflate(&deflated)?)
}

#[cfg(feature = "deflate")]
fn inflate(deflated: &[u8]) -> Result<String, Failure> {
    let json = decompress_to_vec_zlib_with_limit(deflated, MAX_TEXT_BYTES).map_err(|error| {
        if error.status == TINFLStatus::HasMoreOutput {
            return too_long("the scenario in the link", "链接中的场景", MAX_TEXT_BYTES);
        }
        damaged()
    })?;
    String::from_utf8(json).map_err(|_| damaged())
}

/// The documents are read as if each stood alone, so that errors have the same paths as those of a
/// file; those of the other one say that they are its.
fn shared_from(body: &Tree) -> Result<Shared, Failure> {
    let document = body.get("d").ok_or_else(damaged)?;
    let mut report = Report::default();
    let tick = body.get("t").map_or(0, |tick| u64::read(tick, &Place::Field(&Place::Root, "t"), &mut report));
    let selection = body.get("s").unwrap_or(&Tree::Null);
    let selection = Option::read(selection, &Place::Field(&Place::Root, "s"), &mut report);
    let selection: Option<String> = report.finish(selection)?;
    check_tick(tick)?;
    check_selection(selection.as_deref())?;
    let document = parse::document_from(document)?;
    let other = body.get("b").map(other_from).transpose()?;
    Ok(Shared { document, tick: Tick(tick), selection, other })
}

fn other_from(other: &Tree) -> Result<Document, Failure> {
    parse::document_from(other).map_err(|mut failure| {
        for error in &mut failure.errors {
            error.path.insert_str(0, "B: ");
        }
        failure
    })
}

fn check_tick(tick: u64) -> Result<(), Failure> {
    if tick <= MAX_TICK {
        return Ok(());
    }
    let message = Text::new(
        format!("tick {tick} is too late: ticks up to {MAX_TICK} are possible"),
        format!("时钟滴答 {tick} 太晚，最大为 {MAX_TICK}"),
    );
    Err(Failure::one("tick", message))
}

fn check_selection(selection: Option<&str>) -> Result<(), Failure> {
    if selection.is_none_or(|text| text.chars().count() <= MAX_SELECTION_CHARS) {
        return Ok(());
    }
    let message = Text::new(
        format!("too long: at most {MAX_SELECTION_CHARS} characters are possible"),
        format!("太长，最多 {MAX_SELECTION_CHARS} 个字符"),
    );
    Err(Failure::one("selection", message))
}

fn too_long(what_en: &str, what_zh: &str, most: usize) -> Failure {
    let message = Text::new(
        format!("{what_en} is too long: at most {most} bytes are possible; use a file instead"),
        format!("{what_zh}太长，最多 {most} 字节；请改用文件"),
    );
    Failure::one("link", message)
}

fn damaged() -> Failure {
    let message = Text::new(
        "the link is damaged: characters are missing or were changed; copy it again in full",
        "链接已损坏：有字符缺失或被改动，请重新完整复制",
    );
    Failure::one("link", message)
}

fn unknown_version(fragment: &str) -> Failure {
    let Some(letter) = fragment.chars().next() else {
        return Failure::one("link", Text::new("the link carries no scenario", "链接中没有场景"));
    };
    let letter: String = letter.escape_default().collect();
    let message = Text::new(
        format!("'{letter}' is no version of links that is known here"),
        format!("不认识的链接版本“{letter}”"),
    );
    Failure::one("link", message)
}
