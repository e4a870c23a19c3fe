//! The one random source of the shell: the operating system's.

use std::cell::RefCell;

/// The operating system gave no random bytes; nothing can be sealed then.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct ChanceError;

/// Bytes that are fetched from the operating system at once, to spare system calls.
const POOL_BYTES: usize = 4_096;

thread_local! {
    static POOL: RefCell<(usize, [u8; POOL_BYTES])> =
        const { RefCell::new((POOL_BYTES, [0; POOL_BYTES])) };
}

/// `N` fresh random bytes, at most 64.
///
/// # Errors
/// [`ChanceError`] when the operating system has none.
pub fn bytes<const N: usize>() -> Result<[u8; N], ChanceError> {
    const { assert!(N <= 64, "larger values are not drawn from the pool") };
    POOL.with_borrow_mut(|(used, pool)| {
        if POOL_BYTES - *used < N {
            getrandom::fill(pool).map_err(|_| ChanceError)?;
            *used = 0;
        }
        let mut out = [0; N];
        let fresh = pool.get_mut(*used..*used + N).ok_or(ChanceError)?;
        out.copy_from_slice(fresh);
        fresh.fill(0);
        *used += N;
        Ok(out)
    })
}
