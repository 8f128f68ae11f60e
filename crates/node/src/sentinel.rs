//! What ends the jobs of an environment before Node frees the memory that they work on.
//!
//! When an environment ends, Node frees all external memory that was made in it, whoever uses it, the last that was made first; since
//! Node 22 before it runs any clean-up hook. What the program has put under another ArrayBuffer by its `transfer()`, nothing tells from
//! ordinary memory. So a job in memory that was moved to it has external memory of its own, made last: this is freed first.

use core::ffi::c_void;
use core::ptr;
use std::sync::{Arc, Weak};

use napi::{Env, sys};

use crate::code::{Code, Result, error};
use crate::job::KernelJob;

/// An ArrayBuffer that must be kept until `job` has ended; None where the host allows no external memory, hence has none to free.
pub(crate) fn sentinel(env: &Env, job: &Arc<KernelJob>) -> Result<Option<sys::napi_value>> {
    let hint = Weak::into_raw(Arc::downgrade(job)).cast_mut().cast::<c_void>();
    let mut value = ptr::null_mut();
    // SAFETY: the memory is the job's own, which the count of `hint` keeps allocated, and no JavaScript sees the ArrayBuffer: nobody reads
    // its one byte. `freed` is called once at most, on this thread.
    let status = unsafe { sys::napi_create_external_arraybuffer(env.raw(), hint, 1, Some(freed), hint, &mut value) };
    match status {
        sys::Status::napi_ok => Ok(Some(value)),
        sys::Status::napi_no_external_buffers_allowed => {
            // SAFETY: made above; refused, it was given to nobody.
            drop(unsafe { Weak::from_raw(hint.cast_const().cast::<KernelJob>()) });
            Ok(None)
        }
        status => Err(error(Code::NodeApi(status.into()), "the moved memory cannot be watched")),
    }
}

/// The ArrayBuffer was collected, when its job had ended; or the environment ends.
unsafe extern "C" fn freed(_env: sys::napi_env, _data: *mut c_void, hint: *mut c_void) {
    // SAFETY: `sentinel` passed the address of a job whose weak count it had raised; Node-API calls this once at most.
    if let Some(job) = unsafe { Weak::from_raw(hint.cast_const().cast::<KernelJob>()) }.upgrade() {
        job.end_with_environment();
    }
}
