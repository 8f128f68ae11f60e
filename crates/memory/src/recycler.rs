//! Large mappings that were given back, kept for the next buffer of about their size.
//!
//! First-touch page faults cost a fresh result several times what its kernel costs; memory that was used before has none. What is
//! kept is bounded in bytes, the oldest going first, and [`trim`] gives all of it back to the system.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use crate::HUGE_PAGE;
use crate::mapping::Mapping;

/// Bytes that are kept at most, but for [`keep_one_of`]. What a program hands out at a time and gets back at a time is of this order, too:
/// see [`Budget`](crate::Budget).
const KEPT: usize = 512 << 20;

/// Bytes of the longest mapping that is kept, alone, though it is more than [`KEPT`].
static LONGEST: AtomicUsize = AtomicUsize::new(0);

/// What comes back when nobody has asked for a buffer for so long goes to the system: an idle program keeps nothing. Shorter than the second
/// after which the facade has what is kept given back: nothing may come in between and stay.
const IDLE: Duration = Duration::from_millis(900);

/// More than the steps in which that time is counted.
const SLACK: Duration = Duration::from_millis(10);

/// Bytes from which unmapping is left to a thread of its own: 2.5 ms a gigabyte in huge pages, ten times as long in small ones, where a
/// thread is started in 0.05 ms. Who gives memory back is mostly the thread of an event loop.
const ELSEWHERE: usize = 64 << 20;

/// A kept mapping serves a buffer of at least this part of its size: the rest would be resident for nothing.
const FILL: (usize, usize) = (3, 4);

/// Milliseconds from [`EPOCH`] to the last time that somebody asked for a buffer.
static LAST_TAKEN: AtomicU64 = AtomicU64::new(0);
static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What was given back and not yet taken again, oldest first.
static FREE: Mutex<Vec<Mapping>> = Mutex::new(Vec::new());

static COUNTERS: Counters = Counters {
    fresh: AtomicU64::new(0),
    recycled: AtomicU64::new(0),
    returned: AtomicU64::new(0),
    kept: AtomicUsize::new(0),
};

struct Counters {
    fresh: AtomicU64,
    recycled: AtomicU64,
    returned: AtomicU64,
    kept: AtomicUsize,
}

/// Where large buffers have come from and gone to since the process began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecyclerStats {
    /// Buffers in memory that was new from the system.
    pub fresh: u64,
    /// Buffers in memory that was used before.
    pub recycled: u64,
    /// Buffers that were given back.
    pub returned: u64,
    /// Bytes that are kept for the next buffer, now.
    pub kept: usize,
}

fn free() -> MutexGuard<'static, Vec<Mapping>> {
    // Nothing panics while the lock is held; if it did, the list would still be whole.
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A mapping of at least `bytes` bytes: one that was used before where one fits, else a new one; None when the system refuses.
pub(crate) fn take(bytes: usize) -> Option<Mapping> {
    // Relaxed: a time that is a moment old keeps or frees one mapping more, and orders nothing.
    LAST_TAKEN.store(milliseconds(EPOCH.elapsed()), Ordering::Relaxed);
    if let Some(mapping) = reuse(bytes) {
        // Relaxed, here and below: these counters order nothing, they are only read.
        COUNTERS.recycled.fetch_add(1, Ordering::Relaxed);
        return Some(mapping);
    }
    // When memory is short, what is kept for later is the first to go.
    let mapping = Mapping::new(bytes).or_else(|| {
        drop(take_all());
        Mapping::new(bytes)
    })?;
    COUNTERS.fresh.fetch_add(1, Ordering::Relaxed);
    Some(mapping)
}

/// The smallest kept mapping that `bytes` bytes fill well enough; the latest of equals, whose pages are warmest.
fn reuse(bytes: usize) -> Option<Mapping> {
    let mut free = free();
    // As long as its mapping would be: a result just above a whole number of huge pages is to find its own again.
    let bytes = bytes.checked_next_multiple_of(HUGE_PAGE)?;
    let fits = |mapping: &Mapping| {
        let size = mapping.bytes();
        size >= bytes && bytes >= size / FILL.1 * FILL.0
    };
    let (index, _) = free
        .iter()
        .enumerate()
        .filter(|(_, mapping)| fits(mapping))
        .min_by_key(|(index, mapping)| (mapping.bytes(), core::cmp::Reverse(*index)))?;
    let mapping = free.remove(index);
    COUNTERS.kept.fetch_sub(mapping.bytes(), Ordering::Relaxed);
    Some(mapping)
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn is_idle() -> bool {
    let since = milliseconds(EPOCH.elapsed()).saturating_sub(LAST_TAKEN.load(Ordering::Relaxed));
    since > milliseconds(IDLE)
}

/// Lets a single mapping of up to `bytes` bytes be kept, too. A program that asks for long buffers one after the other then neither unmaps
/// nor first touches each of them, which takes more CPU time than most kernels, and takes it beside the thread of an event loop.
pub fn keep_one_of(bytes: usize) {
    // Relaxed, here and below: a limit that is a moment old keeps or frees one mapping more, and orders nothing.
    LONGEST.store(bytes, Ordering::Relaxed);
}

/// Gives a mapping back: kept for the next buffer, unless it alone is more than is kept, or nobody asks for buffers any more.
pub(crate) fn give(mapping: Mapping) {
    COUNTERS.returned.fetch_add(1, Ordering::Relaxed);
    if mapping.bytes() > KEPT.max(LONGEST.load(Ordering::Relaxed)) || is_idle() {
        return unmap(vec![mapping]);
    }
    let mut evicted = Vec::new();
    let mut free = free();
    let mut kept = COUNTERS.kept.fetch_add(mapping.bytes(), Ordering::Relaxed) + mapping.bytes();
    free.push(mapping);
    // The latest stays, even where it is more than all others may be together.
    while kept > KEPT && free.len() > 1 {
        let oldest = free.remove(0);
        kept -= oldest.bytes();
        COUNTERS.kept.fetch_sub(oldest.bytes(), Ordering::Relaxed);
        evicted.push(oldest);
    }
    // Unmapping takes its time: not under the lock.
    drop(free);
    unmap(evicted);
}

/// Gives mappings back to the system, now or soon.
fn unmap(mappings: Vec<Mapping>) {
    let bytes: usize = mappings.iter().map(Mapping::bytes).sum();
    if bytes >= ELSEWHERE {
        // Nobody waits for it. Where no thread can be started they are dropped with the closure, here.
        elsewhere("corepool-unmap", Box::new(move || mappings.into_iter().for_each(Mapping::unmap_slowly)));
    }
}

/// Gives everything that is kept back to the system, now or soon.
pub fn trim() {
    unmap(take_all());
}

/// Gives everything that is kept back once nobody has asked for a buffer for a while, on a thread of its own: for the end of a thread that
/// would have called [`trim`] later. Whoever asks meanwhile calls it some time, too.
pub fn trim_when_idle() {
    // Relaxed: what comes back a moment later is the last of a thread that has ended, and little.
    if COUNTERS.kept.load(Ordering::Relaxed) == 0 {
        return;
    }
    let trim_later = || {
        thread::sleep(IDLE + SLACK);
        if is_idle() {
            trim();
        }
    };
    if !elsewhere("corepool-trim", Box::new(trim_later)) {
        trim();
    }
}

/// Has a thread of its own do it; false where none can be started. One kind of closure, since each makes another copy of what starts a thread.
fn elsewhere(name: &str, work: Box<dyn FnOnce() + Send>) -> bool {
    Builder::new().name(name.to_owned()).stack_size(64 << 10).spawn(work).is_ok()
}

/// Everything that is kept, which nobody else will find.
fn take_all() -> Vec<Mapping> {
    let kept = core::mem::take(&mut *free());
    let bytes: usize = kept.iter().map(Mapping::bytes).sum();
    COUNTERS.kept.fetch_sub(bytes, Ordering::Relaxed);
    kept
}

/// The counters, each as it is at some moment of the call.
pub fn recycler_stats() -> RecyclerStats {
    RecyclerStats {
        fresh: COUNTERS.fresh.load(Ordering::Relaxed),
        recycled: COUNTERS.recycled.load(Ordering::Relaxed),
        returned: COUNTERS.returned.load(Ordering::Relaxed),
        kept: COUNTERS.kept.load(Ordering::Relaxed),
    }
}
