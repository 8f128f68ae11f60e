//! exp and expm1 of fdlibm: x = k ln 2 + r, a rational function of r, times 2^k.

use super::lane::{Lane, Unary};
use super::words::{high_word_of_magnitude, negated_like, power_of_two, scaled, whole_part, with_high_word};

/// e^x.
#[derive(Clone, Copy)]
pub(super) struct Exp;
/// e^x − 1.
#[derive(Clone, Copy)]
pub(super) struct Expm1;

const OVERFLOW: f64 = 709.782712893384;
const UNDERFLOW: f64 = -745.1332191019411;
pub(super) const LN2_HIGH: f64 = 0.6931471803691238;
pub(super) const LN2_LOW: f64 = 1.9082149292705877e-10;
/// ln 2 in two parts for fused operations; the first has 42 bits, so that its products with exponents are exact.
pub(super) const LN2_42_BITS: f64 = 0.6931471805598903;
pub(super) const LN2_REST: f64 = 5.497923018708371e-14;
const INVERSE_LN2: f64 = core::f64::consts::LOG2_E;
/// About ln 2 / 2: below, k is 0.
const HALF_LN2: f64 = with_high_word(0x3fd6_2e43);

/// The multiple of ln 2 that is taken away from `x`.
#[inline(always)]
fn multiple_of_ln2(x: f64) -> f64 {
    let magnitude = x.abs();
    // fdlibm takes 1 up to 3 ln 2 / 2 without asking: from ln 2 / 2 on this gives the same.
    let multiple = whole_part(INVERSE_LN2 * magnitude + 0.5);
    negated_like(if magnitude < HALF_LN2 { 0.0 } else { multiple }, x)
}

const P1: f64 = 0.16666666666666602;
const P2: f64 = -0.0027777777777015593;
const P3: f64 = 6.613756321437934e-05;
const P4: f64 = -1.6533902205465252e-06;
const P5: f64 = 4.1381367970572385e-08;

/// e^(high − low), for a difference of at most about ln 2 / 2.
#[inline(always)]
fn exp_of_remainder(high: f64, low: f64) -> f64 {
    let r = high - low;
    let t = r * r;
    let c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
    1.0 - ((low - (r * c) / (2.0 - c)) - high)
}

/// e^x where it is a normal number, but for x = 1.
#[inline(always)]
fn exp_in_range(x: f64) -> f64 {
    let k = multiple_of_ln2(x);
    let y = exp_of_remainder(x - k * LN2_HIGH, k * LN2_LOW);
    let value = scaled(y, k);
    // 1 + x², below half a unit of 1 + x, would break a tie there.
    if x.abs() < with_high_word(0x3e30_0000) { 1.0 + x } else { value }
}

/// e^x; the second value is false where 2^k is not a factor that can be added to the exponent.
#[inline(always)]
pub(super) fn exp_lane(x: f64) -> Lane {
    // V8 gives e for 1, where the algorithm would be one unit off.
    let value = if x == 1.0 { core::f64::consts::E } else { exp_in_range(x) };
    let value = if x > OVERFLOW { f64::INFINITY } else { value };
    let value = if x < UNDERFLOW { 0.0 } else { value };
    let value = if x.is_nan() { x } else { value };
    // The exponents on both ends, up to where nothing is left.
    let at_an_end = x.abs() > 707.0 && (UNDERFLOW..=OVERFLOW).contains(&x);
    Lane { value, covered: !at_an_end }
}

impl Unary for Exp {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane { value: exp_in_range(x), covered: (x.abs() <= 707.0) & (x != 1.0) }
    }

    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        exp_lane(x)
    }

    fn scalar(x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        if x > OVERFLOW {
            return f64::INFINITY;
        }
        if x < UNDERFLOW {
            return 0.0;
        }
        if x == 1.0 {
            return core::f64::consts::E;
        }
        if x.abs() < with_high_word(0x3e30_0000) {
            return 1.0 + x;
        }
        let k = multiple_of_ln2(x);
        let y = exp_of_remainder(x - k * LN2_HIGH, k * LN2_LOW);
        if k < -1021.0 {
            return y * power_of_two(k + 1000.0) * power_of_two(-1000.0);
        }
        if k == 1024.0 { y * 2.0 * power_of_two(1023.0) } else { y * power_of_two(k) }
    }
}

const Q1: f64 = -0.03333333333333313;
const Q2: f64 = 0.0015873015872548146;
const Q3: f64 = -7.93650757867488e-05;
const Q4: f64 = 4.008217827329362e-06;
const Q5: f64 = -2.0109921818362437e-07;

/// The first multiple of ln 2 from which e^x and e^x − 1 are told apart no more, for negative x.
const MINUS_ONE_FROM: f64 = with_high_word(0x4043_687a);

/// Reduced argument r and the term E of expm1 r = r − E.
#[inline(always)]
fn expm1_of_remainder(x: f64, k: f64) -> (f64, f64) {
    let high = x - k * LN2_HIGH;
    let low = k * LN2_LOW;
    let r = high - low;
    let c = (high - r) - low;
    let half = 0.5 * r;
    let h = r * half;
    let r1 = 1.0 + h * (Q1 + h * (Q2 + h * (Q3 + h * (Q4 + h * Q5))));
    let t = 3.0 - r1 * half;
    let e = h * ((r1 - t) / (6.0 - r * t));
    // With k = 0 the correction c is 0, and this is r·e − h.
    (r, (r * (e - c) - c) - h)
}

/// expm1 for x that is not NaN and below 709.
#[inline(always)]
pub(super) fn expm1_lane(x: f64) -> Lane {
    let k = multiple_of_ln2(x);
    let (r, e) = expm1_of_remainder(x, k);
    let none = r - e;
    let minus_one = 0.5 * none - 0.5;
    let one = if r < -0.25 { -2.0 * (e - (r + 0.5)) } else { 1.0 + 2.0 * none };
    let exponential = scaled(1.0 - (e - r), k) - 1.0;
    // 2^-k: only looked at for 1 < k ≤ 56.
    let inverse = power_of_two(-k);
    let few = scaled((1.0 - inverse) - (e - r), k);
    let many = scaled((r - (e + inverse)) + 1.0, k);
    let value = if k < 20.0 { few } else { many };
    let value = if k <= -2.0 || k > 56.0 { exponential } else { value };
    let value = if k == 1.0 { one } else { value };
    let value = if k == -1.0 { minus_one } else { value };
    let value = if k == 0.0 { none } else { value };
    let value = if x <= -MINUS_ONE_FROM { -1.0 } else { value };
    let value = if x > OVERFLOW { f64::INFINITY } else { value };
    // Keeps −0; what is smaller is its own result in any case.
    let value = if x.abs() < with_high_word(0x3c90_0000) || x.is_nan() { x } else { value };
    Lane { value, covered: !(709.0..=OVERFLOW).contains(&x) }
}

impl Unary for Expm1 {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        expm1_lane(x)
    }

    fn scalar(x: f64) -> f64 {
        if x.is_nan() || high_word_of_magnitude(x) < 0x3c90_0000 {
            return x;
        }
        if x > OVERFLOW {
            return f64::INFINITY;
        }
        if x <= -MINUS_ONE_FROM {
            return -1.0;
        }
        let k = multiple_of_ln2(x);
        let (r, e) = expm1_of_remainder(x, k);
        if k == 0.0 {
            return r - e;
        }
        if k == -1.0 {
            return 0.5 * (r - e) - 0.5;
        }
        if k == 1.0 {
            return if r < -0.25 { -2.0 * (e - (r + 0.5)) } else { 1.0 + 2.0 * (r - e) };
        }
        if k <= -2.0 || k > 56.0 {
            let y = 1.0 - (e - r);
            let y = if k == 1024.0 { y * 2.0 * power_of_two(1023.0) } else { y * power_of_two(k) };
            return y - 1.0;
        }
        if k < 20.0 {
            return ((1.0 - power_of_two(-k)) - (e - r)) * power_of_two(k);
        }
        ((r - (e + power_of_two(-k))) + 1.0) * power_of_two(k)
    }
}
