//! One operation from arrays and single values to an array, cut into chunks that any thread may run.

use core::fmt;
use core::ops::RangeInclusive;
use std::borrow::Cow;

use corepool_memory::{ElementType, View};
use corepool_pool::{Panicked, Pool};

use crate::chunking::{Chunking, Range};
use crate::cost::Cost;
use crate::direct;
use crate::level::Level;
use crate::operand::Operand;
use crate::operation::{Binary, Operation, Unary};
use crate::pairs::{self, Source};
use crate::staged::{self, Input};
use crate::stream::{fence, stream, suits, until_line};

/// Bytes of results that are computed aside before they go past the caches: few, so that reading and writing memory take turns often.
const TILE: usize = 512;

/// Bytes of results for which plain loops begin at lines of the output. A store across two lines takes twice as long, and arrays of
/// JavaScript mostly begin 16 bytes behind a line, operands and output alike, so that the loads are aligned then, too. Fewer results are not
/// worth a second loop; of more, which memory is waited for, a load across two lines asks for the second one early: without, sums of 1e7
/// f32 took a tenth longer.
const ALIGNED: RangeInclusive<usize> = 16 << 10..=8 << 20;

/// `output[i] = operation(operands[0][i], …)` for every i, checked when it is made.
#[derive(Clone, Debug)]
pub struct Elementwise<'a> {
    operation: Operation,
    operands: Cow<'a, [Operand]>,
    output: View,
    chunking: Chunking,
    level: Level,
    /// Elements of the first chunk that are computed by themselves, so that all that follows begins at lines of the output.
    head: usize,
    /// Results go past the caches.
    is_streamed: bool,
}

/// Why operands and an output do not make a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementwiseError {
    /// Another number of operands than the operation takes.
    Arity {
        /// What it takes.
        takes: usize,
        /// What it got.
        got: usize,
    },
    /// No operand is an array.
    NoArray,
    /// The lengths differ.
    LengthMismatch {
        /// Elements of an operand.
        operand: usize,
        /// Elements of the output.
        output: usize,
    },
    /// Bigints beside numbers.
    MixedBigint,
    /// Bigints for an operation that is defined for numbers only.
    NumbersOnly,
    /// The output shares memory with an operand without being the same elements.
    Overlap,
}

impl fmt::Display for ElementwiseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arity { takes, got } => write!(f, "the operation takes {takes} operands, not {got}"),
            Self::NoArray => f.write_str("no operand is an array"),
            Self::LengthMismatch { operand, output } => {
                write!(f, "an operand has {operand} elements, the output {output}")
            }
            Self::MixedBigint => f.write_str("some of the operands and the output hold bigints, others numbers"),
            Self::NumbersOnly => f.write_str("the operation is defined for numbers only"),
            Self::Overlap => f.write_str("the output shares memory with an operand without being the same elements"),
        }
    }
}

impl core::error::Error for ElementwiseError {}

impl<'a> Elementwise<'a> {
    /// Checks that the operands fit the operation and the output. Operands may share memory with each other in any way.
    ///
    /// # Errors
    /// [`ElementwiseError`] for another number of operands, for different lengths, for bigints beside numbers, and for an output
    /// that shares memory with an operand in any other way than being the same elements.
    pub fn new(
        operation: Operation,
        operands: impl Into<Cow<'a, [Operand]>>,
        output: View,
    ) -> Result<Self, ElementwiseError> {
        let operands = operands.into();
        if operands.len() != operation.arity() {
            return Err(ElementwiseError::Arity { takes: operation.arity(), got: operands.len() });
        }
        let is_bigint = output.element().is_bigint();
        let mut arrays = 0;
        for operand in operands.iter() {
            if operand.is_bigint() != is_bigint {
                return Err(ElementwiseError::MixedBigint);
            }
            let Some(array) = operand.array() else { continue };
            arrays += 1;
            if array.len() != output.len() && !cfg!(corepool_seed = "length") {
                return Err(ElementwiseError::LengthMismatch { operand: array.len(), output: output.len() });
            }
            let overlap = array.overlaps(&output) && !array.coincides_with(&output);
            if overlap && !cfg!(corepool_seed = "overlap") {
                return Err(ElementwiseError::Overlap);
            }
        }
        if arrays == 0 {
            return Err(ElementwiseError::NoArray);
        }
        if is_bigint && !operation.takes_bigints() {
            return Err(ElementwiseError::NumbersOnly);
        }
        let is_plain = has_plain_loop(operation, &operands, output.element());
        let is_streamed = suits(&operands, &output) && is_plain;
        let is_aligned = is_streamed || is_plain && ALIGNED.contains(&output.bytes());
        let head = if is_aligned { until_line(output.at(0), output.element().size()) } else { 0 };
        let chunking = Chunking::after_head(head, output.len(), cost(operation, output.element(), is_plain));
        Ok(Self { operation, operands, output, chunking, level: Level::chosen(), head, is_streamed })
    }

    /// Number of chunks; 0 for arrays without elements.
    pub fn chunks(&self) -> u32 {
        self.chunking.chunks()
    }

    /// Runs every chunk on `pool`, this thread taking part; returns when all are done.
    ///
    /// # Errors
    /// [`Panicked`] when a chunk panicked; the output is then partly written.
    ///
    /// # Safety
    /// The views' contract ([`View::new`]) must hold until this returns, and nobody else may write the output's memory
    /// meanwhile, except where it is memory that JavaScript shares.
    pub unsafe fn run(&self, pool: &Pool) -> Result<(), Panicked> {
        // SAFETY: the caller's promise covers the whole call, and the pool runs each chunk once.
        pool.run(self.chunks(), &|chunk| unsafe { self.run_chunk(chunk) })
    }

    /// Runs one chunk.
    ///
    /// # Safety
    /// As for [`Elementwise::run`]; besides, no other thread may run the same chunk at the same time.
    pub unsafe fn run_chunk(&self, chunk: u32) {
        let range = self.chunking.range(chunk);
        if !self.is_streamed {
            let start = if range.start == 0 { self.head.min(range.end) } else { range.start };
            if start > range.start {
                // SAFETY: the caller's promise; the output's own elements of a part of the range.
                unsafe { self.compute(Range { end: start, ..range }, self.output.at(range.start)) };
            }
            // SAFETY: the caller's promise; the output's own elements of the rest.
            unsafe { self.compute(Range { start, ..range }, self.output.at(start)) };
            return;
        }
        if let (Operation::Unary(operation), [Operand::Array(input)]) = (self.operation, &*self.operands)
            && let Some(([input], len)) = self.doubles([input], range)
        {
            let to = self.output.at(range.start).cast();
            // SAFETY: the caller's promise; the output is no operand, and the fence follows.
            unsafe { direct::run_past_caches(self.level, operation, input, to, len) };
            fence();
            return;
        }
        let size = self.output.element().size();
        let mut tile = [0_u64; TILE / size_of::<u64>()];
        let mut start = range.start;
        while start < range.end {
            // Up to the next line first, so that all that follows begins at one.
            let head = until_line(self.output.at(start), size);
            let count = if head == 0 { TILE / size } else { head }.min(range.end - start);
            // SAFETY: the caller's promise; the tile has room for so many elements, is aligned for the largest, and is this thread's.
            unsafe { self.compute(Range { start, end: start + count }, tile.as_mut_ptr().cast()) };
            // SAFETY: so many bytes were written to the tile, a local; they lie inside the output, which this thread alone writes; the
            // fence is below.
            unsafe { stream(self.level, tile.as_ptr().cast(), self.output.at(start), count * size) };
            start += count;
        }
        fence();
    }

    /// Computes the results of `range` into `to`.
    ///
    /// # Safety
    /// As for [`Elementwise::run_chunk`]; `to` must be valid for writes of so many elements of the output's type, aligned to their
    /// size, and be the output's memory at `range.start`, or share none with any operand.
    unsafe fn compute(&self, range: Range, to: *mut u8) {
        // SAFETY (every arm): `new` checked that every operand array is as long as the output, and the same elements or disjoint from
        // it, so the chunk's ranges are; the caller promised the rest.
        let is_done = match (self.operation, &*self.operands) {
            // SAFETY: see above.
            (Operation::Unary(operation), [Operand::Array(input)]) => unsafe {
                self.run_one(operation, input, range, to)
            },
            // SAFETY: see above.
            (Operation::Binary(operation), [a, b]) => unsafe { self.run_two(operation, a, b, range, to) },
            (Operation::Function(function), [Operand::Array(x)]) => match self.doubles([x], range) {
                Some((operands, len)) => {
                    // SAFETY: see above.
                    let left = unsafe { function.run_between(self.level, operands, to.cast(), len) };
                    function.scalar_lanes().add(left);
                    true
                }
                None => false,
            },
            (Operation::BinaryFunction(function), [Operand::Array(x), Operand::Array(y)]) => {
                match self.doubles([x, y], range) {
                    Some((operands, len)) => {
                        // SAFETY: see above.
                        let left = unsafe { function.run_between(self.level, operands, to.cast(), len) };
                        function.scalar_lanes().add(left);
                        true
                    }
                    None => false,
                }
            }
            _ => false,
        };
        if !is_done {
            let inputs = |operand: &Operand| match *operand {
                Operand::Array(view) => Input::Elements(view.element(), view.at(range.start)),
                Operand::Number(value) => Input::Same(value),
                Operand::Bigint(_) => unreachable!("bigints never pass through f64"),
            };
            let mut operands = [Input::Same(0.0); Operation::MAX_ARITY];
            for (input, operand) in operands.iter_mut().zip(self.operands.iter()) {
                *input = inputs(operand);
            }
            let output = (self.output.element(), to);
            // SAFETY: see above; none is a bigint, for which the loops above serve every case.
            unsafe { staged::run(self.level, self.operation, &operands, output, range.end - range.start) };
        }
    }

    /// Runs a chunk over one array of the output's element type; false: it is of another.
    ///
    /// # Safety
    /// As for [`Elementwise::compute`].
    unsafe fn run_one(&self, operation: Unary, input: &View, Range { start, end }: Range, to: *mut u8) -> bool {
        let element = input.element();
        if !same_bits(element, self.output.element()) {
            return false;
        }
        // SAFETY: `at` gives addresses inside views of `end` elements or more, the same or disjoint; the caller promised the rest.
        unsafe { direct::run(self.level, operation, element, input.at(start), to, end - start) };
        true
    }

    /// Where a chunk's elements are, and how many, where all operands and the output are doubles.
    fn doubles<const N: usize>(
        &self,
        operands: [&View; N],
        Range { start, end }: Range,
    ) -> Option<([*const f64; N], usize)> {
        let are_doubles = operands.iter().chain([&&self.output]).all(|view| view.element() == ElementType::Float64);
        let pointers = operands.map(|view| view.at(start).cast_const().cast());
        are_doubles.then(|| (pointers, end - start))
    }

    /// Runs a chunk over two operands in the arithmetic of the output's element type; false: that would not round as JavaScript
    /// does.
    ///
    /// # Safety
    /// As for [`Elementwise::compute`].
    unsafe fn run_two(
        &self,
        operation: Binary,
        a: &Operand,
        b: &Operand,
        Range { start, end }: Range,
        to: *mut u8,
    ) -> bool {
        let len = end - start;
        match self.output.element() {
            ElementType::Float64 => {
                let source = |operand: &Operand| match operand {
                    Operand::Array(view) => elements(view, ElementType::Float64, start),
                    Operand::Number(value) => Some(Source::Same(*value)),
                    Operand::Bigint(_) => None,
                };
                let (Some(a), Some(b)) = (source(a), source(b)) else { return false };
                // SAFETY: addresses inside views of `end` elements or more, of this type, each the output's or disjoint from it;
                // the caller promised the rest.
                unsafe { pairs::on_f64(self.level, operation, a, b, to.cast(), len) };
            }
            ElementType::Float32 => {
                let source = |operand: &Operand| match operand {
                    Operand::Array(view) => elements(view, ElementType::Float32, start),
                    Operand::Number(value) => exactly_f32(*value).map(Source::Same),
                    Operand::Bigint(_) => None,
                };
                let (Some(a), Some(b)) = (source(a), source(b)) else { return false };
                // SAFETY: as above.
                unsafe { pairs::on_f32(self.level, operation, a, b, to.cast(), len) };
            }
            ElementType::Int64 | ElementType::Uint64 => {
                let source = |operand: &Operand| match operand {
                    Operand::Array(view) => Source::Elements(view.at(start).cast_const().cast()),
                    Operand::Bigint(value) => Source::Same(*value),
                    Operand::Number(_) => unreachable!("numbers beside bigints are refused when the job is made"),
                };
                // SAFETY: as above; both bigint types are 64 bits, which the operation treats alike.
                unsafe { pairs::on_u64(self.level, operation, source(a), source(b), to.cast(), len) };
            }
            _ => return false,
        }
        true
    }
}

/// Whether one loop does it all. What is computed block by block has more to do for each tile than streaming saves.
fn has_plain_loop(operation: Operation, operands: &[Operand], element: ElementType) -> bool {
    let is_native = match operation {
        Operation::Unary(_) => true,
        Operation::Binary(_) => element.is_bigint() || matches!(element, ElementType::Float64 | ElementType::Float32),
        _ => false,
    };
    let fits = |operand: &Operand| match operand {
        Operand::Array(view) => same_bits(view.element(), element),
        Operand::Number(value) => element != ElementType::Float32 || exactly_f32(*value).is_some(),
        Operand::Bigint(_) => true,
    };
    is_native && operands.iter().all(fits)
}

/// What an element of the output costs.
fn cost(operation: Operation, element: ElementType, is_plain: bool) -> Cost {
    let memory = Cost::of_memory(element);
    match operation {
        Operation::Function(function) => memory + function.into(),
        Operation::BinaryFunction(function) => memory + function.into(),
        _ if is_plain && element != ElementType::Float16 => memory,
        _ => memory + Cost::CONVERSION,
    }
}

/// The elements of `view` from `start` on; None when they are of another type than `element`.
fn elements<T>(view: &View, element: ElementType, start: usize) -> Option<Source<T>> {
    (view.element() == element).then(|| Source::Elements(view.at(start).cast_const().cast()))
}

/// `value` as an f32, where that is the same number.
#[expect(clippy::cast_possible_truncation, reason = "a value that changes is sorted out")]
fn exactly_f32(value: f64) -> Option<f32> {
    let narrow = value as f32;
    (f64::from(narrow) == value || value.is_nan()).then_some(narrow)
}

/// True when the direct loop over `from` writes what a store into `to` writes.
fn same_bits(from: ElementType, to: ElementType) -> bool {
    from == to || (from.is_bigint() && to.is_bigint())
}

#[cfg(test)]
mod tests;
