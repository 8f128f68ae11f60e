//! Reductions: one synchronous call, one pass over an array on every core. The facade makes means, variances and norms of what
//! they give.

use corepool_kernel as kernel;
use corepool_kernel::{Counted, Evaluation, Integers, IntegersError, Numbers, Operand, ReduceError};
use corepool_memory::View;
use corepool_pool::Pool;
use napi::bindgen_prelude::{BigInt, Float64Array, FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Env, Status, ValueType, sys};
use napi_derive::napi;

use crate::call::code;
use crate::code::{Code, Result, error, from_panic, from_run};
use crate::elementwise::operation_of;
use crate::module;
use crate::operands::{JsOperand, Values, kind_of, length};
use crate::program::{program_of, scalars_of, tables_of};

/// A sum, and what its roundings lost.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct TwoTerm {
    /// Each addition rounded.
    pub sum: f64,
    /// To be added; no number where `sum` is not finite.
    pub error: f64,
}

/// What distances from a number come to.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Moments {
    /// The sum of their squares.
    pub sum: f64,
    /// What its roundings lost.
    pub error: f64,
    /// The sum of the distances.
    pub distances: f64,
}

/// An extreme element.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Extreme {
    /// Its value; infinite without elements.
    pub value: f64,
    /// Index of the first that is it; −1 without elements.
    pub index: f64,
}

/// An extreme 64-bit integer.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct BigintExtreme {
    /// Its value.
    pub value: BigInt,
    /// Index of the first that is it.
    pub index: f64,
}

/// A product as significand and exponent.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Product {
    /// In [1, 2) in size, or zero, infinite or NaN.
    pub significand: f64,
    /// A power of two.
    pub exponent: f64,
}

/// What is reduced, as it is handed over, none of it looked at: an operation's code, a program, or null for the elements of an
/// array; the length; then operands, each with its place.
#[derive(Debug)]
pub struct HandedNumbers {
    values: Values,
    /// A program's number, its scalars, and its bound arrays: value, place and length of each.
    program: Option<Values>,
}

impl TypeName for HandedNumbers {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for HandedNumbers {}

impl FromNapiValue for HandedNumbers {
    unsafe fn from_napi_value(env: sys::napi_env, list: sys::napi_value) -> napi::Result<Self> {
        // SAFETY: `env` and `list` are those of the call that is being made.
        let values = unsafe { Values::of_list(env, list) };
        let expected = || napi::Error::new(Status::ArrayExpected, "a list of numbers to be reduced is expected");
        let values = values.ok_or_else(expected)?;
        // SAFETY: as above. A list in the list is read here too, before anything of an array is: reading it may run JavaScript.
        let program = values.0.first().and_then(|first| unsafe { Values::of_list(env, *first) });
        Ok(Self { values, program })
    }
}

impl HandedNumbers {
    /// The operation's value, the operands and their length.
    ///
    /// # Safety
    /// The list must be an argument of the call that is being made, in `env`. What it gives is good until JavaScript runs again on
    /// this thread.
    unsafe fn read(&self, env: &Env) -> Result<(sys::napi_value, Vec<Operand>, usize)> {
        let [operation, len, operands @ ..] = self.values.0.as_slice() else {
            return Err(error(Code::InvalidArgValue, "a reduction has an operation or null, a length, and operands"));
        };
        // SAFETY: the caller's promise.
        let len = unsafe { length(env.raw(), *len) }?;
        let operand = |[value, place]: &[sys::napi_value; 2]| {
            // SAFETY: as above.
            let operand = unsafe { JsOperand::read(env.raw(), *value, *place) }?;
            // SAFETY: as above.
            unsafe { operand.marked_operand(len) }
        };
        let (pairs, _) = operands.as_chunks::<2>();
        Ok((*operation, pairs.iter().map(operand).collect::<Result<_>>()?, len))
    }

    /// The numbers.
    ///
    /// # Safety
    /// As for [`HandedNumbers::read`].
    unsafe fn numbers(&self, env: &Env) -> Result<Numbers> {
        // SAFETY: the caller's promise.
        let (operation, operands, len) = unsafe { self.read(env) }?;
        if let Some(program) = &self.program {
            // SAFETY: as above.
            let evaluation = unsafe { evaluation(env, program, &operands) }?;
            return Numbers::of_program(evaluation).map_err(from_reduce);
        }
        // SAFETY: as above.
        if unsafe { kind_of(env.raw(), operation) } == sys::ValueType::napi_null {
            return array_of(&operands).map(Numbers::new);
        }
        // SAFETY: as above.
        let operation = operation_of(unsafe { code(env.raw(), operation) })?;
        Numbers::of_operation(operation, &operands, len).map_err(from_reduce)
    }

    /// The 64-bit integers of one array.
    ///
    /// # Safety
    /// As for [`HandedNumbers::read`].
    unsafe fn integers(&self, env: &Env) -> Result<Integers> {
        // SAFETY: the caller's promise.
        let (_, operands, _) = unsafe { self.read(env) }?;
        Integers::new(array_of(&operands)?).map_err(|refused: IntegersError| error(Code::Dtype, refused))
    }
}

/// A program over these operands; `handed` is as [`HandedNumbers`] has it.
///
/// # Safety
/// As for [`HandedNumbers::read`].
unsafe fn evaluation(env: &Env, handed: &Values, operands: &[Operand]) -> Result<Evaluation> {
    let [handle, scalars, tables @ ..] = handed.0.as_slice() else {
        return Err(error(Code::InvalidArgValue, "a program has a number, scalars and bound arrays"));
    };
    // SAFETY: the caller's promise.
    let program = program_of(unsafe { code(env.raw(), *handle) })?;
    // SAFETY: as above.
    let scalars = unsafe { scalars_of(env.raw(), *scalars) }?;
    // SAFETY: as above.
    let tables = unsafe { tables_of(env.raw(), tables) }?;
    Evaluation::new(&program, operands, &scalars, &tables).map_err(from_run)
}

/// The one operand, which is an array.
fn array_of(operands: &[Operand]) -> Result<View> {
    match operands {
        [Operand::Array(view)] => Ok(*view),
        _ => Err(error(Code::InvalidArgValue, "one array is expected")),
    }
}

fn from_reduce(failed: ReduceError) -> napi::Error<Code> {
    match failed {
        ReduceError::LengthMismatch { .. } => error(Code::LengthMismatch, failed),
        ReduceError::Operands => error(Code::InvalidArgValue, failed),
        ReduceError::OutOfMemory => error(Code::OutOfMemory, failed),
        ReduceError::Panicked(panicked) => from_panic(panicked),
    }
}

fn counted_of(code: u32) -> Result<Counted> {
    match code {
        0 => Ok(Counted::True),
        1 => Ok(Counted::FirstTrue),
        2 => Ok(Counted::FirstFalse),
        _ => Err(error(Code::InvalidArgValue, format!("nothing to be counted has the code {code}"))),
    }
}

fn index_of(index: Option<usize>) -> f64 {
    index.map_or(-1.0, |index| index as f64)
}

/// Runs a reduction.
///
/// # Safety
/// `x` must be an argument of the call that is being made, in `env`, and `reduce` must run no JavaScript.
unsafe fn of_numbers<R>(
    env: &Env,
    x: &HandedNumbers,
    reduce: impl FnOnce(&Numbers, &Pool) -> core::result::Result<R, ReduceError>,
) -> Result<R> {
    // SAFETY: no JavaScript runs on this thread before this function returns, and the numbers do not outlive it.
    let numbers = unsafe { x.numbers(env) }?;
    reduce(&numbers, module::pool()?).map_err(from_reduce)
}

// SAFETY (every function below): arrays are arguments of the call; nothing runs JavaScript before it returns; what is read of
// them is gone by then.

/// The sum; `compensated` asks for what its roundings lost.
#[napi(catch_unwind)]
pub fn reduce_sum(env: &Env, x: HandedNumbers, compensated: bool) -> Result<TwoTerm> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.sum(pool, compensated) };
    // SAFETY: see above.
    let kernel::TwoTerm { sum, error } = unsafe { of_numbers(env, &x, reduce) }?;
    Ok(TwoTerm { sum, error })
}

/// What the distances x * scale − center come to.
#[napi(catch_unwind)]
pub fn reduce_squares(env: &Env, x: HandedNumbers, center: f64, scale: f64) -> Result<Moments> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.squares(pool, center, scale) };
    // SAFETY: see above.
    let kernel::Moments { squares, distances } = unsafe { of_numbers(env, &x, reduce) }?;
    Ok(Moments { sum: squares.sum, error: squares.error, distances })
}

/// The sum of products of two arrays.
#[napi(catch_unwind)]
pub fn reduce_dot(env: &Env, x: HandedNumbers, y: HandedNumbers, compensated: bool) -> Result<TwoTerm> {
    // SAFETY: see above.
    let other = unsafe { y.numbers(env) }?;
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.dot(pool, &other, compensated) };
    // SAFETY: see above.
    let kernel::TwoTerm { sum, error } = unsafe { of_numbers(env, &x, reduce) }?;
    Ok(TwoTerm { sum, error })
}

/// The smallest or largest element, of all or of the finite ones.
#[napi(catch_unwind)]
pub fn reduce_extreme(env: &Env, x: HandedNumbers, largest: bool, finite_only: bool) -> Result<Extreme> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.extreme(pool, largest, finite_only) };
    // SAFETY: see above.
    let kernel::Extreme { value, index } = unsafe { of_numbers(env, &x, reduce) }?;
    Ok(Extreme { value, index: index_of(index) })
}

/// The product.
#[napi(catch_unwind)]
pub fn reduce_product(env: &Env, x: HandedNumbers) -> Result<Product> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.product(pool) };
    // SAFETY: see above.
    let kernel::Product { significand, exponent } = unsafe { of_numbers(env, &x, reduce) }?;
    Ok(Product { significand, exponent: exponent as f64 })
}

/// The exact sum, rounded once.
#[napi(catch_unwind)]
pub fn reduce_exact_sum(env: &Env, x: HandedNumbers) -> Result<f64> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.exact_sum(pool) };
    // SAFETY: see above.
    unsafe { of_numbers(env, &x, reduce) }
}

/// How many elements are true, or not.
#[napi(catch_unwind)]
pub fn reduce_count(env: &Env, x: HandedNumbers, counted: u32) -> Result<f64> {
    let counted = counted_of(counted)?;
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.count(pool, counted) };
    // SAFETY: see above.
    Ok(unsafe { of_numbers(env, &x, reduce) }? as f64)
}

/// Writes to `counts` how many elements lie between each edge and the next, the last edge included. `counts` is an array of the
/// facade's own, in memory of V8's, and the edges are: nobody else has either.
#[napi(catch_unwind)]
pub fn reduce_histogram(env: &Env, x: HandedNumbers, edges: Float64Array, mut counts: Float64Array) -> Result<()> {
    if edges.len() < 2 || counts.len() != edges.len() - 1 {
        return Err(error(
            Code::InvalidArgValue,
            "a histogram has two edges at least, and a count for each but the last",
        ));
    }
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.histogram(pool, &edges) };
    // SAFETY: see above.
    let counted = unsafe { of_numbers(env, &x, reduce) }?;
    // SAFETY: see above; nobody reads or writes it meanwhile.
    for (count, counted) in unsafe { counts.as_mut() }.iter_mut().zip(counted) {
        *count = counted as f64;
    }
    Ok(())
}

/// The sum of 64-bit integers, whole.
#[napi(catch_unwind)]
pub fn reduce_bigint_sum(env: &Env, x: HandedNumbers) -> Result<BigInt> {
    // SAFETY: see above.
    let integers = unsafe { x.integers(env) }?;
    // SAFETY: see above.
    unsafe { integers.sum(module::pool()?) }.map(BigInt::from).map_err(from_reduce)
}

/// The product of 64-bit integers modulo 2^64.
#[napi(catch_unwind)]
pub fn reduce_bigint_product(env: &Env, x: HandedNumbers) -> Result<BigInt> {
    // SAFETY: see above.
    let integers = unsafe { x.integers(env) }?;
    // SAFETY: see above.
    unsafe { integers.product(module::pool()?) }.map(BigInt::from).map_err(from_reduce)
}

/// The sum of products of 64-bit integers modulo 2^64.
#[napi(catch_unwind)]
pub fn reduce_bigint_dot(env: &Env, x: HandedNumbers, y: HandedNumbers) -> Result<BigInt> {
    // SAFETY: see above.
    let x = unsafe { x.integers(env) }?;
    // SAFETY: see above.
    let y = unsafe { y.integers(env) }?;
    // SAFETY: see above.
    unsafe { x.dot(module::pool()?, &y) }.map(BigInt::from).map_err(from_reduce)
}

/// The smallest or largest of 64-bit integers; null without elements.
#[napi(catch_unwind)]
pub fn reduce_bigint_extreme(env: &Env, x: HandedNumbers, largest: bool) -> Result<Option<BigintExtreme>> {
    // SAFETY: see above.
    let integers = unsafe { x.integers(env) }?;
    // SAFETY: see above.
    let found = unsafe { integers.extreme(module::pool()?, largest) }.map_err(from_reduce)?;
    Ok(found.map(|(value, index)| BigintExtreme { value: value.into(), index: index as f64 }))
}
