//! How a job over n elements is cut into chunks.

/// Elements of one chunk: 128 KiB of doubles, a few microseconds of work. Small enough that a cancelled job ends at once
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

/// A job's length and the size of its chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunking {
    len: usize,
    chunk: usize,
}

impl Chunking {
    /// Chunks of [`CHUNK`] elements; more where the number of chunks would not fit 32 bits; one where the job is small.
    pub(crate) fn new(len: usize) -> Self {
        let mut chunk = if len <= ALONE { ALONE } else { CHUNK };
        while u32::try_from(len.div_ceil(chunk)).is_err() {
            chunk *= 2;
        }
        Self { len, chunk }
    }

    /// Number of chunks; 0 for a job without elements.
    pub(crate) fn chunks(self) -> u32 {
        // `new` chose the chunk so that this fits.
        u32::try_from(self.len.div_ceil(self.chunk)).unwrap_or(u32::MAX)
    }

    /// The elements of chunk `index`; ranges of distinct chunks are disjoint and together are the job.
    pub(crate) fn range(self, index: u32) -> Range {
        let start = (index as usize).saturating_mul(self.chunk).min(self.len);
        Range { start, end: (start + self.chunk).min(self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALONE, CHUNK, Chunking};

    #[test]
    fn chunks_follow_each_other_from_the_first_element_to_the_last() {
        for len in
            [0, 1, CHUNK, ALONE, ALONE + 1, 3 * CHUNK - 1, 3 * CHUNK, 1_000_003, 1 << 33, 1 << 50, usize::MAX / 4]
        {
            let chunking = Chunking::new(len);
            let chunks = chunking.chunks();
            let looked_at = (0..chunks.min(100)).chain(chunks.saturating_sub(100)..chunks);
            for index in looked_at {
                let range = chunking.range(index);
                assert!(range.start < range.end);
                assert_eq!(range.end, if index + 1 == chunks { len } else { chunking.range(index + 1).start });
            }
        }
        assert_eq!(Chunking::new(0).chunks(), 0);
        assert_eq!(Chunking::new(ALONE).chunks(), 1);
        assert_eq!(Chunking::new(ALONE + 1).chunks(), 3);
    }
}
