//! The conversation of a program that measures with the bench that asks it: `round n` times everything once over n doubles, `paused n`
//! does so by single passes after pauses, `check n` looks at every value. Each answer is a line of JSON.
//!
//! Whoever asks decides when, and so can alternate this program with what it is compared to. `--rounds N` asks that often by
//! itself, checks before and after, and ends.

use core::fmt::Write as _;
use core::time::Duration;
use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;
use std::thread;

use crate::cpu_time;

/// Whoever asked measures something else next, and must not find our threads spinning: they do for a millisecond at most.
const PAUSE: Duration = Duration::from_millis(2);

/// What the command line asks for: `[--reads] [--threads N] [--rounds N] n…`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Threads to measure with; all CPUs where it says nothing.
    pub threads: Option<usize>,
    /// To measure reading alone.
    pub reads: bool,
    rounds: Option<usize>,
    lengths: Vec<usize>,
}

/// The nanoseconds an element that something took in one round.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What was computed.
    pub operation: &'static str,
    /// By which instructions: `avx2 non-temporal`.
    pub stores: &'static str,
    /// A pass divided by its elements.
    pub nanoseconds: f64,
}

/// What is measured, for one length.
pub trait Subject {
    /// Times everything once.
    ///
    /// # Errors
    /// What went wrong, for people.
    fn round(&mut self) -> Result<Vec<Sample>, String>;

    /// Times everything by single passes, each after a pause that the thread spends computing: what it works on may have left the caches.
    ///
    /// # Errors
    /// What went wrong, for people; where nothing is measured in this way, that.
    fn paused(&mut self) -> Result<Vec<Sample>, String> {
        Err("nothing is measured after pauses here".to_owned())
    }

    /// Computes everything once and looks at each value.
    ///
    /// # Errors
    /// Which value is wrong.
    fn check(&mut self) -> Result<(), String>;
}

impl Request {
    /// Reads the arguments; None where they mean nothing.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut request = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--reads" => request.reads = true,
                "--threads" => request.threads = Some(positive(&arguments.next()?)?),
                "--rounds" => request.rounds = Some(positive(&arguments.next()?)?),
                length => request.lengths.push(positive(length)?),
            }
        }
        (!request.lengths.is_empty()).then_some(request)
    }

    /// Says on how many threads it measures, and answers until nobody asks any more.
    ///
    /// # Errors
    /// What a subject says, and a question that means nothing.
    pub fn answer<S: Subject>(&self, threads: usize, make: impl Fn(usize) -> Result<S, String>) -> Result<(), String> {
        let make = |length: &usize| make(*length).map(|subject| (*length, subject));
        let mut subjects = self.lengths.iter().map(make).collect::<Result<Vec<_>, _>>()?;
        say(&format!("{{\"threads\":{threads}}}"));
        if let Some(rounds) = self.rounds {
            for (length, subject) in &mut subjects {
                for command in ["check"].into_iter().chain((0..rounds).map(|_| "round")).chain(["check"]) {
                    answer(command, *length, subject)?;
                }
            }
            return Ok(());
        }
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let (command, length) = line.split_once(' ').ok_or("a question is a word and a length")?;
            let subject = subjects.iter_mut().find(|(known, _)| Some(*known) == positive(length));
            let (length, subject) = subject.ok_or("no buffers were made for that length")?;
            answer(command, *length, subject)?;
        }
        Ok(())
    }
}

/// Says what went wrong.
pub fn fail(message: &str) -> ExitCode {
    // Without anybody to tell, the code is all there is.
    _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(2)
}

fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|&number| number > 0)
}

fn answer(command: &str, length: usize, subject: &mut impl Subject) -> Result<(), String> {
    match command {
        "round" | "paused" => {
            let before = cpu_time::milliseconds();
            let samples = if command == "round" { subject.round() } else { subject.paused() }?;
            thread::sleep(PAUSE);
            say(&to_json(length, cpu_time::milliseconds() - before, &samples));
        }
        "check" => {
            subject.check().map_err(|message| format!("{message}, n = {length}"))?;
            say(&format!("{{\"n\":{length},\"checked\":true}}"));
        }
        _ => return Err(format!("nobody knows what \"{command}\" means")),
    }
    Ok(())
}

/// `{ n, cpu, ns: { operation: { stores: ns an element } } }`.
fn to_json(length: usize, cpu: f64, samples: &[Sample]) -> String {
    let mut json = format!("{{\"n\":{length},\"cpu\":{cpu:.3},\"ns\":{{");
    let mut samples = samples.to_vec();
    samples.sort_by_key(|sample| sample.operation);
    for (i, samples) in samples.chunk_by(|a, b| a.operation == b.operation).enumerate() {
        let fields: Vec<_> =
            samples.iter().map(|Sample { stores, nanoseconds, .. }| format!("\"{stores}\":{nanoseconds:.5}")).collect();
        let comma = if i == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        _ = write!(json, "{comma}\"{}\":{{{}}}", samples[0].operation, fields.join(","));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Request> {
        Request::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_command_line_is_lengths_and_two_options() {
        let expected = Request { threads: Some(2), reads: false, rounds: Some(30), lengths: vec![1000, 5] };
        assert_eq!(parse("--threads 2 1000 --rounds 30 5"), Some(expected));
        assert_eq!(parse("--reads 5"), Some(Request { reads: true, lengths: vec![5], ..Request::default() }));
        for wrong in ["", "--threads 2", "0", "ten", "--rounds", "--rounds 0 5", "--what 5"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_round_is_one_line_of_json() {
        let sample = |operation, stores, nanoseconds| Sample { operation, stores, nanoseconds };
        let samples =
            [sample("square", "avx2", 0.5), sample("memcpy", "system", 0.25), sample("square", "sse2", 0.625)];
        let expected =
            r#"{"n":7,"cpu":1.500,"ns":{"memcpy":{"system":0.25000},"square":{"avx2":0.50000,"sse2":0.62500}}}"#;
        assert_eq!(to_json(7, 1.5, &samples), expected);
    }
}
