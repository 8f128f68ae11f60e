//! sin, cos and tan: fdlibm's kernels on [−π/4, π/4] over the reduction of the argument.
//!
//! The lane forms compute on |x|, evaluate the kernels of both parities and choose; their first half is the reduction.

use super::lane::{Lane, Unary};
use super::reduction::{NO_REDUCTION_BELOW, ReducedLane, reduced, reduced_lane};
use super::words::{negated_like, with_high_word, without_low_word};

/// Sine.
#[derive(Clone, Copy)]
pub(super) struct Sin;
/// Cosine.
#[derive(Clone, Copy)]
pub(super) struct Cos;
/// Tangent.
#[derive(Clone, Copy)]
pub(super) struct Tan;

/// A function of an angle: what its lane forms do with the reduced angle, and its scalar form.
trait OfAngle: Copy {
    fn of_angle(x: f64, y: ReducedLane) -> Lane;

    fn of_number(x: f64) -> f64;
}

impl<F: OfAngle> Unary for F {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Self::finish(x, Self::begin(x))
    }

    const HAS_HALVES: bool = true;

    #[inline(always)]
    fn begin(x: f64) -> [f64; 3] {
        angle(x, false)
    }

    #[inline(always)]
    fn finish(x: f64, angle: [f64; 3]) -> Lane {
        F::of_angle(x, taken(x, angle))
    }

    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        Self::finish(x, angle(x, true))
    }

    fn scalar(x: f64) -> f64 {
        F::of_number(x)
    }
}

/// |x| reduced: head, tail, and the bits of the quadrant, none of which is set where the lane is not covered.
#[inline(always)]
fn angle(x: f64, two_steps: bool) -> [f64; 3] {
    let y = reduced_lane(x.abs(), two_steps);
    [y.head, y.tail, f64::from_bits(if y.covered { y.quadrant } else { 0 })]
}

/// What [`angle`] made of `x`.
#[inline(always)]
fn taken(x: f64, [head, tail, quadrant]: [f64; 3]) -> ReducedLane {
    let quadrant = quadrant.to_bits();
    ReducedLane { quadrant, head, tail, small: x.abs() < NO_REDUCTION_BELOW, covered: quadrant != 0 }
}

impl OfAngle for Sin {
    #[inline(always)]
    fn of_angle(x: f64, y: ReducedLane) -> Lane {
        let sine_with_tail = sine_with_tail(y.head, y.tail);
        let sine = if y.small { sine(y.head) } else { sine_with_tail };
        let cosine = cosine(y.head, y.tail);
        let value = if y.quadrant & 1 == 1 { cosine } else { sine };
        // Quadrants 2 and 3 are negative, and so is the sine of a negative number.
        let sign = ((y.quadrant & 2) << 62) ^ (x.to_bits() & (1 << 63));
        Lane { value: f64::from_bits(value.to_bits() ^ sign), covered: y.covered }
    }

    fn of_number(x: f64) -> f64 {
        if x.abs() < NO_REDUCTION_BELOW {
            return negated_like(sine(x.abs()), x);
        }
        if !x.is_finite() {
            return f64::NAN;
        }
        let y = reduced(x);
        match y.quadrant & 3 {
            0 => sine_with_tail(y.head, y.tail),
            1 => cosine(y.head, y.tail),
            2 => -sine_with_tail(y.head, y.tail),
            _ => -cosine(y.head, y.tail),
        }
    }
}

impl OfAngle for Cos {
    #[inline(always)]
    fn of_angle(_: f64, y: ReducedLane) -> Lane {
        let sine = sine_with_tail(y.head, y.tail);
        let cosine = cosine(y.head, y.tail);
        let value = if y.quadrant & 1 == 1 { sine } else { cosine };
        // Quadrants 1 and 2 are negative.
        let sign = (y.quadrant.wrapping_add(1) & 2) << 62;
        Lane { value: f64::from_bits(value.to_bits() ^ sign), covered: y.covered }
    }

    fn of_number(x: f64) -> f64 {
        if x.abs() < NO_REDUCTION_BELOW {
            return cosine(x, 0.0);
        }
        if !x.is_finite() {
            return f64::NAN;
        }
        let y = reduced(x);
        match y.quadrant & 3 {
            0 => cosine(y.head, y.tail),
            1 => -sine_with_tail(y.head, y.tail),
            2 => -cosine(y.head, y.tail),
            _ => sine_with_tail(y.head, y.tail),
        }
    }
}

impl OfAngle for Tan {
    #[inline(always)]
    fn of_angle(x: f64, y: ReducedLane) -> Lane {
        let tail = if y.small { 0.0 } else { y.tail };
        Lane { value: negated_like(tangent(y.head, tail, y.quadrant & 1 == 1), x), covered: y.covered }
    }

    fn of_number(x: f64) -> f64 {
        if x.abs() < NO_REDUCTION_BELOW {
            return negated_like(tangent(x.abs(), 0.0, false), x);
        }
        if !x.is_finite() {
            return f64::NAN;
        }
        let y = reduced(x);
        tangent(y.head, y.tail, y.quadrant & 1 == 1)
    }
}

const S1: f64 = -0.16666666666666632;
const S2: f64 = 0.00833333333332249;
const S3: f64 = -0.0001984126982985795;
const S4: f64 = 2.7557313707070068e-06;
const S5: f64 = -2.5050760253406863e-08;
const S6: f64 = 1.58969099521155e-10;

/// sin x on [0, π/4].
#[inline(always)]
fn sine(x: f64) -> f64 {
    let z = x * x;
    let v = z * x;
    let r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
    x + v * (S1 + z * r)
}

/// sin (x + y) on [−π/4, π/4], y being the tail of x.
#[inline(always)]
fn sine_with_tail(x: f64, y: f64) -> f64 {
    let z = x * x;
    let v = z * x;
    let r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
    x - ((z * (0.5 * y - v * r) - y) - v * S1)
}

const C1: f64 = 0.0416666666666666;
const C2: f64 = -0.001388888888887411;
const C3: f64 = 2.480158728947673e-05;
const C4: f64 = -2.7557314351390663e-07;
const C5: f64 = 2.087572321298175e-09;
const C6: f64 = -1.1359647557788195e-11;

/// cos (x + y) on [−π/4, π/4], y being the tail of x.
#[inline(always)]
fn cosine(x: f64, y: f64) -> f64 {
    let magnitude = x.abs();
    let z = x * x;
    let r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
    // About x/4 with few bits: 1 − q and z/2 − q are exact, so less is rounded. Below 0.3 there is no need.
    let quarter = f64::from_bits((magnitude.to_bits() & !0xffff_ffff).wrapping_sub(0x0020_0000 << 32));
    let q = if magnitude < with_high_word(0x3fe9_0001) { quarter } else { 0.28125 };
    let q = if magnitude < with_high_word(0x3fd3_3333) { 0.0 } else { q };
    (1.0 - q) - ((0.5 * z - q) - (z * r - x * y))
}

const T: [f64; 13] = [
    0.3333333333333341,
    0.13333333333320124,
    0.05396825397622605,
    0.021869488294859542,
    0.0088632398235993,
    0.0035920791075913124,
    0.0014562094543252903,
    0.0005880412408202641,
    0.0002464631348184699,
    7.817944429395571e-05,
    7.140724913826082e-05,
    -1.8558637485527546e-05,
    2.590730518636337e-05,
];

/// tan (x + y) on [−π/4, π/4], or −1/tan (x + y); y is the tail of x.
///
/// From 0.6744 on, tan x = 1 − 2 (t − t²/(1 + t)) with t = tan (π/4 − x). One division serves the three cases.
#[inline(always)]
fn tangent(x: f64, y: f64, inverse: bool) -> f64 {
    let large = x.abs() >= with_high_word(0x3fe5_9428);
    let tiny = x.abs() < with_high_word(0x3e30_0000);
    let z = core::f64::consts::FRAC_PI_4 - x.abs();
    let w = 3.061616997868383e-17 - negated_like(y, x);
    let a = if large { z + w } else { x };
    let b = if large { 0.0 } else { y };
    let z = a * a;
    let w = z * z;
    let r = T[1] + w * (T[3] + w * (T[5] + w * (T[7] + w * (T[9] + w * T[11]))));
    let v = z * (T[2] + w * (T[4] + w * (T[6] + w * (T[8] + w * (T[10] + w * T[12])))));
    let s = z * a;
    let r = b + z * (s * (r + v) + b);
    let r = r + T[0] * s;
    // Below 2^-28 fdlibm takes head and tail alone.
    let r = if tiny { y } else { r };
    let w = a + r;
    let sign = if inverse { -1.0 } else { 1.0 };
    let quotient = (if large { w * w } else { -1.0 }) / (if large { w + sign } else { w });
    let from_quarter = negated_like(sign - 2.0 * (a - (quotient - r)), x);
    // −1/w with the rounding of w and of the quotient made good.
    let head = without_low_word(w);
    let tail = r - (head - a);
    let coarse = without_low_word(quotient);
    let error = 1.0 + coarse * head;
    let refined = coarse + quotient * (error + coarse * tail);
    let near = if inverse { refined } else { w };
    if large { from_quarter } else { near }
}
