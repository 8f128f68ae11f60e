//! Sums and products with their rounding errors: what floating-point arithmetic loses, kept beside what it keeps.
//!
//! # See also
//! Knuth, TAOCP 2, 4.2.2 (the error of a sum); Ogita, Rump and Oishi, "Accurate sum and dot product", 2005.

/// A rounded sum, and the sum of all errors that rounding made on the way to it: together nearly the exact sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoTerm {
    /// The sum, each addition rounded.
    pub sum: f64,
    /// What is to be added to it; no number when `sum` is not finite.
    pub error: f64,
}

impl TwoTerm {
    /// The two together, as a pair again.
    #[inline(always)]
    pub(crate) fn merge(left: Self, right: Self) -> Self {
        let (sum, error) = two_sum(left.sum, right.sum);
        Self { sum, error: (left.error + right.error) + error }
    }
}

/// `a + b`, rounded, and the error: the two together are exactly a + b, unless the sum overflows.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `x * y - product`, rounded once, where `product` is `x * y` rounded: exact but for underflow. Where `product` is not finite the
/// result means nothing.
///
/// By the fused operation where it is one instruction, else in integers: never by splitting doubles as Veltkamp does, which
/// overflows for large factors.
#[inline(always)]
pub(crate) fn product_error<const FMA: bool>(x: f64, y: f64, product: f64) -> f64 {
    if FMA { x.mul_add(y, -product) } else { integer_product_error(x, y, product) }
}

fn integer_product_error(x: f64, y: f64, product: f64) -> f64 {
    // The error of a subnormal product is at most half of the smallest number, which rounds to zero.
    if !(product.is_finite() && product.abs() > f64::MIN_POSITIVE) {
        return 0.0;
    }
    let ((x_significand, x_exponent), (y_significand, y_exponent)) = (split(x), split(y));
    let (significand, exponent) = split(product);
    let unit = x_exponent + y_exponent;
    let exact = i128::from(x_significand) * i128::from(y_significand);
    // Both have the same unit now: the exact product has at most 106 bits, and `product` lies within them.
    let error = exact - (i128::from(significand) << (exponent - unit));
    // At most half a unit in the last place of `product`: 53 bits, exact as a double.
    let magnitude = scaled(error as f64, unit);
    if product.is_sign_negative() { -magnitude } else { magnitude }
}

/// |v| of a finite, non-zero number as significand * 2^exponent with 53 bits before the point.
fn split(v: f64) -> (i64, i32) {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = v.to_bits() & !(1 << 63);
    let field = bits >> 52;
    if field == 0 {
        let shift = bits.leading_zeros() - 11;
        return ((bits << shift).cast_signed(), -1074 - shift.cast_signed());
    }
    // An exponent has 11 bits.
    let exponent = i32::try_from(field).unwrap_or(0) - 1075;
    (((bits & FRACTION) | (1 << 52)).cast_signed(), exponent)
}

/// `v * 2^exponent`, rounded once, for a whole `v` below 2^54.
fn scaled(v: f64, exponent: i32) -> f64 {
    // In two steps where one power of two would be out of range; the first is exact, since |v| ≥ 1.
    if exponent < -1000 { v * power_of_two(-1000) * power_of_two(exponent + 1000) } else { v * power_of_two(exponent) }
}

/// 2^exponent for an exponent from −1022 to 1023.
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(u64::from((exponent + 1023).unsigned_abs()) << 52)
}

#[cfg(test)]
mod tests {
    use super::{integer_product_error, power_of_two, two_sum};
    use crate::reduce::tests_support::Random;

    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^100")]
    fn whole(v: f64) -> i128 {
        v as i128
    }

    #[test]
    fn a_sum_and_its_error_are_exact() {
        // Whole numbers below 2^100, whose exact sum 128 bits hold.
        let mut random = Random::new(1);
        for _ in 0..100_000 {
            let (a, b) = (random.spanning(46, 47).trunc(), random.spanning(0, 90).trunc());
            let (sum, error) = two_sum(a, b);
            assert_eq!(whole(a) + whole(b), whole(sum) + whole(error));
        }
    }

    #[test]
    fn the_error_of_a_product_is_what_the_fused_operation_gives() {
        let mut random = Random::new(2);
        for _ in 0..300_000 {
            let (x, y) = (random.any(), random.any());
            let product = x * y;
            if product.is_finite() {
                let fused = x.mul_add(y, -product);
                assert_eq!(integer_product_error(x, y, product) + 0.0, fused + 0.0, "{x:e} * {y:e}");
            }
        }
    }

    #[test]
    fn also_for_the_largest_factors_and_at_the_edge_of_underflow() {
        let edges = [
            f64::MAX,
            f64::MAX.next_down(),
            f64::MIN_POSITIVE,
            f64::MIN_POSITIVE.next_down(),
            f64::from_bits(1),
            f64::from_bits(3),
            1.0,
            1.0_f64.next_up(),
            1.0_f64.next_down(),
            1.5,
            power_of_two(-537) * 1.000_000_1,
            power_of_two(-485) * 1.999_999,
            power_of_two(511) * 1.999_999,
            0.0,
        ];
        for x in edges {
            for y in edges {
                for y in [y, -y] {
                    let product = x * y;
                    if product.is_finite() {
                        let fused = x.mul_add(y, -product);
                        assert_eq!(integer_product_error(x, y, product) + 0.0, fused + 0.0, "{x:e} * {y:e}");
                    }
                }
            }
        }
    }
}
