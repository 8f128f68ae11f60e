//! What an element costs, as far as chunks need to know: within a factor of two, on AVX2.

use core::iter::Sum;
use core::ops::Add;

use corepool_memory::ElementType;

use crate::math::{BinaryFunction, UnaryFunction};

/// Time of one thread for one element. A constant of each operation rather than a measurement: the same call is always cut alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cost {
    picoseconds: u64,
}

impl Cost {
    /// A step of a program that is one pass of plain arithmetic over lanes in the first-level cache.
    pub(crate) const STEP: Self = Self { picoseconds: 300 };

    /// Widening an element to a double, or rounding one to what is stored.
    pub(crate) const CONVERSION: Self = Self { picoseconds: 500 };

    /// Looking up an element of a table.
    pub(crate) const GATHER: Self = Self { picoseconds: 2_000 };

    /// Functions that are a few instructions.
    const SHORT: Self = Self { picoseconds: 600 };

    /// Functions that wait for the divider, or have a few dozen instructions.
    const MEDIUM: Self = Self { picoseconds: 2_000 };

    /// Functions that are one or two polynomials.
    const POLYNOMIAL: Self = Self { picoseconds: 4_000 };

    /// Functions of several such, or with many lanes in the scalar form.
    const LONG: Self = Self { picoseconds: 10_000 };

    /// Reading the operands of one plain loop and writing its results, which such a loop waits for: in proportion to their width.
    pub(crate) fn of_memory(element: ElementType) -> Self {
        Self { picoseconds: 500 * element.size() as u64 / 8 }
    }

    /// Elements that a thread computes in this many nanoseconds.
    pub(crate) fn elements_in(self, nanoseconds: u64) -> u64 {
        nanoseconds * 1_000 / self.picoseconds.max(1)
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { picoseconds: self.picoseconds.saturating_add(other.picoseconds) }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self { picoseconds: 0 }, Self::add)
    }
}

impl From<UnaryFunction> for Cost {
    fn from(function: UnaryFunction) -> Self {
        use UnaryFunction as F;
        match function {
            F::Clz32 | F::Abs | F::Sign | F::Floor | F::Ceil | F::Trunc | F::Round | F::Fround | F::Negate => {
                Self::SHORT
            }
            F::Sqrt | F::F16round | F::Reciprocal => Self::MEDIUM,
            _ => Self::POLYNOMIAL,
        }
    }
}

impl From<BinaryFunction> for Cost {
    fn from(function: BinaryFunction) -> Self {
        use BinaryFunction as F;
        match function {
            F::Minimum | F::Maximum | F::Imul => Self::SHORT,
            F::Atan2 | F::Hypot => Self::POLYNOMIAL,
            F::Remainder | F::Power | F::PowerFdlibm => Self::LONG,
        }
    }
}
