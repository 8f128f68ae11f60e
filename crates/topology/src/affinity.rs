//! The affinity set: which CPUs the process may use, and keeping the calling thread on some of them.
//!
//! Affinity is inherited by threads and child processes made later, so only threads of a pool are ever pinned, never one that
//! runs JavaScript.

use core::fmt;
use std::io;

#[cfg_attr(target_os = "linux", path = "affinity/linux.rs")]
#[cfg_attr(windows, path = "affinity/windows.rs")]
#[cfg_attr(target_os = "macos", path = "affinity/macos.rs")]
#[cfg_attr(not(any(target_os = "linux", windows, target_os = "macos")), path = "affinity/other.rs")]
mod system;

/// What was done to keep a thread where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// It runs on the CPUs that were named, and no other.
    ToCpus,
    /// The system cannot do that, and was told to prefer its fast cores.
    ToFastCores,
}

/// Why a thread runs where the system puts it.
#[derive(Debug)]
pub enum PinRefused {
    /// This system cannot pin threads.
    Unsupported,
    /// The system refused, for the reason that it gave.
    System(io::Error),
}

impl fmt::Display for PinRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str("threads cannot be pinned to CPUs on this system"),
            Self::System(error) => write!(f, "the system refused to pin a thread: {error}"),
        }
    }
}

impl core::error::Error for PinRefused {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unsupported => None,
            Self::System(error) => Some(error),
        }
    }
}

/// The CPUs that this process may use, ascending: its affinity set, or 0, 1, … where the system has none.
pub fn usable_cpus() -> Vec<usize> {
    system::affinity_set().unwrap_or_else(|| (0..crate::available_parallelism()).collect())
}

/// Keeps the calling thread on `cpus`, numbers of [`usable_cpus`].
///
/// # Errors
/// [`PinRefused`] where the system cannot do it or refuses, as it does for an empty list and CPUs outside the affinity set; the
/// thread then runs where it ran before.
pub fn pin_current_thread(cpus: &[usize]) -> Result<Pinned, PinRefused> {
    system::pin(cpus)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use super::*;
    use crate::current_cpu;

    #[test]
    fn a_mask_holds_the_cpus_that_it_was_made_of() {
        for cpus in [vec![], vec![0], vec![1, 63, 64], vec![5, 1023], vec![0, 1024, 5000]] {
            assert_eq!(system::numbers(&system::mask_of(&cpus).unwrap()), cpus);
        }
        assert!(system::mask_of(&[usize::MAX]).is_none());
    }

    #[test]
    fn a_pinned_thread_stands_on_its_cpu() {
        for cpu in usable_cpus() {
            let stood_on = thread::spawn(move || {
                pin_current_thread(&[cpu]).unwrap();
                current_cpu()
            });
            assert_eq!(stood_on.join().unwrap(), Some(cpu));
        }
    }

    #[test]
    fn pinning_a_thread_leaves_the_set_of_the_process_as_it_was() {
        let before = usable_cpus();
        let first = before[0];
        let seen = thread::spawn(move || {
            pin_current_thread(&[first]).unwrap();
            usable_cpus()
        });
        assert_eq!(seen.join().unwrap(), before);
    }

    #[test]
    fn cpus_that_do_not_exist_are_refused_with_the_reason() {
        for cpus in [vec![], vec![900_000], vec![usize::MAX]] {
            let refused = thread::spawn(move || pin_current_thread(&cpus)).join().unwrap().unwrap_err();
            assert!(refused.to_string().contains("Invalid argument"), "{refused}");
        }
    }
}
