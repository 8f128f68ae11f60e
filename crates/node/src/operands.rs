//! The output and the operands of one call, as JavaScript hands them over: for each a value and a place, one after the other. The
//! value is memory, a number or a bigint; the place says which array in that memory is meant, and nothing for the other two.

use core::ptr;

use corepool_kernel::Operand;
use corepool_memory::View;
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, sys};

use crate::array::{JsMemory, Place, whole};
use crate::code::{Code, Result, error};
use crate::job_memory::{BoundArray, Given};

/// Operands that a call has at most. Which number an operation takes is its own affair; this one only bounds what is read.
pub(crate) const MAX_OPERANDS: usize = 1024;

/// Bound arrays that a program has at most.
const MAX_TABLES: usize = 64;

/// One operand, or the output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JsOperand {
    Array(JsMemory, Place),
    Number(f64),
    /// Its low 64 bits.
    Bigint(u64),
}

impl JsOperand {
    /// Reads one operand. Runs no JavaScript.
    ///
    /// # Errors
    /// When it is neither memory with a place, nor a number, nor a bigint.
    ///
    /// # Safety
    /// `env`, `value` and `place` must be those of the call that is being made.
    #[inline(always)]
    pub(crate) unsafe fn read(env: sys::napi_env, value: sys::napi_value, place: sys::napi_value) -> Result<Self> {
        // SAFETY: the caller's promise.
        if let Some(memory) = unsafe { JsMemory::read(env, value) } {
            // SAFETY: as above.
            let place = unsafe { number(env, place) }
                .ok_or_else(|| error(Code::InvalidArgType, "the place of an array is a number"))?;
            return Ok(Self::Array(memory, Place::from_number(place)?));
        }
        // SAFETY: as above.
        if let Some(number) = unsafe { number(env, value) } {
            return Ok(Self::Number(number));
        }
        let (mut bits, mut is_exact) = (0, false);
        // SAFETY: as above; the out-pointers are ours.
        let status = unsafe { sys::napi_get_value_bigint_uint64(env, value, &mut bits, &mut is_exact) };
        if status == sys::Status::napi_ok {
            return Ok(Self::Bigint(bits));
        }
        Err(error(Code::InvalidArgType, "an operand is memory, a number or a bigint"))
    }

    /// The operand as kernels take it, of `len` elements where it is an array.
    ///
    /// # Errors
    /// As for [`JsMemory::view`].
    ///
    /// # Safety
    /// As for [`JsMemory::view`].
    #[inline(always)]
    pub(crate) unsafe fn operand(&self, len: usize) -> Result<Operand> {
        Ok(match self {
            // SAFETY: the caller's promise.
            Self::Array(memory, place) => Operand::Array(unsafe { memory.view(*place, len) }?),
            Self::Number(value) => Operand::Number(*value),
            Self::Bigint(value) => Operand::Bigint(*value),
        })
    }

    /// As [`JsOperand::operand`], with memory that JavaScript shares marked as such: a program may read an element at several places.
    ///
    /// # Errors
    /// As for [`JsMemory::view`].
    ///
    /// # Safety
    /// As for [`JsMemory::view`].
    pub(crate) unsafe fn marked_operand(&self, len: usize) -> Result<Operand> {
        // SAFETY: the caller's promise.
        let operand = unsafe { self.operand(len) }?;
        let is_shared = self.memory().is_some_and(JsMemory::may_be_shared);
        Ok(if is_shared { operand.shared() } else { operand })
    }

    /// Its view, if it is an array.
    ///
    /// # Errors
    /// As for [`JsMemory::view`]; when it is none.
    ///
    /// # Safety
    /// As for [`JsMemory::view`].
    #[inline(always)]
    pub(crate) unsafe fn view(&self, len: usize) -> Result<View> {
        // SAFETY: the caller's promise.
        match unsafe { self.operand(len) }? {
            Operand::Array(view) => Ok(view),
            Operand::Number(_) | Operand::Bigint(_) => Err(error(Code::InvalidArgType, "an output is memory")),
        }
    }

    /// Its memory, if it is an array.
    pub(crate) fn memory(&self) -> Option<&JsMemory> {
        match self {
            Self::Array(memory, _) => Some(memory),
            Self::Number(_) | Self::Bigint(_) => None,
        }
    }
}

/// The number `value`; None when it is something else. Runs no JavaScript.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made.
#[inline(always)]
pub(crate) unsafe fn number(env: sys::napi_env, value: sys::napi_value) -> Option<f64> {
    let mut number = 0.0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    let status = unsafe { sys::napi_get_value_double(env, value, &mut number) };
    (status == sys::Status::napi_ok).then_some(number)
}

/// What kind of value `value` is.
///
/// # Safety
/// As for [`number`].
pub(crate) unsafe fn kind_of(env: sys::napi_env, value: sys::napi_value) -> sys::napi_valuetype {
    let mut kind = 0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    unsafe { sys::napi_typeof(env, value, &mut kind) };
    kind
}

/// The number of elements that `value` is.
///
/// # Safety
/// As for [`number`].
pub(crate) unsafe fn length(env: sys::napi_env, value: sys::napi_value) -> Result<usize> {
    // SAFETY: the caller's promise.
    whole(unsafe { number(env, value) }.unwrap_or(f64::NAN))
}

/// The elements of a list, none of them looked at: a list that runs JavaScript while it is read has then had its turn.
#[derive(Debug)]
pub struct Values(pub(crate) Vec<sys::napi_value>);

impl Values {
    /// The elements of a list, or of none where there is undefined; None when it is no list. May run JavaScript, by the list's own
    /// doing.
    ///
    /// # Safety
    /// `env` and `list` must be those of the call that is being made.
    pub(crate) unsafe fn of_list(env: sys::napi_env, list: sys::napi_value) -> Option<Self> {
        // SAFETY: the caller's promise.
        if unsafe { kind_of(env, list) } == sys::ValueType::napi_undefined {
            return Some(Self(Vec::new()));
        }
        let mut len = 0;
        // SAFETY: as above; the out-pointer is ours.
        if unsafe { sys::napi_get_array_length(env, list, &mut len) } != sys::Status::napi_ok {
            return None;
        }
        // One more than are allowed is enough to refuse them.
        let most = u32::try_from(2 * MAX_OPERANDS + 4).unwrap_or(u32::MAX);
        let element = |index| {
            let mut value = ptr::null_mut();
            // SAFETY: as above.
            let status = unsafe { sys::napi_get_element(env, list, index, &mut value) };
            (status == sys::Status::napi_ok).then_some(value)
        };
        (0..len.min(most)).map(element).collect::<Option<_>>().map(Self)
    }

    /// Reads the first value and place as an output, or null for none, and the others as operands; `moved` are the operands, from
    /// 1 on, and 0 for the output, whose memory the facade has moved to where no JavaScript can reach it.
    ///
    /// # Errors
    /// When there are too many, a place is missing, or one is neither.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the list was read.
    pub(crate) unsafe fn read(&self, env: sys::napi_env, moved: &[u32]) -> Result<(Option<Given>, Vec<Given>)> {
        let (pairs, rest) = self.0.as_chunks::<2>();
        let Some(([output, output_place], operands)) =
            pairs.split_first().filter(|(_, operands)| operands.len() <= MAX_OPERANDS && rest.is_empty())
        else {
            return Err(error(
                Code::InvalidArgValue,
                format!("a call has an output and at most {MAX_OPERANDS} operands, each with its place"),
            ));
        };
        // SAFETY: the caller's promise.
        let is_null = unsafe { kind_of(env, *output) } == sys::ValueType::napi_null;
        let output = if is_null {
            None
        } else {
            // SAFETY: the caller's promise.
            let operand = unsafe { JsOperand::read(env, *output, *output_place) }?;
            Some(Given { operand, is_moved: moved.contains(&0) })
        };
        let operands = operands.iter().zip(1..).map(|([value, place], number)| {
            // SAFETY: the caller's promise.
            let operand = unsafe { JsOperand::read(env, *value, *place) }?;
            Ok(Given { operand, is_moved: moved.contains(&number) })
        });
        Ok((output, operands.collect::<Result<_>>()?))
    }
}

/// Reads bound arrays: value, place and length of each.
///
/// # Errors
/// When there are too many, something of one is missing, or it is none.
///
/// # Safety
/// As for [`Values::read`].
pub(crate) unsafe fn read_bound(env: sys::napi_env, values: &[sys::napi_value]) -> Result<Vec<BoundArray>> {
    let (triples, rest) = values.as_chunks::<3>();
    if triples.len() > MAX_TABLES || !rest.is_empty() {
        let message = format!("a program has at most {MAX_TABLES} bound arrays, each with its place and its length");
        return Err(error(Code::InvalidArgValue, message));
    }
    let bound = triples.iter().map(|[value, place, len]| {
        // SAFETY: the caller's promise.
        let operand = unsafe { JsOperand::read(env, *value, *place) }?;
        // SAFETY: as above.
        Ok(BoundArray { given: Given { operand, is_moved: false }, len: unsafe { length(env, *len) }? })
    });
    bound.collect()
}

/// An argument that is looked at when all lists have been read.
#[derive(Debug)]
pub struct Unread(pub(crate) sys::napi_value);

impl TypeName for Unread {
    fn type_name() -> &'static str {
        "TypedArray | undefined"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ValidateNapiValue for Unread {}

impl FromNapiValue for Unread {
    unsafe fn from_napi_value(_: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        Ok(Self(value))
    }
}

impl TypeName for Values {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Values {}

impl FromNapiValue for Values {
    unsafe fn from_napi_value(env: sys::napi_env, list: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: `env` and `list` are those of the call that is being made.
        let values = unsafe { Self::of_list(env, list) };
        values.ok_or_else(|| napi::Error::new(Status::ArrayExpected, "a list of operands is expected"))
    }
}
