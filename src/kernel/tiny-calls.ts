/**
 * Calls on a few elements, which a loop in JavaScript has done before a call of the addon would begin: of arrays of one dtype, the
 * output too, each in memory of its own or all the same array. Nothing is described and nothing is refused here; any other call is
 * left to the general way, to which it is new, because nothing here runs code of the caller's.
 */
import { dtypeOf, lengthOf, ownMemoryOf, type DTypeInfo, type NumericArray } from '../memory/index.ts'
import type { SyncOptions } from './call.ts'
import type { BuiltInOperation } from './operation.ts'
import { directLoopsOf, type DirectLoop } from './plain-engine.ts'

/**
 * Up to this many elements the loop is done before a call of the addon would be: 185 on Node 20, 450 on Node 26, for square, cube and
 * add alike.
 */
const TINY = 200

/** The calls of one operation. */
export class TinyCalls {
  readonly #operation: BuiltInOperation
  /** By the code of a dtype; undefined before the first call. */
  #loops: readonly (DirectLoop | undefined)[] | undefined

  constructor(operation: BuiltInOperation) {
    this.#operation = operation
  }

  /** The result of a call of one operand; undefined when it is no call for this way, and nothing was done. */
  ofOne(x: unknown, { out, dtype }: SyncOptions): NumericArray | undefined {
    const shape = dtype === undefined ? dtypeOf(x) : undefined
    if (shape === undefined) return undefined
    const length = lengthOf(x)
    if (length === 0 || length > TINY) return undefined
    const loop = this.#loopOf(shape)
    if (loop === undefined) return undefined
    const memory = ownMemoryOf(x, shape, length)
    if (memory === undefined) return undefined
    const output = out === undefined ? shape.create(length) : out
    if (out !== undefined && out !== x) {
      const target = ownMemoryOf(out, shape, length)
      if (target === undefined || target === memory) return undefined
    }
    loop(0, length, output as NumericArray, x as NumericArray)
    return output as NumericArray
  }

  /** The result of a call of two operands, in the same way. */
  ofTwo(x: unknown, y: unknown, { out, dtype }: SyncOptions): NumericArray | undefined {
    const shape = dtype === undefined ? dtypeOf(x) : undefined
    if (shape === undefined) return undefined
    const length = lengthOf(x)
    if (length === 0 || length > TINY) return undefined
    const loop = this.#loopOf(shape)
    if (loop === undefined) return undefined
    const left = ownMemoryOf(x, shape, length)
    const right = ownMemoryOf(y, shape, length)
    if (left === undefined || right === undefined) return undefined
    const output = out === undefined ? shape.create(length) : out
    if (out !== undefined) {
      const target = ownMemoryOf(out, shape, length)
      if (target === undefined || (target === left && out !== x) || (target === right && out !== y)) return undefined
    }
    loop(0, length, output as NumericArray, x as NumericArray, y as NumericArray)
    return output as NumericArray
  }

  #loopOf({ code }: DTypeInfo): DirectLoop | undefined {
    return (this.#loops ??= directLoopsOf(this.#operation))[code]
  }
}
