//! What a program means, one element at a time, with nothing fused, reordered or kept.

use super::super::Opcode;
use super::super::decode::{Decoded, Instruction, Kind, Value};
use crate::math::{BinaryFunction, Mode, UnaryFunction};

/// The operands, scalars and tables of a call, as numbers or as the bits of bigints.
pub(super) struct Call<'a> {
    pub(super) operands: &'a [Vec<u64>],
    pub(super) scalars: &'a [u64],
    pub(super) tables: &'a [Vec<f64>],
}

/// The lane of element `index`.
pub(super) fn interpret(program: &Decoded, call: &Call<'_>, index: usize) -> u64 {
    let mut results = Vec::new();
    let value = |value: Value, results: &[u64]| match value {
        Value::Parameter(number) => {
            let lanes = &call.operands[number];
            lanes[if lanes.len() == 1 { 0 } else { index }]
        }
        Value::Scalar(number) => call.scalars[number],
        Value::Constant(number) => program.constants[number],
        Value::Index => (index as f64).to_bits(),
        Value::Result(number) => results[number],
    };
    for instruction in &program.instructions {
        let operands: Vec<u64> = instruction.operands().iter().map(|operand| value(*operand, &results)).collect();
        results.push(match program.kind {
            Kind::Bigint => bigint(instruction.opcode, &operands),
            Kind::Number => {
                let operands: Vec<f64> = operands.iter().map(|bits| f64::from_bits(*bits)).collect();
                number(instruction, &operands, call.tables).to_bits()
            }
        });
    }
    value(program.result, &results)
}

fn bigint(opcode: Opcode, operands: &[u64]) -> u64 {
    match (opcode, operands) {
        (Opcode::Add, [a, b]) => a.wrapping_add(*b),
        (Opcode::Subtract, [a, b]) => a.wrapping_sub(*b),
        (Opcode::Multiply, [a, b]) => a.wrapping_mul(*b),
        (Opcode::Negate, [a]) => a.wrapping_neg(),
        (Opcode::BitAnd, [a, b]) => a & b,
        (Opcode::BitOr, [a, b]) => a | b,
        (Opcode::BitXor, [a, b]) => a ^ b,
        (Opcode::BitNot, [a]) => !a,
        (Opcode::ShiftLeft, [a, b]) => u32::try_from(*b).ok().and_then(|b| a.checked_shl(b)).unwrap_or(0),
        _ => panic!("{opcode:?} is not defined for bigints"),
    }
}

fn number(instruction: &Instruction, operands: &[f64], tables: &[Vec<f64>]) -> f64 {
    let truth = |is_true| if is_true { 1.0 } else { 0.0 };
    let truthy = |a: f64| a != 0.0 && !a.is_nan();
    match (instruction.opcode, operands) {
        (Opcode::Add, [a, b]) => a + b,
        (Opcode::Subtract, [a, b]) => a - b,
        (Opcode::Multiply, [a, b]) => a * b,
        (Opcode::Divide, [a, b]) => a / b,
        (Opcode::Less, [a, b]) => truth(a < b),
        (Opcode::LessEqual, [a, b]) => truth(a <= b),
        (Opcode::Equal, [a, b]) => truth(a == b),
        (Opcode::NotEqual, [a, b]) => truth(a != b),
        (Opcode::Select, [m, x, y]) => {
            if truthy(*m) {
                *x
            } else {
                *y
            }
        }
        (Opcode::Negate, [a]) => -a,
        (Opcode::Not, [a]) => truth(!truthy(*a)),
        (Opcode::Truthy, [a]) => truth(truthy(*a)),
        (Opcode::BitAnd, [a, b]) => f64::from(int32(*a) & int32(*b)),
        (Opcode::BitOr, [a, b]) => f64::from(int32(*a) | int32(*b)),
        (Opcode::BitXor, [a, b]) => f64::from(int32(*a) ^ int32(*b)),
        (Opcode::BitNot, [a]) => f64::from(!int32(*a)),
        (Opcode::ShiftLeft, [a, b]) => f64::from(int32(*a).wrapping_shl(int32(*b).cast_unsigned())),
        (Opcode::ShiftRight, [a, b]) => f64::from(int32(*a).wrapping_shr(int32(*b).cast_unsigned())),
        (Opcode::ShiftRightUnsigned, [a, b]) => {
            f64::from(int32(*a).cast_unsigned().wrapping_shr(int32(*b).cast_unsigned()))
        }
        (Opcode::IsNaN, [a]) => truth(a.is_nan()),
        (Opcode::IsFinite, [a]) => truth(a.is_finite()),
        (Opcode::IsInteger, [a]) => truth(a.is_finite() && a.fract() == 0.0),
        (Opcode::Gather, [index]) => {
            let lanes = tables[instruction.table].iter().enumerate();
            lanes.filter(|(i, _)| *i as f64 == *index).map(|(_, lane)| *lane).next().unwrap_or(f64::NAN)
        }
        // Whose values the module of the functions tests against V8's.
        (opcode, operands) => match (UnaryFunction::from_code(opcode.code()), BinaryFunction::from_code(opcode.code()))
        {
            (Some(function), _) => function.scalar([operands[0]]),
            (_, Some(function)) => function.in_mode(Mode::ExactFdlibm).scalar([operands[0], operands[1]]),
            _ => panic!("the oracle does not know {opcode:?}"),
        },
    }
}

/// ToInt32 by 128-bit integers where they suffice, and by remainders beyond.
#[expect(clippy::cast_possible_truncation, reason = "truncating is what ToInt32 does first; the value fits")]
fn int32(a: f64) -> i32 {
    if !a.is_finite() {
        return 0;
    }
    let below = if a.abs() < 1e30 { a } else { a % 4_294_967_296.0 };
    u32::try_from((below as i128).rem_euclid(1 << 32)).unwrap().cast_signed()
}
