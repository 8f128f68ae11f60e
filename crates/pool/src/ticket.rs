//! Claiming the chunks of one job by several threads.
//!
//! A job is a counter of chunks. Whoever wins the compare-and-swap in [`Ticket::claim`] owns one chunk, and only an owner may
//! read the job: so a worker that wakes late, after the job's stack frame is gone, finds nothing to claim and touches nothing.
//! Nothing here knows what a chunk does, or where the job lies.

use crate::cache_padded::CachePadded;
use crate::sync::{AtomicU64, Ordering};

/// The number of the job in the upper half, chunks that nobody has claimed in the lower.
///
/// The number only makes values of different jobs differ. Should it come round to the same value between a thread's look and
/// its claim, the claim still takes a chunk that exists.
#[derive(Debug, Default)]
pub(crate) struct Ticket(CachePadded<AtomicU64>);

/// What a thread saw on the ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen(u64);

impl Seen {
    /// Chunks that nobody had claimed.
    pub(crate) fn remaining(self) -> u32 {
        (self.0 & 0xFFFF_FFFF) as u32
    }
}

impl Ticket {
    /// Offers `chunks` chunks of a new job. Only when every chunk of the last one is done, and by one thread at a time.
    pub(crate) fn publish(&self, chunks: u32) {
        // Relaxed: only publishers write the number, and the lock that lets them publish orders them.
        let number = (self.0.load(Ordering::Relaxed) >> 32).wrapping_add(1);
        // Release: pairs with the Acquire in `look` and `claim`. Claims by others keep the release sequence alive, so every
        // later claimer sees the job that was written before this.
        self.0.store(number << 32 | u64::from(chunks), Ordering::Release);
    }

    pub(crate) fn look(&self) -> Seen {
        // Acquire: pairs with the Release in `publish`; what the publisher said about the job besides the ticket is visible.
        Seen(self.0.load(Ordering::Acquire))
    }

    /// Takes one chunk if the ticket is still as `seen`, which must have had a chunk to take.
    pub(crate) fn claim(&self, seen: Seen) -> bool {
        debug_assert!(seen.remaining() != 0, "a claim needs a chunk that nobody has claimed");
        // Acquire: pairs with the Release in `publish`; the claimer may read the job.
        self.0.compare_exchange_weak(seen.0, seen.0 - 1, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::sync::AtomicU32;

    #[test]
    fn every_chunk_is_claimed_once() {
        const CHUNKS: u32 = 10_000;
        let ticket = Ticket::default();
        let claims: Vec<AtomicU32> = (0..CHUNKS).map(|_| AtomicU32::new(0)).collect();
        ticket.publish(CHUNKS);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let seen = ticket.look();
                        match seen.remaining() {
                            0 => break,
                            remaining if ticket.claim(seen) => {
                                claims[(CHUNKS - remaining) as usize].fetch_add(1, Ordering::Relaxed);
                            }
                            _ => {}
                        }
                    }
                });
            }
        });
        assert!(claims.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn a_claim_on_what_was_seen_of_an_earlier_job_fails() {
        let ticket = Ticket::default();
        ticket.publish(1);
        let earlier = ticket.look();
        assert!((0..100).any(|_| ticket.claim(earlier)), "a weak exchange fails now and then, not always");
        ticket.publish(1);
        assert!(!ticket.claim(earlier));
        assert_eq!(ticket.look().remaining(), 1);
    }

    #[test]
    fn the_number_of_the_job_wraps() {
        let ticket = Ticket::default();
        ticket.0.store(u64::MAX << 32, Ordering::Relaxed);
        ticket.publish(u32::MAX);
        assert_eq!(ticket.look().remaining(), u32::MAX);
        assert_eq!(ticket.0.load(Ordering::Relaxed) >> 32, 0);
    }
}
