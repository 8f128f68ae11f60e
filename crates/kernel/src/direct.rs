//! One pass from an array to another of the same element type: a plain loop each, which the compiler vectorises.
//!
//! Small integers are multiplied as integers: their products are exact in f64 too, so wrapping arithmetic gives the bits
//! that storing the f64 gives. 32-bit integers are not: their products round in f64, and that rounding is kept.

use corepool_memory::ElementType;

use crate::float16;
use crate::level::{Level, per_level};
use crate::operation::Unary;
use crate::store::to_uint32;
use crate::stream::fill;

/// Bytes ahead of what is read that are asked for where results go past the caches: a page, at whose end the CPU's own prefetching stops.
const AHEAD: usize = 4096;

/// Runs `operation` over `len` elements of one element type.
///
/// # Safety
/// `input` must be valid for reads and `output` for writes of `len` elements, both aligned to their size; the two ranges must
/// be the same or disjoint; nobody else may write `output`, except where it is memory that JavaScript shares.
pub(crate) unsafe fn run(
    level: Level,
    operation: Unary,
    element: ElementType,
    input: *const u8,
    output: *mut u8,
    len: usize,
) {
    match operation {
        // SAFETY: this function's contract, handed on.
        Unary::Square => unsafe { square(level, element, input, output, len) },
        // SAFETY: as above.
        Unary::Cube => unsafe { cube(level, element, input, output, len) },
    }
}

/// The same over doubles, with results that go past the caches.
///
/// # Safety
/// As for [`run`], with two ranges that are disjoint; before anybody else learns that the output is written, this thread must call
/// [`fence`](crate::stream::fence).
pub(crate) unsafe fn run_past_caches(level: Level, operation: Unary, input: *const f64, output: *mut f64, len: usize) {
    // SAFETY: `fill` asks for indices below `len`, for which the input is valid and aligned.
    let value = |i| unsafe { input.wrapping_add(i).read() };
    let ahead = input.cast::<u8>().wrapping_add(AHEAD);
    match operation {
        // SAFETY: this function's contract, handed on.
        Unary::Square => unsafe { fill(level, output, len, ahead, |i| Unary::Square.on_number(value(i))) },
        // SAFETY: as above.
        Unary::Cube => unsafe { fill(level, output, len, ahead, |i| Unary::Cube.on_number(value(i))) },
    }
}

/// # Safety
/// As for [`run`].
unsafe fn square(level: Level, element: ElementType, input: *const u8, output: *mut u8, len: usize) {
    use ElementType as E;
    // SAFETY (every arm): the contract of `run`, handed on with the element type as the Rust type of the same size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { map::<f64>(level, input.cast(), output.cast(), len, |v| v * v) },
        // A product of two f32 is exact in f64, so one f32 multiplication rounds as computing in f64 and storing does.
        // SAFETY: see above.
        E::Float32 => unsafe { map::<f32>(level, input.cast(), output.cast(), len, |v| v * v) },
        // SAFETY: see above.
        E::Float16 => unsafe { map::<u16>(level, input.cast(), output.cast(), len, |v| half(Unary::Square, v)) },
        // SAFETY: see above.
        E::Int8 | E::Uint8 => unsafe { map::<u8>(level, input.cast(), output.cast(), len, |v| v.wrapping_mul(v)) },
        // SAFETY: see above.
        E::Uint8Clamped => unsafe { map::<u8>(level, input.cast(), output.cast(), len, |v| v.saturating_mul(v)) },
        // SAFETY: see above.
        E::Int16 | E::Uint16 => unsafe { map::<u16>(level, input.cast(), output.cast(), len, |v| v.wrapping_mul(v)) },
        // SAFETY: see above.
        E::Int32 => unsafe { map::<i32>(level, input.cast(), output.cast(), len, |v| signed(Unary::Square, v)) },
        // SAFETY: see above.
        E::Uint32 => unsafe {
            map::<u32>(level, input.cast(), output.cast(), len, |v| to_uint32(Unary::Square.on_number(v.into())))
        },
        // SAFETY: see above.
        E::Int64 | E::Uint64 => unsafe {
            map::<u64>(level, input.cast(), output.cast(), len, |v| Unary::Square.on_bigint(v))
        },
    }
}

/// # Safety
/// As for [`run`].
unsafe fn cube(level: Level, element: ElementType, input: *const u8, output: *mut u8, len: usize) {
    use ElementType as E;
    // SAFETY (every arm): the contract of `run`, handed on with the element type as the Rust type of the same size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { map::<f64>(level, input.cast(), output.cast(), len, |v| v * v * v) },
        // SAFETY: see above.
        E::Float32 => unsafe { map::<f32>(level, input.cast(), output.cast(), len, narrow_cube) },
        // SAFETY: see above.
        E::Float16 => unsafe { map::<u16>(level, input.cast(), output.cast(), len, |v| half(Unary::Cube, v)) },
        // SAFETY: see above.
        E::Int8 | E::Uint8 => unsafe {
            map::<u8>(level, input.cast(), output.cast(), len, |v| v.wrapping_mul(v).wrapping_mul(v))
        },
        // SAFETY: see above.
        E::Uint8Clamped => unsafe {
            map::<u8>(level, input.cast(), output.cast(), len, |v| v.saturating_mul(v).saturating_mul(v))
        },
        // SAFETY: see above.
        E::Int16 | E::Uint16 => unsafe {
            map::<u16>(level, input.cast(), output.cast(), len, |v| v.wrapping_mul(v).wrapping_mul(v))
        },
        // SAFETY: see above.
        E::Int32 => unsafe { map::<i32>(level, input.cast(), output.cast(), len, |v| signed(Unary::Cube, v)) },
        // SAFETY: see above.
        E::Uint32 => unsafe {
            map::<u32>(level, input.cast(), output.cast(), len, |v| to_uint32(Unary::Cube.on_number(v.into())))
        },
        // SAFETY: see above.
        E::Int64 | E::Uint64 => unsafe {
            map::<u64>(level, input.cast(), output.cast(), len, |v| Unary::Cube.on_bigint(v))
        },
    }
}

/// The cube of an f32: computed in f64, rounded once.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is the store")]
fn narrow_cube(v: f32) -> f32 {
    Unary::Cube.on_number(v.into()) as f32
}

/// An operation on an i32: computed in f64, wrapped modulo 2^32.
#[inline(always)]
fn signed(operation: Unary, v: i32) -> i32 {
    to_uint32(operation.on_number(v.into())).cast_signed()
}

/// An operation on a binary16 number, by its bits.
#[inline(always)]
fn half(operation: Unary, bits: u16) -> u16 {
    float16::from_f64(operation.on_number(float16::to_f64(bits)))
}

per_level! {
    /// `output[i] = f(input[i])` for every i.
    ///
    /// # Safety
    /// As for [`run`], with `T` of the element's size.
    unsafe fn map<T: Copy>(input: *const T, output: *mut T, len: usize, f: impl Fn(T) -> T) {
        // In place is a loop of its own: there the compiler need not ask whether the ranges overlap, and so it vectorises.
        if core::ptr::eq(input, output) {
            for i in 0..len {
                let place = output.wrapping_add(i);
                // SAFETY: `i < len`, and `output` is valid and aligned for `len` elements; as it is `input`, it holds values.
                let value = unsafe { place.read() };
                // SAFETY: as above.
                unsafe { place.write(f(value)) };
            }
        } else {
            for i in 0..len {
                // SAFETY: `i < len`, and `input` is valid and aligned for reads of `len` elements.
                let value = unsafe { input.wrapping_add(i).read() };
                // SAFETY: `i < len`, and `output` is valid and aligned for writes of `len` elements.
                unsafe { output.wrapping_add(i).write(f(value)) };
            }
        }
    }
}
