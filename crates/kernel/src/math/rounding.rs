//! Functions that round, choose or look at bits: exact on every platform.

use super::lane::{Binary, Lane, Unary};
use super::words::{SHIFTER, exponent, negated_like, whole_part};
use crate::store::to_uint32;

/// A function of one number whose lane form covers every argument, and so is the scalar form.
macro_rules! exact {
    ($($(#[$meta:meta])* $name:ident($x:ident) = $value:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;

        impl Unary for $name {
            const COVERS_ALL: bool = true;

            #[inline(always)]
            fn lane($x: f64) -> Lane {
                Lane::always($value)
            }

            fn scalar($x: f64) -> f64 {
                Self::lane($x).value
            }
        }
    )+};
}

exact! {
    /// Magnitude.
    Abs(x) = x.abs();
    /// The number with its sign turned around.
    Negate(x) = -x;
    /// One divided by it.
    Reciprocal(x) = 1.0 / x;
    /// The next whole number above.
    Ceil(x) = x.ceil();
    /// The next whole number below.
    Floor(x) = x.floor();
    /// The whole part.
    Trunc(x) = x.trunc();
    /// The nearest whole number, halves upwards; −0 for −0.5 ≤ x < 0. Adding ½ and rounding down would round twice.
    Round(x) = {
        let above = x.ceil();
        if above - 0.5 > x { above - 1.0 } else { above }
    };
    /// −1, 1, or x itself where that is a zero or NaN.
    Sign(x) = {
        let sign = if x < 0.0 { -1.0 } else { x };
        if x > 0.0 { 1.0 } else { sign }
    };
    /// The nearest binary32 number.
    Fround(x) = f64::from(to_f32(x));
    /// The nearest binary16 number, ties to even, rounded once.
    F16round(x) = {
        // Adding 2^42 times its own power leaves ten bits of the significand; below 2^-14 the quantum stays 2^-24.
        let magnitude = x.abs();
        let power = f64::from_bits(magnitude.to_bits() & 0x7ff0_0000_0000_0000);
        let power = if power < 2f64.powi(-14) { 2f64.powi(-14) } else { power };
        let shifter = power * 4_398_046_511_104.0;
        let value = (magnitude + shifter) - shifter;
        let value = if magnitude >= 65_520.0 { f64::INFINITY } else { value };
        negated_like(if x.is_nan() { x } else { value }, x)
    };
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is what is asked for")]
fn to_f32(x: f64) -> f32 {
    x as f32
}

/// Leading zeros of the number as an unsigned integer of 32 bits.
#[derive(Clone, Copy)]
pub(super) struct Clz32;

/// 2^52, in whose neighbourhood the low bits of a double are a whole number.
const TWO_52: u64 = 0x4330_0000_0000_0000;

/// The number modulo 2^32 in the low half; right for |x| < 2^51.
#[inline(always)]
fn low_bits(x: f64) -> u64 {
    (negated_like(whole_part(x.abs()), x) + SHIFTER).to_bits() & 0xffff_ffff
}

#[inline(always)]
fn has_low_bits(x: f64) -> bool {
    x.abs() < 2_251_799_813_685_248.0
}

impl Unary for Clz32 {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let value = f64::from_bits(low_bits(x) | TWO_52) - f64::from_bits(TWO_52);
        let zeros = if value == 0.0 { 32.0 } else { 31.0 - exponent(value) };
        Lane { value: zeros, covered: has_low_bits(x) }
    }

    fn scalar(x: f64) -> f64 {
        f64::from(to_uint32(x).leading_zeros())
    }
}

/// The product of two numbers as signed integers of 32 bits.
#[derive(Clone, Copy)]
pub(super) struct Imul;

impl Binary for Imul {
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let product = (low_bits(x) * low_bits(y)) & 0xffff_ffff;
        // Flipping the sign bit adds 2^31, which is then taken away again.
        let value = f64::from_bits((product ^ 0x8000_0000) | TWO_52) - (f64::from_bits(TWO_52) + 2_147_483_648.0);
        Lane { value, covered: has_low_bits(x) && has_low_bits(y) }
    }

    #[expect(clippy::cast_possible_wrap, reason = "the product is taken as a signed integer")]
    fn scalar(x: f64, y: f64) -> f64 {
        f64::from(to_uint32(x).wrapping_mul(to_uint32(y)) as i32)
    }
}

/// The larger; NaN if one is, and 0 above −0.
#[derive(Clone, Copy)]
pub(super) struct Maximum;
/// The smaller; NaN if one is, and −0 below 0.
#[derive(Clone, Copy)]
pub(super) struct Minimum;

/// `Math.max(x, y)`.
#[inline(always)]
pub(crate) fn maximum(x: f64, y: f64) -> f64 {
    // Equal numbers have equal bits, or are zeros.
    let equal = f64::from_bits(x.to_bits() & y.to_bits());
    let value = if x > y { x } else { equal };
    let value = if x < y { y } else { value };
    if x.is_nan() || y.is_nan() { f64::NAN } else { value }
}

/// `Math.min(x, y)`.
#[inline(always)]
pub(crate) fn minimum(x: f64, y: f64) -> f64 {
    let equal = f64::from_bits(x.to_bits() | y.to_bits());
    let value = if x < y { x } else { equal };
    let value = if x > y { y } else { value };
    if x.is_nan() || y.is_nan() { f64::NAN } else { value }
}

impl Binary for Maximum {
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        Lane::always(maximum(x, y))
    }

    fn scalar(x: f64, y: f64) -> f64 {
        maximum(x, y)
    }
}

impl Binary for Minimum {
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        Lane::always(minimum(x, y))
    }

    fn scalar(x: f64, y: f64) -> f64 {
        minimum(x, y)
    }
}
