//! Running a reduction on the pool: chunks in any order on any thread, combined in the order of the elements.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::OnceLock;

use corepool_memory::View;
use corepool_pool::{Panicked, Pool};

use super::count::{Counted, Counts};
use super::dot::Dot;
use super::exact::ExactSum;
use super::extreme::{Extreme, Extremes};
use super::histogram::{Bins, Histogram};
use super::moments::{Moments, Squares};
use super::product::{Product, Products};
use super::source::{AnySource, Elements, Results};
use super::sum::Sum;
use super::tree::Tree;
use super::two_term::TwoTerm;
use super::{Fold, Reducer, Source};
use crate::chunking::{Chunking, Range};
use crate::level::Level;
use crate::operand::Operand;
use crate::operation::Operation;
use crate::program::{Evaluation, Kind};

/// Why a reduction has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReduceError {
    /// Two arrays of different lengths.
    LengthMismatch {
        /// Elements of the first.
        left: usize,
        /// Elements of the second.
        right: usize,
    },
    /// Operands that do not fit the kernel whose results are to be reduced.
    Operands,
    /// There is no memory for the partial results.
    OutOfMemory,
    /// A chunk panicked.
    Panicked(Panicked),
}

impl fmt::Display for ReduceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthMismatch { left, right } => write!(f, "one array has {left} elements, the other {right}"),
            Self::Operands => f.write_str("the kernel takes other operands"),
            Self::OutOfMemory => f.write_str("there is no memory for the partial results of the reduction"),
            Self::Panicked(panicked) => panicked.fmt(f),
        }
    }
}

impl core::error::Error for ReduceError {}

impl From<Panicked> for ReduceError {
    fn from(panicked: Panicked) -> Self {
        Self::Panicked(panicked)
    }
}

/// Combines what `of_chunk` gives for each chunk, in the tree of the chunks, which [`Chunking::of_powers`] made; none without elements.
pub(crate) fn in_chunks<P: Copy + Send + Sync>(
    pool: &Pool,
    chunking: Chunking,
    of_chunk: impl Fn(Range) -> P + Sync,
    merge: impl Fn(P, P) -> P,
) -> Result<Option<P>, ReduceError> {
    let chunks = chunking.chunks();
    if chunks <= 1 {
        return Ok((chunks == 1).then(|| of_chunk(chunking.range(0))));
    }
    let mut partials = Vec::new();
    partials.try_reserve_exact(chunks as usize).map_err(|_| ReduceError::OutOfMemory)?;
    partials.resize_with(chunks as usize, OnceLock::new);
    // The pool runs each chunk once, so each place is free.
    pool.run(chunks, &|chunk| _ = partials[chunk as usize].set(of_chunk(chunking.range(chunk))))?;
    let mut tree = Tree::default();
    partials.into_iter().filter_map(OnceLock::into_inner).for_each(|partial| tree.push(partial, &merge));
    Ok(tree.finish(merge))
}

/// Reduces all numbers of `source`, on `pool`, this thread taking part.
///
/// # Safety
/// The memory of the source must be valid until this returns.
pub(crate) unsafe fn reduce<R: Reducer>(
    pool: &Pool,
    source: &impl Source,
    reducer: impl Fn() -> R + Sync,
) -> Result<Option<R::Partial>, ReduceError> {
    let of_chunk = |range: Range| {
        let mut fold = Fold::new(reducer(), range.start);
        // SAFETY: the caller's promise.
        unsafe { source.blocks(range, |block| fold.absorb(block)) };
        fold.finish()
    };
    let merge = |left, right| match (left, right) {
        (Some(left), Some(right)) => Some(R::merge(left, right)),
        (one, None) | (None, one) => one,
    };
    let chunking = Chunking::of_powers(source.len(), source.is_stored());
    Ok(in_chunks(pool, chunking, of_chunk, merge)?.flatten())
}

/// The numbers that a reduction is of: an array's elements, or what a kernel makes of its operands, which then never reach memory.
#[derive(Clone, Debug)]
pub struct Numbers {
    source: AnySource,
    level: Level,
}

impl Numbers {
    fn of(source: AnySource) -> Self {
        // Sixteen lanes in registers: for AVX-512 the compiler puts each vector together from pieces.
        Self { source, level: Level::chosen().at_most_avx2() }
    }

    /// The elements of an array; 64-bit integers as the nearest doubles.
    pub fn new(view: View) -> Self {
        Self::of(AnySource::Elements(Elements { view, level: Level::chosen() }))
    }

    /// What an operation makes of operands, with arrays of `len` elements among them.
    ///
    /// # Errors
    /// [`ReduceError::Operands`] where they are not as many as the operation takes, or bigints, or of another length.
    pub fn of_operation(operation: Operation, operands: &[Operand], len: usize) -> Result<Self, ReduceError> {
        let results = Results::new(operation, operands, len, Level::chosen()).ok_or(ReduceError::Operands)?;
        Ok(Self::of(AnySource::Results(results)))
    }

    /// The results of a program.
    ///
    /// # Errors
    /// [`ReduceError::Operands`] for a program of bigints.
    pub fn of_program(evaluation: Evaluation) -> Result<Self, ReduceError> {
        if evaluation.kind() == Kind::Bigint {
            return Err(ReduceError::Operands);
        }
        Ok(Self::of(AnySource::Evaluation(evaluation)))
    }

    /// The sum; `compensated` asks for the sum of errors too.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// The view's contract ([`View::new`]) must hold until this returns.
    pub unsafe fn sum(&self, pool: &Pool, compensated: bool) -> Result<TwoTerm, ReduceError> {
        // Its compensated loop has a form for AVX-512.
        let level = Level::chosen();
        let pair = self.source.pair().filter(|_| compensated);
        let first = pair.map(|(_, x, _)| AnySource::Elements(Elements { view: x, level }));
        let source = first.as_ref().unwrap_or(&self.source);
        let reducer = || match pair {
            // SAFETY: the caller's promise, for the other array.
            Some((pairing, _, y)) => unsafe { Sum::of_pairs(level, pairing, Elements { view: y, level }) },
            None => Sum::new(level, compensated),
        };
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, source, reducer) }?.unwrap_or_default())
    }

    /// What the distances x * scale − center come to; `scale` is a power of two.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn squares(&self, pool: &Pool, center: f64, scale: f64) -> Result<Moments, ReduceError> {
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, &self.source, || Squares::new(self.level, center, scale)) }?.unwrap_or_default())
    }

    /// The sum of products with the numbers of `other`.
    ///
    /// # Errors
    /// [`ReduceError`]; `LengthMismatch` where there are not as many.
    ///
    /// # Safety
    /// As for [`Numbers::sum`], for both.
    pub unsafe fn dot(&self, pool: &Pool, other: &Self, compensated: bool) -> Result<TwoTerm, ReduceError> {
        let (left, right) = (self.source.len(), other.source.len());
        if left != right {
            return Err(ReduceError::LengthMismatch { left, right });
        }
        // SAFETY: the caller's promise, for the other array.
        let reducer = || unsafe { Dot::new(self.level, &other.source, compensated) };
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, &self.source, reducer) }?.unwrap_or_default())
    }

    /// The smallest or the largest, of all or of the finite ones.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn extreme(&self, pool: &Pool, largest: bool, finite_only: bool) -> Result<Extreme, ReduceError> {
        // SAFETY: the caller's promise.
        let found = unsafe { reduce(pool, &self.source, || Extremes::new(self.level, largest, finite_only)) }?;
        Ok(Extremes::outcome(largest, found))
    }

    /// The product.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn product(&self, pool: &Pool) -> Result<Product, ReduceError> {
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, &self.source, || Products::new(self.level)) }?.unwrap_or_default())
    }

    /// The exact sum, rounded once.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn exact_sum(&self, pool: &Pool) -> Result<f64, ReduceError> {
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, &self.source, ExactSum::default) }?.unwrap_or_default().rounded())
    }

    /// How many are true, or not, as `counted` asks.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn count(&self, pool: &Pool, counted: Counted) -> Result<u64, ReduceError> {
        let is_known = AtomicBool::new(false);
        // SAFETY: the caller's promise.
        let count = unsafe { reduce(pool, &self.source, || Counts::new(self.level, counted, &is_known)) }?;
        Ok(count.unwrap_or_default())
    }

    /// How many lie between each edge and the next, the last edge included.
    ///
    /// # Errors
    /// [`ReduceError`]
    ///
    /// # Panics
    /// With fewer than two edges.
    ///
    /// # Safety
    /// As for [`Numbers::sum`].
    pub unsafe fn histogram(&self, pool: &Pool, edges: &[f64]) -> Result<Vec<u64>, ReduceError> {
        let bins = edges.len().saturating_sub(1);
        let mut counts = Vec::new();
        counts.try_reserve_exact(bins).map_err(|_| ReduceError::OutOfMemory)?;
        counts.resize_with(bins, || AtomicU64::new(0));
        let all = Bins::new(edges, &counts);
        // SAFETY: the caller's promise.
        unsafe { reduce(pool, &self.source, || Histogram::new(&all)) }?;
        Ok(counts.into_iter().map(AtomicU64::into_inner).collect())
    }
}

#[cfg(test)]
mod tests;
