//! What readers of text report, in both languages.

use serde::de::{Expected, Unexpected};

use crate::failure::Text;
use crate::limits::MAX_DEPTH;
use crate::quantity::{EXPECTED_ADDRESS, EXPECTED_CPUS, EXPECTED_MS, EXPECTED_SIZE, excerpt};

/// What a group of fields is expected to be.
pub(crate) const A_TABLE: &str = "a table of fields";
/// What a choice is expected to be.
pub(crate) const A_WORD: &str = "a word in quotes";

/// A value of the wrong type.
pub(crate) fn found_instead(found: Unexpected<'_>, expected: &dyn Expected) -> Text {
    let expected = expected.to_string();
    let (expected_en, expected_zh) = expectation(&expected);
    let (found_en, found_zh) = kind(found);
    Text::new(
        format!("{found_en} is not possible here: need {expected_en}"),
        format!("这里不能是{found_zh}，应为{expected_zh}"),
    )
}

/// What serde and the own visitors expect, in both languages.
fn expectation(expected: &str) -> (&str, &str) {
    let known = [
        (EXPECTED_SIZE, EXPECTED_SIZE, "大小，例如 \"64 MiB\"，或字节数"),
        (EXPECTED_ADDRESS, EXPECTED_ADDRESS, "地址，例如 \"0x7f0000000000\""),
        (EXPECTED_CPUS, EXPECTED_CPUS, "CPU 列表，例如 \"0-3,8\" 或 [0, 1]"),
        (EXPECTED_MS, EXPECTED_MS, "不小于 0 的毫秒数"),
        (A_TABLE, A_TABLE, "一组字段"),
        (A_WORD, A_WORD, "引号里的一个词"),
        ("u64", "a whole number, not negative", "非负整数"),
        ("a string", "a text in quotes", "引号里的文本"),
        ("a sequence", "a list", "列表"),
    ];
    let found = known.into_iter().find(|(name, _, _)| *name == expected);
    found.map_or((expected, expected), |(_, en, zh)| (en, zh))
}

/// What was found, shortened.
fn kind(found: Unexpected<'_>) -> (String, String) {
    match found {
        Unexpected::Bool(value) => (value.to_string(), format!(" {value} ")),
        Unexpected::Unsigned(value) => (value.to_string(), format!(" {value} ")),
        Unexpected::Signed(value) => (value.to_string(), format!(" {value} ")),
        // The number itself would bring float printing, 15 kB of the page, for this one message.
        Unexpected::Float(_) => ("a number with a fraction".to_owned(), "小数".to_owned()),
        Unexpected::Str(value) => (format!("\"{}\"", excerpt(value)), format!("“{}”", excerpt(value))),
        Unexpected::Seq => ("a list".to_owned(), "列表".to_owned()),
        Unexpected::Map => ("a table".to_owned(), "一组字段".to_owned()),
        _ => ("nothing".to_owned(), "空值".to_owned()),
    }
}

/// A word that is none of the possible ones.
pub(crate) fn unknown_word(found: &str, known: &[&str]) -> Text {
    let (found, known) = (excerpt(found), quoted(known));
    Text::new(
        format!("\"{found}\" is not possible here: one of {known} is"),
        format!("这里不能是“{found}”，可选：{known}"),
    )
}

/// A field that the format does not have.
pub(crate) fn unknown_field(known: &[&str]) -> Text {
    let known = known.join(", ");
    Text::new(format!("there is no such field; possible are {known}"), format!("没有这个字段，可用的字段：{known}"))
}

/// A field that must be there.
pub(crate) fn missing() -> Text {
    Text::new("is missing", "缺少此项")
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}

/// A message without a Chinese counterpart.
pub(crate) fn other(message: &str) -> Text {
    Text::new(message, format!("无法读取：{message}"))
}

/// A text that is no JSON.
pub(crate) fn bad_json(error: &serde_json::Error) -> Text {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    // The position stands at the end of the message too.
    let message = message.split(" at line ").next().unwrap_or(&message);
    Text::new(
        format!("no valid JSON, line {line}, column {column}: {message}"),
        format!("不是有效的 JSON，第 {line} 行第 {column} 列，解析器报告：{message}"),
    )
}

/// A text that is no TOML.
#[cfg(feature = "toml")]
pub(crate) fn bad_toml(text: &str, span: Option<core::ops::Range<usize>>, message: &str) -> Text {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else {
        return Text::new(format!("no valid TOML: {message}"), format!("不是有效的 TOML，解析器报告：{message}"));
    };
    let line = before.matches('\n').count() + 1;
    let at = text.lines().nth(line - 1).map(excerpt).unwrap_or_default();
    Text::new(
        format!("no valid TOML, line {line} (\"{at}\"): {message}"),
        format!("不是有效的 TOML，第 {line} 行（“{at}”），解析器报告：{message}"),
    )
}

/// A text that would have to be TOML, where TOML is not read.
#[cfg(not(feature = "toml"))]
pub(crate) fn only_json() -> Text {
    Text::new(
        "only JSON is read here, which begins with {; `hintfault json FILE` turns TOML into it",
        "这里只能读取以 { 开头的 JSON；可用 `hintfault json 文件` 把 TOML 转换成 JSON",
    )
}

/// Lists in lists in lists. In one language, since it comes through the parsers' own errors.
pub(crate) fn too_deep() -> String {
    format!("nested too deeply: at most {MAX_DEPTH} levels are possible")
}

/// A document that cannot be written.
pub(crate) fn unwritable(error: &serde_json::Error) -> Text {
    Text::new(format!("cannot be written: {error}"), format!("无法写出：{error}"))
}
