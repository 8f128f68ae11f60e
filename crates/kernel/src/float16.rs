//! IEEE 754 binary16: widening, and rounding straight from f64.
//!
//! Rounding by way of f32 would round twice: 1 + 2^-11 + 2^-40 must give 1.0009765625 and not 1.

/// The value of the binary16 number with these bits; exact.
#[inline(always)]
pub(crate) fn to_f64(bits: u16) -> f64 {
    let sign = u64::from(bits >> 15) << 63;
    let exponent = u64::from(bits >> 10) & 0x1f;
    let significand = u64::from(bits) & 0x3ff;
    let magnitude = match exponent {
        // Zero and subnormals: significand * 2^-24, exact in f64.
        0 => (f64::from(bits & 0x3ff) * 2f64.powi(-24)).to_bits(),
        0x1f => (0x7ff << 52) | (significand << 42),
        _ => ((exponent + 1023 - 15) << 52) | (significand << 42),
    };
    f64::from_bits(sign | magnitude)
}

/// The bits of the binary16 number nearest to `value`, ties to even; beyond the range an infinity, NaN a quiet NaN.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "each cast keeps bits that are known to fit in 16")]
pub(crate) fn from_f64(value: f64) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 48) & 0x8000) as u16;
    let magnitude = bits & !(1 << 63);
    if magnitude > 0x7ff0_0000_0000_0000 {
        return sign | 0x7e00;
    }
    let exponent = magnitude >> 52;
    // 65520 is halfway between the largest finite number, 65504, and the next power: it and what lies above round away.
    if value.abs() >= 65_520.0 {
        return sign | 0x7c00;
    }
    // Below 2^-25, and at it (a tie with zero, which is even), nothing is left.
    if value.abs() <= 2f64.powi(-25) {
        return sign;
    }
    let significand = (magnitude & ((1 << 52) - 1)) | (1 << 52);
    // Bits of the significand that fall away: 42 for normal results, more for each power below 2^-14.
    let (dropped, base) = if exponent >= 1023 - 14 {
        (42, ((exponent - (1023 - 14)) as u16) << 10)
    } else {
        (42 + (1023 - 14) - exponent, 0)
    };
    let kept = (significand >> dropped) as u16;
    let rest = significand & ((1 << dropped) - 1);
    let half = 1 << (dropped - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    // A normal result's leading bit adds one to the exponent field, and so does a carry out of the significand.
    sign | (base + kept + u16::from(up))
}

#[cfg(test)]
mod tests {
    use super::{from_f64, to_f64};

    fn is_nan(bits: u16) -> bool {
        bits & 0x7fff > 0x7c00
    }

    #[test]
    fn every_binary16_number_survives_the_round_trip() {
        for bits in 0..=u16::MAX {
            if is_nan(bits) {
                assert!(to_f64(bits).is_nan());
                assert!(is_nan(from_f64(to_f64(bits))));
            } else {
                assert_eq!(from_f64(to_f64(bits)), bits, "{bits:#06x}");
            }
        }
    }

    #[test]
    fn between_two_neighbours_the_nearer_wins_and_a_tie_goes_to_the_even_one() {
        for low in 0..0x7bff_u16 {
            let (below, above) = (to_f64(low), to_f64(low + 1));
            let middle = below + (above - below) / 2.0;
            let even = if low & 1 == 0 { low } else { low + 1 };
            assert_eq!(from_f64(middle), even, "{low:#06x}");
            assert_eq!(from_f64(middle.next_down()), low, "{low:#06x}");
            assert_eq!(from_f64(middle.next_up()), low + 1, "{low:#06x}");
            assert_eq!(from_f64(-middle.next_up()), (low + 1) | 0x8000, "{low:#06x}");
        }
    }

    #[test]
    fn beyond_the_range_is_infinite() {
        assert_eq!(from_f64(65_519.999), 0x7bff);
        assert_eq!(from_f64(65_520.0), 0x7c00);
        assert_eq!(from_f64(f64::NEG_INFINITY), 0xfc00);
        assert_eq!(from_f64(f64::MIN_POSITIVE), 0);
        assert_eq!(from_f64(-0.0), 0x8000);
    }
}
