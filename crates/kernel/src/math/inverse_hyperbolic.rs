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
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let square = x * x;
        let root = (square + 1.0).sqrt();
        let near = magnitude < ABOVE_TWO;
        // t/(1 + √(1 + t)) for log1p, 1/(√(x² + 1) + |x|) for log.
        let quotient = (if near { square } else { 1.0 }) / (if near { 1.0 + root } else { root + magnitude });
        let through_log1p = log1p_of_finite(magnitude + quotient);
        let huge = magnitude >= BEYOND_HUGE;
        let through_log = log_of_normal(if huge { magnitude } else { 2.0 * magnitude + quotient }, 0.0);
        let value = if huge { through_log + LN_2 } else { through_log };
        let value = if near { through_log1p } else { value };
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

impl Unary for Acosh {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let near = x < ABOVE_TWO;
        let huge = x >= HUGE;
        let t = x - 1.0;
        let root = if near { 2.0 * t + t * t } else { x * x - 1.0 }.sqrt();
        let through_log1p = log1p_of_finite(t + root);
        let through_log = log_of_normal(if huge { x } else { 2.0 * x - 1.0 / (x + root) }, 0.0);
        let value = if huge { through_log + LN_2 } else { through_log };
        let value = if near { through_log1p } else { value };
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

impl Unary for Atanh {
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
