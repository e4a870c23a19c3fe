use std::io::{self, Read, Write};

use super::{Client, quoted, request};

/// Gives the bytes of one answer after the other, a few at once, as a socket does.
struct Canned {
    answers: Vec<Vec<u8>>,
    sent: Vec<u8>,
}

impl Read for Canned {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(answer) = self.answers.first_mut() else { return Ok(0) };
        let count = into.len().min(7).min(answer.len());
        into[..count].copy_from_slice(&answer[..count]);
        answer.drain(..count);
        if answer.is_empty() {
            self.answers.remove(0);
        }
        Ok(count)
    }
}

impl Write for Canned {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sent.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn client(answers: &[&str]) -> Client<Canned> {
    let answers = answers.iter().map(|answer| answer.as_bytes().to_vec()).collect();
    Client::over(Canned { answers, sent: Vec::new() })
}

#[test]
fn one_connection_carries_many_answers() {
    let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    let mut client = client(&[ok, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ok]);
    assert_eq!(client.ask(b"a").unwrap(), b"{}");
    assert_eq!(client.ask(b"b").unwrap(), b"");
    assert_eq!(client.ask(b"c").unwrap(), b"{}");
    assert!(client.ask(b"d").unwrap_err().to_string().contains("broke"));
    assert_eq!(client.stream.sent, b"abcd");
}

#[test]
fn other_answers_are_failures() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
    assert!(client(&[busy]).ask(b"").unwrap_err().to_string().contains("503"));
    assert_eq!(client(&[busy]).exchange(b"").unwrap().status, 503);
    let huge = "HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n";
    assert!(client(&[huge]).ask(b"").unwrap_err().to_string().contains("too long"));
    assert!(client(&["none\r\n\r\n"]).ask(b"").unwrap_err().to_string().contains("no status"));
    assert!(client(&["HTTP/1.1 200 OK\r\ncont"]).ask(b"").is_err());
    assert!(client(&["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"]).ask(b"").is_err());
}

#[test]
fn requests_are_whole() {
    let text = String::from_utf8(request("/v1/batch", "k", Some("{}"))).unwrap();
    assert!(text.starts_with("POST /v1/batch HTTP/1.1\r\n"), "{text}");
    assert!(text.ends_with("Content-Length: 2\r\n\r\n{}"), "{text}");
    assert!(request("/", "k", None).starts_with(b"GET / "));
    assert_eq!(quoted("a b/ü-1"), "a%20b%2F%C3%BC-1");
}
