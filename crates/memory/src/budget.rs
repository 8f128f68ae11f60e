//! How many bytes may be out as external memory at a time.
//!
//! Node runs the finalizers of external memory only when the event loop turns, so a synchronous loop gets nothing back,
//! however much garbage it makes. What is handed out is therefore counted, and above a limit callers use memory of V8's own,
//! which its collector frees at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Buffer, OutOfMemory};

/// The limit where nobody sets another.
const DEFAULT_LIMIT: usize = 512 << 20;

static LIMIT: AtomicUsize = AtomicUsize::new(DEFAULT_LIMIT);
static OUT: AtomicUsize = AtomicUsize::new(0);

/// The budget of this process.
#[derive(Clone, Copy, Debug)]
pub struct Budget;

/// A buffer that is out, and counted until it is dropped.
#[derive(Debug)]
pub struct Lent {
    buffer: Buffer,
    /// Never read: it counts until it is dropped.
    _counted: Counted,
}

/// A number of bytes that are out.
#[derive(Debug)]
struct Counted(usize);

impl Budget {
    /// Sets the limit, in bytes.
    pub fn set_limit(bytes: usize) {
        // Relaxed, here and below: a limit that is a moment old lets through a buffer more, and orders nothing.
        LIMIT.store(bytes, Ordering::Relaxed);
    }

    /// Bytes that are out.
    pub fn out() -> usize {
        OUT.load(Ordering::Relaxed)
    }

    /// A buffer of `bytes` bytes, counted as out; None when that would exceed the limit.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the system refuses.
    pub fn lend(bytes: usize) -> Result<Option<Lent>, OutOfMemory> {
        let limit = LIMIT.load(Ordering::Relaxed);
        let fits = |out: usize| out.checked_add(bytes).filter(|sum| *sum <= limit);
        if OUT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
            return Ok(None);
        }
        let counted = Counted(bytes);
        Ok(Some(Lent { buffer: Buffer::allocate(bytes)?, _counted: counted }))
    }

    /// Counts a buffer that exists already, limit or not: the result of an asynchronous job goes out in any case, and the
    /// event loop turns before it does.
    pub fn count(buffer: Buffer) -> Lent {
        OUT.fetch_add(buffer.bytes(), Ordering::Relaxed);
        Lent { _counted: Counted(buffer.bytes()), buffer }
    }
}

impl Lent {
    /// The buffer.
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// The buffer, which is not out any more.
    pub fn into_buffer(self) -> Buffer {
        self.buffer
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        OUT.fetch_sub(self.0, Ordering::Relaxed);
    }
}
