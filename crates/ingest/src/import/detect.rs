//! Which format a file has, told from its first bytes.

/// How many first bytes are looked at.
pub const SAMPLE_BYTES_MAX: usize = 64 * 1024;
/// The characters that may part columns, the likelier first.
pub const DELIMITERS: [u8; 4] = [b'\t', b';', b',', b'|'];

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// To be found out.
    Auto,
    /// One Segment event per line.
    SegmentJsonl,
    /// Columns with a header, parted by the delimiter.
    Csv,
    /// Columns with a header, parted by tabs.
    Tsv,
}

/// A format that a reader can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One Segment event per line.
    SegmentJsonl,
    /// Columns with a header.
    Columns {
        /// What parts them.
        delimiter: u8,
    },
}

/// Why the format of a file is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No bytes.
    #[error("file is empty")]
    Empty,
    /// The text names no format.
    #[error("format must be auto, segment-jsonl, csv or tsv")]
    Name,
    /// The first line holds none of the delimiters.
    #[error("first line is neither JSON nor columns parted by a tab, ;, comma or |")]
    Unknown,
}

impl Format {
    /// Reads the name of a format.
    ///
    /// # Errors
    /// [`FormatError::Name`].
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        match text {
            "auto" => Ok(Self::Auto),
            "segment-jsonl" => Ok(Self::SegmentJsonl),
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            _ => Err(FormatError::Name),
        }
    }

    /// Settles the layout from the first unpacked bytes of the file and a delimiter that the
    /// mapping may give.
    ///
    /// # Errors
    /// [`FormatError::Empty`] or [`FormatError::Unknown`].
    pub fn settle(self, sample: &[u8], delimiter: Option<u8>) -> Result<Layout, FormatError> {
        let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
        let sample = sample.trim_ascii_start();
        if sample.is_empty() {
            return Err(FormatError::Empty);
        }
        let given = |fallback: u8| Layout::Columns { delimiter: delimiter.unwrap_or(fallback) };
        match self {
            Self::SegmentJsonl => Ok(Layout::SegmentJsonl),
            Self::Tsv => Ok(given(b'\t')),
            Self::Auto if sample.starts_with(b"{") => Ok(Layout::SegmentJsonl),
            Self::Auto | Self::Csv => match delimiter.or_else(|| most_frequent(sample)) {
                Some(delimiter) => Ok(Layout::Columns { delimiter }),
                None if self == Self::Csv => Ok(given(b',')),
                None => Err(FormatError::Unknown),
            },
        }
    }
}

/// The delimiter that the first line holds most often outside of quotes.
fn most_frequent(sample: &[u8]) -> Option<u8> {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for &byte in sample.iter().take(SAMPLE_BYTES_MAX) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count += usize::from(byte == delimiter);
                }
            }
        }
    }
    let best = *counts.iter().max()?;
    let (_, delimiter) = counts.into_iter().zip(DELIMITERS).find(|(count, _)| *count == best)?;
    (best > 0).then_some(delimiter)
}

#[cfg(test)]
mod tests;
