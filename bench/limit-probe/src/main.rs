//! The limit probe: how fast this machine can square, cube and copy an array of doubles at all.
//!
//! `corepool-limit-probe [--threads N] n…` reads lines. `round n` times each routine once over n doubles; `check n` looks at
//! every value that each routine writes. Each answer is a line of JSON. Whoever asks decides when, and so can alternate the
//! probe with what it is compared to. `--rounds N` asks that often by itself, checks before and after, and ends.
//!
//! Buffers are aligned to huge pages and reused; threads are pinned, one on each CPU of the affinity set.

mod cpu_time;
mod loops;
mod pages;
mod probe;
mod team;

use core::fmt::Write as _;
use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;
use std::thread;

use corepool_topology::usable_cpus;

use crate::probe::{Probe, Sample, WrongValues};
use crate::team::Team;

const USAGE: &str = "usage: corepool-limit-probe [--threads N] [--rounds N] n…";

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    threads: Option<usize>,
    rounds: Option<usize>,
    lengths: Vec<usize>,
}

impl Request {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut request = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--threads" => request.threads = Some(positive(&arguments.next()?)?),
                "--rounds" => request.rounds = Some(positive(&arguments.next()?)?),
                length => request.lengths.push(positive(length)?),
            }
        }
        (!request.lengths.is_empty()).then_some(request)
    }
}

fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|&number| number > 0)
}

fn main() -> ExitCode {
    let Some(request) = Request::parse(std::env::args().skip(1)) else { return fail(USAGE) };
    let mut cpus = usable_cpus();
    cpus.truncate(request.threads.unwrap_or(cpus.len()));
    let team = match Team::new(&cpus, loops::routines()) {
        Ok(team) => team,
        Err(error) => return fail(&error.to_string()),
    };
    let mut probes: Vec<_> = request.lengths.iter().map(|&n| (n, Probe::new(&team, n))).collect();
    say(&format!("{{\"threads\":{}}}", cpus.len()));
    match request.rounds {
        Some(rounds) => {
            for (n, probe) in &mut probes {
                for command in ["check"].into_iter().chain((0..rounds).map(|_| "round")).chain(["check"]) {
                    if !answer(command, *n, probe) {
                        return ExitCode::FAILURE;
                    }
                }
            }
        }
        None => {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                let Some((command, n)) = line.split_once(' ') else { return fail(USAGE) };
                let Some((n, probe)) = probes.iter_mut().find(|(length, _)| Some(*length) == positive(n)) else {
                    return fail("no buffers were made for that length");
                };
                if !answer(command, *n, probe) {
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}

/// Does what one line asks for and prints the answer; false where values are wrong or the line means nothing.
fn answer(command: &str, n: usize, probe: &mut Probe<'_>) -> bool {
    match command {
        "round" => {
            let before = cpu_time::milliseconds();
            let samples = probe.round();
            // Whoever asked measures something else next, and must not find our threads spinning.
            thread::sleep(2 * team::SPIN);
            say(&to_json(n, cpu_time::milliseconds() - before, &samples));
            true
        }
        "check" => match probe.check() {
            Ok(()) => {
                say(&format!("{{\"n\":{n},\"checked\":true}}"));
                true
            }
            Err(WrongValues { operation, stores, index }) => {
                fail(&format!("{} by {stores} gives a wrong value at {index}, n = {n}", operation.name()));
                false
            }
        },
        _ => {
            fail(USAGE);
            false
        }
    }
}

/// `{ n, cpu, ns: { operation: { stores: ns an element } } }`.
fn to_json(n: usize, cpu: f64, samples: &[Sample]) -> String {
    let mut json = format!("{{\"n\":{n},\"cpu\":{cpu:.3},\"ns\":{{");
    for (i, name) in ["square", "cube", "copy", "memcpy"].into_iter().enumerate() {
        let of_operation = samples.iter().filter(|sample| sample.operation.name() == name);
        let fields: Vec<_> =
            of_operation.map(|Sample { stores, nanoseconds, .. }| format!("\"{stores}\":{nanoseconds:.5}")).collect();
        let comma = if i == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        _ = write!(json, "{comma}\"{name}\":{{{}}}", fields.join(","));
    }
    json + "}}"
}

/// A line on stdout, at once: somebody waits for it.
fn say(line: &str) {
    let mut stdout = io::stdout().lock();
    // Nobody listens any more: the next line read is the end of the input.
    _ = writeln!(stdout, "{line}");
    _ = stdout.flush();
}

fn fail(message: &str) -> ExitCode {
    _ = writeln!(io::stderr(), "corepool-limit-probe: {message}");
    ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::Operation;

    fn parse(text: &str) -> Option<Request> {
        Request::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_command_line_is_lengths_and_two_options() {
        let expected = Request { threads: Some(2), rounds: Some(30), lengths: vec![1000, 5] };
        assert_eq!(parse("--threads 2 1000 --rounds 30 5"), Some(expected));
        for wrong in ["", "--threads 2", "0", "ten", "--rounds", "--rounds 0 5", "--what 5"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_round_is_one_line_of_json() {
        let sample = |operation, stores, nanoseconds| Sample { operation, stores, nanoseconds };
        let samples = [sample(Operation::Square, "avx2", 0.5), sample(Operation::Memcpy, "system", 0.25)];
        let expected =
            r#"{"n":7,"cpu":1.500,"ns":{"square":{"avx2":0.50000},"cube":{},"copy":{},"memcpy":{"system":0.25000}}}"#;
        assert_eq!(to_json(7, 1.5, &samples), expected);
    }
}
