//! What programs compute: every lane has the bits that the oracle has.

use std::collections::HashMap;

use corepool_memory::{ElementType, View};

use super::super::leaf::Leaf;
use super::super::{Kind, Opcode, Program, Run, RunError};
use super::assembler::Assembler;
use super::load_program;
use super::oracle::{Call, interpret};
use super::random::Random;
use crate::elements::{load, store};
use crate::level::Level;
use crate::math::Mode;
use crate::operand::Operand;

/// Memory of an array.
struct Array {
    memory: Vec<u64>,
    element: ElementType,
    len: usize,
}

impl Array {
    /// The lanes, stored as elements.
    fn new(element: ElementType, lanes: &[f64]) -> Self {
        let mut array = Self { memory: vec![0; lanes.len() * element.size() / 8 + 1], element, len: lanes.len() };
        // SAFETY: the memory has room for so many elements of at most eight bytes.
        unsafe { store(Level::chosen(), element, lanes, array.memory.as_mut_ptr().cast()) };
        array
    }

    fn view(&mut self) -> View {
        // SAFETY: the memory has so many elements; the tests keep the array as long as the view.
        unsafe { View::new(self.memory.as_mut_ptr().cast(), self.len, self.element) }.unwrap()
    }

    fn lanes(&self) -> Vec<f64> {
        let mut lanes = vec![0.0; self.len];
        // SAFETY: the memory has so many elements.
        unsafe { load(Level::chosen(), self.element, self.memory.as_ptr().cast(), &mut lanes) };
        lanes
    }
}

/// Runs every chunk on this thread.
fn run(level: Level, run: Result<Run, RunError>) {
    let run = run.unwrap().at_level(level);
    // SAFETY: the views of these tests are good, and nobody else uses their memory.
    (0..run.chunks()).for_each(|chunk| unsafe { run.run_chunk(chunk) });
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Lengths around the edges of blocks and chunks.
const LENGTHS: [usize; 12] = [0, 1, 7, 8, 63, 64, 511, 512, 513, 1024, 1500, 40_000];

const NUMBERS: [ElementType; 10] = [
    ElementType::Float64,
    ElementType::Float32,
    ElementType::Float16,
    ElementType::Int8,
    ElementType::Uint8,
    ElementType::Uint8Clamped,
    ElementType::Int16,
    ElementType::Uint16,
    ElementType::Int32,
    ElementType::Uint32,
];

/// One random program on random operands of random dtypes, against the oracle, at a level. Says what its steps did.
fn check(random: &mut Random, kind: Kind, level: Level, len: usize) -> Vec<String> {
    let bigints = [ElementType::Int64, ElementType::Uint64];
    let elements: &[ElementType] = if kind == Kind::Number { &NUMBERS } else { &bigints };
    let assembler = random.program(kind);
    let program = load_program(&assembler.bytes()).unwrap();
    let any = |random: &mut Random| match (kind, random.one_in(2)) {
        (Kind::Number, true) => ElementType::Float64,
        _ => elements[random.below(elements.len())],
    };
    let mut arrays = Vec::new();
    for _ in 0..assembler.parameters {
        let element = any(random);
        let lanes: Vec<f64> = (0..len).map(|_| f64::from_bits(random.lane(kind))).collect();
        arrays.push(Array::new(element, &lanes));
    }
    let single = random.one_in(4).then(|| random.below(arrays.len())).filter(|_| arrays.len() > 1 && len != 1);
    let value = random.lane(kind);
    let mut lanes: Vec<Vec<u64>> =
        arrays.iter().map(|array| array.lanes().iter().map(|lane| lane.to_bits()).collect()).collect();
    let mut operands: Vec<Operand> = arrays.iter_mut().map(|array| Operand::Array(array.view())).collect();
    for operand in &mut operands {
        // Nobody writes it meanwhile: the values are the same, and the steps are others.
        *operand = if random.one_in(4) { operand.shared() } else { *operand };
    }
    if let Some(single) = single {
        lanes[single] = vec![value];
        operands[single] =
            if kind == Kind::Number { Operand::Number(f64::from_bits(value)) } else { Operand::Bigint(value) };
    }
    let scalars: Vec<u64> = (0..assembler.scalars).map(|_| random.lane(kind)).collect();
    let mut tables = Vec::new();
    for _ in 0..assembler.tables {
        let lanes: Vec<f64> = (0..random.below(30)).map(|_| random.number()).collect();
        let element = any(random);
        tables.push(Array::new(element, &lanes));
    }
    let table_lanes: Vec<Vec<f64>> = tables.iter().map(Array::lanes).collect();
    let tables: Vec<View> = tables.iter_mut().map(Array::view).collect();

    let call = Call { operands: &lanes, scalars: &scalars, tables: &table_lanes };
    let expected: Vec<f64> = (0..len).map(|i| f64::from_bits(interpret(program.decoded(), &call, i))).collect();
    let element = any(random);
    let expected = Array::new(element, &expected).lanes();

    let mut fresh = Array::new(element, &vec![0.0; len]);
    // In place where an operand has elements of that size.
    let in_place = operands
        .iter()
        .position(|operand| operand.array().is_some_and(|array| array.element().size() == element.size()));
    let in_place = in_place.filter(|_| random.one_in(3));
    let output = match in_place {
        Some(number) => operands[number].array().unwrap().cast(element),
        None => fresh.view(),
    };
    let mut made = Run::new(&program, &operands, &scalars, &tables, output).unwrap();
    if in_place.is_none() && random.one_in(4) {
        made = made.streamed();
    }
    let operations = made.operations();
    run(level, Ok(made));
    let got = match in_place {
        Some(number) => {
            arrays[number].element = element;
            arrays[number].lanes()
        }
        None => fresh.lanes(),
    };
    for (i, (got, expected)) in got.iter().zip(&expected).enumerate() {
        let is_same = if kind == Kind::Bigint { got.to_bits() == expected.to_bits() } else { same(*got, *expected) };
        assert!(is_same, "element {i} of {len}: {got:?}, not {expected:?}; {element:?}, {level:?}, {assembler:?}");
    }
    operations
}

#[test]
fn random_programs_give_the_bits_of_the_oracle_at_every_level_and_length() {
    let seed = super::seed(1);
    let mut random = Random(seed);
    let programs = super::times("COREPOOL_PROGRAMS", 1500);
    let mut operations = HashMap::<String, usize>::new();
    for number in 0..programs {
        // Long arrays are rare: the oracle is slow.
        let len = LENGTHS[random.below(if number % 50 == 0 { LENGTHS.len() } else { 9 })];
        let kind = if random.one_in(5) { Kind::Bigint } else { Kind::Number };
        let levels: Vec<Level> = Level::available().collect();
        for (number, level) in levels.iter().enumerate() {
            // The same program at each level.
            let mut same = random.clone();
            let random = if number + 1 == levels.len() { &mut random } else { &mut same };
            for operation in check(random, kind, *level, len) {
                *operations.entry(operation).or_default() += 1;
            }
        }
    }
    println!("{operations:?}");
    let fused = [
        "Copy",
        "MultiplyAdd",
        "MultiplySubtract",
        "SubtractProduct",
        "MultiplyTwice",
        "AddMultiply",
        "SubtractMultiply",
        "SquareOfSum",
        "SquareOfDifference",
        "AddProducts",
        "SubtractProducts",
        "Horner2",
        "Horner3",
        "SelectLess",
        "SelectLessEqual",
        "SelectEqual",
        "ProductLess",
        "ProductGreater",
    ];
    let is_loop =
        |opcode: &&Opcode| !matches!(**opcode, Opcode::Gather) && Leaf::of(**opcode, Mode::ExactFdlibm).is_none();
    let single = Opcode::ALL.iter().filter(|opcode| opcode.is_available()).filter(is_loop);
    for operation in fused.map(str::to_owned).into_iter().chain(single.map(|opcode| format!("Single({opcode:?})"))) {
        let count = operations.get(&operation).copied().unwrap_or(0);
        assert!(count >= 20, "{operation} was tried {count} times only");
    }
}

#[test]
fn every_pair_of_number_dtypes_is_loaded_and_stored() {
    let mut program = Assembler::new(1).with_constants(&[1.5]);
    program.push(Opcode::Multiply, &[0, 1]);
    let loaded = load_program(&program.bytes()).unwrap();
    let values: Vec<f64> = (0..700).map(|i| f64::from(i) * 3.7 - 1000.0).collect();
    for from in NUMBERS {
        for to in NUMBERS {
            let mut input = Array::new(from, &values);
            let mut output = Array::new(to, &vec![0.0; values.len()]);
            let expected: Vec<f64> = input.lanes().iter().map(|lane| lane * 1.5).collect();
            let operands = [Operand::Array(input.view())];
            run(Level::chosen(), Run::new(&loaded, &operands, &[], &[], output.view()));
            assert_eq!(output.lanes(), Array::new(to, &expected).lanes(), "{from:?} to {to:?}");
        }
    }
}

/// A program of one expression over `x` and `y`.
fn expression(constants: &[f64], write: impl Fn(&mut Assembler)) -> Program {
    let mut program = Assembler::new(2).with_constants(constants);
    write(&mut program);
    load_program(&program.bytes()).unwrap()
}

#[test]
fn neighbouring_operations_become_one_step() {
    let steps = |program: &Program| program.steps_over_arrays();
    // 2x + 3y
    let linear = expression(&[2.0, 3.0], |p| {
        let (a, b) = (p.push(Opcode::Multiply, &[2, 0]), p.push(Opcode::Multiply, &[1, 3]));
        p.push(Opcode::Add, &[a, b]);
    });
    assert_eq!(steps(&linear), 1);
    // x * x * x
    let cube = expression(&[], |p| {
        let square = p.push(Opcode::Multiply, &[0, 0]);
        p.push(Opcode::Multiply, &[square, 0]);
    });
    assert_eq!(steps(&cube), 1);
    // ((.25x + .75)x - 1.5)x - 2
    let polynomial = expression(&[0.25, 0.75, 1.5, 2.0], |p| {
        let mut t = p.push(Opcode::Multiply, &[2, 0]);
        t = p.push(Opcode::Add, &[t, 3]);
        t = p.push(Opcode::Multiply, &[t, 0]);
        t = p.push(Opcode::Subtract, &[t, 4]);
        t = p.push(Opcode::Multiply, &[t, 0]);
        p.push(Opcode::Subtract, &[t, 5]);
    });
    assert_eq!(steps(&polynomial), 1);
    // x != 0 ? 2 : y
    let choice = expression(&[0.0, 2.0], |p| {
        let mask = p.push(Opcode::NotEqual, &[0, 2]);
        p.push(Opcode::Select, &[mask, 3, 1]);
    });
    assert_eq!(steps(&choice), 1);
    // x * y > 2
    let comparison = expression(&[2.0], |p| {
        let product = p.push(Opcode::Multiply, &[0, 1]);
        p.push(Opcode::Less, &[2, product]);
    });
    assert_eq!(steps(&comparison), 1);
    // (x - y) ** 2 by multiplication
    let squares = expression(&[], |p| {
        let difference = p.push(Opcode::Subtract, &[0, 1]);
        p.push(Opcode::Multiply, &[difference, difference]);
    });
    assert_eq!(steps(&squares), 1);
    // A product that is used again stays a value of its own.
    let shared = expression(&[], |p| {
        let product = p.push(Opcode::Multiply, &[0, 1]);
        let sum = p.push(Opcode::Add, &[product, 0]);
        p.push(Opcode::Divide, &[sum, product]);
    });
    assert_eq!(steps(&shared), 3);
}

#[test]
fn shared_memory_that_a_program_reads_at_several_places_is_read_once() {
    let steps = |kind, opcode, operands: &[u16], is_shared| {
        let mut assembler = Assembler { kind, ..Assembler::new(1) };
        assembler.push(opcode, operands);
        let program = load_program(&assembler.bytes()).unwrap();
        let element = if kind == Kind::Number { ElementType::Float64 } else { ElementType::Int64 };
        let (mut input, mut output) = (Array::new(element, &[3.0; 9]), Array::new(element, &[0.0; 9]));
        let view = if is_shared { input.view().shared() } else { input.view() };
        Run::new(&program, &[Operand::Array(view)], &[], &[], output.view()).unwrap().operations()
    };
    for kind in [Kind::Number, Kind::Bigint] {
        assert_eq!(steps(kind, Opcode::Multiply, &[0, 0], true), ["Load(0)", "Single(Multiply)"]);
        assert_eq!(steps(kind, Opcode::Multiply, &[0, 0], false), ["Single(Multiply)"]);
        assert_eq!(steps(kind, Opcode::Negate, &[0], true), ["Single(Negate)"]);
    }
}

#[test]
fn an_output_that_overlaps_an_operand_or_a_table_is_refused() {
    let mut program = Assembler::new(1);
    program.tables = 1;
    program.push(Opcode::Gather, &[0, 0]);
    let program = load_program(&program.bytes()).unwrap();
    let mut memory = Array::new(ElementType::Float64, &[0.0; 10]);
    let mut other = Array::new(ElementType::Float64, &[0.0; 4]);
    let whole = memory.view();
    let part = |start: usize| {
        // SAFETY: four elements from `start` on lie inside the ten of the array.
        unsafe { View::new(whole.at(start), 4, ElementType::Float64) }.unwrap()
    };
    let made = |operand: View, table: View, output: View| {
        Run::new(&program, &[Operand::Array(operand)], &[], &[table], output).err()
    };
    let other = other.view();
    assert_eq!(made(part(0), other, part(1)), Some(RunError::Overlap));
    assert_eq!(made(part(0), other, part(0)), None);
    assert_eq!(made(other, part(0), part(0)), Some(RunError::Overlap));
    assert_eq!(made(part(0), part(3), part(5)), Some(RunError::Overlap));
    assert_eq!(made(part(0), part(2), part(6)), None);
}

#[test]
fn operands_that_do_not_fit_are_refused() {
    let mut program = Assembler::new(2);
    program.scalars = 1;
    program.push(Opcode::Add, &[0, 1]);
    let program = load_program(&program.bytes()).unwrap();
    let mut arrays: Vec<Array> = [(ElementType::Float64, 4), (ElementType::Float64, 5), (ElementType::Int64, 4)]
        .map(|(element, len)| Array::new(element, &vec![0.0; len]))
        .into();
    let [four, five, bigints] = arrays.iter_mut().map(Array::view).collect::<Vec<_>>()[..] else { panic!() };
    let made = |operands: [Operand; 2], scalars: &[u64], output: View| {
        Run::new(&program, &operands, scalars, &[], output).err()
    };
    let xs = Operand::Array(four);
    assert_eq!(made([xs, xs], &[], four), Some(RunError::Count { of: "scalars", takes: 1, got: 0 }));
    assert_eq!(made([xs, Operand::Bigint(1)], &[0], four), Some(RunError::MixedBigint));
    assert_eq!(made([xs, Operand::Array(bigints)], &[0], four), Some(RunError::MixedBigint));
    assert_eq!(made([xs, xs], &[0], bigints), Some(RunError::MixedBigint));
    assert_eq!(made([Operand::Number(1.0); 2], &[0], four), Some(RunError::NoArray));
    assert_eq!(made([xs, Operand::Array(five)], &[0], four), Some(RunError::LengthMismatch { operand: 5, output: 4 }));
    assert_eq!(made([xs, xs], &[0], five), Some(RunError::LengthMismatch { operand: 4, output: 5 }));
    assert_eq!(made([xs, Operand::Number(2.0)], &[0], four), None);
}

#[test]
fn a_long_program_has_smaller_blocks_and_the_same_values() {
    // A thousand values that are all needed at the end.
    let mut program = Assembler::new(1).with_constants(&[1.0]);
    let mut values = vec![0];
    for _ in 0..900 {
        let last = values[values.len() - 1];
        values.push(program.push(Opcode::Divide, &[last, 1]));
    }
    let mut sum = values[0];
    for value in &values[1..] {
        sum = program.push(Opcode::Add, &[sum, *value]);
    }
    let program = load_program(&program.bytes()).unwrap();
    let numbers: Vec<f64> = (0..1000).map(f64::from).collect();
    let mut input = Array::new(ElementType::Float64, &numbers);
    let mut output = Array::new(ElementType::Float64, &vec![0.0; 1000]);
    run(Level::chosen(), Run::new(&program, &[Operand::Array(input.view())], &[], &[], output.view()));
    assert!(output.lanes().iter().zip(&numbers).all(|(sum, x)| *sum == 901.0 * x));
}

#[test]
fn blocks_of_a_reduction_are_consecutive_and_have_the_values() {
    let program = expression(&[2.0], |p| {
        let double = p.push(Opcode::Multiply, &[0, 2]);
        p.push(Opcode::Add, &[double, 1]);
    });
    let numbers: Vec<f64> = (0..3000).map(f64::from).collect();
    let mut xs = Array::new(ElementType::Int32, &numbers);
    let operands = [Operand::Array(xs.view()), Operand::Number(0.5)];
    let evaluation = super::super::Evaluation::new(&program, &operands, &[], &[]).unwrap();
    let mut next = 100;
    // SAFETY: the array lives on, and nobody else uses it.
    unsafe {
        evaluation.for_each_block(100..2999, |start, lanes| {
            assert_eq!(start, next);
            next += lanes.len();
            assert!(lanes.iter().zip(&numbers[start..]).all(|(lane, x)| *lane == 2.0 * x + 0.5));
        });
    }
    assert_eq!(next, 2999);
}
