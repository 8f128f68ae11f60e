//! The sum of all elements, plain or with its rounding errors.

use super::two_term::{TwoTerm, two_sum};
use super::{Block, LANES, Reducer, fold_lanes};
use crate::level::{Level, per_level};

/// Sums; `compensated` asks for the errors too.
#[derive(Debug)]
pub(crate) struct Sum {
    level: Level,
    compensated: bool,
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
        Self { level, compensated, lanes: Lanes::default() }
    }
}

impl Reducer for Sum {
    type Partial = TwoTerm;

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        if self.compensated {
            add_compensated(self.level, block, &mut self.lanes);
        } else {
            add_plain(self.level, block, &mut self.lanes);
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

per_level! {
    fn add_compensated(block: Block<'_>, lanes: &mut Lanes) {
        let (mut sums, mut errors) = (lanes.sums, lanes.errors);
        for group in block.groups() {
            for lane in 0..LANES {
                let (sum, error) = two_sum(sums[lane], group[lane]);
                sums[lane] = sum;
                errors[lane] += error;
            }
        }
        for (lane, value) in block.rest().enumerate() {
            let (sum, error) = two_sum(sums[lane], value);
            sums[lane] = sum;
            errors[lane] += error;
        }
        *lanes = Lanes { sums, errors };
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
    use super::Sum;
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
    fn what_rounding_loses_is_in_the_error() {
        let values: Vec<f64> = (0..10_000).flat_map(|_| [1e16, 1.0, -1e16]).collect();
        let total = reduced(Sum::new(Level::chosen(), true), &values).unwrap();
        assert_eq!(total.sum + total.error, 10_000.0);
    }
}
