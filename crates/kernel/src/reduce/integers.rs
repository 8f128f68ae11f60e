//! Reductions of 64-bit integers, bigints in JavaScript: on the integers themselves, never by way of doubles.
//!
//! Sums and products modulo 2^64 do not depend on the order, so there is no tree here.

use core::fmt;

use corepool_memory::{ElementType, View};
use corepool_pool::Pool;

use super::run::{ReduceError, in_chunks};
use crate::chunking::{Chunking, Range};

/// An array of 64-bit integers, signed or not.
#[derive(Clone, Copy, Debug)]
pub struct Integers {
    view: View,
}

/// The array is none of 64-bit integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegersError;

impl fmt::Display for IntegersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the array does not hold 64-bit integers")
    }
}

impl core::error::Error for IntegersError {}

impl Integers {
    /// # Errors
    /// [`IntegersError`] for an array of anything else.
    pub fn new(view: View) -> Result<Self, IntegersError> {
        if view.element().is_bigint() { Ok(Self { view }) } else { Err(IntegersError) }
    }

    fn is_signed(&self) -> bool {
        self.view.element() == ElementType::Int64
    }

    /// # Safety
    /// The view's contract ([`View::new`]) must hold while the iterator is used.
    unsafe fn words(&self, range: Range) -> impl Iterator<Item = u64> {
        let base = self.view.at(range.start).cast::<u64>();
        // Checks the end.
        let _ = self.view.at(range.end);
        (0..range.end - range.start).map(move |index| {
            // SAFETY: inside the view, as the line above checked; the caller keeps its contract.
            unsafe { base.wrapping_add(index).read() }
        })
    }

    fn chunking(&self) -> Chunking {
        Chunking::of_powers(self.view.len(), true)
    }

    /// The value of 64 bits.
    fn value(&self, word: u64) -> i128 {
        if self.is_signed() { word.cast_signed().into() } else { word.into() }
    }

    /// The sum, whole: 2^63 elements cannot exceed 128 bits.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// The view's contract ([`View::new`]) must hold until this returns.
    pub unsafe fn sum(&self, pool: &Pool) -> Result<i128, ReduceError> {
        // SAFETY: the caller's promise.
        let chunk = |range| unsafe { self.words(range) }.map(|word| self.value(word)).sum();
        Ok(in_chunks(pool, self.chunking(), chunk, |a: i128, b| a + b)?.unwrap_or(0))
    }

    /// The product modulo 2^64.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// The view's contract ([`View::new`]) must hold until this returns.
    pub unsafe fn product(&self, pool: &Pool) -> Result<u64, ReduceError> {
        // SAFETY: the caller's promise.
        let chunk = |range| unsafe { self.words(range) }.fold(1, u64::wrapping_mul);
        Ok(in_chunks(pool, self.chunking(), chunk, u64::wrapping_mul)?.unwrap_or(1))
    }

    /// The sum of products modulo 2^64.
    ///
    /// # Errors
    /// [`ReduceError`]; `LengthMismatch` where `other` has another length.
    ///
    /// # Safety
    /// The views' contract ([`View::new`]) must hold until this returns.
    pub unsafe fn dot(&self, pool: &Pool, other: &Self) -> Result<u64, ReduceError> {
        if self.view.len() != other.view.len() {
            return Err(ReduceError::LengthMismatch { left: self.view.len(), right: other.view.len() });
        }
        let chunk = |range: Range| {
            // SAFETY: the caller's promise.
            let left = unsafe { self.words(range) };
            // SAFETY: as above; the lengths are the same.
            let right = unsafe { other.words(range) };
            left.zip(right).fold(0_u64, |sum, (a, b)| sum.wrapping_add(a.wrapping_mul(b)))
        };
        Ok(in_chunks(pool, self.chunking(), chunk, u64::wrapping_add)?.unwrap_or(0))
    }

    /// The smallest or largest value, and the index of the first element that is it; none without elements.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// The view's contract ([`View::new`]) must hold until this returns.
    pub unsafe fn extreme(&self, pool: &Pool, largest: bool) -> Result<Option<(i128, usize)>, ReduceError> {
        // What puts signed and unsigned words, ascending or descending, into the order of unsigned ones.
        let flip = if self.is_signed() { 1 << 63 } else { 0 } ^ if largest { u64::MAX } else { 0 };
        let chunk = |range: Range| {
            // SAFETY: the caller's promise.
            let keys = unsafe { self.words(range) }.map(|word| word ^ flip);
            keys.zip(range.start..).min().unwrap_or((u64::MAX, usize::MAX))
        };
        let found = in_chunks(pool, self.chunking(), chunk, Ord::min)?;
        Ok(found.map(|(key, index)| (self.value(key ^ flip), index)))
    }
}
