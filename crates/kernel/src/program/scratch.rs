//! The registers of one thread: memory that is kept from chunk to chunk, so that a chunk allocates nothing.

use core::cell::Cell;

use corepool_memory::Buffer;

thread_local! {
    static KEPT: Cell<Option<Buffer>> = const { Cell::new(None) };
}

/// Registers of `block` lanes each.
#[derive(Debug)]
pub(super) struct Registers {
    memory: Option<Buffer>,
    count: usize,
    block: usize,
}

impl Registers {
    /// Takes the thread's memory, or more where that does not suffice.
    ///
    /// # Panics
    /// When the system has no memory for them: at most a few megabytes, which the verifier sees to.
    pub(super) fn take(count: usize, block: usize) -> Self {
        let bytes = count * block * size_of::<f64>();
        let kept = KEPT.take().filter(|kept| kept.bytes() >= bytes);
        let memory = kept.unwrap_or_else(|| match Buffer::allocate(bytes) {
            Ok(memory) => {
                // SAFETY: the buffer is ours and so long.
                unsafe { memory.base().write_bytes(0, bytes) };
                memory
            }
            Err(error) => panic!("a thread has no memory for the registers of a kernel: {error}"),
        });
        Self { memory: Some(memory), count, block }
    }

    /// Address of the first lane of a register.
    ///
    /// # Panics
    /// When there is no such register.
    pub(super) fn address(&self, register: u16) -> *mut f64 {
        let register = usize::from(register);
        assert!(register < self.count, "register {register} of {}", self.count);
        let base = self.memory.as_ref().map_or(core::ptr::null_mut(), Buffer::base);
        base.cast::<f64>().wrapping_add(register * self.block)
    }

    /// The first `count` lanes of a register, to be written; no other slice of it may exist.
    ///
    /// # Panics
    /// When there is no such register, or a block has fewer lanes.
    pub(super) fn lanes(&mut self, register: u16, count: usize) -> &mut [f64] {
        assert!(count <= self.block, "{count} lanes of a block of {}", self.block);
        let base = self.address(register);
        // SAFETY: `address` gave the start of `block` lanes inside memory that is ours, aligned and initialised; `&mut self`
        // keeps any other slice of it from existing.
        unsafe { core::slice::from_raw_parts_mut(base, count) }
    }
}

impl Drop for Registers {
    fn drop(&mut self) {
        KEPT.set(self.memory.take());
    }
}
