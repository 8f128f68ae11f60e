//! What threads share: atomics, cells, locks' waiting and parking, taken from here by the whole crate.
//!
//! The one module that a model checker replaces. Nothing outside it names `core::sync`, `std::sync` or thread parking.

pub(crate) use core::hint::spin_loop;
pub(crate) use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
pub(crate) use std::sync::{Arc, OnceLock};
pub(crate) use std::thread::{JoinHandle, Thread, current, park, yield_now};

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
