//! The words of the libraries' errors, in both languages.

use crate::failure::Text;
use crate::limits::MAX_DEPTH;
use crate::quantity::{EXPECTED_ADDRESS, EXPECTED_CPUS, EXPECTED_MS, EXPECTED_SIZE, excerpt};

/// Turns a message of serde into words in both languages.
pub(crate) fn from_serde(message: &str) -> Text {
    let message = without_position(message);
    let message = &message.replace(", expected u64", EXPECTED_WHOLE);
    let zh = chinese(message).unwrap_or_else(|| format!("无法读取：{message}"));
    Text::new(message.as_str(), zh)
}

/// In place of the type's name, which says nothing to people who write scenarios.
const EXPECTED_WHOLE: &str = ", expected a whole number, not negative";

/// The field that is missing, if that is what serde says.
pub(crate) fn missing_field(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

/// serde_json ends messages with a position that is always 0 when it reads a tree.
fn without_position(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

fn chinese(message: &str) -> Option<String> {
    if let Some(rest) = message.strip_prefix("missing field ") {
        return Some(format!("缺少字段 {rest}"));
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return Some(format!("不认识字段 {}", found_and_expected(rest, "可用的字段")));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return Some(format!("不认识 {}", found_and_expected(rest, "可选")));
    }
    if let Some(rest) = message.strip_prefix("invalid type: ") {
        return Some(format!("类型不对：得到{}", found_and_expected(rest, "应为")));
    }
    if let Some(rest) = message.strip_prefix("invalid value: ") {
        return Some(format!("值不对：得到{}", found_and_expected(rest, "应为")));
    }
    None
}

fn found_and_expected(rest: &str, label: &str) -> String {
    let Some((found, expected)) = rest.split_once(", expected ") else {
        return rest.to_owned();
    };
    let expected = expected.strip_prefix("one of ").unwrap_or(expected);
    format!("{}，{label}：{}", noun(found), noun(expected))
}

/// Chinese for the nouns that can occur; anything else stays as it is.
fn noun(text: &str) -> String {
    let whole = [
        (EXPECTED_SIZE, "大小，例如 \"64 MiB\"，或字节数"),
        (EXPECTED_ADDRESS, "地址，例如 \"0x7f0000000000\""),
        (EXPECTED_CPUS, "CPU 列表，例如 \"0-3,8\" 或 [0, 1]"),
        (EXPECTED_MS, "毫秒数，不能为负"),
        ("a whole number, not negative", "非负整数"),
        ("a string", "字符串"),
        ("a sequence", "列表"),
        ("sequence", "列表"),
        ("map", "表"),
        ("null", "空值"),
    ];
    if let Some((_, zh)) = whole.iter().find(|(en, _)| *en == text) {
        return (*zh).to_owned();
    }
    let starts = [
        ("string ", "字符串 "),
        ("integer ", "整数 "),
        ("floating point ", "小数 "),
        ("boolean ", "布尔值 "),
        ("struct ", "表 "),
    ];
    for (en, zh) in starts {
        if let Some(rest) = text.strip_prefix(en) {
            return format!("{zh}{rest}");
        }
    }
    text.to_owned()
}

/// A text that is no JSON.
pub(crate) fn bad_json(error: &serde_json::Error) -> Text {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = without_position(&message);
    Text::new(
        format!("no valid JSON, line {line}, column {column}: {message}"),
        format!("不是有效的 JSON，第 {line} 行第 {column} 列，解析器报告：{message}"),
    )
}

/// A text that is no TOML.
pub(crate) fn bad_toml(text: &str, error: &toml::de::Error) -> Text {
    let message = error.message();
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else {
        return Text::new(format!("no valid TOML: {message}"), format!("不是有效的 TOML，解析器报告：{message}"));
    };
    let line = before.matches('\n').count() + 1;
    let at = text.lines().nth(line - 1).map(excerpt).unwrap_or_default();
    Text::new(
        format!("no valid TOML, line {line} (\"{at}\"): {message}"),
        format!("不是有效的 TOML，第 {line} 行（“{at}”），解析器报告：{message}"),
    )
}

/// Lists in lists in lists.
pub(crate) fn too_deep() -> Text {
    Text::new(
        format!("nested too deeply: at most {MAX_DEPTH} levels are possible"),
        format!("嵌套太深，最多 {MAX_DEPTH} 层"),
    )
}

/// A list in place of a table.
pub(crate) fn no_list_here() -> Text {
    Text::new("a list is not possible here: name the fields", "这里不能用列表，请写出字段名")
}

/// A document that cannot be written.
pub(crate) fn unwritable(error: &serde_json::Error) -> Text {
    Text::new(format!("cannot be written: {error}"), format!("无法写出：{error}"))
}
