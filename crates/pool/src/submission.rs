//! One asynchronous job on its way through the pool: claimed by workers, counted, finished once.
//!
//! As with synchronous jobs, a claimed chunk that is not counted yet is the only right to touch the job; the worker that counts
//! the last one takes the job out, finishes it and drops it. What remains is only what a handle asks for.

use crate::cache_padded::CachePadded;
use crate::job::{Job, Outcome};
use crate::latch::Latch;
use crate::panic::{FirstPanic, caught};
use crate::spin_lock::SpinLock;
use crate::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Ordering, UnsafeCell};

/// `progressed` is called about so many times.
const STEPS: u64 = 100;

/// A job, and how far it is.
pub(crate) struct Submission {
    job: UnsafeCell<Option<Arc<dyn Job>>>,
    chunks: u32,
    is_cancelled: AtomicBool,
    panic: FirstPanic,
    /// Held by the worker that reports progress. What it guards is the number that was reported last.
    progress: CachePadded<SpinLock<u32>>,
    /// Chunks that nobody has claimed; a job without chunks has one that does nothing, so that a worker finishes it.
    remaining: CachePadded<AtomicU32>,
    /// Chunks that ran in the lower half, those that were skipped in the upper.
    counted: CachePadded<AtomicU64>,
    end: Latch,
}

// SAFETY: `job` is read only by threads that own a chunk which is not counted, and emptied by the one that counted the last,
// which `counted` orders after all of them. Jobs are Send and Sync, and everything else is too.
unsafe impl Sync for Submission {}
// SAFETY: as above.
unsafe impl Send for Submission {}

/// The right to run one chunk. It must be given to [`Submission::run`].
#[derive(Debug)]
pub(crate) struct Claim {
    chunk: u32,
    /// No chunk is left to claim.
    pub(crate) is_last: bool,
}

impl Submission {
    pub(crate) fn new(job: Arc<dyn Job>, chunks: u32) -> Self {
        Self {
            job: UnsafeCell::new(Some(job)),
            chunks,
            is_cancelled: AtomicBool::new(false),
            panic: FirstPanic::default(),
            progress: CachePadded::default(),
            remaining: CachePadded::new(AtomicU32::new(chunks.max(1))),
            counted: CachePadded::default(),
            end: Latch::default(),
        }
    }

    /// Asks for chunks that have not started to be skipped; says whether nobody had asked and the job runs.
    pub(crate) fn cancel(&self) -> bool {
        // Relaxed: the flag hands nothing over. Where it must be seen, the queue's lock or its own flag orders it.
        !self.end.is_open() && !self.is_cancelled.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// Open once `finished` has returned and the pool has dropped the job.
    pub(crate) fn end(&self) -> &Latch {
        &self.end
    }

    /// Chunks that ran.
    pub(crate) fn done(&self) -> u32 {
        let (ran, _) = halves(self.counted.load(Ordering::Relaxed));
        ran.min(self.chunks)
    }

    /// Chunks that there were.
    pub(crate) fn chunks(&self) -> u32 {
        self.chunks
    }

    /// Chunks that nobody has claimed.
    pub(crate) fn remaining(&self) -> u32 {
        self.remaining.load(Ordering::Relaxed)
    }

    /// Takes a chunk, if one is left.
    pub(crate) fn claim(&self) -> Option<Claim> {
        // Relaxed: the queue's lock made the job visible to this thread, and `counted` orders the end after the claim.
        let take = |remaining: u32| remaining.checked_sub(1);
        let before = self.remaining.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        Some(Claim { chunk: self.chunks.max(1) - before, is_last: before == 1 })
    }

    /// Runs the claimed chunk, or skips it and all that are left.
    pub(crate) fn run(&self, claim: Claim) {
        if self.is_cancelled() || self.panic.has_happened() {
            self.count(0, 1 + self.claim_rest());
            return;
        }
        // SAFETY: the claim is not counted before the reference is gone, so nobody empties the cell.
        let job = self.job.with(|job| unsafe { &*job });
        if let Some(job) = job
            && claim.chunk < self.chunks
        {
            self.panic.catch(|| {
                job.run(claim.chunk);
                self.report(&**job);
            });
        }
        let skipped = if self.panic.has_happened() { self.claim_rest() } else { 0 };
        self.count(1, skipped);
    }

    /// Skips what nobody has claimed.
    pub(crate) fn skip_rest(&self) {
        let skipped = self.claim_rest();
        if skipped != 0 {
            self.count(0, skipped);
        }
    }

    fn claim_rest(&self) -> u32 {
        // Relaxed: as in `claim`.
        self.remaining.swap(0, Ordering::Relaxed)
    }

    /// Reports progress after a chunk that is not counted yet, when that is one more step.
    fn report(&self, job: &dyn Job) {
        // Who finds another worker reporting leaves it at that: the next chunk says more.
        self.progress.try_with(|reported| {
            // Relaxed: under the lock these numbers only grow.
            let (ran, _) = halves(self.counted.load(Ordering::Relaxed));
            let done = ran + 1;
            if done < self.chunks && self.step(done) > self.step(*reported) {
                *reported = done;
                job.progressed(done, self.chunks);
            }
        });
    }

    fn step(&self, done: u32) -> u64 {
        u64::from(done) * STEPS / u64::from(self.chunks)
    }

    /// Counts claimed chunks; the thread that counts the last one finishes the job.
    fn count(&self, ran: u32, skipped: u32) {
        let more = u64::from(skipped) << 32 | u64::from(ran);
        // AcqRel: Release, so that these chunks' stores are visible to the thread that finishes; Acquire, because it may be this.
        let before = self.counted.fetch_add(more, Ordering::AcqRel);
        let (ran, skipped) = halves(before + more);
        if ran + skipped == self.chunks.max(1) {
            self.finish(skipped);
        }
    }

    fn finish(&self, skipped: u32) {
        let outcome = match self.panic.take() {
            Some(message) => Outcome::Panicked(message),
            None if skipped != 0 && self.chunks != 0 => Outcome::Cancelled,
            None => Outcome::Completed,
        };
        // SAFETY: every chunk is counted, which each thread does after its last use of the cell; the Acquire in `count` orders
        // this after those uses. One thread counts the last chunk, and none can be claimed any more.
        let job = self.job.with_mut(|job| unsafe { (*job).take() });
        // Panics here have nobody to go to. One at a time, because a second one while the first unwinds would end the process.
        _ = caught(|| {
            if let Some(job) = &job {
                job.finished(outcome);
            }
        });
        _ = caught(|| drop(job));
        self.end.open();
    }
}

/// The numbers of chunks that ran and that were skipped.
fn halves(counted: u64) -> (u32, u32) {
    ((counted & 0xFFFF_FFFF) as u32, (counted >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what it is asked.
    #[derive(Default)]
    struct Notes {
        chunks: SpinLock<Vec<u32>>,
        progress: SpinLock<Vec<u32>>,
        outcomes: SpinLock<Vec<Outcome>>,
    }

    impl Job for Notes {
        fn run(&self, chunk: u32) {
            assert_ne!(chunk, 66, "chunk 66 is a bad one");
            self.chunks.with(|chunks| chunks.push(chunk));
        }

        fn progressed(&self, done: u32, chunks: u32) {
            assert!(done < chunks);
            self.progress.with(|progress| progress.push(done));
        }

        fn finished(&self, outcome: Outcome) {
            self.outcomes.with(|outcomes| outcomes.push(outcome));
        }
    }

    fn submission(chunks: u32) -> (Arc<Notes>, Submission) {
        let notes = Arc::new(Notes::default());
        let job: Arc<dyn Job> = Arc::<Notes>::clone(&notes);
        (notes, Submission::new(job, chunks))
    }

    fn run_all(submission: &Submission) {
        while let Some(claim) = submission.claim() {
            submission.run(claim);
        }
    }

    #[test]
    fn chunks_run_in_order_and_the_last_one_finishes_and_drops_the_job() {
        let (notes, submission) = submission(5);
        run_all(&submission);
        assert_eq!(notes.chunks.with(core::mem::take), [0, 1, 2, 3, 4]);
        assert_eq!(notes.progress.with(core::mem::take), [1, 2, 3, 4]);
        assert_eq!(notes.outcomes.with(core::mem::take), [Outcome::Completed]);
        assert!(submission.end().is_open());
        assert_eq!(submission.done(), 5);
        assert_eq!(Arc::strong_count(&notes), 1);
    }

    #[test]
    fn a_job_without_chunks_is_finished_by_who_claims_it_even_if_cancelled() {
        for cancel in [false, true] {
            let (notes, submission) = submission(0);
            if cancel {
                assert!(submission.cancel());
            }
            run_all(&submission);
            assert_eq!(notes.chunks.with(core::mem::take), []);
            assert_eq!(notes.outcomes.with(core::mem::take), [Outcome::Completed]);
            assert_eq!(submission.done(), 0);
        }
    }

    #[test]
    fn progress_is_told_about_a_hundred_times() {
        for (chunks, expected) in [(1, vec![]), (50, (1..50).collect()), (66, (1..66).collect())] {
            let (notes, submission) = submission(chunks);
            run_all(&submission);
            assert_eq!(notes.progress.with(core::mem::take), expected);
        }
        let (notes, submission) = submission(1_000);
        (0..60).for_each(|_| submission.run(submission.claim().unwrap()));
        assert_eq!(notes.progress.with(core::mem::take), [10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn what_is_skipped_is_counted_and_makes_the_job_cancelled() {
        let (notes, submission) = submission(u32::MAX);
        submission.run(submission.claim().unwrap());
        assert!(submission.cancel());
        assert!(!submission.cancel());
        submission.run(submission.claim().unwrap());
        assert!(submission.claim().is_none());
        assert_eq!(notes.chunks.with(core::mem::take), [0]);
        assert_eq!(notes.outcomes.with(core::mem::take), [Outcome::Cancelled]);
        assert_eq!(submission.done(), 1);
    }

    #[test]
    fn a_cancel_that_skips_nothing_changes_nothing() {
        let (notes, submission) = submission(2);
        let (first, second) = (submission.claim().unwrap(), submission.claim().unwrap());
        assert!(second.is_last && !first.is_last);
        submission.run(second);
        submission.run(first);
        assert!(!submission.cancel());
        assert_eq!(notes.outcomes.with(core::mem::take), [Outcome::Completed]);
    }

    #[test]
    fn a_panic_skips_the_rest_and_is_the_outcome() {
        let (notes, submission) = submission(1_000);
        run_all(&submission);
        assert_eq!(notes.chunks.with(core::mem::take).len(), 66);
        let outcomes = notes.outcomes.with(core::mem::take);
        let [Outcome::Panicked(message)] = &outcomes[..] else { panic!("{outcomes:?}") };
        assert!(message.contains("chunk 66 is a bad one"), "{message}");
    }
}
