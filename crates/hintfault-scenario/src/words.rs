//! What readers of text report, in both languages.

use crate::failure::Text;
use crate::limits::{MAX_DEPTH, MAX_FIELDS};
use crate::quantity::excerpt;
use crate::tree::Tree;

/// What a value is expected to be, in English and Chinese.
pub(crate) const A_TABLE: (&str, &str) = ("a table of fields", "一组字段");
pub(crate) const A_LIST: (&str, &str) = ("a list", "列表");
pub(crate) const A_WORD: (&str, &str) = ("a word in quotes", "引号里的一个词");
pub(crate) const A_TEXT: (&str, &str) = ("a text in quotes", "引号里的文本");
pub(crate) const A_WHOLE_NUMBER: (&str, &str) = ("a whole number, not negative", "非负整数");
pub(crate) const A_SIGNED_NUMBER: (&str, &str) = ("a whole number", "整数");
pub(crate) const A_SIZE: (&str, &str) =
    ("a size such as \"64 MiB\", or a number of bytes", "大小，例如 \"64 MiB\"，或字节数");
pub(crate) const AN_ADDRESS: (&str, &str) = ("an address such as \"0x7f0000000000\"", "地址，例如 \"0x7f0000000000\"");
pub(crate) const NUMBERS: (&str, &str) =
    ("a list of numbers such as \"0-3,8\" or [0, 1]", "编号列表，例如 \"0-3,8\" 或 [0, 1]");
pub(crate) const A_POLICY: (&str, &str) =
    ("a policy such as \"bind:0-1\", or a table with its mode", "策略，例如 \"bind:0-1\"，或含 mode 的一组字段");
pub(crate) const MILLISECONDS: (&str, &str) = ("a number of milliseconds, not negative", "不小于 0 的毫秒数");

/// A value of the wrong type.
pub(crate) fn found_instead(found: &Tree, (expected_en, expected_zh): (&str, &str)) -> Text {
    let (found_en, found_zh) = kind(found);
    Text::new(
        format!("{found_en} is not possible here: need {expected_en}"),
        format!("这里不能是{found_zh}，应为{expected_zh}"),
    )
}

/// What was found, shortened.
fn kind(found: &Tree) -> (String, String) {
    let (en, zh) = match found {
        Tree::Whole(value) => return (value.to_string(), format!(" {value} ")),
        Tree::Negative(value) => return (value.to_string(), format!(" {value} ")),
        Tree::Decimal(digits) => return (excerpt(digits), format!(" {} ", excerpt(digits))),
        Tree::Text(value) => return (format!("\"{}\"", excerpt(value)), format!("“{}”", excerpt(value))),
        Tree::Bool(true) => ("true", " true "),
        Tree::Bool(false) => ("false", " false "),
        Tree::List(_) => A_LIST,
        Tree::Table(_) => ("a table", A_TABLE.1),
        Tree::Null => ("nothing", "空值"),
    };
    (en.to_owned(), zh.to_owned())
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

/// A text that is no JSON, and why.
pub(crate) fn bad_json(line: usize, column: usize, reason: Text) -> Text {
    Text::new(
        format!("no valid JSON, line {line}, column {column}: {}", reason.en),
        format!("不是有效的 JSON，第 {line} 行第 {column} 列：{}", reason.zh),
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

/// Lists in lists in lists.
pub(crate) fn too_deep() -> Text {
    Text::new(
        format!("nested too deeply: at most {MAX_DEPTH} levels are possible"),
        format!("嵌套太深，最多 {MAX_DEPTH} 层"),
    )
}

/// A table of any size.
pub(crate) fn too_many_fields() -> Text {
    Text::new(format!("more than {MAX_FIELDS} fields in a table"), format!("一组字段超过 {MAX_FIELDS} 个"))
}

/// A name that a table has already.
pub(crate) fn stands_twice(name: &str) -> Text {
    let name = excerpt(name);
    Text::new(format!("\"{name}\" stands twice"), format!("“{name}”重复出现"))
}

/// More time than can be counted.
pub(crate) fn too_long(ms: u64) -> Text {
    Text::new(format!("{ms} ms is too long"), format!("{ms} ms 太长"))
}
