//! One operation from one array to another, cut into chunks that any thread may run.

use core::fmt;

use corepool_memory::{ElementType, View};
use corepool_pool::{Panicked, Pool};

use crate::chunking::Chunking;
use crate::level::Level;
use crate::operation::Operation;
use crate::{direct, staged};

/// `output[i] = operation(input[i])` for every i, checked when it is made.
#[derive(Clone, Copy, Debug)]
pub struct Elementwise {
    operation: Operation,
    input: View,
    output: View,
    chunking: Chunking,
    level: Level,
}

/// Why two arrays do not make a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementwiseError {
    /// The lengths differ.
    LengthMismatch {
        /// Elements of the input.
        input: usize,
        /// Elements of the output.
        output: usize,
    },
    /// One holds bigints and the other numbers.
    MixedBigint,
    /// They share memory without being the same elements.
    Overlap,
}

impl fmt::Display for ElementwiseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthMismatch { input, output } => write!(f, "the input has {input} elements, the output {output}"),
            Self::MixedBigint => f.write_str("one array holds bigints, the other numbers"),
            Self::Overlap => f.write_str("the output shares memory with the input without being the same elements"),
        }
    }
}

impl core::error::Error for ElementwiseError {}

impl Elementwise {
    /// Checks that the arrays fit each other.
    ///
    /// # Errors
    /// [`ElementwiseError`] for different lengths, bigints beside numbers, and memory shared in any other way than in place.
    pub fn new(operation: Operation, input: View, output: View) -> Result<Self, ElementwiseError> {
        if input.len() != output.len() && !cfg!(corepool_seed = "length") {
            return Err(ElementwiseError::LengthMismatch { input: input.len(), output: output.len() });
        }
        if input.element().is_bigint() != output.element().is_bigint() {
            return Err(ElementwiseError::MixedBigint);
        }
        let overlap = input.overlaps(&output) && !input.coincides_with(&output);
        if overlap && !cfg!(corepool_seed = "overlap") {
            return Err(ElementwiseError::Overlap);
        }
        Ok(Self { operation, input, output, chunking: Chunking::new(input.len()), level: Level::chosen() })
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
        let len = range.end - range.start;
        let (input, output) = (self.input.at(range.start), self.output.at(range.start));
        let (from, to) = (self.input.element(), self.output.element());
        if same_bits(from, to) {
            // SAFETY: `at` gives addresses inside views of `range.end` elements or more; `new` checked that the arrays are the
            // same or disjoint, so the chunk's two ranges are; the caller promised the rest.
            unsafe { direct::run(self.level, self.operation, from, input, output, len) };
        } else {
            // SAFETY: as above; the element types differ and neither is a bigint, which `new` checked.
            unsafe { staged::run(self.operation, (from, input), (to, output), len) };
        }
    }
}

/// True when the direct loop over `from` writes what a store into `to` writes.
fn same_bits(from: ElementType, to: ElementType) -> bool {
    from == to || (from.is_bigint() && to.is_bigint())
}
