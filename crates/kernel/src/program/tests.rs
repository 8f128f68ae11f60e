//! Programs against a naive interpreter of scalars.

mod assembler;
mod mutated;
mod oracle;
mod random;
mod refused;
mod values;

use super::{Program, ProgramError};
use crate::math::Mode;

fn load_program(bytes: &[u8]) -> Result<Program, ProgramError> {
    Program::load(bytes, Mode::ExactFdlibm)
}

/// The seed of a test: a fixed one, or that of the variable `COREPOOL_SEED`. Printed, so that a failure can be repeated.
fn seed(fixed: u64) -> u64 {
    let seed = std::env::var("COREPOOL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(fixed);
    println!("seed {seed}");
    seed
}

/// How often a test does what it does.
fn times(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|times| times.parse().ok()).unwrap_or(usual)
}
