//! What the tests of the reducers share.

use super::{Block, Fold, Reducer, Source};
use crate::chunking::Range;

/// What `reducer` makes of `values`, on this thread.
pub(crate) fn reduced<R: Reducer>(reducer: R, values: &[f64]) -> Option<R::Partial> {
    let mut fold = Fold::new(reducer, 0);
    fold.absorb(Block::from(values));
    fold.finish()
}

/// Numbers in memory of the test's own, given in uneven blocks.
#[derive(Debug)]
pub(crate) struct Values(pub(crate) Vec<f64>);

impl Source for Values {
    fn len(&self) -> usize {
        self.0.len()
    }

    unsafe fn blocks(&self, range: Range, consume: impl FnMut(Block<'_>)) {
        self.0[range.start..range.end].chunks(208).map(Block::from).for_each(consume);
    }
}

/// A repeatable stream of numbers (xorshift).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from((self.next() >> 33) % bound as u64).unwrap()
    }

    /// A number of either sign with a random significand, between 2^low and 2^high in size.
    pub(crate) fn spanning(&mut self, low: i32, high: i32) -> f64 {
        let exponent = low + i32::try_from(self.below((high - low).unsigned_abs() as usize)).unwrap();
        let significand = 1.0 + (self.next() >> 12) as f64 * f64::EPSILON;
        let sign = if self.next() >> 63 == 1 { -1.0 } else { 1.0 };
        // In two steps: a power below the normal ones is none of `powi`'s.
        sign * significand * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
    }

    /// Any finite double.
    pub(crate) fn any(&mut self) -> f64 {
        loop {
            let value = f64::from_bits(self.next());
            if value.is_finite() {
                return value;
            }
        }
    }
}
