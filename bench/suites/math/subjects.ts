/** The functions that the math suite measures, with the loop that a caller would write and the range of their arguments. */
import * as corepool from 'corepool'
import type { Kernel } from 'corepool'

export interface Subject {
  readonly name: string
  readonly kernel: Kernel
  /** What the loop computes of `x`, and of `y` where there are two operands. */
  readonly expression: string
  readonly ranges: readonly Range[]
}

export type Range = readonly [from: number, to: number]

const wide: Range = [-4, 4]

function ofOne(kernel: Kernel<[number]>, range: Range = wide, expression = `Math.${kernel.name}(x)`): Subject {
  return { name: kernel.name, kernel: kernel as unknown as Kernel, expression, ranges: [range] }
}

function ofTwo(kernel: Kernel<[number, number]>, expression: string, x: Range = wide, y: Range = wide): Subject {
  return { name: kernel.name, kernel: kernel as unknown as Kernel, expression, ranges: [x, y] }
}

/** Those whose bars are the highest. */
export const exact: readonly Subject[] = [
  ofOne(corepool.sin, [-100, 100]),
  ofOne(corepool.cos, [-100, 100]),
  ofOne(corepool.exp),
  ofOne(corepool.log, [0, 10]),
]

export const power = ofTwo(corepool.pow, 'x ** y', [0, 10])

export const hypotenuse = ofTwo(corepool.hypot, 'Math.hypot(x, y)')

/** A whole expression, compiled. */
export const wholeExpression: Subject = {
  name: '3x² + sin x',
  kernel: corepool.kernel('3 * x * x + Math.sin(x)'),
  expression: '3 * x * x + Math.sin(x)',
  ranges: [[-100, 100]],
}

/** All others. */
export const others: readonly Subject[] = [
  ofOne(corepool.abs),
  ofOne(corepool.acos, [-1, 1]),
  ofOne(corepool.acosh, [1, 10]),
  ofOne(corepool.asin, [-1, 1]),
  ofOne(corepool.asinh),
  ofOne(corepool.atan),
  ofTwo(corepool.atan2, 'Math.atan2(x, y)'),
  ofOne(corepool.atanh, [-1, 1]),
  ofOne(corepool.cbrt),
  ofOne(corepool.ceil),
  ofOne(corepool.cosh),
  ofOne(corepool.expm1),
  ofOne(corepool.floor),
  ofOne(corepool.log10, [0, 10]),
  ofOne(corepool.log1p, [0, 10]),
  ofOne(corepool.log2, [0, 10]),
  ofTwo(corepool.maximum, 'Math.max(x, y)'),
  ofTwo(corepool.minimum, 'Math.min(x, y)'),
  ofTwo(corepool.mod, 'x % y', [-100, 100]),
  ofOne(corepool.neg, wide, '-x'),
  ofOne(corepool.reciprocal, [1, 10], '1 / x'),
  ofOne(corepool.round),
  ofOne(corepool.sign),
  ofOne(corepool.sinh),
  ofOne(corepool.sqrt, [0, 10]),
  ofOne(corepool.tan),
  ofOne(corepool.tanh),
  ofOne(corepool.trunc),
]
