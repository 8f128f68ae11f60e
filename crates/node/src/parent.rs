//! The end of child processes when this program ends, however that ends: asked of the kernel, since a busy child reads nothing.
//!
//! The request is made between fork and exec, by a handler that runs in the forked process, and outlives exec. So a child is tied
//! from its first instruction on, and need not load this addon for it: that would cost each child 2 to 5 ms of its start.
//! Only forks of a thread that asked for it are tied, and only while it asks: other code of this process forks as ever.

use napi_derive::napi;

/// While `on`, every process that this thread forks ends with this thread.
///
/// Linux means the thread, not the process: a child of a `worker_thread` ends with that thread, which is wanted, as nobody is
/// left then to hear of the child. Returns how many processes were tied since the thread last asked; it stays 0 where the system
/// offers no such thing, makes processes in another way than by `fork`, or has given this program rights that its user lacks.
#[napi(catch_unwind)]
pub fn tie_forks(on: bool) -> u32 {
    forks::tie(on)
}

#[cfg(target_os = "linux")]
mod forks {
    use core::cell::Cell;
    use std::sync::Once;

    thread_local! {
        /// This process, while forks of this thread are to be tied; 0 otherwise.
        static PARENT: Cell<libc::pid_t> = const { Cell::new(0) };
        static TIED: Cell<u32> = const { Cell::new(0) };
    }

    pub(super) fn tie(on: bool) -> u32 {
        static ONCE: Once = Once::new();
        // A refusal (no memory) leaves the count at 0, which tells.
        // SAFETY: both are functions of this image, which glibc forgets when it is unloaded; musl unloads nothing.
        ONCE.call_once(|| unsafe { _ = libc::pthread_atfork(None, Some(in_parent), Some(in_child)) });
        let this = libc::pid_t::try_from(std::process::id()).unwrap_or(0);
        PARENT.set(if on { this } else { 0 });
        // An exec that raises rights (a set-user-ID bit, capabilities of the file) withdraws the request; a child runs the same file.
        // SAFETY: getauxval reads a table of the process, whatever it is asked for.
        let is_raised = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
        let tied = TIED.replace(0);
        if is_raised { 0 } else { tied }
    }

    unsafe extern "C" fn in_parent() {
        if PARENT.get() != 0 {
            TIED.set(TIED.get() + 1);
        }
    }

    /// Runs in the forked process before anything else does: system calls only, since other threads held what locks they held.
    unsafe extern "C" fn in_child() {
        let parent = PARENT.get();
        if parent == 0 {
            return;
        }
        let signal = libc::c_ulong::from(libc::SIGKILL.unsigned_abs());
        // SAFETY: PR_SET_PDEATHSIG reads one integer argument, a signal's number, and touches no memory of this process.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) };
        // SAFETY: getppid takes nothing, touches no memory and cannot fail.
        if unsafe { libc::getppid() } != parent {
            // It ended before the signal was asked for, which therefore never comes.
            // SAFETY: _exit ends the process without running anything of it.
            unsafe { libc::_exit(1) };
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod forks {
    pub(super) fn tie(_on: bool) -> u32 {
        0
    }
}
