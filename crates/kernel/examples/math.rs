//! Functions of [`corepool_kernel::math`] over doubles in a file, for whoever compares them or times them from outside.
//!
//! `math evaluate FUNCTION MODE` reads rows of little-endian doubles from standard input (one number a row, or two) and writes
//! the results, first those of the vector form and then those of the scalar form.
//! `math time [FUNCTION…]` prints nanoseconds an element and the lanes on the scalar path, on one core.

use std::error::Error;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::time::Instant;
use std::{env, process};

use corepool_kernel::math::{BinaryFunction, Mode, UnaryFunction};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["evaluate", function, mode] => evaluate(function, mode),
        ["time", names @ ..] => time(names),
        _ => Err("math evaluate FUNCTION MODE, or math time [FUNCTION…]".into()),
    };
    if let Err(error) = outcome {
        let _ = writeln!(io::stderr(), "{error}");
        process::exit(1);
    }
}

fn evaluate(name: &str, mode: &str) -> Outcome<()> {
    let mode = mode.parse().ok().and_then(Mode::from_code).ok_or("no such mode")?;
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let numbers: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
    let (vector, scalar): (Vec<f64>, Vec<f64>) = if let Some(function) = unary(name) {
        let function = function.in_mode(mode);
        let mut results = vec![0.0; numbers.len()];
        function.run([&numbers], &mut results);
        (results, numbers.iter().map(|x| function.scalar([*x])).collect())
    } else if let Some(function) = binary(name) {
        let function = function.in_mode(mode);
        let (x, y): (Vec<f64>, Vec<f64>) = numbers.as_chunks().0.iter().map(|[x, y]| (*x, *y)).unzip();
        let mut results = vec![0.0; x.len()];
        function.run([&x, &y], &mut results);
        (results, x.iter().zip(&y).map(|(x, y)| function.scalar([*x, *y])).collect())
    } else {
        return Err(format!("no function {name}").into());
    };
    let bytes: Vec<u8> = vector.iter().chain(&scalar).flat_map(|value| value.to_le_bytes()).collect();
    Ok(io::stdout().write_all(&bytes)?)
}

fn unary(name: &str) -> Option<UnaryFunction> {
    UnaryFunction::ALL.iter().copied().find(|function| function.name() == name)
}

fn binary(name: &str) -> Option<BinaryFunction> {
    BinaryFunction::ALL.iter().copied().find(|function| function.name() == name)
}

/// Elements of the timed arrays: more than a branch predictor learns by heart.
const ELEMENTS: usize = 100_000;
const ROUNDS: usize = 21;

fn time(names: &[&str]) -> Outcome<()> {
    let asked = |name: &str| names.is_empty() || names.contains(&name);
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for function in UnaryFunction::ALL.iter().filter(|function| asked(function.name())) {
        for (from, to) in ranges(function.name()) {
            let values: Vec<f64> = (0..ELEMENTS).map(|_| random.between(*from, *to)).collect();
            let mut results = vec![0.0; ELEMENTS];
            report(&format!("{function:?}"), *from, *to, || function.run([black_box(&values)], &mut results))?;
        }
    }
    for function in BinaryFunction::ALL.iter().filter(|function| asked(function.name())) {
        let (from, to) = (0.1, 10.0);
        let x: Vec<f64> = (0..ELEMENTS).map(|_| random.between(from, to)).collect();
        let y: Vec<f64> = (0..ELEMENTS).map(|_| random.between(-4.0, 4.0)).collect();
        let mut results = vec![0.0; ELEMENTS];
        report(&format!("{function:?}"), from, to, || function.run([black_box(&x), black_box(&y)], &mut results))?;
    }
    Ok(())
}

fn ranges(name: &str) -> &'static [(f64, f64)] {
    match name {
        "sin" | "cos" | "tan" => &[(-4.0, 4.0), (-100.0, 100.0), (-8e5, 8e5)],
        "exp" | "expm1" | "sinh" | "cosh" => &[(-4.0, 4.0), (-700.0, 700.0)],
        "log" | "log2" | "log10" | "log1p" => &[(0.0, 10.0), (0.0, 1e300)],
        "asin" | "acos" | "atanh" => &[(-1.0, 1.0)],
        "acosh" => &[(1.0, 10.0)],
        _ => &[(-4.0, 4.0)],
    }
}

fn report(name: &str, from: f64, to: f64, mut run: impl FnMut() -> u64) -> Outcome<()> {
    let (mut nanoseconds, mut scalar_lanes) = (f64::INFINITY, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        scalar_lanes = run();
        nanoseconds = nanoseconds.min(start.elapsed().as_secs_f64() * 1e9);
    }
    let percent = 100.0 * scalar_lanes as f64 / ELEMENTS as f64;
    let each = nanoseconds / ELEMENTS as f64;
    Ok(writeln!(io::stdout(), "{name:12} [{from:e}, {to:e}]  {each:7.3} ns an element, {percent:.3} % scalar lanes")?)
}

/// Uniform numbers, the same in every run (a 64-bit linear congruential generator, upper bits).
struct Random(u64);

impl Random {
    fn between(&mut self, from: f64, to: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        from + (to - from) * ((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
