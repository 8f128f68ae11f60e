//! Starting and dropping pools.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use corepool_pool::{Config, Handle, Job, Outcome, Pool};

fn pool(threads: usize) -> Pool {
    Pool::new(Config { threads: Some(threads), ..Config::default() }).unwrap()
}

/// A job whose chunks take as long as the test wants.
#[derive(Default)]
struct Slow {
    started: AtomicU32,
    may_end: AtomicBool,
    outcomes: Mutex<Vec<Outcome>>,
}

impl Job for Slow {
    fn run(&self, _: u32) {
        self.started.fetch_add(1, Ordering::Relaxed);
        while !self.may_end.load(Ordering::Relaxed) {
            thread::yield_now();
        }
    }

    fn progressed(&self, _: u32, _: u32) {}

    fn finished(&self, outcome: Outcome) {
        self.outcomes.lock().unwrap().push(outcome);
    }
}

#[test]
fn dropping_a_pool_ends_running_and_queued_jobs_as_cancelled() {
    let jobs: Vec<Arc<Slow>> = (0..20).map(|_| Arc::default()).collect();
    let pool = pool(2);
    // More chunks than anyone waits for.
    let handles: Vec<Handle> = jobs.iter().map(|job| pool.submit(Arc::<Slow>::clone(job), u32::MAX)).collect();
    while jobs[0].started.load(Ordering::Relaxed) < 2 {
        thread::yield_now();
    }
    jobs.iter().for_each(|job| job.may_end.store(true, Ordering::Relaxed));
    drop(pool);
    for (job, handle) in jobs.iter().zip(&handles) {
        assert!(handle.is_finished());
        handle.wait();
        handle.cancel();
        assert_eq!(job.outcomes.lock().unwrap()[..], [Outcome::Cancelled]);
    }
    assert_eq!(jobs[19].started.load(Ordering::Relaxed), 0);
}

#[test]
fn pools_come_and_go() {
    for round in 0..100 {
        let pool = pool(1 + round % 4);
        if round % 3 == 0 {
            pool.run(10, &|_| ()).unwrap();
        }
        if round % 5 == 0 {
            pool.submit(Arc::<Slow>::default(), 0).wait();
        }
    }
}

#[test]
fn a_job_may_own_the_pool_that_runs_it() {
    struct Owner(Mutex<Option<Arc<Pool>>>, Arc<AtomicBool>);

    impl Job for Owner {
        fn run(&self, _: u32) {}
        fn progressed(&self, _: u32, _: u32) {}
        fn finished(&self, _: Outcome) {
            let pool = self.0.lock().unwrap().take();
            while pool.as_ref().is_some_and(|pool| Arc::strong_count(pool) > 1) {
                thread::yield_now();
            }
            drop(pool);
            self.1.store(true, Ordering::Relaxed);
        }
    }

    let pool = Arc::new(pool(3));
    let is_dropped = Arc::new(AtomicBool::new(false));
    let job = Owner(Mutex::new(Some(Arc::clone(&pool))), Arc::clone(&is_dropped));
    let handle = pool.submit(Arc::new(job), 10);
    drop(pool);
    handle.wait();
    assert!(is_dropped.load(Ordering::Relaxed));
}

#[test]
fn handles_may_outlive_the_pool() {
    let pool = pool(2);
    let handle = pool.submit(Arc::<Slow>::default(), 0);
    drop(pool);
    assert!(handle.is_finished());
    handle.clone().wait();
    handle.cancel();
}

#[test]
fn there_is_one_global_pool() {
    let pools: Vec<usize> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| core::ptr::from_ref(Pool::global().unwrap()).addr())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(pools.iter().all(|pool| *pool == pools[0]));
    Pool::global().unwrap().run(10, &|_| ()).unwrap();
}
