//! Why the kernel refuses what is asked of it: the rule, and the error that it answers with.

/// Error numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Errno {
    /// There is nothing of that kind.
    Enoent = 2,
    /// There is no such process or thread, or it is gone.
    Esrch = 3,
    /// Pages are not where they should be.
    Eio = 5,
    /// Not allowed there.
    Eacces = 13,
    /// An address that is not mapped.
    Efault = 14,
    /// What should come to be is there already.
    Eexist = 17,
    /// There is no such device: no memory there.
    Enodev = 19,
    /// An argument that makes no sense.
    Einval = 22,
    /// Not for this kind of object.
    Eopnotsupp = 95,
}

impl Errno {
    /// As in `errno.h`: `"ESRCH"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enoent => "ENOENT",
            Self::Esrch => "ESRCH",
            Self::Eio => "EIO",
            Self::Eacces => "EACCES",
            Self::Efault => "EFAULT",
            Self::Eexist => "EEXIST",
            Self::Enodev => "ENODEV",
            Self::Einval => "EINVAL",
            Self::Eopnotsupp => "EOPNOTSUPP",
        }
    }

    /// As in `errno.h`.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal, $errno:ident;)*) => {
        /// The rule that refused an action or a system call.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Refusal {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Refusal {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A word for it that stays.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The error that the caller gets.
            #[must_use]
            pub const fn errno(self) -> Errno {
                match self {
                    $(Self::$variant => Errno::$errno,)*
                }
            }
        }
    };
}

refusals! {
    /// The process or thread is not there, or is gone.
    NoSuchTask = "no_such_task", Esrch;
    /// What should come to be is there already.
    AlreadyThere = "already_there", Eexist;

    // The mode word (`sanitize_mpol_flags`).
    /// The mode has no such number.
    UnknownMode = "unknown_mode", Einval;
    /// Static and relative nodes exclude each other.
    StaticAndRelative = "static_and_relative", Einval;
    /// Balancing goes with `Bind` and `PreferredMany` only.
    BalancingMode = "balancing_mode", Einval;

    // The node mask (`get_nodes`).
    /// `maxnode` is more than a page of bits, or 0 with a mask.
    MaskTooLong = "mask_too_long", Einval;
    /// The mask cannot be read.
    MaskUnreadable = "mask_unreadable", Efault;
    /// A bit beyond all node numbers is set.
    MaskBeyondNodes = "mask_beyond_nodes", Einval;

    // Mode and nodes (`mpol_new`, `mpol_set_nodemask`).
    /// The default policy takes no nodes.
    DefaultWithNodes = "default_with_nodes", Einval;
    /// `Local` takes no nodes.
    LocalWithNodes = "local_with_nodes", Einval;
    /// Static or relative nodes, but no nodes.
    NodeFlagsWithoutNodes = "node_flags_without_nodes", Einval;
    /// The mode needs nodes.
    ModeNeedsNodes = "mode_needs_nodes", Einval;
    /// No node is left that has memory and that the cpuset allows.
    NoAllowedNode = "no_allowed_node", Einval;

    // Ranges (`mbind`, `set_mempolicy_home_node`).
    /// The range does not begin at a page.
    Unaligned = "unaligned", Einval;
    /// The range runs past the end of all addresses.
    RangeWraps = "range_wraps", Einval;
    /// A part of the range is not mapped.
    RangeHasHole = "range_has_hole", Efault;

    // `mbind`.
    /// A flag that `mbind` does not know.
    MbindFlags = "mbind_flags", Einval;
    /// `MPOL_MF_STRICT` alone found a page outside the nodes; nothing was changed.
    PageMisplaced = "page_misplaced", Eio;
    /// `MPOL_MF_STRICT`, and a page could not be moved; the policy is in force nevertheless.
    PageNotMoved = "page_not_moved", Eio;

    // `set_mempolicy_home_node`.
    /// It takes no flags.
    HomeNodeFlags = "home_node_flags", Einval;
    /// The home node is not online.
    HomeNodeOffline = "home_node_offline", Einval;
    /// Only `Bind` and `PreferredMany` have a home node.
    HomeNodeMode = "home_node_mode", Eopnotsupp;
    /// No mapping in the range has a policy of its own.
    HomeNodeWithoutPolicy = "home_node_without_policy", Enoent;

    // `get_mempolicy`.
    /// The mask has no room for all nodes.
    MaskTooShort = "mask_too_short", Einval;
    /// A flag that `get_mempolicy` does not know.
    GetMempolicyFlags = "get_mempolicy_flags", Einval;
    /// `MPOL_F_MEMS_ALLOWED` goes with no other flag.
    MemsAllowedAlone = "mems_allowed_alone", Einval;
    /// Nothing is mapped at the address.
    AddressNotMapped = "address_not_mapped", Efault;
    /// An address without `MPOL_F_ADDR`.
    AddressWithoutFlag = "address_without_flag", Einval;
    /// `MPOL_F_NODE` needs an address or an interleaving policy.
    NodeNeedsInterleave = "node_needs_interleave", Einval;
    /// The mask is longer than a page.
    MaskTooLongToCopy = "mask_too_long_to_copy", Einval;

    // `migrate_pages`, `move_pages`.
    /// None of the destination nodes is allowed to the caller.
    NoAllowedDestination = "no_allowed_destination", Einval;
    /// A flag that `move_pages` does not know.
    MovePagesFlags = "move_pages_flags", Einval;
    /// The destination has no memory.
    DestinationWithoutMemory = "destination_without_memory", Enodev;
    /// The cpuset does not allow the destination.
    DestinationOutsideCpuset = "destination_outside_cpuset", Eacces;
}
