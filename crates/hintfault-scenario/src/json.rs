//! JSON written, without a blank. What writes any type there is is several times as long, and every
//! visitor of the page loads it.

use core::fmt::{Display, Write as _};

use hintfault::time::Ns;

/// Writes one value. Commas come by themselves.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// What was written.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    /// A table whose fields `fields` writes.
    pub fn table(&mut self, fields: impl FnOnce(&mut Self)) {
        self.open('{');
        fields(self);
        self.text.push('}');
    }

    /// A list with what `item` writes for each item.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        self.open('[');
        for each in items {
            item(self, each);
        }
        self.text.push(']');
    }

    /// The name of a field; its value follows. Nothing is escaped in names.
    #[inline(never)]
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.open('"');
        self.text.push_str(name);
        self.text.push('"');
        self.text.push(':');
        self
    }

    /// A field with a whole number.
    pub fn count(&mut self, name: &str, number: impl Into<u64>) {
        self.count_field(name, number.into());
    }

    #[inline(never)]
    fn count_field(&mut self, name: &str, number: u64) {
        self.name(name).whole(number);
    }

    /// A field with a text.
    #[inline(never)]
    pub fn label(&mut self, name: &str, text: &str) {
        self.name(name).text(text);
    }

    /// A field with what a value is shown as, in quotes; nothing is escaped.
    #[inline(never)]
    pub fn shown(&mut self, name: &str, value: &dyn Display) {
        self.name(name).quoted(value);
    }

    /// What a value is shown as, in quotes; nothing is escaped.
    pub fn quoted(&mut self, value: &dyn Display) {
        self.separate();
        self.print(format_args!("\"{value}\""));
    }

    /// A field with a table.
    pub fn table_field(&mut self, name: &str, fields: impl FnOnce(&mut Self)) {
        self.name(name).table(fields);
    }

    /// A field with what `write` writes, or null.
    pub fn optional<T>(&mut self, name: &str, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.name(name);
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.open('"');
        // Nearly all texts are plain, and those of events come by the thousand in every frame.
        let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        if is_plain {
            self.text.push_str(text);
        } else {
            text.chars().for_each(|c| self.escape(c));
        }
        self.text.push('"');
    }

    fn escape(&mut self, c: char) {
        match c {
            '"' | '\\' => self.text.extend(['\\', c]),
            '\n' => self.text.push_str("\\n"),
            '\t' => self.text.push_str("\\t"),
            '\r' => self.text.push_str("\\r"),
            '\0'..' ' => self.print(format_args!("\\u{:04x}", u32::from(c))),
            _ => self.text.push(c),
        }
    }

    /// A whole number.
    #[inline(never)]
    pub fn whole(&mut self, number: u64) {
        self.separate();
        self.digits(number);
    }

    /// A whole number, which may be negative.
    #[inline(never)]
    pub fn signed(&mut self, number: i64) {
        if number < 0 {
            self.open('-');
        } else {
            self.separate();
        }
        self.digits(number.unsigned_abs());
    }

    /// A time in milliseconds, exact to the nanosecond.
    #[inline(never)]
    pub fn ms(&mut self, time: Ns) {
        self.millionths(time.0);
    }

    /// So many millionths as a number with a fraction.
    #[inline(never)]
    pub fn millionths(&mut self, number: u64) {
        self.whole(number / 1_000_000);
        let fraction = number % 1_000_000;
        if fraction > 0 {
            self.print(format_args!(".{fraction:06}"));
            self.text.truncate(self.text.trim_end_matches('0').len());
        }
    }

    /// `true` or `false`.
    pub fn flag(&mut self, is_set: bool) {
        self.separate();
        self.text.push_str(if is_set { "true" } else { "false" });
    }

    /// `null`.
    pub fn null(&mut self) {
        self.separate();
        self.text.push_str("null");
    }

    /// Begins a name or value.
    #[inline(never)]
    fn open(&mut self, start: char) {
        self.separate();
        self.text.push(start);
    }

    /// Puts a comma behind the name or value before.
    #[inline(never)]
    fn separate(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }

    /// Digit by digit: thousands of numbers are written for a frame.
    fn digits(&mut self, number: u64) {
        if number >= 10 {
            self.digits(number / 10);
        }
        self.text.push(char::from(b'0' + (number % 10) as u8));
    }

    #[inline(never)]
    fn print(&mut self, value: impl Display) {
        // Writing to a String never fails.
        let _written = write!(self.text, "{value}");
    }

    /// Writes a field, and takes it back if its value is an empty table.
    pub(crate) fn field_unless_empty(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        let before = self.text.len();
        self.name(name);
        value(self);
        if self.text.ends_with(":{}") {
            self.text.truncate(before);
        }
    }
}

/// A part of a document that can be written.
pub(crate) trait ToJson {
    /// Writes the value.
    fn write(&self, out: &mut Writer);

    /// Writes it as a field; nothing if it is what a missing field stands for.
    fn write_field(&self, name: &str, out: &mut Writer) {
        out.name(name);
        self.write(out);
    }
}

impl ToJson for u64 {
    fn write(&self, out: &mut Writer) {
        out.whole(*self);
    }
}

impl ToJson for i64 {
    fn write(&self, out: &mut Writer) {
        out.signed(*self);
    }
}

impl ToJson for String {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.null(),
        }
    }

    fn write_field(&self, name: &str, out: &mut Writer) {
        if let Some(value) = self {
            out.name(name);
            value.write(out);
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, out: &mut Writer) {
        out.list(self, |out, item| item.write(out));
    }

    fn write_field(&self, name: &str, out: &mut Writer) {
        if !self.is_empty() {
            out.name(name);
            self.write(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_stand_between_and_nowhere_else() {
        let mut out = Writer::default();
        out.table(|out| {
            out.name("a").list([[1, 2], [3, 4]], |out, row| out.list(row, Writer::whole));
            out.table_field("b", |_| {});
            out.name("c").list([0_u64; 0], Writer::whole);
            out.name("d").text("{");
            out.name("e").null();
            out.name("f").flag(true);
        });
        let json = "{\"a\":[[1,2],[3,4]],\"b\":{},\"c\":[],\"d\":\"{\",\"e\":null,\"f\":true}";
        assert_eq!(out.finish(), json);
    }

    #[test]
    fn numbers_have_the_digits_they_need() {
        let mut out = Writer::default();
        out.list([0, 1, 1_000_000, 1_500_000, 12_000_030], Writer::millionths);
        assert_eq!(out.finish(), "[0,0.000001,1,1.5,12.00003]");
        let mut out = Writer::default();
        out.list([i64::MIN, -1, 0, i64::MAX], Writer::signed);
        assert_eq!(out.finish(), "[-9223372036854775808,-1,0,9223372036854775807]");
    }
}
