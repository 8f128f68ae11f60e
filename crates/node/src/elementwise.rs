//! The synchronous element-wise call.

use corepool_kernel::{Elementwise, Operation};
use corepool_memory::Claim;
use napi_derive::napi;

use crate::array::{JsArray, element_of};
use crate::code::{Code, Result, error, from_claim, from_elementwise, from_panic};
use crate::module;

/// The operation with this code.
pub(crate) fn operation_of(code: u32) -> Result<Operation> {
    Operation::from_code(code).ok_or_else(|| error(Code::InvalidArgValue, format!("no operation has the code {code}")))
}

/// `output[i] = operation(input[i])`, one pass on every core; returns when all chunks are done.
#[napi(catch_unwind)]
pub fn elementwise(operation: u32, input: JsArray, input_code: u32, output: JsArray, output_code: u32) -> Result<()> {
    let operation = operation_of(operation)?;
    let (input_element, output_element) = (element_of(input_code)?, element_of(output_code)?);
    // SAFETY: no JavaScript runs on this thread before this function returns, and the view does not outlive it.
    let input = unsafe { input.view(input_element) }?;
    let output_is_plain = output.is_plain;
    // SAFETY: as above.
    let output = unsafe { output.view(output_element) }?;
    let work = Elementwise::new(operation, input, output).map_err(from_elementwise)?;
    let pool = module::pool()?;
    // Only shared memory can be written by somebody else meanwhile.
    let _claim = if output_is_plain { None } else { Some(Claim::new(&output).map_err(from_claim)?) };
    // SAFETY: both views are good until this returns, as said above; of all that is not shared memory only this thread could
    // write meanwhile, and it is here.
    unsafe { work.run(pool) }.map_err(from_panic)
}
