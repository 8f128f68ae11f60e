//! From arrays to one of a different element type: block by block, widened to f64, computed, stored.
//!
//! A block stays in the first-level cache, so the two extra passes cost less than the memory traffic; in exchange twelve loads
//! and twelve stores serve all pairs of element types.

use corepool_memory::ElementType;

use crate::elements::{load, store};
use crate::level::Level;
use crate::operation::{Binary, Operation, Unary};

/// Elements of one block: 4 KiB of doubles.
const BLOCK: usize = 512;

/// An operand of one chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input {
    /// Elements of this type, from this address on.
    Elements(ElementType, *const u8),
    /// The same number for each.
    Same(f64),
}

/// Runs `operation` over `operands`, of which it takes so many, to elements of another type; none is a bigint type.
///
/// # Panics
/// When there are fewer operands than the operation takes.
///
/// # Safety
/// Each operand must be valid for reads of `len` elements of its type and `output` for writes of `len` of type `to`, all
/// aligned; each must start where `output` does with elements of the same size, or share no memory with it; nobody else may
/// write `output`, except where it is memory that JavaScript shares.
pub(crate) unsafe fn run(
    level: Level,
    operation: Operation,
    operands: &[Input],
    (to, output): (ElementType, *mut u8),
    len: usize,
) {
    let (mut first, mut second) = ([0.0_f64; BLOCK], [0.0_f64; BLOCK]);
    let mut start = 0;
    while start < len {
        let count = BLOCK.min(len - start);
        let values = &mut first[..count];
        // SAFETY: elements start..start+count lie inside the operands, by the contract above.
        unsafe { fill(level, operands[0], start, values) };
        match operation {
            Operation::Unary(Unary::Square) => values.iter_mut().for_each(|v| *v = Unary::Square.on_number(*v)),
            Operation::Unary(Unary::Cube) => values.iter_mut().for_each(|v| *v = Unary::Cube.on_number(*v)),
            Operation::Binary(operation) => {
                let others = &mut second[..count];
                // SAFETY: as above.
                unsafe { fill(level, operands[1], start, others) };
                match operation {
                    Binary::Add => values.iter_mut().zip(others).for_each(|(a, b)| *a += *b),
                    Binary::Sub => values.iter_mut().zip(others).for_each(|(a, b)| *a -= *b),
                    Binary::Mul => values.iter_mut().zip(others).for_each(|(a, b)| *a *= *b),
                    Binary::Div => values.iter_mut().zip(others).for_each(|(a, b)| *a /= *b),
                }
            }
        }
        // SAFETY: elements start..start+count lie inside the output, by the contract above. Where an operand starts at the
        // output's address, the elements written are those that were loaded just now, none that is still to be loaded.
        unsafe { store(level, to, values, output.wrapping_add(start * to.size())) };
        start += count;
    }
}

/// The values of an operand from element `start` on.
///
/// # Safety
/// As for [`run`]: so many elements from there on must lie inside the operand.
unsafe fn fill(level: Level, operand: Input, start: usize, values: &mut [f64]) {
    match operand {
        Input::Same(value) => values.fill(value),
        // SAFETY: this function's contract, handed on.
        Input::Elements(element, at) => unsafe {
            load(level, element, at.wrapping_add(start * element.size()), values)
        },
    }
}
