//! A program over operands: block by block through its steps.

use core::ops::Range;
use std::sync::Arc;

use corepool_memory::View;

use super::Program;
use super::decode::Kind;
use super::error::RunError;
use super::lanes::{Each, Same, Target, count_up};
use super::leaf::Leaf;
use super::lower::{Code, Direct, Place, Shape, Step, Task};
use super::node::{MAX_OPERANDS, Operation};
use super::opcode::Opcode;
use super::perform::{Lanes, perform};
use super::scratch::Registers;
use crate::cost::Cost;
use crate::elements::{gather, load, load_once};
use crate::level::Level;
use crate::operand::Operand;
use crate::reduce::Pairing;
use crate::scalar_lanes::ScalarLanes;
use crate::stream::until_line;

/// Where the results of an evaluation go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output<'a> {
    pub(super) view: &'a View,
    /// Results go past the caches.
    pub(super) is_streamed: bool,
}

/// A program, its operands, and what is the same for every element: all that is needed to compute any range of the result.
#[derive(Clone, Debug)]
pub struct Evaluation {
    code: Arc<Code>,
    kind: Kind,
    operands: Box<[Operand]>,
    uniforms: Vec<f64>,
    tables: Box<[View]>,
    len: usize,
    level: Level,
    /// The program's.
    scalar_lanes: Arc<ScalarLanes>,
}

impl Evaluation {
    /// A program over operands whose values somebody else takes, block by block: a reduction.
    ///
    /// `scalars` are the bits of numbers, or of bigints.
    ///
    /// # Errors
    /// [`RunError`] for another number of anything than the program has, for arrays of different lengths, and for bigints
    /// beside numbers.
    pub fn new(program: &Program, operands: &[Operand], scalars: &[u64], tables: &[View]) -> Result<Self, RunError> {
        Self::with(program, operands, scalars, tables, Direct::None)
    }

    /// As [`Evaluation::new`]; `direct` says which last steps may write to an output of lanes.
    pub(super) fn with(
        program: &Program,
        operands: &[Operand],
        scalars: &[u64],
        tables: &[View],
        direct: Direct,
    ) -> Result<Self, RunError> {
        let takes = program.decoded();
        for (of, takes, got) in [
            ("operands", takes.parameters, operands.len()),
            ("scalars", takes.scalars, scalars.len()),
            ("tables", takes.tables, tables.len()),
        ] {
            if takes != got {
                return Err(RunError::Count { of, takes, got });
            }
        }
        let is_bigint = takes.kind == Kind::Bigint;
        if operands.iter().any(|operand| operand.is_bigint() != is_bigint)
            || tables.iter().any(|table| table.element().is_bigint())
        {
            return Err(RunError::MixedBigint);
        }
        let mut arrays = operands.iter().filter_map(Operand::array);
        let len = arrays.next().ok_or(RunError::NoArray)?.len();
        if let Some(other) = arrays.find(|array| array.len() != len) {
            return Err(RunError::LengthMismatch { operand: other.len(), output: len });
        }

        let bits = |is_so: &dyn Fn(&Operand) -> bool| {
            operands.iter().enumerate().filter(|(_, operand)| is_so(operand)).fold(0, |bits, (i, _)| bits | 1_u64 << i)
        };
        let is_array_that = |is_so: fn(&View) -> bool| bits(&|operand| operand.array().is_some_and(is_so));
        // Whoever writes shared memory meanwhile must not be seen twice in one result: what is read at several places is read once, aside.
        let once = if cfg!(corepool_seed = "once") { 0 } else { is_array_that(View::is_shared) & takes.repeated };
        let staged = is_array_that(|array| !has_lanes(array)) | once;
        let shape = Shape { scalars: bits(&|operand| operand.array().is_none()), staged, direct };
        let code = program.code(shape);
        let level = Level::chosen();
        let given = operands.iter().map(|operand| match operand {
            Operand::Array(_) => 0,
            Operand::Number(value) => value.to_bits(),
            Operand::Bigint(value) => *value,
        });
        let uniforms = code.uniforms.values(level, given, scalars, &takes.constants);
        Ok(Self {
            code,
            kind: takes.kind,
            operands: operands.into(),
            uniforms,
            tables: tables.into(),
            len,
            level,
            scalar_lanes: Arc::clone(&program.scalar_lanes),
        })
    }

    /// Elements of each array, and of the result.
    pub fn len(&self) -> usize {
        self.len
    }

    /// What its lanes are.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// True when the arrays have no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn operands(&self) -> &[Operand] {
        &self.operands
    }

    pub(super) fn tables(&self) -> &[View] {
        &self.tables
    }

    /// What an element costs: the sum of the steps, in which loops are unrolled.
    pub(super) fn cost(&self) -> Cost {
        self.code.steps.iter().map(Step::cost).sum()
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    #[cfg(test)]
    pub(super) fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    #[cfg(test)]
    pub(super) fn operations(&self) -> Vec<String> {
        let operation = |step: &Step| match step.task {
            Task::Perform(operation) => format!("{operation:?}"),
            task => format!("{task:?}"),
        };
        self.code.steps.iter().map(operation).collect()
    }

    /// Gives the results of `range` to `take`, in order, some hundred at a time, each time with the index of the first. Those of
    /// a bigint program are the bits of the lanes.
    ///
    /// # Panics
    /// When the range is not inside the arrays.
    ///
    /// # Safety
    /// The contract of the views ([`View::new`]) must hold until this returns.
    pub unsafe fn for_each_block(&self, range: Range<usize>, mut take: impl FnMut(usize, &[f64])) {
        // SAFETY: the caller's promise.
        unsafe { self.blocks(range, None, |start, lanes| take(start, lanes)) };
    }

    /// The two arrays of lanes that the results are made of, where one step makes them and a sum can do it itself.
    pub(crate) fn pair(&self) -> Option<(Pairing, View, View)> {
        let [step] = &*self.code.steps else { return None };
        let pairing = match step.task {
            Task::Perform(Operation::SquareOfDifference) => Pairing::SquareOfDifference,
            Task::Perform(Operation::Single(Opcode::Multiply)) => Pairing::Product,
            _ => return None,
        };
        let &[Place::Parameter(x), Place::Parameter(y)] = step.operands() else { return None };
        let array = |number: u16| self.operands[usize::from(number)].array().copied();
        Some((pairing, array(x)?, array(y)?)).filter(|_| self.kind == Kind::Number)
    }

    /// Where the elements from `index` on are, of the first arrays among the operands.
    ///
    /// # Panics
    /// When the arrays are shorter.
    pub(crate) fn addresses<const N: usize>(&self, index: usize) -> [Option<*const u8>; N] {
        let mut arrays = self.operands.iter().filter_map(Operand::array);
        core::array::from_fn(|_| arrays.next().map(|array| array.at(index).cast_const()))
    }

    /// Computes `range`, the last step writing to `output` if it can; gives the results to `finish` if it cannot.
    ///
    /// # Safety
    /// As for [`Evaluation::for_each_block`]; `output`, if the evaluation was made for one, must be as long as the arrays and hold lanes, and
    /// nobody else may write its range meanwhile, except where it is memory that JavaScript shares. After a streamed one this thread
    /// must call [`fence`](crate::stream::fence) before anybody learns of the results.
    pub(super) unsafe fn blocks(
        &self,
        range: Range<usize>,
        output: Option<Output<'_>>,
        mut finish: impl FnMut(usize, &mut [f64]),
    ) {
        assert!(range.end <= self.len, "elements {range:?} of {}", self.len);
        let code = &*self.code;
        let mut registers = Registers::take(code.registers, code.block);
        let (mut start, mut scalar_lanes) = (range.start, 0);
        while start < range.end {
            let mut count = code.block.min(range.end - start);
            if let Some(Output { view, is_streamed }) = output
                && start == range.start
                && (is_streamed || range.len() > 2 * code.block)
            {
                // From the second block on, stores do not straddle lines.
                let head = until_line(view.at(start), view.element().size());
                count = if head == 0 { count } else { count.min(head) };
            }
            for step in &code.steps {
                // SAFETY: the caller's promise; `start + count` is at most the length.
                scalar_lanes += unsafe { self.step(step, &mut registers, output, start, count) };
            }
            if let Place::Register(register) = code.result {
                finish(start, registers.lanes(register, count));
            }
            start += count;
        }
        self.scalar_lanes.add(scalar_lanes);
    }

    /// Runs one step for the elements from `start` on; returns how many lanes took a function's scalar form.
    ///
    /// # Safety
    /// As for [`Evaluation::blocks`]; `start + count` must be at most the length, and `count` at most a block.
    unsafe fn step(
        &self,
        step: &Step,
        registers: &mut Registers,
        output: Option<Output<'_>>,
        start: usize,
        count: usize,
    ) -> u64 {
        let address = match (step.output, output) {
            (Place::Register(register), _) => registers.address(register),
            (Place::Output, Some(output)) => output.view.at(start).cast(),
            (place, _) => unreachable!("no step writes to {place:?}"),
        };
        // SAFETY: a register has a block of lanes; the output has `count` elements from `start` on, which are lanes.
        let mut target = unsafe { Target::new(address, count) };
        if step.output == Place::Output && output.is_some_and(|output| output.is_streamed) {
            // SAFETY: no step reads the output, and nobody does before the fence, which the caller calls.
            target = unsafe { target.past_caches() };
        }
        match step.task {
            Task::Perform(operation) => {
                let mut lanes = [Lanes::Same(Same(0.0)); MAX_OPERANDS];
                for (lanes, place) in lanes.iter_mut().zip(step.operands()) {
                    // SAFETY: this function's contract, handed on.
                    *lanes = unsafe { self.lanes(*place, registers, start, count) };
                }
                perform(self.level, self.kind, operation, &lanes[..step.operands().len()], target);
            }
            Task::Index => count_up(self.level, index_lane(start), target),
            Task::Load(parameter) => {
                let Operand::Array(view) = self.operands[usize::from(parameter)] else {
                    unreachable!("a single value is not loaded")
                };
                let lanes = registers.lanes(register(step.output), count);
                let from = view.at(start);
                if has_lanes(&view) {
                    // Lanes as they stand are loaded only where they are shared.
                    // SAFETY: `count` elements from `start` on lie inside the view, whose contract the caller keeps, and may be written.
                    unsafe { load_once(from.cast(), lanes) };
                } else {
                    // SAFETY: as above.
                    unsafe { load(self.level, view.element(), from, lanes) };
                }
            }
            Task::Call(leaf) => {
                assert!(!step.operands().contains(&step.output), "a function's result is none of its operands");
                let operand = |number: usize| self.address(step.operands()[number], registers, start);
                return match leaf {
                    // SAFETY: `count` lanes lie at each address, aligned: a register has a block of them, views are valid by the caller's
                    // promise. The output is another place than the operands, and no view overlaps it.
                    Leaf::Unary(function) => unsafe { function.run_between(self.level, [operand(0)], address, count) },
                    // SAFETY: as above.
                    Leaf::Binary(function) => unsafe {
                        function.run_between(self.level, [operand(0), operand(1)], address, count)
                    },
                };
            }
            Task::Gather(table) => {
                // SAFETY: this function's contract, handed on.
                let index = unsafe { self.lanes(step.operands()[0], registers, start, count) };
                perform(self.level, self.kind, Operation::Copy, &[index], target);
                // SAFETY: the caller keeps the contract of the table's view.
                unsafe { gather(self.tables[usize::from(table)], registers.lanes(register(step.output), count)) };
            }
        }
        0
    }

    /// Where an operand's lanes are, of which there is more than one.
    fn address(&self, place: Place, registers: &Registers, start: usize) -> *const f64 {
        match place {
            Place::Register(register) => registers.address(register),
            Place::Parameter(number) => match &self.operands[usize::from(number)] {
                // They are lanes: others are loaded.
                Operand::Array(view) => view.at(start).cast(),
                single => unreachable!("{single:?} is the same for every lane"),
            },
            place => unreachable!("{place:?} holds no operand's lanes"),
        }
    }

    /// An operand of a step.
    ///
    /// # Safety
    /// As for [`Evaluation::step`]; the lanes are good for as long as that contract holds.
    unsafe fn lanes(&self, place: Place, registers: &Registers, start: usize, count: usize) -> Lanes {
        match place {
            Place::Uniform(slot) => Lanes::Same(Same(self.uniforms[usize::from(slot)])),
            // SAFETY: a register has a block of lanes, and `count` is at most that; `count` elements from `start` on lie inside a view.
            place => Lanes::Each(unsafe { Each::new(self.address(place, registers, start), count) }),
        }
    }
}

/// The register that a place is, where the lowering allows nothing else.
fn register(place: Place) -> u16 {
    match place {
        Place::Register(register) => register,
        place => unreachable!("{place:?} is no register"),
    }
}

/// Whether the elements of an array are lanes as they stand.
pub(super) fn has_lanes(view: &View) -> bool {
    use corepool_memory::ElementType as E;
    matches!(view.element(), E::Float64 | E::Int64 | E::Uint64)
}

#[expect(clippy::cast_precision_loss, reason = "no array has 2^53 elements")]
fn index_lane(index: usize) -> f64 {
    index as f64
}
