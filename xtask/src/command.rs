//! Runs other programs: quietly into a log file, with a time limit.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const POLL_INTERVAL_MS: u64 = 20;
const SHOWN_LINES: usize = 200;
/// No program of a build or a test takes this long unless it hangs.
pub const PROGRAM_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Exit status 0.
    Success,
    /// Any other exit status or a signal.
    Failure(ExitStatus),
    /// Stopped because its time was up.
    TimedOut,
}

/// Runs `command` with everything it prints added to `log`, for at most `limit`.
///
/// # Errors
/// If the program cannot be started or the log cannot be written.
pub fn run_logged(command: &mut Command, log: &Path, limit: Duration) -> Result<Ending> {
    let out = open_log(log)?;
    let err = out.try_clone().context("share the log")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .with_context(|| format!("start {}", describe(command)))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().context("wait for a program")? {
            return Ok(ending_of(status));
        }
        if Instant::now() >= deadline {
            child.kill().context("stop a program whose time is up")?;
            child.wait().context("wait for a stopped program")?;
            return Ok(Ending::TimedOut);
        }
        thread::sleep(Duration::from_millis(POLL_INTERVAL_MS));
    }
}

/// Like [`run_logged`], but anything but success is an error that shows the end of the log.
///
/// # Errors
/// If the program cannot be started, fails, or takes longer than `limit`.
pub fn expect_success(command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    match run_logged(command, log, limit)? {
        Ending::Success => Ok(()),
        Ending::TimedOut => bail!("{} was stopped after {} s\n{}", describe(command), limit.as_secs(), tail(log)),
        Ending::Failure(status) => bail!("{}: {status}\n{}", describe(command), tail(log)),
    }
}

/// Where the output of a program goes.
#[derive(Debug, Clone, Copy)]
pub enum Output<'a> {
    /// To the terminal, as it comes.
    Shown,
    /// To the end of a file.
    Logged(&'a Path),
}

impl Output<'_> {
    /// Runs `command`; anything but success is an error.
    ///
    /// # Errors
    /// If the program cannot be started or fails; if it is logged, also after [`PROGRAM_LIMIT`].
    pub fn run(self, command: &mut Command) -> Result<()> {
        let log = match self {
            Self::Shown => return run_shown(command),
            Self::Logged(log) => log,
        };
        expect_success(command, log, PROGRAM_LIMIT)
    }
}

fn run_shown(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("start {}", describe(command)))?;
    if status.success() {
        return Ok(());
    }
    bail!("{}: {status}", describe(command))
}

/// What `command` prints on standard output, or `None` if it cannot be run or fails.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned())
}

/// The command line, for messages.
#[must_use]
pub fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// The last lines of a log.
#[must_use]
pub fn tail(log: &Path) -> String {
    let Ok(bytes) = fs::read(log) else {
        return format!("(no log at {})", log.display());
    };
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    lines[skipped..].join("\n")
}

fn open_log(log: &Path) -> Result<File> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    }
    File::options().create(true).append(true).open(log).with_context(|| format!("open {}", log.display()))
}

fn ending_of(status: ExitStatus) -> Ending {
    if status.success() { Ending::Success } else { Ending::Failure(status) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_and_failure_reach_the_caller() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("deep/log");
        let error =
            expect_success(&mut shell("echo seen; exit 3"), &log, Duration::from_secs(9)).unwrap_err().to_string();
        assert!(error.contains("seen") && error.contains('3'), "{error}");
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let started = Instant::now();
        let ending =
            run_logged(Command::new("sleep").arg("60"), &folder.path().join("log"), Duration::from_millis(100));
        assert_eq!(ending.unwrap(), Ending::TimedOut);
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_long_log_is_shown_from_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let lines: Vec<String> = (0..SHOWN_LINES + 100).map(|line| format!("line {line}")).collect();
        fs::write(&log, lines.join("\n")).unwrap();
        let shown = tail(&log);
        assert!(shown.starts_with("line 100\n") && shown.ends_with("line 299"), "{shown}");
    }

    #[test]
    fn a_failed_program_has_no_output() {
        assert_eq!(output_of(&mut shell("echo yes")).as_deref(), Some("yes"));
        assert_eq!(output_of(&mut shell("echo no; false")), None);
    }
}
