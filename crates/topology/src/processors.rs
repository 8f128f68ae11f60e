//! What Windows says about processors, as functions without pointers.

use core::ffi::c_void;

/// CPUs of a group: as many as a mask has bits.
pub(crate) const GROUP: usize = usize::BITS as usize;

/// CPUs of one group.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub(crate) struct GroupAffinity {
    mask: usize,
    group: u16,
    reserved: [u16; 3],
}

impl GroupAffinity {
    pub(crate) fn new(group: u16, mask: usize) -> Self {
        Self { mask, group, reserved: [0; 3] }
    }
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
struct ProcessorNumber {
    group: u16,
    number: u8,
    reserved: u8,
}

type Handle = *mut c_void;

#[link(name = "kernel32")]
unsafe extern "system" {
    safe fn GetCurrentProcess() -> Handle;
    safe fn GetCurrentThread() -> Handle;
    safe fn GetActiveProcessorGroupCount() -> u16;
    safe fn GetActiveProcessorCount(group: u16) -> u32;
    fn GetCurrentProcessorNumberEx(number: *mut ProcessorNumber);
    fn GetProcessAffinityMask(process: Handle, allowed: *mut usize, all: *mut usize) -> i32;
    fn GetThreadGroupAffinity(thread: Handle, affinity: *mut GroupAffinity) -> i32;
    fn SetThreadGroupAffinity(thread: Handle, affinity: *const GroupAffinity, previous: *mut GroupAffinity) -> i32;
}

/// In place of a group's number: all groups.
const ALL_GROUPS: u16 = 0xFFFF;

pub(crate) fn group_count() -> u16 {
    GetActiveProcessorGroupCount()
}

/// CPUs of all groups.
pub(crate) fn count() -> usize {
    usize::try_from(GetActiveProcessorCount(ALL_GROUPS)).unwrap_or(0)
}

/// The CPUs of a group, which are numbered without gaps.
pub(crate) fn mask_of_group(group: u16) -> usize {
    match usize::try_from(GetActiveProcessorCount(group)).unwrap_or(0) {
        0 => 0,
        count => usize::MAX >> GROUP.saturating_sub(count),
    }
}

/// The group of the calling thread.
pub(crate) fn own_group() -> Option<u16> {
    let mut affinity = GroupAffinity::default();
    // SAFETY: the handle means the calling thread, and the structure has room for the answer.
    let found = unsafe { GetThreadGroupAffinity(GetCurrentThread(), &mut affinity) };
    (found != 0).then_some(affinity.group)
}

/// CPUs of its group that this process may use, and all of them.
pub(crate) fn process_masks() -> Option<(usize, usize)> {
    let (mut allowed, mut all) = (0, 0);
    // SAFETY: the handle means this process, and both masks have room for the answer.
    let found = unsafe { GetProcessAffinityMask(GetCurrentProcess(), &mut allowed, &mut all) };
    (found != 0).then_some((allowed, all))
}

/// The CPU that runs the calling thread, counted over the groups.
pub(crate) fn current() -> usize {
    let mut number = ProcessorNumber::default();
    // SAFETY: the structure has room for the answer.
    unsafe { GetCurrentProcessorNumberEx(&mut number) };
    usize::from(number.group) * GROUP + usize::from(number.number)
}

/// Keeps the calling thread on these CPUs; says whether the system agreed.
pub(crate) fn keep_current_thread(affinity: &GroupAffinity) -> bool {
    // SAFETY: the handle means the calling thread, the structure is only read, and nobody wants the previous one.
    unsafe { SetThreadGroupAffinity(GetCurrentThread(), affinity, core::ptr::null_mut()) != 0 }
}
