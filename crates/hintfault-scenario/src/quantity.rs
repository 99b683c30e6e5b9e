//! Sizes, addresses, CPU lists and times as people write them.

use hintfault::ids::PAGE_SIZE;
use hintfault::time::Ns;

use crate::failure::{Report, Text};
use crate::json::{ToJson, Writer};
use crate::limits::MAX_CPUS;
use crate::order::NumberSet;
use crate::reader::{FromTree, Place, wrong};
use crate::tree::Tree;
use crate::words;

/// A number, or a text that stands for one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Amount {
    /// A number.
    Number(u64),
    /// A number with its unit, or in hexadecimal.
    Text(String),
}

impl Amount {
    fn read(tree: &Tree, expected: (&str, &str), place: &Place<'_>, report: &mut Report) -> Self {
        match tree {
            Tree::Whole(number) => Self::Number(*number),
            Tree::Text(text) => Self::Text(text.clone()),
            _ => {
                wrong(tree, expected, place, report);
                Self::Number(0)
            }
        }
    }
}

impl ToJson for Amount {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Number(number) => out.whole(*number),
            Self::Text(text) => out.text(text),
        }
    }
}

/// An amount of memory: `"64 MiB"`, `"16384 pages"` or a number of bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size(pub Amount);

impl FromTree for Size {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        Self(Amount::read(tree, words::A_SIZE, place, report))
    }
}

impl ToJson for Size {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
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
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = text.strip_suffix(unit).unwrap_or_default();
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
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address(pub Amount);

impl FromTree for Address {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        Self(Amount::read(tree, words::AN_ADDRESS, place, report))
    }
}

impl ToJson for Address {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
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

/// Numbers of CPUs or nodes: `"0-3,8"` as the kernel prints them, or `[0, 1, 2, 3, 8]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CpuList {
    /// Numbers and ranges.
    Text(String),
    /// Every number by itself.
    Ids(Vec<u64>),
}

impl FromTree for CpuList {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        match tree {
            Tree::Text(text) => Self::Text(text.clone()),
            Tree::List(_) => Self::Ids(Vec::read(tree, place, report)),
            _ => {
                wrong(tree, words::NUMBERS, place, report);
                Self::Ids(Vec::new())
            }
        }
    }
}

impl ToJson for CpuList {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Text(text) => out.text(text),
            Self::Ids(ids) => ids.write(out),
        }
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
        self.numbers_below(MAX_CPUS)
    }

    /// The numbers, ascending, if all are below a bound.
    pub(crate) fn numbers_below(&self, bound: usize) -> Result<Vec<u16>, Text> {
        match self {
            Self::Text(text) => parse_list(text, bound),
            Self::Ids(ids) => {
                let mut found = NumberSet::below(bound);
                ids.iter().try_for_each(|&id| add_range(&mut found, id, id, bound))?;
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

/// The longest time that may have a fraction: what JavaScript keeps to the nanosecond.
const MAX_FRACTIONAL_NS: u64 = 1 << 51;

impl ToJson for Millis {
    fn write(&self, out: &mut Writer) {
        out.ms(self.0);
    }
}

impl FromTree for Millis {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        let ns = match tree {
            Tree::Whole(ms) => {
                let ns = ms.checked_mul(1_000_000);
                if ns.is_none() {
                    report.push_text(&place.path(), words::too_long(*ms));
                    return Self::default();
                }
                ns
            }
            Tree::Decimal(digits) => millionths(digits).filter(|&ns| ns <= MAX_FRACTIONAL_NS),
            _ => None,
        };
        if ns.is_none() {
            wrong(tree, words::MILLISECONDS, place, report);
        }
        Self(Ns(ns.unwrap_or_default()))
    }
}

/// A JSON number times a million, rounded; none if it is negative or beyond 64 bits.
fn millionths(number: &str) -> Option<u64> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // A number in reason has no exponent beyond 16 bits, and with one the sum stays small.
    let exponent: i16 = exponent.parse().ok()?;
    let count = i32::try_from(whole.len()).ok()? + i32::from(exponent) + 6;
    let mut result = 0_u64;
    let mut digits = whole.bytes().chain(fraction.bytes());
    for _ in 0..count {
        let digit = char::from(digits.next().unwrap_or(b'0')).to_digit(10)?;
        result = result.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    let rounds_up = count >= 0 && digits.next().is_some_and(|digit| digit >= b'5');
    (!number.starts_with('-')).then_some(result + u64::from(rounds_up))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_to_the_nanosecond() {
        let numbers = [
            ("0.000001", Some(1)),
            ("1.5", Some(1_500_000)),
            ("12.34567890123", Some(12_345_679)),
            ("0.0000005", Some(1)),
            ("0.00000049", Some(0)),
            ("1e3", Some(1_000_000_000)),
            ("1.25E+1", Some(12_500_000)),
            ("125e-2", Some(1_250_000)),
            ("9e-7", Some(1)),
            ("9e-8", Some(0)),
            ("0e300", Some(0)),
            ("1e-300", Some(0)),
            ("1e300", None),
            ("1e99999", None),
            ("-1.5", None),
        ];
        for (number, expected) in numbers {
            assert_eq!(millionths(number), expected, "{number}");
        }
    }

    #[test]
    fn times_survive_writing() {
        for ns in [0, 1, 999_999, 1_000_000, 1_000_001, (1 << 51) - 1] {
            let mut out = Writer::default();
            Millis(Ns(ns)).write(&mut out);
            let tree = crate::json_tree::from_json(&out.finish()).expect("JSON");
            let mut report = Report::default();
            let time = Millis::read(&tree, &Place::Root, &mut report);
            assert_eq!(report.finish(time), Ok(Millis(Ns(ns))));
        }
    }
}
