//! Command lines of `perf bench numa mem`, option by option as perf reads them.

use super::perf_bench::{Access, Params, WALK_BYTES, Walk};
use crate::failure::{Failure, Text};
use crate::limits::{MAX_CPUS, MAX_NODES, MAX_PROCESSES, MAX_TEXT_BYTES, MAX_THREADS};

/// Most that a size may say, in MB.
const MAX_MB: u64 = 1 << 20;
/// Longest time, a day.
const MAX_SECS: u64 = 86_400;

/// Everything that can be switched on and off, with perf's defaults.
#[derive(Clone, Debug)]
struct Switches {
    reads: bool,
    writes: bool,
    backwards: bool,
    zero_memset: bool,
    rand_walk: bool,
    init_zero: bool,
    init_random: bool,
    init_cpu0: bool,
    serialize_startup: bool,
    measure_convergence: bool,
}

/// Values as they were written.
#[derive(Clone, Debug, Default)]
struct Values {
    nr_proc: Option<u64>,
    nr_threads: Option<u64>,
    global_mb: Option<u64>,
    process_mb: Option<u64>,
    thread_mb: Option<u64>,
    nr_loops: Option<u64>,
    nr_secs: Option<u64>,
    thp: i64,
    cpus: Vec<Vec<u16>>,
    nodes: Vec<u64>,
}

/// Long names of the options.
const LONG: [(&str, char); 27] = [
    ("nr_proc", 'p'),
    ("nr_threads", 't'),
    ("mb_global", 'G'),
    ("mb_proc", 'P'),
    ("mb_proc_locked", 'L'),
    ("mb_thread", 'T'),
    ("nr_loops", 'l'),
    ("nr_secs", 's'),
    ("usleep", 'u'),
    ("data_reads", 'R'),
    ("data_writes", 'W'),
    ("data_backwards", 'B'),
    ("data_zero_memset", 'Z'),
    ("data_rand_walk", 'r'),
    ("init_zero", 'z'),
    ("init_random", 'I'),
    ("init_cpu0", '0'),
    ("perturb_secs", 'x'),
    ("show_details", 'd'),
    ("all", 'a'),
    ("thp", 'H'),
    ("show_convergence", 'c'),
    ("measure_convergence", 'm'),
    ("quiet", 'q'),
    ("serialize-startup", 'S'),
    ("cpus", 'C'),
    ("memnodes", 'M'),
];

/// Reads a command line, with or without `perf bench numa` in front.
///
/// # Errors
/// The first option that perf does not know, that is written wrongly, or that asks for something
/// that a scenario cannot say.
pub fn parse_command(text: &str) -> Result<Params, Failure> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(bad("command", "too long", "太长"));
    }
    let mut words = text.split_whitespace().peekable();
    for known in ["perf", "bench", "numa", "mem"] {
        if words.peek() == Some(&known) {
            words.next();
        }
    }
    let mut command = Command { switches: Switches::perf(), values: Values::default() };
    while let Some(word) = words.next() {
        command.option(word, &mut words)?;
    }
    command.finish()
}

impl Switches {
    /// `init_params`.
    fn perf() -> Self {
        Self {
            reads: true,
            writes: true,
            backwards: true,
            zero_memset: false,
            rand_walk: true,
            init_zero: false,
            init_random: true,
            init_cpu0: false,
            serialize_startup: true,
            measure_convergence: false,
        }
    }
}

struct Command {
    switches: Switches,
    values: Values,
}

impl Command {
    /// One word that begins with a dash, and what belongs to it.
    fn option<'a>(&mut self, word: &'a str, rest: &mut dyn Iterator<Item = &'a str>) -> Result<(), Failure> {
        if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let (name, on) = name.strip_prefix("no-").map_or((name, true), |name| (name, false));
            let known = LONG.iter().find(|(known, _)| *known == name).map(|(_, letter)| *letter);
            let letter = known.ok_or_else(|| unknown(word))?;
            return self.letter(letter, on, &mut || value.or_else(|| rest.next()), word);
        }
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            return Err(unknown(word));
        };
        for (place, letter) in letters.char_indices() {
            let behind = &letters[place + letter.len_utf8()..];
            if takes_value(letter) {
                let attached = (!behind.is_empty()).then_some(behind);
                return self.letter(letter, true, &mut || attached.or_else(|| rest.next()), word);
            }
            self.letter(letter, true, &mut || None, word)?;
        }
        Ok(())
    }

    fn letter<'a>(
        &mut self,
        letter: char,
        on: bool,
        value: &mut dyn FnMut() -> Option<&'a str>,
        word: &str,
    ) -> Result<(), Failure> {
        let switches = &mut self.switches;
        let switch = match letter {
            'R' => &mut switches.reads,
            'W' => &mut switches.writes,
            'B' => &mut switches.backwards,
            'Z' => &mut switches.zero_memset,
            'r' => &mut switches.rand_walk,
            'z' => &mut switches.init_zero,
            'I' => &mut switches.init_random,
            '0' => &mut switches.init_cpu0,
            'S' => &mut switches.serialize_startup,
            'm' => &mut switches.measure_convergence,
            'd' | 'c' | 'q' => return Ok(()),
            'a' => return Err(bad(word, "name one of the tests instead of all", "请指定某一个测试，而不是全部")),
            _ if takes_value(letter) => {
                let value = value().ok_or_else(|| bad(word, "a value must follow", "后面必须有一个值"))?;
                return self.value(letter, value, word);
            }
            _ => return Err(unknown(word)),
        };
        *switch = on;
        Ok(())
    }

    fn value(&mut self, letter: char, value: &str, word: &str) -> Result<(), Failure> {
        let values = &mut self.values;
        match letter {
            'p' => values.nr_proc = Some(number(value, 1, MAX_PROCESSES as u64, word)?),
            't' => values.nr_threads = Some(number(value, 1, MAX_THREADS as u64, word)?),
            'G' => values.global_mb = Some(number(value, 0, MAX_MB, word)?),
            'P' => values.process_mb = Some(number(value, 0, MAX_MB, word)?),
            'T' => values.thread_mb = Some(number(value, 0, MAX_MB, word)?),
            'l' => values.nr_loops = Some(number(value, 1, u64::from(u32::MAX), word)?),
            's' => values.nr_secs = Some(number(value, 0, MAX_SECS, word)?),
            'H' => values.thp = value.parse().map_err(|_| not_a_number(word))?,
            'C' => values.cpus = parse_cpus(value, word)?,
            'M' => values.nodes = parse_nodes(value, word)?,
            _ => return refuse(letter, number(value, 0, MAX_MB, word)?, word),
        }
        Ok(())
    }

    fn finish(self) -> Result<Params, Failure> {
        let Self { switches, values } = self;
        let bytes = |mb: Option<u64>, default: u64| mb.unwrap_or(default) << 20;
        let params = Params {
            nr_proc: values.nr_proc.unwrap_or(1),
            nr_threads: values.nr_threads.unwrap_or(1),
            bytes_global: bytes(values.global_mb, 1),
            bytes_process: bytes(values.process_mb, 0),
            bytes_thread: bytes(values.thread_mb, 0),
            nr_loops: values.nr_loops,
            nr_secs: Some(values.nr_secs.unwrap_or(5)).filter(|&secs| secs > 0),
            walk: walk(&switches, values.nr_loops)?,
            access: access(&switches)?,
            init_cpu0: switches.init_cpu0,
            thp: values.thp >= 0,
            serialize_startup: switches.serialize_startup,
            measure_convergence: switches.measure_convergence,
            cpus: values.cpus,
            nodes: values.nodes,
        };
        if params.bytes_global + params.bytes_process + params.bytes_thread < WALK_BYTES {
            return Err(bad(
                "-P",
                "no memory to go over: -G, -P or -T say how much",
                "没有可访问的内存：请用 -G、-P 或 -T 指定大小",
            ));
        }
        if params.nr_loops.is_none() && params.nr_secs.is_none() {
            return Err(bad("-s", "without end: -s or -l say how long", "没有结束条件：请用 -s 或 -l 指定"));
        }
        if !switches.init_zero && !switches.init_random && switches.init_cpu0 {
            return Err(bad(
                "-0",
                "nothing is initialised on CPU 0 without -z or -I",
                "没有 -z 或 -I 时，不会在 CPU 0 上初始化内存",
            ));
        }
        Ok(params)
    }
}

/// Options with a value.
fn takes_value(letter: char) -> bool {
    "ptGPLTlsuxHCM".contains(letter)
}

/// What perf can and a scenario cannot; a value of 0 asks for nothing.
fn refuse(letter: char, value: u64, word: &str) -> Result<(), Failure> {
    match (letter, value) {
        (_, 0) => Ok(()),
        ('L', _) => Err(bad(word, "a lock cannot be expressed", "无法表示锁")),
        ('u', _) => Err(bad(word, "sleeping under a lock cannot be expressed", "无法表示持锁休眠")),
        ('x', _) => {
            let zh = "无法表示依赖于任务当时所在位置的迁移";
            Err(bad(word, "a move that depends on where the task is cannot be expressed", zh))
        }
        _ => Err(unknown(word)),
    }
}

fn walk(switches: &Switches, nr_loops: Option<u64>) -> Result<Walk, Failure> {
    match switches {
        Switches { rand_walk: true, .. } => Ok(Walk::Random),
        Switches { zero_memset: true, .. } => Ok(Walk::Clear),
        Switches { backwards: true, .. } => Err(bad(
            "-B",
            "going backwards cannot be expressed: add --no-data_backwards, -Z or -r",
            "无法表示反向访问：请加 --no-data_backwards、-Z 或 -r",
        )),
        _ if nr_loops.is_some() => Err(bad(
            "-l",
            "a start that moves with every loop cannot be expressed: use -s, -Z or -r",
            "无法表示每轮移动的起点：请用 -s、-Z 或 -r",
        )),
        _ => Ok(Walk::Forwards),
    }
}

fn access(switches: &Switches) -> Result<Access, Failure> {
    match (switches.zero_memset || switches.writes, switches.reads) {
        (true, _) => Ok(Access::Write),
        (false, true) => Ok(Access::Read),
        (false, false) => Err(bad("-R", "neither reads nor writes", "既不读也不写")),
    }
}

/// `N[-M][#STEP][_LENGTH][xTIMES],...`: CPUs that tasks may use, one list for each.
fn parse_cpus(text: &str, word: &str) -> Result<Vec<Vec<u16>>, Failure> {
    let mut tasks = Vec::new();
    for token in text.split(',') {
        let length = part(token, '_', word)?.unwrap_or(1);
        for first in numbers(token, MAX_CPUS as u64, word)? {
            let end = (first + length).min(MAX_CPUS as u64);
            tasks.push((first..end).map(|cpu| cpu as u16).collect());
        }
        check_tasks(tasks.len(), word)?;
    }
    Ok(tasks)
}

/// `N[-M][#STEP][xTIMES],...`: a node for each task.
fn parse_nodes(text: &str, word: &str) -> Result<Vec<u64>, Failure> {
    let mut tasks = Vec::new();
    for token in text.split(',') {
        tasks.extend(numbers(token, MAX_NODES as u64, word)?);
        check_tasks(tasks.len(), word)?;
    }
    Ok(tasks)
}

fn check_tasks(count: usize, word: &str) -> Result<(), Failure> {
    if count <= MAX_THREADS {
        return Ok(());
    }
    Err(bad(word, "more tasks than are possible", "任务数超过上限"))
}

/// The numbers of one element of a list, each as often as it says.
fn numbers(token: &str, bound: u64, word: &str) -> Result<Vec<u64>, Failure> {
    let first = leading(token, word)?;
    let last = part(token, '-', word)?.unwrap_or(first);
    let step = part(token, '#', word)?.unwrap_or(1);
    let times = part(token, 'x', word)?.unwrap_or(1);
    if last < first || last >= bound || step == 0 || times == 0 || times > MAX_THREADS as u64 {
        return Err(bad(word, "not a list such as 0,2 or 0-7#2 or 1x4", "不是形如 0,2、0-7#2 或 1x4 的列表"));
    }
    let repeat = |number: u64| (0..times).map(move |_| number);
    let all = (first..=last).step_by(usize::try_from(step).unwrap_or(usize::MAX)).flat_map(repeat);
    Ok(all.take(MAX_THREADS + 1).collect())
}

/// The number behind a mark.
fn part(token: &str, mark: char, word: &str) -> Result<Option<u64>, Failure> {
    token.split_once(mark).map(|(_, rest)| leading(rest, word)).transpose()
}

/// The number that a text begins with.
fn leading(text: &str, word: &str) -> Result<u64, Failure> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().map_err(|_| not_a_number(word))
}

fn number(text: &str, least: u64, most: u64, word: &str) -> Result<u64, Failure> {
    let number: u64 = text.parse().map_err(|_| not_a_number(word))?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    let (en, zh) = (format!("{least} to {most} is possible"), format!("应在 {least} 到 {most} 之间"));
    Err(Failure::one(shown(word), Text::new(en, zh)))
}

fn unknown(word: &str) -> Failure {
    bad(word, "perf bench numa mem has no such option", "perf bench numa mem 没有这个选项")
}

fn not_a_number(word: &str) -> Failure {
    bad(word, "a whole number must follow", "后面必须是整数")
}

fn bad(word: &str, en: &str, zh: &str) -> Failure {
    Failure::one(shown(word), Text::new(en, zh))
}

/// The word that is wrong, cut if it is long.
fn shown(word: &str) -> String {
    word.chars().take(40).collect()
}
