//! Bytes in the manner of TLS: big-endian numbers, and a length before what has no fixed one.

use crate::error::FederatedError;

/// Reads a message from its first byte to its last.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], FederatedError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(FederatedError::Malformed)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, FederatedError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FederatedError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FederatedError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Bytes with their length in four bytes before them, at most `max`.
    pub(crate) fn bytes(&mut self, max: usize) -> Result<&'a [u8], FederatedError> {
        let len = usize::try_from(self.u32()?).map_err(|_| FederatedError::Malformed)?;
        if len > max {
            return Err(FederatedError::Malformed);
        }
        let (taken, rest) = self.0.split_at_checked(len).ok_or(FederatedError::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Nothing may follow.
    pub(crate) fn end(self) -> Result<(), FederatedError> {
        if self.0.is_empty() { Ok(()) } else { Err(FederatedError::Malformed) }
    }
}

/// Appends bytes with their length in four bytes before them.
pub(crate) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}
