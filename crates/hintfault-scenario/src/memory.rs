//! Memory policies in documents, and the calls that change them and move pages.

use hintfault::ids::NodeSet;
use hintfault::input::{self, MemPolicy, ModeFlags, MoveFlags};

use crate::failure::{Report, Text};
use crate::json::{ToJson, Writer};
use crate::mpol::{nodes_of, parse_policy};
use crate::quantity::CpuList;
use crate::reader::{FromTree, Place, choice, table, wrong};
use crate::tree::Tree;
use crate::words;

/// A memory policy, written as `numa_maps` shows it or field by field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Policy {
    /// `"bind=static:0-1"`.
    Text(String),
    /// `{ mode = "bind", flags = ["static"], nodes = "0-1" }`.
    Fields(PolicyFields),
}

impl FromTree for Policy {
    fn read(tree: &Tree, place: &Place<'_>, report: &mut Report) -> Self {
        match tree {
            Tree::Table(_) => Self::Fields(PolicyFields::read(tree, place, report)),
            Tree::Text(text) => Self::Text(text.clone()),
            _ => {
                wrong(tree, words::A_POLICY, place, report);
                Self::Text(String::new())
            }
        }
    }
}

impl ToJson for Policy {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Text(text) => out.text(text),
            Self::Fields(fields) => fields.write(out),
        }
    }
}

impl From<MemPolicy> for Policy {
    fn from(policy: MemPolicy) -> Self {
        Self::Text(policy.to_string())
    }
}

impl Policy {
    /// Mode, flags and nodes. Whether they go together is for the kernel to say.
    ///
    /// # Errors
    /// What is wrong with the text, or with the list of nodes.
    pub fn get(&self) -> Result<MemPolicy, Text> {
        match self {
            Self::Text(text) => parse_policy(text),
            Self::Fields(fields) => fields.get(),
        }
    }
}

/// A policy field by field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyFields {
    /// The mode.
    pub mode: PolicyMode,
    /// Mode flags; default none.
    pub flags: Vec<PolicyFlag>,
    /// The nodes; default none.
    pub nodes: Option<CpuList>,
    /// Where `bind` and `prefer (many)` begin to search; only for regions, default the node of
    /// the CPU.
    pub home_node: Option<u64>,
}

table!(PolicyFields: mode flags nodes home_node);

impl PolicyFields {
    fn get(&self) -> Result<MemPolicy, Text> {
        let nodes = self.nodes.as_ref().map_or(Ok(NodeSet::default()), nodes_of)?;
        let flags = self.flags.iter().fold(ModeFlags::NONE, |flags, flag| flags.and(flag.bits()));
        Ok(MemPolicy::new(self.mode.get(), nodes).with(flags))
    }
}

/// Modes by the names that the kernel prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyMode {
    /// `MPOL_DEFAULT`.
    Default,
    /// `MPOL_PREFERRED`.
    Preferred,
    /// `MPOL_BIND`.
    Bind,
    /// `MPOL_INTERLEAVE`.
    Interleave,
    /// `MPOL_LOCAL`.
    Local,
    /// `MPOL_PREFERRED_MANY`.
    PreferredMany,
    /// `MPOL_WEIGHTED_INTERLEAVE`.
    WeightedInterleave,
}

choice!(PolicyMode: Default = "default" Preferred = "prefer" Bind = "bind" Interleave = "interleave" Local = "local" PreferredMany = "prefer (many)" WeightedInterleave = "weighted interleave");

impl PolicyMode {
    /// The engine's.
    #[must_use]
    pub const fn get(self) -> input::PolicyMode {
        input::PolicyMode::ALL[self as usize]
    }
}

/// Mode flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyFlag {
    /// `MPOL_F_STATIC_NODES`.
    Static,
    /// `MPOL_F_RELATIVE_NODES`.
    Relative,
    /// `MPOL_F_NUMA_BALANCING`.
    Balancing,
}

choice!(PolicyFlag: Static = "static" Relative = "relative" Balancing = "balancing");

impl PolicyFlag {
    const fn bits(self) -> ModeFlags {
        ModeFlags::NAMED[self as usize].1
    }
}

/// Flags of `mbind` and `move_pages`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoveFlag {
    /// `MPOL_MF_STRICT`.
    Strict,
    /// `MPOL_MF_MOVE`.
    Move,
    /// `MPOL_MF_MOVE_ALL`.
    MoveAll,
}

choice!(MoveFlag: Strict = "strict" Move = "move" MoveAll = "move_all");

/// The engine's flags.
pub(crate) fn move_flags(flags: &[MoveFlag]) -> MoveFlags {
    flags.iter().fold(MoveFlags::NONE, |all, flag| all.and(MoveFlags(1 << (*flag as u32))))
}

/// The operands of `set_mempolicy`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetMempolicy {
    /// The thread.
    pub tid: u64,
    /// Its policy from now on; `"default"` takes it back.
    pub policy: Policy,
}

table!(SetMempolicy: tid policy);

/// The operands of `mbind`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mbind {
    /// The process.
    pub pid: u64,
    /// The region by its name.
    pub region: String,
    /// First page; default 0.
    pub first: Option<u64>,
    /// How many; default up to the end of the region. May run past it.
    pub pages: Option<u64>,
    /// The policy from now on; `"default"` takes it back.
    pub policy: Policy,
    /// Whether pages move; default none does.
    pub flags: Vec<MoveFlag>,
}

table!(Mbind: pid region first pages policy flags);

/// The operands of `set_mempolicy_home_node`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetHomeNode {
    /// The process.
    pub pid: u64,
    /// The region by its name.
    pub region: String,
    /// First page; default 0.
    pub first: Option<u64>,
    /// How many; default up to the end of the region. May run past it.
    pub pages: Option<u64>,
    /// Where the search begins.
    pub node: u64,
}

table!(SetHomeNode: pid region first pages node);

/// The operands of `migrate_pages`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MigratePages {
    /// The process.
    pub pid: u64,
    /// Pages on these nodes.
    pub from: CpuList,
    /// Go to these.
    pub to: CpuList,
}

table!(MigratePages: pid from to);

/// The operands of `move_pages`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MovePages {
    /// The process.
    pub pid: u64,
    /// The region by its name.
    pub region: String,
    /// First page; default 0.
    pub first: Option<u64>,
    /// How many; default up to the end of the region. May run past it.
    pub pages: Option<u64>,
    /// Where to.
    pub node: u64,
    /// `"move"` or `"move_all"`; default `"move"`.
    pub flags: Vec<MoveFlag>,
}

table!(MovePages: pid region first pages node flags);

/// The operands of `cpuset_mems`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CpusetMems {
    /// The process.
    pub pid: u64,
    /// Its `cpuset.mems` from now on; none for all nodes.
    pub mems: Option<CpuList>,
}

table!(CpusetMems: pid mems);

/// A node and its weight for weighted interleaving.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeWeight {
    /// The node.
    pub node: u64,
    /// 0 to 255; 0 unsets it, which makes it 1.
    pub weight: u64,
}

table!(NodeWeight: node weight);
