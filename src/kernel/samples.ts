/** What the parameters of a function are tried on, before its program is believed. */
import { dtypeByName, type ArrayView, type DTypeInfo, type NumericArray } from '../memory/index.ts'
import type { CheckedOperand } from './operation.ts'

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  3,
  -2.5,
  10,
  0.1,
  1.5,
  7,
  -7.25,
  100.75,
  255,
  65536,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 + 0.5,
  2 ** 53,
  1e-9,
  1e300,
  -1e300,
  5e-324,
  Number.MAX_VALUE,
  Infinity,
  -Infinity,
  NaN,
  0.49999999999999994,
  42,
  -3,
]
const bigints = [0n, 1n, -1n, 2n, -7n, 10n, 255n, 2n ** 31n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n), 3037000500n]

/** Those that every check has anyway. */
const known: ReadonlySet<number | bigint> = new Set<number | bigint>([...numbers, ...bigints])

/** Rows of special values, and those of the call's own elements. */
const SPECIAL = 48
const OWN = 16

/** The most rows of values near the function's constants, for all parameters together. */
const NEAR = 64

/** Odd strides, so that the special values of several parameters meet in many combinations. */
const STRIDES = [1, 7, 11, 17, 5]

/** A column of values for each operand: special ones, the call's own elements, and what is near the constants. */
export function samplesFor(
  operands: readonly CheckedOperand[],
  constants: readonly (number | bigint)[],
  isBigint: boolean,
): NumericArray[] {
  const near = valuesNear(constants, isBigint, Math.floor(NEAR / operands.length))
  const dtype = dtypeByName(isBigint ? 'int64' : 'float64') as DTypeInfo
  const columns: NumericArray[] = []
  // Not by map(), which the program may have replaced: an operand may have been moved to where nobody sees it.
  for (let k = 0; k < operands.length; k++) {
    const column = dtype.create(SPECIAL + OWN + near.length * operands.length)
    fill(column, operands[k] as CheckedOperand, k, isBigint ? bigints : numbers, near)
    columns.push(column)
  }
  return columns
}

function fill(
  column: { [i: number]: number | bigint; readonly length: number },
  operand: CheckedOperand,
  k: number,
  special: readonly (number | bigint)[],
  near: readonly (number | bigint)[],
): void {
  const stride = STRIDES[k % STRIDES.length] as number
  for (let i = 0; i < SPECIAL; i++) column[i] = special[(i * stride + k) % special.length] as number
  for (let i = 0; i < OWN; i++) {
    const own = typeof operand === 'object' ? elementOf(operand, i) : operand
    column[SPECIAL + i] = own ?? (special[i % special.length] as number)
  }
  const { length } = near
  for (let i = 0; i < column.length - SPECIAL - OWN; i++) {
    // One parameter after the other takes all of them, while the rest are elements of the call, or near a constant too.
    const isOwn = i % 2 === 0 && Math.floor(i / length) !== k
    const at = Math.floor(i / length) === k ? i % length : (i * stride + k) % length
    column[SPECIAL + OWN + i] = (isOwn ? column[SPECIAL + (i % OWN)] : near[at]) as number
  }
}

/** The first elements, the last, and some between. */
function elementOf({ array, length }: ArrayView, i: number): number | bigint | undefined {
  return array[Math.round((i * (length - 1)) / (OWN - 1))]
}

/** The constants, and beside each what a condition on it may tell from it: first what is likely to matter. */
function valuesNear(constants: readonly (number | bigint)[], isBigint: boolean, most: number): (number | bigint)[] {
  const values = new Set<number | bigint>()
  for (const variant of isBigint ? bigintVariants : numberVariants) {
    for (const constant of constants) {
      if ((typeof constant === 'bigint') !== isBigint) continue
      const value = variant(constant as never)
      if (!known.has(value)) values.add(value)
      if (values.size >= most) return [...values]
    }
  }
  return [...values]
}

const numberVariants: readonly ((c: number) => number)[] = [
  (c) => c,
  (c) => -c,
  (c) => beside(c, -1),
  (c) => beside(c, 1),
]
const bigintVariants: readonly ((c: bigint) => bigint)[] = [
  (c) => BigInt.asIntN(64, c),
  (c) => BigInt.asIntN(64, -c),
  (c) => BigInt.asIntN(64, c - 1n),
  (c) => BigInt.asIntN(64, c + 1n),
]

const double = new Float64Array(1)
const bits = new BigInt64Array(double.buffer)

/** The integer beside an integer; beside any other number the next double, of those away from 0 by +1. */
function beside(c: number, step: 1 | -1): number {
  if (Number.isSafeInteger(c)) return c + step
  if (!Number.isFinite(c)) return c
  double[0] = c
  bits[0] = (bits[0] as bigint) + BigInt(step)
  return double[0]
}
