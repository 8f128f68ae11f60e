//! Systems without either.

use super::{PinRefused, Pinned};

pub(super) fn affinity_set() -> Option<Vec<usize>> {
    None
}

pub(super) fn pin(_cpus: &[usize]) -> Result<Pinned, PinRefused> {
    Err(PinRefused::Unsupported)
}
