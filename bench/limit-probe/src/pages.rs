//! Memory as a kernel likes it best: aligned to huge pages, in huge pages where the system has them, touched once.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};

/// 2 MiB: a huge page of every x86-64, and of most AArch64 systems.
const HUGE_PAGE: usize = 2 << 20;

/// An array of doubles that is never moved; every element holds a value from the start.
#[derive(Debug)]
pub(crate) struct Pages {
    base: *mut f64,
    len: usize,
    layout: Layout,
}

impl Pages {
    /// `len` doubles, at least one, each `value(index)`; ends the process where there is no memory for them.
    pub(crate) fn new(len: usize, value: fn(usize) -> f64) -> Self {
        Self::filled(len, true, value)
    }

    /// The same, in the pages that the system gives unasked.
    pub(crate) fn as_they_come(len: usize, value: fn(usize) -> f64) -> Self {
        Self::filled(len, false, value)
    }

    fn filled(len: usize, in_huge: bool, value: fn(usize) -> f64) -> Self {
        let array = Layout::array::<f64>(len.max(1)).and_then(|layout| layout.align_to(HUGE_PAGE));
        let Ok(layout) = array else { handle_alloc_error(Layout::new::<f64>()) };
        // A huge page is given only where all of it is ours.
        let layout = if in_huge { layout.pad_to_align() } else { layout };
        // SAFETY: the layout's size is not zero: it is that of one double at least.
        let base = unsafe { alloc(layout) }.cast::<f64>();
        if base.is_null() {
            handle_alloc_error(layout);
        }
        let pages = Self { base, len, layout };
        if in_huge {
            pages.advise();
        }
        for i in 0..len {
            // SAFETY: `i < len`, and the allocation has `len` doubles.
            unsafe { base.wrapping_add(i).write(value(i)) };
        }
        pages
    }

    pub(crate) fn base(&self) -> *mut f64 {
        self.base
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The elements. No pass may run meanwhile: it writes through [`Pages::base`].
    pub(crate) fn values(&mut self) -> &mut [f64] {
        // SAFETY:
        // - the allocation has `len` doubles, all written by `new`;
        // - `&mut self` and the rule above: nobody else reads or writes them while the slice lives.
        unsafe { core::slice::from_raw_parts_mut(self.base, self.len) }
    }

    /// Asks for huge pages, before anything is touched. A refusal costs speed, and the figures of memcpy show it too.
    #[cfg(target_os = "linux")]
    fn advise(&self) {
        // SAFETY: the range is this allocation, which starts at a page; advice changes no contents.
        unsafe { libc::madvise(self.base.cast(), self.layout.size(), libc::MADV_HUGEPAGE) };
    }

    #[cfg(not(target_os = "linux"))]
    fn advise(&self) {}
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: `base` came from `alloc` with this layout and is given back once, here.
        unsafe { dealloc(self.base.cast(), self.layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_aligned_and_hold_their_values() {
        for len in [0, 1, 1000, 300_000] {
            #[expect(clippy::cast_precision_loss, reason = "indices are far below 2^52")]
            let mut pages = Pages::new(len, |i| i as f64);
            assert!(pages.base().addr().is_multiple_of(HUGE_PAGE));
            assert_eq!(pages.values().len(), len);
            assert!((0u32..).zip(pages.values()).all(|(i, value)| *value == f64::from(i)));
        }
    }
}
