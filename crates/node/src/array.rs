//! Typed arrays of JavaScript as checked views.

use core::ffi::c_void;
use core::ptr;

use corepool_memory::{ElementType, View};
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::sys::{self, TypedarrayType as Kind};
use napi::{Status, ValueType};

use crate::code::{Code, Result, error, from_view};

/// A typed array as Node-API describes it at this moment. Good until JavaScript runs again on this thread.
#[derive(Debug)]
pub struct JsArray {
    /// The array itself, for a reference to it.
    pub(crate) value: sys::napi_value,
    /// True when its buffer is an ArrayBuffer; false when it is a SharedArrayBuffer.
    pub(crate) is_plain: bool,
    kind: sys::napi_typedarray_type,
    len: usize,
    data: *mut c_void,
}

impl JsArray {
    /// A view of the array as `element`.
    ///
    /// # Errors
    /// When the array is of another kind; when it is detached, misaligned or too long.
    ///
    /// # Safety
    /// The view is good for as long as the array's memory is: until JavaScript runs again on this thread, or, where
    /// `is_plain` is false, for as long as a reference keeps the array alive.
    pub(crate) unsafe fn view(&self, element: ElementType) -> Result<View> {
        if self.kind != kind_of(element) && !cfg!(corepool_seed = "kind") {
            return Err(error(Code::InvalidArgType, format!("the array is not one of {element:?} elements")));
        }
        // SAFETY: Node-API gave pointer and length of memory that this array has now; the caller keeps to its life.
        unsafe { View::new(self.data.cast(), self.len, element) }.map_err(from_view)
    }
}

/// The kind of array in which elements of this type arrive. Node-API of Node 20 has no Float16Array: the facade hands over
/// the 16-bit integers of the same memory.
fn kind_of(element: ElementType) -> sys::napi_typedarray_type {
    match element {
        ElementType::Float64 => Kind::float64_array,
        ElementType::Float32 => Kind::float32_array,
        ElementType::Int8 => Kind::int8_array,
        ElementType::Uint8 => Kind::uint8_array,
        ElementType::Uint8Clamped => Kind::uint8_clamped_array,
        ElementType::Int16 => Kind::int16_array,
        ElementType::Float16 | ElementType::Uint16 => Kind::uint16_array,
        ElementType::Int32 => Kind::int32_array,
        ElementType::Uint32 => Kind::uint32_array,
        ElementType::Int64 => Kind::bigint64_array,
        ElementType::Uint64 => Kind::biguint64_array,
    }
}

impl TypeName for JsArray {
    fn type_name() -> &'static str {
        "TypedArray"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for JsArray {}

impl FromNapiValue for JsArray {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let (mut kind, mut len, mut data, mut buffer, mut offset) = (-1, 0, ptr::null_mut(), ptr::null_mut(), 0);
        // SAFETY: `env` and `value` are those of the call that is being made; the out-pointers are ours. Runs no JavaScript.
        let status = unsafe {
            sys::napi_get_typedarray_info(env, value, &mut kind, &mut len, &mut data, &mut buffer, &mut offset)
        };
        check(status, "a typed array is expected")?;
        let mut is_plain = false;
        // A SharedArrayBuffer is no array buffer to Node-API, on every version and runtime.
        // SAFETY: `buffer` was given by the call above, in the same scope.
        let status = unsafe { sys::napi_is_arraybuffer(env, buffer, &mut is_plain) };
        check(status, "the buffer of a typed array is expected")?;
        Ok(Self { value, is_plain, kind, len, data })
    }
}

fn check(status: sys::napi_status, expectation: &str) -> napi::Result<()> {
    if status == sys::Status::napi_ok {
        Ok(())
    } else {
        Err(napi::Error::new(Status::from(status), expectation.to_owned()))
    }
}

/// The element type with this code.
pub(crate) fn element_of(code: u32) -> Result<ElementType> {
    ElementType::from_code(code).ok_or_else(|| error(Code::Dtype, format!("no dtype has the code {code}")))
}
