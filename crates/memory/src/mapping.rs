//! Anonymous memory straight from the system, from a huge-page boundary on, in huge pages where the system has them.

use crate::HUGE_PAGE;

/// Memory of our own, a multiple of [`HUGE_PAGE`] bytes; given back when dropped.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: *mut u8,
    bytes: usize,
}

// SAFETY: a mapping is the only owner of its memory, which neither knows nor needs the thread that made it.
unsafe impl Send for Mapping {}

impl Mapping {
    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(target_os = "linux")]
impl Mapping {
    /// A mapping of at least `bytes` bytes; None when the system refuses.
    pub(crate) fn new(bytes: usize) -> Option<Self> {
        let wanted = bytes.checked_next_multiple_of(HUGE_PAGE)?;
        // One huge page more than needed, so that a boundary lies inside; what sticks out is given back at once.
        let mapped = wanted.checked_add(HUGE_PAGE)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new anonymous mapping at an address of the kernel's choice touches no memory of ours.
        let start = unsafe { libc::mmap(core::ptr::null_mut(), mapped, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        let start = start.cast::<u8>();
        let head = start.addr().next_multiple_of(HUGE_PAGE) - start.addr();
        let base = start.wrapping_add(head);
        let tail = mapped - head - wanted;
        if head > 0 {
            // SAFETY: these are the first `head` bytes of the mapping made above, which nobody uses.
            unsafe { libc::munmap(start.cast(), head) };
        }
        if tail > 0 {
            // SAFETY: these are the last `tail` bytes of the mapping made above, which nobody uses.
            unsafe { libc::munmap(base.wrapping_add(wanted).cast(), tail) };
        }
        // Only advice: where the kernel has no huge pages the mapping works in small ones.
        // SAFETY: `wanted` bytes from `base` on are the mapping that is left.
        unsafe { libc::madvise(base.cast(), wanted, libc::MADV_HUGEPAGE) };
        Some(Self { base, bytes: wanted })
    }
}

/// Bytes that are unmapped at a time: 0.1 ms in huge pages.
#[cfg(target_os = "linux")]
const PIECE: usize = 32 << 20;

#[cfg(target_os = "linux")]
impl Mapping {
    /// Gives it back, letting other threads go first after each piece: for a thread that nobody waits for.
    pub(crate) fn unmap_slowly(mut self) {
        while self.unmap_piece() {
            std::thread::yield_now();
        }
    }

    /// Gives the first piece of what is left back; says whether there is more.
    fn unmap_piece(&mut self) -> bool {
        let piece = PIECE.min(self.bytes);
        let start: *mut libc::c_void = self.base.cast();
        // The pages first: where the kernel frees them without the lock of the whole process, whoever waits for that waits less.
        // SAFETY: the piece lies in the mapping made by `new`, whose only owner goes.
        unsafe { libc::madvise(start, piece, libc::MADV_DONTNEED) };
        // SAFETY: as above.
        unsafe { libc::munmap(start, piece) };
        self.base = self.base.wrapping_add(piece);
        self.bytes -= piece;
        self.bytes > 0
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mapping {
    fn drop(&mut self) {
        // In pieces: the other threads of the process can map nothing while one is unmapped.
        while self.bytes > 0 {
            self.unmap_piece();
        }
    }
}

/// Elsewhere the global allocator, aligned: its large blocks are mappings too.
#[cfg(not(target_os = "linux"))]
impl Mapping {
    /// Memory of at least `bytes` bytes; None when there is none.
    pub(crate) fn new(bytes: usize) -> Option<Self> {
        let bytes = bytes.checked_next_multiple_of(HUGE_PAGE)?;
        let layout = std::alloc::Layout::from_size_align(bytes, HUGE_PAGE).ok()?;
        // SAFETY: the size is not zero: nobody asks for less than a huge page.
        let base = unsafe { std::alloc::alloc(layout) };
        (!base.is_null()).then_some(Self { base, bytes })
    }

    /// Gives it back.
    pub(crate) fn unmap_slowly(self) {
        drop(self);
    }
}

#[cfg(not(target_os = "linux"))]
impl Drop for Mapping {
    fn drop(&mut self) {
        if let Ok(layout) = std::alloc::Layout::from_size_align(self.bytes, HUGE_PAGE) {
            // SAFETY: `new` allocated `base` with this layout, and its only owner goes.
            unsafe { std::alloc::dealloc(self.base, layout) };
        }
    }
}

/// Asks for huge pages in memory that somebody else allocated: the whole huge pages that lie inside it. Only advice.
///
/// # Safety
/// `bytes` bytes from `base` on must be mapped memory, anonymous and private.
#[cfg(target_os = "linux")]
pub unsafe fn advise_huge_pages(base: *mut u8, bytes: usize) {
    let start = base.addr().next_multiple_of(HUGE_PAGE);
    let end = (base.addr() + bytes) / HUGE_PAGE * HUGE_PAGE;
    if start < end {
        // SAFETY: the range lies inside the caller's memory, and advice changes no contents.
        unsafe { libc::madvise(base.with_addr(start).cast(), end - start, libc::MADV_HUGEPAGE) };
    }
}

/// Nothing to ask for here.
///
/// # Safety
/// None is needed; it is unsafe for the sake of Linux.
#[cfg(not(target_os = "linux"))]
pub unsafe fn advise_huge_pages(_base: *mut u8, _bytes: usize) {}
