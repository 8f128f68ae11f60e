//! From bytes to a program: what docs/kernel-programs.md says of them, checked; nothing is taken on trust.
//!
//! After [`decode`] every reference names a value that exists where it is used, and every opcode is one of the program's kind:
//! the rest of the module relies on that, and on nothing that a compiler promised.

use super::error::ProgramError;
use super::opcode::Opcode;

const MAGIC: &[u8; 4] = b"CPK1";
const HEADER: usize = 24;
const WORD: usize = 8;

const MAX_PARAMETERS: u16 = 64;
const MAX_SCALARS: u16 = 256;
const MAX_TABLES: u16 = 64;
const MAX_CONSTANTS: u16 = 4096;
const MAX_INSTRUCTIONS: u16 = 16_384;

/// Results that may be alive at once.
pub(super) const MAX_ALIVE: usize = 1024;

/// What the lanes of a program are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Doubles.
    Number,
    /// 64 bits, modulo 2^64.
    Bigint,
}

/// What a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Parameter(usize),
    Scalar(usize),
    Constant(usize),
    Index,
    Result(usize),
}

/// An instruction whose references are checked. The table of a gather is beside its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) opcode: Opcode,
    /// The first [`Instruction::arity`] of them count.
    operands: [Value; 3],
    arity: usize,
    pub(super) table: usize,
}

impl Instruction {
    /// The values it reads.
    pub(super) fn operands(&self) -> &[Value] {
        &self.operands[..self.arity]
    }
}

/// A program as its bytes say.
#[derive(Clone, Debug)]
pub(super) struct Decoded {
    pub(super) kind: Kind,
    pub(super) parameters: usize,
    pub(super) scalars: usize,
    pub(super) tables: usize,
    /// The bits of each: of a double, or of a bigint.
    pub(super) constants: Vec<u64>,
    pub(super) instructions: Vec<Instruction>,
    pub(super) result: Value,
    /// A bit for each parameter that is read at more than one place.
    pub(super) repeated: u64,
}

/// The fields of the header, in the order of the format.
struct Header {
    kind: Kind,
    reads_index: bool,
    parameters: u16,
    scalars: u16,
    tables: u16,
    constants: u16,
    instructions: u16,
    result: u16,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, ProgramError> {
        if bytes.len() < HEADER {
            return Err(ProgramError::Length { expected: HEADER, got: bytes.len() });
        }
        let refuse = |field, value| Err(ProgramError::Header { field, value });
        if &bytes[..4] != MAGIC {
            return refuse("magic", u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        }
        let kind = match bytes[4] {
            0 => Kind::Number,
            1 => Kind::Bigint,
            kind => return refuse("kind", kind.into()),
        };
        let flags = bytes[5];
        if flags > u8::from(kind == Kind::Number) {
            return refuse("flags", flags.into());
        }
        let bounded = |field, offset: usize, least: u16, most: u16| {
            let value = u16::from_le_bytes([bytes[offset], bytes[offset + 1]]);
            if (least..=most).contains(&value) {
                Ok(value)
            } else {
                Err(ProgramError::Header { field, value: value.into() })
            }
        };
        let most_tables = if kind == Kind::Number { MAX_TABLES } else { 0 };
        let header = Self {
            kind,
            reads_index: flags == 1,
            parameters: bounded("parameters", 6, 1, MAX_PARAMETERS)?,
            scalars: bounded("scalars", 8, 0, MAX_SCALARS)?,
            tables: bounded("tables", 10, 0, most_tables)?,
            constants: bounded("constants", 12, 0, MAX_CONSTANTS)?,
            instructions: bounded("instructions", 14, 0, MAX_INSTRUCTIONS)?,
            result: bounded("result", 16, 0, u16::MAX)?,
        };
        for offset in [18, 20, 22] {
            bounded("reserved", offset, 0, 0)?;
        }
        Ok(header)
    }

    /// What `reference` names, where the first `results` instructions have a result.
    fn value(&self, reference: u16, results: usize) -> Option<Value> {
        let mut number = usize::from(reference);
        for (space, size) in [
            (Value::Parameter as fn(usize) -> Value, usize::from(self.parameters)),
            (Value::Scalar, self.scalars.into()),
            (Value::Constant, self.constants.into()),
            (|_| Value::Index, self.reads_index.into()),
            (Value::Result, results),
        ] {
            if number < size {
                return Some(space(number));
            }
            number -= size;
        }
        None
    }

    /// The instruction `number`, whose four words are `words`.
    fn instruction(&self, number: usize, words: [u16; 4]) -> Result<Instruction, ProgramError> {
        let [code, references @ ..] = words;
        let opcode = Opcode::from_code(code)
            .filter(|opcode| if self.kind == Kind::Number { opcode.is_available() } else { opcode.takes_bigints() })
            .ok_or(ProgramError::Opcode { instruction: number, code })?;
        let refuse =
            |operand: usize, reference| ProgramError::Operand { instruction: number, opcode, operand, reference };

        let mut instruction = Instruction { opcode, operands: [Value::Parameter(0); 3], arity: 0, table: 0 };
        for (operand, reference) in references.into_iter().enumerate() {
            if operand >= opcode.operands() {
                if reference != 0 {
                    return Err(refuse(operand, reference));
                }
            } else if opcode == Opcode::Gather && operand == 0 {
                if reference >= self.tables && !cfg!(corepool_seed = "reference") {
                    return Err(refuse(operand, reference));
                }
                instruction.table = reference.into();
            } else {
                // Results of this instruction and of later ones do not exist yet.
                let value = self.value(reference, number).ok_or_else(|| refuse(operand, reference))?;
                if self.kind == Kind::Bigint
                    && opcode == Opcode::ShiftLeft
                    && operand == 1
                    && !matches!(value, Value::Constant(_))
                {
                    return Err(refuse(operand, reference));
                }
                instruction.operands[instruction.arity] = value;
                instruction.arity += 1;
            }
        }
        Ok(instruction)
    }
}

/// Reads and checks a program.
///
/// # Errors
/// [`ProgramError`], saying what is wrong and where, for anything that the format does not allow.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, ProgramError> {
    let header = Header::read(bytes)?;
    let constants_end = HEADER + WORD * usize::from(header.constants);
    let expected = constants_end + WORD * usize::from(header.instructions);
    if bytes.len() != expected {
        return Err(ProgramError::Length { expected, got: bytes.len() });
    }
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let constants = bytes[HEADER..constants_end].chunks_exact(WORD).map(word).collect();
    let mut instructions = Vec::with_capacity(header.instructions.into());
    for (number, bytes) in bytes[constants_end..].chunks_exact(WORD).enumerate() {
        let words = [0, 2, 4, 6].map(|offset| u16::from_le_bytes([bytes[offset], bytes[offset + 1]]));
        instructions.push(header.instruction(number, words)?);
    }
    let result =
        header.value(header.result, instructions.len()).ok_or(ProgramError::Result { reference: header.result })?;
    let repeated = repeated(&instructions, result);
    let decoded = Decoded {
        kind: header.kind,
        parameters: header.parameters.into(),
        scalars: header.scalars.into(),
        tables: header.tables.into(),
        constants,
        instructions,
        result,
        repeated,
    };
    check_pressure(&decoded)?;
    Ok(decoded)
}

impl Decoded {
    /// Whether the result needs each instruction.
    pub(super) fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.instructions.len()];
        let mark = |value: Value, needed: &mut Vec<bool>| {
            if let Value::Result(number) = value {
                needed[number] = true;
            }
        };
        mark(self.result, &mut needed);
        for (number, instruction) in self.instructions.iter().enumerate().rev() {
            if needed[number] {
                instruction.operands().iter().for_each(|value| mark(*value, &mut needed));
            }
        }
        needed
    }
}

/// A bit for each parameter that occurs more than once, needed or not.
fn repeated(instructions: &[Instruction], result: Value) -> u64 {
    let (mut once, mut again) = (0, 0);
    for value in instructions.iter().flat_map(Instruction::operands).chain([&result]) {
        if let Value::Parameter(number) = value {
            let bit = 1_u64 << number;
            again |= once & bit;
            once |= bit;
        }
    }
    again
}

/// Counts the results that are alive after each instruction that the result needs.
fn check_pressure(program: &Decoded) -> Result<(), ProgramError> {
    let needed = program.needed();
    let mut last_use = vec![0; program.instructions.len()];
    for (number, instruction) in program.instructions.iter().enumerate().filter(|(number, _)| needed[*number]) {
        for value in instruction.operands() {
            if let Value::Result(result) = value {
                last_use[*result] = number;
            }
        }
    }
    if let Value::Result(result) = program.result {
        last_use[result] = usize::MAX;
    }
    // How many results die at each instruction.
    let mut dying = vec![0; program.instructions.len()];
    for (last, _) in last_use.iter().zip(&needed).filter(|(_, is_needed)| **is_needed) {
        if let Some(count) = dying.get_mut(*last) {
            *count += 1;
        }
    }
    let mut alive: usize = 0;
    for number in (0..program.instructions.len()).filter(|number| needed[*number]) {
        alive = (alive + 1).saturating_sub(dying[number]);
        if alive > MAX_ALIVE {
            return Err(ProgramError::Pressure { instruction: number, alive, most: MAX_ALIVE });
        }
    }
    Ok(())
}
