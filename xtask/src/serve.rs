//! A static file server on 127.0.0.1, under any path, so that the page's relative URLs are proven.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use percent_encoding::percent_decode_str;
use tiny_http::{Header, Method, Request, Response, Server};

const WORKERS: usize = 4;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Site {
    /// The folder with `index.html`.
    pub dir: PathBuf,
    /// Where it appears: begins and ends with a slash.
    pub prefix: String,
    /// Headers of every answer.
    pub headers: Vec<(String, String)>,
    /// Files that are not in the folder, by path under the prefix.
    pub extra_files: BTreeMap<String, String>,
    /// Put first into the head of every HTML file.
    pub head_html: String,
}

/// One answered request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// As the browser asked for it.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
}

/// A running server; stops when dropped.
pub struct Running {
    server: Arc<Server>,
    workers: Vec<JoinHandle<()>>,
    port: u16,
    prefix: String,
    answered: Arc<Mutex<Vec<Answered>>>,
    closed: Arc<AtomicBool>,
}

impl Site {
    /// The folder `dir` as it is, at the root.
    #[must_use]
    pub fn plain(dir: PathBuf) -> Self {
        Self {
            dir,
            prefix: "/".to_owned(),
            headers: Vec::new(),
            extra_files: BTreeMap::new(),
            head_html: String::new(),
        }
    }

    fn answer(&self, url: &str) -> Reply {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let Some(below) = path.strip_prefix(&self.prefix) else {
            return Reply::not_found();
        };
        if let Some(text) = self.extra_files.get(below) {
            return self.reply_with(Path::new(below), text.clone().into_bytes());
        }
        let Some(file) = self.file_for(below) else {
            return Reply::not_found();
        };
        match fs::read(&file) {
            Ok(bytes) => self.reply_with(&file, bytes),
            Err(_) => Reply::not_found(),
        }
    }

    /// The file that a path means, or `None` if it would leave the folder.
    fn file_for(&self, below: &str) -> Option<PathBuf> {
        let decoded = percent_decode_str(below).decode_utf8().ok()?;
        let relative = Path::new(decoded.as_ref());
        let stays_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !stays_inside || decoded.contains('\0') {
            return None;
        }
        let file = self.dir.join(relative);
        Some(if file.is_dir() { file.join("index.html") } else { file })
    }

    fn reply_with(&self, file: &Path, bytes: Vec<u8>) -> Reply {
        let mime = mime_guess::from_path(file).first_or_octet_stream();
        let is_html = mime.essence_str() == "text/html";
        let is_text = mime.type_() == "text";
        Reply {
            status: 200,
            content_type: if is_text { format!("{mime}; charset=utf-8") } else { mime.to_string() },
            bytes: if is_html { self.with_head(bytes) } else { bytes },
        }
    }

    fn with_head(&self, html: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(html) {
            Ok(text) => text.replacen("<head>", &format!("<head>{}", self.head_html), 1).into_bytes(),
            Err(error) => error.into_bytes(),
        }
    }
}

struct Reply {
    status: u16,
    content_type: String,
    bytes: Vec<u8>,
}

impl Reply {
    fn not_found() -> Self {
        Self::of(404, "not found\n")
    }

    fn of(status: u16, text: &str) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8".to_owned(), bytes: text.as_bytes().to_vec() }
    }
}

impl Running {
    /// Serves `site` on `port`; port 0 means any free one.
    ///
    /// # Errors
    /// If the port cannot be listened on.
    pub fn start(site: Site, port: u16) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("listen on 127.0.0.1:{port}"))?;
        let port = listener.local_addr().context("ask for the port")?.port();
        let server = Server::from_listener(listener, None).map_err(|error| anyhow!("start the server: {error}"))?;
        let server = Arc::new(server);
        let answered = Arc::new(Mutex::new(Vec::new()));
        let prefix = site.prefix.clone();
        let closed = Arc::new(AtomicBool::new(false));
        let desk = Arc::new(Desk { site, answered: Arc::clone(&answered), closed: Arc::clone(&closed) });
        let workers = (0..WORKERS).map(|_| spawn_worker(&server, &desk)).collect();
        Ok(Self { server, workers, port, prefix, answered, closed })
    }

    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.prefix)
    }

    /// What was asked for so far.
    #[must_use]
    pub fn answered(&self) -> Vec<Answered> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on nothing is served, as if the host were gone. Browsers hold on to connections, and
    /// would wait forever at the end of one that nobody answers.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        for worker in self.workers.drain(..) {
            if worker.join().is_err() {
                eprintln!("serve: a worker panicked");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for _ in &self.workers {
            self.server.unblock();
        }
        for worker in self.workers.drain(..) {
            if worker.join().is_err() {
                eprintln!("serve: a worker panicked");
            }
        }
    }
}

/// Where requests are answered.
struct Desk {
    site: Site,
    answered: Arc<Mutex<Vec<Answered>>>,
    closed: Arc<AtomicBool>,
}

impl Desk {
    fn reply(&self, request: &Request) -> Reply {
        if self.closed.load(Ordering::Relaxed) {
            return Reply::of(503, "closed\n");
        }
        let reads = matches!(request.method(), Method::Get | Method::Head);
        if reads { self.site.answer(request.url()) } else { Reply::not_found() }
    }
}

fn spawn_worker(server: &Arc<Server>, desk: &Arc<Desk>) -> JoinHandle<()> {
    let (server, desk) = (Arc::clone(server), Arc::clone(desk));
    thread::spawn(move || {
        while let Ok(request) = server.recv() {
            handle(request, &desk);
        }
    })
}

fn handle(request: Request, desk: &Desk) {
    let url = request.url().to_owned();
    let reply = desk.reply(&request);
    desk.answered.lock().unwrap_or_else(PoisonError::into_inner).push(Answered { url, status: reply.status });
    let mut response = Response::from_data(reply.bytes).with_status_code(reply.status);
    let standard =
        [("Content-Type".to_owned(), reply.content_type), ("Cache-Control".to_owned(), "no-cache".to_owned())];
    for (name, value) in standard.iter().chain(&desk.site.headers) {
        match Header::from_bytes(name.as_bytes(), value.as_bytes()) {
            Ok(header) => response.add_header(header),
            Err(()) => eprintln!("serve: bad header {name}: {value}"),
        }
    }
    // A browser that went away needs no answer.
    drop(request.respond(response));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn site(dir: &Path) -> Site {
        fs::create_dir_all(dir.join("assets")).unwrap();
        fs::write(dir.join("index.html"), "<html><head><title>t</title></head></html>").unwrap();
        fs::write(dir.join("assets/a b.wasm"), [0, 97, 115, 109]).unwrap();
        Site {
            prefix: "/deep/er/".to_owned(),
            extra_files: BTreeMap::from([("probe.js".to_owned(), "1".to_owned())]),
            head_html: "<script src=\"probe.js\"></script>".to_owned(),
            ..Site::plain(dir.to_owned())
        }
    }

    #[test]
    fn files_have_their_types() {
        let folder = tempfile::tempdir().unwrap();
        let site = site(folder.path());
        let page = site.answer("/deep/er/?x#y");
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        assert_eq!(
            String::from_utf8(page.bytes).unwrap(),
            "<html><head><script src=\"probe.js\"></script><title>t</title></head></html>"
        );
        let wasm = site.answer("/deep/er/assets/a%20b.wasm");
        assert_eq!((wasm.status, wasm.content_type.as_str()), (200, "application/wasm"));
        assert_eq!(site.answer("/deep/er/probe.js").content_type, "text/javascript; charset=utf-8");
    }

    #[test]
    fn nothing_is_served_outside_the_prefix() {
        let folder = tempfile::tempdir().unwrap();
        let site = site(folder.path());
        for url in ["/", "/index.html", "/deep/", "/deep/er", "/deep/er/none", "deep/er/"] {
            assert_eq!(site.answer(url).status, 404, "{url}");
        }
    }

    #[test]
    fn no_path_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        let site = site(&folder.path().join("dist"));
        for below in ["../secret", "%2e%2e/secret", "assets/../../secret", "/etc/passwd", "%2fetc%2fpasswd", "%00"] {
            assert_eq!(site.answer(&format!("/deep/er/{below}")).status, 404, "{below}");
        }
    }

    proptest! {
        #[test]
        fn any_url_gets_an_answer(below in ".{0,60}") {
            let folder = tempfile::tempdir().unwrap();
            let site = site(folder.path());
            let reply = site.answer(&format!("/deep/er/{below}"));
            prop_assert!(reply.status == 200 || reply.status == 404);
            if let Some(file) = site.file_for(&below) {
                prop_assert!(file.starts_with(folder.path()));
            }
        }
    }

    #[test]
    fn a_running_server_answers_and_remembers() {
        use std::io::{Read, Write};
        use std::net::TcpStream;
        let folder = tempfile::tempdir().unwrap();
        let running = Running::start(site(folder.path()), 0).unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, running.port)).unwrap();
        stream.write_all(b"GET /deep/er/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let expected = Answered { url: "/deep/er/".to_owned(), status: 200 };
        assert_eq!(running.answered(), [expected]);
        assert!(Running::start(Site::plain(folder.path().to_owned()), running.port).is_err());
    }
}
