//! exp, log, tan and pow within an ulp, by fused operations: for those who do not ask for the bits of V8.
//!
//! A lane costs about half of the exact form's. What it does not cover has the exact form's value, in every form.

use super::exponential::Exp;
use super::lane::{Binary, Lane, Unary};
use super::logarithmic::{self, LEAST, Log, split};
use super::power::{Power, power_in_two};
use super::trigonometric::{self, Tan};
use super::words::{SHIFTER, is_normal, negated_like, scaled};

/// e^x within an ulp.
#[derive(Clone, Copy)]
pub(super) struct ExpFused;
/// Natural logarithm within an ulp.
#[derive(Clone, Copy)]
pub(super) struct LogFused;
/// Tangent within an ulp.
#[derive(Clone, Copy)]
pub(super) struct TanFused;
/// `x ** y` within an ulp.
#[derive(Clone, Copy)]
pub(super) struct PowerFused;

/// A lane with another form's value where it is not covered.
#[inline(always)]
fn or_else(lane: Lane, other: Lane) -> Lane {
    let value = if lane.covered { lane.value } else { other.value };
    Lane { value, covered: lane.covered | other.covered }
}

/// ln 2 in two parts; the first has 42 bits, so that its products with exponents are exact.
const LN2_42_BITS: f64 = 0.6931471805598903;
const LN2_REST: f64 = 5.497923018708371e-14;

/// To either side, 2^n is a factor that can be added to the exponent field.
const LARGEST_EXPONENT: f64 = 707.0;

/// (e^r − 1 − r)/r² for r up to ln 2 / 2 in magnitude, fitted to 2^-61 of e^r.
const EXP: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.00833333333332612,
    0.0013888888888883737,
    0.00019841269874873975,
    2.4801587325585835e-05,
    2.7557255332554375e-06,
    2.755727359480178e-07,
    2.5105245153916333e-08,
    2.0914707068738418e-09,
];

impl Unary for ExpFused {
    const NEEDS_FMA: bool = true;

    /// x = n ln 2 + r, and 1 + (r + r² p(r)), times 2^n.
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let n = x.mul_add(core::f64::consts::LOG2_E, SHIFTER) - SHIFTER;
        let r = (-n).mul_add(LN2_REST, (-n).mul_add(LN2_42_BITS, x));
        let [p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = EXP;
        let p = p10.mul_add(r, p9).mul_add(r, p8).mul_add(r, p7).mul_add(r, p6).mul_add(r, p5);
        let p = p.mul_add(r, p4).mul_add(r, p3).mul_add(r, p2).mul_add(r, p1).mul_add(r, p0);
        Lane { value: scaled(1.0 + (r * r).mul_add(p, r), n), covered: x.abs() <= LARGEST_EXPONENT }
    }

    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        or_else(Self::lane(x), Exp::wide_lane(x))
    }

    fn scalar(x: f64) -> f64 {
        if x.abs() <= LARGEST_EXPONENT { Self::lane(x).value } else { Exp::scalar(x) }
    }
}

impl Unary for LogFused {
    const NEEDS_FMA: bool = true;

    /// fdlibm's, without the forms that it has for some f.
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let (f, k) = split(x, LEAST);
        let square = 0.5 * f * f;
        let s = f / (2.0 + f);
        let rest = s.mul_add(square + logarithmic::fused_polynomial(s * s), k * logarithmic::LN2_LOW);
        Lane { value: k.mul_add(logarithmic::LN2_HIGH, f - (square - rest)), covered: is_normal(x) }
    }

    fn scalar(x: f64) -> f64 {
        if is_normal(x) { Self::lane(x).value } else { Log::scalar(x) }
    }
}

/// π/2 in two parts of 53 bits.
const HALF_PI: f64 = core::f64::consts::FRAC_PI_2;
const HALF_PI_REST: f64 = 6.123233995736766e-17;
/// About 2^19 π/2.
const LARGEST_ANGLE: f64 = 8.2e5;
/// Nearer to a multiple of π/2, the remainder has lost too many bits.
const LEAST_REMAINDER: f64 = 1.0 / 1_048_576.0;

impl Unary for TanFused {
    const NEEDS_FMA: bool = true;

    /// |x| = n π/2 + r; sine and cosine of r in two doubles each, and their quotient, or −1 through it.
    #[inline(always)]
    fn lane(x: f64) -> Lane {
        let magnitude = x.abs();
        let shifted = magnitude.mul_add(core::f64::consts::FRAC_2_PI, SHIFTER);
        let n = shifted - SHIFTER;
        // Exact: a multiple of the last place of π/2, or of x where that is smaller.
        let rest = (-n).mul_add(HALF_PI, magnitude);
        let r = (-n).mul_add(HALF_PI_REST, rest);
        let r_low = (-n).mul_add(HALF_PI_REST, rest - r);
        let z = r * r;
        let (sine_tail, cosine_tail) = trigonometric::fused_polynomials(z);
        // 1 − r²/2 + z² tail.
        let half = 0.5 * r;
        let first = (-half).mul_add(r, 1.0);
        let first_low = (-half).mul_add(r, 1.0 - first);
        let fourth = z * z * cosine_tail;
        let cosine = first + fourth;
        let cosine_low = (-r).mul_add(r_low, ((first - cosine) + fourth) + first_low);
        // r + r³ tail.
        let cube = z * r;
        let sine = cube.mul_add(sine_tail, r);
        let sine_low = r_low.mul_add(cosine, cube.mul_add(sine_tail, r - sine));
        let odd = shifted.to_bits() & 1 == 1;
        let (a, a_low) = if odd { (cosine, cosine_low) } else { (sine, sine_low) };
        let (b, b_low) = if odd { (sine, sine_low) } else { (cosine, cosine_low) };
        let inverse = 1.0 / b;
        let quotient = a * inverse;
        let error = (-quotient).mul_add(b, a) + (-quotient).mul_add(b_low, a_low);
        let value = error.mul_add(inverse, quotient);
        let value = negated_like(value, f64::from_bits(x.to_bits() ^ (shifted.to_bits() << 63)));
        let certain = (r.abs() >= LEAST_REMAINDER) | (n == 0.0);
        Lane { value, covered: (magnitude < LARGEST_ANGLE) & certain }
    }

    const HAS_WIDE_LANE: bool = true;

    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        or_else(Self::lane(x), Tan::wide_lane(x))
    }

    fn scalar(x: f64) -> f64 {
        // Without fused instructions a lane is slow here: not for nothing.
        if x.abs() < LARGEST_ANGLE {
            let lane = Self::lane(x);
            if lane.covered {
                return lane.value;
            }
        }
        Tan::scalar(x)
    }
}

impl Binary for PowerFused {
    const NEEDS_FMA: bool = true;

    #[inline(always)]
    fn lane(x: f64, y: f64) -> Lane {
        let power = power_in_two(x, y);
        Lane { value: power.rounded(power.low), covered: power.in_range }
    }

    fn scalar(x: f64, y: f64) -> f64 {
        let lane = Self::lane(x, y);
        if lane.covered { lane.value } else { Power::scalar(x, y) }
    }
}
