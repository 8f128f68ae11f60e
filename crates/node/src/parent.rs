//! The end of a child process when its parent ends, however that ends: asked of the kernel, since a busy child reads nothing.

use napi_derive::napi;

/// Ends this process with its parent, the process `parent_pid`; false: this system offers no such thing.
///
/// Linux means the thread that started this process: a child of a `worker_thread` ends with that thread, which is wanted, as
/// nobody is left then to hear of the child.
#[napi(catch_unwind)]
pub fn end_with_parent(parent_pid: u32) -> bool {
    follow(parent_pid)
}

#[cfg(target_os = "linux")]
fn follow(parent_pid: u32) -> bool {
    let signal = libc::c_ulong::from(libc::SIGKILL.unsigned_abs());
    // SAFETY: PR_SET_PDEATHSIG reads one integer argument, a signal's number, and touches no memory of this process.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) } != 0 {
        return false;
    }
    // SAFETY: getppid takes nothing, touches no memory and cannot fail.
    let parent = unsafe { libc::getppid() };
    if u32::try_from(parent) != Ok(parent_pid) {
        // It ended before the signal was asked for, which therefore never comes.
        // SAFETY: _exit ends the process without running anything of it; no thread of ours is left to miss what it held.
        unsafe { libc::_exit(1) };
    }
    true
}

#[cfg(not(target_os = "linux"))]
fn follow(_parent_pid: u32) -> bool {
    false
}
