//! `x ** y` as fdlibm computes it: V8 7.4 to 12 (Node 22 and older). Later ones call the platform's `pow`: `platform_power`.
//!
//! Both keep what JavaScript asks for and C does not: 1 ** NaN and (±1) ** ±Infinity are NaN.

use super::lane::{Binary, Lane};
use super::words::{
    SHIFTER, exponent, is_normal, negated_like, power_of_two, scaled, significand, whole_part, with_high_word,
    without_low_word,
};

/// `x ** y` by fdlibm: V8 7.4 to 12.
#[derive(Clone, Copy)]
pub(super) struct PowerFdlibm;

const L1: f64 = 0.5999999999999946;
const L2: f64 = 0.4285714285785502;
const L3: f64 = 0.33333332981837743;
const L4: f64 = 0.272728123808534;
const L5: f64 = 0.23066074577556175;
const L6: f64 = 0.20697501780033842;
const P1: f64 = 0.16666666666666602;
const P2: f64 = -0.0027777777777015593;
const P3: f64 = 6.613756321437934e-05;
const P4: f64 = -1.6533902205465252e-06;
const P5: f64 = 4.1381367970572385e-08;
const LN2: f64 = core::f64::consts::LN_2;
const LN2_HIGH: f64 = 0.6931471824645996;
const LN2_LOW: f64 = -1.904654299957768e-09;
/// 2/(3 ln 2), and the same in two parts.
const CP: f64 = 0.9617966939259756;
const CP_HIGH: f64 = 0.9617967009544373;
const CP_LOW: f64 = -7.028461650952758e-09;
const INVERSE_LN2: f64 = core::f64::consts::LOG2_E;
const INVERSE_LN2_HIGH: f64 = 1.4426950216293335;
const INVERSE_LN2_LOW: f64 = 1.9259629911266175e-08;
/// −(1024 − log2 of what overflows).
const OVERFLOW_TAIL: f64 = 8.008566259537294e-17;

/// log2 of a normal x > 0, in two parts; n is added to it.
#[inline(always)]
fn log2_in_parts(x: f64, n: f64) -> (f64, f64) {
    let m = significand(x);
    let one_and_a_half = m >= with_high_word(0x3ff3_988f) && m < with_high_word(0x3ffb_b67a);
    let halved = m >= with_high_word(0x3ffb_b67a);
    let n = n + exponent(x) + if halved { 1.0 } else { 0.0 };
    let m = if halved { m * 0.5 } else { m };
    let base = if one_and_a_half { 1.5 } else { 1.0 };
    let u = m - base;
    let v = 1.0 / (m + base);
    let ss = u * v;
    let s_high = without_low_word(ss);
    // m + base with 20 bits, by way of the bits of m.
    let step = if one_and_a_half { 0x000c_0000 } else { 0x0008_0000 };
    let t_high = f64::from_bits((((m.to_bits() >> 33) | 0x2000_0000) + step) << 32);
    let t_low = m - (t_high - base);
    let s_low = v * ((u - s_high * t_high) - s_high * t_low);
    let s2 = ss * ss;
    let r = s2 * s2 * (L1 + s2 * (L2 + s2 * (L3 + s2 * (L4 + s2 * (L5 + s2 * L6)))));
    let r = r + s_low * (s_high + ss);
    let s2 = s_high * s_high;
    let t_high = without_low_word(3.0 + s2 + r);
    let t_low = r - ((t_high - 3.0) - s2);
    let u = s_high * t_high;
    let v = s_low * t_high + t_low * ss;
    let p_high = without_low_word(u + v);
    let p_low = v - (p_high - u);
    let base_high = if one_and_a_half { 0.5849624872207642 } else { 0.0 };
    let base_low = if one_and_a_half { 1.350039202129749e-08 } else { 0.0 };
    let z_high = CP_HIGH * p_high;
    let z_low = CP_LOW * p_high + p_low * CP + base_low;
    let high = without_low_word(((z_high + z_low) + base_high) + n);
    let low = z_low - (((high - n) - base_high) - z_high);
    (high, low)
}

/// y times a logarithm in two parts, in two parts again; the second value is their sum.
#[inline(always)]
fn product_in_parts(y: f64, (log_high, log_low): (f64, f64)) -> (f64, f64, f64) {
    let y_high = without_low_word(y);
    let low = (y - y_high) * log_high + y * log_low;
    let high = y_high * log_high;
    (high, low, low + high)
}

/// 2^(high + low) as a number of about [0.7, 1.5] and the power of two to multiply it by; z is the sum.
#[inline(always)]
fn exp2_in_parts(high: f64, low: f64, z: f64) -> (f64, f64) {
    let magnitude = without_low_word(z.abs());
    let n = if magnitude > 0.5 { whole_part(magnitude + 0.5) } else { 0.0 };
    let n = negated_like(n, z);
    let high = high - n;
    let t = without_low_word(low + high);
    let u = t * LN2_HIGH;
    let v = (low - (t - high)) * LN2 + t * LN2_LOW;
    let z = u + v;
    let w = v - (z - u);
    let t = z * z;
    let t1 = z - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
    let r = (z * t1) / ((t1 - 2.0) - (w + z * w));
    (1.0 - (r - z), n)
}

/// |x|^y with the sign that x^y has, NaN where x is negative and y not whole; right for x that is not 0 and |y| < 2^51.
#[inline(always)]
pub(super) fn with_sign_of_power(value: f64, x: f64, y: f64) -> f64 {
    // The whole number next to |y| in the low bits: its last one becomes a sign.
    let shifted = y.abs() + SHIFTER;
    let odd = f64::from_bits(shifted.to_bits() << 63 & x.to_bits());
    let value = negated_like(value, odd);
    if x < 0.0 && shifted - SHIFTER != y.abs() { f64::NAN } else { value }
}

impl Binary for PowerFdlibm {
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let magnitude = x.abs();
        let (high, low, z) = product_in_parts(y, log2_in_parts(magnitude, 0.0));
        let (value, n) = exp2_in_parts(high, low, z);
        let value = scaled(value, n);
        let value = with_sign_of_power(value, x, y);
        // Exponents for which fdlibm has a form of its own; huge ones; results near the ends of the range.
        let special = y == 2.0 || y.abs() == 1.0 || y == 0.5 || y == 0.0;
        let in_range = y.abs() < 2_147_483_648.0 && z.abs() < 1020.0;
        Lane { value, covered: is_normal(magnitude) && in_range && !special }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        if y == 0.0 {
            return 1.0;
        }
        if x.is_nan() || y.is_nan() {
            return f64::NAN;
        }
        let magnitude = x.abs();
        if y.is_infinite() {
            if magnitude == 1.0 {
                return f64::NAN;
            }
            return if (magnitude > 1.0) == (y > 0.0) { f64::INFINITY } else { 0.0 };
        }
        if y == 1.0 {
            return x;
        }
        if y == -1.0 {
            return 1.0 / x;
        }
        if y == 2.0 {
            return x * x;
        }
        if y == 0.5 && !x.is_sign_negative() {
            return x.sqrt();
        }
        let negative = x.is_sign_negative();
        let whole = y == y.trunc();
        let odd = negative && y.abs() % 2.0 == 1.0;
        let sign = if odd { -1.0 } else { 1.0 };
        if magnitude == 0.0 || magnitude == 1.0 || magnitude.is_infinite() {
            if negative && !whole && magnitude == 1.0 {
                return f64::NAN;
            }
            return sign * if y < 0.0 { 1.0 / magnitude } else { magnitude };
        }
        if negative && !whole {
            return f64::NAN;
        }
        let parts = if y.abs() >= with_high_word(0x41e0_0001) {
            // |y| above 2^31: nothing but overflow and underflow unless x is close to 1, and then a short series will do.
            if magnitude < with_high_word(0x3fef_ffff) {
                return sign * if y < 0.0 { f64::INFINITY } else { 0.0 };
            }
            if magnitude >= with_high_word(0x3ff0_0001) {
                return sign * if y > 0.0 { f64::INFINITY } else { 0.0 };
            }
            if y.abs() >= with_high_word(0x43f0_0001) {
                return if (magnitude < 1.0) == (y < 0.0) { f64::INFINITY } else { 0.0 };
            }
            let t = magnitude - 1.0;
            let w = (t * t) * (0.5 - t * (0.3333333333333333 - t * 0.25));
            let u = INVERSE_LN2_HIGH * t;
            let v = t * INVERSE_LN2_LOW - w * INVERSE_LN2;
            let high = without_low_word(u + v);
            (high, v - (high - u))
        } else if magnitude < f64::MIN_POSITIVE {
            log2_in_parts(magnitude * 9_007_199_254_740_992.0, -53.0)
        } else {
            log2_in_parts(magnitude, 0.0)
        };
        let (high, low, z) = product_in_parts(y, parts);
        if z >= 1024.0 && (z > 1024.0 || low + OVERFLOW_TAIL > z - high) {
            return sign * f64::INFINITY;
        }
        if z <= -1075.0 && (z < -1075.0 || low <= z - high) {
            return sign * 0.0;
        }
        let (value, n) = exp2_in_parts(high, low, z);
        // In two steps, so that a subnormal result is rounded once, as scalbn does.
        let result = if n < -1021.0 {
            value * power_of_two(n + 54.0) * power_of_two(-54.0)
        } else if n > 1023.0 {
            value * 2.0 * power_of_two(n - 1.0)
        } else {
            value * power_of_two(n)
        };
        sign * result
    }
}
