//! The one pool that all callers of this copy of the library share.
//!
//! The first job starts it. Nothing here that only asks, or says beforehand how many threads there are to be, starts any.

use crate::config::{Config, ConfigError};
use crate::placement::{Machine, Placement};
use crate::pool::{Pool, PoolError};
use crate::sync::{Mutex, OnceLock, PoisonError};

static POOL: OnceLock<Pool> = OnceLock::new();

/// What callers have where no thread can be started.
static ALONE: OnceLock<Pool> = OnceLock::new();

/// Held while the pool is started, so that nobody's wish gets lost meanwhile.
static WISH: Mutex<Wish> = Mutex::new(Wish::AsConfigured);

/// How many threads the pool is to start with.
#[derive(Clone, Copy)]
enum Wish {
    /// As the environment says.
    AsConfigured,
    /// As somebody said since.
    Threads(Option<usize>),
}

impl Wish {
    fn config(self) -> Result<Config, ConfigError> {
        let config = Config::from_environment()?;
        Ok(match self {
            Self::AsConfigured => config,
            Self::Threads(threads) => Config { threads, ..config },
        })
    }
}

impl Pool {
    /// The pool of this copy of the library, configured by the environment ([`Config::from_environment`]) and started by the
    /// first call that succeeds. It lives as long as the process.
    ///
    /// # Errors
    /// As [`Pool::new`], and [`PoolError::Config`] when a variable means nothing.
    pub fn global() -> Result<&'static Self, PoolError> {
        if let Some(pool) = POOL.get() {
            return Ok(pool);
        }
        let wish = WISH.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if let Some(pool) = POOL.get() {
            return Ok(pool);
        }
        let pool = Self::new(wish.config()?)?;
        Ok(POOL.get_or_init(|| pool))
    }

    /// The same pool for callers that take part themselves: where no thread can be started they are alone, and the next one tries again.
    ///
    /// # Errors
    /// [`PoolError::Config`] when a variable means nothing.
    pub fn global_for_callers() -> Result<&'static Self, PoolError> {
        match Self::global() {
            Err(PoolError::Spawn(_)) => {
                if let Some(alone) = ALONE.get() {
                    return Ok(alone);
                }
                let alone = Self::without_threads()?;
                Ok(ALONE.get_or_init(|| alone))
            }
            started_or_not => started_or_not,
        }
    }

    /// The same pool if it has been started.
    pub fn global_if_started() -> Option<&'static Self> {
        POOL.get()
    }

    /// The [`size`](Self::size) of that pool: what it is, or what it would be if it were started now. Starts nothing.
    ///
    /// # Errors
    /// When a variable means nothing.
    pub fn global_size() -> Result<usize, ConfigError> {
        if let Some(pool) = POOL.get() {
            return Ok(pool.size());
        }
        let wish = *WISH.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Placement::new(&wish.config()?, Machine::read()).threads())
    }

    /// [`resize`](Self::resize) of that pool: at once if it has been started, else when it is. Starts nothing that is not there.
    ///
    /// # Errors
    /// As [`resize`](Self::resize), and [`PoolError::Config`] when a variable means nothing.
    pub fn resize_global(threads: Option<usize>) -> Result<(), PoolError> {
        let mut wish = WISH.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = POOL.get() {
            drop(wish);
            return pool.resize(threads);
        }
        let wished = Wish::Threads(threads);
        wished.config()?;
        *wish = wished;
        Ok(())
    }
}
