//! The block VM against loops that were fused by hand, on the same pool and the same memory.
//!
//! `corepool-vm-against-fused [--rounds N] n…` prints a line of JSON for each expression and length: medians of nanoseconds an
//! element, and the ratio of the two. Every loop is tried with normal and with non-temporal stores at each vector width, and the best
//! median counts. Rounds alternate; values are compared before.

mod expressions;
mod fused;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use corepool_kernel::math::Mode;
use corepool_kernel::{Operand, Program, Run};
use corepool_memory::{Buffer, ElementType, View};
use corepool_pool::Pool;

use crate::expressions::{EXPRESSIONS, Expression};
use crate::fused::Loop;

/// A sample lasts at least this long, by repeating the pass.
const SAMPLE: Duration = Duration::from_micros(1500);

fn main() -> ExitCode {
    let mut rounds = 30;
    let mut lengths = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let number = if argument == "--rounds" { arguments.next() } else { Some(argument.clone()) };
        match number.and_then(|number| number.parse().ok()).filter(|number| *number > 0) {
            Some(number) if argument == "--rounds" => rounds = number,
            Some(number) => lengths.push(number),
            None => return fail("usage: corepool-vm-against-fused [--rounds N] n…"),
        }
    }
    let pool = match Pool::global() {
        Ok(pool) => pool,
        Err(error) => return fail(&error.to_string()),
    };
    for length in lengths {
        for expression in EXPRESSIONS {
            match compare(pool, expression, length, rounds) {
                Ok(line) => say(&line),
                Err(message) => return fail(&message),
            }
        }
    }
    ExitCode::SUCCESS
}

/// Medians of both, as a line of JSON.
fn compare(pool: &Pool, expression: &Expression, length: usize, rounds: usize) -> Result<String, String> {
    let memory = |seed| array(length, |i| as_f64((i * seed) % 1003) / 7.0 - 70.0);
    let (a, b, output) = (memory(1)?, memory(17)?, memory(5)?);
    // SAFETY: the buffers outlive every use of these views, in this function.
    let [a, b, output] = [&a, &b, &output].map(|buffer| unsafe { buffer.view(ElementType::Float64) });
    let program = Program::load(&expression.program(), Mode::ExactFdlibm).map_err(|error| error.to_string())?;
    let operands: &[Operand] = &[Operand::Array(a), Operand::Array(b)];
    let run = Run::new(&program, &operands[..expression.parameters], &[], &[], output);
    let run = run.map_err(|error| error.to_string())?;
    // SAFETY: the views are good, and nobody else uses their memory.
    let vm = || unsafe { run.run(pool) }.map_err(|error| error.to_string());
    let pass = |pass: &Loop| {
        // SAFETY: as above; all three have `length` doubles and are aligned to 64 bytes.
        unsafe { pass.run(pool, a.at(0).cast(), b.at(0).cast(), output.at(0).cast(), length) }
            .map_err(|error| error.to_string())
    };
    let loops = expression.loops();
    vm()?;
    let expected = bits(&output);
    for one in &loops {
        // SAFETY: as above; no element is anything but a double.
        unsafe { output.at(0).write_bytes(0xff, output.bytes()) };
        pass(one)?;
        if bits(&output) != expected {
            return Err(format!("{} differs from {} at n = {length}", one.stores, expression.name));
        }
    }
    let mut fused: Vec<Vec<f64>> = vec![Vec::new(); loops.len()];
    let mut samples = Vec::new();
    for _ in 0..rounds {
        samples.push(sample(length, &vm)?);
        for (one, samples) in loops.iter().zip(&mut fused) {
            samples.push(sample(length, &|| pass(one))?);
        }
    }
    let best = fused.iter_mut().map(|samples| median(samples)).enumerate();
    let (best, limit) = best.min_by(|a, b| a.1.total_cmp(&b.1)).ok_or("there is no loop")?;
    let vm = median(&mut samples);
    let (name, stores) = (expression.name, loops[best].stores);
    Ok(format!(
        "{{\"expression\":\"{name}\",\"n\":{length},\"threads\":{},\"vm\":{vm:.4},\"fused\":{limit:.4},\"stores\":\"{stores}\",\"ratio\":{:.3}}}",
        pool.size(),
        vm / limit
    ))
}

/// Nanoseconds an element of one pass, repeated.
fn sample(length: usize, pass: &dyn Fn() -> Result<(), String>) -> Result<f64, String> {
    pass()?;
    let mut repeats = 0;
    let start = Instant::now();
    while start.elapsed() < SAMPLE {
        pass()?;
        repeats += 1;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(repeats) / as_f64(length))
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn array(length: usize, value: impl Fn(usize) -> f64) -> Result<Buffer, String> {
    let buffer = Buffer::for_elements(length, ElementType::Float64).map_err(|error| error.to_string())?;
    for i in 0..length {
        // SAFETY: the buffer is ours and has `length` doubles.
        unsafe { buffer.base().cast::<f64>().wrapping_add(i).write(value(i)) };
    }
    Ok(buffer)
}

fn bits(view: &View) -> Vec<u64> {
    // SAFETY: the view is of a buffer that is alive and written by nobody now.
    (0..view.len()).map(|i| unsafe { view.at(i).cast::<u64>().read() }).collect()
}

#[expect(clippy::cast_precision_loss, reason = "no array has 2^52 elements")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

fn say(line: &str) {
    // Whoever asked has gone: then there is nobody to tell.
    drop(writeln!(std::io::stdout(), "{line}"));
}

fn fail(message: &str) -> ExitCode {
    drop(writeln!(std::io::stderr(), "{message}"));
    ExitCode::FAILURE
}
