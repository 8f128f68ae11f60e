//! The output and the operands of one call, as JavaScript hands them over: typed arrays, numbers and bigints.

use corepool_kernel::Operand;
use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Status, ValueType, sys};

use crate::array::JsArray;
use crate::code::{Code, Result, error};
use crate::job_memory::Given;

/// Operands that a call has at most: as many as a mask of 32 bits names beside the output.
pub(crate) const MAX_OPERANDS: usize = 31;

/// Elements of a list that are looked at: one more than a call has is enough to refuse it.
const MOST: u32 = 33;

/// One operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum JsOperand {
    Array(JsArray),
    Number(f64),
    /// Its low 64 bits.
    Bigint(u64),
}

/// Something that is said of some of the arrays of a call: bit 0 for the output, bit n for operand n, from 1 on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask(pub(crate) u32);

impl Mask {
    pub(crate) fn output(self) -> bool {
        self.0 & 1 == 1
    }

    /// For the operand `index`, from 0 on.
    pub(crate) fn operand(self, index: usize) -> bool {
        index < MAX_OPERANDS && self.0 >> (index + 1) & 1 == 1
    }
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
    pub(crate) unsafe fn operand(&self, is_float16: bool) -> Result<Operand> {
        Ok(match self {
            // SAFETY: the caller's promise.
            Self::Array(array) => Operand::Array(unsafe { array.view(is_float16) }?),
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
    /// Reads the first element as an output, or null for none, and the others as operands.
    ///
    /// # Errors
    /// When there are too many, or one is neither.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the list was read.
    pub(crate) unsafe fn read(
        &self,
        env: sys::napi_env,
        float16: Mask,
        moved: Mask,
    ) -> Result<(Option<Given>, Vec<Given>)> {
        let Some((output, operands)) = self.0.split_first().filter(|(_, operands)| operands.len() <= MAX_OPERANDS)
        else {
            return Err(error(
                Code::InvalidArgValue,
                format!("a call has an output and at most {MAX_OPERANDS} operands"),
            ));
        };
        // SAFETY: the caller's promise.
        let output = unsafe { JsArray::read(env, *output) }.map(JsOperand::Array);
        let output = output.map(|operand| Given { operand, is_float16: float16.output(), is_moved: moved.output() });
        let operands = operands.iter().enumerate().map(|(index, value)| {
            // SAFETY: the caller's promise.
            let operand = unsafe { JsOperand::read(env, *value) }?;
            Ok(Given { operand, is_float16: float16.operand(index), is_moved: moved.operand(index) })
        });
        Ok((output, operands.collect::<Result<_>>()?))
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
        let expected = || napi::Error::new(Status::ArrayExpected, "a list of operands is expected");
        let mut len = 0;
        // SAFETY: `env` and `list` are those of the call that is being made; the out-pointer is ours.
        if unsafe { sys::napi_get_array_length(env, list, &mut len) } != sys::Status::napi_ok {
            return Err(expected());
        }
        let mut values = Vec::new();
        for index in 0..len.min(MOST) {
            let mut value = core::ptr::null_mut();
            // SAFETY: as above.
            if unsafe { sys::napi_get_element(env, list, index, &mut value) } != sys::Status::napi_ok {
                return Err(expected());
            }
            values.push(value);
        }
        Ok(Self(values))
    }
}
