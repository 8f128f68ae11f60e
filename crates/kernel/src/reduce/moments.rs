//! The sum of squared distances from a number: norms and variances.

use super::two_term::{TwoTerm, product_error, two_sum};
use super::{Block, LANES, Reducer, fold_lanes};
use crate::level::{Level, per_level};

/// What the distances d = x * scale − center of all elements come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Their squares, summed with the errors of squares and sums.
    pub squares: TwoTerm,
    /// The distances themselves, summed plainly: a small correction where `center` is the mean.
    pub distances: f64,
}

/// Squared distances.
#[derive(Debug)]
pub(crate) struct Squares {
    level: Level,
    center: f64,
    scale: f64,
    lanes: Lanes,
}

#[derive(Clone, Debug, Default)]
struct Lanes {
    squares: [f64; LANES],
    errors: [f64; LANES],
    distances: [f64; LANES],
}

impl Squares {
    /// `scale` is a power of two that keeps the squares in range: x * scale is exact, and `center` is in its units.
    pub(crate) fn new(level: Level, center: f64, scale: f64) -> Self {
        Self { level, center, scale, lanes: Lanes::default() }
    }
}

impl Reducer for Squares {
    type Partial = Moments;

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        add_squares(self.level, block, self.center, self.scale, &mut self.lanes);
    }

    fn take(&mut self) -> Moments {
        let Lanes { squares, errors, distances } = core::mem::take(&mut self.lanes);
        let lanes = core::array::from_fn(|lane| Moments {
            squares: TwoTerm { sum: squares[lane], error: errors[lane] },
            distances: distances[lane],
        });
        fold_lanes(lanes, Self::merge)
    }

    fn merge(left: Moments, right: Moments) -> Moments {
        Moments { squares: TwoTerm::merge(left.squares, right.squares), distances: left.distances + right.distances }
    }
}

per_level! {
    fn add_squares<const FMA: bool>(block: Block<'_>, center: f64, scale: f64, lanes: &mut Lanes) {
        let Lanes { mut squares, mut errors, mut distances } = lanes.clone();
        for group in block.groups() {
            for lane in 0..LANES {
                let distance = group[lane] * scale - center;
                let square = distance * distance;
                let lost = product_error::<FMA>(distance, distance, square);
                let (sum, error) = two_sum(squares[lane], square);
                squares[lane] = sum;
                errors[lane] += error + lost;
                distances[lane] += distance;
            }
        }
        for (lane, value) in block.rest().enumerate() {
            let distance = value * scale - center;
            let square = distance * distance;
            let lost = product_error::<FMA>(distance, distance, square);
            let (sum, error) = two_sum(squares[lane], square);
            squares[lane] = sum;
            errors[lane] += error + lost;
            distances[lane] += distance;
        }
        *lanes = Lanes { squares, errors, distances };
    }
}

#[cfg(test)]
mod tests {
    use super::Squares;
    use crate::level::Level;
    use crate::reduce::tests_support::{Random, reduced};

    #[test]
    fn every_level_gives_the_same_bits_with_and_without_the_fused_operation() {
        let mut random = Random::new(5);
        for (exponents, center, scale) in [((-200, 200), 0.0, 1.0), ((-3, 3), 0.7, 1.0), ((-1070, -500), 0.0, 1e300)] {
            let values: Vec<f64> = (0..9_001).map(|_| random.spanning(exponents.0, exponents.1)).collect();
            let expected = reduced(Squares::new(Level::chosen(), center, scale), &values).unwrap();
            for level in Level::available() {
                assert_eq!(reduced(Squares::new(level, center, scale), &values).unwrap(), expected, "{level:?}");
            }
        }
    }

    #[test]
    fn squares_keep_what_their_rounding_loses() {
        let tiny = f64::EPSILON;
        let values = [1.0 + 2.0 * tiny, 1.0 - 2.0 * tiny, 3.0];
        let moments = reduced(Squares::new(Level::chosen(), 1.5, 0.5), &values).unwrap();
        // (−1 + t)² + (−1 − t)² + 0 = 2 + 2t²
        assert_eq!(moments.squares, super::TwoTerm { sum: 2.0, error: 2.0 * tiny * tiny });
        assert_eq!(moments.distances, -2.0);
    }
}
