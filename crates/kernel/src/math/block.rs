//! A function over a block of doubles: a vector loop over the lane form, then the scalar form for the lanes it left.

use super::lane::{Binary, Unary};
use crate::level::{Level, per_level};

/// Lanes of one loop: its arguments stay in the first-level cache for the second look.
const BLOCK: usize = 512;

/// Of a block, the lanes that may be left before the wide form is tried.
const TRY_WIDE: u64 = 16;

/// `results[i] = F(values[i])`; returns how many lanes took the scalar form.
#[inline(never)]
pub(super) fn unary<F: Unary>(function: F, level: Level, [values]: [&[f64]; 1], results: &mut [f64]) -> u64 {
    let mut scalar_lanes = 0;
    let mut marks = [0_u64; BLOCK];
    for (values, results) in values.chunks(BLOCK).zip(results.chunks_mut(BLOCK)) {
        let mut left = map(level, function, values, results, &mut marks);
        if left > TRY_WIDE && F::HAS_WIDE_LANE {
            left = map_wide(level, function, values, results, &mut marks);
        }
        if left > 0 {
            for ((value, result), mark) in values.iter().zip(results.iter_mut()).zip(&marks) {
                if *mark != 0 {
                    *result = F::scalar(*value);
                }
            }
        }
        scalar_lanes += left;
    }
    scalar_lanes
}

/// `results[i] = F(x[i], y[i])`; returns how many lanes took the scalar form.
#[inline(never)]
pub(super) fn binary<F: Binary>(function: F, level: Level, [x, y]: [&[f64]; 2], results: &mut [f64]) -> u64 {
    if F::NEEDS_FMA && !level.has_fma() {
        for ((x, y), result) in x.iter().zip(y).zip(results.iter_mut()) {
            *result = F::scalar(*x, *y);
        }
        return results.len() as u64;
    }
    let mut scalar_lanes = 0;
    let mut marks = [0_u64; BLOCK];
    for ((x, y), results) in x.chunks(BLOCK).zip(y.chunks(BLOCK)).zip(results.chunks_mut(BLOCK)) {
        let left = zip(level, function, x, y, results, &mut marks);
        if left > 0 {
            for (((x, y), result), mark) in x.iter().zip(y).zip(results.iter_mut()).zip(&marks) {
                if *mark != 0 {
                    *result = F::scalar(*x, *y);
                }
            }
        }
        scalar_lanes += left;
    }
    scalar_lanes
}

// Plain loops: a closure handed to an iterator would be a function of its own, compiled for the lowest level.

per_level! {
    /// The lane form over at most [`BLOCK`] numbers; marks the lanes that are not covered, and returns how many there are.
    fn map<F: Unary>(function: F, values: &[f64], results: &mut [f64], marks: &mut [u64; BLOCK]) -> u64 {
        let _ = function;
        let mut left = 0;
        for ((value, result), mark) in values.iter().zip(results).zip(marks) {
            left += F::lane(*value).put(result, mark);
        }
        left
    }
}

per_level! {
    /// The wide lane form; see [`map`].
    fn map_wide<F: Unary>(function: F, values: &[f64], results: &mut [f64], marks: &mut [u64; BLOCK]) -> u64 {
        let _ = function;
        let mut left = 0;
        for ((value, result), mark) in values.iter().zip(results).zip(marks) {
            left += F::wide_lane(*value).put(result, mark);
        }
        left
    }
}

per_level! {
    /// As [`map`], for a function of two numbers.
    fn zip<F: Binary>(function: F, x: &[f64], y: &[f64], results: &mut [f64], marks: &mut [u64; BLOCK]) -> u64 {
        let _ = function;
        let mut left = 0;
        for (((x, y), result), mark) in x.iter().zip(y).zip(results).zip(marks) {
            left += F::lane(*x, *y).put(result, mark);
        }
        left
    }
}
