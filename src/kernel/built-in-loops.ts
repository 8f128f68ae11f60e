/** What plain JavaScript runs for the built-in operations: loops of their own for arithmetic, those of kernel programs for the rest. */
import type { DType, NumericArray } from '../memory/index.ts'
import { direct, load, onDoubles, store } from './loops.generated.ts'
import type { BuiltInOperation } from './operation.ts'
import { numberLoops } from './program/index.ts'

/** Elements of a block: 4 KiB. */
const BLOCK = 512

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

export interface Loops {
  /** By dtype; where there is none the pass goes through float64. Bigints cannot: an operation that takes them has both. */
  readonly direct: { readonly [dtype in DType]?: DirectLoop }
  readonly onDoubles: DoublesLoop
}

type Step = (out: Float64Array, a: Float64Array, b: Float64Array, c: Float64Array, count: number) => void

const ones = new Float64Array(BLOCK).fill(1)

/** Of functions that are no operation of programs. */
const steps: Readonly<Record<string, Step>> = {
  reciprocal: (out, a, _b, c, count) => numberLoops.divide(out, ones, a, c, count),
  clamp(out, a, b, c, count) {
    numberLoops.maximum(out, a, b, c, count)
    numberLoops.minimum(out, out, c, c, count)
  },
  axpy(out, a, b, c, count) {
    numberLoops.multiply(out, a, b, c, count)
    numberLoops.add(out, out, c, c, count)
  },
  where: (out, a, b, c, count) => numberLoops.select(out, a, b, c, count),
}

/** Operands and result of a step: one set for all, since a step runs to its end. */
const blocks = [new Float64Array(BLOCK), new Float64Array(BLOCK), new Float64Array(BLOCK)] as const
const result = new Float64Array(BLOCK)

/**
 * A loop over blocks of the engine's own: the loops of programs begin at the first element of an array, and the copy is nothing
 * beside the function.
 */
function throughBlocks(arity: number, step: Step): DoublesLoop {
  const [a, b, c] = blocks
  return (count, output, at, operands, starts) => {
    for (let n = 0; n < arity; n++) {
      load.float64(operands[n] as Float64Array, starts[n] as number, blocks[n] as Float64Array, count)
    }
    step(result, a, b, c, count)
    store.float64(result, output, at, count)
  }
}

const made = new Map<BuiltInOperation, Loops>()

/** The loops of an operation. */
export function loopsOf(operation: BuiltInOperation): Loops {
  let loops = made.get(operation)
  if (loops === undefined) made.set(operation, (loops = makeLoops(operation)))
  return loops
}

function makeLoops({ name, arity, op }: BuiltInOperation): Loops {
  if (Object.hasOwn(direct, name)) {
    const own = name as keyof typeof direct
    return { direct: { __proto__: null, ...direct[own] } as object, onDoubles: onDoubles[own] }
  }
  const step = op === undefined ? steps[name] : numberLoops[op as keyof typeof numberLoops]
  return { direct: { __proto__: null } as object, onDoubles: throughBlocks(arity, step as Step) }
}
