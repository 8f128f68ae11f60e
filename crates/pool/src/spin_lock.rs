//! A lock around a few instructions, made of one atomic.
//!
//! For places that threads reach once a job or less and leave at once. Made here, rather than the standard library's, because
//! a thread sanitizer sees only what is compiled with it, and would report every use of a mutex that is not. What runs under
//! the lock calls no code of a caller's, except under [`SpinLock::try_with`], for which nobody waits.

use crate::sync::{AtomicBool, Ordering, UnsafeCell, spin_loop, yield_now};

/// Tries before the CPU is left to the thread that holds the lock, in case it stands on the same one.
const SPINS: u32 = 100;

/// A value that one thread at a time may touch.
#[derive(Debug, Default)]
pub(crate) struct SpinLock<T> {
    is_locked: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only while `is_locked` was set by the thread that reaches it, so it moves between threads but
// is never shared by two.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { is_locked: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Waits for the lock, then hands the value to `use_value`.
    pub(crate) fn with<R>(&self, use_value: impl FnOnce(&mut T) -> R) -> R {
        let mut tries = 0;
        while !self.try_lock() {
            tries += 1;
            if tries < SPINS { spin_loop() } else { yield_now() }
        }
        self.locked(use_value)
    }

    /// Hands the value to `use_value` unless another thread holds the lock.
    pub(crate) fn try_with<R>(&self, use_value: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.try_lock().then(|| self.locked(use_value))
    }

    fn try_lock(&self) -> bool {
        // Acquire: pairs with the Release of `Unlock`; what the last holder wrote is visible. The load first, so that waiting
        // threads read their own copy of the line instead of taking it from the holder.
        !self.is_locked.load(Ordering::Relaxed)
            && self.is_locked.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Only after `try_lock` gave true.
    fn locked<R>(&self, use_value: impl FnOnce(&mut T) -> R) -> R {
        let _unlock = Unlock(&self.is_locked);
        // SAFETY: this thread holds the lock until `_unlock` is dropped, after `use_value` returned or unwound, so no other
        // reference to the value exists.
        self.value.with_mut(|value| use_value(unsafe { &mut *value }))
    }
}

/// Opens the lock again, also when the closure panicked.
struct Unlock<'a>(&'a AtomicBool);

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        // Release: pairs with the Acquire of the next holder.
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;

    #[test]
    fn one_thread_at_a_time_touches_the_value() {
        let lock = SpinLock::<u32>::default();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..5_000).for_each(|_| lock.with(|value| *value += 1)));
            }
        });
        assert_eq!(lock.with(|value| *value), 20_000);
    }

    #[test]
    fn a_lock_that_is_held_is_not_waited_for_by_try() {
        let lock = SpinLock::<()>::default();
        lock.with(|()| assert_eq!(lock.try_with(|()| ()), None));
        assert_eq!(lock.try_with(|()| ()), Some(()));
    }

    #[test]
    fn a_panic_opens_the_lock() {
        let lock = SpinLock::<()>::default();
        let panicked = catch_unwind(AssertUnwindSafe(|| lock.with(|()| panic!("inside"))));
        assert!(panicked.is_err());
        assert_eq!(lock.try_with(|()| ()), Some(()));
    }
}
