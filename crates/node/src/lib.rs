//! The Node-API binding: conversions between JavaScript and the crates that do the work, and nothing else.
//!
//! Three rules keep it sound. A synchronous call borrows: no JavaScript of its thread runs until it returns, so pointers read
//! from typed arrays stay good. An asynchronous job owns: its operand is copied before `submit` returns, unless it is a
//! SharedArrayBuffer, which nothing can take away and which a reference keeps alive. And pool threads never call Node-API,
//! but for ringing the one threadsafe function of an [`environment`].

pub mod array;
pub mod code;
pub mod cores;
pub mod elementwise;
mod environment;
mod job;
mod job_memory;
pub mod jobs;
pub mod memory;
mod module;
pub mod parent;
mod references;
pub mod version;
