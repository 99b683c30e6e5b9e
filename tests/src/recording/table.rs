//! Tables of recorded events: rows under column names, each row typed.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// A row whose fields are the columns of its table, in their order.
pub(super) trait Columns {
    /// Names of the columns.
    const COLUMNS: &'static [&'static str];
}

/// A table as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<Row> {
    columns: Vec<String>,
    rows: Vec<Row>,
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    bucket_ms: Option<u32>,
}

/// Reads the rows of a table, whose columns must be the known ones.
pub(super) fn rows<'de, D, Row>(from: D) -> Result<Vec<Row>, D::Error>
where
    D: Deserializer<'de>,
    Row: Columns + Deserialize<'de>,
{
    let written = Written::<Row>::deserialize(from)?;
    check_columns(&written.columns, Row::COLUMNS)?;
    Ok(written.rows)
}

/// Reads a table whose rows are only the first ones.
pub(super) fn first_rows<'de, D, Row>(from: D) -> Result<(Vec<Row>, u64), D::Error>
where
    D: Deserializer<'de>,
    Row: Columns + Deserialize<'de>,
{
    let written = Written::<Row>::deserialize(from)?;
    check_columns(&written.columns, Row::COLUMNS)?;
    let total = written.total.ok_or_else(|| D::Error::missing_field("total"))?;
    Ok((written.rows, total))
}

/// Reads a table of sums over `BUCKET_MS` each.
pub(super) fn buckets<'de, D, Row>(from: D) -> Result<Vec<Row>, D::Error>
where
    D: Deserializer<'de>,
    Row: Columns + Deserialize<'de>,
{
    let written = Written::<Row>::deserialize(from)?;
    check_columns(&written.columns, Row::COLUMNS)?;
    if written.bucket_ms != Some(super::events::BUCKET_MS) {
        return Err(D::Error::custom(format_args!("sums over {:?} ms", written.bucket_ms)));
    }
    Ok(written.rows)
}

fn check_columns<E: Error>(found: &[String], known: &[&str]) -> Result<(), E> {
    if found == known {
        return Ok(());
    }
    Err(E::custom(format_args!("columns {found:?} instead of {known:?}")))
}

/// A hexadecimal number written as text.
pub(super) fn hex<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    u64::from_str_radix(digits, 16).map_err(|error| D::Error::custom(format_args!("address {text}: {error}")))
}

/// Declares a row: a struct whose fields are the columns of its table.
macro_rules! row {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Debug, serde::Deserialize)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl crate::recording::table::Columns for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];
        }
    };
}
pub(super) use row;
