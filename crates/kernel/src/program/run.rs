//! A program from operands to an output, cut into chunks that any thread may run.

use corepool_memory::{ElementType, View};
use corepool_pool::{Panicked, Pool};

use super::Program;
use super::decode::Kind;
use super::error::RunError;
use super::evaluation::{Evaluation, Output, has_lanes};
use super::lower::Direct;
use crate::chunking::Chunking;
use crate::cost::Cost;
use crate::elements::store;
use crate::operand::Operand;
use crate::stream::{fence, stream, suits};

/// `output[i] = program(operands[0][i], …)` for every i, checked when it is made.
#[derive(Clone, Debug)]
pub struct Run {
    evaluation: Evaluation,
    output: View,
    chunking: Chunking,
    /// Results go past the caches.
    is_streamed: bool,
}

impl Run {
    /// Checks that operands, scalars and tables fit the program, and that the output fits them. Operands may share memory with
    /// each other in any way. `scalars` are the bits of numbers, or of bigints.
    ///
    /// # Errors
    /// [`RunError`] for another number of anything than the program has, for different lengths, for bigints beside numbers, and
    /// for an output that shares memory with an operand without being the same elements, or with a table.
    pub fn new(
        program: &Program,
        operands: &[Operand],
        scalars: &[u64],
        tables: &[View],
        output: View,
    ) -> Result<Self, RunError> {
        let mut arrays = operands.iter().filter_map(Operand::array);
        let is_in_place = arrays.any(|array| array.coincides_with(&output) && !array.is_empty());
        let is_streamed = suits(operands, &output);
        let direct = match (has_lanes(&output) && !is_in_place, is_streamed) {
            (true, false) => Direct::All,
            (true, true) => Direct::Loops,
            (false, _) => Direct::None,
        };
        let evaluation = Evaluation::with(program, operands, scalars, tables, direct)?;
        if output.element().is_bigint() != (program.kind() == Kind::Bigint) {
            return Err(RunError::MixedBigint);
        }
        if output.len() != evaluation.len() && !cfg!(corepool_seed = "length") {
            return Err(RunError::LengthMismatch { operand: evaluation.len(), output: output.len() });
        }
        let is_shared = |array: &View| array.overlaps(&output) && !array.coincides_with(&output);
        let is_overlapping = evaluation.operands().iter().filter_map(Operand::array).any(is_shared)
            || evaluation.tables().iter().any(|table| table.overlaps(&output));
        if is_overlapping && !cfg!(corepool_seed = "overlap") {
            return Err(RunError::Overlap);
        }
        let is_stored_apart = output.element() != ElementType::Float64;
        let store = is_stored_apart.then_some(Cost::CONVERSION).into_iter();
        // Reading and writing memory goes on beside computing.
        let cost = Cost::of_memory(output.element()).max(evaluation.cost() + store.sum());
        let chunking = Chunking::new(evaluation.len(), cost);
        Ok(Self { evaluation, output, chunking, is_streamed })
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
    /// As for [`Run::run`]; besides, no other thread may run the same chunk at the same time.
    pub unsafe fn run_chunk(&self, chunk: u32) {
        let range = self.chunking.range(chunk);
        let (output, element, level) = (&self.output, self.output.element(), self.evaluation.level());
        let mut narrow = [0.0_f64; 512];
        let finish = |start: usize, lanes: &mut [f64]| {
            let to = output.at(start);
            if !self.is_streamed {
                // SAFETY: the results are elements from `start` on, inside the output, which this thread alone writes; what is
                // read from the same elements has been read.
                unsafe { store(level, element, lanes, to) };
                return;
            }
            let bytes = lanes.len() * element.size();
            let mut from = lanes.as_ptr().cast::<u8>();
            if element != ElementType::Float64 {
                // SAFETY: no element is larger than a lane, and a block has at most so many lanes.
                unsafe { store(level, element, lanes, narrow.as_mut_ptr().cast()) };
                from = narrow.as_ptr().cast();
            }
            // SAFETY: as for the store; the fence is below.
            unsafe { stream(level, from, to, bytes) };
        };
        // SAFETY: `new` checked lengths, types and overlaps; the caller promised the rest.
        unsafe {
            self.evaluation.blocks(
                range.start..range.end,
                Some(Output { view: output, is_streamed: self.is_streamed }),
                finish,
            )
        };
        if self.is_streamed {
            fence();
        }
    }

    /// The same at another level that the machine has.
    #[cfg(test)]
    pub(super) fn at_level(mut self, level: crate::level::Level) -> Self {
        self.evaluation.set_level(level);
        self
    }

    /// What its loops do.
    #[cfg(test)]
    pub(super) fn operations(&self) -> Vec<String> {
        self.evaluation.operations()
    }

    /// The same with results that go past the caches, however few.
    #[cfg(test)]
    pub(super) fn streamed(mut self) -> Self {
        self.is_streamed = true;
        self
    }
}
