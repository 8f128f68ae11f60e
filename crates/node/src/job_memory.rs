//! The memory of an asynchronous job: what it reads, what it writes, and why both stay.

use corepool_kernel::copy;
use corepool_memory::{Buffer, Claim, ElementType, View};

use crate::array::JsArray;
use crate::code::{Code, Result, error, from_claim, from_memory, from_panic};
use crate::module;

/// What a job works on. The views are of the buffers beside them, which the job keeps until it has ended, or of shared memory,
/// which nothing can take away and which a reference must keep alive as long.
pub(crate) struct JobMemory {
    pub(crate) input: View,
    pub(crate) output: View,
    /// The copy of the operand; none where the operand is shared memory, or the result is computed in place.
    pub(crate) copy: Option<Buffer>,
    /// The result; none where it goes into shared memory.
    pub(crate) result: Option<Buffer>,
    /// The right to write shared memory; none where the result is memory of its own.
    pub(crate) claim: Option<Claim>,
}

impl JobMemory {
    /// Claims the output, where it is shared memory, and then copies the operand, unless that is: nothing is copied for a
    /// call that is refused.
    pub(crate) fn prepare(
        (input, input_element): (&JsArray, ElementType),
        output_element: ElementType,
        shared_output: Option<&JsArray>,
    ) -> Result<Self> {
        // SAFETY: used before the binding returns to JavaScript; and afterwards only where the memory is shared.
        let operand = unsafe { input.view(input_element) }?;
        let is_borrowed = !input.is_plain || cfg!(corepool_seed = "borrow");
        if let Some(array) = shared_output {
            if array.is_plain {
                return Err(error(Code::InvalidArgValue, "an output that is written in place must be shared memory"));
            }
            // SAFETY: shared memory, which the job's references keep alive.
            let output = unsafe { array.view(output_element) }?;
            let claim = Some(Claim::new(&output).map_err(from_claim)?);
            let (input, copy) = if is_borrowed { (operand, None) } else { owned(&operand)? };
            return Ok(Self { input, output, copy, result: None, claim });
        }
        if !is_borrowed && input_element.size() == output_element.size() {
            // The copy becomes the result, in place: fresh pages cost more than the kernel.
            let (input, result) = owned(&operand)?;
            let output = input.cast(output_element);
            return Ok(Self { input, output, copy: None, result, claim: None });
        }
        let result = Buffer::for_elements(operand.len(), output_element).map_err(from_memory)?;
        // SAFETY: the buffer goes into the job beside its view.
        let output = unsafe { result.view(output_element) };
        let (input, copy) = if is_borrowed { (operand, None) } else { owned(&operand)? };
        Ok(Self { input, output, copy, result: Some(result), claim: None })
    }
}

/// A copy of a view's elements in memory of the library's own, made on every core.
fn owned(operand: &View) -> Result<(View, Option<Buffer>)> {
    let buffer = Buffer::for_elements(operand.len(), operand.element()).map_err(from_memory)?;
    // SAFETY: the buffer goes into the job beside its view.
    let room = unsafe { buffer.view(operand.element()) };
    // SAFETY: the operand is good until the binding returns to JavaScript; the buffer is new, so they do not overlap.
    unsafe { copy(module::pool()?, *operand, room) }.map_err(from_panic)?;
    Ok((room, Some(buffer)))
}
