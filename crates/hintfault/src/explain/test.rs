//! The tests, one for each condition in the kernel's code.

/// How the first operands of a test relate to each other if it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// All operands that are flags are set.
    All,
    /// The first equals the second.
    Same,
    /// The first differs from the second.
    Differ,
    /// The first is greater than the second.
    More,
    /// The first is at least the second.
    AtLeast,
    /// The first, a node, is one of the second, a set.
    Member,
    /// The first is a later moment of the kernel's clock than the second.
    After,
    /// The first lies between the second and the third, both included.
    Within,
}

macro_rules! tests {
    ($($(#[doc = $doc:literal])+ $variant:ident = $id:literal in $function:literal, $relation:ident;)*) => {
        /// A condition that the kernel tests.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Test {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl Test {
            /// All tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A word for it that stays.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            /// The function of the kernel that makes it.
            #[must_use]
            pub const fn function(self) -> &'static str {
                match self {
                    $(Self::$variant => $function,)*
                }
            }

            /// What must be so of its operands for it to hold.
            #[must_use]
            pub const fn relation(self) -> Relation {
                match self {
                    $(Self::$variant => Relation::$relation,)*
                }
            }
        }
    };
}

tests! {
    // The hinting fault.
    /// The entry may be written once it is restored; else the fault founds no group.
    EntryWritable = "entry_writable" in "numa_migrate_check", All;
    /// The page is mapped more than once; the mapping is shared.
    MappedShared = "mapped_shared" in "numa_migrate_check", All;
    /// Node of the page, node of the task's CPU.
    FaultLocal = "fault_local" in "numa_migrate_check", Same;
    /// The policy in force has the migrate-on-fault flag.
    PolicyMigrates = "policy_migrates" in "mpol_misplaced", All;
    /// Node of the task's CPU, nodes of the policy.
    NodeInPolicy = "node_in_policy" in "mpol_misplaced", Member;
    /// Node of the page, where the policy wants it.
    AlreadyThere = "already_there" in "mpol_misplaced", Same;
    /// Pages of memory on the destination, 0, the destination.
    DestinationHasMemory = "destination_has_memory" in "should_numa_migrate_memory", More;
    /// The task's preferred node, none.
    NoPreferredNode = "no_preferred_node" in "should_numa_migrate_memory", Same;
    /// Passes up to which life is early, the task's pass.
    EarlyPass = "early_pass" in "should_numa_migrate_memory", AtLeast;
    /// Low 8 bits of `last_cpupid`, 255, the whole `last_cpupid`.
    LastPidUnset = "last_pid_unset" in "should_numa_migrate_memory", Same;
    /// Low 8 bits of `last_cpupid`, those of the thread's id, the thread, the whole `last_cpupid`.
    LastPidOwn = "last_pid_own" in "should_numa_migrate_memory", Same;
    /// Node of the CPU in `last_cpupid`, node of this fault, the whole `last_cpupid`.
    LastNodeSame = "last_node_same" in "should_numa_migrate_memory", Same;
    /// Id of the task's group, none.
    HasGroup = "has_group" in "should_numa_migrate_memory", Differ;
    /// CPU faults of the group on the destination, three times those on the source.
    GroupUsesFarMore = "group_uses_far_more" in "should_numa_migrate_memory", More;
    /// 3 × CPU faults there × memory faults here, 4 × CPU faults here × memory faults there; then
    /// CPU faults here and there, memory faults here and there.
    GroupShortOfMemory = "group_short_of_memory" in "should_numa_migrate_memory", More;
    /// The mapping is executable; the page is mapped more than once.
    SharedProgramText = "shared_program_text" in "migrate_misplaced_folio_prepare", All;
    /// The page of a file was written.
    DirtyFilePage = "dirty_file_page" in "migrate_misplaced_folio_prepare", All;
    /// Free pages of a zone, its high watermark with the page and the reserve, the node.
    ZoneAboveHigh = "zone_above_high" in "migrate_balanced_pgdat", More;
    /// The page could be taken off its list.
    Isolated = "isolated" in "migrate_misplaced_folio_prepare", All;
    /// Free pages of the destination, pages to move, the destination.
    FreePageThere = "free_page_there" in "migrate_misplaced_folio", AtLeast;
    // What a fault teaches.
    /// The balancing mode, 0.
    FaultsCounted = "faults_counted" in "task_numa_fault", More;
    /// `last_cpupid`, unset.
    FirstRecorded = "first_recorded" in "task_numa_fault", Same;
    /// Low 8 bits of `last_cpupid`, those of the thread's id, the thread, the whole `last_cpupid`.
    SameThread = "same_thread" in "task_numa_fault", Same;
    /// The fault may found or join a group.
    MayGroup = "may_group" in "task_numa_fault", All;
    /// Id of the task's group, none. Without a group it now founds one.
    OwnGroup = "own_group" in "task_numa_group", Differ;
    /// Low 8 bits of the id of who runs there now, those of `last_cpupid`, the CPU, who runs there.
    OtherStillThere = "other_still_there" in "task_numa_group", Same;
    /// Id of the other's group, none.
    OtherHasGroup = "other_has_group" in "task_numa_group", Differ;
    /// Place of the own group, place of the other's.
    SameGroup = "same_group" in "task_numa_group", Same;
    /// Tasks of the own group, tasks of the other's.
    OwnGroupLarger = "own_group_larger" in "task_numa_group", More;
    /// Place of the other's group, place of the own; only asked of groups of equal size.
    OwnGroupFirst = "own_group_first" in "task_numa_group", More;
    /// Process of the other, own process.
    SameProcess = "same_process" in "task_numa_group", Same;
    /// The page is shared memory.
    SharedMemory = "shared_memory" in "task_numa_group", All;
    /// Active nodes of the group, 1.
    GroupSpread = "group_spread" in "task_numa_fault", More;
    /// 3 × CPU faults of the group on a node, those on its busiest node, the node.
    NodeActive = "node_active" in "numa_is_active_node", More;
    /// Jiffies, `numa_migrate_retry`.
    RetryDue = "retry_due" in "task_numa_fault", After;
    // Summing up.
    /// The process's pass, the task's pass.
    NewPass = "new_pass" in "task_numa_placement", Differ;
    /// Faults of the task or its group on a node, the most on nodes before it, the node, new faults
    /// there.
    MostFaults = "most_faults" in "task_numa_placement", More;
    /// The node with most faults, the nearest with CPUs.
    NodeHasCpus = "node_has_cpus" in "numa_nearest_node", Same;
    /// The node for the group, the node with most faults.
    GroupNodeSame = "group_node_same" in "preferred_group_nid", Same;
    /// The node wanted, the preferred node so far.
    PreferredDiffers = "preferred_differs" in "task_numa_placement", Differ;
    /// Local and shared faults since the last pass, 0, local faults, shared faults.
    NothingToLearn = "nothing_to_learn" in "update_task_scan_period", Same;
    /// Pages that could not be moved, 0.
    MovesFailed = "moves_failed" in "update_task_scan_period", More;
    /// Tenths of faults that are private, 7, private faults, shared faults.
    MostlyPrivate = "mostly_private" in "update_task_scan_period", AtLeast;
    /// Tenths of faults that are local, 7, local faults, remote faults.
    MostlyLocal = "mostly_local" in "update_task_scan_period", AtLeast;
    /// The new period in ms before it is cut, the shortest, the longest.
    PeriodWithin = "period_within" in "update_task_scan_period", Within;
    // Moving a task.
    /// The preferred node, none.
    HasPreferred = "has_preferred" in "numa_migrate_preferred", Differ;
    /// The node of the task's CPU, the preferred node.
    OnPreferred = "on_preferred" in "numa_migrate_preferred", Same;
    /// The CPU is in a scheduling domain that spans nodes.
    NumaDomain = "numa_domain" in "task_numa_migrate", All;
    /// Gain for the task in thousandths, 0, the node, gain for its group.
    TaskGains = "task_gains" in "task_numa_migrate", AtLeast;
    /// Gain for the group in thousandths, 0, the node, gain for the task alone.
    GroupGains = "group_gains" in "task_numa_migrate", AtLeast;
    /// The best CPU so far, none.
    FoundPlace = "found_place" in "task_numa_migrate", Differ;
    /// Active nodes of the group, 1.
    GroupOnMoreNodes = "group_on_more_nodes" in "task_numa_migrate", More;
    /// The node has CPU time to spare; the node, tasks there, CPUs there.
    NodeHasSpare = "node_has_spare" in "numa_classify", All;
    /// One task more is no imbalance; tasks there, tasks here.
    RoomForOneMore = "room_for_one_more" in "task_numa_find_cpu", All;
    /// An idle CPU that the task may use, none.
    IdleCpuFound = "idle_cpu_found" in "task_numa_find_cpu", Differ;
    /// The loads would be further apart than they are; load here, load there, load of the task.
    LoadTooImbalanced = "load_too_imbalanced" in "load_too_imbalanced", All;
    /// Worth of a CPU, of moving there or of an exchange; the CPU; who runs there; the worth. Holds
    /// if that is the best so far.
    CpuIsBest = "cpu_is_best" in "task_numa_compare", All;
    // Other moves.
    /// CPUs that the task may use, 1.
    OneCpuAllowed = "one_cpu_allowed" in "select_task_rq", Same;
    /// The CPU it slept on is idle; the task may use it; the CPU.
    PrevCpuFree = "prev_cpu_free" in "select_idle_sibling", All;
    /// A CPU of an idle core in the same cache that the task may use, none.
    IdleCoreNear = "idle_core_near" in "select_idle_sibling", Differ;
    /// An idle CPU in the same cache that the task may use, none.
    IdleCpuNear = "idle_cpu_near" in "select_idle_sibling", Differ;
    /// The task may use the CPU that was found; the CPU.
    FoundCpuAllowed = "found_cpu_allowed" in "select_task_rq", All;
    /// The task may still use its CPU; the CPU.
    CpuStillAllowed = "cpu_still_allowed" in "affine_move_task", All;
    /// The next CPU allowed, the one that was chosen last for any task.
    NextInTurn = "next_in_turn" in "cpumask_any_and_distribute", More;
    /// Tasks on the CPU to relieve, 1, the CPU; only asked by CPUs that have nothing to do.
    QueueHasMore = "queue_has_more" in "detach_tasks", More;
    /// What is left of the imbalance, 0.
    ImbalanceLeft = "imbalance_left" in "detach_tasks", More;
    /// The task may use the balancing CPU; the CPU.
    DstAllowed = "dst_allowed" in "can_migrate_task", All;
    /// The task runs at the moment.
    TaskRuns = "task_runs" in "can_migrate_task", All;
    /// The task would lose its memory; the node it leaves, the node it comes to, its preferred node.
    LosesLocality = "loses_locality" in "migrate_degrades_locality", All;
    /// The task ran so lately that its data may still be in the cache; CPU time began then, now.
    CacheHot = "cache_hot" in "task_hot", All;
    /// Failed rounds, how many are borne for the sake of caches and memory.
    FailedOften = "failed_often" in "can_migrate_task", More;
    /// What is left of the imbalance, what the task makes up of it, halved for every failed round;
    /// its whole share.
    ShareFits = "share_fits" in "detach_tasks", AtLeast;
    /// Failed rounds, how many are borne before the running task is disturbed.
    FailedTooOften = "failed_too_often" in "need_active_balance", More;
    /// The balancing is on; the task has records of faults.
    HasRecords = "has_records" in "update_scan_period", All;
    /// Node that the task leaves, node that it comes to.
    NodeChanges = "node_changes" in "update_scan_period", Differ;
    /// Passes that the task has summed up, 0.
    HasSummedUp = "has_summed_up" in "update_scan_period", Differ;
    /// The node it comes to, its preferred node.
    ComesHome = "comes_home" in "update_scan_period", Same;
    /// It has a preferred node; that is not the one it leaves; the preferred node, the one it leaves.
    WasAway = "was_away" in "update_scan_period", All;
    // Ticks.
    /// The balancing mode, 0.
    BalancingOn = "balancing_on" in "task_tick_numa", More;
    /// A scan is queued already.
    ScanPending = "scan_pending" in "task_tick_numa", All;
    /// CPU time used, the next point at which it counts, the last one, the period in ms.
    PeriodUsedUp = "period_used_up" in "task_tick_numa", More;
    /// `node_stamp`, 0, the period it starts with in ms.
    FirstPeriod = "first_period" in "task_tick_numa", Same;
    /// `numa_next_scan`, jiffies.
    ScanAhead = "scan_ahead" in "task_tick_numa", After;
    // Scans.
    /// `numa_next_scan`, 0.
    TimerUnset = "timer_unset" in "task_numa_work", Same;
    /// `numa_next_scan`, jiffies.
    WorkAhead = "work_ahead" in "task_numa_work", After;
    /// The mapping cannot be migrated.
    Unmigratable = "unmigratable" in "task_numa_work", All;
    /// The policy in force has the migrate-on-fault flag.
    VmaPolicyMigrates = "vma_policy_migrates" in "task_numa_work", All;
    /// The mapping has a file; it may be read; it may not be written.
    FileReadOnly = "file_read_only" in "task_numa_work", All;
    /// Not readable; not writable; not executable.
    NoAccessRights = "no_access_rights" in "task_numa_work", All;
    /// The process's pass, 0.
    FirstPass = "first_pass" in "task_numa_work", Same;
    /// When the mapping is old enough, jiffies.
    VmaTooYoung = "vma_too_young" in "task_numa_work", After;
    /// The last pass that finished the mapping, the process's pass.
    DoneInPass = "done_in_pass" in "task_numa_work", Same;
    /// The sweep is repeated, with idle mappings.
    ForcedSweep = "forced_sweep" in "task_numa_work", All;
    /// 2, passes since the mapping was first seen.
    FirstPasses = "first_passes" in "vma_is_accessed", More;
    /// The thread's bit among those that faulted here lately, 0, the thread.
    ThreadActive = "thread_active" in "vma_is_accessed", Differ;
    /// Where the last scan stopped, start of the mapping.
    AlreadyBegun = "already_begun" in "vma_is_accessed", More;
    /// The process's pass, the last pass that finished the mapping and threads together.
    LongUnscanned = "long_unscanned" in "vma_is_accessed", More;
    /// Pages that may still be marked, 0.
    PagesLeft = "pages_left" in "task_numa_work", More;
    /// Pages of addresses that may still be crossed, 0.
    CrossingLeft = "crossing_left" in "task_numa_work", More;
    /// End of the window, end of the mapping.
    MappingDone = "mapping_done" in "task_numa_work", Same;
    /// The scan has come behind the last mapping.
    CameToEnd = "came_to_end" in "task_numa_work", All;
    /// CPU time of the thread now, at the beginning of the scan.
    TookTime = "took_time" in "task_numa_work", Differ;
    // Entries.
    /// The entry is empty.
    EntryEmpty = "entry_empty" in "change_pte_range", All;
    /// The entry is a hint entry already.
    AlreadyHint = "already_hint" in "change_pte_range", All;
    /// The entry maps the zero page.
    ZeroPage = "zero_page" in "change_pte_range", All;
    /// The mapping is private; somebody else maps the page too.
    SharedCow = "shared_cow" in "change_pte_range", All;
    /// The page belongs to a file on disk; it was written.
    DirtyPage = "dirty_page" in "change_pte_range", All;
    /// Node of the page, node of the scanning CPU, or none if the process has other users.
    OnTargetNode = "on_target_node" in "change_pte_range", Same;
    /// The normal bit of the balancing mode, 0.
    NormalModeOff = "normal_mode_off" in "change_pte_range", Same;
    /// The huge entry is a hint entry already.
    HugeAlreadyHint = "huge_already_hint" in "change_huge_pmd", All;
    /// The normal bit of the balancing mode, 0.
    HugeNormalModeOff = "huge_normal_mode_off" in "change_huge_pmd", Same;
    // Memory.
    /// The entry is empty.
    PageAbsent = "page_absent" in "handle_pte_fault", All;
    /// The shared page exists already.
    SharedPageExists = "shared_page_exists" in "do_fault", All;
    /// Huge pages are wanted; the mapping is private; a whole one fits; nothing is there yet.
    HugePageFits = "huge_page_fits" in "do_huge_pmd_anonymous_page", All;
    /// A node of the fallback list, nodes that may serve.
    NodeAllowed = "node_allowed" in "get_page_from_freelist", Member;
    /// Free pages of a zone, its low watermark with the reserve, the node.
    ZoneAboveLow = "zone_above_low" in "get_page_from_freelist", More;
    /// Free pages of a zone, its min watermark with the reserve, the node.
    ZoneAboveMin = "zone_above_min" in "get_page_from_freelist", More;
    /// Free pages of a zone, 0, the node; the last reserves count too.
    ZoneHasFree = "zone_has_free" in "get_page_from_freelist", More;
    /// The entry maps the zero page.
    WriteZeroPage = "write_zero_page" in "do_wp_page", All;
    /// The mapping is private; somebody else maps the page too.
    WriteSharedCow = "write_shared_cow" in "do_wp_page", All;
    // Births and ends.
    /// The creator has a memory policy; the scenario gives the new task none of its own.
    PolicyInherited = "policy_inherited" in "copy_process", All;
    /// Users of the creator's address space, 1, its next scan from now on.
    OnlyUser = "only_user" in "init_numa_balancing", Same;
    /// The new task shares its creator's address space; its preferred node, CPU time after which
    /// its first scan may be queued.
    SharesMemory = "shares_memory" in "init_numa_balancing", All;
    /// The creator's period times the users of the address space in ns, its longest period in ms,
    /// `node_stamp`. The kernel compares them as plain numbers.
    StaggerCut = "stagger_cut" in "init_numa_balancing", AtLeast;
    /// How full the creator's group of CPUs is (0: room, then fuller), how full the idlest other
    /// one; only asked where they differ.
    OwnGroupFuller = "own_group_fuller" in "sched_balance_find_dst_group", More;
    /// The preferred node, the node of the creator's group.
    PrefersHere = "prefers_here" in "sched_balance_find_dst_group", Same;
    /// The preferred node, the node of the other group.
    PrefersThere = "prefers_there" in "sched_balance_find_dst_group", Same;
    /// What counts of the difference in idle CPUs between nodes, 0, the difference.
    NodesNearlyEven = "nodes_nearly_even" in "sched_balance_find_dst_group", Same;
    /// Idle CPUs of the other group, idle CPUs of the creator's.
    MoreIdleThere = "more_idle_there" in "sched_balance_find_dst_group", More;
    /// The other group has clearly less load; load of the creator's group, load of the other.
    LessLoadThere = "less_load_there" in "sched_balance_find_dst_group", All;
    /// An idle CPU of the group that the task may use, none; else it is the least loaded one.
    IdleCpuInGroup = "idle_cpu_in_group" in "sched_balance_find_dst_group_cpu", Differ;
    /// Other threads of the process, 0.
    OtherThreads = "other_threads" in "de_thread", More;
    /// Threads that still use the address space, 0.
    LastUser = "last_user" in "mmput", Same;
    /// The task has records of faults.
    FaultRecords = "fault_records" in "task_numa_free", All;
    /// Id of its group, none, faults that the group loses, faults that it keeps, tasks left in it.
    LeavesGroup = "leaves_group" in "task_numa_free", Differ;
    /// The task ends; else its records are set to 0 and it goes on, with its preferred node and
    /// scan period.
    FreedForGood = "freed_for_good" in "task_numa_free", All;
}
