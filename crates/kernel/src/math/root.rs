//! sqrt, cbrt and hypot.

use super::lane::{Binary, Lane, Unary};
use super::words::{high_word, is_normal, negated_like};

/// Square root, correctly rounded by the hardware.
#[derive(Clone, Copy)]
pub(super) struct Sqrt;
/// Cube root.
#[derive(Clone, Copy)]
pub(super) struct Cbrt;
/// √(x² + y²).
#[derive(Clone, Copy)]
pub(super) struct Hypot;

impl Unary for Sqrt {
    const COVERS_ALL: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Lane::always(x.sqrt())
    }

    fn scalar(x: f64) -> f64 {
        x.sqrt()
    }
}

/// The cube root of a finite x, from the first guess `t` of about five bits: a polynomial gives 23, a Newton step the rest.
#[inline(always)]
fn refined(x: f64, t: f64) -> f64 {
    const P0: f64 = 1.87595182427177;
    const P1: f64 = -1.8849797954337717;
    const P2: f64 = 1.6214297201053545;
    const P3: f64 = -0.758397934778766;
    const P4: f64 = 0.14599619288661245;
    let r = (t * t) * (t / x);
    let t = t * ((P0 + r * (P1 + r * P2)) + ((r * r) * r) * (P3 + r * P4));
    // To 23 bits, away from zero: t² is exact below.
    let t = f64::from_bits(t.to_bits().wrapping_add(0x8000_0000) & 0xffff_ffff_c000_0000);
    let s = t * t;
    let r = x / s;
    let w = t + t;
    t + t * ((r - t) / (w + r))
}

impl Unary for Cbrt {
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        // A third of the bits as an integer is about the cube root: the division by 3 is a multiplication of 32 bits.
        let third = ((magnitude.to_bits() >> 32) * 0xaaaa_aaab) >> 33;
        let guess = f64::from_bits((third + 715_094_163) << 32);
        let value = negated_like(refined(magnitude, guess), x);
        let value = if x == 0.0 { x } else { value };
        // Not `||`: a branch here keeps the loop from becoming vector instructions.
        Lane { value, covered: (x == 0.0) | is_normal(magnitude) }
    }

    fn scalar(x: f64) -> f64 {
        if x == 0.0 || !x.is_finite() {
            return x;
        }
        let magnitude = x.abs();
        let word = if magnitude < f64::MIN_POSITIVE {
            high_word(magnitude * 18_014_398_509_481_984.0) / 3 + 696_219_795
        } else {
            high_word(magnitude) / 3 + 715_094_163
        };
        negated_like(refined(magnitude, f64::from_bits(u64::from(word) << 32)), x)
    }
}

impl Binary for Hypot {
    /// V8 divides both by the larger, adds the squares and scales back. One quotient is 1, and so is its square; the
    /// compensation of that sum of two is not used.
    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let (a, b) = (x.abs(), y.abs());
        let larger = if a > b { a } else { b };
        let smaller = if a > b { b } else { a };
        let ratio = smaller / larger;
        let value = (1.0 + ratio * ratio).sqrt() * larger;
        Lane { value: if larger == 0.0 { 0.0 } else { value }, covered: a < f64::INFINITY && b < f64::INFINITY }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        if x.is_infinite() || y.is_infinite() {
            return f64::INFINITY;
        }
        if x.is_nan() || y.is_nan() { f64::NAN } else { Self::lane(x, y).value }
    }
}
