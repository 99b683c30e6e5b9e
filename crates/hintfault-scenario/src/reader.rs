//! Typed values from a [`Tree`]. Reading goes on after an error with a value that does no harm, so
//! that all errors are told at once; what was read is used only if there were none.

use crate::failure::{Path, Report, Text};
use crate::tree::Tree;
use crate::words;

/// Where in a tree a value stands.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Root,
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    /// The place in words.
    pub(crate) fn path(&self) -> Path {
        match self {
            Place::Root => Path::default(),
            Place::Field(outer, name) => outer.path().field(name),
            Place::Item(outer, index) => outer.path().index(*index),
        }
    }
}

/// A part of a document that can be read. A field that is missing is read like a null.
pub(crate) trait FromTree {
    /// Reads the value.
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self;
}

/// The fields of a table, in the order of their names.
pub(crate) struct Fields<'a> {
    tree: &'a Tree,
    place: &'a Place<'a>,
    names: core::slice::Iter<'static, &'static str>,
}

impl<'a> Fields<'a> {
    /// Reports what is no table, and fields that are not among `names`.
    #[inline(never)]
    pub(crate) fn of(
        tree: &'a Tree,
        names: &'static [&'static str],
        place: &'a Place<'a>,
        report: &mut Report,
    ) -> Self {
        match tree {
            Tree::Null => {}
            Tree::Table(fields) => {
                for (name, _) in fields.iter().filter(|(name, _)| !names.contains(&name.as_str())) {
                    report.push_text(&Place::Field(place, name).path(), words::unknown_field(names));
                }
            }
            _ => wrong(tree, words::A_TABLE, place, report),
        }
        Self { tree, place, names: names.iter() }
    }

    /// The next field.
    #[inline(never)]
    pub(crate) fn next<T: FromTree>(&mut self, report: &mut Report) -> T {
        let name = self.names.next().copied().unwrap_or_default();
        T::read(self.tree.get(name).unwrap_or(&Tree::Null), &Place::Field(self.place, name), report)
    }
}

/// Reports a value that is not what was expected, in both languages.
#[inline(never)]
pub(crate) fn wrong(tree: &Tree, expected: (&str, &str), place: &Place<'_>, report: &mut Report) {
    let message = match tree {
        Tree::Null => words::missing(),
        _ => words::found_instead(tree, expected),
    };
    report.push_text(&place.path(), message);
}

/// The place of a word among those that are known.
#[inline(never)]
pub(crate) fn word(tree: &Tree, known: &'static [&'static str], place: &Place<'_>, report: &mut Report) -> usize {
    let Tree::Text(found) = tree else {
        wrong(tree, words::A_WORD, place, report);
        return 0;
    };
    let index = known.iter().position(|word| word == found);
    index.unwrap_or_else(|| {
        report.push_text(&place.path(), words::unknown_word(found, known));
        0
    })
}

impl FromTree for u64 {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        if let Tree::Whole(number) = tree {
            return *number;
        }
        wrong(tree, words::A_WHOLE_NUMBER, place, report);
        0
    }
}

impl FromTree for i64 {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        let number = match tree {
            Tree::Whole(number) => Self::try_from(*number).ok(),
            Tree::Negative(number) => Some(*number),
            _ => None,
        };
        number.unwrap_or_else(|| {
            wrong(tree, words::A_SIGNED_NUMBER, place, report);
            0
        })
    }
}

impl FromTree for String {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        if let Tree::Text(text) = tree {
            return text.clone();
        }
        wrong(tree, words::A_TEXT, place, report);
        Self::new()
    }
}

impl<T: FromTree> FromTree for Option<T> {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        (*tree != Tree::Null).then(|| T::read(tree, place, report))
    }
}

impl<T: FromTree> FromTree for Vec<T> {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        let mut read = Self::new();
        for (index, tree) in items(tree, place, report).iter().enumerate() {
            read.push(T::read(tree, &Place::Item(place, index), report));
        }
        read
    }
}

/// The items of a list; a list that is missing is empty.
#[inline(never)]
fn items<'a>(tree: &'a Tree, place: &Place<'_>, report: &mut Report) -> &'a [Tree] {
    match tree {
        Tree::Null => {}
        Tree::List(trees) => return trees,
        _ => wrong(tree, words::A_LIST, place, report),
    }
    &[]
}

impl FromTree for Text {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        let mut fields = Fields::of(tree, Self::FIELDS, place, report);
        let mut words = || fields.next::<Option<String>>(report).unwrap_or_default();
        Self { en: words(), zh: words() }
    }
}

/// What a table holds: the names of its fields, how it is read and how it is written.
macro_rules! table {
    ($type:ident: $($field:ident $(= $name:literal)?)*) => {
        impl $type {
            /// The names of all fields.
            pub const FIELDS: &'static [&'static str] = &[$($crate::reader::field_name!($field $($name)?)),*];
        }

        impl $crate::reader::FromTree for $type {
            fn read(
                tree: &$crate::tree::Tree,
                place: &$crate::reader::Place<'_>,
                report: &mut $crate::failure::Report,
            ) -> Self {
                let mut fields = $crate::reader::Fields::of(tree, Self::FIELDS, place, report);
                Self { $($field: fields.next(report)),* }
            }
        }

        impl $crate::json::ToJson for $type {
            fn write(&self, out: &mut $crate::json::Writer) {
                out.table(|out| {
                    $($crate::json::ToJson::write_field(&self.$field, $crate::reader::field_name!($field $($name)?), out);)*
                });
            }

            fn write_field(&self, name: &str, out: &mut $crate::json::Writer) {
                out.field_unless_empty(name, |out| $crate::json::ToJson::write(self, out));
            }
        }
    };
}

/// What a field is called in documents, if its name is taken in Rust.
macro_rules! field_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// A choice: the word for each of its values.
macro_rules! choice {
    ($type:ident: $($value:ident = $word:literal)*) => {
        impl $type {
            const WORDS: &'static [&'static str] = &[$($word),*];
        }

        impl $crate::reader::FromTree for $type {
            fn read(
                tree: &$crate::tree::Tree,
                place: &$crate::reader::Place<'_>,
                report: &mut $crate::failure::Report,
            ) -> Self {
                [$(Self::$value),*][$crate::reader::word(tree, Self::WORDS, place, report)]
            }
        }

        impl $crate::json::ToJson for $type {
            fn write(&self, out: &mut $crate::json::Writer) {
                out.text(match self { $(Self::$value => $word),* });
            }
        }
    };
}

pub(crate) use {choice, field_name, table};
