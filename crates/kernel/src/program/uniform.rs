//! The values of a program that are the same for every lane: single operands, bound scalars, constants, and what is computed
//! from these alone. They are computed once a run.

use super::decode::{Decoded, Kind};
use super::lanes::{Each, Target};
use super::leaf::Leaf;
use super::node::{Operation, Origin, narrow};
use super::opcode::Opcode;
use super::perform::{Lanes, perform};
use crate::level::Level;
use crate::math::Mode;

/// Where the uniform values are, and how those that are computed are.
#[derive(Clone, Debug)]
pub(super) struct Uniforms {
    kind: Kind,
    mode: Mode,
    parameters: usize,
    scalars: usize,
    constants: usize,
    derived: Vec<Derived>,
}

/// An instruction whose operands are uniform: their slots.
#[derive(Clone, Debug)]
struct Derived {
    opcode: Opcode,
    operands: Vec<u16>,
}

impl Uniforms {
    pub(super) fn new(program: &Decoded, mode: Mode) -> Self {
        let Decoded { kind, parameters, scalars, ref constants, .. } = *program;
        Self { kind, mode, parameters, scalars, constants: constants.len(), derived: Vec::new() }
    }

    pub(super) fn are_bigints(&self) -> bool {
        self.kind == Kind::Bigint
    }

    pub(super) fn parameter(&self, number: usize) -> u16 {
        narrow(number)
    }

    pub(super) fn scalar(&self, number: usize) -> u16 {
        narrow(self.parameters + number)
    }

    pub(super) fn constant(&self, number: usize) -> u16 {
        narrow(self.parameters + self.scalars + number)
    }

    /// The slot of an instruction's result; None where it is not the same for every lane.
    pub(super) fn derive(&mut self, opcode: Opcode, operands: &[Origin]) -> Option<u16> {
        // Tables are memory of the caller's, to be read when lanes are.
        if opcode == Opcode::Gather {
            return None;
        }
        let slot = |operand: &Origin| match operand {
            Origin::Uniform(slot) => Some(*slot),
            _ => None,
        };
        let operands = operands.iter().map(slot).collect::<Option<_>>()?;
        Some(self.push(opcode, operands))
    }

    /// The slot of the negated number in `slot`.
    pub(super) fn negated(&mut self, slot: u16) -> u16 {
        self.push(Opcode::Negate, vec![slot])
    }

    fn push(&mut self, opcode: Opcode, operands: Vec<u16>) -> u16 {
        self.derived.push(Derived { opcode, operands });
        narrow(self.parameters + self.scalars + self.constants + self.derived.len() - 1)
    }

    /// The values of all slots, as the bits of a lane each. A parameter that is an array has none that matters.
    pub(super) fn values(
        &self,
        level: Level,
        parameters: impl Iterator<Item = u64>,
        scalars: &[u64],
        constants: &[u64],
    ) -> Vec<f64> {
        let given = parameters.chain(scalars.iter().copied()).chain(constants.iter().copied());
        let mut values = Vec::with_capacity(self.parameters + self.scalars + self.constants + self.derived.len());
        values.extend(given.map(f64::from_bits));
        for derived in &self.derived {
            let operands: Vec<f64> = derived.operands.iter().map(|slot| values[usize::from(*slot)]).collect();
            let value = match Leaf::of(derived.opcode, self.mode) {
                Some(leaf) if self.kind == Kind::Number => leaf.scalar(&operands),
                _ => single(level, self.kind, derived.opcode, &operands),
            };
            values.push(value);
        }
        values
    }
}

/// An instruction on one lane.
fn single(level: Level, kind: Kind, opcode: Opcode, operands: &[f64]) -> f64 {
    let mut value = 0.0;
    // SAFETY: one lane each, in memory that outlives the call.
    let lanes = |operand: &f64| Lanes::Each(unsafe { Each::new(operand, 1) });
    let operands: Vec<Lanes> = operands.iter().map(lanes).collect();
    // SAFETY: as above; nobody else writes a local.
    let target = unsafe { Target::new(&mut value, 1) };
    perform(level, kind, Operation::Single(opcode), &operands, target);
    value
}
