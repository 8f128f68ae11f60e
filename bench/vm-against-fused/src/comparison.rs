//! One round: every expression by the VM and by each fused loop, over the same arrays.

use std::time::{Duration, Instant};

use corepool_kernel::math::Mode;
use corepool_kernel::{Operand, Program, Run};
use corepool_limit_probe::{Sample, Subject};
use corepool_memory::{Buffer, ElementType, View};
use corepool_pool::Pool;

use crate::expressions::{EXPRESSIONS, Expression};
use crate::fused::Loop;

/// A sample lasts at least this long, by repeating the pass.
const SAMPLE: Duration = Duration::from_micros(1500);

/// The pool, and arrays of one length.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    pool: &'a Pool,
    length: usize,
    operands: [Buffer; 2],
    output: Buffer,
    programs: Vec<(&'static Expression, Program)>,
}

impl<'a> Comparison<'a> {
    /// Allocates, and loads the programs.
    pub(crate) fn new(pool: &'a Pool, length: usize) -> Result<Self, String> {
        let load = |expression: &'static Expression| {
            let program = Program::load(&expression.program(), Mode::ExactFdlibm);
            program.map(|program| (expression, program)).map_err(|error| error.to_string())
        };
        let array = |seed| array(length, |i| as_f64((i * seed) % 1003) / 7.0 - 70.0);
        Ok(Self {
            pool,
            length,
            operands: [array(1)?, array(17)?],
            output: array(5)?,
            programs: EXPRESSIONS.iter().map(load).collect::<Result<_, _>>()?,
        })
    }

    fn view(&self, buffer: &Buffer) -> View {
        debug_assert!(buffer.bytes() >= self.length * size_of::<f64>());
        // SAFETY: the buffer is one of ours, and lives as long as we do, which is as long as views of it are used.
        unsafe { buffer.view(ElementType::Float64) }
    }

    fn run_program(&self, expression: &Expression, program: &Program) -> Result<(), String> {
        let operands = [&self.operands[0], &self.operands[1]].map(|buffer| Operand::Array(self.view(buffer)));
        let run = Run::new(program, &operands[..expression.parameters], &[], &[], self.view(&self.output));
        let run = run.map_err(|error| error.to_string())?;
        // SAFETY: the views are of our buffers, and nobody else uses their memory meanwhile.
        unsafe { run.run(self.pool) }.map_err(|error| error.to_string())
    }

    fn run_loop(&self, one: &Loop) -> Result<(), String> {
        let [a, b] = [&self.operands[0], &self.operands[1]].map(|buffer| buffer.base().cast_const().cast());
        // SAFETY: all three have `length` doubles and are aligned to 64 bytes; nobody else uses them meanwhile.
        unsafe { one.run(self.pool, a, b, self.output.base().cast(), self.length) }.map_err(|error| error.to_string())
    }

    /// The bits of the output after `pass`, which found it spoilt.
    fn results(&self, pass: impl Fn() -> Result<(), String>) -> Result<Vec<u64>, String> {
        let output = self.output.base().cast::<u64>();
        for i in 0..self.length {
            // SAFETY: the buffer is ours and has so many doubles.
            unsafe { output.wrapping_add(i).write(u64::MAX) };
        }
        pass()?;
        // SAFETY: as above.
        Ok((0..self.length).map(|i| unsafe { output.wrapping_add(i).read() }).collect())
    }

    /// Nanoseconds an element of one pass, repeated.
    fn time(&self, pass: impl Fn() -> Result<(), String>) -> Result<f64, String> {
        pass()?;
        let mut repeats = 0;
        let start = Instant::now();
        while start.elapsed() < SAMPLE {
            pass()?;
            repeats += 1;
        }
        Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(repeats) / as_f64(self.length))
    }
}

impl Subject for Comparison<'_> {
    fn round(&mut self) -> Result<Vec<Sample>, String> {
        let mut samples = Vec::new();
        for (expression, program) in &self.programs {
            let nanoseconds = self.time(|| self.run_program(expression, program))?;
            samples.push(Sample { operation: expression.by_vm, stores: "blocks", nanoseconds });
            for one in expression.loops() {
                let nanoseconds = self.time(|| self.run_loop(&one))?;
                samples.push(Sample { operation: expression.name, stores: one.stores, nanoseconds });
            }
        }
        Ok(samples)
    }

    fn check(&mut self) -> Result<(), String> {
        for (expression, program) in &self.programs {
            let expected = self.results(|| self.run_program(expression, program))?;
            for one in expression.loops() {
                if self.results(|| self.run_loop(&one))? != expected {
                    return Err(format!("the loop {} differs from the program {}", one.stores, expression.name));
                }
            }
        }
        Ok(())
    }
}

fn array(length: usize, value: impl Fn(usize) -> f64) -> Result<Buffer, String> {
    let buffer = Buffer::for_elements(length, ElementType::Float64).map_err(|error| error.to_string())?;
    for i in 0..length {
        // SAFETY: the buffer is ours and has `length` doubles.
        unsafe { buffer.base().cast::<f64>().wrapping_add(i).write(value(i)) };
    }
    Ok(buffer)
}

#[expect(clippy::cast_precision_loss, reason = "no array has 2^52 elements")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
