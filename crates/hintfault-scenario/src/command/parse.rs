//! From a command line to policy and CPUs.

use hintfault::ids::{CpuId, NodeId, NodeSet};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};

use super::lists::{self, Known, List};
use super::options::{self, Definition, Kind};
use super::refused::{CommandError, Rule};
use super::words::{Word, words};
use super::{CommandLine, Surroundings};
use crate::failure::Text;
use crate::limits::{MAX_COMMAND_BYTES, MAX_CPUS, MAX_NODES};

/// Reads a command line, with or without `numactl` in front and a command behind the options.
///
/// # Errors
/// The first thing in it that numactl or then the kernel refuses, with its place in the line.
pub fn parse_command(line: &str, around: &Surroundings) -> Result<CommandLine, CommandError> {
    if line.len() > MAX_COMMAND_BYTES {
        return Err(CommandError::new(Rule::TooLong, 0, ""));
    }
    let words = words(line)?;
    let is_numactl = words.first().is_some_and(|word| word.text.rsplit('/').next() == Some("numactl"));
    let mut reader = Reader {
        around,
        words: &words,
        next: usize::from(is_numactl),
        seen: Seen::default(),
        line: CommandLine::default(),
    };
    reader.read()?;
    let mut line = reader.line;
    line.command = words[reader.next..].iter().map(|word| word.text.clone()).collect();
    Ok(line)
}

/// What has been said so far.
#[derive(Default)]
struct Seen {
    is_all: bool,
    is_balancing: bool,
    /// The nodes of the option before, for `same`.
    nodes: Option<NodeSet>,
    has_list: bool,
}

struct Reader<'a> {
    around: &'a Surroundings,
    words: &'a [Word],
    next: usize,
    seen: Seen,
    line: CommandLine,
}

/// An option where it stands, and where its value is.
struct Given<'a> {
    definition: &'static Definition,
    at: usize,
    value: Option<(&'a Word, usize)>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<(), CommandError> {
        while let Some(word) = self.words.get(self.next) {
            let text = word.text.as_str();
            if text.len() < 2 || !text.starts_with('-') {
                break;
            }
            self.next += 1;
            match text.strip_prefix("--") {
                Some("") => break,
                Some(_) => self.read_long(word)?,
                None => self.read_short(word)?,
            }
        }
        if self.seen.is_balancing && self.line.policy.is_none_or(|policy| policy.mode != PolicyMode::Bind) {
            self.line.notes.push(balancing_passed_over());
        }
        Ok(())
    }

    fn read_long(&mut self, word: &'a Word) -> Result<(), CommandError> {
        let name = word.text[2..].split('=').next().unwrap_or_default();
        let value_at = 2 + name.len() + 1;
        let refuse = |rule| CommandError::new(rule, word.place(0), &word.text);
        let definition = options::long(name).map_err(refuse)?;
        let mut value = (value_at <= word.text.len()).then_some((word, value_at));
        match options::has_value(definition.2) {
            true if value.is_none() => value = Some(self.next_word(word)?),
            false if value.is_some() && definition.2 != Kind::Other => return Err(refuse(Rule::NeedlessValue)),
            _ => {}
        }
        self.apply(&Given { definition, at: word.place(0), value })
    }

    /// Letters behind one dash; the rest behind one that has a value is the value.
    fn read_short(&mut self, word: &'a Word) -> Result<(), CommandError> {
        for (place, letter) in word.text.char_indices().skip(1) {
            // The first letter stands with its dash.
            let at = word.place(if place == 1 { 0 } else { place });
            let end = place + letter.len_utf8();
            let refuse = |rule| CommandError::new(rule, at, &word.text[place..end]);
            let definition = options::short(letter).map_err(refuse)?;
            if !options::has_value(definition.2) {
                self.apply(&Given { definition, at, value: None })?;
                continue;
            }
            let value = if end < word.text.len() { (word, end) } else { self.next_word(word)? };
            return self.apply(&Given { definition, at, value: Some(value) });
        }
        Ok(())
    }

    fn next_word(&mut self, option: &Word) -> Result<(&'a Word, usize), CommandError> {
        let word = self.words.get(self.next);
        let word = word.ok_or_else(|| CommandError::new(Rule::MissingValue, option.place(0), &option.text))?;
        self.next += 1;
        Ok((word, 0))
    }

    fn apply(&mut self, option: &Given<'_>) -> Result<(), CommandError> {
        match option.definition.2 {
            Kind::All if self.seen.has_list => return Err(option.refuse(Rule::LateAll)),
            Kind::All => self.seen.is_all = true,
            Kind::Balancing if self.line.policy.is_some() => return Err(option.refuse(Rule::LateBalancing)),
            Kind::Balancing => self.seen.is_balancing = true,
            Kind::Local => self.set_policy(option, PolicyMode::Local, NodeSet::default())?,
            Kind::Nodes(mode) => {
                self.check_single_policy(option)?;
                let nodes = self.nodes(option)?;
                if mode == PolicyMode::Preferred && nodes.len() != 1 {
                    return Err(option.refuse_value(Rule::OneNode));
                }
                self.set_policy(option, mode, nodes)?;
            }
            Kind::NodeCpus => {
                let nodes = self.nodes(option)?;
                self.bind(option, self.around.cpus_of(nodes))?;
            }
            Kind::Cpus => {
                let cpus = self.cpus(option)?;
                self.bind(option, cpus)?;
            }
            Kind::Strict => self.line.notes.push(strict_passed_over()),
            Kind::Other => return Err(option.refuse(Rule::NotForProcesses)),
        }
        Ok(())
    }

    fn check_single_policy(&self, option: &Given<'_>) -> Result<(), CommandError> {
        if self.line.policy.is_some() { Err(option.refuse(Rule::SecondPolicy)) } else { Ok(()) }
    }

    /// Sets a policy that the kernel takes.
    fn set_policy(&mut self, option: &Given<'_>, mode: PolicyMode, nodes: NodeSet) -> Result<(), CommandError> {
        self.check_single_policy(option)?;
        let balances = self.seen.is_balancing && mode == PolicyMode::Bind;
        let flags = if balances { ModeFlags::NUMA_BALANCING } else { ModeFlags::NONE };
        let policy = MemPolicy::new(mode, nodes).with(flags);
        policy.check(self.around.mems_allowed()).map_err(|refusal| option.refuse_value(Rule::Kernel(refusal)))?;
        self.line.policy = Some(policy);
        Ok(())
    }

    /// The last option that names CPUs wins.
    fn bind(&mut self, option: &Given<'_>, cpus: Vec<CpuId>) -> Result<(), CommandError> {
        if cpus.is_empty() {
            return Err(option.refuse_value(Rule::NoCpus));
        }
        self.line.cpus = Some(cpus);
        Ok(())
    }

    fn nodes(&mut self, option: &Given<'_>) -> Result<NodeSet, CommandError> {
        self.seen.has_list = true;
        if option.value_text() == "same" {
            return self.seen.nodes.ok_or_else(|| option.refuse_value(Rule::NothingBefore));
        }
        let allowed = if self.seen.is_all { self.around.all() } else { self.around.allowed };
        let allowed: Vec<u16> = allowed.iter().map(|node| u16::from(node.0)).collect();
        // numactl counts the nodes with memory, and takes the count for the highest number.
        let inverse_below = self.around.with_memory.len() as u16;
        let numbers = self.list(option, &Known { allowed: &allowed, inverse_below, bound: MAX_NODES })?;
        let nodes = numbers.iter().fold(NodeSet::default(), |set, &node| set.with(NodeId(node as u8)));
        let nodes = nodes.and(self.around.all());
        self.seen.nodes = Some(nodes);
        Ok(nodes)
    }

    fn cpus(&mut self, option: &Given<'_>) -> Result<Vec<CpuId>, CommandError> {
        self.seen.has_list = true;
        let cpus: Vec<u16> = self.around.cpus_of(self.around.all()).iter().map(|cpu| cpu.0).collect();
        let inverse_below = cpus.len() as u16;
        let cpus = self.list(option, &Known { allowed: &cpus, inverse_below, bound: MAX_CPUS })?;
        // Of the numbers that `!` leaves, some may be no CPUs.
        let known = self.around.cpus_of(self.around.all());
        Ok(cpus.into_iter().map(CpuId).filter(|cpu| known.contains(cpu)).collect())
    }

    fn list(&mut self, option: &Given<'_>, known: &Known<'_>) -> Result<Vec<u16>, CommandError> {
        let Some((word, from)) = option.value.filter(|(word, from)| *from < word.text.len()) else {
            return Err(option.refuse(Rule::EmptyList));
        };
        let List { numbers, is_backwards, has_late_plus } = lists::read(word, from, known)?;
        self.line.notes.extend(is_backwards.then(range_backwards));
        self.line.notes.extend(has_late_plus.then(late_plus));
        if numbers.is_empty() {
            return Err(option.refuse_value(Rule::EmptyList));
        }
        Ok(numbers)
    }
}

impl Given<'_> {
    fn value_text(&self) -> &str {
        self.value.map_or("", |(word, from)| word.text.get(from..).unwrap_or_default())
    }

    fn refuse(&self, rule: Rule) -> CommandError {
        CommandError::new(rule, self.at, &format!("--{}", self.definition.0))
    }

    fn refuse_value(&self, rule: Rule) -> CommandError {
        let at = self.value.map_or(self.at, |(word, from)| word.place(from));
        CommandError::new(rule, at, self.value_text())
    }
}

fn balancing_passed_over() -> Text {
    Text::new("numactl passes over --balancing without --membind", "没有 --membind 时，numactl 会忽略 --balancing")
}

fn strict_passed_over() -> Text {
    Text::new("numactl passes over --strict for processes", "对进程，numactl 会忽略 --strict")
}

fn range_backwards() -> Text {
    Text::new(
        "of a range that runs backwards numactl takes the first number only",
        "区间写反时，numactl 只取第一个编号",
    )
}

fn late_plus() -> Text {
    Text::new(
        "only a + at the beginning of a list makes its numbers relative; this one means nothing",
        "只有列表开头的 + 才表示相对编号，这里的 + 不起作用",
    )
}
