//! Asynchronous jobs that have unclaimed chunks, in the order in which they came.
//!
//! A job leaves when its last chunk is claimed, so whoever finds the queue filled finds a chunk to run, or a job that is about
//! to leave. Cancelled jobs do not wait for their turn.

use std::collections::VecDeque;

use crate::cache_padded::CachePadded;
use crate::spin_lock::SpinLock;
use crate::submission::Submission;
use crate::sync::{Arc, AtomicBool, AtomicUsize, Ordering};

/// First in, first out.
#[derive(Default)]
pub(crate) struct Queue {
    jobs: CachePadded<SpinLock<VecDeque<Arc<Submission>>>>,
    /// How many there are, for looks without the lock. Written under it.
    len: CachePadded<AtomicUsize>,
    /// Whether there may be cancelled ones among them.
    has_cancelled: CachePadded<AtomicBool>,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        // Relaxed: a hint for those who take the lock next; for those who go to sleep instead, the fences of `Sleepers` order it.
        self.len.load(Ordering::Relaxed) == 0
    }

    pub(crate) fn push(&self, job: Arc<Submission>) {
        self.change(|jobs| jobs.push_back(job));
    }

    /// The oldest job.
    pub(crate) fn front(&self) -> Option<Arc<Submission>> {
        if self.is_empty() {
            return None;
        }
        self.jobs.with(|jobs| jobs.front().map(Arc::clone))
    }

    /// Takes out a job whose last chunk is claimed. Does nothing if another thread has done so.
    pub(crate) fn remove(&self, job: &Arc<Submission>) {
        let removed = self.change(|jobs| {
            let index = jobs.iter().position(|queued| Arc::ptr_eq(queued, job))?;
            jobs.remove(index)
        });
        // Dropped outside the lock.
        drop(removed);
    }

    /// There is a cancelled job now.
    pub(crate) fn note_cancelled(&self) {
        // Release: pairs with the Acquire in `take_cancelled`; who sees this sees that the job is cancelled. By a swap, for a store would
        // end what an earlier cancel released.
        self.has_cancelled.swap(true, Ordering::Release);
    }

    /// Takes out the cancelled jobs, whose chunks the caller must skip.
    pub(crate) fn take_cancelled(&self) -> Vec<Arc<Submission>> {
        // Relaxed: a hint; it is set again by a cancel that this look misses.
        if !self.has_cancelled.load(Ordering::Relaxed) {
            return Vec::new();
        }
        self.change(|jobs| {
            // Acquire: pairs with the Release in `note_cancelled`. Cleared before the search: a cancel during it sets it again.
            self.has_cancelled.swap(false, Ordering::Acquire);
            let (cancelled, others) = jobs.drain(..).partition(|job| job.is_cancelled());
            *jobs = others;
            Vec::from(cancelled)
        })
    }

    /// Cancels all jobs.
    pub(crate) fn cancel_all(&self) {
        self.jobs.with(|jobs| jobs.iter().for_each(|job| _ = job.cancel()));
        self.note_cancelled();
    }

    fn change<R>(&self, change: impl FnOnce(&mut VecDeque<Arc<Submission>>) -> R) -> R {
        self.jobs.with(|jobs| {
            let result = change(jobs);
            // Relaxed: see `is_empty`.
            self.len.store(jobs.len(), Ordering::Relaxed);
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Job, Outcome};

    struct Nothing;

    impl Job for Nothing {
        fn run(&self, _: u32) {}
        fn progressed(&self, _: u32, _: u32) {}
        fn finished(&self, _: Outcome) {}
    }

    fn filled(count: usize) -> (Queue, Vec<Arc<Submission>>) {
        let queue = Queue::default();
        let jobs: Vec<_> = (0..count).map(|_| Arc::new(Submission::new(Arc::new(Nothing), 1))).collect();
        jobs.iter().for_each(|job| queue.push(Arc::clone(job)));
        (queue, jobs)
    }

    #[test]
    fn jobs_come_out_in_the_order_in_which_they_went_in() {
        let (queue, jobs) = filled(3);
        for job in &jobs {
            assert!(Arc::ptr_eq(&queue.front().unwrap(), job));
            queue.remove(job);
            queue.remove(job);
        }
        assert!(queue.is_empty());
        assert!(queue.front().is_none());
    }

    #[test]
    fn cancelled_jobs_are_taken_out_of_turn_and_the_others_keep_theirs() {
        let (queue, jobs) = filled(4);
        assert!(queue.take_cancelled().is_empty());
        for index in [1, 3] {
            assert!(jobs[index].cancel());
            queue.note_cancelled();
        }
        let cancelled = queue.take_cancelled();
        assert_eq!(cancelled.len(), 2);
        assert!(Arc::ptr_eq(&cancelled[0], &jobs[1]) && Arc::ptr_eq(&cancelled[1], &jobs[3]));
        assert!(queue.take_cancelled().is_empty());
        queue.remove(&jobs[0]);
        assert!(Arc::ptr_eq(&queue.front().unwrap(), &jobs[2]));
    }

    #[test]
    fn all_jobs_can_be_cancelled_at_once() {
        let (queue, _jobs) = filled(3);
        queue.cancel_all();
        assert_eq!(queue.take_cancelled().len(), 3);
        assert!(queue.is_empty());
    }
}
