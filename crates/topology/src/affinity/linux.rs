//! CPU masks of the Linux kernel.

use std::io;

use super::{PinRefused, Pinned};

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

pub(super) fn pin(cpus: &[usize]) -> Result<Pinned, PinRefused> {
    let mask = mask_of(cpus).ok_or_else(|| PinRefused::System(io::Error::from_raw_os_error(libc::EINVAL)))?;
    let bytes = size_of_val(mask.as_slice());
    // SAFETY: `mask` has `bytes` bytes, aligned for words, and is only read; thread 0 is the calling one.
    let status = unsafe { libc::sched_setaffinity(0, bytes, mask.as_ptr().cast()) };
    if status == 0 { Ok(Pinned::ToCpus) } else { Err(PinRefused::System(io::Error::last_os_error())) }
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
