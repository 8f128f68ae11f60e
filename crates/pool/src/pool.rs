//! The pool: the two ways to give its threads work, and changing how many there are.

use core::{fmt, mem};
use std::io;

use crate::cache_padded::CachePadded;
use crate::config::{Config, ConfigError};
use crate::crew::Crew;
use crate::fork_join::Work;
use crate::handle::Handle;
use crate::job::Job;
use crate::panic::{FirstPanic, Panicked};
use crate::placement::{Machine, Placement};
use crate::queue::Queue;
use crate::spin_lock::SpinLock;
use crate::submission::Submission;
use crate::sync::{Arc, JoinHandle, current, has_ended, is_worker};
use crate::tally::{Stats, Tallies};
use crate::turn::Turn;
use crate::worker::Order;

/// Why there is no pool.
#[derive(Debug)]
pub enum PoolError {
    /// An environment variable has a value that means nothing.
    Config(ConfigError),
    /// Not one thread could be started, or too few.
    Spawn(io::Error),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Spawn(error) => write!(
                f,
                "threads could not be started: {error}. Raise the limit on processes (ulimit -u, or the container's limit on \
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
    /// How it was made. The number of threads is the crew's affair.
    config: Config,
    crew: Turn<Arc<Crew>>,
    queue: Arc<Queue>,
    tallies: Arc<Tallies>,
    /// Threads of earlier crews that nobody has waited for.
    strays: SpinLock<Vec<JoinHandle<()>>>,
}

impl Pool {
    /// Starts the threads and waits until each stands where it belongs. Where some cannot be started, the pool has fewer.
    ///
    /// # Errors
    /// [`PoolError::Spawn`] when none could be started.
    pub fn new(config: Config) -> Result<Self, PoolError> {
        Self::on(Machine::read(), config)
    }

    pub(crate) fn on(machine: Machine, config: Config) -> Result<Self, PoolError> {
        Self::placed(Placement::new(&config, machine), config)
    }

    /// A pool whose callers are alone.
    pub(crate) fn without_threads() -> Result<Self, PoolError> {
        let config = Config { pin: false, spin: core::time::Duration::ZERO, ..Config::default() };
        Self::placed(Placement::nowhere(), config)
    }

    fn placed(placement: Placement, config: Config) -> Result<Self, PoolError> {
        let (queue, tallies) = (Arc::default(), Arc::default());
        let crew = Crew::start(placement, 0, config.spin, &queue, &tallies).map_err(PoolError::Spawn)?;
        Ok(Self { config, crew: Turn::new(Arc::new(crew)), queue, tallies, strays: SpinLock::default() })
    }

    /// Threads that a synchronous call may use, the caller included.
    pub fn size(&self) -> usize {
        self.crew.latest().size()
    }

    /// The CPUs on which threads of this pool are kept, ascending; none where they are not pinned.
    pub fn pinned(&self) -> Vec<usize> {
        self.crew.latest().pinned().to_vec()
    }

    /// What did not work when the threads were started, such as pinning, though the pool works without.
    pub fn diagnostics(&self) -> Option<String> {
        self.crew.latest().diagnostics().map(str::to_owned)
    }

    /// What the pool has done so far.
    pub fn stats(&self) -> Stats {
        self.tallies.sum()
    }

    /// Gives the pool `threads` workers, as [`Config::threads`] would; `None`: as many as the affinity set and the quota allow
    /// now. Workers are pinned as at the start, to what the affinity set is now.
    ///
    /// May be called at any time and by any thread; of several calls at once, one is the last. A synchronous job that runs
    /// meanwhile ends on the threads that it has; asynchronous jobs go on on the new ones. Returns when the old threads have
    /// gone, which takes as long as the chunks that they run; only a worker, in a chunk, does not wait for them.
    ///
    /// # Errors
    /// [`PoolError::Spawn`] when no new thread could be started, or fewer than there are and were asked for: the pool stays as it was.
    pub fn resize(&self, threads: Option<usize>) -> Result<(), PoolError> {
        self.resize_on(Machine::read(), threads)
    }

    pub(crate) fn resize_on(&self, machine: Machine, threads: Option<usize>) -> Result<(), PoolError> {
        let config = Config { threads, ..self.config.clone() };
        let placement = Placement::new(&config, machine);
        if self.crew.latest().is_for(&placement) {
            return Ok(());
        }
        let (least, spin) = (self.size(), config.spin);
        let crew = Crew::start(placement, least, spin, &self.queue, &self.tallies).map_err(PoolError::Spawn)?;
        let crew = Arc::new(crew);
        let before = self.crew.replace(Arc::clone(&crew));
        // Who submitted before the replacement may have woken a worker that leaves without a look at the queue. The lock inside
        // `replace` orders those submissions before this look.
        if !self.queue.is_empty() {
            crew.wake_for_queue(false);
        }
        let threads = before.dismiss(Order::Leave);
        if is_worker() {
            // Workers that wait for each other may do so in a circle.
            self.strays.with(|strays| {
                strays.retain(|stray| !has_ended(stray));
                strays.extend(threads);
            });
        } else {
            threads.into_iter().for_each(join);
        }
        Ok(())
    }

    /// Runs `body` once for each number below `chunks`, in any order and on several threads, this one among them; returns when
    /// all have returned. While another caller's job runs, and for calls inside `body`, all chunks run on this thread.
    ///
    /// # Errors
    /// [`Panicked`] when a chunk panicked; those that had not started then were skipped.
    pub fn run(&self, chunks: u32, body: &(dyn Fn(u32) + Sync)) -> Result<(), Panicked> {
        if chunks > 1
            && let Some(outcome) = self.run_with_help(chunks, body)
        {
            return outcome;
        }
        let tally = self.tallies.others();
        tally.jobs.add(1);
        tally.chunks.add(chunks.into());
        let panic = FirstPanic::default();
        Work::new(chunks, body, &panic).run_alone()
    }

    /// The same by the crew, unless it is another caller's turn.
    fn run_with_help(&self, chunks: u32, body: &(dyn Fn(u32) + Sync)) -> Option<Result<(), Panicked>> {
        // On lines of its own: helpers look at it before each chunk, while this thread writes what is beside it on the stack.
        let panic = CachePadded::new(FirstPanic::default());
        let work = Work::new(chunks, body, &panic);
        // SAFETY: it is this thread's turn, and turns follow each other.
        self.crew.take(|crew| unsafe { crew.run(&work) })
    }

    /// Queues a job of `chunks` chunks for the workers; the calling thread does not take part. Jobs start in the order in which
    /// they come.
    pub fn submit(&self, job: Arc<dyn Job>, chunks: u32) -> Handle {
        self.enqueue(Submission::new(job, chunks))
    }

    /// As [`submit`](Self::submit), by a thread that is about to sleep until the job has ended, as an event loop does. A job of one chunk
    /// is then given to the worker on this thread's CPU, which is awake, and on which this thread is woken afterwards. Every other CPU
    /// may sleep, and a CPU that sleeps takes 5 to 100 µs to wake.
    pub fn submit_near(&self, job: Arc<dyn Job>, chunks: u32) -> Handle {
        self.enqueue(Submission::near(job, chunks))
    }

    fn enqueue(&self, submission: Submission) -> Handle {
        let submission = Arc::new(submission);
        self.tallies.others().jobs.add(1);
        self.queue.push(Arc::clone(&submission));
        // In this order: see `resize`.
        self.crew.latest().wake_for_queue(submission.is_near());
        Handle::new(submission, Arc::clone(&self.queue))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.cancel_all();
        let threads = self.crew.latest().dismiss(Order::Finish);
        for thread in threads.into_iter().chain(self.strays.with(mem::take)) {
            // A job may own the pool that runs it, and be the last that does: a worker cannot wait for itself.
            if thread.thread().id() != current().id() {
                join(thread);
            }
        }
    }
}

/// A worker does not panic: what callers bring is caught.
fn join(thread: JoinHandle<()>) {
    drop(thread.join());
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.size()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use corepool_topology::{pin_current_thread, usable_cpus};

    use super::*;
    use crate::job::Outcome;
    use crate::sleepers::NOBODY;
    use crate::sync::{AtomicU32, Ordering, yield_now};

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
        let crew = pool.crew.latest();
        while crew.sleeping(NOBODY) != crew.started() {
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
            // Ends only if sleepers are woken, one by the caller and one by that one: each chunk waits for three.
            let inside = AtomicU32::new(0);
            let body = |_| {
                inside.fetch_add(1, Ordering::Relaxed);
                while inside.load(Ordering::Relaxed) < 3 {
                    yield_now();
                }
            };
            pool.run(64, &body).unwrap();
        }
    }

    #[test]
    fn one_chunk_wakes_nobody() {
        let pool = Pool::new(Config { threads: Some(3), ..Config::default() }).unwrap();
        for _ in 0..100 {
            wait_until_all_sleep(&pool);
            pool.run(1, &|_| ()).unwrap();
            assert_eq!(pool.crew.latest().sleeping(NOBODY), 3);
        }
    }

    #[test]
    fn the_worker_on_the_callers_cpu_is_not_woken() {
        let pool = Pool::new(Config { threads: Some(3), ..Config::default() }).unwrap();
        for _ in 0..100 {
            wait_until_all_sleep(&pool);
            let excluded = pool.crew.latest().excluded();
            pool.run(100, &|_| ()).unwrap();
            // The caller may have moved since, so only the number is certain.
            assert!(pool.crew.latest().sleeping(NOBODY) >= 1, "worker {excluded} was woken too");
        }
    }

    /// Notes the name of the thread that runs it.
    #[derive(Default)]
    struct Who(SpinLock<Option<String>>);

    impl Job for Who {
        fn run(&self, _: u32) {
            self.0.with(|name| *name = current().name().map(str::to_owned));
        }
        fn progressed(&self, _: u32, _: u32) {}
        fn finished(&self, _: Outcome) {}
    }

    #[test]
    fn a_near_job_is_run_by_the_worker_on_the_submitters_cpu_and_any_worker_will_do() {
        let cpus = usable_cpus();
        let pool = Pool::new(Config { threads: Some(cpus.len()), ..Config::default() }).unwrap();
        for (worker, &cpu) in cpus.iter().enumerate() {
            thread::scope(|scope| {
                scope.spawn(|| {
                    pin_current_thread(&[cpu]).unwrap();
                    for _ in 0..20 {
                        wait_until_all_sleep(&pool);
                        let job = Arc::new(Who::default());
                        pool.submit_near(Arc::<Who>::clone(&job) as Arc<dyn Job>, 1).wait();
                        assert_eq!(job.0.with(|name| name.take()), Some(format!("corepool-{worker}")));
                    }
                });
            });
        }
        let shared = Pool::new(Config { threads: Some(cpus.len() + 1), ..Config::default() }).unwrap();
        for chunks in [0, 1, 2, 100] {
            wait_until_all_sleep(&shared);
            shared.submit_near(Arc::new(Count(AtomicU32::new(0))), chunks).wait();
        }
    }

    #[test]
    fn where_pinning_is_refused_the_pool_works_and_says_why() {
        // A CPU that no machine has.
        let machine = Machine { cpus: vec![900_000, 900_001], threads: 2, quota: None };
        let pool = Pool::on(machine.clone(), Config::default()).unwrap();
        let diagnostics = pool.diagnostics().unwrap();
        assert!(diagnostics.contains("pin"), "{diagnostics}");
        assert_eq!(pool.pinned(), []);
        works(&pool);

        let unpinned = Pool::on(machine, Config { pin: false, ..Config::default() }).unwrap();
        assert_eq!(unpinned.diagnostics(), None);
        works(&unpinned);
    }

    #[test]
    fn a_machine_that_allows_something_else_now_gives_other_threads_and_the_same_one_the_same() {
        let machine = |threads| Machine { cpus: vec![900_000, 900_001], threads, quota: None };
        let pool = Pool::on(machine(2), Config { pin: false, ..Config::default() }).unwrap();
        let first = pool.crew.latest();
        pool.resize_on(machine(2), None).unwrap();
        pool.resize_on(machine(1), Some(2)).unwrap();
        assert!(Arc::ptr_eq(&first, &pool.crew.latest()));

        pool.resize_on(machine(1), None).unwrap();
        assert_eq!(pool.size(), 1);
        works(&pool);
        pool.resize_on(Machine { cpus: vec![900_000], threads: 1, quota: None }, Some(1)).unwrap();
        assert!(Arc::strong_count(&first) == 1, "nobody holds what is gone");
        works(&pool);
    }
}
