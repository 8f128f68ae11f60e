//! CPU time of this process, so that whoever watches the machine can take it off.

/// Milliseconds that all threads have run until now.
#[cfg(unix)]
pub(crate) fn milliseconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is ours to write; an unknown clock is an error, and leaves it 0.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    let seconds = u32::try_from(time.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    f64::from(seconds) * 1e3 + f64::from(nanoseconds) / 1e6
}

/// Milliseconds that all threads have run until now: not known here.
#[cfg(not(unix))]
pub(crate) fn milliseconds() -> f64 {
    0.0
}
