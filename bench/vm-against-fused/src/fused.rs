//! Loops fused by hand, for each vector width, with normal and with non-temporal stores. Each thread has one part of the arrays.

use corepool_pool::{Panicked, Pool};

/// A part of a pass: both inputs, the output, its length.
type Part = unsafe fn(*const f64, *const f64, *mut f64, usize);

/// One way to compute an expression on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loop {
    pub(crate) stores: &'static str,
    part: Part,
}

/// The arrays of a pass, to be shared by the threads that each write a part of their own.
#[derive(Clone, Copy)]
struct Arrays {
    a: *const f64,
    b: *const f64,
    output: *mut f64,
}

// SAFETY: addresses; distinct chunks of the one pass use distinct elements of the output.
unsafe impl Sync for Arrays {}

impl Arrays {
    fn from(&self, start: usize) -> Self {
        let Self { a, b, output } = *self;
        Self { a: a.wrapping_add(start), b: b.wrapping_add(start), output: output.wrapping_add(start) }
    }
}

impl Loop {
    /// Runs the pass on every thread of the pool.
    ///
    /// # Safety
    /// All three arrays must have `len` doubles and be aligned to 64 bytes, and nobody else may write them.
    pub(crate) unsafe fn run(
        &self,
        pool: &Pool,
        a: *const f64,
        b: *const f64,
        output: *mut f64,
        len: usize,
    ) -> Result<(), Panicked> {
        let threads = pool.size().max(1);
        let part = len.div_ceil(threads).next_multiple_of(64);
        let arrays = Arrays { a, b, output };
        pool.run(u32::try_from(threads).unwrap_or(1), &|chunk| {
            let start = (part * chunk as usize).min(len);
            let Arrays { a, b, output } = arrays.from(start);
            // SAFETY: the elements from `start` on, at most a part of them, are inside the arrays; each chunk has its own.
            unsafe { (self.part)(a, b, output, part.min(len - start)) };
        })
    }
}

/// One part: four vectors at a time, then single elements.
#[cfg(target_arch = "x86_64")]
macro_rules! part {
    ($name:ident, $feature:literal, $lanes:literal, $load:ident, $store:ident, $scalar:path, $vector:expr) => {
        /// # Safety
        /// The arrays must have `len` doubles and be aligned to 64 bytes, and the CPU must have the feature.
        #[target_feature(enable = $feature)]
        pub(super) unsafe fn $name(a: *const f64, b: *const f64, output: *mut f64, len: usize) {
            let mut i = 0;
            while i + 4 * $lanes <= len {
                for step in [0, $lanes, 2 * $lanes, 3 * $lanes] {
                    // SAFETY: the elements from i on, four vectors of them, are below `len`, and i is a multiple of 4 vectors.
                    let x = unsafe { $load(a.wrapping_add(i + step)) };
                    // SAFETY: as above.
                    let y = unsafe { $load(b.wrapping_add(i + step)) };
                    // SAFETY: as above.
                    unsafe { $store(output.wrapping_add(i + step), $vector(x, y)) };
                }
                i += 4 * $lanes;
            }
            for i in i..len {
                // SAFETY: `i < len`.
                let (x, y) = (unsafe { a.wrapping_add(i).read() }, unsafe { b.wrapping_add(i).read() });
                // SAFETY: as above.
                unsafe { output.wrapping_add(i).write($scalar(x, y)) };
            }
            // For the non-temporal stores; it costs the normal ones nothing.
            core::arch::x86_64::_mm_sfence();
        }
    };
}

/// The parts of one vector width.
#[cfg(target_arch = "x86_64")]
macro_rules! width {
    ($module:ident, $feature:literal, $lanes:literal, $vector:ident, $load:ident, $store:ident, $stream:ident, $add:ident, $multiply:ident, $all:ident) => {
        mod $module {
            use core::arch::x86_64::{$add, $all, $load, $multiply, $store, $stream, $vector};

            use super::scalar;

            #[inline]
            #[target_feature(enable = $feature)]
            fn linear(a: $vector, b: $vector) -> $vector {
                $add($multiply($all(2.0), a), $multiply($all(3.0), b))
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn cube(a: $vector, _: $vector) -> $vector {
                $multiply($multiply(a, a), a)
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn polynomial(a: $vector, _: $vector) -> $vector {
                let t = $add($multiply($all(0.25), a), $all(0.75));
                let t = $add($multiply(t, a), $all(-1.5));
                $add($multiply(t, a), $all(-2.0))
            }

            part!(linear_normal, $feature, $lanes, $load, $store, scalar::linear, linear);
            part!(linear_streamed, $feature, $lanes, $load, $stream, scalar::linear, linear);
            part!(cube_normal, $feature, $lanes, $load, $store, scalar::cube, cube);
            part!(cube_streamed, $feature, $lanes, $load, $stream, scalar::cube, cube);
            part!(polynomial_normal, $feature, $lanes, $load, $store, scalar::polynomial, polynomial);
            part!(polynomial_streamed, $feature, $lanes, $load, $stream, scalar::polynomial, polynomial);
        }
    };
}

#[cfg(target_arch = "x86_64")]
width!(
    avx2,
    "avx2",
    4,
    __m256d,
    _mm256_load_pd,
    _mm256_store_pd,
    _mm256_stream_pd,
    _mm256_add_pd,
    _mm256_mul_pd,
    _mm256_set1_pd
);
#[cfg(target_arch = "x86_64")]
width!(
    avx512,
    "avx512f",
    8,
    __m512d,
    _mm512_load_pd,
    _mm512_store_pd,
    _mm512_stream_pd,
    _mm512_add_pd,
    _mm512_mul_pd,
    _mm512_set1_pd
);

/// The expressions on single elements.
mod scalar {
    pub(super) fn linear(a: f64, b: f64) -> f64 {
        2.0 * a + 3.0 * b
    }

    pub(super) fn cube(a: f64, _: f64) -> f64 {
        a * a * a
    }

    pub(super) fn polynomial(a: f64, _: f64) -> f64 {
        ((0.25 * a + 0.75) * a - 1.5) * a - 2.0
    }
}

/// The loops of one expression that this CPU can run.
macro_rules! loops {
    ($name:ident, $normal:ident, $streamed:ident) => {
        pub(crate) fn $name() -> Vec<Loop> {
            let mut all = Vec::new();
            #[cfg(target_arch = "x86_64")]
            {
                if is_x86_feature_detected!("avx2") {
                    all.push(Loop { stores: "avx2", part: avx2::$normal });
                    all.push(Loop { stores: "avx2 non-temporal", part: avx2::$streamed });
                }
                if is_x86_feature_detected!("avx512f") {
                    all.push(Loop { stores: "avx512", part: avx512::$normal });
                    all.push(Loop { stores: "avx512 non-temporal", part: avx512::$streamed });
                }
            }
            all.push(Loop { stores: "compiler", part: compiled::$name });
            all
        }
    };
}

loops!(linear, linear_normal, linear_streamed);
loops!(cube, cube_normal, cube_streamed);
loops!(polynomial, polynomial_normal, polynomial_streamed);

/// Plain loops, for the compiler to make the best of.
mod compiled {
    use super::scalar;

    /// One plain loop.
    macro_rules! plain {
        ($name:ident) => {
            /// # Safety
            /// The arrays must have `len` doubles.
            pub(super) unsafe fn $name(a: *const f64, b: *const f64, output: *mut f64, len: usize) {
                for i in 0..len {
                    // SAFETY: `i < len`.
                    let (x, y) = (unsafe { a.wrapping_add(i).read() }, unsafe { b.wrapping_add(i).read() });
                    // SAFETY: as above.
                    unsafe { output.wrapping_add(i).write(scalar::$name(x, y)) };
                }
            }
        };
    }

    plain!(linear);
    plain!(cube);
    plain!(polynomial);
}
