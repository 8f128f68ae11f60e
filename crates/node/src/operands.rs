//! The output and the operands of one call, as JavaScript hands them over: typed arrays, numbers and bigints.

use corepool_kernel::Operand;
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, sys};

use crate::array::JsArray;
use crate::code::{Code, Result, error};
use crate::job_memory::Given;

/// Operands that a call has at most. Which number an operation takes is its own affair; this one only bounds what is read.
pub(crate) const MAX_OPERANDS: usize = 1024;

/// One operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JsOperand {
    Array(JsArray),
    Number(f64),
    /// Its low 64 bits.
    Bigint(u64),
}

impl JsOperand {
    /// Reads one operand. Runs no JavaScript.
    ///
    /// # Errors
    /// When it is neither a typed array, nor a number, nor a bigint.
    ///
    /// # Safety
    /// `env` and `value` must be those of the call that is being made.
    pub(crate) unsafe fn read(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: the caller's promise.
        if let Some(array) = unsafe { JsArray::read(env, value) } {
            return Ok(Self::Array(array));
        }
        let mut number = 0.0;
        // SAFETY: the caller's promise; the out-pointer is ours.
        if unsafe { sys::napi_get_value_double(env, value, &mut number) } == sys::Status::napi_ok {
            return Ok(Self::Number(number));
        }
        let (mut bits, mut is_exact) = (0, false);
        // SAFETY: as above.
        let status = unsafe { sys::napi_get_value_bigint_uint64(env, value, &mut bits, &mut is_exact) };
        if status == sys::Status::napi_ok {
            return Ok(Self::Bigint(bits));
        }
        Err(error(Code::InvalidArgType, "an operand is a typed array, a number or a bigint"))
    }

    /// The operand as kernels take it.
    ///
    /// # Errors
    /// As for [`JsArray::view`].
    ///
    /// # Safety
    /// As for [`JsArray::view`].
    pub(crate) unsafe fn operand(&self) -> Result<Operand> {
        Ok(match self {
            // SAFETY: the caller's promise.
            Self::Array(array) => Operand::Array(unsafe { array.view() }?),
            Self::Number(value) => Operand::Number(*value),
            Self::Bigint(value) => Operand::Bigint(*value),
        })
    }

    /// The array, if it is one.
    pub(crate) fn array(&self) -> Option<&JsArray> {
        match self {
            Self::Array(array) => Some(array),
            Self::Number(_) | Self::Bigint(_) => None,
        }
    }
}

/// The elements of a list, none of them looked at: a list that runs JavaScript while it is read has then had its turn.
#[derive(Debug)]
pub struct Values(Vec<sys::napi_value>);

impl Values {
    /// Reads the first element as an output, or null for none, and the others as operands; `moved` are the places of those whose
    /// memory the facade has moved to where no JavaScript can reach it.
    ///
    /// # Errors
    /// When there are too many, or one is neither.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the list was read.
    pub(crate) unsafe fn read(&self, env: sys::napi_env, moved: &[u32]) -> Result<(Option<Given>, Vec<Given>)> {
        let Some((output, operands)) = self.0.split_first().filter(|(_, operands)| operands.len() <= MAX_OPERANDS)
        else {
            return Err(error(
                Code::InvalidArgValue,
                format!("a call has an output and at most {MAX_OPERANDS} operands"),
            ));
        };
        // SAFETY: the caller's promise.
        let output = unsafe { JsArray::read(env, *output) }.map(JsOperand::Array);
        let output = output.map(|operand| Given { operand, is_moved: moved.contains(&0) });
        let operands = operands.iter().zip(1..).map(|(value, place)| {
            // SAFETY: the caller's promise.
            let operand = unsafe { JsOperand::read(env, *value) }?;
            Ok(Given { operand, is_moved: moved.contains(&place) })
        });
        Ok((output, operands.collect::<Result<_>>()?))
    }
}

impl Values {
    /// Reads every element as an operand.
    ///
    /// # Errors
    /// When there are more than `most`, or one is none.
    ///
    /// # Safety
    /// As for [`Values::read`].
    pub(crate) unsafe fn read_all(&self, env: sys::napi_env, most: usize) -> Result<Vec<Given>> {
        if self.0.len() > most {
            return Err(error(Code::InvalidArgValue, format!("a call has at most {most} bound arrays")));
        }
        let given = self.0.iter().map(|value| {
            // SAFETY: the caller's promise.
            Ok(Given { operand: unsafe { JsOperand::read(env, *value) }?, is_moved: false })
        });
        given.collect()
    }
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
        let values = unsafe { self::list(env, list, MAX_OPERANDS + 1) };
        values.map(Self).ok_or_else(|| napi::Error::new(Status::ArrayExpected, "a list of operands is expected"))
    }
}

/// The elements of a list, one more than `most` at most: that is enough to refuse them. None when it is no list. May run
/// JavaScript, by the list's own doing.
///
/// # Safety
/// `env` and `list` must be those of the call that is being made.
pub(crate) unsafe fn list(env: sys::napi_env, list: sys::napi_value, most: usize) -> Option<Vec<sys::napi_value>> {
    let mut len = 0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    if unsafe { sys::napi_get_array_length(env, list, &mut len) } != sys::Status::napi_ok {
        return None;
    }
    let most = u32::try_from(most + 1).unwrap_or(u32::MAX);
    let element = |index| {
        let mut value = core::ptr::null_mut();
        // SAFETY: as above.
        let status = unsafe { sys::napi_get_element(env, list, index, &mut value) };
        (status == sys::Status::napi_ok).then_some(value)
    };
    (0..len.min(most)).map(element).collect()
}
