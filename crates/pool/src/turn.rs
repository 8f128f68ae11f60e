//! Callers of synchronous jobs take turns, and whose turn it is has something to work with: the crew.
//!
//! Being inside is the right to read the value, so reading it costs nothing beside taking the turn. A new value is left at the
//! door for the next who enters: it never waits for a caller, who may be inside for as long as a job lasts, and never
//! changes under one. Knows nothing of what the value is.

use crate::cache_padded::CachePadded;
use crate::spin_lock::SpinLock;
use crate::sync::{AtomicBool, Ordering, UnsafeCell};

/// One caller at a time, with a value of its own.
#[derive(Debug)]
pub(crate) struct Turn<T> {
    inside: CachePadded<Inside<T>>,
    /// What is to be inside. `is_outdated` changes under this lock only.
    latest: SpinLock<T>,
}

/// What each caller touches, on a line that it needs anyway.
#[derive(Debug)]
struct Inside<T> {
    is_taken: AtomicBool,
    /// `value` is not the latest one.
    is_outdated: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `value` is reached only by the thread that set `is_taken`, and moves from thread to thread; the others are atomics
// and a lock.
unsafe impl<T: Send> Sync for Turn<T> {}

impl<T: Clone> Turn<T> {
    pub(crate) fn new(value: T) -> Self {
        let (is_taken, is_outdated) = (AtomicBool::new(false), AtomicBool::new(false));
        let inside = Inside { is_taken, is_outdated, value: UnsafeCell::new(value.clone()) };
        Self { inside: CachePadded::new(inside), latest: SpinLock::new(value) }
    }

    /// Hands the value to `use_value` unless it is another caller's turn.
    pub(crate) fn take<R>(&self, use_value: impl FnOnce(&T) -> R) -> Option<R> {
        let inside = &*self.inside;
        // Acquire: pairs with the Release in `Leave`; the last turn is over for this thread too. The load first: callers that
        // come in vain should not take the line from the one that is inside.
        if inside.is_taken.load(Ordering::Relaxed)
            || inside.is_taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            return None;
        }
        let _leave = Leave(&inside.is_taken);
        // Relaxed: a look that is too early finds the value that was inside before, which is still good.
        if inside.is_outdated.load(Ordering::Relaxed) {
            self.update();
        }
        // SAFETY: this thread set `is_taken`, and clears it when `use_value` has returned or unwound; until then nobody writes.
        Some(inside.value.with(|value| use_value(unsafe { &*value })))
    }

    /// Only by the thread whose turn it is, outside `use_value`.
    #[cold]
    fn update(&self) {
        let inside = &*self.inside;
        let latest = self.latest.with(|latest| {
            inside.is_outdated.store(false, Ordering::Relaxed);
            latest.clone()
        });
        // SAFETY: it is this thread's turn, and it holds no reference to the value.
        inside.value.with_mut(|value| drop(core::mem::replace(unsafe { &mut *value }, latest)));
    }

    /// The latest value, whoever is inside.
    pub(crate) fn latest(&self) -> T {
        self.latest.with(|latest| latest.clone())
    }

    /// Makes `value` the latest, and the one inside for the next who enters; gives back the latest until now.
    pub(crate) fn replace(&self, value: T) -> T {
        let before = self.latest.with(|latest| {
            self.inside.is_outdated.store(true, Ordering::Relaxed);
            core::mem::replace(latest, value)
        });
        // Whoever is inside now leaves the update to the next; if nobody is, this need not wait either.
        let _ = self.take(|_| ());
        before
    }
}

/// Ends a turn, also one that unwinds.
struct Leave<'a>(&'a AtomicBool);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `take`.
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::sync::Arc;

    #[test]
    fn a_turn_that_is_taken_is_not_waited_for() {
        let turn = Turn::new(7);
        let inner = turn.take(|value| (*value, turn.take(|_| ())));
        assert_eq!(inner, Some((7, None)));
        assert_eq!(turn.take(|value| *value), Some(7));
    }

    #[test]
    fn a_new_value_is_for_the_next_who_enters() {
        let turn = Turn::new(Arc::new(1));
        let (first, replaced) = (turn.latest(), Arc::new(2));
        let inside = turn.take(|value| {
            assert!(Arc::ptr_eq(&turn.replace(Arc::clone(&replaced)), value));
            assert!(Arc::ptr_eq(&turn.latest(), &replaced));
            **value
        });
        assert_eq!(inside, Some(1));
        assert_eq!(turn.take(|value| **value), Some(2));
        assert_eq!(Arc::strong_count(&first), 1, "what was inside before is let go");
    }

    #[test]
    fn when_nobody_is_inside_the_old_value_is_let_go_at_once() {
        let turn = Turn::new(Arc::new(1));
        let first = turn.replace(Arc::new(2));
        assert_eq!(Arc::strong_count(&first), 1);
    }

    #[test]
    fn values_that_come_while_others_enter_are_never_seen_half_and_the_last_one_stays() {
        let turn = Turn::new(Arc::new((0_u32, 0_u32)));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for _ in 0..5_000 {
                        turn.take(|value| assert_eq!(value.0 * 3, value.1));
                    }
                });
            }
            (1..=500).for_each(|number| drop(turn.replace(Arc::new((number, number * 3)))));
        });
        assert_eq!(turn.take(|value| value.0), Some(500));
    }
}
