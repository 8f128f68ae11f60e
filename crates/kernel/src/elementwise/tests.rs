//! What is refused, and that results are the same whichever way they are stored.

use corepool_memory::ElementType::{Float32, Float64, Int8, Int16, Int64, Uint8, Uint64};
use corepool_memory::{Buffer, ElementType, View};

use super::{Elementwise, ElementwiseError, exactly_f32};
use crate::level::Level;
use crate::math::{BinaryFunction, UnaryFunction};
use crate::operand::Operand;
use crate::operation::{Binary, Operation, Ternary, Unary};
use crate::stream::pays_off;

fn view(buffer: &Buffer, element: ElementType) -> View {
    // SAFETY: every buffer of these tests outlives the views made of it.
    unsafe { buffer.view(element) }
}

fn refusal(operation: Operation, operands: &[Operand], output: View) -> Option<ElementwiseError> {
    Elementwise::new(operation, operands, output).err()
}

#[test]
fn operands_that_fit_neither_the_operation_nor_the_output_are_refused() {
    let (four, five) = (Buffer::allocate(32).unwrap(), Buffer::allocate(40).unwrap());
    let (xs, ys) = (Operand::Array(view(&four, Float64)), Operand::Array(view(&five, Float64)));
    let add = Operation::Binary(Binary::Add);
    let out = Buffer::allocate(32).unwrap();
    let out = view(&out, Float64);
    let arity = Some(ElementwiseError::Arity { takes: 2, got: 1 });
    assert_eq!(refusal(add, &[xs], out), arity);
    assert_eq!(refusal(add, &[Operand::Number(1.0); 2], out), Some(ElementwiseError::NoArray));
    let length = Some(ElementwiseError::LengthMismatch { operand: 5, output: 4 });
    assert_eq!(refusal(add, &[xs, ys], out), length);
    assert_eq!(refusal(add, &[xs, Operand::Bigint(1)], out), Some(ElementwiseError::MixedBigint));
    let bigints = Operand::Array(view(&four, Int64));
    assert_eq!(refusal(add, &[xs, bigints], out), Some(ElementwiseError::MixedBigint));
    let divide = Operation::Binary(Binary::Div);
    assert_eq!(refusal(divide, &[bigints, bigints], view(&four, Int64)), Some(ElementwiseError::NumbersOnly));
    assert_eq!(refusal(add, &[xs, xs], view(&four, Float64)), None);
}

#[test]
fn an_output_that_overlaps_the_second_operand_is_refused_too() {
    let memory = Buffer::allocate(48).unwrap();
    // SAFETY: four elements from the second on lie inside the six of the buffer, which outlives the view.
    let shifted = unsafe { View::new(memory.base().wrapping_add(8), 4, Float64) }.unwrap();
    // SAFETY: as above, from the first on.
    let output = unsafe { View::new(memory.base(), 4, Float64) }.unwrap();
    let operands = [Operand::Number(1.0), Operand::Array(shifted)];
    assert_eq!(refusal(Operation::Binary(Binary::Mul), &operands, output), Some(ElementwiseError::Overlap));
    let operands = [Operand::Array(output), Operand::Array(output)];
    assert_eq!(refusal(Operation::Binary(Binary::Mul), &operands, output), None);
}

#[test]
fn dear_elements_come_in_more_chunks_and_narrow_ones_in_fewer() {
    let memory = Buffer::allocate(8 << 17).unwrap();
    let chunks = |operation: Operation, element| {
        let elements = view(&memory, element);
        // SAFETY: the first elements of a view that is longer, in memory that outlives this one.
        let elements = unsafe { View::new(elements.at(0), 1 << 17, element) }.unwrap();
        Elementwise::new(operation, vec![Operand::Array(elements); operation.arity()], elements).unwrap().chunks()
    };
    let (square, power) = (Operation::Unary(Unary::Square), Operation::BinaryFunction(BinaryFunction::Power));
    let sine = Operation::Function(UnaryFunction::Sin);
    assert_eq!([Uint8, Float32, Float64].map(|element| chunks(square, element)), [1, 4, 8]);
    assert_eq!([chunks(sine, Float64), chunks(power, Float64)], [16, 32]);
}

#[test]
fn the_code_of_an_operation_is_its_place() {
    assert_eq!(Operation::from_code(1), Some(Operation::Unary(Unary::Cube)));
    assert_eq!(Operation::from_code(5), Some(Operation::Binary(Binary::Div)));
    assert_eq!(Operation::from_code(9), None);
    assert_eq!(Operation::from_code(1024 + 80), Some(Operation::Function(UnaryFunction::Sin)));
    assert_eq!(Operation::from_code(1024 + 6), Some(Operation::BinaryFunction(BinaryFunction::Power)));
    assert_eq!(Operation::from_code(1024), None);
}

#[test]
fn only_a_number_that_an_f32_holds_is_computed_with_as_one() {
    assert_eq!(exactly_f32(0.5), Some(0.5));
    assert_eq!(exactly_f32(f64::INFINITY), Some(f32::INFINITY));
    assert!(exactly_f32(f64::NAN).is_some_and(f32::is_nan));
    for value in [0.1, 1e300, 1e-300, 16_777_217.0] {
        assert_eq!(exactly_f32(value), None, "{value}");
    }
}

/// Bytes that a chunk may not touch, before and after an output.
const MARGIN: usize = 128;

/// What an operation stores from `offset` elements beyond the first whole line on, and the bytes around it; `is_streamed` says how.
fn stored(
    (operation, operands, element): (Operation, &[Operand], ElementType),
    (offset, len): (usize, usize),
    level: Level,
    is_streamed: bool,
) -> Vec<u8> {
    let size = element.size();
    let bytes = (offset + len) * size;
    let memory = Buffer::allocate(bytes + 2 * MARGIN).unwrap();
    // SAFETY: so many bytes lie inside the buffer, which nobody else uses.
    unsafe { core::ptr::write_bytes(memory.base(), 0xAA, bytes + 2 * MARGIN) };
    // SAFETY: the elements lie inside the buffer, which outlives the view.
    let output = unsafe { View::new(memory.base().wrapping_add(MARGIN + offset * size), len, element) }.unwrap();
    let job = Elementwise { level, is_streamed, ..Elementwise::new(operation, operands, output).unwrap() };
    for chunk in 0..job.chunks() {
        // SAFETY: every view's buffer outlives this, and this thread alone uses them.
        unsafe { job.run_chunk(chunk) };
    }
    // SAFETY: so many bytes were written above, and nobody writes them now.
    unsafe { core::slice::from_raw_parts(memory.base(), bytes + 2 * MARGIN) }.to_vec()
}

#[test]
fn results_that_go_past_the_caches_are_those_of_the_plain_loops_at_any_address_and_length() {
    const LONGEST: usize = 70_001;
    let source = Buffer::allocate((LONGEST + 1) * 8).unwrap();
    for i in 0..=LONGEST {
        let value = (i as f64 * 0.37).sin() * 300.0;
        // SAFETY: `i` is below the number of doubles in the buffer, which nobody else uses.
        unsafe { source.base().cast::<f64>().wrapping_add(i).write(value) };
    }
    let array = |element: ElementType, first: usize, len: usize| {
        // SAFETY: the elements lie inside the buffer, which outlives the view; all bits are values of all these types.
        Operand::Array(unsafe { View::new(source.base().wrapping_add(first * element.size()), len, element) }.unwrap())
    };
    let half = Operand::Number(0.5);
    let unary = |operation, element| (Operation::Unary(operation), vec![element], None, element);
    let cases = [
        unary(Unary::Square, Float64),
        unary(Unary::Cube, Float32),
        unary(Unary::Square, Uint8),
        unary(Unary::Cube, Int16),
        unary(Unary::Square, Int64),
        (Operation::Unary(Unary::Square), vec![Float64], None, Float32),
        (Operation::Unary(Unary::Cube), vec![Int8], None, Float64),
        (Operation::Binary(Binary::Add), vec![Float64, Float64], None, Float64),
        (Operation::Binary(Binary::Div), vec![Float32], Some(half), Float32),
        (Operation::Binary(Binary::Mul), vec![Uint64, Int64], None, Uint64),
        (Operation::Ternary(Ternary::Axpy), vec![Float64, Float64, Float64], None, Float64),
        (Operation::Function(UnaryFunction::Exp), vec![Float64], None, Float64),
        (Operation::BinaryFunction(BinaryFunction::Power), vec![Float64, Float64], None, Float64),
    ];
    for (operation, elements, number, element) in cases {
        for (offset, len) in
            [(0, 64), (0, 65), (1, 1), (1, 7), (3, 63), (5, 513), (7, 4_097), (63, 1_000), (1, LONGEST)]
        {
            let arrays = elements.iter().zip([0, 1, 0]).map(|(element, first)| array(*element, first, len));
            let operands: Vec<Operand> = arrays.chain(number).collect();
            let call = (operation, &operands[..], element);
            for level in Level::available() {
                let plain = stored(call, (offset, len), level, false);
                assert!(
                    plain == stored(call, (offset, len), level, true),
                    "{operation:?} {element:?} {offset} {len} {level:?}"
                );
                let end = MARGIN + (offset + len) * element.size();
                assert!(plain[..MARGIN].iter().chain(&plain[end..]).all(|byte| *byte == 0xAA));
            }
        }
    }
}

#[test]
fn only_large_outputs_that_are_no_operands_go_past_the_caches() {
    let is_streamed = |operation: Operation, bytes: usize, is_in_place: bool| {
        // Never touched, so that its size costs nothing.
        let (input, output) = (Buffer::allocate(bytes).unwrap(), Buffer::allocate(bytes).unwrap());
        let xs = view(&input, Float64);
        let output = if is_in_place { xs } else { view(&output, Float64) };
        let operands = [Operand::Array(xs)];
        Elementwise::new(operation, &operands[..], output).unwrap().is_streamed
    };
    let square = Operation::Unary(Unary::Square);
    assert!(!is_streamed(square, 1 << 20, false));
    assert_eq!(is_streamed(square, 1 << 26, false), pays_off(1 << 27));
    assert!(!is_streamed(square, 1 << 26, true));
    // Block by block.
    assert!(!is_streamed(Operation::Function(UnaryFunction::Exp), 1 << 26, false));
}
