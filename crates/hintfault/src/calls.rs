//! How often the kernel's functions ran, for the call tree: counters that cost nothing to keep.

use crate::event::{EventKind, MoveCause, ScanQueued, SkipReason};
use crate::world::World;

macro_rules! functions {
    ($($variant:ident in $parent:ident => $name:literal;)*) => {
        /// A function of the kernel, or a reason for which the scanner passes over a VMA.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Function {
            $($variant,)*
        }

        /// Name and caller of each. Callers come before those they call; what is called from
        /// outside is its own caller.
        const TREE: &[(&str, Function)] = &[$(($name, Function::$parent),)*];
    };
}

functions! {
    TaskTickFair in TaskTickFair => "task_tick_fair";
    TaskTickNuma in TaskTickFair => "task_tick_numa";
    TaskWorkAdd in TaskTickNuma => "task_work_add";
    TaskNumaWork in TaskNumaWork => "task_numa_work";
    ResetPtenumaScan in TaskNumaWork => "reset_ptenuma_scan";
    VmaIsAccessed in TaskNumaWork => "vma_is_accessed";
    Unsuitable in TaskNumaWork => "unsuitable";
    SharedRo in TaskNumaWork => "shared_ro";
    Inaccessible in TaskNumaWork => "inaccessible";
    ScanDelay in TaskNumaWork => "scan_delay";
    PidInactive in TaskNumaWork => "pid_inactive";
    IgnorePidInactive in TaskNumaWork => "ignore_pid_inactive";
    SeqCompleted in TaskNumaWork => "seq_completed";
    ChangeProtNuma in TaskNumaWork => "change_prot_numa";
    HandleMmFault in HandleMmFault => "handle_mm_fault";
    DoAnonymousPage in HandleMmFault => "do_anonymous_page";
    DoFault in HandleMmFault => "do_fault";
    DoWpPage in HandleMmFault => "do_wp_page";
    DoHugePmdNumaPage in HandleMmFault => "do_huge_pmd_numa_page";
    DoNumaPage in HandleMmFault => "do_numa_page";
    NumaMigrateCheck in DoNumaPage => "numa_migrate_check";
    MpolMisplaced in NumaMigrateCheck => "mpol_misplaced";
    ShouldNumaMigrateMemory in MpolMisplaced => "should_numa_migrate_memory";
    MigrateMisplacedFolioPrepare in DoNumaPage => "migrate_misplaced_folio_prepare";
    MigrateMisplacedFolio in DoNumaPage => "migrate_misplaced_folio";
    TaskNumaFault in DoNumaPage => "task_numa_fault";
    TaskNumaGroup in TaskNumaFault => "task_numa_group";
    TaskNumaPlacement in TaskNumaFault => "task_numa_placement";
    SchedSetnuma in TaskNumaPlacement => "sched_setnuma";
    UpdateTaskScanPeriod in TaskNumaPlacement => "update_task_scan_period";
    NumaMigratePreferred in TaskNumaFault => "numa_migrate_preferred";
    TaskNumaMigrate in NumaMigratePreferred => "task_numa_migrate";
    TaskNumaFindCpu in TaskNumaMigrate => "task_numa_find_cpu";
    TaskNumaCompare in TaskNumaFindCpu => "task_numa_compare";
    MigrateTaskTo in TaskNumaMigrate => "migrate_task_to";
    MigrateSwap in TaskNumaMigrate => "migrate_swap";
}

const COUNT: usize = TREE.len();

/// Counters by function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Calls {
    total: [u64; COUNT],
    /// As they were after the tick before the last, and after the last.
    before: [[u64; COUNT]; 2],
}

impl Calls {
    pub(crate) fn new() -> Self {
        Self { total: [0; COUNT], before: [[0; COUNT]; 2] }
    }

    pub(crate) fn count(&mut self, function: Function) {
        self.total[function as usize] += 1;
    }

    /// What an event stands for.
    pub(crate) fn count_event(&mut self, kind: &EventKind) {
        self.count(match *kind {
            EventKind::PeriodConsumed { scan: ScanQueued::Yes, .. } => Function::TaskWorkAdd,
            EventKind::ScanBegin { .. } => Function::TaskNumaWork,
            EventKind::ScanWindow { .. } => Function::ChangeProtNuma,
            EventKind::SkipVma { reason, .. } => skipped(reason),
            EventKind::Placement { .. } => Function::TaskNumaPlacement,
            EventKind::SetPreferred { .. } => Function::SchedSetnuma,
            EventKind::TaskMoved { cause: MoveCause::NumaMove, .. } => Function::MigrateTaskTo,
            _ => return,
        });
    }

    /// A tick is over on all CPUs.
    pub(crate) fn pass_tick(&mut self) {
        self.before = [self.before[1], self.total];
    }
}

fn skipped(reason: SkipReason) -> Function {
    match reason {
        SkipReason::Unsuitable => Function::Unsuitable,
        SkipReason::SharedRo => Function::SharedRo,
        SkipReason::Inaccessible => Function::Inaccessible,
        SkipReason::ScanDelay => Function::ScanDelay,
        SkipReason::PidInactive => Function::PidInactive,
        SkipReason::IgnorePidInactive => Function::IgnorePidInactive,
        SkipReason::SeqCompleted => Function::SeqCompleted,
    }
}

/// How often a function ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallCount {
    /// The function's name; for a reason why the scanner passes over a VMA, the word that
    /// `sched_skip_vma_numa` prints.
    pub name: &'static str,
    /// The place of its caller in the list; none if it is called from outside.
    pub caller: Option<usize>,
    /// Since the start.
    pub total: u64,
    /// Since the last tick before this moment.
    pub lately: u64,
}

impl World {
    /// How often the kernel's functions ran that decide where pages and tasks are, in an order that
    /// is always the same, callers before those they call. Where a function has several callers, it
    /// is listed below one of them with all its calls.
    #[inline]
    pub fn calls(&self) -> impl Iterator<Item = CallCount> {
        let is_at_tick = self.timers.time_of_tick(self.timers.ticks()) == self.now;
        let before = &self.calls.before[usize::from(!is_at_tick)];
        TREE.iter().enumerate().map(|(place, &(name, caller))| {
            let (total, caller) = (self.calls.total[place], caller as usize);
            let caller = (caller != place).then_some(caller);
            CallCount { name, caller, total, lately: total - before[place] }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_come_first_and_names_are_different() {
        for (place, &(name, caller)) in TREE.iter().enumerate() {
            assert!(caller as usize <= place, "{name}");
            assert!(TREE[..place].iter().all(|&(other, _)| other != name), "{name}");
        }
    }
}
