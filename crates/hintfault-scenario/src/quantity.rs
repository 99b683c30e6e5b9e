//! Sizes, addresses, CPU lists and times as people write them.

use core::fmt;

use hintfault::ids::PAGE_SIZE;
use hintfault::time::Ns;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::failure::Text;
use crate::limits::MAX_CPUS;
use crate::order::NumberSet;

/// A number, or a text that stands for one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// A number.
    Number(u64),
    /// A number with its unit, or in hexadecimal.
    Text(String),
}

struct AmountVisitor(&'static str);

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Amount, E> {
        Ok(Amount::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Amount, E> {
        Ok(Amount::Text(value.to_owned()))
    }
}

/// What a size is expected to look like.
pub(crate) const EXPECTED_SIZE: &str = "a size such as \"64 MiB\", or a number of bytes";
/// What an address is expected to look like.
pub(crate) const EXPECTED_ADDRESS: &str = "an address such as \"0x7f0000000000\"";
/// What a list of CPUs is expected to look like.
pub(crate) const EXPECTED_CPUS: &str = "a list of CPUs such as \"0-3,8\" or [0, 1]";
/// What a time is expected to look like.
pub(crate) const EXPECTED_MS: &str = "a number of milliseconds, not negative";

/// An amount of memory: `"64 MiB"`, `"16384 pages"` or a number of bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Size(pub Amount);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor(EXPECTED_SIZE)).map(Self)
    }
}

impl Size {
    /// So many MiB.
    #[must_use]
    pub fn mib(mib: u64) -> Self {
        Self(Amount::Text(format!("{mib} MiB")))
    }

    /// The size in bytes.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn bytes(&self) -> Result<u64, Text> {
        match &self.0 {
            Amount::Number(bytes) => Ok(*bytes),
            Amount::Text(text) => parse_size(text),
        }
    }
}

fn parse_size(text: &str) -> Result<u64, Text> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        "page" | "pages" => PAGE_SIZE,
        _ => return Err(bad_size(text)),
    };
    let number: u64 = number.parse().map_err(|_| bad_size(text))?;
    number.checked_mul(scale).ok_or_else(|| bad_size(text))
}

fn bad_size(text: &str) -> Text {
    let text = excerpt(text);
    Text::new(
        format!(
            "\"{text}\" is no size: write a whole number and B, KiB, MiB, GiB, TiB or pages, \
             as in \"64 MiB\""
        ),
        format!("“{text}”不是有效的大小：请写整数加单位 B、KiB、MiB、GiB、TiB 或 pages，例如 \"64 MiB\""),
    )
}

/// A virtual address: `"0x7f0000000000"`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Address(pub Amount);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor(EXPECTED_ADDRESS)).map(Self)
    }
}

impl Address {
    /// The address as a number.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn get(&self) -> Result<u64, Text> {
        match &self.0 {
            Amount::Number(address) => Ok(*address),
            Amount::Text(text) => parse_address(text),
        }
    }
}

fn parse_address(text: &str) -> Result<u64, Text> {
    let digits = text.strip_prefix("0x").filter(|digits| !digits.starts_with('+'));
    digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or_else(|| {
        let text = excerpt(text);
        Text::new(
            format!("\"{text}\" is no address: write it as in \"0x7f0000000000\""),
            format!("“{text}”不是有效的地址：请写成 \"0x7f0000000000\" 的形式"),
        )
    })
}

/// CPU numbers: `"0-3,8"` as the kernel prints them, or `[0, 1, 2, 3, 8]`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum CpuList {
    /// Numbers and ranges.
    Text(String),
    /// Every number by itself.
    Ids(Vec<u64>),
}

impl<'de> Deserialize<'de> for CpuList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CpuListVisitor)
    }
}

struct CpuListVisitor;

impl<'de> Visitor<'de> for CpuListVisitor {
    type Value = CpuList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED_CPUS)
    }

    fn visit_str<E>(self, value: &str) -> Result<CpuList, E> {
        Ok(CpuList::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<CpuList, A::Error> {
        let mut ids = Vec::new();
        while let Some(id) = seq.next_element()? {
            ids.push(id);
        }
        Ok(CpuList::Ids(ids))
    }
}

impl CpuList {
    /// The list in the form the kernel prints. `cpus` must be ascending.
    #[must_use]
    pub fn from_ascending(cpus: &[u16]) -> Self {
        Self::Text(format_list(cpus))
    }

    /// The CPU numbers, ascending.
    ///
    /// # Errors
    /// What is wrong with the list: not a number, a range that runs backwards, a number that
    /// is too high or stands twice.
    pub fn cpus(&self) -> Result<Vec<u16>, Text> {
        match self {
            Self::Text(text) => parse_list(text, MAX_CPUS),
            Self::Ids(ids) => {
                let mut found = NumberSet::below(MAX_CPUS);
                ids.iter().try_for_each(|&id| add_range(&mut found, id, id, MAX_CPUS))?;
                Ok(found.ascending())
            }
        }
    }
}

/// Reads a list such as `0-3,8` of numbers below `bound`.
pub(crate) fn parse_list(text: &str, bound: usize) -> Result<Vec<u16>, Text> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut found = NumberSet::below(bound);
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let bad = || {
            let text = excerpt(text);
            Text::new(
                format!("\"{text}\" is no list: write numbers and ranges, as in \"0-3,8\""),
                format!("“{text}”不是有效的列表：请写编号和区间，例如 \"0-3,8\""),
            )
        };
        let first = parse_number(first.trim(), u64::MAX).ok_or_else(bad)?;
        let last = parse_number(last.trim(), u64::MAX).ok_or_else(bad)?;
        if first > last {
            return Err(bad());
        }
        add_range(&mut found, first, last, bound)?;
    }
    Ok(found.ascending())
}

fn add_range(found: &mut NumberSet, first: u64, last: u64, bound: usize) -> Result<(), Text> {
    if last >= bound as u64 {
        let most = bound - 1;
        return Err(Text::new(
            format!("{last} is too high: numbers go up to {most}"),
            format!("编号 {last} 太大，最大为 {most}"),
        ));
    }
    for id in first..=last {
        if found.contains(id as u16) {
            return Err(Text::new(format!("{id} stands twice"), format!("编号 {id} 重复出现")));
        }
        found.insert(id as u16);
    }
    Ok(())
}

/// Writes ascending numbers as `0-3,8`.
pub(crate) fn format_list(ids: &[u16]) -> String {
    let runs = ids.chunk_by(|a, b| b - a == 1).map(|run| match run {
        [only] => only.to_string(),
        [first, .., last] => format!("{first}-{last}"),
        [] => String::new(),
    });
    runs.collect::<Vec<_>>().join(",")
}

/// A time in milliseconds, with up to six decimals (nanoseconds).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Millis(pub Ns);

/// A nanosecond more, and decimals of milliseconds in an `f64` would no longer name it exactly.
const MAX_FRACTIONAL_NS: u64 = 1 << 51;

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ns = self.0.0;
        if ns.is_multiple_of(1_000_000) {
            return serializer.serialize_u64(ns / 1_000_000);
        }
        serializer.serialize_f64(ns as f64 / 1e6)
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MillisVisitor)
    }
}

struct MillisVisitor;

impl Visitor<'_> for MillisVisitor {
    type Value = Millis;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED_MS)
    }

    fn visit_u64<E: serde::de::Error>(self, ms: u64) -> Result<Millis, E> {
        let ns = ms.checked_mul(1_000_000);
        ns.map(|ns| Millis(Ns(ns))).ok_or_else(|| E::custom(format!("{ms} ms is too long")))
    }

    fn visit_f64<E: serde::de::Error>(self, ms: f64) -> Result<Millis, E> {
        let ns = (ms * 1e6).round();
        if !(0.0..=MAX_FRACTIONAL_NS as f64).contains(&ns) {
            return Err(E::invalid_value(serde::de::Unexpected::Float(ms), &self));
        }
        Ok(Millis(Ns(ns as u64)))
    }
}

/// The first characters of a text, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

/// The decimal number of at most `most`, without sign.
pub(crate) fn parse_number(text: &str, most: u64) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&number| number <= most)
}
