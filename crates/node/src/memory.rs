//! Memory of the library's own as ArrayBuffers: results that need no first touch, and go back when they are collected.

use core::ffi::c_void;
use core::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use corepool_memory::{Budget, HUGE_PAGE, Lent, advise_huge_pages, keep_one_of, recycler_stats};
use napi::bindgen_prelude::{ArrayBuffer, FromNapiValue};
use napi::{Env, JsValue, sys};
use napi_derive::napi;

use crate::array::whole;
use crate::code::{Code, Result, error, from_memory, from_node_api};

/// Set when the host refused external memory (Electron, a sandboxed V8): it always will.
static IS_REFUSED: AtomicBool = AtomicBool::new(false);

/// Counters of the allocator; bytes and buffers since the process began, but for those that say "now".
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct MemoryStats {
    /// Buffers in new memory.
    pub fresh: f64,
    /// Buffers in memory that was used before.
    pub recycled: f64,
    /// Buffers that came back.
    pub returned: f64,
    /// Bytes kept for the next buffer, now.
    pub kept: f64,
    /// Bytes that JavaScript holds, now.
    pub out: f64,
}

/// An ArrayBuffer of `bytes` bytes in the library's own memory, contents unspecified; null where ordinary memory is to be used:
/// for less than a huge page, above the budget, and where the host refuses external memory.
#[napi(catch_unwind)]
pub fn lend(env: &Env, bytes: f64) -> Result<Option<ArrayBuffer<'_>>> {
    let bytes = whole(bytes)?;
    // Relaxed: a flag that is seen a call late costs that call a refusal.
    if bytes < HUGE_PAGE || IS_REFUSED.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Some(lent) = Budget::lend(bytes).map_err(from_memory)? else { return Ok(None) };
    Ok(external(env, lent)?.ok())
}

/// Asks for huge pages under an ordinary array that is about to be written for the first time: its buffer.
#[napi(catch_unwind)]
pub fn advise(buffer: ArrayBuffer<'_>) {
    // SAFETY: the buffer has this memory now; where it is of another kind than the advice is for, the system refuses it.
    unsafe { advise_huge_pages(buffer.as_ptr().cast_mut(), buffer.len()) };
}

/// Takes the memory of a buffer away: it goes back without waiting for a collection. What cannot be detached stays as it was.
#[napi(catch_unwind)]
pub fn detach(env: &Env, buffer: ArrayBuffer<'_>) {
    // SAFETY: `env` and the value are those of the call that is being made; V8 allows what JavaScript could do by a transfer.
    unsafe { sys::napi_detach_arraybuffer(env.raw(), buffer.raw()) };
}

/// Gives the memory that is kept for the next buffer back to the system.
#[napi(catch_unwind)]
pub fn trim() {
    corepool_memory::trim();
}

/// How many bytes JavaScript may hold in the library's own memory at a time, and the size of the largest buffer that is kept for the next.
#[napi(catch_unwind)]
pub fn set_memory_limits(out: f64, longest_kept: f64) -> Result<()> {
    let (out, longest_kept) = (whole(out)?, whole(longest_kept)?);
    Budget::set_limit(out);
    keep_one_of(longest_kept);
    Ok(())
}

/// The counters of the allocator.
#[napi(catch_unwind)]
pub fn memory_stats() -> MemoryStats {
    let stats = recycler_stats();
    MemoryStats {
        fresh: stats.fresh as f64,
        recycled: stats.recycled as f64,
        returned: stats.returned as f64,
        kept: stats.kept as f64,
        out: Budget::out() as f64,
    }
}

/// `lent` as an ArrayBuffer over the same memory, which goes back when the ArrayBuffer is collected; itself, where the host
/// refuses external memory.
///
/// V8 counts the bytes itself, as it does for every backing store with a deleter: nothing is to be added here.
pub(crate) fn external(env: &Env, lent: Lent) -> Result<core::result::Result<ArrayBuffer<'_>, Lent>> {
    let (base, bytes) = (lent.buffer().base(), lent.buffer().bytes());
    let owner = Box::into_raw(Box::new(lent));
    let mut value = ptr::null_mut();
    // SAFETY: the memory is 64-byte aligned, `bytes` long, and nothing else has its address while `owner` lives; `finalize`
    // is called once, on this thread, when nothing in JavaScript can reach it any more.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(env.raw(), base.cast(), bytes, Some(finalize), owner.cast(), &mut value)
    };
    if status == sys::Status::napi_ok {
        // SAFETY: the value was made just above, in this environment and scope.
        return Ok(Ok(unsafe { ArrayBuffer::from_napi_value(env.raw(), value) }.map_err(from_node_api)?));
    }
    // SAFETY: Node-API took nothing, so the box is still ours, and is unboxed once.
    let lent = *unsafe { Box::from_raw(owner) };
    if status == sys::Status::napi_no_external_buffers_allowed {
        IS_REFUSED.store(true, Ordering::Relaxed);
        return Ok(Err(lent));
    }
    Err(error(Code::NodeApi(status.into()), "no ArrayBuffer can be made over the result's memory"))
}

/// The contents of `lent` as an ArrayBuffer of V8's own.
pub(crate) fn ordinary<'env>(env: &'env Env, lent: &Lent) -> Result<ArrayBuffer<'env>> {
    let (base, bytes) = (lent.buffer().base(), lent.buffer().bytes());
    let (mut data, mut value) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the out-pointers are ours.
    let status = unsafe { sys::napi_create_arraybuffer(env.raw(), bytes, &mut data, &mut value) };
    if status != sys::Status::napi_ok {
        return Err(error(Code::OutOfMemory, format!("no memory for a result of {bytes} bytes")));
    }
    if bytes > 0 {
        // SAFETY: `bytes` bytes lie at `base`, written by a job that has completed, and as many at `data`, just allocated.
        unsafe { ptr::copy_nonoverlapping(base, data.cast::<u8>(), bytes) };
    }
    // SAFETY: the value was made just above, in this environment and scope.
    unsafe { ArrayBuffer::from_napi_value(env.raw(), value) }.map_err(from_node_api)
}

/// The ArrayBuffer is gone: its memory goes back.
unsafe extern "C" fn finalize(_env: sys::napi_env, _data: *mut c_void, owner: *mut c_void) {
    // SAFETY: `external` boxed a `Lent` and passed its address here; Node-API calls this once.
    drop(unsafe { Box::from_raw(owner.cast::<Lent>()) });
}
