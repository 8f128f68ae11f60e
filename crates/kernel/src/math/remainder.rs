//! JavaScript's `%`: the exact remainder of a division rounded toward zero, with the sign of the dividend.

use super::lane::{Binary, Lane};
use super::words::{negated_like, whole_part};

/// `x % y`.
#[derive(Clone, Copy)]
pub(super) struct Remainder;

/// Magnitudes for which the products below neither overflow nor lose bits.
const SMALLEST: f64 = f64::from_bits(0x0600_0000_0000_0000);
const LARGEST: f64 = f64::from_bits(0x7e00_0000_0000_0000);
/// Quotients below have their whole part in a double, with room for [`whole_part`].
const LARGEST_QUOTIENT: f64 = 2_251_799_813_685_248.0;

/// x·y as a sum of two doubles: Dekker's product, exact between [`SMALLEST`] and [`LARGEST`], and without a fused operation,
/// which the lowest level of x86 does not have.
#[inline(always)]
fn exact_product(x: f64, y: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let product = x * y;
    let x_high = SPLITTER * x - (SPLITTER * x - x);
    let x_low = x - x_high;
    let y_high = SPLITTER * y - (SPLITTER * y - y);
    let y_low = y - y_high;
    let error = x_low * y_low - (((product - x_high * y_high) - x_low * y_high) - x_high * y_low);
    (product, error)
}

impl Binary for Remainder {
    /// The quotient rounds to the right whole number or to the one above. The difference of dividend and product is a
    /// multiple of the divisor's last bit and not larger than the divisor, so it is a double: both subtractions are exact.
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let (dividend, divisor) = (x.abs(), y.abs());
        let quotient = dividend / divisor;
        let (product, error) = exact_product(whole_part(quotient), divisor);
        let difference = (dividend - product) - error;
        let value = if difference < 0.0 { difference + divisor } else { difference };
        let below = dividend < divisor;
        let value = if below { dividend } else { value };
        let in_range = divisor > SMALLEST && dividend < LARGEST && quotient < LARGEST_QUOTIENT;
        Lane { value: negated_like(value, x), covered: below || in_range }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        x % y
    }
}
