//! Lines of text.

use hintfault::explain::{Check, Explanation, Next, Value};

use crate::{Language, deciding, words_of_change, words_of_test, words_of_verdict};

/// An explanation, one test a line, then how it ends and what could change that.
#[must_use]
pub fn lines(explanation: &Explanation, language: Language) -> Vec<String> {
    let width = explanation.checks.iter().map(|check| check.test.function().len()).max().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    let deciding = deciding(explanation);
    for (place, check) in explanation.checks.iter().enumerate() {
        let mark = if deciding.contains(&place) { decides(language) } else { "" };
        lines.push(format!("{:width$}  {}{mark}", check.test.function(), line_of_check(check, language)));
    }
    lines.push(format!("=> {}", line_of_verdict(explanation, language)));
    if let Some(next) = &explanation.next {
        lines.push(line_of_next(next, language));
    }
    lines
}

const fn decides(language: Language) -> &'static str {
    match language {
        Language::En => " (this test decides)",
        Language::Zh => "（决定性的一步）",
    }
}

/// The question with its figures, and the answer.
#[must_use]
pub fn line_of_check(check: &Check, language: Language) -> String {
    let question = filled(words_of_test(check.test).in_language(language), &check.operands, language);
    let space = if language == Language::En { " " } else { "" };
    format!("{question}{space}{}", yes_or_no(check.outcome, language))
}

/// How a chain ends.
#[must_use]
pub fn line_of_verdict(explanation: &Explanation, language: Language) -> String {
    filled(words_of_verdict(explanation.verdict).in_language(language), &explanation.operands, language)
}

/// What could change the answer.
#[must_use]
pub fn line_of_next(next: &Next, language: Language) -> String {
    let change = filled(words_of_change(next.change).in_language(language), &next.operands, language);
    match language {
        Language::En => format!("what could change this: {change}"),
        Language::Zh => format!("以下情况会改变结果：{change}"),
    }
}

const fn yes_or_no(outcome: bool, language: Language) -> &'static str {
    match (language, outcome) {
        (Language::En, true) => "yes",
        (Language::En, false) => "no",
        (Language::Zh, true) => "是",
        (Language::Zh, false) => "否",
    }
}

/// A template with its places filled.
fn filled(template: &str, operands: &[Value], language: Language) -> String {
    let mut text = template.to_owned();
    for (place, &operand) in operands.iter().enumerate() {
        let (mark, value) = (format!("{{{place}}}"), value(operand, language));
        if value.is_ascii() {
            text = text.replace(&mark, &value);
            continue;
        }
        // Only figures stand apart in a Chinese sentence.
        text = text.replace(&format!(" {mark} "), &value).replace(&format!(" {mark}"), &value);
        text = text.replace(&format!("{mark} "), &value).replace(&mark, &value);
    }
    text
}

fn value(value: Value, language: Language) -> String {
    match value {
        Value::Nothing => if language == Language::En { "none" } else { "无" }.to_owned(),
        Value::Node(node) => node.to_string(),
        Value::Nodes(nodes) => nodes.to_string(),
        Value::Cpu(cpu) => cpu.to_string(),
        Value::Tid(tid) => tid.to_string(),
        Value::Cpupid(cpupid) => format!("{cpupid:#x}"),
        Value::Count(count) => count.to_string(),
        Value::Signed(number) => number.to_string(),
        Value::Pass(pass) => pass.to_string(),
        Value::Ms(ms) => format!("{ms} ms"),
        Value::Runtime(time) => time.to_string(),
        Value::Jiffies(jiffies) => jiffies.0.to_string(),
        Value::Address(addr) => addr.to_string(),
        Value::Name(name) => name.to_owned(),
        Value::Flag(flag) => yes_or_no(flag, language).to_owned(),
    }
}
