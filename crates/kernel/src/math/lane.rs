//! What a math function is to the block driver: a branch-free form for a lane, and a scalar form for any number.

/// The result of a lane form.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub(super) value: f64,
    /// Whether the value is the function's; if not, the scalar form must compute this lane.
    pub(super) covered: bool,
}

impl Lane {
    /// A lane that is always covered.
    #[inline(always)]
    pub(super) fn always(value: f64) -> Self {
        Self { value, covered: true }
    }

    /// The value, or the number with these bits where the lane is not covered.
    #[inline(always)]
    pub(super) fn value_or(self, bits: u64) -> f64 {
        if self.covered { self.value } else { f64::from_bits(bits) }
    }

    /// Marks the lane by 1 where it is not covered, by 0 where it is; returns the mark, to be counted.
    #[inline(always)]
    pub(super) fn mark(self, mark: &mut u64) -> u64 {
        *mark = u64::from(!self.covered);
        *mark
    }
}

/// A function of one number.
///
/// The lane forms have no branch and call nothing, so that a loop over them becomes vector instructions; every `if` in them
/// chooses between two values that are both computed. A covered lane has the bits of the scalar form.
pub(super) trait Unary: Copy {
    /// [`Unary::lane`] covers every argument, and no lane need be marked.
    const COVERS_ALL: bool = false;

    /// The lane forms use fused operations: without instructions for them every lane takes the scalar form.
    const NEEDS_FMA: bool = false;

    /// The function where most arguments are.
    fn lane(x: f64) -> Lane;

    /// [`Unary::lane`] is [`Unary::finish`] of [`Unary::begin`], each of which a block computes for all its lanes: of a long form at
    /// once, a CPU does not look far enough ahead to overlap enough lanes (tan by AVX2, in cache: 2.57 ns an element, in halves 1.80).
    const HAS_HALVES: bool = false;

    /// The first half.
    #[inline(always)]
    fn begin(_: f64) -> [f64; 3] {
        [0.0; 3]
    }

    /// The second half.
    #[inline(always)]
    fn finish(x: f64, _begun: [f64; 3]) -> Lane {
        Self::lane(x)
    }

    /// [`Unary::wide_lane`] differs from [`Unary::lane`].
    const HAS_WIDE_LANE: bool = false;

    /// A form for more arguments at a higher cost, tried on blocks in which [`Unary::lane`] leaves many lanes uncovered.
    #[inline(always)]
    fn wide_lane(x: f64) -> Lane {
        Self::lane(x)
    }

    /// The function for any argument, with the branches of the original.
    fn scalar(x: f64) -> f64;

    /// [`Unary::scalar`] of a list of operands.
    fn scalar_of([x]: [f64; 1]) -> f64 {
        Self::scalar(x)
    }
}

/// A function of two numbers; see [`Unary`].
pub(super) trait Binary: Copy {
    /// The lane form uses fused operations: without instructions for them every lane takes the scalar form.
    const NEEDS_FMA: bool = false;

    /// The lane form has the bits of the scalar form on this platform; if not, every lane takes the scalar form.
    const HAS_LANE: bool = true;

    /// The function where most arguments are.
    fn lane(x: f64, y: f64) -> Lane;

    /// The function for any arguments.
    fn scalar(x: f64, y: f64) -> f64;

    /// [`Binary::scalar`] of a list of operands.
    fn scalar_of([x, y]: [f64; 2]) -> f64 {
        Self::scalar(x, y)
    }
}
