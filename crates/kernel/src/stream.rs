//! Non-temporal stores: results that no cache will keep go to memory without being read from there first.
//!
//! A normal store reads its cache line before it writes it, so an output beyond the caches costs half as much again as it must.
//! In the caches it is the other way round: there a non-temporal store is several times slower. So they are for large outputs
//! only ([`suits`]), and never for an output that is an operand, whose lines are in the cache already.
//!
//! On x86 such a store is not ordered with any other: whoever made some must call [`fence`] before it says that they are done.
//! Elsewhere they are normal stores, and nothing pays off.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use corepool_memory::View;
use corepool_topology::{cache_sizes, usable_cpus};

use crate::level::per_level;
use crate::operand::Operand;

/// Bytes of a cache line, to whose multiples [`stream`] wants its output aligned.
pub(crate) const LINE: usize = 64;

/// Lanes of a cache line.
pub(crate) const LINE_LANES: usize = LINE / size_of::<f64>();

/// The last-level cache where the system does not say.
const USUAL_CACHE: usize = 32 << 20;

/// The last-level cache that we count on for each usable CPU, at most: a virtual machine of two shows the whole cache of its host,
/// which others fill.
const LARGEST_SHARE: u64 = 32 << 20;

/// Whether a pass over `traffic` bytes, all operands and the output together, should store past the caches: from twice what they
/// keep on. Measured with 32 MiB: equal at 56 MB, 1.15 times faster at 80 MB, 1.5 times at 160 MB. In a virtual machine of two CPUs
/// that shows 300 MiB: twice as fast at 160 MB; it would be faster from 8 MB on, but not together with another pass that reads the
/// results: at 96 MB such a pair takes 1.4 times as long.
pub(crate) fn pays_off(traffic: usize) -> bool {
    static KEPT: OnceLock<usize> = OnceLock::new();
    if !cfg!(target_arch = "x86_64") {
        return false;
    }
    let kept = KEPT.get_or_init(|| {
        let cpus = usable_cpus();
        kept(&cache_sizes(&cpus), cpus.len())
    });
    traffic / 2 >= *kept
}

/// Bytes that the caches keep for so many CPUs.
fn kept(sizes: &BTreeMap<String, u64>, cpus: usize) -> usize {
    let largest = sizes.iter().filter(|(name, _)| !name.ends_with('i')).map(|(_, size)| *size).max();
    let share = LARGEST_SHARE.saturating_mul(u64::try_from(cpus).unwrap_or(u64::MAX).max(1));
    largest.and_then(|size| usize::try_from(size.min(share)).ok()).unwrap_or(USUAL_CACHE)
}

/// Whether a pass over `operands` should store past the caches into `output`, which it should not where that is an operand.
pub(crate) fn suits(operands: &[Operand], output: &View) -> bool {
    let arrays = || operands.iter().filter_map(Operand::array);
    let traffic = arrays().fold(output.bytes(), |sum, array| sum.saturating_add(array.bytes()));
    pays_off(traffic) && !arrays().any(|array| array.coincides_with(output))
}

per_level! {
    /// Copies `bytes` bytes past the caches: whole lines of an output that is aligned to [`LINE`], the rest by normal stores.
    ///
    /// # Safety
    /// `from` must be valid for reads and `to` for writes of `bytes` bytes, and the two disjoint; nobody else may write them
    /// meanwhile. Before anybody else learns that the output is written, this thread must call [`fence`].
    pub(crate) unsafe fn stream<const REGISTER: usize>(from: *const u8, to: *mut u8, bytes: usize) {
        let whole = if to.addr().is_multiple_of(LINE) { bytes - bytes % LINE } else { 0 };
        for offset in (0..whole).step_by(LINE) {
            // SAFETY: a line from `offset` on is inside the bytes, and this read needs no alignment.
            let line = unsafe { from.wrapping_add(offset).cast::<[f64; LINE_LANES]>().read_unaligned() };
            // SAFETY: a line from `offset` on is inside the output and aligned, as the output is; the caller promised the rest. The
            // body is compiled with registers of so many bytes.
            unsafe { stream_line::<REGISTER>(&line, to.wrapping_add(offset).cast()) };
        }
        // SAFETY: the bytes from `whole` on are inside both, which are disjoint.
        unsafe { core::ptr::copy_nonoverlapping(from.wrapping_add(whole), to.wrapping_add(whole), bytes - whole) };
    }
}

per_level! {
    /// `output[i] = of(i)` for every i: whole lines past the caches, what is before and behind them by normal stores. The caches are asked for
    /// what lies at `ahead`, any address, and for a line further on with each line.
    ///
    /// # Safety
    /// `output` must be valid and aligned for writes of `len` elements, and share no memory with what `of` reads; nobody else may write
    /// it meanwhile, except where it is memory that JavaScript shares. Before anybody else learns that it is written, this thread
    /// must call [`fence`].
    pub(crate) unsafe fn fill<const REGISTER: usize>(
        output: *mut f64, len: usize, ahead: *const u8, of: impl Fn(usize) -> f64,
    ) {
        let head = until_line(output.cast(), size_of::<f64>()).min(len);
        let lines = (len - head) / LINE_LANES;
        let tail = head + lines * LINE_LANES;
        for start in (head..tail).step_by(LINE_LANES) {
            prefetch(ahead.wrapping_add(start * size_of::<f64>()));
            let mut line = [0.0; LINE_LANES];
            for (i, value) in (start..).zip(&mut line) {
                *value = of(i);
            }
            // SAFETY: a line from `start` on is inside the output, and begins where a line does; the caller promised the rest. The body
            // is compiled with registers of so many bytes.
            unsafe { stream_line::<REGISTER>(&line, output.wrapping_add(start)) };
        }
        for i in (0..head).chain(tail..len) {
            // SAFETY: `i < len`, and `output` is valid and aligned for writes of `len` elements.
            unsafe { output.wrapping_add(i).write(of(i)) };
        }
    }
}

/// Stores the lanes of one line past the caches, by registers of so many bytes: a line that is written at once is sent off at
/// once. (1e7 doubles squared on two CPUs: 0.58 ns an element by 16 bytes, 0.50 by 32, 0.39 by 64.)
///
/// # Safety
/// `to` must be valid for writes of a line and aligned to [`LINE`], and the CPU must have AVX for 32 bytes, AVX-512 F for 64; the
/// rest is as for [`stream`].
#[inline(always)]
pub(crate) unsafe fn stream_line<const REGISTER: usize>(lanes: &[f64; LINE_LANES], to: *mut f64) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{
            _mm_loadu_pd, _mm_stream_pd, _mm256_loadu_pd, _mm256_stream_pd, _mm512_loadu_pd, _mm512_stream_pd,
        };
        let width = REGISTER / size_of::<f64>();
        for (lanes, offset) in lanes.chunks_exact(width).zip((0..).step_by(width)) {
            let (from, to) = (lanes.as_ptr(), to.wrapping_add(offset));
            // An instruction without AVX between others with it would stall some CPUs.
            match REGISTER {
                64 => {
                    // SAFETY: there are eight lanes, and this load needs no alignment.
                    let lanes = unsafe { _mm512_loadu_pd(from) };
                    // SAFETY: they are the line, which is aligned.
                    unsafe { _mm512_stream_pd(to, lanes) };
                }
                32 => {
                    // SAFETY: there are four lanes, and this load needs no alignment.
                    let lanes = unsafe { _mm256_loadu_pd(from) };
                    // SAFETY: they are inside the line, and aligned as the line is.
                    unsafe { _mm256_stream_pd(to, lanes) };
                }
                _ => {
                    // SAFETY: there are two lanes, and this load needs no alignment.
                    let lanes = unsafe { _mm_loadu_pd(from) };
                    // SAFETY: as above.
                    unsafe { _mm_stream_pd(to, lanes) };
                }
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    // SAFETY: the caller's promise is that of the copy.
    unsafe {
        core::ptr::copy_nonoverlapping(lanes.as_ptr(), to, LINE_LANES);
    }
}

/// Orders what was streamed by this thread before all that it stores later.
pub(crate) fn fence() {
    // SAFETY: every x86 of 64 bits has the instruction.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::x86_64::_mm_sfence();
    }
}

/// Asks the caches for the line at `address`, wherever that is.
#[inline(always)]
pub(crate) fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86 of 64 bits has the instruction, which reads nothing and faults at no address.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

/// Elements from `address` on until the next line begins.
pub(crate) fn until_line(address: *const u8, element_size: usize) -> usize {
    (address.addr().next_multiple_of(LINE) - address.addr()) / element_size
}

#[cfg(test)]
mod tests {
    use super::{LINE, USUAL_CACHE, fence, kept, pays_off, stream, until_line};
    use crate::level::Level;

    #[test]
    fn every_byte_arrives_and_no_other_is_touched() {
        let from: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for offset in [0, 1, 8, 63, 64] {
            for bytes in [0, 1, 15, 16, 63, 64, 65, 128, 200, 640, 777] {
                for level in Level::available() {
                    let mut memory = vec![0xAA_u8; 1000 + 2 * LINE];
                    let start = memory.as_ptr().align_offset(LINE) + offset;
                    // SAFETY: `bytes` bytes from `start` on lie inside the memory, which nobody else uses.
                    unsafe { stream(level, from.as_ptr(), memory.as_mut_ptr().wrapping_add(start), bytes) };
                    fence();
                    assert_eq!(memory[start..start + bytes], from[..bytes], "{level:?}");
                    assert!(memory[..start].iter().chain(&memory[start + bytes..]).all(|byte| *byte == 0xAA));
                }
            }
        }
    }

    #[test]
    fn what_a_cache_holds_is_stored_there() {
        assert!(!pays_off(0));
        assert!(!pays_off(1 << 20));
        assert_eq!(pays_off(usize::MAX), cfg!(target_arch = "x86_64"));
    }

    #[test]
    fn a_cache_that_others_share_counts_for_what_the_cpus_may_hope_for() {
        let with =
            |sizes: &[(&str, u64)], cpus| kept(&sizes.iter().map(|(n, s)| ((*n).to_owned(), *s)).collect(), cpus);
        assert_eq!(with(&[("L1d", 48 << 10), ("L1i", 512 << 20), ("L2", 2 << 20), ("L3", 300 << 20)], 2), 64 << 20);
        assert_eq!(with(&[("L2", 1 << 20), ("L3", 32 << 20)], 8), 32 << 20);
        assert_eq!(with(&[("L2", 1 << 20)], 0), 1 << 20);
        assert_eq!(with(&[], 2), USUAL_CACHE);
    }

    #[test]
    fn the_next_line_is_so_many_elements_away() {
        let address = |address| core::ptr::without_provenance::<u8>(address);
        assert_eq!(until_line(address(LINE), 8), 0);
        assert_eq!(until_line(address(LINE + 8), 8), 7);
        assert_eq!(until_line(address(LINE + 63), 1), 1);
    }
}
