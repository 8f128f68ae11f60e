//! Counting what the pool does, at the price of an addition on a cache line of one's own.
//!
//! Counts order nothing and decide nothing: they are for people who watch. So they are read while others count on, and a sum
//! is of figures that were true within a moment of each other. Each figure only grows, over the whole life of the pool.

use crate::cache_padded::CachePadded;
use crate::sync::{Counter, Ordering};

/// Lines for workers. Workers that share one are as far apart in number, so only pools of more than that many share any.
const WORKER_LINES: usize = 64;

/// What a pool has done since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Jobs that were brought, of both kinds; one that a thread ran alone counts too.
    pub jobs: u64,
    /// Chunks of synchronous jobs, and chunks of asynchronous ones that ran.
    pub chunks: u64,
    /// Sleeping workers that were woken for a job, by a caller or by another worker.
    pub wakes: u64,
    /// Times that a worker went to sleep because there was nothing to do.
    pub parks: u64,
}

/// The counts of a pool, on a line for each kind of thread that counts.
#[derive(Debug)]
pub(crate) struct Tallies {
    /// Of the caller whose turn it is.
    turn: CachePadded<Tally>,
    /// Of callers that run a job alone, and of submitters.
    others: CachePadded<Tally>,
    workers: Box<[CachePadded<Tally>]>,
}

/// The counts on one line.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) jobs: Count,
    pub(crate) chunks: Count,
    pub(crate) wakes: Count,
    pub(crate) parks: Count,
}

/// A number that grows.
#[derive(Debug, Default)]
pub(crate) struct Count(Counter);

impl Count {
    /// Adds `more`; any thread.
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Adds `more`, faster; by one thread at a time, whose times something else orders.
    pub(crate) fn add_alone(&self, more: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(more), Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tallies {
    /// Of the caller whose turn it is: one at a time.
    pub(crate) fn turn(&self) -> &Tally {
        &self.turn
    }

    /// Of all callers that are not.
    pub(crate) fn others(&self) -> &Tally {
        &self.others
    }

    pub(crate) fn worker(&self, worker: usize) -> &Tally {
        &self.workers[worker % WORKER_LINES]
    }

    pub(crate) fn sum(&self) -> Stats {
        let lines = self.workers.iter().chain([&self.turn, &self.others]);
        lines.fold(Stats::default(), |sum, line| Stats {
            jobs: sum.jobs + line.jobs.read(),
            chunks: sum.chunks + line.chunks.read(),
            wakes: sum.wakes + line.wakes.read(),
            parks: sum.parks + line.parks.read(),
        })
    }
}

impl Default for Tallies {
    fn default() -> Self {
        Self {
            turn: CachePadded::default(),
            others: CachePadded::default(),
            workers: (0..WORKER_LINES).map(|_| CachePadded::default()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_over_all_lines_even_where_workers_share_one() {
        let tallies = Tallies::default();
        tallies.turn().jobs.add_alone(1);
        tallies.others().jobs.add(2);
        tallies.others().chunks.add(5);
        for worker in [0, WORKER_LINES, 3 * WORKER_LINES + 1] {
            tallies.worker(worker).parks.add(1);
            tallies.worker(worker).wakes.add(2);
        }
        assert_eq!(tallies.sum(), Stats { jobs: 3, chunks: 5, wakes: 6, parks: 3 });
    }
}
