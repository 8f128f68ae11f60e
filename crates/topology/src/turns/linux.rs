//! The slices of Linux's fair policies, which a thread may choose from 6.12 on.

use core::time::Duration;

/// How this thread is scheduled.
#[derive(Debug)]
pub(super) struct Turns {
    attributes: libc::sched_attr,
}

impl Turns {
    /// `None` where slices cannot be chosen: older kernels say that they are 0, and real-time policies have none.
    pub(super) fn of_this_thread() -> Option<Self> {
        // SAFETY: numbers only, for which zeros are good.
        let mut attributes: libc::sched_attr = unsafe { core::mem::zeroed() };
        let size = size_of_val(&attributes);
        // SAFETY: `attributes` has `size` bytes, and the kernel writes no more; thread 0 is the calling one.
        let status = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, size, 0) };
        let policy = i32::try_from(attributes.sched_policy).unwrap_or(-1);
        let is_fair = matches!(policy, libc::SCHED_OTHER | libc::SCHED_BATCH);
        (status == 0 && is_fair && attributes.sched_runtime != 0).then_some(Self { attributes })
    }

    /// Says whether the system does it.
    pub(super) fn shorten(&self, length: Duration) -> bool {
        self.set(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn restore(&self) {
        // It cannot be refused: that is how the thread ran before.
        self.set(self.attributes.sched_runtime);
    }

    #[cfg(test)]
    pub(super) fn nanoseconds(&self) -> u64 {
        self.attributes.sched_runtime
    }

    fn set(&self, nanoseconds: u64) -> bool {
        let attributes = libc::sched_attr { sched_runtime: nanoseconds, ..self.attributes };
        // SAFETY: `attributes` is as long as it says, and only read; thread 0 is the calling one.
        unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) == 0 }
    }
}
