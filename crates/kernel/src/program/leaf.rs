//! The opcodes that are functions of `Math`, `%` or `**`: whole blocks at a time, by the module that has them.

use super::opcode::Opcode;
use crate::math::{BinaryFunction, Mode, UnaryFunction};

/// A function over lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Unary(UnaryFunction),
    Binary(BinaryFunction),
}

impl Leaf {
    /// The function that an opcode is in a mode; None where it is no function of `Math`.
    pub(super) fn of(opcode: Opcode, mode: Mode) -> Option<Self> {
        let unary = UnaryFunction::from_code(opcode.code()).map(|function| Self::Unary(function.in_mode(mode)));
        unary.or_else(|| Some(Self::Binary(BinaryFunction::from_code(opcode.code())?.in_mode(mode))))
    }

    /// The function of one lane each; missing operands are 0.
    pub(super) fn scalar(self, operands: &[f64]) -> f64 {
        let operand = |number| operands.get(number).copied().unwrap_or_default();
        match self {
            Self::Unary(function) => function.scalar([operand(0)]),
            Self::Binary(function) => function.scalar([operand(0), operand(1)]),
        }
    }
}
