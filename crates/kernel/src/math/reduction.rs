//! An angle modulo π/2, as `__ieee754_rem_pio2` of fdlibm does it.
//!
//! Four ranges: up to π/4 nothing is done; up to 2^19 π/2 the multiple is taken away in one, two or three parts of 33 bits;
//! beyond, a product with up to 1,584 bits of 2/π gives the fraction (Payne and Hanek). The lane form does the first part and,
//! for [`reduced_lane`] with two steps, the second; a lane that needs more is left to [`reduced`].

use super::words::{SHIFTER, high_word, high_word_of_magnitude, negated_like, whole_part, with_high_word};

const INVERSE: f64 = core::f64::consts::FRAC_2_PI;
const PART_1: f64 = 1.5707963267341256; // the first 33 bits of π/2
const REST_1: f64 = 6.077100506506192e-11; // π/2 − PART_1
const PART_2: f64 = 6.077100506303966e-11; // the second 33 bits
const REST_2: f64 = 2.0222662487959506e-21;
const PART_3: f64 = 2.0222662487111665e-21; // the third 33 bits
const REST_3: f64 = 8.4784276603689e-32;

/// What is at most about π/4 is its own remainder.
pub(super) const NO_REDUCTION_BELOW: f64 = with_high_word(0x3fe9_21fc);
/// From about 2^19 π/2 on, all bits of 2/π are needed.
const HUGE_FROM: f64 = with_high_word(0x4139_21fc);

/// x − n·π/2 as a sum of two doubles; of n only the low bits count.
#[derive(Clone, Copy)]
pub(super) struct Reduced {
    pub(super) quadrant: u32,
    pub(super) head: f64,
    pub(super) tail: f64,
}

/// |x| reduced, for a lane form.
#[derive(Clone, Copy)]
pub(super) struct ReducedLane {
    /// The bits of n from bit 0 on; above them nothing of use.
    pub(super) quadrant: u64,
    pub(super) head: f64,
    pub(super) tail: f64,
    /// n is 0, and the tail is not looked at.
    pub(super) small: bool,
    /// False where the lane needs [`reduced`].
    pub(super) covered: bool,
}

/// Reduces a magnitude. With `two_steps` nearly every lane up to 2^19 π/2 is covered; without, few above 65,536 are, and
/// the form is a third shorter.
#[inline(always)]
pub(super) fn reduced_lane(magnitude: f64, two_steps: bool) -> ReducedLane {
    let small = magnitude < NO_REDUCTION_BELOW;
    let multiple = whole_part(magnitude * INVERSE + 0.5);
    let multiple = if small { 0.0 } else { multiple };
    let rest = magnitude - multiple * PART_1;
    let correction = multiple * REST_1;
    let head = rest - correction;
    // More than 16 bits cancelled: the exponent fell by more than 16.
    let enough = f64::from_bits(magnitude.to_bits() & 0x7ff0_0000_0000_0000) * f64::from_bits(0x3ef0_0000_0000_0000);
    let cancelled = head.abs() < enough && !small;
    let (rest, correction, head, needs_more) = if two_steps {
        let part = multiple * PART_2;
        let finer_rest = rest - part;
        let finer_correction = multiple * REST_2 - ((rest - finer_rest) - part);
        let finer_head = finer_rest - finer_correction;
        // Below 32 fdlibm decides by a table of neighbours of multiples, and beyond 49 bits there is a third step.
        let not_enough = finer_head.abs() < enough * f64::from_bits(0x3de0_0000_0000_0000) || multiple < 32.0;
        (
            if cancelled { finer_rest } else { rest },
            if cancelled { finer_correction } else { correction },
            if cancelled { finer_head } else { head },
            cancelled && not_enough,
        )
    } else {
        (rest, correction, head, cancelled)
    };
    let covered = magnitude < HUGE_FROM && !needs_more;
    ReducedLane { quadrant: (multiple + SHIFTER).to_bits(), head, tail: (rest - head) - correction, small, covered }
}

/// Reduces any finite `x` above π/4 in magnitude.
pub(super) fn reduced(x: f64) -> Reduced {
    let magnitude = x.abs();
    let mut result = if magnitude < HUGE_FROM { reduced_by_parts(magnitude) } else { reduced_by_bits(magnitude) };
    if x.is_sign_negative() {
        result.quadrant = result.quadrant.wrapping_neg();
    }
    Reduced { head: negated_like(result.head, x), tail: negated_like(result.tail, x), ..result }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the multiple is below 2^20, an exponent field has 11 bits"
)]
fn reduced_by_parts(magnitude: f64) -> Reduced {
    let high = high_word_of_magnitude(magnitude);
    let multiple = (magnitude * INVERSE + 0.5).floor();
    let quadrant = multiple as u32;
    let mut rest = magnitude - multiple * PART_1;
    let mut correction = multiple * REST_1;
    let mut head = rest - correction;
    let is_neighbour = quadrant < 32 && high == high_word(f64::from(quadrant) * core::f64::consts::FRAC_PI_2);
    if quadrant >= 32 || is_neighbour {
        let cancelled = |head: f64| (high >> 20) as i32 - (high_word_of_magnitude(head) >> 20) as i32;
        if cancelled(head) > 16 {
            let before = rest;
            let part = multiple * PART_2;
            rest = before - part;
            correction = multiple * REST_2 - ((before - rest) - part);
            head = rest - correction;
            if cancelled(head) > 49 {
                let before = rest;
                let part = multiple * PART_3;
                rest = before - part;
                correction = multiple * REST_3 - ((before - rest) - part);
                head = rest - correction;
            }
        }
    }
    Reduced { quadrant, head, tail: (rest - head) - correction }
}

/// 2/π in digits of 24 bits.
const TWO_OVER_PI: [u32; 66] = [
    0xA2F983, 0x6E4E44, 0x1529FC, 0x2757D1, 0xF534DD, 0xC0DB62, 0x95993C, 0x439041, 0xFE5163, 0xABDEBB, 0xC561B7,
    0x246E3A, 0x424DD2, 0xE00649, 0x2EEA09, 0xD1921C, 0xFE1DEB, 0x1CB129, 0xA73EE8, 0x8235F5, 0x2EBB44, 0x84E99C,
    0x7026B4, 0x5F7E41, 0x3991D6, 0x398353, 0x39F49C, 0x845F8B, 0xBDF928, 0x3B1FF8, 0x97FFDE, 0x05980F, 0xEF2F11,
    0x8B5A0A, 0x6D1F6D, 0x367ECF, 0x27CB09, 0xB74F46, 0x3F669E, 0x5FEA2D, 0x7527BA, 0xC7EBE5, 0xF17B3D, 0x0739F7,
    0x8A5292, 0xEA6BFB, 0x5FB11F, 0x8D5D08, 0x560330, 0x46FC7B, 0x6BABF0, 0xCFBC20, 0x9AF436, 0x1DA9E3, 0x91615E,
    0xE61B08, 0x659985, 0x5F14A0, 0x68408D, 0xFFD880, 0x4D7327, 0x310606, 0x1556CA, 0x73A8C9, 0x60E27B, 0xC08C6B,
];

/// π/2 in pieces of 24 bits.
const HALF_PI: [f64; 8] = [
    1.570796251296997,
    7.549789415861596e-08,
    5.390302529957765e-15,
    3.282003415807913e-22,
    1.270655753080676e-29,
    1.2293330898111133e-36,
    2.7337005381646456e-44,
    2.1674168387780482e-51,
];

const TWO_24: f64 = 16_777_216.0;
const TWO_M24: f64 = 1.0 / TWO_24;
/// Digits of the product that are computed at first, less one: for a result of 53 bits and a tail.
const FIRST_DIGITS: usize = 4;

/// Payne and Hanek's reduction, `__kernel_rem_pio2`: only the digits of 2/π that reach the fraction and the last three bits
/// of the multiple are multiplied; more are added while the fraction cancels to nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "digits have 24 bits, exponents and indices far fewer"
)]
fn reduced_by_bits(magnitude: f64) -> Reduced {
    // |x| as up to three digits of 24 bits, the first scaled by 2^exponent.
    let exponent = (high_word(magnitude) >> 20) as i32 - 1046;
    let mut scaled = f64::from_bits(magnitude.to_bits().wrapping_sub((exponent as u64) << 52));
    let mut x = [0.0_f64; 3];
    for digit in &mut x[..2] {
        *digit = scaled.trunc();
        scaled = (scaled - *digit) * TWO_24;
    }
    x[2] = scaled;
    let used = x.iter().rposition(|digit| *digit != 0.0).unwrap_or(0);

    let skipped = ((exponent - 3) / 24).max(0);
    let mut scale = exponent - 24 * (skipped + 1);
    let two_over_pi = |index: i32| usize::try_from(index).map_or(0.0, |index| f64::from(TWO_OVER_PI[index]));
    // Digit `i` of the product.
    let product = |i: usize| (0..=used).fold(0.0, |sum, j| sum + x[j] * two_over_pi(skipped + i as i32 - j as i32));
    let mut q = [0.0_f64; 20];
    for (i, digit) in q.iter_mut().enumerate().take(FIRST_DIGITS + 1) {
        *digit = product(i);
    }
    let mut last = FIRST_DIGITS;
    let mut digits = [0_i32; 20];
    let (quadrant, upper_half, mut fraction) = loop {
        // Carries go from the last digit to the first.
        let mut z = q[last];
        for (digit, next) in (1..=last).rev().enumerate() {
            let carry = (TWO_M24 * z).trunc();
            digits[digit] = (z - TWO_24 * carry) as i32;
            z = q[next - 1] + carry;
        }
        z = times_power_of_two(z, scale);
        z -= 8.0 * (z * 0.125).floor();
        let mut n = z as i32;
        z -= f64::from(n);
        let mut half = 0;
        if scale > 0 {
            let top = digits[last - 1] >> (24 - scale);
            n += top;
            digits[last - 1] -= top << (24 - scale);
            half = digits[last - 1] >> (23 - scale);
        } else if scale == 0 {
            half = digits[last - 1] >> 23;
        } else if z >= 0.5 {
            half = 2;
        }
        if half > 0 {
            // The fraction is above a half: take one more multiple, and what is then missing.
            n += 1;
            let mut carry = false;
            for digit in &mut digits[..last] {
                if carry {
                    *digit = 0xff_ffff - *digit;
                } else if *digit != 0 {
                    carry = true;
                    *digit = 0x100_0000 - *digit;
                }
            }
            match scale {
                1 => digits[last - 1] &= 0x7f_ffff,
                2 => digits[last - 1] &= 0x3f_ffff,
                _ => {}
            }
            if half == 2 {
                z = 1.0 - z;
                if carry {
                    z -= times_power_of_two(1.0, scale);
                }
            }
        }
        if z == 0.0 && digits[FIRST_DIGITS..last].iter().all(|digit| *digit == 0) {
            // Everything cancelled: as many further digits as there are zeros in front, and again.
            let zeros = 1 + digits[..FIRST_DIGITS].iter().rev().take_while(|digit| **digit == 0).count();
            for (i, digit) in q.iter_mut().enumerate().take(last + zeros + 1).skip(last + 1) {
                *digit = product(i);
            }
            last += zeros;
            continue;
        }
        break (n as u32 & 7, half > 0, z);
    };

    if fraction == 0.0 {
        last -= 1;
        scale -= 24;
        while digits[last] == 0 {
            last -= 1;
            scale -= 24;
        }
    } else {
        fraction = times_power_of_two(fraction, -scale);
        if fraction >= TWO_24 {
            let carry = (TWO_M24 * fraction).trunc();
            digits[last] = (fraction - TWO_24 * carry) as i32;
            last += 1;
            scale += 24;
            digits[last] = carry as i32;
        } else {
            digits[last] = fraction as i32;
        }
    }
    let mut weight = times_power_of_two(1.0, scale);
    for i in (0..=last).rev() {
        q[i] = weight * f64::from(digits[i]);
        weight *= TWO_M24;
    }
    // The fraction times π/2, smallest terms last.
    let mut terms = [0.0_f64; 20];
    for i in (0..=last).rev() {
        let count = FIRST_DIGITS.min(last - i);
        terms[last - i] = (0..=count).fold(0.0, |sum, k| sum + HALF_PI[k] * q[i + k]);
    }
    let head = terms[..=last].iter().rev().fold(0.0, |sum, term| sum + term);
    let tail = terms[1..=last].iter().fold(terms[0] - head, |sum, term| sum + term);
    if upper_half { Reduced { quadrant, head: -head, tail: -tail } } else { Reduced { quadrant, head, tail } }
}

/// `x * 2^k` where the result is normal or zero; |k| is below 1,023.
#[expect(clippy::cast_sign_loss, reason = "a biased exponent is positive")]
fn times_power_of_two(x: f64, k: i32) -> f64 {
    x * f64::from_bits(((1023 + k) as u64) << 52)
}
