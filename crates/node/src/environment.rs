//! What one environment (the main thread, or one worker_thread) shares with the pool's threads: a list of events, and the one
//! threadsafe function that rings when the list is no longer empty.
//!
//! After [`Environment::close`] nothing rings any more: calling a threadsafe function of an environment that is gone crashes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use corepool_memory::trim_when_idle;
use corepool_pool::Handle;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status, sys};

use crate::job::KernelJob;

/// Something that a job tells.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: u32,
    pub(crate) kind: EventKind,
    /// Elements done.
    pub(crate) done: usize,
}

/// What it tells.
#[derive(Debug)]
pub(crate) enum EventKind {
    Progress,
    Completed,
    Cancelled,
    Failed(String),
}

impl EventKind {
    /// What JavaScript knows it by.
    fn code(&self) -> u8 {
        match self {
            Self::Progress => 0,
            Self::Completed => 1,
            Self::Cancelled => 2,
            Self::Failed(_) => 3,
        }
    }
}

/// Weak: it keeps the event loop alive only while jobs are pending, which [`crate::jobs::Jobs`] counts.
pub(crate) type Doorbell = ThreadsafeFunction<(), (), (), Status, false, true>;

/// The jobs of one environment, and what they have told that JavaScript has not heard.
#[derive(Default)]
pub(crate) struct Environment {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    doorbell: Option<Doorbell>,
    is_ringing: bool,
    is_closed: bool,
    events: Vec<Event>,
    /// Those that the bell has announced, in their order; JavaScript asks for one at a time.
    heard: VecDeque<Event>,
    /// The one that it asked for last.
    told: Option<Event>,
    jobs: HashMap<u32, Pending>,
    next_id: u32,
}

/// A job that JavaScript has neither taken nor discarded.
#[derive(Clone)]
pub(crate) struct Pending {
    pub(crate) job: Arc<KernelJob>,
    pub(crate) handle: Handle,
}

impl core::fmt::Debug for Environment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad("Environment { .. }")
    }
}

impl Environment {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held; if it did, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hangs up the bell. Called once, by the JS thread, before any job exists.
    pub(crate) fn install(&self, doorbell: Doorbell) {
        self.state().doorbell = Some(doorbell);
    }

    /// A number that no job of this environment has.
    pub(crate) fn next_id(&self) -> u32 {
        let mut state = self.state();
        loop {
            let id = state.next_id;
            state.next_id = id.wrapping_add(1);
            if !state.jobs.contains_key(&id) {
                return id;
            }
        }
    }

    /// Whether it has no job. JS thread.
    pub(crate) fn is_idle(&self) -> bool {
        self.state().jobs.is_empty()
    }

    /// Remembers a job until it is taken or discarded. JS thread.
    pub(crate) fn remember(&self, id: u32, pending: Pending) {
        self.state().jobs.insert(id, pending);
    }

    /// The job with this number. JS thread.
    pub(crate) fn pending(&self, id: u32) -> Option<Pending> {
        self.state().jobs.get(&id).cloned()
    }

    /// Forgets the job with this number. JS thread.
    pub(crate) fn forget(&self, id: u32) -> Option<Pending> {
        self.state().jobs.remove(&id)
    }

    /// Whether the bell keeps the event loop alive. JS thread.
    pub(crate) fn keep_alive(&self, env: &Env, on: bool) {
        if let Some(doorbell) = &self.state().doorbell {
            let set = if on { sys::napi_ref_threadsafe_function } else { sys::napi_unref_threadsafe_function };
            // SAFETY: the doorbell is installed, so it lives, and this is the thread of its environment.
            unsafe { set(env.raw(), doorbell.raw()) };
        }
    }

    /// Adds to the list, and rings unless the bell is ringing already. Any thread.
    pub(crate) fn report(&self, event: Event) {
        let mut state = self.state();
        if state.is_closed {
            return;
        }
        state.events.push(event);
        if state.is_ringing {
            return;
        }
        state.is_ringing = true;
        // Under the lock, so that it cannot come after `close`. NonBlocking on an unbounded queue only allocates.
        if let Some(doorbell) = &state.doorbell {
            doorbell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// All that has been reported is to be told now; what is reported while it is told rings again. JS thread, when the bell rang.
    pub(crate) fn hear(&self) {
        let mut state = self.state();
        state.is_ringing = false;
        let events = core::mem::take(&mut state.events);
        state.heard.extend(events);
    }

    /// The next event that was heard: its job, and the code of its kind. JS thread.
    pub(crate) fn next_event(&self) -> Option<(u32, u8)> {
        let mut state = self.state();
        state.told = state.heard.pop_front();
        state.told.as_ref().map(|event| (event.id, event.kind.code()))
    }

    /// Something of the event that was told last. JS thread.
    pub(crate) fn told<T>(&self, of: impl FnOnce(&Event) -> T) -> Option<T> {
        self.state().told.as_ref().map(of)
    }

    /// Cancels every job and waits for it: afterwards no thread touches memory of this environment, and nothing rings.
    /// Called by the clean-up hook, and before it where moved memory is at stake (see [`crate::sentinel`]): on the JS thread, while the
    /// environment's memory is still there.
    pub(crate) fn close(&self) {
        let (jobs, doorbell) = {
            let mut state = self.state();
            state.is_closed = true;
            (core::mem::take(&mut state.jobs), state.doorbell.take())
        };
        for pending in jobs.values() {
            if !cfg!(corepool_seed = "cancel") {
                pending.handle.cancel();
            }
        }
        for pending in jobs.values() {
            if !cfg!(corepool_seed = "teardown") {
                pending.handle.wait();
            }
        }
        // Released outside the lock: dropping it calls Node-API.
        drop(doorbell);
        // The timer by which this environment would have had it trimmed is gone.
        trim_when_idle();
    }
}
