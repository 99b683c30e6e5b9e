//! Why a command line is refused.

use core::fmt;

use hintfault::Refusal;

use crate::failure::{Failure, Text};
use crate::limits::MAX_COMMAND_BYTES;
use crate::quantity::{excerpt, format_list};

/// What a command line breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rule {
    /// It is too long.
    TooLong,
    /// A quote is not closed, or nothing follows a backslash.
    OpenQuote,
    /// numactl has no such option.
    UnknownOption,
    /// Several options begin so.
    AmbiguousOption,
    /// The option is not for processes.
    NotForProcesses,
    /// The option needs a value.
    MissingValue,
    /// The option takes no value.
    NeedlessValue,
    /// A second policy.
    SecondPolicy,
    /// `--all` behind a list.
    LateAll,
    /// `--balancing` behind the policy.
    LateBalancing,
    /// `same` without a list of nodes before it.
    NothingBefore,
    /// Not a list of numbers.
    BadList,
    /// The list names nothing.
    EmptyList,
    /// A number that is not there, or not in the cpuset.
    OutOfRange,
    /// More than one preferred node.
    OneNode,
    /// The nodes have no CPUs.
    NoCpus,
    /// What numactl lets through and the kernel refuses.
    Kernel(Refusal),
}

/// Why a command line is refused, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandError {
    /// What it breaks.
    pub rule: Rule,
    /// Where in the line, in characters from 0.
    pub at: usize,
    /// What stands there, shortened.
    pub found: String,
    /// What could stand there, as a list; may be empty.
    possible: String,
}

impl CommandError {
    pub(super) fn new(rule: Rule, at: usize, found: &str) -> Self {
        Self { rule, at, found: excerpt(found), possible: String::new() }
    }

    pub(super) fn with_possible(mut self, numbers: &[u16]) -> Self {
        self.possible = format_list(numbers);
        self
    }

    /// What is wrong, and what would be right.
    #[must_use]
    pub fn text(&self) -> Text {
        let (found, possible) = (&self.found, &self.possible);
        let (en, zh) = match self.rule {
            Rule::TooLong => return too_long(),
            Rule::OutOfRange => return out_of_range(found, possible),
            Rule::Kernel(refusal) => return refused_by_kernel(refusal),
            Rule::OpenQuote => ("{}: the quotation is not closed", "{}：引号没有闭合"),
            Rule::UnknownOption => ("numactl has no option {}", "numactl 没有选项 {}"),
            Rule::AmbiguousOption => {
                ("several options begin with {}: write it in full", "有多个选项以 {} 开头，请写全")
            }
            Rule::NotForProcesses => (
                "{} places no process: it is about shared memory segments, or only shows something",
                "{} 与进程的放置无关：它用于共享内存段，或只显示信息",
            ),
            Rule::MissingValue => ("{} needs a value, as in --membind=0-1", "{} 需要一个值，例如 --membind=0-1"),
            Rule::NeedlessValue => ("{}: this option takes no value", "{}：这个选项不带值"),
            Rule::SecondPolicy => (
                "{}: a policy is set already, and a process has only one",
                "{}：前面已经设置了策略，一个进程只能有一个",
            ),
            Rule::LateAll => ("{} must stand before all lists", "{} 必须写在所有列表之前"),
            Rule::LateBalancing => ("{} must stand before --membind", "{} 必须写在 --membind 之前"),
            Rule::NothingBefore => ("{}: no nodes were named before", "{}：前面没有给出过节点"),
            Rule::BadList => (
                "\"{}\": write numbers and ranges such as 0,2-3; !0-1 for all others, +0-1 for the first \
                 ones of the cpuset; or all",
                "“{}”：请写编号和区间，例如 0,2-3；!0-1 表示除此之外的全部，+0-1 表示 cpuset 中最前面的几个；或 all",
            ),
            Rule::EmptyList => ("{}: nothing is named; at least one must be", "{}：没有指明任何编号，至少要有一个"),
            Rule::OneNode => (
                "{}: --preferred takes a single node; --preferred-many takes several",
                "{}：--preferred 只接受一个节点；多个节点请用 --preferred-many",
            ),
            Rule::NoCpus => (
                "{}: there is no CPU on these nodes, and the kernel refuses an empty set (EINVAL)",
                "{}：这些节点上没有 CPU，而内核不接受空集合（EINVAL）",
            ),
        };
        Text::new(en.replace("{}", found), zh.replace("{}", found))
    }
}

fn too_long() -> Text {
    Text::new(
        format!("the line is too long: at most {MAX_COMMAND_BYTES} bytes are possible"),
        format!("命令行太长，最多 {MAX_COMMAND_BYTES} 字节"),
    )
}

fn out_of_range(found: &str, possible: &str) -> Text {
    Text::new(
        format!("{found} is not among those that can be named here: {possible}"),
        format!("{found} 不在可用的范围内：{possible}"),
    )
}

fn refused_by_kernel(refusal: Refusal) -> Text {
    let (errno, id) = (refusal.errno().name(), refusal.id());
    Text::new(
        format!("numactl lets this through, but the kernel refuses it with {errno} ({id})"),
        format!("numactl 允许这样写，但内核会以 {errno} 拒绝（{id}）"),
    )
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}: {}", self.at + 1, self.text().en)
    }
}

impl core::error::Error for CommandError {}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::one(format!("character {}", error.at + 1), error.text())
    }
}
