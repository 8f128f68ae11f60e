/**
 * The kernels of the built-in functions. Each takes numbers, or typed arrays of any number dtype (not bigints), and single numbers
 * that stand for every element; computes in float64 and stores once. docs/numerics.md has accuracy and cost of each.
 */
import { elementWise } from '../element-wise.ts'
import type { Kernel } from '../types.ts'
import { functions } from './functions.ts'

/** `Math.abs(x)`. */
export const abs: Kernel<[number]> = elementWise(functions.abs)

/** `Math.acos(x)`: NaN outside [−1, 1]. */
export const acos: Kernel<[number]> = elementWise(functions.acos)

/** `Math.acosh(x)`: NaN below 1. */
export const acosh: Kernel<[number]> = elementWise(functions.acosh)

/** `Math.asin(x)`: NaN outside [−1, 1]. */
export const asin: Kernel<[number]> = elementWise(functions.asin)

/** `Math.asinh(x)`. */
export const asinh: Kernel<[number]> = elementWise(functions.asinh)

/** `Math.atan(x)`. */
export const atan: Kernel<[number]> = elementWise(functions.atan)

/** `Math.atan2(y, x)`: the angle of the point (x, y). */
export const atan2: Kernel<[number, number]> = elementWise(functions.atan2)

/** `Math.atanh(x)`: NaN outside [−1, 1]. */
export const atanh: Kernel<[number]> = elementWise(functions.atanh)

/** `a * x + y`, the product rounded, as JavaScript computes it. */
export const axpy: Kernel<[number, number, number]> = elementWise(functions.axpy)

/** `Math.cbrt(x)`. */
export const cbrt: Kernel<[number]> = elementWise(functions.cbrt)

/** `Math.ceil(x)`. */
export const ceil: Kernel<[number]> = elementWise(functions.ceil)

/** `Math.min(Math.max(x, low), high)`: NaN where one of them is. */
export const clamp: Kernel<[number, number, number]> = elementWise(functions.clamp)

/** `Math.cos(x)`, of radians. */
export const cos: Kernel<[number]> = elementWise(functions.cos)

/** `Math.cosh(x)`. */
export const cosh: Kernel<[number]> = elementWise(functions.cosh)

/** `Math.exp(x)`. */
export const exp: Kernel<[number]> = elementWise(functions.exp)

/** `Math.expm1(x)`: e^x − 1 without cancellation near 0. */
export const expm1: Kernel<[number]> = elementWise(functions.expm1)

/** `Math.floor(x)`. */
export const floor: Kernel<[number]> = elementWise(functions.floor)

/** `Math.hypot(x, y)`: without overflow; Infinity where either is infinite. */
export const hypot: Kernel<[number, number]> = elementWise(functions.hypot)

/** `Math.log(x)`: NaN below 0. */
export const log: Kernel<[number]> = elementWise(functions.log)

/** `Math.log10(x)`. */
export const log10: Kernel<[number]> = elementWise(functions.log10)

/** `Math.log1p(x)`: log (1 + x) without cancellation near 0. */
export const log1p: Kernel<[number]> = elementWise(functions.log1p)

/** `Math.log2(x)`. */
export const log2: Kernel<[number]> = elementWise(functions.log2)

/** `Math.max(x, y)`, element by element: NaN where either is, and 0 above −0. `max` reduces an array. */
export const maximum: Kernel<[number, number]> = elementWise(functions.maximum)

/** `Math.min(x, y)`, element by element: NaN where either is, and −0 below 0. `min` reduces an array. */
export const minimum: Kernel<[number, number]> = elementWise(functions.minimum)

/** `x % y`: exact, with the sign of x. */
export const mod: Kernel<[number, number]> = elementWise(functions.mod)

/** `-x`. */
export const neg: Kernel<[number]> = elementWise(functions.neg)

/** `Math.pow(x, y)`, which is `x ** y`. */
export const pow: Kernel<[number, number]> = elementWise(functions.pow)

/** `1 / x`. */
export const reciprocal: Kernel<[number]> = elementWise(functions.reciprocal)

/** `Math.round(x)`: halves go up, −0.5 to −0. */
export const round: Kernel<[number]> = elementWise(functions.round)

/** `Math.sign(x)`. */
export const sign: Kernel<[number]> = elementWise(functions.sign)

/** `Math.sin(x)`, of radians. */
export const sin: Kernel<[number]> = elementWise(functions.sin)

/** `Math.sinh(x)`. */
export const sinh: Kernel<[number]> = elementWise(functions.sinh)

/** `Math.sqrt(x)`, correctly rounded. */
export const sqrt: Kernel<[number]> = elementWise(functions.sqrt)

/** `Math.tan(x)`, of radians. */
export const tan: Kernel<[number]> = elementWise(functions.tan)

/** `Math.tanh(x)`. */
export const tanh: Kernel<[number]> = elementWise(functions.tanh)

/** `Math.trunc(x)`. */
export const trunc: Kernel<[number]> = elementWise(functions.trunc)

/** `condition ? x : y`: what is neither 0 nor NaN is true. */
export const where: Kernel<[number, number, number]> = elementWise(functions.where)
