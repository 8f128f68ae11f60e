//! Writes the bytes of programs.

use super::super::{Kind, Opcode};

/// A program that is being written. References are those of the format.
#[derive(Clone, Debug)]
pub(super) struct Assembler {
    pub(super) kind: Kind,
    pub(super) reads_index: bool,
    pub(super) parameters: u16,
    pub(super) scalars: u16,
    pub(super) tables: u16,
    pub(super) constants: Vec<u64>,
    pub(super) instructions: Vec<[u16; 4]>,
    pub(super) result: u16,
}

impl Assembler {
    /// A program over numbers.
    pub(super) fn new(parameters: u16) -> Self {
        Self {
            kind: Kind::Number,
            reads_index: false,
            parameters,
            scalars: 0,
            tables: 0,
            constants: Vec::new(),
            instructions: Vec::new(),
            result: 0,
        }
    }

    pub(super) fn with_constants(mut self, constants: &[f64]) -> Self {
        self.constants = constants.iter().map(|constant| constant.to_bits()).collect();
        self
    }

    /// The reference of a constant.
    pub(super) fn constant(&self, number: u16) -> u16 {
        self.parameters + self.scalars + number
    }

    /// The reference of the index.
    pub(super) fn index(&self) -> u16 {
        self.constant(0) + narrow(self.constants.len())
    }

    /// The reference of the first instruction's result.
    pub(super) fn first_result(&self) -> u16 {
        self.index() + u16::from(self.reads_index)
    }

    /// Appends an instruction, whose result is the program's for now; gives the reference of that result.
    pub(super) fn push(&mut self, opcode: Opcode, operands: &[u16]) -> u16 {
        assert_eq!(operands.len(), opcode.operands());
        let operand = |number| operands.get(number).copied().unwrap_or(0);
        self.instructions.push([opcode.code(), operand(0), operand(1), operand(2)]);
        self.result = self.first_result() + narrow(self.instructions.len()) - 1;
        self.result
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"CPK1".to_vec();
        bytes.push(u8::from(self.kind == Kind::Bigint));
        bytes.push(u8::from(self.reads_index));
        let counts =
            [self.parameters, self.scalars, self.tables, narrow(self.constants.len()), narrow(self.instructions.len())];
        for field in counts.into_iter().chain([self.result, 0, 0, 0]) {
            bytes.extend(field.to_le_bytes());
        }
        self.constants.iter().for_each(|constant| bytes.extend(constant.to_le_bytes()));
        self.instructions.iter().flatten().for_each(|word| bytes.extend(word.to_le_bytes()));
        bytes
    }
}

pub(super) fn narrow(number: usize) -> u16 {
    u16::try_from(number).unwrap()
}
