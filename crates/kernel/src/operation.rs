//! The built-in element-wise operations.

/// What is done to each element, by the number of operands. The codes are those that the TypeScript facade sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Of one operand.
    Unary(Unary),
    /// Of two operands.
    Binary(Binary),
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

impl Operation {
    /// Operands that an operation takes at most.
    pub(crate) const MAX_ARITY: usize = 2;

    /// Every operation, in the order of the codes.
    pub const ALL: [Self; 6] = [
        Self::Unary(Unary::Square),
        Self::Unary(Unary::Cube),
        Self::Binary(Binary::Add),
        Self::Binary(Binary::Sub),
        Self::Binary(Binary::Mul),
        Self::Binary(Binary::Div),
    ];

    /// The operation with this code, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

    /// Number of operands.
    pub fn arity(self) -> usize {
        match self {
            Self::Unary(_) => 1,
            Self::Binary(_) => 2,
        }
    }

    /// Whether it is defined for bigints.
    pub fn takes_bigints(self) -> bool {
        self != Self::Binary(Binary::Div)
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
