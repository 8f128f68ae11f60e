//! One loop, compiled once for each SIMD level: the compiler vectorises a plain body with the instructions of the level.
//!
//! ```text
//! per_level! {
//!     /// `output[i] = a * x[i] + y[i]`.
//!     pub(crate) fn axpy(a: f64, x: &[f64], y: &[f64], output: &mut [f64]) {
//!         for ((o, x), y) in output.iter_mut().zip(x).zip(y) {
//!             *o = a * *x + *y;
//!         }
//!     }
//! }
//!
//! axpy(Level::chosen(), 2.0, x, y, output);
//! ```
//!
//! - The function gets one more parameter, the [`Level`], in front. A job reads [`Level::chosen`] once and keeps it; a test goes
//!   through `Level::available()` and compares the bits.
//! - Arguments are `name: type`; a type may be `impl Fn(f64) -> f64`, and the function may have type parameters with one bound
//!   each (`fn map<T: Copy>(…)`). Visibility, attributes and a result type are as in any function. `unsafe fn` works too: the
//!   contract is then the caller's, as for any unsafe function.
//! - What the body calls must be `#[inline(always)]`, or it stays code of the lowest level. So must what a closure calls that is
//!   handed in; a closure itself is inlined when it is small.
//! - **The bits do not depend on the level**, unless the body asks for it: Rust never contracts `a * b + c`, whatever the level
//!   has. A body that wants the fused operation declares `<const FMA: bool>`: the constant is true where `f64::mul_add` is one
//!   instruction and false where it would be a slow call, so both branches can be written and the other one disappears. On x86 it
//!   is true where there are AVX registers.
//! - A body that writes intrinsics by the width of the registers declares `<const REGISTER: usize>`: their bytes.
//! - A call costs a predicted branch, about a nanosecond: call it for a block of some hundred elements, not for each element.
//!
//! The invariant that makes calling these functions safe: a `Level` exists only where the CPU and the system have it.

use std::sync::OnceLock;

use corepool_topology::SimdLevel;

/// A SIMD level that this machine has; to be had from here only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level(Width);

/// The instruction sets that bodies are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    /// What every CPU of the architecture has: SSE2, NEON.
    Baseline,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, CD, DQ and VL, and what [`Width::Avx2`] has.
    Avx512,
}

impl Level {
    /// The level of this process: what the CPU has, at most what `COREPOOL_SIMD` says. Read once.
    pub(crate) fn chosen() -> Self {
        static CHOSEN: OnceLock<Level> = OnceLock::new();
        // A value that cannot be read lowers nothing; the binding reports it where the level is asked for.
        *CHOSEN.get_or_init(|| Self::of(SimdLevel::from_environment().unwrap_or_else(|_| SimdLevel::detected())))
    }

    /// Every level that this machine has, from the lowest on.
    #[cfg(test)]
    pub(crate) fn available() -> impl Iterator<Item = Self> {
        let highest = Self::of(SimdLevel::detected()).0;
        [Width::Baseline, Width::Avx2, Width::Avx512].into_iter().filter(move |width| *width <= highest).map(Self)
    }

    /// `simd` must not be above what was detected; it is private, and both callers keep that.
    fn of(simd: SimdLevel) -> Self {
        Self(match simd {
            SimdLevel::Avx512 => Width::Avx512,
            SimdLevel::Avx2 => Width::Avx2,
            SimdLevel::Sse2 | SimdLevel::Neon | SimdLevel::None => Width::Baseline,
        })
    }

    /// Whether `f64::mul_add` is one instruction at this level.
    pub(crate) fn has_fma(self) -> bool {
        cfg!(target_arch = "aarch64") || self.0 > Width::Baseline
    }

    /// This level, or the one below AVX-512: for bodies that are faster there. A caller says why.
    pub(crate) fn at_most_avx2(self) -> Self {
        Self(self.0.min(Width::Avx2))
    }

    /// For the `match` that [`per_level`] writes.
    #[inline(always)]
    pub(crate) fn width(self) -> Width {
        self.0
    }
}

/// Compiles one function for each SIMD level; see the top of this file for how it is used.
macro_rules! per_level {
    // Entries: a function that takes `<const FMA: bool>`, `<const REGISTER: usize>`, or neither; each safe or unsafe.
    ($(#[$meta:meta])* $visibility:vis fn $name:ident<const $fma:ident: bool $(, $generic:ident: $bound:path)*> $($rest:tt)+) => {
        per_level!(
            @parts [$(#[$meta])*] [$visibility] [] $name [const $fma: bool,]
            [::<true $(, $generic)*>] [::<true $(, $generic)*>]
            [::<{ cfg!(any(target_arch = "aarch64", target_feature = "fma")) } $(, $generic)*>]
            <$($generic: $bound),*> $($rest)+
        );
    };
    ($(#[$meta:meta])* $visibility:vis fn $name:ident<const $register:ident: usize $(, $generic:ident: $bound:path)*> $($rest:tt)+) => {
        per_level!(
            @parts [$(#[$meta])*] [$visibility] [] $name [const $register: usize,]
            [::<64 $(, $generic)*>] [::<32 $(, $generic)*>] [::<16 $(, $generic)*>]
            <$($generic: $bound),*> $($rest)+
        );
    };
    ($(#[$meta:meta])* $visibility:vis unsafe fn $name:ident<const $fma:ident: bool> $($rest:tt)+) => {
        per_level!(
            @parts [$(#[$meta])*] [$visibility] [unsafe] $name [const $fma: bool,] [::<true>] [::<true>]
            [::<{ cfg!(any(target_arch = "aarch64", target_feature = "fma")) }>] $($rest)+
        );
    };
    ($(#[$meta:meta])* $visibility:vis unsafe fn $name:ident<const $register:ident: usize> $($rest:tt)+) => {
        per_level!(
            @parts [$(#[$meta])*] [$visibility] [unsafe] $name [const $register: usize,] [::<64>] [::<32>] [::<16>] $($rest)+
        );
    };
    ($(#[$meta:meta])* $visibility:vis fn $name:ident $(<$($generic:ident: $bound:path),+>)? ($($parameters:tt)*) $($rest:tt)+) => {
        per_level!(@parts [$(#[$meta])*] [$visibility] [] $name [] [] [] [] $(<$($generic: $bound),+>)? ($($parameters)*) $($rest)+);
    };
    ($(#[$meta:meta])* $visibility:vis unsafe fn $name:ident $(<$($generic:ident: $bound:path),+>)? ($($parameters:tt)*) $($rest:tt)+) => {
        per_level!(@parts [$(#[$meta])*] [$visibility] [unsafe] $name [] [] [] [] $(<$($generic: $bound),+>)? ($($parameters)*) $($rest)+);
    };
    (
        @parts [$(#[$meta:meta])*] [$visibility:vis] [$($unsafety:tt)?] $name:ident
        [$($constant:tt)*] [$($widest:tt)*] [$($wide:tt)*] [$($narrow:tt)*]
        $(<$($generic:ident: $bound:path),*>)? ($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        $visibility $($unsafety)? fn $name $(<$($generic: $bound),*>)? (
            level: $crate::level::Level, $($argument: $kind),*
        ) $(-> $result)? {
            // Unsafe for the sake of the unsafe bodies; the contract is that of the whole function, and none if it is safe.
            #[inline(always)]
            unsafe fn body<$($constant)* $($($generic: $bound),*)?>($($argument: $kind),*) $(-> $result)? $body

            #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2 $(<$($generic: $bound),*>)? ($($argument: $kind),*) $(-> $result)? {
                // SAFETY: the contract of the whole function, handed on.
                unsafe { body $($wide)* ($($argument),*) }
            }

            #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
            #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
            unsafe fn avx512 $(<$($generic: $bound),*>)? ($($argument: $kind),*) $(-> $result)? {
                // SAFETY: the contract of the whole function, handed on.
                unsafe { body $($widest)* ($($argument),*) }
            }

            match level.width() {
                // SAFETY:
                // - a `Level` exists only where CPU and system have its instructions (the invariant of `level.rs`), which are
                //   those that the function was compiled for;
                // - the rest is the contract of the whole function, which its caller keeps, and none if it is safe.
                #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
                $crate::level::Width::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: as above.
                #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
                $crate::level::Width::Avx512 => unsafe { avx512($($argument),*) },
                // SAFETY: no instructions beyond the architecture's own; the contract as above.
                _ => unsafe { body $($narrow)* ($($argument),*) },
            }
        }
    };
}
pub(crate) use per_level;

#[cfg(test)]
mod tests {
    use super::Level;

    per_level! {
        /// A body of many arguments, whose products and sums would round once if they were contracted.
        fn blend(a: f64, x: &[f64], b: f64, y: &[f64], below: f64, output: &mut [f64]) {
            for ((o, x), y) in output.iter_mut().zip(x).zip(y) {
                let value = a * *x + b * *y;
                *o = if value < below { value / *x } else { value.sqrt() };
            }
        }
    }

    per_level! {
        fn map<T: Copy>(values: &mut [T], f: impl Fn(T) -> T) -> usize {
            values.iter_mut().for_each(|value| *value = f(*value));
            values.len()
        }
    }

    per_level! {
        /// # Safety
        /// `values` must be valid for reads of `len` numbers.
        unsafe fn sum_from(values: *const u32, len: usize) -> u32 {
            // SAFETY: each index is below `len`.
            (0..len).map(|i| unsafe { values.wrapping_add(i).read() }).fold(0, u32::wrapping_add)
        }
    }

    per_level! {
        /// The error of each product: fused where that is one instruction, by Dekker's splitting elsewhere.
        fn product_errors<const FMA: bool>(x: &[f64], y: &[f64], output: &mut [f64]) {
            for ((o, x), y) in output.iter_mut().zip(x).zip(y) {
                *o = if FMA { x.mul_add(*y, -(x * y)) } else { split_product_error(*x, *y) };
            }
        }
    }

    #[inline(always)]
    fn split_product_error(x: f64, y: f64) -> f64 {
        let split = |v: f64| {
            let high = 134_217_729.0 * v - (134_217_729.0 * v - v);
            (high, v - high)
        };
        let ((x_high, x_low), (y_high, y_low)) = (split(x), split(y));
        x_low * y_low - (((x * y - x_high * y_high) - x_low * y_high) - x_high * y_low)
    }

    /// Numbers with full significands, of both signs.
    fn numbers(count: u32, seed: f64) -> Vec<f64> {
        (0..count).map(|i| (f64::from(i) * seed).sin() * 1e3).collect()
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn every_level_gives_the_bits_of_a_scalar_loop() {
        let (x, y) = (numbers(1003, 1.7), numbers(1003, 0.3));
        let scalar: Vec<f64> = x
            .iter()
            .zip(&y)
            .map(|(x, y)| {
                let value = core::hint::black_box(1.1 * x) + core::hint::black_box(-0.7 * y);
                if value < 100.0 { value / x } else { value.sqrt() }
            })
            .collect();
        for level in Level::available() {
            let mut output = vec![0.0; x.len()];
            blend(level, 1.1, &x, -0.7, &y, 100.0, &mut output);
            assert_eq!(bits(&output), bits(&scalar), "{level:?}");
        }
    }

    #[test]
    fn type_parameters_closures_and_results_are_handed_on() {
        for level in Level::available() {
            let mut values: Vec<u16> = (0..777).collect();
            assert_eq!(map(level, &mut values, |v| v.wrapping_mul(v)), 777);
            assert!(values.iter().zip(0..777_u16).all(|(square, v)| *square == v.wrapping_mul(v)));
        }
    }

    #[test]
    fn an_unsafe_body_keeps_its_contract() {
        let values: Vec<u32> = (0..1001).collect();
        for level in Level::available() {
            // SAFETY: the vector has that many numbers.
            assert_eq!(unsafe { sum_from(level, values.as_ptr(), values.len()) }, 500_500);
        }
    }

    #[test]
    fn a_body_may_use_the_fused_operation_where_there_is_one() {
        let (x, y) = (numbers(301, 1.1), numbers(301, 2.3));
        let exact: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x.mul_add(*y, -(x * y))).collect();
        assert!(exact.iter().any(|error| *error != 0.0));
        for level in Level::available() {
            let mut output = vec![0.0; x.len()];
            product_errors(level, &x, &y, &mut output);
            assert_eq!(
                bits(&output.iter().map(|v| v + 0.0).collect::<Vec<_>>()),
                bits(&exact.iter().map(|v| v + 0.0).collect::<Vec<_>>()),
                "{level:?}"
            );
        }
    }

    #[test]
    fn the_lowest_level_is_always_there_and_the_chosen_one_is_among_those_that_are() {
        assert_eq!(Level::available().next().map(Level::width), Some(super::Width::Baseline));
        assert!(Level::available().any(|level| level == Level::chosen()));
    }
}
