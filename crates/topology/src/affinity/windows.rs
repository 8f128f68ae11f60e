//! Processor groups of Windows: up to 64 CPUs each, and a thread is kept on CPUs of one group.
//!
//! CPU `n` here is CPU `n % 64` of group `n / 64`.

use std::io;

use super::{PinRefused, Pinned};
use crate::processors::{self, GROUP, GroupAffinity};

pub(super) fn affinity_set() -> Option<Vec<usize>> {
    let own = processors::own_group()?;
    let (allowed, all) = processors::process_masks()?;
    let mut cpus = Vec::new();
    for group in 0..processors::group_count() {
        let mask = match group == own {
            // Zero: threads of this process are in several groups already, and nothing was taken away.
            true if allowed != 0 => allowed,
            // A process that was kept on some CPUs of its group stays in it.
            false if allowed != all => 0,
            _ => processors::mask_of_group(group),
        };
        let is_set = |cpu: &usize| mask >> cpu & 1 == 1;
        cpus.extend((0..GROUP).filter(is_set).map(|cpu| usize::from(group) * GROUP + cpu));
    }
    Some(cpus).filter(|cpus| !cpus.is_empty())
}

pub(super) fn pin(cpus: &[usize]) -> Result<Pinned, PinRefused> {
    let invalid = || PinRefused::System(io::Error::from(io::ErrorKind::InvalidInput));
    let first = cpus.first().ok_or_else(invalid)?;
    let group = u16::try_from(first / GROUP).map_err(|_| invalid())?;
    if cpus.iter().any(|cpu| cpu / GROUP != usize::from(group)) {
        // No thread can be kept on several groups. Since Windows 11 the system uses them all; before, a thread stays in one of its choice.
        return Err(PinRefused::Unsupported);
    }
    let mask = cpus.iter().fold(0, |mask, cpu| mask | 1 << (cpu % GROUP));
    if processors::keep_current_thread(&GroupAffinity::new(group, mask)) {
        Ok(Pinned::ToCpus)
    } else {
        Err(PinRefused::System(io::Error::last_os_error()))
    }
}
