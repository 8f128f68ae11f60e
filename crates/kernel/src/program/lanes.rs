//! Loops over lanes: one function applied to up to five sources, each of them memory or one value that stands for every lane.
//!
//! Each combination is a plain loop of its own, compiled for every SIMD level, which the compiler vectorises. It does so only
//! where the output is not an operand too; a loop in place gives the same values, one at a time.
//!
//! The addresses carry their lengths, and are made by unsafe functions only; so the loops, which check the lengths, are safe.

use crate::level::per_level;
use crate::stream::{LINE, LINE_LANES, stream_line};

/// What a loop computes for one lane. Bigints are the bits of their lanes.
pub(super) trait Function<const N: usize>: Copy {
    /// The result for these operands.
    fn of(operands: [f64; N]) -> f64;
}

/// Where an operand's lanes come from.
pub(super) trait Source: Copy {
    /// How many lanes it has at least.
    fn len(self) -> usize;

    /// Lane `i`.
    ///
    /// # Safety
    /// `i` must be below [`Source::len`].
    unsafe fn lane(self, i: usize) -> f64;
}

/// One lane after the other in memory that somebody else may own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Each {
    base: *const f64,
    len: usize,
}

/// The same for every lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Same(pub(super) f64);

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    base: *mut f64,
    len: usize,
    is_streamed: bool,
}

impl Each {
    /// # Safety
    /// From now until its last use `base` must be valid and aligned for reads of `len` lanes.
    pub(super) unsafe fn new(base: *const f64, len: usize) -> Self {
        Self { base, len }
    }
}

impl Target {
    /// # Safety
    /// From now until its last use `base` must be valid and aligned for writes of `len` lanes; nobody else may write them
    /// meanwhile, except where it is memory that JavaScript shares.
    pub(super) unsafe fn new(base: *mut f64, len: usize) -> Self {
        Self { base, len, is_streamed: false }
    }

    /// The same with results that go past the caches, as far as they are whole lines.
    ///
    /// # Safety
    /// The loop must neither read the memory nor be followed by anybody who does before this thread has called
    /// [`fence`](crate::stream::fence).
    pub(super) unsafe fn past_caches(self) -> Self {
        Self { is_streamed: true, ..self }
    }

    /// How many lanes, from the first on, go past the caches.
    #[inline(always)]
    fn streamed(self) -> usize {
        if self.is_streamed && self.base.addr().is_multiple_of(LINE) { self.len - self.len % LINE_LANES } else { 0 }
    }
}

impl Source for Each {
    #[inline(always)]
    fn len(self) -> usize {
        self.len
    }

    #[inline(always)]
    unsafe fn lane(self, i: usize) -> f64 {
        // SAFETY: the caller keeps `i` below the length for which the memory is valid, by the contract of `new`.
        unsafe { self.base.wrapping_add(i).read() }
    }
}

impl Source for Same {
    #[inline(always)]
    fn len(self) -> usize {
        usize::MAX
    }

    #[inline(always)]
    unsafe fn lane(self, _: usize) -> f64 {
        self.0
    }
}

/// Writes a loop over some number of sources.
macro_rules! loop_over {
    ($name:ident $count:literal $($source:ident: $generic:ident)+) => {
        per_level! {
            /// `output[i] = F(sources[i]…)` for every lane of the output.
            ///
            /// # Panics
            /// When a source is shorter than the output.
            pub(super) fn $name<const REGISTER: usize, F: Function<$count>, $($generic: Source),+>(
                function: F,
                output: Target,
                $($source: $generic),+
            ) {
                let _ = function;
                $(assert!($source.len() >= output.len, "a source is shorter than the output");)+
                let streamed = output.streamed();
                for start in (0..streamed).step_by(LINE_LANES) {
                    let mut line = [0.0; LINE_LANES];
                    for (i, result) in (start..).zip(&mut line) {
                        // SAFETY: `i` is below the output's length, and no source is shorter.
                        *result = F::of([$(unsafe { $source.lane(i) }),+]);
                    }
                    // SAFETY: a line from `start` on is inside the output, which begins where a line does; `past_caches` was promised
                    // the rest. The body is compiled with registers of so many bytes.
                    unsafe { stream_line::<REGISTER>(&line, output.base.wrapping_add(start)) };
                }
                for i in streamed..output.len {
                    // SAFETY: `i` is below the output's length, and no source is shorter.
                    let operands = [$(unsafe { $source.lane(i) }),+];
                    // SAFETY: `i` is below the length for which the memory is valid, by the contract of `Target::new`.
                    unsafe { output.base.wrapping_add(i).write(F::of(operands)) };
                }
            }
        }
    };
}

loop_over!(one 1 a: A);
loop_over!(two 2 a: A b: B);
loop_over!(three 3 a: A b: B c: C);
loop_over!(four 4 a: A b: B c: C d: D);
loop_over!(five 5 a: A b: B c: C d: D e: E);

per_level! {
    /// `output[i] = first + i` for every lane of the output, which is a block: i fits 32 bits.
    pub(super) fn count_up(first: f64, output: Target) {
        for (offset, i) in (0_u32..).zip(0..output.len) {
            // SAFETY: `i` is below the length for which the memory is valid, by the contract of `Target::new`.
            unsafe { output.base.wrapping_add(i).write(first + f64::from(offset)) };
        }
    }
}
