//! What the network writes: mailboxes, addresses of the Internet Protocol and of network cards,
//! web addresses and the passwords in them.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::finding::Reason;
use crate::kind::Kind;
use crate::scan::{Look, Span};

/// Longest mailbox name, in bytes (RFC 5321 section 4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;
/// Longest domain, in bytes (RFC 5321 section 4.5.3.1.2).
const DOMAIN_BYTES_MAX: usize = 255;
/// Longest web address that is looked at, in bytes.
const URL_BYTES_MAX: usize = 2_048;

/// Looks through the text for the signs that such addresses have.
pub fn look(look: &mut Look<'_>) {
    let text = look.words.text;
    let bytes = text.as_bytes();
    let mut colons = 0;
    let mut urls_from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'@' => email(at, look),
            b':' if bytes.get(at + 1..at + 3) == Some(b"//") && at >= urls_from => {
                urls_from = url(at, look).max(at);
            }
            b':' if at >= colons => colons = colon(at, look),
            b'.' if at >= urls_from => dotted(at, look),
            b'-' => dashed_mac(at, look),
            _ => {}
        }
    }
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"._%+-'&=/#~!".contains(&byte)
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'-' || byte == b'.'
}

fn email(at: usize, look: &mut Look<'_>) {
    let text = look.words.text;
    let (before, behind) = text.split_at_checked(at).unwrap_or_default();
    let window = before.len().saturating_sub(LOCAL_BYTES_MAX + 1);
    let near = before.as_bytes().get(window..).unwrap_or_default();
    let mut local = near.iter().rev().take_while(|byte| is_local(**byte)).count();
    if local > LOCAL_BYTES_MAX {
        return;
    }
    // Quotes, slashes and dots around a mailbox do not belong to it.
    let edge = |byte: &u8| b".'/=#&!".contains(byte);
    while local > 0 && before.as_bytes().get(at - local).is_some_and(edge) {
        local -= 1;
    }
    let Some(end) = domain_end(behind.get(1..).unwrap_or_default()) else { return };
    let last = before.as_bytes().last().copied().unwrap_or(b'.');
    if local == 0 || last == b'.' {
        return;
    }
    let span = Span { start: at - local, end: at + 1 + end };
    look.push(span, Kind::Email, (95, Reason::Form, "mailbox"));
}

/// How long the domain at the start of a text is, when it is one.
fn domain_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = bytes.iter().take(DOMAIN_BYTES_MAX + 1).take_while(|b| is_domain(**b)).count();
    if end > DOMAIN_BYTES_MAX {
        return None;
    }
    while end > 0 && bytes.get(end - 1).is_some_and(|byte| *byte == b'.' || *byte == b'-') {
        end -= 1;
    }
    let mut domain = text.get(..end)?;
    // A domain runs into other letters only where a sentence does: "a@b.fi:n".
    loop {
        let top = domain.rsplit('.').next()?;
        let labels = domain.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
        if labels && domain.contains('.') && is_top(top) {
            return Some(domain.len());
        }
        domain = domain.rsplit_once('.')?.0;
    }
}

fn is_top(label: &str) -> bool {
    let letters = label.bytes().all(|byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    (letters && (2..=24).contains(&label.len())) || label.starts_with("xn--")
}

/// Looks at a scheme's colon; says where the address ends.
fn url(at: usize, look: &mut Look<'_>) -> usize {
    let text = look.words.text;
    let bytes = text.as_bytes();
    let from = at.saturating_sub(12);
    let near = bytes.get(from..at).unwrap_or_default();
    let scheme = near.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'+').count();
    if scheme == 0 {
        return at;
    }
    let stop =
        |byte: &u8| !(byte.is_ascii_whitespace() || b"\"'<>|\\^`{}".contains(byte) || *byte < 0x20);
    let rest = bytes.get(at + 3..).unwrap_or_default();
    let mut len = rest.iter().take(URL_BYTES_MAX).take_while(|byte| stop(byte)).count();
    while len > 0 && rest.get(len - 1).is_some_and(|byte| b".,;:!?)]".contains(byte)) {
        len -= 1;
    }
    while len > 0 && !text.is_char_boundary(at + 3 + len) {
        len -= 1;
    }
    let end = at + 3 + len;
    let authority = rest.get(..len).unwrap_or_default();
    let authority = authority.split(|byte| b"/?#".contains(byte)).next().unwrap_or_default();
    if authority.is_empty() {
        return at;
    }
    let span = Span { start: at - scheme, end };
    let user = authority.iter().rposition(|byte| *byte == b'@');
    let user = user.and_then(|user| authority.get(..user)).unwrap_or_default();
    if user.iter().position(|byte| *byte == b':').is_some_and(|colon| colon + 1 < user.len()) {
        look.push(span, Kind::Credential, (95, Reason::Form, "url_password"));
    } else if authority.contains(&b'.') {
        look.push(span, Kind::Url, (80, Reason::Form, "url"));
    }
    end
}

/// Looks at the first dot of something dotted: an IPv4 address, a network card, a domain.
fn dotted(at: usize, look: &mut Look<'_>) {
    let text = look.words.text;
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    if digit(at.checked_sub(1)) && digit(Some(at + 1)) {
        ipv4(at, look);
        return;
    }
    dotted_mac(at, look);
    let host = bytes.get(at.saturating_sub(3)..at).unwrap_or_default();
    let is_www = host.eq_ignore_ascii_case(b"www");
    let edge = at.checked_sub(4).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
    if is_www
        && !edge.is_ascii_alphanumeric()
        && !matches!(edge, b'/' | b'.' | b'@' | b'-')
        && let Some(end) = text.get(at + 1..).and_then(domain_end)
    {
        let span = Span { start: at - 3, end: at + 1 + end };
        look.push(span, Kind::Url, (70, Reason::Form, "www"));
    }
}

fn ipv4(at: usize, look: &mut Look<'_>) {
    let text = look.words.text;
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let near = bytes.get(at.saturating_sub(4)..at).unwrap_or_default();
    let left = near.iter().rev().take_while(|byte| is_part(byte)).count();
    let start = at - left;
    let word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-')
    };
    if left > 3 || near.contains(&b'.') || word(start.checked_sub(1)) {
        return;
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let mut len = rest.iter().take(17).take_while(|byte| is_part(byte)).count();
    if len > 0 && rest.get(len - 1) == Some(&b'.') {
        len -= 1;
    }
    let ends = !rest.get(len).is_some_and(u8::is_ascii_alphanumeric);
    let address = text.get(start..start + len).and_then(|text| text.parse::<Ipv4Addr>().ok());
    let Some(address) = address.filter(|_| ends) else { return };
    // The addresses of no machine are written in manuals, not about people.
    if address.is_unspecified() || address.is_loopback() || address.is_broadcast() {
        return;
    }
    let version = text.get(..start).is_some_and(|before| {
        let tail = before.get(before.len().saturating_sub(9)..).unwrap_or_default();
        let tail = tail.to_ascii_lowercase();
        tail.ends_with("version ") || tail.ends_with("release ") || tail.ends_with(" v")
    });
    if !version {
        let span = Span { start, end: start + len };
        look.push(span, Kind::Ip, (80, Reason::Form, "ipv4"));
    }
}

/// Looks at the first colon of something with colons; says up to where it has looked.
fn colon(at: usize, look: &mut Look<'_>) -> usize {
    let text = look.words.text;
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
    let near = bytes.get(at.saturating_sub(5)..at).unwrap_or_default();
    let start = at - near.iter().rev().take_while(|byte| is_part(byte)).count();
    let rest = bytes.get(start..).unwrap_or_default();
    let len = rest.iter().take(64).take_while(|byte| is_part(byte) || **byte == b'.').count();
    let end = start + len;
    let colons = rest.get(..len).unwrap_or_default().iter().filter(|b| **b == b':').count();
    if colons < 2 {
        return end;
    }
    let word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80)
    };
    if word(start.checked_sub(1)) || word(Some(end)) {
        return end;
    }
    let trimmed = text.get(start..end).unwrap_or_default().trim_end_matches('.');
    let piece = trimmed.strip_suffix(':').filter(|_| !trimmed.ends_with("::")).unwrap_or(trimmed);
    let span = Span { start, end: start + piece.len() };
    if is_mac(piece, b':') {
        look.push(span, Kind::Mac, (85, Reason::Form, "eui48"));
    } else if let Ok(address) = piece.parse::<Ipv6Addr>()
        && !address.is_unspecified()
        && !address.is_loopback()
        && piece.len() > 5
    {
        look.push(span, Kind::Ip, (90, Reason::Form, "ipv6"));
    }
    end
}

fn is_mac(text: &str, separator: u8) -> bool {
    text.len() == 17
        && text.bytes().enumerate().all(|(at, byte)| {
            if at % 3 == 2 { byte == separator } else { byte.is_ascii_hexdigit() }
        })
}

fn dashed_mac(at: usize, look: &mut Look<'_>) {
    let text = look.words.text;
    let Some(start) = at.checked_sub(2) else { return };
    let Some(piece) = text.get(start..start + 17) else { return };
    if !is_mac(piece, b'-') || is_inside(text, start, start + 17) {
        return;
    }
    // Eight and nine digits with dashes are dates and telephone numbers as well.
    if piece.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        look.push(Span { start, end: start + 17 }, Kind::Mac, (80, Reason::Form, "eui48"));
    }
}

/// `0123.4567.89ab`, as routers write it.
fn dotted_mac(at: usize, look: &mut Look<'_>) {
    let text = look.words.text;
    let Some(start) = at.checked_sub(4) else { return };
    let Some(piece) = text.get(start..start + 14) else { return };
    let form = piece
        .bytes()
        .enumerate()
        .all(|(at, byte)| if at % 5 == 4 { byte == b'.' } else { byte.is_ascii_hexdigit() });
    let mixed = piece.bytes().any(|byte| byte.is_ascii_alphabetic())
        && piece.bytes().any(|byte| byte.is_ascii_digit());
    if form && mixed && !is_inside(text, start, start + 14) {
        look.push(Span { start, end: start + 14 }, Kind::Mac, (80, Reason::Form, "eui48"));
    }
}

fn is_inside(text: &str, start: usize, end: usize) -> bool {
    let part = |at: Option<usize>| {
        let byte = at.and_then(|at| text.as_bytes().get(at));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
    };
    part(start.checked_sub(1)) || part(Some(end))
}

#[cfg(test)]
mod tests;
