//! The expressions: as programs, in the bytes of docs/kernel-programs.md, and as the loops of [`crate::fused`].

use crate::fused::{self, Loop};

const ADD: u16 = 1;
const SUBTRACT: u16 = 2;
const MULTIPLY: u16 = 3;

/// An expression of one or two arrays.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) name: &'static str,
    /// The block VM on it, by its name in the answers.
    pub(crate) by_vm: &'static str,
    pub(crate) parameters: usize,
    constants: &'static [f64],
    /// Opcode and operands; references count parameters, constants and results.
    instructions: &'static [[u16; 3]],
    loops: fn() -> Vec<Loop>,
}

pub(crate) const EXPRESSIONS: &[Expression] = &[
    Expression {
        name: "2a+3b",
        by_vm: "vm 2a+3b",
        parameters: 2,
        constants: &[2.0, 3.0],
        instructions: &[[MULTIPLY, 2, 0], [MULTIPLY, 3, 1], [ADD, 4, 5]],
        loops: fused::linear,
    },
    Expression {
        name: "a*a*a",
        by_vm: "vm a*a*a",
        parameters: 1,
        constants: &[],
        instructions: &[[MULTIPLY, 0, 0], [MULTIPLY, 1, 0]],
        loops: fused::cube,
    },
    Expression {
        name: "((.25a+.75)a-1.5)a-2",
        by_vm: "vm ((.25a+.75)a-1.5)a-2",
        parameters: 1,
        constants: &[0.25, 0.75, 1.5, 2.0],
        instructions: &[
            [MULTIPLY, 1, 0],
            [ADD, 5, 2],
            [MULTIPLY, 6, 0],
            [SUBTRACT, 7, 3],
            [MULTIPLY, 8, 0],
            [SUBTRACT, 9, 4],
        ],
        loops: fused::polynomial,
    },
];

impl Expression {
    pub(crate) fn loops(&self) -> Vec<Loop> {
        (self.loops)()
    }

    /// The bytes of its program.
    pub(crate) fn program(&self) -> Vec<u8> {
        let words = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let constants = words(self.constants.len());
        let last = words(self.parameters) + constants + words(self.instructions.len()) - 1;
        let mut bytes = b"CPK1\0\0".to_vec();
        for field in [words(self.parameters), 0, 0, constants, words(self.instructions.len()), last, 0, 0, 0] {
            bytes.extend(field.to_le_bytes());
        }
        self.constants.iter().for_each(|constant| bytes.extend(constant.to_le_bytes()));
        for instruction in self.instructions {
            instruction.iter().chain(&[0]).for_each(|word| bytes.extend(word.to_le_bytes()));
        }
        bytes
    }
}
