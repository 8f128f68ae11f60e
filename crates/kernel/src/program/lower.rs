//! From a graph to steps over registers: blocks of lanes in a thread's scratch memory.
//!
//! A register is free again after its value's last use, and never becomes the output of a step that reads it: a loop whose
//! output is an operand would not be vectorised.

use super::decode::{Decoded, Kind};
use super::leaf::Leaf;
use super::node::{Graph, MAX_OPERANDS, Node, Operation, Origin};
use super::opcode::Opcode;
use super::perform::has_form;
use super::uniform::Uniforms;
use crate::cost::Cost;
use crate::math::Mode;

/// Bytes of registers that leave room for the operands in the first-level cache.
const REGISTER_BYTES: usize = 24 * 1024;

/// Lanes of a block: enough that going from step to step costs little, few enough to stay in the cache.
const BLOCK: core::ops::RangeInclusive<usize> = 64..=512;

/// What decides, besides the program, which steps there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// A bit for each parameter that is a single value.
    pub(super) scalars: u64,
    /// A bit for each parameter that is an array whose elements are no lanes as they stand, or are to be read once.
    pub(super) staged: u64,
    pub(super) direct: Direct,
}

/// Which steps, where they are the last, write to the output's memory themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direct {
    None,
    /// Loops: they know how to store past the caches, and functions do not.
    Loops,
    All,
}

/// Where an operand or a result of a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Uniform(u16),
    Parameter(u16),
    Register(u16),
    Output,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// A loop over lanes.
    Perform(Operation),
    /// Makes lanes of elements of the parameter.
    Load(u16),
    /// The indices of the block's elements.
    Index,
    /// Elements of the table, by index.
    Gather(u16),
    /// A function over lanes.
    Call(Leaf),
}

/// One pass over the lanes of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) task: Task,
    operands: [Place; MAX_OPERANDS],
    arity: u8,
    pub(super) output: Place,
}

impl Step {
    pub(super) fn operands(&self) -> &[Place] {
        &self.operands[..self.arity.into()]
    }

    /// What it costs a lane.
    pub(super) fn cost(&self) -> Cost {
        match self.task {
            Task::Perform(_) | Task::Index => Cost::STEP,
            Task::Load(_) => Cost::CONVERSION,
            Task::Gather(_) => Cost::GATHER,
            Task::Call(Leaf::Unary(function)) => function.into(),
            Task::Call(Leaf::Binary(function)) => function.into(),
        }
    }
}

/// A program for operands of one shape.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) uniforms: Uniforms,
    pub(super) steps: Vec<Step>,
    pub(super) registers: usize,
    /// Lanes of a block.
    pub(super) block: usize,
    /// Where the result is, after the steps: a register, or the output.
    pub(super) result: Place,
}

/// Lowers a program.
pub(super) fn lower(program: &Decoded, mode: Mode, shape: Shape) -> Code {
    let mut uniforms = Uniforms::new(program, mode);
    let graph = Graph::new(program, shape.scalars, &mut uniforms);
    let mode = (program.kind == Kind::Number).then_some(mode);
    let mut draft = Draft { mode, shape, items: Vec::new(), values: 0, parameters: [None; 64], index: None };
    let mut nodes = vec![None; graph.nodes.len()];
    for (number, node) in graph.nodes.iter().enumerate() {
        if let Some(node) = node {
            nodes[number] = Some(draft.node(node, &nodes));
        }
    }
    let result = match graph.result {
        Origin::Node(number) => nodes[usize::from(number)],
        _ => None,
    };
    let result = result.unwrap_or_else(|| {
        let operand = draft.operand(graph.result, &nodes);
        draft.push(Task::Perform(Operation::Copy), &[operand])
    });
    allocate(uniforms, &draft.items, draft.values, result, shape.direct)
}

/// A value that a step makes, before it has a register: the number of its making.
type Value = usize;

/// An operand before there are registers.
#[derive(Clone, Copy, Debug)]
enum Operand {
    Uniform(u16),
    Parameter(u16),
    Value(Value),
}

#[derive(Debug)]
struct Item {
    task: Task,
    operands: [Operand; MAX_OPERANDS],
    arity: u8,
    value: Value,
}

impl Item {
    fn values(&self) -> impl Iterator<Item = Value> {
        self.operands[..self.arity.into()].iter().filter_map(|operand| match operand {
            Operand::Value(value) => Some(*value),
            Operand::Uniform(_) | Operand::Parameter(_) => None,
        })
    }
}

/// Steps whose results have no registers yet.
struct Draft {
    /// None for bigints, which have no functions.
    mode: Option<Mode>,
    shape: Shape,
    items: Vec<Item>,
    /// How many values there are.
    values: usize,
    /// The lanes of each parameter that had to be loaded.
    parameters: [Option<Value>; 64],
    index: Option<Value>,
}

impl Draft {
    fn push(&mut self, task: Task, operands: &[Operand]) -> Value {
        let mut item = Item { task, operands: [Operand::Uniform(0); MAX_OPERANDS], arity: 0, value: self.values };
        for (place, operand) in item.operands.iter_mut().zip(operands) {
            *place = *operand;
            item.arity += 1;
        }
        self.items.push(item);
        self.values += 1;
        self.values - 1
    }

    fn node(&mut self, node: &Node, nodes: &[Option<Value>]) -> Value {
        let mut operands = [Operand::Uniform(0); MAX_OPERANDS];
        let arity = node.operands().len();
        for (operand, origin) in operands.iter_mut().zip(node.operands()) {
            *operand = self.operand(*origin, nodes);
        }
        let operands = &mut operands[..arity];
        let leaf = match node.operation {
            Operation::Single(opcode) => self.mode.and_then(|mode| Leaf::of(opcode, mode)),
            _ => None,
        };
        let task = match (node.operation, leaf) {
            (_, Some(leaf)) => Task::Call(leaf),
            (Operation::Single(Opcode::Gather), _) => Task::Gather(node.table),
            (operation, _) => Task::Perform(operation),
        };
        for index in (0..arity).rev() {
            let form = operands.iter().enumerate().filter(|(_, operand)| matches!(operand, Operand::Uniform(_)));
            let form = form.fold(0_u8, |form, (index, _)| form | 1 << index);
            let fits = if let Task::Perform(operation) = task { has_form(operation, form) } else { form == 0 };
            operands[index] = match operands[index] {
                // Values that are the same everywhere become a block where no loop takes them as they are.
                Operand::Uniform(_) if !fits => {
                    Operand::Value(self.push(Task::Perform(Operation::Copy), &[operands[index]]))
                }
                operand => operand,
            };
        }
        self.push(task, operands)
    }

    fn operand(&mut self, origin: Origin, nodes: &[Option<Value>]) -> Operand {
        match origin {
            Origin::Uniform(slot) => Operand::Uniform(slot),
            Origin::Parameter(number) if self.shape.staged >> number & 1 == 1 => Operand::Value(self.loaded(number)),
            Origin::Parameter(number) => Operand::Parameter(number),
            Origin::Index => {
                let index = self.index.unwrap_or_else(|| self.push(Task::Index, &[]));
                self.index = Some(index);
                Operand::Value(index)
            }
            Origin::Node(number) => match nodes[usize::from(number)] {
                Some(value) => Operand::Value(value),
                None => unreachable!("node {number} is used before it is made"),
            },
        }
    }

    /// The lanes of a parameter whose elements are none as they stand, or are read once.
    fn loaded(&mut self, number: u16) -> Value {
        let value = self.parameters[usize::from(number)].unwrap_or_else(|| self.push(Task::Load(number), &[]));
        self.parameters[usize::from(number)] = Some(value);
        value
    }
}

/// Gives every value a register, each as long as it is used.
fn allocate(uniforms: Uniforms, items: &[Item], values: usize, result: Value, direct: Direct) -> Code {
    let mut last_use = vec![0; values];
    for (number, item) in items.iter().enumerate() {
        item.values().for_each(|value| last_use[value] = number);
    }
    last_use[result] = items.len();
    // The result needs every item, so the last one makes it, unless it is something loaded before.
    let is_able = |task| match task {
        Task::Perform(_) => direct != Direct::None,
        Task::Call(_) => direct == Direct::All,
        _ => false,
    };
    let is_direct = items.last().is_some_and(|item| item.value == result && is_able(item.task));

    let mut registers = Registers::default();
    let mut places = vec![Place::Output; values];
    let mut steps = Vec::with_capacity(items.len());
    for (number, item) in items.iter().enumerate() {
        if !(is_direct && item.value == result) {
            places[item.value] = Place::Register(registers.take());
        }
        let mut operands = [Place::Output; MAX_OPERANDS];
        for (place, operand) in operands.iter_mut().zip(&item.operands[..item.arity.into()]) {
            *place = match *operand {
                Operand::Uniform(slot) => Place::Uniform(slot),
                Operand::Parameter(number) => Place::Parameter(number),
                Operand::Value(value) => places[value],
            };
        }
        steps.push(Step { task: item.task, operands, arity: item.arity, output: places[item.value] });
        let mut dead: Vec<Value> = item.values().filter(|value| last_use[*value] == number).collect();
        dead.sort_unstable();
        dead.dedup();
        for value in dead {
            if let Place::Register(register) = places[value] {
                registers.give(register);
            }
        }
    }
    let registers = registers.count.into();
    Code { uniforms, steps, registers, block: block(registers), result: places[result] }
}

#[derive(Default)]
struct Registers {
    count: u16,
    free: Vec<u16>,
}

impl Registers {
    /// The one that was used last, which the cache still holds.
    fn take(&mut self) -> u16 {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }

    fn give(&mut self, register: u16) {
        self.free.push(register);
    }
}

/// Lanes of a block of a program with so many registers: a power of two.
fn block(registers: usize) -> usize {
    let lanes = REGISTER_BYTES / size_of::<f64>() / registers.max(1);
    (1_usize << lanes.max(1).ilog2()).clamp(*BLOCK.start(), *BLOCK.end())
}
