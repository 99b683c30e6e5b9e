//! `/proc/vmstat`.

use core::fmt;
use core::fmt::Write as _;

use hintfault::view::Vmstat;

macro_rules! counters {
    ($count:literal: $($name:ident)*) => {
        /// The counters under the kernel's names, in the kernel's order.
        #[must_use]
        pub const fn vmstat_values(vmstat: &Vmstat) -> [(&'static str, u64); $count] {
            [$((stringify!($name), vmstat.$name),)*]
        }

        fn counter<'a>(vmstat: &'a mut Vmstat, name: &str) -> Option<&'a mut u64> {
            match name {
                $(stringify!($name) => Some(&mut vmstat.$name),)*
                _ => None,
            }
        }
    };
}

counters! { 16:
    nr_free_pages
    numa_hit numa_miss numa_foreign numa_local numa_other
    nr_anon_pages
    pgfault pgreuse
    numa_pte_updates numa_huge_pte_updates numa_hint_faults numa_hint_faults_local numa_pages_migrated
    pgmigrate_success pgmigrate_fail
}

/// The lines of `/proc/vmstat` that are modelled, in the order of the file.
#[must_use]
pub fn print_vmstat(vmstat: &Vmstat) -> String {
    vmstat_values(vmstat).into_iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name} {value}");
        text
    })
}

/// A line of `/proc/vmstat` that cannot be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VmstatError {
    /// The line, counted from 1.
    pub line: usize,
    /// The counter, as far as it was readable.
    pub name: String,
}

impl fmt::Display for VmstatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: \"{}\" is not followed by one number", self.line, self.name)
    }
}

impl core::error::Error for VmstatError {}

/// Reads `/proc/vmstat`, of a real machine too: counters that are not modelled are passed over,
/// and those that the kernel leaves out (without `CONFIG_NUMA_BALANCING`) are 0.
///
/// # Errors
/// The first line that is not a name and a number.
pub fn parse_vmstat(text: &str) -> Result<Vmstat, VmstatError> {
    let mut vmstat = Vmstat::default();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        let error = || VmstatError { line: index + 1, name: name.chars().take(40).collect() };
        let value = words.next().and_then(|word| word.parse().ok()).ok_or_else(error)?;
        if words.next().is_some() {
            return Err(error());
        }
        if let Some(counter) = counter(&mut vmstat, name) {
            *counter = value;
        }
    }
    Ok(vmstat)
}
