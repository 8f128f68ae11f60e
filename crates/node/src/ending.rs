//! The quick end of a child process that is done, as Python ends its children: without what C and C++ libraries run at the end.

use napi_derive::napi;

/// Ends this process with an exit code, of which the system keeps the lowest eight bits. What C libraries have printed is written out
/// first; their `atexit` handlers and Node's own way down (its threads, its profilers) are passed by.
///
/// Where the system has no `_exit` this returns, and the caller ends the process as ever.
#[napi(catch_unwind)]
pub fn end_now(code: i32) {
    end(code);
}

#[cfg(unix)]
fn end(code: i32) {
    // SAFETY: a null pointer means all streams of C's standard library, each of which is locked while it is written.
    unsafe { libc::fflush(core::ptr::null_mut()) };
    // SAFETY: _exit takes a number, and ends the process without running anything of it.
    unsafe { libc::_exit(code) };
}

#[cfg(not(unix))]
fn end(_code: i32) {}
