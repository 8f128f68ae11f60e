//! One round: every routine timed over the same buffers, warm or after pauses, its values checked when asked.

use std::time::{Duration, Instant};

use corepool_limit_probe::{Sample, Subject};

use crate::loops::{Operation, Routine};
use crate::pages::Pages;
use crate::team::Team;

/// A sample lasts at least this long, by repeating the pass: far above what reading the clock costs.
const SAMPLE: Duration = Duration::from_micros(1500);

/// Between two passes that are timed one by one: longer than a worker of the package spins, and as long as the bench lets its calls pause.
const PAUSE: Duration = Duration::from_millis(1);

/// Passes that are timed one by one; the sample is their median.
const PASSES: usize = 11;

/// The team and its buffers, for one length.
#[derive(Debug)]
pub(crate) struct Probe<'a> {
    team: &'a Team,
    input: Pages,
    output: Pages,
    /// Passes in a sample, for each routine.
    repeats: Vec<u32>,
}

impl<'a> Probe<'a> {
    /// Allocates for `len` doubles, in huge pages or `as_they_come`, and finds out how often each routine must repeat.
    pub(crate) fn new(team: &'a Team, len: usize, as_they_come: bool) -> Self {
        let pages = if as_they_come { Pages::as_they_come } else { Pages::new };
        let [input, output] = [pages(len, value), pages(len, value)];
        let mut probe = Self { team, input, output, repeats: Vec::new() };
        probe.repeats = (0..team.routines().len()).map(|routine| probe.repeats_of(routine)).collect();
        probe
    }

    fn repeats_of(&self, routine: usize) -> u32 {
        self.pass(routine);
        let mut repeats = 1;
        while repeats < 1 << 20 && self.time(routine, repeats) < SAMPLE {
            repeats *= 2;
        }
        repeats
    }

    fn time(&self, routine: usize, repeats: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..repeats {
            self.pass(routine);
        }
        start.elapsed()
    }

    /// A pass after a pause that is spent computing, as somebody's program does between two calls.
    fn time_after_pause(&self, routine: usize) -> Duration {
        let start = Instant::now();
        while start.elapsed() < PAUSE {}
        self.time(routine, 1)
    }

    fn sample(&self, index: usize, took: Duration, passes: u32) -> Sample {
        let Routine { operation, stores, .. } = self.team.routines()[index];
        let nanoseconds = took.as_secs_f64() * 1e9 / f64::from(passes) / as_f64(self.input.len());
        Sample { operation: operation.name(), stores, nanoseconds }
    }

    fn pass(&self, routine: usize) {
        let (input, output) = (self.input.base(), self.output.base());
        // SAFETY: both have `input.len()` doubles and are aligned to huge pages; slices of them live in `check` only, and not
        // across a pass.
        unsafe { self.team.run(routine, input, output, self.input.len()) };
    }
}

impl Subject for Probe<'_> {
    /// Times every routine once.
    fn round(&mut self) -> Result<Vec<Sample>, String> {
        let sample = |(index, &repeats): (usize, &u32)| {
            // Not counted: it wakes the team and fills the caches.
            self.pass(index);
            self.sample(index, self.time(index, repeats), repeats)
        };
        Ok(self.repeats.iter().enumerate().map(sample).collect())
    }

    /// Times every routine by single passes after pauses.
    fn paused(&mut self) -> Result<Vec<Sample>, String> {
        let sample = |index| {
            let mut took: [Duration; PASSES] = core::array::from_fn(|_| self.time_after_pause(index));
            took.sort_unstable();
            self.sample(index, took[PASSES / 2], 1)
        };
        Ok((0..self.team.routines().len()).map(sample).collect())
    }

    /// Runs every routine once over a spoilt output, and looks at each element.
    fn check(&mut self) -> Result<(), String> {
        let stores = |(_, routine): &(usize, &Routine)| routine.operation != Operation::Read;
        for (index, routine) in self.team.routines().iter().enumerate().filter(stores) {
            self.output.values().fill(f64::NAN);
            self.pass(index);
            let pairs = self.input.values().iter().zip(self.output.values());
            let wrong = pairs.map(|(x, y)| routine.operation.on_number(*x) == *y).position(|is_right| !is_right);
            if let Some(index) = wrong {
                return Err(format!(
                    "{} by {} gives a wrong value at {index}",
                    routine.operation.name(),
                    routine.stores
                ));
            }
        }
        Ok(())
    }
}

/// The values that the bench gives the package too: 1,003 different ones, of both signs.
fn value(index: usize) -> f64 {
    as_f64(index % 1003) / 7.0 - 70.0
}

#[expect(clippy::cast_precision_loss, reason = "no array has 2^52 elements")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
