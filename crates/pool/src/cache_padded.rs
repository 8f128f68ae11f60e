//! Keeping what different threads write on different cache lines.

use core::ops::Deref;

/// A value alone on its cache lines. 128 bytes, not 64: x86-64 fetches lines in pairs, and some arm64 lines are that long.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct CachePadded<T>(T);

impl<T> CachePadded<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_do_not_share_a_pair_of_lines() {
        let pair = [CachePadded::new(1_u8), CachePadded::new(2_u8)];
        assert_eq!(size_of_val(&pair), 256);
        assert_eq!(core::ptr::from_ref(&pair[0]).addr() % 128, 0);
        assert_eq!((*pair[0], *pair[1]), (1, 2));
    }
}
