/**
 * What a typed array is at this moment: dtype, place and length, read by the built-in getters and no others, so that an own
 * property or a subclass cannot say something else. The native side reads pointer and length again for itself.
 */
import { types } from 'node:util'
import { detached, misfit, noMemory, notAnArray, resizable } from '../errors/index.ts'
import { builtinGetter } from './builtin-getter.ts'
import { dtypeOf, type DTypeInfo, type NumericArray } from './dtype.ts'

/** A typed array that was looked at: attached, of fixed length. */
export interface ArrayView {
  readonly array: NumericArray
  readonly dtype: DTypeInfo
  /** In elements. */
  readonly length: number
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  readonly byteLength: number
  /** Over a SharedArrayBuffer: other threads may see it and write it. */
  readonly isShared: boolean
  /** Nothing can take the memory away: it is shared, or was moved to where no caller can reach it. */
  readonly isSteady: boolean
}

const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype)
/** Elements of a typed array, none of a detached one. @throws TypeError for anything else */
export const lengthOf = builtinGetter<number>(typedArrayPrototype, 'length')
const bufferOf = builtinGetter<ArrayBufferLike>(typedArrayPrototype, 'buffer')
const byteOffsetOf = builtinGetter<number>(typedArrayPrototype, 'byteOffset')
const isResizable = builtinGetter<boolean>(ArrayBuffer.prototype, 'resizable')
const isGrowable = builtinGetter<boolean>(SharedArrayBuffer.prototype, 'growable')
// Told by the object itself, whatever its prototype is.
const { isSharedArrayBuffer } = types

/**
 * Looks at `value`.
 * @param name how the message calls it: `the operand of square()`
 * @throws CorepoolError `ERR_INVALID_ARG_TYPE` when it is no typed array; ArrayError `ERR_DETACHED` when its buffer is gone,
 *   `ERR_RESIZABLE` when its buffer can change its length
 */
export function viewOf(name: string, value: unknown): ArrayView {
  const dtype = dtypeOf(value)
  if (dtype === undefined) throw notAnArray(name, value)
  return viewAs(dtype, name, value as NumericArray)
}

/** As `viewOf`, of a typed array whose dtype is known. */
export function viewAs(dtype: DTypeInfo, name: string, array: NumericArray): ArrayView {
  const buffer = bufferOf(array)
  const isShared = isSharedAndFixed(name, buffer)
  const length = lengthOf(array)
  if (length === 0 && !isShared && isDetached(buffer)) throw detached(name)
  const byteLength = length * dtype.size
  return { array, dtype, length, buffer, byteOffset: byteOffsetOf(array), byteLength, isShared, isSteady: isShared }
}

/**
 * The buffer of an array of that dtype and length, whose length is fixed and which only this thread can reach; undefined of
 * anything else. For those who do without a view, which costs twice as much.
 */
export function ownMemoryOf(value: unknown, dtype: DTypeInfo, length: number): ArrayBufferLike | undefined {
  if (dtypeOf(value) !== dtype || lengthOf(value) !== length) return undefined
  const buffer = bufferOf(value)
  return isSharedArrayBuffer(buffer) || isResizable(buffer) ? undefined : buffer
}

/**
 * Whether an array surely is as it was when it was looked at: memory of fixed length changes only by being detached, and then the
 * array has no elements. False of one that had none.
 */
export function isAsViewed({ array, length }: ArrayView): boolean {
  return length > 0 && lengthOf(array) === length
}

/** Whether it is a SharedArrayBuffer, given that its length cannot change. @throws ArrayError `ERR_RESIZABLE`, `ERR_DETACHED` of one that is gone */
function isSharedAndFixed(name: string, buffer: ArrayBufferLike): boolean {
  const isShared = isSharedArrayBuffer(buffer)
  if (isShared ? isGrowable(buffer) : isResizable(buffer)) {
    // A resizable buffer stays one when it is detached, and then there is nothing to copy.
    throw !isShared && isDetached(buffer) ? detached(name) : resizable(name)
  }
  return isShared
}

/** Node 20 has no `buffer.detached`; a view over a detached buffer cannot be made on any version. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    void new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

/** A new array of `length` elements, all zero. @throws ArrayError `ERR_OUT_OF_MEMORY` */
export function allocate(dtype: DTypeInfo, length: number): ArrayView {
  let array: NumericArray
  try {
    array = dtype.create(length)
  } catch (cause) {
    throw noMemory(dtype.name, length, cause)
  }
  return viewOf('The result', array)
}

/** True when element i of one is element i of the other. */
export function coincide(a: ArrayView, b: ArrayView): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset && a.dtype.size === b.dtype.size
}

/** True when the two share at least one byte. */
export function overlap(a: ArrayView, b: ArrayView): boolean {
  return (
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
  )
}

/**
 * Checks that results computed from an array can be stored into `output`.
 * @throws ArrayError `ERR_LENGTH_MISMATCH`, `ERR_DTYPE` between bigints and numbers, `ERR_OVERLAP` unless in place
 */
export function checkFit(name: string, input: ArrayView, output: ArrayView): void {
  if (input.length !== output.length) throw misfit.length(name, input.length, output.length)
  if (input.dtype.isBigint !== output.dtype.isBigint) throw misfit.bigint(name, input.dtype.name, output.dtype.name)
  if (overlap(input, output) && !coincide(input, output)) throw misfit.overlap(name)
}

const setElements = Function.prototype.call.bind(
  (Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array).set,
) as unknown as (to: NumericArray, from: NumericArray) => void

/** Copies all elements, also into an array of a class that has a `set` of its own. */
export function copyElements(to: NumericArray, from: NumericArray): void {
  setElements(to, from)
}
