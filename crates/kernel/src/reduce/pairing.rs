//! Terms of a sum that are made of two arrays' elements as they are added: a term that goes through memory costs more than its
//! addition does.

/// What a term is of the elements x and y.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// (x − y)²
    SquareOfDifference,
    /// x × y
    Product,
}

/// The same, known to the loop; each operation rounds by itself.
pub(super) trait Term: Copy {
    /// Whether it depends on y.
    const IS_OF_BOTH: bool = true;

    fn of(self, x: f64, y: f64) -> f64;

    /// As [`Term::of`], for each lane; for code that runs where there is AVX-512 F.
    #[cfg(target_arch = "x86_64")]
    fn of_wide(self, x: Wide, y: Wide) -> Wide;
}

#[cfg(target_arch = "x86_64")]
pub(super) use core::arch::x86_64::__m512d as Wide;

/// x alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct First;

#[derive(Clone, Copy, Debug)]
pub(super) struct SquareOfDifference;

#[derive(Clone, Copy, Debug)]
pub(super) struct Product;

impl Term for First {
    const IS_OF_BOTH: bool = false;

    #[inline(always)]
    fn of(self, x: f64, _: f64) -> f64 {
        x
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn of_wide(self, x: Wide, _: Wide) -> Wide {
        x
    }
}

impl Term for SquareOfDifference {
    #[inline(always)]
    fn of(self, x: f64, y: f64) -> f64 {
        (x - y) * (x - y)
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn of_wide(self, x: Wide, y: Wide) -> Wide {
        use core::arch::x86_64::{_mm512_mul_pd, _mm512_sub_pd};
        // SAFETY: inlined where there is AVX-512 F.
        let difference = unsafe { _mm512_sub_pd(x, y) };
        // SAFETY: as above.
        unsafe { _mm512_mul_pd(difference, difference) }
    }
}

impl Term for Product {
    #[inline(always)]
    fn of(self, x: f64, y: f64) -> f64 {
        x * y
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn of_wide(self, x: Wide, y: Wide) -> Wide {
        // SAFETY: inlined where there is AVX-512 F.
        unsafe { core::arch::x86_64::_mm512_mul_pd(x, y) }
    }
}
