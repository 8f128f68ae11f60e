//! sinh, cosh and tanh of fdlibm, composed from exp and expm1.

use super::exponential::{Exp, Expm1, exp_lane, expm1_lane};
use super::lane::{Lane, Unary};
use super::words::{negated_like, with_high_word};

/// Hyperbolic sine.
#[derive(Clone, Copy)]
pub(super) struct Sinh;
/// Hyperbolic cosine.
#[derive(Clone, Copy)]
pub(super) struct Cosh;
/// Hyperbolic tangent.
#[derive(Clone, Copy)]
pub(super) struct Tanh;

/// From here on e^-x is nothing beside e^x.
const ONE_SIDED: f64 = 22.0;
/// Below, exp does not overflow: the high word of its limit.
const EXP_LIMIT: f64 = with_high_word(0x4086_2e42);
const OVERFLOW: f64 = 710.4758600739439;
const TINY: f64 = with_high_word(0x3e30_0000);

/// sinh of a magnitude below 22, from expm1 of it.
#[inline(always)]
fn sinh_from_expm1(magnitude: f64, t: f64) -> f64 {
    let near = magnitude < 1.0;
    let quotient = (if near { t * t } else { t }) / (t + 1.0);
    0.5 * if near { 2.0 * t - quotient } else { t + quotient }
}

impl Unary for Sinh {
    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let value = sinh_from_expm1(magnitude, expm1_lane(magnitude).value);
        let value = if magnitude < TINY { magnitude } else { value };
        Lane { value: negated_like(value, x), covered: magnitude < ONE_SIDED }
    }

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let near = Self::lane(x);
        let far = exp_lane(magnitude);
        let value = if magnitude < ONE_SIDED { near.value } else { negated_like(0.5 * far.value, x) };
        Lane { value, covered: far.covered && magnitude < EXP_LIMIT }
    }

    fn scalar(x: f64) -> f64 {
        let magnitude = x.abs();
        let half = if x < 0.0 { -0.5 } else { 0.5 };
        if magnitude < TINY {
            return x;
        }
        if magnitude < ONE_SIDED {
            return negated_like(sinh_from_expm1(magnitude, Expm1::scalar(magnitude)), x);
        }
        if magnitude < EXP_LIMIT {
            return half * Exp::scalar(magnitude);
        }
        if magnitude <= OVERFLOW {
            let w = Exp::scalar(0.5 * magnitude);
            return half * w * w;
        }
        x * 1e307
    }
}

/// Below about ln 2 / 2, cosh comes from expm1.
const HALF_LN2: f64 = with_high_word(0x3fd6_2e43);

impl Unary for Cosh {
    const HAS_WIDE_LANE: bool = false;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let e = exp_lane(magnitude);
        let t = expm1_lane(magnitude).value;
        let w = 1.0 + t;
        let small = magnitude < HALF_LN2;
        let quotient = (if small { t * t } else { 0.5 }) / (if small { w + w } else { e.value });
        let half = 0.5 * e.value;
        let value = (if small { 1.0 } else { half }) + quotient;
        let value = if magnitude < ONE_SIDED { value } else { half };
        Lane { value, covered: e.covered && magnitude < EXP_LIMIT }
    }

    fn scalar(x: f64) -> f64 {
        let magnitude = x.abs();
        if magnitude < HALF_LN2 {
            let t = Expm1::scalar(magnitude);
            let w = 1.0 + t;
            return if magnitude < with_high_word(0x3c80_0000) { w } else { 1.0 + (t * t) / (w + w) };
        }
        if magnitude < ONE_SIDED {
            let t = Exp::scalar(magnitude);
            return 0.5 * t + 0.5 / t;
        }
        if magnitude < EXP_LIMIT {
            return 0.5 * Exp::scalar(magnitude);
        }
        if magnitude <= OVERFLOW {
            let w = Exp::scalar(0.5 * magnitude);
            return 0.5 * w * w;
        }
        if x.is_nan() { x } else { f64::INFINITY }
    }
}

impl Unary for Tanh {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let far = magnitude >= 1.0;
        // 2 or −2 without a choice, which would become two loops over expm1.
        let t = expm1_lane(negated_like(2.0, magnitude - 1.0) * magnitude).value;
        let quotient = (if far { 2.0 } else { -t }) / (t + 2.0);
        let value = if far { 1.0 - quotient } else { quotient };
        let value = if magnitude >= ONE_SIDED { 1.0 } else { value };
        let value = if magnitude < TINY { magnitude } else { value };
        Lane::always(negated_like(if x.is_nan() { x } else { value }, x))
    }

    fn scalar(x: f64) -> f64 {
        Self::lane(x).value
    }
}
