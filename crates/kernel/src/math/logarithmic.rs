//! log, log1p, log2 and log10 of fdlibm (the last two as FreeBSD has them): x = 2^k (1 + f), a polynomial in f/(2 + f).

pub(super) use super::exponential::{LN2_HIGH, LN2_LOW};
use super::lane::{Lane, Unary};
use super::words::{SIGNIFICAND, exponent, is_normal, significand, with_high_word, without_low_word};

/// Natural logarithm.
#[derive(Clone, Copy)]
pub(super) struct Log;
/// log (1 + x).
#[derive(Clone, Copy)]
pub(super) struct Log1p;
/// Logarithm to the base 2.
#[derive(Clone, Copy)]
pub(super) struct Log2;
/// Logarithm to the base 10.
#[derive(Clone, Copy)]
pub(super) struct Log10;

const TWO_54: f64 = 18_014_398_509_481_984.0;

const L1: f64 = 0.6666666666666735;
const L2: f64 = 0.3999999999940942;
const L3: f64 = 0.2857142874366239;
const L4: f64 = 0.22222198432149784;
const L5: f64 = 0.1818357216161805;
const L6: f64 = 0.15313837699209373;
const L7: f64 = 0.14798198605116586;

/// The rational part R of the logarithm of 1 + f, even and odd terms apart; `s` is f/(2 + f).
#[inline(always)]
fn polynomial(s: f64) -> f64 {
    let z = s * s;
    let w = z * z;
    let t1 = w * (L2 + w * (L4 + w * L6));
    let t2 = z * (L1 + w * (L3 + w * (L5 + w * L7)));
    t2 + t1
}

/// [`polynomial`] of z = s², with fused operations.
#[inline(always)]
pub(super) fn fused_polynomial(z: f64) -> f64 {
    z * L7.mul_add(z, L6).mul_add(z, L5).mul_add(z, L4).mul_add(z, L3).mul_add(z, L2).mul_add(z, L1)
}

/// z and k of a normal, finite x = 2^k z, where z is from the number with the bits `least` to twice it. The third value is what its low 52
/// bits say: how far the bits of z are from `least`.
#[inline(always)]
pub(super) fn parts(x: f64, least: u64) -> (f64, f64, u64) {
    const ONE: u64 = 1.0_f64.to_bits();
    // Moves numbers whose significand is to be halved across the next power of two.
    let moved = x.to_bits().wrapping_add(ONE - least);
    (f64::from_bits((moved & SIGNIFICAND) + least), exponent(f64::from_bits(moved)), moved)
}

/// f and k of a normal, finite x = 2^k (1 + f), where 1 + f is from the number with the high word `least`, about √½, to twice it.
#[inline(always)]
pub(super) fn split(x: f64, least: u32) -> (f64, f64) {
    let (z, k, _) = parts(x, u64::from(least) << 32);
    (z - 1.0, k)
}

/// Where 1 + f begins for log, log2 and log10.
pub(super) const LEAST: u32 = 0x3fe6_a09c;

/// For f below 2^-20 in magnitude, told by the upper bits of the significand, fdlibm's log has a short form.
#[inline(always)]
fn is_near_one(f: f64) -> bool {
    (-TWO_TO_MINUS_20..TWO_TO_MINUS_20).contains(&f)
}

const TWO_TO_MINUS_20: f64 = 1.0 / 1_048_576.0;

/// The logarithm of 2^k (1 + f) where the short form is not asked for.
#[inline(always)]
fn log_of_parts(f: f64, k: f64) -> f64 {
    const MIDDLE_FROM: f64 = with_high_word(0x3ff6_147a) - 1.0;
    const MIDDLE_TO: f64 = with_high_word(0x3fe6_b852) - 1.0;
    let low = k * LN2_LOW;
    let square = 0.5 * (f * f);
    let s = f / (2.0 + f);
    let r = polynomial(s);
    let middle = !(MIDDLE_TO..MIDDLE_FROM).contains(&f);
    let inner = if middle { square - (s * (square + r) + low) } else { s * (f - r) - low };
    k * LN2_HIGH - (inner - f)
}

/// The logarithm of a normal, finite x > 0 that was multiplied by 2^-k before.
#[inline(always)]
pub(super) fn log_of_normal(x: f64, k: f64) -> f64 {
    let (f, own) = split(x, LEAST);
    let k = k + own;
    let short = f * f * (0.5 - 0.3333333333333333 * f);
    let near_one = k * LN2_HIGH - ((short - k * LN2_LOW) - f);
    if is_near_one(f) { near_one } else { log_of_parts(f, k) }
}

/// The logarithm's value where x is not a normal number above 0, or x as a normal number times 2^k, with k.
#[inline(always)]
fn normalised(x: f64) -> Result<(f64, f64), f64> {
    if is_normal(x) {
        Ok((x, 0.0))
    } else if x == 0.0 {
        Err(f64::NEG_INFINITY)
    } else if x > 0.0 && x < f64::INFINITY {
        Ok((x * TWO_54, -54.0))
    } else {
        Err(if x > 0.0 { x } else { f64::NAN })
    }
}

impl Unary for Log {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let (f, k) = split(x, LEAST);
        Lane { value: log_of_parts(f, k), covered: is_normal(x) & !is_near_one(f) }
    }

    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        Lane { value: log_of_normal(x, 0.0), covered: is_normal(x) }
    }

    fn scalar(x: f64) -> f64 {
        normalised(x).map_or_else(|special| special, |(x, k)| log_of_normal(x, k))
    }
}

impl Unary for Log2 {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane { value: log2_of_normal(x, 0.0), covered: is_normal(x) }
    }

    fn scalar(x: f64) -> f64 {
        normalised(x).map_or_else(|special| special, |(x, k)| log2_of_normal(x, k))
    }
}

/// As [`log_of_normal`], to the base 2: f − f²/2 is kept in two parts, and so is the sum with k.
#[inline(always)]
fn log2_of_normal(x: f64, k: f64) -> f64 {
    const INVERSE_LN2_HIGH: f64 = 1.4426950407214463;
    const INVERSE_LN2_LOW: f64 = 1.6751713164886512e-10;
    let (f, own) = split(x, LEAST);
    let k = k + own;
    let square = 0.5 * (f * f);
    let s = f / (2.0 + f);
    let r = s * (square + polynomial(s));
    let high = without_low_word(f - square);
    let low = (f - high) - square + r;
    let value_high = high * INVERSE_LN2_HIGH;
    let value_low = (low + high) * INVERSE_LN2_LOW + low * INVERSE_LN2_HIGH;
    let sum = k + value_high;
    (value_low + ((k - sum) + value_high)) + sum
}

impl Unary for Log10 {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane { value: log10_of_normal(x, 0.0), covered: is_normal(x) }
    }

    fn scalar(x: f64) -> f64 {
        normalised(x).map_or_else(|special| special, |(x, k)| log10_of_normal(x, k))
    }
}

/// As [`log_of_normal`], to the base 10: by way of the natural logarithm of a number of [0.5, 2).
#[inline(always)]
fn log10_of_normal(x: f64, k: f64) -> f64 {
    const INVERSE_LN10: f64 = core::f64::consts::LOG10_E;
    const LOG10_2_HIGH: f64 = 0.30102999566361177;
    const LOG10_2_LOW: f64 = 3.694239077158931e-13;
    let k = k + exponent(x);
    let m = significand(x);
    let (m, k) = if k < 0.0 { (m * 0.5, k + 1.0) } else { (m, k) };
    let z = k * LOG10_2_LOW + INVERSE_LN10 * log_of_normal(m, 0.0);
    z + k * LOG10_2_HIGH
}

/// 1 + x may be normalised without a correction between about √½ and √2.
#[inline(always)]
fn is_its_own_fraction(x: f64) -> bool {
    let limit = if x.is_sign_negative() { with_high_word(0x3fd2_bec5) } else { with_high_word(0x3fda_827a) };
    x.abs() < limit
}

/// log (1 + x), for −1 < x < ∞.
#[inline(always)]
pub(super) fn log1p_of_finite(x: f64) -> f64 {
    let own = is_its_own_fraction(x);
    let huge = x >= with_high_word(0x4340_0000);
    let u = if huge { x } else { 1.0 + x };
    // What 1 + x lost in rounding.
    let lost = if u >= 2.0 { 1.0 - (u - x) } else { x - (u - 1.0) };
    let lost = if huge { 0.0 } else { lost };
    let correction = if own { 0.0 } else { lost / u };
    let (f, k) = split(u, 0x3fe6_a09e);
    let near_one = !own && (-1.5 * TWO_TO_MINUS_20..TWO_TO_MINUS_20).contains(&f);
    let (f, k) = if own { (x, 0.0) } else { (f, k) };
    let low = k * LN2_LOW + correction;
    let square = 0.5 * (f * f);
    let short = square * (1.0 - 0.6666666666666666 * f);
    let s = f / (2.0 + f);
    let z = s * s;
    let r = z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7))))));
    let inner = square - (s * (square + r) + low);
    let inner = if near_one { short - low } else { inner };
    let value = k * LN2_HIGH - (inner - f);
    let tiny = x.abs() < with_high_word(0x3e20_0000);
    if tiny { x - x * x * 0.5 } else { value }
}

impl Unary for Log1p {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane { value: log1p_of_finite(x), covered: x > -1.0 && x < f64::INFINITY }
    }

    fn scalar(x: f64) -> f64 {
        if x == -1.0 {
            return f64::NEG_INFINITY;
        }
        if x > -1.0 && x < f64::INFINITY {
            return log1p_of_finite(x);
        }
        if x > 0.0 { x } else { f64::NAN }
    }
}
