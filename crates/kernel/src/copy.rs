//! Copying an array on all cores: what an asynchronous call does to its operands before it returns.

use corepool_memory::View;
use corepool_pool::{Panicked, Pool};

/// Bytes of one chunk: a huge page, so that one thread touches each fresh one.
const CHUNK: usize = 2 << 20;

/// Copies the elements of `from` to `to` on `pool`, this thread taking part; returns when all are copied.
///
/// # Errors
/// [`Panicked`] when a chunk panicked; `to` is then partly written.
///
/// # Panics
/// When the views differ in size, or overlap.
///
/// # Safety
/// The views' contract ([`View::new`]) must hold until this returns, and nobody else may write the memory of `to` meanwhile.
pub unsafe fn copy(pool: &Pool, from: View, to: View) -> Result<(), Panicked> {
    assert!(from.bytes() == to.bytes(), "a copy needs as much room as there is data");
    assert!(!from.overlaps(&to), "a copy is made into memory of its own");
    let bytes = from.bytes();
    let chunks = u32::try_from(bytes.div_ceil(CHUNK)).unwrap_or(u32::MAX);
    // More than 2^32 chunks of 2 MiB do not exist in 57 bits of addresses; larger chunks would still be right.
    let chunk = CHUNK.max(bytes.div_ceil(chunks.max(1) as usize));
    let (source, destination) = (Base(from.at(0)), Base(to.at(0)));
    pool.run(chunks, &|index| {
        let start = (index as usize).saturating_mul(chunk).min(bytes);
        let len = chunk.min(bytes - start);
        let (source, destination) = (source.at(start), destination.at(start));
        // SAFETY: start..start+len lies inside both views, which do not overlap; each chunk is a range of its own.
        unsafe { core::ptr::copy_nonoverlapping(source, destination, len) };
    })
}

/// The first byte of a view, to be shared by the threads of one copy.
#[derive(Clone, Copy)]
struct Base(*mut u8);

// SAFETY: an address; that its memory may be used on other threads is what `copy`'s caller promised for the views.
unsafe impl Sync for Base {}

impl Base {
    fn at(&self, byte: usize) -> *mut u8 {
        self.0.wrapping_add(byte)
    }
}
