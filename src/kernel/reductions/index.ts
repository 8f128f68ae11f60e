/**
 * Reductions: one value from an array, on all cores, the same bits for any number of them and without the addon.
 *
 * Common to all: `x` is a typed array of any dtype; numbers are computed in float64. Nothing is written, and the call is
 * synchronous. Each throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` for wrong arguments and ArrayError
 * `ERR_DETACHED`, `ERR_RESIZABLE` for memory that cannot be read.
 */
import { noBigints } from '../../errors/index.ts'
import type { ArrayView, DTypeInfo, NumericArray } from '../../memory/index.ts'
import { histogramOf } from './histogram.ts'
import {
  readArray,
  readArrayAlone,
  readDdof,
  readHistogramOptions,
  readPair,
  readSumOptions,
  type SumManner,
} from './read-arguments.ts'
import { reducer } from './reducer.ts'
import { counted, elementsOf } from './reducer-engine.ts'
import { sequentialDot, sequentialSum } from './sequential.ts'
import { deviationOf, normOf, total, varianceOf } from './statistics.ts'
import { scaled } from './two-term.ts'
import type { ElementOf, Histogram, HistogramOptions, SumOptions, VarianceOptions } from './types.ts'

/** The low 64 bits as a value of the dtype. */
function wrapped(value: bigint, dtype: DTypeInfo): bigint {
  return dtype.name === 'int64' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)
}

function sumOf(x: ArrayView, { isSequential, compensated }: SumManner): number {
  if (isSequential) return sequentialSum(elementsOf(x))
  const terms = reducer.sum(elementsOf(x), compensated)
  return compensated ? total(terms) : terms.sum
}

/**
 * The sum of all elements, compensated: within an ulp of the exact sum where that is at least 1e-11 of the sum of sizes, and with
 * eleven digits at 1e-16 of it. Where the plain tree sum is not finite, that is the result.
 * @returns for bigints a bigint, modulo 2^64; 0 (never −0) without elements
 * @example sum(Float64Array.of(1e100, 1, -1e100)) // 1
 * @see Ogita, Rump and Oishi, "Accurate sum and dot product", 2005; docs/numerics.md
 */
export function sum<A extends NumericArray>(x: A, options?: SumOptions): ElementOf<A>
export function sum(x: NumericArray, options?: SumOptions): number | bigint {
  const manner = readSumOptions('sum', options)
  const view = readArray('sum', x)
  return view.dtype.isBigint ? wrapped(reducer.bigintSum(view), view.dtype) : sumOf(view, manner)
}

/**
 * The exact sum of all elements, rounded once, to nearest with ties to even: the order of elements does not matter, and no part
 * of the sum can overflow.
 * @returns for bigints a bigint, the whole sum, not modulo 2^64; 0 without elements
 */
export function sumExact<A extends NumericArray>(x: A): ElementOf<A>
export function sumExact(x: NumericArray, given?: unknown): number | bigint {
  const view = readArrayAlone('sumExact', x, given)
  return view.dtype.isBigint ? reducer.bigintSum(view) : reducer.exactSum(elementsOf(view))
}

/**
 * The arithmetic mean: `sum(x, options) / x.length`, infinite where the sum is.
 * @returns a number, for bigints too (of the nearest doubles); NaN without elements
 */
export function mean(x: NumericArray, options?: SumOptions): number {
  const manner = readSumOptions('mean', options)
  const view = readArray('mean', x)
  return sumOf(view, manner) / view.length
}

/**
 * The variance, Σ(x − mean)² / (n − ddof), in two passes: accurate also where the mean is large beside it.
 * @returns a number, for bigints too; NaN unless there are more than `ddof` elements, and where one is not finite
 */
export function variance(x: NumericArray, options?: VarianceOptions): number {
  const ddof = readDdof('variance', options)
  return varianceOf(reducer, elementsOf(readArray('variance', x)), ddof)
}

/** The standard deviation: the square root of the variance, also where the variance itself would overflow or underflow. */
export function std(x: NumericArray, options?: VarianceOptions): number {
  const ddof = readDdof('std', options)
  return deviationOf(reducer, elementsOf(readArray('std', x)), ddof)
}

/**
 * The smallest element, as Math.min has it: −0 is below 0, and a NaN wins.
 * @returns Infinity without elements
 * @throws ArrayError `ERR_INVALID_ARG_VALUE` for a bigint array without elements
 */
export function min<A extends NumericArray>(x: A): ElementOf<A>
export function min(x: NumericArray, given?: unknown): number | bigint {
  return extremeOf('min', x, given, false)
}

/** The largest element, as Math.max has it; −Infinity without elements. Otherwise as `min`. */
export function max<A extends NumericArray>(x: A): ElementOf<A>
export function max(x: NumericArray, given?: unknown): number | bigint {
  return extremeOf('max', x, given, true)
}

function extremeOf(name: string, x: NumericArray, given: unknown, largest: boolean): number | bigint {
  const view = readArrayAlone(name, x, given)
  if (!view.dtype.isBigint) return reducer.extreme(elementsOf(view), largest, false).value
  const extreme = reducer.bigintExtreme(view, largest)
  if (extreme === null) throw noBigints(`${name}()`)
  return extreme.value
}

/** The index of the first element that is `min(x)`: the first NaN if there is one, a −0 before a 0; −1 without elements. */
export function argMin(x: NumericArray): number
export function argMin(x: NumericArray, given?: unknown): number {
  return indexOf('argMin', x, given, false)
}

/** The index of the first element that is `max(x)`; −1 without elements. */
export function argMax(x: NumericArray): number
export function argMax(x: NumericArray, given?: unknown): number {
  return indexOf('argMax', x, given, true)
}

function indexOf(name: string, x: NumericArray, given: unknown, largest: boolean): number {
  const view = readArrayAlone(name, x, given)
  if (!view.dtype.isBigint) return reducer.extreme(elementsOf(view), largest, false).index
  return reducer.bigintExtreme(view, largest)?.index ?? -1
}

/**
 * The sum of products, Σ x[i] * y[i], compensated: rounding errors of products and sums are kept and added at the end.
 * @returns for bigints of one dtype a bigint, modulo 2^64; 0 without elements
 * @throws ArrayError `ERR_LENGTH_MISMATCH`; `ERR_DTYPE` for bigints beside numbers, and for int64 beside uint64
 */
export function dot<A extends NumericArray>(x: A, y: NumericArray, options?: SumOptions): ElementOf<A>
export function dot(x: NumericArray, y: NumericArray, options?: SumOptions): number | bigint {
  const { isSequential, compensated } = readSumOptions('dot', options)
  const [left, right] = readPair('dot', x, y)
  if (left.dtype.isBigint) return wrapped(reducer.bigintDot(left, right), left.dtype)
  if (isSequential) return sequentialDot(elementsOf(left), elementsOf(right))
  const terms = reducer.dot(elementsOf(left), elementsOf(right), compensated)
  return compensated ? total(terms) : terms.sum
}

/**
 * The Euclidean norm, the square root of Σ x[i]²: no square overflows or underflows, so it is finite wherever it is a double.
 * @returns a number, for bigints too; NaN if an element is NaN; 0 without elements
 */
export function norm(x: NumericArray): number
export function norm(x: NumericArray, given?: unknown): number {
  return normOf(reducer, elementsOf(readArrayAlone('norm', x, given)))
}

/**
 * The product of all elements: no intermediate product overflows or underflows.
 * @returns for bigints a bigint, modulo 2^64; 1 without elements
 * @example prod(Float64Array.of(1e300, 1e300, 1e-300, 1e-300)) // 1, or an ulp beside it
 */
export function prod<A extends NumericArray>(x: A): ElementOf<A>
export function prod(x: NumericArray, given?: unknown): number | bigint {
  const view = readArrayAlone('prod', x, given)
  if (view.dtype.isBigint) return wrapped(reducer.bigintProduct(view), view.dtype)
  const { significand, exponent } = reducer.product(elementsOf(view))
  return scaled(significand, exponent)
}

/** How many elements are true, as JavaScript takes them for booleans: neither 0, −0 nor NaN. */
export function count(x: NumericArray): number
export function count(x: NumericArray, given?: unknown): number {
  return reducer.count(elementsOf(readArrayAlone('count', x, given)), counted.true)
}

/** Whether an element is true; false without elements. */
export function any(x: NumericArray): boolean
export function any(x: NumericArray, given?: unknown): boolean {
  return reducer.count(elementsOf(readArrayAlone('any', x, given)), counted.firstTrue) > 0
}

/** Whether all elements are true; true without elements. */
export function all(x: NumericArray): boolean
export function all(x: NumericArray, given?: unknown): boolean {
  return reducer.count(elementsOf(readArrayAlone('all', x, given)), counted.firstFalse) === 0
}

/**
 * How many elements lie in each of `bins` bins of one width. NaN and what lies outside the range are not counted.
 * @param options `bins` (default 10); `range` (default: from the smallest to the largest finite element; [0, 1] without any,
 *   and half a unit to both sides of a single value)
 * @example histogram(Float64Array.of(0, 1, 2, 2), { bins: 2 }) // counts 1, 3; edges 0, 1, 2
 * @throws ArrayError `ERR_OUT_OF_MEMORY` when there are too many bins
 */
export function histogram(x: NumericArray, options?: HistogramOptions): Histogram {
  const manner = readHistogramOptions(options)
  return histogramOf(reducer, elementsOf(readArray('histogram', x)), manner)
}

export { reduceResults } from './fused.ts'
export type { ElementOf, Histogram, HistogramOptions, SumOptions, VarianceOptions } from './types.ts'
