//! Something that happens once, and threads that wait for it.

use core::time::Duration;

use crate::spin::spin;
use crate::spin_lock::SpinLock;
use crate::sync::{AtomicBool, Ordering, Thread, current, park};

/// A wait longer than this is a long one, and the CPU is of more use to a worker.
const SPIN: Duration = Duration::from_micros(10);

/// Closed when made, opened once.
#[derive(Debug, Default)]
pub(crate) struct Latch {
    is_open: AtomicBool,
    waiting: SpinLock<Vec<Thread>>,
}

impl Latch {
    pub(crate) fn is_open(&self) -> bool {
        // Acquire: pairs with the Release in `open`; what was done before it is visible.
        self.is_open.load(Ordering::Acquire)
    }

    /// Lets all threads go that wait or will wait.
    pub(crate) fn open(&self) {
        // Release: pairs with the Acquire in `is_open`.
        self.is_open.store(true, Ordering::Release);
        // Whoever adds itself before this is woken here; whoever adds itself after it takes the lock after it, hence sees the
        // store above and does not park.
        for thread in self.waiting.with(core::mem::take) {
            thread.unpark();
        }
    }

    /// Waits until the latch is open.
    pub(crate) fn wait(&self) {
        if spin(SPIN, || self.is_open()) {
            return;
        }
        self.waiting.with(|waiting| waiting.push(current()));
        // Parking ends for other reasons too, such as an unpark meant for something that this thread waited for earlier.
        while !self.is_open() {
            park();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn every_waiter_goes_on_when_the_latch_opens() {
        for _ in 0..200 {
            let latch = Latch::default();
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| latch.wait());
                }
                latch.open();
            });
            assert!(latch.is_open());
        }
    }

    #[test]
    fn an_open_latch_is_not_waited_for() {
        let latch = Latch::default();
        latch.open();
        latch.wait();
    }
}
