//! What a worker does: help with the synchronous job, else run a chunk of an asynchronous one, else spin a little, else sleep.
//!
//! Asynchronous jobs have nobody but the workers, so a worker must never sleep while one waits and all others sleep too. That
//! rests on [`Sleepers`](crate::sleepers): whoever offers work wakes a sleeper, unless every worker is awake and will look
//! again. For synchronous jobs the same protocol only brings help sooner, since their callers claim chunks themselves.

use core::time::Duration;

use crate::fork_join::ForkJoin;
use crate::queue::Queue;
use crate::sleepers::{NOBODY, Sleepers};
use crate::spin::spin;
use crate::submission::Submission;
use crate::sync::{Arc, AtomicBool, Ordering};

/// Sleepers that a worker wakes when it comes upon work for several: the awake ones double with every step.
const FAN_OUT: usize = 2;

/// What the workers of a pool and its callers share.
pub(crate) struct Shared {
    pub(crate) fork_join: ForkJoin,
    pub(crate) queue: Arc<Queue>,
    pub(crate) sleepers: Sleepers,
    /// Longest time that anyone spins; zero where CPUs are short.
    pub(crate) spin: Duration,
    /// Set once, when the pool is dropped.
    pub(crate) is_stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn new(workers: usize, spin: Duration) -> Self {
        Self {
            fork_join: ForkJoin::new(),
            queue: Arc::new(Queue::default()),
            sleepers: Sleepers::new(workers),
            spin,
            is_stopping: AtomicBool::new(false),
        }
    }

    fn is_stopping(&self) -> bool {
        // Acquire: pairs with the Release in the pool's drop; jobs cancelled before it are seen to be.
        self.is_stopping.load(Ordering::Acquire)
    }
}

/// One thread of a pool.
pub(crate) struct Worker {
    number: usize,
    shared: Arc<Shared>,
    /// The asynchronous job that it ran a chunk of last, while chunks are left. Sparing the queue's lock.
    current: Option<Arc<Submission>>,
}

impl Worker {
    /// On the worker's own thread.
    pub(crate) fn new(number: usize, shared: Arc<Shared>) -> Self {
        shared.sleepers.register(number);
        Self { number, shared, current: None }
    }

    /// Works until the pool is dropped and no asynchronous job is left.
    pub(crate) fn run(mut self) {
        loop {
            // Only useful work is a reason to spin: a worker that is woken in vain often stands on the CPU of the thread that woke it.
            if self.work() && self.spin() {
                continue;
            }
            if self.shared.is_stopping() && self.shared.queue.is_empty() {
                return;
            }
            self.shared.sleepers.sleep(self.number, || self.is_work());
        }
    }

    /// Works as long as there is something to do; says whether there was.
    fn work(&mut self) -> bool {
        let mut was_useful = false;
        // A synchronous job has a thread waiting for it, so it comes first, between any two chunks.
        while self.help() || self.run_chunk() {
            was_useful = true;
        }
        was_useful
    }

    /// Helps with the synchronous job, if there is one for this worker.
    fn help(&self) -> bool {
        let Shared { fork_join, sleepers, .. } = &*self.shared;
        fork_join.help(self.number, |excluded| _ = sleepers.wake(FAN_OUT, excluded))
    }

    /// Runs one chunk of the oldest asynchronous job, if there is one.
    fn run_chunk(&mut self) -> bool {
        let queue = &self.shared.queue;
        for job in queue.take_cancelled() {
            job.skip_rest();
        }
        loop {
            let job = match self.current.take() {
                Some(job) => job,
                None => {
                    let Some(job) = queue.front() else { return false };
                    if job.remaining() > 1 {
                        self.shared.sleepers.wake(FAN_OUT, NOBODY);
                    }
                    job
                }
            };
            let Some(claim) = job.claim() else {
                queue.remove(&job);
                continue;
            };
            if claim.is_last {
                queue.remove(&job);
                job.run(claim);
            } else {
                job.run(claim);
                self.current = Some(job);
            }
            return true;
        }
    }

    /// Waits a little for work; says whether there is some.
    fn spin(&self) -> bool {
        let fork_join = &self.shared.fork_join;
        spin(self.shared.spin, || self.is_work() || fork_join.is_in_the_way(self.number)) && self.is_work()
    }

    fn is_work(&self) -> bool {
        let shared = &*self.shared;
        shared.fork_join.has_work_for(self.number) || !shared.queue.is_empty() || shared.is_stopping()
    }
}
