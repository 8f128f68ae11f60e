//! What a submitter keeps of its job.

use core::fmt;

use crate::queue::Queue;
use crate::submission::Submission;
use crate::sync::Arc;

/// A submitted job. Dropping it changes nothing: the job runs on.
#[derive(Clone)]
pub struct Handle {
    submission: Arc<Submission>,
    queue: Arc<Queue>,
}

impl Handle {
    pub(crate) fn new(submission: Arc<Submission>, queue: Arc<Queue>) -> Self {
        Self { submission, queue }
    }

    /// Asks for the chunks that have not started to be skipped, whether or not it is the job's turn. Changes nothing once all
    /// have.
    pub fn cancel(&self) {
        // No worker needs to be woken: a job with chunks to skip is in the queue, and then the workers that are awake look for
        // cancelled jobs after every chunk.
        if self.submission.cancel() {
            self.queue.note_cancelled();
        }
    }

    /// Whether `finished` has returned. The pool has then dropped the job.
    pub fn is_finished(&self) -> bool {
        self.submission.end().is_open()
    }

    /// Chunks that ran; skipped ones do not count.
    pub fn done(&self) -> u32 {
        self.submission.done()
    }

    /// Blocks until `finished` has returned. Must not be called by a chunk or a callback of a job: workers that wait for workers
    /// may wait for themselves.
    pub fn wait(&self) {
        self.submission.end().wait();
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (done, is_finished) = (self.done(), self.is_finished());
        f.debug_struct("Handle").field("done", &done).field("is_finished", &is_finished).finish_non_exhaustive()
    }
}
