//! One asynchronous job: it owns the memory it works on, and tells its environment how it ends.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use corepool_kernel::{Elementwise, Operand, Operation, Program, Run};
use corepool_memory::{Buffer, Claim, View};
use corepool_pool::{Job, Outcome};

use crate::code::{Result, from_elementwise, from_run};
use crate::environment::{Environment, Event, EventKind};
use crate::job_memory::JobMemory;

/// What a job computes.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    /// A built-in operation.
    Elementwise(Operation),
    /// A compiled kernel, and the bits of its scalars.
    Program(Arc<Program>, Vec<u64>),
}

/// A task on the memory of a job.
#[derive(Debug)]
enum Work {
    Elementwise(Elementwise<'static>),
    Program(Run),
}

impl Work {
    fn new(task: &Task, operands: Vec<Operand>, tables: &[View], output: View) -> Result<Self> {
        Ok(match task {
            Task::Elementwise(operation) => {
                Self::Elementwise(Elementwise::new(*operation, operands, output).map_err(from_elementwise)?)
            }
            Task::Program(program, scalars) => {
                Self::Program(Run::new(program, &operands, scalars, tables, output).map_err(from_run)?)
            }
        })
    }

    fn chunks(&self) -> u32 {
        match self {
            Self::Elementwise(work) => work.chunks(),
            Self::Program(run) => run.chunks(),
        }
    }

    /// # Safety
    /// As for [`Elementwise::run_chunk`] and [`Run::run_chunk`].
    unsafe fn run_chunk(&self, chunk: u32) {
        match self {
            // SAFETY: the caller's promise.
            Self::Elementwise(work) => unsafe { work.run_chunk(chunk) },
            // SAFETY: the caller's promise.
            Self::Program(run) => unsafe { run.run_chunk(chunk) },
        }
    }
}

/// A job and its memory.
#[derive(Debug)]
pub(crate) struct KernelJob {
    id: u32,
    work: Work,
    output: View,
    wants_progress: bool,
    /// Copies of operands.
    copies: Mutex<Vec<Buffer>>,
    /// The result; none where it goes into memory of JavaScript's.
    result: Mutex<Option<Buffer>>,
    /// The right to write memory of JavaScript's; none where the result is memory of its own.
    claim: Mutex<Option<Claim>>,
    has_ended: AtomicBool,
    environment: Arc<Environment>,
}

impl KernelJob {
    /// The job of a task on memory that was prepared for it.
    pub(crate) fn new(
        id: u32,
        task: &Task,
        memory: JobMemory,
        wants_progress: bool,
        environment: Arc<Environment>,
    ) -> Result<Self> {
        let JobMemory { operands, tables, output, copies, result, claim } = memory;
        Ok(Self {
            id,
            work: Work::new(task, operands, &tables, output)?,
            output,
            wants_progress,
            copies: Mutex::new(copies),
            result: Mutex::new(result),
            claim: Mutex::new(claim),
            has_ended: AtomicBool::new(false),
            environment,
        })
    }

    /// Number of chunks.
    pub(crate) fn chunks(&self) -> u32 {
        self.work.chunks()
    }

    /// True when no thread works on the job's memory any more.
    pub(crate) fn has_ended(&self) -> bool {
        // Acquire: pairs with the Release in `finished`; every chunk's stores are visible to whoever sees the end.
        self.has_ended.load(Ordering::Acquire)
    }

    /// Size of the result.
    pub(crate) fn output_bytes(&self) -> usize {
        self.output.bytes()
    }

    /// The result's memory, once, after the job has completed.
    pub(crate) fn take_result(&self) -> Option<Buffer> {
        if !self.has_ended() && !cfg!(corepool_seed = "take") {
            return None;
        }
        self.result.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Gives the result back that was taken: it can be taken again.
    pub(crate) fn put_back(&self, result: Buffer) {
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// Ends all jobs of its environment, which ends itself, unless this one has ended. JS thread.
    pub(crate) fn end_with_environment(&self) {
        if !self.has_ended() {
            self.environment.close();
        }
    }

    fn event(&self, kind: EventKind, done: usize) -> Event {
        Event { id: self.id, kind, done }
    }
}

impl Job for KernelJob {
    fn run(&self, chunk: u32) {
        // SAFETY: the memory is owned by this job or kept alive until it has ended (see `JobMemory`), nobody else writes it, and
        // the pool runs each chunk once.
        unsafe { self.work.run_chunk(chunk) };
    }

    fn progressed(&self, done: u32, chunks: u32) {
        if self.wants_progress {
            let part = u128::from(done) * self.output.len() as u128 / u128::from(chunks.max(1));
            self.environment.report(self.event(EventKind::Progress, usize::try_from(part).unwrap_or(usize::MAX)));
        }
    }

    fn finished(&self, outcome: Outcome) {
        // The operands are of no more use, and giving back hundreds of megabytes is better done here than on the JS thread.
        drop(core::mem::take(&mut *self.copies.lock().unwrap_or_else(PoisonError::into_inner)));
        if !matches!(outcome, Outcome::Completed) {
            // Partly written at best: nobody may see it.
            drop(self.result.lock().unwrap_or_else(PoisonError::into_inner).take());
        }
        drop(self.claim.lock().unwrap_or_else(PoisonError::into_inner).take());
        // Release: pairs with the Acquire in `has_ended`.
        self.has_ended.store(true, Ordering::Release);
        self.environment.report(match outcome {
            Outcome::Completed => self.event(EventKind::Completed, self.output.len()),
            Outcome::Cancelled => self.event(EventKind::Cancelled, 0),
            Outcome::Panicked(message) => self.event(EventKind::Failed(message), 0),
        });
    }
}
