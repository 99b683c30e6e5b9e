//! JSON taken apart. A parser of its own, since those that there are bring several times its code
//! (floats above all, of which a scenario has none), and every visitor of the page loads it. Texts are
//! never sliced by index, for what that would panic with is long code too.

use crate::failure::{Failure, Text};
use crate::limits::{MAX_DEPTH, MAX_FIELDS};
use crate::tree::Tree;
use crate::words;

/// Takes a text apart.
///
/// # Errors
/// When it is no JSON, names a field twice, nests deeper than [`MAX_DEPTH`] or has a table of more
/// than [`MAX_FIELDS`]. The message names line and column.
pub(crate) fn from_json(text: &str) -> Result<Tree, Failure> {
    let mut parser = Parser { text, at: 0, error: None };
    let tree = parser.document();
    tree.ok_or_else(|| {
        let before = text.get(..parser.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        Failure::one("", words::bad_json(line, column, parser.error.unwrap_or_default()))
    })
}

/// Whoever returns nothing has put the reason into `error`, and `at` stands where it is.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    error: Option<Text>,
}

impl Parser<'_> {
    fn document(&mut self) -> Option<Tree> {
        let tree = self.value(0)?;
        self.skip_blanks();
        if self.at < self.text.len() { self.expected("the end", "结尾") } else { Some(tree) }
    }

    fn value(&mut self, depth: usize) -> Option<Tree> {
        self.skip_blanks();
        match self.peek() {
            Some(b'{') => self.table(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Tree::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Option<Tree> {
        for (word, value) in [("null", Tree::Null), ("true", Tree::Bool(true)), ("false", Tree::Bool(false))] {
            if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
                self.at += word.len();
                return Some(value);
            }
        }
        self.expected("a value", "一个值")
    }

    fn list(&mut self, depth: usize) -> Option<Tree> {
        self.open(depth)?;
        let mut items = Vec::new();
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Some(Tree::List(items))
    }

    fn table(&mut self, depth: usize) -> Option<Tree> {
        self.open(depth)?;
        let mut fields: Vec<(String, Tree)> = Vec::new();
        while self.goes_on(b'}', fields.is_empty())? {
            if fields.len() >= MAX_FIELDS {
                return self.fail(words::too_many_fields());
            }
            self.skip_blanks();
            let name = self.string()?;
            if fields.iter().any(|(other, _)| *other == name) {
                return self.fail(words::stands_twice(&name));
            }
            self.skip_blanks();
            if !self.take(b':') {
                return self.expected("':'", "“:”");
            }
            fields.push((name, self.value(depth + 1)?));
        }
        Some(Tree::Table(fields))
    }

    /// Enters a list or table.
    fn open(&mut self, depth: usize) -> Option<()> {
        if depth >= MAX_DEPTH {
            return self.fail(words::too_deep());
        }
        self.at += 1;
        Some(())
    }

    /// Whether another element follows, or `close`.
    fn goes_on(&mut self, close: u8, is_first: bool) -> Option<bool> {
        self.skip_blanks();
        if self.take(close) {
            return Some(false);
        }
        if is_first || self.take(b',') {
            return Some(true);
        }
        self.expected("',' or the closing bracket", "“,”或右括号")
    }

    fn number(&mut self) -> Option<Tree> {
        let start = self.at;
        let is_negative = self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            let _has_sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let whole = if is_whole { whole(digits, is_negative) } else { None };
        Some(whole.unwrap_or_else(|| Tree::Decimal(digits.to_owned())))
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.expected("a digit", "数字") } else { Some(()) }
    }

    fn string(&mut self) -> Option<String> {
        if !self.take(b'"') {
            return self.expected("'\"'", "“\"”");
        }
        let mut string = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..b' ')) {
                self.at += 1;
            }
            string.push_str(self.text.get(start..self.at).unwrap_or_default());
            if self.take(b'"') {
                return Some(string);
            }
            if !self.take(b'\\') {
                return self.expected("'\"' at the end of a text", "文本末尾的“\"”");
            }
            string.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.peek()?;
        let c = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return self.bad_escape(),
        };
        self.at += 1;
        Some(c)
    }

    /// What follows `\`: `uXXXX`, twice for characters beyond 16 bits.
    fn code_point(&mut self) -> Option<char> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).or_else(|| self.bad_escape());
        }
        let second = if self.take(b'\\') { self.code_unit()? } else { 0 };
        if !(0xdc00..0xe000).contains(&second) {
            return self.bad_escape();
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at + 1..self.at + 5).filter(|_| self.peek() == Some(b'u'));
        let mut unit = 0;
        for digit in digits.unwrap_or("?").chars() {
            let Some(value) = digit.to_digit(16) else { return self.bad_escape() };
            unit = unit << 4 | value;
        }
        self.at += 5;
        Some(unit)
    }

    fn bad_escape<T>(&mut self) -> Option<T> {
        self.expected("a character after '\\' that JSON knows", "JSON 允许的“\\”转义")
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn expected<T>(&mut self, en: &str, zh: &str) -> Option<T> {
        self.fail(Text::new(format!("{en} is missing"), format!("缺少{zh}")))
    }

    fn fail<T>(&mut self, error: Text) -> Option<T> {
        self.error = Some(error);
        None
    }
}

fn whole(digits: &str, is_negative: bool) -> Option<Tree> {
    if is_negative {
        return digits.parse().ok().map(Tree::Negative);
    }
    digits.parse().ok().map(Tree::Whole)
}
