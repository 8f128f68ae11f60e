//! The loops themselves: square, cube and copy over doubles, written by hand for each vector width, with normal and with
//! non-temporal stores, of four and of eight vectors at a time; a copy by the string instruction of x86; and the system's memcpy, which
//! says what the memory can do.
//!
//! A non-temporal store is not ordered with the stores after it, so such a pass ends with a fence of its own.

/// A pass over `n` doubles: input, output, n.
///
/// It must be given an input valid for reads and an output valid for writes of `n` doubles, disjoint, both aligned to 64 bytes,
/// and nobody else may write either.
pub(crate) type Pass = unsafe fn(*const f64, *mut f64, usize);

/// What a pass computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Square,
    Cube,
    Copy,
    /// A copy too, by the system's routine.
    Memcpy,
    /// Nothing: it reads the output as it reads the input.
    Read,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Square => "square",
            Self::Cube => "cube",
            Self::Copy => "copy",
            Self::Memcpy => "memcpy",
            Self::Read => "read",
        }
    }

    /// What the pass must store for an element.
    pub(crate) fn on_number(self, v: f64) -> f64 {
        match self {
            Self::Square => v * v,
            Self::Cube => v * v * v,
            Self::Copy | Self::Memcpy | Self::Read => v,
        }
    }
}

/// One way to run an operation on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routine {
    pub(crate) operation: Operation,
    /// How it stores: `avx2`, `avx2 non-temporal`, …
    pub(crate) stores: &'static str,
    pub(crate) pass: Pass,
}

/// All routines that this CPU can run.
pub(crate) fn routines() -> Vec<Routine> {
    let mut all = vec![Routine { operation: Operation::Memcpy, stores: "system", pass: memcpy }];
    for (operation, pass) in
        [(Operation::Square, square as Pass), (Operation::Cube, cube as Pass), (Operation::Copy, copy as Pass)]
    {
        all.push(Routine { operation, stores: "compiler", pass });
    }
    #[cfg(target_arch = "x86_64")]
    {
        all.push(Routine { operation: Operation::Copy, stores: "rep movsb", pass: copy_by_string });
        all.extend(sse2::ROUTINES);
        if is_x86_feature_detected!("avx2") {
            all.extend(avx2::ROUTINES);
        }
        if is_x86_feature_detected!("avx512f") {
            all.extend(avx512::ROUTINES);
        }
    }
    all
}

/// # Safety
/// As [`Pass`] says.
unsafe fn memcpy(input: *const f64, output: *mut f64, n: usize) {
    // SAFETY: this function's contract is that of the copy.
    unsafe { core::ptr::copy_nonoverlapping(input, output, n) };
}

/// A scalar loop, for the compiler to make the best of.
///
/// # Safety
/// As [`Pass`] says.
#[inline(always)]
unsafe fn scalar(input: *const f64, output: *mut f64, n: usize, f: impl Fn(f64) -> f64) {
    for i in 0..n {
        // SAFETY: `i < n`, and the input has n doubles.
        let value = unsafe { input.wrapping_add(i).read() };
        // SAFETY: `i < n`, and the output has n doubles.
        unsafe { output.wrapping_add(i).write(f(value)) };
    }
}

/// # Safety
/// As [`Pass`] says.
unsafe fn square(input: *const f64, output: *mut f64, n: usize) {
    // SAFETY: the contract, handed on.
    unsafe { scalar(input, output, n, |v| Operation::Square.on_number(v)) };
}

/// # Safety
/// As [`Pass`] says.
unsafe fn cube(input: *const f64, output: *mut f64, n: usize) {
    // SAFETY: the contract, handed on.
    unsafe { scalar(input, output, n, |v| Operation::Cube.on_number(v)) };
}

/// # Safety
/// As [`Pass`] says.
unsafe fn copy(input: *const f64, output: *mut f64, n: usize) {
    // SAFETY: the contract, handed on.
    unsafe { scalar(input, output, n, |v| v) };
}

/// A copy in one instruction, which the CPU carries out by whole cache lines, without reading those of the output first: that is
/// why memcpy is ahead of any loop in the second-level cache, and why no product can be stored so.
///
/// # Safety
/// As [`Pass`] says.
#[cfg(target_arch = "x86_64")]
unsafe fn copy_by_string(input: *const f64, output: *mut f64, n: usize) {
    // SAFETY: it reads and writes n doubles, as the contract says; the calling convention keeps the direction flag clear.
    unsafe {
        core::arch::asm!(
            "rep movsb",
            inout("rcx") n * size_of::<f64>() => _,
            inout("rsi") input => _,
            inout("rdi") output => _,
            options(nostack, preserves_flags)
        );
    }
}

/// One pass: so many vectors at a time, then single elements. `$on_vector` may use vector instructions only.
#[cfg(target_arch = "x86_64")]
macro_rules! pass {
    (
        $name:ident, $feature:literal, [$($vector:ident $place:literal),+] of $lanes:literal, $operation:ident, $load:ident, $store:ident, $end:ident,
        $on_vector:expr
    ) => {
        /// # Safety
        /// As `Pass` says, and the CPU must have the feature.
        #[target_feature(enable = $feature)]
        unsafe fn $name(input: *const f64, output: *mut f64, n: usize) {
            const STEP: usize = [$($place),+].len() * $lanes;
            let mut i = 0;
            while i + STEP <= n {
                let (from, to) = (input.wrapping_add(i), output.wrapping_add(i));
                $(
                    // SAFETY: the STEP elements from i on are below n, and i is a multiple of STEP, so the addresses are aligned to
                    // the vector as the pointers are to 64 bytes.
                    let $vector = unsafe { $load(from.wrapping_add($place * $lanes)) };
                )+
                $(
                    // SAFETY: as above.
                    unsafe { $store(to.wrapping_add($place * $lanes), $on_vector($vector)) };
                )+
                i += STEP;
            }
            // SAFETY: the contract, for the elements from i on.
            unsafe {
                scalar(input.wrapping_add(i), output.wrapping_add(i), n - i, |v| Operation::$operation.on_number(v))
            };
            $end();
        }
    };
}

/// The passes of one vector width.
#[cfg(target_arch = "x86_64")]
macro_rules! width {
    ($module:ident, $feature:literal, $lanes:literal, $load:ident, $store:ident, $stream:ident, $multiply:ident) => {
        mod $module {
            use core::arch::x86_64::{_mm_sfence, $load, $multiply, $store, $stream};

            use super::{Operation, Routine, scalar};

            const STREAMED: &str = concat!(stringify!($module), " non-temporal");
            const EIGHT: &str = concat!(stringify!($module), " × 8");

            pub(super) const ROUTINES: [Routine; 9] = [
                Routine { operation: Operation::Square, stores: stringify!($module), pass: square },
                Routine { operation: Operation::Square, stores: EIGHT, pass: square_by_eight },
                Routine { operation: Operation::Square, stores: STREAMED, pass: square_streamed },
                Routine { operation: Operation::Cube, stores: stringify!($module), pass: cube },
                Routine { operation: Operation::Cube, stores: EIGHT, pass: cube_by_eight },
                Routine { operation: Operation::Cube, stores: STREAMED, pass: cube_streamed },
                Routine { operation: Operation::Copy, stores: stringify!($module), pass: copy },
                Routine { operation: Operation::Copy, stores: EIGHT, pass: copy_by_eight },
                Routine { operation: Operation::Copy, stores: STREAMED, pass: copy_streamed },
            ];

            /// Normal stores need no fence: the team's hand-over orders them.
            #[inline(always)]
            fn unfenced() {}

            pass!(square, $feature, [a 0, b 1, c 2, d 3] of $lanes, Square, $load, $store, unfenced, |v| $multiply(v, v));
            pass!(square_by_eight, $feature, [a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7] of $lanes, Square, $load, $store, unfenced, |v| $multiply(v, v));
            pass!(square_streamed, $feature, [a 0, b 1, c 2, d 3] of $lanes, Square, $load, $stream, _mm_sfence, |v| $multiply(v, v));
            pass!(cube, $feature, [a 0, b 1, c 2, d 3] of $lanes, Cube, $load, $store, unfenced, |v| $multiply($multiply(v, v), v));
            pass!(cube_by_eight, $feature, [a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7] of $lanes, Cube, $load, $store, unfenced, |v| $multiply($multiply(v, v), v));
            pass!(cube_streamed, $feature, [a 0, b 1, c 2, d 3] of $lanes, Cube, $load, $stream, _mm_sfence, |v| $multiply($multiply(v, v), v));
            pass!(copy, $feature, [a 0, b 1, c 2, d 3] of $lanes, Copy, $load, $store, unfenced, |v| v);
            pass!(copy_by_eight, $feature, [a 0, b 1, c 2, d 3, e 4, f 5, g 6, h 7] of $lanes, Copy, $load, $store, unfenced, |v| v);
            pass!(copy_streamed, $feature, [a 0, b 1, c 2, d 3] of $lanes, Copy, $load, $stream, _mm_sfence, |v| v);
        }
    };
}

#[cfg(target_arch = "x86_64")]
width!(sse2, "sse2", 2, _mm_load_pd, _mm_store_pd, _mm_stream_pd, _mm_mul_pd);
#[cfg(target_arch = "x86_64")]
width!(avx2, "avx2", 4, _mm256_load_pd, _mm256_store_pd, _mm256_stream_pd, _mm256_mul_pd);
#[cfg(target_arch = "x86_64")]
width!(avx512, "avx512f", 8, _mm512_load_pd, _mm512_store_pd, _mm512_stream_pd, _mm512_mul_pd);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Pages;

    #[test]
    fn every_routine_stores_what_its_operation_says_and_nothing_else() {
        for routine in routines() {
            for n in [0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 100, 1000] {
                let mut input = Pages::new(1024, |i| f64::from(u32::try_from(i).unwrap()) / 7.0 - 70.0);
                let mut output = Pages::new(1024, |_| f64::NAN);
                // SAFETY: both have 1,024 doubles and are aligned to huge pages; nobody else uses them.
                unsafe { (routine.pass)(input.base(), output.base(), n) };
                for (i, (x, y)) in input.values().iter().zip(output.values()).enumerate() {
                    let expected = if i < n { routine.operation.on_number(*x).to_bits() } else { f64::NAN.to_bits() };
                    assert_eq!(y.to_bits(), expected, "{routine:?}, n = {n}, i = {i}");
                }
            }
        }
    }
}
