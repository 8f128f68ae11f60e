/** The one entry of the layer that computes: the built-in kernels, and how other layers start one. */
import { engine, elementWise } from './element-wise.ts'
import { cubeOperation, squareOperation } from './operation.ts'
import type { Kernel } from './types.ts'

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

/** False: there is no native addon here, and plain JavaScript computes the same values. */
export const isNative: boolean = engine.name === 'native'

export { isKernel } from './element-wise.ts'
export { runKernel } from './run-kernel.ts'
export type { AsyncOptions, Kernel, Operand } from './types.ts'
