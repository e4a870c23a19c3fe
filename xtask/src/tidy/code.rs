//! Rust source with comments and the insides of strings blanked, byte for byte.
//!
//! The result has the length and the lines of the source, so an offset found in it is an offset
//! in the source. Quotes of strings stay, so that a rule can find a literal and read it there.

/// Blanks comments and the contents of string and character literals.
pub(crate) fn mask(text: &str) -> String {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0, out: Vec::new() };
    while scanner.at < scanner.bytes.len() {
        scanner.step();
    }
    // Only whole literals and comments become spaces, so this is still UTF-8.
    String::from_utf8(scanner.out).unwrap_or_default()
}

/// The line of an offset, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Words of letters, digits and `_`, with their offsets.
pub(crate) fn identifiers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = code;
    let mut base = 0;
    std::iter::from_fn(move || {
        let start = rest.find(is_part)?;
        let tail = rest.get(start..)?;
        let length = tail.find(|c| !is_part(c)).unwrap_or(tail.len());
        let found = (base + start, tail.get(..length)?);
        base += start + length;
        rest = tail.get(length..)?;
        Some(found)
    })
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            self.out.extend(self.bytes.get(self.at));
            self.at += 1;
        }
    }

    fn blank(&mut self, count: usize) {
        for _ in 0..count {
            let Some(byte) = self.bytes.get(self.at) else { return };
            self.out.push(if *byte == b'\n' { b'\n' } else { b' ' });
            self.at += 1;
        }
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (b'/', b'/') => self.line_comment(),
            (b'/', b'*') => self.block_comment(),
            (b'"', _) => self.string(),
            (b'r', b'"' | b'#') if self.starts_word() => self.raw_string(),
            (b'\'', _) => self.character(),
            _ => self.keep(1),
        }
    }

    /// Whether an `r` here may open a raw string: alone, or after the `b` or `c` of its kind.
    fn starts_word(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.bytes.get(at));
        let is_part =
            |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        match before(1) {
            Some(b'b' | b'c') => !is_part(before(2)),
            other => !is_part(other),
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            self.blank(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_u32;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => depth += 1,
                (b'*', b'/') => depth = depth.saturating_sub(1),
                _ => {
                    self.blank(1);
                    continue;
                }
            }
            self.blank(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep(1);
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.blank(2),
                b'"' => return self.keep(1),
                _ => self.blank(1),
            }
        }
    }

    fn raw_string(&mut self) {
        let mut hashes = 0;
        while self.peek(1 + hashes) == b'#' {
            hashes += 1;
        }
        if self.peek(1 + hashes) != b'"' {
            return self.keep(1); // A raw identifier.
        }
        self.keep(2 + hashes);
        while self.at < self.bytes.len() {
            let closes = self.peek(0) == b'"' && (1..=hashes).all(|i| self.peek(i) == b'#');
            if closes {
                return self.keep(1 + hashes);
            }
            self.blank(1);
        }
    }

    fn character(&mut self) {
        if self.peek(1) == b'\\' {
            self.blank(3);
            while self.at < self.bytes.len() && self.peek(0) != b'\'' {
                self.blank(1);
            }
            return self.blank(1);
        }
        // A lifetime has no closing quote right after its first character.
        let length = match self.peek(1) {
            0..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        if self.peek(1 + length) == b'\'' { self.blank(2 + length) } else { self.keep(1) }
    }
}

#[cfg(test)]
mod tests;
