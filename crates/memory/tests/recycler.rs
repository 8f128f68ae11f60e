//! What is kept of what was given back. One test, since there is one recycler in a process.

use corepool_memory::{Buffer, keep_one_of, recycler_stats, trim};

/// More than is kept together; never touched, so no memory is behind it.
const LONG: usize = 600 << 20;

const SHORT: usize = 4 << 20;

#[test]
fn one_long_buffer_is_kept_where_that_is_allowed_and_the_next_one_sends_it_away() {
    let give = |bytes| drop(Buffer::allocate(bytes).unwrap());
    give(LONG);
    assert_eq!(recycler_stats().kept, 0);

    keep_one_of(LONG);
    give(LONG);
    assert_eq!(recycler_stats().kept, LONG);
    let before = recycler_stats();
    let (first, second) = (Buffer::allocate(LONG).unwrap(), Buffer::allocate(LONG).unwrap());
    let after = recycler_stats();
    assert_eq!((after.recycled - before.recycled, after.fresh - before.fresh, after.kept), (1, 1, 0));
    drop((first, second));
    assert_eq!(recycler_stats().kept, LONG, "one of the two");

    give(SHORT);
    assert_eq!(recycler_stats().kept, SHORT, "the long one is older, and both are too much");

    give(LONG + (2 << 20));
    assert_eq!(recycler_stats().kept, SHORT, "longer than allowed");
    trim();
    assert_eq!(recycler_stats().kept, 0);
}
