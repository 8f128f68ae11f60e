//! asin, acos, atan and atan2 of fdlibm: rational functions on a few intervals, chosen between before the one division.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::lane::{Binary, Lane, Unary};
use super::words::{high_word_of_magnitude, negated_like, with_high_word, without_low_word};

/// Arc sine.
#[derive(Clone, Copy)]
pub(super) struct Asin;
/// Arc cosine.
#[derive(Clone, Copy)]
pub(super) struct Acos;
/// Arc tangent.
#[derive(Clone, Copy)]
pub(super) struct Atan;
/// Angle of the point (x, y): arguments are y, then x.
#[derive(Clone, Copy)]
pub(super) struct Atan2;

const HALF_PI_LOW: f64 = 6.123233995736766e-17;

const P: [f64; 6] = [
    0.16666666666666666,
    -0.3255658186224009,
    0.20121253213486293,
    -0.04005553450067941,
    0.0007915349942898145,
    3.479331075960212e-05,
];
const Q: [f64; 4] = [-2.403394911734414, 2.0209457602335057, -0.6882839716054533, 0.07703815055590194];

/// (asin √t − √t) / √t on [0, 1/4].
#[inline(always)]
fn asin_ratio(t: f64) -> f64 {
    let p = t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * (P[4] + t * P[5])))));
    let q = 1.0 + t * (Q[0] + t * (Q[1] + t * (Q[2] + t * Q[3])));
    p / q
}

impl Unary for Asin {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let near = magnitude < 0.5;
        let t = if near { magnitude * magnitude } else { (1.0 - magnitude) * 0.5 };
        let ratio = asin_ratio(t);
        let from_zero = magnitude + magnitude * ratio;
        let s = t.sqrt();
        let close_to_one = FRAC_PI_2 - (2.0 * (s + s * ratio) - HALF_PI_LOW);
        let w = without_low_word(s);
        let c = (t - w * w) / (s + w);
        let p = 2.0 * s * ratio - (HALF_PI_LOW - 2.0 * c);
        let q = FRAC_PI_4 - 2.0 * w;
        let between = FRAC_PI_4 - (p - q);
        let value = if magnitude < with_high_word(0x3fef_3333) { between } else { close_to_one };
        let value = if near { from_zero } else { value };
        let value = if magnitude == 1.0 { FRAC_PI_2 + HALF_PI_LOW } else { value };
        let value = if magnitude <= 1.0 { value } else { f64::NAN };
        Lane::always(negated_like(value, x))
    }

    fn scalar(x: f64) -> f64 {
        Self::lane(x).value
    }
}

impl Unary for Acos {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let near = magnitude < 0.5;
        let z = if near { x * x } else { (1.0 - magnitude) * 0.5 };
        let ratio = asin_ratio(z);
        let from_half_pi = FRAC_PI_2 - (x - (HALF_PI_LOW - x * ratio));
        let s = z.sqrt();
        let from_pi = PI - 2.0 * (s + (ratio * s - HALF_PI_LOW));
        let w = without_low_word(s);
        let c = (z - w * w) / (s + w);
        let from_zero = 2.0 * (w + (ratio * s + c));
        let value = if x < 0.0 { from_pi } else { from_zero };
        let value = if near { from_half_pi } else { value };
        let value = if x == 1.0 { 0.0 } else { value };
        let value = if x == -1.0 { PI + 2.0 * HALF_PI_LOW } else { value };
        Lane::always(if magnitude <= 1.0 { value } else { f64::NAN })
    }

    fn scalar(x: f64) -> f64 {
        Self::lane(x).value
    }
}

const A: [f64; 11] = [
    0.3333333333333293,
    -0.19999999999876483,
    0.14285714272503466,
    -0.11111110405462356,
    0.09090887133436507,
    -0.0769187620504483,
    0.06661073137387531,
    -0.058335701337905735,
    0.049768779946159324,
    -0.036531572744216916,
    0.016285820115365782,
];

/// Arc tangent of `x` ≥ 0 or NaN.
#[inline(always)]
fn atan_of_positive(x: f64) -> f64 {
    let to_half = x < with_high_word(0x3fdc_0000);
    let to_11_16 = x < with_high_word(0x3fe6_0000);
    let to_19_16 = x < with_high_word(0x3ff3_0000);
    let to_39_16 = x < with_high_word(0x4003_8000);
    // The tangent of the angle beyond atan ½, 1, 3/2 or π/2.
    let above = if to_39_16 { x - 1.5 } else { -1.0 };
    let above = if to_19_16 { x - 1.0 } else { above };
    let above = if to_11_16 { 2.0 * x - 1.0 } else { above };
    let below = if to_39_16 { 1.0 + 1.5 * x } else { x };
    let below = if to_19_16 { x + 1.0 } else { below };
    let below = if to_11_16 { 2.0 + x } else { below };
    let t = above / below;
    let t = if to_half { x } else { t };
    let z = t * t;
    let w = z * z;
    let odd = z * (A[0] + w * (A[2] + w * (A[4] + w * (A[6] + w * (A[8] + w * A[10])))));
    let even = w * (A[1] + w * (A[3] + w * (A[5] + w * (A[7] + w * A[9]))));
    let product = t * (odd + even);
    let high = if to_39_16 { 0.982793723247329 } else { FRAC_PI_2 };
    let high = if to_19_16 { FRAC_PI_4 } else { high };
    let high = if to_11_16 { 0.4636476090008061 } else { high };
    let low = if to_39_16 { 1.3903311031230998e-17 } else { HALF_PI_LOW };
    let low = if to_19_16 { 3.061616997868383e-17 } else { low };
    let low = if to_11_16 { 2.2698777452961687e-17 } else { low };
    if to_half { t - product } else { high - ((product - low) - t) }
}

impl Unary for Atan {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane::always(negated_like(atan_of_positive(x.abs()), x))
    }

    fn scalar(x: f64) -> f64 {
        Self::lane(x).value
    }
}

const PI_LOW: f64 = 1.2246467991473532e-16;

impl Binary for Atan2 {
    #[inline(always)]
    fn lane(y: f64, x: f64) -> Lane {
        let quotient = (y / x).abs();
        let z = atan_of_positive(quotient);
        let left = x.is_sign_negative();
        let value = if left { PI - (z - PI_LOW) } else { z };
        // Between 2^-59 and 2^59 neither the quotient nor an operand is special.
        let ordinary = quotient > with_high_word(0x3c40_0000) && quotient < with_high_word(0x43a0_0000);
        Lane { value: negated_like(value, y), covered: ordinary }
    }

    fn scalar(y: f64, x: f64) -> f64 {
        if x.is_nan() || y.is_nan() {
            return f64::NAN;
        }
        let left = x.is_sign_negative();
        if x == 1.0 {
            return Atan::scalar(y);
        }
        if y == 0.0 {
            return if left { negated_like(PI, y) } else { y };
        }
        if x == 0.0 {
            return negated_like(FRAC_PI_2, y);
        }
        if x.is_infinite() {
            let angle = match (left, y.is_infinite()) {
                (false, true) => FRAC_PI_4,
                (true, true) => 3.0 * FRAC_PI_4,
                (false, false) => 0.0,
                (true, false) => PI,
            };
            return negated_like(angle, y);
        }
        if y.is_infinite() {
            return negated_like(FRAC_PI_2, y);
        }
        let binades = binades_between(y, x);
        if binades > 60 {
            return negated_like(FRAC_PI_2 + 0.5 * PI_LOW, y);
        }
        let z = if left && binades < -60 { 0.0 } else { Atan::scalar((y / x).abs()) };
        negated_like(if left { PI - (z - PI_LOW) } else { z }, y)
    }
}

/// How many powers of two |y| is above |x|, by the high words: the significands count as fractions of a power.
#[expect(clippy::cast_possible_wrap, reason = "the high word of a magnitude has 31 bits")]
fn binades_between(y: f64, x: f64) -> i32 {
    (high_word_of_magnitude(y) as i32 - high_word_of_magnitude(x) as i32) >> 20
}
