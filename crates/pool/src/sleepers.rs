//! Which workers sleep, and waking them.
//!
//! A worker's bit is set while it sleeps; whoever clears it owns the duty to unpark that worker, so nobody is woken twice for
//! one sleep. The invariant that work relies on:
//!
//! **Work is never overlooked.** Who offers work writes it, then calls [`Sleepers::after_offering`], then looks at the bits. Who goes to sleep
//! sets its bit, passes the same kind of fence, then looks for work. Fences have one order for all threads: if the sleeper's
//! came first, the offerer sees the bit (or a waker cleared it since, and the worker is on its way to look again); if the
//! offerer's came first, the sleeper sees the work. So after an offer that woke nobody, every worker is awake and looks once
//! more before it sleeps.

use crate::cache_padded::CachePadded;
use crate::sync::{AtomicU64, OnceLock, Ordering, Thread, current, fence, park};

/// Workers that share one word of bits.
const WORD: usize = u64::BITS as usize;

/// In place of a worker's number: none of them.
pub(crate) const NOBODY: usize = usize::MAX;

/// The set of sleeping workers.
#[derive(Debug)]
pub(crate) struct Sleepers {
    bits: Box<[CachePadded<AtomicU64>]>,
    threads: Box<[OnceLock<Thread>]>,
}

impl Sleepers {
    /// For workers with numbers below `workers`.
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            bits: (0..workers.div_ceil(WORD)).map(|_| CachePadded::default()).collect(),
            threads: (0..workers).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The calling thread is worker `worker`. Before it first sleeps.
    pub(crate) fn register(&self, worker: usize) {
        // A second call would be the same thread's.
        let _ = self.threads[worker].set(current());
    }

    /// Between writing the work and the first look at who sleeps.
    pub(crate) fn after_offering(&self) {
        // SeqCst: pairs with the fence in `sleep`; see the head of this module.
        fence(Ordering::SeqCst);
    }

    /// Sleeping workers, `except` one.
    pub(crate) fn count(&self, except: usize) -> usize {
        let asleep = |(word, bits): (usize, &CachePadded<AtomicU64>)| {
            // Relaxed: a waker's own fence orders this look; see `after_offering`.
            (bits.load(Ordering::Relaxed) & !bit_in(word, except)).count_ones() as usize
        };
        self.bits.iter().enumerate().map(asleep).sum()
    }

    /// Wakes sleeping workers, at most `limit` of them, `except` one; says how many. Each costs the caller about 4 µs, and runs
    /// about 8 µs later.
    pub(crate) fn wake(&self, limit: usize, except: usize) -> usize {
        let mut woken = 0;
        for (word, bits) in self.bits.iter().enumerate() {
            // Relaxed: as in `count`.
            let mut asleep = bits.load(Ordering::Relaxed) & !bit_in(word, except);
            while asleep != 0 {
                if woken == limit {
                    return woken;
                }
                let bit = asleep & asleep.wrapping_neg();
                asleep &= !bit;
                // AcqRel: Acquire pairs with the Release in `sleep`, after which the worker's thread is registered; Release pairs
                // with the Acquire there, so that the worker sees the work for which it was woken.
                let was_asleep = bits.fetch_and(!bit, Ordering::AcqRel) & bit != 0;
                let worker = word * WORD + bit.trailing_zeros() as usize;
                if was_asleep && let Some(thread) = self.threads[worker].get() {
                    thread.unpark();
                    woken += 1;
                }
            }
        }
        woken
    }

    /// Wakes this one worker, if it sleeps; says whether it did.
    pub(crate) fn wake_worker(&self, worker: usize) -> bool {
        let bit = bit_in(worker / WORD, worker);
        // AcqRel: as in `wake`.
        let was_asleep = self.bits[worker / WORD].fetch_and(!bit, Ordering::AcqRel) & bit != 0;
        if was_asleep && let Some(thread) = self.threads[worker].get() {
            thread.unpark();
        }
        was_asleep
    }

    /// Puts the calling thread, worker `worker`, to sleep until it is woken, unless there `is_work` after all; says whether it
    /// slept.
    pub(crate) fn sleep(&self, worker: usize, is_work: impl FnOnce() -> bool) -> bool {
        let bits = &self.bits[worker / WORD];
        let bit = bit_in(worker / WORD, worker);
        // Release: pairs with the Acquire in `wake`.
        bits.fetch_or(bit, Ordering::Release);
        // SeqCst: pairs with the fence in `after_offering`; see the head of this module.
        fence(Ordering::SeqCst);
        if is_work() {
            // Relaxed: nothing is handed over. If a waker was faster, its unpark ends a later park early, which looks again.
            bits.fetch_and(!bit, Ordering::Relaxed);
            return false;
        }
        // Acquire: pairs with the Release in `wake`.
        while bits.load(Ordering::Acquire) & bit != 0 {
            park();
        }
        true
    }
}

/// The bit of `worker` in this word of bits; 0 if it is in another one.
fn bit_in(word: usize, worker: usize) -> u64 {
    if worker / WORD == word { 1 << (worker % WORD) } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::sync::{AtomicBool, AtomicUsize, yield_now};

    #[test]
    fn a_worker_that_finds_work_does_not_sleep() {
        let sleepers = Sleepers::new(1);
        sleepers.register(0);
        assert!(!sleepers.sleep(0, || true));
        assert_eq!(sleepers.count(NOBODY), 0);
    }

    #[test]
    fn workers_are_woken_up_to_the_limit_and_never_the_excepted_one() {
        // More than one word of bits.
        const WORKERS: usize = 70;
        let sleepers = Sleepers::new(WORKERS);
        let woken = AtomicUsize::new(0);
        let until = |condition: &dyn Fn() -> bool| {
            while !condition() {
                yield_now();
            }
        };
        thread::scope(|scope| {
            for worker in 0..WORKERS {
                let (sleepers, woken) = (&sleepers, &woken);
                scope.spawn(move || {
                    sleepers.register(worker);
                    assert!(sleepers.sleep(worker, || false));
                    woken.fetch_add(1, Ordering::Relaxed);
                });
            }
            until(&|| sleepers.count(NOBODY) == WORKERS);
            assert_eq!(sleepers.count(66), WORKERS - 1);

            sleepers.wake(3, 66);
            until(&|| woken.load(Ordering::Relaxed) == 3);
            assert_eq!(sleepers.count(NOBODY), WORKERS - 3);

            sleepers.wake(WORKERS, 66);
            until(&|| woken.load(Ordering::Relaxed) == WORKERS - 1);
            assert_eq!((sleepers.count(NOBODY), sleepers.count(66)), (1, 0));

            sleepers.wake(1, NOBODY);
            until(&|| woken.load(Ordering::Relaxed) == WORKERS);
        });
    }

    #[test]
    fn work_that_is_offered_while_a_worker_goes_to_sleep_is_never_overlooked() {
        for _ in 0..300 {
            let (sleepers, work) = (Sleepers::new(1), AtomicBool::new(false));
            thread::scope(|scope| {
                scope.spawn(|| {
                    sleepers.register(0);
                    while !work.load(Ordering::Relaxed) {
                        sleepers.sleep(0, || work.load(Ordering::Relaxed));
                    }
                });
                work.store(true, Ordering::Relaxed);
                sleepers.after_offering();
                sleepers.wake(1, NOBODY);
            });
        }
    }
}
