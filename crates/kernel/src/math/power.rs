//! `x ** y`, in the two forms that V8 has had: fdlibm's up to Node 22, the platform's `pow` since Node 24.
//!
//! Both keep what JavaScript asks for and C does not: 1 ** NaN and (±1) ** ±Infinity are NaN.

use super::lane::{Binary, Lane};
use super::logarithmic::{LEAST, split};
use super::words::{
    SHIFTER, exponent, is_normal, negated_like, power_of_two, scaled, significand, whole_part, with_high_word,
    without_low_word,
};

/// `x ** y` by the platform's `pow`: V8 13 and later.
#[derive(Clone, Copy)]
pub(super) struct Power;
/// `x ** y` by fdlibm: V8 7.4 to 12.
#[derive(Clone, Copy)]
pub(super) struct PowerFdlibm;

impl Binary for Power {
    const NEEDS_FMA: bool = true;

    /// x^y as a sum of two doubles, more exact than the platform's function by some eight bits. Where everything within the errors
    /// of both rounds to one number, that is what the platform gives too; one lane in twenty is left to it.
    ///
    /// The platform's error is taken from the pow of Arm's optimized routines, which glibc since 2.28 and musl since 1.2 use: it
    /// states 0.511 ulp for exp and a relative error of 1.5 * 2^-68 for log.
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let power = power_in_two(x, y);
        let relative = power.exponent.abs().mul_add(1.5e-4 * ULP, 0.0115 * ULP);
        let doubt = power.high.mul_add(relative, 0.005 * ULP);
        let value = power.rounded(power.low + doubt);
        let is_certain = power.high + (power.low + doubt) == power.high + (power.low - doubt);
        Lane { value, covered: is_certain && power.in_range }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        if y == 2.0 {
            return x * x;
        }
        if y == 0.5 {
            // V8's own form; of −0 it is 0, which C has too, and of −∞ it is ∞.
            return if x == f64::NEG_INFINITY { f64::INFINITY } else { (x + 0.0).sqrt() };
        }
        if y.is_nan() || (y.is_infinite() && x.abs() == 1.0) {
            return f64::NAN;
        }
        x.powf(y)
    }
}

/// x^y as (high + low) * 2^n, but for its sign.
pub(super) struct PowerInTwo {
    x: f64,
    y: f64,
    /// y log |x|.
    exponent: f64,
    high: f64,
    pub(super) low: f64,
    n: f64,
    /// Whether the parts are right.
    pub(super) in_range: bool,
}

/// x^y to some 60 bits.
#[inline(always)]
pub(super) fn power_in_two(x: f64, y: f64) -> PowerInTwo {
    let magnitude = x.abs();
    let (log_high, log_low) = log_in_two(magnitude);
    let exponent = y * log_high;
    let (high, low, n) = exp_in_two(exponent, y.mul_add(log_low, y.mul_add(log_high, -exponent)));
    let in_range = is_normal(magnitude) && y.abs() < 2_251_799_813_685_248.0 && n.abs() < 1020.0;
    PowerInTwo { x, y, exponent, high, low, n, in_range }
}

impl PowerInTwo {
    /// The result, with this for its low part.
    #[inline(always)]
    pub(super) fn rounded(&self, low: f64) -> f64 {
        with_sign_of_power(scaled(self.high + low, self.n), self.x, self.y)
    }
}

/// A unit in the last place of a number of [1, 2).
const ULP: f64 = f64::EPSILON;
/// ln 2 in two parts; the first has 42 bits, so that its products with exponents are exact.
const LN2_42_BITS: f64 = 0.6931471805598903;
const LN2_REST: f64 = 5.497923018708371e-14;

/// The natural logarithm of a normal x > 0 to 65 bits, as a sum of two doubles: with s = 2f/(2 + f),
/// log (1 + f) = s + s (s²/12 + s⁴/80 + …), where s⁴ has a polynomial of s² for its factor, fitted to 2^-66 of the whole. Only s, s²/12
/// and the sums need two doubles.
#[inline(always)]
fn log_in_two(x: f64) -> (f64, f64) {
    let (f, k) = split(x, LEAST);
    let denominator = 2.0 + f;
    let lost = f - (denominator - 2.0);
    let inverse = 1.0 / denominator;
    let s = 2.0 * f * inverse;
    let s_low = ((-s).mul_add(denominator, 2.0 * f) - s * lost) * inverse;
    let z = s * s;
    let z_low = s.mul_add(s, -z) + 2.0 * s * s_low;
    let [q0, q1, q2, q3, q4, q5, q6, q7] = LOG_TAIL;
    let q = q7.mul_add(z, q6).mul_add(z, q5).mul_add(z, q4).mul_add(z, q3).mul_add(z, q2).mul_add(z, q1).mul_add(z, q0);
    let fourth = z * z;
    let fourth_low = z.mul_add(z, -fourth);
    let third = z * TWELFTH;
    let third_low = z.mul_add(TWELFTH, -third);
    let p = fourth.mul_add(q, third);
    let p_low = fourth.mul_add(q, third - p)
        + (z_low.mul_add(z.mul_add(2.0 * q0, TWELFTH), third_low) + z.mul_add(TWELFTH_REST, fourth_low * q0));
    let u = s * p;
    let u_low = s.mul_add(p, -u) + s.mul_add(p_low, s_low * p);
    // k ln 2 is 0 or larger than log (1 + f).
    let multiple = k * LN2_42_BITS;
    let first = multiple + s;
    let sum = first + u;
    (sum, ((multiple - first) + s) + ((first - sum) + u) + k.mul_add(LN2_REST, s_low + u_low))
}

const TWELFTH: f64 = 1.0 / 12.0;
const TWELFTH_REST: f64 = 4.625929269271485e-18;
const LOG_TAIL: [f64; 8] = [
    0.0125,
    0.00223214285714292,
    0.0004340277777666364,
    8.87784098453232e-05,
    1.8780023026458615e-05,
    4.06946108648456e-06,
    8.931039408054453e-07,
    2.2363066410612862e-07,
];

/// e^(high + low) = (first + second) * 2^n, to some 60 bits; the first of the result is about [0.7, 1.5], and the second up to some
/// hundred units of it.
#[inline(always)]
fn exp_in_two(high: f64, low: f64) -> (f64, f64, f64) {
    let n = high.mul_add(INVERSE_LN2, SHIFTER) - SHIFTER;
    let rest = (-n).mul_add(LN2_42_BITS, high);
    let r = (-n).mul_add(LN2_REST, rest);
    let r_low = (-n).mul_add(LN2_REST, rest - r) + low;
    // q = 1/3! + r/4! + …
    let [q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10] = EXP_TAIL;
    let q = q10.mul_add(r, q9).mul_add(r, q8).mul_add(r, q7).mul_add(r, q6).mul_add(r, q5);
    let q = q.mul_add(r, q4).mul_add(r, q3).mul_add(r, q2).mul_add(r, q1).mul_add(r, q0);
    // 1 + r (1 + r (1/2 + q r)), each step with what it loses.
    let p = q.mul_add(r, 0.5);
    let p_low = q.mul_add(r, 0.5 - p);
    let g = r * p;
    let g_low = r.mul_add(p_low, r.mul_add(p, -g));
    let b = r.mul_add(g, r);
    let b_low = r.mul_add(g_low, r.mul_add(g, r - b));
    let c = 1.0 + b;
    // The low part of r is up to some hundred units of it: its factor is e^r, not 1.
    (c, r_low.mul_add(c, ((1.0 - c) + b) + b_low), n)
}

/// 1/3!, 1/4!, … 1/13!, the last ones fitted to what follows.
const EXP_TAIL: [f64; 11] = [
    0.16666666666666666,
    0.04166666666666667,
    0.008333333333333333,
    0.0013888888888883737,
    0.00019841269841266407,
    2.480158732558584e-05,
    2.755731923998249e-06,
    2.7557273594799387e-07,
    2.5052077970130472e-08,
    2.0914707069623054e-09,
    1.6084341281582732e-10,
];

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
fn with_sign_of_power(value: f64, x: f64, y: f64) -> f64 {
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
