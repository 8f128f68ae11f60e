//! What the plain Node-API callbacks share. Functions whose cost every small call feels are such callbacks, not generated ones.

use core::ptr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use corepool_memory::{Claim, View};
use napi::bindgen_prelude::{JsObjectValue, Object, panic_to_error};
use napi::{JsError, sys};
use napi_derive::napi;

use crate::array::whole;
use crate::code::{Code, Result, error, from_claim, from_node_api};
use crate::elementwise::elementwise;
use crate::operands::{JsOperand, number};
use crate::program::run_program;

/// Adds the plain callbacks to what the addon exports.
#[napi(module_exports)]
pub fn export_callbacks(mut exports: Object<'_>) -> napi::Result<()> {
    exports.create_named_method("elementwise", elementwise)?;
    exports.create_named_method("runProgram", run_program)
}

/// Runs the body of a callback whose result is undefined; an error, or a panic, is thrown in JavaScript.
///
/// # Safety
/// `env` must be that of the call that is being made.
pub(crate) unsafe fn callback(env: sys::napi_env, body: impl FnOnce() -> Result<()>) -> sys::napi_value {
    let outcome = catch_unwind(AssertUnwindSafe(body));
    let outcome = outcome.map_err(|panicked| from_node_api(panic_to_error(panicked))).and_then(|outcome| outcome);
    if let Err(refused) = outcome {
        // SAFETY: the environment of this call.
        unsafe { JsError::from(refused).throw_into(env) };
    }
    ptr::null_mut()
}

/// Reads as many arguments as there is room for, undefined for those that are missing; gives the number of those given.
///
/// # Safety
/// `env` and `info` must be those of the call that is being made.
pub(crate) unsafe fn arguments(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    room: &mut [sys::napi_value],
) -> Result<usize> {
    let mut count = room.len();
    // SAFETY: the caller's promise; there is room for `count` values.
    let status =
        unsafe { sys::napi_get_cb_info(env, info, &mut count, room.as_mut_ptr(), ptr::null_mut(), ptr::null_mut()) };
    if status == sys::Status::napi_ok { Ok(count) } else { Err(error(Code::NodeApi(status.into()), "no arguments")) }
}

/// The number that says what is to be done: an operation, a program. One that is none belongs to nothing.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made.
pub(crate) unsafe fn code(env: sys::napi_env, value: sys::napi_value) -> u32 {
    // SAFETY: the caller's promise.
    let code = unsafe { number(env, value) };
    code.and_then(|code| u32::try_from(whole(code).ok()?).ok()).unwrap_or(u32::MAX)
}

/// The right to write an output that somebody else could write meanwhile: only shared memory can be.
///
/// # Safety
/// `env` must be that of the call that is being made, in which the output was read.
pub(crate) unsafe fn claim(env: sys::napi_env, output: &JsOperand, view: &View) -> Result<Option<Claim>> {
    // SAFETY: the caller's promise.
    let is_plain = output.memory().is_none_or(|memory| unsafe { memory.is_plain(env) }.unwrap_or(false));
    if is_plain { Ok(None) } else { Ok(Some(Claim::new(view).map_err(from_claim)?)) }
}
