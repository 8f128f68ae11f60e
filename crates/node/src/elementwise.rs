//! The synchronous element-wise call. It is the one function whose cost every small call feels, so it is a plain Node-API callback
//! rather than a generated one.

use core::mem::MaybeUninit;
use core::ptr;

use corepool_kernel::{Elementwise, Operand, Operation};
use napi::sys;
use napi_derive::napi;

use crate::call::{arguments, callback, claim, code};
use crate::code::{Code, Result, error, from_elementwise, from_panic};
use crate::module;
use crate::operands::{JsOperand, MAX_OPERANDS, length};

/// Arguments before the output.
const FIXED: usize = 2;

/// Operands of a call that is read without allocating anything.
const FEW: usize = 4;

/// Arguments of a call of that many operands: for each a value and its place, and for the output.
const fn arguments_for(operands: usize) -> usize {
    FIXED + 2 * (1 + operands)
}

/// The operation with this code.
pub(crate) fn operation_of(code: u32) -> Result<Operation> {
    Operation::from_code(code).ok_or_else(|| error(Code::InvalidArgValue, format!("no operation has the code {code}")))
}

/// Elements that an operation computed one by one, of all calls in this process that have ended.
#[napi(catch_unwind)]
pub fn scalar_lanes(operation: u32) -> Result<f64> {
    Ok(operation_of(operation)?.scalar_lanes() as f64)
}

/// `elementwise(operation, length, output, place, …operand, place)`: `output[i] = operation(operands[0][i], …)` for i below `length`,
/// one pass on every core; returns when all chunks are done. Values and places are those of [`crate::operands`].
///
/// # Safety
/// Called by Node-API, as a function of JavaScript.
pub(crate) unsafe extern "C" fn elementwise(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    let body = || unsafe { run(env, info) };
    // SAFETY: as above.
    unsafe { callback(env, body) }
}

/// # Safety
/// `env` and `info` must be those of the call that is being made.
unsafe fn run(env: sys::napi_env, info: sys::napi_callback_info) -> Result<()> {
    let mut few = [ptr::null_mut(); arguments_for(FEW)];
    // SAFETY: the caller's promise.
    let count = unsafe { arguments(env, info, &mut few) }?;
    if count <= few.len() {
        let mut operands = [MaybeUninit::uninit(); FEW];
        // SAFETY: the caller's promise; `count` arguments were given.
        return unsafe { run_with(env, &few[..count], &mut operands) };
    }
    if count > arguments_for(MAX_OPERANDS) {
        return Err(error(Code::InvalidArgValue, format!("a call has at most {MAX_OPERANDS} operands")));
    }
    let mut many = vec![ptr::null_mut(); count];
    // SAFETY: the caller's promise.
    unsafe { arguments(env, info, &mut many) }?;
    let mut operands = vec![MaybeUninit::uninit(); count];
    // SAFETY: the caller's promise; `count` arguments were given.
    unsafe { run_with(env, &many, &mut operands) }
}

/// Runs the call of these arguments; `room` is for their operands.
///
/// # Safety
/// `env` and `arguments` must be those of the call that is being made.
unsafe fn run_with(env: sys::napi_env, arguments: &[sys::napi_value], room: &mut [MaybeUninit<Operand>]) -> Result<()> {
    let [operation, len, output, output_place, given @ ..] = arguments else {
        return Err(error(Code::InvalidArgValue, "a call has an operation, a length and an output"));
    };
    let (given, rest) = given.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(error(Code::InvalidArgValue, "each operand has a place"));
    }
    // SAFETY: the caller's promise.
    let operation = operation_of(unsafe { code(env, *operation) })?;
    // SAFETY: as above.
    let len = unsafe { length(env, *len) }?;
    // SAFETY: as above.
    let output = unsafe { JsOperand::read(env, *output, *output_place) }?;
    // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
    let view = unsafe { output.view(len) }?;
    for (room, [value, place]) in room.iter_mut().zip(given) {
        // SAFETY: the caller's promise.
        let operand = unsafe { JsOperand::read(env, *value, *place) }?;
        // SAFETY: as for the output.
        room.write(unsafe { operand.operand(len) }?);
    }
    // SAFETY: the loop wrote the first `given.len()` of them: there is room for as many.
    let operands = unsafe { room[..given.len()].assume_init_ref() };

    let work = Elementwise::new(operation, operands, view).map_err(from_elementwise)?;
    let pool = module::pool()?;
    // SAFETY: the array was read in this call.
    let _claim = unsafe { claim(env, &output, &view) }?;
    // SAFETY: all views are good until this returns, as said above; of all that is not shared memory only this thread could
    // write meanwhile, and it is here.
    unsafe { work.run(pool) }.map_err(from_panic)
}
