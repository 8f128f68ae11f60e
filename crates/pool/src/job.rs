//! What the pool runs asynchronously.

/// A job that the workers of a pool run in chunks, while nobody waits for it.
///
/// The pool drops its reference to the job right after [`Job::finished`] and before `Handle::wait` returns.
pub trait Job: Send + Sync + 'static {
    /// Runs one chunk, a number below that given to `Pool::submit`. Each is run at most once, several at the same time.
    fn run(&self, chunk: u32);

    /// Called by a worker after a chunk, when at least one more of about 100 equal steps is done; never twice at the same time,
    /// and with `done` growing from call to call. `done` < `chunks` here.
    fn progressed(&self, done: u32, chunks: u32);

    /// Called exactly once, by the worker that counted the last chunk, after every chunk was run or skipped: nothing touches
    /// the job's memory afterwards.
    fn finished(&self, outcome: Outcome);
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every chunk ran.
    Completed,
    /// Chunks were skipped because the job was cancelled, or its pool dropped.
    Cancelled,
    /// A chunk panicked, with this message; chunks that had not started then were skipped.
    Panicked(String),
}
