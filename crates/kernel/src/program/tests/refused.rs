//! Bytes that are no program.

use super::super::{Kind, Opcode, ProgramError};
use super::assembler::Assembler;
use super::load_program;

fn refusal(bytes: &[u8]) -> ProgramError {
    load_program(bytes).unwrap_err()
}

/// x + 1, with one byte changed.
fn changed(offset: usize, byte: u8) -> ProgramError {
    let mut bytes = increment().bytes();
    bytes[offset] = byte;
    refusal(&bytes)
}

fn increment() -> Assembler {
    let mut program = Assembler::new(1).with_constants(&[1.0]);
    program.push(Opcode::Add, &[0, 1]);
    program
}

#[test]
fn every_field_of_the_header_has_bounds() {
    let header = |field, value| ProgramError::Header { field, value };
    assert_eq!(changed(0, b'X'), header("magic", u32::from_le_bytes(*b"XPK1")));
    assert_eq!(changed(4, 2), header("kind", 2));
    assert_eq!(changed(5, 2), header("flags", 2));
    assert_eq!(changed(6, 0), header("parameters", 0));
    assert_eq!(changed(6, 65), header("parameters", 65));
    assert_eq!(changed(9, 2), header("scalars", 512));
    assert_eq!(changed(10, 65), header("tables", 65));
    assert_eq!(changed(13, 0x20), header("constants", 0x2001));
    assert_eq!(changed(15, 0x41), header("instructions", 0x4101));
    assert_eq!(changed(23, 1), header("reserved", 256));
    assert_eq!(changed(16, 3), ProgramError::Result { reference: 3 });
}

#[test]
fn a_program_is_as_long_as_its_header_says() {
    let bytes = increment().bytes();
    for len in 0..bytes.len() {
        assert!(matches!(refusal(&bytes[..len]), ProgramError::Length { got, .. } if got == len));
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(refusal(&longer), ProgramError::Length { expected: bytes.len(), got: bytes.len() + 1 });
}

#[test]
fn an_instruction_refers_to_values_that_exist_before_it() {
    let operand =
        |operand, reference| ProgramError::Operand { instruction: 0, opcode: Opcode::Add, operand, reference };
    // Its own result is value 2.
    assert_eq!(changed(34, 2), operand(0, 2));
    assert_eq!(changed(36, 9), operand(1, 9));
    assert_eq!(changed(38, 1), operand(2, 1));
    assert_eq!(changed(32, 0), ProgramError::Opcode { instruction: 0, code: 0 });
    assert_eq!(changed(33, 1), ProgramError::Opcode { instruction: 0, code: 257 });
}

#[test]
fn a_gather_names_a_table_that_exists() {
    let mut program = Assembler::new(1);
    program.tables = 2;
    program.push(Opcode::Gather, &[1, 0]);
    assert!(load_program(&program.bytes()).is_ok());
    program.instructions[0][1] = 2;
    let expected = ProgramError::Operand { instruction: 0, opcode: Opcode::Gather, operand: 0, reference: 2 };
    assert_eq!(refusal(&program.bytes()), expected);
}

#[test]
fn a_bigint_program_has_neither_index_nor_tables_nor_operations_that_do_not_wrap() {
    let mut program = Assembler::new(2);
    program.kind = Kind::Bigint;
    program.constants = vec![3];
    program.push(Opcode::ShiftLeft, &[0, 2]);
    assert!(load_program(&program.bytes()).is_ok());
    let with = |change: &dyn Fn(&mut Assembler)| {
        let mut program = program.clone();
        change(&mut program);
        refusal(&program.bytes())
    };
    assert_eq!(with(&|p| p.reads_index = true), ProgramError::Header { field: "flags", value: 1 });
    assert_eq!(with(&|p| p.tables = 1), ProgramError::Header { field: "tables", value: 1 });
    let code = Opcode::Divide.code();
    assert_eq!(with(&|p| p.instructions[0][0] = code), ProgramError::Opcode { instruction: 0, code });
    let by_parameter = ProgramError::Operand { instruction: 0, opcode: Opcode::ShiftLeft, operand: 1, reference: 1 };
    assert_eq!(with(&|p| p.instructions[0][2] = 1), by_parameter);
}

#[test]
fn more_values_alive_than_a_thread_has_room_for_are_refused() {
    let alive = |count: u16| {
        let mut program = Assembler::new(1);
        let values: Vec<u16> = (0..count).map(|_| program.push(Opcode::Negate, &[0])).collect();
        let mut sum = values[0];
        for value in &values[1..] {
            sum = program.push(Opcode::Add, &[sum, *value]);
        }
        load_program(&program.bytes())
    };
    assert!(alive(1024).is_ok());
    let expected = ProgramError::Pressure { instruction: 1024, alive: 1025, most: 1024 };
    assert_eq!(alive(1025).unwrap_err(), expected);
}

#[test]
fn an_error_says_what_and_where() {
    let message = changed(34, 2).to_string();
    assert_eq!(message, "operand 0 of instruction 0 (add) cannot be 2");
    assert_eq!(changed(4, 2).to_string(), "the header's kind cannot be 2");
}
