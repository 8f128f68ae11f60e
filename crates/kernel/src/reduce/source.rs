//! Where the numbers of a reduction come from.

use corepool_memory::{ElementType, View};

use super::{Block, LANES, Pairing};
use crate::chunking::Range;
use crate::elements::load;
use crate::level::Level;
use crate::operand::Operand;
use crate::operation::Operation;
use crate::program::Evaluation;
use crate::staged::{self, BLOCK, Input};

const _: () = assert!(super::LEAF.is_multiple_of(BLOCK) && BLOCK.is_multiple_of(LANES));

/// A sequence of numbers, to be had in blocks, any part of it and more than once.
pub(crate) trait Source: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether they are read, and not computed.
    fn is_stored(&self) -> bool {
        false
    }

    /// Hands the numbers of `range` to `consume`, in order, in blocks that have a multiple of [`LANES`] elements, but for the
    /// last.
    ///
    /// # Panics
    /// When the range is not within `len`.
    ///
    /// # Safety
    /// The memory of the source must be valid until this returns.
    unsafe fn blocks(&self, range: Range, consume: impl FnMut(Block<'_>));
}

/// The elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements {
    pub(crate) view: View,
    pub(crate) level: Level,
}

impl Elements {
    /// The elements of `range` where they lie.
    ///
    /// # Panics
    /// When they are no doubles, or not inside the array.
    ///
    /// # Safety
    /// As for [`Source::blocks`], for as long as the block is used.
    // Nothing is asked for ahead: where memory is read in order, asking gets in the way of the CPU's own prefetching, at 1e7 doubles of two
    // arrays by a tenth to a third.
    pub(crate) unsafe fn doubles<'a>(self, range: Range) -> Block<'a> {
        assert!(self.view.element() == ElementType::Float64, "{:?} is widened first", self.view.element());
        // Checks the end; the start is before it.
        let _ = self.view.at(range.end);
        let base = self.view.at(range.start).cast::<f64>();
        // SAFETY: the range lies within the view, which is aligned, and valid by the caller's promise.
        unsafe { Block::new(base, range.end - range.start) }
    }
}

impl Source for Elements {
    fn len(&self) -> usize {
        self.view.len()
    }

    fn is_stored(&self) -> bool {
        true
    }

    unsafe fn blocks(&self, range: Range, mut consume: impl FnMut(Block<'_>)) {
        if self.view.element() == ElementType::Float64 {
            // SAFETY: the caller's promise.
            return consume(unsafe { self.doubles(range) });
        }
        // Checks the end; the start is before it.
        let _ = self.view.at(range.end);
        let mut values = [0.0; BLOCK];
        for start in (range.start..range.end).step_by(BLOCK) {
            let values = &mut values[..BLOCK.min(range.end - start)];
            // SAFETY: as many elements from `start` on lie within the view, which is valid by the caller's promise.
            unsafe { load(self.level, self.view.element(), self.view.at(start), values) };
            as_numbers(self.view.element(), values);
            consume(Block::from(&*values));
        }
    }
}

/// What an operation makes of its operands, element by element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Results {
    operation: Operation,
    operands: [Operand; Operation::MAX_ARITY],
    len: usize,
    level: Level,
}

impl Results {
    /// Of operands of numbers, arrays of `len` elements among them; none where they are not as many as the operation takes, or of
    /// another kind or length.
    pub(crate) fn new(operation: Operation, given: &[Operand], len: usize, level: Level) -> Option<Self> {
        let fits = |operand: &Operand| !operand.is_bigint() && operand.array().is_none_or(|array| array.len() == len);
        if given.len() != operation.arity() || !given.iter().all(fits) {
            return None;
        }
        let mut operands = [Operand::Number(0.0); Operation::MAX_ARITY];
        operands[..given.len()].copy_from_slice(given);
        Some(Self { operation, operands, len, level })
    }
}

impl Source for Results {
    fn len(&self) -> usize {
        self.len
    }

    unsafe fn blocks(&self, range: Range, mut consume: impl FnMut(Block<'_>)) {
        let input = |operand: &Operand| match operand {
            Operand::Array(view) => {
                // Checks the end; the start is before it.
                let _ = view.at(range.end);
                Input::Elements(view.element(), view.at(range.start))
            }
            Operand::Number(value) => Input::Same(*value),
            Operand::Bigint(_) => unreachable!("`new` refused bigints"),
        };
        let inputs = self.operands.each_ref().map(input);
        let len = range.end - range.start;
        // SAFETY: `len` elements from the range's start on lie within each array, as was checked above; they are valid by the
        // caller's promise, and no bigints, as `new` checked.
        unsafe { staged::for_each_block(self.level, self.operation, &inputs, len, |_, lanes| consume(lanes.into())) };
    }
}

/// The results of a program of numbers.
impl Source for Evaluation {
    fn len(&self) -> usize {
        Evaluation::len(self)
    }

    unsafe fn blocks(&self, range: Range, mut consume: impl FnMut(Block<'_>)) {
        // SAFETY: the caller's promise.
        unsafe {
            self.for_each_block(range.start..range.end, |start, lanes| {
                // Reducing computes and loads nothing from memory, so the next block's operands come meanwhile: with (x − y)² on one
                // core 0.70 → 0.57 ns an element at 1e6.
                consume(Block::from(lanes).before(self.addresses(start + lanes.len())));
            });
        };
    }
}

/// Any of these.
#[derive(Clone, Debug)]
pub(super) enum AnySource {
    Elements(Elements),
    Results(Results),
    Evaluation(Evaluation),
}

impl AnySource {
    /// The two arrays of doubles that the numbers are made of, where a sum makes them itself.
    pub(super) fn pair(&self) -> Option<(Pairing, View, View)> {
        match self {
            Self::Evaluation(evaluation) => evaluation.pair(),
            Self::Elements(_) | Self::Results(_) => None,
        }
    }
}

impl Source for AnySource {
    fn len(&self) -> usize {
        match self {
            Self::Elements(source) => source.len(),
            Self::Results(source) => source.len(),
            Self::Evaluation(source) => source.len(),
        }
    }

    fn is_stored(&self) -> bool {
        matches!(self, Self::Elements(_))
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

/// The lanes of 64-bit integers are their bits: makes them numbers, rounded as `Number(bigint)` rounds.
fn as_numbers(element: ElementType, lanes: &mut [f64]) {
    match element {
        ElementType::Int64 => lanes.iter_mut().for_each(|lane| *lane = lane.to_bits().cast_signed() as f64),
        ElementType::Uint64 => lanes.iter_mut().for_each(|lane| *lane = lane.to_bits() as f64),
        _ => {}
    }
}
