/**
 * The `transfer` option of asynchronous calls: arrays whose memory is moved into the call, and handed back when it has ended, as the
 * result or in the list itself.
 */
import { types } from 'node:util'
import { describe, invalidType, isArray, notTransferable } from '../errors/index.ts'
import {
  coincide,
  define,
  dtypeOf,
  isDefinable,
  moveBuffer,
  moveOf,
  overlap,
  slots,
  viewOf,
  type ArrayView,
  type DTypeInfo,
  type Moves,
  type NumericArray,
} from '../memory/index.ts'
import type { CheckedOperand } from './operation.ts'

/** The list, and the arrays that it held when it was read. */
export interface Transfer {
  readonly list: unknown[]
  readonly arrays: readonly unknown[]
}

/** What a call works on. */
interface Work {
  readonly operands: readonly CheckedOperand[]
  readonly dtype: DTypeInfo
  readonly out: ArrayView | undefined
}

/** A call whose arrays were moved. */
export interface MovedCall extends Work {
  readonly moves: Moves | undefined
  /** Gives each array back, in its place in the list: `result` itself where it is that memory. Whatever the end was. */
  handBack(result: NumericArray | undefined): void
}

/** `value` as a list of arrays, or undefined when absent. @throws CorepoolError `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE` */
export function checkTransfer(call: string, value: unknown): Transfer | undefined {
  if (value === undefined) return undefined
  if (!isArray(value) || types.isProxy(value)) throw invalidType('transfer', 'an array of typed arrays', value)
  const arrays: unknown[] = [...value]
  for (let n = 0; n < arrays.length; n++) {
    if (isDefinable(value, n)) continue
    throw notTransferable(
      call,
      Object.isFrozen(value) ? 'the list is frozen' : `element ${n} of the list cannot be written`,
      'Pass a list that can be written: what was moved is handed back in it.',
    )
  }
  return { list: value, arrays }
}

/**
 * Checks that all arrays in the list are arrays of the call, in memory that could be moved.
 * @throws CorepoolError `ERR_INVALID_ARG_VALUE`
 */
export function checkTransferred(call: string, { arrays }: Transfer, { operands, out }: Work): void {
  for (const array of arrays) {
    const view = viewIn(array, operands, out)
    if (view === undefined) {
      throw notTransferable(call, `${describe(array)} is neither an operand nor out`, 'List arrays of this call only.')
    }
    if (view.isShared) {
      throw notTransferable(
        call,
        'shared memory cannot be moved',
        'It is read and written in place: leave it out of the list.',
      )
    }
  }
}

function viewIn(
  array: unknown,
  operands: readonly CheckedOperand[],
  out: ArrayView | undefined,
): ArrayView | undefined {
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n]
    if (typeof operand === 'object' && operand.array === array) return operand
  }
  return out?.array === array ? out : undefined
}

/**
 * Moves the memory of the listed arrays; what cannot be moved is left to the engine, which copies it. Whatever this throws, what was moved
 * has been handed back.
 */
export function moveIn({ list, arrays }: Transfer, { operands, dtype, out }: Work): MovedCall {
  const views = slots<ArrayView>(arrays.length)
  for (let n = 0; n < arrays.length; n++) views[n] = viewIn(arrays[n], operands, out) as ArrayView
  let moves: Moves | undefined
  const handBack = (result: NumericArray | undefined): void => {
    for (let n = 0; n < views.length; n++) {
      const { buffer, byteOffset, dtype: own, length } = views[n] as ArrayView
      const moved = moveOf(buffer, moves)
      if (moved?.isMoved !== true) continue
      const array = own.create(moved.buffer, byteOffset, length)
      // Defined, not assigned: no setter of the caller's runs.
      define(list, n, result !== undefined && isSame(array, result) ? result : array)
    }
  }
  try {
    for (let n = 0; n < views.length; n++) {
      const { buffer } = views[n] as ArrayView
      const to = moveOf(buffer, moves) === undefined ? moveBuffer(buffer) : undefined
      if (to !== undefined) moves = { from: buffer, to, before: moves }
    }
    const movedOperands = slots<CheckedOperand>(operands.length)
    for (let n = 0; n < operands.length; n++) {
      const operand = operands[n] as CheckedOperand
      movedOperands[n] = typeof operand === 'object' ? inMoved(operand, moves) : operand
    }
    // A copy of the output is of no use: the caller's own is to be written.
    const movedOut = out !== undefined && moveOf(out.buffer, moves)?.isMoved === true ? inMoved(out, moves) : out
    return { operands: movedOperands, dtype, out: movedOut ?? inPlace(movedOperands, dtype), moves, handBack }
  } catch (error) {
    handBack(undefined)
    throw error
  }
}

/** The same elements of the moved memory, which nothing can take away. */
function inMoved(view: ArrayView, moves: Moves | undefined): ArrayView {
  const moved = moveOf(view.buffer, moves)
  // What the array itself says it is: no other constructor than a built-in one is given the memory.
  const dtype = dtypeOf(view.array)
  return moved === undefined || dtype === undefined ? view : steady(dtype, moved.buffer, view)
}

function steady(dtype: DTypeInfo, buffer: ArrayBufferLike, { byteOffset, length }: ArrayView): ArrayView {
  return { ...viewOf('The moved array', dtype.create(buffer, byteOffset, length)), isSteady: true }
}

/** A place for the result in the memory of an operand that was moved; undefined where none fits. */
function inPlace(operands: readonly CheckedOperand[], dtype: DTypeInfo): ArrayView | undefined {
  for (let n = 0; n < operands.length; n++) {
    const place = operands[n] as CheckedOperand
    if (typeof place !== 'object' || !place.isSteady || place.isShared || place.dtype.size !== dtype.size) continue
    if (isApart(place, operands)) return steady(dtype, place.buffer, place)
  }
  return undefined
}

/** Whether each array is that very one, or shares no memory with it. */
function isApart(place: ArrayView, operands: readonly CheckedOperand[]): boolean {
  for (let n = 0; n < operands.length; n++) {
    const other = operands[n] as CheckedOperand
    if (typeof other === 'object' && overlap(place, other) && !coincide(place, other)) return false
  }
  return true
}

/** Never throws: what was moved is to be handed back whatever has become of the result. */
function isSame(one: NumericArray, other: NumericArray): boolean {
  try {
    const [a, b] = [viewOf('The moved array', one), viewOf('The result', other)]
    return a.dtype === b.dtype && a.length === b.length && coincide(a, b)
  } catch {
    return false
  }
}
