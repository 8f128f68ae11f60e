//! From blocks to a partial result: what a reducer is, and how a stream of blocks is cut at the edges of leaves.

use super::tree::Tree;
use super::{Block, LANES, LEAF};

/// What is computed of the elements of one leaf, and how leaves are combined. Knows nothing of who makes the blocks, nor of
/// threads.
pub(crate) trait Reducer {
    /// What a leaf, and any subtree, comes to.
    type Partial: Copy + Send + Sync;

    /// Takes the next elements of the leaf; `start` is the index of the first in the whole, and a multiple of [`LANES`].
    fn absorb(&mut self, block: Block<'_>, start: usize);

    /// Ends the leaf: gives what it came to, and is ready for the next one.
    fn take(&mut self) -> Self::Partial;

    /// Two neighbouring subtrees as one.
    fn merge(left: Self::Partial, right: Self::Partial) -> Self::Partial;
}

/// The reduction of consecutive elements, from the first of a leaf on.
#[derive(Debug)]
pub(crate) struct Fold<R: Reducer> {
    reducer: R,
    tree: Tree<R::Partial>,
    /// Index of the next element.
    next: usize,
}

impl<R: Reducer> Fold<R> {
    /// A fold of elements from `start` on.
    ///
    /// # Panics
    /// When `start` is not the first element of a leaf: the lanes would not be those of the whole.
    pub(crate) fn new(reducer: R, start: usize) -> Self {
        assert!(start.is_multiple_of(LEAF), "element {start} begins no leaf");
        Self { reducer, tree: Tree::default(), next: start }
    }

    /// Takes the next elements. A block may be of any length, across leaves too; only the last may end between two multiples of
    /// [`LANES`].
    ///
    /// # Panics
    /// When a block follows that ended there.
    // Each source of blocks would have a copy of its own.
    #[inline(never)]
    pub(crate) fn absorb(&mut self, block: Block<'_>) {
        let mut rest = block;
        while rest.len() > 0 {
            assert!(self.next.is_multiple_of(LANES), "a block ended at element {}, inside a group of lanes", self.next);
            let block;
            (block, rest) = rest.split(LEAF - self.next % LEAF);
            self.reducer.absorb(block, self.next);
            self.next += block.len();
            if self.next.is_multiple_of(LEAF) {
                self.end_leaf();
            }
        }
    }

    fn end_leaf(&mut self) {
        let partial = self.reducer.take();
        self.tree.push(partial, R::merge);
    }

    /// What all elements came to; none without elements.
    pub(crate) fn finish(mut self) -> Option<R::Partial> {
        if !self.next.is_multiple_of(LEAF) {
            self.end_leaf();
        }
        self.tree.finish(R::merge)
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Fold, LANES, LEAF};
    use crate::level::Level;
    use crate::reduce::sum::Sum;
    use crate::reduce::tests_support::Random;

    fn sum_in_blocks(values: &[f64], block: usize) -> Option<(u64, u64)> {
        let mut fold = Fold::new(Sum::new(Level::chosen(), true), 0);
        values.chunks(block).for_each(|block| fold.absorb(Block::from(block)));
        fold.finish().map(|partial| (partial.sum.to_bits(), partial.error.to_bits()))
    }

    #[test]
    fn the_size_of_the_blocks_changes_nothing() {
        let mut random = Random::new(3);
        for len in [0, 1, 15, 16, 17, 1000, LEAF - 1, LEAF, LEAF + 1, 5 * LEAF + 37] {
            let values: Vec<f64> = (0..len).map(|_| random.spanning(-200, 200)).collect();
            let whole = sum_in_blocks(&values, usize::MAX);
            assert_eq!(whole.is_none(), len == 0);
            for block in [LANES, 48, 256, 512, 1024, LEAF, LEAF + LANES, 3 * LEAF] {
                assert_eq!(sum_in_blocks(&values, block), whole, "{len} in blocks of {block}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "a block ended at element 7, inside a group of lanes")]
    fn a_block_that_ends_inside_a_group_is_the_last() {
        sum_in_blocks(&[1.0; 14], 7);
    }
}
