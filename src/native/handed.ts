/**
 * Arrays as the addon takes them. Node-API of Node 20 does not know Float16Array: such an array travels as the 16-bit integers in
 * the same memory, and a mask says which those are.
 */
import type { ArrayView, NumericArray } from '../memory/index.ts'

function isFloat16({ dtype }: ArrayView): boolean {
  return dtype.name === ('float16' as string)
}

/** An array, or a single value. */
export function handed(operand: ArrayView): NumericArray
export function handed(operand: ArrayView | number | bigint): NumericArray | number | bigint
export function handed(operand: ArrayView | number | bigint): NumericArray | number | bigint {
  if (typeof operand !== 'object') return operand
  return isFloat16(operand) ? new Uint16Array(operand.buffer, operand.byteOffset, operand.length) : operand.array
}

/** Bit 0 for the output, bit n for operand n, from 1 on: set where it is an array of 16-bit floats. */
export function float16Mask(operands: readonly (ArrayView | number | bigint)[], output: ArrayView | undefined): number {
  let mask = output !== undefined && isFloat16(output) ? 1 : 0
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n]
    if (typeof operand === 'object' && isFloat16(operand)) mask |= 2 << n
  }
  return mask
}
