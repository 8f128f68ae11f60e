/** The function that a kernel was made of, as JavaScript runs it. */
import { compileFunction } from 'node:vm'
import type { ArrayView, NumericArray } from '../memory/index.ts'
import type { CheckedOperand } from './operation.ts'
import { load, store } from './loops.generated.ts'

/** Any function of numbers, or of bigints. */
export type PlainFunction = (...values: never[]) => unknown

/**
 * The function of that text, with values for its free names. By `vm`, which works where code from strings is disallowed; the text
 * is the caller's own.
 */
export function functionOfText(
  expression: string,
  names: readonly string[],
  values: readonly unknown[],
): PlainFunction {
  const make = compileFunction(`return (${expression}\n)`, [...names]) as (...given: unknown[]) => PlainFunction
  return make(...values)
}

type LoadLoop = (x: NumericArray, start: number, block: Float64Array, count: number) => void
type StoreLoop = (block: Float64Array, y: NumericArray, start: number, count: number) => void

/** Elements of a block. */
const BLOCK = 512

/** A pass that calls the function for each element: what is left where its program does not give its values. */
export function passOfFunction(
  fn: PlainFunction,
  operands: readonly CheckedOperand[],
  output: ArrayView,
  hasIndex: boolean,
): (start: number, end: number) => void {
  const { isBigint } = output.dtype
  const inputs = operands.map((operand) => (isBigint ? bigintsOf(operand) : numbersOf(operand)))
  const values: unknown[] = operands.map(() => undefined)
  if (hasIndex) values.push(0)
  const block = isBigint ? new BigInt64Array(BLOCK) : new Float64Array(BLOCK)
  return (start, end) => {
    for (let at = start; at < end; at += BLOCK) {
      const count = Math.min(BLOCK, end - at)
      const columns = inputs.map((read) => read(at, count))
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < columns.length; k++) values[k] = columns[k]?.[i]
        if (hasIndex) values[columns.length] = at + i
        block[i] = fn(...(values as never[])) as never
      }
      if (block instanceof Float64Array) {
        const storeLoop = store[output.dtype.name as keyof typeof store] as StoreLoop
        storeLoop(block, output.array, at, count)
      } else new BigInt64Array(output.buffer, output.byteOffset, output.length).set(block.subarray(0, count), at)
    }
  }
}

type Read = (at: number, count: number) => ArrayLike<number | bigint>

function numbersOf(operand: CheckedOperand): Read {
  const block = new Float64Array(BLOCK)
  if (typeof operand !== 'object') {
    block.fill(Number(operand))
    return () => block
  }
  const loop = load[operand.dtype.name as keyof typeof load] as LoadLoop
  return (at, count) => {
    loop(operand.array, at, block, count)
    return block
  }
}

function bigintsOf(operand: CheckedOperand): Read {
  if (typeof operand !== 'object') {
    const block = Array.from({ length: BLOCK }, () => operand)
    return () => block
  }
  const { dtype, buffer, byteOffset } = operand
  return (at, count) => dtype.create(buffer, byteOffset + at * dtype.size, count)
}
