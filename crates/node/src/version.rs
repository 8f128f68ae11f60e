//! The version, by which the facade knows an addon that belongs to it.

use napi_derive::napi;

/// The version of this package: the facade refuses an addon of another one.
#[napi]
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
