//! From an operation to its loop.

use super::decode::Kind;
use super::functions as f;
use super::lanes::{Each, Function, Same, Source, Target, five, four, one, three, two};
use super::node::Operation;
use super::opcode::Opcode;
use crate::level::Level;

/// An operand of an operation for one block.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lanes {
    Each(Each),
    Same(Same),
}

/// Which operands of an operation may be the same for every lane; others must be memory. A form has bit i for operand i.
pub(super) fn has_form(operation: Operation, form: u8) -> bool {
    use Operation as Op;
    let forms: &[u8] = match operation {
        Op::Copy => &[0b0, 0b1],
        Op::Single(opcode) => match opcode {
            Opcode::Add | Opcode::Multiply | Opcode::BitAnd | Opcode::BitOr | Opcode::BitXor => &[0b00, 0b10],
            Opcode::Equal | Opcode::NotEqual => &[0b00, 0b10],
            Opcode::Subtract | Opcode::Divide | Opcode::Less | Opcode::LessEqual => &[0b00, 0b01, 0b10],
            Opcode::ShiftLeft | Opcode::ShiftRight | Opcode::ShiftRightUnsigned => &[0b00, 0b10],
            Opcode::Select => &[0b000, 0b010, 0b100, 0b110],
            _ => &[0],
        },
        Op::MultiplyAdd
        | Op::MultiplySubtract
        | Op::SubtractProduct
        | Op::MultiplyTwice
        | Op::AddMultiply
        | Op::SubtractMultiply
        | Op::ProductLess
        | Op::ProductGreater => &[0b000, 0b010, 0b100, 0b110],
        Op::SquareOfSum | Op::SquareOfDifference => &[0b00, 0b10],
        Op::AddProducts | Op::SubtractProducts => &[0b0000, 0b1000, 0b0010, 0b1010],
        Op::Horner2 => &[0b1100, 0b1101],
        Op::Horner3 => &[0b1_1100, 0b1_1101],
        Op::SelectLess | Op::SelectLessEqual | Op::SelectEqual => {
            &[0b0000, 0b0100, 0b1000, 0b1100, 0b0010, 0b0110, 0b1010, 0b1110, 0b0001, 0b0101, 0b1001, 0b1101]
        }
    };
    forms.contains(&form)
}

/// Computes an operation for every lane of `output`.
///
/// # Panics
/// When the operation has no loop for operands of these forms ([`has_form`]), and for operations that are no plain loops.
pub(super) fn perform(level: Level, kind: Kind, operation: Operation, operands: &[Lanes], output: Target) {
    use Operation as Op;
    let work = Work { level, operands, output };
    match operation {
        Op::Copy => work.copy(),
        Op::Single(opcode) if kind == Kind::Bigint => work.bigint(opcode),
        Op::Single(opcode) => work.number(opcode),
        Op::MultiplyAdd => work.ternary(f::MultiplyAdd),
        Op::MultiplySubtract => work.ternary(f::MultiplySubtract),
        Op::SubtractProduct => work.ternary(f::SubtractProduct),
        Op::MultiplyTwice => work.ternary(f::MultiplyTwice),
        Op::AddMultiply => work.ternary(f::AddMultiply),
        Op::SubtractMultiply => work.ternary(f::SubtractMultiply),
        Op::SquareOfSum => work.commutative(f::SquareOfSum),
        Op::SquareOfDifference => work.commutative(f::SquareOfDifference),
        Op::AddProducts => work.products(f::AddProducts),
        Op::SubtractProducts => work.products(f::SubtractProducts),
        Op::Horner2 => work.polynomial_of_two(),
        Op::Horner3 => work.polynomial_of_three(),
        Op::SelectLess => work.choice(f::SelectLess),
        Op::SelectLessEqual => work.choice(f::SelectLessEqual),
        Op::SelectEqual => work.choice(f::SelectEqual),
        Op::ProductLess => work.ternary(f::ProductLess),
        Op::ProductGreater => work.ternary(f::ProductGreater),
    }
}

/// One operation on one block.
#[derive(Clone, Copy)]
struct Work<'a> {
    level: Level,
    operands: &'a [Lanes],
    output: Target,
}

use Lanes::{Each as E, Same as S};

impl Work<'_> {
    fn number(self, opcode: Opcode) {
        match opcode {
            Opcode::Add => self.commutative(f::Add),
            Opcode::Subtract => self.binary(f::Subtract),
            Opcode::Multiply => self.commutative(f::Multiply),
            Opcode::Divide => self.binary(f::Divide),
            Opcode::Less => self.binary(f::Less),
            Opcode::LessEqual => self.binary(f::LessEqual),
            Opcode::Equal => self.commutative(f::Equal),
            Opcode::NotEqual => self.commutative(f::NotEqual),
            Opcode::Select => self.select(),
            Opcode::Negate => self.unary(f::Negate),
            Opcode::Not => self.unary(f::Not),
            Opcode::Truthy => self.unary(f::Truthy),
            Opcode::BitAnd => self.commutative(f::BitAnd),
            Opcode::BitOr => self.commutative(f::BitOr),
            Opcode::BitXor => self.commutative(f::BitXor),
            Opcode::BitNot => self.unary(f::BitNot),
            Opcode::ShiftLeft => self.commutative(f::ShiftLeft),
            Opcode::ShiftRight => self.commutative(f::ShiftRight),
            Opcode::ShiftRightUnsigned => self.commutative(f::ShiftRightUnsigned),
            Opcode::IsNaN => self.unary(f::IsNaN),
            Opcode::IsFinite => self.unary(f::IsFinite),
            Opcode::IsInteger => self.unary(f::IsInteger),
            _ => self.refuse(),
        }
    }

    fn bigint(self, opcode: Opcode) {
        match opcode {
            Opcode::Add => self.commutative(f::BigintAdd),
            Opcode::Subtract => self.binary(f::BigintSubtract),
            Opcode::Multiply => self.commutative(f::BigintMultiply),
            Opcode::Negate => self.unary(f::BigintNegate),
            Opcode::BitAnd => self.commutative(f::BigintAnd),
            Opcode::BitOr => self.commutative(f::BigintOr),
            Opcode::BitXor => self.commutative(f::BigintXor),
            Opcode::BitNot => self.unary(f::BigintNot),
            Opcode::ShiftLeft => self.commutative(f::BigintShiftLeft),
            _ => self.refuse(),
        }
    }

    fn copy(self) {
        match *self.operands {
            [E(a)] => one(self.level, f::Same, self.output, a),
            [S(a)] => one(self.level, f::Same, self.output, a),
            _ => self.refuse(),
        }
    }

    fn unary(self, function: impl Function<1>) {
        match *self.operands {
            [E(a)] => one(self.level, function, self.output, a),
            _ => self.refuse(),
        }
    }

    /// The second operand may be the same everywhere; the lowering puts it there where the operands commute.
    fn commutative(self, function: impl Function<2>) {
        match *self.operands {
            [E(a), E(b)] => two(self.level, function, self.output, a, b),
            [E(a), S(b)] => two(self.level, function, self.output, a, b),
            _ => self.refuse(),
        }
    }

    fn binary(self, function: impl Function<2>) {
        match *self.operands {
            [S(a), E(b)] => two(self.level, function, self.output, a, b),
            _ => self.commutative(function),
        }
    }

    fn select(self) {
        let Self { level, output, .. } = self;
        match *self.operands {
            [E(m), E(x), E(y)] => three(level, f::Select, output, m, x, y),
            [E(m), S(x), E(y)] => three(level, f::Select, output, m, x, y),
            [E(m), E(x), S(y)] => three(level, f::Select, output, m, x, y),
            [E(m), S(x), S(y)] => three(level, f::Select, output, m, x, y),
            _ => self.refuse(),
        }
    }

    fn ternary(self, function: impl Function<3>) {
        let Self { level, output, .. } = self;
        match *self.operands {
            [E(a), E(b), E(c)] => three(level, function, output, a, b, c),
            [E(a), S(b), E(c)] => three(level, function, output, a, b, c),
            [E(a), E(b), S(c)] => three(level, function, output, a, b, c),
            [E(a), S(b), S(c)] => three(level, function, output, a, b, c),
            _ => self.refuse(),
        }
    }

    fn products(self, function: impl Function<4>) {
        let Self { level, output, .. } = self;
        match *self.operands {
            [E(a), E(b), E(c), E(d)] => four(level, function, output, a, b, c, d),
            [E(a), E(b), E(c), S(d)] => four(level, function, output, a, b, c, d),
            [E(a), S(b), E(c), E(d)] => four(level, function, output, a, b, c, d),
            [E(a), S(b), E(c), S(d)] => four(level, function, output, a, b, c, d),
            _ => self.refuse(),
        }
    }

    fn polynomial_of_two(self) {
        let Self { level, output, .. } = self;
        match *self.operands {
            [E(t), E(x), S(c), S(d)] => four(level, f::Horner2, output, t, x, c, d),
            [S(t), E(x), S(c), S(d)] => four(level, f::Horner2, output, t, x, c, d),
            _ => self.refuse(),
        }
    }

    fn polynomial_of_three(self) {
        let Self { level, output, .. } = self;
        match *self.operands {
            [E(t), E(x), S(c), S(d), S(e)] => five(level, f::Horner3, output, t, x, c, d, e),
            [S(t), E(x), S(c), S(d), S(e)] => five(level, f::Horner3, output, t, x, c, d, e),
            _ => self.refuse(),
        }
    }

    fn choice(self, function: impl Function<4>) {
        match *self.operands {
            [E(a), E(b), x, y] => self.chosen(function, a, b, x, y),
            [E(a), S(b), x, y] => self.chosen(function, a, b, x, y),
            [S(a), E(b), x, y] => self.chosen(function, a, b, x, y),
            _ => self.refuse(),
        }
    }

    fn chosen(self, function: impl Function<4>, a: impl Source, b: impl Source, x: Lanes, y: Lanes) {
        let Self { level, output, .. } = self;
        match (x, y) {
            (E(x), E(y)) => four(level, function, output, a, b, x, y),
            (S(x), E(y)) => four(level, function, output, a, b, x, y),
            (E(x), S(y)) => four(level, function, output, a, b, x, y),
            (S(x), S(y)) => four(level, function, output, a, b, x, y),
        }
    }

    fn refuse(self) -> ! {
        unreachable!("the lowering makes no step without a loop: {:?}", self.operands)
    }
}
