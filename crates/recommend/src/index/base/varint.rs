//! Numbers in seven bits a byte, small ones first (LEB128).

/// Appends a number.
pub(crate) fn push(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(low(value) | 0x80);
        value >>= 7;
    }
    out.push(low(value));
}

/// Takes a number from the front; 0 where the bytes end.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> u32 {
    match bytes.split_first() {
        // Most numbers are small.
        Some((byte, rest)) if *byte < 0x80 => {
            *bytes = rest;
            u32::from(*byte)
        }
        Some(_) => take_long(bytes),
        None => 0,
    }
}

fn take_long(bytes: &mut &[u8]) -> u32 {
    let mut value = 0;
    let mut shift = 0;
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 || shift == 28 {
            break;
        }
        shift += 7;
    }
    value
}

const fn low(value: u32) -> u8 {
    (value & 0x7f) as u8
}
