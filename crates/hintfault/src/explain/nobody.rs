//! What stands in for explanations where nobody asks for any: decisions that nobody sees.

/// Decisions that could be watched.
pub(crate) mod watch {
    use crate::explain::{Test, Value};
    use crate::numab::scan::ScanWork;
    use crate::sched::detach::Pull;
    use crate::world::World;

    /// Which decision is about to be made.
    #[allow(dead_code, reason = "only told to somebody who watches")]
    pub(crate) enum Site {
        Tick(usize),
        Work(usize),
        Scan(usize, ScanWork),
        Placement(usize),
        Migrate(usize),
        Wake(usize),
        Detach(Pull),
        Push { task: usize, dst: usize, level: usize },
        Move { task: usize, to: usize },
    }

    impl World {
        /// Nobody sees it.
        #[inline]
        pub(crate) fn about_to(&self, _: Site) {}

        /// Nobody sees it.
        #[inline]
        pub(crate) fn note(&self, _: Test, _: bool, _: &[Value]) {}
    }
}

#[allow(dead_code, unreachable_pub, reason = "only told to somebody who watches")]
mod test;
#[allow(dead_code, unreachable_pub, reason = "only told to somebody who watches")]
mod value;

pub(crate) use test::Test;
pub(crate) use value::Value;
