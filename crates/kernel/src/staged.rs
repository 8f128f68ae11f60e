//! From arrays to one of a different element type: block by block, widened to f64, computed, stored.
//!
//! A block stays in the first-level cache, so the two extra passes cost less than the memory traffic; in exchange twelve loads
//! and twelve stores serve all pairs of element types.

use corepool_memory::ElementType;

use crate::float16;
use crate::operation::{Binary, Operation, Unary};
use crate::store::{to_uint8_clamped, to_uint32};

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
pub(crate) unsafe fn run(operation: Operation, operands: &[Input], (to, output): (ElementType, *mut u8), len: usize) {
    let (mut first, mut second) = ([0.0_f64; BLOCK], [0.0_f64; BLOCK]);
    let mut start = 0;
    while start < len {
        let count = BLOCK.min(len - start);
        let values = &mut first[..count];
        // SAFETY: elements start..start+count lie inside the operands, by the contract above.
        unsafe { fill(operands[0], start, values) };
        match operation {
            Operation::Unary(Unary::Square) => values.iter_mut().for_each(|v| *v = Unary::Square.on_number(*v)),
            Operation::Unary(Unary::Cube) => values.iter_mut().for_each(|v| *v = Unary::Cube.on_number(*v)),
            Operation::Binary(operation) => {
                let others = &mut second[..count];
                // SAFETY: as above.
                unsafe { fill(operands[1], start, others) };
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
        unsafe { store(to, values, output.wrapping_add(start * to.size())) };
        start += count;
    }
}

/// The values of an operand from element `start` on.
///
/// # Safety
/// As for [`run`]: so many elements from there on must lie inside the operand.
unsafe fn fill(operand: Input, start: usize, values: &mut [f64]) {
    match operand {
        Input::Same(value) => values.fill(value),
        // SAFETY: this function's contract, handed on.
        Input::Elements(element, at) => unsafe { load(element, at.wrapping_add(start * element.size()), values) },
    }
}

/// Widens `values.len()` elements to f64; exact.
///
/// # Safety
/// `input` must be valid and aligned for reads of that many elements of type `element`.
unsafe fn load(element: ElementType, input: *const u8, values: &mut [f64]) {
    use ElementType as E;
    // SAFETY (every arm): this function's contract, handed on with the Rust type of the element's size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { load_as::<f64>(input, values, |v| v) },
        // SAFETY: see above.
        E::Float32 => unsafe { load_as::<f32>(input, values, f64::from) },
        // SAFETY: see above.
        E::Float16 => unsafe { load_as::<u16>(input, values, float16::to_f64) },
        // SAFETY: see above.
        E::Int8 => unsafe { load_as::<i8>(input, values, f64::from) },
        // SAFETY: see above.
        E::Uint8 | E::Uint8Clamped => unsafe { load_as::<u8>(input, values, f64::from) },
        // SAFETY: see above.
        E::Int16 => unsafe { load_as::<i16>(input, values, f64::from) },
        // SAFETY: see above.
        E::Uint16 => unsafe { load_as::<u16>(input, values, f64::from) },
        // SAFETY: see above.
        E::Int32 => unsafe { load_as::<i32>(input, values, f64::from) },
        // SAFETY: see above.
        E::Uint32 => unsafe { load_as::<u32>(input, values, f64::from) },
        E::Int64 | E::Uint64 => unreachable!("bigints never pass through f64"),
    }
}

/// Stores `values` as JavaScript stores numbers into an array of type `element`.
///
/// # Safety
/// `output` must be valid and aligned for writes of `values.len()` elements of type `element`.
#[expect(clippy::cast_possible_truncation, reason = "rounding to f32, and taking low bits, is what the store does")]
unsafe fn store(element: ElementType, values: &[f64], output: *mut u8) {
    use ElementType as E;
    // SAFETY (every arm): this function's contract, handed on with the Rust type of the element's size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { store_as::<f64>(values, output, |v| v) },
        // SAFETY: see above.
        E::Float32 => unsafe { store_as::<f32>(values, output, |v| v as f32) },
        // SAFETY: see above.
        E::Float16 => unsafe { store_as::<u16>(values, output, float16::from_f64) },
        // SAFETY: see above.
        E::Int8 | E::Uint8 => unsafe { store_as::<u8>(values, output, |v| to_uint32(v) as u8) },
        // SAFETY: see above.
        E::Uint8Clamped => unsafe { store_as::<u8>(values, output, to_uint8_clamped) },
        // SAFETY: see above.
        E::Int16 | E::Uint16 => unsafe { store_as::<u16>(values, output, |v| to_uint32(v) as u16) },
        // SAFETY: see above.
        E::Int32 | E::Uint32 => unsafe { store_as::<u32>(values, output, to_uint32) },
        E::Int64 | E::Uint64 => unreachable!("bigints never pass through f64"),
    }
}

/// # Safety
/// `input` must be valid and aligned for reads of `values.len()` elements of type `T`.
#[inline(always)]
unsafe fn load_as<T: Copy>(input: *const u8, values: &mut [f64], widen: impl Fn(T) -> f64) {
    let input = input.cast::<T>();
    for (i, value) in values.iter_mut().enumerate() {
        // SAFETY: `i` is below the length for which `input` is valid.
        *value = widen(unsafe { input.wrapping_add(i).read() });
    }
}

/// # Safety
/// `output` must be valid and aligned for writes of `values.len()` elements of type `T`.
#[inline(always)]
unsafe fn store_as<T>(values: &[f64], output: *mut u8, narrow: impl Fn(f64) -> T) {
    let output = output.cast::<T>();
    for (i, value) in values.iter().enumerate() {
        // SAFETY: `i` is below the length for which `output` is valid.
        unsafe { output.wrapping_add(i).write(narrow(*value)) };
    }
}
