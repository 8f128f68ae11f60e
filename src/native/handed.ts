/**
 * Operands as the addon takes them: each a value and a place. The value of an array is its memory, and the place says which array in
 * it is meant: the addon checks it against the memory, which costs it a third of looking at a typed array.
 */
import type { ArrayView } from '../memory/index.ts'

/**
 * Memory, or a single value. Shared memory is a DataView, since Node-API of Node 20 takes no SharedArrayBuffer; null stands for an
 * output that is to be made.
 */
export type Handed = ArrayBufferLike | DataView | number | bigint | null

/** The value that stands for an operand. */
export function handed(operand: ArrayView | number | bigint): Handed {
  if (typeof operand !== 'object') return operand
  return operand.isShared ? new DataView(operand.buffer, operand.byteOffset, operand.byteLength) : operand.buffer
}

/** Its place: the offset in bytes, times 16, and the code of the dtype; 0 for a single value. */
export function placeOf(operand: ArrayView | number | bigint): number {
  if (typeof operand !== 'object') return 0
  return (operand.isShared ? 0 : operand.byteOffset * 16) + operand.dtype.code
}

/** Values and places, one after the other, behind those in `all`. By a loop, since `flatMap` makes a list of each operand. */
export function allHanded(operands: readonly (ArrayView | number | bigint)[], all: Handed[] = []): Handed[] {
  for (const operand of operands) all.push(handed(operand), placeOf(operand))
  return all
}

/** Bound arrays, whose lengths are their own: value, place and length of each, one after the other. */
export function allBound(tables: readonly ArrayView[]): Handed[] {
  return tables.flatMap((table) => [handed(table), placeOf(table), table.length])
}

/** A program that was loaded: its number, its bound numbers, and its bound arrays: value, place and length of each. */
export type HandedProgram = readonly [program: number, scalars: Float64Array | undefined, ...tables: Handed[]]

/**
 * The numbers of a reduction: an operation's code, a program, or null for the elements of an array; the length; then values and
 * places.
 */
export type HandedNumbers = readonly [operation: number | HandedProgram | null, length: number, ...operands: Handed[]]
