//! Threads that run one pass together: each pinned to a CPU, each with a fixed share, handed over by spinning.
//!
//! This is the least that any pool can do, hence the limit. Knows nothing of what a pass computes. The thread that made the
//! team is its first member; the others spin for a while after each pass, and then park, so that what the probe is
//! compared with finds free CPUs.

use core::hint::spin_loop;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::thread::{self, JoinHandle, Thread};
use std::time::Instant;

use corepool_topology::{PinRefused, pin_current_thread};

use crate::loops::Routine;

/// How long a member spins for the next pass before it parks: longer than anything between two passes of one sample.
pub(crate) const SPIN: Duration = Duration::from_millis(1);

/// Doubles in a cache line: shares begin at whole lines.
const LINE: usize = 8;

/// What the members share.
#[derive(Debug)]
struct Shared {
    routines: Vec<Routine>,
    members: usize,
    asleep: Vec<AtomicBool>,
    published: Published,
    finished: Finished,
}

/// The pass that is running. Each member reads it after it has seen the new epoch; all of it comes with that line, which nobody
/// else writes.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Published {
    /// Counts passes. `STOP` ends the members.
    epoch: AtomicU32,
    routine: AtomicUsize,
    input: AtomicPtr<f64>,
    output: AtomicPtr<f64>,
    len: AtomicUsize,
}

/// On a line of its own: what a member writes here must not take from the others what they look at.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Finished {
    /// Members that have yet to finish their share.
    busy: AtomicUsize,
}

/// No pass has this number: they would have to be counted for years.
const STOP: u32 = u32::MAX;

/// The threads; they end when it is dropped.
#[derive(Debug)]
pub(crate) struct Team {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    unpark: Vec<Thread>,
}

impl Team {
    /// Pins the calling thread to the first of `cpus` and starts a thread for each other one.
    ///
    /// # Errors
    /// [`PinRefused`] where the calling thread cannot be pinned; the others run where the system puts them then.
    pub(crate) fn new(cpus: &[usize], routines: Vec<Routine>) -> Result<Self, PinRefused> {
        let members = cpus.len().max(1);
        let shared = Arc::new(Shared {
            routines,
            members,
            asleep: (0..members).map(|_| AtomicBool::new(false)).collect(),
            published: Published::default(),
            finished: Finished::default(),
        });
        let threads: Vec<_> = (1..members)
            .map(|member| {
                let (shared, cpu) = (Arc::clone(&shared), cpus[member]);
                thread::spawn(move || {
                    // Refused here is refused for the first member too, which reports it.
                    _ = pin_current_thread(&[cpu]);
                    shared.follow(member);
                })
            })
            .collect();
        let unpark = threads.iter().map(|thread| thread.thread().clone()).collect();
        let team = Self { shared, threads, unpark };
        pin_current_thread(&cpus[..1])?;
        Ok(team)
    }

    pub(crate) fn routines(&self) -> &[Routine] {
        &self.shared.routines
    }

    /// Runs a routine, by its index, over `len` doubles, on all members; returns when every element is written.
    ///
    /// # Safety
    /// As [`crate::loops::Pass`] says, for the whole range.
    pub(crate) unsafe fn run(&self, routine: usize, input: *const f64, output: *mut f64, len: usize) {
        let Shared { members, published, finished, .. } = &*self.shared;
        // Relaxed, these five: the release of the epoch below publishes them.
        finished.busy.store(members - 1, Ordering::Relaxed);
        published.routine.store(routine, Ordering::Relaxed);
        published.input.store(input.cast_mut(), Ordering::Relaxed);
        published.output.store(output, Ordering::Relaxed);
        published.len.store(len, Ordering::Relaxed);
        // Relaxed: this thread alone writes it.
        let next = published.epoch.load(Ordering::Relaxed).wrapping_add(1);
        self.announce(next);
        // SAFETY: the contract, handed on; the pass was published by this thread itself.
        unsafe { self.shared.run_share(0) };
        // Acquire: pairs with each member's release, so that what they wrote is visible here.
        while finished.busy.load(Ordering::Acquire) != 0 {
            spin_loop();
        }
    }

    /// Sets the epoch, and wakes whoever sleeps.
    fn announce(&self, epoch: u32) {
        // SeqCst, here and in `follow`: either the member's look at the epoch sees this, or the look below sees it asleep.
        self.shared.published.epoch.store(epoch, Ordering::SeqCst);
        for (asleep, thread) in self.shared.asleep[1..].iter().zip(&self.unpark) {
            // SeqCst: see above.
            if asleep.load(Ordering::SeqCst) {
                thread.unpark();
            }
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.announce(STOP);
        for thread in self.threads.drain(..) {
            // A member that panicked has said so on stderr already.
            _ = thread.join();
        }
    }
}

impl Shared {
    /// The life of a member that is not the first.
    fn follow(&self, member: usize) {
        let mut seen = 0;
        loop {
            seen = self.next_epoch(member, seen);
            if seen == STOP {
                return;
            }
            // SAFETY: the epoch changed, so `Team::run` was called, whose caller vouches for this pass until it returns, which
            // is not before the count below.
            unsafe { self.run_share(member) };
            // Release: pairs with the acquire in `Team::run`.
            self.finished.busy.fetch_sub(1, Ordering::Release);
        }
    }

    /// Spins, then parks, until the epoch is another than `seen`.
    fn next_epoch(&self, member: usize, seen: u32) -> u32 {
        let start = Instant::now();
        loop {
            for _ in 0..100 {
                // Acquire: pairs with the store in `announce`; the pass is visible once the epoch is.
                let epoch = self.published.epoch.load(Ordering::Acquire);
                if epoch != seen {
                    return epoch;
                }
                spin_loop();
            }
            if start.elapsed() < SPIN {
                continue;
            }
            // SeqCst: see `announce`.
            self.asleep[member].store(true, Ordering::SeqCst);
            // SeqCst: see `announce`.
            while self.published.epoch.load(Ordering::SeqCst) == seen {
                thread::park();
            }
            // Relaxed: a wake that is too much is harmless.
            self.asleep[member].store(false, Ordering::Relaxed);
        }
    }

    /// Runs one member's share of the published pass: whole cache lines, the rest to the last one.
    ///
    /// # Safety
    /// The caller has seen the epoch of a pass that its publisher vouches for, and runs `member`'s share only.
    unsafe fn run_share(&self, member: usize) {
        // Relaxed, these four: the epoch was acquired.
        let pass = self.routines[self.published.routine.load(Ordering::Relaxed)].pass;
        let input = self.published.input.load(Ordering::Relaxed);
        let output = self.published.output.load(Ordering::Relaxed);
        let len = self.published.len.load(Ordering::Relaxed);
        let lines = len / LINE;
        let start = lines * member / self.members * LINE;
        let end = if member + 1 == self.members { len } else { lines * (member + 1) / self.members * LINE };
        // SAFETY:
        // - `start <= end <= len`, so the share lies within memory that the publisher vouches for;
        // - shares of distinct members are disjoint, and begin at whole cache lines of aligned arrays.
        unsafe { pass(input.wrapping_add(start), output.wrapping_add(start), end - start) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::routines;
    use crate::pages::Pages;

    #[test]
    fn a_team_of_any_size_writes_every_element_once_asked() {
        let first = corepool_topology::usable_cpus()[0];
        for members in 1..=4 {
            // A thread of its own: the team pins the thread that makes it.
            let all_right = thread::spawn(move || {
                let team = Team::new(&vec![first; members], routines()).unwrap();
                let mut input = Pages::new(5000, |i| f64::from(u32::try_from(i).unwrap()));
                let mut output = Pages::new(5000, |_| 0.0);
                (0..team.routines().len()).all(|routine| {
                    output.values().fill(f64::NAN);
                    // SAFETY: both have 5,000 doubles, and only the team uses them.
                    unsafe { team.run(routine, input.base(), output.base(), 5000) };
                    let operation = team.routines()[routine].operation;
                    input.values().iter().zip(output.values()).all(|(x, y)| operation.on_number(*x) == *y)
                })
            });
            assert!(all_right.join().unwrap());
        }
    }
}
