//! The command line.

use clap::{Parser, Subcommand};

/// The playground for Linux's automatic NUMA balancing, without a browser.
#[derive(Parser, Debug)]
#[command(version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a scenario and print what the kernel would tell at the end
    Run(RunArgs),
    /// Check a scenario and list all its errors
    Check {
        /// A scenario file, the name of a preset or a benchmark, or - for standard input
        scenario: String,
    },
    /// Print a scenario as JSON, the form that links carry and the page reads
    Json {
        /// A scenario file, the name of a preset, a link's fragment (#...), or - for standard input
        scenario: String,
    },
    /// List the scenarios that come with Hintfault
    Presets,
    /// Print the scenario of a `perf bench numa mem` command line
    PerfBench {
        /// Its options in one text: "-p 2 -t 4 -P 512 -s 20 -zZ0q --thp 1"
        #[arg(allow_hyphen_values = true)]
        options: String,
        /// Divide all memory by this
        #[arg(long, default_value_t = 1)]
        scale: u64,
        /// Take the machine of this scenario: a file or the name of a preset [default: four nodes of eight CPUs]
        #[arg(long)]
        machine: Option<String>,
    },
    /// Print the fragment of a link to a scenario, to put behind the page's address
    Url {
        /// A scenario file, the name of a preset or a benchmark, or - for standard input
        scenario: String,
        /// The tick that the page shows
        #[arg(long, default_value_t = 0)]
        tick: u64,
    },
    /// Put a scenario on the machine that `numactl --hardware` tells of
    Numactl {
        /// A file with the output, or - for standard input
        output: String,
        /// The scenario: a file or the name of a preset
        #[arg(long, default_value = "thread-moved")]
        scenario: String,
    },
}

#[derive(clap::Args, Debug)]
pub(crate) struct RunArgs {
    /// A scenario file, the name of a preset, of a benchmark (numa01, 4x4-bw-process; numa01@16 divides its
    /// memory by 16), a link's fragment (#...), or - for standard input
    pub(crate) scenario: String,
    /// How many ticks to run [default: as many as ten seconds have]
    #[arg(long, conflicts_with = "until", value_parser = clap::value_parser!(u64).range(..=hintfault_scenario::limits::MAX_TICK))]
    pub(crate) ticks: Option<u64>,
    /// Up to which millisecond to run
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=hintfault_scenario::limits::MAX_DURATION_MS))]
    pub(crate) until: Option<u64>,
    /// Print every event as it happens
    #[arg(long)]
    pub(crate) events: bool,
    /// Tell every second on how many nodes each process runs, as perf bench numa does
    #[arg(long, conflicts_with = "events")]
    pub(crate) convergence: bool,
    /// Stop at the second at which every process runs on a single node
    #[arg(long, requires = "convergence")]
    pub(crate) until_converged: bool,
    /// Print /proc/vmstat
    #[arg(long)]
    pub(crate) vmstat: bool,
    /// Print /proc/PID/numa_maps of every process
    #[arg(long)]
    pub(crate) numa_maps: bool,
    /// Print the NUMA part of /proc/PID/task/TID/sched of every thread
    #[arg(long)]
    pub(crate) sched: bool,
    /// Print what numactl --hardware would print
    #[arg(long)]
    pub(crate) hardware: bool,
}
