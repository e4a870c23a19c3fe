//! A client of HTTP/1.1 that keeps its connection: enough to measure our own server on loopback.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::commands::{Failure, OrFail as _};

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// Bytes that are read at once, and the longest head of an answer.
const PIECE_BYTES: usize = 64 << 10;
/// The words of every failure to send or to receive.
const BROKEN: &str = "the connection broke";

/// One connection. It costs one write, one read or a few, and no allocation per answer.
#[derive(Debug)]
pub struct Client<S> {
    stream: S,
    buffer: Vec<u8>,
}

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered<'a> {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

/// Where an answer in a buffer ends, and what its head says.
#[derive(Clone, Copy, Debug)]
struct Head {
    status: u16,
    /// Bytes of the head.
    bytes: usize,
    /// Bytes of the body.
    length: usize,
}

impl Client<TcpStream> {
    /// Connects.
    ///
    /// # Errors
    /// What the system says.
    pub fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).or_fail("cannot connect")?;
        stream.set_nodelay(true).or_fail("cannot connect")?;
        Ok(Self::over(stream))
    }
}

impl<S: Read + Write> Client<S> {
    /// A client over a connection.
    pub fn over(stream: S) -> Self {
        Self { stream, buffer: vec![0; PIECE_BYTES] }
    }

    /// Sends a whole request and reads its whole answer, whatever it says.
    ///
    /// # Errors
    /// A connection that broke, or an answer that is none.
    pub fn exchange(&mut self, request: &[u8]) -> Result<Answered<'_>, Failure> {
        self.stream.write_all(request).or_fail(BROKEN)?;
        let mut read = 0;
        let head = loop {
            read += self.more(read)?;
            if let Some(head) = head(self.buffer.get(..read).unwrap_or_default())? {
                break head;
            }
            if read == self.buffer.len() {
                return Err(Failure::new("the answer's head is too long"));
            }
        };
        if head.length > ANSWER_BYTES_MAX {
            return Err(Failure::new("the answer is too long"));
        }
        let end = head.bytes + head.length;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let rest = self.buffer.get_mut(read..end).unwrap_or_default();
        self.stream.read_exact(rest).or_fail(BROKEN)?;
        let body = self.buffer.get(head.bytes..end).unwrap_or_default();
        Ok(Answered { status: head.status, body })
    }

    /// Sends a whole request and reads the body of its answer.
    ///
    /// # Errors
    /// A connection that broke, or a status that is not 200.
    pub fn ask(&mut self, request: &[u8]) -> Result<&[u8], Failure> {
        let Answered { status, body } = self.exchange(request)?;
        match status {
            200 => Ok(body),
            other => Err(Failure::new(format!("the server answered {other}"))),
        }
    }

    fn more(&mut self, read: usize) -> Result<usize, Failure> {
        let room = self.buffer.get_mut(read..).unwrap_or_default();
        match self.stream.read(room).or_fail(BROKEN)? {
            0 => Err(Failure::new(BROKEN)),
            more => Ok(more),
        }
    }
}

/// Reads a head; `None` when it has not come whole (RFC 9112, sections 2 to 6).
fn head(read: &[u8]) -> Result<Option<Head>, Failure> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = read.get(..end).and_then(|head| str::from_utf8(head).ok());
    let mut lines = text.ok_or_else(|| Failure::new("the answer's head is no text"))?.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.ok_or_else(|| Failure::new("the answer has no status"))?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Ok(0), |(_, value)| value.trim().parse().or_fail("content-length"))?;
    Ok(Some(Head { status, bytes: end + 4, length }))
}

/// A request with a key; a body makes it a POST.
pub fn request(path: &str, key: &str, body: Option<&str>) -> Vec<u8> {
    let (method, body) = body.map_or(("GET", ""), |body| ("POST", body));
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A text inside of a query string (RFC 3986, section 2.1).
pub fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                quoted.push(char::from(byte));
            }
            _ => quoted.push_str(&format!("%{byte:02X}")),
        }
    }
    quoted
}

#[cfg(test)]
mod tests;
