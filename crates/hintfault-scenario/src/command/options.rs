//! The options of numactl.

use hintfault::input::PolicyMode;

use super::refused::Rule;

/// What an option is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Nodes beyond the cpuset may be named.
    All,
    /// `MPOL_F_NUMA_BALANCING`.
    Balancing,
    /// A policy with nodes.
    Nodes(PolicyMode),
    /// `MPOL_LOCAL`.
    Local,
    /// The CPUs of nodes.
    NodeCpus,
    /// CPUs.
    Cpus,
    /// Means something for shared memory only; passed over for processes.
    Strict,
    /// Nothing that places a process: for shared memory, or prints something.
    Other,
}

/// An option: its long name, its letter, what it is about.
pub(super) type Definition = (&'static str, char, Kind);

const OPTIONS: [Definition; 25] = [
    ("all", 'a', Kind::All),
    ("balancing", 'b', Kind::Balancing),
    ("interleave", 'i', Kind::Nodes(PolicyMode::Interleave)),
    ("weighted-interleave", 'w', Kind::Nodes(PolicyMode::WeightedInterleave)),
    ("preferred", 'p', Kind::Nodes(PolicyMode::Preferred)),
    ("preferred-many", 'P', Kind::Nodes(PolicyMode::PreferredMany)),
    ("membind", 'm', Kind::Nodes(PolicyMode::Bind)),
    ("localalloc", 'l', Kind::Local),
    ("cpunodebind", 'N', Kind::NodeCpus),
    ("cpubind", 'c', Kind::NodeCpus),
    ("physcpubind", 'C', Kind::Cpus),
    ("strict", 't', Kind::Strict),
    ("show", 's', Kind::Other),
    ("hardware", 'H', Kind::Other),
    ("shm", 'S', Kind::Other),
    ("file", 'f', Kind::Other),
    ("offset", 'o', Kind::Other),
    ("length", 'L', Kind::Other),
    ("shmmode", 'M', Kind::Other),
    ("dump", 'd', Kind::Other),
    ("dump-nodes", 'D', Kind::Other),
    ("shmid", 'I', Kind::Other),
    ("huge", 'u', Kind::Other),
    ("touch", 'T', Kind::Other),
    ("verify", 'V', Kind::Other),
];

/// The long name of an option that sets this.
pub(super) fn long_name(kind: Kind) -> &'static str {
    OPTIONS.iter().find(|(_, _, of)| *of == kind).map_or("", |(name, _, _)| name)
}

/// The option of a letter.
pub(super) fn short(letter: char) -> Result<&'static Definition, Rule> {
    OPTIONS.iter().find(|(_, of, _)| *of == letter).ok_or(Rule::UnknownOption)
}

/// The option of a long name, which may be cut short as long as only one begins so.
pub(super) fn long(name: &str) -> Result<&'static Definition, Rule> {
    let begins = || OPTIONS.iter().filter(|(known, _, _)| known.starts_with(name));
    let exact = begins().find(|(known, _, _)| *known == name);
    match (exact, begins().count()) {
        (Some(option), _) => Ok(option),
        (None, 0) => Err(Rule::UnknownOption),
        (None, 1) => begins().next().ok_or(Rule::UnknownOption),
        (None, _) => Err(Rule::AmbiguousOption),
    }
}

/// Whether an option has a value.
pub(super) fn has_value(kind: Kind) -> bool {
    matches!(kind, Kind::Nodes(_) | Kind::NodeCpus | Kind::Cpus)
}
