//! A static file server on 127.0.0.1, under any path, so that the page's relative URLs are proven.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::{TcpListener as Listener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

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
    thread: Option<JoinHandle<()>>,
    stop: Option<oneshot::Sender<()>>,
    port: u16,
    desk: Arc<Desk>,
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
        listener.set_nonblocking(true).context("wait for many at once")?;
        let port = listener.local_addr().context("ask for the port")?.port();
        let runtime = Builder::new_current_thread().enable_io().build().context("start the server")?;
        let desk = Arc::new(Desk { site, answered: Mutex::default(), closed: AtomicBool::new(false) });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&desk);
        let thread = thread::spawn(move || serve(&runtime, listener, &served, stopped));
        Ok(Self { thread: Some(thread), stop: Some(stop), port, desk })
    }

    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.desk.site.prefix)
    }

    /// What was asked for so far.
    #[must_use]
    pub fn answered(&self) -> Vec<Answered> {
        self.desk.answered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on nothing is served, as if the host were gone. Browsers hold on to connections, and
    /// would wait forever at the end of one that nobody answers.
    pub fn close(&self) {
        self.desk.closed.store(true, Ordering::Relaxed);
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            eprintln!("serve: the server panicked");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The thread ends when nobody can tell it to any more.
        drop(self.stop.take());
        self.join();
    }
}

/// Where requests are answered.
struct Desk {
    site: Site,
    answered: Mutex<Vec<Answered>>,
    closed: AtomicBool,
}

impl Desk {
    fn handle(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let url = request.uri().path_and_query().map_or("", |url| url.as_str());
        let reply = self.reply(request.method(), url);
        let answered = Answered { url: url.to_owned(), status: reply.status };
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).push(answered);
        self.response(reply).unwrap_or_else(|error| {
            eprintln!("serve: {url}: {error}");
            Response::default()
        })
    }

    fn reply(&self, method: &Method, url: &str) -> Reply {
        if self.closed.load(Ordering::Relaxed) {
            return Reply::of(503, "closed\n");
        }
        let reads = matches!(*method, Method::GET | Method::HEAD);
        if reads { self.site.answer(url) } else { Reply::not_found() }
    }

    fn response(&self, reply: Reply) -> hyper::http::Result<Response<Full<Bytes>>> {
        let mut response = Response::builder()
            .status(reply.status)
            .header(CONTENT_TYPE, reply.content_type)
            .header(CACHE_CONTROL, "no-cache");
        for (name, value) in &self.site.headers {
            response = response.header(name, value);
        }
        response.body(Full::new(Bytes::from(reply.bytes)))
    }
}

fn serve(runtime: &Runtime, listener: TcpListener, desk: &Arc<Desk>, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            Err(error) = accept(listener, desk) => eprintln!("serve: {error}"),
        }
    });
}

/// Every connection is served at once, for browsers keep many open and use some of them later.
async fn accept(listener: TcpListener, desk: &Arc<Desk>) -> std::io::Result<Infallible> {
    let listener = Listener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(converse(stream, Arc::clone(desk)));
    }
}

async fn converse(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(|request| {
        let response = desk.handle(&request);
        async { Ok::<_, Infallible>(response) }
    });
    // A browser that went away needs no answer.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
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
