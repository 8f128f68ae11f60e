//! How a job over n elements is cut into chunks.

use crate::cost::Cost;

/// Nanoseconds of one chunk of a small job, as far as its elements' cost tells. Short enough that a thread that is late costs little.
const CHUNK_TIME: u64 = 8_192;

/// Chunks of a job whose chunks are neither of the shortest nor of the longest.
const PARTS: usize = 16;

/// Chunks of long jobs, unless they would take too long: enough for all threads to end at about the same time. A chunk that is streamed
/// ends with a fence, and the next begins without what the prefetchers knew: squares of 1e7 doubles took 7 to 10 % longer in 611 chunks.
const MANY_PARTS: usize = 256;

/// Nanoseconds that no chunk shall take, even where that cuts blocks short: a cancelled job ends after the chunks that have begun.
const CHUNK_TIME_AT_MOST: u64 = 50_000;

/// Elements of a block: fewer in a chunk make going from step to step, or to the vector form of a function, cost more.
const BLOCK: usize = 512;

/// Elements of a reduction's chunk.
pub(crate) const CHUNK: usize = 16 * 1024;

/// Up to this many elements of a reduction, waking another thread costs more than it brings: the job is one chunk.
pub(crate) const ALONE: usize = 2 * CHUNK;

/// From this many stored elements on, the chunks of a reduction are [`LONG_CHUNK`]: they are at least 64, and each begins with what the
/// prefetchers do not foresee. (The sum of 1e7 doubles on two CPUs: 0.164 ns an element, with the longer ones 0.137.)
const LONG: usize = 64 * LONG_CHUNK;

/// Elements of a chunk of such a reduction: 10 to 40 µs of reading.
const LONG_CHUNK: usize = 4 * CHUNK;

/// The elements of one chunk, as a half-open range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The chunks of an even partition begin at multiples of this where there are several in a chunk: whole blocks of every loop.
const GRAIN: usize = BLOCK;

/// Else at multiples of this: whole cache lines of every type.
const SMALL_GRAIN: usize = 64;

/// The number of chunks of an even partition is a multiple of this while there are few, so that two threads, or four, get equal
/// shares.
const SHARES: usize = 4;

/// A job's length and how it is cut: `chunks` chunks of `size` elements, the first `longer` of them one `grain` longer, and the very
/// first one `head` elements longer than that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunking {
    len: usize,
    chunks: u32,
    size: usize,
    grain: usize,
    longer: usize,
    head: usize,
}

impl Chunking {
    /// Chunks of nearly the same size, each 8 to 50 µs of work at `cost` an element, for results that do not depend on where chunks
    /// begin; one where the job is less than two of the shortest, since waking another thread would cost more than it brings.
    // In registers: handed over in memory it would be read before it has been written, which takes longer than making it.
    #[inline(always)]
    pub(crate) fn new(len: usize, cost: Cost) -> Self {
        let within = |nanoseconds| usize::try_from(cost.elements_in(nanoseconds)).unwrap_or(usize::MAX);
        let longest = within(CHUNK_TIME_AT_MOST).max(SMALL_GRAIN);
        let least = within(CHUNK_TIME).max(BLOCK).min(longest);
        // Longer jobs have longer chunks: each costs most of a microsecond, in what the caches and the prefetchers lose by it.
        let most = (len / PARTS).clamp(least, longest.min(CHUNK.max(len / MANY_PARTS)).max(least));
        let grain = if most < 8 * GRAIN { SMALL_GRAIN } else { GRAIN };
        let most = most / grain * grain;
        if len <= least.saturating_mul(2).min(longest) {
            return Self { len, chunks: u32::from(len != 0), size: len, grain, longer: 0, head: 0 };
        }
        let grains = len.div_ceil(grain);
        let wanted = len.div_ceil(most).next_multiple_of(SHARES).min(grains);
        // Where the number does not fit 32 bits, chunks are larger.
        let chunks = u32::try_from(wanted).unwrap_or(u32::MAX);
        let divisor = chunks as usize;
        Self { len, chunks, size: grains / divisor * grain, grain, longer: grains % divisor, head: 0 }
    }

    /// As [`new`](Self::new), all chunks but the first beginning `head` elements behind a multiple of the grain: where there the cache lines
    /// begin, no line is written by two threads.
    #[inline(always)]
    pub(crate) fn after_head(head: usize, len: usize, cost: Cost) -> Self {
        let head = if head < len { head } else { 0 };
        Self { len, head, ..Self::new(len - head, cost) }
    }

    /// Chunks of [`CHUNK`] elements, or of that times a power of two, but for the last one: for reductions, whose result is that of
    /// a tree of such chunks. `stored` elements are read, and not computed first.
    pub(crate) fn of_powers(len: usize, stored: bool) -> Self {
        let mut size = match len {
            ..=ALONE => ALONE,
            LONG.. if stored => LONG_CHUNK,
            _ => CHUNK,
        };
        loop {
            if let Ok(chunks) = u32::try_from(len.div_ceil(size)) {
                return Self { len, chunks, size, grain: GRAIN, longer: 0, head: 0 };
            }
            size *= 2;
        }
    }

    /// Number of chunks; 0 for a job without elements.
    pub(crate) fn chunks(self) -> u32 {
        self.chunks
    }

    /// The elements of chunk `index`; ranges of distinct chunks are disjoint and together are the job.
    pub(crate) fn range(self, index: u32) -> Range {
        let index = index as usize;
        let start = |index: usize| {
            let longer = index.min(self.longer) * self.grain + if index == 0 { 0 } else { self.head };
            index.saturating_mul(self.size).saturating_add(longer).min(self.len)
        };
        Range { start: start(index), end: start(index + 1) }
    }
}

#[cfg(test)]
mod tests {
    use core::iter;

    use corepool_memory::ElementType::{Float64, Uint8};

    use super::{ALONE, CHUNK, Chunking, Range, SMALL_GRAIN};
    use crate::cost::Cost;
    use crate::math::{BinaryFunction, UnaryFunction};

    const LENGTHS: [usize; 14] = [
        0,
        1,
        CHUNK,
        ALONE,
        ALONE + 1,
        3 * CHUNK - 1,
        3 * CHUNK,
        100_000,
        1_000_003,
        10_000_000,
        1 << 33,
        (1 << 46) + 5,
        1 << 50,
        usize::MAX / 4,
    ];

    fn costs() -> [Cost; 6] {
        let program: Cost = iter::repeat_n(Cost::from(BinaryFunction::Power), 64).sum();
        let endless: Cost = iter::repeat_n(program, 1000).sum();
        let plain = [Uint8, Float64].map(Cost::of_memory);
        [plain[0], plain[1], Cost::from(UnaryFunction::Sin), Cost::from(BinaryFunction::Power), program, endless]
    }

    #[test]
    fn chunks_follow_each_other_from_the_first_element_to_the_last() {
        for len in LENGTHS {
            let even = costs().map(|cost| Chunking::new(len, cost));
            for chunking in even.into_iter().chain([true, false].map(|stored| Chunking::of_powers(len, stored))) {
                let chunks = chunking.chunks();
                let looked_at = (0..chunks.min(100)).chain(chunks.saturating_sub(100)..chunks);
                for index in looked_at {
                    let range = chunking.range(index);
                    assert!(range.start < range.end, "{len}: {range:?} of {chunking:?}");
                    let next = if index + 1 == chunks { len } else { chunking.range(index + 1).start };
                    assert_eq!(range.end, next);
                }
                assert_eq!(chunks == 0, len == 0);
            }
        }
    }

    #[test]
    fn after_a_head_all_chunks_are_as_they_were_but_for_the_first_which_has_it_too() {
        for (len, cost) in LENGTHS.into_iter().flat_map(|len| costs().map(|cost| (len, cost))) {
            for head in [0, 1, 7, 63] {
                let (with, without) = (Chunking::after_head(head, len + head, cost), Chunking::new(len, cost));
                if len == 0 {
                    assert_eq!(with.chunks(), u32::from(head > 0));
                    continue;
                }
                assert_eq!(with.chunks(), without.chunks());
                let last = without.chunks() - 1;
                for index in [0, last / 2, last] {
                    let Range { start, end } = without.range(index);
                    let start = if index == 0 { 0 } else { start + head };
                    assert_eq!(with.range(index), Range { start, end: end + head }, "{with:?}");
                }
            }
        }
    }

    #[test]
    fn the_chunks_of_an_even_partition_are_whole_grains_and_differ_by_one_of_them_at_most() {
        for (len, cost) in LENGTHS.into_iter().flat_map(|len| costs().map(|cost| (len, cost))) {
            let chunking = Chunking::new(len, cost);
            let (chunks, grain) = (chunking.chunks(), chunking.grain);
            if chunks < 2 {
                continue;
            }
            assert!(chunks.is_multiple_of(4) || chunks == u32::MAX || chunking.size == grain, "{chunking:?}");
            let sizes = [0, 1, chunks / 2, chunks - 2, chunks - 1].map(|index| {
                let range = chunking.range(index);
                assert!(range.start.is_multiple_of(SMALL_GRAIN));
                range.end - range.start
            });
            let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
            // The last grain may be a part of one.
            assert!(most - least < 2 * grain, "{len}: {sizes:?}");
        }
    }

    #[test]
    fn a_chunk_is_shorter_the_more_an_element_costs() {
        let longest = |cost: Cost| {
            let range = Chunking::new(10_000_000, cost).range(0);
            range.end - range.start
        };
        let [bytes, doubles, sine, power, program, endless] = costs().map(longest);
        assert!((100_000..=132_096).contains(&bytes), "{bytes}");
        assert!((38_000..=39_062).contains(&doubles), "{doubles}");
        assert!((11_000..=12_500).contains(&sine), "{sine}");
        assert!((4_096..=5_000).contains(&power), "{power}");
        assert_eq!((program, endless), (64, 64));
    }

    #[test]
    fn no_chunk_is_longer_than_fifty_microseconds_unless_it_is_one_cache_line() {
        for (len, cost) in LENGTHS.into_iter().flat_map(|len| costs().map(|cost| (len, cost))) {
            let chunking = Chunking::new(len, cost);
            let Range { start, end } = chunking.range(0);
            let most = cost.elements_in(50_000).max(64);
            assert!((end - start) as u64 <= most || chunking.chunks() == u32::MAX, "{cost:?}: {chunking:?}");
        }
    }

    #[test]
    fn whether_one_thread_suffices_depends_on_the_work_and_not_on_the_elements() {
        let [_, doubles, sine, power, ..] = costs();
        let chunks = |cost| Chunking::new(10_000, cost).chunks();
        assert_eq!([doubles, sine, power].map(chunks), [1, 8, 16]);
        assert_eq!(Chunking::new(ALONE, doubles).chunks(), 1);
        assert_eq!(Chunking::new(ALONE + 1, doubles).chunks(), 4);
        assert_eq!(Chunking::new(100_000, doubles).chunks(), 8);
    }

    #[test]
    fn the_chunks_of_a_reduction_are_a_power_of_two_long() {
        assert_eq!(Chunking::of_powers(ALONE, true).chunks(), 1);
        for len in LENGTHS.into_iter().filter(|len| *len > ALONE) {
            for chunking in [true, false].map(|stored| Chunking::of_powers(len, stored)) {
                let Range { start, end } = chunking.range(0);
                assert!((end - start).is_power_of_two() && end - start >= CHUNK);
                assert_eq!(chunking.range(1).start, end);
            }
        }
    }
}
