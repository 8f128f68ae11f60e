//! Numeric kernels over typed arrays: what JavaScript's `xs.map(v => …)` gives, bit for bit, on all cores.
//!
//! A number is an f64, computed on without contraction or reassociation, and rounded, wrapped or clamped once, at the store,
//! as JavaScript stores it; a bigint wraps modulo 2^64. [`Elementwise`] is one operation over its operands and one output, cut
//! into chunks that any thread may run. Knows nothing of JavaScript: operands come as checked views.

mod chunking;
mod copy;
mod cost;
mod direct;
mod elements;
mod elementwise;
mod float16;
mod level;
pub mod math;
mod operand;
mod operation;
mod pairs;
mod program;
mod reduce;
mod scalar_lanes;
mod staged;
mod store;
mod stream;

pub use copy::copy;
pub use elementwise::{Elementwise, ElementwiseError};
pub use operand::Operand;
pub use operation::{Binary, Operation, Ternary, Unary};
pub use program::{Evaluation, Kind, Opcode, Program, ProgramError, Run, RunError};
pub use reduce::{Counted, Extreme, Integers, IntegersError, Moments, Numbers, Product, ReduceError, TwoTerm};
