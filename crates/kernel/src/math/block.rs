//! A function over doubles, block by block: a vector loop over the lane form, then the scalar form for the lanes it left.
//!
//! Operands are read where they are, so that the loads of one block overlap with computing the last. A function of one number
//! writes its results where they belong; those of a function of two are collected in a local, which the compiler knows to be
//! apart from all else.

use core::mem::MaybeUninit;

use super::lane::{Binary, Unary};
use crate::level::{Level, per_level};
use crate::stream::{LINE_LANES, prefetch};

/// Lanes of one loop: its arguments stay in the first-level cache for the second look.
const BLOCK: usize = 512;

/// Of a block, the lanes that may be left before the wide form is tried.
const TRY_WIDE: u64 = 16;

/// Lanes between two looks ahead: the caches are asked for the next block a little at a time, or computing would wait for them.
const PART: usize = 128;

/// Stands in the output for a lane that is not covered. A value that happens to have these bits, a NaN, is computed twice.
const UNCOVERED: u64 = 0x7ff8_c0de_c0de_c0de;

/// `output[i] = F(input[i])`; returns how many lanes took the scalar form.
///
/// # Safety
/// `input` must be valid for reads and `output` for writes of `len` doubles, both aligned, and the two the same or disjoint; nobody
/// else may write `output`, except where it is memory that JavaScript shares.
#[inline(never)]
pub(super) unsafe fn unary<F: Unary>(
    function: F,
    level: Level,
    [operand]: [*const f64; 1],
    output: *mut f64,
    len: usize,
) -> u64 {
    if F::COVERS_ALL {
        // SAFETY: this function's contract, handed on.
        unsafe { map_all(level, function, operand, output, len) };
        return 0;
    }
    // SAFETY: as above.
    unsafe { block_by_block(&function, !F::NEEDS_FMA || level.has_fma(), level, operand, output, len) }
}

/// The forms of a function of one number over many, for one driver: a copy of it for each function made the addon 11 KB larger.
trait Forms {
    /// The lane form of `count` numbers; see [`map`].
    ///
    /// # Safety
    /// As for [`map`].
    unsafe fn lanes(&self, level: Level, input: *const f64, output: *mut f64, count: usize) -> u64;

    /// The wide lane form, if there is one; see [`map_wide`].
    ///
    /// # Safety
    /// As for [`map`].
    unsafe fn wide_lanes(&self, level: Level, input: *const f64, output: *mut f64, count: usize) -> Option<u64>;

    /// The scalar form.
    fn number(&self, x: f64) -> f64;
}

impl<F: Unary> Forms for F {
    unsafe fn lanes(&self, level: Level, input: *const f64, output: *mut f64, count: usize) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { map(level, *self, input, output, count) }
    }

    unsafe fn wide_lanes(&self, level: Level, input: *const f64, output: *mut f64, count: usize) -> Option<u64> {
        // SAFETY: the caller's promise.
        F::HAS_WIDE_LANE.then(|| unsafe { map_wide(level, *self, input, output, count) })
    }

    fn number(&self, x: f64) -> f64 {
        F::scalar(x)
    }
}

/// See [`unary`]. Without `has_lanes` every lane takes the scalar form.
///
/// # Safety
/// As for [`unary`].
unsafe fn block_by_block(
    function: &dyn Forms,
    has_lanes: bool,
    level: Level,
    operand: *const f64,
    output: *mut f64,
    len: usize,
) -> u64 {
    if !has_lanes {
        for i in 0..len {
            // SAFETY: `i < len`, by this function's contract.
            let result = function.number(unsafe { operand.wrapping_add(i).read() });
            // SAFETY: as above.
            unsafe { output.wrapping_add(i).write(result) };
        }
        return len as u64;
    }
    let in_place = core::ptr::eq(operand, output);
    let mut arguments = [const { MaybeUninit::<f64>::uninit() }; BLOCK];
    let mut scalar_lanes = 0;
    for start in (0..len).step_by(BLOCK) {
        let count = BLOCK.min(len - start);
        let (mut input, output) = (operand.wrapping_add(start), output.wrapping_add(start));
        if in_place {
            // SAFETY: elements start..start+count lie inside the input, by this function's contract; the arguments are a local.
            unsafe { input.copy_to_nonoverlapping(arguments.as_mut_ptr().cast(), count) };
            input = arguments.as_ptr().cast();
        }
        let has_next = len - start >= 2 * BLOCK;
        let mut left = 0;
        for part in (0..count).step_by(PART) {
            let (input, output) = (input.wrapping_add(part), output.wrapping_add(part));
            if has_next {
                look_ahead(operand.wrapping_add(start + part), output);
            }
            // SAFETY: these elements lie inside both, by this function's contract, and the input is not the output.
            left += unsafe { function.lanes(level, input, output, PART.min(count - part)) };
        }
        if left > TRY_WIDE {
            // SAFETY: as above.
            left = unsafe { function.wide_lanes(level, input, output, count) }.unwrap_or(left);
        }
        if left > 0 {
            for i in 0..count {
                let place = output.wrapping_add(i);
                // SAFETY: `i < count`, and each result is written.
                if unsafe { place.read() }.to_bits() == UNCOVERED {
                    // SAFETY: `i < count`.
                    let result = function.number(unsafe { input.wrapping_add(i).read() });
                    // SAFETY: as above.
                    unsafe { place.write(result) };
                }
            }
        }
        scalar_lanes += left;
    }
    scalar_lanes
}

/// `output[i] = F(x[i], y[i])`; returns how many lanes took the scalar form.
///
/// # Safety
/// As for [`unary`], with two inputs.
#[inline(never)]
pub(super) unsafe fn binary<F: Binary>(
    function: F,
    level: Level,
    [x, y]: [*const f64; 2],
    output: *mut f64,
    len: usize,
) -> u64 {
    let has_lanes = F::HAS_LANE && (!F::NEEDS_FMA || level.has_fma());
    let mut scalar_lanes = 0;
    let (mut block, mut marks) = ([0.0; BLOCK], [1; BLOCK]);
    for start in (0..len).step_by(BLOCK) {
        let count = BLOCK.min(len - start);
        let (x, y) = (x.wrapping_add(start), y.wrapping_add(start));
        let results = &mut block[..count];
        let left = if has_lanes {
            // SAFETY: elements start..start+count lie inside both, by this function's contract.
            unsafe { zip(level, function, x, y, results, &mut marks) }
        } else {
            count as u64
        };
        if left > 0 {
            for (i, (result, _)) in results.iter_mut().zip(&marks).enumerate().filter(|(_, (_, mark))| **mark != 0) {
                // SAFETY: `i < count`.
                let x = unsafe { x.wrapping_add(i).read() };
                // SAFETY: as above.
                let y = unsafe { y.wrapping_add(i).read() };
                *result = F::scalar(x, y);
            }
        }
        // SAFETY: elements start..start+count lie inside the output; the block is a local.
        unsafe { output.wrapping_add(start).copy_from_nonoverlapping(results.as_ptr(), count) };
        scalar_lanes += left;
    }
    scalar_lanes
}

/// Asks the caches for the operand and the output of [`PART`] lanes, a block further on. The CPU's own prefetching stops where a
/// page ends, which may be where a block does, and it sees stores too late. (1e6 doubles on one core, exp: 1.65 ns an element
/// without, 1.27 with.)
fn look_ahead(operand: *const f64, output: *const f64) {
    for lane in (BLOCK..BLOCK + PART).step_by(LINE_LANES) {
        prefetch(operand.wrapping_add(lane).cast());
        prefetch(output.wrapping_add(lane).cast());
    }
}

/// The number whose bits are the other ones.
#[inline(always)]
fn turned(x: f64) -> f64 {
    f64::from_bits(!x.to_bits())
}

// Plain loops: a closure handed to an iterator would be a function of its own, compiled for the lowest level.

per_level! {
    /// The lane form over some numbers; writes [`UNCOVERED`] for the lanes that are not covered, and returns how many there are.
    ///
    /// # Safety
    /// As for [`unary`], but the two must be disjoint, and `count` at most [`PART`].
    unsafe fn map<F: Unary>(function: F, input: *const f64, output: *mut f64, count: usize) -> u64 {
        let _ = function;
        let mut left = 0;
        let mut begun = [const { MaybeUninit::<f64>::uninit() }; 4 * PART];
        let begun: *mut f64 = begun.as_mut_ptr().cast();
        if F::HAS_HALVES {
            for i in 0..count {
                // SAFETY: `i < count`.
                let x = unsafe { input.wrapping_add(i).read() };
                let [first, second, third] = F::begin(x);
                // The number goes with them: in shared memory there may be another when the second half begins. Its bits are turned, since
                // a plain copy would become a call of memcpy, which reads that memory a second time.
                for (number, value) in [first, second, third, turned(x)].into_iter().enumerate() {
                    // SAFETY: the local has four times PART places, and `i` is below PART.
                    unsafe { begun.wrapping_add(number * PART + i).write(value) };
                }
            }
        }
        for i in 0..count {
            let lane = if F::HAS_HALVES {
                // SAFETY: the loop above wrote the four.
                let read = |number: usize| unsafe { begun.wrapping_add(number * PART + i).read() };
                F::finish(turned(read(3)), [read(0), read(1), read(2)])
            } else {
                // SAFETY: `i < count`.
                F::lane(unsafe { input.wrapping_add(i).read() })
            };
            // SAFETY: as above.
            unsafe { output.wrapping_add(i).write(lane.value_or(UNCOVERED)) };
            left += u64::from(!lane.covered);
        }
        left
    }
}

per_level! {
    /// The wide lane form; see [`map`].
    ///
    /// # Safety
    /// As for [`map`].
    unsafe fn map_wide<F: Unary>(function: F, input: *const f64, output: *mut f64, count: usize) -> u64 {
        let _ = function;
        let mut left = 0;
        for i in 0..count {
            // SAFETY: `i < count`.
            let lane = F::wide_lane(unsafe { input.wrapping_add(i).read() });
            // SAFETY: as above.
            unsafe { output.wrapping_add(i).write(lane.value_or(UNCOVERED)) };
            left += u64::from(!lane.covered);
        }
        left
    }
}

per_level! {
    /// A lane form that covers every argument, over any number of them.
    ///
    /// # Safety
    /// As for [`unary`].
    unsafe fn map_all<F: Unary>(function: F, input: *const f64, output: *mut f64, len: usize) {
        let _ = function;
        // In place is a loop of its own: there the compiler need not ask whether the ranges overlap, and so it vectorises.
        if core::ptr::eq(input, output) {
            for i in 0..len {
                let place = output.wrapping_add(i);
                // SAFETY: `i < len`.
                let value = F::lane(unsafe { place.read() }).value;
                // SAFETY: as above.
                unsafe { place.write(value) };
            }
        } else {
            for i in 0..len {
                // SAFETY: `i < len`.
                let value = F::lane(unsafe { input.wrapping_add(i).read() }).value;
                // SAFETY: as above.
                unsafe { output.wrapping_add(i).write(value) };
            }
        }
    }
}

per_level! {
    /// As [`map`], for a function of two numbers.
    ///
    /// # Safety
    /// As for [`binary`].
    unsafe fn zip<F: Binary>(
        function: F,
        x: *const f64,
        y: *const f64,
        results: &mut [f64],
        marks: &mut [u64; BLOCK],
    ) -> u64 {
        let _ = function;
        let mut left = 0;
        for (i, (result, mark)) in results.iter_mut().zip(marks).enumerate() {
            // SAFETY: `i` is below the number of results.
            let x = unsafe { x.wrapping_add(i).read() };
            // SAFETY: as above.
            let y = unsafe { y.wrapping_add(i).read() };
            let lane = F::lane(x, y);
            *result = lane.value;
            left += lane.mark(mark);
        }
        left
    }
}
