/** The one entry of the layer that computes: the built-in kernels, and how other layers start one. */
import { engine, elementWise } from './element-wise.ts'
import { addOperation, cubeOperation, divOperation, mulOperation, squareOperation, subOperation } from './operation.ts'
import type { Kernel } from './types.ts'

export { kernel, kernelOfFunction } from './compile-kernel.ts'

/**
 * `v * v` of a number, or of each element of a typed array.
 * @example square(12) // 144
 * @example square(Int16Array.of(200)) // Int16Array [ -25536 ]: stores wrap, as in xs.map(v => v * v)
 */
export const square: Kernel<[number]> = elementWise(squareOperation)

/**
 * `v * v * v` of a number, or of each element of a typed array; not `v ** 3`, which rounds differently.
 * @example cube(3) // 27
 */
export const cube: Kernel<[number]> = elementWise(cubeOperation)

/**
 * `a + b`: numbers, or arrays of one length, or an array and a number for each of its elements.
 * @example add(Float64Array.of(1, 2), 0.5) // Float64Array [ 1.5, 2.5 ]
 * @example add(bigints, 1n) // beside an int64 or uint64 array a single value is a bigint
 */
export const add: Kernel<[number, number]> = elementWise(addOperation)

/** `a - b`, operands as for `add`. */
export const sub: Kernel<[number, number]> = elementWise(subOperation)

/**
 * `a * b`, operands as for `add`.
 * @example mul(Int16Array.of(3), Float64Array.of(0.5), { dtype: 'float64' }) // two dtypes: the result's must be said
 */
export const mul: Kernel<[number, number]> = elementWise(mulOperation)

/**
 * `a / b`, operands as for `add`; numbers only, since 1n / 0n is an error.
 * @throws ArrayError `ERR_DTYPE` for bigint arrays, besides what every kernel throws
 */
export const div: Kernel<[number, number]> = elementWise(divOperation)

/** False: there is no native addon here, and plain JavaScript computes the same values. */
export const isNative: boolean = engine.name === 'native'

export { isNumericArray } from '../memory/index.ts'
export * from './math/kernels.ts'
export { isKernel } from './element-wise.ts'
export { checkKind } from './kinds.ts'
export {
  all,
  any,
  argMax,
  argMin,
  count,
  dot,
  histogram,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  sumExact,
  variance,
  type ElementOf,
  type Histogram,
  type HistogramOptions,
  type SumOptions,
  type VarianceOptions,
} from './reductions/index.ts'
export { runKernel } from './run-kernel.ts'
export type { AsyncOptions, Kernel, KernelInfo, KernelOptions, Operand } from './types.ts'
