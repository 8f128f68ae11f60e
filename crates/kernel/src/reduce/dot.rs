//! The sum of products of two arrays, with the errors of products and sums.

use super::two_term::{TwoTerm, product_error, two_sum};
use super::{Block, LANES, Reducer, Source, fold_lanes};
use crate::chunking::Range;
use crate::level::{Level, per_level};

/// Products of the elements that come with those of `other`.
#[derive(Debug)]
pub(crate) struct Dot<'a, S> {
    level: Level,
    other: &'a S,
    compensated: bool,
    lanes: Lanes,
}

#[derive(Clone, Debug, Default)]
struct Lanes {
    sums: [f64; LANES],
    errors: [f64; LANES],
}

impl<'a, S: Source> Dot<'a, S> {
    /// # Safety
    /// `other` must give its elements, of which there are as many as will be absorbed, for as long as this is used: the contract
    /// of [`Source::blocks`].
    pub(crate) unsafe fn new(level: Level, other: &'a S, compensated: bool) -> Self {
        Self { level, other, compensated, lanes: Lanes::default() }
    }
}

impl<S: Source> Reducer for Dot<'_, S> {
    type Partial = TwoTerm;

    fn absorb(&mut self, block: Block<'_>, start: usize) {
        let (level, compensated, lanes) = (self.level, self.compensated, &mut self.lanes);
        let mut left = block;
        let multiply = |right: Block<'_>| {
            let factors;
            (factors, left) = left.split(right.len());
            if compensated {
                add_products_compensated(level, factors, right, lanes);
            } else {
                add_products(level, factors, right, lanes);
            }
        };
        // SAFETY: the promise made to `new`; the source checks the range.
        unsafe { self.other.blocks(Range { start, end: start + block.len() }, multiply) };
    }

    fn take(&mut self) -> TwoTerm {
        let Lanes { sums, errors } = core::mem::take(&mut self.lanes);
        fold_lanes(core::array::from_fn(|lane| TwoTerm { sum: sums[lane], error: errors[lane] }), TwoTerm::merge)
    }

    fn merge(left: TwoTerm, right: TwoTerm) -> TwoTerm {
        TwoTerm::merge(left, right)
    }
}

per_level! {
    fn add_products_compensated<const FMA: bool>(x: Block<'_>, y: Block<'_>, lanes: &mut Lanes) {
        let (mut sums, mut errors) = (lanes.sums, lanes.errors);
        for (xs, ys) in x.groups().zip(y.groups()) {
            for lane in 0..LANES {
                let product = xs[lane] * ys[lane];
                let lost = product_error::<FMA>(xs[lane], ys[lane], product);
                let (sum, error) = two_sum(sums[lane], product);
                sums[lane] = sum;
                errors[lane] += error + lost;
            }
        }
        for (lane, (x, y)) in x.rest().zip(y.rest()).enumerate() {
            let product = x * y;
            let lost = product_error::<FMA>(x, y, product);
            let (sum, error) = two_sum(sums[lane], product);
            sums[lane] = sum;
            errors[lane] += error + lost;
        }
        *lanes = Lanes { sums, errors };
    }
}

per_level! {
    fn add_products(x: Block<'_>, y: Block<'_>, lanes: &mut Lanes) {
        let mut sums = lanes.sums;
        for (xs, ys) in x.groups().zip(y.groups()) {
            for lane in 0..LANES {
                sums[lane] += xs[lane] * ys[lane];
            }
        }
        for (lane, (x, y)) in x.rest().zip(y.rest()).enumerate() {
            sums[lane] += x * y;
        }
        lanes.sums = sums;
    }
}

#[cfg(test)]
mod tests {
    use super::Dot;
    use crate::level::Level;
    use crate::reduce::tests_support::{Random, Values, reduced};

    #[test]
    fn every_level_gives_the_same_bits() {
        let mut random = Random::new(6);
        for exponents in [(-200, 200), (-520, -480), (400, 490)] {
            let x: Vec<f64> = (0..9_001).map(|_| random.spanning(exponents.0, exponents.1)).collect();
            let y = Values((0..9_001).map(|_| random.spanning(exponents.0, exponents.1)).collect());
            let of = |level, compensated| {
                // SAFETY: the values outlive the reduction, and are as many.
                reduced(unsafe { Dot::new(level, &y, compensated) }, &x).unwrap()
            };
            let expected = of(Level::chosen(), true);
            for level in Level::available() {
                assert_eq!(of(level, true), expected, "{level:?}");
                assert_eq!(of(level, false).sum, expected.sum, "{level:?}");
            }
        }
    }
}
