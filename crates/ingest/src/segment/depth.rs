//! How deep a body nests, found before anything is built from it.
//!
//! The JSON reader skips unknown fields without counting levels, so the bytes are counted first.

/// Whether brackets outside of texts nest at most `max` levels. Says nothing about the rest.
pub(crate) fn check(bytes: &[u8], max: usize) -> Result<(), ()> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for &byte in bytes {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > max {
                    return Err(());
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
