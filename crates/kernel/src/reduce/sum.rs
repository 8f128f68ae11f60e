//! The sum of all elements, plain or with its rounding errors.

use super::pairing::{First, Pairing, Product, SquareOfDifference, Term};
use super::source::Elements;
use super::two_term::{TwoTerm, two_sum};
use super::{Block, LANES, Reducer, fold_lanes};
use crate::chunking::Range;
use crate::level::{Level, per_level};

/// Sums; `compensated` asks for the errors too.
#[derive(Debug)]
pub(crate) struct Sum {
    level: Level,
    compensated: bool,
    /// What is summed are not the numbers themselves, but what each makes with that of another array.
    pairing: Option<(Pairing, Elements)>,
    lanes: Lanes,
}

/// A sum and a sum of errors for each lane.
#[derive(Clone, Debug, Default)]
struct Lanes {
    sums: [f64; LANES],
    errors: [f64; LANES],
}

impl Sum {
    pub(crate) fn new(level: Level, compensated: bool) -> Self {
        Self { level, compensated, pairing: None, lanes: Lanes::default() }
    }

    /// The compensated sum of what the numbers make with the doubles of another array.
    ///
    /// # Safety
    /// The array must have as many elements as will be absorbed, and be valid for as long as this is used.
    pub(crate) unsafe fn of_pairs(level: Level, pairing: Pairing, other: Elements) -> Self {
        Self { level, compensated: true, pairing: Some((pairing, other)), lanes: Lanes::default() }
    }
}

impl Reducer for Sum {
    type Partial = TwoTerm;

    fn absorb(&mut self, block: Block<'_>, start: usize) {
        let (level, lanes) = (self.level, &mut self.lanes);
        let Some((pairing, other)) = self.pairing else {
            return if self.compensated {
                lanes.add(level, First, block, block);
            } else {
                add_plain(level, block, lanes);
            };
        };
        // SAFETY: the promise made to `of_pairs`; the view checks the range.
        let other = unsafe { other.doubles(Range { start, end: start + block.len() }) };
        match pairing {
            Pairing::SquareOfDifference => lanes.add(level, SquareOfDifference, block, other),
            Pairing::Product => lanes.add(level, Product, block, other),
        }
    }

    fn take(&mut self) -> TwoTerm {
        let Lanes { sums, errors } = core::mem::take(&mut self.lanes);
        fold_lanes(core::array::from_fn(|lane| TwoTerm { sum: sums[lane], error: errors[lane] }), TwoTerm::merge)
    }

    fn merge(left: TwoTerm, right: TwoTerm) -> TwoTerm {
        TwoTerm::merge(left, right)
    }
}

impl Lanes {
    /// Adds what a term is of two blocks of the same length.
    fn add(&mut self, level: Level, term: impl Term, x: Block<'_>, y: Block<'_>) {
        assert!(x.len() <= y.len(), "{} elements for {}", y.len(), x.len());
        add_groups(level, term, x, y, self);
        if !x.len().is_multiple_of(LANES) {
            // Zeros make terms of zero, which change no lane: none is a negative zero, since all began as zeros.
            let (x, y) = (x.padded_rest(), y.padded_rest());
            add_groups(level, term, Block::from(&x[..]), Block::from(&y[..]), self);
        }
    }
}

per_level! {
    fn add_groups<const REGISTER: usize, T: Term>(term: T, x: Block<'_>, y: Block<'_>, lanes: &mut Lanes) {
        #[cfg(target_arch = "x86_64")]
        if REGISTER == 64 {
            // SAFETY: the body is compiled with registers of so many bytes: the machine has AVX-512 F.
            unsafe { add_groups_wide(term, x, y, lanes) };
            return;
        }
        let Lanes { mut sums, mut errors } = *lanes;
        for (x, y) in groups::<T>(x, y) {
            // SAFETY: the addresses are those of whole groups, for which the blocks are valid.
            let [x, y] = [x, y].map(|group| unsafe { group.cast::<[f64; LANES]>().read() });
            for lane in 0..LANES {
                let (sum, error) = two_sum(sums[lane], term.of(x[lane], y[lane]));
                sums[lane] = sum;
                errors[lane] += error;
            }
        }
        // One by one: the compiler cuts what it stores at once into vectors that straddle the two.
        lanes.sums = sums;
        core::hint::black_box(&mut *lanes);
        lanes.errors = errors;
    }
}

/// Where the groups of two blocks are, the second at least as long as the first; it is left alone where the term does not need it.
#[inline(always)]
fn groups<T: Term>(x: Block<'_>, y: Block<'_>) -> impl Iterator<Item = (*const f64, *const f64)> {
    (0..x.len() / LANES).map(move |number| {
        let group = x.group(number);
        (group, if T::IS_OF_BOTH { y.group(number) } else { group })
    })
}

/// The whole groups of blocks, by AVX-512. The compiler would put each vector of a plain loop together from pieces (one core, in
/// cache: 0.49 ns an element, 0.28 by AVX2).
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn add_groups_wide<T: Term>(term: T, x: Block<'_>, y: Block<'_>, lanes: &mut Lanes) {
    use super::pairing::Wide;
    use core::arch::x86_64::{
        _mm512_add_pd, _mm512_fmadd_pd, _mm512_fmsub_pd, _mm512_loadu_pd, _mm512_set1_pd, _mm512_storeu_pd,
        _mm512_sub_pd,
    };
    const WIDTH: usize = size_of::<Wide>() / size_of::<f64>();
    const REGISTERS: usize = LANES / WIDTH;
    let load = |values: *const f64| {
        // SAFETY: every caller below gives the address of LANES doubles, which are valid, or of one of their halves.
        core::array::from_fn::<Wide, REGISTERS, _>(|i| unsafe { _mm512_loadu_pd(values.wrapping_add(i * WIDTH)) })
    };
    let (mut sums, mut errors) = (load(lanes.sums.as_ptr()), load(lanes.errors.as_ptr()));
    // The compiler would make an addition of a product with a one that it knows.
    let one = _mm512_set1_pd(core::hint::black_box(1.0));
    for (x, y) in groups::<T>(x, y) {
        let (x, y) = (load(x), load(y));
        for i in 0..REGISTERS {
            // As `two_sum` does it; half of it as a fused x * 1 ± y, which is x ± y to the bit, for the units that multiply.
            let (a, b) = (sums[i], term.of_wide(x[i], y[i]));
            let sum = _mm512_add_pd(a, b);
            let b_part = _mm512_sub_pd(sum, a);
            let a_error = _mm512_sub_pd(a, _mm512_fmsub_pd(sum, one, b_part));
            let error = _mm512_add_pd(a_error, _mm512_fmsub_pd(b, one, b_part));
            sums[i] = sum;
            errors[i] = _mm512_fmadd_pd(error, one, errors[i]);
        }
    }
    for (registers, values) in [(sums, &mut lanes.sums), (errors, &mut lanes.errors)] {
        for (register, values) in registers.into_iter().zip(values.chunks_exact_mut(WIDTH)) {
            // SAFETY: there are as many doubles as the register has, and the store needs no alignment.
            unsafe { _mm512_storeu_pd(values.as_mut_ptr(), register) };
        }
    }
}

per_level! {
    fn add_plain(block: Block<'_>, lanes: &mut Lanes) {
        let mut sums = lanes.sums;
        for group in block.groups() {
            for lane in 0..LANES {
                sums[lane] += group[lane];
            }
        }
        for (lane, value) in block.rest().enumerate() {
            sums[lane] += value;
        }
        lanes.sums = sums;
    }
}

#[cfg(test)]
mod tests {
    use corepool_memory::{ElementType, View};

    use super::{Elements, Pairing, Sum};
    use crate::level::Level;
    use crate::reduce::tests_support::{Random, reduced};

    #[test]
    fn every_level_gives_the_same_bits_and_the_plain_sum_is_the_compensated_one_without_errors() {
        let mut random = Random::new(4);
        for len in [1, 15, 16, 17, 4095, 4096, 4097, 30_011] {
            let values: Vec<f64> = (0..len).map(|_| random.spanning(-200, 200)).collect();
            let expected = reduced(Sum::new(Level::chosen(), true), &values).unwrap();
            for level in Level::available() {
                let compensated = reduced(Sum::new(level, true), &values).unwrap();
                assert_eq!(compensated, expected);
                assert_eq!(reduced(Sum::new(level, false), &values).unwrap().sum, expected.sum);
            }
        }
    }

    #[test]
    fn pairs_are_summed_as_their_terms_are_at_every_level() {
        let mut random = Random::new(5);
        for len in [1, 15, 17, 4096, 4097, 30_011] {
            let [x, mut y] = [0; 2].map(|_| (0..len).map(|_| random.spanning(-200, 200)).collect::<Vec<f64>>());
            // SAFETY: the elements outlive the view.
            let view = unsafe { View::new(y.as_mut_ptr().cast(), len, ElementType::Float64) }.unwrap();
            for pairing in [Pairing::SquareOfDifference, Pairing::Product] {
                let term = |(x, y): (&f64, &f64)| match pairing {
                    Pairing::SquareOfDifference => (x - y) * (x - y),
                    Pairing::Product => x * y,
                };
                let stored: Vec<f64> = x.iter().zip(&y).map(term).collect();
                let expected = reduced(Sum::new(Level::chosen(), true), &stored).unwrap();
                for level in Level::available() {
                    // SAFETY: as above; there are as many.
                    let sum = unsafe { Sum::of_pairs(level, pairing, Elements { view, level }) };
                    assert_eq!(reduced(sum, &x).unwrap(), expected, "{level:?} {pairing:?} {len}");
                }
            }
        }
    }

    #[test]
    fn what_rounding_loses_is_in_the_error() {
        let values: Vec<f64> = (0..10_000).flat_map(|_| [1e16, 1.0, -1e16]).collect();
        let total = reduced(Sum::new(Level::chosen(), true), &values).unwrap();
        assert_eq!(total.sum + total.error, 10_000.0);
    }
}
