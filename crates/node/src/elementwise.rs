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
use crate::operands::{JsOperand, MAX_OPERANDS};

/// Arguments before the first operand.
const FIXED: usize = 2;

/// Operands of a call that is read without allocating anything.
const FEW: usize = 6;

/// The operation with this code.
pub(crate) fn operation_of(code: u32) -> Result<Operation> {
    Operation::from_code(code).ok_or_else(|| error(Code::InvalidArgValue, format!("no operation has the code {code}")))
}

/// `elementwise(operation, output, ...operands)`: `output[i] = operation(operands[0][i], …)`, one pass on every core; returns when
/// all chunks are done.
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
    let mut few = [ptr::null_mut(); FIXED + FEW];
    // SAFETY: the caller's promise.
    let count = unsafe { arguments(env, info, &mut few) }?;
    if count <= few.len() {
        let mut operands = [MaybeUninit::uninit(); FEW];
        // SAFETY: the caller's promise; `count` arguments were given.
        return unsafe { run_with(env, &few[..count], &mut operands) };
    }
    if count > FIXED + MAX_OPERANDS {
        return Err(error(Code::InvalidArgValue, format!("a call has at most {MAX_OPERANDS} operands")));
    }
    let mut many = vec![ptr::null_mut(); count];
    // SAFETY: the caller's promise.
    unsafe { arguments(env, info, &mut many) }?;
    let mut operands = vec![MaybeUninit::uninit(); count];
    // SAFETY: the caller's promise; `count` arguments were given.
    unsafe { run_with(env, &many, &mut operands) }
}

/// Reads as many arguments as there is room for, undefined for those that are missing; gives the number of those given.
///
/// # Safety
/// `env` and `info` must be those of the call that is being made.
unsafe fn arguments(env: sys::napi_env, info: sys::napi_callback_info, room: &mut [sys::napi_value]) -> Result<usize> {
    let mut count = room.len();
    // SAFETY: the caller's promise; there is room for `count` values.
    let status =
        unsafe { sys::napi_get_cb_info(env, info, &mut count, room.as_mut_ptr(), ptr::null_mut(), ptr::null_mut()) };
    if status == sys::Status::napi_ok { Ok(count) } else { Err(error(Code::NodeApi(status.into()), "no arguments")) }
}

/// Runs the call of these arguments; `room` is for their operands.
///
/// # Safety
/// `env` and `arguments` must be those of the call that is being made.
unsafe fn run_with(env: sys::napi_env, arguments: &[sys::napi_value], room: &mut [MaybeUninit<Operand>]) -> Result<()> {
    let [operation, output, given @ ..] = arguments else {
        return Err(error(Code::InvalidArgValue, "a call has an operation and an output"));
    };
    let mut code = 0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    if unsafe { sys::napi_get_value_uint32(env, *operation, &mut code) } != sys::Status::napi_ok {
        return Err(error(Code::InvalidArgType, "an operation is a number"));
    }
    let operation = operation_of(code)?;
    // SAFETY: the caller's promise.
    let output = unsafe { JsArray::read(env, *output) };
    let output = output.ok_or_else(|| error(Code::InvalidArgType, "the output must be a typed array"))?;
    // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
    let view = unsafe { output.view() }?;
    for (place, value) in room.iter_mut().zip(given) {
        // SAFETY: the caller's promise.
        let operand = unsafe { JsOperand::read(env, *value) }?;
        // SAFETY: as for the output.
        place.write(unsafe { operand.operand() }?);
    }
    // SAFETY: the loop wrote the first `given.len()` of them: there is room for as many.
    let operands = unsafe { room[..given.len()].assume_init_ref() };

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
