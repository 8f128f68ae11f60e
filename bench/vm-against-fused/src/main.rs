//! The block VM against loops that were fused by hand, on the same pool and the same memory.
//!
//! `corepool-vm-against-fused [--rounds N] n…` is asked and answers as the limit probe does. Every loop is tried with normal and with
//! non-temporal stores at each vector width; which is the best, and what the VM's ratio to it is, is for the bench to say.

mod comparison;
mod expressions;
mod fused;

use std::process::ExitCode;

use corepool_limit_probe::{Request, fail};
use corepool_pool::Pool;

use crate::comparison::Comparison;

fn main() -> ExitCode {
    let request = Request::parse(std::env::args().skip(1)).filter(|request| request.threads.is_none());
    let Some(request) = request else { return fail("usage: corepool-vm-against-fused [--rounds N] n…") };
    let outcome = Pool::global()
        .map_err(|error| error.to_string())
        .and_then(|pool| request.answer(pool.size(), |length| Comparison::new(pool, length)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&format!("corepool-vm-against-fused: {message}")),
    }
}
