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
/// By the fused operation where it is one instruction, else from halves of the significands: never by splitting the doubles
/// themselves as Veltkamp does, which overflows for large factors.
#[inline(always)]
pub(crate) fn product_error<const FMA: bool>(x: f64, y: f64, product: f64) -> f64 {
    if FMA { x.mul_add(y, -product) } else { halved_product_error(x, y, product) }
}

const SIGN: u64 = 1 << 63;
const FRACTION: u64 = (1 << 52) - 1;
/// The exponent field of 1.
const BIAS: u64 = 1023;
/// Bits of the lower half of a significand.
const HALF: u32 = 27;

/// Dekker's product of significands in [1, 2), and one rounding when the error gets its exponent back. Without a branch, and of
/// operations that every level has for vectors.
#[inline(always)]
fn halved_product_error(x: f64, y: f64, product: f64) -> f64 {
    let ((x, x_field), (y, y_field)) = (significand(x), significand(y));
    let ((x_high, x_low), (y_high, y_low)) = (halves(x), halves(y));
    let error = x_low * y_low - (((x * y - x_high * y_high) - x_low * y_high) - x_high * y_low);
    // In two steps, because one power of two might be out of range: the first is exact, since where `product` is normal each has
    // about half of its exponent.
    let fields = x_field.wrapping_add(y_field);
    let first = fields >> 1;
    let error = error * f64::from_bits(first << 52) * f64::from_bits(fields.wrapping_sub(first) << 52);
    // The error of a subnormal product is at most half of the smallest number, which rounds to zero.
    let is_normal = product.abs() > f64::MIN_POSITIVE && product.abs() < f64::INFINITY;
    if is_normal { error } else { 0.0 }
}

/// A finite number other than zero as its significand, with its sign, and an exponent field, which wraps below 0.
#[inline(always)]
fn significand(v: f64) -> (f64, u64) {
    const UP: u64 = 64;
    let is_small = v.abs() < f64::MIN_POSITIVE;
    let bits = (if is_small { v * power_of_two(64) } else { v }).to_bits();
    let field = ((bits & !SIGN) >> 52).wrapping_sub(if is_small { UP } else { 0 });
    (f64::from_bits(bits & (SIGN | FRACTION) | (BIAS << 52)), field)
}

/// The two sum to `v`, a significand: the first rounded to 26 bits, and so the other has 26 bits and a sign. All their products
/// are exact.
#[inline(always)]
fn halves(v: f64) -> (f64, f64) {
    let high = f64::from_bits((v.to_bits() + (1 << (HALF - 1))) & !((1 << HALF) - 1));
    (high, v - high)
}

/// 2^exponent for an exponent from −1022 to 1023.
pub(crate) fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(u64::from((exponent + 1023).unsigned_abs()) << 52)
}

#[cfg(test)]
mod tests {
    use super::{halved_product_error, power_of_two, two_sum};
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
                assert_eq!(halved_product_error(x, y, product) + 0.0, fused + 0.0, "{x:e} * {y:e}");
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
                        assert_eq!(halved_product_error(x, y, product) + 0.0, fused + 0.0, "{x:e} * {y:e}");
                    }
                }
            }
        }
    }
}
