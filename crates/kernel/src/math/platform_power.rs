//! `x ** y` as the platform's `pow` computes it: V8 since 13 (Node 24) calls that.
//!
//! glibc since 2.28 has the `pow` of Arm's optimized routines (Szabolcs Nagy, 2018; MIT licence). Where the CPU has fused operations it
//! uses a build in which the compiler fused each product with the sum that it goes into. The lane form computes the same in the same
//! order, so that its bits are the same: log x = k ln 2 + log c + log1p (x/c − 1) in two doubles, times y, and e to that as 2^k 2^(i/128)
//! times a polynomial of the rest. The error is 0.51 units of the last place at most but near the ends of the range.
//!
//! The notice of Arm's optimized routines, which covers the order of operations and the coefficients in this file:
//!
//! ```text
//! MIT License
//!
//! Copyright (c) 1999-2018, Arm Limited.
//!
//! Permission is hereby granted, free of charge, to any person obtaining a copy
//! of this software and associated documentation files (the "Software"), to deal
//! in the Software without restriction, including without limitation the rights
//! to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
//! copies of the Software, and to permit persons to whom the Software is
//! furnished to do so, subject to the following conditions:
//!
//! The above copyright notice and this permission notice shall be included in all
//! copies or substantial portions of the Software.
//!
//! THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
//! IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
//! FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
//! AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
//! LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
//! OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
//! SOFTWARE.
//! ```

use super::exponential::{LN2_42_BITS, LN2_REST};
use super::lane::{Binary, Lane};
use super::logarithmic::parts;
use super::power::with_sign_of_power;
use super::power_tables::{EXPONENTIAL, INTERVAL_BITS, INTERVALS, LOGARITHM, START};
use super::words::{SHIFTER, is_normal};

/// `x ** y` by the platform's `pow`: V8 13 and later.
#[derive(Clone, Copy)]
pub(super) struct Power;

impl Binary for Power {
    const NEEDS_FMA: bool = true;

    // musl builds the same routine without fused operations, so that a few results in ten thousand differ: there `pow` itself is called.
    const HAS_LANE: bool = !cfg!(target_env = "musl");

    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let magnitude = x.abs();
        let (log_high, log_low) = log_in_two(magnitude);
        let high = y * log_high;
        let low = y.mul_add(log_low, y.mul_add(log_high, -high));
        let value = with_sign_of_power(exp_of_sum(high, low), x, y);
        // These two V8 computes itself.
        let value = if y == 2.0 { x * x } else { value };
        let value = if y == 0.5 { x.sqrt() } else { value };
        let in_range = (high.abs() < LARGEST_EXPONENT) & (y.abs() < LARGEST_WITH_LAST_BIT);
        Lane { value, covered: is_normal(magnitude) & in_range }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        if y == 0.0 {
            // Of a signalling NaN, as R's NA is, C has NaN.
            return 1.0;
        }
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

/// From here on, `pow` scales its result in two steps, and for small ones not by fused operations.
const LARGEST_EXPONENT: f64 = 512.0;

/// 2^51: below it, `with_sign_of_power` tells odd numbers from even ones.
const LARGEST_WITH_LAST_BIT: f64 = 2_251_799_813_685_248.0;

/// log1p r − r + r²/2, divided by the powers of −r/2 that it is multiplied by.
const LOG_TAIL: [f64; 6] = [
    -0.6666666666666679,
    0.5000000000000007,
    0.7999999995323976,
    -0.6666666663487739,
    -1.142909628459501,
    1.0000415263675542,
];

/// The natural logarithm of a normal x > 0 as the sum of two doubles, to 68 bits.
#[inline(always)]
fn log_in_two(x: f64) -> (f64, f64) {
    let (z, k, distance) = parts(x, START);
    let i = (distance >> INTERVAL_BITS) as usize % INTERVALS;
    let r = z.mul_add(LOGARITHM.inverse[i], -1.0);
    let multiple = k.mul_add(LN2_42_BITS, LOGARITHM.high[i]);
    let sum = multiple + r;
    let low = k.mul_add(LN2_REST, LOGARITHM.low[i]) + (multiple - sum + r);
    let half = -0.5 * r;
    let square = r * half;
    let cube = r * square;
    let high = sum + square;
    let low = low + half.mul_add(r, -square) + (sum - high + square);
    let [a0, a1, a2, a3, a4, a5] = LOG_TAIL;
    let tail = square.mul_add(square.mul_add(r.mul_add(a5, a4), r.mul_add(a3, a2)), r.mul_add(a1, a0));
    let low = cube.mul_add(tail, low);
    let value = high + low;
    (value, high - value + low)
}

/// 128/ln 2.
const PER_LN2: f64 = core::f64::consts::LOG2_E * 128.0;
/// −ln 2/128 in two parts.
const STEP_HIGH: f64 = -0.005415212348111709;
const STEP_LOW: f64 = -1.2864023111638346e-14;
/// (e^r − 1 − r)/r², to r⁵.
const EXP_TAIL: [f64; 4] = [0.49999999999996786, 0.16666666666665886, 0.0416666808410674, 0.008333335853059549];

/// e^(high + low), where low is small beside high and that is below [`LARGEST_EXPONENT`] in magnitude.
#[inline(always)]
fn exp_of_sum(high: f64, low: f64) -> f64 {
    let shifted = high.mul_add(PER_LN2, SHIFTER);
    let n = shifted - SHIFTER;
    let r = n.mul_add(STEP_LOW, n.mul_add(STEP_HIGH, high)) + low;
    let steps = shifted.to_bits();
    let i = usize::from(steps.to_le_bytes()[0]) % INTERVALS;
    let scale = f64::from_bits(EXPONENTIAL.bits[i].wrapping_add(steps << INTERVAL_BITS));
    let square = r * r;
    let [c0, c1, c2, c3] = EXP_TAIL;
    let part = square.mul_add(r.mul_add(c1, c0), EXPONENTIAL.rest[i] + r);
    let part = (square * square).mul_add(r.mul_add(c3, c2), part);
    scale.mul_add(part, scale)
}
