//! The memory of an asynchronous job: what it reads, what it writes, and why all of it stays.

use corepool_kernel::{Operand, copy};
use corepool_memory::{Buffer, Claim, ElementType, View};
use napi::sys;

use crate::array::JsMemory;
use crate::code::{Code, Result, error, from_claim, from_memory, from_panic};
use crate::module;
use crate::operands::JsOperand;

/// What a job works on. The views are of the buffers beside them, which the job keeps until it has ended, or of memory that
/// nothing can take away and that a reference must keep alive as long.
pub(crate) struct JobMemory {
    pub(crate) operands: Vec<Operand>,
    /// Bound arrays.
    pub(crate) tables: Vec<View>,
    pub(crate) output: View,
    /// Copies of operands; none of those that nothing can take away, nor of the one in whose copy the result is computed.
    pub(crate) copies: Vec<Buffer>,
    /// The result; none where it goes into memory of JavaScript's.
    pub(crate) result: Option<Buffer>,
    /// The right to write memory of JavaScript's; none where the result is memory of its own.
    pub(crate) claim: Option<Claim>,
}

/// One array or value of an asynchronous call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given {
    pub(crate) operand: JsOperand,
    /// Whether the facade has moved its memory to where no JavaScript can reach it.
    pub(crate) is_moved: bool,
}

/// An array that a kernel was compiled with; its length is its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoundArray {
    pub(crate) given: Given,
    pub(crate) len: usize,
}

impl Given {
    /// Its memory, if it is an array's and nothing can take it away: shared, or moved. A reference must keep it alive.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the array was read.
    pub(crate) unsafe fn steady(&self, env: sys::napi_env) -> Result<Option<&JsMemory>> {
        let Some(memory) = self.operand.memory() else { return Ok(None) };
        // SAFETY: the caller's promise.
        let is_steady = self.is_moved || cfg!(corepool_seed = "borrow") || !unsafe { memory.is_plain(env) }?;
        Ok(is_steady.then_some(memory))
    }
}

impl JobMemory {
    /// Claims the output, where it is memory of JavaScript's, and then copies the operands that could be taken away: nothing is
    /// copied for a call that is refused.
    ///
    /// # Safety
    /// `env` must be that of the call that is being made, in which the arrays were read and no JavaScript has run since.
    pub(crate) unsafe fn prepare(
        env: sys::napi_env,
        len: usize,
        given: &[Given],
        given_tables: &[BoundArray],
        output_element: ElementType,
        output: Option<&Given>,
    ) -> Result<Self> {
        let (output, claim) = match output {
            None => (None, None),
            Some(given) => {
                // SAFETY: the caller's promise.
                if unsafe { given.steady(env) }?.is_none() {
                    let message = "an output that is written in place must be shared or moved";
                    return Err(error(Code::InvalidArgValue, message));
                }
                // SAFETY: memory that nothing can take away, kept alive by the job's references.
                let view = unsafe { given.operand.view(len) }?;
                (Some(view), Some(Claim::new(&view).map_err(from_claim)?))
            }
        };
        let mut operands = Vec::with_capacity(given.len());
        let mut copies = Copies::default();
        for given in given {
            // SAFETY: the caller's promise.
            operands.push(unsafe { copies.owned(env, given, len) }?);
        }
        // Apart from the operands: no result may be computed in a table's copy.
        let mut tables = Vec::with_capacity(given_tables.len());
        let mut table_copies = Copies::default();
        for BoundArray { given, len } in given_tables {
            // SAFETY: the caller's promise.
            let Operand::Array(table) = (unsafe { table_copies.owned(env, given, *len) })? else {
                return Err(error(Code::InvalidArgType, "a bound array is memory"));
            };
            tables.push(table);
        }
        if let Some(output) = output {
            let copies = copies.into_buffers().chain(table_copies.into_buffers()).collect();
            return Ok(Self { operands, tables, output, copies, result: None, claim });
        }
        let (output, result) = if let Some((view, buffer)) = copies.take_of_size(output_element.size()) {
            // The copy becomes the result, in place: fresh pages cost more than the kernel.
            (view.cast(output_element), buffer)
        } else {
            let buffer = Buffer::for_elements(len, output_element).map_err(from_memory)?;
            // SAFETY: the buffer goes into the job beside its view.
            (unsafe { buffer.view(output_element) }, buffer)
        };
        let copies = copies.into_buffers().chain(table_copies.into_buffers()).collect();
        Ok(Self { operands, tables, output, copies, result: Some(result), claim })
    }
}

/// Copies of arrays in memory of the library's own, each made once however often the array is an operand.
#[derive(Default)]
struct Copies {
    made: Vec<Copied>,
}

struct Copied {
    original: View,
    view: View,
    buffer: Buffer,
}

impl Copies {
    /// What was given, in memory that stays: a copy, unless nothing can take its own memory away.
    ///
    /// # Safety
    /// As for [`JobMemory::prepare`].
    unsafe fn owned(&mut self, env: sys::napi_env, given: &Given, len: usize) -> Result<Operand> {
        // SAFETY: used before the binding returns to JavaScript; and afterwards only where nothing can take the memory away.
        let operand = unsafe { given.operand.marked_operand(len) }?;
        // SAFETY: the caller's promise.
        let is_steady = unsafe { given.steady(env) }?.is_some();
        Ok(match operand {
            Operand::Array(view) if !is_steady => Operand::Array(self.of(&view)?),
            steady => steady,
        })
    }

    /// A copy of `original`, made on every core.
    fn of(&mut self, original: &View) -> Result<View> {
        if let Some(copied) = self.made.iter().find(|copied| copied.original == *original) {
            return Ok(copied.view);
        }
        let buffer = Buffer::for_elements(original.len(), original.element()).map_err(from_memory)?;
        // SAFETY: the buffer goes into the job beside its view.
        let view = unsafe { buffer.view(original.element()) };
        // SAFETY: the original is good until the binding returns to JavaScript; the buffer is new, so they do not overlap.
        unsafe { copy(module::pool()?, *original, view) }.map_err(from_panic)?;
        self.made.push(Copied { original: *original, view, buffer });
        Ok(view)
    }

    /// The first copy whose elements have this size, if there is one.
    fn take_of_size(&mut self, size: usize) -> Option<(View, Buffer)> {
        let index = self.made.iter().position(|copied| copied.view.element().size() == size)?;
        let Copied { view, buffer, .. } = self.made.swap_remove(index);
        Some((view, buffer))
    }

    fn into_buffers(self) -> impl Iterator<Item = Buffer> {
        self.made.into_iter().map(|copied| copied.buffer)
    }
}
