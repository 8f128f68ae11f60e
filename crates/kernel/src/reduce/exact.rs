//! The exact sum of doubles, rounded once at the end.
//!
//! Every double is a whole multiple of 2^−1074 below 2^1024, so a fixed-point number of some 2,200 bits holds any sum of them
//! exactly; the order of additions cannot matter. It is kept in digits of 32 bits, each in 64, so that many elements are added
//! before carries must move.
//!
//! # See also
//! Kulisch, "Very fast and exact accumulation of products", 2011; Neal, "Fast exact summation using small and large
//! superaccumulators", 2015.

use super::{Block, Reducer};

/// Bits of a digit.
const DIGIT: u32 = 32;

/// The lowest digit begins at 2^−1074; the highest holds sums of 2^53 of the largest doubles and the sign.
const DIGITS: usize = 69;

/// A sum of doubles.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accumulator {
    digits: [i64; DIGITS],
    has_nan: bool,
    has_infinity: bool,
    has_negative_infinity: bool,
}

impl Default for Accumulator {
    fn default() -> Self {
        Self { digits: [0; DIGITS], has_nan: false, has_infinity: false, has_negative_infinity: false }
    }
}

impl Accumulator {
    /// Adds one number. Between two calls of [`Accumulator::carry`] there may be at most 2^30.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "an index below 64, and the low bits that make a digit")]
    fn add(&mut self, x: f64) {
        const FRACTION: u64 = (1 << 52) - 1;
        let bits = x.to_bits();
        let field = (bits >> 52) & 0x7ff;
        if field == 0x7ff {
            self.add_special(x);
            return;
        }
        // A subnormal number has no leading bit, and the exponent of the smallest normal one.
        let is_normal = u64::from(field != 0);
        let significand = (bits & FRACTION) | (is_normal << 52);
        let position = field - is_normal;
        let shifted = u128::from(significand) << (position % u64::from(DIGIT));
        // Below 2046 / 32: the three digits are inside.
        let first = (position / u64::from(DIGIT)) as usize;
        let sign = (bits.cast_signed() >> 63) | 1;
        for (digit, at) in self.digits[first..first + 3].iter_mut().zip([0, DIGIT, 2 * DIGIT]) {
            *digit += sign * i64::from((shifted >> at) as u32);
        }
    }

    #[cold]
    fn add_special(&mut self, x: f64) {
        self.has_nan |= x.is_nan();
        self.has_infinity |= x == f64::INFINITY;
        self.has_negative_infinity |= x == f64::NEG_INFINITY;
    }

    /// Moves what exceeds a digit to the next: each is then in [0, 2^32), but for the highest, which has the sign.
    fn carry(&mut self) {
        let mut carried = 0;
        for digit in &mut self.digits[..DIGITS - 1] {
            let value = *digit + carried;
            carried = value >> DIGIT;
            *digit = value & 0xffff_ffff;
        }
        self.digits[DIGITS - 1] += carried;
    }

    fn merge(mut left: Self, right: Self) -> Self {
        for (digit, other) in left.digits.iter_mut().zip(right.digits) {
            *digit += other;
        }
        left.carry();
        left.has_nan |= right.has_nan;
        left.has_infinity |= right.has_infinity;
        left.has_negative_infinity |= right.has_negative_infinity;
        left
    }

    /// The nearest double, ties to even; infinite beyond the largest by half a unit or more. No sum is −0.
    pub(crate) fn rounded(mut self) -> f64 {
        if self.has_nan || (self.has_infinity && self.has_negative_infinity) {
            return f64::NAN;
        }
        if self.has_infinity || self.has_negative_infinity {
            return if self.has_infinity { f64::INFINITY } else { f64::NEG_INFINITY };
        }
        self.carry();
        let is_negative = self.digits[DIGITS - 1] < 0;
        if is_negative {
            self.digits.iter_mut().for_each(|digit| *digit = -*digit);
            self.carry();
        }
        let magnitude = self.rounded_magnitude();
        if is_negative { -magnitude } else { magnitude }
    }

    /// Of a sum that is not negative, after carrying.
    fn rounded_magnitude(&self) -> f64 {
        let Some(highest) = self.digits.iter().rposition(|digit| *digit != 0) else { return 0.0 };
        // Position of the leading bit, in units of 2^−1074.
        let top = highest * DIGIT as usize + self.digits[highest].ilog2() as usize;
        let lowest = top.saturating_sub(52);
        let kept = (lowest..=top).rev().fold(0, |kept, position| (kept << 1) | self.bit(position));
        // A number of 53 bits or fewer from 2^−1074 on is its own encoding; each power above adds one to the exponent field.
        let encoded = kept + ((lowest as u64) << 52);
        let half = lowest > 0 && self.bit(lowest - 1) == 1;
        let is_odd_or_more = kept & 1 == 1 || (0..lowest.saturating_sub(1)).any(|position| self.bit(position) == 1);
        let rounded = encoded + u64::from(half && is_odd_or_more);
        // From 2^1024 on; rounding may have carried there.
        if top > 2097 { f64::INFINITY } else { f64::from_bits(rounded) }
    }

    fn bit(&self, position: usize) -> u64 {
        ((self.digits[position / DIGIT as usize] >> (position % DIGIT as usize)) & 1).cast_unsigned()
    }
}

/// Exact sums.
#[derive(Debug, Default)]
pub(crate) struct ExactSum {
    leaf: Accumulator,
}

impl Reducer for ExactSum {
    type Partial = Accumulator;

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        block.iter().for_each(|x| self.leaf.add(x));
    }

    fn take(&mut self) -> Accumulator {
        let mut leaf = core::mem::take(&mut self.leaf);
        leaf.carry();
        leaf
    }

    fn merge(left: Accumulator, right: Accumulator) -> Accumulator {
        Accumulator::merge(left, right)
    }
}

#[cfg(test)]
mod tests {
    use super::ExactSum;
    use crate::reduce::tests_support::{Random, reduced};

    fn exact(values: &[f64]) -> f64 {
        reduced(ExactSum::default(), values).unwrap_or_default().rounded()
    }

    #[test]
    fn one_number_is_itself() {
        let mut random = Random::new(9);
        for _ in 0..20_000 {
            let x = random.any();
            assert_eq!(exact(&[x]), x + 0.0);
            assert_eq!(exact(&[x, -x, x, 0.0]), x + 0.0);
        }
        assert_eq!(exact(&[-0.0]).to_bits(), 0.0_f64.to_bits());
        assert_eq!(exact(&[]), 0.0);
    }

    #[test]
    fn two_numbers_are_rounded_as_an_addition_rounds() {
        let mut random = Random::new(10);
        for _ in 0..50_000 {
            let (a, b) = (random.any(), random.any());
            assert_eq!(exact(&[a, b]), a + b, "{a:e} + {b:e}");
            let near = a * (1.0 + random.spanning(-56, -50));
            assert_eq!(exact(&[a, -near]), a - near);
        }
    }

    #[test]
    fn ties_go_to_the_even_neighbour_and_a_trace_below_decides() {
        let tie = 2f64.powi(-53);
        assert_eq!(exact(&[1.0, tie]), 1.0);
        assert_eq!(exact(&[1.0_f64.next_up(), tie]), 1.0 + 2.0 * f64::EPSILON);
        assert_eq!(exact(&[1.0, tie, f64::from_bits(1)]), 1.0_f64.next_up());
        assert_eq!(exact(&[1.0, tie, -f64::from_bits(1)]), 1.0);
        assert_eq!(exact(&[-1.0, -tie, -f64::from_bits(1)]), -1.0_f64.next_up());
    }

    #[test]
    fn only_the_sum_can_overflow_and_no_part_of_it() {
        let half_unit = 2f64.powi(970);
        assert_eq!(exact(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
        assert_eq!(exact(&[f64::MAX, half_unit]), f64::INFINITY);
        assert_eq!(exact(&[f64::MAX, half_unit, -f64::from_bits(1)]), f64::MAX);
        assert_eq!(exact(&[-f64::MAX, -half_unit]), f64::NEG_INFINITY);
        assert_eq!(exact(&vec![f64::MAX; 100_000]), f64::INFINITY);
    }

    #[test]
    fn infinities_and_nan_are_what_they_are_in_a_sum() {
        assert_eq!(exact(&[f64::INFINITY, 1.0, f64::MAX]), f64::INFINITY);
        assert_eq!(exact(&[f64::NEG_INFINITY, 1.0]), f64::NEG_INFINITY);
        assert!(exact(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert!(exact(&[f64::NAN, 1.0]).is_nan());
    }

    #[test]
    fn the_order_does_not_matter() {
        let mut random = Random::new(11);
        let mut values: Vec<f64> = (0..30_000).map(|_| random.spanning(-1000, 1000)).collect();
        let expected = exact(&values);
        values.reverse();
        assert_eq!(exact(&values), expected);
        let negated: Vec<f64> = values.iter().map(|x| -x).collect();
        assert_eq!(exact(&negated), -expected);
        values.extend(negated);
        assert_eq!(exact(&values), 0.0);
    }
}
