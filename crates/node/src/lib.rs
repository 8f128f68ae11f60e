//! The Node-API binding: conversions between JavaScript and the crates that do the work, and nothing else.
//!
//! Three rules keep it sound. A synchronous call borrows: no JavaScript of its thread runs until it returns, so pointers read
//! from typed arrays stay good. An asynchronous job owns: its operands are copied before `submit` returns, unless they are
//! memory that nothing can take away (a SharedArrayBuffer, or a buffer that the facade moved to where no JavaScript can reach it),
//! which a reference keeps alive. And pool threads never call Node-API, but for ringing the one threadsafe function of an
//! [`environment`].

mod array;
pub mod call;
pub mod code;
pub mod cores;
pub mod elementwise;
pub mod ending;
mod environment;
mod job;
mod job_memory;
pub mod jobs;
pub mod memory;
mod module;
pub mod operands;
pub mod parent;
pub mod program;
pub mod reduce;
mod references;
mod sentinel;
pub mod version;
