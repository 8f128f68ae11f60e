//! The binary tree in which partial results meet.
//!
//! Its shape depends on the number of leaves alone: the left branch of n leaves has as many as the largest power of two below n,
//! and so has each branch in turn. Leaves come in order; whole subtrees of a power of two wait on a stack, as the bits of a
//! counter do.

/// Partial results of the leaves so far: at most one for each bit of their number.
#[derive(Debug)]
pub(crate) struct Tree<P> {
    waiting: Vec<P>,
    leaves: u64,
}

impl<P> Default for Tree<P> {
    fn default() -> Self {
        Self { waiting: Vec::new(), leaves: 0 }
    }
}

impl<P> Tree<P> {
    /// Adds the next leaf.
    pub(crate) fn push(&mut self, leaf: P, merge: impl Fn(P, P) -> P) {
        let mut subtree = leaf;
        // Each low bit that is set is a subtree as large as the one in hand, to its left.
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.waiting.pop() {
                subtree = merge(left, subtree);
            }
        }
        self.waiting.push(subtree);
        self.leaves += 1;
    }

    /// The whole tree; none without leaves.
    pub(crate) fn finish(self, merge: impl Fn(P, P) -> P) -> Option<P> {
        self.waiting.into_iter().rev().reduce(|right, left| merge(left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    fn joined(left: String, right: String) -> String {
        format!("({left}{right})")
    }

    fn tree(leaves: impl Iterator<Item = String>) -> Option<String> {
        let mut tree = Tree::default();
        leaves.for_each(|leaf| tree.push(leaf, joined));
        tree.finish(joined)
    }

    /// The definition: the left branch has the largest power of two below the number of leaves.
    fn defined(first: usize, count: usize) -> String {
        if count == 1 {
            return format!("{first},");
        }
        let left = count.next_power_of_two() / 2;
        joined(defined(first, left), defined(first + left, count - left))
    }

    #[test]
    fn the_left_branch_is_the_largest_power_of_two() {
        assert_eq!(tree(std::iter::empty()), None);
        for count in 1..70 {
            assert_eq!(tree((0..count).map(|leaf| format!("{leaf},"))), Some(defined(0, count)), "{count}");
        }
    }

    #[test]
    fn subtrees_of_a_power_of_two_of_leaves_may_be_made_elsewhere() {
        for (count, size) in [(70, 4), (70, 16), (64, 8), (3, 4), (129, 2)] {
            let subtrees = (0..count).step_by(size).map(|first| {
                let end = count.min(first + size);
                tree((first..end).map(|leaf| format!("{leaf},"))).unwrap()
            });
            assert_eq!(tree(subtrees), Some(defined(0, count)));
        }
    }
}
