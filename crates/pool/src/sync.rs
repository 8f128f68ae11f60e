//! What threads share: atomics, cells, locks' waiting, parking and time, taken from here by the whole crate.
//!
//! The one module that a model checker replaces. Nothing outside it names `core::sync`, `std::sync` or thread parking.

/// A number that is only counted: it orders nothing, so models leave it out.
pub(crate) use core::sync::atomic::AtomicU64 as Counter;
pub(crate) use core::sync::atomic::Ordering;
/// What these order is not modelled.
pub(crate) use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[cfg(loom)]
pub(crate) use modelled::*;
#[cfg(not(loom))]
pub(crate) use real::*;

#[cfg(not(loom))]
mod real {
    use core::cell::Cell;
    use std::thread_local;

    pub(crate) use core::hint::spin_loop;
    pub(crate) use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};
    pub(crate) use std::thread::{Builder, JoinHandle, Thread, current, park, yield_now};

    /// Whether time passes while a thread waits.
    pub(crate) const HAS_TIME: bool = true;

    /// Whether a thread has ended, so that nothing is left to wait for.
    pub(crate) fn has_ended(thread: &JoinHandle<()>) -> bool {
        thread.is_finished()
    }

    thread_local! {
        static IS_WORKER: Cell<bool> = const { Cell::new(false) };
    }

    /// The calling thread is a worker, to its end.
    pub(crate) fn mark_worker() {
        IS_WORKER.with(|is_worker| is_worker.set(true));
    }

    /// Whether the calling thread is a worker, of whichever pool.
    pub(crate) fn is_worker() -> bool {
        IS_WORKER.with(Cell::get)
    }

    /// A cell whose accesses are bracketed by closures, so that a checker sees how long each lasts.
    #[derive(Debug, Default)]
    pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(core::cell::UnsafeCell::new(value))
        }

        /// The pointer is for reading, and only inside `read`.
        pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        /// The pointer is for writing too, and only inside `write`.
        pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }
}

#[cfg(loom)]
mod modelled {
    use core::cell::Cell;

    pub(crate) use loom::cell::UnsafeCell;
    pub(crate) use loom::hint::spin_loop;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, fence};
    pub(crate) use loom::thread::{Builder, JoinHandle, Thread, current, park, yield_now};

    /// A model has no clock: what waits for a time does not wait.
    pub(crate) const HAS_TIME: bool = false;

    loom::thread_local! {
        static IS_WORKER: Cell<bool> = Cell::new(false);
    }

    pub(crate) fn mark_worker() {
        IS_WORKER.with(|is_worker| is_worker.set(true));
    }

    pub(crate) fn is_worker() -> bool {
        IS_WORKER.with(Cell::get)
    }

    /// A model's thread ends when it is joined.
    pub(crate) fn has_ended(_thread: &JoinHandle<()>) -> bool {
        false
    }
}
