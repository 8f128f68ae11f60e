//! The one checked view over memory that somebody else owns.
//!
//! A view is a pointer, a length and an element type: never a slice, because JavaScript may hold the same memory and, where
//! it is shared, write it while we read. All access goes through raw pointers; what a racing write gives is some value, never
//! a wrong address.

use core::fmt;

use crate::ElementType;

/// `len` elements of one type, somewhere in memory: checked for alignment and for its end when it is made. Equal views are of the
/// same elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    base: *mut u8,
    len: usize,
    element: ElementType,
    is_shared: bool,
}

// SAFETY: a view is an address and two numbers. Whoever made it promised (`View::new`) that the memory stays for as long as
// the view is used, on whichever thread that is; it gives out raw pointers only, and reading or writing those is unsafe again.
unsafe impl Send for View {}
// SAFETY: as above; a shared view has no interior state.
unsafe impl Sync for View {}

/// Why memory cannot be viewed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewError {
    /// The address is no multiple of the element size.
    Misaligned,
    /// The length in bytes does not fit the address space.
    TooLong,
    /// A null address with a length that is not zero: the buffer is detached.
    Null,
}

impl fmt::Display for ViewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Misaligned => "the array does not start at a multiple of its element size",
            Self::TooLong => "the array is longer than the address space",
            Self::Null => "the array has no memory: its buffer is detached",
        })
    }
}

impl core::error::Error for ViewError {}

impl View {
    /// A view of `len` elements from `base` on.
    ///
    /// # Errors
    /// [`ViewError`] when the address is misaligned, null with a length, or the end wraps around.
    ///
    /// # Safety
    /// From now until the last use of the view and of its copies, `base` must be valid for reads of `len` elements, and for
    /// writes too where the view is used as an output. Other threads may write the same memory meanwhile only where it is
    /// memory that JavaScript shares (`SharedArrayBuffer`).
    pub unsafe fn new(base: *mut u8, len: usize, element: ElementType) -> Result<Self, ViewError> {
        // An empty array has no address that matters; Node-API gives null or anything.
        if len == 0 {
            let base = core::ptr::without_provenance_mut(element.size());
            return Ok(Self { base, len, element, is_shared: false });
        }
        if base.is_null() {
            return Err(ViewError::Null);
        }
        if !base.addr().is_multiple_of(element.size()) && !cfg!(corepool_seed = "alignment") {
            return Err(ViewError::Misaligned);
        }
        let bytes = len.checked_mul(element.size()).filter(|bytes| isize::try_from(*bytes).is_ok());
        match bytes.and_then(|bytes| base.addr().checked_add(bytes)) {
            Some(_) => Ok(Self { base, len, element, is_shared: false }),
            None => Err(ViewError::TooLong),
        }
    }

    /// The same of memory that JavaScript shares, which others may write while it is read: two reads of an element may give two values.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { is_shared: true, ..self }
    }

    /// Whether others may write it meanwhile.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when there is no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What an element is.
    pub fn element(&self) -> ElementType {
        self.element
    }

    /// Size in bytes.
    pub fn bytes(&self) -> usize {
        // Cannot overflow: `new` checked the product.
        self.len * self.element.size()
    }

    /// Address of the element `index`, or of the end for `index == len`.
    ///
    /// # Panics
    /// When `index > len`: no address outside the view is ever made.
    pub fn at(&self, index: usize) -> *mut u8 {
        assert!(index <= self.len, "element {index} of a view of {}", self.len);
        self.base.wrapping_add(index * self.element.size())
    }

    /// The same memory as elements of another type of the same size.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn cast(&self, element: ElementType) -> Self {
        assert!(self.element.size() == element.size(), "{:?} as {element:?}", self.element);
        Self { element, ..*self }
    }

    /// True when the two start at the same address with elements of one size: element i of one is element i of the other.
    pub fn coincides_with(&self, other: &Self) -> bool {
        self.base.addr() == other.base.addr() && self.element.size() == other.element.size()
    }

    /// True when the two share at least one byte.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (start, end) = (self.base.addr(), self.base.addr() + self.bytes());
        let (other_start, other_end) = (other.base.addr(), other.base.addr() + other.bytes());
        start < other_end && other_start < end
    }
}

#[cfg(test)]
mod tests {
    use super::{View, ViewError};
    use crate::ElementType::{Float32, Float64, Int32, Uint8};

    fn memory() -> Vec<f64> {
        vec![0.0; 16]
    }

    #[test]
    fn a_misaligned_address_is_refused() {
        let mut owner = memory();
        let base = owner.as_mut_ptr().cast::<u8>();
        // SAFETY: the eight elements from byte 1 on lie inside the sixteen of the vector, which outlives the view.
        let refused = unsafe { View::new(base.wrapping_add(1), 8, Float64) };
        assert_eq!(refused.err(), Some(ViewError::Misaligned));
        // SAFETY: as above; bytes need no alignment.
        let bytes = unsafe { View::new(base.wrapping_add(1), 8, Uint8) };
        assert_eq!(bytes.unwrap().bytes(), 8);
    }

    #[test]
    fn a_length_that_wraps_around_is_refused() {
        let mut owner = memory();
        let base = owner.as_mut_ptr().cast::<u8>();
        for len in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8 + 1] {
            // SAFETY: the call must refuse; no view comes to exist.
            let refused = unsafe { View::new(base, len, Float64) };
            assert_eq!(refused.err(), Some(ViewError::TooLong));
        }
    }

    #[test]
    fn null_is_refused_unless_there_is_no_element() {
        // SAFETY: the call must refuse; no view comes to exist.
        let refused = unsafe { View::new(core::ptr::null_mut(), 1, Float64) };
        assert_eq!(refused.err(), Some(ViewError::Null));
        // SAFETY: no element, no access.
        let empty = unsafe { View::new(core::ptr::null_mut(), 0, Float64) };
        assert!(empty.unwrap().is_empty());
    }

    #[test]
    fn overlap_counts_bytes_and_coincidence_counts_elements() {
        let mut owner = memory();
        let base = owner.as_mut_ptr().cast::<u8>();
        let view = |byte: usize, len, element| {
            // SAFETY: all ranges used below lie inside the vector, which outlives the views.
            unsafe { View::new(base.wrapping_add(byte), len, element) }.unwrap()
        };
        let whole = view(0, 8, Float64);
        assert!(whole.overlaps(&view(56, 2, Float64)));
        assert!(!whole.overlaps(&view(64, 2, Float64)));
        assert!(!whole.overlaps(&view(16, 0, Float64)));
        assert!(whole.coincides_with(&view(0, 8, Float64)));
        assert!(!whole.coincides_with(&view(0, 8, Float32)));
        assert!(view(0, 8, Int32).coincides_with(&view(0, 8, Float32)));
        assert!(!whole.coincides_with(&view(8, 8, Float64)));
    }

    #[test]
    #[should_panic(expected = "element 9 of a view of 8")]
    fn no_address_outside_the_view_is_made() {
        let mut owner = memory();
        // SAFETY: eight elements lie inside the vector, which outlives the view.
        let view = unsafe { View::new(owner.as_mut_ptr().cast::<u8>(), 8, Float64) }.unwrap();
        let _ = view.at(9);
    }
}
