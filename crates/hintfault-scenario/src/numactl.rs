//! A machine from the output of `numactl --hardware`, of every version and as people paste it:
//! with prompts around it, tabs, CRLF, lines that a terminal has wrapped, or parts missing.

use crate::failure::{Failure, Text};
use crate::limits::{MAX_CPUS, MAX_NODE_BYTES, MAX_NODES, MAX_TEXT_BYTES};
use crate::order::into_ascending;
use crate::quantity::{excerpt, parse_list, parse_number};

/// What the output says of a machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MachineSpec {
    /// The nodes, ascending by number.
    pub nodes: Vec<NodeSpec>,
    /// Distances in the order of `nodes`.
    pub distances: Vec<Vec<u8>>,
    /// What the output left out and what was assumed instead.
    pub notes: Vec<Text>,
}

/// One node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeSpec {
    /// Its number.
    pub id: u8,
    /// Its CPUs, ascending; none for a memory-only node.
    pub cpus: Vec<u16>,
    /// Its memory in MiB; 0 for a node that has only CPUs.
    pub size_mib: u64,
    /// Free memory in MiB, at most `size_mib`.
    pub free_mib: u64,
}

/// Assumed where the output tells no size.
const ASSUMED_SIZE_MIB: u64 = 16 << 10;
const MAX_NODE_MIB: u64 = MAX_NODE_BYTES >> 20;
const LOCAL_DISTANCE: u8 = 10;
/// Assumed where the output tells no distances: what the kernel takes without a SLIT.
const REMOTE_DISTANCE: u8 = 20;
/// What numactl prints for a figure that it could not find out.
const NOT_AVAILABLE: &str = "<not available>";

/// Reads the output of `numactl --hardware` (or `-H`). Lines that are not part of it are
/// passed over.
///
/// # Errors
/// When the text is too long, tells of no node, contradicts itself or holds a figure that
/// cannot be: the path names the line and the field.
pub fn parse_numactl(text: &str) -> Result<MachineSpec, Failure> {
    if text.len() > MAX_TEXT_BYTES {
        let en = format!("too long: at most {MAX_TEXT_BYTES} bytes are possible");
        return Err(Failure::one("", Text::new(en, format!("太长，最多 {MAX_TEXT_BYTES} 字节"))));
    }
    let mut reader = Reader::new();
    for (index, line) in text.lines().enumerate() {
        reader.read_line(index + 1, line)?;
    }
    reader.finish()
}

/// What is known of a node so far.
#[derive(Default)]
struct Seen {
    cpus: Option<Vec<u16>>,
    size_mib: Option<u64>,
    free_mib: Option<u64>,
}

struct Reader {
    announced: Option<Vec<u16>>,
    /// By number.
    nodes: Vec<Option<Seen>>,
    /// The node whose list of CPUs the line before held.
    open_cpus: Option<u8>,
    in_distances: bool,
    header: Vec<u8>,
    /// By number of the node.
    rows: Vec<Option<Vec<u8>>>,
    /// The node of each CPU.
    owners: Vec<Option<u8>>,
}

/// A place in the text, for messages.
#[derive(Clone, Copy)]
struct At<'a> {
    line: usize,
    field: &'a str,
}

impl At<'_> {
    fn fail<T>(self, en: impl Into<String>, zh: impl Into<String>) -> Result<T, Failure> {
        Err(Failure::one(format!("line {}, {}", self.line, self.field), Text::new(en, zh)))
    }
}

impl Reader {
    fn new() -> Self {
        Self {
            announced: None,
            nodes: (0..MAX_NODES).map(|_| None).collect(),
            open_cpus: None,
            in_distances: false,
            header: Vec::new(),
            rows: vec![None; MAX_NODES],
            owners: vec![None; MAX_CPUS],
        }
    }

    fn read_line(&mut self, line: usize, text: &str) -> Result<(), Failure> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let open_cpus = self.open_cpus.take();
        match words.as_slice() {
            ["available:", count, "nodes" | "node", rest @ ..] => {
                self.read_available(At { line, field: "available" }, count, rest)
            }
            ["node", "distances:"] => {
                self.in_distances = true;
                Ok(())
            }
            ["node", ids @ ..] if self.in_distances && self.header.is_empty() => {
                self.read_header(At { line, field: "node distances" }, ids)
            }
            ["node", id, field, rest @ ..] if field.ends_with(':') => {
                self.read_node(line, id, field.trim_end_matches(':'), rest)
            }
            [first, rest @ ..] if self.in_distances && is_row_start(first) => {
                self.read_row(line, first.trim_end_matches(':'), rest)
            }
            [_, ..] if open_cpus.is_some() && words.iter().all(|word| is_number(word)) => {
                self.continue_cpus(line, open_cpus, &words)
            }
            _ => Ok(()),
        }
    }

    fn read_available(&mut self, at: At<'_>, count: &str, rest: &[&str]) -> Result<(), Failure> {
        if self.announced.is_some() {
            return at.fail("stands twice: paste the output of one machine", "出现两次：请只粘贴一台机器的输出");
        }
        let Some(count) = parse_number(count, MAX_NODES as u64) else {
            let en = format!("\"{}\" nodes: 1 to {MAX_NODES} are possible", excerpt(count));
            let zh = format!("节点数“{}”无效，应为 1 到 {MAX_NODES}", excerpt(count));
            return at.fail(en, zh);
        };
        let list = rest.concat();
        let ids = match list.strip_prefix('(').and_then(|list| list.strip_suffix(')')) {
            Some(list) => parse_list(list, MAX_NODES),
            None => Ok((0..count as u16).collect()),
        };
        let ids = ids.or_else(|message| at.fail(message.en, message.zh))?;
        if ids.len() as u64 != count {
            let listed = ids.len();
            let en = format!("{count} nodes are announced, and {listed} are listed");
            return at.fail(en, format!("声明有 {count} 个节点，却列出 {listed} 个"));
        }
        self.announced = Some(ids);
        Ok(())
    }

    fn read_node(&mut self, line: usize, id: &str, field: &str, rest: &[&str]) -> Result<(), Failure> {
        if !matches!(field, "cpus" | "size" | "free") {
            return Ok(());
        }
        let name = format!("node {} {field}", excerpt(id));
        let at = At { line, field: &name };
        let id = read_node_id(at, id)?;
        let seen = self.nodes[usize::from(id)].get_or_insert_default();
        let slot = match field {
            "cpus" => {
                if seen.cpus.replace(Vec::new()).is_some() {
                    return at.fail("stands twice", "出现两次");
                }
                self.open_cpus = Some(id);
                return self.add_cpus(at, id, rest);
            }
            "size" => &mut seen.size_mib,
            _ => &mut seen.free_mib,
        };
        if slot.is_some() {
            return at.fail("stands twice", "出现两次");
        }
        *slot = read_mib(at, rest)?;
        Ok(())
    }

    fn continue_cpus(&mut self, line: usize, open: Option<u8>, words: &[&str]) -> Result<(), Failure> {
        let Some(id) = open else { return Ok(()) };
        let name = format!("node {id} cpus");
        self.open_cpus = open;
        self.add_cpus(At { line, field: &name }, id, words)
    }

    fn add_cpus(&mut self, at: At<'_>, id: u8, words: &[&str]) -> Result<(), Failure> {
        let seen = self.nodes[usize::from(id)].get_or_insert_default();
        let cpus = seen.cpus.get_or_insert_default();
        for word in words {
            let most = MAX_CPUS - 1;
            let Some(cpu) = parse_number(word, most as u64) else {
                let en = format!("\"{}\" is no CPU number: 0 to {most} are possible", excerpt(word));
                let zh = format!("“{}”不是有效的 CPU 编号，应为 0 到 {most}", excerpt(word));
                return at.fail(en, zh);
            };
            let cpu = cpu as u16;
            if let Some(owner) = self.owners[usize::from(cpu)].replace(id) {
                let en = format!("CPU {cpu} is in node {owner} already");
                return at.fail(en, format!("CPU {cpu} 已属于节点 {owner}"));
            }
            cpus.push(cpu);
        }
        Ok(())
    }

    fn read_header(&mut self, at: At<'_>, ids: &[&str]) -> Result<(), Failure> {
        for id in ids {
            let id = read_node_id(at, id)?;
            if self.header.contains(&id) {
                return at.fail(format!("node {id} stands twice"), format!("节点 {id} 出现两次"));
            }
            self.header.push(id);
        }
        Ok(())
    }

    fn read_row(&mut self, line: usize, id: &str, words: &[&str]) -> Result<(), Failure> {
        let name = format!("distances of node {}", excerpt(id));
        let at = At { line, field: &name };
        let id = read_node_id(at, id)?;
        if words.len() != self.header.len() {
            let (found, wanted) = (words.len(), self.header.len());
            let en = format!("{found} distances, and the head line names {wanted} nodes");
            return at.fail(en, format!("有 {found} 个距离，而表头有 {wanted} 个节点"));
        }
        let mut row = Vec::new();
        for (word, &to) in words.iter().zip(&self.header) {
            row.push(read_distance(at, word, id, to)?);
        }
        if self.rows[usize::from(id)].replace(row).is_some() {
            return at.fail("stands twice", "出现两次");
        }
        Ok(())
    }

    fn finish(mut self) -> Result<MachineSpec, Failure> {
        let mut notes = Vec::new();
        self.check_announced()?;
        let mut nodes = Vec::new();
        for (id, seen) in (0..).zip(core::mem::take(&mut self.nodes)) {
            nodes.extend(seen.and_then(|seen| node_spec(id, seen, &mut notes)));
        }
        if nodes.is_empty() {
            let en = "no nodes: paste the whole output of `numactl --hardware`";
            return Err(Failure::one("", Text::new(en, "没有找到节点：请粘贴 `numactl --hardware` 的完整输出")));
        }
        let distances = self.distances_between(&nodes, &mut notes)?;
        Ok(MachineSpec { nodes, distances, notes })
    }

    fn check_announced(&self) -> Result<(), Failure> {
        for &id in self.announced.iter().flatten() {
            if self.nodes[usize::from(id)].is_none() {
                let message = Text::new(
                    "is announced, but nothing follows about it: paste the whole output",
                    "已声明，但后面没有它的信息：请粘贴完整输出",
                );
                return Err(Failure::one(format!("node {id}"), message));
            }
        }
        Ok(())
    }

    fn distances_between(&self, nodes: &[NodeSpec], notes: &mut Vec<Text>) -> Result<Vec<Vec<u8>>, Failure> {
        if self.has_no_rows() {
            notes.push(Text::new(
                format!("no distances: {LOCAL_DISTANCE} and {REMOTE_DISTANCE} are assumed"),
                format!("没有距离信息：假定为 {LOCAL_DISTANCE} 和 {REMOTE_DISTANCE}"),
            ));
        }
        nodes.iter().map(|from| nodes.iter().map(|to| self.distance(from.id, to.id)).collect()).collect()
    }

    fn has_no_rows(&self) -> bool {
        self.rows.iter().all(Option::is_none)
    }

    fn distance(&self, from: u8, to: u8) -> Result<u8, Failure> {
        if self.has_no_rows() {
            return Ok(if from == to { LOCAL_DISTANCE } else { REMOTE_DISTANCE });
        }
        let column = self.header.iter().position(|&id| id == to);
        let row = self.rows[usize::from(from)].as_ref();
        row.zip(column).map(|(row, column)| row[column]).ok_or_else(|| {
            let message = Text::new(
                format!("the distance from node {from} to node {to} is missing"),
                format!("缺少节点 {from} 到节点 {to} 的距离"),
            );
            Failure::one("node distances", message)
        })
    }
}

fn is_number(word: &str) -> bool {
    parse_number(word, u64::MAX).is_some()
}

fn is_row_start(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(is_number)
}

fn read_node_id(at: At<'_>, id: &str) -> Result<u8, Failure> {
    let most = MAX_NODES as u64 - 1;
    match parse_number(id, most) {
        Some(id) => Ok(id as u8),
        None => {
            let en = format!("\"{}\" is no node number: 0 to {most} are possible", excerpt(id));
            at.fail(en, format!("“{}”不是有效的节点编号，应为 0 到 {most}", excerpt(id)))
        }
    }
}

/// A size in MiB, none if numactl could not find it out.
fn read_mib(at: At<'_>, words: &[&str]) -> Result<Option<u64>, Failure> {
    let text = words.join(" ");
    if text == NOT_AVAILABLE {
        return Ok(None);
    }
    let mib = text.strip_suffix(" MB").and_then(|number| parse_number(number, MAX_NODE_MIB));
    if mib.is_some() {
        return Ok(mib);
    }
    let text = excerpt(&text);
    let en = format!("\"{text}\" is no size: 0 to {MAX_NODE_MIB} MB are possible, as in \"16037 MB\"");
    at.fail(en, format!("“{text}”不是有效的大小：应为 0 到 {MAX_NODE_MIB} MB，例如 \"16037 MB\""))
}

fn read_distance(at: At<'_>, word: &str, from: u8, to: u8) -> Result<u8, Failure> {
    let distance = parse_number(word, 254).map(|distance| distance as u8);
    let is_possible = |distance: &u8| (*distance == LOCAL_DISTANCE) == (from == to) && *distance >= LOCAL_DISTANCE;
    if let Some(distance) = distance.filter(is_possible) {
        return Ok(distance);
    }
    let word = excerpt(word);
    let en = format!("\"{word}\" to node {to} is not possible: a node is 10 from itself and 11 to 254 from others");
    at.fail(en, format!("到节点 {to} 的距离“{word}”无效：到自身应为 10，到其他节点应为 11 到 254"))
}

/// The node with what is missing filled in; none if there is nothing in it.
fn node_spec(id: u8, seen: Seen, notes: &mut Vec<Text>) -> Option<NodeSpec> {
    let cpus = seen.cpus.unwrap_or_else(|| {
        notes.push(Text::new(
            format!("node {id}: no line about CPUs, none are assumed"),
            format!("节点 {id}：没有 CPU 信息，假定没有 CPU"),
        ));
        Vec::new()
    });
    let cpus = into_ascending(cpus, |&cpu| u64::from(cpu));
    let size_mib = seen.size_mib.unwrap_or_else(|| {
        let assumed = ASSUMED_SIZE_MIB.max(seen.free_mib.unwrap_or(0));
        notes.push(Text::new(
            format!("node {id}: no size, {assumed} MB are assumed"),
            format!("节点 {id}：没有内存大小，假定为 {assumed} MB"),
        ));
        assumed
    });
    let free_mib = seen.free_mib.unwrap_or_else(|| {
        notes.push(Text::new(
            format!("node {id}: no free memory told, all is assumed to be free"),
            format!("节点 {id}：没有空闲内存信息，假定全部空闲"),
        ));
        size_mib
    });
    if cpus.is_empty() && size_mib == 0 {
        notes.push(Text::new(
            format!("node {id} has neither CPUs nor memory and is left out"),
            format!("节点 {id} 既无 CPU 也无内存，已略去"),
        ));
        return None;
    }
    if free_mib > size_mib {
        notes.push(Text::new(
            format!("node {id}: {free_mib} MB free of {size_mib} MB, all is assumed to be free"),
            format!("节点 {id}：空闲 {free_mib} MB 大于总量 {size_mib} MB，假定全部空闲"),
        ));
    }
    Some(NodeSpec { id, cpus, size_mib, free_mib: free_mib.min(size_mib) })
}
