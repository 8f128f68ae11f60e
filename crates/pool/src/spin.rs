//! Waiting without giving up the CPU, for a bounded time.
//!
//! Bounded by the clock, not by a count: the pause instruction takes from 10 to 140 cycles on processors in use.

use core::time::Duration;
use std::time::Instant;

use crate::sync::{HAS_TIME, spin_loop, yield_now};

/// Looks between two readings of the clock, which cost as much as a few of them.
const LOOKS: u32 = 32;

/// Looks at `is_over` until it holds or the time is up; says whether it held.
pub(crate) fn spin(limit: Duration, is_over: impl Fn() -> bool) -> bool {
    if is_over() {
        return true;
    }
    if limit.is_zero() || !HAS_TIME {
        return false;
    }
    let start = Instant::now();
    while start.elapsed() < limit {
        for _ in 0..LOOKS {
            if is_over() {
                return true;
            }
            spin_loop();
        }
    }
    is_over()
}

/// Waits until `is_over` holds; from `limit` on, other threads of this CPU go first. For waits that are known to be short.
pub(crate) fn spin_then_yield(limit: Duration, is_over: impl Fn() -> bool) {
    if !spin(limit, &is_over) {
        while !is_over() {
            yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;

    #[test]
    fn spinning_ends_when_the_time_is_up() {
        assert!(!spin(Duration::from_micros(50), || false));
    }

    #[test]
    fn without_time_there_is_one_look() {
        let looks = Cell::new(0);
        let look = || {
            looks.set(looks.get() + 1);
            false
        };
        assert!(!spin(Duration::ZERO, look));
        assert_eq!(looks.get(), 1);
    }

    #[test]
    fn waiting_ends_when_it_is_over() {
        let looks = Cell::new(0);
        spin_then_yield(Duration::ZERO, || {
            looks.set(looks.get() + 1);
            looks.get() == 1_000
        });
        assert_eq!(looks.get(), 1_000);
    }
}
