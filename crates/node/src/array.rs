//! Arrays of JavaScript as checked views: a buffer, a place in it, and a length.
//!
//! What the facade says of a place is checked against the buffer as it is at this moment, so a wrong place is an error and never
//! memory of somebody else. Asking Node-API for a typed array instead costs three times as much.

use core::ffi::c_void;
use core::ptr;

use corepool_memory::{ElementType, View};
use napi::sys;

use crate::code::{Code, Result, error, from_view};

/// Bits of a place that are the element type.
const CODE_BITS: u32 = 4;

/// Memory of JavaScript's as Node-API describes it at this moment: an ArrayBuffer, or a DataView of anything. Good until
/// JavaScript runs again on this thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsMemory {
    /// What was handed over, for a reference to it.
    pub(crate) value: sys::napi_value,
    /// The buffer of a DataView; null where an ArrayBuffer was handed over.
    buffer: sys::napi_value,
    base: *mut c_void,
    bytes: usize,
}

impl JsMemory {
    /// The memory of `value`; None when it is something else. Runs no JavaScript.
    ///
    /// # Safety
    /// `env` and `value` must be those of the call that is being made.
    #[inline(always)]
    pub(crate) unsafe fn read(env: sys::napi_env, value: sys::napi_value) -> Option<Self> {
        let (mut base, mut bytes) = (ptr::null_mut(), 0);
        // SAFETY: `env` and `value` are good, as the caller promised; the out-pointers are ours.
        let status = unsafe { sys::napi_get_arraybuffer_info(env, value, &mut base, &mut bytes) };
        if status == sys::Status::napi_ok {
            return Some(Self { value, buffer: ptr::null_mut(), base, bytes });
        }
        let (mut buffer, mut offset) = (ptr::null_mut(), 0);
        // SAFETY: as above.
        let status =
            unsafe { sys::napi_get_dataview_info(env, value, &mut bytes, &mut base, &mut buffer, &mut offset) };
        (status == sys::Status::napi_ok).then_some(Self { value, buffer, base, bytes })
    }

    /// False when it is certain to belong to an ArrayBuffer: shared memory comes as a DataView.
    pub(crate) fn may_be_shared(&self) -> bool {
        !self.buffer.is_null()
    }

    /// True when it belongs to an ArrayBuffer; false when it is a SharedArrayBuffer's, which is no array buffer to Node-API, on some
    /// versions and runtimes, and therefore comes as a DataView.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the memory was read.
    pub(crate) unsafe fn is_plain(&self, env: sys::napi_env) -> Result<bool> {
        if !self.may_be_shared() {
            return Ok(true);
        }
        let mut is_plain = false;
        // SAFETY: `buffer` was given by Node-API in the same scope.
        let status = unsafe { sys::napi_is_arraybuffer(env, self.buffer, &mut is_plain) };
        if status == sys::Status::napi_ok {
            Ok(is_plain)
        } else {
            Err(error(Code::NodeApi(status.into()), "the buffer of a DataView is expected"))
        }
    }

    /// A view of `len` elements at a place.
    ///
    /// # Errors
    /// When they do not lie inside the memory, as those of a detached buffer; when they are misaligned, or of no dtype.
    ///
    /// # Safety
    /// The view is good for as long as the memory is: until JavaScript runs again on this thread, or, where it is not plain, for
    /// as long as a reference keeps it alive.
    #[inline(always)]
    pub(crate) unsafe fn view(&self, place: Place, len: usize) -> Result<View> {
        let Place { element, offset } = place;
        let end = len.checked_mul(element.size()).and_then(|bytes| bytes.checked_add(offset));
        if end.is_none_or(|end| end > self.bytes) && !cfg!(corepool_seed = "bounds") {
            return Err(self.too_short(len));
        }
        let base = self.base.cast::<u8>().wrapping_add(offset);
        // SAFETY: Node-API gave base and size of memory that is there now, and the elements lie inside; the caller keeps to its
        // life.
        unsafe { View::new(base, len, element) }.map_err(from_view)
    }

    #[cold]
    fn too_short(&self, len: usize) -> napi::Error<Code> {
        let code = if self.bytes == 0 { Code::Detached } else { Code::InvalidArgValue };
        error(code, format!("{len} elements do not lie inside a buffer of {} bytes", self.bytes))
    }
}

/// Where an array begins in its memory, and what its elements are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    element: ElementType,
    offset: usize,
}

impl Place {
    /// From one number: the offset in bytes, times 16, and the code of the dtype.
    ///
    /// # Errors
    /// When it is no whole number of that form.
    #[inline(always)]
    pub(crate) fn from_number(number: f64) -> Result<Self> {
        let whole = whole(number)?;
        // The lowest four bits always fit.
        let code = u32::try_from(whole & ((1 << CODE_BITS) - 1)).unwrap_or(u32::MAX);
        Ok(Self { element: element_of(code)?, offset: whole >> CODE_BITS })
    }
}

/// The element type with this code.
pub(crate) fn element_of(code: u32) -> Result<ElementType> {
    ElementType::from_code(code).ok_or_else(|| error(Code::Dtype, format!("no dtype has the code {code}")))
}

/// A number of bytes or elements that is one. By way of `i64`, which a double becomes, and comes from, in one instruction each.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a number that the casts change is refused"
)]
pub(crate) fn whole(number: f64) -> Result<usize> {
    let whole = number as i64;
    let is_same = whole as f64 == number && number <= 9_007_199_254_740_991.0;
    match usize::try_from(whole) {
        Ok(whole) if is_same => Ok(whole),
        _ => Err(error(Code::InvalidArgValue, format!("{number} is no number of bytes or elements"))),
    }
}
