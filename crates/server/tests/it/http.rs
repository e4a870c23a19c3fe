//! A client for tests: one request, one connection, no library in between that could mend what
//! the server does wrong.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// So long may a request take before the test fails.
const PATIENCE_S: u64 = 60;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: Vec::new(), body: None }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str, body: &Value) -> Self {
        Self::new("POST", path).json(body)
    }

    pub(crate) fn put(path: &str, body: &Value) -> Self {
        Self::new("PUT", path).json(body)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("Authorization", &format!("Bearer {key}"))
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Confidant-Customer", token)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string().as_bytes())
    }

    /// A body of any bytes and content type; an empty type sends none.
    pub(crate) fn raw(mut self, content_type: &str, body: &[u8]) -> Self {
        self.headers.retain(|(name, _)| name != "Content-Type");
        self.body = Some(body.to_owned());
        if content_type.is_empty() {
            return self;
        }
        self.header("Content-Type", content_type)
    }

    /// Sends and waits for the whole answer.
    ///
    /// # Panics
    /// When the server cannot be reached or does not speak HTTP.
    #[track_caller]
    pub(crate) fn send(&self, to: SocketAddr) -> Reply {
        self.try_send(to).unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.path))
    }

    /// Like [`Call::send`], where the server may die in between.
    pub(crate) fn try_send(&self, to: SocketAddr) -> std::io::Result<Reply> {
        let mut stream = TcpStream::connect(to)?;
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_S)))?;
        stream.set_nodelay(true)?;
        let mut bytes = self.head(to).into_bytes();
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        // A server that refuses by the head alone does not read the rest; its answer still counts.
        let sent = stream.write_all(&bytes);
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        Reply::parse(&answer).ok_or_else(|| {
            let unreadable = || std::io::Error::other("the answer cannot be read");
            sent.err().or(read.err()).unwrap_or_else(unreadable)
        })
    }

    fn head(&self, to: SocketAddr) -> String {
        let Self { method, path, .. } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let own_length = self.headers.iter().any(|(name, _)| name == "Content-Length");
        if let Some(body) = self.body.as_ref().filter(|_| !own_length) {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head + "\r\n"
    }
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let body = bytes.get(end + 4..)?.to_vec();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let reply = Self { status, headers, body };
        let length = reply.header("content-length").map(str::parse::<usize>);
        let whole = length.is_none_or(|length| length.ok() == Some(reply.body.len()));
        whole.then_some(reply)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, whatever the status.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let read = serde_json::from_slice(&self.body);
        read.unwrap_or_else(|_| panic!("{}: not JSON: {}", self.status, self.text()))
    }

    /// The body of an answer that must be 200.
    #[track_caller]
    pub(crate) fn good(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }
}
