//! Why bytes are no program, and why operands do not fit one.

use core::fmt;

use super::Opcode;

/// What is wrong with the bytes of a program, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// Fewer or more bytes than the header says, or than a header has.
    Length {
        /// What the format asks for.
        expected: usize,
        /// What there is.
        got: usize,
    },
    /// A field of the header is beyond its bounds.
    Header {
        /// The field's name in the documentation.
        field: &'static str,
        /// Its value.
        value: u32,
    },
    /// The result refers to no value.
    Result {
        /// The reference.
        reference: u16,
    },
    /// An instruction has a code that is not known, or not to programs of this kind.
    Opcode {
        /// The number of the instruction.
        instruction: usize,
        /// The code.
        code: u16,
    },
    /// An operand of an instruction is no value that exists there, or not 0 where the opcode has none, or no table.
    Operand {
        /// The number of the instruction.
        instruction: usize,
        /// Its opcode.
        opcode: Opcode,
        /// The number of the operand.
        operand: usize,
        /// The reference.
        reference: u16,
    },
    /// More values are alive at once than the scratch memory of a thread has room for.
    Pressure {
        /// The instruction after which they are.
        instruction: usize,
        /// How many.
        alive: usize,
        /// How many there may be.
        most: usize,
    },
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, got } => write!(f, "a program of {got} bytes should have {expected}"),
            Self::Header { field, value } => write!(f, "the header's {field} cannot be {value}"),
            Self::Result { reference } => write!(f, "the result refers to {reference}, which is no value"),
            Self::Opcode { instruction, code } => {
                write!(f, "instruction {instruction} has the code {code}, which this program cannot have")
            }
            Self::Operand { instruction, opcode, operand, reference } => {
                write!(f, "operand {operand} of instruction {instruction} ({}) cannot be {reference}", opcode.name())
            }
            Self::Pressure { instruction, alive, most } => {
                write!(f, "{alive} values are alive after instruction {instruction}; there may be {most}")
            }
        }
    }
}

impl core::error::Error for ProgramError {}

/// Why operands, an output and a program do not make a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunError {
    /// Another number of operands, scalars or tables than the program has.
    Count {
        /// Of what.
        of: &'static str,
        /// What the program has.
        takes: usize,
        /// What it got.
        got: usize,
    },
    /// No operand is an array, so nothing says how many elements there are.
    NoArray,
    /// The lengths differ.
    LengthMismatch {
        /// Elements of an operand.
        operand: usize,
        /// Elements of the output, or of the first array where there is no output.
        output: usize,
    },
    /// Bigints in a program over numbers, or numbers in one over bigints.
    MixedBigint,
    /// The output shares memory with an operand without being the same elements, or with a table.
    Overlap,
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { of, takes, got } => write!(f, "the program takes {takes} {of}, not {got}"),
            Self::NoArray => f.write_str("no operand is an array"),
            Self::LengthMismatch { operand, output } => {
                write!(f, "an operand has {operand} elements, the output {output}")
            }
            Self::MixedBigint => f.write_str("bigints do not mix with numbers"),
            Self::Overlap => f.write_str(
                "the output shares memory with an operand without being the same elements, or with a bound array",
            ),
        }
    }
}

impl core::error::Error for RunError {}
