//! Typed values from a [`Tree`], with errors that know their path and speak both languages.

use core::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{de, forward_to_deserialize_any};

use crate::failure::{Failure, Text};
use crate::tree::Tree;
use crate::words;

/// Why a value could not be read. The path grows from the inside out.
#[derive(Debug)]
pub(crate) struct ReadError {
    path: String,
    message: Text,
}

impl ReadError {
    fn inside(mut self, outer: &str) -> Self {
        let needs_dot = !self.path.is_empty() && !self.path.starts_with('[');
        self.path.insert_str(0, if needs_dot { "." } else { "" });
        self.path.insert_str(0, outer);
        self
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::one(error.path, error.message)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message.en)
    }
}

impl core::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        Self { path: String::new(), message: words::other(&message) }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self { path: String::new(), message: words::found_instead(found, expected) }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self { path: String::new(), message: words::found_instead(found, expected) }
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        Self { path: String::new(), message: words::unknown_word(found, known) }
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        Self { path: found.to_owned(), message: words::unknown_field(known) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: field.to_owned(), message: words::missing() }
    }
}

/// A value that is to be read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(pub(crate) &'a Tree);

impl<'a> Reader<'a> {
    fn instead_of(self, expected: &dyn Expected) -> ReadError {
        let found = match self.0 {
            Tree::Null => Unexpected::Unit,
            Tree::Bool(value) => Unexpected::Bool(*value),
            Tree::Whole(value) => Unexpected::Unsigned(*value),
            Tree::Negative(value) => Unexpected::Signed(*value),
            Tree::Decimal(value) => Unexpected::Float(*value),
            Tree::Text(value) => Unexpected::Str(value),
            Tree::List(_) => Unexpected::Seq,
            Tree::Table(_) => Unexpected::Map,
        };
        de::Error::invalid_type(found, expected)
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Whole(value) => visitor.visit_u64(*value),
            Tree::Negative(value) => visitor.visit_i64(*value),
            Tree::Decimal(value) => visitor.visit_f64(*value),
            Tree::Text(value) => visitor.visit_borrowed_str(value),
            Tree::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Tree::Table(fields) => visitor.visit_map(Fields { fields, next: 0 }),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if *self.0 == Tree::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// serde would take a list for a table, its fields by their order; that is refused here.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Tree::Table(fields) => visitor.visit_map(Fields { fields, next: 0 }),
            _ => Err(self.instead_of(&words::A_TABLE)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Tree::Text(word) => visitor.visit_enum(Word(word)),
            _ => Err(self.instead_of(&words::A_WORD)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'a> {
    items: &'a [Tree],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader(item)).map(Some).map_err(|error| error.inside(&format!("[{index}]")))
    }
}

struct Fields<'a> {
    fields: &'a [(String, Tree)],
    next: usize,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((name, _)) = self.fields.get(self.next) else { return Ok(None) };
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        let Some((name, value)) = self.fields.get(self.next) else {
            return Err(de::Error::custom("a value without a name"));
        };
        self.next += 1;
        seed.deserialize(Reader(value)).map_err(|error| error.inside(name))
    }
}

/// One of several words.
struct Word<'a>(&'a str);

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        Ok((seed.deserialize(StrDeserializer::new(self.0))?, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, ReadError> {
        Err(de::Error::custom("a word carries nothing"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("a word carries nothing"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, ReadError> {
        Err(de::Error::custom("a word carries nothing"))
    }
}
