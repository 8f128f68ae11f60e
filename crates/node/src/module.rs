//! The pool of this copy of the addon, started at first use, and the addon's image, which must then stay in memory.

use corepool_pool::Pool;

use crate::code::{Result, from_pool};

/// The pool, for a job in which its caller takes part. The first call starts its threads.
pub(crate) fn pool() -> Result<&'static Pool> {
    // Node unloads an addon with the last worker_thread that loaded it; the pool's threads run code of this image.
    pin();
    Pool::global_for_callers().map_err(|refused| from_pool(&refused))
}

/// The same, for a job that only its threads run.
pub(crate) fn pool_with_threads() -> Result<&'static Pool> {
    pin();
    Pool::global().map_err(|refused| from_pool(&refused))
}

/// Keeps this image in memory until the process ends.
#[cfg(unix)]
fn pin() {
    use core::ffi::c_void;
    use core::mem::MaybeUninit;
    use std::sync::Once;

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut info = MaybeUninit::<libc::Dl_info>::zeroed();
        let inside = pin as fn() as *const c_void;
        // SAFETY: `inside` is an address, and `info` has room for the answer.
        let found = unsafe { libc::dladdr(inside, info.as_mut_ptr()) };
        if found == 0 {
            return;
        }
        // SAFETY: all fields are pointers, for which zero is a value; dladdr filled in those it knows.
        let info = unsafe { info.assume_init() };
        // The handle is never closed: that one reference keeps the image.
        // SAFETY: dladdr gave the path of an image that is loaded, as a C string; RTLD_NOLOAD runs no initialiser.
        unsafe { libc::dlopen(info.dli_fname, libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    });
}

/// Elsewhere the threadsafe function that every environment makes keeps the image: the napi crate pins it for that.
#[cfg(not(unix))]
fn pin() {}
