//! One line of a file of cases.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The first line: the machine.
#[derive(Clone, Debug, Deserialize)]
pub struct Header {
    /// `numa-mempolicy-cases/1`.
    pub format: String,
    /// Mask of the nodes with memory, hexadecimal.
    pub has_memory: String,
    /// Weights for weighted interleaving, by node.
    pub weights: Vec<u8>,
    /// The machine as the guest saw it.
    pub topology: Topology,
}

/// Nodes and distances.
#[derive(Clone, Debug, Deserialize)]
pub struct Topology {
    /// The nodes, ascending.
    pub nodes: Vec<Node>,
    /// SLIT distances.
    pub distance: Vec<Vec<u8>>,
    /// For each node, the order in which it takes memory from nodes.
    pub fallback_order: BTreeMap<u8, Vec<u8>>,
}

/// One node.
#[derive(Clone, Debug, Deserialize)]
pub struct Node {
    /// Its number.
    pub id: u8,
    /// Its CPUs.
    pub cpus: Vec<u16>,
    /// `MemTotal` in kB.
    pub mem_total_kb: u64,
}

impl Header {
    /// Reads the first line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let header: Self = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if header.format == "numa-mempolicy-cases/1" {
            return Ok(header);
        }
        Err(format!("the format is {:?}, not numa-mempolicy-cases/1", header.format))
    }
}

/// A case: calls with their answers, and the state behind them.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Case {
    /// Its number.
    #[serde(default)]
    pub case: u64,
    /// What was done.
    #[serde(deserialize_with = "ops")]
    pub ops: Vec<Op>,
    /// Status of each page of each region.
    pub pages: Vec<Vec<i32>>,
    /// VMAs: region, first page, policy text.
    pub vmas: Vec<(u16, u32, String)>,
    /// Errno, mode and mask of the task's policy.
    pub task: (i32, i64, String),
    /// Mask of the nodes that the process may use.
    pub mems_allowed: String,
    /// Inode of each region; 0 for private ones.
    pub ino: Vec<u64>,
    /// A second result, where the second run of the case differed.
    #[serde(default)]
    pub alt: Option<Box<Self>>,
}

impl Case {
    /// Reads a line.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        serde_json::from_str(line).map_err(|error| error.to_string())
    }
}

/// A call, with what the kernel answered. Pages are in units of the region.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the fields are those of the call")]
pub enum Op {
    /// A region is mapped.
    Map { region: u16, kind: String, pages: u32, start_page: u64 },
    /// The thread is on this CPU from now on.
    Cpu(u16),
    /// The process moves to a cpuset with these nodes.
    CpusetMems(u64),
    /// `set_mempolicy`.
    SetMempolicy { mode: u64, mask: Mask, errno: i32 },
    /// `mbind`.
    Mbind { region: u16, first: u32, pages: u32, mode: u64, mask: Mask, flags: u32, errno: i32, aligned: bool },
    /// `set_mempolicy_home_node`.
    HomeNode { region: u16, first: u32, pages: u32, node: u64, flags: u64, errno: i32 },
    /// Accesses, one after the other.
    Touch { region: u16, writes: bool, pages: Vec<u32> },
    /// `get_mempolicy`; page -1 is a NULL address, -2 one that is not mapped.
    GetMempolicy { flags: u64, region: i64, page: i64, no_mask: bool, maxnode: u64, errno: i32, mode: i64, mask: u64 },
    /// `migrate_pages` of the own process.
    MigratePages { from: Mask, to: Mask, errno: i32 },
    /// `move_pages` of the own process.
    MovePages { region: u16, first: u32, flags: u32, nodes: Vec<i64>, errno: i32, returned: i64, status: Vec<i32> },
}

/// A node mask as it was given: one word at most is not zero.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mask {
    /// The bits, or none for a NULL pointer.
    pub bits: Option<Vec<u64>>,
    /// `maxnode`.
    pub maxnode: u64,
}

fn ops<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Op>, D::Error> {
    let raw = Vec::<Vec<Value>>::deserialize(deserializer)?;
    raw.iter().map(|fields| op(&Fields(fields))).collect::<Result<_, String>>().map_err(serde::de::Error::custom)
}

/// The elements of a call.
struct Fields<'a>(&'a [Value]);

impl Fields<'_> {
    fn value(&self, place: usize) -> Result<&Value, String> {
        self.0.get(place).ok_or_else(|| format!("{:?} has no element {place}", self.0))
    }

    fn text(&self, place: usize) -> Result<&str, String> {
        self.value(place)?.as_str().ok_or_else(|| format!("{:?}: element {place} is no text", self.0))
    }

    fn number<T: TryFrom<i64>>(&self, place: usize) -> Result<T, String> {
        let number = self.value(place)?.as_i64().and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("{:?}: element {place} is no number that fits", self.0))
    }

    fn hex(&self, place: usize) -> Result<u64, String> {
        u64::from_str_radix(self.text(place)?, 16).map_err(|error| format!("{:?}: {error}", self.0))
    }

    fn mask(&self, place: usize, maxnode: usize) -> Result<Mask, String> {
        let bits = if self.value(place)?.is_null() { None } else { Some(words(self.text(place)?)?) };
        Ok(Mask { bits, maxnode: self.number(maxnode)? })
    }

    fn numbers<T: TryFrom<i64>>(&self, place: usize) -> Result<Vec<T>, String> {
        let list = self.value(place)?.as_array().ok_or_else(|| format!("{:?}: element {place} is no list", self.0))?;
        let inner = Fields(list);
        (0..list.len()).map(|place| inner.number(place)).collect()
    }

    /// Either first page, count and step, or a list of single pages.
    fn touched(&self, place: usize) -> Result<Vec<u32>, String> {
        let list = self.value(place)?.as_array().ok_or_else(|| format!("{:?}: no pages", self.0))?;
        if list.iter().all(Value::is_array) {
            return list.iter().map(|page| Fields(page.as_array().map_or(&[], Vec::as_slice)).number(0)).collect();
        }
        let (first, count, step): (i64, i64, i64) =
            (Fields(list).number(0)?, Fields(list).number(1)?, Fields(list).number(2)?);
        let page = |n: i64| u32::try_from(first + n * step).map_err(|error| format!("{:?}: {error}", self.0));
        (0..count).map(page).collect()
    }
}

/// Words of a hexadecimal number, the lowest first.
fn words(hex: &str) -> Result<Vec<u64>, String> {
    let chunks = hex.as_bytes().rchunks(16).map(|chunk| String::from_utf8_lossy(chunk).into_owned());
    chunks.map(|chunk| u64::from_str_radix(&chunk, 16).map_err(|error| format!("{hex}: {error}"))).collect()
}

fn op(fields: &Fields<'_>) -> Result<Op, String> {
    Ok(match fields.text(0)? {
        "map" => Op::Map {
            region: fields.number(1)?,
            kind: fields.text(2)?.to_owned(),
            pages: fields.number(3)?,
            start_page: fields.hex(4)?,
        },
        "cpu" => Op::Cpu(fields.number(1)?),
        "cpuset_mems" => Op::CpusetMems(fields.hex(1)?),
        "set_mempolicy" => {
            Op::SetMempolicy { mode: fields.number(1)?, mask: fields.mask(2, 3)?, errno: fields.number(4)? }
        }
        "mbind" => Op::Mbind {
            region: fields.number(1)?,
            first: fields.number(2)?,
            pages: fields.number(3)?,
            mode: fields.number(4)?,
            mask: fields.mask(5, 6)?,
            flags: fields.number(7)?,
            errno: fields.number(8)?,
            aligned: fields.0.get(9).is_none(),
        },
        "home_node" => Op::HomeNode {
            region: fields.number(1)?,
            first: fields.number(2)?,
            pages: fields.number(3)?,
            node: fields.number(4)?,
            flags: fields.number(5)?,
            errno: fields.number(6)?,
        },
        "touch" => {
            let writes = fields.text(2)? == "w";
            Op::Touch { region: fields.number(1)?, writes, pages: fields.touched(3)? }
        }
        _ => return question_or_move(fields),
    })
}

fn question_or_move(fields: &Fields<'_>) -> Result<Op, String> {
    Ok(match fields.text(0)? {
        "get_mempolicy" => Op::GetMempolicy {
            flags: fields.number(1)?,
            region: fields.number(2)?,
            page: fields.number(3)?,
            no_mask: fields.number::<i64>(4)? == 1,
            maxnode: fields.number(6)?,
            errno: fields.number(7)?,
            mode: fields.number(8)?,
            mask: fields.hex(9)?,
        },
        "migrate_pages" => {
            Op::MigratePages { from: fields.mask(1, 3)?, to: fields.mask(2, 3)?, errno: fields.number(4)? }
        }
        "move_pages" => Op::MovePages {
            region: fields.number(1)?,
            first: fields.number(2)?,
            flags: fields.number(3)?,
            nodes: fields.numbers(4)?,
            errno: fields.number(5)?,
            returned: fields.number(6)?,
            status: fields.numbers(7)?,
        },
        unknown => return Err(format!("unknown call {unknown:?}")),
    })
}
