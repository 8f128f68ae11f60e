//! In which order the chunks of a synchronous job are run: every other job from its ends to where the caller and its helpers meet, and the
//! next one back from there.
//!
//! What a thread had last, its caches still hold; of memory that is larger than they are, they never hold what comes first. So of jobs over
//! the same memory that follow each other, each begins with what is there. Where the two met in the last job they are likely to
//! part best in this one: a chunk that goes from one CPU to another takes several times as long. Knows nothing of claiming.

use crate::cache_padded::CachePadded;
use crate::sync::{AtomicU64, Ordering};

/// Jobs of more claims always go the same way: what they work on is larger than the caches that would keep its end, and backwards each chunk
/// but loses what the prefetchers asked for beyond the one before. (1e7 doubles squared: 2 to 4 % slower.)
const FEW: u32 = 32;

/// The order of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// What is taken from the front is from the front, and so at the back.
    FromEnds,
    /// So many claims are gone through backwards, and so are those behind them.
    From(u32),
}

impl Course {
    /// Which of a job's claims, by their place, the one is that was taken as number `taken` from the front.
    pub(crate) fn place_of(self, taken: u32, claims: u32) -> u32 {
        match self {
            Self::FromEnds => taken,
            Self::From(middle) if taken < middle => middle - 1 - taken,
            Self::From(middle) => middle + (claims - 1 - taken),
        }
    }
}

/// What the last job says of the next: its claims in the upper half, and the caller's among them in the lower; 0 where it went back.
#[derive(Debug, Default)]
pub(crate) struct NextCourse(CachePadded<AtomicU64>);

impl NextCourse {
    /// The course of a job of so many claims. By the caller whose turn it is, as `note`.
    pub(crate) fn of(&self, claims: u32) -> Course {
        // Relaxed, here and below: turns are ordered by what lets callers take them.
        let last = if claims <= FEW { self.0.load(Ordering::Relaxed) } else { 0 };
        match (last >> 32, last & u64::from(u32::MAX)) {
            (0, _) => Course::FromEnds,
            (other, ran) if other == u64::from(claims) => Course::From(u32::try_from(ran).unwrap_or(claims)),
            // Of another job equal shares are as good a guess as any.
            _ => Course::From(claims / 2),
        }
    }

    /// A job of so many claims, of which its caller ran `ran`, went this way.
    pub(crate) fn note(&self, course: Course, claims: u32, ran: u32) {
        let last = match course {
            Course::FromEnds => u64::from(claims) << 32 | u64::from(ran),
            Course::From(_) => 0,
        };
        self.0.store(last, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_goes_back_begins_where_the_last_one_of_its_length_met() {
        let next = NextCourse::default();
        let course_after = |claims, ran| {
            let course = next.of(claims);
            next.note(course, claims, ran);
            course
        };
        assert_eq!(course_after(8, 5), Course::FromEnds);
        assert_eq!(course_after(8, 4), Course::From(5));
        assert_eq!(course_after(8, 8), Course::FromEnds);
        assert_eq!(course_after(8, 1), Course::From(8));
        assert_eq!(course_after(8, 3), Course::FromEnds);
        assert_eq!(course_after(7, 3), Course::From(3));
        assert_eq!([course_after(FEW + 1, 3), course_after(FEW + 1, 3)], [Course::FromEnds; 2]);
        assert_eq!(course_after(FEW, 3), Course::From(FEW / 2));
    }

    #[test]
    fn every_claim_has_one_place_and_each_part_is_gone_through_backwards() {
        let places =
            |course: Course, claims| (0..claims).map(|taken| course.place_of(taken, claims)).collect::<Vec<_>>();
        assert_eq!(places(Course::FromEnds, 5), [0, 1, 2, 3, 4]);
        assert_eq!(places(Course::From(3), 5), [2, 1, 0, 4, 3]);
        assert_eq!(places(Course::From(5), 5), [4, 3, 2, 1, 0]);
        assert_eq!(places(Course::From(0), 3), [2, 1, 0]);
        assert_eq!(places(Course::From(0), 1), [0]);
    }
}
