//! The built-in element-wise operations.

/// What is done to each element. The discriminants are the codes that the TypeScript facade sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Operation {
    /// `v * v`
    Square = 0,
    /// `v * v * v`, from left to right; `v ** 3` rounds differently for a quarter of all numbers.
    Cube = 1,
}

impl Operation {
    /// Every operation, in the order of the codes.
    pub const ALL: [Self; 2] = [Self::Square, Self::Cube];

    /// The operation with this code, if there is one.
    pub fn from_code(code: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(code).ok()?).copied()
    }

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
