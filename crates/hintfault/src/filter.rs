//! Choosing events by kind.

use crate::event::{Event, EventKind};

macro_rules! classes {
    ($($variant:ident => $name:literal, $doc:literal;)*) => {
        /// The kinds of event, without what they carry.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum EventClass {
            $(#[doc = $doc] $variant,)*
        }

        impl EventClass {
            /// All kinds, in the order of [`EventKind`].
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A word for it, for text interfaces.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The kind of an event.
            #[must_use]
            pub const fn of(kind: &EventKind) -> Self {
                match kind {
                    $(EventKind::$variant { .. } => Self::$variant,)*
                }
            }
        }
    };
}

classes! {
    FirstTouch => "first_touch", "A page got memory.";
    PeriodConsumed => "period_consumed", "A scan period of runtime was used up.";
    ScanBegin => "scan_begin", "`task_numa_work` began.";
    SkipVma => "skip_vma", "The scanner passed over a VMA.";
    ScanWindow => "scan_window", "A window was scanned.";
    ScanEnd => "scan_end", "`task_numa_work` returned.";
    HintFault => "hint_fault", "A hinting fault.";
    WriteProtectFault => "write_protect_fault", "A write-protect fault.";
    Placement => "placement", "A pass was summed up.";
    SetPreferred => "set_preferred", "The preferred node changed.";
    JoinGroup => "join_group", "A task created or joined a group.";
    TaskMoved => "task_moved", "A task came to another CPU.";
    TaskStuck => "task_stuck", "No CPU was found for a task on its preferred node.";
    ActionApplied => "action_applied", "An action took effect.";
    Fork => "fork", "A process came to be.";
    Clone => "clone", "A thread came to be.";
    Exec => "exec", "A process became another.";
    TaskExit => "task_exit", "A thread ended.";
    OutOfMemory => "out_of_memory", "A process was killed for want of memory.";
}

impl EventClass {
    /// The kind with this word.
    #[must_use]
    pub fn from_str_opt(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.as_str() == word)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventFilter(u32);

impl EventFilter {
    /// Every event.
    #[must_use]
    pub const fn any() -> Self {
        Self(u32::MAX)
    }

    /// Events of these kinds.
    #[must_use]
    pub fn kinds(classes: &[EventClass]) -> Self {
        Self(classes.iter().fold(0, |set, &class| set | 1 << class as u32))
    }

    /// Whether the event is of one of the kinds.
    #[must_use]
    pub fn matches(self, event: &Event) -> bool {
        self.0 >> EventClass::of(&event.kind) as u32 & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_kinds_one_to_one() {
        for &class in EventClass::ALL {
            assert_eq!(EventClass::from_str_opt(class.as_str()), Some(class));
        }
        assert!(EventClass::ALL.len() < 32);
    }
}
