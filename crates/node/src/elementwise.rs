//! The synchronous element-wise call. It is the one function whose cost every small call feels, so it is a plain Node-API callback
//! rather than a generated one.

use core::mem::MaybeUninit;
use core::ptr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use corepool_kernel::{Elementwise, Operand, Operation};
use corepool_memory::Claim;
use napi::bindgen_prelude::{JsObjectValue, Object, panic_to_error};
use napi::{JsError, sys};
use napi_derive::napi;

use crate::array::JsArray;
use crate::code::{Code, Result, error, from_claim, from_elementwise, from_node_api, from_panic};
use crate::module;
use crate::operands::{JsOperand, MAX_OPERANDS, Mask};

/// Arguments before the first operand.
const FIXED: usize = 3;

/// Arguments that a call has at most.
const MOST: usize = FIXED + MAX_OPERANDS;

/// The operation with this code.
pub(crate) fn operation_of(code: u32) -> Result<Operation> {
    Operation::from_code(code).ok_or_else(|| error(Code::InvalidArgValue, format!("no operation has the code {code}")))
}

/// `elementwise(operation, float16, output, ...operands)`: `output[i] = operation(operands[0][i], …)`, one pass on every core;
/// returns when all chunks are done. `float16` is a [`Mask`] of the arrays that are 16-bit floats.
///
/// # Safety
/// Called by Node-API, as a function of JavaScript.
pub(crate) unsafe extern "C" fn elementwise(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    let outcome = catch_unwind(AssertUnwindSafe(|| unsafe { run(env, info) }));
    let outcome = outcome.map_err(|panicked| from_node_api(panic_to_error(panicked))).and_then(|outcome| outcome);
    if let Err(refused) = outcome {
        // SAFETY: the environment of this call.
        unsafe { JsError::from(refused).throw_into(env) };
    }
    ptr::null_mut()
}

/// Adds [`elementwise`] to what the addon exports.
#[napi(module_exports)]
pub fn export_elementwise(mut exports: Object<'_>) -> napi::Result<()> {
    exports.create_named_method("elementwise", elementwise)
}

/// # Safety
/// `env` and `info` must be those of the call that is being made.
unsafe fn run(env: sys::napi_env, info: sys::napi_callback_info) -> Result<()> {
    let mut arguments = [ptr::null_mut(); MOST];
    let mut count = MOST;
    // SAFETY: the caller's promise; there is room for `count` arguments, and Node-API fills what was not given with undefined.
    let status = unsafe {
        sys::napi_get_cb_info(env, info, &mut count, arguments.as_mut_ptr(), ptr::null_mut(), ptr::null_mut())
    };
    if status != sys::Status::napi_ok || !(FIXED + 1..=MOST).contains(&count) {
        return Err(error(Code::InvalidArgValue, format!("a call has from 1 to {MAX_OPERANDS} operands")));
    }
    // SAFETY: the caller's promise.
    let operation = operation_of(unsafe { number(env, arguments[0]) }?)?;
    // SAFETY: as above.
    let float16 = Mask(unsafe { number(env, arguments[1]) }?);
    // SAFETY: as above.
    let output = unsafe { JsArray::read(env, arguments[2]) }
        .ok_or_else(|| error(Code::InvalidArgType, "the output must be a typed array"))?;
    // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
    let view = unsafe { output.view(float16.output()) }?;

    let mut operands = [MaybeUninit::<Operand>::uninit(); MAX_OPERANDS];
    let given = &arguments[FIXED..count];
    for (index, (place, value)) in operands.iter_mut().zip(given).enumerate() {
        // SAFETY: the caller's promise.
        let operand = unsafe { JsOperand::read(env, *value) }?;
        // SAFETY: as for the output.
        place.write(unsafe { operand.operand(float16.operand(index)) }?);
    }
    // SAFETY: the loop wrote the first `given.len()` of them, which is at most all.
    let operands = unsafe { operands[..given.len()].assume_init_ref() };

    let work = Elementwise::new(operation, operands, view).map_err(from_elementwise)?;
    let pool = module::pool()?;
    // Only shared memory can be written by somebody else meanwhile.
    // SAFETY: the array was read in this call.
    let is_plain = unsafe { output.is_plain(env) }?;
    let _claim = if is_plain { None } else { Some(Claim::new(&view).map_err(from_claim)?) };
    // SAFETY: all views are good until this returns, as said above; of all that is not shared memory only this thread could
    // write meanwhile, and it is here.
    unsafe { work.run(pool) }.map_err(from_panic)
}

/// A whole number.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made.
unsafe fn number(env: sys::napi_env, value: sys::napi_value) -> Result<u32> {
    let mut number = 0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    let status = unsafe { sys::napi_get_value_uint32(env, value, &mut number) };
    if status == sys::Status::napi_ok { Ok(number) } else { Err(error(Code::InvalidArgType, "a number is expected")) }
}
