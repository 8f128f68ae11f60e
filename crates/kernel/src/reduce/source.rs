//! Where the numbers of a reduction come from.

use corepool_memory::{ElementType, View};

use super::{Block, LANES};
use crate::chunking::Range;
use crate::operation::Operation;
use crate::staged;

/// Elements of a block that has to be made: 4 KiB of doubles, a divisor of a leaf.
const BLOCK: usize = 512;

const _: () = assert!(super::LEAF.is_multiple_of(BLOCK) && BLOCK.is_multiple_of(LANES));

/// A sequence of numbers, to be had in blocks, any part of it and more than once.
pub(crate) trait Source: Sync {
    /// How many there are.
    fn len(&self) -> usize;

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

/// An array, or what an operation makes of each of its elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements {
    pub(crate) view: View,
    pub(crate) operation: Option<Operation>,
}

impl Source for Elements {
    fn len(&self) -> usize {
        self.view.len()
    }

    unsafe fn blocks(&self, range: Range, mut consume: impl FnMut(Block<'_>)) {
        // Checks the end; the start is before it.
        let _ = self.view.at(range.end);
        if self.view.element() == ElementType::Float64 && self.operation.is_none() {
            let base = self.view.at(range.start).cast::<f64>();
            // SAFETY: the range lies within the view, which is aligned, and valid by the caller's promise.
            consume(unsafe { Block::new(base, range.end - range.start) });
            return;
        }
        let mut values = [0.0; BLOCK];
        for start in (range.start..range.end).step_by(BLOCK) {
            let values = &mut values[..BLOCK.min(range.end - start)];
            // SAFETY: as many elements from `start` on lie within the view, which is valid by the caller's promise.
            unsafe { load(self.view, start, values) };
            match self.operation {
                None => {}
                Some(Operation::Square) => values.iter_mut().for_each(|v| *v = Operation::Square.on_number(*v)),
                Some(Operation::Cube) => values.iter_mut().for_each(|v| *v = Operation::Cube.on_number(*v)),
            }
            consume(Block::from(&*values));
        }
    }
}

/// Widens elements from `start` on to f64: exactly, but for 64-bit integers, which are rounded as `Number(bigint)` rounds.
///
/// # Safety
/// The view must be valid for reads of that many elements from there on.
unsafe fn load(view: View, start: usize, values: &mut [f64]) {
    let base = view.at(start);
    match view.element() {
        ElementType::Int64 => {
            for (index, value) in values.iter_mut().enumerate() {
                // SAFETY: the caller's promise.
                *value = unsafe { base.cast::<i64>().wrapping_add(index).read() } as f64;
            }
        }
        ElementType::Uint64 => {
            for (index, value) in values.iter_mut().enumerate() {
                // SAFETY: the caller's promise.
                *value = unsafe { base.cast::<u64>().wrapping_add(index).read() } as f64;
            }
        }
        // SAFETY: the caller's promise.
        element => unsafe { staged::load(element, base, values) },
    }
}
