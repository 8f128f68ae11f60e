//! Storing a number into a typed array, as ECMAScript does it: round, wrap or clamp, once.

/// `value` modulo 2^32 after truncation (ToUint32, whose bits are those of ToInt32); NaN and the infinities are 0.
///
/// What is above 2^32 is taken away first: scaling by a power of two, truncating and the difference are exact. The rest is
/// below 2^32 in magnitude, so that adding 1.5 × 2^52 leaves it in the low bits of the sum. No branch: loops vectorise.
///
/// # See also
/// ECMA-262, ToUint32. Narrower integers are the low bits of this one.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the low bits are what is wanted")]
pub(crate) fn to_uint32(value: f64) -> u32 {
    const TWO_32: f64 = 4_294_967_296.0;
    const SHIFTER: f64 = 6_755_399_441_055_744.0;
    let whole = toward_zero(value);
    let rest = whole - toward_zero(whole * (1.0 / TWO_32)) * TWO_32;
    let rest = if rest.abs() < TWO_32 { rest } else { 0.0 };
    (rest + SHIFTER).to_bits() as u32
}

/// `value` without its fraction; in plain arithmetic, because SSE2 has no instruction for it.
#[inline(always)]
pub(crate) fn toward_zero(value: f64) -> f64 {
    /// From here on every double is whole.
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    let magnitude = value.abs();
    let nearest = (magnitude + TWO_52) - TWO_52;
    let whole = if nearest > magnitude { nearest - 1.0 } else { nearest };
    (if magnitude < TWO_52 { whole } else { magnitude }).copysign(value)
}

/// `value` clamped to 0…255 and rounded half to even (ToUint8Clamp); NaN is 0.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped and whole; the cast makes NaN 0, as ToUint8Clamp does"
)]
pub(crate) fn to_uint8_clamped(value: f64) -> u8 {
    value.clamp(0.0, 255.0).round_ties_even() as u8
}

#[cfg(test)]
mod tests {
    use super::{to_uint8_clamped, to_uint32, toward_zero};

    /// ToUint32 by 128-bit integers: exact for every |value| < 2^127.
    #[expect(clippy::cast_possible_truncation, reason = "truncating is what ToUint32 does first; the value fits")]
    fn modulo(value: f64) -> u32 {
        u32::try_from((value as i128).rem_euclid(1 << 32)).unwrap()
    }

    #[test]
    fn wrapping_is_modulo_two_to_the_32_of_the_truncated_value() {
        for exponent in -3..127 {
            for significand in [1.0, 1.25, 1.999_999_999, 1.0 + f64::EPSILON, 2.0 - f64::EPSILON] {
                for sign in [1.0, -1.0] {
                    let value = sign * significand * 2f64.powi(exponent);
                    assert_eq!(to_uint32(value), modulo(value), "{value:e}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_integer_below_two_to_the_1024_wraps_to_zero() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -f64::MAX, 0.0, -0.0, f64::MIN_POSITIVE] {
            assert_eq!(to_uint32(value), 0, "{value}");
        }
    }

    #[test]
    fn truncation_is_that_of_the_standard_library() {
        let powers = (-3..70)
            .flat_map(|exponent| [1.0, 1.5, 1.999_999_999, 2.0 - f64::EPSILON].map(|m| m * 2f64.powi(exponent)));
        for value in powers.chain([0.0, f64::INFINITY, f64::MAX, 5e-324, 4_503_599_627_370_495.5]) {
            for value in [value, -value, value - 0.5] {
                assert_eq!(toward_zero(value).to_bits(), value.trunc().to_bits(), "{value:e}");
            }
        }
        assert!(toward_zero(f64::NAN).is_nan());
    }

    #[test]
    fn clamping_rounds_half_to_even() {
        let cases = [(0.5, 0), (1.5, 2), (2.5, 2), (254.5, 254), (254.6, 255), (255.5, 255), (-1.0, 0), (1e300, 255)];
        for (value, stored) in cases {
            assert_eq!(to_uint8_clamped(value), stored, "{value}");
        }
        assert_eq!(to_uint8_clamped(f64::NAN), 0);
        assert_eq!(to_uint8_clamped(f64::INFINITY), 255);
    }
}
