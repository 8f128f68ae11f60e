//! Reductions: one synchronous call, one pass over an array on every core. The facade makes means, variances and norms of what
//! they give.

use corepool_kernel as kernel;
use corepool_kernel::{Counted, Integers, IntegersError, Numbers, ReduceError};
use corepool_memory::View;
use corepool_pool::Pool;
use napi::bindgen_prelude::{BigInt, Float64Array};
use napi_derive::napi;

use crate::array::{JsMemory, Place, whole};
use crate::code::{Code, Result, error, from_panic};
use crate::module;

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

/// An array as it is handed over: its memory, its place there, its length.
type HandedArray = (JsMemory, f64, f64);

/// The array as it is now.
///
/// # Safety
/// As for [`JsMemory::view`].
unsafe fn view((memory, place, length): HandedArray) -> Result<View> {
    let (place, length) = (Place::from_number(place)?, whole(length)?);
    // SAFETY: the caller's promise.
    unsafe { memory.view(place, length) }
}

/// The numbers of an array.
///
/// # Safety
/// As for [`JsMemory::view`].
unsafe fn numbers(array: HandedArray) -> Result<Numbers> {
    // SAFETY: the caller's promise.
    unsafe { view(array) }.map(Numbers::new)
}

/// The 64-bit integers of an array.
///
/// # Safety
/// As for [`JsMemory::view`].
unsafe fn integers(array: HandedArray) -> Result<Integers> {
    // SAFETY: the caller's promise.
    let view = unsafe { view(array) }?;
    Integers::new(view).map_err(|refused: IntegersError| error(Code::Dtype, refused))
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

/// Runs a reduction of the numbers of one array.
///
/// # Safety
/// `array` must be an argument of the call that is being made, and `reduce` must run no JavaScript.
unsafe fn of_numbers<R>(
    array: HandedArray,
    reduce: impl FnOnce(&Numbers, &Pool) -> core::result::Result<R, ReduceError>,
) -> Result<R> {
    // SAFETY: no JavaScript runs on this thread before this function returns, and the numbers do not outlive it.
    let numbers = unsafe { numbers(array) }?;
    reduce(&numbers, module::pool()?).map_err(from_reduce)
}

// SAFETY (every function below): arrays are arguments of the call; nothing runs JavaScript before it returns; what is read of
// them is gone by then.

/// The sum; `compensated` asks for what its roundings lost.
#[napi(catch_unwind)]
pub fn reduce_sum(memory: JsMemory, place: f64, length: f64, compensated: bool) -> Result<TwoTerm> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.sum(pool, compensated) };
    // SAFETY: see above.
    let kernel::TwoTerm { sum, error } = unsafe { of_numbers((memory, place, length), reduce) }?;
    Ok(TwoTerm { sum, error })
}

/// What the distances x * scale − center come to.
#[napi(catch_unwind)]
pub fn reduce_squares(memory: JsMemory, place: f64, length: f64, center: f64, scale: f64) -> Result<Moments> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.squares(pool, center, scale) };
    // SAFETY: see above.
    let kernel::Moments { squares, distances } = unsafe { of_numbers((memory, place, length), reduce) }?;
    Ok(Moments { sum: squares.sum, error: squares.error, distances })
}

/// The sum of products of two arrays.
#[napi(catch_unwind)]
pub fn reduce_dot(
    x: JsMemory,
    x_place: f64,
    x_length: f64,
    y: JsMemory,
    y_place: f64,
    y_length: f64,
    compensated: bool,
) -> Result<TwoTerm> {
    // SAFETY: see above.
    let other = unsafe { numbers((y, y_place, y_length)) }?;
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.dot(pool, &other, compensated) };
    // SAFETY: see above.
    let kernel::TwoTerm { sum, error } = unsafe { of_numbers((x, x_place, x_length), reduce) }?;
    Ok(TwoTerm { sum, error })
}

/// The smallest or largest element, of all or of the finite ones.
#[napi(catch_unwind)]
pub fn reduce_extreme(memory: JsMemory, place: f64, length: f64, largest: bool, finite_only: bool) -> Result<Extreme> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.extreme(pool, largest, finite_only) };
    // SAFETY: see above.
    let kernel::Extreme { value, index } = unsafe { of_numbers((memory, place, length), reduce) }?;
    Ok(Extreme { value, index: index_of(index) })
}

/// The product.
#[napi(catch_unwind)]
pub fn reduce_product(memory: JsMemory, place: f64, length: f64) -> Result<Product> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.product(pool) };
    // SAFETY: see above.
    let kernel::Product { significand, exponent } = unsafe { of_numbers((memory, place, length), reduce) }?;
    Ok(Product { significand, exponent: exponent as f64 })
}

/// The exact sum, rounded once.
#[napi(catch_unwind)]
pub fn reduce_exact_sum(memory: JsMemory, place: f64, length: f64) -> Result<f64> {
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.exact_sum(pool) };
    // SAFETY: see above.
    unsafe { of_numbers((memory, place, length), reduce) }
}

/// How many elements are true, or not.
#[napi(catch_unwind)]
pub fn reduce_count(memory: JsMemory, place: f64, length: f64, counted: u32) -> Result<f64> {
    let counted = counted_of(counted)?;
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.count(pool, counted) };
    // SAFETY: see above.
    Ok(unsafe { of_numbers((memory, place, length), reduce) }? as f64)
}

/// How many elements lie between each edge and the next, the last edge included.
#[napi(catch_unwind)]
pub fn reduce_histogram(memory: JsMemory, place: f64, length: f64, edges: Float64Array) -> Result<Float64Array> {
    if edges.len() < 2 {
        return Err(error(Code::InvalidArgValue, "a histogram has two edges at least"));
    }
    let edges = edges.to_vec();
    // SAFETY: see above.
    let reduce = |numbers: &Numbers, pool: &Pool| unsafe { numbers.histogram(pool, &edges) };
    // SAFETY: see above.
    let counts = unsafe { of_numbers((memory, place, length), reduce) }?;
    Ok(Float64Array::new(counts.into_iter().map(|count| count as f64).collect()))
}

/// The sum of 64-bit integers, whole.
#[napi(catch_unwind)]
pub fn reduce_bigint_sum(memory: JsMemory, place: f64, length: f64) -> Result<BigInt> {
    // SAFETY: see above.
    let integers = unsafe { integers((memory, place, length)) }?;
    // SAFETY: see above.
    unsafe { integers.sum(module::pool()?) }.map(BigInt::from).map_err(from_reduce)
}

/// The product of 64-bit integers modulo 2^64.
#[napi(catch_unwind)]
pub fn reduce_bigint_product(memory: JsMemory, place: f64, length: f64) -> Result<BigInt> {
    // SAFETY: see above.
    let integers = unsafe { integers((memory, place, length)) }?;
    // SAFETY: see above.
    unsafe { integers.product(module::pool()?) }.map(BigInt::from).map_err(from_reduce)
}

/// The sum of products of 64-bit integers modulo 2^64.
#[napi(catch_unwind)]
pub fn reduce_bigint_dot(
    x: JsMemory,
    x_place: f64,
    x_length: f64,
    y: JsMemory,
    y_place: f64,
    y_length: f64,
) -> Result<BigInt> {
    // SAFETY: see above.
    let x = unsafe { integers((x, x_place, x_length)) }?;
    // SAFETY: see above.
    let y = unsafe { integers((y, y_place, y_length)) }?;
    // SAFETY: see above.
    unsafe { x.dot(module::pool()?, &y) }.map(BigInt::from).map_err(from_reduce)
}

/// The smallest or largest of 64-bit integers; null without elements.
#[napi(catch_unwind)]
pub fn reduce_bigint_extreme(
    memory: JsMemory,
    place: f64,
    length: f64,
    largest: bool,
) -> Result<Option<BigintExtreme>> {
    // SAFETY: see above.
    let integers = unsafe { integers((memory, place, length)) }?;
    // SAFETY: see above.
    let found = unsafe { integers.extreme(module::pool()?, largest) }.map_err(from_reduce)?;
    Ok(found.map(|(value, index)| BigintExtreme { value: value.into(), index: index as f64 }))
}
