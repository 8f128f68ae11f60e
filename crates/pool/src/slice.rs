//! How long a worker that runs an asynchronous job keeps its CPU, before threads that wait for it go first.
//!
//! Nobody waits in an asynchronous call, so the thread that made it goes on, and V8's own threads with it; with a worker on every CPU
//! they would get one when the system ends the worker's turn: 4 to 10 ms late on Linux, when a garbage collection of 1 ms had to wait.

use core::time::Duration;
use std::time::Instant;

use corepool_topology::ShortTurns;

use crate::sync::{HAS_TIME, yield_now};

/// Where a yield costs a whole turn. To yield after every chunk would leave the CPU to a busy program for good: a job of 16 ms beside two
/// such programs took 1,700 ms. So often, it took no longer than without.
const LENGTH: Duration = Duration::from_millis(1);

/// A job that has run for so long is worth two calls of the system for short turns.
const LONG: Duration = Duration::from_micros(250);

/// Where turns are short, which makes yields cheap: the shortest turn that Linux gives.
const SHORT: Duration = Duration::from_micros(100);

/// The time since a worker yielded last.
#[derive(Debug)]
pub(crate) struct Slice {
    /// None where the worker has run no chunk since it had nothing to do.
    began: Option<Instant>,
    turns: Turns,
}

#[derive(Debug)]
enum Turns {
    /// As the system gives them; whether short ones can be had is found out once the job is a long one.
    Usual,
    Short(
        #[cfg_attr(target_os = "linux", expect(dead_code, reason = "it is dropped when turns are to be usual again"))]
        ShortTurns,
    ),
    /// The system alone decides.
    Fixed,
}

impl Slice {
    pub(crate) fn new() -> Self {
        Self { began: None, turns: Turns::Usual }
    }

    /// The worker has nothing to do.
    pub(crate) fn end(&mut self) {
        self.began = None;
        // How a worker is woken, and for how long it goes before its caller then, is the system's choice again.
        if matches!(self.turns, Turns::Short(_)) {
            self.turns = Turns::Usual;
        }
    }

    /// After a chunk of a job that has more: lets other threads go first where this one has had the CPU for long enough, and says
    /// whether it did.
    pub(crate) fn yield_if_over(&mut self) -> bool {
        if !HAS_TIME {
            return false;
        }
        let now = Instant::now();
        let had = now - *self.began.get_or_insert(now);
        if had >= LONG && matches!(self.turns, Turns::Usual) {
            self.turns = ShortTurns::begin(SHORT).map_or(Turns::Fixed, Turns::Short);
        }
        let length = if matches!(self.turns, Turns::Short(_)) { SHORT } else { LENGTH };
        if had < length {
            return false;
        }
        yield_now();
        self.began = Some(Instant::now());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slice that began at the time, with the turns.
    fn slice(began: Instant, turns: Turns) -> Slice {
        Slice { began: Some(began), turns }
    }

    /// Never over, however long this thread waits for its CPU.
    fn never() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[test]
    fn a_thread_yields_when_its_slice_is_over_and_not_before() {
        assert!(slice(Instant::now() - LENGTH, Turns::Usual).yield_if_over());
        assert!(!slice(never(), Turns::Usual).yield_if_over());
    }

    #[test]
    fn a_slice_begins_with_the_first_chunk_after_there_was_nothing_to_do() {
        let mut slice = slice(Instant::now() - LENGTH, Turns::Fixed);
        slice.end();
        assert!(slice.began.is_none());
        assert!(!slice.yield_if_over());
        assert!(slice.began.is_some());
    }

    #[test]
    fn turns_are_short_in_a_long_job_only_and_then_the_thread_yields_more_often() {
        let mut slice = slice(never(), Turns::Usual);
        slice.yield_if_over();
        assert!(matches!(slice.turns, Turns::Usual));

        slice.began = Some(Instant::now() - LONG);
        let has_yielded = slice.yield_if_over();
        match &slice.turns {
            Turns::Usual => panic!("nobody asked for short turns"),
            Turns::Fixed => {}
            Turns::Short(_) => {
                assert!(has_yielded);
                slice.began = Some(Instant::now() - SHORT);
                assert!(slice.yield_if_over());
                slice.end();
                assert!(matches!(slice.turns, Turns::Usual));
            }
        }
    }

    #[test]
    fn where_the_system_decides_a_thread_yields_once_a_millisecond() {
        let mut slice = slice(Instant::now() - LENGTH, Turns::Fixed);
        assert!(slice.yield_if_over());
        slice.end();
        assert!(matches!(slice.turns, Turns::Fixed));
    }
}
