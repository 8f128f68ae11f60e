//! Memory of the library's own as ArrayBuffers: results that need no first touch, and go back when they are collected.

use core::ffi::c_void;
use core::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use corepool_memory::{Budget, HUGE_PAGE, Lent, advise_huge_pages, keep_one_of, recycler_stats};
use napi::bindgen_prelude::{ArrayBuffer, FromNapiValue};
use napi::{Env, JsValue, sys};
use napi_derive::napi;

use crate::array::whole;
use crate::code::{Code, Result, error, from_node_api};

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
/// for less than a huge page, above the budget, where the host refuses external memory, and where the system has no more: V8 may have
/// garbage, which it collects when it is refused some. For the main thread alone: see `external`.
#[napi(catch_unwind)]
pub fn lend(env: &Env, bytes: f64) -> Result<Option<ArrayBuffer<'_>>> {
    let bytes = whole(bytes)?;
    // Relaxed: a flag that is seen a call late costs that call a refusal.
    if bytes < HUGE_PAGE || IS_REFUSED.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Ok(Some(lent)) = Budget::lend(bytes) else { return Ok(None) };
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

/// Who gives memory back: Node's finalizer, or `external` where no ArrayBuffer was made. Whoever comes first finds it here.
#[derive(Debug)]
struct Owner(Mutex<Option<Lent>>);

impl Owner {
    fn take(&self) -> Option<Lent> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Bytes of the longest external buffer. Node up to 21 refuses longer ones, after it has called their finalizer.
fn longest_external(env: &Env) -> usize {
    let mut version = ptr::null();
    // SAFETY: the out-pointer is ours.
    let status = unsafe { sys::napi_get_node_version(env.raw(), &mut version) };
    // SAFETY: where it was found it is a constant of Node's.
    let is_old = status == sys::Status::napi_ok && unsafe { (*version).major } < 22;
    if is_old { (1 << 32) - 1 } else { usize::MAX }
}

/// `lent` as an ArrayBuffer over the same memory, which goes back when the ArrayBuffer is collected; itself, where the host
/// refuses external memory.
///
/// For the main thread's environment alone, which ends after all others: when an environment ends, Node calls the finalizers of its
/// buffers, and does not know of memory that `ArrayBuffer.prototype.transfer()` put under another ArrayBuffer, which may have been
/// posted to another thread.
///
/// V8 counts the bytes itself, as it does for every backing store with a deleter: nothing is to be added here.
pub(crate) fn external(env: &Env, lent: Lent) -> Result<core::result::Result<ArrayBuffer<'_>, Lent>> {
    let (base, bytes) = (lent.buffer().base(), lent.buffer().bytes());
    // Relaxed: as in `lend`.
    if IS_REFUSED.load(Ordering::Relaxed) || bytes > longest_external(env) {
        return Ok(Err(lent));
    }
    let owner = Arc::new(Owner(Mutex::new(Some(lent))));
    let hint = Arc::into_raw(Arc::clone(&owner)).cast_mut().cast();
    let mut value = ptr::null_mut();
    // SAFETY: the memory is 64-byte aligned, `bytes` long, and nothing else has its address while `owner` holds it; `finalize`
    // is called once at most, on this thread, when nothing in JavaScript can reach it any more.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(env.raw(), base.cast(), bytes, Some(finalize), hint, &mut value)
    };
    if status == sys::Status::napi_ok {
        // SAFETY: the value was made just above, in this environment and scope.
        return Ok(Ok(unsafe { ArrayBuffer::from_napi_value(env.raw(), value) }.map_err(from_node_api)?));
    }
    if status == sys::Status::napi_no_external_buffers_allowed {
        IS_REFUSED.store(true, Ordering::Relaxed);
    }
    let mut exception = ptr::null_mut();
    // SAFETY: the out-pointer is ours. An exception that stayed would be thrown by what comes next.
    unsafe { sys::napi_get_and_clear_last_exception(env.raw(), &mut exception) };
    // The finalizer may have been called, may be called yet, or never: then the count that it has is all that is lost.
    if let Some(lent) = owner.take() {
        return Ok(Err(lent));
    }
    Err(error(Code::NodeApi(status.into()), "no ArrayBuffer can be made over the result's memory"))
}

/// The ArrayBuffer is gone: its memory goes back.
unsafe extern "C" fn finalize(_env: sys::napi_env, _data: *mut c_void, hint: *mut c_void) {
    // SAFETY: `external` passed the address of an `Owner` whose count it had raised; Node-API calls this once at most.
    drop(unsafe { Arc::from_raw(hint.cast_const().cast::<Owner>()) }.take());
}
