//! exp, log and tan within an ulp, by fused operations: for those who do not ask for the bits of V8.
//!
//! A lane costs about half of the exact form's. What it does not cover has the exact form's value, in every form.

use core::hint::select_unpredictable;

use super::exponential::{Exp, LN2_42_BITS, LN2_REST};
use super::lane::{Lane, Unary};
use super::logarithmic::{self, LEAST, Log, split};
use super::trigonometric::Tan;
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

/// A lane with another form's value where it is not covered.
#[inline(always)]
fn or_else(lane: Lane, other: Lane) -> Lane {
    let value = if lane.covered { lane.value } else { other.value };
    Lane { value, covered: lane.covered | other.covered }
}

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
/// The square of 2^-20: nearer to a multiple of π/2, the remainder has lost too many bits.
const LEAST_SQUARE: f64 = 1.0 / 1_099_511_627_776.0;

/// (2 tan (r/2) − r)/r³ for r up to π/4 in magnitude, by r²: fitted to 2^-58 of 2 tan (r/2).
const TAN_OF_HALF: [f64; 9] = [
    0.08333333333333369,
    0.00833333333330862,
    0.000843253968826714,
    8.542768319505521e-05,
    8.65554348649205e-06,
    8.768343005905776e-07,
    8.92005700489313e-08,
    8.535940297283238e-09,
    1.2524821508049903e-09,
];

impl Unary for TanFused {
    const NEEDS_FMA: bool = true;

    #[inline(always)]
    fn lane(x: f64) -> Lane {
        Self::finish(x, Self::begin(x))
    }

    const HAS_HALVES: bool = true;

    /// x = n π/2 + r, and s = 2 tan (r/2) by a polynomial: r without its last bits, what is missing in it to s, and n.
    #[inline(always)]
    fn begin(x: f64) -> [f64; 3] {
        let shifted = x.mul_add(core::f64::consts::FRAC_2_PI, SHIFTER);
        let n = shifted - SHIFTER;
        // Exact: a multiple of the last place of π/2, or of x where that is smaller.
        let rest = (-n).mul_add(HALF_PI, x);
        let rest_low = n * HALF_PI_REST;
        let r = rest - rest_low;
        let z = r * r;
        let [t0, t1, t2, t3, t4, t5, t6, t7, t8] = TAN_OF_HALF;
        let t = t8.mul_add(z, t7).mul_add(z, t6).mul_add(z, t5).mul_add(z, t4);
        let t = t.mul_add(z, t3).mul_add(z, t2).mul_add(z, t1).mul_add(z, t0);
        [rest, (z * r).mul_add(t, -rest_low), shifted]
    }

    /// tan r = s/(1 − s²/4), and tan (r + π/2) = −(1 − s²/4)/s.
    #[inline(always)]
    fn finish(x: f64, [rest, more, shifted]: [f64; 3]) -> Lane {
        let s = rest + more;
        let quarter = 0.25 * s;
        let c = (-quarter).mul_add(s, 1.0);
        // Choices rather than branches: of those the compiler makes one, with a division to either side.
        let odd = shifted.to_bits() & 1 == 1;
        let either = |odd_value, even_value| select_unpredictable(odd, odd_value, even_value);
        let inverse = -1.0 / either(s, c);
        let quotient = either(c, s) * inverse;
        // What the quotient, which is −a/b, leaves of a: a + quotient × b, where s is rest + more.
        let of_rest = either(quotient, 1.0);
        let of_square = either(quarter, quotient * quarter);
        let error = of_rest.mul_add(rest, either(1.0, quotient));
        let error = (-of_square).mul_add(rest, error);
        let error = (of_rest - of_square).mul_add(more, error);
        let value = error.mul_add(inverse, quotient);
        // Even quadrants have the other sign.
        let value = negated_like(value, f64::from_bits(!(shifted.to_bits() << 63)));
        let certain = (rest * rest >= LEAST_SQUARE) | (shifted.to_bits() == SHIFTER.to_bits());
        Lane { value, covered: (x.abs() < LARGEST_ANGLE) & certain }
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
