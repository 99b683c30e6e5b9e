//! Why the kernel refuses a call: which rule, what breaks it, and what would be accepted.

use hintfault::Refusal;

use crate::{Language, Words, words};

/// A sentence for a rule that refuses.
#[must_use]
pub fn words_of_refusal(rule: Refusal) -> Words {
    let found = REFUSALS.iter().find(|(of, _)| *of == rule);
    found.map_or(words(rule.id(), rule.id()), |(_, words)| *words)
}

/// A rule that refuses as a line: the error, then the sentence.
#[must_use]
pub fn line_of_refusal(rule: Refusal, language: Language) -> String {
    let (errno, sentence) = (rule.errno().name(), words_of_refusal(rule).in_language(language));
    match language {
        Language::En => format!("{errno}: {sentence}"),
        Language::Zh => format!("{errno}：{sentence}"),
    }
}

/// In the order of [`Refusal::ALL`].
pub(crate) static REFUSALS: &[(Refusal, Words)] = &[
    (
        Refusal::NoSuchTask,
        words(
            "The thread or process has ended or is not there yet. Do this while it lives.",
            "该线程或进程已经结束，或还没有产生。请在它存活期间进行。",
        ),
    ),
    (
        Refusal::AlreadyThere,
        words(
            "What should come to be is there already. It comes to be once only.",
            "要创建的对象已经存在，它只能产生一次。",
        ),
    ),
    // The mode word.
    (
        Refusal::UnknownMode,
        words(
            "The mode has no such number. Modes are 0 (default) to 6 (weighted interleave).",
            "没有这个编号的模式。模式编号为 0（default）到 6（weighted interleave）。",
        ),
    ),
    (
        Refusal::StaticAndRelative,
        words(
            "The flags static and relative exclude each other: node numbers are either fixed or ranks within the \
             cpuset. Keep one of the two.",
            "标志 static 与 relative 互斥：节点编号要么固定，要么表示在 cpuset 中的次序。请只保留一个。",
        ),
    ),
    (
        Refusal::BalancingMode,
        words(
            "The flag balancing goes with the modes bind and prefer (many) only. Take one of these modes, or take the \
             flag away.",
            "标志 balancing 只能与 bind 和 prefer (many) 模式一起使用。请改用这两种模式之一，或去掉该标志。",
        ),
    ),
    // The node mask.
    (
        Refusal::MaskTooLong,
        words(
            "maxnode is 0 although a mask is given, or more than 32769. It is the number of bits of the mask plus one, \
             for 64 nodes 65.",
            "给出了掩码而 maxnode 为 0，或 maxnode 大于 32769。它应为掩码位数加一，64 个节点时为 65。",
        ),
    ),
    (
        Refusal::MaskUnreadable,
        words(
            "The node mask lies at an address that cannot be read. Pass the address of mapped memory.",
            "节点掩码所在的地址不可读。请传入已映射内存的地址。",
        ),
    ),
    (
        Refusal::MaskBeyondNodes,
        words(
            "A bit for a node number of 1024 or more is set. The kernel has no such nodes: clear it.",
            "设置了编号 1024 或更大的节点位，而内核没有这样的节点。请清除这些位。",
        ),
    ),
    // Mode and nodes.
    (
        Refusal::DefaultWithNodes,
        words(
            "The mode default takes no nodes. Leave the nodes out, or choose a mode that uses them.",
            "default 模式不带节点。请去掉节点，或选择使用节点的模式。",
        ),
    ),
    (
        Refusal::LocalWithNodes,
        words(
            "The mode local takes no nodes: it always means the node of the CPU. Leave the nodes out, or choose prefer or \
             bind.",
            "local 模式不带节点，它总是指 CPU 所在的节点。请去掉节点，或选择 prefer 或 bind。",
        ),
    ),
    (
        Refusal::NodeFlagsWithoutNodes,
        words(
            "static and relative say how nodes are meant, but no nodes are named. Name some, or take the flag away.",
            "static 和 relative 说明节点编号的含义，但没有给出节点。请给出节点，或去掉该标志。",
        ),
    ),
    (
        Refusal::ModeNeedsNodes,
        words(
            "This mode needs at least one node, and none is named. Name some, or choose local or default.",
            "这种模式至少需要一个节点，但没有给出。请给出节点，或选择 local 或 default。",
        ),
    ),
    (
        Refusal::NoAllowedNode,
        words(
            "None of the nodes named has memory that the cpuset allows. Name at least one node that has memory and is in \
             the cpuset's mems.",
            "给出的节点中，没有一个既有内存又被 cpuset 允许。请至少给出一个有内存且在 cpuset 的 mems 中的节点。",
        ),
    ),
    // Ranges.
    (
        Refusal::Unaligned,
        words(
            "The range does not begin at a page. Its start must be a multiple of 4096.",
            "范围没有从页边界开始。起始地址必须是 4096 的倍数。",
        ),
    ),
    (
        Refusal::RangeWraps,
        words(
            "The range runs past the end of all addresses. Make it shorter.",
            "范围超出了地址空间的末尾。请缩短范围。",
        ),
    ),
    (
        Refusal::RangeHasHole,
        words(
            "A part of the range is not mapped, and nothing was changed. Choose pages of the region only, up to its end.",
            "范围中有一部分没有映射，因此什么都没有改变。请只选择该区域之内的页。",
        ),
    ),
    // mbind.
    (
        Refusal::MbindFlags,
        words(
            "mbind knows no such flag. It takes strict, move and move_all.",
            "mbind 不认识这个标志。可用的有 strict、move 和 move_all。",
        ),
    ),
    (
        Refusal::PageMisplaced,
        words(
            "strict without move: a page in the range lies outside of the nodes, so nothing was changed. Add move to move \
             such pages, or take strict away to leave them.",
            "只用 strict 而没有 move：范围内有页不在这些节点上，因此什么都没有改变。加上 move 可迁移这些页，去掉 strict 则保留原位。",
        ),
    ),
    (
        Refusal::PageNotMoved,
        words(
            "strict: some pages could not be moved. The policy is in force nevertheless, and the other pages have moved.",
            "strict：有些页无法迁移。不过策略已经生效，其余的页也已迁移。",
        ),
    ),
    // set_mempolicy_home_node.
    (
        Refusal::HomeNodeFlags,
        words(
            "set_mempolicy_home_node has no flags yet. They must be 0.",
            "set_mempolicy_home_node 目前没有任何标志，必须为 0。",
        ),
    ),
    (
        Refusal::HomeNodeOffline,
        words(
            "There is no node of that number. Choose a node of the machine.",
            "没有这个编号的节点。请选择机器上已有的节点。",
        ),
    ),
    (
        Refusal::HomeNodeMode,
        words(
            "Only the modes bind and prefer (many) have a home node, and a mapping in the range has another mode. Set one \
             of these first with mbind.",
            "只有 bind 和 prefer (many) 模式才有 home node，而范围内有映射是别的模式。请先用 mbind 设置这两种模式之一。",
        ),
    ),
    (
        Refusal::HomeNodeWithoutPolicy,
        words(
            "No mapping in the range has a policy of its own; the thread's does not count. Set one first with mbind: bind or \
             prefer (many).",
            "范围内没有映射带有自己的策略，线程的策略不算。请先用 mbind 设置 bind 或 prefer (many)。",
        ),
    ),
    // get_mempolicy.
    (
        Refusal::MaskTooShort,
        words(
            "The mask has no room for all nodes. maxnode must be at least the highest possible node number plus one.",
            "掩码容不下所有节点。maxnode 至少应为最大可能节点编号加一。",
        ),
    ),
    (
        Refusal::GetMempolicyFlags,
        words(
            "get_mempolicy knows no such flag. It takes MPOL_F_NODE, MPOL_F_ADDR and MPOL_F_MEMS_ALLOWED.",
            "get_mempolicy 不认识这个标志。可用的有 MPOL_F_NODE、MPOL_F_ADDR 和 MPOL_F_MEMS_ALLOWED。",
        ),
    ),
    (
        Refusal::MemsAllowedAlone,
        words(
            "MPOL_F_MEMS_ALLOWED asks for something else than the other flags. Use it alone.",
            "MPOL_F_MEMS_ALLOWED 查询的内容与其他标志不同，只能单独使用。",
        ),
    ),
    (
        Refusal::AddressNotMapped,
        words(
            "Nothing is mapped at the address. Choose one within a region.",
            "该地址没有映射。请选择某个区域之内的地址。",
        ),
    ),
    (
        Refusal::AddressWithoutFlag,
        words(
            "An address is given without MPOL_F_ADDR. Add the flag, or pass 0.",
            "给出了地址却没有 MPOL_F_ADDR。请加上该标志，或把地址设为 0。",
        ),
    ),
    (
        Refusal::NodeNeedsInterleave,
        words(
            "MPOL_F_NODE without an address asks for the next node of an interleaving thread, and this thread's policy does \
             not interleave.",
            "不带地址的 MPOL_F_NODE 查询的是交织线程的下一个节点，而该线程的策略不是交织。",
        ),
    ),
    (
        Refusal::MaskTooLongToCopy,
        words(
            "The mask that is to be filled is longer than a page. maxnode may be at most 32769.",
            "要填写的掩码超过一页。maxnode 最大为 32769。",
        ),
    ),
    // migrate_pages, move_pages.
    (
        Refusal::NoAllowedDestination,
        words(
            "None of the destination nodes is allowed by the caller's cpuset. Name at least one that is.",
            "目标节点中没有一个被调用者的 cpuset 允许。请至少给出一个允许的节点。",
        ),
    ),
    (
        Refusal::MovePagesFlags,
        words(
            "move_pages takes move and move_all only; strict is for mbind.",
            "move_pages 只接受 move 和 move_all；strict 属于 mbind。",
        ),
    ),
    (
        Refusal::DestinationWithoutMemory,
        words(
            "The destination is not there or has no memory. Choose a node that has some.",
            "目标节点不存在或没有内存。请选择有内存的节点。",
        ),
    ),
    (
        Refusal::DestinationOutsideCpuset,
        words(
            "The cpuset of the process does not allow the destination. Choose one of its mems, or widen them first.",
            "该进程的 cpuset 不允许目标节点。请在其 mems 中选择，或先扩大 mems。",
        ),
    ),
];
