//! Memory that kernels read and write: the element types, the one checked [`View`] over memory that somebody else owns,
//! and [`Buffer`], aligned memory that the library owns itself.
//!
//! Knows nothing of kernels, pools or JavaScript. Its invariant: a `View` that exists is aligned, does not wrap around the
//! address space, and its length times its element size is its size in bytes.

mod budget;
mod buffer;
mod claim;
mod element;
mod mapping;
mod recycler;
mod view;

pub use budget::{Budget, Lent};
pub use buffer::{Buffer, HUGE_PAGE, OutOfMemory};
pub use claim::{Claim, InUse};
pub use element::ElementType;
pub use mapping::advise_huge_pages;
pub use recycler::{RecyclerStats, keep_one_of, recycler_stats, trim, trim_when_idle};
pub use view::{View, ViewError};
