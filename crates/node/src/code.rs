//! The `code` of the errors that reach JavaScript, and the errors of the other crates as such.

use corepool_kernel::{ElementwiseError, RunError};
use corepool_memory::{InUse, OutOfMemory, ViewError};
use corepool_pool::{Panicked, PoolError};
use napi::Status;

/// A stable code; the facade makes it an error of its own tree.
#[derive(Clone, Copy, Debug)]
pub enum Code {
    /// An argument of the wrong type.
    InvalidArgType,
    /// An argument, or an environment variable, of the right type and a wrong value.
    InvalidArgValue,
    /// Two arrays of different lengths.
    LengthMismatch,
    /// Bigints beside numbers, or a dtype that does not exist.
    Dtype,
    /// An array without memory.
    Detached,
    /// An output that shares memory with an operand without being it.
    Overlap,
    /// An output that another call is writing.
    BufferInUse,
    /// No memory for a copy or a result.
    OutOfMemory,
    /// The pool's threads could not be started.
    SpawnFailed,
    /// A kernel panicked; the pool goes on.
    NativePanic,
    /// What Node-API itself reported.
    NodeApi(Status),
}

/// The result of a function that JavaScript calls.
pub type Result<T> = napi::Result<T, Code>;

/// An error with a code and a message.
pub(crate) fn error(code: Code, message: impl ToString) -> napi::Error<Code> {
    napi::Error::new(code, message.to_string())
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        match self {
            Self::InvalidArgType => "ERR_INVALID_ARG_TYPE",
            Self::InvalidArgValue => "ERR_INVALID_ARG_VALUE",
            Self::LengthMismatch => "ERR_LENGTH_MISMATCH",
            Self::Dtype => "ERR_DTYPE",
            Self::Detached => "ERR_DETACHED",
            Self::Overlap => "ERR_OVERLAP",
            Self::BufferInUse => "ERR_BUFFER_IN_USE",
            Self::OutOfMemory => "ERR_OUT_OF_MEMORY",
            Self::SpawnFailed => "ERR_SPAWN_FAILED",
            Self::NativePanic => "ERR_NATIVE_PANIC",
            Self::NodeApi(status) => status.as_ref(),
        }
    }
}

impl From<Status> for Code {
    fn from(status: Status) -> Self {
        Self::NodeApi(status)
    }
}

/// What Node-API reported, with the message it gave.
pub(crate) fn from_node_api(reported: napi::Error) -> napi::Error<Code> {
    napi::Error::new(Code::NodeApi(reported.status), reported.reason.clone())
}

pub(crate) fn from_view(refused: ViewError) -> napi::Error<Code> {
    let code = match refused {
        ViewError::Null => Code::Detached,
        ViewError::Misaligned | ViewError::TooLong => Code::InvalidArgValue,
    };
    error(code, refused)
}

pub(crate) fn from_elementwise(refused: ElementwiseError) -> napi::Error<Code> {
    let code = match refused {
        ElementwiseError::Arity { .. } => Code::InvalidArgValue,
        ElementwiseError::NoArray => Code::InvalidArgType,
        ElementwiseError::LengthMismatch { .. } => Code::LengthMismatch,
        ElementwiseError::MixedBigint | ElementwiseError::NumbersOnly => Code::Dtype,
        ElementwiseError::Overlap => Code::Overlap,
    };
    error(code, refused)
}

pub(crate) fn from_run(refused: RunError) -> napi::Error<Code> {
    let code = match refused {
        RunError::Count { .. } => Code::InvalidArgValue,
        RunError::NoArray => Code::InvalidArgType,
        RunError::LengthMismatch { .. } => Code::LengthMismatch,
        RunError::MixedBigint => Code::Dtype,
        RunError::Overlap => Code::Overlap,
    };
    error(code, refused)
}

pub(crate) fn from_memory(refused: OutOfMemory) -> napi::Error<Code> {
    error(Code::OutOfMemory, refused)
}

pub(crate) fn from_claim(refused: InUse) -> napi::Error<Code> {
    error(Code::BufferInUse, refused)
}

pub(crate) fn from_panic(panicked: Panicked) -> napi::Error<Code> {
    error(Code::NativePanic, panicked)
}

pub(crate) fn from_pool(refused: &PoolError) -> napi::Error<Code> {
    let code = match refused {
        PoolError::Config(_) => Code::InvalidArgValue,
        _ => Code::SpawnFailed,
    };
    error(code, refused)
}
