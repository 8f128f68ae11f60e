//! A pool of threads, one for each CPU that the process may use and pinned to it, that runs jobs cut into chunks.
//!
//! Synchronous jobs ([`Pool::run`]) borrow what they work on; the calling thread takes part, and there is one at a time: a second
//! caller runs its chunks itself. Asynchronous jobs ([`Pool::submit`]) own what they work on, queue, and are run by the workers.
//! The pool knows nothing of numbers, and nothing of JavaScript.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use corepool_pool::{Config, Pool};
//!
//! let pool = Pool::new(Config::default())?;
//! let sum = AtomicU64::new(0);
//! pool.run(100, &|chunk| _ = sum.fetch_add(chunk.into(), Ordering::Relaxed))?;
//! assert_eq!(sum.into_inner(), 4950);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it is built
//! | module | what it is |
//! |---|---|
//! | `ticket`, `fork_join` | claiming chunks of the synchronous job, and the job's life on its caller's stack |
//! | `course` | in which order its chunks are run |
//! | `submission`, `queue`, `handle` | an asynchronous job, the order of several, and what a submitter keeps |
//! | `sleepers`, `slice`, `worker` | who sleeps and who is woken, when a worker yields, and its loop |
//! | `placement`, `config` | which CPU is whose, and what can be chosen |
//! | `crew`, `turn`, `pool` | threads from their start to their end, callers taking turns with them, and exchanging them |
//! | `global` | the pool that everyone shares, started by the first job |
//! | `tally` | what is counted |
//! | `latch`, `spin`, `spin_lock`, `cache_padded`, `panic` | small parts of the above |
//! | `sync` | atomics, cells, threads and time: what a model checker replaces |

mod cache_padded;
mod config;
mod course;
mod crew;
mod fork_join;
mod global;
mod handle;
mod job;
mod latch;
#[cfg(all(test, loom))]
mod models;
mod panic;
mod placement;
mod pool;
mod queue;
mod sleepers;
mod slice;
mod spin;
mod spin_lock;
mod submission;
mod sync;
mod tally;
mod ticket;
mod turn;
mod worker;

pub use config::{Config, ConfigError, MAX_THREADS};
pub use handle::Handle;
pub use job::{Job, Outcome};
pub use panic::Panicked;
pub use pool::{Pool, PoolError};
pub use tally::Stats;
