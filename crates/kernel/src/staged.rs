//! From arrays to one of a different element type: block by block, widened to f64, computed, stored.
//!
//! A block stays in the first-level cache, so the two extra passes cost less than the memory traffic; in exchange twelve loads
//! and twelve stores serve all pairs of element types.

use corepool_memory::ElementType;

use crate::elements::{load, store};
use crate::level::{Level, per_level};
use crate::operation::{Binary, Operation, Ternary, Unary};

/// Elements of one block: 4 KiB of doubles.
pub(crate) const BLOCK: usize = 512;

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
    let finish = |start: usize, results: &[f64]| {
        // SAFETY: elements from `start` on, as many as there are results, lie inside the output, by the contract above. Where an
        // operand starts at the output's address, the elements written are those that were loaded just now, none that is still
        // to be loaded.
        unsafe { store(level, to, results, output.wrapping_add(start * to.size())) };
    };
    // SAFETY: the contract above.
    unsafe { for_each_block(level, operation, operands, len, finish) };
}

/// Gives what `operation` makes of `len` elements to `take`, in order and in blocks of [`BLOCK`], each with the index of its first.
///
/// # Panics
/// When there are fewer operands than the operation takes.
///
/// # Safety
/// Each operand must be valid and aligned for reads of `len` elements of its type; none is a bigint type.
pub(crate) unsafe fn for_each_block(
    level: Level,
    operation: Operation,
    operands: &[Input],
    len: usize,
    mut take: impl FnMut(usize, &[f64]),
) {
    let mut blocks = [[0.0_f64; BLOCK]; Operation::MAX_ARITY];
    let mut results = [0.0_f64; BLOCK];
    let (mut start, mut scalar_lanes) = (0, 0);
    while start < len {
        let count = BLOCK.min(len - start);
        for (operand, block) in operands.iter().zip(&mut blocks).take(operation.arity()) {
            // A single value stays as it was filled in for the first block, which is the longest.
            if start == 0 || matches!(operand, Input::Elements(..)) {
                // SAFETY: elements start..start+count lie inside the operands, by the contract above.
                unsafe { fill(level, *operand, start, &mut block[..count]) };
            }
        }
        let [a, b, c] = &blocks;
        let (a, b, c, results) = (&a[..count], &b[..count], &c[..count], &mut results[..count]);
        match operation {
            Operation::Unary(operation) => unary(level, operation, a, results),
            Operation::Binary(operation) => binary(level, operation, a, b, results),
            Operation::Ternary(operation) => ternary(level, operation, a, b, c, results),
            Operation::Function(function) => scalar_lanes += function.run_at(level, [a], results),
            Operation::BinaryFunction(function) => scalar_lanes += function.run_at(level, [a, b], results),
        }
        take(start, results);
        start += count;
    }
    operation.add_scalar_lanes(scalar_lanes);
}

per_level! {
    fn unary(operation: Unary, a: &[f64], results: &mut [f64]) {
        for (result, a) in results.iter_mut().zip(a) {
            *result = operation.on_number(*a);
        }
    }
}

per_level! {
    fn binary(operation: Binary, a: &[f64], b: &[f64], results: &mut [f64]) {
        let operands = results.iter_mut().zip(a).zip(b);
        match operation {
            Binary::Add => for ((result, a), b) in operands { *result = a + b },
            Binary::Sub => for ((result, a), b) in operands { *result = a - b },
            Binary::Mul => for ((result, a), b) in operands { *result = a * b },
            Binary::Div => for ((result, a), b) in operands { *result = a / b },
        }
    }
}

per_level! {
    fn ternary(operation: Ternary, a: &[f64], b: &[f64], c: &[f64], results: &mut [f64]) {
        for (((result, a), b), c) in results.iter_mut().zip(a).zip(b).zip(c) {
            *result = operation.on_numbers(*a, *b, *c);
        }
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
