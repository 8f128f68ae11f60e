//! Programs: kernels compiled from JavaScript functions, run block by block.
//!
//! docs/kernel-programs.md is the contract with the compiler. A [`Program`] is made from bytes by a verifier that trusts
//! nothing; for operands of one shape it is lowered once to steps over registers, neighbouring operations fused; a [`Run`] goes
//! through the steps for one block of elements after the other, so that a whole expression is one pass over memory.
//!
//! decode → node (a graph, fused) → lower (steps, registers) → evaluation (blocks) → perform, lanes, functions (loops).

mod decode;
mod error;
mod evaluation;
mod functions;
mod lanes;
mod leaf;
mod lower;
mod node;
mod opcode;
mod perform;
mod run;
mod scratch;
#[cfg(test)]
mod tests;
mod uniform;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

pub use decode::Kind;
pub use error::{ProgramError, RunError};
pub use evaluation::Evaluation;
pub use opcode::Opcode;
pub use run::Run;

use decode::Decoded;
use lower::{Code, Shape};

use crate::math::Mode;
use crate::scalar_lanes::ScalarLanes;

/// Shapes of operands for which a program is kept lowered.
const KEPT_SHAPES: usize = 8;

/// A verified program. Holds no memory of a caller's.
#[derive(Debug)]
pub struct Program {
    decoded: Decoded,
    mode: Mode,
    scalar_lanes: Arc<ScalarLanes>,
    /// What was lowered last, the newest first.
    codes: Mutex<VecDeque<(Shape, Arc<Code>)>>,
}

impl Program {
    /// Verifies the bytes of a program, whose functions of `Math` shall have the values of `mode`.
    ///
    /// # Errors
    /// [`ProgramError`], saying what is wrong and where, for anything that docs/kernel-programs.md does not allow.
    pub fn load(bytes: &[u8], mode: Mode) -> Result<Self, ProgramError> {
        Ok(Self { decoded: decode::decode(bytes)?, mode, scalar_lanes: Arc::default(), codes: Mutex::default() })
    }

    /// What its lanes are.
    pub fn kind(&self) -> Kind {
        self.decoded.kind
    }

    /// Elements for which a function of `Math` was computed by itself because its vector form does not cover the argument, each
    /// function counted, of all passes and fused reductions so far.
    pub fn scalar_lanes(&self) -> u64 {
        self.scalar_lanes.count()
    }

    fn decoded(&self) -> &Decoded {
        &self.decoded
    }

    /// The steps for operands of a shape.
    fn code(&self, shape: Shape) -> Arc<Code> {
        // Nothing panics while the lock is held but the lowering, which changes nothing before it is done.
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, code)) = codes.iter().find(|(known, _)| *known == shape) {
            return Arc::clone(code);
        }
        let code = Arc::new(lower::lower(&self.decoded, self.mode, shape));
        codes.truncate(KEPT_SHAPES - 1);
        codes.push_front((shape, Arc::clone(&code)));
        code
    }

    /// Steps for float64 arrays into another: what a block costs.
    #[cfg(test)]
    fn steps_over_arrays(&self) -> usize {
        self.code(Shape { scalars: 0, staged: 0, direct: lower::Direct::All }).steps.len()
    }
}
