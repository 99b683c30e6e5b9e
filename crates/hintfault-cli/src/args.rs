//! The command line.

use clap::{Parser, Subcommand};
use hintfault_explain::Language;

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
    /// Tell why something happened: the tests that the kernel made, with their figures
    Why(WhyArgs),
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
    /// Put a scenario on the machine that `numactl --hardware` tells of, or tell what a command line of numactl means
    Numactl(NumactlArgs),
}

#[derive(clap::Args, Debug)]
pub(crate) struct NumactlArgs {
    /// A file with the output of `numactl --hardware`, or - for standard input
    #[arg(required_unless_present = "explain")]
    pub(crate) output: Option<String>,
    /// Tell what a command line means, and the C call that does the same: "--cpunodebind=0 --membind=0-1 db"; or how
    /// numactl says a policy: "bind=static:0-1"
    #[arg(long, value_name = "LINE", conflicts_with = "output", allow_hyphen_values = true)]
    pub(crate) explain: Option<String>,
    /// The scenario: a file or the name of a preset; with --explain, its machine is meant
    #[arg(long, default_value = "thread-moved")]
    pub(crate) scenario: String,
    /// Language of the explanation
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

#[derive(clap::Args, Debug)]
pub(crate) struct RunArgs {
    /// A scenario file, the name of a preset, of a benchmark (numa01, 4x4-bw-process; numa01@16 divides its
    /// memory by 16), a link's fragment (#...), or - for standard input
    pub(crate) scenario: String,
    /// Start its processes under a command line of numactl: "--interleave=all", "-N 0 -m 0"; with a command behind the
    /// options, the process of that name
    #[arg(long, value_name = "LINE", allow_hyphen_values = true)]
    pub(crate) numactl: Option<String>,
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

#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(crate) struct WhyArgs {
    /// A scenario file, the name of a preset, a link's fragment (#...), or - for standard input
    pub(crate) scenario: String,
    /// Event number N, counted from 0
    #[arg(long, group = "what", value_name = "N")]
    pub(crate) event: Option<u64>,
    /// Why a page is where it is, and why it was last scanned or not
    #[arg(long, group = "what", value_name = "PROCESS/REGION/PAGE")]
    pub(crate) page: Option<String>,
    /// Why a region was last scanned or passed over
    #[arg(long, group = "what", value_name = "PROCESS/REGION")]
    pub(crate) vma: Option<String>,
    /// Why a thread's preferred node, CPU and scan period changed or not
    #[arg(long, group = "what", value_name = "TID")]
    pub(crate) task: Option<u32>,
    /// With --event for a window of the scanner: what it did to this page of its region
    #[arg(long, requires = "event", value_name = "PAGE")]
    pub(crate) entry: Option<u32>,
    /// At which millisecond to ask [default: 10000]
    #[arg(long, value_name = "MS", conflicts_with = "ticks", value_parser = clap::value_parser!(u64).range(..=hintfault_scenario::limits::MAX_DURATION_MS))]
    pub(crate) at: Option<u64>,
    /// After how many ticks to ask
    #[arg(long, value_parser = clap::value_parser!(u64).range(..=hintfault_scenario::limits::MAX_TICK))]
    pub(crate) ticks: Option<u64>,
    /// Language of the explanation
    #[arg(long, value_enum, default_value_t = Lang::En)]
    pub(crate) lang: Lang,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Lang {
    En,
    Zh,
}

impl Lang {
    pub(crate) fn language(self) -> Language {
        match self {
            Self::En => Language::En,
            Self::Zh => Language::Zh,
        }
    }
}
