//! What is wrong with an input: every error with the path of its field, in English and Chinese.

use core::fmt;

use crate::json::{ToJson, Writer};
use crate::limits::MAX_REPORTED_ERRORS;

/// The same words in both languages of the page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Text {
    /// The names of all fields.
    pub const FIELDS: &'static [&'static str] = &["en", "zh"];

    /// The same words in both languages.
    #[must_use]
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// Whether nothing is said in either language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.en.is_empty() && self.zh.is_empty()
    }
}

impl ToJson for Text {
    fn write(&self, out: &mut Writer) {
        out.table(|out| {
            for (name, words) in [("en", &self.en), ("zh", &self.zh)].into_iter().filter(|(_, words)| !words.is_empty())
            {
                out.name(name).text(words);
            }
        });
    }

    fn write_field(&self, name: &str, out: &mut Writer) {
        out.field_unless_empty(name, |out| self.write(out));
    }
}

/// One error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The field, as in `processes[0].regions[2].size`; for pasted text the line, as in
    /// `line 3, node 1 size`. Empty when it is the whole input.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: Text,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message.en);
        }
        write!(f, "{}: {}", self.path, self.message.en)
    }
}

/// Why an input was refused. Holds at least one error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The errors, in the order in which the fields are read.
    pub errors: Vec<Problem>,
}

impl Failure {
    /// A single error.
    #[must_use]
    pub fn one(path: impl Into<String>, message: Text) -> Self {
        Self { errors: vec![Problem { path: path.into(), message }] }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(error, f)?;
        }
        Ok(())
    }
}

impl core::error::Error for Failure {}

/// Where in a document a value stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Path(String);

impl Path {
    /// A field of the document itself.
    pub(crate) fn root(field: &str) -> Self {
        Self(field.to_owned())
    }

    /// A field of the value at this path.
    pub(crate) fn field(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{name}", self.0))
    }

    /// An element of the list at this path.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

/// Collects errors, so that all of them can be told at once.
#[derive(Debug, Default)]
pub(crate) struct Report {
    errors: Vec<Problem>,
    unlisted: usize,
}

impl Report {
    pub(crate) fn push(&mut self, path: &Path, en: impl Into<String>, zh: impl Into<String>) {
        self.push_text(path, Text::new(en, zh));
    }

    #[inline(never)]
    pub(crate) fn push_text(&mut self, path: &Path, message: Text) {
        if self.errors.len() >= MAX_REPORTED_ERRORS {
            self.unlisted += 1;
            return;
        }
        self.errors.push(Problem { path: path.0.clone(), message });
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len() + self.unlisted
    }

    /// `value` if nothing was reported.
    pub(crate) fn finish<T>(mut self, value: T) -> Result<T, Failure> {
        if self.errors.is_empty() {
            return Ok(value);
        }
        if self.unlisted > 0 {
            let message = Text::new(
                format!("{} more errors are not listed", self.unlisted),
                format!("另有 {} 处错误未列出", self.unlisted),
            );
            self.errors.push(Problem { path: String::new(), message });
        }
        Err(Failure { errors: self.errors })
    }

    /// Reports a value outside of `least..=most` and puts the least in its place.
    pub(crate) fn in_range(&mut self, path: &Path, value: u64, least: u64, most: u64) -> u64 {
        if self.is_in_range(path, value, least, most) { value } else { least }
    }

    /// Reports a value outside of `least..=most`.
    pub(crate) fn is_in_range(&mut self, path: &Path, value: u64, least: u64, most: u64) -> bool {
        let is_in_range = (least..=most).contains(&value);
        if !is_in_range {
            self.push(
                path,
                format!("{value} is out of range: {least} to {most} is possible"),
                format!("{value} 超出范围，应在 {least} 到 {most} 之间"),
            );
        }
        is_in_range
    }

    /// Reports a list with more than `most` elements.
    pub(crate) fn at_most(&mut self, path: &Path, count: usize, most: usize) {
        if count > most {
            self.push(
                path,
                format!("{count} entries are too many: at most {most} are possible"),
                format!("共 {count} 项，太多了，最多 {most} 项"),
            );
        }
    }
}
