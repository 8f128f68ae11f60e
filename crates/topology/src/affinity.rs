//! The affinity set: which CPUs the process may use, and keeping the calling thread on some of them.
//!
//! Affinity is inherited by threads and child processes made later, so only threads of a pool are ever pinned, never one that
//! runs JavaScript.

use core::fmt;
use std::io;

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
pub fn pin_current_thread(cpus: &[usize]) -> Result<(), PinRefused> {
    system::pin(cpus)
}

#[cfg(target_os = "linux")]
mod system {
    use super::{PinRefused, io};

    /// One word of a CPU mask, as the kernel lays it out.
    type Word = libc::c_ulong;

    const WORD_BITS: usize = Word::BITS as usize;

    /// A mask for 1,024 CPUs, which is what C libraries assume; the kernel may want a longer one.
    const FIRST_WORDS: usize = 1024 / WORD_BITS;

    /// The kernel's own limit is far below a million CPUs.
    const MAX_WORDS: usize = (1 << 20) / WORD_BITS;

    pub(super) fn affinity_set() -> Option<Vec<usize>> {
        // SAFETY: takes nothing and cannot fail.
        let process = unsafe { libc::getpid() };
        let mut mask: Vec<Word> = vec![0; FIRST_WORDS];
        while mask.len() <= MAX_WORDS {
            let bytes = size_of_val(mask.as_slice());
            // SAFETY: `mask` has `bytes` bytes, aligned for words, and the kernel writes no more than that.
            let status = unsafe { libc::sched_getaffinity(process, bytes, mask.as_mut_ptr().cast()) };
            if status == 0 {
                return Some(numbers(&mask)).filter(|cpus| !cpus.is_empty());
            }
            if io::Error::last_os_error().raw_os_error() != Some(libc::EINVAL) {
                return None;
            }
            // The machine has room for more CPUs than the mask.
            mask.resize(mask.len() * 2, 0);
        }
        None
    }

    pub(super) fn pin(cpus: &[usize]) -> Result<(), PinRefused> {
        let mask = mask_of(cpus).ok_or_else(|| PinRefused::System(io::Error::from_raw_os_error(libc::EINVAL)))?;
        let bytes = size_of_val(mask.as_slice());
        // SAFETY: `mask` has `bytes` bytes, aligned for words, and is only read; thread 0 is the calling one.
        let status = unsafe { libc::sched_setaffinity(0, bytes, mask.as_ptr().cast()) };
        if status == 0 { Ok(()) } else { Err(PinRefused::System(io::Error::last_os_error())) }
    }

    /// The numbers of the bits that are set.
    pub(super) fn numbers(mask: &[Word]) -> Vec<usize> {
        let is_set = |cpu: &usize| mask[cpu / WORD_BITS] >> (cpu % WORD_BITS) & 1 == 1;
        (0..mask.len() * WORD_BITS).filter(is_set).collect()
    }

    /// The mask with these bits set; `None` for a number that no machine has.
    pub(super) fn mask_of(cpus: &[usize]) -> Option<Vec<Word>> {
        let words = cpus.iter().max().map_or(0, |last| last / WORD_BITS) + 1;
        if words > MAX_WORDS {
            return None;
        }
        let mut mask = vec![0; words.max(FIRST_WORDS)];
        for cpu in cpus {
            mask[cpu / WORD_BITS] |= 1 << (cpu % WORD_BITS);
        }
        Some(mask)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::PinRefused;

    pub(super) fn affinity_set() -> Option<Vec<usize>> {
        None
    }

    pub(super) fn pin(_cpus: &[usize]) -> Result<(), PinRefused> {
        Err(PinRefused::Unsupported)
    }
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
