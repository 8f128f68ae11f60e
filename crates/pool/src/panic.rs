//! Panics of a caller's code, which end the job that they belong to and nothing else.

use core::any::Any;
use core::fmt;
use core::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::spin_lock::SpinLock;
use crate::sync::{AtomicBool, Ordering};

/// A chunk of a job panicked. Chunks that had not started were skipped; the pool is as good as before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    /// The first panic's message.
    pub message: String,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a thread of the pool panicked: {}", self.message)
    }
}

impl core::error::Error for Panicked {}

/// The first panic of one job, of whichever thread.
#[derive(Debug, Default)]
pub(crate) struct FirstPanic {
    has_happened: AtomicBool,
    message: SpinLock<Option<String>>,
}

impl FirstPanic {
    /// Whether chunks that have not started may be skipped.
    pub(crate) fn has_happened(&self) -> bool {
        // Relaxed: a hint to do less; the message itself is read under its lock.
        self.has_happened.load(Ordering::Relaxed)
    }

    /// Runs `code`; a panic ends here and is kept if it is the first.
    pub(crate) fn catch(&self, code: impl FnOnce()) {
        if let Some(message) = caught(code) {
            self.message.with(|first| _ = first.get_or_insert(message));
            self.has_happened.store(true, Ordering::Relaxed);
        }
    }

    /// The first panic's message, once, by a thread that knows of all others that they are done.
    pub(crate) fn take(&self) -> Option<String> {
        self.message.with(Option::take)
    }
}

/// Runs `code`; gives the message of the panic that ended it.
pub(crate) fn caught(code: impl FnOnce()) -> Option<String> {
    // What a panic leaves half done is the job's own, and the job is over.
    let payload = catch_unwind(AssertUnwindSafe(code)).err()?;
    let message = message_of(&*payload);
    discard(payload);
    Some(message)
}

/// Drops a payload, which may panic again, with another payload. One that goes on like that is left undropped.
fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..3 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    mem::forget(payload);
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn the_message_is_that_of_the_panic() {
        assert_eq!(caught(|| ()), None);
        assert_eq!(caught(|| panic!("plain")).as_deref(), Some("plain"));
        assert_eq!(caught(|| panic!("number {}", 7)).as_deref(), Some("number 7"));
        assert_eq!(caught(|| panic_any(7)).as_deref(), Some("a panic without a message"));
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        assert_eq!(caught(|| panic_any(Bomb)).as_deref(), Some("a panic without a message"));
    }

    #[test]
    fn the_first_of_several_is_kept() {
        let panic = FirstPanic::default();
        assert!(!panic.has_happened());
        panic.catch(|| panic!("first"));
        panic.catch(|| panic!("second"));
        panic.catch(|| ());
        assert!(panic.has_happened());
        assert_eq!(panic.take().as_deref(), Some("first"));
    }
}
