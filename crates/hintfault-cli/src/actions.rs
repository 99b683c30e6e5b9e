//! Actions as the calls they are: `mbind(pid=1000 region=heap first=0 pages=64 policy=bind:1)`.

use hintfault::ids::ProcIdx;
use hintfault::input::{Action, MoveFlags, PageRange, Scenario, TimedAction};

use crate::events::cpu_list;

/// What a scenario does during its run, in words.
pub(crate) struct Actions {
    calls: Vec<String>,
}

impl Actions {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        Self { calls: scenario.actions.iter().map(|timed| call(timed, scenario)).collect() }
    }

    /// The call of an action by its place.
    pub(crate) fn call(&self, action: u32) -> &str {
        self.calls.get(action as usize).map_or("", String::as_str)
    }
}

fn call(timed: &TimedAction, scenario: &Scenario) -> String {
    let pid = |process: ProcIdx| scenario.processes[process.index()].pid;
    match &timed.action {
        Action::SetAffinity { tid, cpus } => format!("sched_setaffinity(tid={tid} cpus={})", cpu_list(cpus)),
        Action::SetSysctl(sysctl) => format!(
            "sysctl(numa_balancing={} scan_delay_ms={} scan_period_min_ms={} scan_period_max_ms={} scan_size_mb={})",
            sysctl.numa_balancing,
            sysctl.scan_delay_ms,
            sysctl.scan_period_min_ms,
            sysctl.scan_period_max_ms,
            sysctl.scan_size_mb
        ),
        Action::HoldMm { process, duration } => format!("hold_mm(pid={} duration={duration})", pid(*process)),
        Action::Kill { process } => format!("kill(pid={})", pid(*process)),
        Action::Stop { process } => format!("stop(pid={})", pid(*process)),
        Action::Continue { process } => format!("cont(pid={})", pid(*process)),
        Action::Sleep { tid, duration } => format!("sleep(tid={tid} duration={duration})"),
        Action::Fork { process } => format!("fork(child={})", pid(*process)),
        Action::Clone { tid } => format!("clone(child={tid})"),
        Action::Exec { tid, process } => {
            format!("exec(tid={tid} process={})", scenario.processes[process.index()].name)
        }
        Action::Exit { tid } => format!("exit(tid={tid})"),
        Action::SetMempolicy { tid, policy } => format!("set_mempolicy(tid={tid} policy={policy})"),
        Action::Mbind { range, policy, flags } => {
            format!("mbind({} policy={policy}{})", pages(range, scenario), flags_field(*flags))
        }
        Action::SetHomeNode { range, node } => {
            format!("set_mempolicy_home_node({} node={node})", pages(range, scenario))
        }
        Action::MigratePages { process, from, to } => {
            format!("migrate_pages(pid={} from={from} to={to})", pid(*process))
        }
        Action::MovePages { range, node, flags } => {
            format!("move_pages({} node={node}{})", pages(range, scenario), flags_field(*flags))
        }
        Action::SetMems { process, mems } => {
            let mems = if mems.is_empty() { "all".to_owned() } else { mems.to_string() };
            format!("cpuset_mems(pid={} mems={mems})", pid(*process))
        }
        Action::SetWeights { weights } => {
            let weights: Vec<String> = weights.iter().map(|(node, weight)| format!("node{node}={weight}")).collect();
            format!("weighted_interleave({})", weights.join(" "))
        }
    }
}

fn pages(range: &PageRange, scenario: &Scenario) -> String {
    let process = &scenario.processes[range.process.index()];
    let region = &process.regions[usize::from(range.region)].name;
    format!("pid={} region={region} first={} pages={}", process.pid, range.first, range.pages)
}

fn flags_field(flags: MoveFlags) -> String {
    let named = [("strict", MoveFlags::STRICT), ("move", MoveFlags::MOVE), ("move_all", MoveFlags::MOVE_ALL)];
    let set: Vec<&str> = named.iter().filter(|(_, flag)| flags.has(*flag)).map(|(name, _)| *name).collect();
    if set.is_empty() { String::new() } else { format!(" flags={}", set.join("|")) }
}
