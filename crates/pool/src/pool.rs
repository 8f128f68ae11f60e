//! The pool: threads, and the two ways to give them work.

use core::fmt;
use core::time::Duration;
use std::io;
use std::thread;

use corepool_topology::{current_cpu, pin_current_thread};

use crate::config::{Config, ConfigError};
use crate::fork_join::Work;
use crate::handle::Handle;
use crate::job::Job;
use crate::panic::Panicked;
use crate::placement::{Machine, Placement};
use crate::sleepers::NOBODY;
use crate::spin_lock::SpinLock;
use crate::submission::Submission;
use crate::sync::{Arc, AtomicUsize, JoinHandle, OnceLock, Ordering, current, park};
use crate::worker::{Shared, Worker};

/// Why there is no pool.
#[derive(Debug)]
pub enum PoolError {
    /// An environment variable has a value that means nothing.
    Config(ConfigError),
    /// Not one thread could be started.
    Spawn(io::Error),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Spawn(error) => write!(
                f,
                "no thread could be started: {error}. Raise the limit on processes (ulimit -u, or the container's limit on \
                 process ids) or on memory."
            ),
        }
    }
}

impl core::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::Spawn(error) => Some(error),
        }
    }
}

impl From<ConfigError> for PoolError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// Threads pinned to CPUs, which run chunks of jobs.
///
/// Dropping a pool cancels its asynchronous jobs, waits until they have ended, and joins the threads.
pub struct Pool {
    shared: Arc<Shared>,
    placement: Placement,
    threads: Vec<JoinHandle<()>>,
    diagnostics: Option<String>,
}

impl Pool {
    /// Starts the threads and waits until each stands where it belongs. Where some cannot be started, the pool has fewer.
    ///
    /// # Errors
    /// [`PoolError::Spawn`] when none could be started.
    pub fn new(config: Config) -> Result<Self, PoolError> {
        Self::on(Machine::read(), &config)
    }

    fn on(machine: Machine, config: &Config) -> Result<Self, PoolError> {
        let placement = Placement::new(config, machine);
        let spin = if placement.can_spin { config.spin } else { Duration::ZERO };
        let mut pool = Self {
            shared: Arc::new(Shared::new(placement.threads(), spin)),
            placement,
            threads: Vec::new(),
            diagnostics: None,
        };
        let start = Arc::new(Start::default());
        let mut failure = None;
        for number in 0..pool.placement.threads() {
            match pool.spawn(number, &start) {
                Ok(thread) => pool.threads.push(thread),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        start.wait_for(pool.threads.len());

        let (started, wanted) = (pool.threads.len(), pool.placement.threads());
        let shortage = match failure {
            Some(error) if started == 0 => return Err(PoolError::Spawn(error)),
            Some(error) => Some(format!("only {started} of {wanted} threads could be started: {error}")),
            None => None,
        };
        let diagnostics: Vec<String> = shortage.into_iter().chain(start.refusal.with(Option::take)).collect();
        pool.diagnostics = (!diagnostics.is_empty()).then(|| diagnostics.join("; "));
        Ok(pool)
    }

    fn spawn(&self, number: usize, start: &Arc<Start>) -> io::Result<JoinHandle<()>> {
        let (shared, start, starter) = (Arc::clone(&self.shared), Arc::clone(start), current());
        let cpus = self.placement.cpus_of(number).map(<[usize]>::to_vec);
        thread::Builder::new().name(format!("corepool-{number}")).spawn(move || {
            if let Some(Err(refused)) = cpus.map(|cpus| pin_current_thread(&cpus)) {
                start.refusal.with(|first| _ = first.get_or_insert(refused.to_string()));
            }
            let worker = Worker::new(number, shared);
            // Release: pairs with the Acquire in `wait_for`; the refusal is visible.
            start.ready.fetch_add(1, Ordering::Release);
            drop(start);
            starter.unpark();
            worker.run();
        })
    }

    /// The pool of this copy of the library, configured by the environment ([`Config::from_environment`]) and started by the
    /// first call. It lives as long as the process.
    ///
    /// # Errors
    /// [`PoolError`] of the first call, from then on.
    pub fn global() -> Result<&'static Self, &'static PoolError> {
        static POOL: OnceLock<Result<Pool, PoolError>> = OnceLock::new();
        POOL.get_or_init(|| Self::new(Config::from_environment()?)).as_ref()
    }

    /// Threads that a synchronous call may use, the caller included.
    pub fn size(&self) -> usize {
        self.placement.size(self.threads.len())
    }

    /// What did not work when the pool was started, such as pinning, though the pool works without.
    pub fn diagnostics(&self) -> Option<&str> {
        self.diagnostics.as_deref()
    }

    /// Runs `body` once for each number below `chunks`, in any order and on several threads, this one among them; returns when
    /// all have returned. While another caller's job runs, and for calls inside `body`, all chunks run on this thread.
    ///
    /// # Errors
    /// [`Panicked`] when a chunk panicked; those that had not started then were skipped.
    pub fn run(&self, chunks: u32, body: &(dyn Fn(u32) + Sync)) -> Result<(), Panicked> {
        let work = Work::new(chunks, body);
        if chunks < 2 || self.size() < 2 {
            return work.run_alone();
        }
        let excluded = self.placement.excluded(current_cpu(), self.threads.len());
        let wake = || self.wake_helpers(chunks, excluded);
        match self.shared.fork_join.run(work, excluded, self.shared.spin, wake) {
            Ok(outcome) => outcome,
            Err(work) => work.run_alone(),
        }
    }

    /// Wakes one sleeper, who wakes the others, unless those who are awake are enough. They may be busy with a chunk of an
    /// asynchronous job; then they come a little later.
    fn wake_helpers(&self, chunks: u32, excluded: usize) {
        let sleepers = &self.shared.sleepers;
        sleepers.after_offering();
        let asleep = sleepers.count(excluded);
        let helpers = self.threads.len() - usize::from(excluded != NOBODY);
        if asleep > 0 && helpers - asleep.min(helpers) < chunks as usize - 1 {
            sleepers.wake(1, excluded);
        }
    }

    /// Queues a job of `chunks` chunks for the workers; the calling thread does not take part. Jobs start in the order in which
    /// they come.
    pub fn submit(&self, job: Arc<dyn Job>, chunks: u32) -> Handle {
        let submission = Arc::new(Submission::new(job, chunks));
        let queue = Arc::clone(&self.shared.queue);
        queue.push(Arc::clone(&submission));
        // Nobody else runs this job, so a wake must not be lost; `Sleepers` says why none is. A worker on another CPU than this
        // thread's is better, any other will do.
        let sleepers = &self.shared.sleepers;
        sleepers.after_offering();
        if sleepers.wake(1, self.placement.excluded(current_cpu(), self.threads.len())) == 0 {
            sleepers.wake(1, NOBODY);
        }
        Handle::new(submission, queue)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.queue.cancel_all();
        // Release: pairs with the Acquire in `Shared::is_stopping`.
        self.shared.is_stopping.store(true, Ordering::Release);
        self.shared.sleepers.after_offering();
        self.shared.sleepers.wake(usize::MAX, NOBODY);
        for thread in self.threads.drain(..) {
            // A job may own the pool that runs it, and be the last that does: a worker cannot wait for itself.
            if thread.thread().id() != current().id() {
                // A worker does not panic: what callers bring is caught.
                drop(thread.join());
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.size()).finish_non_exhaustive()
    }
}

/// What the thread that starts a pool waits for.
#[derive(Debug, Default)]
struct Start {
    ready: AtomicUsize,
    refusal: SpinLock<Option<String>>,
}

impl Start {
    fn wait_for(&self, threads: usize) {
        // Acquire: pairs with the Release of each worker.
        while self.ready.load(Ordering::Acquire) < threads {
            park();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Outcome;
    use crate::sync::{AtomicU32, yield_now};

    struct Count(AtomicU32);

    impl Job for Count {
        fn run(&self, _: u32) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        fn progressed(&self, _: u32, _: u32) {}
        fn finished(&self, _: Outcome) {}
    }

    fn works(pool: &Pool) {
        let count = Arc::new(Count(AtomicU32::new(0)));
        pool.run(10, &|chunk| count.run(chunk)).unwrap();
        let job: Arc<dyn Job> = Arc::<Count>::clone(&count);
        pool.submit(job, 10).wait();
        assert_eq!(count.0.load(Ordering::Relaxed), 20);
    }

    fn wait_until_all_sleep(pool: &Pool) {
        while pool.shared.sleepers.count(NOBODY) != pool.threads.len() {
            yield_now();
        }
    }

    #[test]
    fn workers_without_work_go_to_sleep_and_are_woken_by_either_kind() {
        let pool = Pool::new(Config { threads: Some(3), ..Config::default() }).unwrap();
        for _ in 0..100 {
            wait_until_all_sleep(&pool);
            works(&pool);
            wait_until_all_sleep(&pool);
            // Ends only if sleepers are woken, one by the caller and one by that one: each chunk waits for all three.
            let inside = AtomicU32::new(0);
            let body = |_| {
                inside.fetch_add(1, Ordering::Relaxed);
                while inside.load(Ordering::Relaxed) < 3 {
                    yield_now();
                }
            };
            pool.run(3, &body).unwrap();
        }
    }

    #[test]
    fn one_chunk_wakes_nobody() {
        let pool = Pool::new(Config { threads: Some(3), ..Config::default() }).unwrap();
        for _ in 0..100 {
            wait_until_all_sleep(&pool);
            pool.run(1, &|_| ()).unwrap();
            assert_eq!(pool.shared.sleepers.count(NOBODY), 3);
        }
    }

    #[test]
    fn the_worker_on_the_callers_cpu_is_not_woken() {
        let pool = Pool::new(Config { threads: Some(3), ..Config::default() }).unwrap();
        for _ in 0..100 {
            wait_until_all_sleep(&pool);
            let excluded = pool.placement.excluded(current_cpu(), 3);
            pool.run(50, &|_| ()).unwrap();
            // The caller may have moved since, so only the number is certain.
            assert!(pool.shared.sleepers.count(NOBODY) >= 1, "worker {excluded} was woken too");
        }
    }

    #[test]
    fn where_pinning_is_refused_the_pool_works_and_says_why() {
        // A CPU that no machine has.
        let machine = Machine { cpus: vec![900_000, 900_001], threads: 2, quota: None };
        let pool = Pool::on(machine.clone(), &Config::default()).unwrap();
        let diagnostics = pool.diagnostics().unwrap();
        assert!(diagnostics.contains("pin"), "{diagnostics}");
        works(&pool);

        let unpinned = Pool::on(machine, &Config { pin: false, ..Config::default() }).unwrap();
        assert_eq!(unpinned.diagnostics(), None);
        works(&unpinned);
    }
}
