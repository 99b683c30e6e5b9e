//! A text taken apart: what stands between JSON or TOML and the typed document. Reading
//! documents from this one form keeps both formats to the same rules, and the code small.

use core::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, de};

use crate::limits::{MAX_DEPTH, MAX_FIELDS};
use crate::words;

/// A value of any kind.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Whole(u64),
    Negative(i64),
    Decimal(f64),
    Text(String),
    List(Vec<Tree>),
    Table(Vec<(String, Tree)>),
}

impl Tree {
    /// The value of a field; none if this is no table or has no such field.
    pub(crate) fn get(&self, name: &str) -> Option<&Tree> {
        let Self::Table(fields) = self else { return None };
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

/// Builds a [`Tree`] from any format. Refuses what parsers commonly take: a name that stands
/// twice, values nested without end, tables of any size.
#[derive(Clone, Copy)]
pub(crate) struct TreeSeed {
    depth: usize,
}

impl TreeSeed {
    pub(crate) const ROOT: Self = Self { depth: 0 };

    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(words::too_deep()));
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
        if value.is_finite() { Ok(Tree::Decimal(value)) } else { Err(E::custom("not a finite number")) }
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
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
                return Err(A::Error::custom(format_args!("more than {MAX_FIELDS} fields in a table")));
            }
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(A::Error::custom(format_args!("\"{name}\" stands twice")));
            }
            fields.push((name, map.next_value_seed(inner)?));
        }
        Ok(Tree::Table(fields))
    }
}
