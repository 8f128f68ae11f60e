//! What a worker does: help with the synchronous job, else run a chunk of an asynchronous one, else spin a little, else sleep.
//!
//! Asynchronous jobs have nobody but the workers, so a worker must never sleep while one waits and all others sleep too. That
//! rests on [`Sleepers`](crate::sleepers): whoever offers work wakes a sleeper, unless every worker is awake and will look
//! again. For synchronous jobs the same protocol only brings help sooner, since their callers claim chunks themselves.

use core::time::Duration;

use crate::fork_join::ForkJoin;
use crate::queue::Queue;
use crate::sleepers::{NOBODY, Sleepers};
use crate::slice::Slice;
use crate::spin::spin;
use crate::submission::Submission;
use crate::sync::{Arc, AtomicU32, Ordering};
use crate::tally::{Tallies, Tally};

/// Sleepers that a worker wakes when it comes upon work for several: the awake ones double with every step.
const FAN_OUT: usize = 2;

/// What the workers of one crew and its callers share.
pub(crate) struct Shared {
    pub(crate) fork_join: ForkJoin,
    /// The pool's: it outlives the crew.
    pub(crate) queue: Arc<Queue>,
    pub(crate) tallies: Arc<Tallies>,
    pub(crate) sleepers: Sleepers,
    /// Longest time that anyone spins; zero where CPUs are short.
    pub(crate) spin: Duration,
    /// An [`Order`] as a number.
    order: AtomicU32,
}

/// What the workers of a crew are to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    /// Work.
    Stay,
    /// Work until no asynchronous job is left.
    Finish,
    /// Work until no chunk of the synchronous job is left. Others see to the asynchronous ones.
    Leave,
}

impl Shared {
    pub(crate) fn new(workers: usize, spin: Duration, queue: Arc<Queue>, tallies: Arc<Tallies>) -> Self {
        Self {
            fork_join: ForkJoin::new(),
            queue,
            tallies,
            sleepers: Sleepers::new(workers),
            spin,
            order: AtomicU32::new(Order::Stay as u32),
        }
    }

    /// Tells every worker, also those that sleep.
    pub(crate) fn command(&self, order: Order) {
        // Release: pairs with the Acquire in `has`; jobs cancelled before it are seen to be.
        self.order.store(order as u32, Ordering::Release);
        self.sleepers.after_offering();
        self.sleepers.wake(usize::MAX, NOBODY);
    }

    /// Whether the workers were told so, or to do less.
    fn has(&self, order: Order) -> bool {
        // Acquire: pairs with the Release in `command`.
        self.order.load(Ordering::Acquire) >= order as u32
    }
}

/// One thread of a crew.
pub(crate) struct Worker {
    number: usize,
    shared: Arc<Shared>,
    /// The asynchronous job that it ran a chunk of last, while chunks are left. Sparing the queue's lock.
    current: Option<Arc<Submission>>,
    slice: Slice,
}

impl Worker {
    /// On the worker's own thread.
    pub(crate) fn new(number: usize, shared: Arc<Shared>) -> Self {
        shared.sleepers.register(number);
        Self { number, shared, current: None, slice: Slice::new() }
    }

    /// Works until it is told to stop.
    pub(crate) fn run(mut self) {
        loop {
            // Only useful work is a reason to spin: a worker that is woken in vain often stands on the CPU of the thread that woke it, and
            // so does the one that is given a job because it is near.
            let may_follow = self.work();
            self.slice.end();
            if may_follow && self.spin() {
                continue;
            }
            let shared = &*self.shared;
            if shared.has(Order::Leave) || shared.has(Order::Finish) && shared.queue.is_empty() {
                return;
            }
            if shared.sleepers.sleep(self.number, || self.is_work()) {
                self.tally().parks.add(1);
            }
        }
    }

    /// Works as long as there is something to do; says whether more may follow soon for which this worker is the right one.
    fn work(&mut self) -> bool {
        let mut may_follow = false;
        loop {
            // A synchronous job has a thread waiting for it, so it comes first, between any two chunks.
            if self.help() {
                may_follow = true;
            } else if let Some(is_near) = self.run_chunk() {
                may_follow = !is_near;
            } else {
                return may_follow;
            }
        }
    }

    /// Helps with the synchronous job, if there is one for this worker.
    fn help(&self) -> bool {
        self.shared.fork_join.help(self.number, |excluded| self.wake_others(excluded))
    }

    /// Runs one chunk of the oldest asynchronous job, if there is one; says of that job whether it is near.
    fn run_chunk(&mut self) -> Option<bool> {
        if self.shared.has(Order::Leave) {
            // What `current` has left is still in the queue.
            return None;
        }
        for job in self.shared.queue.take_cancelled() {
            job.skip_rest();
        }
        loop {
            let job = match self.current.take() {
                Some(job) => job,
                None => {
                    let job = self.shared.queue.front()?;
                    if job.remaining() > 1 {
                        self.wake_others(NOBODY);
                    }
                    job
                }
            };
            let Some(claim) = job.claim() else {
                self.shared.queue.remove(&job);
                continue;
            };
            let is_last = claim.is_last;
            if is_last {
                self.shared.queue.remove(&job);
            }
            let is_near = job.is_near();
            self.tally().chunks.add(1);
            job.run(claim);
            if !is_last {
                self.current = Some(job);
                self.slice.yield_if_over();
            }
            return Some(is_near);
        }
    }

    fn wake_others(&self, except: usize) {
        match self.shared.sleepers.wake(FAN_OUT, except) {
            0 => {}
            woken => self.tally().wakes.add(woken as u64),
        }
    }

    /// Waits a little for work; says whether there is some.
    fn spin(&self) -> bool {
        let fork_join = &self.shared.fork_join;
        spin(self.shared.spin, || self.is_work() || fork_join.is_in_the_way(self.number)) && self.is_work()
    }

    fn is_work(&self) -> bool {
        let shared = &*self.shared;
        shared.fork_join.has_work_for(self.number) || !shared.queue.is_empty() || shared.has(Order::Finish)
    }

    fn tally(&self) -> &Tally {
        self.shared.tallies.worker(self.number)
    }
}
