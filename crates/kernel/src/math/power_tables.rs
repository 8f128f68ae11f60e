//! The tables of the platform's `pow`, computed by the compiler from what they are defined to be: 128 logarithms and 128 powers of two,
//! each as a rounded number and the rest, in fixed point with 120 bits behind the point.

/// Intervals of the logarithm's argument, and of the exponential's.
pub(super) const INTERVALS: usize = 128;

/// The bits of the number, about √½, where the first interval of the logarithm begins. Intervals are even in bits; the 128th ends at
/// twice that number.
pub(super) const START: u64 = 0x3fe6_9555_0000_0000;

/// How far the bits of a number from [`START`] on are shifted to give its interval.
pub(super) const INTERVAL_BITS: u32 = 45;

/// log x = log c + log (x/c), where c is next to the centre of the interval of x, and 1/c a whole number of 1/128, or of 1/256 below 1.
pub(super) struct Logarithm {
    /// 1/c.
    pub(super) inverse: [f64; INTERVALS],
    /// log c, in units of 2^-43: sums with multiples of ln 2 are exact.
    pub(super) high: [f64; INTERVALS],
    /// The rest of log c.
    pub(super) low: [f64; INTERVALS],
}

/// 2^(i/128).
pub(super) struct Exponential {
    /// The rest that rounding leaves, as a part of the rounded value.
    pub(super) rest: [f64; INTERVALS],
    /// The bits of the rounded value, less those by which i, shifted to the exponent field, changes them.
    pub(super) bits: [u64; INTERVALS],
}

pub(super) static LOGARITHM: Logarithm = logarithm();
pub(super) static EXPONENTIAL: Exponential = exponential();

/// Bits behind the point.
const POINT: u32 = 120;
const ONE: u128 = 1 << POINT;
const TWO_TO_MINUS_43: f64 = 1.0 / (1_u64 << 43) as f64;
const TWO_TO_MINUS_60: f64 = 1.0 / (1_u64 << 60) as f64;
const TWO_TO_MINUS_120: f64 = TWO_TO_MINUS_60 * TWO_TO_MINUS_60;

/// Half of log (a/b), the artanh of (a − b)/(a + b), for a ≥ b: Σ tⁿ/n over odd n.
const fn half_logarithm(a: u128, b: u128) -> u128 {
    let (difference, total) = (a - b, a + b);
    let mut power = ONE * difference / total;
    let (mut sum, mut n) = (0, 1);
    while power > 0 {
        sum += power / n;
        power = power * difference / total * difference / total;
        n += 2;
    }
    sum
}

/// a · b, for numbers below 2.
const fn product(a: u128, b: u128) -> u128 {
    const HALF: u32 = POINT / 2;
    const LOW: u128 = (1 << HALF) - 1;
    let (a_high, a_low, b_high, b_low) = (a >> HALF, a & LOW, b >> HALF, b & LOW);
    a_high * b_high + ((a_high * b_low + a_low * b_high) >> HALF)
}

const fn logarithm() -> Logarithm {
    let mut table = Logarithm { inverse: [0.0; INTERVALS], high: [0.0; INTERVALS], low: [0.0; INTERVALS] };
    let mut i = 0;
    while i < INTERVALS {
        let (from, to) = (START + ((i as u64) << INTERVAL_BITS), START + ((i as u64 + 1) << INTERVAL_BITS));
        let of_centre = 2.0 / (f64::from_bits(from) + f64::from_bits(to));
        let units = if of_centre < 1.0 { 256.0 } else { 128.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 128 to 256")]
        let nearest = (of_centre * units + 0.5) as u64;
        table.inverse[i] = nearest as f64 / units;
        // In units of 1/256.
        let inverse = if of_centre < 1.0 { nearest } else { 2 * nearest } as u128;
        let value = if inverse > 256 {
            -2 * half_logarithm(inverse, 256).cast_signed()
        } else {
            2 * half_logarithm(256, inverse).cast_signed()
        };
        const SHIFT: u32 = POINT - 43;
        let rounded = (value + (1 << (SHIFT - 1))) >> SHIFT;
        table.high[i] = rounded as f64 * TWO_TO_MINUS_43;
        table.low[i] = (value - (rounded << SHIFT)) as f64 * TWO_TO_MINUS_120;
        i += 1;
    }
    table
}

const fn exponential() -> Exponential {
    let log_of_two = 2 * half_logarithm(2, 1);
    let mut table = Exponential { rest: [0.0; INTERVALS], bits: [0; INTERVALS] };
    let mut i = 0;
    while i < INTERVALS {
        let exponent = log_of_two * i as u128 / INTERVALS as u128;
        let (mut term, mut value, mut n) = (ONE, 0, 1);
        while term > 0 {
            value += term;
            term = product(term, exponent) / n;
            n += 1;
        }
        // 53 bits are kept.
        const SHIFT: u32 = POINT - 52;
        let rounded = (value + (1 << (SHIFT - 1))) >> SHIFT;
        let rest = value.cast_signed() - (rounded << SHIFT).cast_signed();
        // rest / (rounded · 2^68), of which 128 bits behind the point are kept.
        let part = (rest << 60) / rounded.cast_signed();
        table.rest[i] = part as f64 * TWO_TO_MINUS_60 * TWO_TO_MINUS_60 / 256.0;
        table.bits[i] = ((rounded as u64) & ((1 << 52) - 1)) + 1.0_f64.to_bits() - ((i as u64) << INTERVAL_BITS);
        i += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use astro_float_num::{BigFloat, Consts, RoundingMode};

    use super::{EXPONENTIAL, INTERVAL_BITS, INTERVALS, LOGARITHM, START};

    const BITS: usize = 256;
    const ROUND: RoundingMode = RoundingMode::None;
    /// Half a unit of the last place, as a part of any double: at most.
    const HALF_AN_ULP: f64 = f64::EPSILON / 2.0;

    fn wide(x: f64) -> BigFloat {
        BigFloat::from_f64(x, BITS)
    }

    /// Whether `part` is what rounding `whole` to a double gives, where `whole` is not halfway between two.
    fn is_rounded(part: f64, whole: &BigFloat) -> bool {
        let bound = wide(part.abs()).mul(&wide(HALF_AN_ULP), BITS, ROUND);
        whole.sub(&wide(part), BITS, ROUND).abs() <= bound
    }

    #[test]
    fn a_centre_is_near_both_ends_of_its_interval_and_its_inverse_has_few_bits() {
        for i in 0..INTERVALS {
            let inverse = LOGARITHM.inverse[i];
            for end in [i, i + 1] {
                let z = f64::from_bits(START + ((end as u64) << INTERVAL_BITS));
                assert!(z.mul_add(inverse, -1.0).abs() < 1.0 / 128.0, "{i}");
            }
            assert_eq!((inverse * 256.0).fract(), 0.0, "{i}");
        }
    }

    #[test]
    fn logarithms_are_a_multiple_of_2_to_minus_43_and_the_rounded_rest() {
        let mut constants = Consts::new().unwrap();
        for i in 0..INTERVALS {
            let (inverse, high, low) = (LOGARITHM.inverse[i], LOGARITHM.high[i], LOGARITHM.low[i]);
            assert_eq!((high * 2f64.powi(43)).fract(), 0.0, "{i}");
            assert!(low.abs() <= 2f64.powi(-44), "{i}");
            let rest = wide(inverse).ln(BITS, ROUND, &mut constants).neg().sub(&wide(high), BITS, ROUND);
            assert!(is_rounded(low, &rest), "{i}");
        }
    }

    #[test]
    fn powers_of_two_are_rounded_and_so_is_what_rounding_left() {
        let mut constants = Consts::new().unwrap();
        let log_of_two = wide(2.0).ln(BITS, ROUND, &mut constants);
        for i in 0..INTERVALS {
            let exponent = log_of_two.mul(&wide(i as f64 / INTERVALS as f64), BITS, ROUND);
            let exact = exponent.exp(BITS, ROUND, &mut constants);
            let power = f64::from_bits(EXPONENTIAL.bits[i] + ((i as u64) << INTERVAL_BITS));
            assert!(is_rounded(power, &exact), "{i}");
            let rest = exact.sub(&wide(power), BITS, ROUND).div(&wide(power), BITS, ROUND);
            // e^0 is 1 but for the last of its bits.
            assert!(i == 0 && EXPONENTIAL.rest[0] == 0.0 || is_rounded(EXPONENTIAL.rest[i], &rest), "{i}");
        }
    }
}
