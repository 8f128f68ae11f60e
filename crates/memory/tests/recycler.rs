//! What is kept of what was given back. One test, since there is one recycler in a process.

use std::thread;
use std::time::Duration;

use corepool_memory::{Buffer, keep_one_of, recycler_stats, trim, trim_when_idle};

/// More than is kept together; never touched, so no memory is behind it.
const LONG: usize = 600 << 20;

const SHORT: usize = 4 << 20;

/// Just above a whole number of huge pages: three quarters of its mapping are not used.
const AWKWARD: usize = (2 << 20) + 8;

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

    give(AWKWARD);
    let before = recycler_stats().recycled;
    give(AWKWARD);
    assert_eq!(recycler_stats().recycled - before, 1, "a buffer finds the mapping of one as long");

    let late = Buffer::allocate(SHORT).unwrap();
    trim();
    thread::sleep(Duration::from_secs(1));
    drop(late);
    assert_eq!(recycler_stats().kept, 0, "a second after the last request, when the facade has trimmed");

    give(SHORT);
    trim_when_idle();
    assert_ne!(recycler_stats().kept, 0, "not at once");
    while recycler_stats().kept != 0 {
        thread::yield_now();
    }
}
