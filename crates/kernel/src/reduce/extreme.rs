//! The smallest or largest element, and where it stands first.
//!
//! The order is that of `Math.min` and `Math.max`: −0 is below 0, and a NaN wins over everything.

use super::{Block, LANES, Reducer, fold_lanes};
use crate::level::{Level, per_level};

/// An extreme element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extreme {
    /// Its value; NaN where there is one; infinite without a candidate.
    pub value: f64,
    /// Index of the first element that is it; none where no element is a candidate.
    pub index: Option<usize>,
}

/// The sign bit, which turns the largest into the smallest.
const SIGN: u64 = 1 << 63;

/// The smallest element, or with `flip` the largest: all values here have their sign bit flipped then.
#[derive(Debug)]
pub(crate) struct Extremes {
    level: Level,
    flip: u64,
    finite_only: bool,
    leaf: Extreme,
    /// The best value of the leaves so far: only what beats it is looked for.
    best: f64,
    is_first: bool,
}

const NONE: Extreme = Extreme { value: f64::INFINITY, index: None };

impl Extremes {
    /// `finite_only` leaves out NaN and the infinities.
    pub(crate) fn new(level: Level, largest: bool, finite_only: bool) -> Self {
        let flip = if largest { SIGN } else { 0 };
        Self { level, flip, finite_only, leaf: NONE, best: NONE.value, is_first: true }
    }

    /// A partial result as the caller's: its sign is flipped back.
    pub(crate) fn outcome(largest: bool, partial: Option<Extreme>) -> Extreme {
        let Extreme { value, index } = partial.unwrap_or(NONE);
        Extreme { value: if largest { -value } else { value }, index }
    }
}

impl Reducer for Extremes {
    type Partial = Extreme;

    fn absorb(&mut self, block: Block<'_>, start: usize) {
        let value = smallest(self.level, block, self.flip, self.finite_only);
        if self.is_first || precedes(value, self.best) {
            self.best = value;
            // Where only finite elements are candidates, an infinite value is that of none.
            let is_candidate = value.is_finite() || !self.finite_only;
            let mut elements = block.iter().map(|x| f64::from_bits(x.to_bits() ^ self.flip));
            let place = if is_candidate { elements.position(|element| is_same(element, value)) } else { None };
            self.is_first = place.is_none();
            self.leaf = Extreme { value, index: place.map(|place| start + place) };
        }
    }

    fn take(&mut self) -> Extreme {
        core::mem::replace(&mut self.leaf, NONE)
    }

    fn merge(left: Extreme, right: Extreme) -> Extreme {
        if left.index.is_none() || (right.index.is_some() && precedes(right.value, left.value)) { right } else { left }
    }
}

/// Whether `a` comes before `b`: NaN before all numbers, −0 before 0.
#[inline(always)]
fn precedes(a: f64, b: f64) -> bool {
    if a.is_nan() || b.is_nan() {
        return a.is_nan() && !b.is_nan();
    }
    a < b || (a == b && a.is_sign_negative() && !b.is_sign_negative())
}

/// The same value: a NaN is a NaN, and −0 is not 0.
fn is_same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// The first of two by [`precedes`], without a branch.
#[inline(always)]
fn first_of(a: f64, b: f64) -> f64 {
    // Equal numbers have equal bits, but for the zeros, of which −0 is first.
    let equal = f64::from_bits(a.to_bits() | b.to_bits());
    let ordered = if a == b { equal } else { a };
    // A NaN in `a` stays: no comparison with it is true.
    if b < a || b.is_nan() { b } else { ordered }
}

per_level! {
    fn smallest(block: Block<'_>, flip: u64, finite_only: bool) -> f64 {
        let candidate = |x: f64| {
            let value = f64::from_bits(x.to_bits() ^ flip);
            if finite_only && !value.is_finite() { f64::INFINITY } else { value }
        };
        let mut lanes = [f64::INFINITY; LANES];
        for group in block.groups() {
            for lane in 0..LANES {
                lanes[lane] = first_of(lanes[lane], candidate(group[lane]));
            }
        }
        for (lane, x) in block.rest().enumerate() {
            lanes[lane] = first_of(lanes[lane], candidate(x));
        }
        fold_lanes(lanes, first_of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Extreme, Extremes};
    use crate::level::Level;
    use crate::reduce::tests_support::{Random, reduced};

    fn extreme(level: Level, largest: bool, finite_only: bool, values: &[f64]) -> (u64, Option<usize>) {
        let found = reduced(Extremes::new(level, largest, finite_only), values);
        let Extreme { value, index } = Extremes::outcome(largest, found);
        (if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }, index)
    }

    /// By definition: a scan from the first element on.
    fn defined(largest: bool, values: &[f64]) -> (u64, Option<usize>) {
        let before = |a: f64, b: f64| if largest { super::precedes(-a, -b) } else { super::precedes(a, b) };
        let mut found = 0;
        for (index, value) in values.iter().enumerate() {
            if before(*value, values[found]) {
                found = index;
            }
        }
        let value = values[found];
        (if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }, Some(found))
    }

    #[test]
    fn a_scan_gives_the_same_at_every_level() {
        let mut random = Random::new(7);
        let pools: [&[f64]; 4] = [
            &[0.0, -0.0, 1.0, -1.0, 2.0],
            &[0.0, 0.0, 0.0, 0.0, -0.0],
            &[f64::INFINITY, 3.0, f64::INFINITY],
            &[5.0, 4.0, f64::NAN, -f64::NAN, f64::NEG_INFINITY],
        ];
        for len in [1, 2, 15, 16, 17, 100, 4096, 4097, 13_000] {
            for pool in pools {
                let values: Vec<f64> = (0..len).map(|_| pool[random.below(pool.len())]).collect();
                for level in Level::available() {
                    for largest in [false, true] {
                        assert_eq!(extreme(level, largest, false, &values), defined(largest, &values));
                    }
                }
            }
        }
        let falling: Vec<f64> = (0..20_000).map(|i| -f64::from(i)).collect();
        assert_eq!(extreme(Level::chosen(), false, false, &falling), ((-19_999.0_f64).to_bits(), Some(19_999)));
    }

    #[test]
    fn among_finite_elements_only() {
        let values = [f64::NAN, f64::NEG_INFINITY, 3.0, -2.0, f64::INFINITY];
        assert_eq!(extreme(Level::chosen(), false, true, &values), ((-2.0_f64).to_bits(), Some(3)));
        assert_eq!(extreme(Level::chosen(), true, true, &values), (3.0_f64.to_bits(), Some(2)));
        let none = [f64::NAN, f64::INFINITY];
        assert_eq!(extreme(Level::chosen(), false, true, &none), (f64::INFINITY.to_bits(), None));
        // Several leaves without a candidate come before one that has some.
        let late: Vec<f64> = (0..9_000).map(|i| if i < 8_500 { f64::NAN } else { f64::from(i) }).collect();
        assert_eq!(extreme(Level::chosen(), false, true, &late), (8_500.0_f64.to_bits(), Some(8_500)));
    }

    #[test]
    fn infinity_has_an_index_where_it_is_an_element() {
        assert_eq!(extreme(Level::chosen(), false, false, &[f64::INFINITY; 3]), (f64::INFINITY.to_bits(), Some(0)));
        assert_eq!(extreme(Level::chosen(), true, false, &[f64::NEG_INFINITY; 3]).1, Some(0));
        assert_eq!(extreme(Level::chosen(), false, false, &[]), (f64::INFINITY.to_bits(), None));
    }
}
