//! The built-in element-wise operations.

use crate::math::{BinaryFunction, UnaryFunction, maximum, minimum};

/// What is done to each element, by the number of operands. The codes are those that the TypeScript facade sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Of one operand.
    Unary(Unary),
    /// Of two operands.
    Binary(Binary),
    /// Of three operands.
    Ternary(Ternary),
    /// A function of one number.
    Function(UnaryFunction),
    /// A function of two numbers.
    BinaryFunction(BinaryFunction),
}

/// An operation of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `v * v`
    Square,
    /// `v * v * v`, from left to right; `v ** 3` rounds differently for a quarter of all numbers.
    Cube,
}

/// An operation of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`; of numbers only, since a quotient of bigints may not exist.
    Div,
}

/// An operation of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ternary {
    /// `min(max(a, b), c)`, NaN and signed zeros as `Math.min` and `Math.max` have them.
    Clamp,
    /// `a * b + c`, the product rounded.
    Axpy,
    /// `a ? b : c`: what is neither zero nor NaN is true.
    Where,
}

impl Operation {
    /// Operands that an operation takes at most.
    pub(crate) const MAX_ARITY: usize = 3;

    /// The code of a function is its own code and this.
    const FUNCTIONS: u32 = 1024;

    /// Every operation that is not a function, in the order of the codes.
    const ARITHMETIC: [Self; 9] = [
        Self::Unary(Unary::Square),
        Self::Unary(Unary::Cube),
        Self::Binary(Binary::Add),
        Self::Binary(Binary::Sub),
        Self::Binary(Binary::Mul),
        Self::Binary(Binary::Div),
        Self::Ternary(Ternary::Clamp),
        Self::Ternary(Ternary::Axpy),
        Self::Ternary(Ternary::Where),
    ];

    /// The operation with this code, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        let Some(code) = code.checked_sub(Self::FUNCTIONS) else {
            return Self::ARITHMETIC.get(usize::try_from(code).ok()?).copied();
        };
        let code = u16::try_from(code).ok()?;
        let function = UnaryFunction::from_code(code).map(Self::Function);
        function.or_else(|| BinaryFunction::from_code(code).map(Self::BinaryFunction))
    }

    /// Number of operands.
    pub fn arity(self) -> usize {
        match self {
            Self::Unary(_) | Self::Function(_) => 1,
            Self::Binary(_) | Self::BinaryFunction(_) => 2,
            Self::Ternary(_) => 3,
        }
    }

    /// Elements that were computed one by one because no vector form covers their arguments, of all passes and fused reductions
    /// in this process so far.
    pub fn scalar_lanes(self) -> u64 {
        match self {
            Self::Function(function) => function.scalar_lanes().count(),
            Self::BinaryFunction(function) => function.scalar_lanes().count(),
            Self::Unary(_) | Self::Binary(_) | Self::Ternary(_) => 0,
        }
    }

    pub(crate) fn add_scalar_lanes(self, lanes: u64) {
        match self {
            Self::Function(function) => function.scalar_lanes().add(lanes),
            Self::BinaryFunction(function) => function.scalar_lanes().add(lanes),
            Self::Unary(_) | Self::Binary(_) | Self::Ternary(_) => {}
        }
    }

    /// Whether it is defined for bigints.
    pub fn takes_bigints(self) -> bool {
        match self {
            Self::Unary(_) => true,
            Self::Binary(operation) => operation != Binary::Div,
            Self::Ternary(_) | Self::Function(_) | Self::BinaryFunction(_) => false,
        }
    }
}

impl Unary {
    /// The operation on one number.
    #[inline(always)]
    pub(crate) fn on_number(self, v: f64) -> f64 {
        match self {
            Self::Square => v * v,
            Self::Cube => v * v * v,
        }
    }

    /// The operation on one bigint, modulo 2^64; signed and unsigned have the same low bits.
    #[inline(always)]
    pub(crate) fn on_bigint(self, v: u64) -> u64 {
        match self {
            Self::Square => v.wrapping_mul(v),
            Self::Cube => v.wrapping_mul(v).wrapping_mul(v),
        }
    }
}

impl Ternary {
    /// The operation on three numbers.
    #[inline(always)]
    pub(crate) fn on_numbers(self, a: f64, b: f64, c: f64) -> f64 {
        match self {
            Self::Clamp => minimum(maximum(a, b), c),
            Self::Axpy => a * b + c,
            Self::Where => {
                if a == 0.0 || a.is_nan() {
                    c
                } else {
                    b
                }
            }
        }
    }
}
