//! What the machine has, and the threads that the pool makes of it. Nothing here starts the pool.

use std::collections::BTreeMap;

use corepool_pool::Pool;
use corepool_topology::{SimdLevel, cache_sizes, cpu_count, cpu_quota, usable_cpus};
use napi_derive::napi;

use crate::code::{Code, Result, error, from_pool};

/// The machine, as this process may use it. CPUs are named by the numbers of the affinity set.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Topology {
    /// All CPUs of the machine.
    pub cpus: u32,
    /// Those that this process may use.
    pub usable: Vec<u32>,
    /// CPUs' worth of time that the control groups allow; absent: no limit.
    pub quota: Option<f64>,
    /// Those on which threads of the pool are kept, now.
    pub pinned: Vec<u32>,
    /// The level of vector instructions.
    pub simd: &'static str,
    /// Bytes of each cache, by name.
    pub caches: BTreeMap<String, f64>,
    /// What did not work when the pool's threads were started, which does without; absent: nothing.
    pub diagnostic: Option<String>,
}

/// Counts of the pool since the process began.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct PoolStats {
    /// Jobs of both kinds.
    pub jobs: f64,
    /// Chunks of jobs.
    pub chunks: f64,
    /// Sleeping threads that were woken for a job.
    pub wakes: f64,
    /// Times that a thread went to sleep.
    pub parks: f64,
}

/// Threads that a synchronous call may use, the caller included.
#[napi(catch_unwind)]
pub fn pool_size() -> Result<u32> {
    let size = Pool::global_size().map_err(|refused| error(Code::InvalidArgValue, refused))?;
    Ok(number(size))
}

/// Gives the pool so many threads; none given: as many as the machine allows now.
#[napi(catch_unwind)]
pub fn resize_pool(threads: Option<u32>) -> Result<()> {
    let threads = threads.map(|threads| usize::try_from(threads).unwrap_or(usize::MAX));
    Pool::resize_global(threads).map_err(|refused| from_pool(&refused))
}

/// What the pool has done; nothing, as long as it has not been started.
#[napi(catch_unwind)]
pub fn pool_stats() -> PoolStats {
    let stats = Pool::global_if_started().map(Pool::stats).unwrap_or_default();
    PoolStats {
        jobs: stats.jobs as f64,
        chunks: stats.chunks as f64,
        wakes: stats.wakes as f64,
        parks: stats.parks as f64,
    }
}

/// The machine. Reads files: for a start, or for display.
#[napi(catch_unwind)]
pub fn topology() -> Result<Topology> {
    let simd = SimdLevel::from_environment().map_err(|refused| error(Code::InvalidArgValue, refused))?;
    let usable = usable_cpus();
    let pinned = Pool::global_if_started().map(Pool::pinned).unwrap_or_default();
    let caches = cache_sizes(&usable).into_iter().map(|(name, bytes)| (name, bytes as f64)).collect();
    Ok(Topology {
        cpus: number(cpu_count()),
        usable: usable.into_iter().map(number).collect(),
        quota: cpu_quota(),
        pinned: pinned.into_iter().map(number).collect(),
        simd: simd.name(),
        caches,
        diagnostic: Pool::global_if_started().and_then(Pool::diagnostics),
    })
}

/// What of the machine can be told whatever the environment variables are: 0 asks for all its CPUs, 1 for those that this process may use,
/// 2 for the CPUs' worth of time that the control groups allow; NaN: no limit.
#[napi(catch_unwind)]
pub fn cpus(of: u32) -> f64 {
    match of {
        0 => number(cpu_count()).into(),
        1 => number(usable_cpus().len()).into(),
        _ => cpu_quota().unwrap_or(f64::NAN),
    }
}

/// A number of CPUs or threads.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
