//! The limit probe: how fast this machine can square, cube and copy an array of doubles at all.
//!
//! `corepool-limit-probe [--reads] [--threads N] [--rounds N] n…`; what it is asked and answers is in `conversation`. Buffers are aligned to
//! huge pages and reused; `--reads` measures reading two arrays instead, in the pages that a program gets unasked. Threads are pinned, one on each CPU of the affinity set.

mod loops;
mod pages;
mod probe;
mod reads;
mod team;

use std::process::ExitCode;

use corepool_limit_probe::{Request, fail};
use corepool_topology::usable_cpus;

use crate::probe::Probe;
use crate::team::Team;

fn main() -> ExitCode {
    let Some(request) = Request::parse(std::env::args().skip(1)) else {
        return fail("usage: corepool-limit-probe [--reads] [--threads N] [--rounds N] n…");
    };
    let mut cpus = usable_cpus();
    cpus.truncate(request.threads.unwrap_or(cpus.len()));
    let routines = if request.reads { reads::routines() } else { loops::routines() };
    let team = match Team::new(&cpus, routines) {
        Ok(team) => team,
        Err(error) => return fail(&error.to_string()),
    };
    match request.answer(cpus.len(), |length| Ok(Probe::new(&team, length, request.reads))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&format!("corepool-limit-probe: {message}")),
    }
}
