//! Loops that only read two arrays, as a sum of pairs does: each vector width, with and without asking ahead, one place at a time or four.

use core::hint::black_box;

use crate::loops::{Operation, Routine};

/// All routines that this CPU can run.
pub(crate) fn routines() -> Vec<Routine> {
    let read = |stores, pass| Routine { operation: Operation::Read, stores, pass };
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "there are others for x86-64"))]
    let mut all = vec![read("compiler", compiler)];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") {
            all.extend([
                read("avx2", avx2::<0, 1>),
                read("avx2, 4 KiB ahead", avx2::<4096, 1>),
                read("avx2, four places", avx2::<0, 4>),
            ]);
        }
        if is_x86_feature_detected!("avx512f") {
            all.extend([read("avx512", avx512::<0, 1>), read("avx512, 4 KiB ahead", avx512::<4096, 1>)]);
        }
    }
    all
}

/// A plain loop, for the compiler to make the best of.
///
/// # Safety
/// As [`crate::loops::Pass`] says.
unsafe fn compiler(x: *const f64, y: *mut f64, n: usize) {
    let mut bits = 0;
    for i in 0..n {
        for base in [x, y.cast_const()] {
            // SAFETY: `i < n`, and both have n doubles.
            bits ^= unsafe { base.wrapping_add(i).cast::<u64>().read() };
        }
    }
    black_box(bits);
}

#[cfg(target_arch = "x86_64")]
macro_rules! read {
    ($name:ident, $feature:literal, $load:ident, $add:ident, $zero:ident) => {
        /// Asks for what is `AHEAD` bytes further on, unless that is 0, and reads at `PLACES` places of each array by turns.
        ///
        /// # Safety
        /// As `Pass` says, and the CPU must have the feature.
        #[target_feature(enable = $feature)]
        unsafe fn $name<const AHEAD: usize, const PLACES: usize>(x: *const f64, y: *mut f64, n: usize) {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch, $add, $load, $zero};
            const LINE: usize = 8;
            let mut sums = [$zero(); 4];
            let lanes = size_of_val(&sums[0]) / size_of::<f64>();
            let place = n / PLACES / LINE * LINE;
            for start in (0..place).step_by(LINE) {
                for i in (0..PLACES).map(|number| number * place + start) {
                    for (array, base) in [x, y.cast_const()].into_iter().enumerate() {
                        let line = base.wrapping_add(i);
                        if AHEAD > 0 {
                            _mm_prefetch::<_MM_HINT_T0>(line.wrapping_byte_add(AHEAD).cast());
                        }
                        for part in 0..LINE / lanes {
                            let sum = &mut sums[2 * array + part];
                            // SAFETY: the line lies within the n doubles of the array.
                            *sum = $add(*sum, unsafe { $load(line.wrapping_add(part * lanes)) });
                        }
                    }
                }
            }
            black_box(sums);
        }
    };
}

#[cfg(target_arch = "x86_64")]
read!(avx2, "avx2", _mm256_loadu_pd, _mm256_add_pd, _mm256_setzero_pd);
#[cfg(target_arch = "x86_64")]
read!(avx512, "avx512f", _mm512_loadu_pd, _mm512_add_pd, _mm512_setzero_pd);
