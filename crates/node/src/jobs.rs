//! The asynchronous jobs of one environment, as JavaScript drives them.

use std::sync::Arc;

use corepool_kernel::copy;
use corepool_memory::{Budget, Buffer, HUGE_PAGE};
use napi::Env;
use napi::bindgen_prelude::{ArrayBuffer, Either, Function};
use napi_derive::napi;

use crate::array::{element_of, whole};
use crate::code::{Code, Result, error, from_node_api, from_panic};
use crate::elementwise::operation_of;
use crate::environment::{Environment, EventKind, Pending};
use crate::job::{KernelJob, Task};
use crate::job_memory::{BoundArray, JobMemory};
use crate::memory::external;
use crate::module;
use crate::operands::{Unread, Values, read_bound};
use crate::program::{program_of, scalars_of};
use crate::references::References;
use crate::sentinel::sentinel;

/// The asynchronous jobs of one environment. Make one for each environment, and make it first: it keeps the addon loaded.
#[napi]
pub struct Jobs {
    environment: Arc<Environment>,
    references: References,
}

impl core::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad("Jobs { .. }")
    }
}

#[napi]
impl Jobs {
    /// `on_events` is called on this thread when there are events, which `next` gives.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, on_events: Function<'_, (), ()>) -> Result<Self> {
        let environment = Arc::new(Environment::default());
        let references = References::default();
        let listener = Arc::downgrade(&environment);
        let doorbell = on_events
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |_| {
                if let Some(environment) = listener.upgrade() {
                    environment.hear();
                }
                Ok(())
            })
            .map_err(from_node_api)?;
        environment.install(doorbell);
        // Registered after the doorbell, hence run before its own clean-up: hooks run last in, first out.
        env.add_env_cleanup_hook(Arc::clone(&environment), |environment| environment.close()).map_err(from_node_api)?;
        Ok(Self { environment, references })
    }

    /// Copies the operands, unless they are memory that nothing can take away, and queues the job over `length` elements. `arrays` is
    /// the output, which must be such memory too, or null for memory of the job's own, and then the operands, each followed by its
    /// place. `moved` are those whose memory no JavaScript can reach any more, which the facade promises: 0 for the output, n for
    /// operand n. Returns the job's number.
    #[napi(catch_unwind)]
    pub fn submit(
        &self,
        env: &Env,
        operation: u32,
        length: f64,
        output_code: u32,
        arrays: Values,
        moved: Vec<u32>,
        wants_progress: bool,
    ) -> Result<u32> {
        let task = Task::Elementwise(operation_of(operation)?);
        // SAFETY: the list was read in this call, and no JavaScript runs before it returns.
        unsafe { self.start(env, &task, whole(length)?, output_code, &arrays, &[], &moved, wants_progress) }
    }

    /// As `submit`, for a program. `scalars` is as for `runProgram`; `tables` are copied as operands are.
    #[napi(catch_unwind)]
    pub fn submit_program(
        &self,
        env: &Env,
        handle: u32,
        length: f64,
        output_code: u32,
        arrays: Values,
        scalars: Unread,
        tables: Values,
        moved: Vec<u32>,
        wants_progress: bool,
    ) -> Result<u32> {
        // SAFETY: given in this call, in which all lists were read and no JavaScript runs any more.
        let scalars = unsafe { scalars_of(env.raw(), scalars.0) }?;
        let task = Task::Program(program_of(handle)?, scalars);
        // SAFETY: as above.
        let tables = unsafe { read_bound(env.raw(), &tables.0) }?;
        // SAFETY: as above.
        unsafe { self.start(env, &task, whole(length)?, output_code, &arrays, &tables, &moved, wants_progress) }
    }

    /// Makes a job of what was given, and queues it.
    ///
    /// # Safety
    /// The lists must have been read in the call that is being made, and no JavaScript may run before it returns.
    unsafe fn start(
        &self,
        env: &Env,
        task: &Task,
        len: usize,
        output_code: u32,
        arrays: &Values,
        tables: &[BoundArray],
        moved: &[u32],
        wants_progress: bool,
    ) -> Result<u32> {
        let output_element = element_of(output_code)?;
        let pool = module::pool_with_threads()?;
        // SAFETY: the caller's promise.
        let (output, operands) = unsafe { arrays.read(env.raw(), moved) }?;
        // SAFETY: as above.
        let memory = unsafe { JobMemory::prepare(env.raw(), len, &operands, tables, output_element, output.as_ref()) }?;
        let id = self.environment.next_id();
        let job = KernelJob::new(id, task, memory, wants_progress, Arc::clone(&self.environment))?;

        for given in output.iter().chain(&operands).chain(tables.iter().map(|table| &table.given)) {
            // SAFETY: as above.
            if let Some(memory) = (unsafe { given.steady(env.raw()) })?
                && !cfg!(corepool_seed = "hold")
            {
                self.references.hold(env, id, memory.value)?;
            }
        }
        let chunks = job.chunks();
        let job = Arc::new(job);
        if !moved.is_empty() && !cfg!(corepool_seed = "sentinel") {
            // It may be memory that Node frees when this environment ends, whoever works in it.
            if let Some(sentinel) = sentinel(env, &job).inspect_err(|_| self.references.release(env, id))? {
                self.references.hold(env, id, sentinel)?;
            }
        }
        let queued = Arc::clone(&job) as Arc<dyn corepool_pool::Job>;
        // With nothing else on its way, this thread has likely nothing to do but to wait; of several jobs, each CPU should have some.
        let handle =
            if self.environment.is_idle() { pool.submit_near(queued, chunks) } else { pool.submit(queued, chunks) };
        self.environment.remember(id, Pending { job, handle });
        Ok(id)
    }

    /// The next of the events that the bell announced: four times the job's number, and 0 for progress, 1 for completed, 2 for cancelled or 3
    /// for failed; the last three come once, and nothing of the job after them. -1 where there is none.
    ///
    /// No object, and no list: those are filled by way of setters that a program may have put on the prototypes of all of them, and which
    /// could tell of the end of a job that goes on.
    #[napi(catch_unwind)]
    pub fn next(&self, env: &Env) -> f64 {
        let Some((id, kind)) = self.environment.next_event() else { return -1.0 };
        if kind != 0 {
            // The job has ended: nobody reads or writes its memory any more.
            self.references.release(env, id);
        }
        f64::from(id) * 4.0 + f64::from(kind)
    }

    /// More of the event that `next` gave last: elements done, or why the job failed.
    #[napi(catch_unwind)]
    pub fn detail(&self) -> Either<f64, String> {
        let detail = self.environment.told(|event| match &event.kind {
            EventKind::Failed(why) => Either::B(why.clone()),
            _ => Either::A(event.done as f64),
        });
        detail.unwrap_or(Either::A(0.0))
    }

    /// Asks the job to end before its next chunk. One that has ended stays as it is.
    #[napi(catch_unwind)]
    pub fn cancel(&self, id: u32) {
        if let Some(pending) = self.environment.pending(id) {
            pending.handle.cancel();
        }
    }

    /// The result of a completed job as external memory, once; for the main thread alone: see `external`. Null, and it is still to be taken,
    /// where `take_into` is to be called: for less than a huge page, and where the host refuses external memory of its length.
    #[napi(catch_unwind)]
    pub fn take<'env>(&self, env: &'env Env, id: u32) -> Result<Option<ArrayBuffer<'env>>> {
        let (pending, mut buffer) = self.result_of(id)?;
        if buffer.bytes() >= HUGE_PAGE {
            match external(env, Budget::count(buffer))? {
                Ok(array) => return Ok(Some(array)),
                Err(refused) => buffer = refused.into_buffer(),
            }
        }
        pending.job.put_back(buffer);
        self.environment.remember(id, pending);
        Ok(None)
    }

    /// Copies the result of a completed job into `output`, once: memory and its place, and the length.
    #[napi(catch_unwind)]
    pub fn take_into(&self, env: &Env, id: u32, output: Values, length: f64) -> Result<()> {
        // SAFETY: the list was read in this call, and no JavaScript runs before it returns.
        let (output, _) = unsafe { output.read(env.raw(), &[]) }?;
        let output = output.ok_or_else(|| error(Code::InvalidArgType, "an output is memory"))?;
        // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
        let output = unsafe { output.operand.view(whole(length)?) }?;
        let is_fit = |pending: &Pending| pending.job.output_bytes() == output.bytes();
        if self.environment.pending(id).is_some_and(|pending| !is_fit(&pending)) {
            return Err(error(Code::LengthMismatch, "the output has another size than the result"));
        }
        let (_, buffer) = self.result_of(id)?;
        // SAFETY: both are good until this returns; the buffer was the job's own, and the job has ended.
        let result = unsafe { buffer.view(output.element()) };
        // SAFETY: as above; the output is JavaScript's memory and the buffer is not, so they do not overlap.
        unsafe { copy(module::pool()?, result, output) }.map_err(from_panic)
    }

    /// Whether this thread's event loop stays alive for the events to come; it does not unless this was called.
    #[napi(catch_unwind)]
    pub fn keep_alive(&self, env: &Env, on: bool) {
        self.environment.keep_alive(env, on);
    }

    /// Forgets a job. One that has not ended ends first, before its next chunk: afterwards no thread works on its memory.
    #[napi(catch_unwind)]
    pub fn discard(&self, env: &Env, id: u32) {
        let Some(pending) = self.environment.forget(id) else { return };
        if !pending.job.has_ended() {
            pending.handle.cancel();
            pending.handle.wait();
            self.references.release(env, id);
        }
    }

    fn result_of(&self, id: u32) -> Result<(Pending, Buffer)> {
        let taken = self.environment.pending(id).and_then(|pending| Some((pending.job.take_result()?, pending)));
        let (buffer, pending) =
            taken.ok_or_else(|| error(Code::InvalidArgValue, format!("job {id} has no result to take")))?;
        self.environment.forget(id);
        Ok((pending, buffer))
    }
}
