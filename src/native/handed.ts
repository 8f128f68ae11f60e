/**
 * Operands as the addon takes them: each a value and a place. The value of an array is its memory, and the place says which array in
 * it is meant: the addon checks it against the memory, which costs it a third of looking at a typed array.
 */
import { isMovedTo, slots, type ArrayView, type Moves } from '../memory/index.ts'

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

/** Values and places, one after the other. By a loop, since `flatMap` makes a list of each operand. */
export function allHanded(operands: readonly (ArrayView | number | bigint)[]): Handed[] {
  const all: Handed[] = []
  for (const operand of operands) all.push(handed(operand), placeOf(operand))
  return all
}

/**
 * Values and places of a job, its output first. What was moved for it is in the list: no method of Array sees it, and no setter.
 * @param output undefined where the job makes it
 */
export function handedToJob(
  output: ArrayView | undefined,
  operands: readonly (ArrayView | number | bigint)[],
): Handed[] {
  const all = slots<Handed>(2 * operands.length + 2)
  all[0] = output === undefined ? null : handed(output)
  all[1] = output === undefined ? 0 : placeOf(output)
  for (let n = 0; n < operands.length; n++) {
    const operand = operands[n] as ArrayView | number | bigint
    all[2 * n + 2] = handed(operand)
    all[2 * n + 3] = placeOf(operand)
  }
  return all
}

/**
 * Which of them were moved: 0 for the output, n for operand n. Of the very memory that is handed over, and by what this call has moved: what a
 * view says of itself may have been written by whoever saw it.
 */
export function movedOf(handedOver: readonly Handed[], moves: Moves | undefined): number[] {
  let count = 0
  for (let n = 0; n < handedOver.length; n += 2) if (isMovedTo(handedOver[n], moves)) count++
  const moved = slots<number>(count)
  for (let n = handedOver.length - 2; n >= 0; n -= 2) if (isMovedTo(handedOver[n], moves)) moved[--count] = n / 2
  return moved
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
