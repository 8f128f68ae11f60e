//! A double as fdlibm sees it: a high and a low word of 32 bits, an exponent field, a power of two to add to it.
//!
//! Where fdlibm compares high words, the lane forms compare magnitudes with [`with_high_word`]: for numbers both order alike,
//! and a NaN is on neither side. Everything here is a few instructions without a branch.

/// 1.5 * 2^52: adding it leaves a whole number below 2^51 in the low bits of the sum, rounded to nearest.
pub(super) const SHIFTER: f64 = 6_755_399_441_055_744.0;

/// Bits of an explicit significand.
pub(super) const SIGNIFICAND: u64 = (1 << 52) - 1;

const SIGN: u64 = 1 << 63;

/// The number whose high word is `word` and whose low word is 0.
pub(super) const fn with_high_word(word: u32) -> f64 {
    f64::from_bits((word as u64) << 32)
}

/// The high word: sign, exponent, the upper 20 bits of the significand.
#[inline(always)]
pub(super) fn high_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32
}

/// The high word of |x|.
#[inline(always)]
pub(super) fn high_word_of_magnitude(x: f64) -> u32 {
    high_word(x) & 0x7fff_ffff
}

/// `x` with its low word cleared: 21 bits of significand are left.
#[inline(always)]
pub(super) fn without_low_word(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & !0xffff_ffff)
}

/// `x`, negated where `sign_of` has its sign bit set. For `x` ≥ 0 this is `copysign`.
#[inline(always)]
pub(super) fn negated_like(x: f64, sign_of: f64) -> f64 {
    f64::from_bits(x.to_bits() ^ (sign_of.to_bits() & SIGN))
}

/// The whole part of `t`, for 0 ≤ t < 2^51; one form for every level, because SSE2 has no rounding instruction.
#[inline(always)]
pub(super) fn whole_part(t: f64) -> f64 {
    let nearest = (t + SHIFTER) - SHIFTER;
    if nearest > t { nearest - 1.0 } else { nearest }
}

/// `y * 2^k` by adding to the exponent field: exact where the result is a normal number.
#[inline(always)]
pub(super) fn scaled(y: f64, k: f64) -> f64 {
    f64::from_bits(y.to_bits().wrapping_add((k + SHIFTER).to_bits() << 52))
}

/// 2^k, for whole −1022 ≤ k ≤ 1023.
#[inline(always)]
pub(super) fn power_of_two(k: f64) -> f64 {
    scaled(1.0, k)
}

/// The exponent of `x` > 0, as its field has it: −1023 for subnormals, 0 for 1.
#[inline(always)]
pub(super) fn exponent(x: f64) -> f64 {
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    f64::from_bits((x.to_bits() >> 52) | TWO_52) - f64::from_bits(TWO_52 + 1023)
}

/// The significand of a normal `x` > 0, as a number of [1, 2).
#[inline(always)]
pub(super) fn significand(x: f64) -> f64 {
    f64::from_bits((x.to_bits() & SIGNIFICAND) | 0x3ff0_0000_0000_0000)
}

/// True for what is above 0 and neither subnormal, infinite nor NaN.
#[inline(always)]
pub(super) fn is_normal(x: f64) -> bool {
    const LEAST: u64 = f64::MIN_POSITIVE.to_bits();
    x.to_bits().wrapping_sub(LEAST) < f64::INFINITY.to_bits() - LEAST
}
