//! What the pool makes of a reduction is what one thread makes of it.

use corepool_memory::ElementType::{Float32, Float64, Int64};
use corepool_pool::Config;

use super::*;
use crate::math::Mode;
use crate::operation::{Binary, Unary};
use crate::program::{Opcode, Program};
use crate::reduce::Pairing;
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
fn the_longer_chunks_of_long_arrays_change_no_bit() {
    let mut random = Random::new(15);
    for len in [4_194_304, 4_800_011] {
        let mut values: Vec<f64> = (0..len).map(|_| random.spanning(-200, 200)).collect();
        let expected = crate::reduce::tests_support::reduced(Sum::new(Level::chosen(), true), &values).unwrap();
        let numbers = Numbers::new(view(&mut values, Float64));
        // SAFETY: the values outlive the reductions.
        assert_eq!([1, 2, 3].map(|threads| unsafe { numbers.sum(&pool(threads), true) }.unwrap()), [expected; 3]);
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
    program(&[[Opcode::Subtract.code(), 0, 1, 0], [Opcode::Multiply.code(), 2, 2, 0]])
}

/// A program of two parameters, whose result is that of the last instruction.
fn program(instructions: &[[u16; 4]]) -> Program {
    let count = u16::try_from(instructions.len()).unwrap();
    let fields = [0_u16, 2, 0, 0, 0, count, 1 + count, 0, 0, 0];
    let words = fields.into_iter().chain(instructions.iter().flatten().copied());
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
fn terms_that_a_sum_makes_itself_are_those_of_the_program() {
    let mut random = Random::new(16);
    let product = program(&[[Opcode::Multiply.code(), 0, 1, 0]]);
    let pool = pool(2);
    for len in [0, 1, 15, 16, 17, 4097, 100_003] {
        let [mut x, mut y] = [0; 2].map(|_| (0..len).map(|_| random.spanning(-200, 200)).collect::<Vec<f64>>());
        if len == 17 {
            (x[3], y[16]) = (f64::INFINITY, f64::NAN);
        }
        let operands = [&mut x, &mut y].map(|values| Operand::Array(view(values, Float64)));
        for (program, pairing) in [(&squared_difference(), Pairing::SquareOfDifference), (&product, Pairing::Product)] {
            let evaluation = Evaluation::new(program, &operands, &[], &[]).unwrap();
            assert_eq!(evaluation.pair().map(|(pairing, ..)| pairing), Some(pairing));
            let mut stored = Vec::new();
            // SAFETY: all arrays outlive the reductions.
            unsafe { evaluation.for_each_block(0..len, |_, terms| stored.extend_from_slice(terms)) };
            let results = Numbers::of_program(evaluation).unwrap();
            let stored = Numbers::new(view(&mut stored, Float64));
            for compensated in [true, false] {
                let of = |numbers: &Numbers| {
                    // SAFETY: as above.
                    let TwoTerm { sum, error } = unsafe { numbers.sum(&pool, compensated) }.unwrap();
                    [sum, error].map(|part| if part.is_nan() { f64::NAN.to_bits() } else { part.to_bits() })
                };
                assert_eq!(of(&results), of(&stored), "{len} {pairing:?}");
            }
        }
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
