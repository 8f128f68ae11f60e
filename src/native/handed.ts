/**
 * Operands as the addon takes them. Node-API of Node 20 does not know Float16Array: such an array travels as a DataView of the same
 * memory.
 */
import type { ArrayView, NumericArray } from '../memory/index.ts'

/** An array in the addon's hands. */
export type HandedArray = NumericArray | DataView

/** An array, or a single value. */
export function handed(operand: ArrayView): HandedArray
export function handed(operand: ArrayView | number | bigint): HandedArray | number | bigint
export function handed(operand: ArrayView | number | bigint): HandedArray | number | bigint {
  if (typeof operand !== 'object') return operand
  const { array, dtype, buffer, byteOffset, byteLength } = operand
  return dtype.name === ('float16' as string) ? new DataView(buffer, byteOffset, byteLength) : array
}
