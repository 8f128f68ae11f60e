//! How many elements no vector form covered: what a caller sees of the scalar path.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A count that threads add to, once a chunk at most.
#[derive(Debug, Default)]
pub(crate) struct ScalarLanes(AtomicU64);

impl ScalarLanes {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds what one chunk left; the usual none touches no shared memory.
    pub(crate) fn add(&self, lanes: u64) {
        if lanes > 0 {
            // Relaxed: a statistic that orders nothing else; the pool's own hand-over makes it visible to who waited for the chunks.
            self.0.fetch_add(lanes, Relaxed);
        }
    }

    pub(crate) fn count(&self) -> u64 {
        // Relaxed: as in `add`.
        self.0.load(Relaxed)
    }
}
