//! One pass over two operands, to an array of the same element type: a plain loop for each operation, which the compiler
//! vectorises. For the types whose arithmetic rounds or wraps as computing in f64 and storing once does.

use crate::level::{Level, per_level};
use crate::operation::Binary;

/// Elements that are computed aside where the result goes to an operand's own memory.
const TILE: usize = 64;

/// Where the elements of an operand come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<T> {
    /// From memory, one after the other.
    Elements(*const T),
    /// All are this one.
    Same(T),
}

/// `output[i] = a[i] ⊕ b[i]` in f64.
///
/// # Safety
/// `output` must be valid for writes of `len` elements, and each [`Source::Elements`] for as many reads, all aligned; it must
/// start where `output` does, or share no memory with it; nobody else may write `output`, except where it is memory that
/// JavaScript shares.
pub(crate) unsafe fn on_f64(
    level: Level,
    operation: Binary,
    a: Source<f64>,
    b: Source<f64>,
    output: *mut f64,
    len: usize,
) {
    // SAFETY (every arm): this function's contract, handed on.
    match operation {
        // SAFETY: see above.
        Binary::Add => unsafe { zip(level, a, b, output, len, |a, b| a + b) },
        // SAFETY: see above.
        Binary::Sub => unsafe { zip(level, a, b, output, len, |a, b| a - b) },
        // SAFETY: see above.
        Binary::Mul => unsafe { zip(level, a, b, output, len, |a, b| a * b) },
        // SAFETY: see above.
        Binary::Div => unsafe { zip(level, a, b, output, len, |a, b| a / b) },
    }
}

/// `output[i] = a[i] ⊕ b[i]` in f32. A sum, difference, product or quotient of two f32 that is rounded to f64 and then to f32
/// is the one that is rounded to f32 at once: f64 has more than twice the bits.
///
/// # See also
/// Figueroa 1995, "When is double rounding innocuous?"
///
/// # Safety
/// As for [`on_f64`].
pub(crate) unsafe fn on_f32(
    level: Level,
    operation: Binary,
    a: Source<f32>,
    b: Source<f32>,
    output: *mut f32,
    len: usize,
) {
    // SAFETY (every arm): this function's contract, handed on.
    match operation {
        // SAFETY: see above.
        Binary::Add => unsafe { zip(level, a, b, output, len, |a, b| a + b) },
        // SAFETY: see above.
        Binary::Sub => unsafe { zip(level, a, b, output, len, |a, b| a - b) },
        // SAFETY: see above.
        Binary::Mul => unsafe { zip(level, a, b, output, len, |a, b| a * b) },
        // SAFETY: see above.
        Binary::Div => unsafe { zip(level, a, b, output, len, |a, b| a / b) },
    }
}

/// `output[i] = a[i] ⊕ b[i]` modulo 2^64, signed and unsigned alike.
///
/// # Panics
/// For a quotient, which bigints are not asked for.
///
/// # Safety
/// As for [`on_f64`].
pub(crate) unsafe fn on_u64(
    level: Level,
    operation: Binary,
    a: Source<u64>,
    b: Source<u64>,
    output: *mut u64,
    len: usize,
) {
    // SAFETY (every arm): this function's contract, handed on.
    match operation {
        // SAFETY: see above.
        Binary::Add => unsafe { zip(level, a, b, output, len, u64::wrapping_add) },
        // SAFETY: see above.
        Binary::Sub => unsafe { zip(level, a, b, output, len, u64::wrapping_sub) },
        // SAFETY: see above.
        Binary::Mul => unsafe { zip(level, a, b, output, len, u64::wrapping_mul) },
        Binary::Div => unreachable!("quotients of bigints are refused when the job is made"),
    }
}

/// `output[i] = f(a[i], b[i])` for every i.
///
/// # Safety
/// As for [`on_f64`].
#[inline(always)]
unsafe fn zip<T: Element>(level: Level, a: Source<T>, b: Source<T>, output: *mut T, len: usize, f: impl Fn(T, T) -> T) {
    let is_output = |source| matches!(source, Source::Elements(elements) if core::ptr::eq(elements, output));
    let in_place = is_output(a) || is_output(b);
    // Distinct types, so that each is a loop of its own.
    // SAFETY (every arm): this function's contract, handed on.
    match (a, b) {
        // SAFETY: see above.
        (Source::Elements(a), Source::Elements(b)) => unsafe {
            each(level, Many(a), Many(b), output, len, in_place, f)
        },
        // SAFETY: see above.
        (Source::Elements(a), Source::Same(b)) => unsafe { each(level, Many(a), One(b), output, len, in_place, f) },
        // SAFETY: see above.
        (Source::Same(a), Source::Elements(b)) => unsafe { each(level, One(a), Many(b), output, len, in_place, f) },
        // SAFETY: see above.
        (Source::Same(a), Source::Same(b)) => unsafe { each(level, One(a), One(b), output, len, false, f) },
    }
}

per_level! {
    /// The loop itself. In place the compiler would have to ask for every element whether it was written already; results are
    /// therefore collected in a tile first, and both loops vectorise.
    ///
    /// # Safety
    /// As for [`on_f64`]; `in_place` must hold where an operand starts where `output` does.
    unsafe fn each<T: Element, A: Read<T>, B: Read<T>>(
        a: A,
        b: B,
        output: *mut T,
        len: usize,
        in_place: bool,
        f: impl Fn(T, T) -> T,
    ) {
        // SAFETY: `i` is below `len` in both loops, for which the operand is valid.
        let first = |i| unsafe { a.read(i) };
        // SAFETY: as above.
        let second = |i| unsafe { b.read(i) };
        if in_place {
            let mut start = 0;
            while start < len {
                let count = TILE.min(len - start);
                let mut tile = [T::default(); TILE];
                for (i, place) in tile.iter_mut().take(count).enumerate() {
                    *place = f(first(start + i), second(start + i));
                }
                // SAFETY: elements start..start+count lie inside the output; the tile is a local of at least as many.
                unsafe { core::ptr::copy_nonoverlapping(tile.as_ptr(), output.wrapping_add(start), count) };
                start += count;
            }
        } else {
            for i in 0..len {
                // SAFETY: `i < len`, and `output` is valid and aligned for writes of `len` elements.
                unsafe { output.wrapping_add(i).write(f(first(i), second(i))) };
            }
        }
    }
}

/// What an element is in a loop.
trait Element: Copy + Default {}

impl Element for f64 {}
impl Element for f32 {}
impl Element for u64 {}

/// An operand inside a loop.
trait Read<T>: Copy {
    /// Element `i`.
    ///
    /// # Safety
    /// `i` must be below the length for which the operand is valid.
    unsafe fn read(self, i: usize) -> T;
}

#[derive(Clone, Copy)]
struct Many<T>(*const T);

#[derive(Clone, Copy)]
struct One<T>(T);

impl<T: Copy> Read<T> for Many<T> {
    #[inline(always)]
    unsafe fn read(self, i: usize) -> T {
        // SAFETY: the caller keeps `i` inside the operand, which is valid and aligned.
        unsafe { self.0.wrapping_add(i).read() }
    }
}

impl<T: Copy> Read<T> for One<T> {
    #[inline(always)]
    unsafe fn read(self, _: usize) -> T {
        self.0
    }
}
