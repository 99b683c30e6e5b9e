//! The command as people run it: what it prints, what it refuses, how it ends.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn hintfault(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hintfault")).args(args).output().expect("runs")
}

fn with_input(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hintfault"));
    let command = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("runs");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("takes input");
    child.wait_with_output().expect("ends")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn the_default_scenario_runs_until_all_pages_have_moved() {
    let vmstat = stdout(&hintfault(&["run", "thread-moved", "--until", "3000", "--vmstat"]));
    assert!(vmstat.contains("\nnuma_pages_migrated 16384\n"), "{vmstat}");
    let maps = stdout(&hintfault(&["run", "thread-moved", "--until", "3000", "--numa-maps"]));
    assert_eq!(maps, "100000000000 default anon=16384 N1=16384 kernelpagesize_kB=4\n");
    let summary = stdout(&hintfault(&["run", "thread-moved", "--ticks", "750"]));
    assert!(summary.starts_with("3000.000000 ms, tick 750, "), "{summary}");
    assert!(summary.contains("buffer: 16384 of 16384 pages present, 16384 on node 1\n"), "{summary}");
}

#[test]
fn nothing_moves_where_the_presets_say_so() {
    for preset in ["off", "already-local"] {
        let vmstat = stdout(&hintfault(&["run", preset, "--until", "5000", "--vmstat"]));
        assert!(vmstat.contains("\nnuma_pte_updates 0\n"), "{preset}: {vmstat}");
        assert!(vmstat.contains("\nnuma_pages_migrated 0\n"), "{preset}: {vmstat}");
    }
}

#[test]
fn the_scanner_treats_many_vmas_each_in_its_way() {
    let events = stdout(&hintfault(&["run", "many-vmas", "--until", "1500", "--events"]));
    for (start, reason) in [
        ("0x401000", "shared_ro"),
        ("0x4a9000", "shared_ro"),
        ("0x7f0020000000", "inaccessible"),
        ("0x7ffff7ff9000", "unsuitable"),
    ] {
        let wanted = format!("skip_vma: pid=1000 vm_start={start} reason={reason}\n");
        assert!(events.contains(&wanted), "{wanted}");
    }
    assert!(events.contains("scan_window: pid=1000 start=0x658000 "), "the heap is scanned");
}

#[test]
fn texts_have_titles_when_there_are_several() {
    let text =
        stdout(&hintfault(&["run", "shared", "--ticks", "1", "--vmstat", "--numa-maps", "--sched", "--hardware"]));
    let titles: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    let wanted = [
        "# numactl --hardware",
        "# /proc/vmstat",
        "# /proc/1000/numa_maps",
        "# /proc/1000/task/1000/sched",
        "# /proc/1000/task/1001/sched",
    ];
    assert_eq!(titles, wanted);
}

#[test]
fn events_are_told_one_a_line() {
    let events = stdout(&hintfault(&["run", "thread-moved", "--until", "1005", "--events"]));
    let scan = "    1.004000000 [002] worker-1000: period_consumed: scan_period_ms=1000 scan=queued";
    assert_eq!(events.lines().next(), Some(scan));
    assert!(events.contains("scan_window: pid=1000 start=0x100000000000 end=0x100004000000 updated=16384\n"));
    assert!(events.contains("page_nid=0 cpu_nid=1 last_cpupid=0x1fffff verdict=migrated\n"), "{events}");
}

#[test]
fn a_file_is_checked_with_all_its_errors() {
    let mut file = tempfile::NamedTempFile::new().expect("file");
    write!(file, "version = 1\nseed = 9007199254740992\nmachine.hz = 60\n").expect("writes");
    let path = file.path().to_str().expect("UTF-8");
    let message = refusal(&hintfault(&["check", path]));
    for error in ["\n  machine.hz: ", "\n  seed: ", "\n  processes: "] {
        assert!(message.contains(error), "{message}");
    }
    let valid = stdout(&hintfault(&["check", "two-nodes-private"]));
    assert_eq!(valid, "two-nodes-private: valid: 2 nodes, 1 processes, 2 threads, 16384 pages, 0 actions\n");
}

#[test]
fn what_cannot_be_read_is_said() {
    assert!(refusal(&hintfault(&["run", "no-such"])).contains("presets are: thread-moved, "));
    assert!(refusal(&hintfault(&["check", "/"])).contains("cannot read /"));
    assert!(refusal(&hintfault(&["run", "#aAAAA"])).contains("the link is damaged"));
    let long = " ".repeat((1 << 20) + 10);
    assert!(refusal(&with_input(&["check", "-"], &long)).contains("at most 1048576"));
    assert_eq!(hintfault(&["run"]).status.code(), Some(2));
    assert_eq!(hintfault(&["run", "off", "--ticks", "86400001"]).status.code(), Some(2));
    assert_eq!(hintfault(&["run", "off", "--ticks", "1", "--until", "1"]).status.code(), Some(2));
}

#[test]
fn a_link_runs_like_its_file() {
    let fragment = stdout(&hintfault(&["url", "thread-moved", "--tick", "812"]));
    let from_link = stdout(&hintfault(&["run", fragment.trim_end(), "--ticks", "300"]));
    assert_eq!(from_link, stdout(&hintfault(&["run", "thread-moved", "--ticks", "300"])));
    assert!(refusal(&hintfault(&["url", "off", "--tick", "86400001"])).contains("86400000"));
}

#[test]
fn toml_becomes_json_that_says_the_same() {
    let toml = "version = 1\nseed = 5\n# a comment\n[kernel]\nscan_size_mb = 64\n";
    let json = stdout(&with_input(&["json", "-"], toml));
    assert_eq!(hintfault_scenario::parse(&json), hintfault_scenario::parse(toml));
    assert!(json.starts_with("{\n  \"version\": 1,\n"), "{json}");
}

#[test]
fn every_preset_is_listed() {
    let list = stdout(&hintfault(&["presets"]));
    for preset in hintfault_scenario::presets::ALL {
        assert!(list.lines().any(|line| line.starts_with(preset.id)), "{list}");
    }
}

#[test]
fn a_pasted_machine_becomes_a_scenario_that_runs() {
    let machine = "node 0 cpus: 0\nnode 0 size: 512 MB\nnode 4 cpus: 9\nnode 4 size: 512 MB\nnode 4 free: 500 MB\n";
    let output = with_input(&["numactl", "-"], machine);
    let notes = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(notes.contains("node 0: no free memory told") && notes.contains("no distances"), "{notes}");
    let document = stdout(&output);
    let hardware = stdout(&with_input(&["run", "-", "--ticks", "1", "--hardware"], &document));
    assert!(hardware.starts_with("available: 2 nodes (0,4)\nnode 0 cpus: 0\n"), "{hardware}");
    let message = refusal(&with_input(&["numactl", "-"], "node 0 cpus: x\n"));
    assert!(message.contains("line 1, node 0 cpus: "), "{message}");
}

#[test]
fn why_tells_the_tests_with_their_figures() {
    let page = stdout(&hintfault(&["why", "thread-moved", "--page", "1000/buffer/77", "--at", "3000"]));
    let fault = "verdict=migrated\n";
    assert!(page.starts_with("# the page's place\n") && page.contains(fault), "{page}");
    let filter = "last_cpupid 0x1fffff: has nobody been recorded on the page? yes (this test decides)\n";
    assert!(
        page.contains(filter)
            && page.contains("\n=> Moved from node 0 to node 1 by NUMA balancing: a task there faulted on it\n"),
        "{page}"
    );
    assert!(page.contains("page on node 0; pages on node 1 are left to their only user: there already? no\n"));
    let event = stdout(&hintfault(&["why", "thread-moved", "--event", "0", "--lang", "zh"]));
    assert!(
        event.contains("period_consumed") && event.contains("=> 任务用完了一个周期的 CPU 时间，扫描开始排队\n"),
        "{event}"
    );
    let task = stdout(&hintfault(&["why", "shared", "--task", "1001", "--at", "9000"]));
    assert!(task.contains("# the scan period\nas above\n"), "{task}");
    let vma = stdout(&hintfault(&["why", "many-vmas", "--vma", "1000/server text", "--ticks", "500"]));
    assert!(vma.contains("=> Passed over: a file mapping that is readable but not writable (shared_ro)\n"), "{vma}");
}

#[test]
fn why_says_what_it_does_not_know() {
    let asks = |args: &[&str]| refusal(&hintfault(&[&["why", "thread-moved", "--at", "1000"], args].concat()));
    assert!(asks(&["--event", "99999999"]).contains("event 99999999 has not happened"));
    assert!(asks(&["--page", "1000/buffer"]).contains("PROCESS/REGION/PAGE"));
    assert!(asks(&["--page", "1000/buffer/16384"]).contains("0 to 16383"));
    assert!(asks(&["--vma", "nobody/x"]).contains("there is no process"));
    assert!(asks(&["--task", "7"]).contains("there are: 1000"));
    assert_eq!(hintfault(&["why", "off"]).status.code(), Some(2));
}

#[test]
fn benchmarks_run_by_name_and_tell_what_they_came_to() {
    let text = stdout(&hintfault(&["run", "numa02@64", "--until", "10000"]));
    assert!(text.contains("\ndone after "), "{text}");
    assert!(text.contains(" % of them local\n"), "{text}");
    let text =
        stdout(&hintfault(&["run", "3x1-convergence@64", "--until", "9000", "--convergence", "--until-converged"]));
    assert!(text.contains(": nodes of each process 1 1 1, {1-1}, converged\nconverged after "), "{text}");
    let refused = refusal(&hintfault(&["run", "numa01@0"]));
    assert!(refused.contains("scale: 1 to 65536 is possible"), "{refused}");
}

#[test]
fn perf_command_lines_become_documents() {
    let options = "perf bench numa mem -p 2 -t 2 -P 64 -s 1 -zZ0q --thp 1";
    let json = stdout(&hintfault(&["perf-bench", options, "--scale", "4", "--machine", "thread-moved"]));
    let checked = stdout(&with_input(&["check", "-"], &json));
    assert!(checked.contains("valid: 2 nodes, 2 processes, 6 threads"), "{checked}");
    let refused = refusal(&hintfault(&["perf-bench", "-p 2 -x 3"]));
    assert!(refused.contains("-x: a move that depends"), "{refused}");
}

#[test]
fn command_lines_of_numactl_are_explained() {
    let explain = |line: &str| hintfault(&["numactl", "--explain", line]);
    let text = stdout(&explain("-N 0 -b -m 0-1 -- db -l"));
    let expected = "policy: bind=balancing:0-1\n\
                    C: unsigned long nodes = 0x3; /* 0-1 */\n\
                    C: set_mempolicy(MPOL_BIND | MPOL_F_NUMA_BALANCING, &nodes, 65);\n\
                    cpus: 0-1\n\
                    numactl: --cpunodebind=0 --balancing --membind=all\n\
                    command: db -l\n";
    assert_eq!(text, expected);
    let text = stdout(&explain("bind=static:1"));
    assert!(text.contains("C: set_mempolicy(MPOL_BIND | MPOL_F_STATIC_NODES, &nodes, 65);\n"), "{text}");
    assert!(text.contains("numactl: numactl sets neither"), "{text}");
    assert!(stdout(&explain("-b -i all")).contains("note: numactl passes over --balancing"));
    let text = refusal(&explain("--membind=0,7 db"));
    assert!(text.contains("\n  --membind=0,7 db\n              ^ 7 is not among those"), "{text}");
    assert!(refusal(&explain("bind=static|relative:0")).contains("EINVAL: The flags static and relative exclude"));
    let chinese = refusal(&hintfault(&["numactl", "--explain", "interleave", "--lang", "zh"]));
    assert!(chinese.contains("EINVAL：这种模式至少需要一个节点"), "{chinese}");
}

#[test]
fn scenarios_run_under_numactl() {
    let scenario = "version = 1\n[[processes]]\nname = \"db\"\nregions = [{ name = \"r\", size = \"4 MiB\" }]\n\
                    threads = [{ program = [{ write = \"r\" }] }]\n";
    let maps = |line: &str| {
        let args = ["run", "-", "--until", "100", "--numa-maps", "--numactl", line];
        stdout(&with_input(&args, scenario))
    };
    assert!(maps("--cpunodebind=0 --membind=1").contains(" anon=1024 N1=1024 "));
    assert!(maps("-N 1 -- db --port 80").contains(" anon=1024 N1=1024 "));
    assert!(maps("--interleave=all db").contains(" anon=1024 N0=512 N1=512 "));
    let text = refusal(&hintfault(&["run", "shared", "--numactl", "-m 0 -i 1"]));
    assert!(
        text.contains("numactl -m 0 -i 1 is refused:\n  character 6: --interleave: a policy is set already"),
        "{text}"
    );
}
