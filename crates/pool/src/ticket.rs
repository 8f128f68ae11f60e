//! Claiming the chunks of one job by several threads.
//!
//! A job is a row of chunks, taken from both ends. Whoever wins the compare-and-swap in [`Ticket::claim`] owns one chunk, and only an
//! owner may read the job: so a worker that wakes late, after the job's stack frame is gone, finds nothing to claim and touches
//! nothing.
//! Nothing here knows what a chunk does, or where the job lies.

use crate::sync::{AtomicU64, Ordering};

/// Chunks that a job may have.
pub(crate) const MOST: u32 = 0xFF_FFFF;

/// Bits of the ticket for each of two chunk numbers, which [`MOST`] fills.
const FIELD: u32 = 24;

/// The number of the job in the upper 16 bits; then the first chunk that nobody has claimed, and the one after the last such.
///
/// The number only makes values of different jobs differ. Should it come round to the same value between a thread's look and
/// its claim, the claim still takes a chunk that exists.
#[derive(Debug, Default)]
pub(crate) struct Ticket(AtomicU64);

/// What a thread saw on the ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen(u64);

/// Where a chunk is taken from. The caller takes from the front and its helpers from the back: of jobs over the same memory that
/// follow each other, each then finds in its caches what it had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Front,
    Back,
}

impl Seen {
    fn front(self) -> u32 {
        ((self.0 >> FIELD) & 0xFF_FFFF) as u32
    }

    fn back(self) -> u32 {
        (self.0 & 0xFF_FFFF) as u32
    }

    /// Chunks that nobody had claimed.
    pub(crate) fn remaining(self) -> u32 {
        self.back() - self.front()
    }
}

impl Ticket {
    /// Offers `chunks` chunks of a new job, from one to [`MOST`], but for the first, which is the publisher's own: it need not win
    /// it from anybody. Only when every chunk of the last job is done, and by one thread at a time.
    pub(crate) fn publish(&self, chunks: u32) {
        debug_assert!((1..=MOST).contains(&chunks), "a job has from 1 to {MOST} chunks");
        // Relaxed: only publishers write the number, and the lock that lets them publish orders them.
        let number = (self.0.load(Ordering::Relaxed) >> (2 * FIELD)).wrapping_add(1);
        // Release: pairs with the Acquire in `look` and `claim`. Claims by others keep the release sequence alive, so every
        // later claimer sees the job that was written before this.
        self.0.store(number << (2 * FIELD) | 1 << FIELD | u64::from(chunks), Ordering::Release);
    }

    pub(crate) fn look(&self) -> Seen {
        // Acquire: pairs with the Release in `publish`; what the publisher said about the job besides the ticket is visible.
        Seen(self.0.load(Ordering::Acquire))
    }

    /// Takes one chunk, and gives its number, if the ticket is still as `seen`, which must have had a chunk to take.
    pub(crate) fn claim(&self, seen: Seen, end: End) -> Option<u32> {
        debug_assert!(seen.remaining() != 0, "a claim needs a chunk that nobody has claimed");
        let (chunk, left) = match end {
            End::Front => (seen.front(), seen.0 + (1 << FIELD)),
            End::Back => (seen.back() - 1, seen.0 - 1),
        };
        // Acquire: pairs with the Release in `publish`; the claimer may read the job.
        let claimed = self.0.compare_exchange_weak(seen.0, left, Ordering::Acquire, Ordering::Relaxed);
        claimed.is_ok().then_some(chunk)
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
        claims[0].store(1, Ordering::Relaxed);
        thread::scope(|scope| {
            for end in [End::Front, End::Back, End::Front, End::Back] {
                let (ticket, claims) = (&ticket, &claims);
                scope.spawn(move || {
                    loop {
                        let seen = ticket.look();
                        if seen.remaining() == 0 {
                            break;
                        }
                        if let Some(chunk) = ticket.claim(seen, end) {
                            claims[chunk as usize].fetch_add(1, Ordering::Relaxed);
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
        ticket.publish(2);
        let earlier = ticket.look();
        assert!(
            (0..100).any(|_| ticket.claim(earlier, End::Front).is_some()),
            "a weak exchange fails now and then, not always"
        );
        ticket.publish(2);
        assert_eq!([End::Front, End::Back].map(|end| ticket.claim(earlier, end)), [None; 2]);
        assert_eq!(ticket.look().remaining(), 1);
    }

    #[test]
    fn the_number_of_the_job_wraps() {
        let ticket = Ticket::default();
        ticket.0.store(u64::MAX << (2 * FIELD), Ordering::Relaxed);
        ticket.publish(MOST);
        assert_eq!(ticket.look().remaining(), MOST - 1);
        assert_eq!(ticket.0.load(Ordering::Relaxed) >> (2 * FIELD), 0);
    }

    #[test]
    fn the_front_and_the_back_meet() {
        let ticket = Ticket::default();
        ticket.publish(5);
        let claim = |end| (0..100).find_map(|_| ticket.claim(ticket.look(), end));
        let order = [End::Back, End::Front, End::Back, End::Front].map(claim);
        assert_eq!(order, [Some(4), Some(1), Some(3), Some(2)]);
        assert_eq!(ticket.look().remaining(), 0);
    }
}
