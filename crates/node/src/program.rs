//! Kernels compiled from JavaScript functions: loading their programs, and the synchronous call of one.

use core::ptr;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use corepool_kernel::math::Mode;
use corepool_kernel::{Opcode, Operand, Program, Run};
use corepool_memory::{ElementType, View};
use napi::bindgen_prelude::Uint8Array;
use napi::{ValueType, sys};
use napi_derive::napi;

use crate::array::JsArray;
use crate::call::{arguments, callback, claim, code, output};
use crate::code::{Code, Result, error, from_panic, from_run};
use crate::module;
use crate::operands::{JsOperand, list};

/// Arguments before the first operand.
const FIXED: usize = 4;

/// Operands of a program at most.
const MOST_OPERANDS: usize = 64;

/// Tables of a program at most.
pub(crate) const MOST_TABLES: usize = 64;

/// The programs of one thread of JavaScript, by the numbers that it knows them by. A number is given once.
#[derive(Default)]
struct Programs {
    last: u32,
    loaded: HashMap<u32, Arc<Program>>,
}

thread_local! {
    static PROGRAMS: RefCell<Programs> = RefCell::default();
}

/// The program of a number.
pub(crate) fn program_of(handle: u32) -> Result<Arc<Program>> {
    let program = PROGRAMS.with_borrow(|programs| programs.loaded.get(&handle).cloned());
    program.ok_or_else(|| error(Code::InvalidArgValue, format!("no program has the number {handle}")))
}

/// Verifies a program (docs/kernel-programs.md) and keeps it; `mode` is the code of the values of its functions of Math. Returns
/// the number of the program, for this thread.
#[napi(catch_unwind)]
pub fn load_program(bytes: Uint8Array, mode: u32) -> Result<u32> {
    let mode = Mode::from_code(mode)
        .ok_or_else(|| error(Code::InvalidArgValue, format!("no mode of Math has the code {mode}")))?;
    let program = Program::load(&bytes, mode).map_err(|refused| error(Code::InvalidArgValue, refused))?;
    PROGRAMS.with_borrow_mut(|programs| {
        programs.last += 1;
        programs.loaded.insert(programs.last, Arc::new(program));
        Ok(programs.last)
    })
}

/// Forgets a program; jobs that run it go on.
#[napi(catch_unwind)]
pub fn drop_program(handle: u32) {
    PROGRAMS.with_borrow_mut(|programs| programs.loaded.remove(&handle));
}

/// An opcode of the format, for the compiler's own table to be compared with.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct OpcodeEntry {
    /// The name in docs/kernel-programs.md.
    pub name: String,
    /// The code.
    pub code: u32,
    /// How many operands it uses.
    pub operands: u32,
    /// Whether this build runs it.
    pub available: bool,
}

/// All opcodes, by rising code.
#[napi(catch_unwind)]
pub fn opcodes() -> Vec<OpcodeEntry> {
    let entry = |opcode: &Opcode| OpcodeEntry {
        name: opcode.name(),
        code: opcode.code().into(),
        operands: u32::try_from(opcode.operands()).unwrap_or(u32::MAX),
        available: opcode.is_available(),
    };
    Opcode::ALL.iter().map(entry).collect()
}

/// `runProgram(handle, output, scalars, tables, ...operands)`: `output[i] = program(operands[0][i], …)`, one pass on every core; returns
/// when all chunks are done. `scalars` is a Float64Array or BigUint64Array, `tables` a list of arrays; undefined for none.
///
/// # Safety
/// Called by Node-API, as a function of JavaScript.
pub(crate) unsafe extern "C" fn run_program(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    let body = || unsafe { run(env, info) };
    // SAFETY: as above.
    unsafe { callback(env, body) }
}

/// # Safety
/// `env` and `info` must be those of the call that is being made.
unsafe fn run(env: sys::napi_env, info: sys::napi_callback_info) -> Result<()> {
    let mut room = [ptr::null_mut(); FIXED + MOST_OPERANDS];
    // SAFETY: the caller's promise.
    let count = unsafe { arguments(env, info, &mut room) }?;
    if !(FIXED..=room.len()).contains(&count) {
        return Err(error(Code::InvalidArgValue, format!("a program has at most {MOST_OPERANDS} operands")));
    }
    // SAFETY: as above.
    let program = program_of(unsafe { code(env, room[0], "a program") }?)?;
    // The list first: reading it may run JavaScript, and nothing that was read of an array before that would be good after it.
    // SAFETY: as above.
    let given_tables = unsafe { list_or_none(env, room[3]) }?;
    // SAFETY: from here on no JavaScript runs on this thread before this function returns, and the views do not outlive it.
    let (output, view) = unsafe { output(env, room[1]) }?;
    // SAFETY: as above.
    let scalars = unsafe { scalars(env, room[2]) }?;
    // SAFETY: as above.
    let tables = given_tables.into_iter().map(|table| unsafe { table_view(env, table) }).collect::<Result<Vec<_>>>()?;
    let operands = room[FIXED..count].iter().map(|operand| {
        // SAFETY: as above.
        let operand = unsafe { JsOperand::read(env, *operand) }?;
        // SAFETY: as above.
        unsafe { operand.operand() }
    });
    let operands: Vec<Operand> = operands.collect::<Result<_>>()?;

    let run = Run::new(&program, &operands, &scalars, &tables, view).map_err(from_run)?;
    let pool = module::pool()?;
    // SAFETY: the array was read in this call.
    let _claim = unsafe { claim(env, &output, &view) }?;
    // SAFETY: all views are good until this returns, as said above; of all that is not shared memory only this thread could
    // write meanwhile, and it is here.
    unsafe { run.run(pool) }.map_err(from_panic)
}

/// The elements of a list of tables; none where there is undefined.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made.
unsafe fn list_or_none(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<sys::napi_value>> {
    // SAFETY: the caller's promise.
    if unsafe { is_undefined(env, value) } {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's promise.
    let list = unsafe { list(env, value, MOST_TABLES) };
    list.ok_or_else(|| error(Code::InvalidArgType, "a list of bound arrays is expected"))
}

/// A view of a bound array.
///
/// # Safety
/// As for [`JsArray::view`].
unsafe fn table_view(env: sys::napi_env, value: sys::napi_value) -> Result<View> {
    // SAFETY: the caller's promise.
    let array = unsafe { JsArray::read(env, value) };
    // SAFETY: the caller's promise.
    unsafe { array.ok_or_else(|| error(Code::InvalidArgType, "a bound array must be a typed array"))?.view() }
}

/// The bits of the scalars; none where there is undefined.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made, and no JavaScript may run meanwhile.
pub(crate) unsafe fn scalars(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<u64>> {
    // SAFETY: the caller's promise.
    if unsafe { is_undefined(env, value) } {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's promise.
    let view = unsafe { table_view(env, value) }?;
    if !matches!(view.element(), ElementType::Float64 | ElementType::Uint64) {
        return Err(error(Code::InvalidArgType, "scalars are a Float64Array or a BigUint64Array"));
    }
    let bits = view.at(0).cast::<u64>();
    // SAFETY: the view has so many elements of 64 bits, aligned, until JavaScript runs again.
    Ok((0..view.len()).map(|index| unsafe { bits.wrapping_add(index).read() }).collect())
}

/// # Safety
/// `env` and `value` must be those of the call that is being made.
unsafe fn is_undefined(env: sys::napi_env, value: sys::napi_value) -> bool {
    let mut kind = 0;
    // SAFETY: the caller's promise; the out-pointer is ours.
    let status = unsafe { sys::napi_typeof(env, value, &mut kind) };
    status == sys::Status::napi_ok && kind == ValueType::Undefined as sys::napi_valuetype
}
