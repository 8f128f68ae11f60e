//! Storing a number into a typed array, as ECMAScript does it: round, wrap or clamp, once.

/// `value` modulo 2^32 after truncation (ToUint32); NaN and the infinities are 0.
///
/// # See also
/// ECMA-262, ToUint32. Narrower integers are the low bits of this one.
#[inline(always)]
pub(crate) fn to_uint32(value: f64) -> u32 {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    if value.abs() < TWO_63 { low_bits_of_integer(value) } else { low_bits_of_huge(value) }
}

/// The low 32 bits of `value` truncated, for |value| < 2^63.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast to i64 truncates as ToUint32 does and fits; the cast to u32 takes the low bits, which is the modulo"
)]
fn low_bits_of_integer(value: f64) -> u32 {
    value as i64 as u32
}

/// The low 32 bits of `value` for |value| ≥ 2^63 (an integer, its significand shifted left), NaN and the infinities.
#[cold]
#[expect(clippy::cast_possible_truncation, reason = "taking the low 32 bits is the modulo")]
fn low_bits_of_huge(value: f64) -> u32 {
    const SIGNIFICAND_BITS: u64 = 52;
    const BIAS: u64 = 1023;
    let bits = value.to_bits();
    let exponent = (bits >> SIGNIFICAND_BITS) & 0x7ff;
    // |value| = significand * 2^shift with shift ≥ 11; from 32 on no bit is left below 2^32, and 0x7ff is NaN or infinite.
    let shift = exponent - BIAS - SIGNIFICAND_BITS;
    if shift >= 32 {
        return 0;
    }
    let significand = (bits & ((1 << SIGNIFICAND_BITS) - 1)) | (1 << SIGNIFICAND_BITS);
    let low = (significand << shift) as u32;
    if value.is_sign_negative() { low.wrapping_neg() } else { low }
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
    use super::{to_uint8_clamped, to_uint32};

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
    fn clamping_rounds_half_to_even() {
        let cases = [(0.5, 0), (1.5, 2), (2.5, 2), (254.5, 254), (254.6, 255), (255.5, 255), (-1.0, 0), (1e300, 255)];
        for (value, stored) in cases {
            assert_eq!(to_uint8_clamped(value), stored, "{value}");
        }
        assert_eq!(to_uint8_clamped(f64::NAN), 0);
        assert_eq!(to_uint8_clamped(f64::INFINITY), 255);
    }
}
