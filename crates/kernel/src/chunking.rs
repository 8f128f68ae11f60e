//! How a job over n elements is cut into chunks.

/// Elements of one chunk at most: 128 KiB of doubles, a few microseconds of work. Small enough that a cancelled job ends at once
/// and that a thread that is late costs little, large enough that claiming a chunk costs nothing beside it.
pub(crate) const CHUNK: usize = 16 * 1024;

/// Up to this many elements waking another thread costs more than it brings: the job is one chunk.
pub(crate) const ALONE: usize = 2 * CHUNK;

/// The elements of one chunk, as a half-open range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The chunks of an even partition begin at multiples of this: whole blocks of every loop, and whole cache lines of every type.
const GRAIN: usize = 512;

/// The number of chunks of an even partition is a multiple of this while there are few, so that two threads, or four, get equal
/// shares.
const SHARES: usize = 4;

/// A job's length and how it is cut: `chunks` chunks of `size` elements, the first `longer` of them [`GRAIN`] elements longer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunking {
    len: usize,
    chunks: u32,
    size: usize,
    longer: usize,
}

impl Chunking {
    /// Chunks of nearly the same size, of at most [`CHUNK`] elements, for results that do not depend on where chunks begin; one
    /// where the job is small.
    pub(crate) fn new(len: usize) -> Self {
        if len <= ALONE {
            return Self { len, chunks: u32::from(len != 0), size: len, longer: 0 };
        }
        let grains = len.div_ceil(GRAIN);
        let wanted = len.div_ceil(CHUNK).next_multiple_of(SHARES);
        // Where the number does not fit 32 bits, chunks are larger.
        let chunks = u32::try_from(wanted).unwrap_or(u32::MAX);
        let divisor = chunks as usize;
        Self { len, chunks, size: grains / divisor * GRAIN, longer: grains % divisor }
    }

    /// Chunks of [`CHUNK`] elements, or of that times a power of two, but for the last one: for reductions, whose result is that of
    /// a tree of such chunks.
    pub(crate) fn of_powers(len: usize) -> Self {
        let mut size = if len <= ALONE { ALONE } else { CHUNK };
        loop {
            if let Ok(chunks) = u32::try_from(len.div_ceil(size)) {
                return Self { len, chunks, size, longer: 0 };
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
            let longer = index.min(self.longer) * GRAIN;
            index.saturating_mul(self.size).saturating_add(longer).min(self.len)
        };
        Range { start: start(index), end: start(index + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALONE, CHUNK, Chunking, GRAIN, Range};

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

    #[test]
    fn chunks_follow_each_other_from_the_first_element_to_the_last() {
        for len in LENGTHS {
            for chunking in [Chunking::new(len), Chunking::of_powers(len)] {
                let chunks = chunking.chunks();
                let looked_at = (0..chunks.min(100)).chain(chunks.saturating_sub(100)..chunks);
                for index in looked_at {
                    let range = chunking.range(index);
                    assert!(range.start < range.end, "{len}: {range:?}");
                    let next = if index + 1 == chunks { len } else { chunking.range(index + 1).start };
                    assert_eq!(range.end, next);
                }
                assert_eq!(chunks == 0, len == 0);
            }
        }
    }

    #[test]
    fn the_chunks_of_an_even_partition_are_whole_grains_and_differ_by_one_of_them_at_most() {
        for len in LENGTHS.into_iter().filter(|len| *len > ALONE) {
            let chunking = Chunking::new(len);
            let chunks = chunking.chunks();
            assert!(chunks.is_multiple_of(4) || chunks == u32::MAX);
            let sizes = [0, 1, chunks / 2, chunks - 2, chunks - 1].map(|index| {
                let range = chunking.range(index);
                assert!(range.start.is_multiple_of(GRAIN));
                range.end - range.start
            });
            let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
            // The last grain may be a part of one.
            assert!(most - least < 2 * GRAIN, "{len}: {sizes:?}");
            assert!(*most <= CHUNK || chunks == u32::MAX, "{len}: {sizes:?}");
        }
        assert_eq!(Chunking::new(ALONE).chunks(), 1);
        assert_eq!(Chunking::new(ALONE + 1).chunks(), 4);
        assert_eq!(Chunking::new(100_000).chunks(), 8);
    }

    #[test]
    fn the_chunks_of_a_reduction_are_a_power_of_two_long() {
        assert_eq!(Chunking::of_powers(ALONE).chunks(), 1);
        for len in LENGTHS.into_iter().filter(|len| *len > ALONE) {
            let chunking = Chunking::of_powers(len);
            let Range { start, end } = chunking.range(0);
            assert!((end - start).is_power_of_two() && end - start >= CHUNK);
            assert_eq!(chunking.range(1).start, end);
        }
    }
}
