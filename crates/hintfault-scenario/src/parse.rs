//! From text to document and back.

use core::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

use crate::document::{Document, VERSION};
use crate::failure::{Failure, Text};
use crate::limits::{MAX_DEPTH, MAX_TEXT_BYTES};
use crate::words;

/// Reads a document in JSON or TOML: JSON if the first character that is not blank is `{`.
///
/// # Errors
/// When the text is longer than [`MAX_TEXT_BYTES`], is neither, nests deeper than
/// [`MAX_DEPTH`], names a field twice, or has a field that the format does not know or whose
/// value is of the wrong type.
pub fn parse(text: &str) -> Result<Document, Failure> {
    check_length(text)?;
    let tree = if text.trim_start().starts_with('{') { from_json(text)? } else { from_toml(text)? };
    document_from(&tree)
}

/// The document as JSON: one field a line, only what the author wrote. `parse` reads it back
/// into an equal document.
///
/// # Errors
/// When a value cannot be written, which no document from [`parse`] causes.
pub fn to_json(document: &Document) -> Result<String, Failure> {
    serde_json::to_string_pretty(document).map_err(|error| Failure::one("", words::unwritable(&error)))
}

fn check_length(text: &str) -> Result<(), Failure> {
    let length = text.len();
    if length <= MAX_TEXT_BYTES {
        return Ok(());
    }
    let message = Text::new(
        format!("{length} bytes are too long: at most {MAX_TEXT_BYTES} are possible"),
        format!("文本太长：{length} 字节，最多 {MAX_TEXT_BYTES} 字节"),
    );
    Err(Failure::one("", message))
}

/// Reads JSON into a tree that is known to be shallow and without repeated names.
pub(crate) fn from_json(text: &str) -> Result<Value, Failure> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let tree = Tree { depth: 0 }.deserialize(&mut deserializer);
    let tree = tree.and_then(|tree| deserializer.end().map(|()| tree));
    tree.map_err(|error| Failure::one("", words::bad_json(&error)))
}

fn from_toml(text: &str) -> Result<Value, Failure> {
    let bad = |error: toml::de::Error| Failure::one("", words::bad_toml(text, &error));
    let deserializer = toml::Deserializer::parse(text).map_err(bad)?;
    Tree { depth: 0 }.deserialize(deserializer).map_err(bad)
}

/// Reads a document from a tree.
pub(crate) fn document_from(tree: &Value) -> Result<Document, Failure> {
    let version = tree.get("version").and_then(Value::as_u64);
    if let Some(version) = version.filter(|&version| version != VERSION) {
        let message = Text::new(
            format!("version {version} is not known here: this program reads version {VERSION}"),
            format!("不认识版本 {version}：本程序只能读取版本 {VERSION}"),
        );
        return Err(Failure::one("version", message));
    }
    let document = serde_path_to_error::deserialize(tree).map_err(|error| {
        let message = error.inner().to_string();
        Failure::one(path_of(error.path(), &message), words::from_serde(&message))
    })?;
    check_lists(tree, "", "")?;
    Ok(document)
}

/// Fields that hold lists. serde would take a list for any table, its fields by their order.
const LIST_FIELDS: [&str; 10] =
    ["actions", "affinity", "cpus", "distances", "nodes", "populate", "processes", "program", "regions", "threads"];
/// What stands in `distances`: the only lists in a list.
const ROW: &str = "distances[]";

fn check_lists(value: &Value, field: &str, path: &str) -> Result<(), Failure> {
    match value {
        Value::Array(_) if field != ROW && !LIST_FIELDS.contains(&field) => {
            Err(Failure::one(path, words::no_list_here()))
        }
        Value::Array(items) => {
            let field = if field == "distances" { ROW } else { "" };
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| check_lists(item, field, &format!("{path}[{index}]")))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            check_lists(value, name, &format!("{path}{dot}{name}"))
        }),
        _ => Ok(()),
    }
}

/// The path of the field at fault; for a missing field where it should stand.
fn path_of(path: &serde_path_to_error::Path, message: &str) -> String {
    let path = path.to_string();
    let path = if path == "." { "" } else { &path };
    match words::missing_field(message) {
        Some(field) if path.is_empty() => field.to_owned(),
        Some(field) => format!("{path}.{field}"),
        None => path.to_owned(),
    }
}

/// Builds a [`Value`], and refuses what a plain `Value` would take silently.
#[derive(Clone, Copy)]
struct Tree {
    depth: usize,
}

impl Tree {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(words::too_deep().en));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Tree {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(Value::Number).ok_or_else(|| E::custom(format!("{value} is not a number")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(inner)?;
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("\"{name}\" stands twice")));
            }
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

/// A value of a tree as a typed field, with its name as the path in errors.
pub(crate) fn field<'de, T: Deserialize<'de>>(tree: &'de Value, name: &str) -> Result<T, Failure> {
    let value = tree.get(name).unwrap_or(&Value::Null);
    T::deserialize(value).map_err(|error| Failure::one(name, words::from_serde(&error.to_string())))
}
