//! TOML taken apart.

use core::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, de};

use crate::failure::Failure;
use crate::limits::{MAX_DEPTH, MAX_FIELDS};
use crate::tree::Tree;
use crate::words;

/// Takes a text apart.
///
/// # Errors
/// When it is no TOML, or beyond what every document is held to.
pub(crate) fn from_toml(text: &str) -> Result<Tree, Failure> {
    let bad = |error: toml::de::Error| Failure::one("", words::bad_toml(text, error.span(), error.message()));
    let deserializer = toml::Deserializer::parse(text).map_err(bad)?;
    TreeSeed { depth: 0 }.deserialize(deserializer).map_err(bad)
}

/// Builds a [`Tree`]. Refuses what parsers commonly take: a name that stands twice, values nested
/// without end, tables of any size.
#[derive(Clone, Copy)]
struct TreeSeed {
    depth: usize,
}

impl TreeSeed {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(words::too_deep().en));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for TreeSeed {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TreeSeed {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(u64::try_from(value).map_or(Tree::Negative(value), Tree::Whole))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Tree, E> {
        // Display writes all digits and never an exponent.
        if value.is_finite() { Ok(Tree::Decimal(value.to_string())) } else { Err(E::custom("not a finite number")) }
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Tree, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let inner = self.deeper()?;
        let mut fields: Vec<(String, Tree)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.len() >= MAX_FIELDS {
                return Err(A::Error::custom(words::too_many_fields().en));
            }
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(A::Error::custom(words::stands_twice(&name).en));
            }
            fields.push((name, map.next_value_seed(inner)?));
        }
        Ok(Tree::Table(fields))
    }
}
