//! The asynchronous jobs of one environment, as JavaScript drives them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr;
use std::sync::{Arc, Weak};

use corepool_kernel::{Elementwise, copy};
use corepool_memory::{Budget, Buffer, HUGE_PAGE, Lent};
use napi::bindgen_prelude::{ArrayBuffer, Function};
use napi::{Env, sys};
use napi_derive::napi;

use crate::array::{JsArray, element_of};
use crate::code::{Code, Result, error, from_elementwise, from_node_api, from_panic};
use crate::elementwise::operation_of;
use crate::environment::{Environment, Event, EventKind, Pending};
use crate::job::ElementwiseJob;
use crate::job_memory::JobMemory;
use crate::memory::external;
use crate::module;

/// How far a job is; the counts are elements.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct JobEvent {
    /// The number that `submit` gave.
    pub id: u32,
    /// `progress`, `completed`, `cancelled` or `failed`; the last three come once, and nothing after them.
    pub kind: &'static str,
    /// Elements done.
    pub done: f64,
    /// Elements in all.
    pub total: f64,
    /// Why it failed.
    pub message: Option<String>,
}

/// The asynchronous jobs of one environment. Make one for each environment, and make it first: it keeps the addon loaded.
#[napi]
pub struct Jobs {
    environment: Arc<Environment>,
    /// References to the shared memory that jobs work on, deleted when the job is taken or discarded.
    references: RefCell<HashMap<u32, Vec<sys::napi_ref>>>,
}

impl core::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad("Jobs { .. }")
    }
}

#[napi]
impl Jobs {
    /// `on_events` is called on this thread with all events since the last call.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, on_events: Function<'_, Vec<JobEvent>, ()>) -> Result<Self> {
        let environment = Arc::new(Environment::default());
        let listener = Arc::downgrade(&environment);
        let doorbell = on_events
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |context| Ok(hear(&context.env, &listener)))
            .map_err(from_node_api)?;
        environment.install(doorbell);
        // Registered after the doorbell, hence run before its own clean-up: hooks run last in, first out.
        env.add_env_cleanup_hook(Arc::clone(&environment), |environment| environment.close()).map_err(from_node_api)?;
        Ok(Self { environment, references: RefCell::default() })
    }

    /// Copies the operand, unless it is shared memory, and queues the job. `shared_output` must be over a SharedArrayBuffer;
    /// without it the job has memory of its own for the result. Returns the job's number.
    #[napi(catch_unwind)]
    pub fn submit(
        &self,
        env: &Env,
        operation: u32,
        input: JsArray,
        input_code: u32,
        output_code: u32,
        shared_output: Option<JsArray>,
        wants_progress: bool,
    ) -> Result<u32> {
        let operation = operation_of(operation)?;
        let (input_element, output_element) = (element_of(input_code)?, element_of(output_code)?);
        let pool = module::pool()?;
        let memory = JobMemory::prepare((&input, input_element), output_element, shared_output.as_ref())?;
        let work = Elementwise::new(operation, memory.input, memory.output).map_err(from_elementwise)?;

        let id = self.environment.next_id();
        let mut references = Vec::new();
        for shared in [Some(&input), shared_output.as_ref()].into_iter().flatten().filter(|array| !array.is_plain) {
            references.push(reference(env, shared)?);
        }
        self.references.borrow_mut().insert(id, references);
        self.environment.hold(env);
        let job = Arc::new(ElementwiseJob::new(id, work, memory, wants_progress, Arc::clone(&self.environment)));
        let handle = pool.submit(Arc::clone(&job) as Arc<dyn corepool_pool::Job>, work.chunks());
        self.environment.remember(id, Pending { job, handle });
        Ok(id)
    }

    /// Asks the job to end before its next chunk. One that has ended stays as it is.
    #[napi(catch_unwind)]
    pub fn cancel(&self, id: u32) {
        if let Some(pending) = self.environment.pending(id) {
            pending.handle.cancel();
        }
    }

    /// The result of a completed job as an ArrayBuffer, once. From 2 MiB on it is external memory: no copy is made.
    #[napi(catch_unwind)]
    pub fn take<'env>(&self, env: &'env Env, id: u32) -> Result<ArrayBuffer<'env>> {
        let lent = Budget::count(self.result_of(env, id)?);
        if lent.buffer().bytes() < HUGE_PAGE {
            // Small results are cheaper as memory of V8's own, and can be transferred.
            return copied(env, &lent);
        }
        external(env, lent)?.or_else(|lent| copied(env, &lent))
    }

    /// Copies the result of a completed job into `output`, once.
    #[napi(catch_unwind)]
    pub fn take_into(&self, env: &Env, id: u32, output: JsArray, output_code: u32) -> Result<()> {
        // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
        let output = unsafe { output.view(element_of(output_code)?) }?;
        let buffer = self.result_of(env, id)?;
        if buffer.bytes() != output.bytes() {
            return Err(error(Code::LengthMismatch, "the output has another size than the result"));
        }
        // SAFETY: both are good until this returns; the buffer is the job's own, and the job has ended.
        let result = unsafe { buffer.view(output.element()) };
        // SAFETY: as above; the output is JavaScript's memory and the buffer is not, so they do not overlap.
        unsafe { copy(module::pool()?, result, output) }.map_err(from_panic)
    }

    /// Forgets a job that has ended.
    #[napi(catch_unwind)]
    pub fn discard(&self, env: &Env, id: u32) {
        if self.environment.forget(id).is_some() {
            self.release(env, id);
        }
    }

    fn result_of(&self, env: &Env, id: u32) -> Result<Buffer> {
        let pending = self.environment.pending(id);
        match pending.and_then(|pending| pending.job.take_result()) {
            Some(buffer) => {
                self.environment.forget(id);
                self.release(env, id);
                Ok(buffer)
            }
            None => Err(error(Code::InvalidArgValue, format!("job {id} has no result to take"))),
        }
    }

    /// Deletes the references to the shared memory of a job that has ended.
    fn release(&self, env: &Env, id: u32) {
        for reference in self.references.borrow_mut().remove(&id).unwrap_or_default() {
            // SAFETY: made by `reference` in this environment, on this thread, and deleted once.
            unsafe { sys::napi_delete_reference(env.raw(), reference) };
        }
    }
}

/// What the bell brings: all events since the last time. The last end that was expected lets the event loop go.
fn hear(env: &Env, environment: &Weak<Environment>) -> Vec<JobEvent> {
    let Some(environment) = environment.upgrade() else { return Vec::new() };
    let events: Vec<JobEvent> = environment.hear().into_iter().map(JobEvent::from).collect();
    let ends = events.iter().filter(|event| event.kind != "progress").count();
    environment.let_go(env, ends);
    events
}

impl From<Event> for JobEvent {
    #[expect(clippy::cast_precision_loss, reason = "lengths of arrays are below 2^53")]
    fn from(event: Event) -> Self {
        let (kind, message) = match event.kind {
            EventKind::Progress => ("progress", None),
            EventKind::Completed => ("completed", None),
            EventKind::Cancelled => ("cancelled", None),
            EventKind::Failed(message) => ("failed", Some(message)),
        };
        Self { id: event.id, kind, done: event.done as f64, total: event.total as f64, message }
    }
}

/// The contents of a result as an ArrayBuffer of V8's own.
fn copied<'env>(env: &'env Env, lent: &Lent) -> Result<ArrayBuffer<'env>> {
    let (base, bytes) = (lent.buffer().base(), lent.buffer().bytes());
    let mut contents = vec![0; bytes];
    // SAFETY: `bytes` bytes lie at `base`, written by the job, which has ended; the vector is memory of its own.
    unsafe { ptr::copy_nonoverlapping(base, contents.as_mut_ptr(), bytes) };
    ArrayBuffer::from_data(env, contents).map_err(from_node_api)
}

/// A reference that keeps shared memory alive.
fn reference(env: &Env, array: &JsArray) -> Result<sys::napi_ref> {
    let mut reference = ptr::null_mut();
    // SAFETY: `array.value` belongs to the call that is being made, in this environment.
    let status = unsafe { sys::napi_create_reference(env.raw(), array.value, 1, &mut reference) };
    if status == sys::Status::napi_ok {
        Ok(reference)
    } else {
        Err(error(Code::NodeApi(status.into()), "the shared memory cannot be referenced"))
    }
}
