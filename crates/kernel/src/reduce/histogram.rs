//! How many elements lie in each of the bins between given edges.

use core::sync::atomic::{AtomicU64, Ordering};

use super::{Block, Reducer};

/// With at most so many bins each leaf counts for itself, and threads meet once a leaf.
const OWN_COUNTS: usize = 1024;

/// Edges of bins in order, and the counts. Bin i holds `edges[i] <= x < edges[i + 1]`, the last one `x <= edges[i + 1]` too.
#[derive(Debug)]
pub(crate) struct Bins<'a> {
    edges: &'a [f64],
    /// Bins for each unit of distance from the first edge: a guess, which the edges then correct.
    scale: f64,
    counts: &'a [AtomicU64],
}

impl<'a> Bins<'a> {
    /// # Panics
    /// Unless there is one more edge than there are bins, of which there is one at least.
    pub(crate) fn new(edges: &'a [f64], counts: &'a [AtomicU64]) -> Self {
        assert!(
            !counts.is_empty() && edges.len() == counts.len() + 1,
            "{} edges of {} bins",
            edges.len(),
            counts.len()
        );
        let scale = counts.len() as f64 / (edges[counts.len()] - edges[0]);
        Self { edges, scale, counts }
    }

    /// The bin of `x`; none for NaN and for what lies outside.
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a guess: the cast saturates, NaN is 0"
    )]
    fn bin_of(&self, x: f64) -> Option<usize> {
        let last = self.counts.len() - 1;
        if !(x >= self.edges[0] && x <= self.edges[last + 1]) {
            return None;
        }
        let guess = (((x - self.edges[0]) * self.scale) as usize).min(last);
        let is_right = self.edges[guess] <= x && (guess == last || x < self.edges[guess + 1]);
        Some(if is_right { guess } else { self.edges[1..=last].partition_point(|edge| *edge <= x) })
    }
}

/// Counts of the bins.
#[derive(Debug)]
pub(crate) struct Histogram<'a> {
    bins: &'a Bins<'a>,
    leaf: Vec<u64>,
}

impl<'a> Histogram<'a> {
    pub(crate) fn new(bins: &'a Bins<'a>) -> Self {
        let count = bins.counts.len();
        Self { bins, leaf: if count <= OWN_COUNTS { vec![0; count] } else { Vec::new() } }
    }
}

impl Reducer for Histogram<'_> {
    type Partial = ();

    fn absorb(&mut self, block: Block<'_>, _start: usize) {
        for bin in block.iter().filter_map(|x| self.bins.bin_of(x)) {
            match self.leaf.get_mut(bin) {
                Some(count) => *count += 1,
                // Relaxed: a count; the pool hands the counts over at the end.
                None => _ = self.bins.counts[bin].fetch_add(1, Ordering::Relaxed),
            }
        }
    }

    fn take(&mut self) {
        for (own, all) in self.leaf.iter_mut().zip(self.bins.counts).filter(|(own, _)| **own > 0) {
            // Relaxed: as above.
            all.fetch_add(core::mem::take(own), Ordering::Relaxed);
        }
    }

    fn merge((): (), (): ()) {}
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::AtomicU64;

    use super::{Bins, Histogram};
    use crate::reduce::tests_support::{Random, reduced};

    fn counts(edges: &[f64], values: &[f64]) -> Vec<u64> {
        let counts: Vec<AtomicU64> = edges[1..].iter().map(|_| AtomicU64::new(0)).collect();
        reduced(Histogram::new(&Bins::new(edges, &counts)), values);
        counts.into_iter().map(AtomicU64::into_inner).collect()
    }

    #[test]
    fn a_bin_is_closed_below_and_the_last_one_above_too() {
        let values = [0.0, 1.0, 2.0, 3.0, -0.1, 3.1, f64::NAN, f64::INFINITY, 0.5];
        assert_eq!(counts(&[0.0, 1.0, 2.0, 3.0], &values), [2, 1, 2]);
    }

    #[test]
    fn edges_decide_and_no_rounded_quotient() {
        let mut random = Random::new(12);
        for bins in [1, 2, 7, 10, 1000, 1024, 1025, 3000] {
            let mut edges: Vec<f64> = (0..=bins).map(|i| 0.1 + 0.7 * f64::from(i) / f64::from(bins)).collect();
            let mut values = edges.clone();
            values.extend(edges.iter().flat_map(|edge| [edge.next_up(), edge.next_down()]));
            values.extend((0..10_000).map(|_| random.spanning(-4, 1)));
            let mut expected = vec![0; edges.len() - 1];
            let last = edges[edges.len() - 1];
            for x in values.iter().filter(|x| **x >= edges[0] && **x <= last) {
                let bin = edges.iter().rposition(|edge| edge <= x).unwrap();
                expected[bin.min(edges.len() - 2)] += 1;
            }
            assert_eq!(counts(&edges, &values), expected);
            // Degenerate edges are legal: all of one value.
            edges.fill(5.0);
            assert_eq!(counts(&edges, &[5.0, 4.0]).iter().sum::<u64>(), 1);
        }
    }
}
