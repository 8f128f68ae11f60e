//! A run of doubles that a reducer takes at a time.

use core::marker::PhantomData;

use super::LANES;
use crate::stream::{LINE, prefetch};

/// Consecutive elements as doubles. No slice: they may lie in memory that JavaScript shares, where another thread may write
/// while we read; what such a race gives is some value, never a wrong address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<'a> {
    base: *const f64,
    len: usize,
    /// What is read after the block: asked for as the block is read, group by group.
    next: [Option<*const u8>; 2],
    memory: PhantomData<&'a [f64]>,
}

impl<'a> From<&'a [f64]> for Block<'a> {
    fn from(values: &'a [f64]) -> Self {
        Self { base: values.as_ptr(), len: values.len(), next: [None; 2], memory: PhantomData }
    }
}

impl Block<'_> {
    /// The `len` doubles from `base` on.
    ///
    /// # Safety
    /// `base` must be aligned, and valid for reads of `len` doubles for as long as the block and its copies are used.
    pub(crate) unsafe fn new(base: *const f64, len: usize) -> Self {
        Self { base, len, next: [None; 2], memory: PhantomData }
    }

    /// The same, while which somebody may want as many doubles to come at these addresses, which need not be valid.
    pub(crate) fn before(self, next: [Option<*const u8>; 2]) -> Self {
        Self { next, ..self }
    }

    /// Number of elements.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The first `count` elements, or all if there are fewer, and the others.
    pub(crate) fn split(self, count: usize) -> (Self, Self) {
        let count = count.min(self.len);
        let next = self.next.map(|next| Some(next?.wrapping_add(count * size_of::<f64>())));
        let rest = Self { base: self.base.wrapping_add(count), len: self.len - count, next, ..self };
        (Self { len: count, ..self }, rest)
    }

    /// The elements in groups of one a lane; those that make no group are in [`Block::rest`].
    #[inline(always)]
    pub(crate) fn groups(self) -> impl ExactSizeIterator<Item = [f64; LANES]> {
        // SAFETY: the address is that of a whole group, for which the block is valid (its maker's promise).
        (0..self.len / LANES).map(move |number| unsafe { self.group(number).cast::<[f64; LANES]>().read() })
    }

    /// Where a group is: the address is valid for reads of [`LANES`] elements, for as long as the block is used, if the block has so
    /// many groups.
    #[inline(always)]
    pub(crate) fn group(self, number: usize) -> *const f64 {
        let ask = |next: *const u8| {
            for line in (0..size_of::<[f64; LANES]>()).step_by(LINE) {
                prefetch(next.wrapping_add(number * size_of::<[f64; LANES]>() + line));
            }
        };
        // No loop over both: the compiler would keep them in memory.
        let [first, second] = self.next;
        if let Some(first) = first {
            ask(first);
        }
        if let Some(second) = second {
            ask(second);
        }
        self.base.wrapping_add(number * LANES)
    }

    /// The elements after the last whole group: the first is lane 0's.
    #[inline(always)]
    pub(crate) fn rest(self) -> impl ExactSizeIterator<Item = f64> {
        let whole = self.len - self.len % LANES;
        (whole..self.len).map(move |index| {
            // SAFETY: below `len`, for which the block is valid.
            unsafe { self.base.wrapping_add(index).read() }
        })
    }

    /// The elements after the last whole group, and zeros in the lanes that have none.
    pub(crate) fn padded_rest(self) -> [f64; LANES] {
        let mut lanes = [0.0; LANES];
        lanes.iter_mut().zip(self.rest()).for_each(|(lane, value)| *lane = value);
        lanes
    }

    /// All elements, in order.
    #[inline(always)]
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = f64> {
        (0..self.len).map(move |index| {
            // SAFETY: below `len`, for which the block is valid.
            unsafe { self.base.wrapping_add(index).read() }
        })
    }
}

#[cfg(test)]
mod tests {
    use core::iter;

    use super::{Block, LANES};

    #[test]
    fn groups_and_the_rest_are_all_elements_in_order() {
        for len in [0, 1, 15, 16, 17, 31, 32, 100] {
            let values: Vec<f64> = (0..len).map(f64::from).collect();
            let block = Block::from(&values[..]);
            let joined: Vec<f64> = block.groups().flatten().chain(block.rest()).collect();
            assert_eq!(joined, values);
            assert!(block.rest().chain(iter::repeat(0.0)).take(LANES).eq(block.padded_rest()));
            assert_eq!(block.groups().len(), values.len() / LANES);
            assert!(block.iter().eq(values.iter().copied()));
        }
    }

    #[test]
    fn a_split_gives_both_parts() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        let parts = |count| {
            let (first, rest) = Block::from(&values[..]).split(count);
            (first.iter().collect::<Vec<_>>(), rest.iter().collect::<Vec<_>>())
        };
        assert_eq!(parts(3), (values[..3].to_vec(), values[3..].to_vec()));
        assert_eq!(parts(10), (values.clone(), vec![]));
        assert_eq!(parts(11), (values.clone(), vec![]));
    }
}
