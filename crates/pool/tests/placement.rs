//! Where the threads of a pool run, as the kernel tells it.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what fails to unwrap here is a failed test")]

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{env, fs, thread};

use corepool_pool::{Config, Job, Outcome, Pool};
use corepool_topology::{pin_current_thread, usable_cpus};

/// The pools' threads of one process: name, and CPUs, by thread number.
type Threads = BTreeMap<u32, (String, Vec<usize>)>;

/// Tests that look at all threads of the process take turns.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let turn = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    wait_until_gone();
    turn
}

/// The kernel lists a thread for a moment after it was joined.
fn wait_until_gone() {
    while !threads().is_empty() {
        thread::yield_now();
    }
}

/// The pool's threads, once there are no more of them than that, for the same reason.
fn wait_until_left(count: usize) -> Threads {
    loop {
        let found = threads();
        if found.len() <= count {
            return found;
        }
        thread::yield_now();
    }
}

fn threads() -> Threads {
    let tasks = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap());
    let described = tasks.filter_map(|task| {
        // A thread may end meanwhile.
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().to_owned()
        };
        let name = field("Name:");
        let number = task.file_name().to_str().unwrap().parse().unwrap();
        name.starts_with("corepool-").then(|| (number, (name, numbers(&field("Cpus_allowed_list:")))))
    });
    described.collect()
}

/// `0-2,5` as numbers.
fn numbers(list: &str) -> Vec<usize> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        first.parse().unwrap()..=last.parse().unwrap()
    };
    list.split(',').flat_map(range).collect()
}

fn pool(threads: Option<usize>) -> Pool {
    Pool::new(Config { threads, ..Config::default() }).unwrap()
}

/// Runs the named test of this file in a process of its own that may use `cpus` only, and in which `is_child` holds.
fn in_child(test: &'static str, cpus: Vec<usize>, variables: &'static [(&str, &str)]) {
    let spawn = move || {
        // A child inherits the affinity of the thread that starts it.
        pin_current_thread(&cpus).unwrap();
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", test, "--test-threads", "1"]).env("COREPOOL_TEST_CHILD", "1");
        child.envs(variables.iter().copied()).output().unwrap()
    };
    let output = thread::spawn(spawn).join().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn is_child() -> bool {
    env::var_os("COREPOOL_TEST_CHILD").is_some()
}

#[test]
fn there_is_one_worker_for_each_usable_cpu_pinned_to_it_and_named_by_its_number() {
    let _alone = alone();
    let cpus = usable_cpus();
    let pool = pool(Some(cpus.len()));
    let mut found: Vec<_> = threads().into_values().collect();
    found.sort();
    let mut expected: Vec<_> =
        (0..).map(|number| format!("corepool-{number}")).zip(cpus.iter().map(|&cpu| vec![cpu])).collect();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(pool.size(), cpus.len());
    assert_eq!(pool.diagnostics(), None);
    drop(pool);
    wait_until_gone();
}

#[test]
fn more_or_fewer_workers_than_cpus_have_the_whole_set() {
    let _alone = alone();
    let cpus = usable_cpus();
    for workers in [1, cpus.len() + 1] {
        let pool = pool(Some(workers));
        let found = threads();
        assert_eq!(found.len(), workers);
        if workers != cpus.len() {
            assert!(found.values().all(|(_, allowed)| *allowed == cpus), "{found:?}");
        }
        assert_eq!(pool.size(), workers);
        drop(pool);
        wait_until_gone();
    }
}

#[test]
fn a_pool_with_another_number_of_threads_has_other_threads_pinned_by_the_same_rules() {
    let _alone = alone();
    let cpus = usable_cpus();
    let own: Vec<Vec<usize>> = cpus.iter().map(|&cpu| vec![cpu]).collect();
    let pool = pool(Some(cpus.len() + 1));
    for workers in [cpus.len(), cpus.len() + 2, 1, cpus.len()] {
        let before = threads();
        pool.resize(Some(workers)).unwrap();
        pool.run(4, &|_| ()).unwrap();
        let found = wait_until_left(workers);
        assert!(found.keys().all(|thread| !before.contains_key(thread)), "{before:?} {found:?}");
        let mut allowed: Vec<_> = found.values().map(|(_, allowed)| allowed.clone()).collect();
        allowed.sort();
        assert_eq!(allowed, if workers == cpus.len() { own.clone() } else { vec![cpus.clone(); workers] });
        assert_eq!(pool.pinned(), cpus);
    }
}

#[test]
fn a_pool_that_is_as_wished_keeps_its_threads() {
    let _alone = alone();
    for workers in [None, Some(1), Some(3)] {
        let pool = pool(workers);
        let before = threads();
        pool.resize(workers).unwrap();
        assert_eq!(threads(), before);
        drop(pool);
        wait_until_gone();
    }
}

#[test]
fn unpinned_workers_have_the_whole_set() {
    let _alone = alone();
    let cpus = usable_cpus();
    let pool = Pool::new(Config { threads: Some(cpus.len()), pin: false, ..Config::default() }).unwrap();
    assert_eq!(pool.pinned(), []);
    let found = threads();
    assert_eq!(found.len(), cpus.len());
    assert!(found.values().all(|(_, allowed)| *allowed == cpus), "{found:?}");
}

#[test]
fn the_threads_are_the_same_before_and_after_a_thousand_runs() {
    let _alone = alone();
    let pool = pool(None);
    let before = threads();
    for _ in 0..1_000 {
        pool.run(8, &|_| ()).unwrap();
    }
    assert_eq!(threads(), before);
}

#[test]
fn a_worker_is_pinned_before_it_runs_a_chunk() {
    struct WhereAmI(Mutex<Vec<(String, Vec<usize>)>>);

    impl Job for WhereAmI {
        fn run(&self, _: u32) {
            let status = fs::read_to_string("/proc/thread-self/status").unwrap();
            let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
            self.0.lock().unwrap().push((field("Name:"), numbers(&field("Cpus_allowed_list:"))));
        }
        fn progressed(&self, _: u32, _: u32) {}
        fn finished(&self, _: Outcome) {}
    }

    let _alone = alone();
    let cpus = usable_cpus();
    for _ in 0..20 {
        let pool = pool(Some(cpus.len()));
        let job = Arc::new(WhereAmI(Mutex::default()));
        pool.submit(Arc::<WhereAmI>::clone(&job), 20).wait();
        for (name, allowed) in job.0.lock().unwrap().iter() {
            let number: usize = name.strip_prefix("corepool-").unwrap().parse().unwrap();
            assert_eq!(*allowed, [cpus[number]], "{name}");
        }
    }
}

#[test]
fn the_calling_thread_keeps_its_affinity() {
    let _alone = alone();
    let before = usable_cpus();
    pool(None).run(10, &|_| ()).unwrap();
    assert_eq!(usable_cpus(), before);
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    assert_eq!(numbers(allowed.trim()), before);
}

#[test]
fn a_process_on_one_cpu_of_the_set_works_with_one_worker_there() {
    if !is_child() {
        for cpu in usable_cpus() {
            in_child("a_process_on_one_cpu_of_the_set_works_with_one_worker_there", vec![cpu], &[]);
        }
        return;
    }
    let cpus = usable_cpus();
    assert_eq!(cpus.len(), 1);
    for (workers, size) in [(None, 1), (Some(1), 1), (Some(3), 3)] {
        let pool = pool(workers);
        assert_eq!(pool.size(), size);
        let found = threads();
        assert_eq!(found.len(), size);
        assert!(found.values().all(|(_, allowed)| *allowed == cpus), "{found:?}");
        for _ in 0..200 {
            pool.run(10, &|_| ()).unwrap();
        }
        struct Nothing;
        impl Job for Nothing {
            fn run(&self, _: u32) {}
            fn progressed(&self, _: u32, _: u32) {}
            fn finished(&self, _: Outcome) {}
        }
        pool.submit(Arc::new(Nothing), 100).wait();
        drop(pool);
        wait_until_gone();
    }
}

#[test]
fn the_global_pool_starts_at_its_first_use_as_the_environment_says() {
    if !is_child() {
        let variables = &[("COREPOOL_THREADS", "3"), ("COREPOOL_PIN", "0")];
        in_child("the_global_pool_starts_at_its_first_use_as_the_environment_says", usable_cpus(), variables);
        return;
    }
    assert_eq!(Pool::global_size().unwrap(), 3);
    assert!(Pool::global_if_started().is_none());
    assert_eq!(threads(), Threads::new());
    let pool = Pool::global().unwrap();
    assert_eq!((pool.size(), threads().len(), pool.pinned()), (3, 3, vec![]));
    Pool::global().unwrap().run(10, &|_| ()).unwrap();
    assert_eq!(threads().len(), 3);
}

#[test]
fn the_global_pool_that_is_resized_before_its_first_use_starts_with_that_many_threads() {
    if !is_child() {
        let variables = &[("COREPOOL_THREADS", "3")];
        in_child(
            "the_global_pool_that_is_resized_before_its_first_use_starts_with_that_many_threads",
            usable_cpus(),
            variables,
        );
        return;
    }
    for wish in [Some(5), None, Some(2)] {
        Pool::resize_global(wish).unwrap();
        assert_eq!(Pool::global_size().unwrap(), wish.unwrap_or(usable_cpus().len()));
    }
    assert_eq!(threads(), Threads::new());
    assert_eq!((Pool::global().unwrap().size(), threads().len()), (2, 2));
    Pool::resize_global(Some(4)).unwrap();
    assert_eq!((Pool::global_size().unwrap(), wait_until_left(4).len()), (4, 4));
}

#[test]
fn a_variable_that_means_nothing_is_an_error_that_names_it() {
    if !is_child() {
        in_child(
            "a_variable_that_means_nothing_is_an_error_that_names_it",
            usable_cpus(),
            &[("COREPOOL_THREADS", "many")],
        );
        return;
    }
    for _ in 0..2 {
        let error = Pool::global().unwrap_err().to_string();
        assert!(
            error.contains("COREPOOL_THREADS") && error.contains("\"many\"") && error.contains("unset it"),
            "{error}"
        );
    }
    assert_eq!(threads(), Threads::new());
}

#[test]
fn without_a_number_a_pool_follows_the_affinity_set() {
    if !is_child() {
        in_child("without_a_number_a_pool_follows_the_affinity_set", usable_cpus(), &[]);
        return;
    }
    let pool = pool(None);
    let cpus = usable_cpus();
    for set in [&cpus[..1], &cpus[..], &cpus[cpus.len() - 1..]] {
        allow(set);
        pool.resize(None).unwrap();
        assert_eq!((pool.size(), pool.pinned()), (set.len(), set.to_vec()));
        let mut allowed: Vec<_> = wait_until_left(set.len()).into_values().map(|(_, allowed)| allowed).collect();
        allowed.sort();
        assert_eq!(allowed, set.iter().map(|&cpu| vec![cpu]).collect::<Vec<_>>());
    }
}

/// Changes the affinity set of this process, as a command would from outside.
fn allow(cpus: &[usize]) {
    let mut mask = vec![0_u64; 16];
    cpus.iter().for_each(|cpu| mask[cpu / 64] |= 1 << (cpu % 64));
    // SAFETY: takes nothing.
    let process = unsafe { libc::getpid() };
    // SAFETY: the mask has that many bytes, and is only read.
    assert_eq!(unsafe { libc::sched_setaffinity(process, size_of_val(&*mask), mask.as_ptr().cast()) }, 0);
}

#[test]
fn where_no_further_thread_can_be_started_the_pool_stays_as_it_was() {
    if !is_child() {
        let name = "where_no_further_thread_can_be_started_the_pool_stays_as_it_was";
        in_child(name, usable_cpus(), &[]);
        return;
    }
    let pool = pool(Some(2));
    let before = threads();
    leave_room(1 << 20);
    for wish in [Some(1), Some(3)] {
        let error = pool.resize(wish).unwrap_err().to_string();
        assert!(error.starts_with("threads could not be started: "), "{error}");
        assert_eq!((pool.size(), threads()), (2, before.clone()));
        pool.run(10, &|_| ()).unwrap();
    }
}

#[test]
fn where_fewer_threads_than_there_are_can_be_started_the_pool_stays_as_it_was() {
    if !is_child() {
        let name = "where_fewer_threads_than_there_are_can_be_started_the_pool_stays_as_it_was";
        in_child(name, usable_cpus(), &[]);
        return;
    }
    let pool = pool(Some(4));
    let before = threads();
    leave_threads(2);
    let error = pool.resize(Some(100)).unwrap_err().to_string();
    assert!(error.starts_with("threads could not be started: "), "{error}");
    assert_eq!((pool.size(), wait_until_left(4)), (4, before));
    pool.run(10, &|_| ()).unwrap();
    // As many as there are, though not as many as were asked for.
    leave_threads(6);
    pool.resize(Some(100)).unwrap();
    assert!((5..100).contains(&pool.size()), "{}", pool.size());
}

/// Refuses this process more than so many further threads.
fn leave_threads(count: u64) {
    // Root is exempt from the limit; a user that nobody has is not.
    // SAFETY: takes nothing, and is Linux's to answer.
    if unsafe { libc::geteuid() } == 0 {
        // SAFETY: nothing here depends on who this process is.
        assert_eq!(unsafe { libc::setuid(54_322) }, 0);
    }
    // SAFETY: as above.
    let user = unsafe { libc::geteuid() }.to_string();
    let threads_of_user = |process: fs::DirEntry| -> Option<u64> {
        // Beside the processes there are names for this one.
        let number: u32 = process.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(format!("/proc/{number}/status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
        if field("Uid:")? == user { field("Threads:")?.parse().ok() } else { None }
    };
    let used: u64 = fs::read_dir("/proc").unwrap().filter_map(|process| threads_of_user(process.unwrap())).sum();
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the limit is written.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NPROC, &mut limit) }, 0);
    limit.rlim_cur = used + count;
    // SAFETY: the limit is read, and only new threads of this user are refused.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NPROC, &limit) }, 0);
}

/// Refuses this process new mappings beyond so many bytes.
fn leave_room(bytes: u64) {
    let size = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = size.split(' ').next().unwrap().parse().unwrap();
    let limit = libc::rlimit { rlim_cur: pages * 4096 + bytes, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the limit is read, and only new mappings of this process are refused.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
}

#[test]
fn where_no_thread_can_be_started_the_error_says_so_and_callers_are_alone() {
    if !is_child() {
        let name = "where_no_thread_can_be_started_the_error_says_so_and_callers_are_alone";
        in_child(name, usable_cpus(), &[]);
        return;
    }
    leave_room(1 << 20);
    for refused in [Pool::new(Config::default()).map(drop), Pool::global().map(drop)] {
        let error = refused.unwrap_err().to_string();
        assert!(error.starts_with("threads could not be started: "), "{error}");
    }
    let alone = Pool::global_for_callers().unwrap();
    let here = thread::current().id();
    alone.run(100, &|_| assert_eq!(thread::current().id(), here)).unwrap();

    leave_room(1 << 30);
    Pool::global_for_callers().unwrap();
    assert!(!threads().is_empty());
}
