//! The CPU on which the calling thread stands.

/// The CPU that runs the calling thread now, by its number in the affinity set; it may be another one right after. `None`
/// where the system does not say.
#[cfg(target_os = "linux")]
pub fn current_cpu() -> Option<usize> {
    // SAFETY: takes nothing and gives -1 when the kernel lacks it.
    let cpu = unsafe { libc::sched_getcpu() };
    usize::try_from(cpu).ok()
}

/// The CPU that runs the calling thread now, by its number in the affinity set; it may be another one right after. `None`
/// where the system does not say.
#[cfg(windows)]
pub fn current_cpu() -> Option<usize> {
    Some(crate::processors::current())
}

/// The CPU that runs the calling thread now, by its number in the affinity set; it may be another one right after. `None`
/// where the system does not say.
#[cfg(not(any(target_os = "linux", windows)))]
pub fn current_cpu() -> Option<usize> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_stands_on_a_cpu_that_it_may_use() {
        let cpu = current_cpu().unwrap();
        assert!(crate::usable_cpus().contains(&cpu), "CPU {cpu} is outside the affinity set");
    }
}
