//! Reductions: one number from many, the same bits for any number of threads and any SIMD level.
//!
//! What comes to what is fixed by the elements' indices alone. [`LEAF`] elements are a leaf; inside it element i belongs to lane
//! i mod [`LANES`], and a lane takes its elements in order; a leaf's lanes are folded in halves. Leaves are combined by a binary
//! tree over their numbers, whose left branch is the largest power of two ([`tree`]). A chunk of the pool is a power of two of
//! leaves, so a subtree, and how many chunks there are, who runs them and in which order changes nothing.
//!
//! A [`Source`] gives numbers as blocks of doubles: an array gives them where they lie, or widened; a fused kernel gives results
//! that never reach memory. A [`Reducer`] takes blocks and does not know who made them. [`Fold`] stands between the two: it cuts
//! blocks at the edges of leaves.
//!
//! ```text
//! let mut fold = Fold::new(Sum::new(Level::chosen(), true), range.start);
//! fold.absorb(Block::from(&values[..]));   // from the VM, block by block, in order
//! let partial = fold.finish();             // of this chunk; chunks meet in a `Tree`
//! ```
//!
//! Sums are compensated: a rounded sum, and beside it the sum of all rounding errors ([`two_term`]). Formulas over the results
//! (mean, variance, norm) are the facade's, written once for both engines.

mod block;
mod count;
mod dot;
mod exact;
mod extreme;
mod fold;
mod histogram;
mod integers;
mod moments;
mod pairing;
mod product;
mod run;
mod source;
mod sum;
#[cfg(test)]
mod tests_support;
mod tree;
mod two_term;

pub(crate) use block::Block;
pub(crate) use fold::{Fold, Reducer};
pub(crate) use pairing::Pairing;
pub(crate) use source::Source;

pub use integers::{Integers, IntegersError};
pub use run::{Numbers, ReduceError};

pub use count::Counted;
pub use extreme::Extreme;
pub use moments::Moments;
pub use product::Product;
pub use two_term::TwoTerm;

/// Elements of a leaf of the tree, by index: 32 KiB of doubles.
pub(crate) const LEAF: usize = 4096;

/// Lanes inside a leaf: four vectors of AVX2, two of AVX-512, eight of SSE2 or NEON.
pub(crate) const LANES: usize = 16;

/// Folds lanes in halves: lane i with lane i + 8, then + 4, + 2, + 1.
#[inline(always)]
pub(crate) fn fold_lanes<T: Copy>(mut lanes: [T; LANES], combine: impl Fn(T, T) -> T) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = combine(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    lanes[0]
}
