//! Changing the number of threads while the pool works: what `Pool::resize` promises, and that `Pool::stats` counts on.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread;

use corepool_pool::{Config, Handle, Job, Outcome, Pool};

fn pool(threads: usize) -> Pool {
    Pool::new(Config { threads: Some(threads), ..Config::default() }).unwrap()
}

/// A job whose chunks call a closure, and which counts how often each ran.
struct Counted<F> {
    body: F,
    runs: Vec<AtomicU32>,
    outcomes: Mutex<Vec<Outcome>>,
}

impl<F: Fn(u32) + Send + Sync + 'static> Counted<F> {
    fn submit(pool: &Pool, chunks: u32, body: F) -> (Arc<Self>, Handle) {
        let runs = (0..chunks).map(|_| AtomicU32::new(0)).collect();
        let job = Arc::new(Self { body, runs, outcomes: Mutex::default() });
        let handle = pool.submit(Arc::<Self>::clone(&job), chunks);
        (job, handle)
    }

    fn is_whole(&self) -> bool {
        let ran_once = self.runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1);
        ran_once && self.outcomes.lock().unwrap()[..] == [Outcome::Completed]
    }
}

impl<F: Fn(u32) + Send + Sync + 'static> Job for Counted<F> {
    fn run(&self, chunk: u32) {
        self.runs[chunk as usize].fetch_add(1, Ordering::Relaxed);
        (self.body)(chunk);
    }

    fn progressed(&self, _: u32, _: u32) {}

    fn finished(&self, outcome: Outcome) {
        self.outcomes.lock().unwrap().push(outcome);
    }
}

/// Every chunk of a job runs once, with as many threads inside at the same time as the pool has.
fn works_with(pool: &Pool, threads: u32) {
    let inside = AtomicU32::new(0);
    // As many chunks as are worth waking threads for at once.
    let runs: Vec<AtomicU32> = (0..64).map(|_| AtomicU32::new(0)).collect();
    let body = |chunk: u32| {
        runs[chunk as usize].fetch_add(1, Ordering::Relaxed);
        inside.fetch_add(1, Ordering::Relaxed);
        while inside.load(Ordering::Relaxed) < threads {
            thread::yield_now();
        }
    };
    pool.run(64, &body).unwrap();
    assert!(runs.iter().all(|runs| runs.load(Ordering::Relaxed) == 1));
}

#[test]
fn a_pool_that_grows_and_shrinks_works_with_as_many_threads_as_it_has() {
    let pool = pool(1);
    for threads in [3, 1, 2, 5, 5, 4] {
        pool.resize(Some(threads as usize)).unwrap();
        assert_eq!(pool.size(), threads as usize);
        works_with(&pool, threads);
        let (job, handle) = Counted::submit(&pool, 20, |_| ());
        handle.wait();
        assert!(job.is_whole());
    }
}

#[test]
fn without_a_number_there_are_as_many_threads_as_at_the_start_of_a_pool_without_one() {
    let usual = Pool::new(Config::default()).unwrap();
    let pool = pool(7);
    pool.resize(None).unwrap();
    assert_eq!((pool.size(), pool.pinned()), (usual.size(), usual.pinned()));
}

#[test]
fn asynchronous_jobs_that_run_or_wait_meanwhile_are_done_whole() {
    let pool = pool(2);
    for threads in (1..5).cycle().take(60) {
        let jobs: Vec<_> = (0..5).map(|_| Counted::submit(&pool, 50, |_| thread::yield_now())).collect();
        pool.resize(Some(threads)).unwrap();
        for (job, handle) in jobs {
            handle.wait();
            assert!(job.is_whole());
        }
    }
}

#[test]
fn a_job_that_nobody_finished_before_is_finished_by_the_new_threads() {
    let pool = pool(1);
    let ran_on = Arc::new(Mutex::new(Vec::new()));
    let (may_go_on, heard) = (Arc::new(AtomicBool::new(false)), Arc::clone(&ran_on));
    let inside = Arc::clone(&may_go_on);
    let (job, handle) = Counted::submit(&pool, 100, move |chunk| {
        heard.lock().unwrap().push(thread::current().id());
        while chunk == 0 && !inside.load(Ordering::Relaxed) {
            thread::yield_now();
        }
    });
    while ran_on.lock().unwrap().is_empty() {
        thread::yield_now();
    }
    thread::scope(|scope| {
        let resize = scope.spawn(|| pool.resize(Some(2)));
        // The new threads run the other chunks while the old one is still in its first.
        while ran_on.lock().unwrap().len() < 100 {
            thread::yield_now();
        }
        may_go_on.store(true, Ordering::Relaxed);
        resize.join().unwrap().unwrap();
    });
    handle.wait();
    assert!(job.is_whole());
    let ran_on = ran_on.lock().unwrap();
    assert!(ran_on[1..].iter().all(|thread| *thread != ran_on[0]));
}

#[test]
fn a_synchronous_job_that_runs_meanwhile_ends_on_the_threads_that_it_has() {
    let pool = pool(3);
    for threads in [1, 6, 3] {
        let (inside, is_resized) = (AtomicU32::new(0), AtomicBool::new(false));
        let helpers = Mutex::new(HashSet::new());
        let before = u32::try_from(pool.size()).unwrap();
        let body = |_| {
            helpers.lock().unwrap().insert(thread::current().id());
            inside.fetch_add(1, Ordering::Relaxed);
            while !is_resized.load(Ordering::Relaxed) {
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            let caller = scope.spawn(|| pool.run(before * 64, &body));
            while inside.load(Ordering::Relaxed) < before {
                thread::yield_now();
            }
            let resize = scope.spawn(|| pool.resize(Some(threads)));
            // The new size is there for the next caller, although the old threads are still inside.
            while pool.size() != threads {
                thread::yield_now();
            }
            pool.run(10, &|_| ()).unwrap();
            is_resized.store(true, Ordering::Relaxed);
            caller.join().unwrap().unwrap();
            resize.join().unwrap().unwrap();
        });
        assert_eq!(inside.into_inner(), before * 64);
        assert!(helpers.into_inner().unwrap().len() <= before as usize, "more threads than the pool had");
        works_with(&pool, u32::try_from(threads).unwrap());
    }
}

#[test]
fn callers_submitters_and_several_who_resize_do_not_disturb_each_other() {
    let pool = pool(2);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for first in 1..3 {
            let (pool, is_over) = (&pool, &is_over);
            scope.spawn(move || {
                for threads in (1..4).cycle().skip(first) {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    pool.resize(Some(threads)).unwrap();
                }
            });
        }
        let callers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    for round in 0..150 {
                        let (job, handle) = Counted::submit(&pool, round % 30, |_| ());
                        let count = AtomicU32::new(0);
                        pool.run(20, &|_| _ = count.fetch_add(1, Ordering::Relaxed)).unwrap();
                        assert_eq!(count.into_inner(), 20);
                        handle.wait();
                        assert!(job.is_whole());
                    }
                })
            })
            .collect();
        let results: Vec<_> = callers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::Relaxed);
        results.into_iter().for_each(|result| result.unwrap());
    });
    pool.resize(Some(3)).unwrap();
    works_with(&pool, 3);
}

#[test]
fn a_chunk_may_resize_the_pool_that_runs_it() {
    let pool = Arc::new(pool(2));
    pool.run(4, &|chunk| pool.resize(Some(1 + chunk as usize)).unwrap()).unwrap();
    for threads in [1, 3, 2] {
        let inner = Arc::clone(&pool);
        let (job, handle) = Counted::submit(&pool, 3, move |_| inner.resize(Some(threads)).unwrap());
        handle.wait();
        assert!(job.is_whole());
        assert_eq!(pool.size(), threads);
    }
    drop(pool);
}

#[test]
fn a_cancel_reaches_a_job_whose_threads_have_changed() {
    let pool = pool(2);
    let (job, handle) = Counted::submit(&pool, 1_000_000, |_| thread::yield_now());
    pool.resize(Some(3)).unwrap();
    handle.cancel();
    handle.wait();
    assert_eq!(job.outcomes.lock().unwrap()[..], [Outcome::Cancelled]);
}

#[test]
fn jobs_chunks_wakes_and_parks_are_counted_across_every_change() {
    let pool = pool(2);
    assert_eq!((pool.stats().jobs, pool.stats().chunks), (0, 0));
    let mut last = pool.stats();
    for round in 1..30 {
        pool.run(10, &|_| ()).unwrap();
        pool.run(1, &|_| ()).unwrap();
        Counted::submit(&pool, 7, |_| ()).1.wait();
        pool.resize(Some(1 + usize::try_from(round).unwrap() % 4)).unwrap();
        let stats = pool.stats();
        assert_eq!((stats.jobs, stats.chunks), (3 * round, 18 * round));
        assert!(stats.wakes >= last.wakes && stats.parks >= last.parks, "{last:?} {stats:?}");
        last = stats;
    }
    // A pool without work parks, and what is submitted then wakes.
    while pool.stats().parks == last.parks {
        Counted::submit(&pool, 1, |_| ()).1.wait();
        thread::yield_now();
    }
    assert!(pool.stats().wakes > 0);
}
