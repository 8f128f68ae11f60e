/**
 * What reduces: the native pool, or plain JavaScript where there is no addon. Both give the same bits, because both follow one
 * tree of leaves and lanes (docs/numerics.md). What a mean, a variance or a norm is made of is the same for both, and not here.
 */
import type { ArrayView } from '../../memory/index.ts'
import type { HandedProgram } from '../../native/index.ts'
import type { BuiltInOperation, CheckedOperand } from '../operation.ts'

/** What is reduced: the elements of an array, or what an operation makes of its operands, which then reaches no memory. */
export interface Numbers {
  readonly length: number
  /** Undefined: the elements of the one operand, an array. */
  readonly operation: BuiltInOperation | undefined
  /** A compiled operation, in its place; for the addon alone. */
  readonly program: HandedProgram | undefined
  readonly operands: readonly CheckedOperand[]
}

/** The elements of an array. */
export function elementsOf(x: ArrayView): Numbers {
  return { length: x.length, operation: undefined, program: undefined, operands: [x] }
}

/** A sum, each addition rounded, and the sum of what those roundings lost: no number where `sum` is not finite. */
export interface TwoTerm {
  readonly sum: number
  readonly error: number
}

/** The sum of squared distances, and of the distances themselves. */
export interface Moments extends TwoTerm {
  readonly distances: number
}

/** An extreme element and the index of the first that is it; infinite and −1 where there is none. */
export interface Extreme {
  readonly value: number
  readonly index: number
}

/** `significand * 2 ** exponent`: the significand in [1, 2) in size, or zero, infinite or NaN, and then without exponent. */
export interface Product {
  readonly significand: number
  readonly exponent: number
}

/** What is counted; an engine may stop at the first for the last two. The numbers are those of the addon. */
export const counted = { true: 0, firstTrue: 1, firstFalse: 2 } as const
export type Counted = (typeof counted)[keyof typeof counted]

/** One way to reduce. Bigints are taken as the nearest doubles, but for the methods that say so. */
export interface ReducerEngine {
  sum(x: Numbers, compensated: boolean): TwoTerm
  /** Of distances `x[i] * scale - center`, where `scale` is a power of two. */
  squares(x: Numbers, center: number, scale: number): Moments
  /** Of two arrays of one length. */
  dot(x: Numbers, y: Numbers, compensated: boolean): TwoTerm
  /** Of all elements, or of the finite ones. */
  extreme(x: Numbers, largest: boolean, finiteOnly: boolean): Extreme
  product(x: Numbers): Product
  /** Exact, then rounded once. */
  exactSum(x: Numbers): number
  count(x: Numbers, what: Counted): number
  /** Adds to `counts`, which are 0, those of the bins between ascending edges, two at least. */
  histogram(x: Numbers, edges: Float64Array, counts: Float64Array): void
  /** The sum of bigints, whole. */
  bigintSum(x: ArrayView): bigint
  /** The product of bigints; only its low 64 bits mean something. */
  bigintProduct(x: ArrayView): bigint
  /** The sum of products of bigints; only its low 64 bits mean something. */
  bigintDot(x: ArrayView, y: ArrayView): bigint
  /** The first of the smallest or largest bigints; null without elements. */
  bigintExtreme(x: ArrayView, largest: boolean): { readonly value: bigint; readonly index: number } | null
}
