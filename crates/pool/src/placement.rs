//! Which CPUs each worker runs on, and which worker a synchronous job does without.
//!
//! Knows the machine as numbers only, so every machine can be tested on any.

use core::slice;

use corepool_topology::{cpu_quota, usable_cpus, usable_threads};

use crate::config::{Config, MAX_THREADS};
use crate::sleepers::NOBODY;

/// What a machine allows this process.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The affinity set, ascending.
    pub(crate) cpus: Vec<usize>,
    /// Threads that can run at the same time.
    pub(crate) threads: usize,
    /// CPUs' worth of time.
    pub(crate) quota: Option<f64>,
}

impl Machine {
    /// This machine, now.
    pub(crate) fn read() -> Self {
        Self { cpus: usable_cpus(), threads: usable_threads(), quota: cpu_quota() }
    }
}

/// Where the workers of one crew run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placement {
    cpus: Vec<usize>,
    threads: usize,
    pin: bool,
    /// Whether CPU time that nobody uses can be spent on spinning.
    pub(crate) can_spin: bool,
}

impl Placement {
    pub(crate) fn new(config: &Config, machine: Machine) -> Self {
        let threads = config.threads.unwrap_or(machine.threads).clamp(1, MAX_THREADS);
        let cpus = f64::from(u32::try_from(machine.cpus.len()).unwrap_or(u32::MAX));
        // Time spent on spinning counts against a quota like any other.
        let can_spin = threads <= machine.cpus.len() && machine.quota.is_none_or(|quota| quota >= cpus);
        Self { cpus: machine.cpus, threads, pin: config.pin, can_spin }
    }

    /// For a pool without threads.
    pub(crate) fn nowhere() -> Self {
        Self { cpus: Vec::new(), threads: 0, pin: false, can_spin: false }
    }

    /// Workers to start.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// The CPUs to pin `worker` to: one of its own where there are as many workers as CPUs, else all of the set. Eight processes
    /// with two threads each must not share two CPUs while others idle.
    pub(crate) fn cpus_of(&self, worker: usize) -> Option<&[usize]> {
        if !self.pin {
            return None;
        }
        Some(if self.has_own_cpus() { self.cpus.get(worker).map_or(&self.cpus, slice::from_ref) } else { &self.cpus })
    }

    fn has_own_cpus(&self) -> bool {
        self.pin && self.threads == self.cpus.len()
    }

    /// Threads that work on a synchronous job if `started` workers run, the caller included.
    pub(crate) fn size(&self, started: usize) -> usize {
        self.threads.min(started + 1)
    }

    /// The worker that a synchronous job does without when its caller stands on `cpu`: the one that would have to share that
    /// CPU; or any one, where that would make more threads than were asked for.
    pub(crate) fn excluded(&self, cpu: Option<usize>, started: usize) -> usize {
        match self.worker_on(cpu, started) {
            Some(worker) => worker,
            None if started < self.threads => NOBODY,
            None => started.checked_sub(1).unwrap_or(NOBODY),
        }
    }

    /// The worker whose own CPU that is, of `started` workers.
    pub(crate) fn worker_on(&self, cpu: Option<usize>, started: usize) -> Option<usize> {
        if !self.has_own_cpus() {
            return None;
        }
        cpu.and_then(|cpu| self.cpus.binary_search(&cpu).ok()).filter(|&worker| worker < started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement(threads: Option<usize>, pin: bool, machine: &Machine) -> Placement {
        Placement::new(&Config { threads, pin, ..Config::default() }, machine.clone())
    }

    fn machine(cpus: &[usize], threads: usize, quota: Option<f64>) -> Machine {
        Machine { cpus: cpus.to_vec(), threads, quota }
    }

    #[test]
    fn as_many_workers_as_cpus_have_one_each_of_the_set() {
        let placement = placement(None, true, &machine(&[2, 3, 7], 3, None));
        let pinned: Vec<_> = (0..3).map(|worker| placement.cpus_of(worker)).collect();
        assert_eq!(pinned, [Some(&[2][..]), Some(&[3]), Some(&[7])]);
        assert!(placement.can_spin);
    }

    #[test]
    fn fewer_or_more_workers_than_cpus_have_the_whole_set() {
        let machine = machine(&[0, 1, 4, 5], 4, None);
        for threads in [1, 3, 5, 100] {
            let placement = placement(Some(threads), true, &machine);
            assert_eq!(placement.threads(), threads);
            assert!((0..threads).all(|worker| placement.cpus_of(worker) == Some(&[0, 1, 4, 5])));
            assert_eq!(placement.can_spin, threads <= 4);
        }
    }

    #[test]
    fn a_quota_gives_fewer_workers_that_do_not_spin() {
        let limited = placement(None, true, &machine(&[0, 1, 2, 3], 2, Some(1.5)));
        assert_eq!(limited.threads(), 2);
        assert_eq!(limited.cpus_of(0), Some(&[0, 1, 2, 3][..]));
        assert!(!limited.can_spin);
        assert!(!placement(None, true, &machine(&[0, 1], 2, Some(1.5))).can_spin);
        assert!(placement(None, true, &machine(&[0, 1], 2, Some(2.0))).can_spin);
    }

    #[test]
    fn unpinned_workers_run_anywhere() {
        let placement = placement(None, false, &machine(&[0, 1], 2, None));
        assert_eq!(placement.cpus_of(0), None);
        assert_eq!(placement.excluded(Some(0), 2), 1);
        assert_eq!(placement.worker_on(Some(0), 2), None);
    }

    #[test]
    fn a_job_does_without_the_worker_on_its_callers_cpu() {
        let placement = placement(None, true, &machine(&[2, 3, 7], 3, None));
        assert_eq!(placement.excluded(Some(2), 3), 0);
        assert_eq!(placement.excluded(Some(7), 3), 2);
        assert_eq!(placement.size(3), 3);
        assert_eq!(
            [Some(2), Some(7), Some(4), None].map(|cpu| placement.worker_on(cpu, 3)),
            [Some(0), Some(2), None, None]
        );
    }

    #[test]
    fn a_caller_on_an_unknown_cpu_makes_no_more_threads_than_were_asked_for() {
        let own = placement(None, true, &machine(&[2, 3, 7], 3, None));
        assert_eq!([None, Some(0), Some(100)].map(|cpu| own.excluded(cpu, 3)), [2, 2, 2]);
        let shared = placement(Some(2), true, &machine(&[2, 3, 7], 3, None));
        assert_eq!([None, Some(2)].map(|cpu| shared.excluded(cpu, 2)), [1, 1]);
        assert_eq!(shared.size(2), 2);
    }

    #[test]
    fn where_fewer_workers_started_all_of_them_help() {
        let placement = placement(None, true, &machine(&[2, 3, 7], 3, None));
        assert_eq!(placement.excluded(Some(7), 2), NOBODY);
        assert_eq!(placement.excluded(Some(2), 2), 0);
        assert_eq!(placement.size(1), 2);
    }

    #[test]
    fn numbers_of_threads_that_make_no_sense_are_moved_to_the_nearer_end() {
        let machine = machine(&[0], 1, None);
        assert_eq!(placement(Some(0), true, &machine).threads(), 1);
        assert_eq!(placement(Some(usize::MAX), true, &machine).threads(), MAX_THREADS);
    }
}
