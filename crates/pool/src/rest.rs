//! When workers leave their CPUs to others for a moment: when one of them, on yielding, had to wait until it got its CPU back.
//!
//! A garbage collection of V8's is the usual cause: an event loop that waits for it, and helpers that it waits for. With a worker on every
//! CPU these are put where another of them runs, often the event loop itself, and take turns; on CPUs that are free, each has its own, and
//! the collection takes half of the time. Only the first few workers rest, as many as that needs, and no more than a tenth of the time:
//! beside a program that is always busy, a job loses little. Who rests has no chunk, so a job ends without it where others work; a
//! synchronous job that is offered meanwhile has that helper 3 ms later at most.

use core::time::Duration;
use std::time::Instant;

use crate::sync::{AtomicU64, Ordering};

/// Who waited for so long waited for work, not for a timer's callback.
pub(crate) const WAITED: Duration = Duration::from_micros(100);

/// Workers that rest: V8 has four helpers.
pub(crate) const FEW: usize = 5;

/// Microseconds of a rest: longer than a collection's pause, on CPUs that are free.
const LENGTH: u64 = 3_000;

/// Microseconds from one rest to the next, on average.
const APART: u64 = 30_000;

/// Rests that may follow each other closely: a collection marks for some time before it pauses.
const CLOSE: u64 = 4;

/// The rests of a crew.
#[derive(Debug)]
pub(crate) struct Rest {
    epoch: Instant,
    /// Microseconds from the epoch to the end of the latest.
    until: AtomicU64,
    /// Microseconds from the epoch to the time when this many rests, each `APART` from the next, would have been due.
    paid: AtomicU64,
}

impl Rest {
    pub(crate) fn new() -> Self {
        Self { epoch: Instant::now(), until: AtomicU64::new(0), paid: AtomicU64::new(0) }
    }

    /// Somebody else needs CPUs: a rest begins, unless there were enough lately.
    pub(crate) fn begin(&self) {
        let now = self.now();
        // Relaxed, here and below: times, which order nothing. One that is missed is a rest more or less.
        let paid = self.paid.load(Ordering::Relaxed).max(now) + APART;
        if self.left_at(now) == 0 && paid <= now + CLOSE * APART {
            self.paid.store(paid, Ordering::Relaxed);
            self.until.store(now + LENGTH, Ordering::Relaxed);
        }
    }

    /// What is left of the rest; zero where there is none.
    pub(crate) fn left(&self) -> Duration {
        Duration::from_micros(self.left_at(self.now()))
    }

    fn left_at(&self, now: u64) -> u64 {
        self.until.load(Ordering::Relaxed).saturating_sub(now)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX / 2)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// As if that much time had passed.
    fn later(rest: &mut Rest, by: Duration) {
        rest.epoch -= by;
    }

    #[test]
    fn a_rest_begins_when_it_is_asked_for_and_ends_by_itself() {
        let mut rest = Rest::new();
        assert_eq!(rest.left(), Duration::ZERO);
        rest.begin();
        assert!(rest.until.load(Ordering::Relaxed) >= LENGTH);
        assert!(rest.left() <= Duration::from_micros(LENGTH));
        later(&mut rest, Duration::from_micros(LENGTH));
        assert_eq!(rest.left(), Duration::ZERO);
    }

    #[test]
    fn a_few_rests_may_follow_each_other_and_then_they_are_a_tenth_of_the_time() {
        let mut rest = Rest::new();
        let mut rests = 0;
        let mut total = Duration::ZERO;
        let second = Duration::from_secs(1);
        while total < second {
            let before = rest.until.load(Ordering::Relaxed);
            rest.begin();
            rests += u64::from(rest.until.load(Ordering::Relaxed) != before);
            later(&mut rest, Duration::from_micros(LENGTH));
            total += Duration::from_micros(LENGTH);
        }
        // The test's own time may let one more in.
        let usual = 1_000_000 / APART + CLOSE;
        assert!((usual - 2..=usual + 2).contains(&rests), "{rests} rests");
    }
}
