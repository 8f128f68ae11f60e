//! Typed arrays of JavaScript as checked views.

use core::ffi::c_void;
use core::ptr;

use corepool_memory::{ElementType, View};
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::sys::{self, TypedarrayType};
use napi::{Status, ValueType};

use crate::code::{Code, Result, error, from_view};

/// An array as Node-API describes it at this moment. Good until JavaScript runs again on this thread.
///
/// Node-API of Node 20 has no Float16Array: the facade hands over a DataView of the same memory, which means nothing else here.
#[derive(Clone, Copy, Debug)]
pub struct JsArray {
    /// The array itself, for a reference to it.
    pub(crate) value: sys::napi_value,
    buffer: sys::napi_value,
    kind: Kind,
    /// In elements.
    len: usize,
    data: *mut c_void,
}

/// What the elements are.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// By Node-API's number.
    Typed(sys::napi_typedarray_type),
    Float16,
}

impl JsArray {
    /// The array `value`; None when it is something else. Runs no JavaScript.
    ///
    /// # Safety
    /// `env` and `value` must be those of the call that is being made.
    pub(crate) unsafe fn read(env: sys::napi_env, value: sys::napi_value) -> Option<Self> {
        let (mut kind, mut len, mut data, mut buffer, mut offset) = (-1, 0, ptr::null_mut(), ptr::null_mut(), 0);
        // SAFETY: `env` and `value` are good, as the caller promised; the out-pointers are ours.
        let status = unsafe {
            sys::napi_get_typedarray_info(env, value, &mut kind, &mut len, &mut data, &mut buffer, &mut offset)
        };
        if status == sys::Status::napi_ok {
            return Some(Self { value, buffer, kind: Kind::Typed(kind), len, data });
        }
        // SAFETY: as above.
        let status = unsafe { sys::napi_get_dataview_info(env, value, &mut len, &mut data, &mut buffer, &mut offset) };
        let len = len / ElementType::Float16.size();
        (status == sys::Status::napi_ok).then_some(Self { value, buffer, kind: Kind::Float16, len, data })
    }

    /// True when its buffer is an ArrayBuffer; false when it is a SharedArrayBuffer, which is no array buffer to Node-API, on
    /// every version and runtime.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the array was read.
    pub(crate) unsafe fn is_plain(&self, env: sys::napi_env) -> Result<bool> {
        let mut is_plain = false;
        // SAFETY: `buffer` was given by Node-API in the same scope.
        let status = unsafe { sys::napi_is_arraybuffer(env, self.buffer, &mut is_plain) };
        if status == sys::Status::napi_ok {
            Ok(is_plain)
        } else {
            Err(error(Code::NodeApi(status.into()), "the buffer of a typed array is expected"))
        }
    }

    /// A view of the array.
    ///
    /// # Errors
    /// When the array is of no kind that kernels know; when it is detached, misaligned or too long.
    ///
    /// # Safety
    /// The view is good for as long as the array's memory is: until JavaScript runs again on this thread, or, where the array
    /// is not plain, for as long as a reference keeps it alive.
    pub(crate) unsafe fn view(&self) -> Result<View> {
        // SAFETY: Node-API gave pointer and length of memory that this array has now; the caller keeps to its life.
        unsafe { View::new(self.data.cast(), self.len, self.element()?) }.map_err(from_view)
    }

    fn element(&self) -> Result<ElementType> {
        Ok(match self.kind {
            Kind::Float16 => ElementType::Float16,
            Kind::Typed(TypedarrayType::float64_array) => ElementType::Float64,
            Kind::Typed(TypedarrayType::float32_array) => ElementType::Float32,
            Kind::Typed(TypedarrayType::int8_array) => ElementType::Int8,
            Kind::Typed(TypedarrayType::uint8_array) => ElementType::Uint8,
            Kind::Typed(TypedarrayType::uint8_clamped_array) => ElementType::Uint8Clamped,
            Kind::Typed(TypedarrayType::int16_array) => ElementType::Int16,
            Kind::Typed(TypedarrayType::uint16_array) => ElementType::Uint16,
            Kind::Typed(TypedarrayType::int32_array) => ElementType::Int32,
            Kind::Typed(TypedarrayType::uint32_array) => ElementType::Uint32,
            Kind::Typed(TypedarrayType::bigint64_array) => ElementType::Int64,
            Kind::Typed(TypedarrayType::biguint64_array) => ElementType::Uint64,
            Kind::Typed(kind) => {
                return Err(error(Code::InvalidArgType, format!("no dtype is a typed array of kind {kind}")));
            }
        })
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
        // SAFETY: `env` and `value` are those of the call that is being made.
        let array = unsafe { Self::read(env, value) };
        array.ok_or_else(|| napi::Error::new(Status::InvalidArg, "a typed array is expected"))
    }
}

/// The element type with this code.
pub(crate) fn element_of(code: u32) -> Result<ElementType> {
    ElementType::from_code(code).ok_or_else(|| error(Code::Dtype, format!("no dtype has the code {code}")))
}
