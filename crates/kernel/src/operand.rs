//! What an operation takes for each of its parameters.

use corepool_memory::View;

/// One operand: an array, or one value that stands for every element.
#[derive(Clone, Copy, Debug)]
pub enum Operand {
    /// An element for each element of the result.
    Array(View),
    /// The same number for each.
    Number(f64),
    /// The same bigint for each, modulo 2^64: more bits cannot change what is stored.
    Bigint(u64),
}

impl Operand {
    /// The array, if it is one.
    pub fn array(&self) -> Option<&View> {
        match self {
            Self::Array(view) => Some(view),
            Self::Number(_) | Self::Bigint(_) => None,
        }
    }

    /// The same of memory that JavaScript shares; see [`View::shared`].
    #[must_use]
    pub fn shared(self) -> Self {
        match self {
            Self::Array(view) => Self::Array(view.shared()),
            value => value,
        }
    }

    /// Whether its values are bigints in JavaScript.
    pub fn is_bigint(&self) -> bool {
        match self {
            Self::Array(view) => view.element().is_bigint(),
            Self::Number(_) => false,
            Self::Bigint(_) => true,
        }
    }
}
