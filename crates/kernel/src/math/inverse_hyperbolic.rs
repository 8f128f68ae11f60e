//! asinh, acosh and atanh of fdlibm, composed from log and log1p.

use core::f64::consts::LN_2;

use super::lane::{Lane, Unary};
use super::logarithmic::{Log, Log1p, log_of_normal, log1p_of_finite};
use super::words::{negated_like, with_high_word};

/// Inverse hyperbolic sine.
#[derive(Clone, Copy)]
pub(super) struct Asinh;
/// Inverse hyperbolic cosine.
#[derive(Clone, Copy)]
pub(super) struct Acosh;
/// Inverse hyperbolic tangent.
#[derive(Clone, Copy)]
pub(super) struct Atanh;

const TINY: f64 = with_high_word(0x3e30_0000);
/// From about 2 on, through log.
const ABOVE_TWO: f64 = with_high_word(0x4000_0001);
/// From about 2^28 on, log x + ln 2.
const HUGE: f64 = with_high_word(0x41b0_0000);
const BEYOND_HUGE: f64 = with_high_word(0x41b0_0001);

impl Unary for Asinh {
    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let (near, far) = asinh_arguments(magnitude);
        let value = if magnitude < ABOVE_TWO { log1p_of_finite(near) } else { log_of_normal(far, 0.0) };
        let value = if magnitude < TINY { magnitude } else { value };
        Lane { value: negated_like(value, x), covered: magnitude < BEYOND_HUGE }
    }

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let (near, far) = asinh_arguments(magnitude);
        let huge = magnitude >= BEYOND_HUGE;
        let through_log = log_of_normal(if huge { magnitude } else { far }, 0.0);
        let value = if huge { through_log + LN_2 } else { through_log };
        let value = if magnitude < ABOVE_TWO { log1p_of_finite(near) } else { value };
        let value = if magnitude < TINY || !magnitude.is_finite() { magnitude } else { value };
        Lane::always(negated_like(value, x))
    }

    fn scalar(x: f64) -> f64 {
        let magnitude = x.abs();
        if magnitude < TINY || !x.is_finite() {
            return x;
        }
        let value = if magnitude >= BEYOND_HUGE {
            Log::scalar(magnitude) + LN_2
        } else if magnitude >= ABOVE_TWO {
            Log::scalar(2.0 * magnitude + 1.0 / ((x * x + 1.0).sqrt() + magnitude))
        } else {
            let t = x * x;
            Log1p::scalar(magnitude + t / (1.0 + (1.0 + t).sqrt()))
        };
        negated_like(value, x)
    }
}

/// Of what log1p is to be taken below 2, and log above.
#[inline(always)]
fn asinh_arguments(magnitude: f64) -> (f64, f64) {
    let square = magnitude * magnitude;
    let root = (square + 1.0).sqrt();
    let near = magnitude < ABOVE_TWO;
    let quotient = (if near { square } else { 1.0 }) / (if near { 1.0 + root } else { root + magnitude });
    (magnitude + quotient, 2.0 * magnitude + quotient)
}

impl Unary for Acosh {
    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let (near, far) = acosh_arguments(x);
        let value = if x < ABOVE_TWO { log1p_of_finite(near) } else { log_of_normal(far, 0.0) };
        Lane { value: if x >= 1.0 { value } else { f64::NAN }, covered: x.is_nan() | (x < HUGE) }
    }

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        let (near, far) = acosh_arguments(x);
        let huge = x >= HUGE;
        let through_log = log_of_normal(if huge { x } else { far }, 0.0);
        let value = if huge { through_log + LN_2 } else { through_log };
        let value = if x < ABOVE_TWO { log1p_of_finite(near) } else { value };
        let value = if x == f64::INFINITY { x } else { value };
        Lane::always(if x >= 1.0 { value } else { f64::NAN })
    }

    fn scalar(x: f64) -> f64 {
        if x.is_nan() || x < 1.0 {
            return f64::NAN;
        }
        if x == f64::INFINITY {
            return x;
        }
        if x >= HUGE {
            return Log::scalar(x) + LN_2;
        }
        if x >= ABOVE_TWO {
            return Log::scalar(2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt()));
        }
        let t = x - 1.0;
        Log1p::scalar(t + (2.0 * t + t * t).sqrt())
    }
}

/// Of what log1p is to be taken below 2, and log above.
#[inline(always)]
fn acosh_arguments(x: f64) -> (f64, f64) {
    let t = x - 1.0;
    let root = if x < ABOVE_TWO { 2.0 * t + t * t } else { x * x - 1.0 }.sqrt();
    (t + root, 2.0 * x - 1.0 / (x + root))
}

impl Unary for Atanh {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let twice = magnitude + magnitude;
        let near = magnitude < 0.5;
        let quotient = (if near { twice * magnitude } else { twice }) / (1.0 - magnitude);
        let value = 0.5 * log1p_of_finite(if near { twice + quotient } else { quotient });
        let value = if magnitude < TINY { magnitude } else { value };
        let value = if magnitude == 1.0 { f64::INFINITY } else { value };
        let value = if magnitude <= 1.0 { value } else { f64::NAN };
        Lane::always(negated_like(value, x))
    }

    fn scalar(x: f64) -> f64 {
        Self::lane(x).value
    }
}
