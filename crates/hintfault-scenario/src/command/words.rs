//! A line in words, with quotes and backslashes as in a shell. Nothing else of a shell is
//! understood: no variables, no patterns, no pipes.

use super::refused::{CommandError, Rule};

/// A word without its quotes.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where each byte of `text` stands in the line, in characters; and the end.
    places: Vec<usize>,
}

impl Word {
    /// Where in the line a byte of the word stands, in characters.
    pub(super) fn place(&self, byte: usize) -> usize {
        self.places.get(byte).or(self.places.last()).copied().unwrap_or(0)
    }

    fn push(&mut self, c: char, at: usize) {
        self.text.push(c);
        self.places.resize(self.text.len(), at);
    }
}

pub(super) fn words(line: &str) -> Result<Vec<Word>, CommandError> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<(char, usize)> = None;
    let mut chars = line.chars().enumerate();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_whitespace() && quote.is_none() {
            words.extend(word.take().map(|word| ended(word, at)));
            continue;
        }
        let word = word.get_or_insert_with(|| Word { text: String::new(), places: Vec::new() });
        match (quote, c) {
            (Some((mark, _)), _) if mark == c => quote = None,
            (None, '\'' | '"') => quote = Some((c, at)),
            (None | Some(('"', _)), '\\') => match chars.next() {
                Some((at, escaped)) => word.push(escaped, at),
                None => return Err(CommandError::new(Rule::OpenQuote, at, "\\")),
            },
            _ => word.push(c, at),
        }
    }
    if let Some((mark, at)) = quote {
        return Err(CommandError::new(Rule::OpenQuote, at, &mark.to_string()));
    }
    words.extend(word.map(|word| ended(word, line.chars().count())));
    Ok(words)
}

fn ended(mut word: Word, at: usize) -> Word {
    word.places.push(at);
    word
}
