//! Memory policies as texts: `bind=static|balancing:0,2-3`, as `numa_maps` shows them and as the
//! option `mpol=` of tmpfs takes them. `MemPolicy` prints itself so.

use hintfault::ids::{NodeId, NodeSet};
use hintfault::input::{MemPolicy, ModeFlags, PolicyMode};

use crate::failure::Text;
use crate::limits::{MAX_NODES, MAX_POLICY_BYTES};
use crate::quantity::{CpuList, excerpt, parse_list};

/// Reads a policy: a mode, flags behind `=` with `|` between them, nodes behind `:`. Whether mode,
/// flags and nodes go together is for the kernel to say ([`MemPolicy::check`]).
///
/// # Errors
/// What is wrong with the text, and how it would be right.
pub fn parse_policy(text: &str) -> Result<MemPolicy, Text> {
    if text.len() > MAX_POLICY_BYTES {
        return Err(bad_form(text));
    }
    let written = text.strip_prefix("mpol=").unwrap_or(text);
    let (head, nodes) = written.split_once(':').map_or((written, None), |(head, nodes)| (head, Some(nodes)));
    let (name, flags) = head.split_once('=').map_or((head, None), |(name, flags)| (name, Some(flags)));
    let mode = PolicyMode::ALL.into_iter().find(|mode| mode.name() == name).ok_or_else(|| bad_form(text))?;
    let flags = flags.map_or(Ok(ModeFlags::NONE), |flags| parse_flags(flags).ok_or_else(|| bad_form(text)))?;
    let nodes = nodes.map_or(Ok(NodeSet::default()), parse_nodes)?;
    Ok(MemPolicy::new(mode, nodes).with(flags))
}

/// Flags, each at most once.
fn parse_flags(text: &str) -> Option<ModeFlags> {
    text.split('|').try_fold(ModeFlags::NONE, |flags, word| {
        let (_, flag) = ModeFlags::NAMED.into_iter().find(|(name, _)| *name == word)?;
        (!flags.has(flag)).then_some(flags.and(flag))
    })
}

/// Nodes as the kernel prints lists; at least one.
fn parse_nodes(text: &str) -> Result<NodeSet, Text> {
    let nodes = node_set(&parse_list(text, MAX_NODES)?);
    if nodes.is_empty() {
        return Err(Text::new(
            "name nodes behind the colon, as in \"bind:0-1\"",
            "冒号后面要写节点，例如 \"bind:0-1\"",
        ));
    }
    Ok(nodes)
}

/// The nodes of a list.
pub(crate) fn nodes_of(list: &CpuList) -> Result<NodeSet, Text> {
    list.numbers_below(MAX_NODES).map(|numbers| node_set(&numbers))
}

fn node_set(numbers: &[u16]) -> NodeSet {
    numbers.iter().fold(NodeSet::default(), |set, &node| set.with(NodeId(node as u8)))
}

fn bad_form(text: &str) -> Text {
    let text = excerpt(text);
    Text::new(
        format!(
            "\"{text}\" is no policy: write it as numa_maps shows it, \"bind:0-1\", \"bind=static|balancing:0\", \
             \"prefer:1\", \"prefer (many):0,2\", \"interleave=relative:0-3\", \"weighted interleave:0-1\", \"local\", \
             \"default\""
        ),
        format!(
            "“{text}”不是策略：请按 numa_maps 的写法写，例如 \"bind:0-1\"、\"bind=static|balancing:0\"、\"prefer:1\"、\
             \"prefer (many):0,2\"、\"interleave=relative:0-3\"、\"weighted interleave:0-1\"、\"local\"、\"default\""
        ),
    )
}
