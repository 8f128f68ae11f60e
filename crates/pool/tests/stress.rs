//! Many small jobs of all kinds at once, over memory that is written without synchronising: right sums show that every chunk
//! ran once and was waited for, and a thread sanitizer shows that the waiting ordered the writes.
//!
//! A program of its own rather than tests in a harness, because it must use nothing but the pool and plain threads to be worth
//! running under a sanitizer.
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use core::cell::UnsafeCell;
use core::time::Duration;
use std::hint::spin_loop;
use std::sync::Arc;
use std::thread;

use corepool_pool::{Config, Job, Outcome, Pool};

/// Rounds of each caller for each combination.
const ROUNDS: u32 = if cfg!(debug_assertions) { 300 } else { 5_000 };

/// Changes of a pool's threads while it works, where there is one caller.
const RESIZES: usize = if cfg!(debug_assertions) { 30 } else { 300 };

fn main() {
    for threads in [1, 2, 3, 6] {
        for callers in [1, 3] {
            for spin in [Duration::ZERO, Duration::from_micros(30)] {
                let pool = Arc::new(Pool::new(Config { threads: Some(threads), spin, ..Config::default() }).unwrap());
                let callers: Vec<_> = (0..callers)
                    .map(|caller| {
                        let pool = Arc::clone(&pool);
                        thread::spawn(move || call(&pool, &mut Random(caller)))
                    })
                    .collect();
                let resizer = (callers.len() == 1).then(|| {
                    let pool = Arc::clone(&pool);
                    thread::spawn(move || (0..RESIZES).for_each(|round| pool.resize(Some(1 + round % 4)).unwrap()))
                });
                callers.into_iter().chain(resizer).for_each(|thread| thread.join().unwrap());
            }
        }
    }
}

/// What one thread asks of the pool.
fn call(pool: &Pool, random: &mut Random) {
    for round in 0..ROUNDS {
        let factor = u64::from(round);
        match random.below(8) {
            0 => complete(pool, random.below(40), factor),
            1 => cancel(pool, random.below(40), random.below(100)),
            2 => {
                // The job below runs beside the synchronous ones.
                let (job, handle) = Filling::submit(pool, 30, factor);
                run(pool, random.below(40), factor);
                handle.wait();
                assert_eq!(job.cells.sum(), sum_below(30) * factor);
            }
            _ => run(pool, random.below(40), factor),
        }
    }
}

fn run(pool: &Pool, chunks: u32, factor: u64) {
    let cells = Cells::new(chunks);
    pool.run(chunks, &|chunk| cells.write(chunk, u64::from(chunk) * factor)).unwrap();
    assert_eq!(cells.sum(), sum_below(chunks) * factor);
}

fn complete(pool: &Pool, chunks: u32, factor: u64) {
    let (job, handle) = Filling::submit(pool, chunks, factor);
    handle.wait();
    assert_eq!(job.ending(), Some((Outcome::Completed, sum_below(chunks) * factor)));
}

fn cancel(pool: &Pool, chunks: u32, patience: u32) {
    let (job, handle) = Filling::submit(pool, chunks, 1);
    (0..patience).for_each(|_| spin_loop());
    handle.cancel();
    handle.wait();
    match job.ending() {
        Some((Outcome::Completed, sum)) => assert_eq!(sum, sum_below(chunks)),
        Some((Outcome::Cancelled, sum)) => assert!(handle.done() < chunks && sum <= sum_below(chunks)),
        ending => panic!("{ending:?}"),
    }
}

fn sum_below(chunks: u32) -> u64 {
    (0..u64::from(chunks)).sum()
}

/// An asynchronous job that fills an array and adds it up at the end.
struct Filling {
    cells: Cells,
    factor: u64,
    ending: UnsafeCell<Option<(Outcome, u64)>>,
}

// SAFETY: `ending` is written by the one call of `finished` and read after `wait`, which comes after it.
unsafe impl Sync for Filling {}

impl Filling {
    fn submit(pool: &Pool, chunks: u32, factor: u64) -> (Arc<Self>, corepool_pool::Handle) {
        let job = Arc::new(Self { cells: Cells::new(chunks), factor, ending: UnsafeCell::new(None) });
        let handle = pool.submit(Arc::<Self>::clone(&job), chunks);
        (job, handle)
    }

    /// Only after `wait`.
    fn ending(&self) -> Option<(Outcome, u64)> {
        // SAFETY: nobody writes any more.
        unsafe { &*self.ending.get() }.clone()
    }
}

impl Job for Filling {
    fn run(&self, chunk: u32) {
        self.cells.write(chunk, u64::from(chunk) * self.factor);
    }

    fn progressed(&self, done: u32, chunks: u32) {
        assert!(done < chunks);
    }

    fn finished(&self, outcome: Outcome) {
        // SAFETY: called once, and nobody reads before it returned.
        unsafe { *self.ending.get() = Some((outcome, self.cells.sum())) };
    }
}

/// An array of which each chunk writes its own element, as plain memory.
struct Cells(Vec<UnsafeCell<u64>>);

// SAFETY: distinct chunks write distinct elements, and sums are taken when all are done.
unsafe impl Sync for Cells {}

impl Cells {
    fn new(len: u32) -> Self {
        Self((0..len).map(|_| UnsafeCell::new(0)).collect())
    }

    fn write(&self, chunk: u32, value: u64) {
        // SAFETY: the chunk's own element.
        unsafe { *self.0[chunk as usize].get() += value };
    }

    fn sum(&self) -> u64 {
        // SAFETY: no chunk runs any more.
        self.0.iter().map(|cell| unsafe { *cell.get() }).sum()
    }
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(end)).unwrap()
    }
}
