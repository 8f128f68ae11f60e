//! Elements of every dtype as lanes, and lanes as elements of every dtype: the one place that knows all twelve.
//!
//! A lane is an f64; that of a bigint is its 64 bits. Loads are exact; stores round, wrap or clamp as JavaScript does.

use core::sync::atomic::{AtomicU64, Ordering};

use corepool_memory::{ElementType, View};

use crate::float16;
use crate::level::{Level, per_level};
use crate::store::{to_uint8_clamped, to_uint32};

/// Widens `values.len()` elements to lanes; exact.
///
/// # Safety
/// `input` must be valid and aligned for reads of that many elements of type `element`.
pub(crate) unsafe fn load(level: Level, element: ElementType, input: *const u8, values: &mut [f64]) {
    use ElementType as E;
    // SAFETY (every arm): this function's contract, handed on with the Rust type of the element's size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { load_as::<f64>(level, input.cast(), values, |v| v) },
        // SAFETY: see above.
        E::Float32 => unsafe { load_as::<f32>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Float16 => unsafe { load_as::<u16>(level, input.cast(), values, float16::to_f64) },
        // SAFETY: see above.
        E::Int8 => unsafe { load_as::<i8>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Uint8 | E::Uint8Clamped => unsafe { load_as::<u8>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Int16 => unsafe { load_as::<i16>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Uint16 => unsafe { load_as::<u16>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Int32 => unsafe { load_as::<i32>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Uint32 => unsafe { load_as::<u32>(level, input.cast(), values, f64::from) },
        // SAFETY: see above.
        E::Int64 | E::Uint64 => unsafe { load_as::<u64>(level, input.cast(), values, f64::from_bits) },
    }
}

/// Copies lanes that others may write meanwhile: each is read once, and as a whole, where a plain copy may read bytes of two values.
///
/// # Safety
/// `input` must be valid and aligned for reads and writes of `values.len()` lanes, which others may write meanwhile.
pub(crate) unsafe fn load_once(input: *mut u64, values: &mut [f64]) {
    for (i, value) in values.iter_mut().enumerate() {
        // SAFETY: `i` is below the length for which `input` is valid, by this function's contract.
        let lane = unsafe { AtomicU64::from_ptr(input.wrapping_add(i)) };
        // Relaxed: the value itself is all that is asked for.
        *value = f64::from_bits(lane.load(Ordering::Relaxed));
    }
}

/// Stores `values` as JavaScript stores numbers into an array of type `element`.
///
/// # Safety
/// `output` must be valid and aligned for writes of `values.len()` elements of type `element`.
#[expect(clippy::cast_possible_truncation, reason = "rounding to f32, and taking low bits, is what the store does")]
pub(crate) unsafe fn store(level: Level, element: ElementType, values: &[f64], output: *mut u8) {
    use ElementType as E;
    // SAFETY (every arm): this function's contract, handed on with the Rust type of the element's size.
    match element {
        // SAFETY: see above.
        E::Float64 => unsafe { store_as::<f64>(level, values, output.cast(), |v| v) },
        // SAFETY: see above.
        E::Float32 => unsafe { store_as::<f32>(level, values, output.cast(), |v| v as f32) },
        // SAFETY: see above.
        E::Float16 => unsafe { store_as::<u16>(level, values, output.cast(), float16::from_f64) },
        // SAFETY: see above.
        E::Int8 | E::Uint8 => unsafe { store_as::<u8>(level, values, output.cast(), |v| to_uint32(v) as u8) },
        // SAFETY: see above.
        E::Uint8Clamped => unsafe { store_as::<u8>(level, values, output.cast(), to_uint8_clamped) },
        // SAFETY: see above.
        E::Int16 | E::Uint16 => unsafe { store_as::<u16>(level, values, output.cast(), |v| to_uint32(v) as u16) },
        // SAFETY: see above.
        E::Int32 | E::Uint32 => unsafe { store_as::<u32>(level, values, output.cast(), to_uint32) },
        // SAFETY: see above.
        E::Int64 | E::Uint64 => unsafe { store_as::<u64>(level, values, output.cast(), f64::to_bits) },
    }
}

per_level! {
    /// # Safety
    /// `input` must be valid and aligned for reads of `values.len()` elements.
    unsafe fn load_as<T: Copy>(input: *const T, values: &mut [f64], widen: impl Fn(T) -> f64) {
        for (i, value) in values.iter_mut().enumerate() {
            // SAFETY: `i` is below the length for which `input` is valid.
            *value = widen(unsafe { input.wrapping_add(i).read() });
        }
    }
}

per_level! {
    /// # Safety
    /// `output` must be valid and aligned for writes of `values.len()` elements.
    unsafe fn store_as<T: Copy>(values: &[f64], output: *mut T, narrow: impl Fn(f64) -> T) {
        for (i, value) in values.iter().enumerate() {
            // SAFETY: `i` is below the length for which `output` is valid.
            unsafe { output.wrapping_add(i).write(narrow(*value)) };
        }
    }
}

/// Widens the elements of `table` at the indices in `values`, in their place; NaN where a lane is no index of the table.
///
/// # Safety
/// The view's contract ([`View::new`]) must hold.
pub(crate) unsafe fn gather(table: View, values: &mut [f64]) {
    use ElementType as E;
    // SAFETY (every arm): this function's contract, handed on with the Rust type of the element's size.
    match table.element() {
        // SAFETY: see above.
        E::Float64 => unsafe { gather_as::<f64>(table, values, |v| v) },
        // SAFETY: see above.
        E::Float32 => unsafe { gather_as::<f32>(table, values, f64::from) },
        // SAFETY: see above.
        E::Float16 => unsafe { gather_as::<u16>(table, values, float16::to_f64) },
        // SAFETY: see above.
        E::Int8 => unsafe { gather_as::<i8>(table, values, f64::from) },
        // SAFETY: see above.
        E::Uint8 | E::Uint8Clamped => unsafe { gather_as::<u8>(table, values, f64::from) },
        // SAFETY: see above.
        E::Int16 => unsafe { gather_as::<i16>(table, values, f64::from) },
        // SAFETY: see above.
        E::Uint16 => unsafe { gather_as::<u16>(table, values, f64::from) },
        // SAFETY: see above.
        E::Int32 => unsafe { gather_as::<i32>(table, values, f64::from) },
        // SAFETY: see above.
        E::Uint32 => unsafe { gather_as::<u32>(table, values, f64::from) },
        // SAFETY: see above.
        E::Int64 | E::Uint64 => unsafe { gather_as::<u64>(table, values, f64::from_bits) },
    }
}

/// # Safety
/// As for [`gather`]; `T` must have the size of the table's elements.
#[inline(always)]
unsafe fn gather_as<T: Copy>(table: View, values: &mut [f64], widen: impl Fn(T) -> f64) {
    let base = table.at(0).cast_const().cast::<T>();
    for value in values {
        *value = match index(*value, table.len()) {
            // SAFETY: `index` is below the table's length.
            Some(index) => widen(unsafe { base.wrapping_add(index).read() }),
            None => f64::NAN,
        };
    }
}

/// The index that a lane is in an array of `len` elements: a whole number from 0 to below `len`. −0 is 0.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the cast to an integer saturates, and what it changed is sorted out by comparing"
)]
fn index(lane: f64, len: usize) -> Option<usize> {
    let index = lane as usize;
    (index as f64 == lane && (index < len || cfg!(corepool_seed = "gather"))).then_some(index)
}
