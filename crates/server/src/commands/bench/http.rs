//! A client of HTTP/1.1 that keeps its connection: enough to measure our own server on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::commands::{Failure, OrFail as _};

/// Largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// One connection.
#[derive(Debug)]
pub struct Client<S> {
    reader: BufReader<S>,
}

impl Client<TcpStream> {
    /// Connects.
    ///
    /// # Errors
    /// What the system says.
    pub fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).or_fail("cannot connect")?;
        stream.set_nodelay(true).or_fail("cannot connect")?;
        Ok(Self { reader: BufReader::new(stream) })
    }
}

impl<S: Read + Write> Client<S> {
    /// Sends a whole request and reads the body of its answer.
    ///
    /// # Errors
    /// A connection that broke, or a status that is not 200.
    pub fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, Failure> {
        let failed = "the connection broke";
        self.reader.get_mut().write_all(request).or_fail(failed)?;
        let (mut line, mut status, mut length) = (String::new(), String::new(), 0_usize);
        loop {
            line.clear();
            if self.reader.read_line(&mut line).or_fail(failed)? == 0 {
                return Err(Failure::new(failed));
            }
            let text = line.trim_end();
            if status.is_empty() {
                text.clone_into(&mut status);
            } else if text.is_empty() {
                break;
            } else if let Some((name, value)) = text.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().or_fail("content-length")?;
            }
        }
        if length > ANSWER_BYTES_MAX {
            return Err(Failure::new("the answer is too long"));
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).or_fail(failed)?;
        match status.contains(" 200 ") || status.ends_with(" 200") {
            true => Ok(body),
            false => Err(Failure::new(format!("the server answered {status}"))),
        }
    }
}

/// A request with the secret key; a body makes it a POST.
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
