//! Memory that the library owns: aligned, freed on any thread, in huge pages where it is large.
//!
//! First-touch page faults cost a fresh result up to twelve times what its kernel costs, and huge pages take most of that
//! away; memory of V8's can be neither aligned nor placed. Large buffers therefore come straight from the system.

use core::fmt;
use std::alloc::{Layout, alloc, dealloc};

use crate::{ElementType, View};

/// Size and alignment of a huge page on the machines that have them: 2 MiB.
pub const HUGE_PAGE: usize = 2 << 20;

/// Alignment of every buffer: one cache line, which is also the widest vector register.
const ALIGNMENT: usize = 64;

/// The system has no more memory for a buffer of this many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// What was asked for.
    pub bytes: usize,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no memory for a buffer of {} bytes", self.bytes)
    }
}

impl core::error::Error for OutOfMemory {}

/// Owned memory: 64-byte aligned, at least as long as asked for, contents unspecified until written.
#[derive(Debug)]
pub struct Buffer {
    base: *mut u8,
    bytes: usize,
    origin: Origin,
}

/// Where the memory came from, hence how it goes back.
#[derive(Debug)]
enum Origin {
    /// No memory at all: the buffer of length 0.
    Empty,
    /// The global allocator, by this layout.
    Heap(Layout),
    /// A mapping of its own, of this many bytes.
    #[cfg(target_os = "linux")]
    Mapping(usize),
}

// SAFETY: the buffer is the only owner of its memory, which neither knows nor needs the thread that allocated it.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer gives out addresses only; using one is unsafe again.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Memory for `bytes` bytes; from [`HUGE_PAGE`] on a mapping of its own in huge pages, where the system has them.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the system refuses; nothing aborts.
    pub fn allocate(bytes: usize) -> Result<Self, OutOfMemory> {
        if bytes == 0 {
            return Ok(Self { base: core::ptr::without_provenance_mut(ALIGNMENT), bytes, origin: Origin::Empty });
        }
        #[cfg(target_os = "linux")]
        if bytes >= HUGE_PAGE {
            return mapping::map(bytes)
                .map(|base| Self { base, bytes, origin: Origin::Mapping(bytes) })
                .ok_or(OutOfMemory { bytes });
        }
        let layout = Layout::from_size_align(bytes, ALIGNMENT).map_err(|_| OutOfMemory { bytes })?;
        // SAFETY: the layout's size is not zero, checked above.
        let base = unsafe { alloc(layout) };
        if base.is_null() { Err(OutOfMemory { bytes }) } else { Ok(Self { base, bytes, origin: Origin::Heap(layout) }) }
    }

    /// Memory for `len` elements.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is none, or when that many elements have no size in bytes.
    pub fn for_elements(len: usize, element: ElementType) -> Result<Self, OutOfMemory> {
        Self::allocate(len.checked_mul(element.size()).ok_or(OutOfMemory { bytes: usize::MAX })?)
    }

    /// Address of the first byte; not null, not to be read where `bytes` is 0.
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// Size in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The whole buffer as elements; bytes that make no whole element are left out.
    ///
    /// # Safety
    /// The buffer must outlive the last use of the view and of its copies.
    pub unsafe fn view(&self, element: ElementType) -> View {
        // SAFETY: the memory is ours for `bytes` bytes, and the caller keeps it alive.
        let view = unsafe { View::new(self.base, self.bytes / element.size(), element) };
        match view {
            Ok(view) => view,
            Err(error) => unreachable!("a buffer is aligned and inside the address space: {error}"),
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        match self.origin {
            Origin::Empty => {}
            // SAFETY: `base` came from `alloc` with this layout and is given back once, here.
            Origin::Heap(layout) => unsafe { dealloc(self.base, layout) },
            #[cfg(target_os = "linux")]
            // SAFETY: `base` came from `mapping::map` with this length and is given back once, here.
            Origin::Mapping(bytes) => unsafe { mapping::unmap(self.base, bytes) },
        }
    }
}

#[cfg(target_os = "linux")]
mod mapping {
    //! Anonymous mappings that start at a huge page.

    use super::HUGE_PAGE;

    /// A mapping of at least `bytes` bytes from a huge-page boundary on, advised to huge pages; None when refused.
    pub(super) fn map(bytes: usize) -> Option<*mut u8> {
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
        Some(base)
    }

    /// Gives back what [`map`] gave for `bytes`.
    ///
    /// # Safety
    /// `base` must come from `map(bytes)`, be given back once, and not be used afterwards.
    pub(super) unsafe fn unmap(base: *mut u8, bytes: usize) {
        // SAFETY: by this function's contract that is the whole mapping, and nobody uses it any more.
        unsafe { libc::munmap(base.cast(), bytes.next_multiple_of(HUGE_PAGE)) };
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffer, HUGE_PAGE, OutOfMemory};
    use crate::ElementType::Float64;

    #[test]
    fn a_buffer_is_aligned_and_writable_to_its_last_byte() {
        for bytes in [1, 63, 64, 4096, HUGE_PAGE - 1, HUGE_PAGE, HUGE_PAGE + 1, 5 * HUGE_PAGE + 8] {
            let buffer = Buffer::allocate(bytes).unwrap();
            assert_eq!(buffer.base().addr() % 64, 0);
            if bytes >= HUGE_PAGE && cfg!(target_os = "linux") {
                assert_eq!(buffer.base().addr() % HUGE_PAGE, 0);
            }
            for byte in [0, bytes - 1] {
                // SAFETY: `byte` lies inside the buffer.
                unsafe { buffer.base().wrapping_add(byte).write(7) };
                // SAFETY: written just above.
                assert_eq!(unsafe { buffer.base().wrapping_add(byte).read() }, 7);
            }
        }
    }

    #[test]
    fn a_buffer_of_no_bytes_has_an_empty_view() {
        let buffer = Buffer::allocate(0).unwrap();
        // SAFETY: the buffer lives to the end of the test.
        assert!(unsafe { buffer.view(Float64) }.is_empty());
    }

    #[test]
    fn too_much_memory_is_an_error_and_not_an_abort() {
        for bytes in [usize::MAX, usize::MAX - HUGE_PAGE, isize::MAX as usize] {
            assert_eq!(Buffer::allocate(bytes).err(), Some(OutOfMemory { bytes }));
        }
        assert!(Buffer::for_elements(usize::MAX / 4, Float64).is_err());
    }
}
