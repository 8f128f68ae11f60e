//! The protocols of this crate under a model checker, which tries every order of their steps and every value that a relaxed
//! read may give, up to a number of preemptions.
//!
//! Each model is the real code with few threads and little to do. What a model may not do is race on a cell, which the checker
//! knows when it was written and by whom, or come to a state where everybody sleeps. `scripts/check-pool-models.sh` runs
//! these, and checks that they fail for faults that it puts in.

use core::time::Duration;
use std::collections::BTreeSet;

use loom::thread;

use crate::fork_join::{ForkJoin, Waking, Work};
use crate::handle::Handle;
use crate::job::{Job, Outcome};
use crate::latch::Latch;
use crate::panic::FirstPanic;
use crate::placement::Machine;
use crate::pool::Pool;
use crate::queue::Queue;
use crate::sleepers::{NOBODY, Sleepers};
use crate::spin_lock::SpinLock;
use crate::submission::Submission;
use crate::sync::{Arc, AtomicBool, Counter, Mutex, Ordering, UnsafeCell};
use crate::ticket::{End, Ticket};
use crate::turn::Turn;
use crate::worker::{Order, Shared, Worker};

/// Tries every order of the steps of `model` with at most so many preemptions.
fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(model);
}

/// Plain memory, an element for each chunk.
struct Cells(Vec<UnsafeCell<u32>>);

// SAFETY: what the models are to show: an element is written by the one chunk of its number, and read when that is over. The
// checker reports every access that nothing orders.
unsafe impl Sync for Cells {}
// SAFETY: numbers.
unsafe impl Send for Cells {}

impl Cells {
    fn new(len: u32) -> Self {
        Self((0..len).map(|_| UnsafeCell::new(0)).collect())
    }

    fn add(&self, chunk: u32, more: u32) {
        // SAFETY: see the type; the pointer is valid in the closure.
        self.0[chunk as usize].with_mut(|cell| unsafe { *cell += more });
    }

    fn values(&self) -> Vec<u32> {
        // SAFETY: see the type; the pointer is valid in the closure.
        self.0.iter().map(|cell| cell.with(|cell| unsafe { *cell })).collect()
    }
}

#[test]
fn whoever_claims_a_chunk_sees_the_job_and_no_chunk_is_claimed_twice() {
    check(4, || {
        let shared = Arc::new((Ticket::default(), Cells::new(1), Cells::new(3)));
        let claim_all = |(ticket, job, chunks): &(Ticket, Cells, Cells), end| {
            loop {
                let seen = ticket.look();
                if seen.remaining() == 0 {
                    break;
                }
                if let Some(chunk) = ticket.claim(seen, end) {
                    chunks.add(chunk, job.values()[0]);
                }
            }
        };
        let helpers: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || claim_all(&shared, End::Back))
            })
            .collect();
        shared.1.add(0, 7);
        shared.0.publish(3);
        // The publisher's own.
        shared.2.add(0, 7);
        claim_all(&shared, End::Front);
        helpers.into_iter().for_each(|helper| helper.join().unwrap());
        assert_eq!(shared.2.values(), [7, 7, 7]);
    });
}

#[test]
fn what_a_helper_did_is_there_when_the_run_is_over_and_a_job_that_is_over_is_left_alone() {
    check(3, || {
        let fork_join = Arc::new(ForkJoin::new());
        let helpers: Vec<_> = (0..2)
            .map(|worker| {
                let fork_join = Arc::clone(&fork_join);
                thread::spawn(move || fork_join.help(worker, |_| ()))
            })
            .collect();
        for round in 1..3 {
            let cells = Cells::new(2);
            let body = |chunk| cells.add(chunk, chunk + round);
            let panic = FirstPanic::default();
            let work = Work::new(2, &body, &panic);
            // SAFETY: one thread calls this.
            let outcome = unsafe { fork_join.run(&work, 1, Duration::ZERO, Waking::Later, |_| ()) };
            assert_eq!((outcome, cells.values()), (Ok(()), vec![round, round + 1]));
        }
        helpers.into_iter().for_each(|helper| _ = helper.join().unwrap());
    });
}

#[test]
fn work_that_is_offered_while_a_worker_goes_to_sleep_is_not_overlooked() {
    check(5, || {
        let shared = Arc::new((Sleepers::new(1), AtomicBool::new(false)));
        let worker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (sleepers, work) = &*shared;
                sleepers.register(0);
                while !work.load(Ordering::Relaxed) {
                    sleepers.sleep(0, || work.load(Ordering::Relaxed));
                }
            })
        };
        let (sleepers, work) = &*shared;
        work.store(true, Ordering::Relaxed);
        sleepers.after_offering();
        sleepers.wake(1, NOBODY);
        worker.join().unwrap();
    });
}

#[test]
fn callers_take_turns_and_never_see_a_value_change() {
    check(3, || {
        let shared = Arc::new((Turn::new(Arc::new(1)), Cells::new(1)));
        let enter = |(turn, cells): &(Turn<Arc<u32>>, Cells)| turn.take(|value| cells.add(0, **value)).is_some();
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || enter(&shared))
        };
        let replacer = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || assert_eq!(*shared.0.replace(Arc::new(10)), 1))
        };
        let entered = enter(&shared);
        let other_entered = other.join().unwrap();
        replacer.join().unwrap();
        assert_eq!(shared.0.take(|value| **value), Some(10));
        let sum = shared.1.values()[0];
        match u32::from(entered) + u32::from(other_entered) {
            2 => assert!([2, 11, 20].contains(&sum), "{sum}"),
            1 => assert!([1, 10].contains(&sum), "{sum}"),
            // Both came while the replacer was inside.
            _ => assert_eq!(sum, 0),
        }
    });
}

/// An asynchronous job that notes what happens to it.
struct Noted {
    cells: Cells,
    /// How it ended, and the cells as the end saw them.
    ends: SpinLock<Vec<(Outcome, Vec<u32>)>>,
    dropped: Arc<Counter>,
}

impl Noted {
    fn new(chunks: u32) -> (Arc<Self>, Arc<Counter>) {
        let dropped = Arc::new(Counter::new(0));
        let job = Self { cells: Cells::new(chunks), ends: SpinLock::default(), dropped: Arc::clone(&dropped) };
        (Arc::new(job), dropped)
    }

    /// Right for a job that nobody cancelled.
    fn assert_completed(&self) {
        let ends = self.ends.with(core::mem::take);
        assert_eq!(ends, [(Outcome::Completed, vec![1; self.cells.0.len()])]);
    }
}

impl Job for Noted {
    fn run(&self, chunk: u32) {
        self.cells.add(chunk, 1);
    }

    fn progressed(&self, _: u32, _: u32) {}

    fn finished(&self, outcome: Outcome) {
        let end = (outcome, self.cells.values());
        self.ends.with(|ends| ends.push(end));
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn whoever_counts_the_last_chunk_ends_the_job_and_sees_what_every_chunk_did() {
    check(4, || {
        let (job, dropped) = Noted::new(2);
        let submission = Arc::new(Submission::new(job, 2));
        let run_all = |submission: &Submission| {
            while let Some(claim) = submission.claim() {
                submission.run(claim);
            }
        };
        let other = {
            let submission = Arc::clone(&submission);
            thread::spawn(move || run_all(&submission))
        };
        run_all(&submission);
        other.join().unwrap();
        assert!(submission.end().is_open());
        assert_eq!((submission.done(), dropped.load(Ordering::Relaxed)), (2, 1));
    });
}

#[test]
fn a_job_that_is_cancelled_at_any_moment_ends_once_and_as_its_chunks_say() {
    let counts = Arc::new(Mutex::new(BTreeSet::new()));
    let seen = Arc::clone(&counts);
    check(3, move || {
        let (job, dropped) = Noted::new(2);
        let queue = Arc::new(Queue::default());
        let submission = Arc::new(Submission::new(Arc::<Noted>::clone(&job), 2));
        queue.push(Arc::clone(&submission));
        let worker = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                // As a worker does, without its sleep.
                while let Some(job) = queue.front() {
                    for cancelled in queue.take_cancelled() {
                        cancelled.skip_rest();
                    }
                    match job.claim() {
                        Some(claim) if claim.is_last => {
                            queue.remove(&job);
                            job.run(claim);
                        }
                        Some(claim) => job.run(claim),
                        None => queue.remove(&job),
                    }
                }
            })
        };
        let handle = Handle::new(submission, queue);
        handle.cancel();
        worker.join().unwrap();
        assert!(handle.is_finished());
        let ends = job.ends.with(core::mem::take);
        let [(outcome, cells)] = &ends[..] else { panic!("{ends:?}") };
        assert_eq!(handle.done(), cells.iter().sum::<u32>());
        seen.lock().unwrap().insert(handle.done());
        match outcome {
            Outcome::Completed => assert_eq!(cells[..], [1, 1]),
            Outcome::Cancelled => assert!(cells.iter().sum::<u32>() < 2),
            Outcome::Panicked(message) => panic!("{message}"),
        }
        drop(job);
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    });
    assert_eq!(*counts.lock().unwrap(), [0, 1, 2].into(), "the model never cancels in time, or always");
}

#[test]
fn a_thread_that_waits_for_the_end_is_let_go() {
    check(4, || {
        let latch = Arc::new((Latch::default(), Cells::new(1)));
        let waiter = {
            let latch = Arc::clone(&latch);
            thread::spawn(move || {
                latch.0.wait();
                latch.1.values()[0]
            })
        };
        latch.1.add(0, 5);
        latch.0.open();
        assert_eq!(waiter.join().unwrap(), 5);
    });
}

/// A worker on a thread of its own, and what it shares.
fn worker() -> (Arc<Shared>, thread::JoinHandle<()>) {
    let shared = Arc::new(Shared::new(1, Duration::ZERO, Arc::default(), Arc::default()));
    let own = Arc::clone(&shared);
    (shared, thread::spawn(move || Worker::new(0, own).run()))
}

/// The checker takes the wake-up that this thread would get late for one that it waits for afterwards.
fn wait_without_sleeping(end: &Latch) {
    while !end.is_open() {
        thread::yield_now();
    }
}

#[test]
fn a_job_that_is_submitted_while_the_worker_goes_to_sleep_is_done() {
    check(3, || {
        let (shared, worker) = worker();
        let (job, _) = Noted::new(1);
        let submission = Arc::new(Submission::new(Arc::<Noted>::clone(&job), 1));
        shared.queue.push(Arc::clone(&submission));
        shared.sleepers.after_offering();
        shared.sleepers.wake(1, NOBODY);
        wait_without_sleeping(submission.end());
        job.assert_completed();
        shared.command(Order::Finish);
        worker.join().unwrap();
    });
}

#[test]
fn a_synchronous_job_ends_whether_the_worker_comes_in_time_or_not() {
    check(3, || {
        let (shared, worker) = worker();
        let cells = Cells::new(2);
        let body = |chunk| cells.add(chunk, 1);
        let wake = |_| {
            shared.sleepers.after_offering();
            shared.sleepers.wake(1, NOBODY);
        };
        let panic = FirstPanic::default();
        let work = Work::new(2, &body, &panic);
        // SAFETY: one thread calls this.
        let outcome = unsafe { shared.fork_join.run(&work, NOBODY, Duration::ZERO, Waking::AtOnce, wake) };
        assert_eq!((outcome, cells.values()), (Ok(()), vec![1, 1]));
        shared.command(Order::Leave);
        worker.join().unwrap();
    });
}

#[test]
fn a_job_is_done_although_the_threads_are_exchanged_while_it_is_submitted() {
    check(2, || {
        // The threads that are there have left already: they look at nothing any more.
        let pool = Arc::new(Pool::without_threads().unwrap());
        let resizer = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                // A CPU that nobody stands on: every run of the model is the same.
                let machine = Machine { cpus: vec![900_000], threads: 1, quota: None };
                pool.resize_on(machine, Some(1)).unwrap();
            })
        };
        let (job, _) = Noted::new(1);
        let handle = pool.submit(Arc::<Noted>::clone(&job), 1);
        while !handle.is_finished() {
            thread::yield_now();
        }
        job.assert_completed();
        resizer.join().unwrap();
    });
}
