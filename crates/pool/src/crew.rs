//! The threads of a pool between two changes of their number, each where it belongs.
//!
//! A crew never changes. A pool that is to have another number of threads, or other CPUs, gets another crew, and the one that it
//! had is told to leave: its workers end the chunks that they run, and the synchronous job that they help with. Asynchronous
//! jobs lie in the pool's queue, where the next crew finds them.

use core::time::Duration;
use std::io;
use std::time::Instant;

use corepool_topology::{Pinned, current_cpu, pin_current_thread};

use crate::fork_join::{Waking, Work};
use crate::panic::Panicked;
use crate::placement::Placement;
use crate::queue::Queue;
use crate::sleepers::NOBODY;
use crate::spin_lock::SpinLock;
use crate::sync::{
    Arc, AtomicU64, AtomicUsize, Builder, HAS_TIME, JoinHandle, Ordering, current, is_worker, mark_worker, park,
};
use crate::tally::Tallies;
use crate::worker::{Order, Shared, Worker};

/// So many chunks are worth waking a thread for, whatever they do.
const MANY: u32 = 64;

/// Nanoseconds within which a small job follows the last one: no longer than workers spin.
const SOON: u64 = 20_000;

/// Bytes of a worker's stack, of which it uses a few kilobytes: whatever RUST_MIN_STACK says, which a program may set for threads of its own.
const STACK: usize = 2 << 20;

/// Threads, and where they stand.
pub(crate) struct Crew {
    shared: Arc<Shared>,
    placement: Placement,
    /// How many threads could be started.
    started: usize,
    /// CPUs on which a thread is kept, ascending.
    pinned: Vec<usize>,
    diagnostics: Option<String>,
    /// Taken by the one who dismisses them.
    threads: SpinLock<Vec<JoinHandle<()>>>,
    small_jobs: SmallJobs,
}

impl Crew {
    /// Starts the threads and waits until each stands where it belongs. Where some cannot be started, the crew has fewer, though
    /// of no smaller size than `least`.
    ///
    /// # Errors
    /// Why not one thread could be started, or too few; those that were have left.
    pub(crate) fn start(
        placement: Placement,
        least: usize,
        spin: Duration,
        queue: &Arc<Queue>,
        tallies: &Arc<Tallies>,
    ) -> io::Result<Self> {
        let spin = if placement.can_spin { spin } else { Duration::ZERO };
        let wanted = placement.threads();
        let shared = Arc::new(Shared::new(wanted, spin, Arc::clone(queue), Arc::clone(tallies)));
        let start = Arc::new(Start::default());
        let (mut threads, mut failure) = (Vec::new(), None);
        for number in 0..wanted {
            match spawn(number, placement.cpus_of(number), &shared, &start) {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let started = threads.len();
        start.wait_for(started);

        let shortage = match failure {
            Some(error) if started == 0 || placement.size(started) < least => {
                shared.command(Order::Leave);
                // A worker that asks for this does not wait: those here may be about to ask for it, too.
                threads.into_iter().filter(|_| !is_worker()).for_each(|thread| drop(thread.join()));
                return Err(error);
            }
            Some(error) => Some(format!("only {started} of {wanted} threads could be started: {error}")),
            None => None,
        };
        let unpinned = start.unpinned.with(core::mem::take);
        let is_pinned = |number: &usize| !unpinned.iter().any(|(worker, _)| worker == number);
        let mut pinned: Vec<usize> =
            (0..started).filter(is_pinned).filter_map(|number| placement.cpus_of(number)).flatten().copied().collect();
        pinned.sort_unstable();
        pinned.dedup();
        // All are refused for one reason, as a rule.
        let refusal = unpinned.into_iter().find_map(|(_, refusal)| refusal);
        let diagnostics: Vec<String> = shortage.into_iter().chain(refusal).collect();
        let diagnostics = (!diagnostics.is_empty()).then(|| diagnostics.join("; "));
        let (threads, small_jobs) = (SpinLock::new(threads), SmallJobs::default());
        Ok(Self { shared, placement, started, pinned, diagnostics, threads, small_jobs })
    }

    /// Threads that a synchronous call may use, the caller included.
    pub(crate) fn size(&self) -> usize {
        self.placement.size(self.started)
    }

    pub(crate) fn pinned(&self) -> &[usize] {
        &self.pinned
    }

    pub(crate) fn diagnostics(&self) -> Option<&str> {
        self.diagnostics.as_deref()
    }

    /// Whether a crew that is started for `placement` would be just like this one.
    pub(crate) fn is_for(&self, placement: &Placement) -> bool {
        self.placement == *placement && self.started == placement.threads()
    }

    /// Runs `work` with the workers' help.
    ///
    /// # Safety
    /// One caller at a time: the last one's return must have happened before.
    pub(crate) unsafe fn run(&self, work: &Work<'_>) -> Result<(), Panicked> {
        let Shared { fork_join, tallies, spin, .. } = &*self.shared;
        tallies.turn().jobs.add_alone(1);
        tallies.turn().chunks.add_alone(work.chunks().into());
        if self.size() < 2 {
            return work.run_alone();
        }
        let excluded = self.placement.excluded(current_cpu(), self.started);
        // A hint: who falls asleep after this look is not missed by `wake_helpers`.
        let asleep = self.shared.sleepers.count(excluded);
        let is_small = HAS_TIME && work.chunks() < MANY && asleep > 0;
        let waking = match asleep {
            0 => Waking::Later,
            _ if is_small && !self.small_jobs.follow_each_other() => Waking::IfWorthIt,
            _ => Waking::AtOnce,
        };
        // SAFETY: the same condition.
        let outcome = unsafe { fork_join.run(work, excluded, *spin, waking, |left| self.wake_helpers(left, excluded)) };
        if is_small {
            self.small_jobs.note_end();
        }
        outcome
    }

    /// Wakes one sleeper, who wakes the others, unless those who are awake are enough for the chunks that are left. They may be busy
    /// with a chunk of an asynchronous job; then they come a little later. By the caller whose turn it is.
    fn wake_helpers(&self, left: u32, excluded: usize) {
        let sleepers = &self.shared.sleepers;
        sleepers.after_offering();
        let asleep = sleepers.count(excluded);
        let helpers = self.started - usize::from(excluded != NOBODY);
        if asleep > 0 && helpers - asleep.min(helpers) < left as usize && sleepers.wake(1, excluded) == 1 {
            self.shared.tallies.turn().wakes.add_alone(1);
        }
    }

    /// After something was put into the queue. Nobody else runs it, so a wake must not be lost; `Sleepers` says why none is. A
    /// worker on another CPU than this thread's is better, or the one on this CPU where the job `is_near`; any other will do.
    pub(crate) fn wake_for_queue(&self, is_near: bool) {
        let Shared { sleepers, tallies, .. } = &*self.shared;
        sleepers.after_offering();
        let cpu = current_cpu();
        let nearest = if is_near { self.placement.worker_on(cpu, self.started) } else { None };
        let except = self.placement.excluded(cpu, self.started);
        let is_woken = nearest.is_some_and(|worker| sleepers.wake_one(worker))
            || sleepers.wake(1, except) == 1
            || sleepers.wake(1, NOBODY) == 1;
        if is_woken {
            tallies.others().wakes.add(1);
        }
    }

    /// Tells the workers to stop as `order` says; gives the threads to wait for, once.
    pub(crate) fn dismiss(&self, order: Order) -> Vec<JoinHandle<()>> {
        self.shared.command(order);
        self.threads.with(core::mem::take)
    }

    /// Workers that sleep, but for one.
    #[cfg(test)]
    pub(crate) fn sleeping(&self, except: usize) -> usize {
        self.shared.sleepers.count(except)
    }

    /// The worker that a job of the calling thread does without.
    #[cfg(test)]
    pub(crate) fn excluded(&self) -> usize {
        self.placement.excluded(current_cpu(), self.started)
    }

    #[cfg(test)]
    pub(crate) fn started(&self) -> usize {
        self.started
    }
}

/// When the last job ended that found workers asleep and was too small to be worth a wake for itself. A worker that is woken for the
/// second of two that follow each other spins for the third.
#[derive(Debug)]
struct SmallJobs {
    epoch: Instant,
    /// Nanoseconds from `epoch` on; 0 for none yet.
    last_end: AtomicU64,
}

impl Default for SmallJobs {
    fn default() -> Self {
        Self { epoch: Instant::now(), last_end: AtomicU64::new(0) }
    }
}

impl SmallJobs {
    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Whether the last one ended just now.
    fn follow_each_other(&self) -> bool {
        // Relaxed, here and below: by the caller whose turn it is, and it orders nothing.
        let last_end = self.last_end.load(Ordering::Relaxed);
        last_end != 0 && self.now().saturating_sub(last_end) < SOON
    }

    fn note_end(&self) {
        self.last_end.store(self.now(), Ordering::Relaxed);
    }
}

fn spawn(
    number: usize,
    cpus: Option<&[usize]>,
    shared: &Arc<Shared>,
    start: &Arc<Start>,
) -> io::Result<JoinHandle<()>> {
    let (shared, start, starter) = (Arc::clone(shared), Arc::clone(start), current());
    let cpus = cpus.map(<[usize]>::to_vec);
    Builder::new().name(format!("corepool-{number}")).stack_size(STACK).spawn(move || {
        let refusal = match cpus.map(|cpus| pin_current_thread(&cpus)) {
            None | Some(Ok(Pinned::ToCpus)) => None,
            Some(Ok(Pinned::ToFastCores)) => Some(None),
            Some(Err(refused)) => Some(Some(refused.to_string())),
        };
        start.unpinned.with(|unpinned| unpinned.extend(refusal.map(|refusal| (number, refusal))));
        mark_worker();
        let worker = Worker::new(number, shared);
        // Release: pairs with the Acquire in `wait_for`; what `unpinned` has got is visible.
        start.ready.fetch_add(1, Ordering::Release);
        drop(start);
        starter.unpark();
        worker.run();
    })
}

/// What the thread that starts a crew waits for.
#[derive(Debug, Default)]
struct Start {
    ready: AtomicUsize,
    /// The workers that are kept on no CPU, and why that was refused; nothing where the system does as well without.
    unpinned: SpinLock<Vec<(usize, Option<String>)>>,
}

impl Start {
    fn wait_for(&self, threads: usize) {
        // Acquire: pairs with the Release of each worker.
        while self.ready.load(Ordering::Acquire) < threads {
            park();
        }
    }
}
