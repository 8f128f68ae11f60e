//! Which CPUs this process may use, what they have, how a thread is kept on some of them, and how long its turns there are.
//!
//! Knows nothing of pools: it answers questions about the machine and changes the calling thread, no other. Its one invariant:
//! CPUs are named by the numbers of the process's affinity set, never by counting from 0 to n.

mod affinity;
mod cache;
mod current;
#[cfg(test)]
mod folder;
#[cfg(windows)]
mod processors;
mod quota;
mod simd;
mod turns;

use core::num::NonZero;

pub use affinity::{PinRefused, Pinned, pin_current_thread, usable_cpus};
pub use cache::cache_sizes;
pub use current::current_cpu;
pub use quota::cpu_quota;
pub use simd::{SimdError, SimdLevel};
pub use turns::ShortTurns;

/// All CPUs of the machine that are online, whether this process may use them or not.
pub fn cpu_count() -> usize {
    online_cpus().unwrap_or(1).max(usable_cpus().len())
}

/// Threads that can run at the same time: the CPUs of the affinity set, capped by the quota, at least one.
pub fn usable_threads() -> usize {
    within_quota(usable_cpus().len(), cpu_quota())
}

/// A quota of 1.5 CPUs keeps two threads busy for part of the time, so it is rounded up.
fn within_quota(cpus: usize, quota: Option<f64>) -> usize {
    let allowed = (1..cpus).find(|&threads| quota.is_some_and(|quota| quota <= as_f64(threads)));
    allowed.unwrap_or(cpus).max(1)
}

#[expect(clippy::cast_precision_loss, reason = "a number of CPUs is far below 2^52")]
fn as_f64(cpus: usize) -> f64 {
    cpus as f64
}

/// By the system's own list: of C libraries, musl counts the affinity set instead.
#[cfg(target_os = "linux")]
fn online_cpus() -> Option<usize> {
    count_of(&std::fs::read_to_string("/sys/devices/system/cpu/online").ok()?)
}

/// How many numbers a list as `0-3,5` has.
#[cfg(target_os = "linux")]
fn count_of(list: &str) -> Option<usize> {
    let count = |range: &str| -> Option<usize> {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        last.checked_sub(first)?.checked_add(1)
    };
    list.trim().split(',').map(count).sum()
}

#[cfg(all(unix, not(target_os = "linux")))]
fn online_cpus() -> Option<usize> {
    // SAFETY: no pointer is passed; an unknown name gives -1.
    let online = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    usize::try_from(online).ok().filter(|&cpus| cpus > 0)
}

#[cfg(windows)]
fn online_cpus() -> Option<usize> {
    Some(processors::count()).filter(|&cpus| cpus > 0)
}

#[cfg(not(any(unix, windows)))]
fn online_cpus() -> Option<usize> {
    Some(available_parallelism())
}

/// The standard library's estimate, for systems whose affinity set is not read here.
fn available_parallelism() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_cpus_of_a_list_are_counted_and_what_is_no_list_is_refused() {
        assert_eq!(["0\n", "0-3\n", "0-1,3,8-63"].map(count_of), [1, 4, 59].map(Some));
        assert_eq!(["", "\n", "x", "3-1", "0-", "0,,1", "0-99999999999999999999"].map(count_of), [None; 7]);
    }

    #[test]
    fn a_quota_caps_the_threads_and_is_rounded_up() {
        assert_eq!(within_quota(8, None), 8);
        assert_eq!(within_quota(8, Some(1.5)), 2);
        assert_eq!(within_quota(8, Some(2.0)), 2);
        assert_eq!(within_quota(8, Some(7.01)), 8);
        assert_eq!(within_quota(8, Some(64.0)), 8);
        assert_eq!(within_quota(8, Some(0.1)), 1);
    }

    #[test]
    fn there_is_always_one_thread() {
        assert_eq!(within_quota(0, None), 1);
        assert!(usable_threads() >= 1);
    }

    #[test]
    fn the_machine_has_at_least_the_cpus_that_we_may_use() {
        assert!(cpu_count() >= usable_cpus().len());
        assert!(usable_cpus().len() >= usable_threads());
        assert!(usable_threads() <= available_parallelism().max(usable_cpus().len()));
    }
}
