//! What keeps memory of JavaScript's alive while jobs work on it: references to its arrays, on the JS thread alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr;
use std::rc::Rc;

use napi::{Env, sys};

use crate::code::{Code, Result, error};

/// The references of the jobs of one environment, deleted when the end of the job is heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct References {
    of_jobs: Rc<RefCell<HashMap<u32, Vec<sys::napi_ref>>>>,
}

impl References {
    /// Keeps `value`, an object of the call that is being made, alive until `release(job)`.
    pub(crate) fn hold(&self, env: &Env, job: u32, value: sys::napi_value) -> Result<()> {
        let mut reference = ptr::null_mut();
        // SAFETY: the value belongs to the call that is being made, in this environment.
        let status = unsafe { sys::napi_create_reference(env.raw(), value, 1, &mut reference) };
        if status != sys::Status::napi_ok {
            self.release(env, job);
            return Err(error(Code::NodeApi(status.into()), "the memory cannot be referenced"));
        }
        self.of_jobs.borrow_mut().entry(job).or_default().push(reference);
        Ok(())
    }

    /// Lets go of what was held for a job, which must have ended.
    pub(crate) fn release(&self, env: &Env, job: u32) {
        for reference in self.of_jobs.borrow_mut().remove(&job).unwrap_or_default() {
            // SAFETY: made by `hold` in this environment, on this thread, and deleted once.
            unsafe { sys::napi_delete_reference(env.raw(), reference) };
        }
    }
}
