//! Lists of nodes and CPUs: `0,2-3`, `!0`, `+0-1`, `all`.

use super::refused::{CommandError, Rule};
use super::words::Word;
use crate::order::NumberSet;

/// What a list is read against.
pub(super) struct Known<'a> {
    /// The numbers that may be named, ascending.
    pub(super) allowed: &'a [u16],
    /// `!` leaves out of the numbers below this one.
    pub(super) inverse_below: u16,
    /// More than the highest number.
    pub(super) bound: usize,
}

/// A list and what it leaves unclear.
pub(super) struct List {
    /// Ascending.
    pub(super) numbers: Vec<u16>,
    /// A range ran backwards, of which only the first number counts.
    pub(super) is_backwards: bool,
    /// A `+` behind the beginning, where it means nothing.
    pub(super) has_late_plus: bool,
}

/// Reads the list that begins at a byte of a word.
pub(super) fn read(word: &Word, from: usize, known: &Known<'_>) -> Result<List, CommandError> {
    let mut cursor = Cursor { word, at: from };
    let mut found = NumberSet::below(known.bound);
    let mut list = List { numbers: Vec::new(), is_backwards: false, has_late_plus: false };
    let is_inverse = cursor.takes('!');
    let is_relative = cursor.takes('+');
    let begin = cursor.at;
    while cursor.rest() != "all" {
        list.has_late_plus |= cursor.at > begin && cursor.rest().starts_with('+');
        let first_at = cursor.at;
        let first = cursor.number()?;
        let from = known.find(first, is_relative).ok_or_else(|| cursor.out_of_range(first_at, known))?;
        let mut to = from;
        if cursor.takes('-') {
            let last_at = cursor.at;
            let last = cursor.number()?;
            to = known.find(last, is_relative).ok_or_else(|| cursor.out_of_range(last_at, known))?;
        }
        list.is_backwards |= to < from;
        known.allowed[from..=to.max(from)].iter().for_each(|&number| found.insert(number));
        if cursor.rest().is_empty() {
            break;
        }
        if !cursor.takes(',') {
            return Err(cursor.refuse(Rule::BadList, cursor.at));
        }
    }
    if cursor.rest() == "all" {
        known.allowed.iter().for_each(|&number| found.insert(number));
    }
    let is_listed = |number: &u16| found.contains(*number);
    list.numbers = match is_inverse {
        true => (0..known.inverse_below).filter(|number| !is_listed(number)).collect(),
        false => found.ascending(),
    };
    Ok(list)
}

impl Known<'_> {
    /// The place of a number among the allowed ones; a relative number is a place itself.
    fn find(&self, number: u64, is_relative: bool) -> Option<usize> {
        match is_relative {
            true => usize::try_from(number).ok().filter(|&place| place < self.allowed.len()),
            false => self.allowed.iter().position(|&allowed| u64::from(allowed) == number),
        }
    }
}

struct Cursor<'a> {
    word: &'a Word,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.word.text[self.at..]
    }

    fn takes(&mut self, c: char) -> bool {
        let takes = self.rest().starts_with(c);
        self.at += if takes { c.len_utf8() } else { 0 };
        takes
    }

    /// A number as `strtoul` reads it: blanks and a plus may stand before it, `0x` makes it
    /// hexadecimal, `0` octal. More than fits is more than there is of anything.
    fn number(&mut self) -> Result<u64, CommandError> {
        let begin = self.at;
        let rest = self.rest().trim_start_matches(|c: char| c.is_ascii_whitespace());
        let rest = rest.strip_prefix('+').unwrap_or(rest);
        let is_hex = rest.len() > 2
            && rest.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("0x"))
            && rest.as_bytes()[2].is_ascii_hexdigit();
        let (radix, digits) = match rest.as_bytes() {
            _ if is_hex => (16, &rest[2..]),
            [b'0', ..] => (8, rest),
            _ => (10, rest),
        };
        let count = digits.bytes().take_while(|&byte| char::from(byte).is_digit(radix)).count();
        if count == 0 {
            return Err(self.refuse(Rule::BadList, begin));
        }
        self.at = self.word.text.len() - digits.len() + count;
        Ok(u64::from_str_radix(&digits[..count], radix).unwrap_or(u64::MAX))
    }

    fn out_of_range(&self, from: usize, known: &Known<'_>) -> CommandError {
        let error = CommandError::new(Rule::OutOfRange, self.word.place(from), &self.word.text[from..self.at]);
        error.with_possible(known.allowed)
    }

    fn refuse(&self, rule: Rule, at: usize) -> CommandError {
        CommandError::new(rule, self.word.place(at), &self.word.text[at..])
    }
}
