//! Kernels compiled from JavaScript functions: loading their programs, and the synchronous call of one.

use core::ptr;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use corepool_kernel::math::Mode;
use corepool_kernel::{Opcode, Operand, Program, Run};
use corepool_memory::{ElementType, View};
use napi::bindgen_prelude::Uint8Array;
use napi::sys;
use napi_derive::napi;

use crate::call::{arguments, callback, claim, code};
use crate::code::{Code, Result, error, from_panic, from_run, from_view};
use crate::job_memory::BoundArray;
use crate::module;
use crate::operands::{JsOperand, Values, kind_of, length, read_bound};

/// Arguments before the output.
const FIXED: usize = 4;

/// Operands of a program at most.
const MAX_PARAMETERS: usize = 64;

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

/// Elements for which a function in a program was computed one by one, of all calls that have ended.
#[napi(catch_unwind)]
pub fn program_scalar_lanes(handle: u32) -> Result<f64> {
    Ok(program_of(handle)?.scalar_lanes() as f64)
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

/// `runProgram(program, length, scalars, tables, output, place, …operand, place)`: `output[i] = program(operands[0][i], …)` for i below
/// `length`, one pass on every core; returns when all chunks are done. `scalars` is a Float64Array or BigUint64Array, `tables` a
/// list of value, place and length of each bound array; undefined for none. Values and places are those of [`crate::operands`].
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
    let mut room = [ptr::null_mut(); FIXED + 2 * (1 + MAX_PARAMETERS)];
    // SAFETY: the caller's promise.
    let count = unsafe { arguments(env, info, &mut room) }?;
    let [handle, len, scalars, tables, output, place, given @ ..] = &room[..count.min(room.len())] else {
        return Err(error(Code::InvalidArgValue, "a call has a program, a length, scalars, tables and an output"));
    };
    let (given, rest) = given.as_chunks::<2>();
    if count > room.len() || !rest.is_empty() {
        let message = format!("a program has at most {MAX_PARAMETERS} operands, each with its place");
        return Err(error(Code::InvalidArgValue, message));
    }
    // SAFETY: as above.
    let program = program_of(unsafe { code(env, *handle) })?;
    // The list first: reading it may run JavaScript, and nothing that was read of an array before that would be good after it.
    // SAFETY: as above.
    let tables = unsafe { Values::of_list(env, *tables) };
    let tables = tables.ok_or_else(|| error(Code::InvalidArgType, "a list of bound arrays is expected"))?;
    // SAFETY: from here on no JavaScript runs on this thread before this function returns, and the views do not outlive it.
    let len = unsafe { length(env, *len) }?;
    // SAFETY: as above.
    let scalars = unsafe { scalars_of(env, *scalars) }?;
    // SAFETY: as above.
    let tables = unsafe { tables_of(env, &tables.0) }?;
    // SAFETY: as above.
    let output = unsafe { JsOperand::read(env, *output, *place) }?;
    // SAFETY: as above.
    let view = unsafe { output.view(len) }?;
    let operands = given.iter().map(|[value, place]| {
        // SAFETY: as above.
        let operand = unsafe { JsOperand::read(env, *value, *place) }?;
        // SAFETY: as above.
        unsafe { operand.marked_operand(len) }
    });
    let operands: Vec<Operand> = operands.collect::<Result<_>>()?;

    let run = Run::new(&program, &operands, &scalars, &tables, view).map_err(from_run)?;
    let pool = module::pool()?;
    // SAFETY: the output was read in this call.
    let _claim = unsafe { claim(env, &output, &view) }?;
    // SAFETY: all views are good until this returns, as said above; of all that is not shared memory only this thread could
    // write meanwhile, and it is here.
    unsafe { run.run(pool) }.map_err(from_panic)
}

/// Bound arrays: value, place and length of each.
///
/// # Safety
/// As for [`scalars_of`]. The views are good until JavaScript runs again on this thread.
pub(crate) unsafe fn tables_of(env: sys::napi_env, triples: &[sys::napi_value]) -> Result<Vec<View>> {
    // SAFETY: the caller's promise.
    let tables = unsafe { read_bound(env, triples) }?;
    let view = |BoundArray { given, len }: &BoundArray| {
        // SAFETY: as above.
        unsafe { given.operand.view(*len) }
    };
    tables.iter().map(view).collect()
}

/// The bits of the scalars, a Float64Array or a BigUint64Array; none where there is undefined.
///
/// # Safety
/// `env` and `value` must be those of the call that is being made, and no JavaScript may run meanwhile.
pub(crate) unsafe fn scalars_of(env: sys::napi_env, value: sys::napi_value) -> Result<Vec<u64>> {
    // SAFETY: the caller's promise.
    if unsafe { kind_of(env, value) } == sys::ValueType::napi_undefined {
        return Ok(Vec::new());
    }
    let refused = || error(Code::InvalidArgType, "scalars are a Float64Array or a BigUint64Array");
    let (mut kind, mut len, mut data, mut buffer, mut offset) = (-1, 0, ptr::null_mut(), ptr::null_mut(), 0);
    // SAFETY: as above; the out-pointers are ours.
    let status =
        unsafe { sys::napi_get_typedarray_info(env, value, &mut kind, &mut len, &mut data, &mut buffer, &mut offset) };
    let element = match kind {
        sys::TypedarrayType::float64_array => ElementType::Float64,
        sys::TypedarrayType::biguint64_array => ElementType::Uint64,
        _ => return Err(refused()),
    };
    if status != sys::Status::napi_ok {
        return Err(refused());
    }
    // SAFETY: Node-API gave address and length of memory that is there until JavaScript runs again.
    let view = unsafe { View::new(data.cast(), len, element) }.map_err(from_view)?;
    let bits = view.at(0).cast::<u64>();
    // SAFETY: the view has so many elements of 64 bits, aligned.
    Ok((0..view.len()).map(|index| unsafe { bits.wrapping_add(index).read() }).collect())
}
