//! Explanations in words: for each test that the kernel makes, each verdict and each thing that
//! could change it, a line in English and in Chinese with places for the figures.
//!
//! The words stand in tables by the ids that the engine gives; so a page can take them from its
//! own catalogue instead.

mod birth_words;
mod change_words;
mod deciding;
mod functions;
mod moves_words;
mod moving_words;
mod refusal_words;
mod render;
mod tests_words;
mod verdict_words;

pub use change_words::words_of_change;
pub use deciding::{deciders, deciding};
pub use functions::{FUNCTIONS, Function, function};
pub use moves_words::{CAUSES, MOVES, words_of_cause};
pub use refusal_words::{line_of_refusal, words_of_refusal};
pub use render::{line_of_check, line_of_next, line_of_verdict, lines};
pub use tests_words::words_of_test;
pub use verdict_words::{every_verdict, words_of_verdict};

/// A language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// One text in all languages, with `{0}`, `{1}` … where figures go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

impl Words {
    /// The text in a language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Zh => self.zh,
        }
    }
}

const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}
