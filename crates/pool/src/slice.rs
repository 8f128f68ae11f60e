//! How long a worker that runs an asynchronous job keeps its CPU, before threads that wait for it go first.
//!
//! Nobody waits in an asynchronous call, so the thread that made it goes on, and V8's own threads with it; with a worker on every CPU
//! they would get one when the system ends the worker's turn: 4 to 10 ms late on Linux, when a garbage collection of 1 ms had to wait.

use core::time::Duration;
use std::time::Instant;

use crate::sync::{HAS_TIME, yield_now};

/// To yield after every chunk would leave the CPU to a busy program for good: Linux takes a whole turn from who yields, and a job
/// of 16 ms beside two such programs took 1,700 ms. So often, it took no longer than without.
const LENGTH: Duration = Duration::from_millis(1);

/// The time since a worker yielded last.
#[derive(Debug)]
pub(crate) struct Slice {
    began: Instant,
}

impl Slice {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now() }
    }

    /// Lets other threads go first where this one has had the CPU for long enough; says whether it did.
    pub(crate) fn yield_if_over(&mut self) -> bool {
        let is_over = HAS_TIME && self.began.elapsed() >= LENGTH;
        if is_over {
            yield_now();
            self.began = Instant::now();
        }
        is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_yields_when_its_slice_is_over_and_not_before() {
        let mut slice = Slice { began: Instant::now() - LENGTH };
        assert!(slice.yield_if_over());
        // Never over, however long this thread waits for its CPU.
        slice.began = Instant::now() + Duration::from_secs(3600);
        assert!(!slice.yield_if_over());
    }
}
