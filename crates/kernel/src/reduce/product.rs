//! The product of all elements as a significand and an exponent, so that no intermediate product is too large or too small.

use super::two_term::power_of_two;
use super::{Block, LANES, Reducer, fold_lanes};
use crate::level::{Level, per_level};

/// `significand * 2^exponent`, the significand in [1, 2), or zero, infinite or NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Product {
    /// With the sign.
    pub significand: f64,
    /// Power of two; of no meaning beside a zero, an infinity or a NaN.
    pub exponent: i64,
}

/// The product of nothing.
const ONE: Product = Product { significand: 1.0, exponent: 0 };

impl Default for Product {
    fn default() -> Self {
        ONE
    }
}

/// Products.
#[derive(Debug)]
pub(crate) struct Products {
    level: Level,
    lanes: [Product; LANES],
}

impl Products {
    pub(crate) fn new(level: Level) -> Self {
        Self { level, lanes: [ONE; LANES] }
    }
}

impl Reducer for Products {
    type Partial = Product;

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        multiply_into(self.level, block, &mut self.lanes);
    }

    fn take(&mut self) -> Product {
        fold_lanes(core::mem::replace(&mut self.lanes, [ONE; LANES]), times)
    }

    fn merge(left: Product, right: Product) -> Product {
        times(left, right)
    }
}

per_level! {
    fn multiply_into(block: Block<'_>, lanes: &mut [Product; LANES]) {
        for group in block.groups() {
            for lane in 0..LANES {
                lanes[lane] = times(lanes[lane], normalised(group[lane]));
            }
        }
        for (lane, x) in block.rest().enumerate() {
            lanes[lane] = times(lanes[lane], normalised(x));
        }
    }
}

#[inline(always)]
fn times(left: Product, right: Product) -> Product {
    // Of two significands in [1, 2): in [1, 4), rounded as any product is.
    let product = normalised(left.significand * right.significand);
    Product { significand: product.significand, exponent: left.exponent + right.exponent + product.exponent }
}

/// A number as significand and exponent; exact.
#[inline(always)]
fn normalised(v: f64) -> Product {
    const FIELD: u64 = 0x7ff << 52;
    // A subnormal number is made normal first.
    let is_small = v.abs() < f64::MIN_POSITIVE;
    let large = if is_small { v * power_of_two(54) } else { v };
    let bits = large.to_bits();
    let field = bits & FIELD;
    if field == 0 || field == FIELD {
        return Product { significand: v, exponent: 0 };
    }
    let significand = f64::from_bits((bits & !FIELD) | (1023 << 52));
    let exponent = (field >> 52).cast_signed() - 1023;
    Product { significand, exponent: if is_small { exponent - 54 } else { exponent } }
}

#[cfg(test)]
mod tests {
    use super::{Product, Products, normalised};
    use crate::level::Level;
    use crate::reduce::tests_support::{Random, reduced};

    fn product(values: &[f64]) -> Product {
        reduced(Products::new(Level::chosen()), values).unwrap_or_default()
    }

    #[test]
    fn a_number_is_its_significand_times_its_power() {
        for (v, significand, exponent) in [
            (1.0, 1.0, 0),
            (-6.0, -1.5, 2),
            (f64::MAX, 2.0_f64.next_down(), 1023),
            (f64::from_bits(1), 1.0, -1074),
            (f64::from_bits(3), 1.5, -1073),
            (f64::MIN_POSITIVE, 1.0, -1022),
            (0.0, 0.0, 0),
            (f64::INFINITY, f64::INFINITY, 0),
        ] {
            assert_eq!(normalised(v), Product { significand, exponent });
        }
        assert!(normalised(f64::NAN).significand.is_nan());
        assert!(normalised(-0.0).significand.is_sign_negative());
    }

    #[test]
    fn nothing_overflows_and_nothing_is_lost_on_the_way() {
        let values: Vec<f64> = (0..5_000).flat_map(|_| [f64::MAX, f64::from_bits(1)]).collect();
        let Product { significand, exponent } = product(&values);
        // (MAX * 2^−1074)^5000 = (2 − 2^−52)^5000 * 2^(−51 * 5000)
        assert_eq!(exponent, -51 * 5000 + 4999);
        assert!((significand - 2.0).abs() < 1e-9 && significand < 2.0);
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let mut random = Random::new(8);
        for len in [1, 16, 17, 4097, 20_000] {
            let values: Vec<f64> = (0..len).map(|_| random.spanning(-200, 200)).collect();
            for level in Level::available() {
                assert_eq!(reduced(Products::new(level), &values), reduced(Products::new(Level::chosen()), &values));
            }
        }
    }

    #[test]
    fn zero_infinity_and_nan_are_what_they_are_in_a_product() {
        assert_eq!(product(&[]), Product { significand: 1.0, exponent: 0 });
        assert_eq!(product(&[3.0, 0.0]).significand.to_bits(), 0.0_f64.to_bits());
        assert_eq!(product(&[3.0, -0.0]).significand.to_bits(), (-0.0_f64).to_bits());
        assert_eq!(product(&[f64::INFINITY, -2.0]).significand, f64::NEG_INFINITY);
        assert!(product(&[f64::INFINITY, 0.0]).significand.is_nan());
        assert!(product(&[f64::NAN, 0.0]).significand.is_nan());
    }
}
