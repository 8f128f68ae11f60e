//! Synchronous jobs: what `Pool::run` promises its callers.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashSet;
use std::sync::Mutex;
use std::thread;

use corepool_pool::{Config, Pool};

fn pool(threads: usize) -> Pool {
    Pool::new(Config { threads: Some(threads), ..Config::default() }).unwrap()
}

/// Runs a job and returns how often each of its chunks ran.
fn runs_of(pool: &Pool, chunks: u32) -> Vec<u32> {
    let runs: Vec<AtomicU32> = (0..chunks).map(|_| AtomicU32::new(0)).collect();
    pool.run(chunks, &|chunk| _ = runs[chunk as usize].fetch_add(1, Ordering::Relaxed)).unwrap();
    runs.into_iter().map(AtomicU32::into_inner).collect()
}

#[test]
fn every_chunk_runs_exactly_once() {
    for threads in [1, 2, 5] {
        let pool = pool(threads);
        assert_eq!(pool.size(), threads);
        for chunks in [0, 1, 2, 3, 7, 64, 1_000] {
            assert!(runs_of(&pool, chunks).iter().all(|&runs| runs == 1), "{threads} threads, {chunks} chunks");
        }
    }
}

#[test]
fn one_chunk_runs_on_the_caller() {
    let pool = pool(3);
    let caller = thread::current().id();
    for _ in 0..100 {
        pool.run(1, &|_| assert_eq!(thread::current().id(), caller)).unwrap();
    }
}

#[test]
fn workers_take_part() {
    let pool = pool(2);
    let caller = thread::current().id();
    let helped = AtomicU32::new(0);
    // Ends only if another thread runs a chunk of the same job: each waits for two to have started.
    let body = |_| {
        helped.fetch_add(1, Ordering::Relaxed);
        while helped.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        if thread::current().id() != caller {
            assert!(thread::current().name().unwrap().starts_with("corepool-"));
        }
    };
    pool.run(64, &body).unwrap();
}

#[test]
fn no_more_threads_run_a_job_than_the_size_of_the_pool() {
    let pool = pool(3);
    for _ in 0..200 {
        let threads = Mutex::new(HashSet::new());
        pool.run(60, &|_| _ = threads.lock().unwrap().insert(thread::current().id())).unwrap();
        assert!(threads.into_inner().unwrap().len() <= 3);
    }
}

#[test]
fn a_run_inside_a_run_is_done_by_the_thread_that_calls_it() {
    let pool = pool(3);
    let count = AtomicU32::new(0);
    let body = |_| {
        let outer = thread::current().id();
        let inner = |_| {
            assert_eq!(thread::current().id(), outer);
            count.fetch_add(1, Ordering::Relaxed);
        };
        pool.run(10, &inner).unwrap();
    };
    pool.run(20, &body).unwrap();
    assert_eq!(count.into_inner(), 200);
}

#[test]
fn a_panic_is_the_error_and_the_pool_is_usable_afterwards() {
    let pool = pool(3);
    for _ in 0..50 {
        let error = pool.run(100, &|chunk| assert_ne!(chunk, 37, "chunk 37 is a bad one")).unwrap_err();
        assert!(error.message.contains("chunk 37 is a bad one"), "{error}");
        assert!(runs_of(&pool, 100).iter().all(|&runs| runs == 1));
    }
    let error = pool.run(1, &|_| panic!("alone")).unwrap_err();
    assert_eq!(error.to_string(), "a thread of the pool panicked: alone");
}

#[test]
fn after_a_panic_chunks_that_have_not_started_are_skipped() {
    let pool = pool(1);
    let ran = AtomicU32::new(0);
    let body = |chunk| {
        ran.fetch_add(1, Ordering::Relaxed);
        assert_ne!(chunk, 3, "stop");
    };
    assert!(pool.run(100, &body).is_err());
    assert_eq!(ran.into_inner(), 4);
}

#[test]
fn every_chunk_panicking_is_one_error() {
    let pool = pool(4);
    assert!(pool.run(500, &|chunk| panic!("chunk {chunk}")).unwrap_err().message.starts_with("chunk "));
    assert_eq!(runs_of(&pool, 5), [1; 5]);
}
