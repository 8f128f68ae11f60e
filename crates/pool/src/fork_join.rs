//! One synchronous job at a time, run by the thread that brings it and by the workers that help. Whose turn it is to bring one
//! is decided elsewhere ([`crate::turn`]).
//!
//! The job lies on its caller's stack. That is sound because of two rules: only a claimed chunk gives the right to read it
//! ([`crate::ticket`]), and the caller leaves its frame only when as many chunks are reported done as there were. Chunks are
//! counted, not workers, so a worker that sleeps through a job delays nobody; and since the caller claims chunks too, a job
//! ends even if no worker ever helps.

use core::mem::{self, MaybeUninit};
use core::time::Duration;
use std::time::Instant;

use crate::cache_padded::CachePadded;
use crate::course::{Course, NextCourse};
use crate::panic::{FirstPanic, Panicked};
use crate::spin::spin_then_yield;
use crate::sync::{AtomicU32, AtomicUsize, Ordering, UnsafeCell};
use crate::ticket::{self, End, Ticket};

/// Work of this length is worth waking a thread for: that costs the caller from 4 to 10 µs, and help comes about 8 µs later, with
/// cold caches, to take at most half of what is left.
const WORTH_A_WAKE: Duration = Duration::from_micros(60);

/// A job: the chunks, and what to do with each. Small, and copied to where helpers find it, on a line that they need anyway.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    body: &'a (dyn Fn(u32) + Sync),
    chunks: u32,
    /// Chunks that are claimed together: one, unless there are more than a ticket counts.
    together: u32,
    course: Course,
    panic: &'a FirstPanic,
}

impl<'a> Work<'a> {
    pub(crate) fn new(chunks: u32, body: &'a (dyn Fn(u32) + Sync), panic: &'a FirstPanic) -> Self {
        Self { body, chunks, together: chunks.div_ceil(ticket::MOST).max(1), course: Course::FromEnds, panic }
    }

    pub(crate) fn chunks(&self) -> u32 {
        self.chunks
    }

    /// Claims that there are.
    fn claims(&self) -> u32 {
        self.chunks.div_ceil(self.together)
    }

    fn run_claimed(&self, taken: u32) {
        let start = self.course.place_of(taken, self.claims()) * self.together;
        (start..start.saturating_add(self.together).min(self.chunks)).for_each(|chunk| self.run_chunk(chunk));
    }

    fn run_chunk(&self, chunk: u32) {
        if !self.panic.has_happened() {
            self.panic.catch(|| (self.body)(chunk));
        }
    }

    /// Runs every chunk on this thread.
    pub(crate) fn run_alone(&self) -> Result<(), Panicked> {
        (0..self.chunks).for_each(|chunk| self.run_chunk(chunk));
        self.outcome()
    }

    fn outcome(&self) -> Result<(), Panicked> {
        self.panic.take().map_or(Ok(()), |message| Err(Panicked { message }))
    }
}

/// When a caller wakes helpers for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waking {
    /// Before its first chunk.
    AtOnce,
    /// After its first chunk, for nobody seems to sleep: who fell asleep meanwhile is woken a little late, and the caller's first chunk
    /// need not wait until the others see the job.
    Later,
    /// After its first chunk, where that shows that it is worth it.
    IfWorthIt,
}

/// Where a caller and workers meet.
pub(crate) struct ForkJoin {
    offer: CachePadded<Offer>,
    /// How the next job is gone through.
    next_course: NextCourse,
    /// Chunks that workers have done, of all jobs so far, modulo 2^32. A caller that counted from 0 would have to take the line
    /// from them first.
    done: CachePadded<AtomicU32>,
}

/// What a caller says about its job, together with the ticket: a helper gets all of it with one line.
struct Offer {
    ticket: Ticket,
    /// The worker that must leave the job alone.
    excluded: AtomicUsize,
    /// Nothing until the first ticket is published; whoever has claimed a chunk finds a job.
    work: UnsafeCell<MaybeUninit<Work<'static>>>,
}

// SAFETY: `work` is written by the one caller that is in `run`, while no chunk is unclaimed or unreported, and read by
// owners of claimed chunks; the ticket orders the two. What it refers to is shared among the owners: `body` is Sync, and so is
// the rest.
unsafe impl Sync for Offer {}
// SAFETY: as above; the references are not tied to a thread.
unsafe impl Send for Offer {}

impl ForkJoin {
    pub(crate) fn new() -> Self {
        let offer = Offer {
            ticket: Ticket::default(),
            excluded: AtomicUsize::new(0),
            work: UnsafeCell::new(MaybeUninit::uninit()),
        };
        Self { offer: CachePadded::new(offer), next_course: NextCourse::default(), done: CachePadded::default() }
    }

    /// Runs `work`, this thread and the workers but for `excluded` taking part. `wake_helpers` is called when `waking` says, with the
    /// number of chunks that are left for them, unless none is. Spins for at most `spin` while the last chunks are done elsewhere,
    /// then yields.
    ///
    /// # Safety
    /// One caller at a time: the last one's return must have happened before.
    pub(crate) unsafe fn run(
        &self,
        work: &Work<'_>,
        excluded: usize,
        spin: Duration,
        waking: Waking,
        wake_helpers: impl FnOnce(u32),
    ) -> Result<(), Panicked> {
        let claims = work.claims();
        let work = &Work { course: self.next_course.of(claims), ..*work };
        // From here to the end of the wait nothing may unwind: what callers brought is caught, the rest does not panic.
        // SAFETY: the longer life is not made use of: only owners of claimed chunks read the copy, and this frame waits for them.
        let copy = unsafe { mem::transmute::<Work<'_>, Work<'static>>(*work) };
        self.offer.work.with_mut(|offered| {
            // SAFETY: no other caller is here, and the last one left only when every chunk was reported, after which no thread
            // reads the cell until the ticket is published.
            unsafe { (*offered).write(copy) };
        });
        // Relaxed: the Release in `publish` makes it visible to whoever sees the new ticket.
        self.offer.excluded.store(excluded, Ordering::Relaxed);
        // Relaxed: whoever counted did so before the last job ended, and nobody counts before this one is published.
        let done_before = self.done.load(Ordering::Relaxed);
        self.offer.ticket.publish(claims);
        if waking == Waking::AtOnce && claims > 1 {
            wake_helpers(claims - 1);
            work.run_claimed(0);
        } else {
            let start = (waking == Waking::IfWorthIt).then(Instant::now);
            work.run_claimed(0);
            let left = self.offer.ticket.look().remaining();
            if left > 0 && start.is_none_or(|start| start.elapsed() * left >= WORTH_A_WAKE) {
                wake_helpers(left);
            }
        }

        let ran = 1 + self.run_chunks(End::Front, || true);
        self.next_course.note(work.course, claims, ran);
        let theirs = claims - ran;
        // Acquire: pairs with the Release in `help`; what the helpers' chunks wrote is visible.
        spin_then_yield(spin, || self.done.load(Ordering::Acquire).wrapping_sub(done_before) == theirs);
        work.outcome()
    }

    /// Whether `worker` could claim a chunk now.
    pub(crate) fn has_work_for(&self, worker: usize) -> bool {
        self.offer.ticket.look().remaining() != 0 && !self.excludes(worker)
    }

    /// Whether a job is offered whose caller stands on `worker`'s CPU.
    pub(crate) fn is_in_the_way(&self, worker: usize) -> bool {
        self.offer.ticket.look().remaining() != 0 && self.excludes(worker)
    }

    /// After a look at the ticket that showed an unclaimed chunk. If this is an answer for a later job, the ticket has changed
    /// since that look, and the claim that follows fails.
    fn excludes(&self, worker: usize) -> bool {
        // Relaxed: the Acquire in the look pairs with the Release in `publish`, which came after the store.
        self.offer.excluded.load(Ordering::Relaxed) == worker
    }

    /// Runs chunks of the job that is offered, as `worker`, until all are claimed; says whether there were any. If there is more
    /// than one chunk left, `wake_others` is called first, with the worker that must not be woken.
    pub(crate) fn help(&self, worker: usize, wake_others: impl FnOnce(usize)) -> bool {
        let remaining = self.offer.ticket.look().remaining();
        if remaining == 0 || self.excludes(worker) {
            return false;
        }
        if remaining > 1 {
            // Before a chunk is claimed: what is claimed late is waited for.
            wake_others(self.offer.excluded.load(Ordering::Relaxed));
        }
        let ran = self.run_chunks(End::Back, || !self.excludes(worker));
        if ran == 0 {
            return false;
        }
        // Release: pairs with the Acquire in `run`; it makes these chunks' stores visible before the count is. Reported at once
        // for all of them: chunks that are not reported keep the job alive, so the job was the same from the first to the last.
        self.done.fetch_add(ran, Ordering::Release);
        true
    }

    /// Claims and runs chunks from one end until none is left or this thread may not; gives their number. A caller must report it.
    fn run_chunks(&self, end: End, may_claim: impl Fn() -> bool) -> u32 {
        let mut ran = 0;
        loop {
            let seen = self.offer.ticket.look();
            if seen.remaining() == 0 || !may_claim() {
                return ran;
            }
            let Some(claim) = self.offer.ticket.claim(seen, end) else { continue };
            // SAFETY: a chunk was claimed above, of a ticket that was published after its job was written; it is not reported yet, so
            // nobody writes the cell, and the job's caller is still in `run`, whose frame holds what the copy refers to.
            let work = self.offer.work.with(|offered| unsafe { offered.cast::<Work<'static>>().read() });
            work.run_claimed(claim);
            ran += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::sleepers::NOBODY;
    use crate::sync::AtomicBool;

    /// Called by the test's own thread only.
    fn run(fork_join: &ForkJoin, excluded: usize, chunks: u32, body: &(dyn Fn(u32) + Sync)) -> Result<(), Panicked> {
        let panic = FirstPanic::default();
        let work = Work::new(chunks, body, &panic);
        // SAFETY: one thread of each test calls this, and never from inside a body.
        unsafe { fork_join.run(&work, excluded, Duration::from_micros(30), Waking::AtOnce, |_| ()) }
    }

    #[test]
    fn a_caller_without_helpers_runs_every_chunk_once_to_and_fro() {
        let fork_join = ForkJoin::new();
        let order = crate::spin_lock::SpinLock::<Vec<u32>>::default();
        let body = |chunk| order.with(|order| order.push(chunk));
        for expected in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [0, 1, 2, 3, 4]] {
            assert_eq!(run(&fork_join, NOBODY, 5, &body), Ok(()));
            assert_eq!(order.with(mem::take), expected);
        }
    }

    #[test]
    fn helpers_are_woken_before_the_first_chunk_or_after_it_or_when_it_has_shown_that_they_are_worth_it() {
        /// The chunks that were left when helpers were woken, and those that had run.
        fn woken(chunks: u32, waking: Waking, body: &(dyn Fn(u32) + Sync)) -> Option<(u32, u32)> {
            let (fork_join, panic, mut woken) = (ForkJoin::new(), FirstPanic::default(), None);
            let ran = AtomicU32::new(0);
            let counted = |chunk| {
                body(chunk);
                ran.fetch_add(1, Ordering::Relaxed);
            };
            let work = Work::new(chunks, &counted, &panic);
            let wake = |left| woken = Some((left, ran.load(Ordering::Relaxed)));
            // SAFETY: this thread is the only caller.
            let outcome = unsafe { fork_join.run(&work, NOBODY, Duration::ZERO, waking, wake) };
            assert_eq!((outcome, ran.into_inner()), (Ok(()), chunks));
            woken
        }
        let slow = |_| thread::sleep(WORTH_A_WAKE);
        assert_eq!(woken(5, Waking::AtOnce, &|_| ()), Some((4, 0)));
        assert_eq!(woken(5, Waking::Later, &|_| ()), Some((4, 1)));
        assert_eq!(woken(5, Waking::IfWorthIt, &slow), Some((4, 1)));
        for waking in [Waking::AtOnce, Waking::Later, Waking::IfWorthIt] {
            assert_eq!(woken(1, waking, &slow), None);
        }
        // Nothing takes this long, but for a thread that is kept from its CPU: one of many tries is quick.
        assert!((0..1000).any(|_| woken(2, Waking::IfWorthIt, &|_| ()).is_none()));
    }

    #[test]
    fn more_chunks_than_a_ticket_counts_are_claimed_several_at_a_time() {
        let chunks = ticket::MOST * 2 + 1;
        let ran = crate::spin_lock::SpinLock::<Vec<u32>>::default();
        let body = |chunk| ran.with(|ran| ran.push(chunk));
        let panic = FirstPanic::default();
        let work = Work::new(chunks, &body, &panic);
        assert!(work.claims() <= ticket::MOST);
        work.run_claimed(0);
        // The last one is short.
        work.run_claimed(work.claims() - 1);
        assert_eq!(ran.with(mem::take), [0, 1, 2, chunks - 1]);
        assert_eq!(Work::new(ticket::MOST, &body, &panic).claims(), ticket::MOST);
    }

    #[test]
    fn an_excluded_worker_finds_no_work_and_others_do() {
        let fork_join = ForkJoin::new();
        let body = |chunk| {
            if chunk == 0 {
                assert!(fork_join.is_in_the_way(7));
                assert!(!fork_join.has_work_for(7));
                assert!(!fork_join.help(7, |_| unreachable!("nobody is woken by a worker that may not help")));
                assert!(fork_join.has_work_for(6));
            }
        };
        assert_eq!(run(&fork_join, 7, 3, &body), Ok(()));
        assert!(!fork_join.is_in_the_way(7));
        assert!(!fork_join.has_work_for(6));
    }

    #[test]
    fn a_helper_is_waited_for_and_what_it_wrote_is_seen() {
        for _ in 0..300 {
            let fork_join = ForkJoin::new();
            let helped = AtomicBool::new(false);
            thread::scope(|scope| {
                let helper = || {
                    while !fork_join.help(0, |excluded| assert_eq!(excluded, 9)) {
                        thread::yield_now();
                    }
                    helped.store(true, Ordering::Relaxed);
                };
                scope.spawn(helper);
                while !helped.load(Ordering::Relaxed) {
                    let mut results = [0; 16];
                    let base = Base(results.as_mut_ptr());
                    let body = |chunk: u32| {
                        // SAFETY: the chunk's own element of an array that outlives the run.
                        unsafe { base.at(chunk).write(chunk + 1) };
                    };
                    assert_eq!(run(&fork_join, 9, 16, &body), Ok(()));
                    assert!(results.iter().zip(1..).all(|(&result, expected)| result == expected), "{results:?}");
                }
            });
        }
    }

    /// Shares an array with the chunks that write it.
    struct Base(*mut u32);

    // SAFETY: distinct chunks write distinct elements.
    unsafe impl Sync for Base {}

    impl Base {
        fn at(&self, chunk: u32) -> *mut u32 {
            self.0.wrapping_add(chunk as usize)
        }
    }
}
