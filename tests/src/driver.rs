//! Starts WebDriver programs, and Xvfb for the one that needs a screen.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::Browser;

const START_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A running driver; stopped when dropped.
pub(crate) struct Driver {
    port: u16,
    // In this order: the driver goes before its screen.
    _driver: Process,
    _screen: Option<Process>,
}

impl Driver {
    pub(crate) fn start(browser: Browser) -> Self {
        let port = free_port();
        let screen = (browser == Browser::WebKit).then(Screen::start);
        let mut command = driver_command(browser, port);
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.display);
        }
        let driver = Process::start(&mut command);
        wait_until_listening(port);
        Self { port, _driver: driver, _screen: screen.map(|screen| screen.process) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// What a browser is told when its session begins.
pub(crate) fn capabilities(browser: Browser) -> Value {
    match browser {
        Browser::Chromium => json!({"goog:chromeOptions": {"args": chromium_arguments()}}),
        Browser::Firefox => json!({"moz:firefoxOptions": {
            "args": ["-headless", "--width=1280", "--height=900"]
        }}),
        Browser::WebKit => json!({"webkitgtk:browserOptions": {
            "binary": mini_browser(), "args": ["--automation"]
        }}),
    }
}

/// Root in a container has no sandbox to offer, and the page is our own; the rest keeps Chromium from
/// asking the network for things on its own.
fn chromium_arguments() -> Vec<&'static str> {
    vec![
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ]
}

fn driver_command(browser: Browser, port: u16) -> Command {
    let (program, arguments) = match browser {
        Browser::Chromium => ("chromedriver", vec![format!("--port={port}")]),
        Browser::Firefox => (
            "geckodriver",
            // Its usual WebSocket port would be taken by the session of another test.
            vec!["--port".to_owned(), port.to_string(), "--websocket-port=0".to_owned()],
        ),
        Browser::WebKit => ("WebKitWebDriver", vec![format!("--port={port}")]),
    };
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// WebKitGTK's small browser is not on `PATH`.
fn mini_browser() -> PathBuf {
    let folders = [
        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1",
        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1",
        "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0",
        "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.0",
        "/usr/libexec/webkit2gtk-4.1",
    ];
    folders
        .iter()
        .map(|folder| PathBuf::from(folder).join("MiniBrowser"))
        .find(|program| program.is_file())
        .expect("MiniBrowser of WebKitGTK: run cargo xtask setup")
}

struct Screen {
    display: String,
    process: Process,
}

impl Screen {
    /// Xvfb picks a free display itself and says which.
    fn start() -> Self {
        let mut command = Command::new("Xvfb");
        command
            .args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Process::start(&mut command);
        let output = process.child.stdout.take().expect("Xvfb's output is piped");
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number).expect("Xvfb names its display");
        let display = format!(":{}", number.trim());
        assert!(display.len() > 1, "Xvfb found no free display");
        Self { display, process }
    }
}

struct Process {
    child: Child,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).spawn();
        let program = command.get_program().to_string_lossy();
        let child = child.unwrap_or_else(|error| panic!("{program}: {error}: run cargo xtask setup"));
        Self { child }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        if let Err(error) = self.child.kill() {
            eprintln!("stop a driver: {error}");
        }
        if let Err(error) = self.child.wait() {
            eprintln!("wait for a driver: {error}");
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a port has an address").port()
}

fn wait_until_listening(port: u16) {
    let deadline = Instant::now() + START_LIMIT;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < deadline, "the driver does not listen");
        thread::sleep(POLL_INTERVAL);
    }
}
