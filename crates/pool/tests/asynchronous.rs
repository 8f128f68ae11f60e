//! Asynchronous jobs: what `Pool::submit` and its handle promise.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use corepool_pool::{Config, Handle, Job, Outcome, Pool};

/// A job made of closures, which notes what it is told.
struct Told<F> {
    body: F,
    runs: Vec<AtomicU32>,
    progress: Mutex<Vec<u32>>,
    outcomes: Mutex<Vec<Outcome>>,
}

impl<F: Fn(u32) + Send + Sync + 'static> Told<F> {
    fn submit(pool: &Pool, chunks: u32, body: F) -> (Arc<Self>, Handle) {
        let runs = (0..chunks).map(|_| AtomicU32::new(0)).collect();
        let job = Arc::new(Self { body, runs, progress: Mutex::default(), outcomes: Mutex::default() });
        let handle = pool.submit(Arc::<Self>::clone(&job), chunks);
        (job, handle)
    }

    fn outcomes(&self) -> Vec<Outcome> {
        self.outcomes.lock().unwrap().clone()
    }

    fn ran(&self) -> usize {
        self.runs.iter().filter(|runs| runs.load(Ordering::Relaxed) == 1).count()
    }
}

impl<F: Fn(u32) + Send + Sync + 'static> Job for Told<F> {
    fn run(&self, chunk: u32) {
        assert_eq!(self.runs[chunk as usize].fetch_add(1, Ordering::Relaxed), 0, "chunk {chunk} runs twice");
        (self.body)(chunk);
    }

    fn progressed(&self, done: u32, chunks: u32) {
        assert_eq!(chunks as usize, self.runs.len());
        assert!(self.outcomes().is_empty(), "progress after the end");
        self.progress.lock().unwrap().push(done);
    }

    fn finished(&self, outcome: Outcome) {
        assert!(thread::current().name().unwrap().starts_with("corepool-"), "finished on a thread that is no worker");
        self.outcomes.lock().unwrap().push(outcome);
    }
}

/// A job's chunks wait here until the test lets them go.
#[derive(Clone, Default)]
struct Gate {
    arrived: Arc<AtomicU32>,
    is_open: Arc<AtomicBool>,
}

impl Gate {
    fn pass(&self) {
        self.arrived.fetch_add(1, Ordering::Relaxed);
        while !self.is_open.load(Ordering::Relaxed) {
            thread::yield_now();
        }
    }

    fn wait_for(&self, threads: u32) {
        while self.arrived.load(Ordering::Relaxed) < threads {
            thread::yield_now();
        }
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
    }
}

fn pool(threads: usize) -> Pool {
    Pool::new(Config { threads: Some(threads), ..Config::default() }).unwrap()
}

#[test]
fn a_job_runs_every_chunk_once_on_workers_and_completes() {
    for threads in [1, 2, 5] {
        let pool = pool(threads);
        for chunks in [1, 2, 3, 100, 1_000] {
            let caller = thread::current().id();
            let (job, handle) = Told::submit(&pool, chunks, move |_| assert_ne!(thread::current().id(), caller));
            handle.wait();
            assert!(handle.is_finished());
            assert_eq!(handle.done(), chunks);
            assert_eq!(job.ran(), chunks as usize);
            assert_eq!(job.outcomes(), [Outcome::Completed]);
        }
    }
}

#[test]
fn a_job_without_chunks_completes() {
    let pool = pool(2);
    let (job, handle) = Told::submit(&pool, 0, |_| unreachable!("there is no chunk"));
    handle.wait();
    assert_eq!(handle.done(), 0);
    assert_eq!(job.outcomes(), [Outcome::Completed]);
}

#[test]
fn all_workers_share_a_job() {
    let pool = pool(3);
    let gate = Gate::default();
    let inside = gate.clone();
    let (_, handle) = Told::submit(&pool, 3, move |_| inside.pass());
    gate.wait_for(3);
    gate.open();
    handle.wait();
}

#[test]
fn progress_grows_and_comes_about_a_hundred_times_at_most() {
    let pool = pool(3);
    for chunks in [1, 2, 50, 100, 101, 5_000] {
        let (job, handle) = Told::submit(&pool, chunks, |_| ());
        handle.wait();
        let progress = job.progress.lock().unwrap().clone();
        assert!(progress.is_sorted_by(|earlier, later| earlier < later), "{progress:?}");
        assert!(progress.len() <= 100 && progress.iter().all(|&done| done < chunks), "{progress:?}");
        assert!(!progress.is_empty() || chunks == 1, "no progress in {chunks} chunks");
    }
}

#[test]
fn with_one_worker_progress_tells_every_step() {
    let pool = pool(1);
    let (job, handle) = Told::submit(&pool, 1_000, |_| ());
    handle.wait();
    assert_eq!(*job.progress.lock().unwrap(), (1..100).map(|step| step * 10).collect::<Vec<_>>());
}

#[test]
fn a_cancelled_job_runs_no_further_chunk_and_finishes_once() {
    let pool = pool(2);
    let gate = Gate::default();
    let inside = gate.clone();
    let (job, handle) = Told::submit(&pool, 1_000_000, move |_| inside.pass());
    gate.wait_for(2);
    assert!(!handle.is_finished());
    handle.cancel();
    handle.cancel();
    gate.open();
    handle.wait();
    assert_eq!(job.outcomes(), [Outcome::Cancelled]);
    assert_eq!((job.ran(), handle.done()), (2, 2));
}

#[test]
fn a_cancelled_job_does_not_wait_for_its_turn() {
    let pool = pool(2);
    let gate = Gate::default();
    let (first, second) = (gate.clone(), gate.clone());
    // One worker stays in the first job until the test opens the gate; the other one has chunks of it to run.
    let endless = Arc::new(AtomicBool::new(true));
    let busy = Arc::clone(&endless);
    let (_, long) = Told::submit(&pool, 1_000_000, move |chunk| {
        if chunk == 0 {
            first.pass();
        } else if busy.load(Ordering::Relaxed) {
            thread::yield_now();
        }
    });
    let (queued, handle) = Told::submit(&pool, 10, move |_| second.pass());
    handle.cancel();
    handle.wait();
    assert_eq!(queued.outcomes(), [Outcome::Cancelled]);
    assert_eq!(queued.ran(), 0);
    assert!(!long.is_finished());
    endless.store(false, Ordering::Relaxed);
    long.cancel();
    gate.open();
    long.wait();
}

#[test]
fn a_cancel_after_the_end_changes_nothing() {
    let pool = pool(2);
    let (job, handle) = Told::submit(&pool, 10, |_| ());
    handle.wait();
    handle.cancel();
    handle.wait();
    assert_eq!(job.outcomes(), [Outcome::Completed]);
}

#[test]
fn a_cancel_that_comes_at_any_moment_gives_one_outcome_that_fits() {
    let pool = pool(3);
    for round in 0..500_u32 {
        let (job, handle) = Told::submit(&pool, 20, |_| ());
        while handle.done() < round % 20 {
            std::hint::spin_loop();
        }
        handle.cancel();
        handle.wait();
        match &job.outcomes()[..] {
            [Outcome::Completed] => assert_eq!((job.ran(), handle.done()), (20, 20)),
            [Outcome::Cancelled] => assert!(job.ran() < 20 && handle.done() as usize == job.ran()),
            outcomes => panic!("{outcomes:?}"),
        }
    }
}

#[test]
fn a_panic_is_the_outcome_and_the_workers_go_on() {
    let pool = pool(2);
    for _ in 0..20 {
        let (job, handle) = Told::submit(&pool, 1_000, |chunk| assert_ne!(chunk, 5, "chunk 5 is a bad one"));
        handle.wait();
        let outcomes = job.outcomes();
        let [Outcome::Panicked(message)] = &outcomes[..] else { panic!("{outcomes:?}") };
        assert!(message.contains("chunk 5 is a bad one"), "{message}");
    }
    let (job, handle) = Told::submit(&pool, 100, |_| ());
    handle.wait();
    assert_eq!(job.outcomes(), [Outcome::Completed]);
}

#[test]
fn a_panic_in_a_callback_neither_hangs_the_waiter_nor_ends_the_worker() {
    struct Rude(&'static str, Arc<Mutex<Vec<Outcome>>>);

    impl Job for Rude {
        fn run(&self, _: u32) {}
        fn progressed(&self, _: u32, _: u32) {
            assert_ne!(self.0, "progressed", "in progressed");
        }
        fn finished(&self, outcome: Outcome) {
            self.1.lock().unwrap().push(outcome);
            assert_ne!(self.0, "finished", "in finished");
        }
    }

    impl Drop for Rude {
        fn drop(&mut self) {
            assert_ne!(self.0, "dropped", "in drop");
        }
    }

    let pool = pool(1);
    for place in ["progressed", "finished", "dropped"] {
        let outcomes = Arc::default();
        let handle = pool.submit(Arc::new(Rude(place, Arc::clone(&outcomes))), 10);
        handle.wait();
        let outcomes = outcomes.lock().unwrap();
        match (place, &outcomes[..]) {
            ("progressed", [Outcome::Panicked(message)]) => assert!(message.contains("in progressed")),
            ("finished" | "dropped", [Outcome::Completed]) => {}
            _ => panic!("{place}: {outcomes:?}"),
        }
    }
}

#[test]
fn jobs_start_in_the_order_in_which_they_come() {
    let pool = pool(1);
    let gate = Gate::default();
    let inside = gate.clone();
    let (_, first) = Told::submit(&pool, 1, move |_| inside.pass());
    let order = Arc::new(Mutex::new(Vec::new()));
    let handles: Vec<Handle> = (0..10)
        .map(|number| {
            let order = Arc::clone(&order);
            Told::submit(&pool, 3, move |_| order.lock().unwrap().push(number)).1
        })
        .collect();
    gate.open();
    first.wait();
    handles.iter().for_each(Handle::wait);
    assert!(order.lock().unwrap().is_sorted());
}

#[test]
fn a_synchronous_job_is_helped_between_two_chunks_of_an_asynchronous_one() {
    let pool = pool(2);
    let (_, handle) = Told::submit(&pool, u32::MAX >> 8, |_| thread::yield_now());
    let inside = AtomicU32::new(0);
    // Ends only if a worker leaves the asynchronous job for this one.
    let body = |_| {
        inside.fetch_add(1, Ordering::Relaxed);
        while inside.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
    };
    pool.run(64, &body).unwrap();
    assert!(!handle.is_finished());
    handle.cancel();
    handle.wait();
}

#[test]
fn a_job_may_call_run() {
    let pool = Arc::new(pool(2));
    let count = Arc::new(AtomicU32::new(0));
    let (inner_pool, inner_count) = (Arc::clone(&pool), Arc::clone(&count));
    let body = move |_| {
        inner_pool.run(10, &|_| _ = inner_count.fetch_add(1, Ordering::Relaxed)).unwrap();
    };
    let (job, handle) = Told::submit(&pool, 50, body);
    handle.wait();
    assert_eq!(job.outcomes(), [Outcome::Completed]);
    assert_eq!(count.load(Ordering::Relaxed), 500);
}

#[test]
fn a_job_of_a_sleeping_pool_is_never_overlooked() {
    let rounds = if cfg!(debug_assertions) { 3_000 } else { 30_000 };
    for threads in [1, 2, 3] {
        // Without spinning, workers go to sleep after every job.
        let pool =
            Pool::new(Config { threads: Some(threads), spin: std::time::Duration::ZERO, ..Config::default() }).unwrap();
        for _ in 0..rounds {
            Told::submit(&pool, 1, |_| ()).1.wait();
        }
    }
}

#[test]
fn several_submitters_at_once_get_every_job_finished() {
    let pool = pool(3);
    thread::scope(|scope| {
        for submitter in 0..3_u32 {
            let pool = &pool;
            scope.spawn(move || {
                for batch in 0..30 {
                    let jobs: Vec<_> =
                        (0..10).map(|job| Told::submit(pool, (submitter + batch + job) % 7, |_| ())).collect();
                    for (job, handle) in &jobs {
                        pool.run(3, &|_| ()).unwrap();
                        handle.wait();
                        assert_eq!(job.outcomes(), [Outcome::Completed]);
                    }
                }
            });
        }
    });
}

#[test]
fn what_a_job_wrote_is_there_when_the_wait_is_over_and_the_pool_has_let_go_of_it() {
    let pool = pool(3);
    for _ in 0..200 {
        let (job, handle) = Told::submit(&pool, 10, |_| ());
        handle.wait();
        assert_eq!(Arc::strong_count(&job), 1);
    }
}
