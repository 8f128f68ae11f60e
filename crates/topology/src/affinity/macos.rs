//! macOS has no affinity; threads have a class of service, and those of a low one stay on the slow cores.

use std::io;

use super::{PinRefused, Pinned};

pub(super) fn affinity_set() -> Option<Vec<usize>> {
    None
}

pub(super) fn pin(_cpus: &[usize]) -> Result<Pinned, PinRefused> {
    // Somebody waits for the result: the highest class below that of what is drawn on the screen.
    let class = libc::qos_class_t::QOS_CLASS_USER_INITIATED;
    // SAFETY: concerns the calling thread only, and takes no pointer.
    match unsafe { libc::pthread_set_qos_class_self_np(class, 0) } {
        0 => Ok(Pinned::ToFastCores),
        error => Err(PinRefused::System(io::Error::from_raw_os_error(error))),
    }
}
