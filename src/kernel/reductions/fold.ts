/**
 * The tree of leaves and lanes, in plain JavaScript: that of crates/kernel/src/reduce, bit for bit. 4096 elements by index are a
 * leaf; inside it element i belongs to lane i mod 16; lanes are folded in halves, leaves in a binary tree whose left branch has
 * the largest power of two of them.
 */
import type { ArrayView, NumericArray } from '../../memory/index.ts'
import { load } from '../loops.generated.ts'
import type { BuiltInOperation, CheckedOperand } from '../operation.ts'
import { doublesLoopOf } from '../plain-engine.ts'
import type { Numbers } from './reducer-engine.ts'

const LEAF = 4096
export const LANES = 16

/** Elements of a block: a divisor of a leaf. */
const BLOCK = 512

/** What is computed of the elements of a leaf, and how leaves are combined. */
export interface Reducer<P> {
  /** Takes the next `count` elements of the leaf; `start` is the index of the first, a multiple of the lanes. */
  absorb(block: Float64Array, count: number, start: number): void
  /** Ends the leaf. */
  take(): P
  merge(left: P, right: P): P
  /** True when further elements change nothing; undefined: each of them may. */
  readonly isDone: (() => boolean) | undefined
}

/** Writes elements from `start` on into a block of doubles. */
export type Loader = (start: number, block: Float64Array, count: number) => void

type LoadLoop = (x: NumericArray, start: number, block: Float64Array, count: number) => void

/** How to read numbers as doubles. */
export function loaderOf({ operation, operands }: Numbers): Loader {
  return operation === undefined ? arrayLoader(operands[0] as ArrayView) : resultLoader(operation, operands)
}

/** What an operation makes of its operands. */
function resultLoader(operation: BuiltInOperation, operands: readonly CheckedOperand[]): Loader {
  const blocks = operands.map((operand) =>
    new Float64Array(BLOCK).fill(typeof operand === 'object' ? 0 : Number(operand)),
  )
  const loaders = operands.map((operand) => (typeof operand === 'object' ? arrayLoader(operand) : undefined))
  const starts = operands.map(() => 0)
  const onDoubles = doublesLoopOf(operation)
  return (start, block, count) => {
    for (let n = 0; n < blocks.length; n++) loaders[n]?.(start, blocks[n] as Float64Array, count)
    onDoubles(count, block, 0, blocks, starts)
  }
}

/** The elements of an array; bigints are rounded to the nearest double. */
function arrayLoader({ array, dtype }: ArrayView): Loader {
  if (dtype.isBigint) {
    const bigints = array as BigInt64Array
    return (start, block, count) => {
      for (let i = 0; i < count; i++) block[i] = Number(bigints[start + i])
    }
  }
  const loop = load[dtype.name as keyof typeof load] as LoadLoop
  return (start, block, count) => loop(array, start, block, count)
}

/** Gives every element to `take`, in blocks from the first to the last, until it says that it has had enough. */
export function inBlocks(
  x: Numbers,
  take: (block: Float64Array, count: number, start: number) => boolean | void,
): void {
  const loadAt = loaderOf(x)
  const block = new Float64Array(Math.min(BLOCK, x.length))
  for (let start = 0; start < x.length; start += BLOCK) {
    const count = Math.min(BLOCK, x.length - start)
    loadAt(start, block, count)
    if (take(block, count, start) === true) return
  }
}

/** Reduces an array; undefined without elements. */
export function reduce<P>(x: Numbers, reducer: Reducer<P>): P | undefined {
  // Subtrees of a power of two of leaves, as the bits of the number of leaves say.
  const waiting: P[] = []
  let leaves = 0
  let isOpen = false
  function endLeaf(): void {
    isOpen = false
    let subtree = reducer.take()
    for (let bits = leaves; bits % 2 === 1; bits = (bits - 1) / 2) {
      subtree = reducer.merge(waiting.pop() as P, subtree)
    }
    waiting.push(subtree)
    leaves += 1
  }
  inBlocks(x, (block, count, start) => {
    reducer.absorb(block, count, start)
    isOpen = true
    if ((start + count) % LEAF === 0) endLeaf()
    return reducer.isDone?.()
  })
  if (isOpen) endLeaf()
  let whole = waiting.pop()
  while (waiting.length > 0) whole = reducer.merge(waiting.pop() as P, whole as P)
  return whole
}

/** Folds what `of` gives for each lane: lane i with lane i + 8, then + 4, + 2, + 1. */
export function foldLanes<P>(of: (lane: number) => P, merge: (left: P, right: P) => P): P {
  const lanes = Array.from({ length: LANES }, (_, lane) => of(lane))
  for (let half = LANES / 2; half >= 1; half /= 2) {
    for (let lane = 0; lane < half; lane++) lanes[lane] = merge(lanes[lane] as P, lanes[lane + half] as P)
  }
  return lanes[0] as P
}
