//! Non-temporal stores: results that no cache will keep go to memory without being read from there first.
//!
//! A normal store reads its cache line before it writes it, so an output beyond the caches costs half as much again as it must.
//! In the caches it is the other way round: there a non-temporal store is several times slower. So they are for large outputs
//! only ([`suits`]), and never for an output that is an operand, whose lines are in the cache already.
//!
//! On x86 such a store is not ordered with any other: whoever made some must call [`fence`] before it says that they are done.
//! Elsewhere they are normal stores, and nothing pays off.

use std::sync::OnceLock;

use corepool_memory::View;
use corepool_topology::{cache_sizes, usable_cpus};

use crate::operand::Operand;

/// Bytes of a cache line, to whose multiples [`stream`] wants its output aligned.
pub(crate) const LINE: usize = 64;

/// Lanes of a cache line.
pub(crate) const LINE_LANES: usize = LINE / size_of::<f64>();

/// The last-level cache where the system does not say.
const USUAL_CACHE: usize = 32 << 20;

/// Whether a pass over `traffic` bytes, all operands and the output together, should store past the caches: from twice the
/// last-level cache on. Measured with 32 MiB: equal at 56 MB, 1.15 times faster at 80 MB, 1.5 times at 160 MB.
pub(crate) fn pays_off(traffic: usize) -> bool {
    static CACHE: OnceLock<usize> = OnceLock::new();
    if !cfg!(target_arch = "x86_64") {
        return false;
    }
    let cache = CACHE.get_or_init(|| {
        let sizes = cache_sizes(&usable_cpus());
        let largest = sizes.iter().filter(|(name, _)| !name.ends_with('i')).map(|(_, size)| *size).max();
        largest.and_then(|size| usize::try_from(size).ok()).unwrap_or(USUAL_CACHE)
    });
    traffic / 2 >= *cache
}

/// Whether a pass over `operands` should store past the caches into `output`, which it should not where that is an operand.
pub(crate) fn suits(operands: &[Operand], output: &View) -> bool {
    let arrays = || operands.iter().filter_map(Operand::array);
    let traffic = arrays().fold(output.bytes(), |sum, array| sum.saturating_add(array.bytes()));
    pays_off(traffic) && !arrays().any(|array| array.coincides_with(output))
}

/// Copies `bytes` bytes past the caches: whole lines of an output that is aligned to [`LINE`], the rest by normal stores.
///
/// # Safety
/// `from` must be valid for reads and `to` for writes of `bytes` bytes, and the two disjoint; nobody else may write them
/// meanwhile. Before anybody else learns that the output is written, this thread must call [`fence`].
#[cfg(target_arch = "x86_64")]
pub(crate) unsafe fn stream(from: *const u8, to: *mut u8, bytes: usize) {
    use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_stream_si128};
    const WIDTH: usize = size_of::<__m128i>();
    let whole = if to.addr().is_multiple_of(LINE) { bytes - bytes % LINE } else { 0 };
    // SSE2 is as fast here as wider registers: the stores of a line are combined on the way out.
    for offset in (0..whole).step_by(WIDTH) {
        // SAFETY: `offset + WIDTH` is at most `whole`, and this load needs no alignment.
        let lanes = unsafe { _mm_loadu_si128(from.wrapping_add(offset).cast()) };
        // SAFETY: as above, and the output is aligned: it is to a line, and `offset` is a multiple of the width.
        unsafe { _mm_stream_si128(to.wrapping_add(offset).cast(), lanes) };
    }
    // SAFETY: the bytes from `whole` on are inside both, which are disjoint.
    unsafe { core::ptr::copy_nonoverlapping(from.wrapping_add(whole), to.wrapping_add(whole), bytes - whole) };
}

/// # Safety
/// As on x86.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) unsafe fn stream(from: *const u8, to: *mut u8, bytes: usize) {
    // SAFETY: the caller's promise is that of the copy.
    unsafe { core::ptr::copy_nonoverlapping(from, to, bytes) };
}

/// Stores the lanes of one line past the caches, by AVX where the caller has that.
///
/// # Safety
/// `to` must be valid for writes of a line and aligned to [`LINE`], and the CPU must have AVX where it is asked for; the rest is
/// as for [`stream`].
#[inline(always)]
pub(crate) unsafe fn stream_line<const AVX: bool>(lanes: &[f64; LINE_LANES], to: *mut f64) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_mm_loadu_pd, _mm_stream_pd, _mm256_loadu_pd, _mm256_stream_pd};
        let width = if AVX { 4 } else { 2 };
        for (lanes, offset) in lanes.chunks_exact(width).zip((0..).step_by(width)) {
            let to = to.wrapping_add(offset);
            if AVX {
                // An instruction without AVX between others with it would stall some CPUs.
                // SAFETY: there are four lanes, and this load needs no alignment.
                let lanes = unsafe { _mm256_loadu_pd(lanes.as_ptr()) };
                // SAFETY: they are inside the line, and aligned as the line is.
                unsafe { _mm256_stream_pd(to, lanes) };
            } else {
                // SAFETY: there are two lanes, and this load needs no alignment.
                let lanes = unsafe { _mm_loadu_pd(lanes.as_ptr()) };
                // SAFETY: as above.
                unsafe { _mm_stream_pd(to, lanes) };
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
    use super::{LINE, fence, pays_off, stream, until_line};

    #[test]
    fn every_byte_arrives_and_no_other_is_touched() {
        let from: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for offset in [0, 1, 8, 63, 64] {
            for bytes in [0, 1, 15, 16, 63, 64, 65, 128, 200, 640, 777] {
                let mut memory = vec![0xAA_u8; 1000 + LINE];
                let aligned = memory.as_ptr().align_offset(LINE);
                let start = (aligned + offset) % LINE + 32;
                // SAFETY: `bytes` bytes from `start` on lie inside the memory, which nobody else uses.
                unsafe { stream(from.as_ptr(), memory.as_mut_ptr().wrapping_add(start), bytes) };
                fence();
                assert_eq!(memory[start..start + bytes], from[..bytes]);
                assert!(memory[..start].iter().chain(&memory[start + bytes..]).all(|byte| *byte == 0xAA));
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
    fn the_next_line_is_so_many_elements_away() {
        let address = |address| core::ptr::without_provenance::<u8>(address);
        assert_eq!(until_line(address(LINE), 8), 0);
        assert_eq!(until_line(address(LINE + 8), 8), 7);
        assert_eq!(until_line(address(LINE + 63), 1), 1);
    }
}
