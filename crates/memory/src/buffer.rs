//! Memory that the library owns: aligned, freed on any thread, in huge pages where it is large.
//!
//! First-touch page faults cost a fresh result up to twelve times what its kernel costs, and huge pages take most of that
//! away; memory of V8's can be neither aligned nor placed. Large buffers therefore come straight from the system.

use core::fmt;
use std::alloc::{Layout, alloc, dealloc};

use crate::mapping::Mapping;
use crate::{ElementType, View, recycler};

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
    /// A mapping of its own; None only while it is being dropped.
    Mapping(Option<Mapping>),
}

// SAFETY: the buffer is the only owner of its memory, which neither knows nor needs the thread that allocated it.
unsafe impl Send for Buffer {}
// SAFETY: a shared buffer gives out addresses only; using one is unsafe again.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Memory for `bytes` bytes; from [`HUGE_PAGE`] on a mapping of its own, recycled where one fits.
    ///
    /// # Errors
    /// [`OutOfMemory`] when the system refuses; nothing aborts.
    pub fn allocate(bytes: usize) -> Result<Self, OutOfMemory> {
        if bytes == 0 {
            return Ok(Self { base: core::ptr::without_provenance_mut(ALIGNMENT), bytes, origin: Origin::Empty });
        }
        if bytes >= HUGE_PAGE {
            let mapping = recycler::take(bytes).ok_or(OutOfMemory { bytes })?;
            return Ok(Self { base: mapping.base(), bytes, origin: Origin::Mapping(Some(mapping)) });
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
        match &mut self.origin {
            Origin::Empty => {}
            // SAFETY: `base` came from `alloc` with this layout and is given back once, here.
            Origin::Heap(layout) => unsafe { dealloc(self.base, *layout) },
            Origin::Mapping(mapping) => mapping.take().map_or((), recycler::give),
        }
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
            if bytes >= HUGE_PAGE {
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
