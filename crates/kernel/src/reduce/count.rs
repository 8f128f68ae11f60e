//! How many elements are true, as JavaScript takes numbers for booleans: neither 0, −0 nor NaN.

use core::sync::atomic::{AtomicBool, Ordering};

use super::{Block, LANES, Reducer, fold_lanes};
use crate::level::{Level, per_level};

/// What is counted, and when the answer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// All elements that are true.
    True,
    /// Elements that are true, at least one if there are any: enough for `any`.
    FirstTrue,
    /// Elements that are not true, at least one if there are any: enough for `all`.
    FirstFalse,
}

impl Counted {
    /// Whether the count may end at the first element.
    pub(crate) fn ends_early(self) -> bool {
        self != Self::True
    }
}

/// Counts, for all threads of one reduction.
#[derive(Debug)]
pub(crate) struct Counts<'a> {
    level: Level,
    counted: Counted,
    /// Set when somebody found an element, and the others need not look.
    is_known: &'a AtomicBool,
    leaf: u64,
}

impl<'a> Counts<'a> {
    pub(crate) fn new(level: Level, counted: Counted, is_known: &'a AtomicBool) -> Self {
        Self { level, counted, is_known, leaf: 0 }
    }
}

impl Reducer for Counts<'_> {
    type Partial = u64;

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        // Relaxed, both: a hint to do less; the counts themselves are handed over by the pool.
        if self.counted.ends_early() && self.is_known.load(Ordering::Relaxed) {
            return;
        }
        let len = block.len() as u64;
        let truthy = count_true(self.level, block);
        let found = if self.counted == Counted::FirstFalse { len - truthy } else { truthy };
        self.leaf += found;
        if found > 0 && self.counted.ends_early() {
            self.is_known.store(true, Ordering::Relaxed);
        }
    }

    fn take(&mut self) -> u64 {
        core::mem::take(&mut self.leaf)
    }

    fn merge(left: u64, right: u64) -> u64 {
        left + right
    }
}

per_level! {
    fn count_true(block: Block<'_>) -> u64 {
        // |x| > 0 is false for NaN and for both zeros.
        let mut lanes = [0_u64; LANES];
        for group in block.groups() {
            for lane in 0..LANES {
                lanes[lane] += u64::from(group[lane].abs() > 0.0);
            }
        }
        for (lane, x) in block.rest().enumerate() {
            lanes[lane] += u64::from(x.abs() > 0.0);
        }
        fold_lanes(lanes, |a, b| a + b)
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::AtomicBool;

    use super::{Counted, Counts};
    use crate::level::Level;
    use crate::reduce::tests_support::reduced;

    fn count(counted: Counted, values: &[f64]) -> u64 {
        let is_known = AtomicBool::new(false);
        let counts = Level::available().map(|level| {
            is_known.store(false, core::sync::atomic::Ordering::Relaxed);
            reduced(Counts::new(level, counted, &is_known), values).unwrap_or_default()
        });
        let counts: Vec<u64> = counts.collect();
        assert!(counts.iter().all(|count| *count == counts[0]));
        counts[0]
    }

    #[test]
    fn zeros_and_nan_are_not_true() {
        let values = [0.0, -0.0, f64::NAN, 1.0, -1.0, f64::from_bits(1), f64::INFINITY];
        assert_eq!(count(Counted::True, &values), 4);
        let many: Vec<f64> = (0..10_001).map(|i| f64::from(i % 3)).collect();
        assert_eq!(count(Counted::True, &many), 6667);
        assert_eq!(count(Counted::True, &[]), 0);
    }

    #[test]
    fn one_element_is_enough_for_any_and_all() {
        let mut values = vec![0.0; 50_000];
        assert_eq!(count(Counted::FirstTrue, &values), 0);
        assert!(count(Counted::FirstFalse, &values) > 0);
        values[10] = 1.0;
        assert!(count(Counted::FirstTrue, &values) > 0);
        values.fill(2.0);
        assert_eq!(count(Counted::FirstFalse, &values), 0);
        values[49_999] = f64::NAN;
        assert_eq!(count(Counted::FirstFalse, &values), 1);
    }
}
