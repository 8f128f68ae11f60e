/**
 * What a kernel computes, as both engines take it: a number by which the addon knows it, and loops for plain JavaScript. The
 * built-in operations are here.
 */
import type { DType, NumericArray } from '../memory/index.ts'
import { direct, onDoubles } from './loops.generated.ts'

/** Elements `start` to `end` of the output, from those of each operand: arrays of one dtype, or, for bigints, of either. */
export type DirectLoop = (start: number, end: number, output: NumericArray, ...operands: NumericArray[]) => void

/**
 * `count` results in float64, from index `at` of the output on; those of operand n from index `starts[n]` of it on. The output may
 * be an operand, at the same index.
 */
export type DoublesLoop = (
  count: number,
  output: Float64Array,
  at: number,
  operands: readonly Float64Array[],
  starts: readonly number[],
) => void

/** What plain JavaScript runs. */
export interface Loops {
  /** By dtype; where there is none the pass goes through float64. Bigints cannot: an operation that takes them has both. */
  readonly direct: { readonly [dtype in DType]?: DirectLoop }
  readonly onDoubles: DoublesLoop
}

/** One operation. */
export interface Operation {
  /** Names the kernel. */
  readonly name: string
  /** Number of operands. */
  readonly arity: number
  /** The plain function: what it gives for single numbers. */
  readonly onNumbers: (...numbers: number[]) => number
  readonly takesBigints: boolean
  /** The number by which the addon knows what to run. */
  readonly code: number
  readonly loops: Loops
}

function builtIn(
  name: keyof typeof direct,
  code: number,
  onNumbers: (...numbers: number[]) => number,
  takesBigints = true,
): Operation {
  const loops = { direct: direct[name] as Loops['direct'], onDoubles: onDoubles[name] }
  return { name, arity: onNumbers.length, onNumbers, takesBigints, code, loops }
}

// The codes are those of the Rust side's `Operation`.

/** `v * v` */
export const squareOperation = builtIn('square', 0, (v: number) => v * v)

/** `v * v * v`, from left to right: `v ** 3` rounds differently for a quarter of all numbers. */
export const cubeOperation = builtIn('cube', 1, (v: number) => v * v * v)

/** `a + b` */
export const addOperation = builtIn('add', 2, (a: number, b: number) => a + b)

/** `a - b` */
export const subOperation = builtIn('sub', 3, (a: number, b: number) => a - b)

/** `a * b` */
export const mulOperation = builtIn('mul', 4, (a: number, b: number) => a * b)

/** `a / b`; not of bigints, whose quotient by 0n is an error of JavaScript. */
export const divOperation = builtIn('div', 5, (a: number, b: number) => a / b, false)
