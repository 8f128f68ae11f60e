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
use super::source::{Elements, Results};
use super::sum::Sum;
use super::tree::Tree;
use super::two_term::TwoTerm;
use super::{Block, Fold, Reducer, Source};
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

/// Combines what `of_chunk` gives for each chunk of `len` elements, in the tree of the chunks; none without elements.
pub(crate) fn in_chunks<P: Copy + Send + Sync>(
    pool: &Pool,
    len: usize,
    of_chunk: impl Fn(Range) -> P + Sync,
    merge: impl Fn(P, P) -> P,
) -> Result<Option<P>, ReduceError> {
    let chunking = Chunking::of_powers(len);
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
    Ok(in_chunks(pool, source.len(), of_chunk, merge)?.flatten())
}

/// The numbers that a reduction is of: an array's elements, or what a kernel makes of its operands, which then never reach memory.
#[derive(Clone, Debug)]
pub struct Numbers {
    source: AnySource,
    level: Level,
}

/// Where they come from.
#[derive(Clone, Debug)]
enum AnySource {
    Elements(Elements),
    Results(Results),
    Evaluation(Evaluation),
}

impl Source for AnySource {
    fn len(&self) -> usize {
        match self {
            Self::Elements(source) => source.len(),
            Self::Results(source) => source.len(),
            Self::Evaluation(source) => source.len(),
        }
    }

    unsafe fn blocks(&self, range: Range, consume: impl FnMut(Block<'_>)) {
        match self {
            // SAFETY: the caller's promise.
            Self::Elements(source) => unsafe { source.blocks(range, consume) },
            // SAFETY: as above.
            Self::Results(source) => unsafe { source.blocks(range, consume) },
            // SAFETY: as above.
            Self::Evaluation(source) => unsafe { source.blocks(range, consume) },
        }
    }
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
        // SAFETY: the caller's promise.
        Ok(unsafe { reduce(pool, &self.source, || Sum::new(Level::chosen(), compensated)) }?.unwrap_or_default())
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
mod tests {
    use corepool_memory::ElementType::{Float32, Float64, Int64};
    use corepool_pool::Config;

    use super::*;
    use crate::math::Mode;
    use crate::operation::{Binary, Unary};
    use crate::program::{Opcode, Program};
    use crate::reduce::tests_support::{Random, Values};

    fn pool(threads: usize) -> Pool {
        Pool::new(Config { threads: Some(threads), ..Config::default() }).unwrap()
    }

    fn view<T>(values: &mut [T], element: corepool_memory::ElementType) -> View {
        // SAFETY: the slice has that many elements of that size, and outlives the view in every test below.
        unsafe { View::new(values.as_mut_ptr().cast(), values.len(), element) }.unwrap()
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let mut random = Random::new(13);
        for len in [32_768, 32_769, 16_384 * 5, 300_001] {
            let values = Values((0..len).map(|_| random.spanning(-200, 200)).collect());
            let of = |threads| {
                // SAFETY: the values outlive the reduction.
                let sum = unsafe { reduce(&pool(threads), &values, || Sum::new(Level::chosen(), true)) };
                sum.unwrap().unwrap()
            };
            let expected = crate::reduce::tests_support::reduced(Sum::new(Level::chosen(), true), &values.0).unwrap();
            assert_eq!([1, 2, 3, 8].map(of), [expected; 4]);
        }
    }

    #[test]
    fn results_of_an_operation_are_reduced_as_if_they_had_been_stored() {
        let mut random = Random::new(14);
        let pool = pool(2);
        for len in [0, 1, 511, 512, 4097, 70_003] {
            let mut x: Vec<f64> = (0..len).map(|_| random.spanning(-20, 20)).collect();
            let mut y: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let mut difference: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - f64::from(*y)).collect();
            let mut square: Vec<f64> = x.iter().map(|x| x * x).collect();
            let operands = [Operand::Array(view(&mut x, Float64)), Operand::Array(view(&mut y, Float32))];
            let fused = [
                (Operation::Binary(Binary::Sub), &operands[..], &mut difference),
                (Operation::Unary(Unary::Square), &operands[..1], &mut square),
            ];
            for (operation, operands, stored) in fused {
                let results = Numbers::of_operation(operation, operands, len).unwrap();
                let stored = Numbers::new(view(stored, Float64));
                // SAFETY: all arrays outlive the reductions.
                let [a, b] = [&results, &stored].map(|numbers| unsafe { numbers.sum(&pool, true) }.unwrap());
                assert_eq!(a, b);
                // SAFETY: as above.
                let [a, b] = [&results, &stored].map(|numbers| unsafe { numbers.extreme(&pool, true, false) }.unwrap());
                assert_eq!(a, b);
                // SAFETY: as above.
                let [a, b] = [&results, &stored].map(|numbers| unsafe { numbers.squares(&pool, 0.5, 2.0) }.unwrap());
                assert_eq!(a, b);
            }
        }
    }

    /// The program (x − y)², as docs/kernel-programs.md writes it.
    fn squared_difference() -> Program {
        let fields = [0_u16, 2, 0, 0, 0, 2, 3, 0, 0, 0];
        let instructions = [[Opcode::Subtract.code(), 0, 1, 0], [Opcode::Multiply.code(), 2, 2, 0]];
        let words = fields.into_iter().chain(instructions.into_iter().flatten());
        let bytes: Vec<u8> = b"CPK1".iter().copied().chain(words.flat_map(u16::to_le_bytes)).collect();
        Program::load(&bytes, Mode::ExactFdlibm).unwrap()
    }

    #[test]
    fn results_of_a_program_are_reduced_as_if_they_had_been_stored() {
        let mut random = Random::new(15);
        let (pool, program) = (pool(3), squared_difference());
        for len in [0, 1, 1000, 4097, 100_003] {
            let mut x: Vec<f64> = (0..len).map(|_| random.spanning(-20, 20)).collect();
            let mut y: Vec<f32> = (0..len).map(|i| i as f32).collect();
            let mut stored: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x - f64::from(*y)).map(|d| d * d).collect();
            let operands = [Operand::Array(view(&mut x, Float64)), Operand::Array(view(&mut y, Float32))];
            let evaluation = Evaluation::new(&program, &operands, &[], &[]).unwrap();
            let results = Numbers::of_program(evaluation).unwrap();
            let stored = Numbers::new(view(&mut stored, Float64));
            // SAFETY: all arrays outlive the reductions.
            let [a, b] = [&results, &stored].map(|numbers| unsafe { numbers.sum(&pool, true) }.unwrap());
            assert_eq!(a, b);
            // SAFETY: as above.
            let [a, b] = [&results, &stored].map(|numbers| unsafe { numbers.exact_sum(&pool) }.unwrap());
            assert_eq!(a, b);
        }
    }

    #[test]
    fn operands_that_do_not_fit_are_refused() {
        let (mut x, mut big) = ([1.0; 3], [1_i64; 3]);
        let (x, big) = (Operand::Array(view(&mut x, Float64)), Operand::Array(view(&mut big, Int64)));
        let square = Operation::Unary(Unary::Square);
        for (operands, len) in [(&[x, x][..], 3), (&[x][..], 4), (&[big][..], 3), (&[][..], 3)] {
            assert_eq!(Numbers::of_operation(square, operands, len).err(), Some(ReduceError::Operands));
        }
    }
}
